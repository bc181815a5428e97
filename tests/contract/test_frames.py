"""What a page shows before Python is there is what Python will say."""

from __future__ import annotations

import json

import pytest

import l2widgets
from l2site.frames import LIMIT, frames_of
from tests.contract.cases import CORNERS, cases
from tests.contract.frames import apart, put_together

NEAR = 1 / 8
"""How many pixels a point may be away from where Python will put it."""

STARTS = [
    (name, case) for name in l2widgets.names() if not l2widgets.load(name).simulation for case in cases(name)
]
"""Every figure from which a page might begin, but those that go on by themselves and have no frames."""


def _presets(name):
    """Return the names of the cases of a figure that are presets."""
    return [case for case in cases(name) if case.startswith("preset: ")]


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    """A folder in which the tests of this file keep frames."""
    return tmp_path_factory.mktemp("frames")


def rendered(name, params):
    """Return a figure as the browser gets it."""
    return json.loads(l2widgets.render_json(name, json.dumps(params)))


@pytest.mark.parametrize(
    ("name", "case"),
    [
        pytest.param(
            name,
            case,
            marks=[pytest.mark.whole] if case in (*_presets(name)[1::2], *CORNERS.get(name, {})) else [],
        )
        for name, case in STARTS
    ],
)
def test_frames_are_the_figures(cache, name, case):
    """Text is the same to the letter, and no point is farther off than an eighth of a pixel."""
    widget, start = l2widgets.load(name), cases(name)[case]
    frames = frames_of(widget, widget.params(start), cache)
    stops = [stop.text for stop in widget[frames.control].stops]
    wanted = range(0, len(stops), 1 if case == "default" else 12)

    figures = put_together(rendered(name, start), json.loads(frames.data), len(stops), wanted)

    for stop, figure in zip(wanted, figures, strict=True):
        distance = apart(figure, rendered(name, {**start, frames.control: stops[stop]}))
        assert not isinstance(distance, str), (stops[stop], distance)
        assert distance <= NEAR + 1e-9, stops[stop]


def test_what_goes_on_by_itself_has_no_frames(cache):
    """What a slider does to it depends on how it came there."""
    widget = l2widgets.load("network")
    assert widget.simulation
    assert frames_of(widget, widget.params({}), cache) is None


@pytest.mark.parametrize("name", sorted({name for name, _ in STARTS}))
def test_frames_are_light(cache, name):
    """From where a figure starts, they fit where they are let in; the build weighs those of every fence."""
    widget = l2widgets.load(name)
    assert frames_of(widget, widget.params({}), cache).size <= LIMIT
