"""Runs inside Pyodide: draws every figure at its controls' ends and presets, and writes down what Python did for it.

`imported.json` lists the files of all modules that were imported, and of those that `numpy.random` imports beside them;
`kept.bin` holds what was compiled from text.
"""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import l2_idle
import l2_kept

import l2widgets
from l2widgets import workbench

LIBRARY = "/lib/python3.14/"
OUT = Path("/job/out")
CELLS = ("print(1)\n1 + 1", "1 / 0", "import nothing", "(")
"""What readers' own code does most often."""

FEW = 10
"""A control with fewer stops is tried at each."""


def draw_all() -> None:
    """Ask for everything that may make a figure import something, and for something that there is not."""
    for name in l2widgets.names():
        widget = l2widgets.load(name)
        for params in settings(widget):
            ask(name, params, goes_on=widget.simulation is not None)
        ask(name, {"nothing": "at all"})
    for source in CELLS:
        workbench.answer_json('{"widget": "#"}', source, len)


def settings(widget: l2widgets.Widget) -> Iterator[dict[str, object]]:
    """Return the default setting of a widget, each control's ends, and the presets."""
    yield {}
    for control in widget.controls:
        stops = control.stops
        for stop in stops if len(stops) < FEW else (stops[0], stops[-1]):
            yield {control.name: stop.text}
    for preset in widget.presets:
        yield dict(preset.params)


def ask(name: str, params: dict[str, object], *, goes_on: bool = False) -> None:
    """Draw a figure, or have the refusal printed as the worker would."""
    try:
        if goes_on:  # from its beginning, and from there
            begun = l2widgets.advance_json(name, json.dumps(params), None, 0)
            l2widgets.advance_json(name, json.dumps(params), json.loads(begun)["simulation"]["state"], 1)
        else:
            l2widgets.render_json(name, json.dumps(params))
    except l2widgets.ParamError:
        traceback.format_exc()


def imported() -> list[str]:
    """Return the files of all modules, by their names below the standard library's folder."""
    specs = [getattr(module, "__spec__", None) for module in list(sys.modules.values())]
    files = {spec.origin for spec in specs if spec and spec.origin}
    return sorted(file.removeprefix(LIBRARY) for file in files if file.startswith(LIBRARY))


draw_all()
l2_idle.settle()
l2_idle.wake()
first = imported()
(OUT / "kept.bin").write_bytes(l2_kept.dumped())
if not l2_kept.surveyed:  # when the archives are tried, it is in none of them
    import_module("numpy.random")
more = sorted(set(imported()) - set(first))
(OUT / "imported.json").write_text(json.dumps({"first": first, "random.zip": more}), encoding="utf-8")
