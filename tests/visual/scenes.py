"""What is photographed: every figure, every kind of page, every panel that opens.

A scene brings a page to where it is worth a picture, and waits for what a reader would see. A figure is
seen at its start, at its presets, which come from its declaration, and where it shows its point.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Literal, NamedTuple
from urllib.parse import urlencode

from playwright.sync_api import Locator, Page, expect

import l2widgets
from tests.e2e.desk import Desk, open_code
from tests.e2e.figure import ANSWER, BOOT, Figure

type Theme = Literal["light", "dark"]
type States = Iterator[State]


@dataclass(frozen=True, slots=True)
class View:
    """How a page is looked at."""

    theme: Theme
    width: int
    """In CSS pixels."""

    def __str__(self) -> str:
        """Return what the view is called in a file's name."""
        return f"{self.theme}-{self.width}"


VIEWS = tuple(View(theme, width) for theme in ("light", "dark") for width in (1440, 390))
CROSSWISE = (View("light", 1440), View("dark", 390))
"""For a preset both themes and both widths are seen, but not every pair: colours and arrangement are the start's."""

SET_UP = ".widget-head, .controls, .widget-table, figcaption"
"""What a preset leaves as it is, or nearly: it stands on the picture of the start."""

HEIGHTS = {1440: 1000, 390: 844}
"""How high the window is."""


TOLD: dict[str, dict[str, str]] = {
    "overfitting": {"bet": "one"},
    "penalty": {"w1": "0.8", "w2": "0.8"},
    "gradient": {"w1": "2", "w2": "1", "bet1": "2.5", "bet2": "0.75", "pulls": "on"},
    "weight_decay": {"lam": "8", "steps": "20", "step": "8"},
    "geometry": {"lam": "0.2", "bet": "shrinks", "path": "on"},
    "lambda_sweep": {"lam": "0.0063", "committed": "0.0001"},
    "optimizers": {"guess": "loud", "bet": "loud"},
    "translator": {"form": "alpha", "value": "1", "n": "100", "copied": "on"},
    "bayes": {"n": "10", "tau": "0.63", "bet": "0.2"},
    "network": {"lam": "0.1"},
}
"""Where each figure shows its point, the bet being lost where it asks for one; as in a link."""


class State(NamedTuple):
    """Something to be photographed, as soon as it is asked for."""

    name: str
    part: Locator | None = None
    """Which part of the page; None for the window."""
    without: str = ""
    """What is left out, as a selector."""


@dataclass(frozen=True, slots=True)
class Scene:
    """Pictures of one page, one after the other."""

    name: str
    """Its figure or page; the pictures' names begin with it."""
    place: str
    """The page's address below the site's."""
    act: Callable[[Page], States]
    """Brings the page to one state after the other."""
    views: tuple[View, ...] = VIEWS
    scripts: bool = True
    """Whether scripts run in it."""


def scenes(places: dict[str, str]) -> Iterator[Scene]:
    """Return all scenes; `places` has the page of each widget."""
    for name in l2widgets.names():
        yield Scene(name, places[name], partial(_start, name=name), tuple(set(VIEWS) - set(CROSSWISE)))
        yield Scene(name, places[name], partial(_presets, name=name), CROSSWISE)
        link = urlencode({f"{name}.{control}": text for control, text in TOLD[name].items()})
        yield Scene(name, f"{places[name]}?{link}#figure-{name}", partial(_told, name=name))
    yield Scene("page", "", _window("front"))
    yield Scene("page", places["translator"], _prose)
    yield Scene("page", "nowhere/", _window("missing"))
    yield Scene("page", "embed/weight_decay/?hide=table,share&prompt=Find+a+half-life+of+50+steps.", _embed)
    yield Scene("page", "lab/", _lab)
    yield Scene("page", places["weight_decay"], _without_scripts, scripts=False)
    yield Scene("panel", places["weight_decay"], _panels)
    yield Scene("panel", places["lambda_sweep"], _own_table)
    yield Scene("panel", places["geometry"], _failure)


# ---- Figures


def _start(page: Page, name: str) -> States:
    figure = Figure(page, name)
    figure.start_python()
    yield State("start", figure.root)


def _presets(page: Page, name: str) -> States:
    yield from _start(page, name)
    figure = Figure(page, name)
    for index, preset in enumerate(l2widgets.load(name).presets):
        figure.preset(index)
        if l2widgets.load(name).simulation:
            _let_run(figure)
        figure.expect_state("ready")
        yield State(_slug(preset.label), figure.root, SET_UP)


def _told(page: Page, name: str) -> States:
    figure = Figure(page, name)
    figure.expect_shown(**TOLD[name], within=BOOT)
    if l2widgets.load(name).simulation:
        figure.play("simulation")
        figure.expect_playing("simulation")
        _let_run(figure)
    figure.expect_state("ready", within=BOOT)
    yield State("told", figure.root)


def _let_run(figure: Figure) -> None:
    """Let a figure that goes on by itself do so until it rests, which is the same moment on every machine."""
    figure.root.locator("[data-speed]").select_option("fast")
    expect(figure.root.locator("[data-simulation] [data-play]")).to_have_attribute(
        "aria-pressed", "false", timeout=4 * BOOT
    )


def _slug(label: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", label.lower().replace("’", "")).strip("-")


# ---- Pages


def _window(state: str) -> Callable[[Page], States]:
    def act(page: Page) -> States:
        yield State(state)

    return act


def _prose(page: Page) -> States:
    """A section from top to bottom, without its figures, which have pictures of their own."""
    page.locator("figure.widget").evaluate_all("(figures) => { for (const one of figures) one.remove(); }")
    yield State("section", page.locator("body"))


def _embed(page: Page) -> States:
    Figure(page, "weight_decay").start_python()
    yield State("embed", page.locator("body"))


def _lab(page: Page) -> States:
    desk = Desk(page, page.locator(".lab-area"))
    expect(desk.editor).to_be_visible()
    desk.run(
        "from l2widgets.figures import line\nplot(line([0, 1, 2], [0, 1, 4], name='squares', role='fit'))"
    )
    desk.expect_done()
    expect(desk.root.get_by_role("img").locator(".main-svg").first).to_be_visible(timeout=ANSWER)
    page.evaluate("() => scrollTo(0, 0)")
    yield State("lab", page.locator(".lab-area"))
    yield State("lab-window")


def _without_scripts(page: Page) -> States:
    figure = page.locator("figure.widget").first
    figure.scroll_into_view_if_needed()
    expect(figure.locator("picture img:visible")).to_have_js_property("complete", True)
    yield State("no-scripts", figure)


# ---- Panels


def _panels(page: Page) -> States:
    figure = Figure(page, "weight_decay")
    figure.start_python()
    table = figure.root.locator("details.widget-table").first
    table.locator("summary").click()
    yield State("table", table)
    desk = open_code(figure)
    desk.run()
    desk.expect_done()
    yield State("python", figure.root.locator("details[data-python]"))
    desk.run("import numpy as np\n\nw = np.zero(3)\n")
    expect(desk.root).to_have_attribute("data-desk", "failed", timeout=BOOT)
    yield State("python-error", figure.root.locator("details[data-python]"))
    figure.share()
    yield State("share", figure.taken)


def _own_table(page: Page) -> States:
    figure = Figure(page, "lambda_sweep")
    figure.start_python()
    own = figure.root.locator("[data-control=own]")
    own.get_by_role("button", name="Your own table").click()
    own.get_by_label("Paste a table").fill("hours,marks\n1,2\nten,4\n")
    own.get_by_role("button", name="Use this table").click()
    figure.expect_state("error")
    yield State("own-table", figure.root)


def _failure(page: Page) -> States:
    page.route("**/*.wasm", lambda route: route.abort())
    figure = Figure(page, "geometry")
    figure.approach()
    figure.focus("rho")
    figure.press("Home")
    figure.expect_state("error", within=BOOT)
    yield State("failure", figure.root)
