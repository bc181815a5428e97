"""Fifteen noisy points, a polynomial with as many freedoms as it likes, and what a price on its weights does.

The reader should learn that a training error near zero says nothing about the next point; that the wild curve between
the points is made of huge weights that cancel; and that the same features with the same data calm down when weight
has a price.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from l2widgets.data import sample, truth
from l2widgets.figures import (
    Axis,
    Figure,
    Note,
    Panel,
    Readout,
    Table,
    Trace,
    key,
    line,
    note,
    number,
    points,
    tag,
)
from l2widgets.polynomial import PolynomialPath
from l2widgets.spec import (
    Choice,
    Point,
    Preset,
    Seed,
    Slider,
    Toggle,
    Widget,
    linear_stops,
    listed_stops,
    named_stops,
)
from l2widgets.sweep import Sweep, strength_slider

type Floats = NDArray[np.float64]

N = 15
OTHERS = 20
"""How many fresh samples are fitted as well."""

SPEC = Widget(
    name="overfitting",
    title="Fifteen points, twelve wiggles",
    question="The curve misses its fifteen points by almost nothing. By how much will it miss the next ones?",
    caption=(
        "A polynomial is fitted to fifteen noisy points of a smooth curve. Beside it, its mean squared error on these "
        "points and on 500 new ones, at every λ; both scales are logarithmic. Take hold of a point to move it."
    ),
    controls=(
        strength_slider(
            -8, 2, default=0, help="The price of weight. At an exact 0 weight is free.", shared="curve.lam"
        ),
        Choice(
            name="bet",
            label="Your bet: the error on new points, when weight is free",
            stops=named_stops(
                open="no bet yet",
                tenth="0.1",
                one="1",
                hundred="100",
                thousands="10,000",
                skip="just show me",
            ),
            default="open",
            help="The typical noise alone makes an error of 0.06.",
        ),
        Slider(
            name="degree",
            shared="curve.degree",
            label="Degree of the polynomial",
            role="fit",
            stops=linear_stops(1, 15, 1),
            default=12,
            help="How many powers of x the curve may use.",
        ),
        Choice(
            name="data",
            shared="curve.data",
            label="Curve behind the points",
            stops=named_stops(sine="sine", cubic="cubic", step="step"),
            default="sine",
        ),
        Slider(
            name="noise",
            shared="curve.noise",
            label="Noise",
            symbol=r"\sigma",
            role="data",
            stops=listed_stops(*(twentieths / 20 for twentieths in range(21))),
            default=0.25,
            help="The standard deviation of what is added to the true curve.",
        ),
        Seed(name="seed", label="Sample", default=1, shared="curve.sample"),
        Toggle(
            name="others",
            label="Fit twenty other samples as well",
            help="What the same recipe makes of points that you might as well have learned.",
        ),
        Slider(
            name="moved",
            label="Point to move",
            role="data",
            stops=linear_stops(0, N, 1),
            default=0,
            help="From left to right; 0 moves none.",
        ),
        Slider(
            name="shift",
            label="Up or down by",
            role="data",
            stops=linear_stops(-2, 2, 0.1, decimals=1),
            default=0,
        ),
    ),
    held=(Point(x="moved", y="shift", picks=True),),
    presets=(
        Preset("Weight is free", {"lam": 0, "bet": "skip"}),
        Preset("A fair price", {"lam": 0.0063, "bet": "skip"}),
        Preset("Far too dear", {"lam": 10, "bet": "skip"}),
        Preset("One point out of line", {"lam": 0, "bet": "skip", "moved": 8, "shift": 1}),
        Preset("Twenty samples, free", {"lam": 0, "bet": "skip", "others": True}),
        Preset("Twenty samples, fair price", {"lam": 0.0063, "bet": "skip", "others": True}),
    ),
)

STRENGTHS = SPEC["lam"].stops
SWEEP = Sweep([float(stop.text) for stop in STRENGTHS])
LAMS = SWEEP.lams
BETS = {"tenth": 0.1, "one": 1.0, "hundred": 100.0, "thousands": 10_000.0}

Y_RANGE = (-2.4, 2.4)
ERROR_RANGE = (2e-4, 2e5)
ERROR_AXIS = Axis(
    "mean squared error (no unit)", ERROR_RANGE, log=True,
    ticks={1e-3: "0.001", 1e-2: "0.01", 0.1: "0.1", 1: "1", 10: "10", 100: "100", 1e3: "1,000", 1e4: "10⁴", 1e5: "10⁵"},
)  # fmt: skip


def figure(
    *,
    lam: float,
    bet: str,
    degree: int,
    data: str,
    noise: float,
    seed: int,
    others: bool,
    moved: int,
    shift: float,
) -> Figure:
    """Draw the fit at `lam` and, once the reader has bet, its error on new points."""
    source = _Source(data, degree, noise, seed, moved, shift if moved else 0.0)
    at = SPEC["lam"].index(lam)
    told = bet != "open"
    return Figure(
        panels=(
            Panel("The points and the fit", Axis("x", (-1, 1)), Axis("y", Y_RANGE)),
            Panel("How far off it is", SWEEP.axis, ERROR_AXIS),
        ),
        traces=(
            *_samples(source, at, others=others),
            *_fit(source, at),
            *_errors(source, told=told),
            *_bet(bet),
            *_moving(source, at, told=told),
        ),
        notes=_notes(source, told=told),
        summary=_summary(source, at, told=told),
        readouts=_readouts(source, at, bet),
        table=_table(source, told=told),
    )


class _Source(NamedTuple):
    """What the fifteen points and their features come from."""

    data: str
    degree: int
    noise: float
    seed: int
    moved: int
    shift: float


@lru_cache(maxsize=64)
def _learned(source: _Source) -> PolynomialPath:
    """Return what a polynomial makes of the fifteen points, at every λ."""
    drawn = sample(source.data, N, source.noise, source.seed)
    if source.moved:
        y = drawn.y.copy()
        y[source.moved - 1] += source.shift
        drawn = replace(drawn, y=y)
    return PolynomialPath(drawn, source.degree, LAMS)


def _fresh(source: _Source) -> list[PolynomialPath]:
    """Return what the same recipe learns from other samples, which nobody has moved a point of."""
    seeds = range(1000 * source.seed + 1, 1000 * source.seed + OTHERS + 1)
    return [_learned(source._replace(seed=seed, moved=0, shift=0.0)) for seed in seeds]


def _sweep(values: Floats) -> Floats:
    """Return the y of a curve over all λ, for the x of `SWEEP`; what is off the chart is left out."""
    shown = np.where((values >= ERROR_RANGE[0]) & (values <= 3 * ERROR_RANGE[1]), values, np.nan)
    return SWEEP.curve(shown)


def _samples(source: _Source, at: int, *, others: bool) -> tuple[Trace, ...]:
    """Return the fits to other samples, as one line."""
    x, y = np.array([np.nan]), np.array([np.nan])
    if others:
        every = slice(None, None, 2)
        curves = [other.curve(at)[every] for other in _fresh(source)]
        x = np.tile(np.append(_learned(source).sample.grid[every], np.nan), OTHERS)
        y = np.clip(np.column_stack([np.array(curves), np.full(OTHERS, np.nan)]).ravel(), *_drawable())
    return (
        line(x, np.round(y, 3), name="fit to another sample", role="fit", width=1, opacity=0.35, hover=None),
    )


def _drawable() -> tuple[float, float]:
    """Return how far beyond the chart a curve is drawn, so that it leaves it in the right direction."""
    low, high = Y_RANGE
    return 6 * low - 5 * high, 6 * high - 5 * low


def _fit(source: _Source, at: int) -> tuple[Trace, ...]:
    learned = _learned(source)
    curve, drawn = learned.curve(at), learned.sample
    low, high = Y_RANGE
    beyond = [extreme for extreme in (curve.min(), curve.max()) if not low <= extreme <= high]
    leaves = f"the fit leaves the chart, to {number(float(max(beyond, key=abs)))}" if beyond else ""
    return (
        line(drawn.grid, truth(source.data, drawn.grid), name="truth", role="truth", dash="dash", width=1.5),
        line(drawn.grid, np.clip(curve, *_drawable()), name="fit", role="fit"),
        points(drawn.x, drawn.y, name="training point", role="data", size=9, held=0),
        tag([0.0], [low], [leaves], role="fit", position="top center"),
    )  # fmt: skip


@lru_cache(maxsize=32)
def _errors(source: _Source, *, told: bool) -> tuple[Trace, ...]:
    """Return the errors at every λ; that on new points only when the reader has bet."""
    learned = _learned(source)
    test = _sweep(learned.test) if told else np.full_like(SWEEP.x, np.nan)
    floor = [source.noise**2] * 2 if source.noise > np.sqrt(ERROR_RANGE[0]) else [np.nan] * 2
    return (
        line(SWEEP.axis.range, floor, name="the noise alone", role="muted", panel=2, dash="dot", width=1, hover=None),
        line(SWEEP.x, _sweep(learned.training), name="training error", role="training", panel=2),
        line(SWEEP.x, test, name="test error", role="test", panel=2, dash="longdash"),
    )  # fmt: skip


def _bet(bet: str) -> tuple[Trace, ...]:
    """Return the reader's bet, which stays beside the answer."""
    y = BETS.get(bet, np.nan)
    return (
        points([SWEEP.zero], [y], name="your bet", role="ink", panel=2, symbol="diamond-open", size=13),
        tag([SWEEP.zero + 0.2], [y], ["your bet" if bet in BETS else ""], role="ink", panel=2, position="middle right"),
    )  # fmt: skip


def _moving(source: _Source, at: int, *, told: bool) -> tuple[Trace, ...]:
    """Return λ's mark among the errors."""
    learned, x = _learned(source), SWEEP.place(LAMS[at])
    test = float(learned.test[at]) if told else np.nan
    low, high = ERROR_RANGE
    above = f"{number(test, 2)} ↑" if told and test > high else ""

    def dot(value: float, name: str, role: str, symbol: str) -> Trace:
        y = value if low <= value <= high else np.nan
        return points([x], [y], name=name, role=role, panel=2, symbol=symbol, size=10)

    return (
        line([x, x], ERROR_RANGE, name="λ", role="penalty", panel=2, width=1.5, hover=None),
        dot(float(learned.training[at]), "training error", "training", "circle"),
        dot(test, "test error", "test", "square"),
        tag([x], [high], [above], role="test", panel=2, position="bottom right"),
    )


def _notes(source: _Source, *, told: bool) -> tuple[Note, ...]:
    error = "━ ━ on 500 new points" if told else "on new points: hidden until you bet"
    notes = [
        *key(("● training points", "data"), ("━ the fit", "fit"), ("╌ the true curve", "truth")),
        *key((error, "test"), ("━ on the training points", "training"), panel=2, corner="top right"),
    ]
    right = SWEEP.axis.range[1]
    if source.noise**2 > ERROR_RANGE[0]:
        notes.append(
            note(
                right,
                source.noise**2,
                "the noise alone",
                role="muted",
                panel=2,
                anchor="right",
                shift=(-6, -9),
            )
        )
    return tuple(notes)


def _readouts(source: _Source, at: int, bet: str) -> tuple[Readout, ...]:
    learned = _learned(source)
    told = bet != "open"
    bet_text = SPEC["bet"].stop(bet).label if bet in BETS else "none"

    def shown(name: str, label: str, value: float, role: str, *, hidden: bool = False) -> Readout:
        value = float(value)
        return Readout(
            name, label, None if hidden else value, "hidden" if hidden else number(value), role=role
        )

    return (
        shown("train", "Error on the training points", learned.training[at], "training"),
        shown("test", "Error on new points", learned.test[at], "test", hidden=not told),
        shown("free", "The same at λ = 0", learned.test[0], "test", hidden=not told),
        Readout("bet", "Your bet on that", BETS.get(bet), bet_text),
        shown("largest", "Largest weight", np.abs(learned.path.coefs[at]).max(), "weight"),
        shown("norm", "Sum of squared weights", learned.norm[at], "weight"),
        shown("df", "Degrees of freedom", learned.df[at], "fit"),
    )


def _summary(source: _Source, at: int, *, told: bool) -> str:
    learned = _learned(source)
    largest = float(np.abs(learned.path.coefs[at]).max())
    start = (
        f"At λ = {STRENGTHS[at].label} the polynomial of degree {source.degree} has an error of "
        f"{number(float(learned.training[at]))} on its points and a largest weight of {number(largest)}"
    )
    if not told:
        return f"{start}; place your bet on its error on new points to see it."
    return f"{start}; on new points its error is {number(float(learned.test[at]))}."


@lru_cache(maxsize=32)
def _table(source: _Source, *, told: bool) -> Table:
    learned = _learned(source)
    columns = (
        "λ",
        "error on the training points",
        "error on new points",
        "sum of squared weights",
        "degrees of freedom",
    )

    def row(i: int) -> tuple[str, ...]:
        test = number(float(learned.test[i])) if told else "hidden"
        rest = (number(float(values[i])) for values in (learned.norm, learned.df))
        return STRENGTHS[i].label, number(float(learned.training[i])), test, *rest

    return Table(columns, tuple(row(i) for i in (0, *range(1, len(LAMS), 10))))
