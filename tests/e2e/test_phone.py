"""On a phone, as far as Chromium can play one: a finger moves sliders, the page scrolls, and every word fits."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

import l2widgets
from tests.e2e.figure import Figure

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
SMALL = {"viewport": {"width": 320, "height": 568}, "is_mobile": True, "has_touch": True}

SMALL_TARGETS = """(least) => [...document.querySelectorAll(
    "button, input, select, textarea, summary, .choice, .toggle, .answer label, nav a, [data-held]")]
  .filter((target) => target.checkVisibility() && !target.matches(":is(.choice, .toggle, .answer) input"))
  .map((target) => [target.outerHTML.slice(0, 80), target.getBoundingClientRect()])
  .filter(([, { width, height }]) => Math.min(width, height) < least)
  .map(([target, { width, height }]) => `${target}: ${width} × ${height}`)"""
"""What a finger is asked to hit though it is narrower or lower than so many pixels; links in a text may be."""

POOR_WORDS = """(figure) => {
  const area = figure.querySelector("[data-live]").getBoundingClientRect();
  const words = [...figure.querySelectorAll(
      "[data-live] :is(.annotation-text, .xtick text, .ytick text, .legendtext)")]
    .map((word) => ({ text: word.textContent, box: word.getBoundingClientRect() }))
    .filter(({ box }) => box.width > 0);
  const cut = words.filter(({ box }) => box.left < area.left - 1 || box.right > area.right + 1
    || box.top < area.top - 1 || box.bottom > area.bottom + 1);
  const meet = (one, other) =>
    Math.min(one.right, other.right) - Math.max(one.left, other.left) > 1
    && Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > 3;
  const pairs = words.flatMap((one, order) => words.slice(order + 1)
    .filter((other) => meet(one.box, other.box)).map((other) => `${one.text} | ${other.text}`));
  return [...cut.map(({ text }) => `cut off: ${text}`), ...pairs];
}"""
"""Which of a figure's words leave its area or lie on others."""


@pytest.fixture(scope="module")
def browser(launch_browser, whole_chromium):
    """A whole Chromium: its headless shell plays a phone's screen with other widths of words and another scrolling."""
    browser = launch_browser(executable_path=whole_chromium)
    yield browser
    browser.close()


def test_every_target_is_large_enough(new_page, site):
    """44 pixels for what moves a figure, 24 for all else."""
    page = new_page(**SMALL)
    page.goto(site)
    expect(page.locator("[data-controls]:enabled")).to_have_count(len(l2widgets.names()))
    page.locator("summary:visible").evaluate_all(
        "(all) => { for (const summary of all) summary.parentElement.open = true; }"
    )
    assert page.evaluate(SMALL_TARGETS, 24) == []
    sliders = page.locator("input[type=range]:visible, [data-step]:visible, [data-play]:visible")
    sizes = sliders.evaluate_all(
        "(all) => all.map((one) => one.getBoundingClientRect()).map(({ width, height }) => Math.min(width, height))"
    )
    assert min(sizes) >= 44


def test_no_page_scrolls_sideways(new_page, site):
    """At 320 pixels, with everything that can be opened open."""
    page = new_page(**SMALL)
    for place in ("", "tuning/", "embed/translator/", "lab/", "404.html"):
        page.goto(site + place)
        page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
        assert page.evaluate("document.documentElement.scrollWidth") == 320, place


@pytest.mark.parametrize(
    "size", [pytest.param(PHONE, id="390", marks=pytest.mark.whole), pytest.param(SMALL, id="320")]
)
def test_the_words_in_the_figures_can_be_read(new_page, site, size):
    """None is cut off, and none lies on another; a small screen costs no height."""
    page = new_page(**size)
    page.goto(site)
    poor = {}
    for name in l2widgets.names():
        figure = Figure(page, name)
        figure.approach()
        poor[name] = figure.root.evaluate(POOR_WORDS)
        height = figure.plot.evaluate("(plot) => plot.querySelector('picture source').height")
        assert figure.plot.bounding_box()["height"] == pytest.approx(height, abs=1)
    assert {name: words for name, words in poor.items() if words} == {}


def test_the_first_slider_stays_at_hand_while_its_figure_can_be_seen(new_page, site):
    """It waits below the screen until the picture is half there, then stands at the lower edge."""
    page = new_page(**PHONE)
    page.goto(site)
    figure = Figure(page, "overfitting")
    slider = figure.root.locator(".controls-first")
    scroll = "(plot, seen) => scrollTo(0, scrollY + plot.getBoundingClientRect().top - innerHeight + seen)"

    figure.plot.evaluate(scroll, 80)
    expect(slider).not_to_be_in_viewport()

    figure.plot.evaluate(scroll, 380)
    expect(slider).to_be_in_viewport()
    box = slider.bounding_box()
    assert box["y"] + box["height"] == pytest.approx(PHONE["viewport"]["height"], abs=1)
    assert figure.root.locator("[data-summary]").bounding_box()["y"] > box["y"]


def test_a_finger_moves_the_slider_and_scrolls_the_page(open_figure):
    """Sideways on a slider, the figure answers and the page stays; upwards, the page scrolls."""
    figure = open_figure("weight_decay", **PHONE)
    figure.approach()
    finger = Finger(figure.page)
    slider = figure.input("lam")
    slider.evaluate("(slider) => slider.scrollIntoView({ block: 'center' })")
    top = figure.page.evaluate("scrollY")
    box = slider.bounding_box()
    y = box["y"] + box["height"] / 2

    finger.drag((box["x"] + box["width"] / 2, y), (box["x"] + 2, y))

    figure.expect_shown(lam="0")
    assert figure.page.evaluate("scrollY") == pytest.approx(
        top, abs=20
    )  # what stands above may be a line shorter

    finger.drag((195, y), (195, y - 200))
    expect_scrolled(figure.page, top + 100)

    figure.plot.scroll_into_view_if_needed()
    figure.plot.evaluate("(plot) => plot.scrollIntoView({ block: 'start' })")
    top = figure.page.evaluate("scrollY")
    finger.drag((195, 400), (195, 200))
    expect_scrolled(figure.page, top + 100)


def expect_scrolled(page, beyond):
    """The page stands further down than so many pixels."""
    page.wait_for_function("(beyond) => scrollY > beyond", arg=beyond)


class Finger:
    """A finger on the screen, as the browser's protocol has it; Playwright's can only tap."""

    def __init__(self, page) -> None:
        self._protocol = page.context.new_cdp_session(page)

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Put the finger down, move it in a straight line, and take it away."""
        self._send("touchStart", start)
        for part in range(1, 21):
            self._send("touchMove", tuple(a + (b - a) * part / 20 for a, b in zip(start, end, strict=True)))
        self._send("touchEnd")

    def _send(self, kind: str, *points: tuple[float, ...]) -> None:
        touches = [{"x": x, "y": y} for x, y in points]
        self._protocol.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})
