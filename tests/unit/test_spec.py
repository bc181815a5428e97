"""A declaration is checked when it is made, and what a reader gives is checked against it."""

from __future__ import annotations

import re
from dataclasses import FrozenInstanceError

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import l2widgets
from l2widgets.spec import (
    NOT_YET,
    Choice,
    Commit,
    ParamError,
    Point,
    Preset,
    Seed,
    Slider,
    SpecError,
    Stop,
    Toggle,
    Widget,
    linear_stops,
    listed_stops,
    log_stops,
    named_stops,
)

STRENGTHS = log_stops(-8, 2, 10, zero=True)


def slider(name="lam", **changes):
    """Return a slider from 0 to 10."""
    return Slider(**{"name": name, "label": name, "stops": linear_stops(0, 10, 1), "default": 3} | changes)


def second(**changes):
    """Return a slider that is another name of λ."""
    return slider("t", **{"link": "lam", "default": None} | changes)


def widget(*controls, **changes):
    """Return a widget with these controls, or with one of each kind."""
    several = controls or (
        slider(),
        Choice(
            name="data", label="data", stops=named_stops(sine="sine", real="real: penguins"), default="sine"
        ),
        Toggle(name="pull", label="pull"),
        Seed(name="seed", label="seed"),
        Commit(name="committed", label="commit", of="lam", undo="undo"),
    )
    return Widget(
        **{"name": "toy", "title": "t", "question": "q?", "caption": "c.", "controls": several} | changes
    )


# Stops


def test_linear_stops_hold_both_ends():
    """Evenly spaced stops are exact decimals, not sums of a binary step."""
    stops = linear_stops(0.1, 1, 0.1, decimals=1)
    assert [stop.value for stop in stops] == [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]


def test_log_stops_are_round_and_begin_with_an_exact_zero():
    """A logarithmic slider reaches 0 itself, and its decades are whole powers of ten."""
    values = [stop.value for stop in STRENGTHS]
    assert len(values) == 102
    assert values[0] == 0
    assert values == sorted(values)
    for power in range(-8, 3):
        assert 10.0**power in values
    assert np.allclose(np.diff(np.log10(values[1:])), 0.1, atol=0.01)


def test_log_stops_can_have_every_digit():
    """With nine in a decade a slider has each number of one digit, which is how most settings are written."""
    texts = [stop.text for stop in log_stops(-6, 3, 9, zero=True)]
    assert len(texts) == 1 + 9 * 9 + 1
    assert {"0", "1e-6", "5e-5", "0.0003", "0.07", "1", "900", "1000"} <= set(texts)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("0", "0"),
        ("1e-8", "10⁻⁸"),
        ("3.15e-5", "3.15 × 10⁻⁵"),
        ("0.0001", "0.0001"),
        ("0.002", "0.002"),
        ("63", "63"),
    ],
)
def test_stops_are_read_as_people_write_numbers(text, label):
    """A stop's text is plain, its label is typeset, and the text is the value."""
    stop = next(stop for stop in STRENGTHS if stop.text == text)
    assert stop.label == label
    assert float(stop.text) == stop.value


def test_labels_have_a_true_minus():
    """A negative number is read with a minus, and linked with a hyphen."""
    assert listed_stops(-0.5) == (Stop(value=-0.5, text="-0.5", label="−0.5"),)


@given(st.sampled_from(STRENGTHS))
def test_a_number_names_its_stop_in_its_last_digits_too(stop):
    """What arithmetic does to the last digit of a value does not lose its stop."""
    control = slider(stops=STRENGTHS, default=0)
    assert control.stop(stop.value * (1 + 1e-12)) is stop
    assert control.stop(stop.text) is stop
    assert control.stops[control.index(stop.value)] is stop


# What a declaration may not say


@pytest.mark.parametrize(
    ("make", "said"),
    ids=(
        "default",
        "stops",
        "names",
        "when",
        "limit",
        "of",
        "nothing within",
        "no number",
        "link",
        "linked to a choice",
        "linked in a ring",
        "linked, not following",
        "typed and played",
        "a limit that is typed",
        "a commit to what is typed",
        "joined to a slider",
        "a mark without its slider",
        "a mark moved by a choice",
        "a mark picked by a number",
    ),
    argvalues=[
        (lambda: slider(default=11), "'lam' starts at 11, which is none of its stops"),
        (lambda: slider(stops=listed_stops(3, 3)), "'lam' has two stops with the same text"),
        (lambda: widget(slider(), slider()), "'toy' has two controls of one name"),
        (lambda: widget(slider(when={"data": ("sine",)})), "'toy' has no control 'data'"),
        (lambda: widget(slider(), slider("n", limit="m")), "'toy' has no control 'm'"),
        (lambda: widget(slider(), Commit(name="c", label="c", of="n", undo="u")), "'toy' has no control 'n'"),
        (
            lambda: widget(slider(), slider("n", stops=linear_stops(1, 5, 1), limit="lam")),
            "no stop of 'n' is within lam = 0",
        ),
        (
            lambda: widget(
                Choice(name="d", label="d", stops=named_stops(a="a"), default="a"), slider("n", limit="d")
            ),
            "'a' is not a number",
        ),
        (lambda: widget(slider(), second(link="m")), "'toy' has no control 'm'"),
        (
            lambda: widget(Toggle(name="on", label="on"), second(link="on")),
            "'t' is linked to 'on', which must be a slider that is linked to none",
        ),
        (
            lambda: widget(slider(link="t", default=None), second()),
            "'lam' is linked to 't', which must be a slider that is linked to none",
        ),
        (lambda: widget(slider(), second(default=5)), "'t' is linked to 'lam', .* must start at None"),
        (
            lambda: slider(typed=True, play=True),
            "'lam' takes typed numbers, so it cannot play, be linked, limited or shared",
        ),
        (
            lambda: widget(slider(typed=True), slider("n", limit="lam")),
            "'n' knows the stops of 'lam' only, which takes more",
        ),
        (
            lambda: widget(slider(typed=True), Commit(name="c", label="c", of="lam", undo="u")),
            "'c' knows the stops of 'lam' only, which takes more",
        ),
        (
            lambda: widget(slider(), Commit(name="c", label="c", of="lam", joins="lam")),
            "'c' joins 'lam', which must be a commit by itself",
        ),
        (lambda: widget(held=(Point(x=1, y="w"),)), "'toy' has no control 'w'"),
        (
            lambda: widget(held=(Point(x="data", y="lam"),)),
            "'data' moves a point, so it must be a slider",
        ),
        (lambda: widget(held=(Point(x=1, y="lam", picks=True),)), "a slider picks a mark, not 1"),
    ],
)
def test_a_declaration_that_contradicts_itself_is_refused(make, said):
    """The author hears what is wrong, with the names that are."""
    with pytest.raises(SpecError) as caught:
        make()
    assert re.search(said, str(caught.value))


@pytest.mark.parametrize(
    "make",
    ids=("a stop", "a control", "a condition", "a number between two stops"),
    argvalues=[
        lambda: widget(presets=(Preset("p", {"lam": 11}),)),
        lambda: widget(presets=(Preset("p", {"nam": 1}),)),
        lambda: widget(slider(), Toggle(name="t", label="t", when={"lam": (0.5,)})),
        lambda: widget(slider(stops=STRENGTHS, default=0, typed=True), presets=(Preset("p", {"lam": 0.17}),)),
    ],
)
def test_a_preset_or_a_condition_names_stops_that_exist(make):
    """A preset cannot set what the reader could not."""
    with pytest.raises(ParamError):
        make()


def test_a_function_takes_the_controls_in_their_order():
    """A control without a keyword, or a keyword without a control, is found before anybody moves it."""
    two = widget(slider(), slider("n"))
    with pytest.raises(SpecError, match="no function yet"):
        two.draw()
    with pytest.raises(
        SpecError, match=r"has the controls \('lam', 'n'\), but its function takes \('n', 'lam'\)"
    ):
        two.bind(lambda *, n, lam: (n, lam))


def test_a_declaration_never_changes():
    """What the build has read is what the browser will read."""
    with pytest.raises(FrozenInstanceError):
        slider().default = 4


# What a reader gives


def test_params_fills_in_the_defaults():
    """Whatever is missing is where it starts."""
    assert widget().params({}) == {"lam": 3, "data": "sine", "pull": False, "seed": 1, "committed": None}


def test_params_takes_texts_and_values():
    """A link gives texts, Python gives values, and both arrive as values."""
    texts = {"lam": "7", "data": "real", "pull": "on", "seed": "200", "committed": "0"}
    values = {"lam": 7, "data": "real", "pull": True, "seed": 200, "committed": 0}
    assert widget().params(texts) == values == widget().params(values)


@pytest.mark.parametrize(
    ("given_", "said"),
    [
        ({"lam": 11}, "'lam' must be one of 0, 1, 2, … 10; got '11'"),
        ({"lam": "1.0"}, "'lam' must be one of 0, 1, 2, … 10; got '1.0'"),
        ({"lam": True}, "'lam' must be one of 0, 1, 2, … 10; got 'True'"),
        ({"lam": None}, "'lam' must be one of 0, 1, 2, … 10; got 'None'"),
        ({"lam": float("nan")}, "'lam' must be one of 0, 1, 2, … 10; got 'nan'"),
        ({"lam": float("inf")}, "'lam' must be one of 0, 1, 2, … 10; got 'inf'"),
        ({"lam": [1]}, "'lam' must be one of 0, 1, 2, … 10; got '[1]'"),
        ({"pull": 1}, "'pull' must be one of off, on; got '1'"),
        ({"committed": "11"}, "'committed' must be one of nothing, 0, 1, … 10; got '11'"),
        ({"data": "x" * 99}, "'data' must be one of sine, real; got '" + "x" * 60 + "'"),
        ({"lamb": 1}, "'toy' has no control 'lamb'; did you mean 'lam'?"),
        ({"zzz": 1}, "'toy' has no control 'zzz'; it takes lam, data, pull, seed, committed"),
    ],
)
def test_a_wrong_parameter_is_answered_with_the_right_ones(given_, said):
    """The reader of an error learns what would have been taken."""
    with pytest.raises(ParamError) as caught:
        widget().params(given_)
    assert str(caught.value) == said


def test_shown_names_only_what_differs():
    """A link is as short as it can be."""
    toy = widget()
    assert toy.shown(toy.params({})) == ""
    assert toy.shown(toy.params({"pull": True, "lam": "0"})) == "lam=0&pull=on"


@given(data=st.data())
def test_shown_leads_back_to_the_same_parameters(data):
    """What the page writes into its link is what it reads from it."""
    toy = l2widgets.load(data.draw(st.sampled_from(l2widgets.names())))
    params = {c.name: data.draw(st.sampled_from(c.stops)).value for c in toy.controls}
    query = dict(part.split("=") for part in toy.shown(params).split("&") if part)
    assert toy.params(query) == params


def test_a_commit_has_the_stops_of_its_slider():
    """A reader can commit to every λ, and to none."""
    assert [stop.value for stop in widget()["committed"].stops] == [None, *range(11)]


def test_a_linked_slider_follows_until_it_is_moved():
    """It has all of its stops and one more, at which it has no value; a link names it only when it has one."""
    toy = widget(slider(), second())
    assert [stop.value for stop in toy["t"].stops] == [None, *range(11)]
    assert toy["t"].start is NOT_YET
    assert toy.params({"t": "4"}) == {"lam": 3, "t": 4}
    assert toy.shown(toy.params({"lam": 5})) == "lam=5"
    assert toy.shown(toy.params({"t": 4})) == "t=4"


def test_linked_sliders_stand_at_the_nearest_stop():
    """Both are told where they stand, and what of: in a stop's own words where there is one."""
    toy = widget(slider(stops=STRENGTHS, default=0), second())
    assert toy.linked(lam=0.01, t=4) == {
        "lam": (STRENGTHS.index(toy["lam"].stop("0.01")), "0.01"),
        "t": (5, "4"),
    }
    assert toy.linked(lam=1.01e-5, t=3.1416) == {"lam": (31, "1.01 × 10⁻⁵"), "t": (4, "3.14")}
    assert toy.linked(lam=1e6, t=0) == {"lam": (101, "1.00 × 10⁶"), "t": (1, "0")}
    assert toy.linked(t=1e-9) == {"t": (1, "1.00 × 10⁻⁹")}


def test_limits_are_the_last_positions_within_the_bound():
    """A slider that another one limits ends at the last stop that does not exceed it."""
    toy = widget(slider("steps", stops=listed_stops(2, 5, 9), default=2), slider("step", limit="steps"))
    assert toy.limits(toy["step"]) == [2, 5, 9]


TYPED = slider(stops=STRENGTHS, default=0, typed=True)


@pytest.mark.parametrize(
    ("given_", "stop"),
    [
        ("0.0137", Stop(0.0137, "0.0137", "0.0137")),
        (0.0137, Stop(0.0137, "0.0137", "0.0137")),
        ("0.013700", Stop(0.0137, "0.0137", "0.0137")),
        ("1.7e-7", Stop(1.7e-7, "1.7e-7", "1.7 × 10⁻⁷")),
        ("0.00000017", Stop(1.7e-7, "1.7e-7", "1.7 × 10⁻⁷")),
        ("0.0100", Stop(0.01, "0.01", "0.01")),
        ("99.999999", Stop(99.999999, "99.999999", "99.999999")),
        ("0", Stop(0, "0", "0")),
    ],
)
def test_a_number_can_be_typed(given_, stop):
    """What is typed between two stops is a stop of its own; what is a stop's value is that stop."""
    assert TYPED.stop(given_) == stop
    assert widget(TYPED).shown({"lam": TYPED.stop(given_).value}) == (
        "" if stop.value == 0 else f"lam={stop.text}"
    )


@pytest.mark.parametrize(
    "given_",
    ["101", "8e-9", "-1", "nan", "inf", "1e999", "1_0", " 1", "", "abc", True, None, 0.9e-8, [1]],
)
def test_what_cannot_be_typed_is_answered_with_what_can(given_):
    """Outside of the stops, and between an exact 0 and the next, there is nothing."""
    with pytest.raises(ParamError) as caught:
        TYPED.stop(given_)
    assert str(caught.value) == f"'lam' must be a number from 1e-8 to 100, or 0; got {str(given_)!r}"


def test_only_whole_numbers_are_typed_among_whole_numbers():
    """There is no half of a training point."""
    n = slider("n", stops=listed_stops(10, 20, 50), default=10, typed=True)
    assert n.stop("37") == Stop(37, "37", "37")
    assert isinstance(n.stop("37").value, int)
    with pytest.raises(ParamError, match=r"'n' must be a whole number from 10 to 50; got '37\.5'"):
        n.stop("37.5")


def test_an_unknown_widget_is_answered_with_the_known_ones():
    """So is a name that no module has."""
    with pytest.raises(ParamError, match=r"there is no widget 'nope'; the widgets are .*lambda_sweep"):
        l2widgets.load("nope")
