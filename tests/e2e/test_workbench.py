"""A reader opens a figure's code, changes it, runs it, and cannot break anything but the figure."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

import l2widgets
from l2widgets import workbench
from tests.e2e.conftest import BROKEN, shared_figures
from tests.e2e.desk import Desk, open_code
from tests.e2e.figure import BOOT, Figure
from tests.e2e.test_accessibility import violations

WIDGETS = Path(l2widgets.__file__).parent / "widgets"
SOURCE = (WIDGETS / "weight_decay.py").read_text(encoding="utf-8")
TWICE = SOURCE.replace("decay.path(run.w0, run.lr, run.lam,", "decay.path(run.w0, run.lr, 2 * run.lam,")
"""The weight decays twice as fast."""

END = len(SOURCE.split("\n"))
"""The number of its last line, which is empty."""

LOOP = f"{SOURCE}\nwhile True:\n    pass\n"
STARTED_AGAIN = """() => new Promise((started) => {
  const look = () => performance.getEntriesByName("l2:ready").length === 2 && started();
  new PerformanceObserver(look).observe({ type: "mark", buffered: true });
})"""
"""Until Python has been started a second time."""

FIRST_CURVE = """
    (figure) => figure.querySelector("[data-live]").data.find(({ x, mode }) => mode === "lines" && x.length > 90).y
"""


def answer(source, name="weight_decay", **params):
    """Return what a reader's module shows, as this Python draws it."""
    request = json.dumps({"widget": name, "params": params})
    return json.loads(workbench.answer_json(request, source, len))["rendered"]


@pytest.fixture
def open_desk(open_figure):
    """Open a figure's page, start Python, open its code."""

    def open_it(name="weight_decay", **options):
        figure = open_figure(name, **options)
        figure.start_python()
        return figure, open_code(figure)

    return open_it


@pytest.fixture(scope="module")
def lasting(browser, site, places, watch):
    """A figure with its code open, for several tests; each leaves it as it was."""
    with shared_figures(browser, site, places, watch) as figures:
        figure = figures("weight_decay")
        yield figure, open_code(figure)


@pytest.fixture
def desk(lasting):
    """The same, put back."""
    figure, desk = lasting
    yield lasting
    desk.write(SOURCE)
    desk.run()
    desk.expect_done()
    figure.start_over()
    figure.expect_shown()


def test_the_editor_comes_when_it_is_asked_for(open_figure):
    """The figure's own module, from the line that draws it; nothing of the editor is fetched before."""
    asked = []
    figure = open_figure(
        "weight_decay", prepare=lambda page: page.on("request", lambda request: asked.append(request.url))
    )
    figure.start_python()
    assert not [url for url in asked if re.search(r"/(editor|workbench|desk|guard)\.", url)]

    desk = open_code(figure)

    expect(desk.editor).to_contain_text("def figure(")
    assert [url for url in asked if "vendor/editor" in url]


def test_a_change_shows(desk):
    """The weight decays twice as fast when the code says so, in the plot and in the numbers."""
    figure, desk = desk
    before = figure.root.evaluate(FIRST_CURVE)

    desk.run(TWICE)

    desk.expect_done()
    expected = answer(TWICE)
    figure.expect_words(expected)
    after = figure.root.evaluate(FIRST_CURVE)
    assert after[100] == pytest.approx(2 * (1 - 2 * 0.1 * 0.02) ** 100, rel=1e-6)
    assert before[100] == pytest.approx(2 * (1 - 2 * 0.1 * 0.01) ** 100, rel=1e-6)


def test_the_controls_drive_the_changed_code(desk):
    """A slider, a preset and a link are answered by it, until the reset."""
    figure, desk = desk
    desk.run(TWICE)
    desk.expect_done()

    figure.set("lam", "0.1")

    figure.expect_shown(lam="0.1")
    figure.expect_summary(answer(TWICE, lam="0.1")["summary"])
    assert answer(TWICE, lam="0.1")["summary"] != l2widgets.render("weight_decay", {"lam": "0.1"})["summary"]

    desk.reset()

    figure.expect_summary(l2widgets.render("weight_decay", {"lam": "0.1"})["summary"])
    expect(desk.root).to_have_attribute("data-desk", "rest")
    expect(desk.root.locator("[data-restore]")).to_be_disabled()


def test_other_figures_keep_their_code(open_desk):
    """The other figure on the page is drawn as it is written, by the same Python."""
    figure, desk = open_desk("optimizers")
    other = Figure(figure.page, "translator")
    other.approach()
    source = (WIDGETS / "optimizers.py").read_text(encoding="utf-8")

    desk.run(
        source
        + "\nimport l2widgets.figures\n_line = line\n\ndef line(*given, **named):\n    return _line(*given, **named)\n"
    )
    desk.expect_done()
    first = next(name for name, spec in other.controls.items() if spec["kind"] == "slider")
    stop = other.controls[first]["stops"][-1][0]
    other.set(first, stop)

    other.expect_shown(**{first: stop})
    other.expect_words(l2widgets.render("translator", {first: stop}))
    assert len(figure.page.workers) == 1


SHOWN = "    shown = min(step, steps)"


@pytest.mark.parametrize(
    ("good", "bad", "sentence"),
    [
        (SHOWN, "    shown = min(step, steps", "Python cannot read this: '(' was never closed"),
        (SHOWN, "    shown = step / 0", "division by zero (ZeroDivisionError)"),
        (SHOWN, "    shown = mim(step, steps)", "name 'mim' is not defined (NameError)"),
        ("import math", "import pandas", "there is no module 'pandas' here"),
        ("import math", "import js; js.fetch", "fetch (AttributeError)"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(desk, good, bad, sentence):
    """One sentence with the reader's own line, which is marked; the last good figure stays."""
    figure, desk = desk
    source = SOURCE.replace(good, bad, 1)
    number = source.split("\n").index(bad) + 1

    desk.run(source)

    desk.expect_wrong(re.compile(f"^Line {number}: {re.escape(sentence)}"), line=number)
    desk.expect_wrong_line(bad)
    figure.expect_state("error")
    figure.expect_summary(l2widgets.render("weight_decay", {})["summary"])


def test_what_is_printed_is_shown(desk):
    """Below the code, and anew for each figure."""
    figure, desk = desk
    desk.run(
        SOURCE.replace("    shown = min(step, steps)", "    shown = min(step, steps); print('λ is', lam)")
    )
    desk.expect_printed("λ is 0.01")

    figure.set("lam", "0.1")

    desk.expect_printed("λ is 0.1")


def test_code_may_import_what_no_figure_does(desk):
    """The rest of Python is fetched by what the lock-down has left, for the worker's own use."""
    _, desk = desk
    desk.run(
        f"{SOURCE}\nimport colorsys\nprint(colorsys.rgb_to_hsv(0, 1, 0))\n"
        "print(np.random.default_rng(0).random())\n"
        "import asyncio\nprint(type(asyncio.get_event_loop()).__name__)\n"
    )
    desk.expect_done()
    desk.expect_printed("(0.3333333333333333, 1.0, 1)\n0.6369616873214543\nWebLoop")


def test_a_loop_is_stopped_and_the_page_lives_on(open_desk):
    """After ten seconds the page says so, and the reader may give it twenty; the text stays, another version runs."""
    figure, desk = open_desk()
    desk.run(LOOP)
    desk.expect_running()

    desk.expect_wrong("The code was still running after 10 seconds, so it was stopped.")
    expect(desk.editor).to_contain_text("while True:")
    figure.page.evaluate(STARTED_AGAIN)
    figure.page.clock.install()
    desk.run_longer(20)
    figure.page.clock.fast_forward(15_000)
    desk.expect_running()
    figure.page.clock.fast_forward(5_000)
    desk.expect_wrong("The code was still running after 20 seconds, so it was stopped.")
    figure.page.clock.resume()
    desk.run(TWICE)
    desk.expect_done()
    figure.set("lam", "0.1")
    figure.expect_summary(answer(TWICE, lam="0.1")["summary"])


def test_stop(open_desk):
    """One click ends what runs; after the next start of Python the figure is drawn by the same code as before."""
    figure, desk = open_desk()
    desk.run(LOOP)
    desk.expect_running()

    desk.stop()

    desk.expect_wrong("Stopped.")
    assert violations(figure.page, within="[data-widget=weight_decay]") == []
    desk.reset()
    figure.expect_state("ready", within=BOOT)
    figure.set("lam", "0.1")
    figure.expect_words(l2widgets.render("weight_decay", {"lam": "0.1"}))


def test_changed_code_outlives_python(open_desk):
    """Another figure's code breaks Python down; the new Python draws this one by the reader's code."""
    figure, desk = open_desk("translator")
    source = (WIDGETS / "translator.py").read_text(encoding="utf-8")
    marked = re.sub(r"summary=", 'summary="Mine: " + ', source, count=1)
    assert marked != source
    desk.run(marked)
    desk.expect_done()
    figure.expect_summary(re.compile("^Mine: "))
    other = Figure(figure.page, "optimizers")
    other.approach()
    theirs = open_code(other)
    theirs.run((WIDGETS / "optimizers.py").read_text(encoding="utf-8") + "\nimport os\nos._exit(3)\n")
    theirs.expect_wrong(re.compile("^The code broke Python down"))

    first = next(name for name, spec in figure.controls.items() if spec["kind"] == "slider")
    figure.set(first, figure.controls[first]["stops"][-1][0])

    figure.expect_state("ready", within=BOOT)
    figure.expect_summary(re.compile("^Mine: "))


def test_memory_is_limited(open_desk):
    """A list without end costs a sentence and a new Python."""
    _, desk = open_desk()
    desk.run(f"{SOURCE}\nhoard = []\nwhile True:\n    hoard.append([0] * 100_000)\n")
    desk.expect_wrong(
        re.compile("this needs more memory than the page allows, so Python starts again."), line=557
    )
    desk.run(SOURCE)
    desk.expect_done()


def test_a_flood_of_output_is_cut(open_desk):
    """What is printed without end is shown up to a limit, and the page stays quick."""
    figure, desk = open_desk()
    figure.page.evaluate(
        "() => { window.longest = 0; let last = performance.now(); const look = (now) => {"
        " longest = Math.max(longest, now - last); last = now; requestAnimationFrame(look); };"
        " requestAnimationFrame(look); }"
    )
    desk.run(f"{SOURCE}\nwhile True:\n    print('flood ' * 10)\n")
    expect(desk.printed).to_contain_text("and more than the 64,000 characters that are shown")
    desk.stop()
    desk.expect_wrong("Stopped.")
    assert len(desk.printed.text_content()) < 65_000
    assert desk.root.locator("*").count() < 1000


FORGE = """
    window.workers = [];
    window.Worker = class extends Worker {
      constructor(...given) { super(...given); workers.push(this); }
      postMessage(text) { super.postMessage(text); this.asked = JSON.parse(text); }
    };
    window.forge = (reply) => workers.at(-1).onmessage(new MessageEvent("message", { data: reply }));
"""


def test_forged_answers_are_not_listened_to(open_desk):
    """Whoever does not know the request's id can say nothing, and who knows it no more than a figure may."""
    figure, desk = open_desk(prepare=lambda page: page.add_init_script(FORGE))
    desk.run(LOOP)
    desk.expect_running()
    rendered = answer(SOURCE) | {"summary": "Forged."}
    forged = [
        {"type": "figure", "rendered": rendered},
        *({"type": "figure", "id": id_, "rendered": rendered} for id_ in (1, "1", "", None, {})),
        {"type": "answer", "id": "1", "answer": {"rendered": rendered}},
        {"type": "failed", "code": "start", "message": "Forged."},
        {"type": "failed", "id": "1", "code": "start", "message": "Forged."},
        {"type": "output", "id": "1", "text": "Forged."},
        {"type": "ready", "id": "1", "heap": 1, "resumed": False},
        "nonsense",
        "{",
    ]
    for reply in forged:
        figure.page.evaluate(
            "(reply) => forge(reply)", reply if isinstance(reply, str) else json.dumps(reply)
        )
    figure.page.evaluate("(reply) => forge(reply)", {"type": "figure"})

    desk.expect_running()
    expect(figure.root).not_to_contain_text("Forged.")

    # (the same words with the right id are believed, or this test could not fail)
    figure.page.evaluate(
        "(answer) => forge(JSON.stringify({ type: 'answer', id: workers.at(-1).asked.id, answer }))",
        {"rendered": rendered},
    )
    desk.expect_done()
    figure.expect_summary("Forged.")


NAMES = (
    "fetch caches indexedDB Worker BroadcastChannel WebSocket XMLHttpRequest EventSource importScripts postMessage"
    " addEventListener onmessage CacheStorage FileSystemSyncAccessHandle SharedWorker WebTransport close"
)


def test_code_runs_in_a_worker_without_network_and_storage(desk):
    """None of it is there, on the worker's global object or on what it inherits from."""
    _, desk = desk
    probe = (
        "\nimport js\n"
        f"left = [n for n in '{NAMES}'.split() if hasattr(js, n) or hasattr(js.self, n)]\n"
        "left += [n for n in ('storage', 'serviceWorker', 'locks', 'usb', 'gpu') if hasattr(js.navigator, n)]\n"
        "left += [n for n in ('fetch', 'caches', 'indexedDB') if hasattr(js.Object.getPrototypeOf(js.self), n)]\n"
        "print('left:', left)\n"
    )
    desk.run(SOURCE + probe)
    desk.expect_done()
    desk.expect_printed("left: []")


def test_texts_are_not_evaluated(desk):
    """The policy of the worker's script refuses what would get around the lock-down."""
    _, desk = desk
    desk.run(f"{SOURCE}\nimport js\njs.Function.new('return 1')\n")
    desk.expect_wrong(re.compile("unsafe-eval|EvalError"), line=END + 2)


SMUGGLED = '''
class Smuggled(Figure):
    def as_json(self):
        import json
        made = json.loads(super().as_json())
        figure = made["figure"]
        figure["layout"] |= {
            "images": [{"source": "https://example.org/a.png"}],
            "updatemenus": [{"buttons": [{"label": "press", "method": "relayout", "args": []}]}],
            "sliders": [{}],
            "width": 99999,
            "height": 99999,
            "title": {"text": "<a href='https://example.org'>away</a><<b>a href=x>"},
            "xaxis": figure["layout"]["xaxis"] | {"title": {"text": "<A HREF='https://example.org'>x</A>"}},
        }
        figure["data"].append({"type": "scatter", "x": [1], "y": [1], "mode": "text", "text": ["< a href=x>go"]})
        figure["data"][0]["customdata"] = [{"source": "x"}]
        made["readouts"][0]["text"] = "<img src=x onerror=alert(1)>"
        return json.dumps(made)


_figure = figure


def figure(*, lam, lr, steps, step, w0, pull, h, w_star, compare):
    """Return the same, and more."""
    import dataclasses
    drawn = _figure(lam=lam, lr=lr, steps=steps, step=step, w0=w0, pull=pull, h=h, w_star=w_star, compare=compare)
    return Smuggled(**{f.name: getattr(drawn, f.name) for f in dataclasses.fields(drawn)})
'''


def test_figures_from_code_hold_nothing_but_data(desk):
    """No image, no link, no button, no size of its own: what is not on the list stays behind, and words stay words."""
    figure, desk = desk

    desk.run(SOURCE + SMUGGLED)

    desk.expect_done()
    live = figure.plot.locator("[data-live]")
    layout = live.evaluate("({ layout }) => layout")
    assert not {"images", "updatemenus", "sliders"} & layout.keys()
    assert layout["width"] < 2000
    assert layout["height"] < 2000
    assert "customdata" not in live.evaluate("({ data }) => data[0]")
    assert figure.plot.locator("a, image, foreignObject").count() == 0
    assert "away" in layout["title"]["text"]
    figure.expect_readout("factor", "<img src=x onerror=alert(1)>")


SMUGGLE = 'figure["data"].append({"type": "scatter", "x": [1]'


@pytest.mark.parametrize(
    ("deed", "sentence"),
    [
        (
            '["data"].append({"type": "heatmap"})',
            "the page draws no traces of the type heatmap, but scatter, bar, pie",
        ),
        ('["data"].append({"x": [0] * 60_000})', "a figure may have 50,000 points at most"),
        ('["layout"]["xaxis"]["tickvals"] = [0] * 6000', "a layout may have 5,000 values at most"),
    ],
)
def test_what_the_page_does_not_draw_is_said(desk, deed, sentence):
    """In a sentence; the last good figure stays."""
    _, desk = desk
    source = SMUGGLED.replace(SMUGGLE, f"figure{deed}\n        {SMUGGLE}")
    assert source != SMUGGLED
    desk.run(SOURCE + source)
    desk.expect_wrong(f"This figure is not drawn: {sentence}.")


def test_an_editor_that_does_not_arrive_is_missed(open_figure, watch):
    """In a sentence; the figure goes on."""
    watch.forgive(BROKEN)
    figure = open_figure(
        "weight_decay", prepare=lambda page: page.route("**/vendor/editor.*", lambda route: route.abort())
    )
    panel = figure.root.locator("details[data-python]")
    panel.locator("summary").click()
    expect(panel).to_contain_text("The editor did not arrive. Check the connection", timeout=BOOT)
    figure.start_python()
    figure.set("lam", "0.1")
    figure.expect_shown(lam="0.1")


def test_a_narrow_screen_scrolls_the_code_and_not_the_page(open_desk):
    """At 320 pixels."""
    figure, desk = open_desk(viewport={"width": 320, "height": 700})
    desk.run(f"{SOURCE}\nprint('long' * 100)\n1 / 0\n")
    desk.expect_wrong(re.compile("division by zero"), line=END + 2)
    assert figure.page.evaluate("document.documentElement.scrollWidth") == 320


def test_by_keyboard_alone(open_figure):
    """Open, go in, change, run, leave: Tab indents until Escape, and then goes on."""
    figure = open_figure("weight_decay")
    figure.start_python()
    focused = "() => { let at = document.activeElement; return at.shadowRoot?.activeElement ?? at; }"
    figure.root.locator("details.widget-table summary").first.focus()
    figure.press("Tab", "Enter")
    desk = open_code_by_keyboard(figure)
    figure.press("Tab")
    assert "cm-content" in figure.page.evaluate(f"() => ({focused})().className")
    figure.press("ControlOrMeta+End", "Enter")
    device = figure.page.context.new_cdp_session(figure.page)
    device.send("Emulation.setCPUThrottlingRate", {"rate": 20})  # the new line is indented on a slow one too
    figure.page.keyboard.type("if True:\nprint('typed')")
    device.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    desk.run_by_key()
    desk.expect_printed("typed")

    figure.press("Home", "Tab")
    assert "cm-content" in figure.page.evaluate(f"() => ({focused})().className")
    figure.press("Escape", "Tab")
    assert figure.page.evaluate(f"() => ({focused})().hasAttribute('data-run')")
    figure.press("Shift+Tab")
    assert "cm-content" in figure.page.evaluate(f"() => ({focused})().className")


def test_what_came_of_the_code_is_heard_once(open_desk):
    """The figure's words after a run and a reset, though no control has moved; a failure from the desk alone."""
    figure, desk = open_desk()
    said = figure.root.locator("[data-announce]").text_content()
    desk.run(TWICE)
    desk.expect_done()
    figure.expect_heard(answer(TWICE)["summary"])
    assert answer(TWICE)["summary"] != said

    figure.page.evaluate(
        "(figure) => { window.heard = []; const voice = figure.querySelector('[data-announce]');"
        " new MutationObserver(() => heard.push(voice.textContent)).observe(voice, { childList: true }); }",
        figure.root.element_handle(),
    )
    desk.run(f"{SOURCE}\n1 / 0\n")
    desk.expect_wrong(re.compile("division by zero"), line=END + 1)
    figure.expect_status(re.compile("division by zero"))
    desk.reset()
    figure.expect_heard(l2widgets.render("weight_decay", {})["summary"])
    assert not [text for text in figure.page.evaluate("heard") if "division by zero" in text]


def test_reset_keeps_the_focus(desk):
    """It only says that there is nothing more to do, as Stop does."""
    figure, desk = desk
    desk.write(f"{SOURCE}\n")
    back = desk.root.locator("[data-restore]")
    expect(back).to_be_enabled()
    back.focus()
    figure.press("Enter")
    expect(back).to_be_disabled()
    expect(back).to_be_focused()
    figure.press("Tab")
    expect(back).not_to_be_focused()


def open_code_by_keyboard(figure):
    """Return the desk of a panel that has just been opened."""
    desk = Desk(figure.page, figure.root.locator("details[data-python]"))
    expect(desk.editor).to_be_visible()
    return desk


def test_axe_finds_nothing_at_the_desk(open_desk):
    """In both themes, with a line that is wrong and something printed."""
    figure, desk = open_desk()
    desk.run(f"{SOURCE}\nprint(1)\n1 / 0\n")
    desk.expect_wrong(re.compile("division by zero"), line=END + 2)
    desk.expect_printed("1")
    assert violations(figure.page, within="[data-widget=weight_decay]") == []
