"""Figures that go on by themselves: one request at a time, each with the state that the one before it left.

Nothing is remembered here. The state travels as text, with every digit of its numbers, to the page and back, so that
the same states and the same settings always lead to the same figures, in whichever Python.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from l2widgets.spec import Simulation, SpecError, State, Value, Widget

if TYPE_CHECKING:
    from types import ModuleType

    from l2widgets.figures import Figure


class Moment(NamedTuple):
    """A figure, and the state that it is of."""

    figure: Figure
    """What is shown."""
    state: State
    """What it is of, and what goes on from here needs."""
    rests: bool
    """Whether going on is worth nobody's while."""

    def as_dict(self) -> dict[str, Any]:
        """Return `Figure.as_dict` and the state."""
        return self.figure.as_dict() | {"simulation": {"state": written(self.state), "rests": self.rests}}

    def as_json(self, *, packed: bool = False) -> str:
        """Return `as_dict` as JSON; see `Figure.as_json`."""
        # The state holds digits, commas and brackets, so that it needs no escaping.
        simulation = f'{{"state":"{written(self.state)}","rests":{json.dumps(self.rests)}}}'
        return f'{self.figure.as_json(packed=packed)[:-1]},"simulation":{simulation}}}'


def bound(module: ModuleType) -> Widget:
    """Return the widget of a module, bound to its simulation's functions.

    Raises
    ------
    SpecError
        When it declares no simulation, or its keywords are not its controls.
    """
    spec: Widget = module.SPEC
    widget = spec.bind_simulation(module, lambda **values: at_first(widget, **values).figure)
    return widget


def moment(widget: Widget, state: str | None, slices: int, **values: Value) -> Moment:
    """Return the moment that comes so many slices after a state, or after the beginning, or where it rests before.

    Raises
    ------
    SpecError
        When the widget declares no simulation.
    """
    simulation = _simulation(widget)
    setting = simulation.Setting(**values)
    now = simulation.begin(setting) if state is None else read(state)
    rests = simulation.rests(now, setting)
    while slices > 0 and not rests:
        now = simulation.advance(now, setting)
        rests = simulation.rests(now, setting)
        slices -= 1
    return Moment(simulation.draw(now, setting), now, rests)


@lru_cache(maxsize=16)
def at_first(widget: Widget, **values: Value) -> Moment:
    """Return the moment that stands on the page at first.

    Raises
    ------
    SpecError
        When the widget declares no simulation.
    """
    return moment(widget, None, _simulation(widget).shown, **values)


def written(state: State) -> str:
    """Return a state as text, from which `read` makes the same state to the last digit."""
    return json.dumps([part.tolist() for part in state], allow_nan=False, separators=(",", ":"))


def read(text: str) -> State:
    """Return the state of a text."""
    import numpy as np  # noqa: PLC0415  the package is there before NumPy is

    return tuple(np.array(part, dtype=np.float64) for part in json.loads(text))


def _simulation(widget: Widget) -> Simulation:
    if widget.simulation is None:
        raise SpecError(f"{widget.name!r} declares no simulation")
    return widget.simulation
