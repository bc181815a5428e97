"""Quick hands, a dead worker, broken downloads: nothing waits for ever, nothing needs a reload."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

BROKEN = "Failed to load resource|net::ERR"
"""What the browser itself writes on the console when a request fails."""

CORE = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm")
RUNTIME = (*CORE, "stdlib.zip", "numpy.zip", "l2widgets.zip")


def test_a_quick_hand_sees_the_last(figures):
    """After a slider was dragged through its range, the figure is that of the last stop."""
    figure = figures("lambda_sweep")

    figure.drag("lam")

    figure.expect_shown(lam="100")
    figure.expect_value("lam", "100")


def test_controls_of_two_figures_at_once(open_figure, places):
    """One worker serves all figures of a page; none of them is forgotten."""
    figure = open_figure("lambda_sweep")
    figure.start_python()
    assert len(figure.page.workers) == 1

    figure.focus("lam")
    figure.press("Home", "End", "ArrowLeft", "ArrowLeft", "ArrowRight")

    figure.expect_shown(lam=figure.controls["lam"]["stops"][-2][0])
    assert len(figure.page.workers) == 1


def test_a_worker_that_hangs_is_replaced(open_figure):
    """A worker that stops in the middle of a figure is ended after ten seconds, said so, and the figure is drawn."""

    def stall_at_100(page):
        page.add_init_script(
            """
            const { postMessage } = Worker.prototype;
            let stalled = false;
            Worker.prototype.postMessage = function (message) {
              if (!stalled && message.includes('"lam":"100"')) { stalled = true; this.terminate(); }
              else postMessage.call(this, message);
            };
            """
        )

    figure = open_figure("weight_decay", prepare=stall_at_100)
    figure.start_python()

    figure.focus("lam")
    figure.press("End")

    figure.expect_state("busy")
    figure.expect_status("Python did not answer within 10 seconds, so it is started again.", within=15_000)
    figure.expect_shown(lam="100")
    figure.expect_no_status()


@pytest.mark.parametrize("file", RUNTIME)
def test_a_damaged_download_repairs_itself(open_figure, watch, file):
    """A file that arrives damaged once is fetched again, past the browser's cache."""
    hits = []

    def damage_once(page):
        def answer(route):
            hits.append(route.request.url)
            if len(hits) > 1:
                route.continue_()
                return
            response = route.fetch()
            body = bytearray(response.body())
            body[len(body) // 2] ^= 0xFF
            route.fulfill(response=response, body=bytes(body))

        page.route(re.compile(rf"/runtime/\w+/{re.escape(file)}"), answer)

    watch.forgive(BROKEN)
    figure = open_figure("weight_decay", prepare=damage_once)
    figure.start_python()
    figure.focus("lam")
    figure.press("End")
    figure.expect_shown(lam="100")
    assert len(hits) > 1


@pytest.mark.parametrize(
    ("file", "status", "sentence"),
    [
        ("pyodide.asm.wasm", 404, "the server answered 404 for pyodide.asm.wasm"),
        ("stdlib.zip", 500, "the server answered 500 for stdlib"),
        ("numpy.zip", 404, "the server answered 404 for numpy"),
        ("l2widgets.zip", 200, "l2widgets"),
    ],
)
def test_a_lasting_failure_is_explained_and_can_be_tried_again(open_figure, watch, file, status, sentence):
    """The sentence names the file; the picture stays; trying again works once the server does."""
    pattern = re.compile(rf"/runtime/\w+/{re.escape(file)}")
    watch.forgive(BROKEN)
    figure = open_figure(
        "weight_decay",
        prepare=lambda page: page.route(
            pattern, lambda route: route.fulfill(status=status, body="<html>no</html>")
        ),
    )
    figure.approach()
    figure.focus("lam")
    figure.press("End")

    figure.expect_state("error", within=20_000)
    figure.expect_status(re.compile(re.escape(sentence)))
    figure.expect_heard(re.compile(re.escape(sentence)))
    figure.expect_live()

    figure.page.unroute(pattern)
    figure.try_again()
    figure.expect_shown(lam="100")
    figure.expect_no_status()


def test_a_worker_that_cannot_be_loaded_is_explained(open_figure, watch):
    """Without the worker's script there is a sentence, not a spinner."""
    watch.forgive(BROKEN)
    figure = open_figure(
        "weight_decay", prepare=lambda page: page.route("**/worker*.js", lambda route: route.abort())
    )
    figure.approach()
    figure.focus("lam")
    figure.press("End")

    figure.expect_state("error", within=20_000)
    figure.expect_status(re.compile("worker could not be loaded.*try again", re.IGNORECASE))


def test_without_plotly_the_picture_stays(open_figure, watch):
    """When the drawing code does not arrive, the picture remains and a moved control says why nothing moves."""
    watch.forgive(BROKEN)
    figure = open_figure(
        "weight_decay", prepare=lambda page: page.route("**/plotly*.js", lambda route: route.abort())
    )
    figure.root.scroll_into_view_if_needed()
    figure.focus("lam")
    figure.press("End")

    figure.expect_state("error", within=30_000)
    figure.expect_status(re.compile("drawing code did not arrive"))
    expect(figure.plot.locator("picture img:visible")).to_be_visible()


def test_without_webassembly(open_figure):
    """A browser that cannot run Python says so, and downloads none of it."""
    asked = []

    def forbid(page):
        page.add_init_script("delete globalThis.WebAssembly")
        page.on("request", lambda request: "/runtime/" in request.url and asked.append(request.url))

    figure = open_figure("weight_decay", prepare=forbid)
    figure.approach()
    figure.focus("lam")
    figure.press("End")

    figure.expect_state("error")
    figure.expect_status(re.compile("cannot run Python.*WebAssembly is switched off"))
    assert asked == []


def test_without_storage(open_figure):
    """Storage that is refused costs nothing but the memory of the theme."""
    refuse = """
        for (const name of ["localStorage", "sessionStorage"])
          Object.defineProperty(window, name, { get() { throw new DOMException("no", "SecurityError"); } });
    """
    figure = open_figure("weight_decay", prepare=lambda page: page.add_init_script(refuse))
    figure.start_python()
    figure.focus("lam")
    figure.press("End")
    figure.expect_shown(lam="100")


def test_after_a_crash_python_waits_for_the_reader(open_figure):
    """When the tab died while Python started, the next page does not start it unasked."""
    figure = open_figure(
        "weight_decay",
        prepare=lambda page: page.add_init_script("sessionStorage.setItem('l2.starting', '1')"),
    )
    figure.approach()
    figure.page.evaluate("new Promise((done) => requestIdleCallback(() => setTimeout(done, 0)))")
    assert figure.page.workers == []

    figure.focus("lam")
    figure.press("End")
    figure.expect_shown(lam="100")
