"""The first slider answers before Python does, and nobody sees when Python takes over."""

from __future__ import annotations

import itertools
import math
import re

import pytest
from playwright.sync_api import expect

import l2widgets
from tests.e2e.figure import BOOT

RUNTIME = re.compile(r"/runtime/")
FRAME = "() => new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)))"
MANY = 1000
"""Frames until what does not happen is missed."""
FRAMES = re.compile(r"/figures/\w+\.frames\.")
BROKEN = "Failed to load resource|net::ERR"
"""What the browser itself writes on the console when a request fails."""


def first(name):
    """Return the name of a widget's first slider, and the texts of some of its stops."""
    slider = next(control for control in l2widgets.load(name).controls if control.kind == "slider")
    texts = [stop.text for stop in slider.stops if stop is not slider.start]
    return slider.name, [texts[0], texts[len(texts) // 2], texts[-1]]


def watch_shown(figure):
    """Let the page write down every figure that it shows."""
    figure.root.evaluate(
        "(figure) => { window.shown = []; new MutationObserver(() => shown.push(figure.dataset.shown))"
        ".observe(figure, { attributeFilter: ['data-shown'] }); }"
    )


FRAMED = [name for name in l2widgets.names() if not l2widgets.load(name).simulation]
"""The figures whose first slider has frames: all but those that go on by themselves."""
SOME = ("bayes", "geometry", "lambda_sweep", "penalty", "translator")
"""Those that `make test` tries: bands, linked sliders, many curves, bars, and numbers that can be typed."""


DRAWN = """(figure) => [...figure.querySelectorAll(":is(.scatterlayer, .barlayer) :is(path, text)")].map((part) => {
  const { e, f } = part.getCTM();
  const numbers = (part.getAttribute("d") ?? "").match(/-?[\\d.]+(?:e-?\\d+)?/g)?.map(Number) ?? [];
  const curve = part.matches(".js-line, .js-fill");
  const at = curve ? numbers : [0, 0];
  const points = [];
  for (let i = 0; i + 1 < at.length; i += 2) points.push([at[i] + e, at[i + 1] + f]);
  return { what: part.getAttribute("class") + (part.tagName === "text" ? part.textContent : ""), points };
})"""
"""Everything that moves in a plot: what it is, and where its corners are, in pixels."""


SEEN = 0.8
"""Pixels. Of a line, Plotly itself leaves out the corners that are within three quarters of a pixel of it."""


def off(point, corners):
    """Return how far a point is from the line through these corners."""
    x, y = point
    distances = [math.hypot(x - u, y - v) for u, v in corners]
    for (a, b), (c, d) in itertools.pairwise(corners):
        length = (c - a) ** 2 + (d - b) ** 2
        share = max(0.0, min(1.0, ((x - a) * (c - a) + (y - b) * (d - b)) / length)) if length else 0.0
        distances.append(math.hypot(x - a - share * (c - a), y - b - share * (d - b)))
    return min(distances)


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[] if name in SOME else [pytest.mark.whole]) for name in FRAMED]
)
def test_the_first_slider_does_not_wait_for_python(open_figure, hold, name):
    """While Python's files are held back, its figures, their words and a second name of it are there.

    Then Python takes over: it draws every curve, point and label where the frame had it, as far as it is seen.
    """
    held = hold(RUNTIME)
    figure = open_figure(name, prepare=held.on)
    figure.approach()
    control, texts = first(name)
    figure.set(control, texts[0])
    figure.expect_shown_early(**{control: texts[0]})
    figure.root.locator("[data-status]").evaluate(
        "(status) => { window.waits = 0; new MutationObserver(() => { waits += !status.hidden; })"
        ".observe(status, { attributeFilter: ['hidden'] }); }"
    )

    for text in reversed(texts):
        figure.set(control, text)
        figure.expect_shown_early(**{control: text})
        rendered = l2widgets.render(name, {control: text})
        figure.expect_words(rendered)
        for linked, (_, label) in rendered.get("linked", {}).items():
            figure.expect_value(linked, label)
    figure.start_over()
    figure.expect_shown_early()
    figure.expect_words(l2widgets.render(name, {}))
    figure.set(control, texts[1])
    figure.expect_shown_early(**{control: texts[1]})
    assert figure.page.evaluate("waits") == 0
    before = figure.root.evaluate(DRAWN)

    held.let_go(figure.page)
    figure.expect_shown(**{control: texts[1]})
    figure.expect_words(l2widgets.render(name, {control: texts[1]}))
    expect_drawn_alike(before, figure.root.evaluate(DRAWN))


def expect_drawn_alike(before, after):
    """Nobody could tell two drawings apart."""
    assert len(before) > 5
    assert [part["what"] for part in before] == [part["what"] for part in after]
    for old, new in zip(before, after, strict=True):
        for one, other in ((old, new), (new, old)):
            seen = [(x, y) for x, y in one["points"] if 0 <= x <= 900 and 0 <= y <= 320]
            away = [(point, off(point, other["points"])) for point in seen]
            assert all(distance < SEEN for _, distance in away), (
                one["what"],
                max(away, key=lambda one: one[1]),
            )


def test_what_the_build_has_drawn_is_not_drawn_again(open_figure, hold):
    """Python's first answer, which differs from the build's by roundings at most, leaves the drawing as it is."""
    held = hold(RUNTIME)
    figure = open_figure("lambda_sweep", prepare=held.on)
    figure.approach()
    figure.root.evaluate(
        "(figure) => { window.drawn = 0; new MutationObserver((list) => { drawn += list.length; })"
        ".observe(figure.querySelector('.plot-live'), { attributes: true, childList: true, subtree: true }); }"
    )
    held.let_go(figure.page)
    figure.start_python()
    assert figure.page.evaluate("drawn") == 0


def test_other_controls_wait_and_say_so(open_figure, hold):
    """What only Python knows is waited for; back at the start there is nothing to wait for."""
    held = hold(RUNTIME)
    figure = open_figure("weight_decay", prepare=held.on)
    figure.approach()

    figure.set("lr", "1")
    figure.expect_state("busy")
    figure.expect_status(re.compile("Downloading Python"))
    figure.start_over()
    figure.expect_shown_early()

    figure.set("lam", "1")
    figure.set("lr", "1")
    figure.expect_state("busy")
    held.let_go(figure.page)
    figure.expect_shown(lam="1", lr="1")


def test_a_link_to_a_stop_needs_no_python(open_figure):
    """Where bytes are dear, the figure of a link that moves the first slider alone is there, and Python is not."""
    asked = []

    def save(page):
        page.add_init_script("Object.defineProperty(navigator, 'connection', { value: { saveData: true } })")
        page.on("request", lambda request: RUNTIME.search(request.url) and asked.append(request.url))

    figure = open_figure("weight_decay", "?weight_decay.lam=1", prepare=save)
    figure.root.scroll_into_view_if_needed()
    figure.expect_live()

    figure.expect_shown_early(lam="1")
    figure.expect_words(l2widgets.render("weight_decay", {"lam": 1}))
    assert figure.page.workers == []
    assert asked == []


def test_an_older_answer_does_not_come_between(open_figure):
    """What Python was asked before is not shown when a frame has already shown what came after."""
    figure = open_figure(
        "weight_decay",
        prepare=lambda page: page.add_init_script(
            """
            const { postMessage } = Worker.prototype;
            const held = [];
            let open = false;
            let heldBack;
            window.asked = new Promise((resolve) => { heldBack = resolve; });
            Worker.prototype.postMessage = function (message) {
              if (open || !message.includes('"type":"run"')) postMessage.call(this, message);
              else heldBack(held.push(() => postMessage.call(this, message)));
            };
            window.letGo = () => { open = true; for (const send of held) send(); };
            """
        ),
    )
    figure.approach()
    figure.root.locator("[data-reset]").focus()
    figure.page.evaluate("asked")  # Python is there, and has not been heard on the start

    watch_shown(figure)
    figure.set("lam", "1")
    figure.expect_shown_early(lam="1")
    figure.page.evaluate("letGo()")
    figure.expect_shown(lam="1")
    assert figure.page.evaluate("new Set(shown).size") == 1


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 404, "body": "none"},
        {"status": 200, "body": "<html>"},
        {"status": 200, "body": '{"changes":[{"places":[],"at":[0],"values":[]}]}'},
    ],
    ids=["missing", "no JSON", "another shape"],
)
def test_without_frames_python_answers(open_figure, watch, answer):
    """A file that is damaged for good costs nothing but the wait."""
    asked = []

    def damage(page):
        page.route(FRAMES, lambda route: asked.append(route.request.url) or route.fulfill(**answer))

    watch.forgive(BROKEN)
    figure = open_figure("weight_decay", "?weight_decay.lam=1", prepare=damage)
    figure.root.scroll_into_view_if_needed()
    figure.expect_shown(lam="1")
    figure.set("lam", "100")
    figure.expect_shown(lam="100")
    for _ in range(MANY):  # Python may have been quicker than the third try
        if len(asked) == 3:
            break
        figure.page.evaluate(FRAME)
    assert len(asked) == 3


def test_frames_that_never_come_hold_nothing_up(open_figure, hold):
    """The first slider then waits for Python, which starts at the first touch."""
    held = hold(FRAMES)
    figure = open_figure("weight_decay", prepare=held.on)
    figure.approach()
    figure.set("lam", "100")
    figure.expect_shown(lam="100")
    held.let_go(figure.page)


def test_damaged_frames_are_fetched_again(open_figure, hold):
    """What the browser kept of a damaged answer is passed over once."""
    asked = []

    def damage_once(page):
        def answer(route):
            asked.append(route.request.url)
            if len(asked) == 1:
                route.fulfill(status=200, body="{")
            else:
                route.continue_()

        page.route(FRAMES, answer)
        held.on(page)

    held = hold(RUNTIME)
    figure = open_figure("weight_decay", prepare=damage_once)
    figure.approach()
    figure.set("lam", "100")
    figure.expect_shown_early(lam="100")
    assert len(asked) == 2


def test_when_python_failed_the_first_slider_goes_on(open_figure, watch):
    """The failure is said and stays said; the slider answers, and asks nobody again; other controls do."""
    asked = []

    def refuse(page):
        page.route(RUNTIME, lambda route: asked.append(route.request.url) or route.fulfill(status=404))

    watch.forgive(BROKEN)
    figure = open_figure("weight_decay", prepare=refuse)
    figure.approach()
    figure.set("lam", "1")
    figure.expect_state("error", within=20_000)
    figure.expect_words(l2widgets.render("weight_decay", {"lam": 1}))
    asked.clear()

    figure.set("lam", "100")
    expect(figure.root).to_have_attribute("data-shown", "lam=100")
    figure.expect_words(l2widgets.render("weight_decay", {"lam": 100}))
    figure.expect_state("error")
    figure.expect_status(re.compile("the server answered 404"))
    assert asked == []

    figure.set("lr", "1")
    figure.expect_state("error", within=20_000)
    assert asked != []
    figure.page.unroute(RUNTIME)
    figure.try_again()
    figure.expect_shown(lam="100", lr="1")
    figure.expect_no_status()


def test_a_first_slider_plays_without_python(open_figure, hold):
    """From frame to frame, to its end."""
    button = '<button type="button" data-play aria-pressed="false" aria-label="Play"></button>'
    held = hold(RUNTIME)

    def give_a_button(page):
        def answer(route):
            response = route.fetch()
            lam = '<input type="range" id="weight_decay.lam"'
            route.fulfill(response=response, body=response.text().replace(lam, button + lam, 1))

        page.route("**/weight-decay/", answer)
        held.on(page)

    figure = open_figure("weight_decay", prepare=give_a_button)
    figure.approach()
    texts = [stop[0] for stop in figure.controls["lam"]["stops"]]
    figure.set("lam", texts[-6])
    figure.expect_shown_early(lam=texts[-6])
    watch_shown(figure)

    figure.play("lam")

    figure.expect_shown_early(lam=texts[-1])
    figure.expect_paused("lam")
    assert figure.page.evaluate("shown") == [f"lam={text}" for text in texts[-5:]]


def test_another_slider_does_not_play_without_python(open_figure, hold):
    """It waits for Python, then it runs."""
    held = hold(RUNTIME)
    figure = open_figure("weight_decay", prepare=held.on)
    figure.approach()
    figure.play("step")
    figure.expect_playing("step")
    figure.page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    figure.expect_shown_early()

    held.let_go(figure.page)
    expect(figure.root).to_have_attribute("data-shown", re.compile("step="), timeout=BOOT)
    figure.play("step")
    figure.expect_paused("step")


def test_a_quick_hand_is_answered_before_most_of_python_is_fetched(open_figure, hold):
    """A slider that is moved while the page loads lets what draws it go first: the line has room for little else."""
    asked = []
    plotly = hold(re.compile(r"/plotly\.\w+\.js"))

    def be_quick(page):
        page.add_init_script(
            """
            const observer = new MutationObserver(() => {
              const slider = document.querySelector("[data-controls]:enabled input[type=range]");
              if (!slider) return;
              observer.disconnect();
              slider.value = slider.max;
              slider.dispatchEvent(new Event("input", { bubbles: true }));
            });
            observer.observe(document, { subtree: true, childList: true, attributeFilter: ["disabled"] });
            """
        )
        plotly.on(page)
        python = re.compile(r"/runtime/\w+/(?!pyodide\.asm\.wasm)")
        page.on("request", lambda request: python.search(request.url) and asked.append(request.url))

    figure = open_figure("weight_decay", prepare=be_quick)
    figure.expect_state("busy")
    figure.expect_no_status()
    assert asked == []

    plotly.let_go(figure.page)
    figure.expect_shown(lam="100")
    assert asked != []
