"""Linear regression with a prior on its weights: the whole posterior, of which ridge is the peak.

Each target is w·x plus normal noise of deviation σ, and each weight is drawn on its own from a prior round zero of
deviation τ. There is no intercept. With a normal prior the posterior is normal, and its peak minimizes

    J(w) = (1/n) Σ (y_i - w·x_i)²  +  λ Σ w_j²        at        λ = σ² / (n τ²)

With a Laplace prior of the same deviation, whose scale is b = τ/√2, the peak minimizes (1/n) Σ (y_i - w·x_i)² +
λ₁ Σ |w_j| at λ₁ = 2σ² / (n b), the lasso, and the posterior is normal only within each quadrant.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

type Floats = NDArray[np.float64]

__all__ = [
    "LaplacePosterior",
    "Posterior",
    "l1_from_prior",
    "lam_from_prior",
    "laplace_map",
    "laplace_posterior",
    "posterior",
]

MOST_WEIGHTS = 6
"""For how many weights `laplace_map` tries every pattern of signs: 729 of them."""

CELLS = 96
"""Into how many cells each axis is cut where a Laplace posterior is summed up."""

FAR = 12.0
"""Up to which fall of the log density a Laplace posterior is summed up; 6 millionths of the peak are left there."""


@dataclass(frozen=True, slots=True, eq=False)
class Posterior:
    """A normal posterior of the weights."""

    mean: Floats
    """The mean, which is also the peak (MAP), (d,), in units of y per unit of each feature."""
    cov: Floats
    """The covariance, (d, d)."""
    root: Floats
    """An upper triangle, (d, d), with ``root @ root.T`` equal to `cov`."""
    log_evidence: float
    """The log density of the targets before they are seen, the weights averaged over the prior; 0 without data."""

    @property
    def peak(self) -> Floats:
        """The weights (d,) of the highest density, which is the mean here."""
        return self.mean

    def contour(self, drop: float, count: int = 64) -> Floats:
        """Return the ellipse on which the log density is `drop` below its peak, closed, (count + 1, 2)."""
        return self.mean + math.sqrt(2 * drop) * _directions(count) @ self.root.T

    def draws(self, deviates: ArrayLike) -> Floats:
        """Return the weights that standard normal deviates (k, d) become under this posterior, (k, d)."""
        drawn: Floats = self.mean + np.asarray(deviates, dtype=np.float64) @ self.root.T
        return drawn


@dataclass(frozen=True, slots=True, eq=False)
class LaplacePosterior:
    """The posterior of two weights under a Laplace prior."""

    peak: Floats
    """The weights of the highest density (MAP), (2,)."""
    mean: Floats
    """The mean, (2,), which is not the peak here."""
    cov: Floats
    """The covariance, (2, 2)."""
    log_evidence: float
    """The log density of the targets before they are seen, the weights averaged over the prior; 0 without data."""
    density: _Density
    """The log density at all weights."""
    root: Floats
    """The root (2, 2) of the covariance under a normal prior of the same deviation: the posterior's rough shape."""
    cells: _Cells
    """The posterior summed up over small cells, in units of `root` from the peak."""

    def contour(self, drop: float, count: int = 64) -> Floats:
        """Return the closed curve on which the log density is `drop` below its peak, (count + 1, 2)."""
        rays = _directions(count) @ self.root.T
        return self.peak + _reach(self.density, rays, drop)[:, None] * rays

    def draws(self, deviates: ArrayLike) -> Floats:
        """Return the weights that standard normal deviates (k, 2) become under this posterior, (k, 2).

        A deviate becomes the point that has the same share of the posterior below it as the deviate has of the
        normal distribution: first along the second axis of `root`, then along the first, the other given. A draw
        therefore moves smoothly with the data, σ and τ.
        """
        places = [self.cells.place(*pair) for pair in np.asarray(deviates, dtype=np.float64).tolist()]
        return self.peak + np.array(places).reshape(-1, 2) @ self.root.T


class _Density(NamedTuple):
    """The log of a posterior with a Laplace prior, below its peak."""

    peak: Floats
    precision: Floats
    """XᵀX/σ², (2, 2)."""
    slope: Floats
    """Xᵀ(y - X·peak)/σ², (2,), which the prior's slope balances at the peak."""
    scale: float
    """The prior's b."""

    def fall(self, steps: Floats) -> Floats:
        """Return how far the log density falls by these steps (k, 2) from the peak, (k,)."""
        # Written out for each of the two weights: a sum over an axis of two takes ten times as long.
        (a, b), (_, c) = self.precision.tolist()
        (first, second), (up, over), (start, end) = steps.T, self.slope.tolist(), self.peak.tolist()
        paid = np.abs(start + first) + np.abs(end + second) - (abs(start) + abs(end))
        bent = first * (0.5 * a * first + b * second - up) + second * (0.5 * c * second - over)
        fall: Floats = bent + paid / self.scale
        return fall

    def rise(self, steps: Floats, rays: Floats) -> Floats:
        """Return the slope of `fall` along the rays (k, 2), after the steps (k, 2) along them, (k,)."""
        toll = np.sign(self.peak + steps) / self.scale
        slopes: Floats = np.einsum("ij,ij->i", steps @ self.precision - self.slope + toll, rays)
        return slopes


class _Cells(NamedTuple):
    """A distribution over a plane, constant within each of CELLS × CELLS cells."""

    first: Floats
    """The edges along the first axis, (CELLS + 1,)."""
    second: Floats
    """The edges along the second, (CELLS + 1,)."""
    shares: Floats
    """The share of each cell, (CELLS, CELLS), one row for each step along the second axis."""

    def place(self, first: float, second: float) -> tuple[float, float]:
        """Return the point that two normal deviates become."""
        v = _quantile(self.shares.sum(axis=1), self.second, _normal_share(second))
        row = float(np.interp(v, (self.second[1:] + self.second[:-1]) / 2, np.arange(CELLS)))
        lower = min(int(row), CELLS - 2)
        given = (1 + lower - row) * self.shares[lower] + (row - lower) * self.shares[lower + 1]
        return _quantile(given, self.first, _normal_share(first)), v


def posterior(X: ArrayLike, y: ArrayLike, sigma: float, tau: float) -> Posterior:
    """Combine a normal prior with the data.

    Parameters
    ----------
    X : (n, d), finite
        The features, as given; without rows the posterior is the prior.
    y : (n,), finite
        The targets.
    sigma : float, > 0, in units of y
        The deviation σ of the noise.
    tau : float, > 0, in units of the weights
        The deviation τ of each weight before any data.

    Returns
    -------
    Posterior
        The mean (d,), which is ridge without an intercept at λ = σ²/(nτ²), and the covariance (d, d).

    Raises
    ------
    ValueError
        When the shapes do not match, or a number is not finite or not in its domain.

    Notes
    -----
    The covariance is (XᵀX/σ² + I/τ²)⁻¹ and the mean is the covariance times Xᵀy/σ² (Bishop 2006, eqs. 3.53 and
    3.54). Both come from the triangle R of X/σ stacked on I/τ, since RᵀR is the precision; XᵀX, whose condition
    number is the square of X's, is never formed.
    """
    features, targets = _data(X, y)
    sigma, tau = _positive("sigma", sigma), _positive("tau", tau)
    n, d = features.shape
    Q, R = np.linalg.qr(np.vstack([features / sigma, np.eye(d) / tau]))
    # The triangle is unique once its diagonal is positive, which no library promises.
    signs = np.where(np.diag(R) < 0, -1.0, 1.0)
    root = np.linalg.solve(R * signs[:, None], np.eye(d))
    mean = root @ (signs * (targets / sigma @ Q[:n]))
    residuals = targets - features @ mean
    log_evidence = (
        float(np.log(np.diag(root)).sum())
        - d * math.log(tau)
        - 0.5 * n * math.log(2 * math.pi * sigma**2)
        - 0.5 * float(residuals @ residuals / sigma**2 + mean @ mean / tau**2)
    )
    return Posterior(mean=mean, cov=root @ root.T, root=root, log_evidence=log_evidence)


def laplace_posterior(X: ArrayLike, y: ArrayLike, sigma: float, tau: float) -> LaplacePosterior:
    """Combine a Laplace prior of two weights with the data.

    Parameters
    ----------
    X : (n, 2), finite
        The features, as given; without rows the posterior is the prior.
    y : (n,), finite
        The targets.
    sigma : float, > 0, in units of y
        The deviation σ of the noise.
    tau : float, > 0, in units of the weights
        The deviation τ of each weight before any data; the prior's scale is τ/√2.

    Returns
    -------
    LaplacePosterior
        The peak, and the other moments, contours and draws of the posterior.

    Raises
    ------
    ValueError
        When the shapes do not match, or a number is not finite or not in its domain.

    Notes
    -----
    The peak is exact, and so are contours, since the log density is piecewise quadratic along a ray from the peak.
    Mean, covariance, evidence and draws come from a sum over 96 × 96 cells, within a percent of the integral.
    """
    features, targets = _data(X, y)
    if features.shape[1] != 2:
        raise ValueError(f"X must have two columns; got {features.shape[1]}")
    peak = laplace_map(features, targets, sigma, tau)
    residuals = targets - features @ peak
    density = _Density(
        peak, features.T @ features / sigma**2, residuals @ features / sigma**2, tau / math.sqrt(2)
    )
    root = posterior(features, targets, sigma, tau).root
    turns = _directions(64)
    corners = 1.05 * _reach(density, turns @ root.T, FAR)[:, None] * turns
    ends = zip(corners.min(axis=0), corners.max(axis=0), strict=True)
    first, second = (np.linspace(low, high, CELLS + 1) for low, high in ends)
    middles = np.meshgrid((first[1:] + first[:-1]) / 2, (second[1:] + second[:-1]) / 2)
    steps = np.stack([middle.ravel() for middle in middles], axis=-1) @ root.T
    shares = np.exp(-density.fall(steps))
    mass = float(shares.sum())
    shares /= mass
    mean = shares @ steps
    from_mean = steps - mean
    cell = (first[1] - first[0]) * (second[1] - second[0]) * root[0, 0] * root[1, 1]
    highest = (
        -0.5 * len(targets) * math.log(2 * math.pi * sigma**2)
        - 0.5 * float(residuals @ residuals) / sigma**2
        - 2 * math.log(2 * density.scale)
        - float(np.abs(peak).sum()) / density.scale
    )
    return LaplacePosterior(
        peak=peak,
        mean=peak + mean,
        cov=(shares * from_mean.T) @ from_mean,
        log_evidence=highest + math.log(mass * cell),
        density=density,
        root=root,
        cells=_Cells(first, second, shares.reshape(CELLS, CELLS)),
    )


def laplace_map(X: ArrayLike, y: ArrayLike, sigma: float, tau: float) -> Floats:
    """Find the peak of the posterior under a Laplace prior: the lasso without an intercept.

    Parameters
    ----------
    X : (n, d), finite, d <= 6
        The features, as given.
    y : (n,), finite
        The targets.
    sigma : float, > 0, in units of y
        The deviation σ of the noise.
    tau : float, > 0, in units of the weights
        The deviation τ of each weight before any data.

    Returns
    -------
    (d,)
        The weights; those that the prior switches off are exactly 0.

    Raises
    ------
    ValueError
        When the shapes do not match, a number is not finite or not in its domain, or there are more than six
        weights.

    Notes
    -----
    Once it is known which weights are positive, negative and zero, the others solve linear equations. All 3^d
    patterns are tried; of those whose solution has the signs that it was solved for, the best is the minimum
    (Tibshirani 1996 on why it is unique but for ties).
    """
    features, targets = _data(X, y)
    sigma, toll = _positive("sigma", sigma), sigma**2 * math.sqrt(2) / _positive("tau", tau)
    n, d = features.shape
    if d > MOST_WEIGHTS:
        raise ValueError(f"X must have at most {MOST_WEIGHTS} columns; got {d}")
    best, lowest = np.zeros(d), 0.5 * float(targets @ targets)
    for chosen in itertools.product((False, True), repeat=d):
        active = np.flatnonzero(chosen)
        if not len(active) or len(active) > n:
            continue
        U, s, Vt = np.linalg.svd(features[:, active], full_matrices=False)
        if s[-1] <= np.finfo(np.float64).eps * n * s[0]:
            continue  # copies: some of them can be left out at the same price
        for signs in itertools.product((-1.0, 1.0), repeat=len(active)):
            w = Vt.T @ ((targets @ U) / s - toll * (Vt @ np.array(signs)) / s**2)
            if (w * signs > 0).all():
                residuals = targets - features[:, active] @ w
                loss = 0.5 * float(residuals @ residuals) + toll * float(np.abs(w).sum())
                if loss < lowest:
                    lowest, best = loss, np.zeros(d)
                    best[active] = w
    return best


def lam_from_prior(sigma: float, tau: float, n: int) -> float:
    """Return the strength λ at which ridge is the peak of the posterior.

    Parameters
    ----------
    sigma : float, > 0, in units of y
        The deviation σ of the noise.
    tau : float, > 0, in units of the weights
        The deviation τ of each weight before any data.
    n : int, >= 0
        The number of samples.

    Returns
    -------
    float, > 0
        σ²/(nτ²), in units of y² per weight²; inf without data, where there is no mean to be a price of.

    Raises
    ------
    ValueError
        When a number is not in its domain.

    Notes
    -----
    The negative log posterior is Σ (y_i - w·x_i)²/(2σ²) + Σ w_j²/(2τ²) and a constant; 2σ²/n times that is J.

    Examples
    --------
    >>> from l2widgets import bayes
    >>> bayes.lam_from_prior(sigma=1.0, tau=0.5, n=100)
    0.04
    """
    sigma, tau = _positive("sigma", sigma), _positive("tau", tau)
    if n < 0:
        raise ValueError(f"n must be 0 or more; got {n}")
    return sigma**2 / (n * tau**2) if n else math.inf


def l1_from_prior(sigma: float, tau: float, n: int) -> float:
    """Return the strength λ₁ of λ₁ Σ|w| at which the lasso is the peak under a Laplace prior of deviation τ.

    Parameters
    ----------
    sigma : float, > 0, in units of y
        The deviation σ of the noise.
    tau : float, > 0, in units of the weights
        The deviation τ of each weight before any data.
    n : int, >= 0
        The number of samples.

    Returns
    -------
    float, > 0
        2√2 σ²/(nτ), in units of y² per weight; inf without data.

    Raises
    ------
    ValueError
        When a number is not in its domain.
    """
    return 2 * math.sqrt(2) * tau * lam_from_prior(sigma, tau, n)


def _directions(count: int) -> Floats:
    """Return points of the unit circle, the first again at the end, (count + 1, 2)."""
    turns = np.linspace(0, 2 * np.pi, count + 1)
    return np.column_stack([np.cos(turns), np.sin(turns)])


def _reach(density: _Density, rays: Floats, drop: float) -> Floats:
    """Return how many times each ray (k, 2) reaches from the peak to where the log density is `drop` lower, (k,)."""
    reach = np.ones(len(rays))
    while (short := density.fall(reach[:, None] * rays) < drop).any():
        reach[short] *= 2
    # Newton's steps from the outside stay outside, since the fall is convex, and end on its quadratic pieces.
    for _ in range(60):
        steps = reach[:, None] * rays
        excess = (density.fall(steps) - drop) / density.rise(steps, rays)
        reach -= excess
        if (excess <= 1e-13 * reach).all():
            break
    return reach


def _quantile(shares: Floats, edges: Floats, share: float) -> float:
    """Return the place with this share of the whole below it."""
    below = np.append(0.0, shares.cumsum())
    return float(np.interp(share * below[-1], below, edges))


def _normal_share(deviate: float) -> float:
    """Return how much of the standard normal distribution is below a deviate."""
    return 0.5 * math.erfc(-deviate / math.sqrt(2))


def _data(X: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
    features, targets = np.asarray(X, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if features.ndim != 2 or not features.shape[1]:
        raise ValueError(f"X must be a table with at least one column; got the shape {features.shape}")
    if targets.shape != features.shape[:1]:
        raise ValueError(
            f"y must have one number for each of the {len(features)} rows of X; got the shape {targets.shape}"
        )
    if not (np.isfinite(features).all() and np.isfinite(targets).all()):
        raise ValueError("X and y must be finite; remove the rows with missing numbers")
    return features, targets


def _positive(name: str, value: float) -> float:
    number = float(value)
    if not (math.isfinite(number) and number > 0):
        raise ValueError(f"{name} must be a positive finite number; got {number}")
    return number
