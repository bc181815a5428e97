"""Ridge regression, held to identities rather than to numbers, and to scikit-learn as the second opinion."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn.linear_model import LinearRegression, Ridge, RidgeCV
from sklearn.metrics import mean_squared_error
from sklearn.model_selection import PredefinedSplit
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from l2widgets import data, ridge

LAMS = np.array([0.0, *np.logspace(-8, 2, 200)])

often = settings(max_examples=60)
strengths = st.floats(1e-3, 1e3)


@st.composite
def problems(draw):
    """Draw whole numbers, so that a singular value is either zero or clearly not; ranks fall short now and then."""
    n, d = draw(st.integers(2, 9)), draw(st.integers(1, 5))
    X = draw(hnp.arrays(np.float64, (n, d), elements=st.integers(-5, 5).map(float)))
    y = draw(hnp.arrays(np.float64, n, elements=st.integers(-9, 9).map(float)))
    return X, y


def make_problem(n=40, d=5, seed=0):
    """Return a well-conditioned problem whose features have means, deviations and correlations of their own."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, d)) @ (np.eye(d) + 0.3) * np.linspace(0.5, 2, d) + np.arange(d)
    y = X @ np.linspace(-1, 2, d) + 3 + rng.standard_normal(n)
    return X, y


def quadratic(covariance, w_star, n=8):
    """Return centred data with this covariance whose least-squares solution is `w_star`, without residuals."""
    basis, _ = np.linalg.qr(np.c_[np.ones(n), np.random.default_rng(1).standard_normal((n, 2))])
    X = np.sqrt(n) * basis[:, 1:3] @ np.linalg.cholesky(np.asarray(covariance)).T
    return X, X @ np.asarray(w_star)


def objective(X, y, lam, w, b):
    """Return J(w, b), as the article writes it."""
    return np.mean((y - b - X @ w) ** 2) + lam * np.sum(w**2)


# The ends of the path


@often
@given(problems())
def test_no_penalty_is_least_squares(problem):
    """At λ = 0 the fit is NumPy's least squares of the centred data, also where the rank falls short."""
    X, y = problem
    expected, *_ = np.linalg.lstsq(X - X.mean(0), y - y.mean(), rcond=None)
    np.testing.assert_allclose(ridge.fit(X, y, 0).coef, expected, atol=1e-9)


def test_no_penalty_is_least_squares_with_a_column_of_ones():
    """At full rank, λ = 0 is least squares with the intercept as one more column."""
    X, y = make_problem()
    expected, *_ = np.linalg.lstsq(np.c_[np.ones(len(X)), X], y, rcond=None)
    found = ridge.fit(X, y, 0)
    np.testing.assert_allclose([found.intercept, *found.coef], expected, rtol=1e-10)


def test_least_squares_has_the_smallest_norm():
    """Where several fits are equally good at λ = 0, no change along the data's null space is shorter."""
    X, y = make_problem(n=4, d=7)
    coef = ridge.fit(X, y, 0).coef
    _, _, Vt = np.linalg.svd(X - X.mean(0))
    np.testing.assert_allclose(Vt[3:] @ coef, 0, atol=1e-12)
    np.testing.assert_allclose(ridge.fit(X, y, 0).predict(X), y, rtol=1e-10)


@pytest.mark.parametrize("lam", [1e-12, 1e-30, 1e-200, 5e-324])
def test_the_path_ends_where_least_squares_begins(lam):
    """The limit λ → 0 is the fit at λ = 0, also for collinear features and for λ that underflow."""
    X, y = make_problem(d=3)
    X = np.c_[X, X[:, 0] + X[:, 1]]
    np.testing.assert_allclose(ridge.fit(X, y, lam).coef, ridge.fit(X, y, 0).coef, rtol=1e-8)


@often
@given(problems())
def test_endless_penalty_is_the_mean(problem):
    """As λ grows every weight goes to zero, and every prediction to the mean of y."""
    X, y = problem
    found = ridge.fit(X, y, 1e12)
    np.testing.assert_allclose(found.coef, 0, atol=1e-9)
    np.testing.assert_allclose(found.predict(X), y.mean(), atol=1e-8)


def test_the_largest_float_is_a_penalty():
    """The largest finite λ gives zero weights, and neither a warning nor nan."""
    X, y = make_problem()
    found = ridge.fit(X, y, np.finfo(float).max)
    np.testing.assert_array_equal(found.coef, 0)
    assert found.intercept == pytest.approx(y.mean())


# One solution by many routes


@often
@given(problems(), strengths)
def test_equals_augmented_least_squares(problem, lam):
    """The fit is least squares on the centred data with √(nλ) times the identity below them."""
    X, y = problem
    n, d = X.shape
    rows = np.r_[X - X.mean(0), np.sqrt(n * lam) * np.eye(d)]
    expected, *_ = np.linalg.lstsq(rows, np.r_[y - y.mean(), np.zeros(d)], rcond=None)
    np.testing.assert_allclose(ridge.fit(X, y, lam).coef, expected, atol=1e-9)


@often
@given(problems(), strengths)
def test_equals_the_normal_equations(problem, lam):
    """Where λ makes them well-conditioned, (XᵀX + nλI) w = Xᵀy has the same solution."""
    X, y = problem
    n, d = X.shape
    Z = X - X.mean(0)
    expected = np.linalg.solve(Z.T @ Z + n * lam * np.eye(d), Z.T @ (y - y.mean()))
    np.testing.assert_allclose(ridge.fit(X, y, lam).coef, expected, atol=1e-8)


@pytest.mark.parametrize("lam", [0.0, 0.03, 1.0])
def test_equals_the_limit_of_gradient_descent(lam):
    """Gradient descent on J, intercept included and not penalized, ends at the fit."""
    X, y = make_problem()
    w, b = np.zeros(X.shape[1]), 0.0
    lr = 0.9 / (np.linalg.norm(np.c_[np.ones(len(X)), X], 2) ** 2 / len(X) + lam)
    for _ in range(20_000):
        residual = b + X @ w - y
        w, b = w - lr * (2 * X.T @ residual / len(X) + 2 * lam * w), b - lr * 2 * residual.mean()
    found = ridge.fit(X, y, lam)
    np.testing.assert_allclose([found.intercept, *found.coef], [b, *w], rtol=1e-7)


@pytest.mark.parametrize("lam", [0.0, 1e-4, 0.1, 10.0])
def test_equals_scikit_learn(lam):
    """Ridge(alpha = nλ) of scikit-learn is the same model."""
    X, y = make_problem()
    theirs = Ridge(alpha=len(X) * lam, solver="svd").fit(X, y) if lam else LinearRegression().fit(X, y)
    ours = ridge.fit(X, y, lam)
    np.testing.assert_allclose(ours.coef, theirs.coef_, rtol=1e-9)
    assert ours.intercept == pytest.approx(theirs.intercept_, rel=1e-9)


def test_the_path_is_its_fits():
    """Each row of a path is the fit at that λ, in the order given."""
    X, y = make_problem()
    lams = [1.0, 0.0, 0.01]
    found = ridge.path(X, y, lams)
    for lam, coef, intercept in zip(lams, found.coefs, found.intercepts, strict=True):
        alone = ridge.fit(X, y, lam)
        np.testing.assert_allclose(coef, alone.coef, rtol=1e-12)
        assert intercept == pytest.approx(alone.intercept, rel=1e-12)


# What a minimum is


@often
@given(problems(), st.floats(0, 10), st.integers(0, 2**32 - 1))
def test_no_neighbour_is_better(problem, lam, seed):
    """J at the fit is at most J at weights and intercepts near it and far from it."""
    X, y = problem
    found = ridge.fit(X, y, lam)
    least = objective(X, y, lam, found.coef, found.intercept)
    rng = np.random.default_rng(seed)
    for size in (1e-3, 1e-1, 10.0):
        w = found.coef + size * rng.standard_normal(X.shape[1])
        b = found.intercept + size * rng.standard_normal()
        assert least <= objective(X, y, lam, w, b) + 1e-9


@often
@given(problems(), st.floats(0, 10))
def test_the_two_pulls_cancel(problem, lam):
    """At the fit the data loss's gradient is -2λw, not zero, and the residuals have mean zero."""
    X, y = problem
    found = ridge.fit(X, y, lam)
    residual = found.predict(X) - y
    np.testing.assert_allclose(2 * X.T @ residual / len(X), -2 * lam * found.coef, atol=1e-9)
    assert residual.mean() == pytest.approx(0, abs=1e-9)


# What λ does


@often
@given(problems(), st.lists(st.floats(0, 1e4), min_size=2, max_size=8))
def test_the_norm_falls_and_the_training_loss_rises(problem, lams):
    """‖ŵ(λ)‖ never grows with λ, and the training loss never falls."""
    X, y = problem
    lams = sorted(lams)
    norms = np.linalg.norm(ridge.path(X, y, lams).coefs, axis=1)
    losses = ridge.path(X, y, lams).errors(X, y)
    assert all(later <= earlier + 1e-9 for earlier, later in pairwise(norms))
    assert all(later >= earlier - 1e-9 for earlier, later in pairwise(losses))


def test_one_weight_may_grow():
    """At correlation 0.9 and w* = (2, ½) the second weight grows before it shrinks, while the norm falls."""
    X, y = quadratic([[1, 0.9], [0.9, 1]], [2, 0.5])
    coefs = ridge.path(X, y, [0, 0.05, 0.2, 100]).coefs
    np.testing.assert_allclose(coefs[:3, 1], [0.50, 0.72, 0.88], atol=0.005)
    assert coefs[3, 1] < 0.03
    assert (np.diff(np.linalg.norm(coefs, axis=1)) < 0).all()


def test_one_weight_may_change_its_sign():
    """At correlation 0.9 and w* = (3, -1) the second weight crosses zero."""
    X, y = quadratic([[1, 0.9], [0.9, 1]], [3, -1])
    np.testing.assert_allclose(ridge.path(X, y, [0, 0.1, 0.2]).coefs[:, 1], [-1, -0.05, 0.24], atol=0.005)


def test_orthonormal_features_shrink_in_proportion():
    """Uncorrelated features of variance 1 shrink by 1 / (1 + λ), along a straight ray to the origin."""
    X, y = quadratic(np.eye(2), [3, -1])
    np.testing.assert_allclose(ridge.fit(X, y, 0.25).coef, [3 / 1.25, -1 / 1.25], rtol=1e-12)


@often
@given(problems(), strengths)
def test_no_weight_becomes_zero_by_itself(problem, lam):
    """A lone feature with any slope keeps some of it at every λ: L2 selects nothing."""
    X, y = problem
    slope = ridge.fit(X[:, :1], y, 0).coef[0]
    assume(abs(slope) > 1e-6)
    assert ridge.fit(X[:, :1], y, lam).coef[0] * slope > 0


# Shifts, units and copies


@often
@given(problems(), st.floats(0, 10), st.floats(-100, 100))
def test_shifting_y_shifts_the_intercept_alone(problem, lam, shift):
    """The intercept is not penalized: adding a constant to y leaves the slopes as they were."""
    X, y = problem
    before, after = ridge.fit(X, y, lam), ridge.fit(X, y + shift, lam)
    np.testing.assert_allclose(after.coef, before.coef, atol=1e-8)
    assert after.intercept - before.intercept == pytest.approx(shift, abs=1e-7)


def test_a_distant_y_costs_no_digits():
    """Whole numbers near 10¹² have the slopes of the same numbers near zero."""
    X, y = make_problem()
    y = y.round()
    np.testing.assert_allclose(ridge.fit(X, y + 2.0**40, 0.1).coef, ridge.fit(X, y, 0.1).coef, rtol=1e-11)


@often
@given(problems(), st.floats(0, 10), st.floats(-100, 100))
def test_shifting_a_feature_shifts_the_intercept_alone(problem, lam, shift):
    """Where a feature's zero lies does not matter to its slope."""
    X, y = problem
    before, after = ridge.fit(X, y, lam), ridge.fit(X + shift, y, lam)
    np.testing.assert_allclose(after.coef, before.coef, atol=1e-8)
    np.testing.assert_allclose(after.predict(X + shift), before.predict(X), atol=1e-7)


@often
@given(problems(), strengths)
def test_scaling_the_unit_of_y_scales_everything(problem, lam):
    """The fit is linear in y: other units of y give the same model in these units, at the same λ."""
    X, y = problem
    np.testing.assert_allclose(ridge.fit(X, 1000 * y, lam).coef, 1000 * ridge.fit(X, y, lam).coef, atol=1e-8)


@often
@given(problems(), st.floats(0, 10))
def test_copies_share_the_weight(problem, lam):
    """Two copies of a feature get the same weight, which for λ > 0 adds up to more than the lone one's."""
    X, y = problem
    alone = ridge.fit(X[:, :1], y, lam).coef[0]
    copies = ridge.fit(np.c_[X[:, 0], X[:, 0]], y, lam).coef
    assert copies[0] == pytest.approx(copies[1], abs=1e-9)
    assert abs(copies.sum()) >= abs(alone) - 1e-9
    if lam == 0:
        assert copies.sum() == pytest.approx(alone, abs=1e-9)


def test_a_smaller_unit_escapes_the_penalty():
    """With n = 50 and nλ = 50, metres become millimetres: (0.53, 0.50) becomes (1.07, 0.50) in the same units."""
    X, y = quadratic(np.eye(2), [1.07, 1.0], n=50)
    np.testing.assert_allclose(ridge.fit(X, y, 50 / 50).coef, [0.535, 0.5], rtol=1e-12)
    millimetres = X * [1000, 1]
    np.testing.assert_allclose(ridge.fit(millimetres, y, 50 / 50).coef * [1000, 1], [1.07, 0.5], rtol=1e-5)


@pytest.mark.parametrize("unit", [1e-200, 1e200])
def test_units_whose_squares_overflow_are_units_too(unit):
    """At λ = 0 the predictions do not depend on a unit so small or large that its square is no float."""
    X, y = make_problem()
    np.testing.assert_allclose(ridge.fit(X * unit, y, 0).predict(X * unit), ridge.fit(X, y, 0).predict(X))
    assert ridge.effective_df(X * unit, [0]) == pytest.approx(6)


def test_standardizing_repairs_the_unit():
    """After standardization the unit of a feature does not change what is predicted."""
    X, y = make_problem()
    metres = ridge.standardize(X).apply(X)
    millimetres = ridge.standardize(1000 * X).apply(1000 * X)
    np.testing.assert_allclose(
        ridge.fit(metres, y, 0.1).coef, ridge.fit(millimetres, y, 0.1).coef, rtol=1e-10
    )


@pytest.mark.parametrize("lam", [0.0, 0.1])
def test_a_constant_feature_is_left_alone(lam):
    """A column that never varies, whose mean is not a round number, gets no weight and changes no other."""
    X, y = make_problem()
    found = ridge.fit(np.c_[X, np.full(len(X), 0.1)], y, lam)
    assert found.coef[-1] == 0
    np.testing.assert_allclose(found.coef[:-1], ridge.fit(X, y, lam).coef, rtol=1e-12)


def test_constant_features_alone_give_the_mean():
    """With nothing that varies, the fit is the mean of y, whatever the constants are later."""
    found = ridge.fit(np.full((7, 2), 0.1), np.arange(7.0), 0)
    np.testing.assert_array_equal(found.predict([[5.0, -3.0]]), [3.0])


def test_one_row_gives_the_mean():
    """A single row is its own mean."""
    found = ridge.fit([[1.0, 2.0]], [5.0], 0)
    np.testing.assert_array_equal(found.predict([[9.0, 9.0]]), [5.0])


# Degrees of freedom


@often
@given(problems(), st.floats(0, 100))
def test_degrees_of_freedom_are_the_trace_of_the_hat_matrix(problem, lam):
    """How much each fitted value follows its own y adds up to the effective degrees of freedom."""
    X, _ = problem
    hat = np.column_stack([ridge.fit(X, unit, lam).predict(X) for unit in np.eye(len(X))])
    np.testing.assert_allclose(ridge.effective_df(X, [lam]), [np.trace(hat)], atol=1e-9)


@often
@given(problems())
def test_degrees_of_freedom_fall_from_the_rank_to_the_intercept(problem):
    """They are 1 plus the rank at λ = 0, never rise, and end at 1."""
    X, _ = problem
    found = ridge.effective_df(X, [0.0, 1e-2, 1.0, 1e2, 1e14])
    assert found[0] == 1 + np.linalg.matrix_rank(X - X.mean(0))
    assert (np.diff(found) <= 1e-12).all()
    assert found[-1] == pytest.approx(1)


# Standardization


@often
@given(problems())
def test_standardized_features_have_mean_0_and_deviation_1(problem):
    """Every feature that varies ends with mean 0 and deviation 1, and one that does not ends at 0."""
    X, _ = problem
    Z = ridge.standardize(X).apply(X)
    varies = X.min(0) < X.max(0)
    np.testing.assert_allclose(Z.mean(0), 0, atol=1e-12)
    np.testing.assert_allclose(Z.std(0), varies, atol=1e-12)


def test_standardization_survives_an_offset():
    """A small deviation far from zero is measured to the last digits that the numbers have."""
    X = 2e9 + np.array([[0.0], [1.0], [2.0], [3.0]])
    scaling = ridge.standardize(X)
    assert scaling.scale[0] == pytest.approx(np.sqrt(1.25), rel=1e-15)
    assert scaling.mean[0] == 2e9 + 1.5


# Cross-validation


def as_cv(parts):
    """Return scikit-learn's description of folds that hold these rows out."""
    fold_of = np.empty(sum(len(part) for part in parts), dtype=int)
    for fold, part in enumerate(parts):
        fold_of[part] = fold
    return PredefinedSplit(fold_of)


def test_folds_part_the_rows():
    """Every row is held out once, and the folds' sizes differ by one at most."""
    parts = ridge.fold_indices(23, 5, seed=4)
    np.testing.assert_array_equal(np.sort(np.concatenate(parts)), np.arange(23))
    assert {len(part) for part in parts} == {4, 5}


def test_folds_follow_the_seed():
    """The same seed deals the same folds, and another seed others."""
    X, y = make_problem()
    first, again, other = (ridge.cross_validate(X, y, [0.1, 1], 5, seed).per_fold for seed in (3, 3, 4))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("standardize", [False, True])
@pytest.mark.parametrize("folds", [5, 7, 40])
def test_each_fold_equals_a_pipeline_of_scikit_learn(folds, standardize):
    """A fold's error is that of a pipeline which has seen the other folds alone, scaling included."""
    X, y = make_problem()
    X = np.c_[X, np.full(len(X), 0.1)]
    lams = [1e-3, 0.1, 10]
    found = ridge.cross_validate(X, y, lams, folds, seed=2, standardize=standardize)
    parts = ridge.fold_indices(len(X), folds, seed=2)
    for fold, (training, held_out) in enumerate(as_cv(parts).split()):
        for k, lam in enumerate(lams):
            model = Ridge(alpha=len(training) * lam, solver="svd")
            pipeline = make_pipeline(StandardScaler(), model) if standardize else model
            pipeline.fit(X[training], y[training])
            expected = mean_squared_error(y[held_out], pipeline.predict(X[held_out]))
            assert found.per_fold[fold, k] == pytest.approx(expected, rel=1e-9)


def test_the_choice_equals_ridge_cv():
    """With folds of one size, RidgeCV chooses the same λ among alphas that are λ times the training parts' size."""
    X, y = make_problem(n=40)
    lams = np.logspace(-4, 1, 30)
    found = ridge.cross_validate(X, y, lams, 5, seed=0)
    split = as_cv(ridge.fold_indices(40, 5, seed=0))
    theirs = RidgeCV(alphas=32 * lams, cv=split, scoring="neg_mean_squared_error").fit(X, y)
    assert theirs.alpha_ == pytest.approx(32 * lams[found.best])
    assert theirs.best_score_ == pytest.approx(-found.mean[found.best], rel=1e-9)


def test_leaving_one_out_has_a_shortcut_for_a_penalty_on_the_sum():
    """With nλ kept, the held-out residuals are the residuals over 1 - hᵢᵢ; with λ kept, they are only close."""
    X, y = make_problem(n=20)
    lam = 0.3
    hat = np.column_stack([ridge.fit(X, unit, lam).predict(X) for unit in np.eye(20)])
    shortcut = np.mean(((y - hat @ y) / (1 - np.diag(hat))) ** 2)
    same_sum, same_mean = ridge.cross_validate(X, y, [lam * 20 / 19, lam], 20, seed=0).mean
    assert same_sum == pytest.approx(shortcut, rel=1e-10)
    assert same_mean == pytest.approx(shortcut, rel=0.05)
    assert same_mean != pytest.approx(shortcut, rel=1e-4)


def test_the_folds_are_summed_up():
    """The mean, its standard error and both choices follow from the folds' errors by their definitions."""
    X, y = make_problem(n=23)
    lams = np.random.default_rng(0).permutation(LAMS)
    found = ridge.cross_validate(X, y, lams, 6, seed=1)
    np.testing.assert_array_equal(found.lams, lams)
    np.testing.assert_allclose(found.mean, found.per_fold.mean(0))
    np.testing.assert_allclose(found.standard_error, found.per_fold.std(0, ddof=1) / np.sqrt(6))
    assert found.mean[found.best] == found.mean.min()
    within = found.mean <= found.mean.min() + found.standard_error[found.best]
    assert found.lams[found.one_se] == found.lams[within].max()
    assert found.lams[found.one_se] > found.lams[found.best]


def test_a_feature_constant_in_one_training_part_is_no_trouble():
    """A column that varies in one row alone is constant wherever that row is held out, and scores stay finite."""
    X, y = make_problem(n=10, d=2)
    X[:, 1] = 0.1
    X[3, 1] = 5
    assert np.isfinite(ridge.cross_validate(X, y, LAMS, 10, seed=0, standardize=True).per_fold).all()


# What the article says, with the figure's set-up: 15 points, degree 12, noise 0.25, 200 seeds


def test_the_price_of_weight_tames_the_twisted_polynomial():
    """Training error about 0.005 and tens of thousands in test become, at nλ = 0.056, a test error near the noise."""
    rows = []
    for seed in range(200):
        points = data.sample("sine", 15, 0.25, seed)
        features = points.features(points.x, 12)
        scaling = ridge.standardize(features)
        fits = ridge.path(scaling.apply(features), points.y, [0, 0.056 / 15])
        test = fits.errors(scaling.apply(points.features(points.x_test, 12)), points.y_test)
        train = fits.errors(scaling.apply(features), points.y)
        rows.append([*train, *test, *np.linalg.norm(fits.coefs, axis=1)])
    train_free, train_priced, test_free, test_priced, norm_free, norm_priced = np.median(rows, axis=0)
    assert 0.004 < train_free < 0.007
    assert train_free < train_priced < 0.25**2
    assert test_free > 5000
    assert 0.25**2 < test_priced < 0.2
    assert 5000 < norm_free < 10_000
    assert 1.5 < norm_priced < 2


def test_the_chosen_strength_is_an_estimate_with_a_spread():
    """Reshuffling the folds of one sample of 30 points moves the chosen λ over two to three decades."""
    points = data.sample("sine", 30, 0.25, 1)
    features = points.features(points.x, 12)
    chosen = [
        ridge.cross_validate(features, points.y, LAMS[1:], 10, seed, standardize=True).best
        for seed in range(50)
    ]
    low, high = np.percentile(np.log10(LAMS[1:][chosen]), [5, 95])
    assert 1.5 < high - low < 4


def test_the_expected_error_is_bias_variance_and_noise():
    """Over fresh noise, the mean test error is squared bias plus variance plus the noise's variance."""
    rng = np.random.default_rng(0)
    points = data.sample("sine", 20, 0.25, 0)
    X, X_test = (points.features(x, 5) for x in (points.x, points.x_test))
    truth, truth_test = data.truth("sine", points.x), data.truth("sine", points.x_test)
    fits = [ridge.fit(X, truth + 0.25 * rng.standard_normal(20), 1e-3).predict(X_test) for _ in range(1000)]
    errors = [np.mean((truth_test + 0.25 * rng.standard_normal(500) - f) ** 2) for f in fits]
    squared_bias = np.mean((np.mean(fits, axis=0) - truth_test) ** 2)
    assert np.mean(errors) == pytest.approx(squared_bias + np.mean(np.var(fits, axis=0)) + 0.25**2, rel=0.02)


# What is refused

TABLE = [[1.0], [2.0], [4.0]]


@pytest.mark.parametrize(
    ("X", "y", "lams", "message"),
    [
        ([1.0, 2.0, 4.0], [1, 2, 3], [0], "X must be a table"),
        (np.empty((3, 0)), [1, 2, 3], [0], "X must be a table"),
        ([[1.0], [np.nan], [4.0]], [1, 2, 3], [0], "X must be finite"),
        (TABLE, [1, 2], [0], "one number for each of the 3 rows"),
        (TABLE, [[1], [2], [3]], [0], "one number for each of the 3 rows"),
        (TABLE, [1, np.inf, 3], [0], "y must be finite"),
        (TABLE, [1, 2, 3], [], "at least one number"),
        (TABLE, [1, 2, 3], [-1e-9], "0 or a positive"),
        (TABLE, [1, 2, 3], [np.inf], "0 or a positive"),
        (TABLE, [1, 2, 3], [np.nan], "0 or a positive"),
    ],
)
def test_what_cannot_be_fitted_is_refused(X, y, lams, message):
    """Every wrong shape and number is named, by the path and by cross-validation alike."""
    with pytest.raises(ValueError, match=message):
        ridge.path(X, y, lams)
    with pytest.raises(ValueError, match=message):
        ridge.cross_validate(X, y, lams, 2, 0)


@pytest.mark.parametrize("folds", [1, 4])
def test_folds_that_cannot_be_dealt_are_refused(folds):
    """Too few and too many folds raise, with what to do."""
    with pytest.raises(ValueError, match=f"between 2 and the number of rows, 3; got {folds}: take fewer"):
        ridge.cross_validate(TABLE, [1, 2, 3], [0], folds, 0)


def test_a_negative_strength_is_refused_everywhere():
    """A single fit and the degrees of freedom check λ as well."""
    with pytest.raises(ValueError, match="λ must be 0"):
        ridge.fit(TABLE, [1, 2, 3], -1)
    with pytest.raises(ValueError, match="λ must be 0"):
        ridge.effective_df(TABLE, [-1])
