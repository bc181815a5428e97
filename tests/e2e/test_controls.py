"""Every control of every figure moves its figure, and nothing else has to be written for a new widget."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

import l2widgets
from tests.e2e.figure import limits, meaningful

CONTROLS = [  # of a reader's own table, test_own_table.py
    (name, control.name)
    for name in l2widgets.names()
    for control in l2widgets.load(name).controls
    if control.kind != "own"
]
PRESETS = [
    pytest.param(name, i, marks=[pytest.mark.whole] if 0 < i < len(l2widgets.load(name).presets) - 1 else [])
    for name in l2widgets.names()
    for i in range(len(l2widgets.load(name).presets))
]
"""The first and the last of each figure; the whole is all of them."""
PLAYED = [
    (name, control.name)
    for name in l2widgets.names()
    for control in l2widgets.load(name).controls
    if getattr(control, "play", False)
]


def commits_of_one_bet(name, control):
    """Return the commits that are made by the buttons that make this one."""
    commits = [each for each in l2widgets.load(name).controls if each.kind == "commit"]
    (head,) = [each.joins or each.name for each in commits if each.name == control]
    return [each for each in commits if head in (each.name, each.joins)]


@pytest.mark.parametrize(("name", "control"), CONTROLS)
def test_every_control_moves_its_figure(figures, whole, name, control):
    """The ends of every control are drawn, and named in data-shown; or the middle and the ends' neighbours, too."""
    declared = l2widgets.load(name)[control]
    texts = [stop.text for stop in declared.stops if stop.text]

    alone = declared.kind != "commit" and not limits(name, control)
    figure = figures(name)
    between = [texts[len(texts) // 2], texts[1], texts[-2]] if whole else []
    for text in dict.fromkeys([texts[-1], texts[0], *between]):
        stops = meaningful(name, control) | {control: text}
        if not alone:  # others stay where this one has moved them
            figure = figures(name)
        for each, wanted in stops.items():
            figure.set(each, wanted)
        if declared.kind == "commit":  # to the stops of other controls, of which one has been moved there
            for each in commits_of_one_bet(name, control):
                stops[each.of] = text if each is declared else l2widgets.load(name)[each.of].start.text
                stops[each.name] = stops[each.of]
        figure.expect_shown(**stops)


@pytest.mark.parametrize(("name", "index"), PRESETS)
def test_every_preset(figures, name, index):
    """A preset sets the controls that it names and puts all others at their start."""
    figure = figures(name)
    widget = l2widgets.load(name)
    params = widget.presets[index].params

    figure.preset(index)

    figure.expect_shown(**{control: widget[control].stop(value).text for control, value in params.items()})


@pytest.mark.parametrize(("name", "control"), PLAYED)
def test_play_goes_to_the_end(figures, name, control):
    """A slider that plays stops at its end; the next play begins at its beginning, and can be paused."""
    figure = figures(name)
    texts = [stop[0] for stop in figure.controls[control]["stops"]]
    stops = meaningful(name, control) | {control: texts[-4]}
    for each, text in stops.items():
        figure.set(each, text)
    figure.expect_shown(**stops)

    figure.play(control)
    figure.expect_shown(**stops | {control: texts[-1]})
    figure.expect_paused(control)

    figure.play(control)
    figure.expect_playing(control)
    figure.play(control)
    figure.expect_paused(control)


def test_step_buttons(figures):
    """The buttons beside a slider go one stop on and back, and no further than its end."""
    figure = figures("lambda_sweep")
    texts = [stop[0] for stop in figure.controls["lam"]["stops"]]

    figure.set("lam", texts[1])
    figure.step("lam", -1)
    figure.expect_shown(lam=texts[0])
    figure.step("lam", -1)
    figure.step("lam", 1)
    figure.expect_shown(lam=texts[1])


def test_seed(figures):
    """A new sample is the next seed; any can be typed; after the last comes the first; others are refused."""
    figure = figures("lambda_sweep")
    figure.set("seed", "200")
    figure.expect_shown(seed="200")

    figure.next_seed("seed")
    figure.expect_shown(seed="1")

    figure.type("seed", "999")
    figure.expect_status("999 is no seed here; it takes whole numbers from 1 to 200.")
    figure.expect_shown(seed="1")


TYPED = [
    (name, control.name)
    for name in l2widgets.names()
    for control in l2widgets.load(name).controls
    if getattr(control, "typed", False)
]


def between(name, control):
    """Return a number between the two stops after a control's start, as it is written."""
    slider = l2widgets.load(name)[control]
    at = slider.index(slider.default)
    return slider.stop((slider.stops[at + 1].value + slider.stops[at + 2].value) / 2).text


@pytest.mark.parametrize(("name", "control"), TYPED)
def test_a_number_can_be_typed(figures, open_figure, name, control):
    """A number between two stops is drawn, by keyboard alone; it is in the link; the slider goes on from beside it."""
    figure = figures(name)
    text = between(name, control)
    slider = l2widgets.load(name)[control]

    figure.type_number(control, f" {text}0 " if "." in text else text)
    figure.press("Enter")

    figure.expect_typed(control, text)
    figure.expect_shown_number(control, text)
    figure.expect_words(l2widgets.render(name, {control: text}))
    expect(figure.input(control)).to_have_attribute("aria-valuetext", text)

    again = open_figure(name, f"?{name}.{control}={text}")
    again.root.scroll_into_view_if_needed()
    again.expect_shown_number(control, text)
    again.expect_typed(control, text)

    figure.focus(control)
    figure.press("ArrowRight")
    at = slider.index(slider.default)
    figure.expect_shown(**{control: slider.stops[at + 3].text})


@pytest.mark.parametrize(("name", "control"), TYPED)
def test_a_typed_number_that_is_a_stop_is_that_stop(figures, name, control):
    """There is one link for one figure, and frames can answer."""
    figure = figures(name)
    stop = l2widgets.load(name)[control].stops[-1]

    figure.type_number(control, f"{stop.value:.2e}")
    figure.press("Tab")

    figure.expect_shown(**{control: stop.text})
    figure.expect_typed(control, stop.text)


@pytest.mark.parametrize(("name", "control"), TYPED)
def test_what_is_no_number_is_said_and_kept(figures, whole, name, control):
    """What cannot be taken is said in a sentence that says what can; it stays to be mended, and so does the figure."""
    figure = figures(name)
    field = figure.typed(control)

    most = ("a few", "1e9", "1e-12", "NaN", "0x10") if whole or (name, control) == TYPED[0] else ()
    for words in ("1,000", "-1", "", *most):
        figure.type_number(control, words)
        figure.press("Enter")

        but = f", but not “{words}”" if words else ""
        sentence = re.compile(rf"This takes a (whole )?number from \S+ to \d+(, or 0)?{re.escape(but)}\.$")
        figure.expect_status(sentence)
        figure.expect_heard(sentence)
        expect(field).to_have_value(words)
        expect(field).to_have_attribute("aria-invalid", "true")
        figure.expect_shown()

    figure.type_number(control, l2widgets.load(name)[control].stops[-2].text)
    figure.press("Enter")
    figure.expect_no_status()
    expect(field).not_to_have_attribute("aria-invalid", "true")
    figure.expect_shown(**{control: l2widgets.load(name)[control].stops[-2].text})


def test_a_link_with_a_number_out_of_reach(open_figure):
    """It is told what the figure takes."""
    figure = open_figure("translator", "?translator.value=5000")
    figure.expect_status(
        "The link asks for value = 5000, which this figure does not have; it takes a number from 1e-6 to 1000, or 0."
    )


def test_a_control_that_means_nothing_is_hidden(figures):
    """Real data have no noise to set."""
    figure = figures("lambda_sweep")
    expect(figure.input("noise")).to_be_visible()

    figure.set("data", "penguins")

    figure.expect_shown(data="penguins")
    expect(figure.input("noise")).to_be_hidden()


def test_a_commitment_can_be_taken_back(figures):
    """The keyboard's focus goes from the button that goes away to the one that takes its place."""
    figure = figures("lambda_sweep")
    control = next(name for name, spec in figure.controls.items() if spec["kind"] == "commit")
    button = figure.root.locator(f"[data-control={control}] button:visible")

    figure.set("lam", "0.01")
    button.focus()
    figure.press("Enter")
    figure.expect_shown(**{"lam": "0.01", control: "0.01"})

    expect(button).to_be_focused()
    figure.press("Enter")
    figure.expect_shown(lam="0.01")


def test_a_bet_on_two_controls(figures):
    """One button commits to where both stand, and the mark stays there while they go on; one takes both back."""
    figure = figures("gradient")
    figure.set("w1", "2")
    figure.set("w2", "1")
    figure.commit("bet1")
    figure.expect_shown(w1="2", w2="1", bet1="2", bet2="1")
    expect(figure.input("pulls")).to_be_hidden()

    figure.set("w1", "3")
    figure.expect_shown(w1="3", w2="1", bet1="2", bet2="1")

    figure.set("bet1", "")
    figure.expect_shown(w1="3", w2="1")
    expect(figure.input("pulls")).to_be_visible()


LINKED = [
    (name, control.link, control.name)
    for name in l2widgets.names()
    for control in l2widgets.load(name).controls
    if getattr(control, "link", "")
]
"""Each widget with two sliders that are two names of one quantity: the first name, then the second."""


def expect_linked(figure, **moved):
    """The figure is drawn for the one slider that was moved, and both say where it says that they stand."""
    figure.expect_shown(**moved)
    for control, (at, label) in l2widgets.render(figure.name, moved)["linked"].items():
        figure.expect_value(control, label)
        expect(figure.input(control)).to_have_value(str(at))


@pytest.mark.parametrize(("name", "first", "second"), LINKED)
def test_linked_sliders_by_mouse(figures, name, first, second):
    """Whichever is dragged, the other goes along; what is drawn is the last one that was moved."""
    figure = figures(name)
    ends = {control: l2widgets.load(name)[control].stops[-1].text for control in (first, second)}
    expect_linked(figure)

    figure.drag(second)
    expect_linked(figure, **{second: ends[second]})

    figure.drag(first)
    expect_linked(figure, **{first: ends[first]})


@pytest.mark.parametrize(("name", "first", "second"), LINKED)
def test_linked_sliders_by_keyboard(figures, name, first, second):
    """An arrow key, or a button, moves a slider on from where it is seen to stand, and not from where it was left."""
    figure = figures(name)
    widget = l2widgets.load(name)
    texts = {control: [stop.text for stop in widget[control].stops] for control in (first, second)}
    moved = {second: texts[second][len(texts[second]) // 3]}
    figure.set(second, moved[second])
    expect_linked(figure, **moved)

    at, _ = l2widgets.render(name, moved)["linked"][first]
    figure.focus(first)
    figure.press("ArrowRight")
    moved = {first: texts[first][at + 1]}
    expect_linked(figure, **moved)

    at, _ = l2widgets.render(name, moved)["linked"][second]
    figure.step(second, -1)
    expect_linked(figure, **{second: texts[second][at - 1]})


@pytest.mark.parametrize(("name", "first", "second"), LINKED)
def test_a_linked_slider_ends_at_its_ends(figures, name, first, second):
    """Neither the keyboard nor a button leads before its first stop, where it would follow."""
    figure = figures(name)
    low = l2widgets.load(name)[second].stops[1].text
    figure.focus(second)
    figure.press("Home")
    expect_linked(figure, **{second: low})

    figure.step(second, -1)
    figure.press("ArrowLeft")

    expect_linked(figure, **{second: low})


@pytest.mark.parametrize(("name", "first", "second"), LINKED)
def test_one_of_two_linked_sliders_is_in_the_link(figures, open_figure, name, first, second):
    """The link names the one that was moved last, and shows the same figure on another page."""
    figure = figures(name)
    texts = {control: l2widgets.load(name)[control].stops[-3].text for control in (first, second)}
    figure.set(first, texts[first])
    expect(figure.page).to_have_url(re.compile(rf"\?{name}\.{first}={re.escape(texts[first])}$"))
    figure.set(second, texts[second])
    expect(figure.page).to_have_url(re.compile(rf"\?{name}\.{second}={re.escape(texts[second])}$"))

    again = open_figure(name, f"?{name}.{second}={texts[second]}")
    again.root.scroll_into_view_if_needed()
    expect_linked(again, **{second: texts[second]})

    both = open_figure(name, f"?{name}.{first}={texts[first]}&{name}.{second}={texts[second]}")
    both.root.scroll_into_view_if_needed()
    expect_linked(both, **{second: texts[second]})


HELD = [(name, i) for name in l2widgets.names() for i in range(len(l2widgets.load(name).held))]


@pytest.mark.parametrize(("name", "index"), HELD)
def test_a_mark_can_be_dragged(figures, name, index):
    """A mark that is dragged takes its sliders with it, and stays under the pointer as far as it may go there."""
    figure = figures(name)
    start, right, down = figure.mark(index), _across(name, index, 40), _inwards(name, index, 30)

    figure.drag_mark(index, right=40, down=down)

    figure.expect_mark(index, start[0] + right, start[1] + down)
    figure.expect_state("ready")


@pytest.mark.parametrize(("name", "index"), HELD)
def test_a_mark_comes_to_a_tap(figures, name, index):
    """Nobody has to drag: a tap beside a mark brings it there."""
    figure = figures(name)
    start, right, down = figure.mark(index), _across(name, index, 60), _inwards(name, index, 45)

    figure.tap_beside_mark(index, right=right, down=down)

    figure.expect_mark(index, start[0] + right, start[1] + down)


@pytest.mark.parametrize(("name", "index"), HELD)
def test_a_mark_follows_its_sliders(figures, name, index):
    """The sliders do the same by keyboard."""
    figure = figures(name)
    held = l2widgets.load(name).held[index]
    start = figure.mark(index)
    if held.picks:
        figure.set(held.x, "1")

    figure.focus(held.y)
    figure.press("ArrowUp")

    figure.expect_mark_moved(index, start)


def _across(name, index, pixels):
    """Return how far to the side a mark may be moved when it is pulled there: a bar, or one of several, is not."""
    held = l2widgets.load(name).held[index]
    return pixels if isinstance(held.x, str) and not held.picks else 0


def _inwards(name, index, pixels):
    """Return so many pixels down or up, to where the mark's slider has more stops."""
    widget = l2widgets.load(name)
    slider = widget[widget.held[index].y]
    return pixels if 2 * slider.index(slider.default) > len(slider.stops) - 1 else -pixels
