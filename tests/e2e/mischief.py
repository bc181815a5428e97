"""A figure with every bad manner that code can have: what the page's supervisor must survive.

The tests' own site has it among its widgets (conftest.py); the real one never does. A reader's own code may do all
this. What is bad lies neither at the ends of a control nor on its first slider, where the build itself would draw it.
"""

from __future__ import annotations

import importlib
import os
import sys

import numpy as np

from l2widgets.figures import Axis, Figure, Panel, Readout, Table, line
from l2widgets.spec import Choice, Slider, Widget, listed_stops, named_stops

MEBIBYTE = 2**20

SPEC = Widget(
    name="mischief",
    title="Bad manners",
    question="What can a figure do to its page?",
    caption="A straight line, or worse.",
    controls=(
        Slider(name="slope", label="Slope", stops=listed_stops(0, 1, 2, 3), default=1),
        Slider(name="lift", label="Lift", stops=listed_stops(0, 1, 2, 3), default=0),
        Choice(
            name="deed",
            label="What it does",
            default="nothing",
            stops=named_stops(
                nothing="Nothing",
                loop="Loop for ever",
                refuse="Loop for ever and refuse to be interrupted",
                matmul="Multiply matrices for ever",
                hoard="Fill a list without end",
                array="Ask for a huge array",
                fill="Take as much memory as there is",
                flood="Print without end",
                chatter="Print a hundred thousand lines",
                exit="End the process",
                quit="Ask to be ended",
                nest="Show a list that is nested too deep",
                recurse="Call itself without end",
                fail="Raise an exception",
                shout="Raise an exception with a very long message",
                large="Return more than a page takes",
                crowd="Return more points than a page draws",
                learn="Import what no figure imports",
                again="Load a shared object again",
                calm="Nothing either",
            ),
        ),
    ),
)


def figure(*, slope: float, lift: float, deed: str) -> Figure:
    """Draw a line of this slope and height, after the deed."""
    found = _do(deed)
    count = {"large": 200_000, "crowd": 60_000}.get(deed, 2)
    x = np.linspace(0, 1, count)
    y = lift + (slope * x if deed == "large" else np.round(slope * x))
    return Figure(
        panels=(Panel("A line", Axis("x", (0, 1)), Axis("y", (0, 6))),),
        traces=(line(x if deed == "large" else np.round(x), y, name="line", role="weight"),),
        summary=f"A line of slope {slope:g}, lifted by {lift:g}.",
        readouts=(Readout("slope", "Slope", slope, f"{slope:g}"), Readout("found", "Found", found, found)),
        table=Table(("x", "y"), (("1", f"{slope + lift:g}"),)),
    )


def _do(deed: str) -> str:  # noqa: C901, PLR0912  one case a deed
    match deed:
        case "loop" | "refuse":
            while True:
                try:
                    while True:
                        pass
                except BaseException:
                    if deed == "loop":
                        raise
        case "matmul":
            matrix = np.ones((1000, 1000))
            while True:
                matrix @ matrix
        case "hoard":
            hoard: list[object] = []
            while True:
                hoard.append([0] * 100_000)
        case "array":
            np.ones(10**9 // 8)
        case "fill":
            return _taken()
        case "flood":
            while True:
                print("flood " * 100)
        case "chatter":
            for _ in range(100_000):
                print("chatter")
                print("chatter", file=sys.stderr)
        case "exit":
            os._exit(3)
        case "quit":
            sys.exit(3)
        case "nest":
            nested: list[object] = []
            for _ in range(200_000):
                nested = [nested]
            repr(nested)
        case "recurse":
            _do("recurse")
        case "learn":
            import colorsys  # noqa: PLC0415  the build must not see it

            return f"hue {colorsys.rgb_to_hsv(0, 1, 0)[0]:.2f}"
        case "again":
            return _loaded_again("numpy.linalg._umath_linalg")
        case "fail":
            raise ZeroDivisionError("the figure divided by zero")
        case "shout":
            raise ValueError("long " * 10**6)
    return "nothing"


def _loaded_again(name: str) -> str:
    """Return what a module of NumPy's says when it is loaded a second time, which proves that it was found."""
    module = sys.modules.pop(name)
    try:
        importlib.import_module(name)
    except ImportError as error:
        return str(error)
    finally:
        sys.modules[name] = module
    return "nothing"


def _taken() -> str:
    """Return how much memory there was, and give it back."""
    taken = []
    try:
        while True:
            taken.append(bytearray(4 * MEBIBYTE))
    except MemoryError:
        return f"{4 * len(taken)} MiB"
