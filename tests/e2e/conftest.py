"""The built site, a server, a browser, and the promise that no test leaves an error on the console.

A test asks for `open_figure` (a page of its own) or for `figures` (pages that many tests share, because starting
Python takes seconds). Both watch what their pages do, and `nothing_wrong` fails the test that made trouble.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, Route, expect

from l2site.server import Server
from tests.build.project import copy_project, made_once, run_build
from tests.e2e.figure import ANSWER, Figure
from tools import browser as browser_finder

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent

BROKEN = "Failed to load resource|net::ERR"
"""What the browser itself writes on the console when a request fails."""
UNTIERED = "--js-flags=--no-wasm-tier-up --no-wasm-dynamic-tiering"
"""WebAssembly runs as it was compiled first. To compile it again, better, is half of what it costs to start Python,
and hardly a test lets it run for long enough to be worth that."""
HERE_ALONE = "http://127.0.0.1:"
"""How the addresses of all the tests' servers begin."""
VIEWPORT = {"width": 1280, "height": 900}
HAND = "addEventListener('DOMContentLoaded', () => dispatchEvent(new Event('pointermove')));"
"""A reader whose hand moves as soon as the page is there; without a sign of one, figures wait (attention.js)."""

expect.set_options(timeout=ANSWER)  # Playwright's own five seconds are few on a busy machine

type OpenFigure = Callable[..., Figure]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built from what is on the disk now."""
    return made_once(tmp_path_factory, "site", _build)


def _build(out: Path) -> None:
    """Build the site into a folder."""
    command = [sys.executable, str(ROOT / "build.py"), "build", "--out", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    if done.returncode != 0:
        pytest.fail(f"the site cannot be built:\n{done.stdout}{done.stderr}")


@pytest.fixture(scope="session")
def site(dist: Path) -> Iterator[str]:
    """The address of the site, served as a good host would serve it."""
    with Server(dist) as server:
        yield server.url


@pytest.fixture(scope="session")
def places(dist: Path) -> dict[str, str]:
    """The page of each widget."""
    return find_places(dist)


def find_places(dist: Path) -> dict[str, str]:
    """Return the page of each widget: its section's, which is smaller than the whole article."""
    found: dict[str, str] = {}
    files = [file for file in dist.rglob("index.html") if not file.is_relative_to(dist / "embed")]
    for file in sorted(files, key=lambda path: len(path.parts), reverse=True):
        for name in re.findall(r'data-widget="(\w+)"', file.read_text(encoding="utf-8")):
            found.setdefault(name, file.relative_to(dist).as_posix().removesuffix("index.html"))
    return found


@pytest.fixture(scope="session")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with one widget more, which has no manners, beside one that has; and its sites."""
    return made_once(tmp_path_factory, "trial", _make_trial)


def _make_trial(project: Path) -> None:
    """Copy the project, add the widget, for which Python is packed anew, and build its sites."""
    copy_project(project)
    shutil.copy(HERE / "mischief.py", project / "src/l2widgets/widgets")
    section = project / "content/l2-regularization/40-weight-decay.md"
    with section.open("a", encoding="utf-8") as file:
        file.write("\n```{widget} mischief\n```\n")
    _build_with(project, "downloads", bytes=[3000, 2000, 2000], pause=300, word=6000, ping=2000)
    _build_with(project, "answers", answer=3000, idle=3000, recall=30_000)


def _build_with(project: Path, out: str, **patience: int | list[int]) -> None:
    """Build the site of a project whose pages wait for so long: numbers of site/static/js/patience.js."""
    path = project / "site/static/js/patience.js"
    real = path.read_text(encoding="utf-8")
    text = real
    for name, value in patience.items():
        text, found = re.subn(rf"(?<=\b{name}: )(\[.*?\]|[\d_]+)", json.dumps(value), text)
        assert found == 1, name
    path.write_text(text, encoding="utf-8")
    done = run_build(project, "build", "--out", out)
    path.write_text(real, encoding="utf-8")
    if done.returncode != 0:
        pytest.fail(f"the site for trials cannot be built:\n{done.stdout}{done.stderr}")


@pytest.fixture(scope="session")
def brief_downloads(trial: Path) -> Path:
    """Its site, on which silence is borne for a shorter time than on the real one: a server's, or a worker's."""
    return trial / "downloads"


@pytest.fixture(scope="session")
def brief_answers(trial: Path) -> Path:
    """Its site, on which a figure may take less time than on the real one, and Python and its memory more."""
    return trial / "answers"


@pytest.fixture(scope="session")
def trial_sites(brief_downloads: Path, brief_answers: Path) -> Iterator[tuple[str, str]]:
    """The addresses of both."""
    with Server(brief_downloads) as downloads, Server(brief_answers) as answers:
        yield downloads.url, answers.url


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Launch the machine's Chromium, without a window if it has one like that; in a container root has no sandbox."""
    path = browser_finder.find_for_tests()
    if path is None:
        pytest.fail("no Chromium was found; `python tools/browser.py --install` gets one")
    arguments = ["--disable-gpu", UNTIERED, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    return browser_type_launch_args | {"executable_path": path, "args": arguments}


@pytest.fixture(scope="session")
def whole_chromium() -> Path:
    """The program for what a headless shell does not have."""
    path = browser_finder.find()
    if path is None or not browser_finder.is_whole(path):
        pytest.skip("this wants a whole Chromium, and not only its headless shell")
    return path


class Watch:
    """What the pages did that they should not."""

    def __init__(self) -> None:
        self._forgiven: list[str] = []
        self.complaints: list[str] = []

    def over(self, context: BrowserContext) -> BrowserContext:
        """Watch all pages of a context, which somebody reads."""
        context.add_init_script(HAND)
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
        if not url.startswith((HERE_ALONE, "data:", "blob:")):
            self._note(f"request to another host: {url}")

    def _note(self, text: str) -> None:
        self.complaints.append(text)


@pytest.fixture(scope="session")
def watch() -> Watch:
    """What is watched in every page of this session."""
    return Watch()


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


class Held:
    """Requests that are not answered until they are let go."""

    def __init__(self, pattern: re.Pattern[str]) -> None:
        self.pattern = pattern
        self.routes: list[Route] = []

    def on(self, page: Page) -> None:
        """Hold what the page requests from now on."""
        page.route(self.pattern, lambda route: self.routes.append(route))  # noqa: PLW0108  a builtin has no place for marks

    def let_go(self, page: Page) -> None:
        """Answer all of it, and what comes later at once."""
        while self.routes:
            self.routes.pop(0).continue_()
        page.unroute(self.pattern)

    def give_up(self) -> None:
        """Answer none of what is left."""
        while self.routes:
            with suppress(Error):  # of a page that has gone
                self.routes.pop().abort()


@pytest.fixture
def hold(new_page: Callable[..., Page], watch: Watch) -> Iterator[Callable[[re.Pattern[str]], Held]]:
    """Make something that holds requests; in the end nobody waits for them, or Playwright would for ever."""
    made: list[Held] = []

    def make(pattern: re.Pattern[str]) -> Held:
        made.append(Held(pattern))
        return made[-1]

    yield make
    if any(held.routes for held in made):
        watch.forgive(BROKEN)
    for held in made:
        held.give_up()


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


@pytest.fixture(scope="session")
def figures(
    browser: Browser, site: str, places: dict[str, str], watch: Watch
) -> Iterator[Callable[[str], Figure]]:
    """Return a figure whose Python runs already, put back to its start; all tests share its page."""
    with shared_figures(browser, site, places, watch) as figure:
        yield figure


@contextmanager
def shared_figures(
    browser: Browser, site: str, places: dict[str, str], watch: Watch
) -> Iterator[Callable[[str], Figure]]:
    """Have pages on which figures live, one for each."""
    context = watch.over(browser.new_context(viewport=VIEWPORT, service_workers="block"))
    ready: dict[str, Figure] = {}

    def figure(name: str) -> Figure:
        if name not in ready:
            page = context.new_page()
            page.on("crash", lambda _: ready.pop(name, None))
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
