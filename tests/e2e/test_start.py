"""How Python starts beside a figure: the interpreter at once, all else when the figure has its own files."""

from __future__ import annotations

import re

import pytest

from tests.e2e.figure import Figure

FIGURES = re.compile(r"/figures/weight_decay\..*json|/vendor/plotly\.")
PYTHON = re.compile(r"/runtime/")
READY = """() => new Promise((ready) => {
  const look = () => performance.getEntriesByName("l2:ready").length > 0 && ready();
  new PerformanceObserver(look).observe({ type: "mark", buffered: true });
})"""
FRAME = "() => new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)))"
MANY = 1000
"""Frames until what does not happen is missed."""

LINKS = ["#figure-weight_decay", "?weight_decay.lam=1", ""]
"""To the figure, to a stop of its first slider, and to the page, where the reader then scrolls."""


@pytest.fixture
def come(new_page, site, places):
    """Come by a link, and return the figure and what the page and its worker ask for from then on."""

    def by(link, held):
        page, asked = new_page(), []
        page.context.on("request", lambda request: asked.append(request.url))
        held.on(page)
        page.goto(f"{site}{places['weight_decay']}{link}")
        figure = Figure(page, "weight_decay")
        if not link:
            figure.root.scroll_into_view_if_needed()
        return figure, asked

    return by


@pytest.mark.parametrize("link", LINKS)
def test_the_figures_own_files_go_before_most_of_python(come, hold, link):
    """Python's interpreter alone is on its way with them; then the rest comes, and Python draws."""
    held = hold(FIGURES)
    figure, asked = come(link, held)
    for _ in range(MANY):
        figure.page.evaluate(FRAME)
        if len(held.routes) >= 2 and any(PYTHON.search(url) for url in asked):
            break
    figure.page.evaluate(FRAME)
    assert len(held.routes) >= 2
    assert [url.rpartition("/")[2] for url in asked if PYTHON.search(url)] == ["pyodide.asm.wasm"]

    held.let_go(figure.page)
    figure.expect_shown(**({"lam": "1"} if "?" in link else {}))


def test_python_does_not_wait_for_ever(come, hold):
    """When the figure's own files do not come, the rest of Python does after some seconds."""
    figure, _ = come("", hold(FIGURES))
    figure.page.evaluate(READY)
