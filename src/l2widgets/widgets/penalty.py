"""What weights cost: six of them set by hand, and what a change of unit does to their price.

The reader should learn three things. The bill grows with the square, so that large weights are dear and tiny ones all
but free. Squares reward sharing: two copies of a feature are cheapest with half of the weight on each, where the sum of
magnitudes sees no difference. And the bill is in the features' units, so that a feature in millimetres escapes it
unless it is standardized.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from l2widgets import ridge
from l2widgets.draws import Draws
from l2widgets.figures import (
    Axis,
    Figure,
    Note,
    Panel,
    Readout,
    Table,
    Trace,
    bars,
    key,
    line,
    number,
    points,
    tag,
)
from l2widgets.spec import Choice, Point, Preset, Slider, Toggle, Widget, linear_stops, named_stops
from l2widgets.sweep import Sweep, strength_slider

type Floats = NDArray[np.float64]

FEATURES = ("area in m²", "area in square feet", "floor", "age", "street noise", "house number")
PLACES = (1.0, 2.0, 3.0, 4.0, 5.0, 6.0)

SPEC = Widget(
    name="penalty",
    title="The price list",
    question="How do you keep the fit and halve the bill?",
    caption=(
        "The yearly rent of eight flats, predicted by six standardized features, of which the first two are the same "
        "area. Set the weights yourself: pull at the bars. Beside them is what each pays by its square and by "
        "its magnitude, then the total loss. Or change the unit of one feature, and see what becomes of its price."
    ),
    controls=(
        strength_slider(-3, 2, default=0.1, help="The price of weight, from an exact 0."),
        Choice(
            name="view",
            label="What to change",
            stops=named_stops(weights="six weights", units="a unit"),
            default="weights",
        ),
        *(
            Slider(
                name=f"w{j}",
                label=feature[0].upper() + feature[1:],
                symbol=f"w_{j}",
                role="weight",
                unit="k€",
                stops=linear_stops(-2, 2, 0.1, decimals=1),
                default=default,
                when={"view": ("weights",)},
            )
            for j, (feature, default) in enumerate(
                zip(FEATURES, (1.8, 0, 0.6, -0.4, -0.2, 0), strict=True), 1
            )
        ),
        Toggle(
            name="answer",
            label="Show the weights of least total loss",
            help="The weights that ridge regression chooses at this λ.",
            when={"view": ("weights",)},
        ),
        Choice(
            name="unit",
            label="Length in",
            stops=named_stops(km="kilometres", m="metres", mm="millimetres"),
            default="m",
            when={"view": ("units",)},
        ),
        Toggle(
            name="standardize",
            label="Standardize both features",
            help="Divides each by its standard deviation before the weights are priced.",
            when={"view": ("units",)},
        ),
    ),
    held=tuple(Point(x=place, y=f"w{j}") for j, place in enumerate(PLACES, 1)),
    presets=(
        Preset("All weights at zero", {f"w{j}": 0 for j in range(1, 7)}),
        Preset("Half on each copy", {"w1": 0.9, "w2": 0.9}),
        Preset("The penalty’s own answer", {"answer": True}),
        Preset("Length in metres", {"view": "units", "lam": 1}),
        Preset("Length in millimetres", {"view": "units", "lam": 1, "unit": "mm"}),
        Preset("Standardized again", {"view": "units", "lam": 1, "unit": "mm", "standardize": True}),
    ),
)

SLACK, BUDGET = 0.10, 2.0
"""The puzzle: the data loss at most so much above the least possible, as a share of it, and Σw² under so many k€²."""

STRENGTHS = SPEC["lam"].stops
SWEEP = Sweep([float(stop.text) for stop in STRENGTHS], title="penalty strength λ", every=1)
LAMS = SWEEP.lams

UNITS = {"km": 0.001, "m": 1.0, "mm": 1000.0}
"""How many of each unit are a metre."""


def figure(
    *,
    lam: float,
    view: str,
    w1: float,
    w2: float,
    w3: float,
    w4: float,
    w5: float,
    w6: float,
    answer: bool,
    unit: str,
    standardize: bool,
) -> Figure:
    """Draw what six weights cost, or what one weight costs in another unit."""
    if view == "weights":
        return _six_weights(lam, np.array([w1, w2, w3, w4, w5, w6], dtype=np.float64), answer=answer)
    return _change_of_unit(lam, unit, standardize=standardize)


class _Bill(NamedTuple):
    """What a set of weights costs."""

    loss: float
    excess: float
    """How much of the least possible data loss it is above that."""
    penalty: float
    squares: float
    magnitudes: float

    @property
    def total(self) -> float:
        """Data loss and penalty together."""
        return self.loss + self.penalty


def _bill(X: Floats, y: Floats, w: Floats, lam: float) -> _Bill:
    """Return the bill for weights w (d,), the intercept being the best."""
    loss = _loss(X, y, w)
    least = _loss(X, y, ridge.fit(X, y, 0).coef)
    squares = float(w @ w)
    excess = (loss - least) / least
    return _Bill(loss, excess if excess > 1e-9 else 0.0, lam * squares, squares, float(np.abs(w).sum()))


def _loss(X: Floats, y: Floats, w: Floats) -> float:
    residuals = y - y.mean() - (X - X.mean(axis=0)) @ w
    return float(residuals @ residuals) / len(y)


# Six weights


@lru_cache(maxsize=1)
def _flats() -> tuple[Floats, Floats]:
    """Return six standardized features of eight flats (8, 6), and their rents in k€ a year (8,).

    Every feature is either high or low, in all combinations of three and in the products of those, so that no two are
    correlated, but for the area, which is there twice. Each weight then has a best place of its own.
    """
    a, b, c = np.array(np.meshgrid([-1.0, 1.0], [-1.0, 1.0], [-1.0, 1.0])).reshape(3, 8)
    X = np.column_stack([a, a, b, c, a * b, a * c])
    return X, 12 + 1.8 * a + 0.6 * b - 0.4 * c - 0.2 * a * b + b * c


def _six_weights(lam: float, w: Floats, *, answer: bool) -> Figure:
    X, y = _flats()
    bill = _bill(X, y, w, lam)
    cheapest = ridge.fit(X, y, lam).coef
    shown = cheapest if answer else None
    return Figure(
        panels=_weight_panels(answer=answer),
        traces=(*_weight_bars(w, shown, bill), *_bill_bars(w, bill), *_totals(bill, lam, shown)),
        notes=_weight_notes(answer=answer),
        summary=_weight_summary(bill),
        readouts=_readouts(
            bill,
            Readout("first", "Weight of the area in m²", float(w[0]), _round(w[0]), "k€", "weight"),
            Readout("second", "Weight of the area in ft²", float(w[1]), _round(w[1]), "k€", "weight"),
            Readout("verdict", "The puzzle", _verdict(bill), _verdict(bill)),
            unit="k€",
            priced_in="k€",
        ),
        table=Table(
            ("feature", "your weight w (k€)", "w² (k€²)", "|w| (k€)", "weight of least total loss (k€)"),
            tuple(
                (feature, _round(own), _round(own**2), _round(abs(own)), _round(best))
                for feature, own, best in zip(FEATURES, w, cheapest, strict=True)
            ),
        ),
        columns=3,
        heights=(290, 220),
    )


HIGHEST = 5.2
"""The largest total loss on the chart, in k€²; words stand above it."""


def _weight_panels(*, answer: bool) -> tuple[Panel, ...]:
    names = dict(zip(PLACES, ("m²", "ft²", "floor", "age", "noise", "no."), strict=True))
    sums = {1.0: "λΣw²", 2.0: "λΣ|w|"} | ({3.0: "least"} if answer else {})
    return (
        Panel(
            "Your six weights",
            Axis("feature", (0.4, 6.6), ticks=names),
            Axis("weight (k€ per deviation)", (-2.4, 2.4)),
        ),
        Panel(
            "The bill, before λ",
            Axis("feature", (0.4, 6.6), ticks=names),
            Axis("w² (k€²) and |w| (k€)", (0, 5.4)),
        ),
        Panel(
            "The total loss",
            Axis("data loss and which penalty", (0.4, len(sums) + 1.1), ticks=sums),
            Axis("loss (k€²)", (0, 1.25 * HIGHEST)),
        ),
    )


def _weight_bars(w: Floats, best: Floats | None, bill: _Bill) -> tuple[Trace, ...]:
    ends = 0.32 * np.array([-1.0, 1.0, np.nan])
    marks = () if best is None else (
        line(
            np.add.outer(PLACES, ends).ravel(), np.repeat(best, 3),
            name="least total loss", role="ink", width=2.5, hover=None,
        ),
    )  # fmt: skip
    above = [_round(value) if value >= 0 else "" for value in w]
    below = [_round(value) if value < 0 else "" for value in w]
    outer = w if best is None else np.where(w < 0, np.minimum(w, best), np.maximum(w, best))
    ends_at = outer + np.where(w < 0, -0.1, 0.1)
    return (
        line((0.4, 6.6), (0, 0), name="zero", role="muted", width=1, hover=None),
        bars(PLACES, 0, w, name="weight", role="weight", width=20),
        *marks,
        *(
            points([place], [weight], name=feature, role="weight", size=12, hover=None, held=j)
            for j, (place, weight, feature) in enumerate(zip(PLACES, w.tolist(), FEATURES, strict=True))
        ),
        tag(PLACES, ends_at, above, role="weight", position="top center"),
        tag(PLACES, ends_at, below, role="weight", position="bottom center"),
        tag([6.6], [2.15], ["✓ solved" if _solved(bill) else ""], role="ink", position="middle left"),
    )


def _bill_bars(w: Floats, bill: _Bill) -> tuple[Trace, ...]:
    sums = (
        (4.95, f"left: Σw² = {_round(bill.squares)} k€²", "penalty"),
        (4.5, f"right: Σ|w| = {_round(bill.magnitudes)} k€", "muted"),
    )
    return (
        bars(np.array(PLACES) - 0.17, 0, w**2, name="w²", role="penalty", panel=2, width=11),
        bars(np.array(PLACES) + 0.17, 0, np.abs(w), name="|w|", role="muted", panel=2, width=11),
        *(
            tag([6.6], [height], [words], role=role, panel=2, position="middle left")
            for height, words, role in sums
        ),
    )


def _totals(bill: _Bill, lam: float, best: Floats | None) -> tuple[Trace, ...]:
    """Return data loss and penalty on each other: by squares, by magnitudes, and for the best weights."""
    X, y = _flats()
    loss, paid = [bill.loss, bill.loss], [bill.penalty, lam * bill.magnitudes]
    if best is not None:
        least = _bill(X, y, best, lam)
        loss, paid = [*loss, least.loss], [*paid, least.penalty]
    ends, allowed = (0.4, len(loss) + 1.1), (1 + SLACK) * bill.loss / (1 + bill.excess)
    return (
        *_stacked(np.array(loss), np.array(paid), HIGHEST),
        line(ends, [allowed] * 2, name="allowed", role="loss", panel=3, dash="dash", width=1.5, hover=None),
        tag([ends[1]], [allowed], ["+10 %"], role="loss", panel=3, position="top left"),
    )


def _stacked(loss: Floats, paid: Floats, highest: float) -> tuple[Trace, ...]:
    """Return bars of data loss with the penalty on each, and the total above; what is off the chart says so."""
    places, total = np.arange(1.0, len(loss) + 1), loss + paid
    below, top = np.minimum(loss, highest), np.minimum(total, highest)
    words = [_round(value) + (" ↑" if value > highest else "") for value in total]
    return (
        bars(places, 0, below, name="data loss", role="loss", panel=3, width=34),
        bars(places, below, top, name="penalty", role="penalty", panel=3, width=34),
        tag(places, top, words, role="total", panel=3, position="top center"),
    )


@lru_cache(maxsize=2)
def _weight_notes(*, answer: bool) -> tuple[Note, ...]:
    words = (("━ least total loss", "ink"),) if answer else ()
    return (*key(*words, corner="bottom right"), *STACK_KEY)


STACK_KEY = key(("above: penalty", "penalty"), ("below: data loss", "loss"), panel=3, corner="top right")


def _solved(bill: _Bill) -> bool:
    return _near(bill) and _cheap(bill)


def _near(bill: _Bill) -> bool:
    return bill.excess <= SLACK + 1e-9  # the stops are tenths, which add up to 10 % but for rounding


def _cheap(bill: _Bill) -> bool:
    return bill.squares < BUDGET - 1e-9


def _verdict(bill: _Bill) -> str:
    if _solved(bill):
        return "solved"
    wrong = ["too dear"] * (not _cheap(bill)) + ["too far from the data"] * (not _near(bill))
    return " and ".join(wrong)


def _weight_summary(bill: _Bill) -> str:
    verdict = "which solves the puzzle" if _solved(bill) else f"{_verdict(bill)} for the puzzle"
    return (
        f"The data loss is {_round(bill.loss)} k€², {_percent(bill.excess)} above the least possible, and the sum of "
        f"squares {_round(bill.squares)} k€², {verdict}; with the penalty the total is {_round(bill.total)} k€²."
    )


# A change of unit


class _Priced(NamedTuple):
    """Ridge with length in some unit, at every λ."""

    coefs: Floats
    """The weights as they are priced, (k, 2)."""
    per_metre: Floats
    """The same weights for features in metres, (k, 2)."""


@lru_cache(maxsize=1)
def _gardens() -> tuple[Floats, Floats]:
    """Return length and width of fifty gardens in metres (50, 2), and the prices of their walls in k€ (50,).

    Both vary by a metre, their correlation is 0, and least squares finds exactly 16/15 and 1.
    """
    deviates = Draws(0).standard_normal((3, 50))
    columns: list[Floats] = []
    for deviate in deviates:  # each without what it shares with those before it
        left = deviate - deviate.mean()
        for column in columns:
            left = left - (left @ column) / 50 * column
        columns.append(left / left.std())
    length, width, noise = columns
    X = np.column_stack([10 + length, 6 + width])
    return X, X @ [16 / 15, 1.0] + 0.5 * noise


@lru_cache(maxsize=8)
def _priced(unit: str, *, standardize: bool) -> _Priced:
    X, y = _gardens()
    scale = np.array([UNITS[unit], 1.0])
    if standardize:
        scale = scale / ridge.standardize(X * scale).scale
    coefs = ridge.path(X * scale, y, LAMS).coefs
    return _Priced(coefs, coefs * scale)


def _change_of_unit(lam: float, unit: str, *, standardize: bool) -> Figure:
    X, y = _gardens()
    at = SPEC["lam"].index(lam)
    bills = {}
    for name in UNITS:
        priced = _priced(name, standardize=standardize)
        bill = _bill(X, y, priced.per_metre[at], 0)
        squares = float(priced.coefs[at] @ priced.coefs[at])
        magnitudes = float(np.abs(priced.coefs[at]).sum())
        bills[name] = bill._replace(penalty=lam * squares, squares=squares, magnitudes=magnitudes)
    priced = _priced(unit, standardize=standardize)
    length, width = (float(weight) for weight in priced.per_metre[at])
    charge = _charge(unit, standardize=standardize)
    return Figure(
        panels=_unit_panels(unit),
        traces=(
            *_ways(priced, at),
            *_charges(lam * priced.coefs[at] ** 2),
            *_stacked(
                np.array([bill.loss for bill in bills.values()]),
                np.array([bill.penalty for bill in bills.values()]),
                WALLS,
            ),
        ),
        notes=(*key(("━ length", "weight"), ("╌ width", "weight"), corner="bottom left"), *STACK_KEY),
        summary=(
            f"With length in {SPEC['unit'].stop(unit).label}{' and standardized' if standardize else ''}, λ = "
            f"{SPEC['lam'].stop(lam).label} charges its weight {charge}: it is {_round(length)} k€/m, and "
            f"that of width {_round(width)} k€/m."
        ),
        readouts=_readouts(
            bills[unit],
            Readout("first", "Weight of length, per metre", length, _round(length), "k€/m", "weight"),
            Readout("second", "Weight of width, per metre", width, _round(width), "k€/m", "weight"),
            Readout("verdict", "Length is charged", charge, charge),
            unit="k€",
        ),
        table=Table(
            (
                "length in",
                "its weight as priced",
                "its weight (k€/m)",
                "width’s weight (k€/m)",
                "data loss (k€²)",
                "penalty (k€²)",
            ),
            tuple(
                (
                    SPEC["unit"].stop(name).label,
                    number(float(_priced(name, standardize=standardize).coefs[at, 0])),
                    *(_round(w) for w in _priced(name, standardize=standardize).per_metre[at]),
                    _round(bill.loss),
                    number(bill.penalty),
                )
                for name, bill in bills.items()
            ),
        ),
        columns=3,
        heights=(290, 220),
    )


WALLS = 2.5
"""The largest total loss of the gardens on the chart, in k€²."""


@lru_cache(maxsize=4)
def _unit_panels(unit: str) -> tuple[Panel, ...]:
    units = {
        i: f"<b>{name}</b>" if name == unit else name for i, name in zip((1.0, 2.0, 3.0), UNITS, strict=True)
    }
    return (
        Panel(
            "Both weights, at every λ",
            SWEEP.axis,
            Axis("weight (k€ per metre)", (0, 1.3)),
        ),
        Panel(
            "What each pays",
            Axis("feature", (0.4, 2.6), ticks={1.0: "length", 2.0: "width"}),
            Axis("λw², w as priced", (0, 0.36)),
        ),
        Panel(
            "The total loss",
            Axis("unit of length", (0.4, 3.6), ticks=units),
            Axis("loss (k€²)", (0, 1.25 * WALLS)),
        ),
    )


def _charge(unit: str, *, standardize: bool) -> str:
    """Say what a weight of length, in the same units, pays in comparison with one of width."""
    if standardize or unit == "m":
        return "as much as width’s"
    return "a million times more than width’s" if unit == "km" else "a millionth of width’s"


def _ways(priced: _Priced, at: int) -> tuple[Trace, ...]:
    """Return both weights over all λ, and where they are now."""
    x = SWEEP.place(LAMS[at])
    weights = priced.per_metre[at]

    def way(weight: Floats, name: str, dash: str) -> Trace:
        return line(SWEEP.x, SWEEP.curve(weight), name=name, role="weight", dash=dash)

    length, width = priced.per_metre.T
    return (
        line([x, x], (0, 1.3), name="λ", role="penalty", width=1.5, hover=None),
        way(length, "length", "solid"),
        way(width, "width", "dash"),
        points([x, x], weights, name="weight", role="weight", size=9),
    )


def _charges(paid: Floats) -> tuple[Trace, ...]:
    words = [_round(value) if value >= 0.005 or value == 0 else number(value) for value in paid.tolist()]
    return (
        bars([1, 2], 0, paid, name="λw²", role="penalty", panel=2, width=44),
        tag([1, 2], paid, words, role="penalty", panel=2, position="top center"),
    )


# Both


def _readouts(bill: _Bill, *own: Readout, unit: str, priced_in: str = "") -> tuple[Readout, ...]:
    return (
        Readout("data_loss", "Data loss", bill.loss, _round(bill.loss), f"{unit}²", "loss"),
        Readout("excess", "Above the least possible", bill.excess, _percent(bill.excess), role="loss"),
        Readout("penalty", "Penalty λΣw²", bill.penalty, _round(bill.penalty), f"{unit}²", "penalty"),
        Readout("total", "Total loss", bill.total, _round(bill.total), f"{unit}²", "total"),
        Readout(
            "squares",
            "Sum of squares Σw²",
            bill.squares,
            _round(bill.squares),
            priced_in and f"{priced_in}²",
            "penalty",
        ),
        Readout("magnitudes", "Sum of magnitudes Σ|w|", bill.magnitudes, _round(bill.magnitudes), priced_in),
        *own,
    )


def _percent(share: float) -> str:
    percent = 100 * share
    return f"{percent:,.0f} %" if percent >= 9.95 or percent == 0 else f"{percent:.1f} %"


def _round(value: float) -> str:
    """Return a number to two decimals, or to two digits where that is less; round numbers stay round."""
    if abs(value) < 1e-12:
        return "0"
    text = f"{value:.2f}" if abs(value) >= 0.1 else f"{value:.2g}"
    text = f"{float(text):g}"
    return number(value) if "e" in text else text.replace("-", "−")
