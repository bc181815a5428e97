"""What Markdown asks of `l2widgets`: a widget at the place of a fence, a computed number at the place of a role."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

import l2widgets
from l2site.model import Embed
from l2site.problems import suggest
from l2site.renderings import Renderings
from l2widgets import ParamError, SpecError, Widget


@dataclass(frozen=True, slots=True)
class Computed:
    """A number in the prose, computed by the widget that shows it too."""

    text: str
    """The number with its unit."""
    role: str
    """The quantity whose colour it wears; empty when it has none."""
    source: str
    """The readout and its parameters, as a query."""


def embed(name: str, body: str, line: int) -> tuple[Embed | None, list[tuple[int, str]]]:
    """Return the widget that a fence asks for, and what is wrong with the fence, by line."""
    if not name:
        return None, [(line, "the fence names no widget; write the name after {widget}")]
    try:
        widget = _load(name)
    except ParamError as error:
        return None, [(line, str(error))]
    given: dict[str, str] = {}
    mistakes = []
    for number, text in enumerate(body.split("\n"), line + 1):
        if text.strip():
            mistakes += [(number, mistake) for mistake in _read_option(widget, text, given)]
    if mistakes:
        return None, mistakes
    return Embed(widget=widget, params=widget.params(given), line=line), []


def computed(request: str, renderings: Renderings) -> Computed:
    """Return what `widget.readout control=value …` asks for.

    Raises
    ------
    ParamError
        When there is no such widget, readout, control or value; the text says what there is.
    """
    target, *options = request.split() or [""]
    name, dot, readout = target.partition(".")
    if not dot:
        raise ParamError(f"{target!r} is no readout; write it as widget.readout, such as weight_decay.factor")
    widget = _load(name)
    given: dict[str, str] = {}
    for option in options:
        control, equals, value = option.partition("=")
        if not equals:
            raise ParamError(f"{option!r} sets nothing; write it as control=value")
        given[control] = value
    readouts = {number["name"]: number for number in renderings.readouts(widget, widget.params(given))}
    if readout not in readouts:
        raise ParamError(f"{name!r} has no readout {readout!r}; {suggest(readout, readouts)}")
    number = readouts[readout]
    unit = number.get("unit", "")
    text = f"{number['text']}\N{NO-BREAK SPACE}{unit}" if unit else number["text"]
    query = urlencode(list(given.items()))
    return Computed(text=text, role=number.get("role", ""), source=f"{target}?{query}" if query else target)


def _load(name: str) -> Widget:
    if name not in l2widgets.names():
        raise ParamError(f"there is no widget {name[:60]!r}; {suggest(name, l2widgets.names())}")
    try:
        return l2widgets.load(name)
    except SpecError as error:
        raise ParamError(f"the widget {name!r} contradicts itself: {error}") from None


def _read_option(widget: Widget, text: str, given: dict[str, str]) -> list[str]:
    """Add one `control: value` line to what is given; return what is wrong with it."""
    name, colon, value = (part.strip() for part in text.partition(":"))
    if not colon:
        return [f"{text.strip()!r} sets nothing; write it as 'control: value'"]
    if name in given:
        return [f"{name!r} is set twice; keep one of the two lines"]
    try:
        stop = widget.params({name: value})[name]
        widget[name].index(stop)
    except ParamError as error:
        return [str(error)]
    given[name] = value
    return []
