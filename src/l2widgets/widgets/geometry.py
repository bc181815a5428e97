"""The point where an ellipse of the data loss touches a circle of the penalty.

The reader should learn three things. A price on weight and a budget of weight are two names for one choice, since every
λ leaves weights of one length. The best weights within a budget lie where the circle touches an ellipse, as the loss
could still be lowered along the circle where they cross. And the path there bends: a single weight may grow or change
its sign while the length only falls.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from l2widgets import plane, quadratic
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
    number,
    points,
    tag,
)
from l2widgets.spec import (
    Choice,
    Point,
    Preset,
    Slider,
    Toggle,
    Widget,
    listed_stops,
    named_stops,
)
from l2widgets.sweep import Sweep, strength_slider

type Floats = NDArray[np.float64]

ANSWERED = ("shrinks", "grows", "flips", "skip")
"""The bets that let the reader see the answer."""

SPEC = Widget(
    name="geometry",
    title="The budget circle",
    question="The price of weight rises from zero. What will the second weight do?",
    caption=(
        "The plane of weights: ellipses join the pairs of equal data loss, and the circle holds all pairs whose length "
        "is within the budget t. Beside it, the length of the best weights at every price λ, and each of them alone. "
        "Take hold of w*, which is what the data wants."
    ),
    controls=(
        strength_slider(-3, 2, default=0.1, help="The price of weight.", shared="plane.lam"),
        Slider(
            name="t",
            link="lam",
            label="Budget",
            symbol="t",
            role="penalty",
            stops=listed_stops(*(twentieths / 20 for twentieths in range(1, 94))),
            default=None,
            help="How long the weights may be. Every price leaves one length, so this is λ by another name.",
        ),
        Choice(
            name="bet",
            label="Your bet: what the second weight does while λ rises from 0",
            stops=named_stops(
                open="no bet yet",
                shrinks="it only shrinks",
                grows="it grows first",
                flips="it changes sign",
                skip="just show me",
            ),
            default="open",
        ),
        Slider(
            name="w1",
            label="Data’s first weight",
            symbol="w_1^{*}",
            role="loss",
            stops=listed_stops(*(tenths / 10 for tenths in range(-20, 43))),
            default=3,
            help="What the data wants; or take hold of w* in the plane.",
        ),
        Slider(
            name="w2",
            label="Data’s second weight",
            symbol="w_2^{*}",
            role="loss",
            stops=listed_stops(*(tenths / 10 for tenths in range(-20, 21))),
            default=-1,
        ),
        replace(plane.CORRELATION, default=0.9),
        plane.VARIANCE,
        Toggle(
            name="path",
            label="The whole path",
            when={"bet": ANSWERED},
            help="Where the solution is at every λ, from w* to the origin.",
        ),
        Toggle(
            name="axes",
            label="The ellipse’s axes",
            when={"bet": ANSWERED},
            help="Along each of them every λ keeps a fixed share of w*.",
        ),
        Toggle(
            name="l1",
            label="L1’s diamond",
            when={"bet": ANSWERED},
            help="The same budget for |w₁| + |w₂|.",
        ),
    ),
    held=(Point(x="w1", y="w2"),),
    presets=(
        Preset("It changes sign", {"lam": 0.2, "bet": "skip", "path": True}),
        Preset("It grows first", {"w1": 2, "w2": 0.5, "lam": 0.2, "bet": "skip", "path": True}),
        Preset("A straight ray", {"rho": 0, "lam": 0.5, "bet": "skip", "path": True}),
        Preset("Along the axes", {"w1": 2.5, "w2": 0.5, "rho": 0.6, "lam": 0.4, "bet": "skip", "axes": True}),
        Preset(
            "A corner of L1",
            {"w1": 2.5, "w2": 1.6, "rho": 0, "variance": 0.5, "t": 1.5, "bet": "skip", "l1": True},
        ),
    ),
)

SWEEP = Sweep([float(stop.text) for stop in SPEC["lam"].stops], every=1)

X_RANGE, Y_RANGE = (-2.9, 4.4), (-3.0, 2.4)
"""The plane, in the shape of its panel."""

WEIGHT_RANGE = (-2.6, 4.7)

SMOOTH = 145
"""Of how many points a circle or ellipse is made that is drawn boldly."""

BENDS = np.concatenate([[0.0], np.geomspace(1e-3, 1e3, 61), [1e12]])
"""The λ at which the path in the plane is computed."""

TURNS = {
    "shrinks": (),
    "grows": (("○ w₂ is farthest out", "ink"),),
    "flips": (("○ w₂ is zero", "ink"),),
}
"""What is marked on the second weight's curve."""

SKETCHES = {"shrinks": (1.0, 0.8, 0.45), "grows": (1.0, 1.35, 1.7), "flips": (1.0, 0.2, -0.6)}
"""A bet as a line that anybody might draw: shares of w₂*."""
SKETCH_X = np.array([SWEEP.zero + 0.25, -3.0, -2.0])


def figure(
    *,
    lam: float,
    t: float | None,
    bet: str,
    w1: float,
    w2: float,
    rho: float,
    variance: float,
    path: bool,
    axes: bool,
    l1: bool,
) -> Figure:
    """Draw the circle of the budget and, once the reader has bet, the ellipse that touches it."""
    told = bet != "open"
    bowl = _Bowl(w1, w2, rho, variance)
    at = _Place(bowl, lam, t)
    return Figure(
        panels=(
            Panel("The plane of weights", Axis("w₁", X_RANGE), Axis("w₂", Y_RANGE), equal=True),
            Panel("The weights at every λ", SWEEP.axis, Axis("weight, and length (no unit)", WEIGHT_RANGE)),
        ),
        traces=(
            *_valley(bowl),
            *_eigen(at, shown=told and axes),
            _path(bowl, shown=told and path),
            *_diamond(at, shown=told and l1),
            *_touch(at, shown=told),
            *_course(bowl, shown=told),
            *_bet(bet, w2),
            *_marks(at, shown=told),
        ),
        notes=_notes(bowl, told=told, l1=told and l1),
        summary=_summary(bowl, at, bet, l1=told and l1),
        readouts=_readouts(bowl, at, bet, l1=told and l1),
        table=_table(bowl, told=told),
        heights=(303, 217),
        linked=at.standing,
    )


class _Bowl(NamedTuple):
    """What the data wants, and how steeply the loss rises from there in each direction."""

    w1: float
    w2: float
    rho: float
    variance: float

    @property
    def star(self) -> Floats:
        """The minimizer w* of the data loss, (2,)."""
        return np.array([self.w1, self.w2], dtype=np.float64)

    @property
    def moments(self) -> Floats:
        """The features' second moments S, (2, 2)."""
        return quadratic.second_moments(self.rho, self.variance)

    @property
    def course(self) -> quadratic.Course:
        """What the second weight does while λ rises from 0."""
        return quadratic.course(self.moments, self.star, 1)

    @property
    def does(self) -> str:
        """The same in words."""
        kind, turn = self.course
        if turn is None:
            return "only shrinks" if self.w2 else "stays at zero"
        return f"{'changes sign at' if kind == 'flips' else 'grows until'} λ\u00a0=\u00a0{number(turn)}"


class _Place:
    """Where the reader's price, or budget, leads in a bowl."""

    def __init__(self, bowl: _Bowl, lam: float, t: float | None) -> None:
        self.star, self.moments = bowl.star, bowl.moments
        self.lam = lam if t is None else quadratic.price(self.moments, self.star, t)
        self.budget = float(np.hypot(*self.weights)) if t is None else t

    @cached_property
    def standing(self) -> dict[str, tuple[int, str]]:
        """Where the two linked sliders stand."""
        return SPEC.linked(lam=self.lam, t=self.budget)

    @cached_property
    def weights(self) -> Floats:
        """The minimizer ŵ, which without a price is w* to the last digit."""
        if self.lam == 0:
            return self.star
        found: Floats = quadratic.minimizer(self.moments, self.star, self.lam)[0]
        return found

    @cached_property
    def sparse(self) -> Floats:
        """The best weights within L1's diamond of the same budget."""
        return quadratic.l1_minimizer(self.moments, self.star, self.budget)

    @property
    def loss(self) -> float:
        """The data loss above its least."""
        return self.loss_at(self.weights)

    def loss_at(self, w: Floats) -> float:
        """Return the data loss above its least, of which rounding may leave less than nothing next to w*."""
        return max(float(quadratic.loss(self.moments, self.star, w)), 0.0)

    @property
    def spare(self) -> bool:
        """Whether the budget is more than w* needs."""
        return self.budget > float(np.hypot(*self.star)) + 1e-9

    @cached_property
    def axes(self) -> quadratic.Axes:
        """The axes of the ellipses."""
        return quadratic.axes(self.moments)

    @property
    def kept(self) -> Floats:
        """The share of w* that is left along each axis, (2,)."""
        shares: Floats = self.axes.variances / (self.axes.variances + self.lam)
        return shares


def _x(lam: float) -> float:
    """Return where the axis of λ shows this λ, which for a given budget may lie between its stops."""
    low, high = SWEEP.zero + 0.5, SWEEP.axis.range[1]
    return min(max(SWEEP.place(lam), low), high) if lam > 0 else SWEEP.zero


@lru_cache(maxsize=32)
def _valley(bowl: _Bowl) -> tuple[Trace, ...]:
    """Return the lines of equal data loss, and the origin."""
    return plane.ellipses(bowl.moments, bowl.star), plane.origin()


def _eigen(at: _Place, *, shown: bool) -> tuple[Trace, ...]:
    """Return how far w* goes along each axis of the ellipses, and how much of that is kept."""
    directions = at.axes.directions.T if shown else np.full((2, 2), np.nan)
    whole = (directions @ at.star)[:, None] * directions
    kept = at.kept[:, None] * whole
    plumbs = [np.stack([0 * end, end, at.star]) for end in whole]
    words = [f"{_percent(share)} kept" if shown else "" for share in at.kept]
    return (
        line(*plane.joined(plumbs), name="w* along the axes", role="loss", width=1.5, dash="dot", hover=None),
        line(
            *plane.joined([np.stack([0 * end, end]) for end in kept]),
            name="kept along the axes", role="weight", width=4, hover=None,
        ),
        tag(kept[:, 0], kept[:, 1], words, role="weight", position=("top left", "bottom left")),
    )  # fmt: skip


@lru_cache(maxsize=32)
def _path(bowl: _Bowl, *, shown: bool) -> Trace:
    """Return where the solution is at every λ."""
    way = quadratic.minimizer(bowl.moments, bowl.star, BENDS) if shown else np.full((1, 2), np.nan)
    return line(way[:, 0], way[:, 1], name="path of the solution", role="weight", width=1.5, hover=None)


def _diamond(at: _Place, *, shown: bool) -> tuple[Trace, ...]:
    """Return L1's diamond of the same budget, the ellipse that touches L1’s, and where."""
    edge = touching = np.full((1, 2), np.nan)
    corner = np.full(2, np.nan)
    if shown:
        edge = at.budget * np.array([[1, 0], [0, 1], [-1, 0], [0, -1], [1, 0]])
        corner = at.sparse
        touching = _through(at, corner)
    return (
        line(edge[:, 0], edge[:, 1], name="L1’s budget", role="penalty", dash="dash", width=2, hover=None),
        line(*touching.T, name="ellipse that touches L1’s", role="loss", dash="dash", width=1.5, hover=None),
        points(
            corner[:1], corner[1:],
            name="L1’s solution", role="weight", symbol="diamond-open", size=13, hover="(%{x:.3~g}, %{y:.3~g})",
        ),
    )  # fmt: skip


def _through(at: _Place, w: Floats) -> Floats:
    """Return the ellipse of equal data loss through some weights."""
    return quadratic.level_line(at.moments, at.star, at.loss_at(w), SMOOTH)


def _touch(at: _Place, *, shown: bool) -> tuple[Trace, ...]:
    """Return the budget's circle, the ellipse that touches it and the point where it does, and w*."""
    circle = quadratic.level_line(np.eye(2), np.zeros(2), at.budget**2, SMOOTH)
    ellipse = _through(at, at.weights) if shown else np.full((1, 2), np.nan)
    found = at.weights if shown else np.full(2, np.nan)
    return (
        line(circle[:, 0], circle[:, 1], name="budget", role="penalty", width=3, hover=None, smooth=True),
        line(
            ellipse[:, 0], ellipse[:, 1],
            name="ellipse that touches it", role="loss", width=3, hover=None, smooth=True,
        ),
        points(
            at.star[:1], at.star[1:],
            name="what the data wants, w*", role="loss", symbol="x", size=13, hover="(%{x}, %{y})", held=0,
        ),
        points(
            found[:1], found[1:],
            name="the solution ŵ", role="weight", size=12, hover="(%{x:.3~g}, %{y:.3~g})",
        ),
    )  # fmt: skip


@lru_cache(maxsize=32)
def _course(bowl: _Bowl, *, shown: bool) -> tuple[Trace, ...]:
    """Return the length at every λ and, once the reader has bet, both weights and where the second one turns."""
    S, star, course = bowl.moments, bowl.star, bowl.course
    weights = quadratic.minimizer(S, star, SWEEP.lams)
    told = weights if shown else np.full_like(weights, np.nan)
    x = y = np.nan
    if shown and course.turn is not None:
        there = quadratic.minimizer(S, star, course.turn)[0, 1]
        x, y = _x(course.turn), 0.0 if course.kind == "flips" else float(there)
    return (
        line(SWEEP.axis.range, [0, 0], name="zero", role="muted", panel=2, width=1, hover=None),
        line(
            SWEEP.x, SWEEP.curve(np.hypot(*weights.T)), name="length t", role="penalty", panel=2, dash="dot"
        ),
        line(SWEEP.x, SWEEP.curve(told[:, 0]), name="w₁", role="weight", panel=2, dash="dash", width=2),
        line(SWEEP.x, SWEEP.curve(told[:, 1]), name="w₂", role="weight", panel=2, width=3),
        points([x], [y], name="w₂ turns", role="ink", panel=2, symbol="circle-open", size=11),
    )


def _bet(bet: str, w2: float) -> tuple[Trace, ...]:
    """Return the reader's bet as a sketch, which stays beside the answer."""
    shares = np.array(SKETCHES.get(bet, (np.nan,) * 3))
    y = shares * (w2 or 1.0)  # from nothing, anything can only grow
    return (
        line(SKETCH_X, y, name="your bet", role="ink", panel=2, dash="dashdot", width=1.5, hover=None),
        tag(
            SKETCH_X[-1:], y[-1:], ["your bet" if bet in SKETCHES else ""],
            role="ink", panel=2, position="top center",
        ),
    )  # fmt: skip


def _marks(at: _Place, *, shown: bool) -> tuple[Trace, ...]:
    """Return λ's marks among the curves."""
    x = _x(at.lam)

    def dot(value: float, name: str, role: str, symbol: str) -> Trace:
        return points([x], [value], name=name, role=role, panel=2, symbol=symbol, size=10)

    first, second = at.weights if shown else (np.nan, np.nan)
    return (
        line([x, x], WEIGHT_RANGE, name="λ", role="penalty", panel=2, width=1.5, hover=None),
        dot(float(np.hypot(*at.weights)), "length t", "penalty", "square"),
        dot(first, "w₁", "weight", "diamond"),
        dot(second, "w₂", "weight", "circle"),
    )


def _notes(bowl: _Bowl, *, told: bool, l1: bool) -> tuple[Note, ...]:
    plane_key = [("circle: the budget t", "penalty"), ("ellipses: equal data loss", "loss")]
    if told:
        plane_key.append(("● where they touch, ŵ", "weight"))
    if l1:
        plane_key.append(("╌ ◇ the same for L1", "penalty"))
    curves = [("┄ the length t", "penalty")]
    if told:
        curves += [("╌ w₁", "weight"), ("━ w₂", "weight"), *TURNS[bowl.course.kind]]
    else:
        curves.append(("w₁, w₂: bet first", "muted"))
    return (
        *key(*plane_key, corner="bottom left"),
        *key(*curves, panel=2, corner="top right"),
    )


def _percent(share: float) -> str:
    """Return a share in per cent, as few digits as tell it from none and from all."""
    if 0.995 <= share < 1 or 0 < share < 0.095:
        return f"{number(100 * share, 3 if share > 0.5 else 1)} %"
    return f"{100 * share:.0f} %"


def _weight(value: float) -> str:
    """Return a weight to two decimals; only an exact zero is "0"."""
    return f"{value:z.2f}".replace("-", "−") if value else "0"


def _pair(w: Floats) -> str:
    return f"({_weight(float(w[0]))}, {_weight(float(w[1]))})"


def _readouts(bowl: _Bowl, at: _Place, bet: str, *, l1: bool) -> tuple[Readout, ...]:
    told = bet != "open"

    def hidden(name: str, label: str, value: float | str | None, text: str, role: str) -> Readout:
        return Readout(name, label, value if told else None, text if told else "hidden", role=role)

    return (
        Readout("lam", "Price λ", at.lam, at.standing["lam"][1], role="penalty"),
        Readout("t", "Budget t", at.budget, at.standing["t"][1], role="penalty"),
        hidden("w1", "First weight", float(at.weights[0]), _weight(float(at.weights[0])), "weight"),
        hidden("w2", "Second weight", float(at.weights[1]), _weight(float(at.weights[1])), "weight"),
        hidden("loss", "Data loss above its least", at.loss, number(at.loss), "loss"),
        hidden("does", "While λ rises, w₂", bowl.does, bowl.does, "weight"),
        Readout("bet", "Your bet", *((bet, SPEC["bet"].stop(bet).label) if bet in SKETCHES else (None, "none"))),
        Readout("steep", "Kept along the steep axis", float(at.kept[0]), _percent(at.kept[0]), role="weight"),
        Readout("flat", "Kept along the flat axis", float(at.kept[1]), _percent(at.kept[1]), role="weight"),
        Readout(
            "l1", "L1 at this budget", _pair(at.sparse) if l1 else None, _pair(at.sparse) if l1 else "not shown",
            role="weight",
        ),
    )  # fmt: skip


def _summary(bowl: _Bowl, at: _Place, bet: str, *, l1: bool) -> str:
    price, budget = (f"{symbol} = {at.standing[name][1]}" for name, symbol in (("lam", "λ"), ("t", "t")))
    start = f"The price {price} leaves a budget of {budget}"
    if at.spare:
        start = f"The budget {budget} is more than w* needs, so the price is {price}"
    if bet == "open":
        return f"{start}; bet on what the second weight does while λ rises, to see where ellipse and circle touch."
    place = (
        "and the solution is w* itself"
        if at.lam == 0
        else f"and an ellipse touches its circle at {_pair(at.weights)}"
    )
    sparse = f"; L1 would be at {_pair(at.sparse)}" if l1 else ""
    return f"{start}, {place}; while λ rises from 0, the second weight {bowl.does}{sparse}."


@lru_cache(maxsize=32)
def _table(bowl: _Bowl, *, told: bool) -> Table:
    rows = []
    for stop in (SPEC["lam"].stops[0], *SPEC["lam"].stops[1::5]):
        at = _Place(bowl, float(stop.text), None)
        hidden = (*(_weight(float(w)) for w in at.weights), number(at.loss)) if told else ("hidden",) * 3
        rows.append((stop.label, number(at.budget), *hidden))
    return Table(
        ("price λ", "budget t", "first weight", "second weight", "data loss above its least"), tuple(rows)
    )
