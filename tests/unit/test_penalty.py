"""The price list adds up, its puzzle is solved by sharing and by nothing else, and units change the price."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.preprocessing import StandardScaler

import l2widgets
from l2widgets.widgets.penalty import BUDGET, FEATURES, LAMS, SLACK, SPEC, _flats, _gardens

often = settings(max_examples=40, deadline=None)
WEIGHTS = ("w1", "w2", "w3", "w4", "w5", "w6")
lams = st.sampled_from([stop.value for stop in SPEC["lam"].stops])
sets = st.fixed_dictionaries(
    {name: st.sampled_from([stop.value for stop in SPEC[name].stops]) for name in WEIGHTS}
)
SOLVED = {"w1": 0.8, "w2": 0.8, "w3": 0.5, "w4": -0.3, "w5": -0.1}


def render(**params):
    """Return the figure for these parameters."""
    return l2widgets.render("penalty", params)


def readouts(**params):
    """Return the readouts by name."""
    return {readout["name"]: readout for readout in render(**params)["readouts"]}


def named(figure, name):
    """Return the only trace of this name."""
    (trace,) = [trace for trace in figure["figure"]["data"] if trace["name"] == name]
    return trace


def tops(trace):
    """Return how high each bar of a trace reaches."""
    return [y for y in trace["y"] if y is not None][1::2]


# The bill


@often
@given(weights=sets, lam=lams)
def test_the_bill_adds_up(weights, lam):
    """Data loss, penalty and total are those that scikit-learn's intercept and plain sums give."""
    X, y = _flats()
    w = np.array([weights[name] for name in WEIGHTS])
    shown = {name: readout["value"] for name, readout in readouts(lam=lam, **weights).items()}
    intercept = LinearRegression().fit(np.zeros((8, 1)), y - X @ w).intercept_
    loss = np.mean((y - intercept - X @ w) ** 2)
    assert shown["data_loss"] == pytest.approx(loss)
    assert shown["squares"] == pytest.approx(sum(value**2 for value in weights.values()))
    assert shown["magnitudes"] == pytest.approx(sum(abs(value) for value in weights.values()))
    assert shown["penalty"] == pytest.approx(lam * shown["squares"])
    assert shown["total"] == pytest.approx(loss + lam * shown["squares"])
    least = np.mean((y - LinearRegression().fit(X, y).predict(X)) ** 2)
    assert shown["excess"] == pytest.approx(loss / least - 1, abs=1e-9)


@often
@given(weights=sets, lam=lams)
def test_the_bars_are_the_weights_and_the_bill(weights, lam):
    """What is drawn is what is charged, clipped where it leaves the chart, which is then said."""
    w = np.array([weights[name] for name in WEIGHTS], dtype=float)
    figure = render(lam=lam, **weights)
    assert tops(named(figure, "weight")) == pytest.approx(w)
    assert tops(named(figure, "w²")) == pytest.approx(w**2)
    assert tops(named(figure, "|w|")) == pytest.approx(abs(w))
    shown = {readout["name"]: readout["value"] for readout in figure["readouts"]}
    totals = [shown["total"], shown["data_loss"] + lam * shown["magnitudes"]]
    loss, stacked = named(figure, "data loss"), named(figure, "penalty")
    highest = 5.2
    assert tops(loss) == pytest.approx([min(shown["data_loss"], highest)] * 2)
    assert tops(stacked) == pytest.approx(np.minimum(totals, highest))
    words = [text for trace in figure["figure"]["data"] for text in trace.get("text", []) if "↑" in text]
    assert len(words) == sum(total > highest for total in totals)


def test_ten_costs_ten_thousand_times_as_much_as_a_tenth():
    """The squares of 2 and of 0.2 differ by a hundred, their magnitudes by ten."""
    zeros = dict.fromkeys(WEIGHTS, 0)
    large, small = (readouts(**zeros | {"w3": value}) for value in (2, 0.2))
    assert large["squares"]["value"] == pytest.approx(100 * small["squares"]["value"])
    assert large["magnitudes"]["value"] == pytest.approx(10 * small["magnitudes"]["value"])


# The puzzle


def test_the_puzzle_begins_at_least_squares():
    """The sliders start at weights of the least possible data loss, at nearly twice the budget."""
    shown = readouts()
    assert shown["excess"]["value"] == 0
    assert shown["data_loss"]["text"] == "1"
    assert shown["squares"]["text"] == "3.8"
    assert shown["verdict"]["text"] == "too dear"


def test_the_copies_are_copies():
    """The first two features are one, no two others are correlated, and all are standardized."""
    X, _ = _flats()
    assert (X[:, 0] == X[:, 1]).all()
    assert np.allclose(X.mean(axis=0), 0)
    assert np.allclose(X[:, 1:].T @ X[:, 1:] / 8, np.eye(5))
    assert len(FEATURES) == X.shape[1]


def test_moving_half_to_the_copy_changes_the_squares_alone():
    """Data loss and magnitudes stay, the squares fall from 3.8 to 2.18."""
    before, after = readouts(), readouts(w1=0.9, w2=0.9)
    for name in ("data_loss", "magnitudes"):
        assert after[name]["value"] == pytest.approx(before[name]["value"])
    assert after["squares"]["text"] == "2.18"


def test_lowering_the_tall_weight_alone_costs_too_much():
    """At 1.4 the data loss is 16 % above the least possible and the sum of squares still 2.52."""
    shown = readouts(w1=1.4)
    assert (shown["excess"]["text"], shown["squares"]["text"]) == ("16 %", "2.52")


@pytest.mark.parametrize("unused", ["w1", "w2", None])
def test_only_sharing_solves_the_puzzle(unused):
    """Without one of the copies no weights at all are good enough, whatever their size; with both, some are."""
    X, y = _flats()
    free = [i for i, name in enumerate(WEIGHTS) if name != unused]

    def excess(w):
        return np.mean((y - y.mean() - X[:, free] @ w) ** 2) - (1 + SLACK)

    found = optimize.minimize(
        lambda w: w @ w,
        np.full(len(free), 0.5),
        constraints={"type": "ineq", "fun": lambda w: -excess(w)},
        method="SLSQP",
        options={"ftol": 1e-12},
    )
    assert found.success
    assert (found.fun < BUDGET) == (unused is None)


def test_every_stop_agrees_with_the_puzzle():
    """Over a grid of the two copies the figure calls solved what is near and cheap, and nothing else."""
    trimmed = {"w3": 0.5, "w4": -0.3, "w5": -0.1}
    verdicts = set()
    for one, other in itertools.product((-0.5, 0, 0.5, 0.7, 0.8, 1.2, 1.6), repeat=2):
        figure = render(w1=one, w2=other, **trimmed)
        shown = {readout["name"]: readout for readout in figure["readouts"]}
        near = (one + other - 1.8) ** 2 + 0.01 + 0.01 + 0.01 <= 0.1 + 1e-9
        cheap = one**2 + other**2 + 0.35 < 2 - 1e-9
        verdict = shown["verdict"]["text"]
        verdicts.add(verdict)
        assert (verdict == "solved") == (near and cheap)
        assert ("too dear" in verdict) == (not cheap)
        assert ("too far" in verdict) == (not near)
        said = [text for trace in figure["figure"]["data"] for text in trace.get("text", [])]
        assert any("✓ solved" in text for text in said) == (verdict == "solved")
        assert ("solves the puzzle" in figure["summary"]) == (verdict == "solved")
    assert verdicts == {"solved", "too dear", "too far from the data", "too dear and too far from the data"}


def test_the_penalty_solves_the_puzzle_unasked():
    """At λ = 0.1 ridge splits the area evenly, within 10 % and under 2; it is scikit-learn's ridge."""
    X, y = _flats()
    figure = render(answer=True)
    marks = named(figure, "least total loss")["y"]
    w = np.array([marks[i] for i in range(0, 18, 3)])
    assert np.allclose(w, Ridge(alpha=8 * 0.1).fit(X, y).coef_)
    assert w[0] == pytest.approx(w[1])
    assert w @ w < BUDGET
    assert np.mean((y - y.mean() - X @ w) ** 2) <= 1 + SLACK
    cells = [row[-1] for row in figure["table"]["rows"]]
    assert [float(cell.replace("−", "-")) for cell in cells] == pytest.approx(w, abs=0.006)


@often
@given(weights=sets, lam=lams)
def test_no_weights_have_a_smaller_total_than_the_answer(weights, lam):
    """Whatever the sliders say, the third bar is no higher than the first."""
    figure = render(lam=lam, answer=True, **weights)
    yours, _, least = tops(named(figure, "penalty"))
    assert least <= yours + 1e-9


def test_the_layout_stays_while_any_weight_moves():
    """All six sliders answer within a frame, not the first alone: only x, y and text of traces change."""
    first = render(answer=True)["figure"]
    for name in WEIGHTS:
        for stop in SPEC[name].stops[::5]:
            figure = render(answer=True, **{name: stop.value})["figure"]
            assert figure["layout"] == first["layout"]
            for now, before in zip(figure["data"], first["data"], strict=True):
                assert {key: now[key] for key in now.keys() - {"x", "y", "text"}} == {
                    key: before[key] for key in before.keys() - {"x", "y", "text"}
                }


# The unit


def per_metre(factor, lam, *, standardize=False):
    """Return scikit-learn's ridge weights, per metre, with length in a unit of which so many are a metre."""
    X, y = _gardens()
    scaled = X * [factor, 1]
    coefs = Ridge(alpha=50 * lam, solver="svd")
    if standardize:
        scaler = StandardScaler().fit(scaled)
        return coefs.fit(scaler.transform(scaled), y).coef_ / scaler.scale_ * [factor, 1]
    return coefs.fit(scaled, y).coef_ * [factor, 1]


def test_the_gardens_are_what_they_are_said_to_be():
    """Both features vary by a metre, are not correlated, and least squares finds 16/15 and 1."""
    X, y = _gardens()
    assert np.allclose(np.cov(X.T, ddof=0), np.eye(2))
    assert np.allclose(LinearRegression().fit(X, y).coef_, [16 / 15, 1])


def test_a_feature_in_millimetres_escapes():
    """At a price of 50 on the sum of squares, (0.53, 0.50) becomes (1.07, 0.50) in the same units."""
    metres, millimetres = (readouts(view="units", lam=1, unit=unit) for unit in ("m", "mm"))
    assert [metres[name]["text"] for name in ("first", "second")] == ["0.53", "0.5"]
    assert [millimetres[name]["text"] for name in ("first", "second")] == ["1.07", "0.5"]
    assert millimetres["first"]["value"] == pytest.approx(16 / 15, rel=1e-5)
    assert readouts(view="units", lam=1, unit="km")["first"]["value"] < 2e-6


@pytest.mark.parametrize("unit", ["km", "m", "mm"])
@pytest.mark.parametrize("standardize", [False, True])
@pytest.mark.parametrize("lam", [0, 0.1, 1, 100])
def test_the_weights_are_scikit_learn_s(unit, standardize, lam):
    """In every unit, standardized or not, at every price."""
    factor = {"km": 0.001, "m": 1, "mm": 1000}[unit]
    shown = readouts(view="units", unit=unit, standardize=standardize, lam=lam)
    expected = per_metre(factor, lam, standardize=standardize)
    assert [shown["first"]["value"], shown["second"]["value"]] == pytest.approx(expected, rel=1e-6)
    X, y = _gardens()
    assert shown["data_loss"]["value"] == pytest.approx(
        np.mean((y - y.mean() - (X - X.mean(axis=0)) @ expected) ** 2)
    )
    priced = expected * X.std(axis=0) if standardize else expected / [factor, 1]
    assert shown["penalty"]["value"] == pytest.approx(lam * priced @ priced, rel=1e-6)


@often
@given(lam=lams)
def test_standardizing_repairs_it(lam):
    """With standardized features the unit changes nothing that is drawn but its own name."""
    figures = [render(view="units", unit=unit, standardize=True, lam=lam) for unit in ("km", "m", "mm")]
    for figure in figures[1:]:
        for now, before in zip(figure["figure"]["data"], figures[0]["figure"]["data"], strict=True):
            for key in ("x", "y"):
                got, wanted = (np.array(trace[key], dtype=float) for trace in (now, before))
                assert np.allclose(got, wanted, rtol=1e-9, atol=1e-12, equal_nan=True)
    assert {figure["readouts"][-1]["text"] for figure in figures} == {"as much as width’s"}


def test_the_markers_lie_on_the_curves():
    """At every λ the two dots are points of their curves, at 0 too."""
    for unit in ("m", "mm"):
        for i in (0, 1, 20, len(LAMS) - 1):
            figure = render(view="units", unit=unit, lam=float(LAMS[i]))
            dots = named(figure, "weight")
            for dot, name in zip(dots["y"], ("length", "width"), strict=True):
                curve = named(figure, name)
                at = i + 2 if i else 0  # 0 has two points, which are a short stroke, and a gap after them
                assert dot == pytest.approx(curve["y"][at], rel=1e-9)
                beside = (curve["x"][0] + curve["x"][1]) / 2 if i == 0 else curve["x"][at]
                assert dots["x"][0] == pytest.approx(beside)


def test_what_is_not_shown_changes_nothing():
    """The weights are nothing to the second view, nor the unit to the first."""
    assert render(view="units", w1=2, answer=True) == render(view="units")
    assert render(unit="mm", standardize=True) == render()


def test_every_preset_says_something_of_its_own():
    """Six presets, six sentences."""
    said = {render(**preset.params)["summary"] for preset in SPEC.presets}
    assert len(said) >= len(SPEC.presets) - 1  # the answer is drawn beside the same weights
    assert not any(re.search(r"\d{5}", sentence) for sentence in said)
