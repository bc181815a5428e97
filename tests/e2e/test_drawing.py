"""What is drawn after a move is what Plotly draws from nothing, and it is what Python computed.

The page draws moves by a shorter way than Plotly's own (`quickdraw.js`), which reaches into Plotly's inner state. These
tests are what that way rests on.
"""

from __future__ import annotations

import pytest

import l2widgets
from l2widgets.spec import Seed, Slider
from tests.contract.difference import difference
from tests.e2e.figure import limits, meaningful

MOVERS = [
    pytest.param(name, control.name, marks=[pytest.mark.whole] if turn % 2 else [])
    for name in l2widgets.names()
    if not l2widgets.load(name).simulation  # its figure has a history: test_simulation.py
    for turn, control in enumerate(
        control for control in l2widgets.load(name).controls if isinstance(control, (Slider, Seed))
    )
]
"""The first slider of each figure, and of the others every second; the whole is all of them."""

SNAPSHOT = """(box) => {
    const made = /\\btrace[0-9a-f]{6}\\b|clip[0-9a-f]{6}/g;
    const sorted = (style) => style.split(";").map((part) => part.trim()).sort().join(";");
    const written = (node) => node.nodeType === Node.TEXT_NODE ? node.data : [
        node.tagName,
        ...[...node.attributes].filter(({ name }) => name !== "data-unformatted")
            .map(({ name, value }) => `${name}=${name === "style" ? sorted(value) : value.replace(made, "")}`.trim())
            .sort(),
        ...[...node.childNodes].map(written),
    ].join("|");
    const all = (kind) => [...box.querySelectorAll(`.cartesianlayer ${kind}`)].map(written);
    const axes = [".gridlayer path", ".xaxislayer-above :is(path, text)", ".yaxislayer-above :is(path, text)"];
    return [...all(".trace"), ...axes.flatMap((kind) => all(kind).sort())];
}"""
"""All that is drawn in the panels, without the names that Plotly makes up: traces from back to front, then the axes."""

AFRESH = f"""async (box, share) => {{
    const other = document.createElement("div");
    other.style.cssText = "position: absolute; top: 0; left: 0; visibility: hidden";
    document.body.append(other);
    const copy = (part) => JSON.parse(JSON.stringify(part));
    await Plotly.newPlot(other, copy(box.data), copy(box.layout), {{ displayModeBar: false }});
    const snapshot = ({SNAPSHOT})(other);
    const said = [box, other].map((plot) => (SAID)(plot, share));
    other.remove();
    return {{ snapshot, said }};
}}"""
"""The same of a new plot, and what both say about the trace that lies this share of the way from back to front."""

SAID = """(plot, share) => {
    const on = (axis, value) => value !== null && axis.d2p(value) >= 0 && axis.d2p(value) <= axis._length;
    const axisOf = (id) => plot._fullLayout[`${id[0]}axis${id.slice(1)}`];
    const first = ({ x, y, xaxis, yaxis }) =>
        x.findIndex((value, index) => on(axisOf(xaxis), value) && on(axisOf(yaxis), y[index]));
    const hoverable = [...plot.data.entries()].filter(([, trace]) => trace.hoverinfo !== "skip" && first(trace) >= 0);
    if (hoverable.length === 0) return "nothing to hear";
    const [curveNumber, trace] = hoverable[Math.round(share * (hoverable.length - 1))];
    const [pointNumber, { xaxis, yaxis }] = [first(trace), trace];
    Plotly.Fx.hover(plot, [{ curveNumber, pointNumber }], [xaxis + yaxis]);
    const said = [...plot.querySelectorAll(".hoverlayer text")].map((text) => text.textContent);
    Plotly.Fx.unhover(plot);
    return said;
}"""


@pytest.mark.parametrize(("name", "control"), MOVERS)
def test_a_move_looks_like_a_new_drawing(figures, whole, name, control):
    """Lines, marks, labels, ticks and what the pointer is told: after some moves of each slider, nothing tells."""
    figure = figures(name)
    chosen = _stops(l2widgets.load(name)[control])[: 3 if whole else 2]
    for turn, stop in enumerate(chosen):
        if limits(name, control):  # the other stays where this one has moved it
            figure = figures(name)
        stops = meaningful(name, control) | {control: stop}
        for each, wanted in stops.items():
            figure.set(each, wanted)
        figure.expect_shown(**stops)
        box = figure.root.locator("[data-live]")
        shown = box.evaluate(SNAPSHOT)
        afresh = box.evaluate(AFRESH.replace("SAID", SAID), turn / (len(chosen) - 1))
        for number, (moved, new) in enumerate(zip(shown, afresh["snapshot"], strict=True)):
            at = max(_agree(moved, new) - 200, 0)
            assert moved == new, f"group {number}: …{moved[at : at + 300]}… is not …{new[at : at + 300]}…"
        moved_says, new_says = afresh["said"]
        assert moved_says == new_says
        assert moved_says

        computed = l2widgets.render(name, stops)["figure"]["data"]
        drawn = box.evaluate("(box) => box.data.map(({ x, y, text }) => ({ x, y, text: text ?? null }))")
        for number, (trace, found) in enumerate(zip(computed, drawn, strict=True)):
            expected = {"x": trace["x"], "y": trace["y"], "text": _padded(trace.get("text"))}
            assert difference(expected, found) is None, f"trace {number}"


def test_new_words_on_an_axis_leave_no_bar_behind(figures):
    """A choice that marks another tick, and moves no axis, moves what is drawn, too."""
    figure = figures("penalty")
    stops = {"view": "units", "lam": "1"}
    for control, text in stops.items():
        figure.set(control, text)
    figure.expect_shown(**stops)

    figure.set("unit", "mm")

    figure.expect_shown(**stops, unit="mm")
    box = figure.root.locator("[data-live]")
    shown, afresh = box.evaluate(SNAPSHOT), box.evaluate(AFRESH.replace("SAID", SAID), 0)
    assert shown == afresh["snapshot"]


def _stops(control):
    """Return the texts of three stops, the ends among them, away from the start."""
    texts = [stop.text for stop in control.stops if stop.text]
    return [texts[0], texts[-1], texts[len(texts) // 3]]


def _agree(left, right):
    """Return from where on two texts differ."""
    return next((i for i, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), 0)


def _padded(texts):
    return [text or " " for text in texts] if isinstance(texts, list) else texts
