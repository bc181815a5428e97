"""Without a network, across releases, without storage: what was promised holds, and nothing else is promised.

Only here do pages have a service worker. The host is one whose releases and moods the tests decide, and which stands
under a path; before anything is to come from copies alone, the browser's own cache is emptied.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from l2site.hosting import TYPES
from l2site.server import Handler, Server
from tests.build.project import copy_project, run_build
from tests.e2e.faults import Fault, FaultServer
from tests.e2e.figure import BOOT, Figure

BROKEN = r"Failed to load resource|net::ERR|Failed to convert value to 'Response'|preloadResponse"
"""What the browser itself writes on the console when a request fails."""

MAIN = "({ dataset }) => new URL(dataset.modules.split(' ')[0], location).href"
"""The module that a page of text begins with, from the element of the script that fetches it."""

TEXT, FIGURE, OTHER_FIGURE = "postscript/", "tuning/", "weight-decay/"
"""Pages of the article: one without a figure, one with `lambda_sweep`, one with `weight_decay`."""

WAITING = "navigator.serviceWorker.getRegistration().then(({ waiting }) => waiting !== null)"
"""Whether a release waits for the one before to be closed, in the words of a page."""

ASK = """async (wish) => {
  const { active } = await navigator.serviceWorker.ready;
  const { port1, port2 } = new MessageChannel();
  active.postMessage(wish, [port2]);
  return new Promise((answer) => { port1.onmessage = ({ data }) => answer(data); });
}"""
"""Asks the service worker to keep files, when it has done with what it was asked before; returns if none is missing."""

KEPT = """(times) => new Promise((kept) => {
  const look = () => performance.getEntriesByName("l2:kept").length === times && kept();
  new PerformanceObserver(look).observe({ type: "mark", buffered: true });
})"""
"""Until the service worker has kept what the visit has used, and then what else there is."""

MEMORIES = """async () => {
  let count = 0;
  for await (const _ of (await navigator.storage.getDirectory()).keys()) count += 1;
  return count;
}"""
"""How many sites have kept Python's memory on this host, in the words of a page."""

RESTLESS = """window.requestIdleCallback = (then, { timeout } = {}) => {
  if (timeout) setTimeout(then); // there is no need to wait for so long
};"""
"""A machine on which a page never seems to have nothing to do."""

POSTSCRIPT = "content/l2-regularization/95-postscript.md"


class Host(Server):
    """Serves what was released last."""

    def __init__(self, release: Path) -> None:
        self.release = release
        self.gone = False
        """Whether it hangs up on everybody."""
        self.broken: re.Pattern[str] | None = None
        """Addresses for which it has an error."""
        self.awake = threading.Event()
        """Without it, nobody gets an answer."""
        self.awake.set()
        self.asked: list[str] = []
        """What it has been asked for, by address relative to the site's root."""
        super().__init__(release, base="/article/")

    def handler(self) -> Callable[..., Handler]:
        """Return the handler that knows this host."""
        return partial(_HostHandler, host=self)

    def __exit__(self, *reason: object) -> None:
        """Let go of those who wait, and stop."""
        self.awake.set()
        super().__exit__(*reason)


class _HostHandler(Handler):
    """Answers from the newest release, if at all."""

    def __init__(self, *args: object, host: Host, **options: object) -> None:
        self._host = host
        super().__init__(*args, **options)

    def _answer(self) -> None:
        host = self._host
        self._folder = host.release
        name = self.path.removeprefix("/article/")
        host.asked.append(name)
        host.awake.wait()
        if host.gone:
            self.close_connection = True
        elif host.broken and host.broken.search(name):
            self._send(HTTPStatus.INTERNAL_SERVER_ERROR, b"broken", {"Content-Type": "text/plain"})
        else:
            super()._answer()


@pytest.fixture(scope="module")
def dist(tmp_path_factory) -> Path:
    """The site, with one section more, which has no figure."""
    return built(
        project_with_text("This is the first release.", tmp_path_factory.mktemp("release") / "first")
    )


@pytest.fixture
def host(dist, watch):
    """The host of the site, as it was built."""
    with Host(dist) as running:
        watch.forgive(f"request to another host: {re.escape(running.url)}")
        yield running


@pytest.fixture
def open_page(new_page):
    """Open the first page of a reader, with a service worker; more are opened in `page.context`."""
    return partial(new_page, service_workers="allow")


@pytest.fixture(scope="module")
def releases(tmp_path_factory) -> dict[str, Path]:
    """Later releases, in which nothing that is hashed has the address that it had before."""
    return {name: released(name, tmp_path_factory.mktemp("release") / name) for name in ("second", "third")}


def released(name: str, folder: Path) -> Path:
    """Build a site with another text, another script, another Plotly and another Python than the real one."""
    project = project_with_text(f"This is the {name} release.", folder)
    for path, old, new in (
        ("src/l2site/runtime.py", 'FOLDER = "runtime/"', f'FOLDER = "runtime/{name}_"'),
        ("src/l2site/site.py", "vendor/plotly.js", f"vendor/{name}.js"),
        ("src/l2site/pages.py", "vendor/plotly.js", f"vendor/{name}.js"),
        ("site/static/js/megabytes.js", "export", f"globalThis.release = '{name}';\nexport"),
    ):
        text = (project / path).read_text(encoding="utf-8")
        assert old in text, path
        (project / path).write_text(text.replace(old, new, 1), encoding="utf-8")
    return built(project)


def project_with_text(text: str, folder: Path) -> Path:
    """Copy the project, and add a section that has a text and no figure."""
    project = copy_project(folder)
    front_matter = "title: Postscript\nsummary: A page without a figure."
    (project / POSTSCRIPT).write_text(f"---\n{front_matter}\n---\n\n{text}\n", encoding="utf-8")
    return project


def built(project: Path, *options: str) -> Path:
    """Build a project's site."""
    done = run_build(project, "build", "--out", "dist", *options)
    assert done.returncode == 0, done.stderr
    return project / "dist"


def go_live(page: Page, address: str) -> Figure:
    """Open a page and wait until its figure is live."""
    page.goto(address)
    figure = Figure(page, page.locator("figure[data-widget]").first.get_attribute("data-widget"))
    figure.start_python()
    return figure


def expect_promise(page: Page) -> None:
    """The page says that everything works without a network."""
    expect(page.locator("[data-offline]")).to_be_visible(timeout=BOOT)


def expect_no_promise(page: Page) -> None:
    """The page promises nothing, although its service worker has done all that the page will ask it for."""
    page.evaluate(KEPT, 2 if page.locator("figure[data-state=ready]").count() else 1)
    assert page.evaluate(ASK, {"used": [], "thrifty": True}) is False
    expect(page.locator("[data-offline]")).to_be_hidden()


def expect_moves(figure: Figure) -> None:
    """A slider that is moved moves the figure."""
    figure.focus("lam")
    figure.press("End")
    figure.expect_shown(lam=figure.controls["lam"]["stops"][-1][0])


def forget_the_browsers_cache(page: Page) -> None:
    """Empty the cache that every browser has, so that only the copies are left."""
    page.context.new_cdp_session(page).send("Network.clearBrowserCache")


def cut_off(page: Page, host: Host, watch) -> None:
    """Take the network away, and all that the browser may still have from it."""
    watch.forgive(BROKEN)
    forget_the_browsers_cache(page)
    page.context.set_offline(True)
    host.gone = True
    host.asked.clear()


def copies(page: Page) -> set[str]:
    """Return the addresses of the copies, relative to the site's root."""
    return set(
        page.evaluate(
            """async () => {
                 const names = await caches.keys();
                 const caught = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
                 return caught.flat().map(({ url }) => url.split("/article/")[1]);
               }"""
        )
    )


def address(dist: Path, pattern: str) -> str:
    """Return the address of the one file of this name, relative to the site's root."""
    (path,) = dist.glob(pattern)
    return path.relative_to(dist).as_posix()


def until(page: Page, condition: str) -> None:
    """Wait until a promise in the page comes true; Playwright's own way of waiting is against the page's policy."""
    page.evaluate(
        """async ([condition, patience]) => {
             const end = performance.now() + patience;
             while (!(await condition())) {
               if (performance.now() > end) throw new Error(`never true: ${condition}`);
               await new Promise((next) => setTimeout(next, 50));
             }
           }""".replace("await condition()", f"await ({condition})"),
        [condition, BOOT],
    )


def return_later(page: Page, address: str) -> Page:
    """Close a reader's only page, open another, and again until the release that waits has taken over."""
    context = page.context
    until(page, WAITING)
    while page.evaluate(WAITING):
        page.close()
        page = context.new_page()
        page.goto(address)
    return page


def test_after_a_complete_visit_everything_works_without_a_network(open_page, host, watch):
    """One figure was live; then the page, the others, the whole article and every figure work from copies alone."""
    page = open_page()
    go_live(page, host.url + FIGURE)
    expect_promise(page)

    cut_off(page, host, watch)
    page.reload()
    figure = Figure(page, "lambda_sweep")
    figure.start_python()
    expect_moves(figure)
    expect_promise(page)
    expect_moves(go_live(page, host.url + OTHER_FIGURE))
    page.goto(f"{host.url}{TEXT}?weight_decay.lam=1")
    expect(page.locator("h1")).to_be_visible()
    page.goto(host.url)
    expect(page.locator("[data-section]")).to_have_count(10)
    # Browsers look for a new service worker by themselves, and past what Playwright takes away.
    assert set(host.asked) <= {"sw.js"}


def test_a_visit_without_a_live_figure_keeps_what_it_used(open_page, host, watch):
    """The page that was read works without a network; nothing heavy was fetched for it, and nothing is promised.

    It is kept on a machine that never rests, too.
    """
    page = open_page()
    page.add_init_script(RESTLESS)
    page.goto(host.url + TEXT)
    until(page, "caches.match(location.href, { ignoreSearch: true })")
    expect_no_promise(page)
    assert not [name for name in host.asked if name.startswith(("runtime/", "assets/vendor/", "figures/"))]

    cut_off(page, host, watch)
    page.reload()
    expect(page.locator("h1")).to_be_visible()
    assert page.evaluate("document.fonts.ready.then(() => document.fonts.check('16px Inter'))")


def test_plotly_is_kept_while_the_service_worker_is_installed(open_page, host, dist):
    """Chromium compiles all of it then, for the next visit; nothing else is kept before a page asks for it."""
    page = open_page()
    page.add_init_script("ServiceWorker.prototype.postMessage = () => {}")
    go_live(page, host.url + FIGURE)
    until(page, "navigator.serviceWorker.ready.then(() => true)")
    assert copies(page) - {"?wanted"} == {address(dist, "assets/vendor/plotly.*.js")}
    assert len([name for name in host.asked if "vendor/plotly" in name]) == 1


def test_where_data_are_dear_nothing_is_fetched_for_keeping(open_page, host, watch):
    """With Save-Data, what the visit used works without a network, figure and all, and no other byte was asked for."""
    page = open_page()
    page.add_init_script("Object.defineProperty(navigator, 'connection', { value: { saveData: true } })")
    go_live(page, host.url + OTHER_FIGURE)
    expect_no_promise(page)
    asked = [name for name in host.asked if name != "sw.js"]
    assert [name for name in asked if name.endswith("/")] == [OTHER_FIGURE]
    assert sorted(asked) == sorted(set(asked)), "something was asked for twice"

    cut_off(page, host, watch)
    page.reload()
    figure = Figure(page, "weight_decay")
    figure.start_python()
    expect_moves(figure)
    expect_no_promise(page)


def test_a_file_that_fails_spoils_no_other(open_page, host, watch):
    """All others are kept, and work; there is no promise until the next visit has kept what was missing."""
    watch.forgive(BROKEN)
    host.broken = re.compile("^bayes/|sans-greek")
    page = open_page()
    go_live(page, host.url + FIGURE)
    expect_no_promise(page)

    cut_off(page, host, watch)
    expect_moves(go_live(page, host.url + OTHER_FIGURE))
    expect_no_promise(page)

    page.context.set_offline(False)
    host.gone = False
    host.broken = None
    go_live(page, host.url + OTHER_FIGURE)
    expect_promise(page)


@pytest.mark.parametrize("pattern", ["assets/vendor/plotly.*.js", "figures/bayes-light-960.*.svg"])
def test_what_no_browser_would_use_is_not_kept(open_page, dist, pattern):
    """A file that came with another type is no copy, though its bytes are right: it is asked for again."""
    with FaultServer(dist) as server:
        page, file = open_page(), address(dist, pattern)
        page.goto(server.url + TEXT)
        server.break_(re.escape(file), Fault.TYPE, times=1)
        page.evaluate(ASK, {"used": [server.url + file], "thrifty": False})
        kind = page.evaluate(
            "(file) => caches.match(file).then(({ headers }) => headers.get('content-type'))",
            server.url + file,
        )
        assert kind.startswith(TYPES[Path(file).suffix])
        assert server.requests[file] == 2


def test_a_copy_that_does_not_arrive_holds_up_no_other(open_page, tmp_path):
    """When a file has been waited for too long, the next one's turn comes."""
    project = project_with_text("This is the first release.", tmp_path / "project")
    script = project / "site/service-worker/sw.js"
    text = script.read_text(encoding="utf-8")
    assert "TOO_LONG = 120_000" in text
    script.write_text(text.replace("TOO_LONG = 120_000", "TOO_LONG = 1_000"), encoding="utf-8")
    dist = built(project)
    first, second = (address(dist, f"figures/{name}.frames.*.json") for name in ("bayes", "penalty"))
    with FaultServer(dist) as server:
        page = open_page()
        page.goto(server.url + TEXT)
        page.evaluate(ASK, {"used": [], "thrifty": True})
        server.break_(re.escape(first), Fault.SILENT)
        both = {"used": [server.url + first, server.url + second], "thrifty": False}
        page.evaluate(
            f"(wish) => Promise.race([({ASK})(wish), new Promise((late) => setTimeout(late, 15000))])", both
        )
        kept = [
            page.evaluate("(url) => caches.match(url).then(Boolean)", server.url + file)
            for file in (first, second)
        ]
        assert kept == [False, True]


def test_a_page_that_gives_up_leaves_its_connection_to_others(open_page, dist):
    """Of many requests that nobody answers, only the last may still hang: browsers open but six to a host."""
    with FaultServer(dist) as server:
        page, file = open_page(), address(dist, "figures/bayes.frames.*.json")
        page.goto(server.url + TEXT)
        until(page, "navigator.serviceWorker.controller")
        page.evaluate(ASK, {"used": [], "thrifty": True})
        server.break_(re.escape(file), Fault.SILENT, times=7)
        given_up = "fetch(file, { cache: 'reload', signal: AbortSignal.timeout(300) }).catch(() => {})"
        page.evaluate(
            f"async (file) => {{ for (let i = 0; i < 7; i++) await {given_up}; }}", server.url + file
        )
        again = "fetch(file, { cache: 'reload', signal: AbortSignal.timeout(10000) })"
        assert page.evaluate(f"async (file) => (await {again}).status", server.url + file) == HTTPStatus.OK


def test_a_host_that_dawdles_is_not_waited_for(open_page, host):
    """A page that does not answer comes from its copy, and its figure is live."""
    page = open_page()
    go_live(page, host.url + FIGURE)
    expect_promise(page)

    forget_the_browsers_cache(page)
    host.awake.clear()
    expect_moves(go_live(page, host.url + FIGURE))


def test_a_new_release_does_not_break_what_is_open(open_page, host, releases, watch):
    """An open page finds its Plotly and its Python though the host has them no more; new pages are new."""
    page = open_page()
    go_live(page, host.url + FIGURE)
    expect_promise(page)
    old = page.context.new_page()
    old.set_viewport_size({"width": 1280, "height": 150})  # no figure is near
    old.goto(host.url)
    expect(old.locator("figure[data-widget] .main-svg")).to_have_count(0)

    host.release = releases["second"]
    forget_the_browsers_cache(page)
    page.goto(host.url + TEXT)
    expect(page.get_by_text("This is the second release.")).to_be_visible()
    until(page, WAITING)
    late = Figure(old, "weight_decay")
    late.start_python()
    expect_moves(late)
    expect_moves(go_live(page, host.url + FIGURE))
    assert any(name.startswith("runtime/second") for name in host.asked)

    # The old release's page still keeps its service worker, so its copies are what there is without a network.
    cut_off(page, host, watch)
    page.goto(host.url + TEXT)
    expect(page.locator("h1")).to_be_visible()
    page.goto(host.url + FIGURE)
    figure = Figure(page, "lambda_sweep")
    figure.start_python()
    expect_moves(figure)
    expect_promise(page)


def test_the_new_release_takes_over_when_the_old_is_closed(open_page, host, releases, watch):
    """Then it is the new text that can be read without a network, with its own figures."""
    page = open_page()
    go_live(page, host.url + FIGURE)
    expect_promise(page)

    host.release = releases["second"]
    go_live(page, host.url + FIGURE)
    page = return_later(page, host.url + TEXT)
    go_live(page, host.url + FIGURE)
    expect_promise(page)

    cut_off(page, host, watch)
    page.goto(host.url + TEXT)
    expect(page.get_by_text("This is the second release.")).to_be_visible()
    expect_moves(go_live(page, host.url + FIGURE))


def test_copies_outlive_one_release_and_not_two(open_page, host, releases):
    """What the release before wants stays, in case the site is put back; what nobody wants goes."""
    page = open_page()
    page.goto(host.url + TEXT)
    until(page, "caches.match(location.href, { ignoreSearch: true })")
    kept = {}
    for name, release in {"first": host.release, **releases}.items():
        host.release = release
        page.goto(host.url + TEXT)
        if name != "first":
            page = return_later(page, host.url + TEXT)
        script = page.locator("script[data-modules]").evaluate(MAIN)
        until(page, f"caches.match({script!r})")
        kept[name] = script.removeprefix(host.url)
    assert len(set(kept.values())) == 3
    assert kept["second"] in copies(page)
    assert kept["third"] in copies(page)
    assert kept["first"] not in copies(page)


def test_nobody_can_slip_something_into_the_copies(open_page, host, watch):
    """What other code has written over the copies is neither run nor shown, with a network and without."""
    page = open_page()
    go_live(page, host.url + FIGURE)
    expect_promise(page)

    overwrite = """async () => {
        for (const name of await caches.keys()) {
          const cache = await caches.open(name);
          for (const request of await cache.keys()) {
            const old = await cache.match(request);
            const type = old.headers.get("content-type");
            const body = type?.includes("html") ? "<!doctype html><title>evil</title>" : "globalThis.evil = true;";
            await cache.put(request, new Response(body, { headers: { "content-type": type } }));
          }
        }
      }"""
    page.evaluate(overwrite)
    forget_the_browsers_cache(page)
    expect_moves(go_live(page, host.url + FIGURE))
    assert page.evaluate("globalThis.evil") is None
    expect_promise(page)

    page.evaluate(overwrite)
    cut_off(page, host, watch)
    with pytest.raises(Exception, match="ERR_"):
        page.goto(host.url + FIGURE)
    assert page.title() != "evil"


REFUSALS = """
    for (const [owner, names] of [[Navigator.prototype, ["serviceWorker", "storage"]],
                                  [window, ["caches", "indexedDB", "localStorage", "sessionStorage"]]])
      for (const name of names)
        Object.defineProperty(owner, name, { get() { throw new DOMException("no", "SecurityError"); } });
"""


def test_without_storage_everything_else_works(open_page, host):
    """Where the browser refuses every kind of storage, figures are live, the theme turns, and nothing is promised."""
    page = open_page()
    page.add_init_script(REFUSALS)
    figure = go_live(page, host.url + FIGURE)
    expect_moves(figure)
    page.locator("[data-theme-toggle]").click()
    expect(page.locator("html")).to_have_attribute("data-theme", re.compile("dark|light"))
    page.get_by_role("link", name=re.compile("Before|Next")).first.click()
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator("[data-offline]")).to_be_hidden()
    assert "sw.js" not in host.asked


def test_without_room_nothing_is_promised(open_page, host):
    """Where there is a service worker but no room for copies, everything works with a network."""
    page = open_page()
    page.goto("about:blank")
    page.context.new_cdp_session(page).send(
        "Storage.overrideQuotaForOrigin", {"origin": host.url.removesuffix("/article/"), "quotaSize": 200_000}
    )
    figure = go_live(page, host.url + FIGURE)
    expect_moves(figure)
    until(page, "navigator.serviceWorker.controller")
    figure = go_live(page, host.url + OTHER_FIGURE)
    expect_moves(figure)
    expect_no_promise(page)


def test_the_service_worker_can_be_called_back(open_page, host, watch, tmp_path):
    """A release without it removes all that was kept, and the service worker; the page before the reader goes on."""
    page = open_page()
    figure = go_live(page, host.url + FIGURE)
    expect_promise(page)
    until(page, "performance.getEntriesByName('l2:settled')[0]?.detail.kept")
    assert page.evaluate(MEMORIES) == 1

    host.release = built(project_with_text("This is the last.", tmp_path / "project"), "--no-service-worker")
    open_one = page.context.new_page()
    open_one.goto(host.url + TEXT)
    until(open_one, "navigator.serviceWorker.getRegistrations().then(({ length }) => length === 0)")
    until(open_one, "caches.keys().then(({ length }) => length === 0)")
    until(open_one, f"({MEMORIES})().then((count) => count === 0)")
    expect_moves(figure)
    go_live(page, host.url + FIGURE)
    until(page, "performance.getEntriesByName('l2:settled').length > 0")
    assert page.evaluate(MEMORIES) == 0
    assert page.evaluate("navigator.serviceWorker.controller") is None
    expect(page.locator("footer")).not_to_contain_text("a copy of this site")
    assert page.evaluate("navigator.serviceWorker.getRegistrations().then(({ length }) => length)") == 0

    cut_off(page, host, watch)
    with pytest.raises(Exception, match="ERR_"):
        page.goto(host.url + FIGURE)
