"""The figures that answer before Python does: one for each stop of a widget's first slider.

Neighbouring stops share nearly everything, so a file of frames holds only what differs from the default figure, place
by place: which values occur there, and which of them each stop has. Words and readouts are kept to the letter, only
coordinates are rounded. A long curve travels as the second differences of whole steps of its axis, which are mostly
zeros and ones. site/static/js/frames.js puts the figures together again.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import l2widgets
from l2site import pictures
from l2site.model import Embed
from l2site.output import store
from l2site.problems import ContentError, Problem
from l2site.renderings import widgets_digest
from l2widgets.figures import SHORT, encode
from l2widgets.spec import Slider, Value, Widget

LIMIT = 60_000
"""What a file of frames may take after gzip, in bytes."""

GRID = 4096
"""Into how many steps an axis is cut: on one that is 960 pixels long a point is off by an eighth of a pixel at most."""

DIGITS = 6
"""The significant digits of other coordinates: twice as many as a reader is told."""

FARTHEST = 2**50
"""How many steps from zero a point may be; beyond that, a sum of differences would no longer be exact."""

type Place = tuple[str | int, ...]
"""Where something stands in a rendered figure: the keys and indices that lead there."""

type Series = list[float | None]
"""The coordinates of a trace; None is a gap."""


class FrameError(Exception):
    """A stop at which a widget cannot be drawn; the text says which and why."""


@dataclass(frozen=True, slots=True)
class Frames:
    """A file of frames."""

    control: str
    """The slider for which it answers, while all other controls stand where they start."""
    data: bytes
    """types.d.ts's Frames as JSON."""
    size: int
    """What that takes after gzip, in bytes."""

    @property
    def heaviest(self) -> str:
        """What takes most of the file, such as "figure.data.27.y"."""
        change = max(json.loads(self.data)["changes"], key=lambda change: len(encode(change)))
        return ".".join(map(str, change["places"][0]))


def prepare_frames(
    embeds: Sequence[tuple[Path, Embed]], cache: Path
) -> tuple[dict[str, Frames], list[Problem]]:
    """Return the frames of every embed that has a slider, and a problem for each that is left out as too heavy.

    Parameters
    ----------
    embeds
        The section's file and the embed.
    cache
        Where results are kept, by the digest of what they follow from.

    Returns
    -------
    tuple
        The frames by `pictures.key`; the problems.

    Raises
    ------
    ContentError
        When a widget cannot be drawn at one of its first slider's stops.
    """
    kept: dict[str, Frames] = {}
    heavy, failed = [], []
    for source, embed in embeds:
        key = pictures.key(embed)
        try:
            frames = frames_of(embed.widget, embed.params, cache)
        except FrameError as error:
            failed.append(Problem(source, embed.line, f"{embed.widget.name} cannot be drawn {error}"))
            continue
        if frames and frames.size > LIMIT:
            message = (
                f"the frames of {key!r} take {frames.size:,} bytes after gzip, more than {LIMIT:,}, so they are left "
                f"out and its first slider waits for Python; most of them is {frames.heaviest}: give its curve fewer "
                f"points, or {frames.control!r} fewer stops"
            )
            heavy.append(Problem(source, embed.line, message))
        elif frames:
            kept[key] = frames
    if failed:
        raise ContentError(failed)
    return kept, heavy


def frames_of(widget: Widget, params: Mapping[str, Value], cache: Path) -> Frames | None:
    """Return the frames of a widget whose controls start at `params`; None when no slider is shown there.

    A widget that goes on by itself has none either: what a slider does to it depends on how it came there.

    Parameters
    ----------
    widget
        The widget.
    params
        The value of every control.
    cache
        Where results are kept, by the digest of what they follow from.

    Raises
    ------
    FrameError
        When the widget cannot be drawn at one of the slider's stops.
    """
    slider = first_slider(widget, params)
    if slider is None or widget.simulation:
        return None
    start = {control.name: control.stop(params[control.name]).text for control in widget.controls}
    key = hashlib.sha256(encode([_sources(), widget.name, start]).encode()).hexdigest()
    kept = cache / "frames" / f"{key}.json.gz"
    if not kept.exists():
        figures = [_rendered(widget.name, start, slider.name, stop.text) for stop in slider.stops]
        data = encode(encoded(l2widgets.render(widget.name, start), figures)).encode()
        store(kept, gzip.compress(data, compresslevel=9, mtime=0))
    packed = kept.read_bytes()
    return Frames(slider.name, gzip.decompress(packed), len(packed))


def first_slider(widget: Widget, params: Mapping[str, Value]) -> Slider | None:
    """Return the first slider that is shown while the controls stand at `params`, if any is."""
    for control in widget.controls:
        if isinstance(control, Slider) and control.is_shown(params):
            return control
    return None


def encoded(start: Mapping[str, Any], figures: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return types.d.ts's Frames: how each of some figures differs from the one at the start.

    Parameters
    ----------
    start, figures
        What `l2widgets.render` returns.
    """
    columns: dict[Place, dict[int, Any]] = {}
    for stop, figure in enumerate(figures):
        for place, value in _differences(start, figure, ()):
            columns.setdefault(place, {})[stop] = value
    drawn = [rendered["figure"] for rendered in (start, *figures)]
    changes: dict[str, dict[str, Any]] = {}
    for place, values in columns.items():
        change = _change(values, len(figures), _axis(drawn, place))
        alike = changes.setdefault(encode(change), {"places": [], **change})
        alike["places"].append(place)
    return {"changes": list(changes.values())}


def _rendered(name: str, start: Mapping[str, str], slider: str, stop: str) -> Mapping[str, Any]:
    try:
        return l2widgets.render(name, {**start, slider: stop})
    except Exception as error:
        raise FrameError(f"at {slider} = {stop}: {type(error).__name__}: {error}") from error


def _sources() -> str:
    """Return the digest of all that frames follow from, but for the widget's name and its controls."""
    return hashlib.sha256(widgets_digest().encode() + Path(__file__).read_bytes()).hexdigest()


def _differences(old: Any, new: Any, place: Place) -> Iterator[tuple[Place, Any]]:  # noqa: ANN401  plain data
    """Yield the smallest parts of `new` that `old` does not have in the same place."""
    if old is new:
        return
    if isinstance(old, dict) and isinstance(new, dict) and old.keys() == new.keys():
        for key in old:
            yield from _differences(old[key], new[key], (*place, key))
    elif _lists(old, new) and len(old) == len(new) and not (_is_series(old) and _is_series(new)):
        for index, pair in enumerate(zip(old, new, strict=True)):
            yield from _differences(*pair, (*place, index))
    elif type(old) is not type(new) or old != new:
        yield place, new


def _lists(*values: object) -> bool:
    return all(isinstance(value, list) for value in values)


def _is_series(value: object) -> bool:
    return isinstance(value, list) and all(item is None or type(item) in (int, float) for item in value)


@dataclass(frozen=True, slots=True)
class _Axis:
    """The axis on which some coordinates are drawn."""

    span: float
    """How much of the quantity it shows; of the quantity's logarithm, if it is logarithmic."""
    log: bool

    @property
    def step(self) -> float:
        return self.span / GRID

    def steps(self, series: Series) -> list[int | None] | None:
        """Return a series as whole steps of the axis, differenced twice; None when it has no place on the grid."""
        values = np.array([math.nan if value is None else value for value in series], dtype=np.float64)
        there = np.isfinite(values)
        if self.log and not (values[there] > 0).all():
            return None
        steps = np.rint((np.log10(values[there]) if self.log else values[there]) / self.step)
        if np.abs(steps).max(initial=0) > FARTHEST:
            return None
        second = iter(np.diff(steps, n=2, prepend=(0, 0)).astype(np.int64).tolist())
        return [next(second) if number else None for number in there.tolist()]

    def rounded(self, value: float | None) -> float | None:
        """Return a number with `DIGITS` digits, and no fewer after the point than the axis can tell apart."""
        if not value:
            return value
        size = abs(value) if self.log else min(abs(value), self.span)
        return round(value, DIGITS - 1 - math.floor(math.log10(size)))


def _axis(figures: Sequence[Mapping[str, Any]], place: Place) -> _Axis | None:
    """Return the axis of a trace's x or y, as it is where it shows least; None for anything else."""
    match place:
        case ("figure", "data", int(index), "x" | "y" as letter):
            spans, logs = [], set()
        case _:
            return None
    for figure in figures:
        for trace in figure["data"][index : index + 1]:
            axis = figure["layout"][f"{letter}axis{trace[f'{letter}axis'][1:]}"]
            spans.append(abs(axis["range"][1] - axis["range"][0]))
            logs.add(axis.get("type") == "log")
    return _Axis(min(spans), logs.pop()) if len(logs) == 1 else None


def _change(values: Mapping[int, Any], stops: int, axis: _Axis | None) -> dict[str, Any]:
    """Return the different values at one place, and for each stop which of them it has; None for the start's."""
    change: dict[str, Any] = {}
    if axis and all(map(_is_series, values.values())):
        steps = {stop: axis.steps(series) for stop, series in values.items()}
        if None not in steps.values() and max(map(len, values.values())) > SHORT:
            change = {"step": axis.step} | ({"log": True} if axis.log else {})
            values = steps
        else:
            values = {stop: [axis.rounded(value) for value in series] for stop, series in values.items()}
    written = {stop: encode(value) for stop, value in values.items()}
    order = {text: index for index, text in enumerate(dict.fromkeys(written.values()))}
    at = [order[written[stop]] if stop in written else None for stop in range(stops)]
    distinct = {order[written[stop]]: value for stop, value in values.items()}
    return {**change, "at": at, "values": [distinct[index] for index in range(len(order))]}
