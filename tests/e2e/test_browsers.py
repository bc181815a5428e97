"""Browsers that lack something, or do something to a page: what can work does, the rest is said in a sentence."""

from __future__ import annotations

import json
import re
import time
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import BROKEN, VIEWPORT, find_places
from tests.e2e.faults import Fault, FaultServer
from tests.e2e.figure import BOOT, Figure

REFUSE_STORAGE = """
    const refuse = { get() { throw new DOMException("The operation is insecure.", "SecurityError"); } };
    for (const name of ["localStorage", "sessionStorage", "indexedDB", "caches"])
      Object.defineProperty(window, name, refuse);
    Object.defineProperty(Navigator.prototype, "serviceWorker", refuse);
"""


CLAIMED = """() => new Promise((resolve) => {
  const { serviceWorker } = navigator;
  if (serviceWorker.controller) resolve(true);
  else serviceWorker.addEventListener("controllerchange", () => resolve(true), { once: true });
})"""
"""When the service worker has taken over the page: a page that it takes over while away is loaded anew."""


@pytest.fixture
def launch(browser_type, browser_type_launch_args, watch):
    """Open a page in a browser of its own, started with other arguments."""

    @contextmanager
    def open_it(*arguments, **options):
        args = [*browser_type_launch_args["args"], *arguments]
        browser = browser_type.launch(**browser_type_launch_args | {"args": args} | options)
        try:
            yield watch.over(browser.new_context(viewport=VIEWPORT)).new_page()
        finally:
            browser.close()

    return open_it


def test_without_webassembly(launch, site, places):
    """A browser that cannot run Python says so, and downloads none of it."""
    asked = []
    with launch("--js-flags=--jitless") as page:
        page.on("request", lambda request: asked.append(request.url))
        page.goto(site + places["weight_decay"])
        figure = Figure(page, "weight_decay")
        figure.approach()
        figure.focus("lr")
        figure.press("End")

        figure.expect_state("error")
        figure.expect_status(
            re.compile(
                "cannot run Python.*WebAssembly is switched off.*most controls cannot move the figures"
            )
        )
        assert not any("/runtime/" in url or "/worker." in url for url in asked)


def test_without_promise_integration(open_figure):
    """Python does without the WebAssembly feature that Safari lacks."""

    def take_away(page):
        def answer(route):
            response = route.fetch()
            lack = "delete WebAssembly.Suspending; delete WebAssembly.promising;"
            route.fulfill(response=response, body=f"{lack}\n{response.text()}")

        page.route("**/assets/js/worker.*.js", answer)

    figure = open_figure("lambda_sweep", prepare=take_away)
    figure.start_python()
    assert figure.page.workers[0].evaluate("typeof WebAssembly.Suspending") == "undefined"
    for control, spec in figure.controls.items():
        if spec["kind"] == "slider":
            figure.set(control, spec["stops"][-1][0])
    figure.set("lam", figure.controls["lam"]["stops"][0][0])
    figure.expect_no_status()
    figure.start_over()
    figure.expect_shown()


def test_without_storage(open_figure):
    """Storage that is refused costs nothing but the memory of the theme."""
    figure = open_figure("weight_decay", prepare=lambda page: page.add_init_script(REFUSE_STORAGE))
    figure.start_python()
    figure.focus("lr")
    figure.press("End")
    figure.expect_shown(lr="1")
    figure.page.locator("[data-theme-toggle]").click()
    expect(figure.page.locator("html")).to_have_attribute("data-theme", re.compile("dark|light"))


@pytest.mark.parametrize("alive", [True, False], ids=["worker alive", "worker dead"])
def test_back_and_forward(launch, whole_chromium, trial_sites, brief_downloads, alive):
    """A page that comes back from the browser's cache has Python, whether the worker has survived or not."""
    keep = {"executable_path": whole_chromium, "ignore_default_args": ["--disable-back-forward-cache"]}
    with launch(**keep) as page:
        page.goto(trial_sites[0] + find_places(brief_downloads)["weight_decay"])
        figure = Figure(page, "weight_decay")
        figure.start_python()
        page.evaluate(CLAIMED)
        if not alive:
            page.workers[0].evaluate("close()")
        page.locator("html").evaluate("(html) => { html.dataset.theSame = 'yes'; }")
        page.goto(trial_sites[0])
        page.evaluate("setTimeout(() => history.back())")  # this page may be gone before it could answer
        expect(page).to_have_url(re.compile("/weight-decay/$"))
        expect(page.locator("html")).to_have_attribute("data-the-same", "yes")

        if not alive:
            figure.expect_state("booting")
        figure.expect_state("ready", within=BOOT)
        figure.focus("lr")
        figure.press("End")
        figure.expect_shown(lr="1")
        figure.expect_no_status()
        assert page.evaluate("performance.getEntriesByName('l2:ready').length") == 1 + (not alive)


class CrashedPage:
    """A tab whose process has ended, and which is loaded again. Playwright has given it up; the protocol has not."""

    def __init__(self, page):
        self._protocol = page.context.browser.new_browser_cdp_session()
        self._answers = {}
        self._sent = 0
        self._protocol.on("Target.receivedMessageFromTarget", self._receive)
        targets = self._protocol.send("Target.getTargets")["targetInfos"]
        (target,) = (one["targetId"] for one in targets if one["type"] == "page")
        self._pump = page.context.browser.new_context().new_page()
        attached = self._protocol.send("Target.attachToTarget", {"targetId": target, "flatten": False})
        self._session = attached["sessionId"]

    def evaluate(self, expression, within=BOOT):
        """Return what a JavaScript expression becomes; None on a page that goes away meanwhile, or gives no answer."""
        how = {"expression": expression, "awaitPromise": True, "returnByValue": True}
        answer = self.send("Runtime.evaluate", within, **how) or {}
        return answer.get("result", {}).get("value")

    def go(self, address):
        """Load a page. What a browser is asked before it knows that the process has ended is lost, and asked again."""
        end = time.monotonic() + 4 * BOOT / 1000
        self.send("Page.navigate", url=address)
        while self.evaluate("location.href", within=10000) != address:
            assert time.monotonic() < end, f"the tab does not go to {address}"
            self.send("Page.navigate", url=address)

    def until(self, expression):
        """Wait until a JavaScript expression is true; a question that was lost with the old page is asked again."""
        end = time.monotonic() + 2 * BOOT / 1000
        while not self.evaluate(f"document.readyState === 'complete' && ({expression})", within=5000):
            assert time.monotonic() < end, f"still not: {expression}"

    def send(self, method, within=BOOT, **parameters):
        """Return the answer to a command, or None if there is none after so many milliseconds."""
        self._sent += 1
        number = self._sent
        message = json.dumps({"id": number, "method": method, "params": parameters})
        self._protocol.send("Target.sendMessageToTarget", {"sessionId": self._session, "message": message})
        end = time.monotonic() + within / 1000
        while number not in self._answers and time.monotonic() < end:
            self._pump.evaluate("1")  # answers come in while Playwright waits for something
        return self._answers.get(number)

    def _receive(self, event):
        message = json.loads(event["message"])
        if "id" in message:
            self._answers[message["id"]] = message.get("result", {})  # a command may also be refused


def test_after_a_crash_python_waits_for_the_reader(launch, dist, places, watch):
    """When the tab died while Python started, the next page says so and does not start it unasked; a touch does."""
    watch.forgive(BROKEN)
    with FaultServer(dist) as server, launch() as page:
        server.break_("numpy.zip", Fault.SILENT)
        address = server.url + places["weight_decay"]
        page.goto(address)
        figure = Figure(page, "weight_decay")
        figure.root.scroll_into_view_if_needed()
        figure.expect_state("booting")
        with pytest.raises(Exception, match=r"chrome://crash"):
            page.goto("chrome://crash")
        server.repair()

        crashed = CrashedPage(page)
        crashed.go(address)
        root = "document.querySelector('[data-widget=weight_decay]')"
        crashed.until(f"{root}.scrollIntoView(), {root}.querySelector('[data-status-text]').textContent")
        said = crashed.evaluate(f"{root}.querySelector('[data-status-text]').textContent")
        assert said == (
            "This page broke off while Python was starting, so Python now waits until you use a control."
        )
        crashed.evaluate("new Promise((done) => requestIdleCallback(() => setTimeout(done, 0)))")
        assert crashed.evaluate(f"{root}.dataset.state") == "static"

        crashed.evaluate(f"{root}.querySelector('[data-reset]').focus()")
        crashed.until(f"{root}.dataset.state === 'ready'")
        assert crashed.evaluate(f"{root}.querySelector('[data-status]').hidden")
