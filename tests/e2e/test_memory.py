"""The second visit goes on from Python's memory of the first, and starts from the beginning when it must not."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect

import l2widgets
from l2site.server import Server
from tests.contract.cases import cases
from tests.e2e.conftest import BROKEN, UNTIERED, VIEWPORT, Watch, find_places
from tests.e2e.desk import open_code
from tests.e2e.figure import BOOT, Figure

NAME = "lambda_sweep"
ELSEWHERE = "404.html"
"""An address of the site at which nobody starts Python."""

WATCH = """
const known = { "l2:ready": "resumed", "l2:settled": "kept" };
new PerformanceObserver((list) => {
  for (const { name, detail } of list.getEntries())
    if (name in known) document.documentElement.dataset[known[name]] = String(detail[known[name]]);
}).observe({ type: "mark", buffered: true });
window.Worker = class extends Worker {
  constructor(...given) {
    super(...given);
    window.python = this;
  }
};
"""
"""Writes on the page whether Python has gone on from a memory, and whether its own is kept now."""

SAVE_DATA = "Object.defineProperty(navigator, 'connection', { value: { saveData: true } })"

FILES = """
const files = async () => {
  const found = [];
  const root = await navigator.storage.getDirectory();
  for await (const folder of root.values()) for await (const file of folder.values()) found.push(file);
  return found;
};
"""

NAMES = f"async () => {{ {FILES} return (await files()).map(({{ name }}) => name); }}"

CHANGE = f"""async () => {{ {FILES}
  const [file] = await files();
  const bytes = new Uint8Array(await (await file.getFile()).arrayBuffer());
  const changed = await (CHANGE)(bytes, file);
  if (!changed) return;
  const stream = await file.createWritable();
  await stream.write(changed);
  await stream.close();
}}"""

TAKE = """async () => {
  const root = await navigator.storage.getDirectory();
  for await (const folder of root.values())
    for await (const file of folder.values())
      window.memory = { folder: folder.name, name: file.name, bytes: await (await file.getFile()).arrayBuffer() };
}"""
"""Remembers on a page what is kept."""

PUT_BACK = """async () => {
  const root = await navigator.storage.getDirectory();
  for await (const name of root.keys()) await root.removeEntry(name, { recursive: true });
  const folder = await root.getDirectoryHandle(memory.folder, { create: true });
  const stream = await (await folder.getFileHandle(memory.name, { create: true })).createWritable();
  await stream.write(memory.bytes);
  await stream.close();
}"""
"""Keeps that and nothing else."""

LET_GO = f"""async () => {{ {FILES}
  for (;;) {{
    try {{
      for (const file of await files()) await (await file.createWritable({{ mode: "exclusive" }})).abort();
      return;
    }} catch {{
      await new Promise((next) => setTimeout(next, 10));
    }}
  }}
}}"""
"""Waits until nobody holds what is kept: a page that was closed may for a moment."""

DAMAGES = {
    "a changed digest": "(bytes) => { bytes[4] ^= 1; return bytes; }",
    "a changed note": "(bytes) => { bytes[45] ^= 1; return bytes; }",
    "one bit in the middle": "(bytes) => { bytes[20_000_000] ^= 1; return bytes; }",
    "one bit at the end": "(bytes) => { bytes[bytes.length - 1] ^= 1; return bytes; }",
    "half of it": "(bytes) => bytes.slice(0, bytes.length / 2)",
    "its first bytes": "(bytes) => bytes.slice(0, 20)",
    "nothing": "() => new Uint8Array()",
    "another release's": "(bytes, file) => file.move('0123456789abcdef')",
    "one of which no figure came": "(bytes) => { bytes[0] = 1; return bytes; }",
}

NOTED = """async (bytes) => {
  const length = new DataView(bytes.buffer).getUint32(36, true);
  const note = new TextDecoder().decode(bytes.slice(40, 40 + length));
  const other = new TextEncoder().encode(note.replace(%s));
  if (other.length !== length) throw new Error(note);
  bytes.set(other, 40);
  bytes.set(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes.slice(36))), 4);
  return bytes;
}"""
FOREIGN = {
    "another browser's": NOTED % "/Chrome/g, 'Chrone'",
    "another interpreter's": NOTED % r"/(?<=\"table\":)\d/, (digit) => 9 - digit",
}
"""Whole memories, of which Python must not or cannot go on."""
SOME = (
    "one bit in the middle",
    "another release's",
    "one of which no figure came",
    "another interpreter's",
)
"""Those that `make test` tries: the others differ from one of them in nothing but the place."""

FIGURES = """
(requests) => new Promise((done) => {
  const OTHER = "other "; // no request of the page's own is called so
  const answers = [];
  python.addEventListener("message", ({ data }) => {
    const { id, ...answer } = JSON.parse(data);
    if (!id.startsWith(OTHER)) return;
    answers.push(JSON.stringify(answer));
    if (answers.length === requests.length) done(answers);
  });
  for (const [index, [widget, params]] of requests.entries())
    python.postMessage(JSON.stringify({ type: "run", id: OTHER + index, widget, params }));
})
"""
"""Asks Python for figures without the page's knowledge."""


class Reader:
    """Someone who comes back: always in the same profile, each time on a page of its own."""

    def __init__(self, first_page: Page, address: str) -> None:
        self.page = first_page
        self.address = address

    def leave(self) -> None:
        """Close the last page, and stand where nobody starts Python."""
        old, self.page = self.page, self.page.context.new_page()
        old.close()
        self.page.goto(urljoin(self.address, f"/{ELSEWHERE}"))

    def visit(self, *, thrifty: bool = False) -> Figure:
        """Leave the last page, open the figure's, and wait until Python is there."""
        old, self.page = self.page, self.page.context.new_page()
        old.close()
        self.page.add_init_script(WATCH + (SAVE_DATA if thrifty else ""))
        self.page.goto(self.address)
        figure = Figure(self.page, NAME)
        figure.start_python()
        return figure

    def expect_resumed(self, yes: bool) -> None:  # noqa: FBT001  it reads like a sentence
        """Python has gone on from a memory, or started from the beginning."""
        expect(self.page.locator("html")).to_have_attribute("data-resumed", str(yes).lower())

    def expect_kept(self, yes: bool) -> None:  # noqa: FBT001  as above
        """Python has used its first pause, and its memory is kept now, or it is not."""
        expect(self.page.locator("html")).to_have_attribute("data-kept", str(yes).lower(), timeout=BOOT)

    def files(self) -> list[str]:
        """Return what is kept."""
        names: list[str] = self.page.evaluate(NAMES)
        return names


@pytest.fixture(scope="module")
def site(dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The site, whose pages wait for a memory as long as a busy machine takes to read it, and keep one sooner."""
    patient = tmp_path_factory.mktemp("patient") / "dist"
    shutil.copytree(dist, patient)
    changed = 0
    for script in patient.glob("assets/js/*.js"):
        text, found = re.subn(r"\brecall:\s*500\b", f"recall:{BOOT}", script.read_text(encoding="utf-8"))
        text, too = re.subn(r"\bidle:\s*1e3\b", "idle:200", text)
        if found:
            changed += script.name.startswith("worker.") and too
            script.write_text(text, encoding="utf-8")
            for twin in patient.glob(f"assets/js/{script.name}.*"):
                twin.unlink()
    assert changed == 1
    with Server(patient) as server:
        yield server.url


@pytest.fixture(scope="module")
def address(site: str, places: dict[str, str]) -> str:
    """Where the figure is."""
    return site + places[NAME]


@pytest.fixture
def reader(new_page: Callable[..., Page], address: str) -> Reader:
    """A reader who has never been here."""
    return Reader(new_page(), address)


@pytest.fixture
def new_browser(
    playwright: Playwright, browser_type_launch_args: dict[str, Any], watch: Watch, tmp_path: Path
) -> Iterator[Callable[..., BrowserContext]]:
    """Start a browser of its own, which is no private window; always with the same profile."""
    contexts: list[BrowserContext] = []

    def start(without: str = "") -> BrowserContext:
        arguments = [each for each in browser_type_launch_args["args"] if each != without]
        context = playwright.chromium.launch_persistent_context(
            tmp_path,
            viewport=VIEWPORT,
            service_workers="block",
            **browser_type_launch_args | {"args": arguments},
        )
        contexts.append(watch.over(context))
        return context

    yield start
    for context in contexts:
        context.close()


def spoil(page: Page, change: str) -> None:
    """Change what is kept, by a function of its bytes and its file."""
    page.evaluate(CHANGE.replace("CHANGE", change))


def drawn(page: Page, *, whole: bool) -> list[str]:
    """Return every figure that is kept in tests/golden, or some of each widget's, as this page's Python draws it."""
    requests: list[tuple[str, dict[str, str]]] = []
    for name in l2widgets.names():
        widget = l2widgets.load(name)
        for params in list(cases(name).values())[:: 1 if whole else 4]:
            stops = {control: widget[control].stop(value).text for control, value in params.items()}
            requests.append((name, stops))
    figures: list[str] = page.evaluate(FIGURES, requests)
    return figures


def test_the_next_visit_goes_on_from_the_memory(reader):
    """Python neither starts nor imports again; what was never drawn comes out as it does after a start."""
    reader.visit()
    reader.expect_resumed(False)
    reader.expect_kept(True)
    assert len(reader.files()) == 1
    before = reader.page.locator("figure [data-summary]").first.text_content() or ""
    figure = reader.visit()
    reader.expect_resumed(True)
    figure.expect_summary(before)
    figure.set("data", "penguins")
    figure.expect_shown(data="penguins")

    reader.visit()
    reader.expect_resumed(True)


def test_figures_of_a_memory_are_those_of_a_start(new_browser, address, whole):
    """The figures of tests/golden, to the last digit, while WebAssembly is compiled anew as it is for readers."""
    reader = Reader(new_browser(without=UNTIERED).pages[0], address)
    reader.visit()
    reader.expect_resumed(False)
    reader.expect_kept(True)
    at_first = drawn(reader.page, whole=whole)
    reader.visit()
    reader.expect_resumed(True)
    again = drawn(reader.page, whole=whole)
    assert len(again) > (50 if whole else 20)
    for fresh, resumed in zip(at_first, again, strict=True):
        assert json.loads(fresh)["type"] == "figure"
        assert resumed == fresh


@pytest.fixture(scope="module")
def old_hand(browser: Browser, watch: Watch, address: str, site: str) -> Iterator[tuple[Reader, Page]]:
    """A reader who has been here, and a page beside that can put the memory of then back into its place."""
    context = watch.over(browser.new_context(viewport=VIEWPORT, service_workers="block"))
    keeper = context.new_page()
    keeper.goto(site + ELSEWHERE)
    reader = Reader(context.new_page(), address)
    reader.visit()
    reader.expect_kept(True)
    keeper.evaluate(TAKE)
    yield reader, keeper
    context.close()


@pytest.fixture
def returning(old_hand) -> Iterator[Reader]:
    """The same reader, who has closed all pages and whose memory of the first visit is in its place."""
    reader, keeper = old_hand
    reader.leave()
    keeper.evaluate(LET_GO)
    keeper.evaluate(PUT_BACK)
    yield reader
    reader.page.context.unroute_all()
    for page in reader.page.context.pages:
        if page not in (reader.page, keeper):
            page.close()


def test_a_memory_that_was_put_back_is_whole(returning):
    """What the tests below damage is a memory of which Python goes on."""
    returning.visit()
    returning.expect_resumed(True)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(change, id=name, marks=[] if name in SOME else [pytest.mark.whole])
        for name, change in (DAMAGES | FOREIGN).items()
    ],
)
def test_a_memory_that_is_not_right_is_removed(returning, change):
    """Python starts from the beginning, nobody hears of it, and where nothing may be kept nothing is left."""
    spoil(returning.page, change)

    figure = returning.visit(thrifty=True)
    returning.expect_resumed(False)
    figure.set("lam", "100")
    figure.expect_shown(lam="100")
    returning.expect_kept(False)
    assert returning.files() == []


def test_a_whole_memory_takes_the_place_of_a_damaged_one(returning):
    """The visit after the one that found the damage is a quick one again."""
    spoil(returning.page, DAMAGES["one bit in the middle"])
    returning.visit()
    returning.expect_resumed(False)
    returning.expect_kept(True)
    returning.visit()
    returning.expect_resumed(True)


def test_where_data_are_dear_nothing_is_kept(reader):
    """With Save-Data the first visit leaves nothing."""
    reader.visit(thrifty=True)
    reader.expect_kept(False)
    assert reader.files() == []


def test_a_reader_who_leaves_while_it_is_written_finds_a_page_that_works(reader):
    """Whatever part of the memory there is, the next visit has its figure, and its own memory is whole."""
    reader.visit()
    reader.page.evaluate(
        f"""async () => {{ {FILES}
          for (;;) {{
            await new Promise(requestAnimationFrame);
            try {{
              for (const file of await files()) if ((await file.getFile()).size > 0) return;
            }} catch {{}}
          }}
        }}"""
    )
    figure = reader.visit()
    figure.set("lam", "100")
    figure.expect_shown(lam="100")
    if reader.page.locator("html").get_attribute("data-resumed") == "false":
        reader.expect_kept(True)
    reader.visit()
    reader.expect_resumed(True)


def test_a_visit_without_python_costs_no_memory(returning, watch):
    """When Python's files do not come, or nobody waits for them, the next visit has the memory still."""
    watch.forgive(BROKEN)
    returning.page.context.route("**/*.wasm", lambda route: route.abort())
    page = returning.page.context.new_page()
    page.goto(returning.address)
    figure = Figure(page, NAME)
    figure.approach()
    figure.set("data", "penguins")
    figure.expect_state("error", within=BOOT)
    page.close()

    returning.page.context.unroute("**/*.wasm")
    returning.visit()
    returning.expect_resumed(True)


def test_storage_that_is_refused_changes_nothing(reader):
    """A figure is live without a memory, and a pause after it leaves no trace."""

    def refuse(route):
        response = route.fetch()
        refusal = "navigator.storage.getDirectory = () => Promise.reject(new Error('refused'));"
        route.fulfill(response=response, body=response.text() + refusal)

    reader.page.context.route("**/worker.*.js", refuse)
    figure = reader.visit()
    figure.set("lam", "100")
    figure.expect_shown(lam="100")
    reader.expect_kept(False)
    assert reader.page.evaluate("navigator.storage.getDirectory().then(() => true)")


def test_without_room_nothing_is_left(new_browser, site, address):
    """A memory that does not fit is removed, whatever part of it was written."""
    context = new_browser()
    quota = {"origin": site.rstrip("/"), "quotaSize": 8_000_000}
    context.new_cdp_session(context.pages[0]).send("Storage.overrideQuotaForOrigin", quota)
    reader = Reader(context.new_page(), address)
    figure = reader.visit()
    figure.set("lam", "100")
    figure.expect_shown(lam="100")
    reader.expect_kept(False)
    assert reader.files() == []


def test_a_memory_that_another_tab_holds_is_let_be(returning, site):
    """The second tab starts from the beginning; when the first has gone, the memory is there as it was."""
    holder = returning.page.context.new_page()
    holder.goto(site + ELSEWHERE)
    holder.evaluate(f"async () => {{ {FILES} window.held = await (await files())[0].createWritable(); }}")

    figure = returning.visit()
    returning.expect_resumed(False)
    figure.set("lam", "100")
    figure.expect_shown(lam="100")
    returning.expect_kept(False)

    holder.close()
    returning.visit()
    returning.expect_resumed(True)


def test_two_tabs_at_once(returning, address):
    """Both have their figures, whoever was first, and the next visit has a memory."""
    context = returning.page.context
    pages = [context.new_page(), context.new_page()]
    for page in pages:
        page.add_init_script(WATCH)
        page.goto(address, wait_until="commit")
    for page in pages:
        figure = Figure(page, NAME)
        figure.start_python()
        figure.set("lam", "100")
        figure.expect_shown(lam="100")
        if page.locator("html").get_attribute("data-resumed") == "false":
            expect(page.locator("html")).to_have_attribute("data-kept", "true", timeout=BOOT)
    for page in pages:
        page.close()
    returning.visit()
    returning.expect_resumed(True)


def test_a_browser_that_was_closed_still_has_it(new_browser, address):
    """Not only within a private window, where most of these tests are: the next day, too."""
    for resumed in (False, True):
        context = new_browser()
        reader = Reader(context.pages[0], address)
        reader.visit()
        reader.expect_resumed(resumed)
        if not resumed:
            reader.expect_kept(True)
        context.close()


# ---- Figures with bad manners


@pytest.fixture
def troubled(new_page, trial_sites, brief_answers) -> Callable[[], Figure]:
    """Return a function that opens the figure with bad manners, always in the same profile."""
    page = new_page()
    page.add_init_script(WATCH + "Object.defineProperty(navigator, 'deviceMemory', { value: 8 });")

    def visit() -> Figure:
        page.goto(trial_sites[1] + find_places(brief_answers)["mischief"])
        figure = Figure(page, "mischief")
        figure.start_python()
        return figure

    return visit


def expect_mark(figure: Figure, name: str, value: str) -> None:
    """What WATCH has written."""
    expect(figure.page.locator("html")).to_have_attribute(f"data-{name}", value, timeout=BOOT)


def test_what_goes_on_from_a_memory_is_bound_as_any_other(troubled):
    """What Python may have holds for it; loading a shared object again finds the one that was linked before."""
    expect_mark(troubled(), "kept", "true")
    figure = troubled()
    expect_mark(figure, "resumed", "true")
    figure.set("deed", "again")
    figure.expect_shown(deed="again")
    figure.expect_readout("found", "cannot load module more than once per process")
    figure.set("deed", "fill")
    figure.expect_shown(deed="fill")
    found = figure.root.locator('[data-readout="found"] dd').text_content() or ""
    assert 256 < int(found.removesuffix(" MiB")) < 512


def test_what_replaces_a_broken_python_starts_from_the_beginning(troubled, watch):
    """What broke it may be in its memory, so that one is removed."""
    expect_mark(troubled(), "kept", "true")
    figure = troubled()
    expect_mark(figure, "resumed", "true")
    figure.set("deed", "exit")
    figure.expect_state("error", within=BOOT)
    expect_mark(figure, "resumed", "false")
    figure.start_over()
    figure.set("lift", "2")
    figure.expect_shown(lift="2")


def test_a_memory_with_the_rest_of_python_is_not_kept(troubled):
    """It would speak of files that the next visit does not have."""
    figure = troubled()
    figure.set("deed", "learn")
    figure.expect_shown(deed="learn")
    expect_mark(figure, "kept", "false")
    figure = troubled()
    expect_mark(figure, "resumed", "false")


def hold_python(page):
    """Keep Python from starting, until what is returned is called."""
    held = []

    def hold(route):
        held.append(route)

    def let_go():
        for route in held:
            route.continue_()
        page.unroute("**/*.wasm")

    page.route("**/*.wasm", hold)
    return let_go


def run_own_code(page, address):
    """Run a figure's module as a reader's own code, before Python has done anything else; return the figure."""
    page.add_init_script(WATCH)
    let_go = hold_python(page)
    page.goto(address)
    figure = Figure(page, NAME)
    figure.approach()
    desk = open_code(figure)
    desk.run((Path(l2widgets.__file__).parent / f"widgets/{NAME}.py").read_text(encoding="utf-8"))
    let_go()
    desk.expect_done()
    return figure


def test_nothing_is_kept_after_code_of_a_readers(reader):
    """What a reader has written may have changed Python; the next visit shall not go on from there."""
    figure = run_own_code(reader.page, reader.address)
    figure.expect_live()
    reader.expect_kept(False)

    assert reader.files() == []


def test_a_memory_that_only_readers_code_has_used_is_not_used_again(returning):
    """Nobody knows whether a figure of ours would have come of it."""
    page = returning.page.context.new_page()
    run_own_code(page, returning.address)
    expect(page.locator("html")).to_have_attribute("data-resumed", "true")
    page.close()

    returning.visit()

    returning.expect_resumed(False)
