"""The budget circle: what the figure says of price and budget, and of a weight on its way to zero."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import l2widgets
from l2widgets import load, quadratic

WIDGET = load("geometry")
SHOWN = {"bet": "skip"}


def rendered(**params):
    """Return the figure with its answer shown."""
    return l2widgets.render("geometry", SHOWN | params)


def values(**params):
    """Return the readouts' numbers by name."""
    return {readout["name"]: readout["value"] for readout in rendered(**params)["readouts"]}


def texts(**params):
    """Return the readouts' texts by name."""
    return {readout["name"]: readout["text"] for readout in rendered(**params)["readouts"]}


def trace(figure, name):
    """Return the points, (n, 2), of the trace of this name."""
    found = next(trace for trace in figure["figure"]["data"] if trace["name"] == name)
    return np.array([found["x"], found["y"]], dtype=float).T


def test_nothing_is_told_before_the_reader_has_bet():
    """Neither the picture, nor the numbers, nor the table, nor the sentence give the answer away."""
    figure = l2widgets.render("geometry", {"path": True, "axes": True, "l1": True})
    shown = {readout["name"]: readout["text"] for readout in figure["readouts"]}
    for name in (
        "the solution ŵ",
        "path of the solution",
        "L1’s solution",
        "w₁",
        "w₂",
        "kept along the axes",
    ):
        assert np.isnan(trace(figure, name)).any(axis=1).all(), name
    assert {shown[name] for name in ("w1", "w2", "loss", "does")} == {"hidden"}
    assert shown["l1"] == "not shown"
    assert all(row[2:] == ["hidden"] * 3 for row in figure["table"]["rows"])
    assert "bet on" in figure["summary"]


def test_the_second_weight_changes_its_sign():
    """ρ = 0.9, unit variances, w* = (3, −1), mean loss: −0.05 at λ = 0.1, +0.24 at 0.2, through 0 at 0.19 / 1.7."""
    assert values(lam=0.1)["w2"] == pytest.approx(-0.05, abs=1e-12)
    assert values(lam=0.2)["w2"] == pytest.approx(5 / 21)
    assert texts(lam=0.2)["w2"] == "0.24"
    assert texts()["does"] == "changes sign at λ\u00a0=\u00a00.112"
    assert values(lam=0.1)["t"] == pytest.approx(np.hypot(1.95, -0.05))


def test_the_second_weight_grows_first():
    """ρ = 0.9, unit variances, w* = (2, 0.5): 0.50, 0.72, 0.88 at λ = 0, 0.05, 0.2, and less at last."""
    course = [texts(w1=2, w2=0.5, lam=lam)["w2"] for lam in (0, 0.05, 0.2, 1)]
    assert course == ["0.50", "0.72", "0.88", "0.75"]
    assert texts(w1=2, w2=0.5)["does"].startswith("grows until λ\u00a0=\u00a00.289")


def test_circles_make_a_straight_ray():
    """Without correlation, and with equal variances, both weights keep the same share; with it, they do not."""
    straight = trace(rendered(rho=0, path=True), "path of the solution")
    np.testing.assert_allclose(straight[:, 1], straight[:, 0] * -1 / 3, atol=1e-9)
    assert texts(rho=0)["does"] == "only shrinks"
    bent = trace(rendered(path=True), "path of the solution")
    assert np.abs(bent[:, 1] - bent[:, 0] * -1 / 3).max() > 0.5


def test_l1_finds_a_corner():
    """In the preset L1 switches the second weight off, and L2 at the same budget does not."""
    params = next(preset.params for preset in WIDGET.presets if preset.label == "A corner of L1")
    assert texts(**params)["l1"] == "(1.50, 0)"
    assert values(**params)["w2"] > 0.5


def test_the_axes_keep_what_the_formula_says():
    """At ρ = 0.9 the variances along the axes are 1.9 and 0.1, and λ = 0.1 leaves 1.9/2.0 and 0.1/0.2 of w*."""
    kept = values(lam=0.1)
    assert (kept["steep"], kept["flat"]) == (pytest.approx(0.95), pytest.approx(0.5))
    ends = trace(rendered(lam=0.1, axes=True), "kept along the axes")
    ends = ends[np.isfinite(ends).all(axis=1) & ends.any(axis=1)]
    np.testing.assert_allclose(ends.sum(axis=0), [1.95, -0.05], atol=1e-9)
    np.testing.assert_allclose(ends[0] @ ends[1], 0, atol=1e-9)


def test_a_budget_that_nobody_needs_is_free():
    """With t = 4 there is no price, w* stays, and the sentence says why."""
    figure = rendered(t=4)
    assert figure["linked"] == {"lam": [0, "0"], "t": [80, "4"]}
    np.testing.assert_array_equal(trace(figure, "the solution ŵ"), [[3, -1]])
    assert figure["summary"].startswith("The budget t = 4 is more than w* needs, so the price is λ = 0,")


@given(st.data())
def test_both_names_lead_to_the_same_figure(data):
    """What λ says of t, t says of λ: at the price of a budget, the weights are as long as the budget."""
    shape = {c: data.draw(st.sampled_from(WIDGET[c].stops)).value for c in ("w1", "w2", "rho", "variance")}
    t = data.draw(st.sampled_from(WIDGET["t"].stops[1:])).value
    found = values(t=t, **shape)
    S = quadratic.second_moments(shape["rho"], shape["variance"])
    by_price = quadratic.minimizer(S, [shape["w1"], shape["w2"]], found["lam"])[0]
    np.testing.assert_allclose([found["w1"], found["w2"]], by_price, atol=1e-12)
    needed = np.hypot(shape["w1"], shape["w2"])
    assert np.hypot(*by_price) == pytest.approx(min(t, needed), rel=1e-9)
    assert found["t"] == t


@given(st.data())
def test_the_drawn_ellipse_touches_the_drawn_circle(data):
    """It meets the circle at ŵ, and is nowhere inside it."""
    params = {
        c: data.draw(st.sampled_from(WIDGET[c].stops)).value for c in ("lam", "w1", "w2", "rho", "variance")
    }
    figure = rendered(**params)
    radius = np.hypot(*trace(figure, "budget").T)
    (solution,) = trace(figure, "the solution ŵ")
    ellipse = trace(figure, "ellipse that touches it")
    assert radius.max() == pytest.approx(np.hypot(*solution), abs=1e-9)
    assert np.hypot(*ellipse.T).min() >= radius.max() - 1e-8
    S, star = quadratic.second_moments(params["rho"], params["variance"]), [params["w1"], params["w2"]]
    levels = quadratic.loss(S, star, np.vstack([ellipse, solution]))
    np.testing.assert_allclose(levels, levels[-1], rtol=1e-6, atol=1e-8)


def test_the_bet_stays_beside_the_answer():
    """Each bet is drawn from w₂*, and named among the numbers; who only looks has none."""
    for bet, label in (
        ("shrinks", "it only shrinks"),
        ("grows", "it grows first"),
        ("flips", "it changes sign"),
    ):
        figure = rendered(bet=bet)
        sketch = trace(figure, "your bet")
        assert sketch[0, 1] == -1
        assert (sketch[-1, 1] > 0) == (bet == "flips")
        assert texts(bet=bet)["bet"] == label
    assert np.isnan(trace(rendered(), "your bet")[:, 1]).all()
    assert texts()["bet"] == "none"
