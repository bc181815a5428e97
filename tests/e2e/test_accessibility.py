"""Everything by keyboard, said in words, and nothing that axe finds."""

from __future__ import annotations

import itertools
import re

import pytest
from playwright.sync_api import expect

import l2widgets
from tests.e2e.conftest import ROOT, VIEWPORT

AXE = ROOT / "site/node_modules/axe-core/axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS = ["color-contrast", "link-in-text-block"]
"""The rules of these that look at colours."""


def violations(page, *, within="html", themes=("light", "dark"), forced=False):
    """Return what axe finds, one line for each rule and place: in the light theme, then what the dark one changes.

    A theme is nothing but colours, so that in the second only their rules can find more; nor are `forced` colours.
    """
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    rules = page.evaluate("(tags) => axe.getRules(tags).map(({ ruleId }) => ruleId)", TAGS)
    assert set(COLOURS) <= set(rules)
    found = []
    for scheme in themes:
        page.emulate_media(color_scheme=scheme)
        only = COLOURS if forced or scheme == "dark" else TAGS
        passes, wrong = page.evaluate(RUN, [within, "rule" if only is COLOURS else "tag", only])
        assert passes
        found += [f"{scheme}: {line}" for line in wrong]
    return found


RUN = """async ([within, type, values]) => {
  const options = { runOnly: { type, values }, resultTypes: ["violations"] };
  const { passes, violations } = await axe.run(within === "html" ? document : within, options);
  const told = ({ id, help, nodes }) => nodes.map(({ html }) => `${id}: ${help}: ${html.slice(0, 160)}`);
  return [passes.length, violations.flatMap(told)];
}"""
"""Has axe look, and returns how many rules hold, and a line for each place where one does not."""


ENLARGED = {"width": 320, "height": 256}
"""What a window of 1280 by 1024 pixels has at a zoom of 400 %."""


REST = 500
"""Milliseconds: a hand that rests for less is not read out to (600 in readings.js)."""


@pytest.fixture
def moved(figures, name):
    """Return a figure that was moved, and leave its page as it was."""
    figure = figures(name)
    figure.focus(next(iter(figure.controls)))
    figure.press("ArrowLeft")
    figure.expect_state("ready")
    yield figure
    figure.page.emulate_media(color_scheme="light", forced_colors="none")
    figure.page.set_viewport_size(VIEWPORT)


@pytest.mark.parametrize("name", l2widgets.names())
def test_axe_finds_nothing_at_a_figure(moved):
    """After a control was moved, in both themes, with forced colours, and at a zoom of 400 %.

    What stands around a figure is looked at on every kind of page.
    """
    figure = f"[data-widget={moved.name}]"
    assert violations(moved.page, within=figure) == []
    moved.page.emulate_media(forced_colors="active")
    assert violations(moved.page, within=figure, forced=True) == [], "forced colours"
    moved.page.emulate_media(forced_colors="none")
    moved.page.set_viewport_size(ENLARGED)
    assert violations(moved.page, within=figure, themes=["light"]) == [], "enlarged"


def test_axe_finds_nothing_in_the_article(new_page, site):
    """On the page that has it all, in both themes, with the part open that says how to cite it."""
    page = new_page()
    page.goto(site)
    page.locator("details").filter(has_text="Cite this article").locator("summary").click()
    assert violations(page) == []


def test_axe_finds_nothing_when_python_failed(open_figure, watch):
    """In the state that nobody looks at; that Python is awaited, and then that it failed, is heard."""
    watch.forgive("Failed to load resource|net::ERR")
    held, given_up = [], []

    def hold(route):
        if given_up:
            route.abort()
        else:
            held.append(route)

    figure = open_figure("weight_decay", prepare=lambda page: page.route("**/*.wasm", hold))
    figure.approach()
    figure.focus("lr")
    figure.press("End")
    figure.expect_heard("Python is on its way; the figure follows.")
    given_up.append(True)
    for route in held:
        route.abort()
    figure.expect_state("error")
    figure.expect_heard(figure.root.locator("[data-status-text]").text_content())
    assert violations(figure.page, within="[data-widget=weight_decay]") == []


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
    """Of all that can speak on the page, one sentence is heard when the hand rests, not one for every stop."""
    figure = figures("weight_decay")
    figure.page.evaluate(
        "() => { window.heard = []; const voices = 'output, [aria-live], [role=status], [role=alert], [role=log]';"
        " for (const voice of document.querySelectorAll(voices))"
        " new MutationObserver(() => heard.push(voice.textContent))"
        ".observe(voice, { childList: true, characterData: true, subtree: true });"
        " window.moves = []; addEventListener('input', () => moves.push(performance.now()), true); }"
    )
    figure.focus("lam")
    figure.press(*["ArrowRight"] * 20)
    figure.expect_state("ready")

    sentence = figure.root.locator("[data-summary]").text_content()
    figure.expect_heard(sentence)
    heard, moves = figure.page.evaluate("[heard, moves]")
    rests = sum(
        b - a >= REST for a, b in itertools.pairwise(moves)
    )  # a busy machine's hand may rest on its way
    assert heard[-1] == sentence
    assert len(moves) == 20
    assert len(heard) <= 1 + rests


def test_nothing_changes_in_silence(figures):
    """When the sentence stays as it is, a screen reader hears what numbers are new, or that none are, each time."""
    figure = figures("lambda_sweep")
    figure.set("lam", "0.01")
    figure.expect_heard(re.compile("^At λ = 0.01 "))
    figure.set("reshuffle", "on")
    figure.expect_heard(re.compile("^Spread of 50 choices: "))

    figure = figures("geometry")
    figure.set("bet", "shrinks")  # until then there is nothing to show
    figure.expect_heard(re.compile("touches its circle"))
    for control, words in (("path", "stay as they are."), ("axes", "stay as they are.\u00a0")):
        figure.set(control, "on")
        expect(figure.root.locator("[data-announce]")).to_have_js_property(
            "textContent", f"The sentence and the numbers {words}"
        )


@pytest.mark.parametrize("name", l2widgets.names())
def test_a_figure_has_a_name_and_a_description(figures, name):
    """The plot is one image for those who do not see it, and its drawing is hidden from them."""
    figure = figures(name)
    widget, summary = l2widgets.load(name), figure.root.locator("[data-summary]").text_content()
    expect(figure.plot).to_have_accessible_name(f"{widget.title} {widget.question}")
    expect(figure.plot).to_have_accessible_description(f"{widget.caption} {summary}")
    expect(figure.root.locator("[data-summary]")).to_have_text(re.compile(r".{20,}"))
    expect(figure.plot).to_have_accessible_name(re.compile(r".{20,}"))
    expect(figure.plot.locator("[data-live]")).to_have_attribute("aria-hidden", "true")


STEPS = """{
    window.steps = [];
    const [frame, mark] = [window.requestAnimationFrame, performance.mark];
    let now;
    window.requestAnimationFrame = (draw) => frame.call(window, (time) => { now = time; draw(time); });
    performance.mark = (name, ...more) => {
        if (name === "l2:input" && now !== undefined) steps.push(now);
        return mark.call(performance, name, ...more);
    };
}"""
"""Notes the frame in which a figure was asked for: the page's own clock, which a busy machine does not put wrong.

The first is asked for at once, before there is a frame.
"""


def test_less_motion(open_figure):
    """With reduced motion a playing slider goes in steps that can be told apart, four a second at most."""
    figure = open_figure(
        "weight_decay", prepare=lambda page: page.add_init_script(STEPS), reduced_motion="reduce"
    )
    figure.start_python()
    control = next(name for name, spec in figure.controls.items() if spec.get("play"))
    texts = [stop[0] for stop in figure.controls[control]["stops"]]
    other, limits = figure.controls[control]["limit"]
    last = limits[figure.controls[other]["start"]]
    figure.set(control, texts[3 * last // 4])
    figure.expect_state("ready")
    figure.page.evaluate("() => { steps.length = 0; }")

    figure.play(control)
    figure.expect_playing(control)
    figure.expect_paused(control)

    times = figure.page.evaluate("steps")
    assert len(times) > 4
    assert min(b - a for a, b in itertools.pairwise(times)) >= 250


def test_forced_colours(figures):
    """The figure is drawn in the system's colours, and what is chosen, played or slid does not vanish with ours."""
    figure = figures("lambda_sweep")
    page = figure.page
    page.emulate_media(forced_colors="active")
    try:
        ours = page.evaluate(
            "() => { const probe = document.body.appendChild(document.createElement('i'));"
            " const seen = (name) => { probe.style.color = name; return getComputedStyle(probe).color; };"
            " const all = ['CanvasText', 'LinkText'].map(seen); probe.remove(); return all; }"
        )
        strokes = figure.plot.locator(".js-line:not([style*='stroke-width: 0'])")
        expect(strokes.first).to_have_css("stroke", re.compile("|".join(map(re.escape, ours))))
        drawn = strokes.evaluate_all("(all) => all.map((line) => getComputedStyle(line).stroke)")
        assert set(drawn) <= set(ours)
        assert len(set(drawn)) > 1
        backgrounds = [
            page.locator(f".choice input{state} + span").first.evaluate(
                "(span) => getComputedStyle(span).backgroundColor"
            )
            for state in (":checked", ":not(:checked)")
        ]
        assert backgrounds[0] != backgrounds[1]
    finally:
        page.emulate_media(forced_colors="none")


# ---- The pages

SEEN = """() => {
  const at = document.activeElement;
  if (at === document.body) return null;
  const { left, top, right, bottom } = at.getBoundingClientRect();
  const [x0, x1] = [Math.max(left, 0), Math.min(right, innerWidth)];
  const [y0, y1] = [Math.max(top, 0), Math.min(bottom, innerHeight)];
  const wrong = (what) => `${at.outerHTML.slice(0, 120)}: ${what}`;
  const least = (size) => Math.min(size, 20) - 1;
  if (x1 - x0 < least(right - left) || y1 - y0 < least(bottom - top)) return wrong("not on the screen");
  const middles = [...at.getClientRects()].map((r) => [(r.left + r.right) / 2, (r.top + r.bottom) / 2]);
  const over = [[(x0 + x1) / 2, (y0 + y1) / 2], ...middles].map(([x, y]) => document.elementFromPoint(x, y));
  if (!over.some((one) => one && (at.contains(one) || one.contains(at)))) return wrong("something lies over it");
  const plot = at.closest(".controls")?.closest("figure").querySelector("[data-plot]").getBoundingClientRect();
  const bar = document.querySelector(".bar").getBoundingClientRect().bottom;
  if (plot && Math.min(plot.bottom, innerHeight) - Math.max(plot.top, bar) < plot.height / 2)
    return wrong("the plot that it moves is out of sight");
  const ring = (one) => one && getComputedStyle(one).outlineStyle !== "none";
  return at.type === "range" || ring(at) || ring(at.nextElementSibling) ? "" : wrong("no ring");
}"""
"""What is wrong with what has the focus; null when nothing has it. A slider's ring is on its thumb."""


@pytest.fixture(scope="module")
def article(browser, site, watch):
    """Return the whole article, as a reader has it who asks for less motion."""
    context = watch.over(
        browser.new_context(viewport=VIEWPORT, service_workers="block", reduced_motion="reduce")
    )
    page = context.new_page()
    page.goto(site)
    expect(page.locator("[data-controls]").last).to_be_enabled()
    expect(page.locator(":root[data-laying]")).to_have_count(0)  # what is not laid out has no names
    yield page
    context.close()


@pytest.mark.parametrize("key", ["Tab", "Shift+Tab"])
def test_the_focus_is_seen_all_the_way(article, whole, key):
    """Through the whole article, and back some way: on the screen, with a ring, nothing over it, the plot beside it."""
    some = 120 if key == "Shift+Tab" and not whole else None
    article.evaluate("() => document.activeElement.blur()")
    found, stops = [], 0
    ends = {"Tab": article.locator(".skip"), "Shift+Tab": article.locator("footer a").last}
    ends[key].focus()
    while stops != some and (seen := article.evaluate(SEEN)) is not None:
        found += [seen] if seen else []
        stops += 1
        article.keyboard.press(key)
    assert found == []
    assert stops == some or stops > 300


def test_the_tree_that_screen_readers_get(article):
    """Everything that can be used has a name that no other has in its figure, and each figure its table."""
    article.locator("details:not([data-share])").evaluate_all(
        "(all) => { for (const one of all) one.open = true; }"
    )
    nodes = article.context.new_cdp_session(article).send("Accessibility.getFullAXTree")["nodes"]
    tree = {node["nodeId"]: node for node in nodes}

    def said(node, what):
        return (node.get(what) or {}).get("value", "")

    def figure_of(node):
        while node and said(node, "role") != "figure":
            node = tree.get(node.get("parentId"))
        return said(node, "name") if node else ""

    shown = [node for node in nodes if not node["ignored"]]
    kinds = {kind: [n for n in shown if said(n, "role") == kind] for kind in {said(n, "role") for n in shown}}
    assert [said(n, "name") for n in kinds["figure"]] == [l2widgets.load(n).title for n in order(article)]
    assert not any("Link to" in said(node, "name") for node in kinds["heading"])
    assert [said(n, "name") for n in kinds["table"] if figure_of(n)] == [
        said(n, "name") for n in kinds["figure"]
    ]
    assert not any("\u2060" in said(node, "name") for node in kinds["columnheader"]), "a formula is lost"
    used = [n for kind in ("button", "slider", "checkbox", "spinbutton", "textbox") for n in kinds[kind]]
    names = [(figure_of(n), said(n, "role"), said(n, "name")) for n in used]
    assert [name for name in names if not name[2]] == []
    assert [name for name in set(names) if name[0] and names.count(name) > 1] == []
    assert not kinds.get("graphics-symbol")
    sliders = {(figure_of(n), said(n, "name")) for n in kinds["slider"]}
    steps = {(where, name) for where, role, name in names if role == "button" and name.endswith(": one on")}
    assert sliders == {(where, name.removesuffix(": one on")) for where, name in steps}, "a symbol is lost"


def order(page):
    """Return the figures of a page in their order."""
    return page.locator("[data-widget]").evaluate_all("(all) => all.map((one) => one.dataset.widget)")


SPACED = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`p { margin-block-end: 2em !important }
    * { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }`);
  document.adoptedStyleSheets = [sheet];
}"""
"""The text spacing of WCAG 1.4.12."""

CUT = """() => [...document.querySelectorAll("body *")].filter((one) => {
  const { overflowX, overflowY } = getComputedStyle(one);
  return one.clientWidth > 1 && !one.closest(".visually-hidden, .plot") &&
    ((overflowX === "hidden" && one.scrollWidth > one.clientWidth + 1) ||
     (overflowY === "hidden" && one.scrollHeight > one.clientHeight + 1));
}).map((one) => `${one.className}: ${one.textContent.slice(0, 40)}`)"""

SMALL = """() => [...document.querySelectorAll("a[href], button, input, select, summary, textarea")].filter((one) => {
  const inline = one.tagName === "A" && getComputedStyle(one).display === "inline";
  if (inline || !one.checkVisibility({ visibilityProperty: true })) return false;
  const { width, height } = (one.closest("label") ?? one).getBoundingClientRect();
  return width < 24 || height < 24;
}).map((one) => one.outerHTML.slice(0, 120))"""
"""What can be pressed and is smaller than WCAG 2.5.8 wants; links within text may be."""


STUCK = "[...document.querySelectorAll('body *')].some((one) => getComputedStyle(one).position === 'sticky')"
PAGES = ["", "tuning/", "lab/", "embed/lambda_sweep/", "accessibility/", "licences/", "nowhere/"]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path or "front")
def test_every_kind_of_page_can_be_enlarged_and_spaced(new_page, site, watch, path):
    """At 400 % nothing scrolls sideways, with the text spaced too, nor is cut off; targets are large enough."""
    watch.forgive("404")
    page = new_page(viewport=ENLARGED)
    page.goto(site + path)
    wide = "document.documentElement.scrollWidth"
    assert page.evaluate(wide) == ENLARGED["width"]
    assert page.evaluate(SMALL) == []
    assert violations(page) == []
    assert not page.evaluate(STUCK)
    page.evaluate(SPACED)
    assert page.evaluate(wide) == ENLARGED["width"]
    assert page.evaluate(CUT) == []
    page.set_viewport_size(VIEWPORT)
    assert page.evaluate(wide) == VIEWPORT["width"]
    assert page.evaluate(CUT) == []
    assert page.evaluate(SMALL) == []
