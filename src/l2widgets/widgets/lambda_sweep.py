"""Training and validation error over all λ, and what the model does at each.

The reader should learn four things. The training error always prefers λ = 0, so it cannot choose. The validation error
has a valley, flat on the scale of log λ and with its cliff on the small side. The λ that K folds choose is itself an
estimate: other folds choose another. And test data is honest once, after the choice.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from l2widgets import ridge
from l2widgets.data import Sample, observed_sample, sample
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
    round_number,
    round_range,
    tag,
)
from l2widgets.polynomial import PolynomialPath
from l2widgets.spec import (
    Choice,
    Commit,
    OwnTable,
    ParamError,
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
from l2widgets.tables import Measured

type Floats = NDArray[np.float64]
type Drawing = tuple[tuple[Trace, ...], tuple[Note, ...]]

MAX_DEGREE = 15
CURVES = ("sine", "cubic", "step")

SPEC = Widget(
    name="lambda_sweep",
    title="Find the valley",
    question="Which λ would you choose without looking at the test data?",
    caption=(
        "A polynomial is fitted to noisy points. The error on its training data only rises with λ; on the data that "
        "each fold holds out it has a valley. Thin lines are single folds, the band is one standard error. Below: "
        "every weight, and how many of them are really free."
    ),
    controls=(
        strength_slider(
            -8,
            2,
            default=1e-6,
            help="The price of weight, from an exact 0 over 10⁻⁸ to 100.",
            shared="curve.lam",
        ),
        Choice(
            name="data",
            shared="curve.data",
            label="Data",
            stops=named_stops(sine="sine", cubic="cubic", step="step", penguins="real: penguins"),
            default="sine",
            when={"own": (None,)},
            help="Three curves with noise, or 342 penguins: body mass by flipper length.",
        ),
        OwnTable(
            name="own",
            label="Your own table",
            help="Two columns of numbers take the place of the data; they stay in this page.",
        ),
        Slider(
            name="n",
            label="Training points",
            symbol="n",
            role="data",
            stops=listed_stops(15, 20, 30, 40, 60, 100, 200),
            default=30,
        ),
        Slider(
            name="degree",
            shared="curve.degree",
            label="Degree of the polynomial",
            role="fit",
            stops=linear_stops(1, MAX_DEGREE, 1),
            default=12,
            help="The number of features: the powers of x, each standardized.",
        ),
        Slider(
            name="noise",
            shared="curve.noise",
            label="Noise",
            symbol=r"\sigma",
            role="data",
            stops=linear_stops(0.1, 1, 0.1, decimals=1),
            default=0.3,
            when={"data": CURVES, "own": (None,)},
            help="The standard deviation of what is added to the true curve.",
        ),
        Seed(name="seed", label="Sample", default=2, shared="curve.sample"),
        Slider(
            name="folds",
            label="Folds",
            stops=listed_stops(3, 5, 10),
            default=10,
            help="Each fold is held out once and predicted from all the others.",
        ),
        Seed(name="split", label="Shuffle", again="Reshuffle the folds"),
        Choice(
            name="rule",
            label="Rule",
            stops=named_stops(minimum="minimum", one_se="one standard error"),
            default="minimum",
            help="The lowest validation error, or the largest λ that is within one standard error of it.",
        ),
        Toggle(
            name="reshuffle",
            label="Reshuffle 50 times",
            help="Deals the same points to other folds and marks each λ that is then chosen.",
        ),
        Commit(
            name="committed",
            of="lam",
            label="Commit to this λ",
            undo="Lock the test set again",
            role="test",
            help="Only then does the test set open.",
        ),
    ),
    presets=(
        Preset("Too small", {"lam": 1e-6}),
        Preset("Too large", {"lam": 10}),
        Preset("How sure is the choice?", {"lam": 0.0063, "reshuffle": True}),
        Preset("Much more data", {"lam": 0.0063, "n": 200}),
        Preset("Real penguins", {"lam": 0.01, "data": "penguins", "n": 60, "degree": 8}),
    ),
)

STRENGTHS = SPEC["lam"].stops
SWEEP = Sweep([float(stop.text) for stop in STRENGTHS])
LAMS = SWEEP.lams

ERROR_TICKS = {tick: f"{tick:g}" for power in range(-9, 9) for tick in (10.0**power, 3 * 10.0**power)}
"""What an axis of errors says, whatever its range."""

RESHUFFLES = 50


def figure(
    *,
    lam: float,
    data: str,
    own: Measured | None,
    n: int,
    degree: int,
    noise: float,
    seed: int,
    folds: int,
    split: int,
    rule: str,
    reshuffle: bool,
    committed: float | None,
) -> Figure:
    """Draw the fit at `lam`, and over all λ the errors, the weights and the degrees of freedom."""
    if own:
        source = _Source(own, min(n, len(own.x) * 2 // 3), degree, 0.0, seed)
    else:
        source = _Source(data, n, degree, 0.0 if data == "penguins" else noise, seed)
    dealt = _Dealt(source, folds, split)
    if own:
        _check(dealt)
    at = SPEC["lam"].index(lam)
    opened = None if committed is None else SPEC["lam"].index(committed)
    drawings = (
        _data_drawing(source),
        _errors_drawing(dealt, rule),
        _choice_drawing(dealt, rule, asked=reshuffle),
        _test_drawing(dealt, rule, opened),
        _weights_drawing(source),
        _freedom_drawing(source),
    )
    return Figure(
        panels=_panels(dealt),
        traces=(*(trace for traces, _ in drawings for trace in traces), *_moving(dealt, at)),
        notes=tuple(note for _, notes in drawings for note in notes),
        summary=_summary(dealt, at, rule, opened),
        readouts=_readouts(dealt, at, rule, opened, asked=reshuffle),
        table=_table(dealt),
        heights=(236, 210),
    )


class _Source(NamedTuple):
    """What a training sample and its features come from."""

    data: str | Measured
    n: int
    degree: int
    noise: float
    seed: int


class _Dealt(NamedTuple):
    """A training sample and how it is dealt to folds."""

    source: _Source
    folds: int
    split: int


@lru_cache(maxsize=16)
def _learned(source: _Source) -> PolynomialPath:
    """Return all that one training sample says, at every λ."""
    if isinstance(source.data, Measured):
        return PolynomialPath(_measured_sample(source.data, source.n, source.seed), source.degree, LAMS)
    drawn = sample(source.data, source.n, source.noise, source.seed)
    if source.data == "penguins":  # the square of a gram is too small a unit for an error
        drawn = replace(
            drawn, y=drawn.y / 1000, y_test=drawn.y_test / 1000, y_label="body mass (kg)", y_unit="kg"
        )
    return PolynomialPath(drawn, source.degree, LAMS)


def _measured_sample(table: Measured, n: int, seed: int) -> Sample:
    x, y = table.names
    return observed_sample(table.x, table.y, n, seed, x_label=x, y_label=y)


def _check(dealt: _Dealt) -> None:
    """Refuse points of a reader's table from which nothing can be chosen."""
    drawn = _learned(dealt.source).sample
    if len(set(drawn.x)) < 2 or len(set(drawn.y)) < 2:
        raise ParamError(
            f"The {len(drawn.x)} training points of your table are all the same; take another sample or more points."
        )
    if not _scores(dealt).mean.min() > 0:
        raise ParamError("A polynomial goes through all points of your table, so that λ has nothing to do.")


def _unit(source: _Source) -> str:
    """Return the unit of a squared error."""
    unit = _learned(source).sample.y_unit
    return f"{unit}²" if unit else ""


@lru_cache(maxsize=16)
def _scores(dealt: _Dealt) -> ridge.Scores:
    learned = _learned(dealt.source)
    return ridge.cross_validate(
        learned.features, learned.sample.y, LAMS, dealt.folds, dealt.split, standardize=True
    )


@lru_cache(maxsize=8)
def _reshuffled(source: _Source, folds: int) -> tuple[ridge.Scores, ...]:
    """Return the scores by each of many ways to deal the same points to folds."""
    learned = _learned(source)
    return tuple(
        ridge.cross_validate(learned.features, learned.sample.y, LAMS, folds, split, standardize=True)
        for split in range(1, RESHUFFLES + 1)
    )


def _chosen(scores: ridge.Scores, rule: str) -> int:
    """Return the index of the λ that the rule chooses."""
    return scores.one_se if rule == "one_se" else scores.best


def _just_right(scores: ridge.Scores) -> tuple[int, int]:
    """Return the first and the last of the λ around the best that are within one standard error of it."""
    worse = np.flatnonzero(scores.mean > scores.mean[scores.best] + scores.standard_error[scores.best])
    first = worse[worse < scores.best].max(initial=-1) + 1
    last = worse[worse > scores.best].min(initial=len(LAMS)) - 1
    return int(first), int(last)


def _panels(dealt: _Dealt) -> tuple[Panel, ...]:
    drawn = _learned(dealt.source).sample
    low, high = _error_range(dealt)
    own = isinstance(dealt.source.data, Measured)  # whose unit nobody has said
    squared = _unit(dealt.source) or ("unit of y, squared" if own else "no unit")
    unit = drawn.y_unit or ("unit of y" if own else "no unit")
    return (
        Panel(
            "The fit at this λ",
            Axis(drawn.x_label, drawn.x_range),
            Axis(drawn.y_label, _y_range(dealt.source)),
        ),
        Panel(
            "The error at every λ",
            SWEEP.axis,
            Axis(f"mean squared error ({squared})", (low, high), log=True, ticks=ERROR_TICKS),
        ),
        Panel(
            "Every weight",
            SWEEP.axis,
            Axis(f"weight ({unit}) of standardized powers", _weight_range(dealt.source)),
        ),
        Panel(
            "How many weights are free",
            SWEEP.axis,
            Axis("effective degrees of freedom", _freedom_range(dealt.source)),
        ),
    )


def _y_range(source: _Source) -> tuple[float, float]:
    """Return the range of y for the data and the true curve; the fit may leave it."""
    drawn = _learned(source).sample
    seen = drawn.y if drawn.truth is None else np.append(drawn.y, drawn.truth)
    low, high = float(seen.min()), float(seen.max())
    return round_range(low - 0.15 * (high - low), high + 0.3 * (high - low))


@lru_cache(maxsize=16)
def _error_range(dealt: _Dealt) -> tuple[float, float]:
    """Return the range of errors that shows the valley, with room for words below; what is above it is clipped."""
    learned, scores = _learned(dealt.source), _scores(dealt)
    lowest = float(scores.mean.min())
    bottom = max(min(float(learned.training.min()), lowest), lowest / 30)
    top = max(20 * lowest, 2.5 * float(scores.mean[-1]))
    return round_number(bottom * (bottom / top) ** 0.25, up=False), round_number(top, up=True)


@lru_cache(maxsize=16)
def _weight_range(source: _Source) -> tuple[float, float]:
    """Return a range of weights that shows how they shrink from 10⁻⁴ on; what is outside is clipped in the drawing."""
    coefs = _learned(source).path.coefs
    largest, spread = float(np.abs(coefs[LAMS >= 1e-4]).max()), float(_learned(source).sample.y.std())
    reach = round_number(
        max(1.1 * largest, spread / 100), up=True
    )  # all weights may be zero, or rounding errors
    return -reach, reach


def _freedom_range(source: _Source) -> tuple[float, float]:
    return 0.0, round_number(1.1 * (source.degree + 1), up=True)


def _x(index: int) -> float:
    """Return where an axis of λ shows this λ."""
    return SWEEP.place(LAMS[index])


@lru_cache(maxsize=16)
def _data_drawing(source: _Source) -> Drawing:
    drawn = _learned(source).sample
    grid, truth = (drawn.grid[:0],) * 2 if drawn.truth is None else (drawn.grid, drawn.truth)
    traces = (
        line(grid, truth, name="truth", role="truth", dash="dash", width=1.5),
        points(drawn.x, drawn.y, name="training point", role="data", size=7),
    )
    corner = (drawn.x_range[0], _y_range(source)[1])
    words = [("● training points", "data"), ("━ the fit", "fit"), ("╌ the true curve", "truth")]
    known = words if drawn.truth is not None else words[:-1]
    notes = [
        note(*corner, text, role=role, shift=(6, -9 - 16 * row)) for row, (text, role) in enumerate(known)
    ]
    return traces, tuple(notes)


@lru_cache(maxsize=16)
def _errors_drawing(dealt: _Dealt, rule: str) -> Drawing:
    learned, scores = _learned(dealt.source), _scores(dealt)
    low, high = _error_range(dealt)
    first, last = _just_right(scores)
    chosen = _chosen(scores, rule)
    mean, error = scores.mean, scores.standard_error
    bottom, top = np.maximum(mean - error, low / 10), mean + error
    left, right = (SWEEP.axis.range[0] if first == 0 else _x(first) - 0.05), _x(last) + 0.05
    stroke = SWEEP.x[:2]
    traces = (
        band([left, right], [low, low], [high, high], name="just right", role="validation", panel=2, opacity=0.09),
        line(
            np.tile(np.append(SWEEP.x, np.nan), dealt.folds),
            np.insert(SWEEP.curve(scores.per_fold), len(SWEEP.x), np.nan, axis=1).ravel(),
            name="one fold", role="validation", panel=2, width=1, opacity=0.3, hover=None,
        ),
        band(stroke, bottom[[0, 0]], top[[0, 0]], name="± one standard error", role="validation", panel=2),
        band(SWEEP.x[3:], bottom[1:], top[1:], name="± one standard error", role="validation", panel=2),
        line(SWEEP.x, SWEEP.curve(learned.training), name="training error", role="training", panel=2),
        line(SWEEP.x, SWEEP.curve(mean), name="validation error", role="validation", panel=2, dash="dash"),
        _upright(_x(chosen), (low, high), name="chosen", role="validation", panel=2, dash="dot"),
        points([_x(chosen)], [mean[chosen]], name="chosen", role="validation", panel=2, symbol="star", size=13),
    )  # fmt: skip
    return traces, (*_zones((left, right), high), *_error_labels(dealt))


def _zones(just_right: tuple[float, float], high: float) -> list[Note]:
    """Return the names of the three zones, at the top of each that has room for its name."""
    ends = (SWEEP.axis.range[0], *just_right, SWEEP.axis.range[1])
    named = (("too<br>small", "muted"), ("just<br>right", "validation"), ("too<br>large", "muted"))
    return [
        note((start + end) / 2, high, text, role=role, panel=2, anchor="center", shift=(0, -18))
        for start, end, (text, role) in zip(ends[:-1], ends[1:], named, strict=True)
        if end - start > 1
    ]


def _error_labels(dealt: _Dealt) -> list[Note]:
    """Return the names of the two curves, where they rise again on the right, and what is off the chart at λ = 0."""
    learned, scores = _learned(dealt.source), _scores(dealt)
    high = _error_range(dealt)[1]
    level = np.sqrt(scores.mean[scores.best] * scores.mean[-1])

    def rises(errors: Floats) -> tuple[float, float]:
        reached = np.flatnonzero(errors[scores.best :] >= level)
        at = scores.best + int(reached[0]) if reached.size else len(LAMS) - 1
        return _x(at), float(errors[at])

    late = rises(learned.training)[0] > 0.6  # a name beside the curve would leave the chart
    side, shift = ("center", (0, -24)) if late else ("left", (10, -10))
    labels = [
        note(*rises(scores.mean), "validation", role="validation", panel=2, anchor="right", shift=(-6, 6)),
        note(*rises(learned.training), "training", role="training", panel=2, anchor=side, shift=shift),
    ]
    if scores.mean[0] > high:
        text = f"{number(scores.mean[0], 2)} ↑"
        labels.append(note(SWEEP.zero - 0.5, high, text, role="validation", panel=2, shift=(0, -8)))
    return labels


@lru_cache(maxsize=16)
def _choice_drawing(dealt: _Dealt, rule: str, *, asked: bool) -> Drawing:
    """Return the name of the choice or, when asked, a dot for each reshuffle's choice, the same ones in a column."""
    low, high = _error_range(dealt)
    own = _chosen(_scores(dealt), rule)
    chosen = (
        sorted(_chosen(scores, rule) for scores in _reshuffled(dealt.source, dealt.folds)) if asked else []
    )
    heights = [
        low * (high / low) ** (0.02 + 0.01 * (i - chosen.index(index))) for i, index in enumerate(chosen)
    ]
    dots = points(
        [_x(index) for index in chosen], heights,
        name="a reshuffle’s choice", role="validation", panel=2, size=4, hover=None,
    )  # fmt: skip
    words = f"{RESHUFFLES} reshuffles" if asked else "chosen"
    first, last = _x(min(chosen, default=own)), _x(max(chosen, default=own))
    x, anchor, shift = (last, "left", 6) if last < -0.5 else (first, "right", -6)
    name = note(x, low, words, role="validation", panel=2, anchor=anchor, shift=(shift, 9))
    return (dots,), (name,)


@lru_cache(maxsize=16)
def _test_drawing(dealt: _Dealt, rule: str, opened: int | None) -> Drawing:
    low, high = _error_range(dealt)
    if opened is None:
        left = _x(_chosen(_scores(dealt), rule)) > -5
        x, anchor = (SWEEP.axis.range[0], "left") if left else (SWEEP.axis.range[1], "right")
        words = "test error: locked<br>until you commit"
        shift = (5 if left else -5, 20)
        return (), (note(x, low, words, role="test", panel=2, anchor=anchor, shift=shift),)
    test = _learned(dealt.source).test
    best, seen = int(test.argmin()), int(np.argmax(test < 0.7 * high))
    x, high_side = _x(opened), _x(opened) > -4
    traces = (
        line(SWEEP.x, SWEEP.curve(test), name="test error", role="test", panel=2, dash="longdash", width=2),
        _upright(x, (low, high), name="your choice", role="test", panel=2, dash="longdashdot"),
        points(
            [_x(best)], [test[best]],
            name="best on the test set", role="test", panel=2, symbol="star-open", size=12,
        ),
        points(
            [x], [test[opened]],
            name="test error of your choice", role="test", panel=2, symbol="square", size=9,
        ),
    )  # fmt: skip
    notes = (
        note(_x(seen), test[seen], "test", role="test", panel=2, shift=(4, 10)),
        note(
            x, high, "your choice",
            role="test", panel=2, anchor="right" if high_side else "left", shift=(-5 if high_side else 5, -46),
        ),
    )  # fmt: skip
    return traces, notes


@lru_cache(maxsize=16)
def _weights_drawing(source: _Source) -> Drawing:
    coefs = _learned(source).path.coefs
    nothing = [np.full(1, np.nan)] * (MAX_DEGREE - source.degree)  # as many lines at every degree
    paths = [*(SWEEP.curve(weights) for weights in coefs.T), *nothing]
    traces = [
        _level(0, name="zero", panel=3, dash="solid"),
        *(
            line(
                SWEEP.x[: len(weights)], weights,
                name=f"weight of x to the power {power}", role="weight", panel=3, width=1.5, opacity=0.75,
            )
            for power, weights in enumerate(paths, 1)
        ),
    ]  # fmt: skip
    at = int(np.searchsorted(LAMS, 0.01))
    first, (right, reach) = float(coefs[at, 0]), (SWEEP.axis.range[1], _weight_range(source)[1])
    count = "one weight" if source.degree == 1 else f"{source.degree} weights"
    words = f"{count}; the largest<br>at λ = 0 is {number(float(np.abs(coefs[0]).max()))}"
    notes = (
        note(_x(at), first, "of x itself", role="weight", panel=3, shift=(6, 9 if first > 0 else -9)),
        note(right, -reach, words, role="muted", panel=3, anchor="right", shift=(-5, 18)),
    )
    return tuple(traces), notes


@lru_cache(maxsize=16)
def _freedom_drawing(source: _Source) -> Drawing:
    most = source.degree + 1
    traces = (
        _level(most, name="all parameters", panel=4),
        _level(1, name="the mean alone", panel=4),
        line(SWEEP.x, SWEEP.curve(_learned(source).df), name="degrees of freedom", role="fit", panel=4),
    )
    notes = (
        note(
            SWEEP.axis.range[1], most, f"all {most} parameters",
            role="muted", panel=4, anchor="right", shift=(-5, 9),
        ),
        note(SWEEP.zero, 1, "the mean alone", role="muted", panel=4, shift=(0, 9)),
    )  # fmt: skip
    return traces, notes


def _moving(dealt: _Dealt, at: int) -> tuple[Trace, ...]:
    """Return all that moves with λ."""
    learned, scores = _learned(dealt.source), _scores(dealt)
    low, high = _y_range(dealt.source)
    curve = learned.curve(at)
    beyond = [extreme for extreme in (curve.min(), curve.max()) if not low <= extreme <= high]
    leaves = f"leaves the chart, to {number(max(beyond, key=abs))}" if beyond else ""
    middle = float(np.mean(learned.sample.x_range))
    x = _x(at)

    def dot(panel: int, value: float, name: str, role: str) -> Trace:
        return points([x], [value], name=name, role=role, panel=panel, size=9)

    def marker(panel: int, ends: tuple[float, float]) -> Trace:
        return _upright(x, ends, name="λ", role="penalty", panel=panel)

    weights, drawable = learned.path.coefs[at], (6 * low - 5 * high, 6 * high - 5 * low)
    return (
        line(learned.sample.grid, np.clip(curve, *drawable), name="fit", role="fit"),
        tag([middle], [low], [leaves], role="fit", position="top center"),
        marker(2, _error_range(dealt)),
        dot(2, learned.training[at], "training error", "training"),
        dot(2, scores.mean[at], "validation error", "validation"),
        marker(3, _weight_range(dealt.source)),
        points([x] * len(weights), weights, name="weight", role="weight", panel=3, size=7),
        marker(4, _freedom_range(dealt.source)),
        dot(4, learned.df[at], "degrees of freedom", "fit"),
    )


def _upright(
    x: float, ends: tuple[float, float], *, name: str, role: str, panel: int, dash: str = "solid"
) -> Trace:
    """Return a line over the whole height of a panel."""
    return line([x, x], ends, name=name, role=role, panel=panel, dash=dash, width=1.5, hover=None)


def _level(y: float, *, name: str, panel: int, dash: str = "dot") -> Trace:
    """Return a line over the whole width of a panel whose x is λ."""
    return line(
        SWEEP.axis.range, [y, y], name=name, role="muted", panel=panel, dash=dash, width=1, hover=None
    )


def _readouts(dealt: _Dealt, at: int, rule: str, opened: int | None, *, asked: bool) -> tuple[Readout, ...]:
    learned, scores = _learned(dealt.source), _scores(dealt)
    chosen, unit = _chosen(scores, rule), _unit(dealt.source)
    test = None if opened is None else float(learned.test[opened])
    regret = None if test is None else test - float(learned.test.min())
    spread = _spread(dealt, rule) if asked else None

    def error(name: str, label: str, value: float | None, role: str) -> Readout:
        text = "locked" if value is None else number(value)
        return Readout(name, label, value, text, "" if value is None else unit, role)

    norm, df = float(learned.norm[at]), float(learned.df[at])
    return (
        error("train", "Training error", float(learned.training[at]), "training"),
        error("validation", "Validation error", float(scores.mean[at]), "validation"),
        Readout("norm", "Sum of squared weights", norm, number(norm), unit, "weight"),
        Readout("df", "Degrees of freedom", df, number(df), role="fit"),
        Readout("chosen", "λ that the folds choose", float(LAMS[chosen]), STRENGTHS[chosen].label, role="validation"),
        Readout(
            "spread", "Spread of 50 choices",
            spread, *(("not asked", "") if spread is None else (f"{spread:.1f}", "decades")), role="validation",
        ),
        error("test", "Test error of your choice", test, "test"),
        error("regret", "Regret", regret, "test"),
    )  # fmt: skip


def _spread(dealt: _Dealt, rule: str) -> float:
    """Return over how many decades of λ nine of ten reshuffles choose; an exact 0 counts as 10⁻⁹."""
    places = [_x(_chosen(scores, rule)) for scores in _reshuffled(dealt.source, dealt.folds)]
    low, high = np.percentile(places, [5, 95])
    return float(high - low)


def _summary(dealt: _Dealt, at: int, rule: str, opened: int | None) -> str:
    learned, scores = _learned(dealt.source), _scores(dealt)
    first, last = _just_right(scores)
    where = "too small" if at < first else "too large" if at > last else "just right"
    unit = f" {unit}" if (unit := _unit(dealt.source)) else ""
    words = (
        f"At λ = {STRENGTHS[at].label} the training error is {number(learned.training[at])}{unit} and the validation "
        f"error {number(scores.mean[at])}{unit}: {where} on this data, where the folds choose "
        f"{STRENGTHS[_chosen(scores, rule)].label}"
    )
    if opened is None:
        return f"{words}; the test set is locked."
    test = _learned(dealt.source).test
    regret = test[opened] - test.min()
    tested = f"has a test error of {number(test[opened])}{unit}, {number(regret)} above the best"
    return f"{words}; your choice, λ = {STRENGTHS[opened].label}, {tested}."


@lru_cache(maxsize=16)
def _table(dealt: _Dealt) -> Table:
    learned, scores = _learned(dealt.source), _scores(dealt)
    unit = f" ({unit})" if (unit := _unit(dealt.source)) else ""
    columns = (
        "λ",
        f"training error{unit}",
        f"validation error{unit}",
        "degrees of freedom",
        f"sum of squared weights{unit}",
    )
    shown = [0, *range(1, len(LAMS), 10)]
    rows = tuple(
        (
            STRENGTHS[i].label,
            *(number(float(v[i])) for v in (learned.training, scores.mean, learned.df, learned.norm)),
        )
        for i in shown
    )
    return Table(columns, rows)
