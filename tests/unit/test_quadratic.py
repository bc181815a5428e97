"""The bowl over two weights, held against least squares on data, against SciPy and against finite differences."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import approx_fprime, minimize

from l2widgets import quadratic, ridge

W_STAR = np.array([3.0, 1.5])

correlations = st.floats(-0.95, 0.95)
variances = st.floats(0.05, 4.0)
strengths = st.floats(0.0, 100.0)
weights = st.tuples(st.floats(-5, 5), st.floats(-5, 5)).map(np.array)


@given(correlations, variances, strengths)
def test_the_minimizer_is_the_least_point(correlation, variance, lam):
    """SciPy's own search finds nothing lower."""
    S = quadratic.second_moments(correlation, variance)

    def total(w):
        return quadratic.loss(S, W_STAR, w) + lam * w @ w

    found = quadratic.minimizer(S, W_STAR, lam)[0]

    searched = minimize(total, np.zeros(2), method="BFGS", options={"gtol": 1e-10})
    assert total(found) <= searched.fun + 1e-9 * (1 + abs(searched.fun))


@given(correlations, variances, weights)
def test_the_gradient_is_the_slope(correlation, variance, w):
    """Finite differences agree."""
    S = quadratic.second_moments(correlation, variance)
    slope = approx_fprime(w, lambda at: quadratic.loss(S, W_STAR, at), 1e-7)
    np.testing.assert_allclose(quadratic.data_gradient(S, W_STAR, w), slope, atol=1e-4)


@given(correlations, variances, st.floats(1e-3, 10))
def test_the_loss_is_the_same_all_along_a_level_line(correlation, variance, level):
    """A level line is closed, and keeps its level."""
    S = quadratic.second_moments(correlation, variance)
    line = quadratic.level_line(S, W_STAR, level)
    np.testing.assert_allclose(quadratic.loss(S, W_STAR, line), level, rtol=1e-9)
    np.testing.assert_allclose(line[0], line[-1], atol=1e-9)


@pytest.mark.parametrize("lam", [0.0, 0.05, 1.0, 30.0])
def test_it_is_ridge_on_data_with_these_moments(lam):
    """On data whose features have exactly these second moments, ridge regression finds the same weights."""
    rng = np.random.default_rng(5)
    S = quadratic.second_moments(0.8, 0.25)
    raw = rng.standard_normal((50, 2))
    raw -= raw.mean(axis=0)
    X = raw @ np.linalg.inv(np.linalg.cholesky(raw.T @ raw / 50).T) @ np.linalg.cholesky(S).T
    np.testing.assert_allclose(X.T @ X / 50, S, atol=1e-12)

    fitted = ridge.fit(X, X @ W_STAR + 7, lam)

    np.testing.assert_allclose(quadratic.minimizer(S, W_STAR, lam)[0], fitted.coef, rtol=1e-9)


@pytest.mark.parametrize(("correlation", "variance"), [(1.0, 1.0), (-1.5, 1.0), (0.0, 0.0), (0.0, -2.0)])
def test_impossible_moments_are_refused(correlation, variance):
    """The message says what is possible."""
    with pytest.raises(ValueError, match="must"):
        quadratic.second_moments(correlation, variance)
