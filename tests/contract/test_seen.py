"""What a figure shows can be seen: by readers who do not tell its colours apart, and in both themes."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from functools import cache

import l2widgets
from tests.contract.cases import cases
from tests.unit.test_palette import PAIRS, THEMES, contrast

BACKGROUND = {
    ("bayes", "draw"),
    ("lambda_sweep", "one fold"),
    ("network", "says “filled”"),
    ("overfitting", "fit to another sample"),
    ("weight_decay", "weight"),
}
"""Clouds and shades, faint so that a line, a point or a number that says the same stands out before them."""


@cache
def figures(name):
    """Return the figure of every case of a widget, and of every choice and toggle alone, each with its parameters."""
    widget = l2widgets.load(name)
    alone = [{c.name: stop.text} for c in widget.controls if len(c.stops) <= 8 for stop in c.stops]
    several = [*cases(name).values(), *alone]
    return [(params, l2widgets.render(name, params)["figure"]) for params in several]


def colours(trace):
    """Return the roles that a trace has, but for the two that lie behind what is shown."""
    return set(re.findall(r"role:(\w+)", str(dict(trace)))) - {"surface", "grid"}


def look(trace):
    """Return what of a trace can be seen without colours."""
    stroke, marker = trace.get("line", {}), trace.get("marker", {})
    upright, level = (len(set(trace[axis]) - {None}) == 1 for axis in "xy")
    drawn = {
        "lines": (stroke.get("dash"), stroke.get("width"), upright, level),
        "markers": marker.get("symbol"),
    }
    return tuple(sorted((part, drawn[part]) for part in trace["mode"].split("+"))), trace.get("fill")


def labels(traces):
    """Return the first words of what is written in each role's colour; a key's strokes are no words."""
    words = defaultdict(set)
    for trace in traces:
        if trace["mode"] == "text":
            roles = trace["textfont"]["color"]
            roles = roles if isinstance(roles, list) else [roles] * len(trace["text"])
            for role, text in zip(roles, trace["text"], strict=True):
                first = text.replace("<br>", " ").split()[:1]
                words[role.removeprefix("role:")] |= {word for word in first if word[0].isalnum()}
    return words


def is_shown(trace):
    """Return whether a trace draws anything."""
    return any(x is not None and y is not None for x, y in zip(trace["x"], trace["y"], strict=True))


def test_nothing_is_told_apart_by_colour_alone(name):
    """Two series of a panel differ in dash, width, symbol, fill or direction, or each is named in other words."""
    for params, figure in figures(name):
        panels = defaultdict(list)
        for trace in filter(is_shown, figure["data"]):
            panels[trace["xaxis"]].append(trace)
        for traces in panels.values():
            words, series = labels(traces), defaultdict(list)
            for trace in traces:
                if trace["mode"] != "text":
                    series[trace["name"]].append(trace)
            for one, other in itertools.combinations(series, 2):
                roles = [set().union(*map(colours, series[key])) for key in (one, other)]
                if roles[0] == roles[1] or set(map(look, series[one])) != set(map(look, series[other])):
                    continue
                named = [set().union(*(words[role] for role in some)) for some in roles]
                assert all(named), (params, one, other, "look alike, and nothing written says which is which")
                assert not named[0] & named[1], (params, one, other, "look alike, and so do their names")


def test_lines_marks_and_words_stand_out(name):
    """In both themes strokes and marks have 3:1 on the page and words 4.5:1, however transparent they are."""
    for params, figure in figures(name):
        for trace in filter(is_shown, figure["data"]):
            if (name, trace["name"]) in BACKGROUND or trace.get("fill"):
                continue
            least = 4.5 if trace["mode"] == "text" else 3
            for role, (side, theme) in itertools.product(colours(trace), enumerate(THEMES)):
                page = PAIRS["surface"][side]
                seen = mixed(PAIRS[role][side], page, trace.get("opacity", 1))
                assert contrast(seen, page) >= least, (params, trace["name"], role, theme)
        written = set(re.findall(r"'(?:tick)?font': \{[^}]*role:(\w+)", str(figure["layout"])))
        assert written
        for role in written:
            assert all(contrast(PAIRS[role][side], PAIRS["surface"][side]) >= 4.5 for side in (0, 1)), role


def mixed(colour, page, opacity):
    """Return the colour that is seen where one lies over the page."""
    parts = ((int(colour[i : i + 2], 16), int(page[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(over * opacity + under * (1 - opacity)):02x}" for over, under in parts)
