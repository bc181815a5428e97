"""The weight decay figure says what the algebra says."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import l2widgets
from l2widgets import decay
from l2widgets.widgets.weight_decay import SPEC

often = settings(max_examples=60)
lams, rates, weights = (st.sampled_from([s.value for s in SPEC[name].stops]) for name in ("lam", "lr", "w0"))


def render(**params):
    """Return the figure for these parameters."""
    return l2widgets.render("weight_decay", params)


def readouts(**params):
    """Return the readouts by name."""
    return {readout["name"]: readout for readout in render(**params)["readouts"]}


def in_order(line):
    """Return the y of a line by its x: a path that goes back and forth is drawn as two lines."""
    return [y for _, y in sorted((x, y) for x, y in zip(line["x"], line["y"], strict=True) if x is not None)]


def trace(figure, name, mode="lines"):
    """Return the last trace of this name and mode: what moves is drawn last."""
    return [t for t in figure["figure"]["data"] if t["name"] == name and t["mode"] == mode][-1]


# The article's numbers


def test_the_worked_example():
    """With η = 0.1 and λ = 0.01 the factor is 0.998: 0.2 % a step, and half in 346 steps."""
    shown = readouts(lr=0.1, lam=0.01)
    texts = {name: f"{readout['text']} {readout['unit']}".strip() for name, readout in shown.items()}
    assert texts["factor"] == "0.998"
    assert texts["percent"] == "0.2 %"
    assert texts["half_life"] == "346 steps"
    assert texts["regime"] == "smooth"
    assert texts["weight"] == "1.64"
    assert shown["weight"]["value"] == pytest.approx(2 * 0.998**100)


def test_the_same_product_is_the_same_path():
    """Twice λ and half η change nothing but the place on the map."""
    one, other = render(lam=0.01, lr=0.1), render(lam=0.02, lr=0.05)
    assert np.allclose(trace(one, "weight")["y"], trace(other, "weight")["y"], rtol=1e-9)
    assert trace(one, "here", "markers")["x"] != trace(other, "here", "markers")["x"]


@often
@given(lr=st.sampled_from([0.001, 0.01, 0.1]), h=st.sampled_from([0.1, 1, 10]), lam=lams)
def test_the_destination_does_not_depend_on_the_learning_rate(lr, h, lam):
    """λ alone decides where the weight ends."""
    at = [readouts(pull=True, h=h, lam=lam, lr=rate, w_star=3)["destination"]["value"] for rate in (lr, 1)]
    assert at[0] == at[1] == pytest.approx(h * 3 / (h + 2 * lam))


def test_half_of_what_the_data_want():
    """With h = 1 and λ = 0.5 the weight rests at half of w*."""
    assert readouts(pull=True, h=1, lam=0.5, w_star=3)["destination"]["text"] == "1.5"


# The regimes


@pytest.mark.parametrize(
    ("lam", "regime", "factor"),
    [
        (0, "still", "1"), (4, "smooth", "0.2"), (5, "one step", "0"), (6.3, "sign flips", "−0.26"),
        (8, "sign flips", "−0.6"), (10, "bounces for ever", "−1"), (12.5, "diverges", "−1.5"),
    ],
)  # fmt: skip
def test_the_regimes_meet_at_a_half_and_at_one(lam, regime, factor):
    """At η = 0.1 the borders ηλ = ½ and ηλ = 1 are λ = 5 and λ = 10."""
    shown = readouts(lam=lam, lr=0.1)
    assert shown["regime"]["text"] == regime
    assert shown["factor"]["text"] == factor


@pytest.mark.parametrize(
    ("lam", "regime"), [(0, "one step"), (0.05, "sign flips"), (0.5, "bounces for ever"), (1, "diverges")]
)
def test_data_move_the_borders(lam, regime):
    """With curvature h the borders are η(h + 2λ) = 1 and 2, here at λ = 0 and λ = ½."""
    assert readouts(pull=True, h=1, lr=1, lam=lam)["regime"]["text"] == regime


def test_every_regime_can_be_met():
    """The sliders reach all six."""
    met = {readouts(lam=stop.value)["regime"]["text"] for stop in SPEC["lam"].stops}
    assert met == {"still", "smooth", "one step", "sign flips", "bounces for ever", "diverges"}


@pytest.mark.parametrize("lam", [0, 10, 100])
def test_what_never_halves_says_never(lam):
    """Without a penalty, back and forth, and outwards there is no half-life."""
    half_life = readouts(lam=lam)["half_life"]
    assert (half_life["text"], half_life["value"], half_life["unit"]) == ("never", None, "")


@often
@given(lam=lams, lr=rates, pull=st.booleans())
def test_the_gap_halves_in_a_half_life(lam, lr, pull):
    """Whatever pulls, after so many steps half of the way to the destination is left."""
    shown = readouts(lam=lam, lr=lr, pull=pull, h=2, w_star=3, w0=-1)
    life, destination = shown["half_life"]["value"], shown["destination"]["value"]
    assume(life is not None and life > 0 and shown["regime"]["text"] == "smooth")
    steps = round(1000 / max(life, 1)) or 1
    path = decay.path(-1, lr, lam, 2000, (lambda w: 2 * (w - 3)) if pull else None)
    gaps = np.abs(path - destination) / abs(-1 - destination)
    at = min(round(steps * life), 2000)
    assert gaps[at] == pytest.approx(0.5 ** (at / life), rel=1e-6, abs=1e-12)


# The drawing


@often
@given(lam=lams, lr=rates, w0=weights, step=st.integers(0, 200))
def test_the_path_is_drawn_up_to_the_step(lam, lr, w0, step):
    """The strong line ends at the step that is shown, or where the path leaves the chart."""
    figure = render(lam=lam, lr=lr, w0=w0, steps=200, step=step)
    drawn = in_order(trace(figure, "weight"))
    path = decay.path(w0, lr, lam, 200)
    low, high = figure["figure"]["layout"]["yaxis"]["range"]
    inside = [low <= w <= high for w in path[: step + 1]]
    if all(inside):
        assert np.allclose(drawn, path[: step + 1], rtol=1e-9)
        assert np.allclose(trace(figure, "weight now", "markers")["y"], path[step], rtol=1e-9)
    else:
        assert len(drawn) == inside.index(False) + 1
        assert trace(figure, "weight now", "markers")["y"] == []


@often
@given(lam=lams, lr=rates, w0=weights)
def test_the_closed_form_lies_on_the_path(lam, lr, w0):
    """Stepping and the formula agree, which is why one line is drawn on the other."""
    figure = render(lam=lam, lr=lr, w0=w0)
    faint = next(t for t in figure["figure"]["data"] if t["name"] == "weight")
    closed = trace(figure, "closed form")
    assert len(faint["y"]) == len(closed["y"])
    assert np.allclose(in_order(faint), in_order(closed), rtol=1e-8, atol=1e-12)


def test_to_and_fro_is_two_lines():
    """Five hundred jumps would be a block of ink; the even and the odd steps are a line each, and words say so."""
    figure = render(lam=10, step=300)
    strong = trace(figure, "weight")
    gap = strong["y"].index(None)
    assert set(strong["y"][:gap]) == {2}
    assert set(strong["y"][gap + 1 :]) == {-2}
    assert any("jumps from one line" in text for t in figure["figure"]["data"] for text in t.get("text", []))


def test_what_is_off_the_chart_is_said_and_kept_in_the_table():
    """The drawing is clipped, the numbers are not."""
    figure = render(lam=12.5, w0=0.5, steps=20, step=20)
    words = [text for t in figure["figure"]["data"] for text in t.get("text", []) if "off the chart" in text]
    assert [text.strip("\u00a0") for text in words] == ["off the chart from step 4 on"]
    assert "off the chart since step 4" in figure["summary"]
    assert figure["table"]["rows"][-1] == ["20", "1,663"]


def test_the_farthest_of_all_is_still_a_number():
    """A weight that diverges for a thousand steps does not break the page."""
    figure = render(lam=100, lr=1, steps=1000, step=1000)
    assert readouts(lam=100, lr=1, steps=1000, step=1000)["weight"]["text"] == "beyond 10³⁰⁰"
    assert figure["table"]["rows"][-1][1] == "beyond 10³⁰⁰"


def test_the_step_never_leaves_the_horizon():
    """A link to step 500 of a chart of 20 steps shows step 20."""
    assert render(steps=20, step=500)["summary"].startswith("After 20 steps")


@often
@given(lam=lams, lr=rates, pull=st.booleans())
def test_decay_in_the_update_is_the_same_path(lam, lr, pull):
    """For plain gradient descent the two programs are one; the rings lie on the line."""
    figure = render(lam=lam, lr=lr, pull=pull, compare="decoupled", steps=200)
    faint = next(t for t in figure["figure"]["data"] if t["name"] == "weight")
    rings = next(
        t for t in figure["figure"]["data"] if t["name"] == "decay in the update" and t["mode"] == "markers"
    )
    on_path = [in_order(faint)[int(x)] for x in rings["x"]]
    assert np.allclose(rings["y"], on_path, rtol=1e-8, atol=1e-12)


@pytest.mark.parametrize("pull", [False, True])
def test_l1_takes_a_constant_step_and_stops_at_zero(pull):
    """L1 reaches an exact zero, where L2 only comes near; the data's pull can be too weak to lift it again."""
    params = {"lam": 5, "lr": 0.02, "w0": 2, "pull": pull, "h": 1, "w_star": 4, "steps": 200, "compare": "l1"}
    path = trace(render(**params), "L1’s constant step")["y"]
    if not pull:
        assert np.allclose(np.diff(path[:20]), -0.1)
    assert path[-1] == 0
    assert readouts(**params)["weight"]["value"] != 0


@often
@given(lam=lams, lr=rates, w0=weights, w_star=weights, h=st.sampled_from([0.1, 1, 10]))
def test_l1_with_data_ends_at_the_soft_threshold(lam, lr, w0, w_star, h):
    """Its destination is w* less λ/h, and zero if that would cross it."""
    assume(lr * h < 1 and lr * h > 0.02)
    figure = render(lam=lam, lr=lr, w0=w0, w_star=w_star, h=h, pull=True, steps=1000, compare="l1")
    path = trace(figure, "L1’s constant step")["y"]
    assert path[-1] == pytest.approx(math.copysign(max(abs(w_star) - lam / h, 0), w_star), abs=1e-6)


def test_the_map_places_the_marker_in_its_regime():
    """What the map calls diverging is what diverges."""
    for stop in SPEC["lam"].stops[1:]:
        figure = render(lam=stop.value)
        x, y = (trace(figure, "here", "markers")[axis][0] for axis in "xy")
        edges = trace(figure, "diverges")
        border = np.interp(
            x, edges["x"][: len(edges["x"]) // 2], edges["y"][: -len(edges["x"]) // 2 - 1 : -1]
        )
        regime = decay.regime(0.1, stop.value)
        if regime != "bounces for ever":
            assert (y > border) == (regime == "diverges")


# The sentence


@pytest.mark.parametrize("pull", [False, True])
@pytest.mark.parametrize("step", [0, 1, 20])
def test_the_sentence_has_the_numbers_of_the_readouts(pull, step):
    """Who hears the figure hears what is read beside it."""
    for lam in (0, 0.01, 4, 5, 8, 10, 100):
        params = {"lam": lam, "step": step, "steps": 20, "pull": pull}
        assert readouts(**params)["weight"]["text"] in render(**params)["summary"]


@pytest.mark.parametrize("lam", [0.01, 8, 10, 100])
def test_a_weight_at_its_destination_stays(lam):
    """Zero is not said to shrink, to bounce or to diverge."""
    said = render(w0=0, lam=lam, steps=20, step=20)["summary"]
    assert said.endswith("the weight is still 0: it started at its destination, where nothing pulls.")


def test_nothing_is_off_the_chart_before_it_is():
    """The last step of a chart that holds it all is on it."""
    assert "off the chart" not in render(lam=12.5, w0=0.5, steps=20, step=3)["summary"]
    assert "off the chart" not in render(lam=10, steps=20, step=20)["summary"]


def test_one_step_is_not_one_steps():
    """Words agree with their numbers."""
    assert not re.search(r"\b1 steps", render(step=1)["summary"])
