"""A polynomial fitted to a sample at many λ: what several figures draw, and the numbers beside it."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from l2widgets import ridge
from l2widgets.data import Sample

type Floats = NDArray[np.float64]

__all__ = ["PolynomialPath"]

ROUNDING = 1e-18
"""A mean squared error below this share of y's variance is that of a curve through every point."""


class PolynomialPath:
    """Ridge on the standardized powers of x, fitted to one sample at k values of λ; computed when it is asked for.

    Parameters
    ----------
    sample
        What to learn from.
    degree
        The highest power of x, at least 1.
    lams
        The strengths λ, (k,).

    Raises
    ------
    ValueError
        When the degree is below 1, or a λ is negative or not finite.
    """

    def __init__(self, sample: Sample, degree: int, lams: ArrayLike) -> None:
        self.sample = sample
        self.degree = degree
        self.lams = lams
        self.features = sample.features(sample.x, degree)
        """The powers of the training points, not standardized, (n, degree)."""
        self._scaling = ridge.standardize(self.features)
        self._standardized = self._scaling.apply(self.features)
        self.path = ridge.path(self._standardized, sample.y, lams)
        """The models on the standardized powers."""

    @cached_property
    def _grid(self) -> Floats:
        return self._powers(self.sample.grid)

    def _powers(self, x: Floats) -> Floats:
        return self._scaling.apply(self.sample.features(x, self.degree))

    def curve(self, at: int) -> Floats:
        """Return the fit at the points of the sample's grid, (201,), for the λ with this index."""
        drawn: Floats = self._grid @ self.path.coefs[at] + self.path.intercepts[at]
        return drawn

    @cached_property
    def training(self) -> Floats:
        """The mean squared error on the training points, (k,), in units of y squared; what is rounding is 0."""
        errors = self.path.errors(self._standardized, self.sample.y)
        errors[errors < ROUNDING * self.sample.y.var()] = 0.0
        return errors

    @cached_property
    def test(self) -> Floats:
        """The mean squared error on the sample's test points, (k,)."""
        return self.path.errors(self._powers(self.sample.x_test), self.sample.y_test)

    @cached_property
    def norm(self) -> Floats:
        """The sum of squared weights, (k,)."""
        squares: Floats = np.einsum("kd,kd->k", self.path.coefs, self.path.coefs)
        return squares

    @cached_property
    def df(self) -> Floats:
        """The effective degrees of freedom, (k,).

        Raises
        ------
        ValueError
            As `ridge.effective_df` does; never for a path that could be fitted.
        """
        return ridge.effective_df(self._standardized, self.lams)
