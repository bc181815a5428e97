"""The bowl over two weights, held against least squares on data, against SciPy, a search, and finite differences."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
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


# A price is a budget

wanted = st.tuples(st.integers(-40, 40), st.integers(-40, 40)).map(lambda tenths: np.array(tenths) / 10)
"""What the data may want: two weights, in tenths."""


@given(correlations, variances, wanted, st.lists(st.integers(-40, 30), min_size=2, max_size=20, unique=True))
def test_a_higher_price_is_a_smaller_budget(correlation, variance, target, tenths):
    """The length falls at every step of λ, whatever a single weight does, and the data loss rises."""
    assume(target.any())
    S = quadratic.second_moments(correlation, variance)
    path = quadratic.minimizer(S, target, 10.0 ** (np.sort(tenths) / 10))
    assert (np.diff(np.hypot(*path.T)) < 0).all()
    assert (np.diff(quadratic.loss(S, target, path)) > 0).all()


@given(correlations, variances, wanted, st.floats(1e-3, 1e3))
def test_the_price_of_a_budget_is_the_price_that_left_it(correlation, variance, target, lam):
    """From λ to the length, and back to the same λ."""
    assume(target.any())
    S = quadratic.second_moments(correlation, variance)
    budget = np.hypot(*quadratic.minimizer(S, target, lam)[0])
    assert quadratic.price(S, target, budget) == pytest.approx(lam, rel=1e-9)


@given(correlations, variances, wanted, st.floats(1e-3, 6))
def test_the_budget_of_a_price_is_the_budget_that_set_it(correlation, variance, target, budget):
    """From a length to λ, and back to the same length; what nobody needs is free."""
    S = quadratic.second_moments(correlation, variance)
    lam = quadratic.price(S, target, budget)
    length = np.hypot(*quadratic.minimizer(S, target, lam)[0])
    if np.hypot(*target) <= budget:
        assert lam == 0
    else:
        assert lam > 0
        assert length == pytest.approx(budget, rel=1e-12)


@given(correlations, variances, wanted, st.floats(1e-3, 6))
def test_at_the_budget_s_price_ellipse_and_circle_touch(correlation, variance, target, budget):
    """The data's gradient is parallel to the weights, and 2λ times as long."""
    S = quadratic.second_moments(correlation, variance)
    lam = quadratic.price(S, target, budget)
    w = quadratic.minimizer(S, target, lam)[0]
    np.testing.assert_allclose(quadratic.data_gradient(S, target, w), -2 * lam * w, atol=1e-9)


@given(correlations, variances, wanted, st.floats(0.05, 6))
def test_no_weights_within_the_budget_are_better(correlation, variance, target, budget):
    """Neither on the circle, walked all around and then closer and closer, nor where SciPy gets from inside."""
    S = quadratic.second_moments(correlation, variance)
    found = quadratic.minimizer(S, target, quadratic.price(S, target, budget))[0]
    assert np.hypot(*found) <= budget * (1 + 1e-12)

    def on_circle(turns):
        return budget * np.stack([np.cos(turns), np.sin(turns)], axis=-1)

    walked = closest(lambda turns: quadratic.loss(S, target, on_circle(turns)), 2 * np.pi)
    searched = minimize(
        lambda w: quadratic.loss(S, target, w),
        np.zeros(2),
        jac=lambda w: quadratic.data_gradient(S, target, w),
        constraints={"type": "ineq", "fun": lambda w: budget**2 - w @ w, "jac": lambda w: -2 * w},
        method="SLSQP",
    )
    least = quadratic.loss(S, target, found)
    assert least <= walked + 1e-12 * (1 + walked)
    assert least <= searched.fun + 1e-6 * (1 + searched.fun)  # SLSQP oversteps its bound by as much
    if np.hypot(*target) > budget:
        assert least == pytest.approx(walked, rel=1e-9)


@given(correlations, variances, wanted, st.floats(0.05, 8))
def test_no_weights_within_the_diamond_are_better(correlation, variance, target, budget):
    """Neither on its edge, walked all around and then ever closer, nor for the price on |w| that it amounts to."""
    S = quadratic.second_moments(correlation, variance)
    found = quadratic.l1_minimizer(S, target, budget)
    size = np.abs(found).sum()
    assert size <= budget * (1 + 1e-12)

    def on_diamond(shares):
        edge, along = np.divmod(shares, 1)
        turns = np.pi / 2 * edge[..., None] + [0, np.pi / 2]
        ends = np.round(np.stack([np.cos(turns), np.sin(turns)], axis=-1))
        return budget * ((1 - along[..., None]) * ends[..., 0, :] + along[..., None] * ends[..., 1, :])

    least = quadratic.loss(S, target, found)
    walked = closest(lambda shares: quadratic.loss(S, target, on_diamond(shares)), 4)
    assert least <= walked + 1e-12 * (1 + walked)
    if np.abs(target).sum() > budget:
        assert size == pytest.approx(budget, rel=1e-12)
        assert least == pytest.approx(walked, rel=1e-9)

    toll = np.abs(quadratic.data_gradient(S, target, found)).max()
    steps = np.linspace(-1, 1, 81)
    for reach in (8.0, 0.5, 0.02, 1e-3):
        around = found + reach * np.stack(np.meshgrid(steps, steps), axis=-1)
        priced = quadratic.loss(S, target, around) + toll * np.abs(around).sum(axis=-1)
        assert least + toll * size <= priced.min() + 1e-9


def closest(value, turn):
    """Return the least value along a closed line of this length, by ever finer walks around the best point so far."""
    best, reach = turn / 2, turn / 2
    for _ in range(12):
        places = np.mod(best + np.linspace(-reach, reach, 2001), turn)
        best, reach = places[np.argmin(value(places))], reach / 100
    return float(value(np.array(best)))


def test_a_corner_of_the_diamond_is_exact():
    """Where L1 switches a weight off, it is 0 and not nearly so."""
    S = quadratic.second_moments(0.3, 0.5)
    assert quadratic.l1_minimizer(S, [2.5, 0.2], 1.5).tolist() == [1.5, 0.0]
    assert quadratic.l1_minimizer(S, [0.1, -2.5], 1.5).tolist() == [0.0, -1.5]


@pytest.mark.parametrize("budget", [0.0, -1.0, float("nan")])
def test_an_impossible_budget_is_refused(budget):
    """Nothing, or less, has no price."""
    with pytest.raises(ValueError, match="budget must be positive"):
        quadratic.price(np.eye(2), [1.0, 1.0], budget)


@given(correlations, variances)
def test_axes_are_those_of_an_eigendecomposition(correlation, variance):
    """The variances are NumPy's eigenvalues, and each direction is only stretched by S."""
    S = quadratic.second_moments(correlation, variance)
    axes = quadratic.axes(S)
    np.testing.assert_allclose(axes.variances, np.linalg.eigvalsh(S)[::-1], rtol=1e-9)
    np.testing.assert_allclose(S @ axes.directions, axes.directions * axes.variances, atol=1e-12)
    np.testing.assert_allclose(axes.directions.T @ axes.directions, np.eye(2), atol=1e-12)


@given(correlations, variances, wanted, st.sampled_from([0, 1]))
def test_the_course_of_a_weight_is_what_its_path_does(correlation, variance, target, weight):
    """Whether it flips, grows first or only shrinks, and where it turns, can be read off 4,000 λ."""
    S = quadratic.second_moments(correlation, variance)
    lams = np.concatenate([[0.0], np.geomspace(1e-7, 1e7, 4000)])
    path = quadratic.minimizer(S, target, lams)[:, weight]
    sizes = np.abs(path)
    kind, turn = quadratic.course(S, target, weight)

    flipped = (path * target[weight] < -1e-14).any()
    grown = (sizes > abs(target[weight]) * (1 + 1e-9) + 1e-12).any()
    assume(
        kind == "flips" or not grown or sizes.max() > abs(target[weight]) + 1e-6
    )  # too little to be told apart
    assert kind == ("flips" if flipped else "grows" if grown else "shrinks")
    if kind == "flips":
        assert quadratic.minimizer(S, target, turn)[0, weight] == pytest.approx(0, abs=1e-12)
    elif kind == "grows":
        assert abs(quadratic.minimizer(S, target, turn)[0, weight]) >= sizes.max()
    else:
        assert turn is None
