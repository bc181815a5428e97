"""One figure in a frame of another page: live, as high as it is, without storage, and as a lesson wants it."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import expect

from tests.e2e.figure import BOOT, Figure
from tests.e2e.test_accessibility import violations

NO_STORAGE = """
for (const name of ["localStorage", "sessionStorage", "caches", "indexedDB"])
  Object.defineProperty(window, name, { get() { throw new DOMException("refused", "SecurityError"); } });
for (const name of ["serviceWorker", "storage"])
  Object.defineProperty(Navigator.prototype, name, { get() { throw new DOMException("refused", "SecurityError"); } });
"""


class Host:
    """Somebody else's server, whose only page is what a test makes it."""

    def __init__(self) -> None:
        self.page = ""
        self.headers: dict[str, str] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Answer, self))
        self.url = f"http://127.0.0.1:{self._server.server_port}/"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        """Stop, and give the port back."""
        self._server.shutdown()
        self._server.server_close()


class _Answer(BaseHTTPRequestHandler):
    def __init__(self, host: Host, *args: object) -> None:
        self._host = host
        super().__init__(*args)

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        found = self.path == "/"
        self.send_response(200 if found else 404)
        for name, value in {"Content-Type": "text/html; charset=utf-8", **self._host.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        page = f"<!doctype html><html lang=en><link rel=icon href='data:,'><title>A lesson</title>{self._host.page}"
        self.wfile.write(page.encode() if found else b"")


@pytest.fixture
def host() -> Iterator[Host]:
    """Another origin."""
    server = Host()
    yield server
    server.close()


def alone(page, site, name, query=""):
    """Open a figure's own page and return the figure."""
    page.goto(f"{site}embed/{name}/{query}")
    return Figure(page, name)


def in_frame(page, name):
    """Return a figure that stands in the only frame of a page."""
    page.wait_for_selector("iframe")
    frame = page.locator("iframe").element_handle().content_frame()
    frame.wait_for_selector(f"figure[data-widget={name}]")
    return Figure(frame, name)


def test_the_snippet_shows_the_figure_on_another_page(new_page, site, host, figures):
    """What the button copies is a frame that stands where the figure stood, is live, and grows with what is in it."""
    figure = figures("weight_decay")
    figure.set("lam", "0.1")
    figure.expect_shown(lam="0.1")
    figure.share()
    host.page = figure.taken.locator("[data-copied]").nth(1).text_content()
    page = new_page()
    page.goto(host.url)
    framed = in_frame(page, "weight_decay")
    framed.root.scroll_into_view_if_needed()
    framed.expect_shown(lam="0.1", within=BOOT)

    framed.set("lr", "1")
    framed.expect_shown(lam="0.1", lr="1")
    height = expect_height(framed.page, over=500)
    framed.root.get_by_text("The numbers as a table").click()
    expect_height(framed.page, over=height)
    assert framed.page.evaluate("document.documentElement.scrollHeight <= innerHeight")


def expect_height(frame, over):
    """The frame is higher than so many CSS pixels, and just as high as what is in it; return how high."""
    content = "Math.ceil(document.documentElement.getBoundingClientRect().height)"
    frame.wait_for_function(f"(over) => innerHeight > over && innerHeight === {content}", arg=over)
    return frame.evaluate("innerHeight")


def test_only_the_height_is_told_and_only_to_the_page_around(new_page, site, host):
    """Every message is a height; the page behind another origin's name would not get it."""
    host.page = (
        f"<script>window.heard = []; addEventListener('message', ({{ data }}) => heard.push(data));</script>"
        f"<iframe src='{site}embed/weight_decay/' width=900 height=400 title=x></iframe>"
    )
    page = new_page()
    page.goto(host.url)
    figure = in_frame(page, "weight_decay")
    figure.start_python()
    page.wait_for_function("heard.length > 0")
    for message in page.evaluate("heard"):
        assert message.keys() == {"type", "n"}
        assert message["type"] == "height"
        assert 0 < message["n"] <= 10_000


def test_a_page_that_is_isolated_can_have_it_too(new_page, site, host):
    """Isolation wants every frame's consent, which pages below embed/ give."""
    host.headers = {
        "Cross-Origin-Embedder-Policy": "require-corp",
        "Cross-Origin-Opener-Policy": "same-origin",
    }
    host.page = f"<iframe src='{site}embed/weight_decay/' width=900 height=900 title=x></iframe>"
    page = new_page()
    page.goto(host.url)
    assert page.evaluate("crossOriginIsolated")
    in_frame(page, "weight_decay").start_python()


def test_a_frame_without_an_origin_says_what_it_lacks(new_page, site, host):
    """Sandboxed, it has its looks and follows its first slider without Python, and a sentence tells why no more."""
    source = f"{site}embed/weight_decay/"
    host.page = f"<iframe sandbox='allow-scripts' src='{source}' width=900 height=900 title=x></iframe>"
    page = new_page()
    page.goto(host.url)
    figure = in_frame(page, "weight_decay")
    expect(figure.plot.locator("[data-live] .main-svg").first).to_be_visible(timeout=BOOT)
    expect(figure.input("lr")).to_be_enabled()
    assert figure.page.evaluate("origin") == "null"
    figure.page.wait_for_function("() => document.fonts.check('1em \"Inter Variable\"')")

    first, other = list(figure.controls)[:2]
    stop = figure.controls[first]["stops"][figure.controls[first]["start"] + 1][0]
    figure.set(first, stop)
    expect(figure.root).to_have_attribute("data-shown", figure.query(**{first: stop}), timeout=BOOT)
    figure.set(other, figure.controls[other]["stops"][-1][0])
    figure.expect_status(re.compile("cannot run Python.*frame with sandbox and without allow-same-origin"))


def test_other_pages_are_not_framed(new_page, site, host, watch):
    """The article refuses to stand in somebody else's frame."""
    watch.forgive("frame-ancestors|Framing|net::ERR|Failed to load")
    host.page = f"<iframe src='{site}weight-decay/' title=x></iframe>"
    page = new_page()
    with page.expect_console_message(lambda message: "frame-ancestors" in message.text):
        page.goto(host.url)


def test_it_does_without_storage(new_page, site):
    """Where the browser keeps nothing for a frame, the figure lives all the same."""
    page = new_page()
    page.add_init_script(NO_STORAGE)
    figure = alone(page, site, "weight_decay", "?weight_decay.lam=0.1")
    figure.root.scroll_into_view_if_needed()
    figure.expect_shown(lam="0.1")
    page.locator("html").evaluate(
        "() => { try { localStorage; window.kept = true; } catch { window.kept = false; } }"
    )
    assert page.evaluate("kept") is False


def test_a_frame_has_no_service_worker_and_leaves_pythons_memory(new_page, site):
    """Neither is a page's in a frame to decide about: it registers none, and does not remove what is kept."""
    page = new_page(service_workers="allow")
    figure = alone(page, site, "weight_decay")
    folder = (
        "const root = await navigator.storage.getDirectory(); const name = encodeURIComponent('/runtime/');"
    )
    page.evaluate(f"async () => {{ {folder} await root.getDirectoryHandle(name, {{ create: true }}); }}")
    page.reload()
    figure.start_python()
    assert page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)") == 0
    page.evaluate(f"async () => {{ {folder} await root.getDirectoryHandle(name); }}")


def test_it_leads_to_its_section(new_page, site):
    """The line below opens the section, in a window of its own, where the figure stands."""
    figure = alone(new_page(), site, "lambda_sweep")
    with figure.page.expect_popup() as popup:
        figure.page.locator("a[data-home]").click()
    there = Figure(popup.value, "lambda_sweep")
    expect(there.root).to_be_in_viewport()


def test_its_link_is_the_sections(new_page, site):
    """What a reader copies in a frame leads to the page that explains the figure."""
    figure = alone(new_page(), site, "lambda_sweep", "?lambda_sweep.lam=0.01")
    figure.root.scroll_into_view_if_needed()
    figure.expect_shown(lam="0.01")
    figure.share()
    expect(figure.taken.locator("[data-copied]").first).to_have_text(
        f"{site}tuning/?lambda_sweep.lam=0.01#figure-lambda_sweep"
    )


# ---- Lessons


def test_a_lesson_hides_what_its_link_names(new_page, site):
    """Controls and other parts go, and stay away while the rest is used; its question comes first, as text alone."""
    question = "Where does <b>w</b> end? 100 % sure?"
    query = "?weight_decay.pull=on&hide=lr,presets,question&hide=table,python&prompt=" + question.replace(
        "%", "%25"
    )
    figure = alone(new_page(), site, "weight_decay", query)
    figure.start_python()
    lesson = figure.page.locator("[data-lesson]")
    expect(lesson.locator("q")).to_have_text(question)
    expect(lesson).to_contain_text("From whoever made this link:")
    expect(lesson.locator("b")).to_have_count(0)
    figure.set("lam", "0.1")
    figure.expect_shown(lam="0.1", pull="on")
    for hidden in (
        "[data-control=lr]",
        ".presets",
        ".widget-question",
        "details:has(table)",
        "[data-python]",
    ):
        expect(figure.root.locator(hidden)).to_be_hidden()
    expect(figure.root.locator("[data-control=lam]")).to_be_visible()


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        (
            "?hide=lamb,lr",
            r"The link asks to hide lamb, which this figure does not have; it can hide lam, lr, .*, python, share\.",
        ),
        (f"?hide={'x' * 60}", r"asks to hide x{40}…, which"),
        ("?hide=%22%5D%2Cbody", r"asks to hide \"\], which"),
        (
            f"?prompt={'y' * 301}",
            r"The link asks a question of 301 characters, which is not shown; 300 are the most\.",
        ),
        ("?hide=constructor", "asks to hide constructor, which"),
    ],
)
def test_a_wrong_lesson_is_explained(new_page, site, query, sentence):
    """One sentence says what the link wants that cannot be, and what can; what is right in it is done."""
    figure = alone(new_page(), site, "weight_decay", query)
    expect(figure.page.locator("[data-lesson]")).to_contain_text(re.compile(sentence))
    expect(figure.root).to_be_visible()
    if "lr" in query:
        expect(figure.root.locator("[data-control=lr]")).to_be_hidden()


def test_a_question_cannot_turn_its_own_direction(new_page, site):
    """Characters that reorder text are taken out of it."""
    figure = alone(new_page(), site, "weight_decay", "?prompt=a%E2%80%AEb%0Ac")
    expect(figure.page.locator("q")).to_have_js_property("textContent", "a b c")


def test_axe_finds_nothing_in_a_lesson(new_page, site):
    """In both themes, with all that a link can ask for."""
    figure = alone(new_page(), site, "weight_decay", "?hide=lr,nothing&prompt=What+if?")
    figure.start_python()
    figure.root.locator("figcaption").scroll_into_view_if_needed()
    assert violations(figure.page) == []
