"""The race of the optimizers shows what the article says of them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import l2widgets
from l2widgets.optimizers import SGD, Adam
from l2widgets.widgets.optimizers import ROW, RUNS, SPEC, STEPS, TOP

few = settings(max_examples=25, deadline=None)
stops = {control.name: [stop.value for stop in control.stops] for control in SPEC.controls}
SHOW = {"guess": "show", "bet": "show"}


def render(**params):
    """Return the figure for these parameters."""
    return l2widgets.render("optimizers", params)


def values(**params):
    """Return the readouts' values by name."""
    return {readout["name"]: readout["value"] for readout in render(**params)["readouts"]}


def traces(figure, panel):
    """Return the traces of a panel."""
    return [t for t in figure["figure"]["data"] if t["xaxis"] == f"x{'' if panel == 1 else panel}"]


def words(figure, panel):
    """Return the words that move in a panel."""
    return [text.strip("\u00a0") for t in traces(figure, panel) for text in t.get("text", []) if text]


# The noise alone


@pytest.mark.parametrize("seed", [1, 2, 3, 40, 200])
def test_adamw_decays_both_weights_alike(seed):
    """At η = 0.001, decay 2λ = 0.5 and 1,000 steps both are at e^(-0.5), whatever their gradients' noise."""
    now = values(**SHOW, seed=seed)
    assert now["adamw_quiet"] == pytest.approx(math.exp(-0.5), abs=0.015)
    assert now["adamw_loud"] == pytest.approx(math.exp(-0.5), abs=0.015)
    assert now["decay"] == pytest.approx(math.exp(-0.5), abs=2e-4)


@pytest.mark.parametrize("seed", [1, 2, 3, 40, 200])
def test_adam_with_l2_crushes_the_quiet_weight_and_spares_the_loud_one(seed):
    """In the same set-up Adam + L2 leaves 0.27 of one and 0.95 of the other."""
    now = values(**SHOW, seed=seed)
    assert now["adam_quiet"] == pytest.approx(0.273, abs=0.004)
    assert now["adam_loud"] == pytest.approx(0.948, abs=0.012)


def test_sgd_decays_both_alike_too():
    """The mean over many seeds is the decay's, though the noise throws the loud weight about."""
    many = [values(seed=seed) for seed in range(1, 13)]
    for weight in ("quiet", "loud"):
        mean = np.mean([now[f"sgd_{weight}"] for now in many])
        assert mean == pytest.approx(math.exp(-0.5), abs=0.05)


def test_equal_noise_is_equal_decay():
    """With the noise of the quiet weight the loud one fares like it."""
    now = values(**SHOW, noise=0.1)
    assert now["adam_quiet"] == pytest.approx(now["adam_loud"], abs=0.01)


def test_a_hundred_times_the_price_is_the_same_to_the_quiet_weight():
    """Once the penalty is larger than the noise, Adam + L2 divides it away."""
    dear, dearer = values(**SHOW, lam=0.1), values(**SHOW, lam=10)
    assert dearer["adam_quiet"] == pytest.approx(dear["adam_quiet"], abs=0.1)
    assert dearer["adamw_quiet"] < 0.01
    assert dear["adamw_quiet"] > 0.7


@few
@given(
    given=st.fixed_dictionaries(
        {name: st.sampled_from(stops[name]) for name in ("lam", "step", "lr", "noise", "momentum", "pull")}
    )
)
def test_the_numbers_are_those_of_one_strength_at_a_time(given):
    """What is computed at all λ at once is what an optimizer with one λ gives."""
    lam, lr, noise, pull = (given[name] for name in ("lam", "lr", "noise", "pull"))
    now = values(**SHOW, **given, sgd="decoupled")
    deviates = np.random.default_rng([1, 1]).standard_normal((STEPS, 2, RUNS))
    for kind, optimizer in {
        "adam": Adam(lr, lam=lam),
        "adamw": Adam(lr, lam=lam, decoupled=True),
        "sgd": SGD(lr, given["momentum"], lam, decoupled=True),
    }.items():
        w = np.ones((2, RUNS))
        for z in deviates[: given["step"]]:
            w = optimizer.step(w, np.array([[0.1], [noise]]) * z + (w - 1 if pull else 0))
        wanted = pytest.approx(w.mean(axis=1), rel=1e-9, abs=1e-9)
        assert [now[f"{kind}_quiet"], now[f"{kind}_loud"]] == wanted


# The data pulls back


def test_the_destination_of_adam_with_l2_is_ridge_whatever_the_noise():
    """At λ = 0.25 both weights end at 1 / 1.5, and so do SGD's."""
    now = values(pull=True, lr=0.02)
    assert now["ridge"] == pytest.approx(1 / 1.5)
    for name in ("adam_quiet", "adam_loud", "sgd_quiet", "sgd_loud"):
        assert now[name] == pytest.approx(now["ridge"], abs=0.03), name


def test_the_destination_of_adamw_depends_on_the_size_of_the_gradient():
    """The louder the gradient, the less of the data's pull is left: s w = (w* - w) / 2λ, for a gradient of size s."""
    now = values(pull=True, lr=0.02)
    assert now["adamw_quiet"] == pytest.approx(0.948, abs=0.005)
    assert now["adamw_loud"] == pytest.approx(0.157, abs=0.02)
    for name, noise in (("adamw_quiet", 0.1), ("adamw_loud", 10)):
        size = math.hypot(noise, 1 - now[name])
        assert now[name] == pytest.approx(1 / (1 + 2 * 0.25 * size), abs=0.015)
    loud = [values(pull=True, lr=0.02, noise=noise)["adamw_loud"] for noise in (0.1, 1, 10, 30)]
    assert loud == sorted(loud, reverse=True)


@pytest.mark.parametrize("lam", [0, 0.01, 0.1, 0.25, 0.4, 0.8, 1, 2, 5, 10])
def test_the_full_batch_takes_adamw_to_w_star_or_to_the_edge_of_the_box(lam):
    """Weak decay leaves no trace, strong decay ends at 1 / 2λ; Adam + L2 and SGD end at ridge."""
    now = values(pull=True, full_batch=True, lr=0.05, lam=lam)
    for weight in ("quiet", "loud"):
        assert now[f"adamw_{weight}"] == pytest.approx(1 if lam <= 0.5 else now["box"], abs=0.02)
        assert now[f"adam_{weight}"] == pytest.approx(now["ridge"], abs=2e-3)
        assert now[f"sgd_{weight}"] == pytest.approx(now["ridge"], abs=2e-3)
    assert now["box"] == (pytest.approx(1 / (2 * lam)) if lam else None)


@pytest.mark.parametrize("momentum", [0.5, 0.9])
def test_decoupled_momentum_comes_to_rest_at_a_weaker_ridge(momentum):
    """With the decay in the update it is ridge for (1 - β)λ; in the loss it is ridge for λ."""
    given = {"pull": True, "momentum": momentum, "lr": 0.02 * (1 - momentum)}
    in_loss, in_update = values(**given, sgd="coupled"), values(**given, sgd="decoupled")
    assert in_loss["sgd_quiet"] == pytest.approx(1 / (1 + 2 * 0.25), abs=2e-3)
    assert in_update["sgd_quiet"] == pytest.approx(1 / (1 + 2 * 0.25 * (1 - momentum)), abs=2e-3)


def test_without_momentum_the_two_programs_are_one():
    """The choice between loss and update is then none."""
    assert render(sgd="decoupled") == render(sgd="coupled")


def test_the_full_batch_needs_data():
    """With the data off there is no batch, and the toggle that is hidden then does nothing."""
    assert render(full_batch=True) == render()


# The bet


def test_adam_with_l2_is_hidden_until_the_bet():
    """Neither line, number nor table tells before."""
    hidden = render()
    assert not any(t["name"] == "Adam + L2" for t in hidden["figure"]["data"])
    assert values()["adam_quiet"] is values()["adam_loud"] is None
    rows = [row for row in hidden["table"]["rows"] if row[0] == "Adam + L2"]
    assert [row[2:] for row in rows] == [["hidden until you bet"] * 2] * 2
    assert any(t["name"] == "Adam + L2" for t in render(**SHOW)["figure"]["data"])


def test_a_guess_that_is_not_committed_to_does_nothing():
    """Thinking aloud shows nothing."""
    assert all(render(guess=guess) == render() for guess in stops["guess"])


@pytest.mark.parametrize(
    ("bet", "noise", "outcome"),
    [
        ("quiet", 10, "right"), ("loud", 10, "wrong"), ("alike", 10, "wrong"),
        ("quiet", 0.1, "wrong"), ("alike", 0.1, "right"),
    ],
)  # fmt: skip
def test_the_mark_of_the_bet_stays(bet, noise, outcome):
    """The reader's bet stands in the panel that it was on, with its outcome, and in the sentence."""
    figure = render(guess=bet, bet=bet, noise=noise)
    marks = [[text for text in words(figure, panel) if "you bet" in text] for panel in (1, 2)]
    assert [bool(mark) for mark in marks] == [bet != "loud", bet != "quiet"]
    assert all(text.endswith(outcome) for mark in marks for text in mark)
    assert figure["summary"].endswith(f"and were {outcome}.")


def test_no_bet_has_no_verdict():
    """Who only wants to see is not judged; nor is a bet on the noise, once the data pulls."""
    for params in (SHOW, {"guess": "loud", "bet": "loud", "pull": True}):
        figure = render(**params)
        assert not any("bet" in text for panel in (1, 2) for text in words(figure, panel))
        assert "bet" not in figure["summary"]


# The drawing


@few
@given(lam=st.sampled_from(stops["lam"]), step=st.sampled_from(stops["step"]), pull=st.booleans())
def test_lines_end_at_the_step_and_marks_are_on_the_lines(lam, step, pull):
    """Above, each line goes from 1 to the readout; below, the mark of λ is on the line of all λ."""
    figure = render(**SHOW, lam=lam, step=step, pull=pull, lr=0.01)
    now = values(**SHOW, lam=lam, step=step, pull=pull, lr=0.01)
    names = {"Adam + L2": "adam", "AdamW": "adamw", "SGD + L2": "sgd"}
    for panel, weight in ((1, "quiet"), (2, "loud"), (3, "quiet"), (4, "loud")):
        for t in traces(figure, panel):
            if t["name"] not in names:
                continue
            wanted = pytest.approx(now[f"{names[t['name']]}_{weight}"], rel=1e-9)
            if panel < 3:
                assert (t["x"][0], t["y"][0], t["x"][-1]) == (0, 1, step)
                assert t["y"][-1] == wanted
            elif t["mode"] == "markers":
                assert t["y"] == [wanted]
                (curve,) = (
                    c for c in traces(figure, panel) if c["name"] == t["name"] and c["mode"] == "lines"
                )
                at = [y for x, y in zip(curve["x"], curve["y"], strict=True) if x == pytest.approx(t["x"][0])]
                assert at == [wanted] if lam else curve["y"][0] == wanted


def test_the_theory_is_drawn_where_it_says():
    """The levels above and the curves below are ridge for λ, ridge for (1 - β)λ, and the edge of the box."""
    figure = render(pull=True, full_batch=True, momentum=0.9, sgd="decoupled", lam=0.4, lr=0.02)
    shares = {"ridge": 1, "ridge (1−β)λ": 0.1}
    for panel in (1, 2, 3, 4):
        drawn = {t["name"]: t for t in traces(figure, panel)}
        for name, share in shares.items():
            if panel < 3:
                assert drawn[name]["y"] == pytest.approx([1 / (1 + 2 * share * 0.4)] * 2)
            else:
                x, y = (np.array(drawn[name][axis][3:]) for axis in "xy")
                assert y == pytest.approx(1 / (1 + 2 * share * 10**x))
        if panel > 2:
            x, y = (np.array(drawn["edge of the box"][axis]) for axis in "xy")
            assert (x[0], y[0]) == (pytest.approx(math.log10(0.5)), 1)
            assert y == pytest.approx(1 / (2 * 10**x))


def is_tag(trace):
    """Tell whether a trace is the label of something, not the notes of a panel, which have a colour each."""
    return trace["mode"] == "text" and isinstance(trace["textfont"]["color"], str)


@few
@given(data=st.data())
def test_names_do_not_overlap(data):
    """The names at the ends keep a row each, below the words above them, and say the values."""
    params = {name: data.draw(st.sampled_from(stops[name]), label=name) for name in stops if name != "seed"}
    figure = render(**params)
    for panel in (1, 2):
        named = [t for t in traces(figure, panel) if is_tag(t) and t["text"][0] and t["y"] != [TOP]]
        heights = sorted(t["y"][0] for t in named)
        assert all(gap > ROW - 1e-9 for gap in np.diff(heights))
        low = figure["figure"]["layout"]["yaxis"]["range"][0]
        assert all(low < height <= TOP - ROW + 1e-9 for height in heights)


def test_a_name_says_where_a_line_went_that_left_the_chart():
    """The drawing ends at the edge; the number at the end of the line does not."""
    params = {**SHOW, "momentum": 0.9, "noise": 30, "lr": 0.05}
    end = values(**params)["sgd_loud"]
    assert not -0.15 < end < 1.3
    (name,) = (text for text in words(render(**params), 2) if text.startswith("SGD"))
    assert name == f"SGD + L2 {end:.3f}".replace("-", "−")


def test_nothing_moves_without_a_penalty_but_by_noise():
    """At λ = 0 the quiet weight stays at 1, and with the full batch both stay there for ever."""
    assert values(**SHOW, lam=0)["sgd_quiet"] == pytest.approx(1, abs=1e-3)
    now = values(lam=0, pull=True, full_batch=True)
    assert {now[f"{kind}_{weight}"] for kind in ("sgd", "adam", "adamw") for weight in ("quiet", "loud")} == {
        1
    }
