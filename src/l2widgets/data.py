"""The data that the figures fit: three curves with noise, and real measurements of penguins.

Data jump as little as they can. A sample of n points contains the sample of n - 1 points from the same seed;
another noise level scales the same deviations; and the three curves share their x and their deviations, so
that only the truth under them changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from l2widgets.draws import Draws

type Floats = NDArray[np.float64]

__all__ = [
    "CURVES",
    "KINDS",
    "PENGUINS_MAX_N",
    "Sample",
    "monomials",
    "observed_sample",
    "penguins_sample",
    "polynomial_sample",
    "sample",
    "truth",
]

CURVES = ("sine", "cubic", "step")
"""The kinds whose truth is known, because it is made up."""

KINDS = (*CURVES, "penguins")
"""Every kind of sample."""

PENGUINS_MAX_N = 240
"""The most penguins that a training sample may hold: 102 of the 342 are left for testing."""

TEST_N = 500
"""The number of test points of a curve."""

GRID_N = 201
"""The number of points at which curves are drawn."""

# One stream of random numbers each, so that no quantity depends on how many numbers another has drawn. They
# start at 1 because NumPy's seed [s, 0] is its seed s, which others may use for something else.
_X, _NOISE, _TEST_X, _TEST_NOISE, _ROWS = range(1, 6)


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """A training sample, a test sample of the same origin, and what a figure must know to draw them."""

    x: Floats
    """The training sample's x, (n,), in rising order."""
    y: Floats
    """The training sample's y, (n,)."""
    x_test: Floats
    """The test sample's x, (m,), in rising order; no point is in both samples."""
    y_test: Floats
    """The test sample's y, (m,)."""
    x_range: tuple[float, float]
    """The bounds of x in the whole data set, which stay when the sample changes."""
    grid: Floats
    """Points from one bound to the other, (201,), at which to draw a curve."""
    truth: Floats | None
    """The y without noise at the points of `grid`, (201,); None where nobody knows it."""
    noise: float | None
    """The standard deviation of the noise in y; None where nobody knows it."""
    x_label: str
    """What x is, with its unit."""
    y_label: str
    """What y is, with its unit."""
    y_unit: str
    """The unit of y; empty when it has none. A squared error has its square."""

    def features(self, x: ArrayLike, degree: int) -> Floats:
        """Return `monomials` of x (m,) after `x_range` is mapped to [-1, 1], as (m, degree).

        The bounds are the data set's, not the sample's, so that the features of a point do not depend on the
        others.

        Raises
        ------
        ValueError
            When the degree is below 1.
        """
        low, high = self.x_range
        return monomials((2.0 * np.asarray(x, dtype=np.float64) - (low + high)) / (high - low), degree)


def sample(kind: str, n: int, noise: float, seed: int) -> Sample:
    """Draw a sample of any kind.

    Parameters
    ----------
    kind : {"sine", "cubic", "step", "penguins"}
        Which data set.
    n : int, >= 2; for penguins <= 240
        The number of training points.
    noise : float, >= 0, in units of y
        The standard deviation of the noise; not used for penguins, which bring their own.
    seed : int, >= 0
        Which draw.

    Returns
    -------
    Sample
        The draw, the same for the same arguments.

    Raises
    ------
    ValueError
        When `kind` is unknown, or a number is out of its domain.
    """
    if kind not in KINDS:
        raise ValueError(f"'kind' must be one of {', '.join(KINDS)}; got {kind!r}")
    return penguins_sample(n, seed) if kind == "penguins" else polynomial_sample(kind, n, noise, seed)


def polynomial_sample(kind: str, n: int, noise: float, seed: int) -> Sample:
    """Draw points of a known curve, for polynomials to be fitted to.

    Parameters
    ----------
    kind : {"sine", "cubic", "step"}
        Which curve.
    n : int, >= 2
        The number of training points.
    noise : float, >= 0
        The standard deviation of the noise.
    seed : int, >= 0
        Which draw.

    Returns
    -------
    Sample
        x uniform on [-1, 1], y = truth(x) + noise times a standard normal deviate; 500 test points drawn
        likewise.

    Raises
    ------
    ValueError
        When `kind` is unknown, or a number is out of its domain.
    """
    _check_n(n)
    if not (np.isfinite(noise) and noise >= 0):
        raise ValueError(f"noise must be 0 or a positive finite number; got {noise}")

    def draw(size: int, x_stream: int, noise_stream: int) -> tuple[Floats, Floats]:
        x = Draws([seed, x_stream]).uniform(-1.0, 1.0, size)
        y = truth(kind, x) + noise * Draws([seed, noise_stream]).standard_normal(size)
        order = x.argsort(kind="stable")
        return x[order], y[order]

    x, y = draw(n, _X, _NOISE)
    x_test, y_test = draw(TEST_N, _TEST_X, _TEST_NOISE)
    grid = np.linspace(-1.0, 1.0, GRID_N)
    return Sample(
        x=x,
        y=y,
        x_test=x_test,
        y_test=y_test,
        x_range=(-1.0, 1.0),
        grid=grid,
        truth=truth(kind, grid),
        noise=float(noise),
        x_label="x",
        y_label="y",
        y_unit="",
    )


def truth(kind: str, x: ArrayLike) -> Floats:
    """Return the curve under the noise, which keeps within -1 and 1 on [-1, 1].

    Parameters
    ----------
    kind : {"sine", "cubic", "step"}
        sin(πx), 4x³ - 3x or the sign of x.
    x : (n,), -1 <= x <= 1
        Where to evaluate it.

    Returns
    -------
    (n,)
        The curve at `x`.

    Raises
    ------
    ValueError
        When `kind` is unknown.

    Examples
    --------
    >>> from l2widgets import data
    >>> data.truth("cubic", [-1.0, 1.0])
    array([-1.,  1.])
    """
    points = np.asarray(x, dtype=np.float64)
    match kind:
        case "sine":
            return np.sin(np.pi * points)
        case "cubic":
            return (4.0 * points**2 - 3.0) * points
        case "step":
            return np.sign(points)
    raise ValueError(f"'kind' must be one of {', '.join(CURVES)} where the truth is known; got {kind!r}")


def penguins_sample(n: int, seed: int) -> Sample:
    """Draw penguins to predict the body mass of the others by the length of their flippers.

    Parameters
    ----------
    n : int, 2 <= n <= 240
        The number of training birds.
    seed : int, >= 0
        Which draw.

    Returns
    -------
    Sample
        Flipper lengths in mm and body masses in g of n birds, and of all the others as the test sample.

    Raises
    ------
    ValueError
        When `n` is out of its domain.

    Notes
    -----
    Gorman, Williams & Fraser 2014; Horst, Hill & Gorman 2020. The source and the licence are in
    datasets/README.md.
    """
    if n > PENGUINS_MAX_N:
        raise ValueError(
            f"n must be {PENGUINS_MAX_N} or fewer, to leave enough penguins for testing; got {n}"
        )
    flippers, masses = _penguins()
    return observed_sample(
        flippers, masses, n, seed, x_label="flipper length (mm)", y_label="body mass (g)", y_unit="g"
    )


def observed_sample(
    x: ArrayLike, y: ArrayLike, n: int, seed: int, *, x_label: str, y_label: str, y_unit: str = ""
) -> Sample:
    """Draw a training sample from observations, and keep all the others as the test sample.

    Parameters
    ----------
    x : (m,), finite, not all equal
        What is measured.
    y : (m,), finite
        What is to be predicted.
    n : int, 2 <= n < m
        The number of training points.
    seed : int, >= 0
        Which draw.
    x_label : str
        What x is, with its unit.
    y_label : str
        What y is, with its unit.
    y_unit : str
        The unit of y; empty when it has none.

    Returns
    -------
    Sample
        n training points and m - n test points.

    Raises
    ------
    ValueError
        When the shapes do not match, a number is not finite or out of its domain, or `x` never varies.
    """
    xs, ys = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if xs.ndim != 1 or xs.shape != ys.shape:
        raise ValueError(
            f"x and y must be two columns of one length; got the shapes {xs.shape} and {ys.shape}"
        )
    if not (np.isfinite(xs).all() and np.isfinite(ys).all()):
        raise ValueError("x and y must be finite; remove the rows with missing numbers")
    _check_n(n)
    if n >= len(xs):
        raise ValueError(
            f"n must be below {len(xs)}, the number of observations, to leave some for testing; got {n}"
        )
    low, high = float(xs.min()), float(xs.max())
    if low == high:
        raise ValueError(f"x must vary; it is {low} in every row")

    shuffled = Draws([seed, _ROWS]).permutation(len(xs))

    def take(rows: NDArray[np.intp]) -> tuple[Floats, Floats]:
        rows = rows[xs[rows].argsort(kind="stable")]
        return xs[rows], ys[rows]

    x_train, y_train = take(shuffled[:n])
    x_test, y_test = take(shuffled[n:])
    return Sample(
        x=x_train,
        y=y_train,
        x_test=x_test,
        y_test=y_test,
        x_range=(low, high),
        grid=np.linspace(low, high, GRID_N),
        truth=None,
        noise=None,
        x_label=x_label,
        y_label=y_label,
        y_unit=y_unit,
    )


def monomials(x: ArrayLike, degree: int) -> Floats:
    """Return the powers x, x², … of each point, without the constant.

    Parameters
    ----------
    x : (n,)
        The points; within [-1, 1], so that no power overflows.
    degree : int, >= 1
        The highest power.

    Returns
    -------
    (n, degree)
        Column j holds x to the power j + 1.

    Raises
    ------
    ValueError
        When `degree` is below 1.
    """
    if degree < 1:
        raise ValueError(f"degree must be 1 or more; got {degree}")
    points = np.asarray(x, dtype=np.float64)
    return np.multiply.accumulate(np.broadcast_to(points[:, None], (len(points), degree)), axis=1)


@cache
def _penguins() -> tuple[Floats, Floats]:
    """Return the flipper lengths in mm and the body masses in g of all penguins, each (342,)."""
    from importlib.resources import files  # noqa: PLC0415  other data come without

    file = files("l2widgets").joinpath("datasets", "penguins.csv")
    header, *rows = file.read_text(encoding="utf-8").splitlines()
    names = header.split(",")
    table = [dict(zip(names, row.split(","), strict=True)) for row in rows]
    flippers = np.array([float(bird["flipper_length_mm"]) for bird in table])
    masses = np.array([float(bird["body_mass_g"]) for bird in table])
    # They are kept for the next call, which must find what this one found.
    flippers.flags.writeable = masses.flags.writeable = False
    return flippers, masses


def _check_n(n: int) -> None:
    if n < 2:
        raise ValueError(f"n must be 2 or more; got {n}")
