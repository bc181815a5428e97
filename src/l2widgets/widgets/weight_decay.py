"""One weight under gradient descent, step by step.

The reader should learn three things. Each step takes the same share of what is left, so the weight decays and never
arrives. The product ηλ sets the speed, λ alone the destination once data pulls back. And a product above ½ overshoots
zero, one above 1 never comes back.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from l2widgets import decay
from l2widgets.figures import (
    Axis,
    Figure,
    Note,
    Panel,
    Readout,
    Table,
    Trace,
    band,
    line,
    note,
    number,
    points,
    tag,
)
from l2widgets.spec import (
    Choice,
    Preset,
    Slider,
    Toggle,
    Widget,
    linear_stops,
    listed_stops,
    log_stops,
    named_stops,
)
from l2widgets.sweep import Sweep, strength_slider

type Floats = NDArray[np.float64]

WEIGHTS = listed_stops(*(half / 2 for half in range(-8, 9)))

SPEC = Widget(
    name="weight_decay",
    title="One weight, step by step",
    question="What sets how fast a weight decays, and what sets where it ends?",
    caption=(
        "First the weight after each step of gradient descent, then a map on which every pair of λ and η is a point: "
        "pairs on one slanting line give the same speed."
    ),
    controls=(
        strength_slider(
            -4, 2, default=0.01, help="The price of weight: the penalty is λw², and its gradient 2λw."
        ),
        Slider(
            name="lr",
            label="Learning rate",
            symbol=r"\eta",
            role="rate",
            stops=log_stops(-3, 0, 3),
            default=0.1,
            help="How far one step follows the gradient.",
        ),
        Slider(
            name="steps",
            label="Horizon",
            unit="steps",
            stops=listed_stops(20, 50, 100, 200, 500, 1000),
            default=500,
            help="How many steps the chart holds.",
        ),
        Slider(
            name="step",
            label="Step shown",
            stops=linear_stops(0, 1000, 1),
            default=100,
            play=True,
            limit="steps",
            help="Let it run, or take one step at a time.",
        ),
        Slider(
            name="w0",
            label="Starting weight",
            symbol="w_0",
            role="weight",
            stops=WEIGHTS,
            default=2,
        ),
        Toggle(
            name="pull",
            label="The data pulls back",
            help="Adds the data loss ½h(w − w*)², whose minimum is at w*.",
        ),
        Slider(
            name="h",
            label="Curvature of the data loss",
            symbol="h",
            role="loss",
            stops=log_stops(-1, 1, 3),
            default=1,
            when={"pull": (True,)},
            help="How steep the data’s valley is: how much the data insists.",
        ),
        Slider(
            name="w_star",
            label="What the data wants",
            symbol="w^*",
            role="loss",
            stops=WEIGHTS,
            default=3,
            when={"pull": (True,)},
        ),
        Choice(
            name="compare",
            label="Beside it",
            stops=named_stops(
                nothing="nothing",
                unpenalized="no penalty",
                l1="L1’s constant step",
                decoupled="decay in the update",
            ),
            default="nothing",
            help="The same start and the same learning rate, under another rule.",
        ),
    ),
    presets=(
        Preset("The article’s example", {"lam": 0.01, "lr": 0.1}),
        Preset("Twice λ, half η", {"lam": 0.02, "lr": 0.05}),
        Preset("The data pulls back", {"lam": 0.5, "pull": True, "w0": -2, "steps": 50, "step": 25}),
        Preset("The sign flips", {"lam": 8, "steps": 20, "step": 8}),
        Preset("It diverges", {"lam": 12.5, "w0": 0.5, "steps": 20, "step": 3}),
        Preset("L1 beside it", {"lam": 0.1, "compare": "l1", "steps": 500, "step": 150}),
    ),
)

RATE_AXIS = Axis(
    "learning rate η (no unit)", (-3.35, 0.15), ticks={-3: "0.001", -2: "0.01", -1: "0.1", 0: "1"}
)
"""It shows the logarithm on a linear axis, as the one of λ does."""

FLOOR = -2.98
"""Where the lines of the map end, above its words."""

MAP = Sweep([0.0, *10 ** np.linspace(-4, 2.25, 64)], every=1)
"""The λ across the map."""

DENSE = 100
"""From how many steps on a path that goes back and forth would fill the chart with ink."""

HALF_LIVES = {10: "10", 100: "100", 1_000: "10³", 10_000: "10⁴", 100_000: "10⁵"}
"""The half-lives, in steps, whose lines the map draws."""


def figure(
    *,
    lam: float,
    lr: float,
    steps: int,
    step: int,
    w0: float,
    pull: bool,
    h: float,
    w_star: float,
    compare: str,
) -> Figure:
    """Draw the path of the weight up to `step`, and where its λ and η are on the map of speeds."""
    run = _Run(lam, lr, steps, w0, h if pull else 0.0, w_star if pull else 0.0)
    shown = min(step, steps)
    panels = (
        Panel(
            "The weight, step by step",
            Axis("steps", (-0.02 * steps, 1.02 * steps)),
            Axis("weight w (no unit)", (-run.reach, run.reach)),
        ),
        Panel("How fast, and in which way", MAP.axis, RATE_AXIS),
    )
    background, labels = _map(run.h)
    return Figure(
        panels=panels,
        traces=(
            *_still(run),
            *_compared(run, compare),
            *_moving(run, shown, compare),
            *background,
            *_place(run),
        ),
        notes=(*_signposts(run, compare), *labels),
        summary=_summary(run, shown),
        readouts=_readouts(run, shown),
        table=_table(run, compare),
    )


class _Run(NamedTuple):
    """What one path follows from; without data both `h` and `w_star` are 0."""

    lam: float
    lr: float
    steps: int
    w0: float
    h: float
    w_star: float

    @property
    def reach(self) -> float:
        """The largest weight on the chart, which no slider that plays may change."""
        return 1.25 * max(abs(self.w0), abs(self.w_star), 2.0)

    @property
    def destination(self) -> float | None:
        """Where the weight goes, or would go if it did not diverge; None when nothing pulls."""
        return decay.fixed_point(self.h, self.w_star, self.lam) if self.h or self.lam else None

    @property
    def regime(self) -> decay.Regime:
        """The way in which it goes there."""
        return decay.regime(self.lr, self.lam, self.h)

    @property
    def half_life(self) -> float:
        """In how many steps the gap to the destination halves: h/2 acts as a penalty of that strength would."""
        return decay.half_life(self.lr, self.lam + self.h / 2)

    @property
    def dense(self) -> bool:
        """Whether the path goes back and forth too often for single jumps to be seen."""
        return self.steps > DENSE and self.regime in ("sign flips", "bounces for ever", "diverges")

    def gradient(self, w: float) -> float:
        """Return the slope of the data loss ½h(w - w*)²."""
        return self.h * (w - self.w_star)


@lru_cache(maxsize=64)
def _path(run: _Run) -> Floats:
    return decay.path(run.w0, run.lr, run.lam, run.steps, run.gradient if run.h else None)


@lru_cache(maxsize=64)
def _other_path(run: _Run, compare: str) -> Floats:
    gradient = run.gradient if run.h else None
    match compare:
        case "unpenalized":
            return decay.path(run.w0, run.lr, 0.0, run.steps, gradient)
        case "l1":
            return decay.l1_path(run.w0, run.lr, run.lam, run.steps, gradient)
        case "decoupled":
            return decay.decoupled_path(run.w0, run.lr, run.lam, run.steps, gradient)
    return np.empty(0)


def _drawn(weights: Floats, reach: float) -> Floats:
    """Return the path up to the first weight that is off the chart, which itself is kept near enough to be drawn."""
    off = np.flatnonzero(np.abs(weights) > reach)
    return np.clip(weights[: off[0] + 1], -9 * reach, 9 * reach) if off.size else weights


def _off(run: _Run, drawn: Floats) -> int | None:
    """Return the step from which on a path is off the chart, if it is."""
    return len(drawn) - 1 if abs(drawn[-1]) > run.reach else None


def _curve(run: _Run, path: Floats) -> tuple[Floats, Floats]:
    """Return a path as x and y; one that goes back and forth too often becomes two lines: even steps, odd steps."""
    x = np.arange(len(path), dtype=np.float64)
    if not run.dense:
        return x, path
    return np.concatenate([x[::2], [np.nan], x[1::2]]), np.concatenate([path[::2], [np.nan], path[1::2]])


@lru_cache(maxsize=64)
def _still(run: _Run) -> tuple[Trace, ...]:
    """Return what stays while the step moves."""
    ends = (0, run.steps)
    path = _drawn(_path(run), run.reach)
    closed = (
        np.empty(0) if run.h else _drawn(decay.closed_form(run.w0, run.lr, run.lam, run.steps), run.reach)
    )
    destination = [run.destination or 0.0] * 2 if run.h else []
    wanted = [run.w_star] * 2 if run.h else []
    return (
        line(ends, (0, 0), name="zero", role="muted", width=1, hover=None),
        line(ends[: len(wanted)], wanted, name="what the data wants", role="loss", dash="dot", width=1.5),
        line(ends[: len(destination)], destination, name="destination", role="total", dash="dash", width=1.5),
        line(*_curve(run, path), name="weight", role="weight", width=5, opacity=0.25, hover=None),
        line(*_curve(run, closed), name="closed form", role="ink", dash="dot", width=1, hover=None),
    )


def _compared(run: _Run, compare: str) -> tuple[Trace, ...]:
    """Return the other rule's path: a line with its label, or rings where it would hide the weight's own."""
    label = SPEC["compare"].stop(compare).label
    path = _drawn(_other_path(run, compare), run.reach)
    every = max(run.steps // 20, 1)
    rings = path[::every] if compare == "decoupled" else path[:0]
    drawn = path[:0] if compare == "decoupled" else path
    return (
        line(np.arange(len(drawn)), drawn, name=label, role="ink", dash="dash", width=1.5),
        points(np.arange(len(rings)) * every, rings, name=label, role="ink", symbol="circle-open", size=9),
        _label_other(run, drawn, label),
    )


def _label_other(run: _Run, path: Floats, label: str) -> Trace:
    """Return the other path's label, on its way, on the side away from zero."""
    sides = ("top right", "bottom right", "top left", "bottom left")
    texts = [""] * len(sides)
    at, height = 0.0, 0.0
    if len(path) > run.steps:
        start, end = float(path[0]), float(path[-1])
        moves = abs(end - start) > 0.05 * run.reach
        grows = moves and abs(end) > abs(start)
        left = (0.15 if grows else 0.5) * abs(start - end)
        spot = int(np.argmax(np.abs(path - end) <= left)) if moves else run.steps // 2
        at, height = float(spot), float(path[spot])
        texts[2 * grows + (start + end < 0)] = label
    return tag([at] * len(sides), [height] * len(sides), texts, role="ink", position=sides)


def _moving(run: _Run, shown: int, compare: str) -> tuple[Trace, ...]:
    """Return the path so far, where it is now, and the labels that go with it."""
    whole = _drawn(_path(run), run.reach)
    path = whole[: shown + 1]
    there = len(path) > shown and abs(path[-1]) <= run.reach
    dots = path if run.steps <= 50 else path[:0]
    return (
        line(*_curve(run, path), name="weight", role="weight"),
        points(np.arange(len(dots)), dots, name="weight", role="weight", size=5, hover=None),
        points(
            [shown] if there else [], path[-1:] if there else [], name="weight now", role="weight", size=11
        ),
        _label_now(run, shown, there=there),
        *_labels(run, whole, compare),
    )


def _label_now(run: _Run, shown: int, *, there: bool) -> Trace:
    """Return the weight's label, on the side of the curve where it is alone."""
    sides = ("top right", "bottom left", "bottom right", "top left")
    texts = [""] * len(sides)
    w = float(_path(run)[shown])
    end = run.destination or 0.0
    crowded = run.h and shown and abs(w - end) < 0.12 * run.reach
    if there and not crowded:
        falls = w <= run.w0 if shown else run.w0 >= end
        texts[(0 if falls else 2) + (shown > 0.4 * run.steps)] = f"w = {number(w)}"
    height, off = (w if there else 0.0), 0.04 * run.reach
    heights = [height + off, height - off, height - off, height + off]
    return tag([shown] * len(sides), heights, texts, role="weight", position=sides)


def _labels(run: _Run, whole: Floats, compare: str) -> tuple[Trace, ...]:
    """Return the labels that λ moves: the destination's, the closed form's, and what is off the chart."""
    off = _off(run, whole)
    jumps = "every step jumps from one line to the other" if run.dense else ""
    words = jumps if off is None else f"off the chart from step {off} on"
    destination = run.destination or 0.0
    late = round(0.64 * run.steps)
    alone = run.regime == "smooth" and not run.h and run.w0 != 0 and compare == "nothing"
    inwards = -0.09 * run.reach * (1 if run.w_star >= 0 else -1)
    return (
        tag([0.5 * run.steps], [-0.9 * run.reach], [words], role="muted", position="middle center"),
        tag(
            [late], [destination + inwards], [f"destination {_weight(destination)}" if run.h else ""],
            role="total", position="middle center",
        ),
        tag(
            [late], [whole[late] if alone else 0.0], ["w₀(1 − 2ηλ)ᵗ" if alone else ""],
            role="ink", position="top right" if run.w0 > 0 else "bottom right",
        ),
    )  # fmt: skip


def _signposts(run: _Run, compare: str) -> tuple[Note, ...]:
    """Return the labels that no slider that plays may move."""
    up = 1 if (run.w_star or run.w0) >= 0 else -1
    notes = []
    if run.h:
        words, shift = "what the data wants, w*", (0, 10 * up)
        notes.append(note(run.steps, run.w_star, words, role="loss", anchor="right", shift=shift))
    if compare == "decoupled":
        words = "○ decay in the update: the same path"
        notes.append(note(run.steps, -0.75 * up * run.reach, words, anchor="right"))
    return tuple(notes)


def _rate_line(rate: float, h: float) -> Floats:
    """Return the log η of all pairs with η(h + 2λ) = `rate`, for the x of `MAP`."""
    with np.errstate(divide="ignore"):
        return MAP.curve(np.log10(rate) - np.log10(h + 2 * MAP.lams))


@lru_cache(maxsize=8)
def _map(h: float) -> tuple[tuple[Trace, ...], tuple[Note, ...]]:
    """Return the regimes, and the lines of equal half-life, over all λ and η."""
    low, high = RATE_AXIS.range
    x = np.array([*MAP.axis.range, *np.linspace(-3, 2, 120)])
    x.sort()
    overshot, lost = (np.clip(np.log10(rate) - np.log10(h + 2 * 10**x), low, high) for rate in (1, 2))
    lives = {life: -math.expm1(-math.log(2) / life) for life in HALF_LIVES}
    contours = np.array([_rate_line(rate, h) for rate in lives.values()])
    contours[(contours < FLOOR) | (contours > high)] = np.nan
    notes = [
        note(1.45, -0.3, "diverges", panel=2, anchor="center"),
        note(
            math.log10((10**1.75 - h) / 2), -1.75, "sign flips ▸",
            role="rate", panel=2, anchor="right", shift=(-3, 0),
        ),
        note(
            MAP.axis.range[0], FLOOR - 0.17, "smooth; half-life in steps",
            role="muted", panel=2, shift=(6, 0),
        ),
    ]  # fmt: skip
    for life, rate in lives.items():
        y = FLOOR + 0.12
        lam = (rate / 10**y - h) / 2
        if lam > 1e-4:
            notes.append(note(math.log10(lam), y, HALF_LIVES[life], role="muted", panel=2, anchor="center"))
    traces = (
        band(x, overshot, lost, name="sign flips", role="rate", panel=2, opacity=0.22),
        band(x, lost, np.full_like(x, high), name="diverges", role="muted", panel=2, opacity=0.3),
        line(
            np.tile(np.append(MAP.x, np.nan), len(contours)), np.insert(contours, len(MAP.x), np.nan, axis=1).ravel(),
            name="half-life", role="muted", panel=2, width=1, opacity=0.75, hover=None,
        ),
    )  # fmt: skip
    return traces, tuple(notes)


def _place(run: _Run) -> tuple[Trace, ...]:
    """Return where this λ and η are on the map, with all that share their speed or their destination."""
    low, high = RATE_AXIS.range
    x, y = MAP.place(run.lam), math.log10(run.lr)
    speed = run.lr * (run.h + 2 * run.lam)
    same = _rate_line(speed, run.h) if speed else np.full_like(MAP.x, np.nan)
    same[(same < low) | (same > high)] = np.nan
    life = "never halves" if math.isinf(run.half_life) else f"{number(run.half_life)} steps"
    upright = [x, x] if run.h else []
    side = 0 if x < -1 else 1
    return (
        line(
            upright, [low, high][: len(upright)],
            name="λ", role="total", panel=2, dash="dash", width=1.5, hover=None,
        ),
        line(MAP.x, same, name="same speed", role="rate", panel=2, width=2, hover=None),
        points([x], [y], name="here", role="penalty", panel=2, symbol="diamond", size=13, hover=None),
        _aside(x, y - 0.14 * bool(run.h), f"\u00a0{life}\u00a0", "penalty", side),
        _same_speed(run, x, same),
        _aside(x, -2.45, "same destination" if run.h else "", "total", side),
    )  # fmt: skip


def _same_speed(run: _Run, x: float, same: Floats) -> Trace:
    """Return the label of the line of equal speed: up a slanting line, over a level one, or where there is room."""
    wanted = x - (2.0 if run.h else 0.9)
    if wanted < -4 + 0.5 * bool(run.h):
        wanted = x + 2.0 if run.h else x + 0.9
    visible = np.flatnonzero((same > -2.5) & (same < -0.1))
    if not visible.size:
        return _aside(x, 0.0, "", "rate", 0)
    spot = visible[np.abs(MAP.x[visible] - wanted).argmin()]
    side = 2 if run.h else 0 if MAP.x[spot] < -1 else 1
    return _aside(float(MAP.x[spot]), float(same[spot]), "same speed", "rate", side)


def _aside(x: float, y: float, text: str, role: str, side: int) -> Trace:
    """Return a label at a point of the map, on one of its sides."""
    sides = ("middle right", "middle left", "top center")
    texts = [text if i == side else "" for i in range(len(sides))]
    return tag([x] * len(sides), [y] * len(sides), texts, role=role, panel=2, position=sides)


def _readouts(run: _Run, shown: int) -> tuple[Readout, ...]:
    factor = decay.factor(run.lr, run.lam)
    percent = 100 * (1 - factor)
    life = run.half_life
    lasting = math.isinf(life)
    w = float(_path(run)[shown])
    destination = run.destination
    return (
        Readout("factor", "Factor 1 − 2ηλ", factor, _exact(factor), role="penalty"),
        Readout("percent", "Decay per step", percent, _exact(percent), "%", role="penalty"),
        Readout(
            "half_life", "Half-life of the gap" if run.h else "Half-life",
            None if lasting else life, "never" if lasting else number(life), "" if lasting else "steps", role="rate",
        ),
        Readout("regime", "How it moves", run.regime, run.regime),
        Readout("weight", "Weight at this step", w, _weight(w), role="weight"),
        Readout(
            "destination", "Destination",
            destination, "where it starts" if destination is None else _weight(destination), role="total",
        ),
    )  # fmt: skip


def _summary(run: _Run, shown: int) -> str:
    lam, lr = SPEC["lam"].stop(run.lam).label, SPEC["lr"].stop(run.lr).label
    start = _weight(run.w0)
    when = "Before the first step" if shown == 0 else f"After {shown} step{'s' if shown > 1 else ''}"
    given = f"{when} at λ = {lam} and η = {lr}"
    w = float(_path(run)[shown])
    life = number(run.half_life) if math.isfinite(run.half_life) else "no"
    gap = "the gap to its destination" if run.h else "it"
    moved = (
        f"the weight is {_weight(w)}" if shown == 0 else f"the weight has gone from {start} to {_weight(w)}"
    )
    end = f", on its way to {_weight(run.destination or 0.0)}, {_reason(run)}" if run.h else ""
    off = _off(run, _drawn(_path(run), run.reach))
    gone = "" if off is None or shown < off else f", off the chart since step {off}"
    sentences = {
        "still": f"{given} the weight is still {start}: without a penalty nothing moves it.",
        "smooth": f"{given} {moved}{end}; {gap} halves every {life} steps.",
        "one step": f"{given} {moved}: the first step goes all the way to {_weight(run.destination or 0.0)}.",
        "sign flips": f"{given} {moved}{end}, to the other side at every step; {gap} halves every {life} steps.",
        "bounces for ever": f"{given} {moved}: it bounces from one side to the other for ever and comes no nearer.",
        "diverges": f"{given} {moved}{gone}: every step goes too far, and further than the last, so it diverges.",
    }
    if run.w0 == run.destination:
        return f"{given} the weight is still {start}: it started at its destination, where nothing pulls."
    return sentences[run.regime]


def _reason(run: _Run) -> str:
    return "where the data and the penalty balance" if run.lam else "which is what the data wants"


def _table(run: _Run, compare: str) -> Table:
    at = np.unique(np.linspace(0, run.steps, 13).round().astype(int))
    path, other = _path(run), _other_path(run, compare)
    label = SPEC["compare"].stop(compare).label
    columns = ("step", "weight w") + ((f"weight w, {label}",) if other.size else ())
    rows = [(f"{t:,}", _weight(path[t])) + ((_weight(other[t]),) if other.size else ()) for t in at]
    return Table(columns, tuple(rows))


def _weight(w: float) -> str:
    """Return a weight as it is read: round numbers stay round."""
    if abs(w) >= decay.LIMIT:
        return "beyond 10³⁰⁰" if w > 0 else "below −10³⁰⁰"
    text = f"{w:.3g}"
    return text.replace("-", "−") if "e" not in text and float(text) == w else number(w)


def _exact(value: float) -> str:
    """Return a product of stops with all its digits, but not those that are rounding errors."""
    return f"{value:.10g}".replace("-", "−")
