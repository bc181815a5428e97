"""The posterior, held to SciPy's densities, to brute force, and to ridge and the lasso as its peaks."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import optimize, stats
from sklearn.linear_model import ARDRegression, Lasso, Ridge

from l2widgets import bayes, ridge

often = settings(max_examples=60, deadline=None)
deviations = st.floats(0.05, 20)


@st.composite
def problems(draw, most=5):
    """Draw whole numbers, so that ranks fall short now and then, and no rows at all sometimes."""
    n, d = draw(st.integers(0, 9)), draw(st.integers(1, most))
    X = draw(hnp.arrays(np.float64, (n, d), elements=st.integers(-5, 5).map(float)))
    y = draw(hnp.arrays(np.float64, n, elements=st.integers(-9, 9).map(float)))
    return X, y


def make_problem(n=12, d=2, seed=0):
    """Return features on [0, 1] that nearly agree, and noisy targets."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(0, 1, n)
    X = np.column_stack([x ** (power + 1) for power in range(d)])
    return X, X @ np.linspace(1.5, -0.8, d) + 0.5 * rng.standard_normal(n)


def log_posterior(X, y, sigma, tau, w, *, prior=stats.norm):
    """Return the log of prior times likelihood at the weights w (d,), from SciPy's densities."""
    scale = tau if prior is stats.norm else tau / math.sqrt(2)
    return stats.norm.logpdf(y, X @ w, sigma).sum() + prior.logpdf(w, scale=scale).sum()


# The normal prior


@often
@given(problem=problems(), sigma=deviations, tau=deviations)
def test_the_posterior_is_the_textbook_s(problem, sigma, tau):
    """Mean and covariance are those of the linear-Gaussian model, worked out from the joint normal of w and y."""
    X, y = problem
    n, d = X.shape
    drawn = bayes.posterior(X, y, sigma, tau)
    # Conditioning the joint distribution needs the covariance of y, not the precision of w: another road altogether.
    gain = tau**2 * X.T @ np.linalg.inv(tau**2 * X @ X.T + sigma**2 * np.eye(n)) if n else np.zeros((d, 0))
    assert np.allclose(drawn.mean, gain @ y, rtol=1e-6, atol=1e-7)
    cov = tau**2 * (np.eye(d) - gain @ X)
    assert np.allclose(drawn.cov, cov, rtol=1e-6, atol=1e-8 * tau**2)
    assert np.allclose(drawn.root @ drawn.root.T, drawn.cov, rtol=1e-12)
    assert np.allclose(drawn.root, np.triu(drawn.root))
    assert (np.diag(drawn.root) > 0).all()


@pytest.mark.parametrize("n", [0, 1, 12])
def test_prior_times_likelihood_is_proportional_to_the_posterior(n):
    """SciPy's normal with our mean and covariance differs from prior × likelihood by the evidence alone."""
    X, y = make_problem(n)
    drawn = bayes.posterior(X, y, 0.5, 1.2)
    normal = stats.multivariate_normal(drawn.mean, drawn.cov)
    for w in np.random.default_rng(3).normal(0, 2, (20, 2)):
        joint = log_posterior(X, y, 0.5, 1.2, w)
        assert joint - normal.logpdf(w) == pytest.approx(drawn.log_evidence, abs=1e-9)


@often
@given(problem=problems(), sigma=deviations, tau=deviations)
def test_the_evidence_is_the_density_of_the_targets(problem, sigma, tau):
    """Before the weights are known, y is normal with the covariance σ²I + τ²XXᵀ."""
    X, y = problem
    n = len(X)
    expected = (
        stats.multivariate_normal.logpdf(y, np.zeros(n), sigma**2 * np.eye(n) + tau**2 * X @ X.T)
        if n
        else 0.0
    )
    assert bayes.posterior(X, y, sigma, tau).log_evidence == pytest.approx(expected, rel=1e-7, abs=1e-7)


def test_the_posterior_is_what_a_grid_of_weights_says():
    """Summing prior × likelihood over 400 × 400 weights gives the same mean, covariance and evidence."""
    X, y = make_problem(5)
    drawn = bayes.posterior(X, y, 0.5, 1)
    axis = np.linspace(-6, 6, 400)
    weights = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    densities = np.exp(
        stats.norm.logpdf(y, weights @ X.T, 0.5).sum(axis=1) + stats.norm.logpdf(weights).sum(axis=1)
    )
    total = densities.sum()
    mean = densities @ weights / total
    assert np.allclose(drawn.mean, mean, atol=1e-8)
    assert np.allclose(drawn.cov, np.cov(weights.T, aweights=densities, ddof=0), atol=1e-7)
    assert drawn.log_evidence == pytest.approx(math.log(total * (axis[1] - axis[0]) ** 2), abs=1e-8)


@often
@given(problem=problems(), sigma=deviations, tau=deviations)
def test_the_peak_is_ridge(problem, sigma, tau):
    """At λ = σ²/(nτ²) ridge without an intercept is the MAP, to 1e-10 of its size."""
    X, y = problem
    n = len(X)
    if n == 0:
        assert (bayes.posterior(X, y, sigma, tau).peak == 0).all()
        return
    # A sample and its mirror image have the mean 0, so that the free intercept of `ridge` stays 0.
    fit = ridge.fit(np.vstack([X, -X]), np.append(y, -y), bayes.lam_from_prior(sigma, tau, n))
    peak = bayes.posterior(X, y, sigma, tau).peak
    assert np.allclose(peak, fit.coef, rtol=0, atol=1e-10 * max(1.0, np.abs(peak).max()))
    other = Ridge(alpha=sigma**2 / tau**2, fit_intercept=False, solver="svd").fit(X, y).coef_
    assert np.allclose(peak, other, rtol=0, atol=1e-10 * max(1.0, np.abs(peak).max()))


def test_the_intercept_drops_out_of_centred_data():
    """With a flat prior on the intercept, ridge with one is the MAP of the centred data."""
    X, y = make_problem(20, d=3, seed=4)
    peak = bayes.posterior(X - X.mean(axis=0), y - y.mean(), 0.3, 2).peak
    assert np.allclose(peak, ridge.fit(X + 7, y - 5, bayes.lam_from_prior(0.3, 2, 20)).coef, rtol=1e-10)


def test_scikit_learn_finds_the_same_covariance():
    """Its Bayesian regression, made to keep our σ and τ, has our posterior."""
    X, y = make_problem(15, d=3, seed=2)
    fixed = {"alpha_1": 1e12 / 0.25, "alpha_2": 1e12, "lambda_1": 1e12 / 4, "lambda_2": 1e12}
    other = ARDRegression(fit_intercept=False, threshold_lambda=1e15, **fixed).fit(X, y)
    drawn = bayes.posterior(X, y, 0.5, 2)
    assert np.allclose(other.coef_, drawn.mean, rtol=1e-6)
    assert np.allclose(other.sigma_, drawn.cov, rtol=1e-6)


def test_data_never_widen_the_posterior():
    """Each row shrinks the covariance, or leaves it in the directions that it says nothing about."""
    X, y = make_problem(15)
    covs = [bayes.posterior(X[:n], y[:n], 0.5, 1).cov for n in range(16)]
    for before, after in itertools.pairwise(covs):
        assert np.linalg.eigvalsh(before - after).min() >= -1e-12


# The Laplace prior


@often
@given(problem=problems(3), sigma=st.floats(0.1, 5), tau=st.floats(0.05, 5))
def test_the_lasso_is_the_peak_under_a_laplace_prior(problem, sigma, tau):
    """scikit-learn's lasso is no better, and nor is any neighbour; ties aside, it finds the same weights."""
    X, y = problem
    n, d = X.shape
    peak = bayes.laplace_map(X, y, sigma, tau)

    def density(w):
        return log_posterior(X, y, sigma, tau, np.asarray(w), prior=stats.laplace)

    for direction in itertools.product((-1e-3, 0, 1e-3), repeat=d):
        assert density(peak) >= density(peak + direction) - 1e-9
    if n == 0:
        assert (peak == 0).all()
        return
    lasso = Lasso(alpha=math.sqrt(2) * sigma**2 / (n * tau), fit_intercept=False, tol=1e-12, max_iter=100_000)
    other = lasso.fit(X, y).coef_
    assert density(peak) >= density(other) - 1e-9 * max(1, abs(density(other)))
    if np.linalg.matrix_rank(X) == d:
        assert np.allclose(peak, other, atol=1e-4)


@pytest.mark.parametrize("n", [1, 2, 12])
@pytest.mark.parametrize("tau", [0.2, 1, 5])
def test_no_weights_of_a_grid_are_better(n, tau):
    """Brute force over 401 × 401 weights and a polishing from the best of them find no higher density."""
    X, y = make_problem(n, seed=n)
    peak = bayes.laplace_map(X, y, 0.5, tau)
    axis = np.linspace(-5, 5, 401)
    weights = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    losses = ((y - weights @ X.T) ** 2).sum(axis=1) / 0.5 + math.sqrt(2) / tau * np.abs(weights).sum(axis=1)
    polished = optimize.minimize(
        lambda w: ((y - X @ w) ** 2).sum() / 0.5 + math.sqrt(2) / tau * np.abs(w).sum(),
        weights[losses.argmin()],
        method="Nelder-Mead",
        options={"xatol": 1e-9, "fatol": 1e-13},
    )
    own = ((y - X @ peak) ** 2).sum() / 0.5 + math.sqrt(2) / tau * np.abs(peak).sum()
    assert own <= losses.min() + 1e-12
    assert own <= polished.fun + 1e-9
    assert np.allclose(peak, polished.x, atol=1e-4)


def test_a_laplace_prior_switches_weights_off():
    """A strong prior leaves an exact 0 where the normal one of the same deviation leaves a small number."""
    X, y = make_problem(12)
    assert (bayes.laplace_map(X, y, 0.5, 0.1) == 0).any()
    assert (bayes.posterior(X, y, 0.5, 0.1).peak != 0).all()


@pytest.mark.parametrize("prior", ["normal", "laplace"])
@pytest.mark.parametrize("n", [0, 1, 2, 12])
@pytest.mark.parametrize("drop", [0.5, 2])
def test_a_contour_has_one_density(prior, n, drop):
    """Everywhere on it SciPy's log density is that much below the peak's."""
    X, y = make_problem(n)
    make, density = (
        (bayes.posterior, stats.norm) if prior == "normal" else (bayes.laplace_posterior, stats.laplace)
    )
    drawn = make(X, y, 0.5, 1)
    curve = drawn.contour(drop)
    assert curve.shape == (65, 2)
    assert np.allclose(curve[0], curve[-1])
    highest = log_posterior(X, y, 0.5, 1, drawn.peak, prior=density)
    falls = [highest - log_posterior(X, y, 0.5, 1, w, prior=density) for w in curve]
    assert np.allclose(falls, drop, rtol=1e-8)


@pytest.mark.parametrize("n", [0, 1, 3, 12])
@pytest.mark.parametrize(("sigma", "tau"), [(0.5, 1), (0.1, 5), (1, 0.1)])
def test_the_laplace_posterior_is_what_quadrature_says(n, sigma, tau):
    """Evidence, mean and covariance agree with SciPy's integration within a percent."""
    X, y = make_problem(n)
    drawn = bayes.laplace_posterior(X, y, sigma, tau)
    highest = log_posterior(X, y, sigma, tau, drawn.peak, prior=stats.laplace)
    cuts = np.unique(np.concatenate([[0.0], *(drawn.contour(drop)[:, 0] for drop in (0.5, 4, 20))]))[::16]
    heights = np.unique(np.concatenate([[0.0], *(drawn.contour(drop)[:, 1] for drop in (0.5, 4, 20))]))[::16]

    def moment(power_1, power_2):
        nodes, weights = np.polynomial.legendre.leggauss(24)

        def along(edges):
            edges = np.unique(np.append(edges, 0.0))
            half = np.diff(edges)[:, None] / 2
            return (edges[:-1, None] + half * (nodes + 1)).ravel(), (half * weights).ravel()

        (w1, d1), (w2, d2) = along(cuts), along(heights)
        grid = np.stack(np.meshgrid(w1, w2), axis=-1).reshape(-1, 2)
        fit = stats.norm.logpdf(y, grid @ X.T, sigma).sum(axis=1)
        prior = stats.laplace.logpdf(grid, scale=tau / math.sqrt(2)).sum(axis=1)
        density = np.exp(fit + prior - highest) * np.outer(d2, d1).ravel()
        return density @ (grid[:, 0] ** power_1 * grid[:, 1] ** power_2)

    mass = moment(0, 0)
    mean = np.array([moment(1, 0), moment(0, 1)]) / mass
    cov = np.array([[moment(2, 0), moment(1, 1)], [moment(1, 1), moment(0, 2)]]) / mass - np.outer(mean, mean)
    size = np.sqrt(np.diag(cov))
    assert drawn.log_evidence == pytest.approx(highest + math.log(mass), abs=0.01)
    assert np.allclose(drawn.mean, mean, atol=0.01 * size.max())
    assert np.allclose(drawn.cov / np.outer(size, size), cov / np.outer(size, size), atol=0.01)


def test_a_laplace_prior_without_data_has_the_deviation_that_was_asked_for():
    """Its scale is τ/√2, so that both priors agree on how large a weight is."""
    drawn = bayes.laplace_posterior(np.empty((0, 2)), [], 0.5, 2)
    assert np.allclose(drawn.cov, 4 * np.eye(2), rtol=0.01, atol=0.01)
    assert abs(drawn.log_evidence) < 0.01


# Draws


@pytest.mark.parametrize("make", [bayes.posterior, bayes.laplace_posterior])
def test_draws_have_the_posterior_s_moments(make):
    """Twenty thousand of them have its mean and its covariance."""
    drawn = make(*make_problem(5), 0.5, 1)
    draws = drawn.draws(np.random.default_rng(0).standard_normal((20_000, 2)))
    assert np.allclose(draws.mean(axis=0), drawn.mean, atol=0.02)
    assert np.allclose(np.cov(draws.T), drawn.cov, atol=0.03)


def test_draws_have_the_posterior_s_shares():
    """Of the prior's draws, SciPy's Laplace distribution finds as many below each value as it should."""
    drawn = bayes.laplace_posterior(np.empty((0, 2)), [], 0.5, 1)
    draws = drawn.draws(np.random.default_rng(0).standard_normal((4_000, 2)))
    for weights in draws.T:
        assert stats.kstest(weights, stats.laplace(scale=1 / math.sqrt(2)).cdf).pvalue > 0.01


@pytest.mark.parametrize("make", [bayes.posterior, bayes.laplace_posterior])
def test_a_draw_moves_smoothly(make):
    """A thousandth more of τ moves no draw far, so that a slider makes curves glide."""
    X, y = make_problem(3)
    deviates = np.random.default_rng(0).standard_normal((50, 2))
    one, other = (make(X, y, 0.5, tau).draws(deviates) for tau in (1, 1.001))
    assert 0 < np.abs(one - other).max() < 0.02


# The link


@often
@given(sigma=deviations, tau=deviations, n=st.integers(1, 1000))
def test_the_price_is_the_noise_over_the_prior(sigma, tau, n):
    """λ = σ²/(nτ²), and for the Laplace prior 2√2 σ²/(nτ)."""
    assert bayes.lam_from_prior(sigma, tau, n) == pytest.approx(sigma**2 / (n * tau**2))
    assert bayes.l1_from_prior(sigma, tau, n) == pytest.approx(math.sqrt(8) * sigma**2 / (n * tau))


def test_the_article_s_example():
    """With σ = 0.5, τ = 1 and 25 samples the price is 0.01."""
    assert bayes.lam_from_prior(0.5, 1, 25) == pytest.approx(0.01)


def test_without_data_the_price_is_infinite():
    """A mean over no samples weighs nothing, so nothing can outweigh the prior."""
    assert bayes.lam_from_prior(0.5, 1, 0) == math.inf


# What is refused


@pytest.mark.parametrize("make", [bayes.posterior, bayes.laplace_posterior, bayes.laplace_map])
@pytest.mark.parametrize(
    ("X", "y", "given", "words"),
    [
        ([[1, 2]], [1], (0, 1), "sigma must be a positive finite number"),
        ([[1, 2]], [1], (1, -1), "tau must be a positive finite number"),
        ([[1, 2]], [1], (1, math.inf), "tau must be a positive finite number"),
        ([[1, 2]], [1, 2], (1, 1), "y must have one number for each of the 1 rows"),
        ([1, 2], [1, 2], (1, 1), "X must be a table"),
        ([[1, math.nan]], [1], (1, 1), "X and y must be finite"),
    ],
)
def test_what_cannot_be_meant_is_refused(make, X, y, given, words):
    """One clear sentence says what is wrong."""
    with pytest.raises(ValueError, match=words):
        make(X, y, *given)


def test_too_many_weights_are_refused():
    """Trying all patterns of signs is for a few weights, contours and cells for two."""
    with pytest.raises(ValueError, match="at most 6 columns; got 7"):
        bayes.laplace_map(np.ones((2, 7)), [1, 2], 1, 1)
    with pytest.raises(ValueError, match="two columns; got 3"):
        bayes.laplace_posterior(np.ones((2, 3)), [1, 2], 1, 1)
    with pytest.raises(ValueError, match="n must be 0 or more"):
        bayes.lam_from_prior(1, 1, -1)
