"""Figures as plain data: Plotly's traces and layout, the numbers beside them, and the sentence that says it all.

Nothing here imports Plotly. Colours are roles ("role:penalty"): the page and the pictures put the theme's colours in,
so that one quantity has one colour wherever it is drawn. A figure is a grid of panels, beside each other on a wide
screen and below each other on a narrow one.
"""

from __future__ import annotations

import json
import math
from binascii import b2a_base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

ROLES = (
    "data", "truth", "fit", "weight", "rate", "loss", "penalty", "total", "training", "validation", "test",
    "ink", "muted", "grid", "surface",
)  # fmt: skip
"""The quantities that have a colour of their own, then the four shades of the page itself."""

WIDTH, NARROW_WIDTH = 960, 358
"""The widths, in CSS pixels, for which a figure's proportions are set."""

MARGIN = {"l": 52, "r": 14, "t": 50, "b": 46}
GAP_X, GAP_Y = 78, 104
DIGITS = 11
"""How many significant digits the numbers of a long list keep: enough to tell two builds apart by 1e-9."""

SHORT = 32
"""Up to how many numbers a list keeps all their digits."""

FONT = "Inter Variable, Inter, system-ui, sans-serif"


_ENCODER = json.JSONEncoder(allow_nan=False, ensure_ascii=False, separators=(",", ":"))


class _Written:
    """Something that is written to JSON at most once in each form; do not change it."""

    _forms: dict[bool, str]

    def json(self, *, packed: bool = False) -> str:
        """Return it as JSON; see `Figure.as_json` for what is `packed`."""
        try:
            forms = self._forms
        except AttributeError:
            forms = self._forms = {}
        if packed not in forms:
            forms[packed] = self._write(packed=packed)
        return forms[packed]

    def _write(self, *, packed: bool) -> str:
        raise NotImplementedError


class Series(_Written, list[float | None]):
    """Many coordinates. Most curves of a figure share those along x, whatever moves."""

    def _write(self, *, packed: bool) -> str:
        if not packed:
            return encode(self)
        doubles = np.array(self, dtype="<f8")  # a gap becomes NaN
        return f'{{"dtype":"f8","bdata":"{b2a_base64(doubles, newline=False).decode()}"}}'


class Trace(_Written, dict[str, Any]):
    """One of Plotly's traces.

    One that a widget keeps (because no control that moved changes it) costs nothing when it is sent again, which is
    what lets a slider with forty curves behind it answer within a frame.
    """

    def _write(self, *, packed: bool) -> str:
        many = [key for key in ("x", "y") if isinstance(self[key], Series)]
        few = encode({key: value for key, value in self.items() if key not in many})
        return few[:-1] + "".join(f',"{key}":{self[key].json(packed=packed)}' for key in many) + "}"


@dataclass(frozen=True, slots=True)
class Readout:
    """A number that the reader follows while playing."""

    name: str
    """The name by which prose quotes it."""
    label: str
    """What it is."""
    value: float | str | None
    """The number itself; None when there is none."""
    text: str
    """The number as it is read, without its unit."""
    unit: str = ""
    """The unit, in a form that follows a number."""
    role: str = ""
    """The quantity whose colour it wears."""


@dataclass(frozen=True, slots=True)
class Table:
    """The figure's data in words and numbers, for those who do not see it and those who want it exactly."""

    columns: tuple[str, ...]
    """The heading of each column, with its unit."""
    rows: tuple[tuple[str, ...], ...]
    """The cells, as text."""


@dataclass(frozen=True, slots=True)
class Axis:
    """An axis that does not move while the reader plays."""

    title: str
    """The quantity and its unit."""
    range: tuple[float, float]
    """Both ends, in the quantity's own unit on a logarithmic axis too."""
    log: bool = False
    """Whether the axis is logarithmic."""
    ticks: Mapping[float, str] | None = None
    """Where the ticks are and what they say, when Plotly's own choice will not do."""


@dataclass(frozen=True, slots=True)
class Panel:
    """One plot of a figure."""

    title: str
    """What the plot shows, in a few words."""
    x: Axis
    """What is shown across."""
    y: Axis
    """What is shown upwards."""
    equal: bool = False
    """Whether a unit is as long on one axis as on the other; the longer axis then shows more than its range."""


@dataclass(frozen=True, slots=True)
class Note:
    """A label at the thing it names."""

    x: float
    """Where it is, in the axis' own unit, on a logarithmic axis too."""
    y: float
    """The same, upwards."""
    text: str
    """What it says; `<br>` ends a line."""
    role: str
    """The quantity whose colour it wears."""
    panel: int
    """The panel it is in."""
    anchor: str
    """Which of its sides is at the point: "left", "center" or "right"."""
    shift: tuple[float, float]
    """How far it is moved from the point, in CSS pixels of a wide figure, to the right and up."""
    framed: bool = False
    """Whether x and y are shares of the panel's width and height instead."""


@dataclass(frozen=True, slots=True)
class Figure:
    """What a widget's function returns."""

    panels: tuple[Panel, ...]
    """The plots; traces and notes count them from 1."""
    traces: tuple[Trace, ...]
    """Everything drawn, back to front."""
    summary: str
    """One sentence that says what is on the screen now."""
    readouts: tuple[Readout, ...]
    """The numbers to watch."""
    table: Table
    """The data behind the picture."""
    notes: tuple[Note, ...] = ()
    """Labels at the things they name, over everything drawn."""
    columns: int = 2
    """How many panels stand beside each other on a wide screen."""
    heights: tuple[int, int] = field(default=(300, 230))
    """The height of one row of panels, in CSS pixels, wide and narrow."""
    linked: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    """Where linked sliders stand, by name: the position of the nearest stop, and the value; see `Widget.linked`."""

    def as_dict(self) -> dict[str, Any]:
        """Return the figure as plain dicts and lists."""
        narrow = _arrangement(len(self.panels), 1, NARROW_WIDTH, self.heights[1])
        linked = {name: list(standing) for name, standing in self.linked.items()}
        return {
            "figure": {"data": list(self._drawn()), "layout": self._layout(), "narrow": narrow},
            "readouts": [
                {
                    "name": r.name,
                    "label": r.label,
                    "value": r.value,
                    "text": r.text,
                    "unit": r.unit,
                    "role": r.role,
                }
                for r in self.readouts
            ],
            "table": {"columns": list(self.table.columns), "rows": [list(row) for row in self.table.rows]},
            "summary": self.summary,
        } | ({"linked": linked} if linked else {})

    def as_json(self, *, packed: bool = False) -> str:
        """Return `as_dict` as JSON, with the traces that were written before taken as they are.

        When `packed`, long lists of coordinates are their doubles in base64, which Plotly reads as well
        (`{"dtype": "f8", "bdata": …}`): their digits would take half of the time of an answer in the browser.
        """
        parts = self.as_dict()
        figure = parts.pop("figure")
        data = ",".join(trace.json(packed=packed) for trace in figure["data"])
        layout, narrow = encode(figure["layout"]), encode(figure["narrow"])
        return f'{{"figure":{{"data":[{data}],"layout":{layout},"narrow":{narrow}}},{encode(parts)[1:]}'

    def _drawn(self) -> tuple[Trace, ...]:
        width = _inner_width(WIDTH) * _columns(len(self.panels), self.columns, WIDTH)[0][1]
        panels = enumerate(self.panels, 1)
        labelled = [(p, panel, tuple(n for n in self.notes if n.panel == p)) for p, panel in panels]
        size = (width, self.heights[0])
        return self.traces + tuple(_notes(notes, p, panel, size) for p, panel, notes in labelled if notes)

    def _layout(self) -> dict[str, Any]:
        layout: dict[str, Any] = {
            "margin": MARGIN,
            "font": {"family": FONT, "size": 13, "color": "role:ink"},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "showlegend": False,
            "hovermode": "closest",
            "dragmode": False,
            "hoverlabel": {
                "bgcolor": "role:surface",
                "bordercolor": "role:muted",
                "font": {"family": FONT, "size": 13, "color": "role:ink"},
            },
        }
        arrangement = _arrangement(len(self.panels), self.columns, WIDTH, self.heights[0])
        titles = []
        for number, panel in enumerate(self.panels, 1):
            k = _suffix(number)
            layout[f"xaxis{k}"] = _axis(panel.x) | {"anchor": f"y{k}", "title": _axis_title(panel.x.title)}
            layout[f"yaxis{k}"] = _axis(panel.y) | {"anchor": f"x{k}"}
            if panel.equal:
                layout[f"yaxis{k}"] |= {"scaleanchor": f"x{k}"}
            titles.append(_heading(f"<b>{panel.title}</b>", number, lift=22, size=14, role="ink"))
            titles.append(_heading(panel.y.title, number, lift=4, size=12, role="muted"))
        for key, value in arrangement.items():
            layout[key] = layout[key] | value if isinstance(value, dict) else value
        layout["annotations"] = titles
        return layout


def line(
    x: ArrayLike,
    y: ArrayLike,
    *,
    name: str,
    role: str,
    panel: int = 1,
    dash: str = "solid",
    width: float = 2.5,
    opacity: float = 1.0,
    hover: str | None = "%{y:.3~g}",
    smooth: bool = False,
) -> Trace:
    """Return a line through the points x (n,), y (n,); `hover` is Plotly's template for the value, None for silence.

    Plotly leaves out points within three quarters of a pixel of a line; in a `smooth` one, that would show corners.
    """
    stroke = {"color": f"role:{role}", "width": width, "dash": dash} | ({"simplify": False} if smooth else {})
    return _scatter(x, y, name, panel, hover, mode="lines", opacity=opacity, line=stroke)


def points(
    x: ArrayLike,
    y: ArrayLike,
    *,
    name: str,
    role: str,
    panel: int = 1,
    symbol: str = "circle",
    size: float = 8,
    opacity: float = 1.0,
    hover: str | None = "%{y:.3~g}",
    held: int | None = None,
) -> Trace:
    """Return markers at the points x (n,), y (n,), edged in the page's colour so that neighbours stay apart.

    With `held`, the reader can take hold of them: they are the widget's `Point` of this place.
    """
    edge = {"color": "role:surface", "width": 1}
    marker = {"color": f"role:{role}", "size": size, "symbol": symbol, "line": edge}
    drawn = _scatter(x, y, name, panel, hover, mode="markers", opacity=opacity, marker=marker)
    return drawn if held is None else Trace(drawn | {"meta": {"held": held}})


def band(
    x: ArrayLike,
    low: ArrayLike,
    high: ArrayLike,
    *,
    name: str,
    role: str,
    panel: int = 1,
    opacity: float = 0.16,
) -> Trace:
    """Return the area between two curves, low (n,) and high (n,), over the same x (n,)."""
    there, back = np.asarray(x, dtype=float), np.asarray(x, dtype=float)[::-1]
    edge = np.concatenate([np.asarray(high, dtype=float), np.asarray(low, dtype=float)[::-1]])
    return _scatter(
        np.concatenate([there, back]), edge, name, panel, None,
        mode="lines", line={"width": 0}, fill="toself", fillcolor=f"role:{role}", opacity=opacity,
    )  # fmt: skip


def bars(
    x: ArrayLike,
    low: ArrayLike,
    high: ArrayLike,
    *,
    name: str,
    role: str,
    panel: int = 1,
    width: float = 22,
    opacity: float = 1.0,
) -> Trace:
    """Return a bar at each x (n,) from `low` (n,) to `high` (n,), so many pixels wide; one number stands for all.

    They are strokes, since the page's short way moves lines and not Plotly's bars.
    """
    at, gaps = np.asarray(x, dtype=float), np.full(np.size(x), np.nan)
    return _scatter(
        np.column_stack([at, at, gaps]).ravel(),
        np.column_stack([np.broadcast_to(low, at.shape), np.broadcast_to(high, at.shape), gaps]).ravel(),
        name, panel, None,
        mode="lines", opacity=opacity, line={"color": f"role:{role}", "width": width},
    )  # fmt: skip


def tag(
    x: ArrayLike,
    y: ArrayLike,
    texts: Sequence[str],
    *,
    role: str,
    panel: int = 1,
    position: str | Sequence[str] = "top center",
) -> Trace:
    """Return labels of one colour at x (n,), y (n,), placed as Plotly's `textposition` says.

    Spaces keep the text off a marker.
    """
    font = {"size": 12, "color": f"role:{role}"}
    sides = position if isinstance(position, str) else list(position)
    padded = [
        "<br>".join(f"\u00a0\u00a0{row}\u00a0\u00a0" for row in text.split("<br>")) if text else ""
        for text in texts
    ]
    return _scatter(
        x, y, "", panel, None, mode="text", text=padded, textposition=sides, textfont=font, cliponaxis=False
    )


def note(
    x: float,
    y: float,
    text: str,
    *,
    role: str = "ink",
    panel: int = 1,
    anchor: str = "left",
    shift: tuple[float, float] = (0, 0),
) -> Note:
    """Return a label with its `anchor` side at the point (x, y) of a panel; see `Note`."""
    return Note(float(x), float(y), text, role, panel, anchor, shift)


def key(*entries: tuple[str, str], panel: int = 1, corner: str = "top left") -> tuple[Note, ...]:
    """Return the key of a panel: (text, role) line by line in a corner such as "top left", over what is drawn."""
    side, anchor = corner.split()
    down, right = side == "top", anchor == "right"
    first = 0 if down else len(entries) - 1
    return tuple(
        Note(
            float(right), float(down), text, role, panel, anchor,
            shift=(-6 if right else 6, (-10 if down else 12) - 19 * (row - first)), framed=True,
        )
        for row, (text, role) in enumerate(entries)
    )  # fmt: skip


def number(value: float, digits: int = 3) -> str:
    """Return a number as people read it: so many significant digits, a true minus, powers of ten spelled out.

    Examples
    --------
    >>> from l2widgets import figures
    >>> figures.number(-0.0123456), figures.number(1.5e9)
    ('−0.0123', '1.50 × 10⁹')
    """
    if math.isnan(value):
        return "undefined"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    if value == 0:
        return "0"
    mantissa, _, power = f"{value:.{digits - 1}e}".partition("e")
    exponent = int(power)
    if -4 <= exponent < 6:  # beyond these, zeros are harder to count than a power is to read
        text = f"{value:,.{max(digits - 1 - exponent, 0)}f}"
        return text.replace("-", "−")
    return f"{mantissa} × {power_of_ten(exponent)}".replace("-", "−")


def round_number(value: float, *, up: bool) -> float:
    """Return the nearest of 1, 2 and 5 times a power of ten that is not below (or, not up, not above) a positive value.

    An axis that ends there stays while what is drawn changes a little, so that readers see what changes; and a new
    range is what takes Plotly longest.
    """
    power = 10.0 ** math.floor(math.log10(value))
    numbers = [mantissa * power for mantissa in (1.0, 2.0, 5.0, 10.0)]
    near = 1e-9 * value  # a value that is one of them but for its last digits
    return (
        next(n for n in numbers if n >= value - near) if up else max(n for n in numbers if n <= value + near)
    )


def round_range(low: float, high: float) -> tuple[float, float]:
    """Return the ends of an axis that shows all from `low` to `high`: whole multiples of a round number; see there."""
    step = round_number((high - low) / 6, up=True)
    return math.floor(low / step) * step, math.ceil(high / step) * step


def power_of_ten(exponent: int) -> str:
    """Return a power of ten with its exponent raised."""
    return "10" + str(exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def encode(data: Any) -> str:  # noqa: ANN401  whatever JSON can say
    """Return data as compact JSON; numbers that JSON cannot say are an error."""
    return _ENCODER.encode(data)


def _scatter(x: ArrayLike, y: ArrayLike, name: str, panel: int, hover: str | None, **style: Any) -> Trace:  # noqa: ANN401
    k = _suffix(panel)
    shown = {"hoverinfo": "skip"} if hover is None else {"hovertemplate": f"{name}: {hover}<extra></extra>"}
    place = {"x": _plain(x), "y": _plain(y), "xaxis": f"x{k}", "yaxis": f"y{k}"}
    return Trace({"type": "scatter", "name": name} | place | shown | style)


def _plain(values: ArrayLike) -> list[float | None]:
    """Return a list of numbers that JSON can carry: what is not finite is a gap."""
    array = np.asarray(values, dtype=float)
    return _gaps(array) if array.size <= SHORT else _series(array.tobytes())


@lru_cache(maxsize=64)
def _series(buffer: bytes) -> Series:
    """Return many numbers with `DIGITS` significant digits each.

    A screen shows five, and the shorter text is written, sent and read in two thirds of the time. Rounding a short
    list would take longer than it saves.
    """
    array = np.frombuffer(buffer)
    with np.errstate(divide="ignore", invalid="ignore"):  # of 0, and of what is no number yet
        scale = 10.0 ** (DIGITS - 1 - np.clip(np.floor(np.log10(np.abs(array))), -280, 280))
        return Series(_gaps(np.round(array * scale) / scale))


def _gaps(array: NDArray[np.float64]) -> list[float | None]:
    plain: list[float | None] = array.tolist()
    finite = np.isfinite(array)
    if finite.all():
        return plain
    return [value if ok else None for value, ok in zip(plain, finite.tolist(), strict=True)]


def _suffix(panel: int) -> str:
    return "" if panel == 1 else str(panel)


def _axis(axis: Axis) -> dict[str, Any]:
    ends = [math.log10(end) for end in axis.range] if axis.log else list(axis.range)
    settings: dict[str, Any] = {
        "range": ends,
        "fixedrange": True,
        "gridcolor": "role:grid",
        "zeroline": False,
        "linecolor": "role:muted",
        "showline": True,
        "ticks": "outside",
        "ticklen": 4,
        "tickcolor": "role:muted",
        "tickfont": {"size": 12, "color": "role:muted"},
    }
    if axis.log:
        settings |= {"type": "log", "dtick": 1, "exponentformat": "power"}
    if axis.ticks is not None:
        settings |= {"tickvals": list(axis.ticks), "ticktext": list(axis.ticks.values())}
    return settings


def _axis_title(text: str) -> dict[str, Any]:
    return {"text": text, "standoff": 6, "font": {"size": 12, "color": "role:muted"}}


def _heading(text: str, panel: int, *, lift: int, size: int, role: str) -> dict[str, Any]:
    k = _suffix(panel)
    return {
        "text": text, "showarrow": False, "font": {"size": size, "color": f"role:{role}"},
        "x": 0, "y": 1, "xref": f"x{k} domain", "yref": f"y{k} domain", "xanchor": "left", "yanchor": "bottom",
        "yshift": lift,
    }  # fmt: skip


def _notes(notes: Sequence[Note], number: int, panel: Panel, size: tuple[float, float]) -> Trace:
    """Return the notes of a panel as one trace.

    They are no annotations of Plotly's, since it draws each of those anew, in a millisecond, whenever an axis changes.
    """
    sides = {"left": "middle right", "center": "middle center", "right": "middle left"}
    width, height = size
    return _scatter(
        [_along(panel.x, n.x, n.shift[0] / width, framed=n.framed) for n in notes],
        [_along(panel.y, n.y, n.shift[1] / height, framed=n.framed) for n in notes],
        "", number, None,
        mode="text",
        text=[n.text for n in notes],
        textposition=[sides[n.anchor] for n in notes],
        textfont={"size": 12, "color": [f"role:{n.role}" for n in notes]},
        cliponaxis=False,
    )  # fmt: skip


def _along(axis: Axis, at: float, part: float, *, framed: bool) -> float:
    """Return the coordinate that lies so large a part of the axis beyond another, or beyond a share of the axis."""
    low, high = axis.range
    if framed:
        at, part = low, at + part
    return at * (high / low) ** part if axis.log else at + part * (high - low)


def _arrangement(panels: int, columns: int, width: int, row_height: int) -> dict[str, Any]:
    """Return the height of the figure and every panel's domains, for so many columns at this width."""
    xs = _columns(panels, columns, width)
    columns = len(xs)
    rows = math.ceil(panels / columns)
    height = rows * row_height + (rows - 1) * GAP_Y + MARGIN["t"] + MARGIN["b"]
    ys = _domains(rows, GAP_Y / (height - MARGIN["t"] - MARGIN["b"]))
    arrangement: dict[str, Any] = {"height": height}
    for index in range(panels):
        k = _suffix(index + 1)
        arrangement[f"xaxis{k}"] = {"domain": xs[index % columns]}
        arrangement[f"yaxis{k}"] = {"domain": ys[rows - 1 - index // columns]}
    return arrangement


def _columns(panels: int, columns: int, width: int) -> list[list[float]]:
    """Return where the panels of a row begin and end, as parts of the width inside the margins."""
    return _domains(min(columns, panels), GAP_X / _inner_width(width))


def _inner_width(width: int) -> int:
    return width - MARGIN["l"] - MARGIN["r"]


def _domains(count: int, gap: float) -> list[list[float]]:
    size = (1 - gap * (count - 1)) / count
    return [[i * (size + gap), min(i * (size + gap) + size, 1.0)] for i in range(count)]
