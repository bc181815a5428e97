"""The data loss of a linear model with two weights: a bowl over the plane of weights, and what a penalty does to it.

With the features' second moments S = (1/n) Σ xxᵀ, the mean squared error of a linear model is, up to a constant,

    L(w) = (w - w*)ᵀ S (w - w*),        and J(w) = L(w) + λ‖w‖²,

so that its level lines are ellipses around the least-squares weights w*, and J is least at (S + λI)⁻¹ S w*.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

type Floats = NDArray[np.float64]

__all__ = ["data_gradient", "level_line", "loss", "minimizer", "second_moments"]


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
    """Return L at each of the weights `w` (..., 2), as (...)."""
    away = np.asarray(w, dtype=np.float64) - np.asarray(w_star, dtype=np.float64)
    value: Floats = np.einsum("...i,ij,...j->...", away, np.asarray(S, dtype=np.float64), away)
    return value


def data_gradient(S: ArrayLike, w_star: ArrayLike, w: ArrayLike) -> Floats:
    """Return the slope 2S(w - w*) of L at each of the weights `w` (..., 2), in the same shape."""
    away = np.asarray(w, dtype=np.float64) - np.asarray(w_star, dtype=np.float64)
    return 2.0 * away @ np.asarray(S, dtype=np.float64)


def minimizer(S: ArrayLike, w_star: ArrayLike, lams: ArrayLike) -> Floats:
    """Return the weights that minimize J at each of k strengths λ ≥ 0, as (k, 2)."""
    values, vectors = np.linalg.eigh(np.asarray(S, dtype=np.float64))
    strengths = np.atleast_1d(np.asarray(lams, dtype=np.float64))
    kept = values / (values + strengths[:, None])
    found: Floats = (kept * (vectors.T @ np.asarray(w_star, dtype=np.float64))) @ vectors.T
    return found


def level_line(S: ArrayLike, w_star: ArrayLike, level: float, points: int = 73) -> Floats:
    """Return the weights at which L is `level` ≥ 0, as a closed line (points, 2)."""
    values, vectors = np.linalg.eigh(np.asarray(S, dtype=np.float64))
    angle = np.linspace(0.0, 2.0 * np.pi, points)
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    line: Floats = (
        np.asarray(w_star, dtype=np.float64) + np.sqrt(level) * (circle / np.sqrt(values)) @ vectors.T
    )
    return line
