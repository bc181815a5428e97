"""The sweep shows what ridge regression says, and keeps the test set to itself until it may speak."""

from __future__ import annotations

import json
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import l2widgets
from l2widgets import data, ridge
from l2widgets.widgets import lambda_sweep as module
from l2widgets.widgets.lambda_sweep import LAMS, SPEC, STRENGTHS

often = settings(max_examples=25)
seeds = st.integers(1, 200)
kinds = st.sampled_from(["sine", "cubic", "step", "penguins"])


def render(**params):
    """Return the figure for these parameters."""
    return l2widgets.render("lambda_sweep", params)


def readouts(**params):
    """Return the values of the readouts by name."""
    return {readout["name"]: readout["value"] for readout in render(**params)["readouts"]}


def named(figure, name):
    """Return the traces of this name."""
    return [trace for trace in figure["figure"]["data"] if trace["name"] == name]


def features(kind="sine", n=30, degree=12, noise=0.3, seed=2):
    """Return standardized features and targets, as the article describes them, without the widget's help."""
    sample = data.sample(kind, n, noise, seed)
    X = sample.features(sample.x, degree)
    return (X - X.mean(axis=0)) / X.std(axis=0), sample.y / (1000 if kind == "penguins" else 1)


# The numbers


@pytest.mark.parametrize("lam", [0, 1e-6, 0.0063, 100])
@pytest.mark.parametrize("kind", ["sine", "penguins"])
def test_the_readouts_are_those_of_ridge_regression(kind, lam):
    """Augmented least squares, solved here, gives the same training error, norm and degrees of freedom."""
    Z, y = features(kind)
    n, d = Z.shape
    A = np.vstack([Z, np.sqrt(n * lam) * np.eye(d)])
    w, *_ = np.linalg.lstsq(A, np.r_[y - y.mean(), np.zeros(d)], rcond=None)
    shown = readouts(data=kind, lam=lam)
    assert shown["train"] == pytest.approx(np.mean((y - y.mean() - Z @ w) ** 2), rel=1e-6)
    assert shown["norm"] == pytest.approx(w @ w, rel=1e-4)
    s2 = np.linalg.svd(Z, compute_uv=False) ** 2
    assert shown["df"] == pytest.approx(1 + np.sum(s2 / (s2 + n * lam)), rel=1e-6)


def test_validation_standardizes_inside_each_fold():
    """The validation error is what each fold says of data it has not seen, not even their mean."""
    sample = data.sample("sine", 30, 0.3, 2)
    X = sample.features(sample.x, 12)
    errors = []
    for held_out in ridge.fold_indices(30, 10, 1):
        training = np.setdiff1d(np.arange(30), held_out)
        mean, deviation = X[training].mean(axis=0), X[training].std(axis=0)
        fit = ridge.fit((X[training] - mean) / deviation, sample.y[training], 0.01)
        errors.append(np.mean((fit.predict((X[held_out] - mean) / deviation) - sample.y[held_out]) ** 2))
    assert readouts(lam=0.01)["validation"] == pytest.approx(np.mean(errors), rel=1e-9)


@often
@given(kind=kinds, seed=seeds, degree=st.integers(1, 15))
def test_the_training_error_rises_and_the_norm_falls(kind, seed, degree):
    """What is monotone in λ: training error up, norm and degrees of freedom down."""
    params = {"data": kind, "seed": seed, "degree": degree}
    shown = [readouts(lam=stop.value, **params) for stop in STRENGTHS[::5]]
    for name, sign in (("train", 1), ("norm", -1), ("df", -1)):
        values = np.array([values[name] for values in shown])
        assert (sign * np.diff(values) >= -1e-9 * np.abs(values[:-1])).all(), name


@often
@given(kind=kinds, seed=seeds, split=seeds, folds=st.sampled_from([3, 5, 10]))
def test_one_standard_error_chooses_the_larger_penalty(kind, seed, split, folds):
    """The simpler model among those that are as good."""
    params = {"data": kind, "seed": seed, "split": split, "folds": folds}
    minimum, one_se = (readouts(rule=rule, **params)["chosen"] for rule in ("minimum", "one_se"))
    assert one_se >= minimum


@pytest.mark.parametrize("seed", [2, 11, 18])
def test_one_standard_error_is_the_largest_within_it(seed):
    """The rule, worked out from the scores of the folds."""
    sample = data.sample("sine", 30, 0.3, seed)
    scores = ridge.cross_validate(sample.features(sample.x, 12), sample.y, LAMS, 10, 1, standardize=True)
    errors = scores.per_fold
    mean, deviation = errors.mean(axis=0), errors.std(axis=0, ddof=1) / np.sqrt(10)
    expected = max(LAMS[mean <= mean.min() + deviation[mean.argmin()]])
    assert readouts(seed=seed, rule="one_se")["chosen"] == expected > readouts(seed=seed)["chosen"]


@often
@given(kind=kinds, seed=seeds)
def test_the_choice_is_the_bottom_of_the_valley(kind, seed):
    """No λ has a smaller validation error than the minimum rule's choice, which is just right by definition."""
    params = {"data": kind, "seed": seed}
    chosen = readouts(**params)["chosen"]
    lowest = readouts(lam=chosen, **params)["validation"]
    assert all(readouts(lam=stop.value, **params)["validation"] >= lowest for stop in STRENGTHS[::7])
    assert "just right" in render(lam=chosen, **params)["summary"]


def test_the_zones_are_where_they_are_on_these_data():
    """Walking up λ, the sentence passes from too small over just right to too large, one standard error around."""
    words = ["too small", "just right", "too large"]
    said = [next(w for w in words if w in render(lam=stop.value)["summary"]) for stop in STRENGTHS]
    order = [words.index(word) for word in said]
    assert order == sorted(order)
    assert set(order) == {0, 1, 2}
    sample = data.sample("sine", 30, 0.3, 2)
    scores = ridge.cross_validate(sample.features(sample.x, 12), sample.y, LAMS, 10, 1, standardize=True)
    limit = scores.mean[scores.best] + scores.standard_error[scores.best]
    right = np.array(order) == 1
    assert (scores.mean[right] <= limit).all()
    assert scores.mean[np.flatnonzero(right)[-1] + 1] > limit


def test_the_default_shows_the_valley():
    """The figure opens on the small side, with the cliff to its left and the choice in sight."""
    start, chosen = readouts(), readouts(lam=readouts()["chosen"])
    assert start["train"] < chosen["train"]
    assert start["validation"] > 1.2 * chosen["validation"]
    assert readouts(lam=100)["validation"] > 3 * chosen["validation"]


def test_fifty_reshuffles_spread_over_decades():
    """The λ that folds choose is an estimate: on the default data nine of ten choices span two decades or more."""
    assert readouts()["spread"] is None
    assert 2 <= readouts(reshuffle=True)["spread"] <= 3
    assert len(named(render(reshuffle=True), "a reshuffle’s choice")[0]["x"]) == 50
    assert named(render(), "a reshuffle’s choice")[0]["x"] == []


def test_other_folds_leave_the_data_alone():
    """Reshuffling changes the validation error and nothing else."""
    one, other = readouts(split=1), readouts(split=2)
    assert one["validation"] != other["validation"]
    assert (one["train"], one["norm"], one["df"]) == (other["train"], other["norm"], other["df"])


# The drawing


def test_data_never_move_when_the_penalty_moves():
    """The points, the truth and every axis are the same at every λ."""
    still = ["training point", "truth", "training error", "validation error", "one fold", "just right"]
    first = render(lam=0)
    for stop in STRENGTHS[::10]:
        figure = render(lam=stop.value)
        assert figure["figure"]["layout"] == first["figure"]["layout"]
        for name in still:
            assert named(figure, name)[0] == named(first, name)[0]


def test_the_markers_lie_on_the_curves():
    """At each λ the dot is a point of its curve, at 0 too."""
    for stop in STRENGTHS[::9]:
        figure = render(lam=stop.value)
        for name in ("training error", "validation error", "degrees of freedom"):
            curve, dot = named(figure, name)
            heights = dict(zip(np.round(curve["x"][3:], 6), curve["y"][3:], strict=True)) | {
                -9.0: curve["y"][0]
            }
            assert dot["y"][0] == pytest.approx(heights[round(dot["x"][0], 6)], rel=1e-9)


def test_zero_stands_apart():
    """An exact 0 has a place of its own on the axis, and no line joins it to the others."""
    axis = render()["figure"]["layout"]["xaxis2"]
    assert axis["ticktext"][axis["tickvals"].index(-9)] == "0"
    curve = named(render(), "training error")[0]
    gap = curve["y"].index(None)
    assert curve["x"][gap - 1] < -8 == curve["x"][gap + 1]


def test_a_fit_that_leaves_the_chart_says_so():
    """The drawing is clipped, and the words say how far the curve goes."""
    for lam, leaves in ((0, True), (1, False)):
        figure = render(lam=lam)
        said = [
            text for trace in figure["figure"]["data"] for text in trace.get("text", []) if "leaves" in text
        ]
        curve = named(figure, "fit")[0]["y"]
        low, high = figure["figure"]["layout"]["yaxis"]["range"]
        assert bool(said) == leaves == (min(curve) < low or max(curve) > high)


def test_a_curve_through_every_point_has_no_training_error():
    """Where nothing is left but rounding, the figure says 0."""
    assert readouts(lam=0, n=15, degree=15)["train"] == 0


def test_penguins_are_weighed_in_kilograms():
    """A squared gram is too small a unit for a penguin."""
    figure = render(data="penguins")
    assert {r["unit"] for r in figure["readouts"] if r["name"] in {"train", "validation", "norm"}} == {"kg²"}
    assert 2 < min(named(figure, "training point")[0]["y"]) < 7
    titles = [a["text"] for a in figure["figure"]["layout"]["annotations"]]
    assert "body mass (kg)" in titles
    assert "mean squared error (kg²)" in titles
    assert "weight (kg) of standardized powers" in titles
    assert named(figure, "truth")[0]["x"] == []


def test_noise_is_nothing_to_penguins():
    """A control that is not shown changes nothing."""
    assert render(data="penguins", noise=0.1) == render(data="penguins", noise=1)


# The test set


def test_the_test_set_is_absent_until_the_reader_commits():
    """Nothing that is sent tells the test error: no trace, no number, and no axis that it would stretch."""
    sample = data.sample("sine", 30, 0.3, 2)
    X = sample.features(sample.x, 12)
    scaling = ridge.standardize(X)
    path = ridge.path(scaling.apply(X), sample.y, LAMS)
    errors = path.errors(scaling.apply(sample.features(sample.x_test, 12)), sample.y_test)
    locked, opened = (l2widgets.render_json("lambda_sweep", json.dumps(p)) for p in ({}, {"committed": 0.01}))
    digits = [f"{error:.8g}"[:8] for error in errors]
    assert not any(text in locked for text in digits)
    assert sum(text in opened for text in digits) > 95
    shown = {r["name"]: r for r in json.loads(locked)["readouts"]}
    assert all(
        shown[name]["value"] is None and shown[name]["text"] == "locked" for name in ("test", "regret")
    )
    assert json.loads(locked)["summary"].endswith("the test set is locked.")
    axes = [json.loads(text)["figure"]["layout"]["yaxis2"] for text in (locked, opened)]
    assert axes[0] == axes[1]


@often
@given(kind=kinds, seed=seeds, committed=st.sampled_from([stop.value for stop in STRENGTHS]))
def test_regret_is_never_negative(kind, seed, committed):
    """Nobody does better than the best, which is what the commitment is measured against."""
    shown = readouts(data=kind, seed=seed, committed=committed)
    assert shown["regret"] >= 0
    assert shown["test"] >= shown["regret"]


def test_regret_stays_while_the_penalty_moves():
    """Looking at other λ afterwards changes no commitment."""
    assert {readouts(lam=lam, committed=0.01)["regret"] for lam in (0, 0.01, 100)} == {
        readouts(committed=0.01)["regret"]
    }


def test_committing_to_no_penalty_is_a_commitment():
    """λ = 0 is a choice, and not the absence of one."""
    assert readouts(committed=0)["test"] is not None
    assert SPEC["committed"].stop("").value is None


def test_weights_that_are_all_zero_have_an_axis(monkeypatch):
    """No largest weight is needed for it."""
    path = SimpleNamespace(coefs=np.zeros((len(LAMS), 10)))
    learned = SimpleNamespace(path=path, sample=SimpleNamespace(y=np.array([0.0, 2.0])))
    monkeypatch.setattr(module, "_learned", lambda _: learned)
    assert module._weight_range.__wrapped__(None) == (-0.01, 0.01)
