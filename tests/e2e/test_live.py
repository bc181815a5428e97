"""A page of `build.py serve` follows its author, and its reader's place and figures stay where they were."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.build.project import copy_project
from tests.build.serving import Serving
from tests.e2e.conftest import Watch
from tests.e2e.figure import Figure

SECTION = "content/l2-regularization/40-weight-decay.md"
LEFT = "\nA <i>mistake</i> of yesterday.\n"
BUILT = 30_000
"""Milliseconds that a build may take on a busy machine."""
NEAR = 40
"""CSS pixels that a place may move when the page is loaded again, and fonts and pictures come after the text."""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a copy of the project that the test may change, in which its author has left a mistake."""
    copied = copy_project(tmp_path / "project")
    with (copied / SECTION).open("a", encoding="utf-8") as section:
        section.write(LEFT)
    return copied


@pytest.fixture
def serving(project: Path) -> Iterator[Serving]:
    """Serve it as its author does."""
    running = Serving(project, well=False)
    yield running
    running.end()


def _top(page: Page, words: str) -> float:
    box = page.get_by_text(words).first.bounding_box()
    assert box
    return box["y"]


def test_the_page_follows_its_author(
    new_page: Callable[..., Page], serving: Serving, project: Path, watch: Watch
) -> None:
    """New text comes into the page as it stands; more than text, by loading it; a mistake is said and leaves again.

    A mistake that is there at the beginning is said in place of the page, which comes as soon as it is mended.
    """
    section = project / SECTION
    text = section.read_text(encoding="utf-8").removesuffix(LEFT)
    front, end, body = text.partition("---\n\n")
    page = new_page(reduced_motion="reduce")  # so that nothing scrolls any more when it has been scrolled to
    page.goto(f"http://{serving.host}/weight-decay/")
    watch.forgive("status of 404")  # there is no page yet
    alert = page.locator(".live-problems[role=alert]")
    expect(alert).to_contain_text("There is no version yet.")
    expect(alert).to_contain_text(re.compile(rf"{SECTION}:\d+: raw HTML is refused: '<i>'"))
    section.write_text(text, encoding="utf-8")
    expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=BUILT)
    expect(alert).to_be_empty()

    figure = Figure(page, "weight_decay")
    figure.start_python()
    figure.set("lam", "0.1")
    figure.expect_shown(lam="0.1")
    page.evaluate("window.stayed = true")
    title = figure.root.locator(".widget-title").inner_text()
    before = _top(page, title)

    # New text above the figure and below it: neither the figure nor what is read moves.
    section.write_text(f"{front}{end}An *early* word.\n\n{body}\nA late word.\n", encoding="utf-8")
    expect(page.get_by_text("A late word.")).to_be_attached(timeout=BUILT)
    expect(page.get_by_text("An early word.")).to_be_attached()
    assert page.evaluate("window.stayed"), "the page was loaded again for new words"
    figure.expect_shown(lam="0.1")
    assert abs(_top(page, title) - before) <= 1

    # A mistake is said, as text, and leaves when it is mended.
    expect(alert).to_be_empty()
    section.write_text(f"{text}\nA <b>mistake</b>.\n", encoding="utf-8")
    expect(alert).to_contain_text(re.compile(rf"{SECTION}:\d+: raw HTML is refused: '<b>'"), timeout=BUILT)
    expect(page.get_by_text("A late word.")).to_be_attached()
    section.write_text(f"{text}\nNo mistake.\n", encoding="utf-8")
    expect(page.get_by_text("No mistake.")).to_be_attached(timeout=BUILT)
    expect(alert).to_be_empty()
    expect(page.get_by_text("A late word.")).not_to_be_attached()
    assert page.evaluate("window.stayed")

    # Another title is in the contents too: the page is loaded again, where it was and as it was.
    before = _top(page, title)
    section.write_text(re.sub(r"(?m)^title: .*", "title: Renamed", text), encoding="utf-8")
    expect(page.get_by_role("heading", name="Renamed")).to_be_attached(timeout=BUILT)
    assert page.evaluate("window.stayed") is None
    figure.expect_shown(lam="0.1")
    assert abs(_top(page, title) - before) <= NEAR
