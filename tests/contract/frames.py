"""What a page makes of a file of frames, and how far that is from the figures that Python draws."""

from __future__ import annotations

import math

from l2widgets.figures import WIDTH
from tests.contract.node import ran


def put_together(start, frames, stops, wanted):
    """Return the figures at the wanted ones of so many stops, made by the page's own script; None when it refuses."""
    given = {"start": start, "frames": frames, "stops": stops, "wanted": list(wanted)}
    return ran("frames.mjs", given=given)


def apart(frame, drawn):
    """Return how many pixels a frame is from the figure that Python draws, when nothing else differs; or what does."""
    traces = zip(frame["figure"]["data"], drawn["figure"]["data"], strict=True)
    farthest = 0.0
    for index, (got, wanted) in enumerate(traces):
        for letter in ("x", "y"):
            pixels = _pixels(drawn["figure"]["layout"], wanted, letter)
            pairs = list(zip(got[letter], wanted[letter], strict=True))
            if any((one is None) is not (other is None) for one, other in pairs):
                return f"the gaps of {letter} in trace {index}"
            moved = [abs(pixels(one) - pixels(other)) for one, other in pairs if one != other]
            farthest = max(farthest, *moved, 0.0)
    if _without_coordinates(frame) != _without_coordinates(drawn):
        return "more than coordinates"
    return farthest


def _pixels(layout, trace, letter):
    """Return where on the screen a coordinate is, in pixels, when the figure is as wide as it gets."""
    axis = layout[f"{letter}axis{trace[f'{letter}axis'][1:]}"]
    margin = layout["margin"]
    inside = (
        WIDTH - margin["l"] - margin["r"] if letter == "x" else layout["height"] - margin["t"] - margin["b"]
    )
    length = (axis["domain"][1] - axis["domain"][0]) * inside
    span = axis["range"][1] - axis["range"][0]
    if axis.get("type") == "log":
        return lambda value: (
            math.log10(max(value, 1e-300)) / span * length
        )  # where there is no logarithm, all is off
    return lambda value: value / span * length


def _without_coordinates(rendered):
    data = [{key: trace[key] for key in trace.keys() - {"x", "y"}} for trace in rendered["figure"]["data"]]
    return {**rendered, "figure": {**rendered["figure"], "data": data}}
