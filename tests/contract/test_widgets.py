"""What every widget promises to the page, at every stop of every control."""

from __future__ import annotations

import json
import math
import re
from functools import cache

import plotly.graph_objects as go
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import l2widgets
from l2widgets.figures import ROLES
from l2widgets.spec import Choice, Slider, Toggle
from tests.contract.cases import cases

EXAMPLES = settings().max_examples // 5
"""A figure takes longer to draw than most of what Hypothesis tries."""

MOVING = {"x", "y", "text", "textposition", "textfont"}
"""All that a trace may change while a slider moves that the page draws without laying the figure out again."""


def check(widget, params, render_json=None):
    """Assert what holds for every figure of a widget, and return it."""
    written = (
        render_json(json.dumps(params))
        if render_json
        else l2widgets.render_json(widget.name, json.dumps(params))
    )
    rendered = json.loads(written, parse_constant=pytest.fail)
    drawn = widget.draw(**widget.params(params))
    if not render_json:
        assert rendered == (l2widgets.render(widget.name, params) if widget.simulation else drawn.as_dict())
    assert set(re.findall(r'"role:([^"]*)"', written)) <= set(ROLES)

    data, layout = rendered["figure"]["data"], rendered["figure"]["layout"]
    for trace in data:
        assert f"xaxis{trace['xaxis'][1:]}" in layout
        assert f"yaxis{trace['yaxis'][1:]}" in layout
        assert len(trace["x"]) == len(trace["y"])
        assert len(trace.get("text", trace["x"])) == len(trace["x"])
        assert isinstance(trace.get("hovertemplate", ""), str), "the page moves one template for all points"
    for panel in drawn.panels:
        assert panel.title
        assert panel.x.title
        assert panel.y.title
        assert panel.x.range[0] < panel.x.range[1]
        assert panel.y.range[0] < panel.y.range[1]

    readouts = rendered["readouts"]
    assert [readout["name"] for readout in readouts] == readout_names(widget.name)
    for readout in readouts:
        assert readout["text"].strip()
        assert readout["label"].strip()
        assert readout["role"] in {"", *ROLES}
    columns, rows = rendered["table"]["columns"], rendered["table"]["rows"]
    assert rows
    assert all(column.strip() for column in columns)
    assert all(len(row) == len(columns) and all(cell.strip() for cell in row) for row in rows)

    summary = rendered["summary"]
    assert len(summary) < 300
    assert summary[0].isupper()
    assert summary.endswith(".")
    assert not re.search(r"[.!?] ", summary), "more than one sentence"
    words = [summary, *(r["text"] for r in readouts), *(cell for row in rows for cell in row)]
    assert not any(re.search(r"\b(nan|inf|None|undefined)\b|∞", text) for text in words), words
    return rendered


@cache
def readout_names(name):
    """Return the names of the default's readouts, which are everybody's."""
    names = [readout["name"] for readout in l2widgets.render(name, {})["readouts"]]
    assert len(set(names)) == len(names)
    return names


def playing(widget):
    """Return the sliders that the page moves without laying the figure out again."""
    return [c for i, c in enumerate(widget.controls) if isinstance(c, Slider) and (i == 0 or c.play)]


def test_the_first_control_is_the_strength(widget):
    """A widget begins with the slider that matters most, and in this article that is λ."""
    assert isinstance(widget.controls[0], Slider)
    assert widget.controls[0].role == "penalty"


def test_every_stop_of_every_control(widget):
    """Whatever one control is set to, the figure keeps its promises."""
    for control in widget.controls:
        for stop in control.stops:
            check(widget, {control.name: stop.text})


@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_every_number_that_can_be_typed(widget, data):
    """Between two stops a figure keeps its promises too."""
    for control in widget.controls:
        if getattr(control, "typed", False):
            values = [stop.value for stop in control.stops if stop.value]
            low, high = math.log10(min(values)), math.log10(max(values))
            number = 10 ** data.draw(st.floats(low, high), label=control.name)
            whole = all(isinstance(value, int) for value in values)
            check(widget, {control.name: str(round(number)) if whole else f"{number:.6f}"})


def test_every_case(name, widget):
    """The presets and the corners keep the same promises, and are the same as data and as JSON."""
    for params in cases(name).values():
        assert check(widget, params) == l2widgets.render(name, params)


@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_every_combination(widget, data):
    """So do controls that are moved together."""
    check(widget, {c.name: data.draw(st.sampled_from(c.stops), label=c.name).text for c in widget.controls})


def test_playing_changes_no_layout(name, widget, whole):
    """While λ or a played slider moves, the traces and the layout stay, so that the page redraws in one frame."""
    for case, params in cases(name).items():
        most = 60 if case == "default" else 15
        if not whole:
            most //= 6 if widget.simulation else 3  # each of a simulation is trained for a while
        first = l2widgets.render(name, params)["figure"]
        kept = [{key: trace[key] for key in trace.keys() - MOVING} for trace in first["data"]]
        for control in playing(widget):
            for stop in control.stops[:: max(len(control.stops) // most, 1)]:
                figure = l2widgets.render(name, {**params, control.name: stop.text})["figure"]
                assert figure["layout"] == first["layout"], (params, control.name, stop.text)
                assert figure["narrow"] == first["narrow"]
                now = [{key: trace[key] for key in trace.keys() - MOVING} for trace in figure["data"]]
                assert now == kept, (params, control.name, stop.text)


def test_plotly_accepts_it(name, widget):
    """Every attribute of a figure is one that Plotly knows, on a wide screen and on a narrow one."""
    choices = [c for c in widget.controls if isinstance(c, (Choice, Toggle))]
    several = [*cases(name).values(), *({c.name: stop.text} for c in choices for stop in c.stops)]
    for params in several:
        coloured = re.sub(r'"role:\w+"', '"#123456"', l2widgets.render_json(name, json.dumps(params)))
        figure = json.loads(coloured)["figure"]
        drawn = go.Figure(figure["data"], figure["layout"])
        drawn.update_layout(figure["narrow"])
        assert len(drawn.data) == len(figure["data"])


def test_a_stop_may_be_given_by_text_or_by_value(name, widget):
    """A link's text and a test's value name the same stop."""
    for control in widget.controls:
        stop = control.stops[-1]
        by_text, by_value = ({control.name: given} for given in (stop.text, stop.value))
        assert l2widgets.render(name, by_text) == l2widgets.render(name, by_value)


def test_the_same_parameters_give_the_same_figure(name, widget):
    """What was drawn in between leaves no trace in a cache."""
    first = l2widgets.render_json(name, "{}")
    for control in widget.controls:
        l2widgets.render_json(name, json.dumps({control.name: control.stops[-1].text}))
    assert l2widgets.render_json(name, "{}") == first


def test_linked_sliders_are_said_together(widget):
    """Whichever of two linked sliders is moved, the page is told where both stand, and the sentence says both."""
    for second in widget.controls:
        if not getattr(second, "link", ""):
            continue
        for control in (widget[second.link], second):
            for stop in control.stops:
                rendered = l2widgets.render(widget.name, {control.name: stop.text})
                assert rendered["linked"].keys() == {second.name, second.link}
                for name, (at, label) in rendered["linked"].items():
                    assert widget[name].stops[at].value is not None
                    assert f"{label}" in rendered["summary"]
                if stop.value is not None:
                    assert rendered["linked"][control.name] == [control.index(stop.value), stop.label]


def test_a_mark_is_where_its_sliders_say(widget):
    """What the reader takes hold of is drawn in its panel, at the stops of the sliders that it moves."""
    for order, mark in enumerate(widget.held):
        stops = widget[mark.y].stops if not mark.picks else ()
        for params in ({}, *({mark.y: stop.text} for stop in stops)):
            drawn = l2widgets.render(widget.name, params)["figure"]["data"]
            (trace,) = [trace for trace in drawn if trace.get("meta", {}).get("held") == order]
            assert trace["yaxis"] == ("y" if mark.panel == 1 else f"y{mark.panel}")
            if mark.picks:
                assert len(trace["x"]) == len(widget[mark.x].stops) - 1
                continue
            values = widget.params(params)
            assert trace["y"] == [values[mark.y]]
            assert trace["x"] == [values[mark.x] if isinstance(mark.x, str) else mark.x]
