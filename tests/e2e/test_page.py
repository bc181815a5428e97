"""The page around the figures: stillness, theme, table of contents, no buttons that call home."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

import l2widgets

SHIFTS = """
    window.shifts = [];
    new PerformanceObserver((list) => {
      for (const { value, hadRecentInput, sources } of list.getEntries())
        if (!hadRecentInput) shifts.push([value, ...sources.map(({ node }) => node?.className ?? node?.nodeName)]);
    }).observe({ type: "layout-shift", buffered: true });
"""


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("name", l2widgets.names())
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
    figure.page.evaluate("document.fonts.ready.then(() => new Promise(requestAnimationFrame))")
    figure.page.evaluate("() => { shifts.length = 0; }")
    for route in held:
        route.continue_()
    figure.start_python()

    assert figure.page.evaluate("shifts") == []
    picture, plot = figure.plot.bounding_box(), figure.plot.locator(".main-svg").first.bounding_box()
    assert picture == pytest.approx(plot, abs=1)


def test_plotly_has_no_buttons(figures):
    """No mode bar, so nothing to share with, or to send to, anybody."""
    figure = figures("lambda_sweep")
    figure.plot.hover()
    expect(figure.plot.locator(".modebar, a, button")).to_have_count(0)


def test_hovering_tells_the_number(figures):
    """A pointer at a point shows its value."""
    figure = figures("lambda_sweep")
    point = figure.plot.locator(".scatterlayer .point").first
    point.scroll_into_view_if_needed()
    box = point.bounding_box()
    figure.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=3)
    expect(figure.plot.locator(".hoverlayer .hovertext").first).to_be_visible()


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
