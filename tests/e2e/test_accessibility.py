"""Everything by keyboard, said in words, and nothing that axe finds."""

from __future__ import annotations

import itertools
import re

import pytest
from playwright.sync_api import expect

import l2widgets
from tests.e2e.conftest import ROOT

AXE = ROOT / "site/node_modules/axe-core/axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page):
    """Return what axe finds, one line for each rule and place."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("(tags) => axe.run({ runOnly: tags })", TAGS)["violations"]
    return [f"{rule['id']}: {rule['help']}: {node['html'][:160]}" for rule in found for node in rule["nodes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", l2widgets.names())
def test_axe_finds_nothing_at_a_figure(open_figure, name, scheme):
    """In both themes, after a control was moved."""
    figure = open_figure(name, color_scheme=scheme)
    figure.start_python()
    figure.focus(next(iter(figure.controls)))
    figure.press("ArrowLeft")
    figure.expect_state("ready")

    assert violations(figure.page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_the_article(new_page, site, scheme):
    """On the page that has it all."""
    page = new_page(color_scheme=scheme)
    page.goto(site)
    assert violations(page) == []


def test_axe_finds_nothing_when_python_failed(open_figure, watch):
    """In the state that nobody looks at."""
    watch.forgive("Failed to load resource|net::ERR")
    figure = open_figure(
        "weight_decay", prepare=lambda page: page.route("**/*.wasm", lambda route: route.abort())
    )
    figure.approach()
    figure.focus("lam")
    figure.press("End")
    figure.expect_state("error")
    assert violations(figure.page) == []


@pytest.mark.parametrize("name", l2widgets.names())
def test_the_keyboard_reaches_every_control(figures, name):
    """Tab goes through all controls that are shown, in their order, and out of the figure again."""
    figure = figures(name)
    first = next(iter(figure.controls))
    reached = []
    figure.input(first).first.focus()
    for _ in range(200):
        where = figure.page.evaluate(
            "(name) => document.activeElement.closest(`figure[data-widget=${name}]`)"
            " && (document.activeElement.closest('[data-control]')?.dataset.control ?? 'other')",
            name,
        )
        if where is None:
            break
        reached.append(where)
        figure.press("Tab")
    else:
        pytest.fail("Tab does not lead out of the figure")

    controls = [
        first,
        *(["simulation"] if l2widgets.load(name).simulation else []),
        *list(figure.controls)[1:],
    ]
    shown = [c for c in controls if figure.root.locator(f"[data-control={c}]").is_visible()]
    assert [c for c in dict.fromkeys(reached) if c != "other"] == shown


def test_keys_move_a_slider(figures):
    """Arrows go one stop, Home and End to the ends, and what is said is what is shown."""
    figure = figures("lambda_sweep")
    figure.focus("lam")
    figure.press("Home")
    figure.expect_shown(lam="0")
    figure.press("ArrowRight")
    figure.expect_shown(lam="1e-8")
    figure.expect_value("lam", "10⁻⁸")
    figure.press("End", "ArrowLeft")
    figure.expect_shown(lam="80")


def test_a_moved_slider_is_announced_once(figures):
    """A screen reader hears one sentence when the hand rests, not one for every stop."""
    figure = figures("weight_decay")
    voice = figure.root.locator("[data-announce]")
    voice.evaluate(
        "(voice) => { window.heard = 0;"
        " new MutationObserver(() => { heard += 1; }).observe(voice, { childList: true }); }"
    )
    figure.focus("lam")
    figure.press(*["ArrowRight"] * 12)
    figure.expect_state("ready")

    figure.expect_heard(figure.root.locator("[data-summary]").text_content())
    assert figure.page.evaluate("heard") == 1


@pytest.mark.parametrize("name", l2widgets.names())
def test_a_figure_has_a_name_and_a_description(figures, name):
    """The plot is one image for those who do not see it, and its drawing is hidden from them."""
    figure = figures(name)
    expect(figure.plot).to_have_accessible_name(re.compile(r".{8,}"))
    expect(figure.plot).to_have_accessible_description(re.compile(r".{20,}"))
    expect(figure.plot.locator("[data-live]")).to_have_attribute("aria-hidden", "true")


def test_less_motion(open_figure):
    """With reduced motion a playing slider goes in steps that can be told apart, four a second at most."""
    figure = open_figure("weight_decay", reduced_motion="reduce")
    figure.start_python()
    control = next(name for name, spec in figure.controls.items() if spec.get("play"))
    figure.page.evaluate(
        "() => { window.steps = []; new PerformanceObserver((list) => {"
        " for (const mark of list.getEntriesByName('l2:input')) steps.push(mark.startTime);"
        " }).observe({ type: 'mark' }); }"
    )
    texts = [stop[0] for stop in figure.controls[control]["stops"]]
    last = figure.controls[control].get("limit", [None, [len(texts) - 1]])[1][0]
    figure.set(control, texts[last // 2])
    figure.expect_state("ready")
    figure.page.evaluate("() => { steps.length = 0; }")

    figure.play(control)
    figure.expect_playing(control)
    figure.expect_paused(control)

    times = figure.page.evaluate("steps")
    assert min(b - a for a, b in itertools.pairwise(times)) > 240
