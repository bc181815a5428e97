"""A figure that goes on by itself: it runs while all others answer, takes new settings as it goes, and never piles up.

What the page does is compared with the same slices, computed by this Python: the readouts say how far it has come.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

import l2widgets
from tests.e2e.conftest import VIEWPORT, find_places
from tests.e2e.figure import BOOT, Figure
from tests.e2e.test_drawing import AFRESH, SAID, SNAPSHOT

TRAINED = 4000
"""Steps of the network that the page comes with."""
RUN = "simulation"
"""What stands for a control's name in the row of its buttons."""

LISTEN = """
    window.course = { asked: [], ahead: 0, sent: 0, heard: 0, drawn: 0 };
    window.Worker = class extends Worker {
      constructor(...given) {
        super(...given);
        this.addEventListener("message", ({ data }) => {
          if (data.includes('"simulation"')) course.heard += 1;
        });
      }
      postMessage(text) {
        const request = JSON.parse(text);
        if (request.from) {
          course.sent += 1;
          course.asked.push([request.params.lam, request.from.slices, request.from.state === undefined]);
          course.ahead = Math.max(course.ahead, course.sent - course.drawn);
        }
        super.postMessage(text);
      }
    };
    const mark = performance.mark.bind(performance);
    performance.mark = (name, options) => {
      if (name === "l2:drawn" && options.detail.widget === "network") course.drawn += 1;
      return mark(name, options);
    };
"""
"""Writes down what the page asks of the simulation, and how far asking runs ahead of drawing."""


@pytest.fixture
def open_network(open_figure):
    """Open the network's page, with Python running."""

    def open_it(query="", **options):
        figure = open_figure("network", query, prepare=lambda page: page.add_init_script(LISTEN), **options)
        figure.start_python()
        return figure

    return open_it


@pytest.fixture(scope="module")
def lasting(browser, site, places, watch):
    """The network on a page that several tests share, with Python running."""
    context = watch.over(browser.new_context(viewport=VIEWPORT, service_workers="block"))
    page = context.new_page()
    page.add_init_script(LISTEN)
    page.goto(site + places["network"])
    figure = Figure(page, "network")
    figure.start_python()
    yield figure
    context.close()


@pytest.fixture
def figure(lasting):
    """The network as it stands at first, and nothing written down yet."""
    lasting.page.bring_to_front()
    lasting.root.scroll_into_view_if_needed()
    speed(lasting, "normal")
    lasting.start_over()
    lasting.expect_shown()
    lasting.expect_paused(RUN)
    expect_steps(lasting, TRAINED)
    lasting.page.wait_for_function("() => course.sent === course.heard")
    lasting.page.evaluate(
        "() => { Object.assign(course, { asked: [], ahead: 0, sent: 0, heard: 0, drawn: 0 }); }"
    )
    return lasting


def steps_of(figure):
    """Return the locator of the number of steps."""
    return figure.root.locator('[data-readout="steps"] dd')


def steps(figure):
    """Return the number of steps on the screen."""
    return int(steps_of(figure).text_content().replace(",", ""))


def expect_steps(figure, number):
    """So many steps are on the screen."""
    expect(steps_of(figure)).to_have_text(f"{number:,}")


def expect_more_than(figure, number):
    """More steps are on the screen."""
    figure.page.wait_for_function(
        "([element, than]) => Number(element.textContent.replace(',', '')) > than",
        arg=[steps_of(figure).element_handle(), number],
    )


def pause(figure):
    """Pause, and wait until what was on its way has come."""
    figure.play(RUN)
    figure.expect_paused(RUN)
    figure.page.wait_for_function("() => course.sent === course.heard")


def from_the_start(figure):
    """Click the button that begins anew, and wait until that is on the screen, in the place of the trained network."""
    figure.root.locator("[data-anew]").click()
    figure.page.wait_for_function(
        "([element, trained]) => Number(element.textContent.replace(',', '')) < trained",
        arg=[steps_of(figure).element_handle(), TRAINED],
    )


def speed(figure, name):
    """Choose how fast it runs."""
    figure.root.locator("[data-speed]").select_option(name)


def computed(course, params=None):
    """Return the figure after a course of (λ, slices, from the beginning), and the state that the page began with."""
    state = l2widgets.render("network", {})["simulation"]["state"]
    rendered = None
    for lam, slices, anew in course:
        given = {**(params or {}), "lam": lam}
        rendered = l2widgets.advance("network", given, None if anew else state, slices)
        state = rendered["simulation"]["state"]
    return rendered


def expect_computed(figure, params=None):
    """All that is said is what the same course gives in this Python."""
    rendered = computed(figure.page.evaluate("course.asked"), params)
    figure.expect_words(rendered)


def test_the_first_figure_is_trained(figure):
    """The reader meets a network that has learnt, at rest, and can go on from there."""
    expected = l2widgets.render("network", {})
    figure.expect_words(expected)
    figure.expect_paused(RUN)
    at = steps(figure)

    figure.play(RUN)

    figure.expect_playing(RUN)
    expect_more_than(figure, at)
    pause(figure)
    expect_computed(figure)


def test_it_trains_while_other_figures_answer(new_page, site):
    """On the page of the whole article, another figure's slider is answered while the network trains."""
    page = new_page()
    page.goto(site)
    network, other = Figure(page, "network"), Figure(page, "weight_decay")
    other.start_python()
    network.start_python()
    network.play(RUN)
    expect_more_than(network, steps(network))
    network.expect_playing(RUN)

    # The other figure's own slider, moved by its script so that the network stays on the screen.
    for text in ("0.1", "1", "0.001"):
        index = [stop[0] for stop in other.controls["lam"]["stops"]].index(text)
        other.input("lam").evaluate(
            "(input, at) => { input.valueAsNumber = at; input.dispatchEvent(new Event('input', { bubbles: true })); }",
            index,
        )
        other.expect_shown(lam=text)

    network.expect_playing(RUN)
    expect_more_than(network, steps(network))


def test_lambda_is_taken_while_it_trains(figure):
    """The steps count on, no step is taken twice, and the weights are those of the same course of λ."""
    from_the_start(figure)
    expect_more_than(figure, 100)
    figure.set("lam", "0.05")
    figure.expect_shown(lam="0.05")
    expect_more_than(figure, 200)
    figure.set("lam", "0")
    figure.expect_shown(lam="0")
    expect_more_than(figure, 300)
    pause(figure)

    asked = figure.page.evaluate("course.asked")
    assert [anew for _, _, anew in asked].count(True) == 1
    assert len({lam for lam, slices, _ in asked if slices}) == 3
    begun = next(i for i, (_, _, anew) in enumerate(asked) if anew)
    expect_steps(figure, 20 * sum(slices for _, slices, _ in asked[begun:]))
    expect_computed(figure)


def test_a_moved_control_does_not_wait_for_the_beat(open_network):
    """The first step with a new λ is asked for at once: at rest, between two steps, and when one is on its way."""
    figure = open_network()
    figure.page.evaluate("() => { window.requestAnimationFrame = () => 1; }")

    for lam in ("0.05", "0.1"):
        figure.set("lam", lam)
        figure.expect_shown(lam=lam)
        figure.expect_playing(RUN)
    figure.drag("lam")
    figure.expect_shown(lam="1")


def test_moving_lambda_at_rest_trains_on(figure):
    """What stands still goes on when the price changes, until it rests again and says so."""
    figure.set("lam", "0.2")

    figure.expect_shown(lam="0.2")
    figure.expect_paused(RUN)  # so dear that it is over soon
    figure.expect_summary(re.compile("all weights are nearly zero"))
    figure.expect_heard(re.compile("all weights are nearly zero"))
    expect_computed(figure)


def test_play_at_rest_begins_anew(open_network):
    """As with every slider that plays, the end is followed by the beginning."""
    figure = open_network("?network.n=30&network.lam=1")
    figure.play(RUN)
    expect_more_than(figure, 0)
    figure.expect_paused(RUN)
    end = steps(figure)

    figure.play(RUN)
    figure.expect_paused(RUN)
    expect_steps(figure, end)
    assert [anew for _, _, anew in figure.page.evaluate("course.asked")].count(True) >= 2


def test_pause_step_and_back(figure):
    """A pause holds; the buttons go one slice on and back, and back again is the very state that was there."""
    from_the_start(figure)
    expect_more_than(figure, 60)
    pause(figure)
    at = steps(figure)
    words = figure.root.locator("[data-summary]").text_content()

    figure.step(RUN, 1)
    expect_steps(figure, at + 20)
    figure.step(RUN, 1)
    expect_steps(figure, at + 40)
    figure.step(RUN, -1)
    expect_steps(figure, at + 20)
    figure.step(RUN, -1)
    expect_steps(figure, at)
    figure.expect_summary(words)
    figure.expect_heard(re.compile(rf"^{re.escape(words)}\s?$"))
    figure.expect_paused(RUN)


def test_back_ends_where_it_began(figure):
    """Before the first state there is none, and the page says so."""
    figure.step(RUN, -1)
    figure.expect_status("This is as far back as it goes.")
    figure.step(RUN, 1)
    expect_steps(figure, 4020)
    figure.step(RUN, -1)
    expect_steps(figure, 4000)


def test_a_reader_s_pause_is_kept(figure):
    """Who has paused sees what λ does to the losses, and the network waits."""
    from_the_start(figure)
    expect_more_than(figure, 60)
    pause(figure)
    at = steps(figure)

    figure.set("lam", "0.1")

    figure.expect_shown(lam="0.1")
    expect_steps(figure, at)
    figure.expect_paused(RUN)


def test_fast_is_the_same_course(figure):
    """Four slices a frame lead to the same weights as one."""
    speed(figure, "fast")
    from_the_start(figure)
    expect_more_than(figure, 200)
    pause(figure)
    assert {slices for _, slices, _ in figure.page.evaluate("course.asked")} >= {4}
    expect_computed(figure)


def test_the_same_start_unless_reseeded(figure):
    """From the start, the same weights; with another seed, others, and the data stay."""
    from_the_start(figure)
    pause_at_once(figure)
    figure.expect_words(l2widgets.advance("network", {}, None, steps(figure) // 20))
    figure.next_seed("start")
    figure.expect_shown(start="2")
    pause_at_once(figure)
    figure.expect_words(l2widgets.advance("network", {"start": 2}, None, steps(figure) // 20))


def pause_at_once(figure):
    """Pause what has just begun."""
    figure.expect_playing(RUN)
    pause(figure)


def test_other_data_begin_anew_and_start_over_returns(figure):
    """New points are learnt from the first step; one click brings back what was there at first."""
    figure.set("data", "moons")
    figure.expect_shown(data="moons")
    expect_more_than(figure, 0)
    figure.start_over()
    figure.expect_shown()
    figure.expect_paused(RUN)
    figure.expect_words(l2widgets.render("network", {}))


def test_it_pauses_off_the_screen(figure):
    """Nobody watches, nothing runs."""
    from_the_start(figure)
    figure.expect_playing(RUN)

    figure.page.evaluate("scrollTo(0, document.body.scrollHeight)")
    if figure.root.evaluate("(e) => e.getBoundingClientRect().bottom > 0"):
        figure.page.evaluate("scrollTo(0, 0)")

    figure.expect_paused(RUN)
    figure.page.wait_for_function("() => course.sent === course.heard")


def test_a_hidden_page_waits(open_network):
    """A browser stops the clock of a page in the background, and the course follows that clock but for its start."""
    figure = open_network()
    figure.page.evaluate("window.requestAnimationFrame = () => 1")
    from_the_start(figure)
    figure.expect_playing(RUN)
    expect_steps(figure, 20)
    figure.step(RUN, 1)
    expect_steps(figure, 40)
    figure.expect_paused(RUN)


def test_nothing_piles_up(figure):
    """However the reader moves λ while it trains, no more than one frame is asked for that is not drawn yet."""
    from_the_start(figure)
    expect_more_than(figure, 60)
    pause(figure)
    figure.expect_state("ready")
    figure.page.evaluate("Object.assign(course, { ahead: 0, sent: 0, heard: 0, drawn: 0 })")
    figure.play(RUN)
    figure.focus("lam")
    for _ in range(3):
        figure.press("ArrowLeft", "ArrowLeft", "ArrowRight", "ArrowLeft")
        expect_more_than(figure, steps(figure))
    figure.expect_playing(RUN)
    pause(figure)
    assert figure.page.evaluate("course.ahead") == 1
    assert figure.page.evaluate("course.sent") >= 3


def test_reduced_motion_starts_paused(open_network):
    """Nothing moves by itself: λ is shown at once, and training waits for the reader."""
    figure = open_network(reduced_motion="reduce")
    figure.set("lam", "0.1")
    figure.expect_shown(lam="0.1")
    expect_steps(figure, 4000)
    figure.set("data", "xor")
    figure.expect_shown(lam="0.1", data="xor")
    expect_steps(figure, 0)
    figure.expect_paused(RUN)

    figure.play(RUN)
    expect_more_than(figure, 0)


def test_a_link_sets_the_controls(open_network):
    """A link to other data begins before the first step; one to another λ has the network that the page came with."""
    figure = open_network("?network.data=spiral&network.size=large")
    figure.expect_shown(data="spiral", size="large")
    figure.expect_words(l2widgets.advance("network", {"data": "spiral", "size": "large"}, None, 0))


def test_a_frame_looks_like_a_new_drawing(figure):
    """What the page's short way has drawn after some frames, Plotly would draw from nothing."""
    from_the_start(figure)
    expect_more_than(figure, 200)
    pause(figure)
    box = figure.root.locator("[data-live]")
    shown = box.evaluate(SNAPSHOT)
    afresh = box.evaluate(AFRESH.replace("SAID", SAID), 0.5)
    assert shown == afresh["snapshot"]
    assert afresh["said"][0] == afresh["said"][1]


def test_a_worker_that_dies_is_replaced(new_page, brief_answers, trial_sites):
    """Another Python goes on where the one before it was, and the page has said why it waited."""
    page = new_page()
    page.add_init_script(LISTEN)
    page.goto(trial_sites[1] + find_places(brief_answers)["network"])
    figure = Figure(page, "network")
    figure.start_python()
    from_the_start(figure)
    expect_more_than(figure, 60)

    page.workers[0].evaluate("close()")

    figure.expect_status(
        "Python did not answer within 3 seconds, so it is started again. The figure then goes on where it was.",
        within=BOOT,
    )
    at = steps(figure)
    expect_more_than(figure, at)
    figure.expect_no_status()
    figure.play(RUN)
    figure.expect_paused(RUN)
    asked = page.evaluate("course.asked")
    assert [anew for _, _, anew in asked].count(True) == 1
