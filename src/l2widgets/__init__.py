"""The figures of an explanation of L2 regularization, as pure functions.

>>> import l2widgets
>>> l2widgets.names()[:3]
('bayes', 'geometry', 'gradient')
>>> l2widgets.render("weight_decay", {"lr": 0.1, "lam": 0.01})["readouts"][0]["text"]
'0.998'

The same functions run when the site is built and in the reader's browser; nothing here knows which.
"""

from __future__ import annotations

import json
import os
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from l2widgets import simulation, widgets
from l2widgets.spec import ParamError, SpecError, Widget

if TYPE_CHECKING:
    from collections.abc import Mapping

    from l2widgets.figures import Figure
    from l2widgets.simulation import Moment

__all__ = [
    "ParamError",
    "SpecError",
    "Widget",
    "advance",
    "advance_json",
    "load",
    "names",
    "render",
    "render_json",
]
__version__ = "0.1.0"


@cache
def names() -> tuple[str, ...]:
    """Return the names of all widgets, sorted."""
    # pathlib and pkgutil would do the same, but would have to be loaded before the first figure.
    files = [file.partition(".") for folder in widgets.__path__ for file in os.listdir(folder)]  # noqa: PTH208
    return tuple(sorted({name for name, _, kind in files if kind in {"py", "pyc"} and name != "__init__"}))


@cache
def load(name: str) -> Widget:
    """Return the widget of this name, bound to its function.

    Raises
    ------
    ParamError
        When there is no such widget.
    SpecError
        When the widget's controls and its function's keywords differ.

    Examples
    --------
    >>> import l2widgets
    >>> [control.name for control in l2widgets.load("weight_decay").controls][:2]
    ['lam', 'lr']
    """
    if name not in names():
        raise ParamError(f"there is no widget {name[:60]!r}; the widgets are {', '.join(names())}")
    module = import_module(f"l2widgets.widgets.{name}")
    if module.SPEC.simulation:
        return simulation.bound(module)
    widget: Widget = module.SPEC.bind(module.figure)
    return widget


def render(name: str, params: Mapping[str, object]) -> dict[str, Any]:
    """Return what a widget shows for these parameters, as plain data.

    Parameters
    ----------
    name
        One of `names()`.
    params
        Values or stop texts by control name; what is missing takes its default.

    Returns
    -------
    dict
        `figure` (Plotly's `data` and `layout`, and `narrow`, the changes to the layout on a narrow screen; colours
        are roles such as "role:penalty"), `readouts`, `table` and `summary`; for a figure that goes on by itself, as
        it stands at first, also what `advance` adds.

    Raises
    ------
    ParamError
        When a parameter is unknown or its value is none of the control's stops.
    SpecError
        When the widget's declaration contradicts itself.

    Examples
    --------
    >>> import l2widgets
    >>> shown = l2widgets.render("weight_decay", {"lr": "0.1", "lam": "0.01"})
    >>> [number["name"] for number in shown["readouts"]][:2]
    ['factor', 'percent']
    """
    return _shown(name, params).as_dict()


def render_json(name: str, params_json: str, packed: bool = False) -> str:  # noqa: FBT001, FBT002  called from JavaScript
    """Return `render` as JSON, for parameters that are JSON: what the browser's worker calls.

    When `packed`, long lists of coordinates are their doubles in base64, `{"dtype": "f8", "bdata": …}`.

    Raises
    ------
    ParamError
        As `render` does.
    SpecError
        When the widget's declaration contradicts itself.
    """
    return _shown(name, json.loads(params_json)).as_json(packed=packed)


def advance(
    name: str, params: Mapping[str, object], state: str | None = None, slices: int = 1
) -> dict[str, Any]:
    """Return what a widget that goes on by itself shows after a few slices of its simulation, as plain data.

    Parameters
    ----------
    name
        One of `names()`.
    params
        Values or stop texts by control name; what is missing takes its default.
    state
        The state from which to go on, as an earlier answer has it; None begins anew.
    slices
        How often to advance; it stops earlier where the simulation rests.

    Returns
    -------
    dict
        What `render` returns, and `simulation`: the `state` now, and whether it `rests`.

    Raises
    ------
    ParamError
        When a parameter is unknown, its value is none of the control's stops, or the widget has no simulation.
    SpecError
        When the widget's declaration contradicts itself.
    """
    return _moment(name, params, state, slices).as_dict()


def advance_json(name: str, params_json: str, state: str | None, slices: int, packed: bool = False) -> str:  # noqa: FBT001, FBT002
    """Return `advance` as JSON, for parameters that are JSON: the other function that the browser's worker calls.

    Raises
    ------
    ParamError
        As `advance` does.
    SpecError
        When the widget's declaration contradicts itself.
    """
    return _moment(name, json.loads(params_json), state, slices).as_json(packed=packed)


def _shown(name: str, params: Mapping[str, object]) -> Figure | Moment:
    widget = load(name)
    values = widget.params(params)
    return simulation.at_first(widget, **values) if widget.simulation else widget.draw(**values)


def _moment(name: str, params: Mapping[str, object], state: str | None, slices: int) -> Moment:
    widget = load(name)
    if widget.simulation is None:
        raise ParamError(f"{name!r} does not go on by itself; render() draws it")
    return simulation.moment(widget, state, slices, **widget.params(params))
