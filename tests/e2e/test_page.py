"""The page around the figures: stillness, theme, table of contents, no buttons that call home."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

import l2widgets
from tests.e2e.conftest import VIEWPORT
from tests.e2e.figure import ANSWER, FONTS_COME, Figure

SHIFTS = """
    window.shifts = [];
    new PerformanceObserver((list) => {
      for (const { value, hadRecentInput, sources } of list.getEntries())
        if (!hadRecentInput) shifts.push([value, ...sources.map(({ node }) => node?.className ?? node?.nodeName)]);
    }).observe({ type: "layout-shift", buffered: true });
"""


SCROLLED = """async (section, top) => {
    while (section.getBoundingClientRect().top < top) await new Promise(requestAnimationFrame);
    await new Promise((resolve) => setTimeout(resolve, 500)); // the whole way
}"""


BOXES = """(plot) => [plot, plot.querySelector(".main-svg")].map((one) => {
    const { x, y, width, height } = one.getBoundingClientRect();
    return { x, y, width, height };
})"""


@pytest.mark.parametrize(
    ("name", "width"),
    [
        pytest.param(name, width, marks=[] if turn % 2 == place else [pytest.mark.whole])
        for turn, name in enumerate(l2widgets.names())
        for place, width in enumerate((1280, 390))
    ],
)
def test_nothing_moves_when_the_figure_comes_alive(open_figure, name, width):
    """The live plot takes exactly the place of its picture; the fonts have come before."""
    held = []

    def hold(route):
        held.append(route)

    def hold_back(page):
        page.add_init_script(SHIFTS)
        page.route(re.compile(rf"/figures/{name}\.\w+\.json"), hold)

    figure = open_figure(name, prepare=hold_back, viewport={"width": width, "height": 844})
    figure.root.scroll_into_view_if_needed()
    expect(figure.plot.locator("picture img:visible")).to_have_js_property("complete", True)
    figure.page.evaluate(FONTS_COME)
    figure.page.evaluate("() => { shifts.length = 0; }")
    for route in held:
        route.continue_()
    if width == 1280:
        figure.start_python()  # which draws once more, in the same place
    else:
        figure.approach()

    assert figure.page.evaluate("shifts") == []
    picture, plot = figure.plot.evaluate(BOXES)  # both at once, since the page may still scroll
    assert picture == pytest.approx(plot, abs=1)


WORDS_FIRST = """() => {
  const words = Math.min(performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? Infinity,
    performance.getEntriesByType("navigation")[0].loadEventStart);
  return performance.getEntriesByType("resource").filter(({ startTime }) => startTime < words)
    .map(({ name }) => name.replace(/.*[/]|[.-].*/g, ""));
}"""
"""What a page has asked for before its words were seen, or before it had loaded, where nothing is painted."""

STANDS_IN = (
    "new FontFace('stand-in', 'local(Arial), local(Liberation Sans)').load().then(() => true, () => false)"
)


@pytest.mark.parametrize("width", [1280, 412])
def test_a_page_of_text_begins_with_its_words(new_page, site, width):
    """No script but one, and few fonts, come before them; what comes later moves nothing; and all of it is laid out."""
    page = new_page(viewport={"width": width, "height": 823})
    page.add_init_script(SHIFTS)
    page.goto(site)
    expect(page.locator("[data-controls]:enabled")).to_have_count(len(l2widgets.names()))
    expect(page.locator("[data-section]:not([data-laid]), :root[data-laying]")).to_have_count(0)
    page.evaluate(FONTS_COME)

    early = set(page.evaluate(WORDS_FIRST))
    assert early <= {"early", "site", "serif", "icon", "overfitting"}
    if page.evaluate(STANDS_IN):
        assert page.evaluate("shifts") == []


@pytest.mark.parametrize("width", [1440, 1280, 1024])
def test_a_font_that_comes_late_moves_no_heading(new_page, site, width):
    """On a wide screen no line above the first section breaks elsewhere in the font that stands in."""
    page = new_page(viewport={"width": width, "height": 823})
    held = []

    def hold(route):
        held.append(route)

    page.route("**/serif.*.woff2", hold)
    page.goto(site, wait_until="commit")
    page.wait_for_function("() => performance.getEntriesByName('first-contentful-paint').length > 0")
    top = "() => document.querySelector('[data-section]').getBoundingClientRect().top"
    assert held
    before = page.evaluate(top)
    stands_in = page.evaluate(STANDS_IN)
    for route in held:
        route.continue_()
    page.evaluate(FONTS_COME)
    if stands_in:
        assert page.evaluate(top) == before


def test_who_looks_for_a_place_finds_it(new_page, site):
    """A link to a section has the whole page laid out before it, so that nothing above it can move it."""
    page = new_page()
    page.goto(f"{site}#geometry")
    expect(page.locator("[data-controls]:enabled")).to_have_count(len(l2widgets.names()))
    expect(page.locator("[data-laid]")).to_have_count(0)
    expect(page.locator("#geometry-title")).to_be_in_viewport()


HANDS_STILL = """
    addEventListener("pointermove", (event) => {
      if (event.clientX === 0 && event.clientY === 0) event.stopImmediatePropagation();
    }, true);
    const set = window.setTimeout;
    window.setTimeout = (task, after, ...rest) =>
      after === 6000 ? void (window.seconds = task) : set(task, after, ...rest);
"""
"""Time does not pass for who only reads, until `seconds()` says that it has; and a browser without a window has no
pointer, though it may say that one lies in the corner."""


@pytest.mark.parametrize(
    "sign",
    [lambda page: page.mouse.move(300, 300), lambda page: page.evaluate("seconds()")],
    ids=["a hand", "time"],
)
def test_a_figure_waits_for_a_reader(browser, site, places, sign):
    """While the page comes, nothing heavy does, though the figure is near; a hand that moves, or time, brings it."""
    context = browser.new_context(viewport=VIEWPORT, service_workers="block")
    context.add_init_script(HANDS_STILL)
    page = context.new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(site + places["weight_decay"], wait_until="networkidle")
    assert [url for url in asked if "plotly" in url or "/runtime/" in url or url.endswith(".json")] == []

    sign(page)

    expect(page.locator("[data-live] .main-svg").first).to_be_visible(timeout=ANSWER)
    context.close()


def test_plotly_has_no_buttons(figures):
    """No mode bar, so nothing to share with, or to send to, anybody."""
    figure = figures("lambda_sweep")
    figure.plot.hover()
    expect(figure.plot.locator(".modebar, a, button")).to_have_count(0)


def test_hovering_tells_the_number(figures):
    """A pointer at a point shows its value, and Escape takes that away."""
    figure = figures("lambda_sweep")
    point = figure.plot.locator(".scatterlayer .point").first
    point.scroll_into_view_if_needed()
    box = point.bounding_box()
    figure.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=3)
    expect(figure.plot.locator(".hoverlayer .hovertext").first).to_be_visible()
    figure.press("Escape")
    expect(figure.plot.locator(".hoverlayer .hovertext")).to_have_count(0)


def test_the_theme_repaints_the_figures(open_figure):
    """The button turns the page dark, the figures with it, and the next page remembers."""
    figure = open_figure("weight_decay", color_scheme="light")
    figure.approach()
    button = figure.page.locator("[data-theme-toggle]")
    line = figure.plot.locator(".js-line").last
    light = line.evaluate("(line) => line.style.stroke")
    expect(button).to_have_attribute("aria-pressed", "false")

    button.click()

    expect(button).to_have_attribute("aria-pressed", "true")
    expect(figure.page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(line).not_to_have_css("stroke", light)

    figure.page.reload()
    expect(figure.page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(button).to_have_attribute("aria-pressed", "true")


WATCHED = """
window.watched = { turns: 0, layouts: [] };
const later = window.setTimeout;
window.setTimeout = (run, wait) => later(() => { watched.turns += 1; run(); }, wait);
let plotly;
Object.defineProperty(window, "Plotly", { get: () => plotly, set(library) {
  watched.layouts.push(watched.turns);
  const react = (...given) => { watched.layouts.push(watched.turns); return library.react(...given); };
  plotly = new Proxy(library, { get: (_, name) => name === "react" ? react : library[name] });
} });
"""
"""How many timers had run when Plotly's script ran, and when it laid out each figure."""


def test_figures_are_laid_out_one_at_a_time(open_figure):
    """A page that has several figures to lay out answers its reader in between, and after Plotly's script has run."""
    figure = open_figure(
        "translator", prepare=lambda page: page.add_init_script(WATCHED), color_scheme="light"
    )
    page = figure.page
    figures = [figure, Figure(page, "optimizers")]
    for each in figures:
        each.approach()
    lines = [each.plot.locator(".js-line").last for each in figures]
    light = [line.evaluate("(line) => line.style.stroke") for line in lines]

    page.locator("[data-theme-toggle]").click()

    for line, colour in zip(lines, light, strict=True):
        expect(line).not_to_have_css("stroke", colour)
    layouts = page.evaluate("watched.layouts")
    assert len(layouts) >= 1 + 2 * len(figures)
    assert len(set(layouts)) == len(layouts)


def test_the_system_decides_the_theme_until_the_reader_does(open_figure):
    """When the system turns dark, so do the figures."""
    figure = open_figure("weight_decay", color_scheme="light")
    figure.approach()
    line = figure.plot.locator(".js-line").last
    light = line.evaluate("(line) => line.style.stroke")

    figure.page.emulate_media(color_scheme="dark")

    expect(line).not_to_have_css("stroke", light)


def test_a_narrow_window_stacks_the_panels(open_figure):
    """Turning a tablet arranges the figure anew, without Python."""
    figure = open_figure("lambda_sweep")
    figure.approach()
    panels = figure.plot.locator(".cartesianlayer .subplot")
    first, second = panels.nth(0).bounding_box(), panels.nth(1).bounding_box()
    assert first["x"] < second["x"]

    figure.page.set_viewport_size({"width": 390, "height": 844})

    expect(figure.plot.locator(".main-svg").first).not_to_have_attribute(
        "width", re.compile(r"^[4-9]\d\d|^\d{4}")
    )
    first, second = panels.nth(0).bounding_box(), panels.nth(1).bounding_box()
    assert first["y"] < second["y"]


def test_the_contents_follow_the_reader(new_page, site):
    """The section on the screen is marked in the table of contents."""
    page = new_page()
    page.goto(site)
    section = page.locator("[data-section]").nth(3)
    section.evaluate("(section) => section.scrollIntoView()")
    anchor = section.get_attribute("id")
    expect(page.locator("nav[data-toc] [aria-current=true]")).to_have_attribute(
        "href", re.compile(f"#{anchor}$")
    )


@pytest.fixture
def early(new_page, site):
    """The whole article, not laid out yet because its fonts are held back, where its reader went on to weight decay.

    In a browser that does not anchor what it shows, as Safari. Calling it lets the fonts come.
    """
    page = new_page()
    holding, held = True, []
    page.route("**/*.woff2", lambda route: held.append(route) if holding else route.continue_())
    page.goto(site, wait_until="commit")
    root = page.locator("html")
    page.locator("nav[data-toc] a").last.wait_for(state="attached")
    expect(root).to_have_attribute("data-laying", "")
    root.evaluate("(root) => { root.style.overflowAnchor = 'none'; }")
    page.locator("nav[data-toc] a[href='#weight-decay']").evaluate("(link) => link.click()")

    def fonts_come():
        nonlocal holding
        holding = False
        for route in held:
            route.continue_()
        expect(root).not_to_have_attribute("data-laying", "")
        page.evaluate(FONTS_COME)

    return page.locator("#weight-decay"), fonts_come


TOP = "(section) => section.getBoundingClientRect().top"


def test_who_goes_on_before_the_page_is_laid_out_stays_there(early):
    """What the reader went to is not pushed away by what is above it, which grows once it is laid out."""
    section, fonts_come = early
    fonts_come()
    assert 0 <= section.evaluate(TOP) < 160  # the sections before it are thousands of pixels high


def test_fonts_that_come_late_move_nothing_that_the_reader_went_to(early):
    """They break lines above it elsewhere."""
    section, fonts_come = early
    before_it = section.locator("xpath=preceding-sibling::*[@data-section]")
    expect(before_it.last).to_have_attribute("data-laid", "")
    jumped = section.evaluate(TOP)
    section.page.mouse.wheel(
        0, -40
    )  # from now on, browsers no longer go back to the place that the address names
    section.evaluate(SCROLLED, jumped + 20)
    before = section.evaluate(TOP)
    fonts_come()
    assert section.evaluate(TOP) == pytest.approx(before, abs=1)
