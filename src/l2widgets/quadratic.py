"""The data loss of a linear model with two weights: a bowl over the plane of weights, and what a penalty does to it.

With the features' second moments S = (1/n) Σ xxᵀ, the mean squared error of a linear model is, up to a constant,

    L(w) = (w - w*)ᵀ S (w - w*),        and J(w) = L(w) + λ‖w‖²,

so that its level lines are ellipses around the least-squares weights w*, and J is least at (S + λI)⁻¹ S w*. The same
point is where L is least among all weights of length ‖w‖ ≤ t, for the t that is its own length: λ is a price on weight
and t a budget, two names for one choice.
"""

from __future__ import annotations

import math
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

type Floats = NDArray[np.float64]

__all__ = [
    "Axes",
    "Course",
    "axes",
    "course",
    "data_gradient",
    "l1_minimizer",
    "level_line",
    "loss",
    "minimizer",
    "price",
    "second_moments",
]

ROUNDING = 1e-12
"""What a sum of opposite numbers of the size of 1 may leave."""


class Axes(NamedTuple):
    """The axes of the ellipses on which L is the same."""

    variances: Floats
    """The data's variance along each axis, (2,), the larger first: how steeply L rises there."""
    directions: Floats
    """The axes as columns of length 1, (2, 2); the first leads to the right, or straight up."""


class Course(NamedTuple):
    """What one weight of the minimizer of J does while λ grows from 0."""

    kind: Literal["shrinks", "grows", "flips"]
    """Only towards zero; first away from it; or through it, to the other side, before it comes back."""
    turn: float | None
    """The λ at which it is farthest out, or at which it crosses zero; None for one that only shrinks."""


def second_moments(correlation: float, variance: float = 1.0) -> Floats:
    """Return the second moments S, (2, 2), of two centred features, the first of variance 1, the second of `variance`.

    Raises
    ------
    ValueError
        When the correlation is not between -1 and 1, or the variance not positive.
    """
    if not -1 < correlation < 1:
        raise ValueError(f"the correlation must lie between -1 and 1; got {correlation}")
    if not variance > 0:
        raise ValueError(f"the variance must be positive; got {variance}")
    shared = correlation * np.sqrt(variance)
    return np.array([[1.0, shared], [shared, variance]])


def loss(S: ArrayLike, w_star: ArrayLike, w: ArrayLike) -> Floats:
    """Return L at each of the weights `w` (..., 2), as (...), for the moments S (2, 2) and the minimum w_star (2,)."""
    away = np.asarray(w, dtype=np.float64) - np.asarray(w_star, dtype=np.float64)
    value: Floats = np.einsum("...i,ij,...j->...", away, np.asarray(S, dtype=np.float64), away)
    return value


def data_gradient(S: ArrayLike, w_star: ArrayLike, w: ArrayLike) -> Floats:
    """Return the slope 2S(w - w*) of L at each of the weights `w` (..., 2), in the same shape.

    Parameters
    ----------
    S : (2, 2)
        The second moments of the features.
    w_star : (2,)
        The weights at which L is least.
    w : (..., 2)
        Where.
    """
    away = np.asarray(w, dtype=np.float64) - np.asarray(w_star, dtype=np.float64)
    return 2.0 * away @ np.asarray(S, dtype=np.float64)


def minimizer(S: ArrayLike, w_star: ArrayLike, lams: ArrayLike) -> Floats:
    """Return the weights that minimize J at each of k strengths λ ≥ 0, as (k, 2).

    Parameters
    ----------
    S : (2, 2)
        The second moments of the features.
    w_star : (2,)
        The weights at which L is least.
    lams : (k,), each >= 0
        The strengths λ.

    Examples
    --------
    >>> from l2widgets import quadratic
    >>> quadratic.minimizer([[1.0, 0.0], [0.0, 0.5]], [2.0, 2.0], [0.0, 1.0]).round(3)
    array([[2.   , 2.   ],
           [1.   , 0.667]])
    """
    values, vectors = np.linalg.eigh(np.asarray(S, dtype=np.float64))
    strengths = np.atleast_1d(np.asarray(lams, dtype=np.float64))
    kept = values / (values + strengths[:, None])
    found: Floats = (kept * (vectors.T @ np.asarray(w_star, dtype=np.float64))) @ vectors.T
    return found


def level_line(S: ArrayLike, w_star: ArrayLike, level: float, points: int = 73) -> Floats:
    """Return the weights at which L, of S (2, 2) and w_star (2,), is `level` ≥ 0, as a closed line (points, 2)."""
    values, vectors = np.linalg.eigh(np.asarray(S, dtype=np.float64))
    angle = np.linspace(0.0, 2.0 * np.pi, points)
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    line: Floats = (
        np.asarray(w_star, dtype=np.float64) + np.sqrt(level) * (circle / np.sqrt(values)) @ vectors.T
    )
    return line


def axes(S: ArrayLike) -> Axes:
    """Return the axes of the level lines of L, in closed form, from the second moments S (2, 2).

    Notes
    -----
    With S = [[a, b], [b, c]] the first axis is at the angle ½ atan2(2b, a - c) (a Jacobi rotation; Golub & Van Loan
    2013, sec. 8.5.2). No library's choice of signs or of order is in it.
    """
    (a, b), (_, c) = np.asarray(S, dtype=np.float64).tolist()
    angle = 0.5 * math.atan2(2.0 * b, a - c)
    cos, sin = math.cos(angle), math.sin(angle)
    larger = 0.5 * (a + c) + math.hypot(0.5 * (a - c), b)
    smaller = (a * c - b * b) / larger  # a difference of sums would lose digits
    return Axes(np.array([larger, smaller]), np.array([[cos, -sin], [sin, cos]]))


def price(S: ArrayLike, w_star: ArrayLike, budget: float) -> float:
    """Return the λ at which the minimizer of J is as long as the budget t > 0; 0 where w* itself is no longer.

    Parameters
    ----------
    S : (2, 2)
        The second moments of the features.
    w_star : (2,)
        The weights w* at which L is least.
    budget : float, > 0
        The length t.

    Raises
    ------
    ValueError
        When the budget is not positive.

    Notes
    -----
    The secular equation Σ (s_k c_k / (s_k + λ))² = t², s being the variances along the ellipses' axes and c the
    components of w*. Newton's method on 1/‖ŵ(λ)‖ = 1/t starts at 0 and never oversteps, since 1/‖ŵ(λ)‖ is concave
    (Moré & Sorensen 1983).
    """
    if not budget > 0:
        raise ValueError(f"the budget must be positive; got {budget}")
    variances, directions = axes(S)
    target = np.asarray(w_star, dtype=np.float64)
    if math.hypot(*target.tolist()) <= budget:
        return 0.0
    (s, r), (c, d) = variances.tolist(), (target @ directions).tolist()
    lam = 0.0
    while True:
        first, second = c * s / (s + lam), d * r / (r + lam)
        length = math.hypot(first, second)
        if length <= budget:
            return lam
        slope = first**2 / (s + lam) + second**2 / (r + lam)
        step = length**2 / slope * (length / budget - 1.0)
        if lam + step == lam:
            return lam
        lam += step


def l1_minimizer(S: ArrayLike, w_star: ArrayLike, budget: float) -> Floats:
    """Return the weights (2,) that minimize L among those with |w₁| + |w₂| ≤ `budget`; in a corner, one is exactly 0.

    Parameters
    ----------
    S : (2, 2)
        The second moments of the features.
    w_star : (2,)
        The weights w* at which L is least.
    budget : float, > 0
        Half the diamond's width.

    Notes
    -----
    Unless w* is inside, the minimum is on one of the diamond's four edges, along each of which L is a parabola.
    """
    moments, target = np.asarray(S, dtype=np.float64), np.asarray(w_star, dtype=np.float64)
    if np.abs(target).sum() <= budget:
        return target.copy()
    corners = budget * np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0]])
    edges = np.roll(corners, -1, axis=0) - corners
    downhill = np.einsum("ki,ij,kj->k", edges, moments, target - corners)
    bend = np.einsum("ki,ij,kj->k", edges, moments, edges)
    shares = np.clip(np.divide(downhill, bend, out=np.zeros(4), where=bend > 0), 0.0, 1.0)
    lowest = corners + shares[:, None] * edges
    found: Floats = lowest[np.argmin(loss(moments, target, lowest))] + 0.0  # no minus before a zero
    return found


def course(S: ArrayLike, w_star: ArrayLike, weight: int) -> Course:
    """Return what a weight, 0 or 1, of the minimizer of J does while λ grows from 0, for S (2, 2) and w_star (2,).

    Notes
    -----
    The weight is a s/(s + λ) + b r/(r + λ), with a + b = w*_j and a s + b r = (S w*)_j, the feature's covariance with
    the target, which gives it its sign when λ is large. So it has at most one zero, and it flips exactly if these two
    numbers have opposite signs. Otherwise it grows first exactly if it does so at λ = 0, since it is back at w*_j at no
    more than one other λ.
    """
    variances, directions = axes(S)
    moments, target = np.asarray(S, dtype=np.float64), np.asarray(w_star, dtype=np.float64)
    (s, r), (a, b) = variances.tolist(), (directions[weight] * (target @ directions)).tolist()
    start, covariance = float(target[weight]), float(moments[weight] @ target)
    if abs(covariance) > ROUNDING and start * covariance < 0:
        return Course("flips", -s * r * start / covariance)
    rise = -(a / s + b / r)
    if abs(rise) > ROUNDING and (start * rise > 0 or start == 0):
        # The slope is zero where (r + λ) / (s + λ) is the root of -b r / (a s).
        ratio = math.sqrt(-b * r / (a * s))
        return Course("grows", (ratio * s - r) / (1.0 - ratio))
    return Course("shrinks", None)
