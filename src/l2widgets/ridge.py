"""Ridge regression solved exactly, for one λ or for all of them at the price of one.

Everything keeps the article's convention, in which the data loss is a mean:

    J(w, b) = (1/n) Σ (y_i - b - w·x_i)²  +  λ Σ w_j²

X and y are taken as given: nothing is standardized unless the caller asks for it, and the intercept b is
never penalized. Centring removes b from the problem, and one thin singular value decomposition of the centred
X then holds the solution for every λ. XᵀX, whose condition number is the square of X's, is never formed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from l2widgets.draws import Draws

type Floats = NDArray[np.float64]

__all__ = [
    "Fit",
    "Path",
    "Scaling",
    "Scores",
    "cross_validate",
    "effective_df",
    "fit",
    "fold_indices",
    "path",
    "standardize",
]


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """The model that minimizes J for one λ."""

    coef: Floats
    """The weights w, (d,), in units of y per unit of each feature."""
    intercept: float
    """The intercept b, in units of y."""

    def predict(self, X: ArrayLike) -> Floats:
        """Return b + w·x for each row of `X` (m, d), as (m,)."""
        return np.asarray(X, dtype=np.float64) @ self.coef + self.intercept


@dataclass(frozen=True, slots=True, eq=False)
class Path:
    """The models that minimize J for each of k values of λ, in the order in which the λ were given."""

    coefs: Floats
    """The weights, (k, d): one row for each λ."""
    intercepts: Floats
    """The intercepts, (k,)."""

    def predict(self, X: ArrayLike) -> Floats:
        """Return the predictions for each row of `X` (m, d), as (k, m): one row for each λ."""
        predictions: Floats = self.coefs @ np.asarray(X, dtype=np.float64).swapaxes(-1, -2)
        predictions += self.intercepts[..., None]
        return predictions

    def errors(self, X: ArrayLike, y: ArrayLike) -> Floats:
        """Return the mean squared error on `X` (m, d) and `y` (m,), as (k,), in units of y squared."""
        residuals = self.predict(X)
        residuals -= np.asarray(y, dtype=np.float64)[..., None, :]
        errors: Floats = np.einsum("...ij,...ij->...i", residuals, residuals) / residuals.shape[-1]
        return errors


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """What K-fold cross-validation says about each of k values of λ."""

    lams: Floats
    """The strengths λ, (k,), as given."""
    per_fold: Floats
    """The mean squared error on each held-out fold, (folds, k), in units of y squared."""
    mean: Floats
    """The mean over the folds, (k,); each fold counts the same, also where they differ by one row."""
    standard_error: Floats
    """The standard error of that mean, (k,): the deviation (divisor folds - 1) over the root of folds."""
    best: int
    """The index of the λ with the smallest mean."""
    one_se: int
    """The index of the largest λ whose mean is within one standard error of the smallest."""


@dataclass(frozen=True, slots=True, eq=False)
class Scaling:
    """The mean and deviation of a training set, to be applied to it and to whatever is predicted later."""

    mean: Floats
    """The mean of each feature, (d,), in its unit."""
    scale: Floats
    """The deviation of each feature, (d,), in its unit (divisor n); 1 for a feature that never varies."""

    def apply(self, X: ArrayLike) -> Floats:
        """Return (X - mean) / scale for the rows of `X` (m, d), without a unit."""
        return (np.asarray(X, dtype=np.float64) - self.mean[..., None, :]) / self.scale[..., None, :]


def fit(X: ArrayLike, y: ArrayLike, lam: float) -> Fit:
    """Minimize the mean squared error plus `lam` times the sum of squared weights.

    Parameters
    ----------
    X : (n, d), finite
        The features, as given.
    y : (n,), finite
        The targets.
    lam : float, 0 <= lam < inf, in units of y² per weight²
        The strength λ. At 0 the fit is least squares, of the smallest norm where several are equally good.

    Returns
    -------
    Fit
        The weights (d,) and the intercept.

    Raises
    ------
    ValueError
        When the shapes do not match, or a number is not finite, or `lam` is negative.

    Notes
    -----
    With the thin decomposition U diag(s) Vᵀ of the centred X, the minimizer is w = V diag(s / (s² + nλ)) Uᵀ
    (y - ȳ) and b = ȳ - w·x̄ (Hastie, Tibshirani & Friedman 2009, eq. 3.47, where the penalty on the sum of
    squares is nλ here). Singular values that are rounding errors are left out at every λ, by the rule of
    `numpy.linalg.lstsq`, so that the fit at λ = 0 is the limit of the fits before it.

    Examples
    --------
    Without an intercept to help, a price of 1 on a weight that fits perfectly at 2:

    >>> from l2widgets import ridge
    >>> model = ridge.fit([[-1.0], [1.0]], [-2.0, 2.0], lam=1.0)
    >>> model.coef, model.intercept
    (array([1.]), 0.0)
    >>> model.predict([[3.0]])
    array([3.])
    """
    solution = path(X, y, [lam])
    return Fit(coef=solution.coefs[0], intercept=float(solution.intercepts[0]))


def path(X: ArrayLike, y: ArrayLike, lams: ArrayLike) -> Path:
    """Do what `fit` does for each of `lams`, with one decomposition for all of them.

    Parameters
    ----------
    X : (n, d), finite
        The features, as given.
    y : (n,), finite
        The targets.
    lams : (k,), each 0 <= lam < inf, in any order
        The strengths λ.

    Returns
    -------
    Path
        The weights (k, d) and the intercepts (k,).

    Raises
    ------
    ValueError
        When the shapes do not match, or a number is not finite, or a λ is negative.
    """
    features = _features(X)
    return _solve(_decompose(features), _targets(y, len(features)), _strengths(lams))


def effective_df(X: ArrayLike, lams: ArrayLike) -> Floats:
    """Return the effective degrees of freedom at each λ, the free intercept counted.

    Parameters
    ----------
    X : (n, d), finite
        The features, as given.
    lams : (k,), each 0 <= lam < inf
        The strengths λ.

    Returns
    -------
    (k,), 1 <= df <= min(n, d + 1)
        The degrees of freedom: 1 plus the rank of the centred X at λ = 0, falling to 1 as λ grows.

    Raises
    ------
    ValueError
        When a shape is wrong, or a number is not finite, or a λ is negative.

    Notes
    -----
    1 + Σ s² / (s² + nλ) over the singular values s of the centred X, which is the trace of the matrix that
    turns y into the fitted values (Hastie, Tibshirani & Friedman 2009, eq. 3.50, with the intercept's 1
    added).
    """
    centred = _decompose(_features(X))
    return 1.0 + _kept(centred, _strengths(lams))[:, np.isfinite(centred.s)].sum(axis=1)


def cross_validate(
    X: ArrayLike, y: ArrayLike, lams: ArrayLike, folds: int, seed: int, *, standardize: bool = False
) -> Scores:
    """Score each λ on data that its fit has not seen.

    Parameters
    ----------
    X : (n, d), finite
        The features, as given.
    y : (n,), finite
        The targets.
    lams : (k,), each 0 <= lam < inf, in any order
        The strengths λ.
    folds : int, 2 <= folds <= n
        The number of parts; each is held out once.
    seed : int, >= 0
        What the rows are shuffled by before they are dealt to the folds.
    standardize : bool
        Whether each fold's features are standardized, by the mean and deviation of that fold's training part
        alone.

    Returns
    -------
    Scores
        The errors by fold and λ, their means and standard errors, and the λ that two rules choose.

    Raises
    ------
    ValueError
        When the shapes do not match, a number is not finite, a λ is negative, or `folds` is not between 2 and
        n.

    Notes
    -----
    λ stays the same in each fold while the n of its training part is smaller than the whole, so that
    ``Ridge(alpha=m * lam)`` of scikit-learn, with m the size of the training part, is the same fit. The rule
    of one standard error is that of Hastie, Tibshirani & Friedman 2009, section 7.10.1.
    """
    features = _features(X)
    targets = _targets(y, len(features))
    strengths = _strengths(lams)
    parts = fold_indices(len(features), folds, seed)

    per_fold = np.empty((folds, len(strengths)))
    sizes = np.array([len(part) for part in parts])
    for size in set(sizes.tolist()):  # folds of one size are solved at once, as a stack
        alike = np.flatnonzero(sizes == size)
        held_out = np.array([parts[i] for i in alike])
        is_seen = np.ones((len(alike), len(features)), dtype=np.bool_)
        np.put_along_axis(is_seen, held_out, values=False, axis=1)
        training = np.nonzero(is_seen)[1].reshape(len(alike), -1)
        seen, unseen = features[training], features[held_out]
        if standardize:
            scaling = _scaling(seen)
            seen, unseen = scaling.apply(seen), scaling.apply(unseen)
        solved = _solve(_decompose(seen), targets[training], strengths)
        per_fold[alike] = solved.errors(unseen, targets[held_out])

    mean = per_fold.mean(axis=0)
    standard_error = per_fold.std(axis=0, ddof=1) / np.sqrt(folds)
    best = int(mean.argmin())
    as_good = mean <= mean[best] + standard_error[best]
    return Scores(
        lams=strengths,
        per_fold=per_fold,
        mean=mean,
        standard_error=standard_error,
        best=best,
        one_se=int(np.where(as_good, strengths, -np.inf).argmax()),
    )


def fold_indices(n: int, folds: int, seed: int) -> tuple[NDArray[np.intp], ...]:
    """Deal n rows to folds whose sizes differ by one at most.

    Parameters
    ----------
    n : int, >= 2
        The number of rows.
    folds : int, 2 <= folds <= n
        The number of folds.
    seed : int, >= 0
        What the rows are shuffled by.

    Returns
    -------
    tuple of (m,), with m within one of n / folds
        The rows that each fold holds out, in rising order; every row is in one fold.

    Raises
    ------
    ValueError
        When `folds` is not between 2 and n.
    """
    if not 2 <= folds <= n:
        raise ValueError(
            f"folds must be between 2 and the number of rows, {n}; got {folds}: take fewer folds or more data"
        )
    order = Draws(seed).permutation(n)
    return tuple(np.sort(part) for part in np.array_split(order, folds))


def standardize(X: ArrayLike) -> Scaling:
    """Measure the mean and deviation of each feature of a training set.

    Parameters
    ----------
    X : (n, d), finite
        The training set's features.

    Returns
    -------
    Scaling
        Whose ``apply`` gives every feature of `X` mean 0 and deviation 1; one that never varies becomes 0.

    Raises
    ------
    ValueError
        When `X` is not a table of finite numbers.
    """
    return _scaling(_features(X))


# From here on, X may be a stack of tables of one shape, y and all that follows a stack of as many.


class _Centred(NamedTuple):
    """A centred X, as U diag(s) Vᵀ."""

    mean: Floats
    U: Floats
    s: Floats
    """The singular values; infinite where they are only rounding errors, so that nothing comes of that direction."""
    Vt: Floats


def _decompose(X: Floats) -> _Centred:
    centred, mean = _centre(X)
    U, s, Vt = np.linalg.svd(centred, full_matrices=False)
    least = np.finfo(np.float64).eps * max(X.shape[-2:]) * s[..., :1]
    return _Centred(mean, U, np.where(s > least, s, np.inf), Vt)


def _centre(X: Floats) -> tuple[Floats, Floats]:
    # Measured from the first row, a constant column is exactly zero, not a rounding error that the
    # decomposition would take for a feature, and a column far from the origin (years, say) loses no digits.
    first = X[..., :1, :]
    shifted = X - first
    offset = shifted.mean(axis=-2, keepdims=True)
    shifted -= offset
    return shifted, (first + offset)[..., 0, :]


def _scaling(X: Floats) -> Scaling:
    centred, mean = _centre(X)
    scale = np.sqrt(np.einsum("...ij,...ij->...j", centred, centred) / X.shape[-2])
    return Scaling(mean, np.where(scale > 0, scale, 1.0))


def _kept(centred: _Centred, lams: Floats) -> Floats:
    """Return s² / (s² + nλ), (k, d or n): how much of least squares is left in each direction at each λ."""
    n, s = centred.U.shape[-2], centred.s[..., None, :]
    # nλ is divided by s twice, since s² may underflow; a quotient that overflows leaves a share of 0, as it
    # should.
    with np.errstate(over="ignore"):
        shares: Floats = 1.0 / (1.0 + lams[:, None] * n / s / s)
    return shares


def _solve(centred: _Centred, y: Floats, lams: Floats) -> Path:
    y_mean = y.mean(axis=-1, keepdims=True)
    least_squares = (y - y_mean)[..., None, :] @ centred.U / centred.s[..., None, :]
    coefs = (_kept(centred, lams) * least_squares) @ centred.Vt
    return Path(coefs=coefs, intercepts=y_mean - (coefs @ centred.mean[..., None])[..., 0])


def _features(X: ArrayLike) -> Floats:
    features = np.asarray(X, dtype=np.float64)
    if features.ndim != 2 or 0 in features.shape:
        raise ValueError(
            f"X must be a table with at least one row and one column; got the shape {features.shape}"
        )
    if not np.isfinite(features).all():
        raise ValueError("X must be finite; remove or fill in the rows with missing numbers")
    return features


def _targets(y: ArrayLike, n: int) -> Floats:
    targets = np.asarray(y, dtype=np.float64)
    if targets.shape != (n,):
        raise ValueError(
            f"y must have one number for each of the {n} rows of X; got the shape {targets.shape}"
        )
    if not np.isfinite(targets).all():
        raise ValueError("y must be finite; remove or fill in the rows with missing numbers")
    return targets


def _strengths(lams: ArrayLike) -> Floats:
    strengths = np.asarray(lams, dtype=np.float64)
    if strengths.ndim != 1 or not strengths.size:
        raise ValueError(f"λ must be given as a list of at least one number; got the shape {strengths.shape}")
    if not (np.isfinite(strengths) & (strengths >= 0)).all():
        raise ValueError("λ must be 0 or a positive finite number")
    return strengths
