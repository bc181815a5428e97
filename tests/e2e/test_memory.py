"""The second visit goes on from Python's memory of the first, and starts from the beginning when it must not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.figure import Figure

NAME = "lambda_sweep"

WATCH = """
new PerformanceObserver((list) => {
  for (const { name, detail } of list.getEntries())
    if (name === "l2:ready") document.documentElement.dataset.resumed = String(detail.resumed);
}).observe({ type: "mark", buffered: true });
"""
"""Writes on the page whether Python has gone on from a memory."""

FILE = """
const file = async () => {
  const root = await navigator.storage.getDirectory();
  for await (const folder of root.values())
    for await (const file of folder.values()) return file;
};
"""

KEPT = (
    f"async () => {{ {FILE}"
    """
  // Complete as soon as nobody writes it any more and its digest is that of what follows.
  for (;;) {
    await new Promise(requestAnimationFrame);
    try {
      const bytes = new Uint8Array(await (await (await file()).getFile()).arrayBuffer());
      const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes.subarray(36)));
      if (digest.every((byte, index) => byte === bytes[4 + index])) return bytes[0];
    } catch {}
  }
}"""
)

CHANGE = (
    f"async ([at, byte]) => {{ {FILE}"
    """
  const stream = await (await file()).createWritable({ keepExistingData: true });
  await stream.write({ type: "write", position: at, data: Uint8Array.of(byte) });
  await stream.close();
}"""
)

CONFIRMED, TRIED = 0, 1
"""What the first byte of a complete file says: a figure has come of it, or it was taken and none has."""


@pytest.fixture
def visit(new_page: Callable[..., Page], site: str, places: dict[str, str]) -> Callable[..., Figure]:
    """Return a function that opens a figure, always in the same profile, and waits until Python is there."""
    page = new_page()
    page.add_init_script(WATCH)

    def visit_it(*, resumes: bool) -> Figure:
        page.goto(site + places[NAME])
        figure = Figure(page, NAME)
        figure.start_python()
        expect(page.locator("html")).to_have_attribute("data-resumed", str(resumes).lower())
        return figure

    return visit_it


def test_the_next_visit_goes_on_from_the_memory(visit):
    """Python neither starts nor imports again; what was never drawn comes out as it does after a start."""
    first = visit(resumes=False)
    assert first.page.evaluate(KEPT) == CONFIRMED
    first.set("data", "penguins")
    first.expect_shown(data="penguins")
    summary = first.root.locator("[data-summary]").text_content() or ""

    second = visit(resumes=True)
    second.set("data", "penguins")
    second.expect_shown(data="penguins")
    second.expect_summary(summary)
    assert second.page.evaluate(KEPT) == CONFIRMED


def test_a_damaged_memory_is_not_used(visit):
    """Python starts from the beginning, and what it then keeps is whole again."""
    page = visit(resumes=False).page
    page.evaluate(KEPT)
    page.evaluate(CHANGE, [20_000_000, 77])

    visit(resumes=False)
    page.evaluate(KEPT)
    visit(resumes=True)


def test_a_memory_of_which_no_figure_came_is_not_tried_again(visit):
    """A memory that breaks Python, or lets it hang, does so once."""
    page = visit(resumes=False).page
    page.evaluate(KEPT)
    page.evaluate(CHANGE, [0, TRIED])

    visit(resumes=False)


def test_storage_that_is_refused_changes_nothing(open_figure):
    """A figure is live without a memory, and a pause after it leaves no trace."""

    def refuse(page):
        def answer(route):
            response = route.fetch()
            refusal = "navigator.storage.getDirectory = () => Promise.reject(new Error('refused'));"
            route.fulfill(response=response, body=response.text() + refusal)

        page.route("**/worker.*.js", answer)

    figure = open_figure(NAME, prepare=refuse)
    figure.start_python()
    figure.set("lam", "100")
    figure.expect_shown(lam="100")
