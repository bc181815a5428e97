"""The plane of two weights as figures draw it, and the controls that shape the data's ellipses in it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from l2widgets import quadratic
from l2widgets.figures import Trace, line, number, points
from l2widgets.spec import Slider, linear_stops, listed_stops

type Floats = NDArray[np.float64]

CORRELATION = Slider(
    name="rho",
    shared="plane.correlation",
    label="Correlation of the features",
    symbol=r"\rho",
    role="loss",
    stops=linear_stops(-0.9, 0.9, 0.1, decimals=1),
    default=0,
    help="Slants the ellipses.",
)

VARIANCE = Slider(
    name="variance",
    shared="plane.variance",
    label="Variance of the second feature",
    role="loss",
    stops=listed_stops(0.05, 0.1, 0.2, 0.5, 1),
    default=1,
    help="How curved the data’s valley is along the second weight; it is 1 along the first.",
)

LEVELS = (0.1, 0.5, 1.5, 3.0, 5.0, 8.0)
"""The levels of a loss at which lines are drawn."""


def ellipses(S: ArrayLike, w_star: ArrayLike) -> Trace:
    """Return the lines of equal data loss, for the second moments S (2, 2) around the weights `w_star` (2,)."""
    x, y = joined([quadratic.level_line(S, w_star, level) for level in LEVELS])
    return line(x, y, name="equal data loss", role="loss", width=1.25, opacity=0.8, hover=None)


def origin() -> Trace:
    """Return the mark where both weights are zero."""
    return points([0], [0], name="no weight at all", role="penalty", symbol="cross", size=9, hover="0")


def joined(lines: Sequence[Floats]) -> tuple[ArrayLike, ArrayLike]:
    """Return several `lines` (k, 2), each of its own k, as one, with gaps: its x (n,) and its y (n,)."""
    gap = np.full((1, 2), np.nan)
    whole = np.concatenate([part for each in lines for part in (each, gap)])
    return whole[:, 0], whole[:, 1]


def pair(w: Floats) -> str:
    """Return two weights `w` (2,) as people read them."""
    return f"({number(float(w[0]))}, {number(float(w[1]))})"
