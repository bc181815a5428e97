"""Whatever a figure's code does to Python, the page goes on: one sentence says what happened, the next move works."""

from __future__ import annotations

import json
import re

import pytest

from tests.e2e.conftest import VIEWPORT, find_places
from tests.e2e.figure import BOOT, Figure

DEADLINE = 3000
"""Milliseconds that a figure may take on the site of `brief_answers`."""
MEBIBYTE = 2**20

AGAIN = "Python did not answer within 3 seconds, so it is started again."

KEEP_SAID = """(status) => {
    window.said = [];
    new MutationObserver(() => said.push(status.textContent)).observe(status, { childList: true });
}"""
"""Keeps what a status says, be it for a moment alone."""

MEMORY = "need more memory than this page allows. Python starts again; choose smaller ones"
BROKEN = "Python broke down at these settings .* and starts again. Choose others"

LISTEN = """
    window.heard = { types: [], longest: 0 };
    window.Worker = class extends Worker {
      constructor(...given) {
        super(...given);
        this.addEventListener("message", ({ data }) => {
          heard.types.push(JSON.parse(data).type);
          heard.longest = Math.max(heard.longest, data.length);
        });
      }
    };
"""
"""Writes down what workers say to the page."""


LOOK_LATER = """
    (pause) => {
      const look = () => document.querySelector("[data-widget=mischief] [data-status-text]").textContent;
      window.seen = new Promise((done) => {
        addEventListener("input", () => setTimeout(() => done(look()), pause), { once: true });
      });
    }
"""
"""Looks at the page by the page's own clock, so that a busy machine delays promise and proof alike."""


@pytest.fixture
def open_figures(new_page, brief_answers, trial_sites):
    """Open a page with both figures, the one with bad manners and another, and start Python."""

    def open_them(prepare="", *, brief=False, **options):
        page = new_page(**options)
        return both_figures(page, trial_sites[brief] + find_places(brief_answers)["mischief"], prepare)

    return open_them


@pytest.fixture(scope="module")
def lasting_figures(browser, watch, brief_answers, trial_sites):
    """The same page for several tests, which none of them may break."""
    context = watch.over(browser.new_context(viewport=VIEWPORT))
    mischief, other = both_figures(
        context.new_page(), trial_sites[0] + find_places(brief_answers)["mischief"]
    )
    other.approach()
    yield mischief, other
    context.close()


def both_figures(page, address, prepare=""):
    """Return the figure with bad manners, its Python started, and the one beside it."""
    page.add_init_script(LISTEN + prepare)
    page.goto(address)
    mischief, other = Figure(page, "mischief"), Figure(page, "weight_decay")
    mischief.start_python()
    return mischief, other


def expect_both_to_work(mischief, other):
    """A move of either figure is drawn."""
    other.start_over()
    other.set("lr", "1")
    other.expect_shown(lr="1")
    mischief.start_over()
    mischief.set("lift", "2")
    mischief.expect_shown(lift="2")
    mischief.expect_no_status()
    mischief.start_over()
    mischief.expect_shown()


def heard(page):
    """Return the types of all that workers have said to the page."""
    return page.evaluate("heard.types")


def heap(page):
    """Return the size of Python's heap, in MiB, when the newest Python was ready."""
    return page.evaluate("performance.getEntriesByName('l2:ready').at(-1).detail.heap") / MEBIBYTE


def starts(page):
    """Return how often Python became ready."""
    return page.evaluate("performance.getEntriesByName('l2:ready').length")


@pytest.mark.parametrize("deed", [pytest.param("refuse", marks=pytest.mark.whole), "matmul", "flood"])
def test_what_never_ends_is_ended(open_figures, deed):
    """After the deadline the page says so and starts Python again; after the second it leaves these settings alone."""
    mischief, other = open_figures(brief=True)
    before = len(heard(mischief.page))
    mischief.page.evaluate(LOOK_LATER, DEADLINE + 500)

    mischief.set("deed", deed)

    assert mischief.page.evaluate("seen") == AGAIN
    mischief.expect_state("error", within=BOOT)
    mischief.expect_status(
        re.compile("did not answer within 3 seconds, twice, for these settings. Choose others")
    )
    expect_both_to_work(mischief, other)
    # What the page heard are the stages of two starts and a few figures, not what was printed.
    assert len(heard(mischief.page)) - before < 500


@pytest.mark.parametrize(
    ("deed", "sentence"),
    [
        ("hoard", MEMORY),
        pytest.param("array", MEMORY, marks=pytest.mark.whole),
        ("exit", BROKEN),
        ("nest", BROKEN),
    ],
)
def test_what_python_does_not_survive_gets_a_new_python(open_figures, watch, deed, sentence):
    """The page says what happened; the next move and the other figures meet a Python that is as small as at first."""
    if deed == "nest":
        watch.forgive("fatal error|^Stack|RangeError|wasm-function")  # Pyodide's own report
    mischief, other = open_figures()
    at_first = heap(mischief.page)

    mischief.set("deed", deed)

    mischief.expect_state("error", within=BOOT)
    mischief.expect_status(re.compile(sentence))
    mischief.expect_heard(re.compile(sentence))
    expect_both_to_work(mischief, other)
    assert starts(mischief.page) == 2
    assert heap(mischief.page) <= at_first + 1
    assert len(mischief.page.workers) == 1


@pytest.mark.parametrize(
    ("deed", "sentence"),
    [
        ("fail", r"This figure failed at these settings \(ZeroDivisionError: the figure divided by zero\)"),
        ("quit", r"This figure failed at these settings \(SystemExit: 3\)"),
        ("recurse", r"This figure failed at these settings \(RecursionError: maximum recursion depth"),
        (
            "shout",
            r"This figure failed at these settings \(ValueError: (long ){50,60}(lon)?…\). Choose others",
        ),
        (
            "large",
            r"This figure is too large to be drawn at these settings \(more than 2 MB\). Choose others",
        ),
        ("crowd", r"too large to be drawn at these settings \(more than 50,000 points\). Choose others"),
    ],
)
def test_what_python_survives_costs_nothing_but_the_figure(lasting_figures, deed, sentence):
    """One sentence, the last good figure, and the same Python."""
    mischief, other = lasting_figures

    mischief.set("deed", deed)

    mischief.expect_state("error")
    mischief.expect_status(re.compile(sentence))
    mischief.expect_summary("A line of slope 1, lifted by 0.")
    expect_both_to_work(mischief, other)
    assert starts(mischief.page) == 1
    assert mischief.page.evaluate("heard.longest") < 2_000_000


def test_what_a_figure_prints_stays_in_the_worker(lasting_figures):
    """A hundred thousand lines, and the page hears of the figure alone."""
    mischief, _ = lasting_figures
    before = len(heard(mischief.page))

    mischief.set("deed", "chatter")

    mischief.expect_shown(deed="chatter")
    said = heard(mischief.page)[before:]
    # A worker at rest has once settled; how long the test itself has rested is for the machine to say.
    assert [word for word in said if word != "settled"] == ["figure"]
    mischief.start_over()
    mischief.expect_shown()


IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 26_6 like Mac OS X) AppleWebKit/605.1.15"
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15"


@pytest.mark.parametrize(
    ("agent", "facts", "limit"),
    [(MAC, {}, 512), (MAC, {"maxTouchPoints": 5}, 256), (IPHONE, {}, 256), (MAC, {"deviceMemory": 4}, 256)],
    ids=["desktop", "iPad that calls itself a Mac", "iPhone", "4 GB"],
)
def test_memory_is_limited(open_figures, agent, facts, limit):
    """Python gets so much and no more; a phone or a tablet would end the tab much sooner than a desktop."""
    known = json.dumps({name: {"value": value} for name, value in ({"deviceMemory": 8} | facts).items()})
    mischief, _ = open_figures(prepare=f"Object.defineProperties(navigator, {known});", user_agent=agent)

    mischief.set("deed", "fill")

    mischief.expect_shown(deed="fill")
    found = mischief.root.locator('[data-readout="found"] dd').text_content()
    assert limit / 2 < int(found.removesuffix(" MiB")) < limit


def test_a_worker_that_dies_at_rest_is_replaced(open_figures):
    """Nobody tells the page; the next move finds out, and is answered by another Python."""
    mischief, _ = open_figures(brief=True)
    mischief.root.locator("[data-status-text]").evaluate(KEEP_SAID)
    mischief.page.workers[0].evaluate("close()")

    mischief.set("lift", "2")

    mischief.page.wait_for_function("(sentence) => said.includes(sentence)", arg=AGAIN, timeout=BOOT)
    mischief.expect_shown(lift="2")
    mischief.expect_no_status()
