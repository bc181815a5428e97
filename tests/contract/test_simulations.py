"""What every figure that goes on by itself promises to the page."""

from __future__ import annotations

import json

import pytest

import l2widgets
from l2widgets import ParamError, SpecError
from l2widgets.simulation import read, written
from l2widgets.spec import Simulation, Slider, Widget, listed_stops
from tests.contract.test_widgets import MOVING, check

GOING_ON = [name for name in l2widgets.names() if l2widgets.load(name).simulation]


@pytest.fixture(params=GOING_ON)
def name(request):
    """Return the name of each widget that goes on by itself."""
    return request.param


def advanced(name, params, state=None, slices=1):
    """Return what the page gets."""
    return json.loads(l2widgets.advance_json(name, json.dumps(params), state, slices))


def state_of(rendered):
    """Return the state that the page hands back."""
    return rendered["simulation"]["state"]


def test_one_request_is_as_good_as_several(name):
    """Twelve slices at once and twelve times one slice end in the same state, to the last digit."""
    state = None
    for _ in range(12):
        state = state_of(advanced(name, {}, state))
    assert state == state_of(advanced(name, {}, None, 12))
    assert state != state_of(advanced(name, {}, None, 11))


def test_the_first_figure_is_so_many_slices_old(name):
    """What `render` returns is what the page would get by advancing from the beginning."""
    first = l2widgets.render(name, {})
    assert first == l2widgets.advance(name, {}, None, l2widgets.load(name).simulation.shown)
    assert first == json.loads(l2widgets.render_json(name, "{}"))


def test_no_slice_is_the_same_state(name):
    """Without advancing, the state is handed back as it came, and the figure of another setting can be drawn."""
    state = state_of(advanced(name, {}, None, 5))
    assert state_of(advanced(name, {}, state, 0)) == state
    strength = l2widgets.load(name).controls[0].stops[0].text
    moved = advanced(name, {"lam": strength}, state, 0)
    assert state_of(moved) == state
    assert moved["summary"] != advanced(name, {}, state, 0)["summary"]


def test_states_keep_every_digit(name):
    """A state survives the journey to the page and back."""
    state = state_of(advanced(name, {}, None, 3))
    assert written(read(state)) == state


def test_advancing_changes_no_layout(name):
    """From frame to frame only traces move, so that the page draws a frame in a few milliseconds."""
    first = advanced(name, {}, None, 0)
    state = state_of(first)
    kept = [{key: trace[key] for key in trace.keys() - MOVING} for trace in first["figure"]["data"]]
    for _ in range(10):
        rendered = advanced(name, {}, state, 5)
        state = state_of(rendered)
        assert rendered["figure"]["layout"] == first["figure"]["layout"]
        assert [
            {key: trace[key] for key in trace.keys() - MOVING} for trace in rendered["figure"]["data"]
        ] == kept


def test_every_moment_keeps_the_promises_of_a_figure(name):
    """The beginning, and what comes of it, are figures like all others."""
    widget = l2widgets.load(name)
    for preset in ({}, *(dict(preset.params) for preset in widget.presets)):
        check(widget, preset, lambda params: l2widgets.advance_json(name, params, None, 0))
        check(widget, preset, lambda params: l2widgets.advance_json(name, params, None, 2))


def test_rest_is_the_end(name):
    """Where it rests, asking for more changes nothing."""
    rendered = advanced(name, {"lam": "1"}, None, 10_000)
    assert rendered["simulation"]["rests"]
    assert advanced(name, {"lam": "1"}, state_of(rendered), 5) == rendered
    assert not advanced(name, {"lam": "0.1"}, state_of(rendered), 0)["simulation"]["rests"]


def test_a_figure_that_does_not_go_on_says_so():
    """Asked for a simulation that there is not, the answer is one sentence."""
    with pytest.raises(ParamError, match="'weight_decay' does not go on by itself"):
        l2widgets.advance("weight_decay", {})


class Module:
    """A module that holds a simulation, and the ways in which it can be wrong."""

    def __init__(self, anew=("lam",), setting=lambda *, lam: lam):
        slider = Slider(name="lam", label="λ", stops=listed_stops(0, 1), default=0)
        self.SPEC = Widget(
            name="toy",
            title="",
            question="",
            caption="",
            controls=(slider,),
            simulation=Simulation(anew=anew, verb="Go", shown=1),
        )
        self.Setting = setting
        self.begin = self.advance = self.draw = self.rests = print


@pytest.mark.parametrize(
    ("module", "said"),
    [
        (Module(anew=("data",)), "'toy' has no control 'data'"),
        (Module(setting=lambda *, data: data), r"'toy' has the controls \('lam',\), but its function takes"),
    ],
)
def test_a_simulation_that_contradicts_itself_is_refused(module, said):
    """The author is told which name is wrong."""
    with pytest.raises(SpecError, match=said):
        module.SPEC.bind_simulation(module, draw=print)
