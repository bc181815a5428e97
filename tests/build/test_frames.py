"""Frames: what travels, what a page makes of it, and what the build does when they cannot be made or grow too heavy."""

from __future__ import annotations

import gzip
import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import l2widgets
from l2site import frames as module
from l2site.frames import Frames, encoded, first_slider, frames_of, prepare_frames
from l2site.model import Embed
from l2site.problems import ContentError
from l2widgets.figures import Axis, Figure, Panel, Table, line, points
from l2widgets.spec import Choice, Slider, Widget, listed_stops, named_stops
from tests.build.project import run_build
from tests.contract.frames import apart, put_together

LONG = np.linspace(1, 99, 60)


def drawn(y, *, log=False, x=LONG, more=(), summary="So.", reach=2):
    """Return a figure with one curve, rendered."""
    panel = Panel("A curve", Axis("x", (0, 100)), Axis("y", (1e-3, 1e5) if log else (-reach, reach), log=log))
    curve = line(x, y, name="curve", role="fit")
    figure = Figure((panel,), (curve, *more), summary, (), Table(("x",), tuple((f"{v}",) for v in y[:2])))
    return json.loads(figure.as_json())


@pytest.mark.parametrize(
    ("start", "other"),
    [
        (drawn(np.sin(LONG)), drawn(np.cos(LONG), summary="Not so.")),
        (drawn(LONG, log=True), drawn(LONG**2, log=True)),
        (drawn(LONG, log=True), drawn(LONG - 50, log=True)),
        (drawn(np.sin(LONG)), drawn(np.where(LONG % 7 < 3, np.nan, LONG))),
        (drawn(np.sin(LONG)), drawn(np.exp(5 * LONG))),
        (drawn(np.sin(LONG)), drawn(1e-5 * np.cos(LONG), reach=1e-5)),
        (drawn(np.sin(LONG)), drawn(np.sin(LONG[:9]), x=LONG[:9])),
        (drawn(np.sin(LONG)), drawn(LONG[:0], x=LONG[:0])),
        (drawn([1, 2], x=[1, 2]), drawn([-1e-9, 1e9], x=[1.23456789, 99])),
        (drawn([1], x=[1]), drawn([1], x=[1], more=[points([1], [2], name="new", role="data")])),
    ],
    ids=[
        "curve",
        "log",
        "log of nothing",
        "gaps",
        "off",
        "a closer look",
        "shorter",
        "empty",
        "points",
        "a trace more",
    ],
)
def test_a_frame_is_its_figure(start, other):
    """Whatever changes from one stop to the next, the page puts it together again within an eighth of a pixel."""
    frames = json.loads(json.dumps(encoded(start, [start, other, start])))

    figures = put_together(start, frames, 3, range(3))

    assert figures[0] == figures[2] == start
    distance = apart(figures[1], other)
    assert not isinstance(distance, str), distance
    assert distance <= 1 / 8


def test_what_stays_does_not_travel():
    """Only the curve's y and the words that changed are in the file, each value once."""
    start, other = drawn(np.sin(LONG)), drawn(np.cos(LONG))
    changes = encoded(start, [other, start, other])["changes"]
    assert {place for change in changes for place in change["places"]} == {
        ("figure", "data", 0, "y"),
        ("table", "rows", 0, 0),
        ("table", "rows", 1, 0),
    }
    assert all(change["at"] == [0, None, 0] and len(change["values"]) == 1 for change in changes)


CHANGE = {"places": [["figure", "data", 0, "y"]], "at": [None, 0], "values": [[1, 0]], "step": 1}


@pytest.mark.parametrize(
    "frames",
    [
        [],
        {},
        {"changes": [None]},
        {"changes": [CHANGE | {"places": "figure"}]},
        {"changes": [CHANGE | {"at": [None]}]},
        {"changes": [CHANGE | {"at": [None, 1]}]},
        {"changes": [CHANGE | {"values": "01"}]},
        {"changes": [CHANGE | {"values": [["1", 0]]}]},
        {"changes": [CHANGE | {"step": "1"}]},
    ],
    ids=repr,
)
def test_a_file_of_another_shape_is_refused(frames):
    """A page does not draw what only looks like frames."""
    start = drawn(np.sin(LONG))
    assert put_together(start, {"changes": [CHANGE]}, 2, [1]) is not None
    assert put_together(start, frames, 2, [1]) is None


def test_a_frame_that_is_no_figure_is_refused():
    """Nor what would make something else of the default figure."""
    frames = {"changes": [{"places": [["readouts"]], "at": [None, 0], "values": [7]}]}
    start = drawn(np.sin(LONG))
    assert put_together(start, frames, 2, [0, 1]) == [start, None]


SLIDER = Slider(name="lam", label="λ", stops=listed_stops(1, 2), default=1)
CHOICE = Choice(name="way", label="Way", stops=named_stops(here="here", there="there"), default="here")


def widget(*controls):
    """Return a widget with these controls."""
    return Widget(name="made", title="", question="", caption="", controls=controls)


def test_the_first_slider_is_one_that_the_reader_sees():
    """Not a choice, nor a slider that means nothing where the controls stand."""
    hidden = replace(SLIDER, name="hidden", when={"way": ("there",)})
    made = widget(CHOICE, hidden, SLIDER)
    assert first_slider(made, made.params({})).name == "lam"
    assert first_slider(made, made.params({"way": "there"})).name == "hidden"
    assert first_slider(widget(CHOICE), {"way": "here"}) is None


def test_a_widget_without_a_slider_has_no_frames(tmp_path):
    """And costs nothing."""
    assert frames_of(widget(CHOICE), {"way": "here"}, tmp_path) is None
    assert list(tmp_path.iterdir()) == []


def test_frames_are_kept_until_something_changes(tmp_path, monkeypatch):
    """A second build draws nothing; other starting values or other sources do."""
    made = l2widgets.load("weight_decay")
    first = frames_of(made, made.params({}), tmp_path)
    assert len(gzip.compress(first.data, 9, mtime=0)) == first.size

    rendered = []
    render = l2widgets.render
    monkeypatch.setattr(l2widgets, "render", lambda *given: rendered.append(given) or render(*given))
    assert frames_of(made, made.params({}), tmp_path) == first
    assert rendered == []

    assert frames_of(made, made.params({"w0": 4}), tmp_path) != first
    assert {params["w0"] for _, params in rendered} == {"4"}
    rendered.clear()
    monkeypatch.setattr(module, "_sources", lambda: "others")
    frames_of(made, made.params({}), tmp_path)
    assert len(rendered) == len(made["lam"].stops) + 1


def embed(name, line):
    """Return a widget in a section at its default."""
    made = l2widgets.load(name)
    return Path("content/section.md"), Embed(made, made.params({}), line)


def test_frames_that_are_too_heavy_are_left_out(tmp_path, monkeypatch):
    """The author hears how heavy they are, what is most of it, and what to do."""
    light, heavy = embed("weight_decay", 3), embed("lambda_sweep", 9)
    monkeypatch.setattr(module, "LIMIT", 20_000)
    kept, [problem] = prepare_frames([light, heavy], tmp_path)
    assert set(kept) == {"weight_decay"}
    assert isinstance(kept["weight_decay"], Frames)
    assert (problem.path, problem.line) == (Path("content/section.md"), 9)
    assert re.search(r"'lambda_sweep' take 2\d,\d{3} bytes .* more than 20,000", problem.message)
    assert re.search(r"most of them is figure\.data\.\d+\.y: .* or 'lam' fewer stops", problem.message)


def test_a_stop_that_cannot_be_drawn_is_named(tmp_path, monkeypatch):
    """With the fence where the widget stands."""

    def render(name, params):
        if params["lam"] == "0.1":
            raise ZeroDivisionError("no weight")
        return drawn(np.sin(LONG))

    monkeypatch.setattr(l2widgets, "render", render)
    with pytest.raises(
        ContentError, match=r"^content/section\.md:3: weight_decay cannot be drawn at lam = 0\.1: "
    ):
        prepare_frames([embed("weight_decay", 3)], tmp_path)


def test_a_page_does_without_frames_that_are_too_heavy(changeable):
    """The site is published, its check fails, and no page asks for a file that is not there."""
    source = changeable / "src/l2site/frames.py"
    source.write_text(source.read_text().replace("LIMIT = 60_000", "LIMIT = 20_000"))
    done = run_build(changeable, "build")
    assert done.returncode == 0, done.stderr
    assert "the frames of 'lambda_sweep' take" in done.stderr
    framed = {path.name.split(".")[0] for path in changeable.glob("dist/figures/*.frames.*.json")}
    assert "weight_decay" in framed
    assert "lambda_sweep" not in framed
    assert "data-frames" not in (changeable / "dist/tuning/index.html").read_text()
    assert '"framed"' not in (changeable / "dist/tuning/index.html").read_text()
    assert run_build(changeable, "check").returncode == 1
