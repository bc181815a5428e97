"""The tug of war: what the figure says of the two pulls."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import l2widgets
from l2widgets import load

WIDGET = load("gradient")
ASKED = {"pulls": True}


def rendered(**params):
    """Return the figure with its pulls shown."""
    return l2widgets.render("gradient", ASKED | params)


def values(figure):
    """Return the readouts' numbers by name."""
    return {readout["name"]: readout["value"] for readout in figure["readouts"]}


def trace(figure, name):
    """Return the x and y of the trace of this name."""
    found = next(trace for trace in figure["figure"]["data"] if trace["name"] == name)
    return np.array(found["x"], dtype=float), np.array(found["y"], dtype=float)


def test_nothing_is_told_before_the_reader_has_asked():
    """Neither the picture, nor the numbers, nor the table, nor the sentence give the answer away."""
    figure = l2widgets.render("gradient", {})
    assert np.isnan(trace(figure, "where they cancel")[0]).all()
    assert np.isnan(trace(figure, "their sum")[0]).all()
    assert np.isnan(trace(figure, "your bet")[0]).all()
    assert {value for name, value in values(figure).items() if name != "point"} == {None}
    assert [row[0] for row in figure["table"]["rows"]] == ["your point", "what the data wants, w*"]
    assert "cancel at" not in figure["summary"]


def test_the_pulls_cancel_at_the_ridge_solution():
    """With λ = 0.5 and round ellipses, w* = (3, 1.5) shrinks by 1.5 to (2, 1); the sum there is nothing."""
    figure = rendered(lam=0.5, w1=2, w2=1)
    found = values(figure)
    assert found["rest"] == 0
    assert found["off"] == 0
    assert found["balance"] == "(2.00, 1.00)"
    assert found["data"] == pytest.approx(found["penalty"]) == pytest.approx(np.sqrt(5))
    assert "they cancel, and training rests here" in figure["summary"]


def test_a_bet_opens_the_pulls_and_stays():
    """The point goes on to the answer; the bet, and the pull that is left there, stay where they were."""
    opened = l2widgets.render("gradient", {"lam": 0.5, "w1": 2, "w2": 1, "bet1": 1, "bet2": 2})
    found = values(opened)
    assert trace(opened, "your bet") == (1, 2)
    assert trace(opened, "where they cancel") == (pytest.approx(2), pytest.approx(1))
    assert found["bet"] == values(rendered(lam=0.5, w1=1, w2=2))["rest"] > 0
    assert found["rest"] == 0
    assert opened["summary"].endswith(f"at your bet, (1, 2), a pull of {found['bet']:.3g} is left.")


def test_half_a_bet_is_none():
    """A link that was cut short tells nothing."""
    assert values(l2widgets.render("gradient", {"bet2": 2}))["balance"] is None


def test_at_the_optimum_of_the_data_the_penalty_still_pulls():
    """There the data's pull is 0 and the penalty's 2λ‖w*‖."""
    found = values(rendered(lam=0.5, w1=3, w2=1.5))
    assert found["data"] == 0
    assert found["penalty"] == pytest.approx(2 * 0.5 * np.hypot(3, 1.5))


def test_the_penalty_fades_where_the_data_does_not():
    """A twentieth of the weights is a twentieth of the pull."""
    far, near = values(rendered(w1=2, w2=1)), values(rendered(w1=0.1, w2=0.05))
    assert far["penalty"] == pytest.approx(20 * near["penalty"])
    assert near["data"] > far["data"]


@given(st.data())
def test_the_arrows_add_up(data):
    """The sum's arrow ends where the other two would, put end to end."""
    params = {
        c: data.draw(st.sampled_from(WIDGET[c].stops)).value for c in ("lam", "w1", "w2", "rho", "variance")
    }
    figure = rendered(**params)
    start = np.array([params["w1"], params["w2"]])
    ends = [
        np.array([axis[min(1, len(axis) - 1)] for axis in trace(figure, name)]) - start
        for name in ("the data’s pull", "the penalty’s pull", "their sum")
    ]
    np.testing.assert_allclose(ends[0] + ends[1], ends[2], atol=1e-9)


@given(st.data())
def test_the_dots_lie_on_their_curves(data):
    """What the second panel says at the reader's distance is what the arrows' lengths are."""
    params = {
        c: data.draw(st.sampled_from(WIDGET[c].stops)).value for c in ("lam", "w1", "w2", "rho", "variance")
    }
    figure = rendered(**params)
    for name, readout in (("the data’s pull here", "data"), ("the penalty’s pull here", "penalty")):
        (x,), (y,) = trace(figure, name)
        assert x == pytest.approx(np.hypot(params["w1"], params["w2"]))
        assert np.isnan(y) or y == pytest.approx(values(figure)[readout])
