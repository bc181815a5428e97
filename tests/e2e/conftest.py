"""The built site, a server, a browser, and the promise that no test leaves an error on the console.

A test asks for `open_figure` (a page of its own) or for `figures` (pages that the tests of one file share, because
starting Python takes seconds). Both watch what their pages do, and `nothing_wrong` fails the test that made trouble.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from l2site.server import Server
from tests.e2e.figure import Figure
from tools import browser as browser_finder

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent

VIEWPORT = {"width": 1280, "height": 900}

type OpenFigure = Callable[..., Figure]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built from what is on the disk now."""
    out = tmp_path_factory.mktemp("site") / "dist"
    command = [sys.executable, str(ROOT / "build.py"), "build", "--out", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    if done.returncode != 0:
        pytest.fail(f"the site cannot be built:\n{done.stdout}{done.stderr}")
    return out


@pytest.fixture(scope="session")
def site(dist: Path) -> Iterator[str]:
    """The address of the site, served as a good host would serve it."""
    with Server(dist) as server:
        yield server.url


@pytest.fixture(scope="session")
def places(dist: Path) -> dict[str, str]:
    """The page of each widget: its section's, which is smaller than the whole article."""
    found: dict[str, str] = {}
    for file in sorted(dist.rglob("index.html"), key=lambda path: len(path.parts), reverse=True):
        for name in re.findall(r'data-widget="(\w+)"', file.read_text(encoding="utf-8")):
            found.setdefault(name, file.relative_to(dist).as_posix().removesuffix("index.html"))
    return found


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Launch the machine's Chromium; inside a container, root has no sandbox."""
    path = browser_finder.find()
    if path is None:
        pytest.fail("no Chromium was found; `python tools/browser.py --install` gets one")
    arguments = ["--disable-gpu", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    return browser_type_launch_args | {"executable_path": path, "args": arguments}


class Watch:
    """What the pages did that they should not."""

    def __init__(self, site: str) -> None:
        self._site = site
        self._forgiven: list[str] = []
        self.complaints: list[str] = []

    def over(self, context: BrowserContext) -> BrowserContext:
        """Watch all pages of a context."""
        context.on("console", lambda message: message.type == "error" and self._note(message.text))
        context.on("weberror", lambda error: self._note(f"page error: {error.error}"))
        context.on("request", lambda request: self._look(request.url))
        return context

    def forgive(self, pattern: str) -> None:
        """Let a test break something: what it finds on the console because of that is no complaint."""
        self._forgiven.append(pattern)

    def settle(self) -> list[str]:
        """Return what is left of the complaints, and begin anew."""
        left = [text for text in self.complaints if not any(re.search(p, text) for p in self._forgiven)]
        self.complaints.clear()
        self._forgiven.clear()
        return left

    def _look(self, url: str) -> None:
        if not url.startswith((self._site, "data:", "blob:")):
            self._note(f"request to another host: {url}")

    def _note(self, text: str) -> None:
        self.complaints.append(text)


@pytest.fixture(scope="session")
def watch(site: str) -> Watch:
    """What is watched in every page of this session."""
    return Watch(site)


@pytest.fixture(autouse=True)
def nothing_wrong(watch: Watch) -> Iterator[None]:
    """Fail a test that left an error on the console, an exception, or a request to another host."""
    yield
    assert watch.settle() == []


@pytest.fixture
def new_page(browser: Browser, watch: Watch) -> Iterator[Callable[..., Page]]:
    """Make a page with a fresh cache; keywords are those of a browser context."""
    contexts: list[BrowserContext] = []

    def make(**options: Any) -> Page:
        # A service worker would answer before Playwright's routes; only test_offline.py wants it.
        defaults = {"viewport": VIEWPORT, "service_workers": "block"}
        context = watch.over(browser.new_context(**(defaults | options)))
        contexts.append(context)
        return context.new_page()

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def open_figure(new_page: Callable[..., Page], site: str, places: dict[str, str]) -> OpenFigure:
    """Open a figure's page and return the figure; `query` is the link's, `prepare` sees the page before it loads."""

    def open_it(
        name: str, query: str = "", prepare: Callable[[Page], object] | None = None, **options: object
    ) -> Figure:
        page = new_page(**options)
        if prepare:
            prepare(page)
        page.goto(site + _place(places, name) + query)
        return Figure(page, name)

    return open_it


@pytest.fixture(scope="module")
def figures(
    browser: Browser, site: str, places: dict[str, str], watch: Watch
) -> Iterator[Callable[[str], Figure]]:
    """Return a figure whose Python runs already, put back to its start; the tests of one file share its page."""
    context = watch.over(browser.new_context(viewport=VIEWPORT, service_workers="block"))
    ready: dict[str, Figure] = {}

    def figure(name: str) -> Figure:
        if name not in ready:
            page = context.new_page()
            page.goto(site + _place(places, name))
            ready[name] = Figure(page, name)
            ready[name].start_python()
        ready[name].page.bring_to_front()
        ready[name].start_over()
        ready[name].expect_shown()
        return ready[name]

    yield figure
    context.close()


def _place(places: dict[str, str], name: str) -> str:
    if name not in places:
        pytest.skip(f"{name} stands on no page yet")
    return places[name]
