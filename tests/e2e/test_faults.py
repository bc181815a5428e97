"""Every file that a figure needs, broken in every way, once and for good: it heals, or one sentence says why not.

`make test` tries some of all these cases, every file and every fault among them; `make faults` tries them all and
prints what became of each.
"""

from __future__ import annotations

import itertools
import math
import re
import time
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.conftest import BROKEN, VIEWPORT, Watch, find_places
from tests.e2e.faults import DAMAGE, Fault, FaultServer
from tests.e2e.figure import Figure

AT_ONCE = 5
"""So many pages side by side: most of their time is waiting, but not all."""
SOME = 12
"""One case in so many, when not all are wanted."""
PATIENCE = 60_000
"""Milliseconds for a figure, while other pages start Python too."""

WORKER = "worker.js"
PYTHON = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "stdlib.zip", "numpy.zip", "l2widgets.zip")
PLOT = ("plotly.js", "weight_decay.json", "weight_decay.frames.json")
FILES = (WORKER, *PYTHON, *PLOT)


def pattern(file: str) -> str:
    """Return a pattern for a file's address, which may have a digest before the suffix or in the folder's name.

    What several scripts share has no name of its own: "chunk.js" is all of that.
    """
    stem, _, suffix = file.rpartition(".")
    return rf"/{re.escape(stem)}(-[0-9A-Z]{{8}})?(\.[0-9a-f]{{12}})?\.{suffix}$"


def title(file: str) -> str:
    """Return what the page calls a file."""
    return "Plotly" if file == "plotly.js" else file.removesuffix(".zip")


def is_absorbed(file: str, fault: Fault) -> bool:
    """Tell whether readers do not notice a fault even when it lasts.

    A figure's first numbers can come from Python as well, and of the rest only scripts need their type.
    """
    return file.endswith(".json") or (fault is Fault.TYPE and file.endswith((".zip", ".wasm")))


class Case:
    """One page on a server of its own, and a reader who moves a slider."""

    def __init__(
        self,
        browser: Browser,
        dist: Path,
        file: str,
        fault: Fault,
        *,
        times: float,
        also: tuple[str, Fault] | None = None,
    ) -> None:
        self.file, self.fault = file, fault
        self._opened = ExitStack()
        self.server = self._opened.enter_context(FaultServer(dist))
        for broken, how in ((file, fault), also) if also else ((file, fault),):
            self.server.break_(pattern(broken), how, times=times)
        self._watch = Watch()
        self._watch.forgive(BROKEN)
        context = self._watch.over(browser.new_context(viewport=VIEWPORT))
        self._opened.callback(context.close)
        self._page = context.new_page()
        self._place = self.server.url + find_places(dist)["weight_decay"]
        self.visit()

    def visit(self) -> None:
        """Come by a link, and move a slider that only Python can answer."""
        self._page.goto(self._place, wait_until="domcontentloaded")
        self.figure = Figure(self._page, "weight_decay")
        self.figure.root.scroll_into_view_if_needed()
        self.figure.focus("lr")
        self.figure.press("End")

    def close(self) -> None:
        """Leave."""
        self._opened.close()

    def expect_healed(self) -> None:
        """The figure that the reader wanted is drawn, and nothing is left but the browser's own complaints."""
        self.figure.expect_shown(lr="1", within=PATIENCE)
        self.figure.expect_no_status()
        assert self._watch.settle() == []
        assert any(re.search(pattern(self.file), f"/{name}") for name in self.server.requests)

    def expect_explained(self) -> None:
        """One sentence names the file and says what to do, and the last good figure stays."""
        sentence = re.compile(rf"\b{re.escape(title(self.file))}\b.*[Tt]ry again")
        self.figure.expect_state("error", within=20_000)
        self.figure.expect_status(sentence)
        self.figure.expect_heard(sentence)
        expect(self.figure.plot.locator("picture img:visible, .main-svg").first).to_be_visible()

    def try_again(self) -> None:
        """Mend the server, and press the button."""
        self.server.repair()
        self.figure.try_again()


def run(cases: Iterable[Callable[[], Case]], check: Callable[[Case], str]) -> None:
    """Check cases, some of them open at once; print what became of each, and fail with those that failed."""
    failures = []
    waiting: deque[Case] = deque()

    def finish(case: Case) -> None:
        try:
            print(f"{case.file:20}{case.fault:36}{check(case)}")
        except AssertionError as error:
            failures.append(f"{case.file}, {case.fault}: {error}")
        case.close()

    try:
        for make in cases:
            waiting.append(make())
            if len(waiting) == AT_ONCE:
                finish(waiting.popleft())
        while waiting:
            finish(waiting.popleft())
    finally:
        for case in waiting:
            case.close()
    assert not failures, "\n\n".join(failures)


@pytest.fixture
def chosen(request, whole):
    """The cases to try, those that take longest first."""
    cases = list(itertools.product(FILES, DAMAGE))
    if not whole:
        # Along the diagonals both tests meet every fault, and one or the other every file.
        first = 0 if "once" in request.node.name else SOME // 2
        cases = [
            (file, fault)
            for file, fault in cases
            if (FILES.index(file) + DAMAGE.index(fault)) % SOME == first
        ]
    return sorted(cases, key=lambda case: case[1] not in (Fault.STALLED, Fault.SILENT))


def test_what_goes_wrong_once_heals_by_itself(browser, brief_downloads, chosen):
    """No reader does anything, and none is told."""

    def check(case):
        case.expect_healed()
        return "healed"

    run([partial(Case, browser, brief_downloads, *one, times=1) for one in chosen], check)


def test_what_stays_wrong_is_explained_and_can_be_tried_again(browser, brief_downloads, chosen):
    """Within 20 s; when the server is repaired, the button works without loading the page again."""

    def check(case):
        if is_absorbed(case.file, case.fault):
            case.expect_healed()
            return "absorbed"
        case.expect_explained()
        said = case.figure.root.locator("[data-status-text]").text_content()
        case.try_again()
        case.expect_healed()
        return said

    run([partial(Case, browser, brief_downloads, *one, times=math.inf) for one in chosen], check)


def test_silence_is_explained_in_time_by_the_real_site(browser, dist):
    """The site for readers, with all its patience, keeps the promise of 20 s."""
    cases = [
        partial(Case, browser, dist, "numpy.zip", Fault.SILENT, times=math.inf),
        partial(Case, browser, dist, "worker.js", Fault.STALLED, times=math.inf),
    ]

    def check(case):
        case.expect_explained()
        return "explained"

    run(cases, check)


@pytest.mark.parametrize("file", ["worker.js", "pyodide.asm.mjs", "numpy.zip", "plotly.js"])
def test_the_next_visit_needs_no_hard_reload(browser, brief_downloads, file):
    """Damage that the browser keeps for ever is passed over, once the server is whole again."""
    with closing(Case(browser, brief_downloads, file, Fault.CLEAN, times=math.inf)) as case:
        case.expect_explained()
        (address,) = (name for name in case.server.requests if re.search(pattern(file), f"/{name}"))
        kept = case.figure.page.evaluate(
            """async (url) => {
                const kept = await fetch(url, { cache: "only-if-cached", mode: "same-origin" });
                return (await kept.arrayBuffer()).byteLength;
            }""",
            case.server.url + address,
        )
        assert kept == (brief_downloads / address).stat().st_size // 2

        case.server.repair()
        case.visit()
        case.expect_healed()


def test_slow_is_not_silent(browser, brief_downloads):
    """Files that come slowly, one after the other, are fetched once: nobody gives up while something moves."""
    late = ("l2widgets.zip", Fault.LATE)
    progress = re.compile(r"Downloading Python: \d+\.\d of \d+\.\d MB")
    with closing(Case(browser, brief_downloads, "numpy.zip", Fault.SLOW, times=1, also=late)) as case:
        case.figure.expect_status(progress)
        case.expect_healed()
        asked = {name.rpartition("/")[2]: times for name, times in case.server.requests.items()}
        assert asked["numpy.zip"] == asked["l2widgets.zip"] == 1


@pytest.mark.parametrize("fault", [Fault.CLEAN, Fault.MISSING, Fault.RESET])
def test_the_rest_of_python_is_fetched_again(new_page, watch, brief_downloads, fault):
    """What figures do not import comes when code asks; if it comes damaged, the next try goes past the cache."""
    watch.forgive(BROKEN)
    with FaultServer(brief_downloads) as server:
        server.break_(pattern("rest.zip"), fault, times=1)
        page = new_page()
        page.goto(server.url + find_places(brief_downloads)["mischief"])
        figure = Figure(page, "mischief")
        figure.start_python()

        figure.set("deed", "learn")

        figure.expect_status(re.compile(r"failed at these settings .*[Tt]ry again", re.DOTALL))
        figure.try_again()
        figure.expect_shown(deed="learn")
        figure.expect_readout("found", "hue 0.33")


@pytest.mark.parametrize(
    ("file", "fault"),
    [("main.js", Fault.CLEAN), ("chunk.js", Fault.MISSING), ("main.js", Fault.STALLED)],
)
def test_the_pages_own_scripts_heal(new_page, watch, dist, places, file, fault):  # noqa: PLR0917  fixtures
    """A page whose modules come damaged once loads itself again, and only once; its figures work."""
    watch.forgive(f"{BROKEN}|page error: ")
    with FaultServer(dist) as server:
        server.break_(pattern(file), fault, times=1)
        page = new_page()
        page.goto(server.url + places["weight_decay"], wait_until="commit")
        figure = Figure(page, "weight_decay")
        expect(figure.input("lr")).to_be_enabled(timeout=30_000)
        figure.set("lr", "1")
        figure.expect_shown(lr="1")
        assert server.requests[places["weight_decay"] + "index.html"] == 2


@pytest.mark.parametrize("fault", [Fault.MISSING, Fault.CLEAN])
def test_scripts_that_stay_broken_are_explained(new_page, watch, dist, places, fault):
    """Every figure says so in a sentence; loading the page again is enough, once the server is whole."""
    watch.forgive(f"{BROKEN}|page error: ")
    with FaultServer(dist) as server:
        server.break_(pattern("main.js"), fault)
        page = new_page()
        page.goto(server.url + places["weight_decay"])
        note = page.locator("figure [data-lost]").first
        expect(note).to_be_visible(timeout=20_000)
        expect(note).to_have_text(re.compile("controls did not arrive.*load the page again"))

        server.repair()
        page.reload()

        figure = Figure(page, "weight_decay")
        figure.set("lr", "1")
        figure.expect_shown(lr="1")
        expect(note).to_be_hidden()


def test_try_again_does_not_join_a_try_that_is_lost(browser, brief_downloads):
    """A try of the page's own that hangs when the reader presses the button is given up."""
    with closing(Case(browser, brief_downloads, "plotly.js", Fault.SILENT, times=math.inf)) as case:
        case.expect_explained()
        # Mostly the page then asks three times more for what Python has drawn; whoever presses meets the last of these.
        end = time.monotonic() + 10
        while time.monotonic() < end and _requests(case.server, "plotly.js") < 7:
            case.figure.page.wait_for_timeout(50)
        case.try_again()
        case.expect_healed()


def _requests(server: FaultServer, file: str) -> int:
    return sum(times for name, times in server.requests.items() if re.search(pattern(file), f"/{name}"))
