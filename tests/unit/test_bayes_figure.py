"""The Bayesian figure draws the posterior that it names, keeps its secrets until the bet, and never moves the data."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats
from sklearn.linear_model import Lasso, Ridge

import l2widgets
from l2widgets import bayes
from l2widgets.widgets.bayes import CHOICES, SPEC, TAUS, TRUTH, _run

often = settings(max_examples=40, deadline=None)
taus = st.sampled_from(TAUS)
sigmas = st.sampled_from([stop.value for stop in SPEC["sigma"].stops])
counts = st.integers(0, 25)
seeds = st.integers(1, 200)


def render(**params):
    """Return the figure for these parameters."""
    return l2widgets.render("bayes", params)


def readouts(**params):
    """Return the readouts by name."""
    return {readout["name"]: readout for readout in render(**params)["readouts"]}


def named(figure, name, panel=1):
    """Return the trace of this name in a panel."""
    suffix = "x" if panel == 1 else f"x{panel}"
    (trace,) = [t for t in figure["figure"]["data"] if t["name"] == name and t["xaxis"] == suffix]
    return trace


def parts(trace):
    """Return the curves of a trace with gaps, each (k, 2)."""
    curves, curve = [], []
    for x, y in [*zip(trace["x"], trace["y"], strict=True), (None, None)]:
        if x is None:
            curves.append(np.array(curve))
            curve = []
        else:
            curve.append((x, y))
    return curves


def data(n, seed=2):
    """Return the points that are seen."""
    X, y = _run(seed)
    return X[:n], y[:n]


# The numbers


@often
@given(tau=taus, n=counts, sigma=sigmas, seed=seeds)
def test_the_peak_lies_on_ridge(tau, n, sigma, seed):
    """The distance that is printed is 0 at every setting, and both are scikit-learn's ridge."""
    shown = readouts(tau=tau, n=n, sigma=sigma, seed=seed)
    assert (shown["distance"]["value"], shown["distance"]["text"]) == (0, "0")
    figure = render(tau=tau, n=n, sigma=sigma, seed=seed)
    peak, ring = ([named(figure, name)[axis][0] for axis in "xy"] for name in ("MAP", "ridge"))
    assert peak == pytest.approx(ring, rel=0, abs=1e-10)
    if n:
        X, y = data(n, seed)
        other = Ridge(alpha=sigma**2 / tau**2, fit_intercept=False, solver="svd").fit(X, y).coef_
        assert peak == pytest.approx(other, rel=0, abs=1e-10)
    else:
        assert peak == [0, 0]


def test_the_distance_is_measured(monkeypatch):
    """Were the price another, the figure would say how far the peak is from ridge."""
    link = bayes.lam_from_prior
    monkeypatch.setattr("l2widgets.bayes.lam_from_prior", lambda sigma, tau, n: 2 * link(sigma, tau, n))
    assert readouts(n=5)["distance"]["value"] > 0.05


@often
@given(tau=taus, n=counts, sigma=sigmas)
def test_the_link(tau, n, sigma):
    """λ = σ²/(nτ²), with the reader's own numbers beside it."""
    shown = readouts(tau=tau, n=n, sigma=sigma)
    assert shown["link"]["text"] == f"{sigma:g}² / ({n} · {tau:g}²)"
    if n:
        assert shown["lam"]["value"] == pytest.approx(sigma**2 / (n * tau**2))
    else:
        assert (shown["lam"]["value"], shown["lam"]["text"]) == (None, "infinite")


def test_the_article_s_numbers():
    """With σ = 0.5 and τ = 1 the price is 0.0625 at four points and 0.01 at 25."""
    texts = [readouts(n=n)["lam"]["text"] for n in (4, 25)]
    assert texts == ["0.0625", "0.01"]
    assert readouts(n=0)["spread"]["text"] == "(1, 1)"
    spreads = [readouts(n=n)["spread"]["value"] for n in range(26)]
    assert (np.diff(spreads) <= 1e-12).all()


@often
@given(tau=taus, n=st.integers(1, 25), seed=seeds)
def test_laplace_s_peak_is_the_lasso(tau, n, seed):
    """Its strength is L1's λ, and scikit-learn's lasso at that λ fits no better."""
    shown = readouts(tau=tau, n=n, seed=seed, laplace=True)
    lam = shown["lam"]["value"]
    assert lam == pytest.approx(math.sqrt(8) * 0.25 / (n * tau))
    figure = render(tau=tau, n=n, seed=seed, laplace=True)
    peak = np.array([named(figure, "MAP")[axis][0] for axis in "xy"])
    X, y = data(n, seed)
    other = Lasso(alpha=lam / 2, fit_intercept=False, tol=1e-12, max_iter=100_000).fit(X, y).coef_

    def loss(w):
        return np.mean((y - X @ w) ** 2) + lam * np.abs(w).sum()

    assert loss(peak) <= loss(other) + 1e-12
    ridge = np.array([named(figure, "ridge")[axis][0] for axis in "xy"])
    assert shown["distance"]["value"] == pytest.approx(np.linalg.norm(peak - ridge), abs=1e-11)


def test_laplace_switches_a_weight_off_that_its_draws_keep():
    """At ten points and τ = 0.5 the peak has w₂ = 0, while draws bend both ways."""
    figure = render(n=10, tau=0.5, laplace=True)
    assert named(figure, "MAP")["y"] == [0]
    assert "one weight exactly 0" in figure["summary"]
    draws = named(figure, "draw")["y"]
    assert min(draws) < 0 < max(draws)
    assert 0 not in draws


# The drawing


@pytest.mark.parametrize("params", [{}, {"n": 1, "tau": 5}, {"laplace": True, "n": 10}, {"n": 0}])
def test_contours_are_lines_of_equal_density(params):
    """SciPy finds the prior, the likelihood and the posterior 0.5 and 2 below their peaks along the lines."""
    figure = render(**params)
    tau, n, laplace = params.get("tau", 1), params.get("n", 4), params.get("laplace", False)
    X, y = data(n)
    scale = tau / math.sqrt(2) if laplace else tau
    prior = stats.laplace(scale=scale) if laplace else stats.norm(scale=scale)

    def priors(w):
        return prior.logpdf(w).sum()

    def likelihood(w):
        return stats.norm.logpdf(y, X @ w, 0.5).sum()

    peak = np.array([named(figure, "MAP")[axis][0] for axis in "xy"])
    for name, density, highest in (
        ("prior", priors, np.zeros(2)),
        ("posterior", lambda w: priors(w) + likelihood(w), peak),
    ):
        for curve, drop in zip(parts(named(figure, name)), (0.5, 2), strict=True):
            falls = [density(highest) - density(w) for w in curve]
            assert np.allclose(falls, drop, rtol=1e-6), name
    if n >= 2:
        best = np.linalg.lstsq(X, y, rcond=None)[0]
        for curve, drop in zip(parts(named(figure, "likelihood")), (0.5, 2), strict=True):
            assert np.allclose([likelihood(best) - likelihood(w) for w in curve], drop, rtol=1e-4)


def test_one_point_leaves_a_strip():
    """Where its likelihood is drawn, both its sides cross the whole chart; without points it is off the chart."""
    for n in (0, 1):
        figure = render(n=n)
        for curve in parts(named(figure, "likelihood")):
            inside = (np.abs(curve) < 3).all(axis=1)
            assert not inside.any() or n == 1
            assert np.abs(curve).max() > 1000
    X, y = data(1)
    curve = parts(named(render(n=1), "likelihood"))[0]
    misses = np.abs(curve @ X[0] - y[0])
    assert misses.max() == pytest.approx(0.5, rel=1e-3)


@often
@given(tau=taus, n=counts, seed=seeds, laplace=st.booleans())
def test_draws_are_runs_of_the_weights_that_are_drawn(tau, n, seed, laplace):
    """Each dot of the plane is a curve beside it."""
    figure = render(tau=tau, n=n, seed=seed, laplace=laplace)
    dots = np.column_stack([named(figure, "draw")[axis] for axis in "xy"])
    curves = parts(named(figure, "draw", 2))
    assert len(curves) == len(dots) == 10
    for w, curve in zip(dots, curves, strict=True):
        assert np.allclose(curve[:, 1], w[0] * curve[:, 0] + w[1] * curve[:, 0] ** 2, atol=1e-8)
    best = named(figure, "MAP", 2)
    peak = [named(figure, "MAP")[axis][0] for axis in "xy"]
    assert best["y"][-1] == pytest.approx(sum(peak), abs=1e-12)


@often
@given(tau=taus, n=counts, sigma=sigmas)
def test_the_penalty_is_minus_log_prior(tau, n, sigma):
    """Multiplied by n/(2σ²), λw² is what SciPy's normal density falls by."""
    rings = named(render(tau=tau, n=n, sigma=sigma), "λw²·n/(2σ²)", 3)
    falls = stats.norm.logpdf(0, scale=tau) - stats.norm.logpdf(rings["x"], scale=tau)
    assert rings["y"] == pytest.approx(falls)
    curve = named(render(tau=tau, n=n, sigma=sigma), "−log prior", 3)
    assert curve["y"] == pytest.approx(rings["y"])
    pointed = named(render(tau=tau, n=n, sigma=sigma, laplace=True), "−log prior", 3)
    scale = tau / math.sqrt(2)
    falls = stats.laplace.logpdf(0, scale=scale) - stats.laplace.logpdf(pointed["x"], scale=scale)
    assert pointed["y"] == pytest.approx(falls)


def test_data_never_move_when_the_prior_moves():
    """The points, every axis and the likelihood are the same at every τ; another σ leaves the points alone."""
    first = render()
    for tau in TAUS:
        figure = render(tau=tau)
        assert figure["figure"]["layout"] == first["figure"]["layout"]
        for name, panel in (("point", 2), ("point", 4), ("likelihood", 1), ("draw", 4)):
            assert named(figure, name, panel) == named(first, name, panel)
    assert named(render(sigma=1), "point", 2) == named(first, "point", 2)


def test_points_come_one_by_one():
    """What was seen stays where it was."""
    seen = [
        list(zip(*(named(render(n=n), "point", 2)[axis] for axis in "xy"), strict=True))
        for n in (0, 3, 4, 25)
    ]
    assert [len(points) for points in seen] == [0, 3, 4, 25]
    assert seen[3][:4] == seen[2]
    assert seen[2][:3] == seen[1]


def test_three_priors_before_any_data():
    """At n = 0 the last plot shows draws of the priors themselves: five times τ, five times as far."""
    curves = parts(named(render(n=0), "draw", 4))
    assert len(curves) == 3 * 5
    ends = np.array([curve[5, 1] if len(curve) > 5 else np.nan for curve in curves]).reshape(3, 5)
    for (one, tau), (other, wider) in zip(
        zip(ends, CHOICES, strict=True), list(zip(ends, CHOICES, strict=True))[1:], strict=False
    ):
        both = ~np.isnan(one) & ~np.isnan(other)
        assert other[both] == pytest.approx(wider / tau * one[both])


def test_the_shares_stand_above_the_draws():
    """Steep runs end below the words of the verdict."""
    figure = render(n=0, bet=1)
    (words,) = [
        trace for trace in figure["figure"]["data"] if any("likely" in t for t in trace.get("text", []))
    ]
    assert max(y for y in named(figure, "draw", 4)["y"] if y is not None) < min(words["y"]) - 0.3


# The bet


def test_nothing_tells_the_truth_before_the_bet():
    """Neither the true weights nor what the points say of τ are in the figure until then."""
    locked, opened = (json.loads(l2widgets.render_json("bayes", json.dumps(p))) for p in ({}, {"bet": 1}))
    names = [{trace["name"] for trace in figure["figure"]["data"]} for figure in (locked, opened)]
    assert names[1] - names[0] == {"truth", "your bet", ""}
    values = {readout["name"]: readout["value"] for readout in locked["readouts"]}
    assert values["favoured"] is values["bet"] is None
    assert not any("likely" in text for trace in locked["figure"]["data"] for text in trace.get("text", []))
    star = named(opened, "truth")
    assert [star["x"][0], star["y"][0]] == TRUTH.tolist()


@pytest.mark.parametrize("n", [1, 4, 25])
def test_the_bet_is_judged_by_the_density_of_the_points(n):
    """Of all stops, the τ that is named gives y the highest density under SciPy's normal with σ²I + τ²XXᵀ."""
    X, y = data(n)
    logs = [
        stats.multivariate_normal.logpdf(y, np.zeros(n), 0.25 * np.eye(n) + tau**2 * X @ X.T) for tau in TAUS
    ]
    shown = readouts(n=n, bet=1)
    assert shown["favoured"]["value"] == TAUS[int(np.argmax(logs))]
    odds = math.exp(logs[TAUS.index(1)] - max(logs))
    assert shown["bet"]["value"] == pytest.approx(odds, rel=1e-6)
    words = [
        t for trace in render(n=n, bet=1)["figure"]["data"] for t in trace.get("text", []) if "likely" in t
    ]
    shares = np.exp([logs[TAUS.index(tau)] - max(logs) for tau in CHOICES])
    for word, share in zip(words, 100 * shares / shares.sum(), strict=True):
        said = word.strip("\u00a0").removesuffix(" % likely")
        assert said == {True: "under 1", False: f"{share:.0f}"}[share < 0.95]


def test_a_bet_on_laplace_is_judged_by_its_own_evidence():
    """The density of two points under the Laplace prior is SciPy's double integral."""
    X, y = data(2)
    scale = 1 / math.sqrt(2)

    def joint(w2, w1):
        fit = stats.norm.pdf(y, X @ [w1, w2], 0.5).prod()
        return fit * math.exp(-(abs(w1) + abs(w2)) / scale) / (2 * scale) ** 2

    pieces = [integrate.dblquad(joint, *w1, *w2)[0] for w1 in ((-9, 0), (0, 9)) for w2 in ((-9, 0), (0, 9))]
    assert bayes.laplace_posterior(X, y, 0.5, 1).log_evidence == pytest.approx(
        math.log(sum(pieces)), abs=0.01
    )
    shown = readouts(n=2, laplace=True, bet=1)
    best = bayes.laplace_posterior(X, y, 0.5, shown["favoured"]["value"]).log_evidence
    assert shown["bet"]["value"] == pytest.approx(sum(pieces) / math.exp(best), rel=0.02)


def test_without_points_there_is_nothing_to_judge():
    """A bet may come first; all priors are then as likely as each other."""
    figure = render(n=0, bet=0.2)
    shown = {readout["name"]: readout["text"] for readout in figure["readouts"]}
    assert shown["favoured"] == shown["bet"] == "no points yet"
    words = [
        t.strip("\u00a0")
        for trace in figure["figure"]["data"]
        for t in trace.get("text", [])
        if "likely" in t
    ]
    assert words == ["33 % likely"] * 3


def test_the_bet_stays_while_the_prior_moves():
    """Looking at another τ afterwards leaves the circle of the bet and its verdict."""
    figures = [render(tau=tau, bet=2) for tau in (0.2, 5)]
    assert named(figures[0], "your bet") == named(figures[1], "your bet")
    verdicts = [{r["name"]: r["text"] for r in figure["readouts"]}["bet"] for figure in figures]
    assert verdicts[0] == verdicts[1]


def test_a_few_points_say_little_about_a_prior():
    """On the way to 25 points the τ that predicts best goes up and down again."""
    steps = np.diff([readouts(n=n, bet=1)["favoured"]["value"] for n in range(1, 26)])
    assert (steps > 0).any()
    assert (steps < 0).any()
