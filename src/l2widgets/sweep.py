"""The penalty strength λ in every figure: the slider that sets it, and the axis that shows all of it side by side."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from l2widgets.figures import Axis, power_of_ten
from l2widgets.spec import Slider, log_stops

type Floats = NDArray[np.float64]

__all__ = ["Sweep", "strength_slider"]


def strength_slider(
    low: int,
    high: int,
    *,
    default: float,
    help: str,  # noqa: A002  named as the field that it fills
    shared: str = "",
    per_decade: int = 10,
) -> Slider:
    """Return the slider of λ: an exact 0, and so many stops in each decade from 10**low to 10**high.

    Raises
    ------
    SpecError
        When the default is none of the stops.
    """
    return Slider(
        name="lam",
        label="Penalty strength",
        symbol=r"\lambda",
        role="penalty",
        stops=log_stops(low, high, per_decade, zero=True),
        default=default,
        help=help,
        shared=shared,
    )


class Sweep:
    """Many λ on one axis: their logarithms, and an exact 0 one decade below the smallest, apart from it.

    Parameters
    ----------
    lams
        The strengths, (k,): 0, then others that grow.
    title
        What the axis says.
    every
        How many decades lie between two ticks.

    Raises
    ------
    ValueError
        When the first strength is not 0, or the others do not grow.
    """

    def __init__(
        self, lams: ArrayLike, *, title: str = "penalty strength λ (no unit)", every: int = 2
    ) -> None:
        self.lams: Floats = np.asarray(lams, dtype=np.float64)
        if self.lams[0] != 0 or not (np.diff(self.lams) > 0).all():
            raise ValueError("the strengths must be 0 and others that grow")
        powers = np.log10(self.lams[1:])
        self.zero = float(np.floor(powers[0])) - 1
        """Where the axis shows λ = 0."""
        span = powers[-1] - self.zero
        stroke = span / 44
        self.x: Floats = np.concatenate([[self.zero - stroke, self.zero + stroke, np.nan], powers])
        """The x of a curve over all λ, (k + 2,): a short stroke at 0, a gap, then all the others."""
        ticks = {self.zero: "0"}
        first, last = int(np.floor(powers[0])), int(np.floor(powers[-1]))
        ticks |= {float(power): _tick(power) for power in range(first, last + 1) if power % every == 0}
        self.axis = Axis(title, (self.zero - span / 18, float(powers[-1]) + span / 28), ticks=ticks)

    def place(self, lam: float) -> float:
        """Return where the axis shows this λ."""
        return float(np.log10(lam)) if lam else self.zero

    def curve(self, values: ArrayLike) -> Floats:
        """Return the y, (..., k + 2), of a curve for `x`, from `values` (..., k), one at each λ."""
        values = np.asarray(values, dtype=np.float64)
        zero = values[..., :1]
        return np.concatenate([zero, zero, np.full_like(zero, np.nan), values[..., 1:]], axis=-1)


def _tick(power: int) -> str:
    if -3 < power < 4:
        return f"{10.0**power:,g}"
    return power_of_ten(power)
