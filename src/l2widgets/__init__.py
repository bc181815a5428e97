"""The figures of an explanation of L2 regularization, as pure functions.

>>> import l2widgets
>>> l2widgets.names()
('bayes', 'geometry', 'gradient', 'lambda_sweep', 'optimizers', 'overfitting', 'penalty', 'translator', 'weight_decay')
>>> l2widgets.render("weight_decay", {"lr": 0.1, "lam": 0.01})["readouts"][0]["text"]
'0.998'

The same functions run when the site is built and in the reader's browser; nothing here knows which.
"""

from __future__ import annotations

import json
import pkgutil
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from l2widgets import widgets
from l2widgets.spec import ParamError, SpecError, Widget

if TYPE_CHECKING:
    from collections.abc import Mapping

    from l2widgets.figures import Figure

__all__ = ["ParamError", "SpecError", "Widget", "load", "names", "render", "render_json"]
__version__ = "0.1.0"


@cache
def names() -> tuple[str, ...]:
    """Return the names of all widgets, sorted."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(widgets.__path__)))


@cache
def load(name: str) -> Widget:
    """Return the widget of this name, bound to its function.

    Raises
    ------
    ParamError
        When there is no such widget.
    SpecError
        When the widget's controls and its function's keywords differ.
    """
    if name not in names():
        raise ParamError(f"there is no widget {name[:60]!r}; the widgets are {', '.join(names())}")
    module = import_module(f"l2widgets.widgets.{name}")
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
        are roles such as "role:penalty"), `readouts`, `table` and `summary`.

    Raises
    ------
    ParamError
        When a parameter is unknown or its value is none of the control's stops.
    """
    return _figure(name, params).as_dict()


def render_json(name: str, params_json: str) -> str:
    """Return `render` as JSON, for parameters that are JSON: what the browser's worker calls."""
    return _figure(name, json.loads(params_json)).as_json()


def _figure(name: str, params: Mapping[str, object]) -> Figure:
    widget = load(name)
    return widget.draw(**widget.params(params))
