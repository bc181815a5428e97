"""Two forces on one point of the plane of weights.

The reader should learn three things. The penalty's pull points to the origin and is as long as the weights are, so
that near zero nothing is left of it. Training rests not where the data's gradient is zero but where the two pulls
cancel. And where that is follows from how curved the data's valley is in each direction.
"""

from __future__ import annotations

from functools import lru_cache
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
    note,
    number,
    points,
    tag,
)
from l2widgets.spec import (
    Commit,
    Point,
    Preset,
    Slider,
    Toggle,
    Widget,
    listed_stops,
)
from l2widgets.sweep import strength_slider

type Floats = NDArray[np.float64]

W_STAR = np.array([3.0, 1.5])
"""The weights that the data wants."""

SPEC = Widget(
    name="gradient",
    title="Tug of war",
    question="Where do the pull of the data and the pull of the penalty cancel?",
    caption=(
        "Every point of the plane is a pair of weights: ellipses around w*, which the data wants, join the pairs of "
        "equal data loss, circles around zero those of equal penalty; the closer the lines, the steeper. Beside it, "
        "how strong both pulls are on the straight way from the origin through your point."
    ),
    controls=(
        strength_slider(
            -3,
            1,
            default=0.5,
            help="The price of weight: the penalty’s pull is 2λw, towards zero.",
            shared="plane.lam",
        ),
        Slider(
            name="w1",
            label="First weight",
            symbol="w_1",
            role="weight",
            stops=listed_stops(*(twentieths / 20 for twentieths in range(-20, 81))),
            default=0.9,
            help="Or take hold of the point in the plane.",
        ),
        Slider(
            name="w2",
            label="Second weight",
            symbol="w_2",
            role="weight",
            stops=listed_stops(*(twentieths / 20 for twentieths in range(-20, 53))),
            default=2,
        ),
        Commit(
            name="bet1",
            of="w1",
            label="Bet that they cancel here",
            undo="Take the bet back",
            role="weight",
            help="Put the point where you expect it; the bet stays there, and the pulls appear.",
        ),
        Commit(name="bet2", of="w2", label="Bet that they cancel here", joins="bet1"),
        Toggle(
            name="pulls",
            label="Show the pulls",
            help="Without a bet.",
            when={"bet1": (None,)},
        ),
        plane.CORRELATION,
        plane.VARIANCE,
    ),
    held=(Point(x="w1", y="w2"),),
    presets=(
        Preset("They cancel", {"lam": 0.5, "w1": 2, "w2": 1, "pulls": True}),
        Preset("What the data wants", {"lam": 0.5, "w1": 3, "w2": 1.5, "pulls": True}),
        Preset("Next to zero", {"lam": 0.5, "w1": 0.1, "w2": 0.05, "pulls": True}),
        Preset("A flat direction", {"lam": 0.2, "w1": 2.5, "w2": 0.5, "variance": 0.1, "pulls": True}),
        Preset("Correlated features", {"lam": 0.1, "w1": 2.7, "w2": 1.7, "rho": 0.8, "pulls": True}),
    ),
)

X_RANGE, Y_RANGE = (-1.1, 4.2), (-1.2, 2.7)
"""A unit is as long across as upwards, so that circles are round."""

FAR = 5.0
"""How far from the origin the second panel reaches."""

STRONG = 6.0
"""The strongest pull that the second panel shows."""

ARROW = 0.3
"""How long an arrow is for each unit of its pull."""


def figure(
    *,
    lam: float,
    w1: float,
    w2: float,
    bet1: float | None,
    bet2: float | None,
    pulls: bool,
    rho: float,
    variance: float,
) -> Figure:
    """Draw the pulls on the point (w1, w2), and along the straight way to it, once the reader has bet or asked."""
    at = _Place(lam, w1, w2, rho, variance)
    bet = None if bet1 is None or bet2 is None else at._replace(w1=bet1, w2=bet2)
    pulls = pulls or bet is not None
    return Figure(
        panels=(
            Panel("The plane of weights", Axis("w₁", X_RANGE), Axis("w₂", Y_RANGE)),
            Panel(
                "How strong the pulls are",
                Axis("distance from the origin, through your point", (0, FAR)),
                Axis("strength of the pull", (0, STRONG)),
            ),
        ),
        traces=(
            _hill(lam),
            *_valley(rho, variance),
            *_forces(at, pulls=pulls),
            *_bet(bet),
            _point(at),
            *_strengths(at, pulls=pulls),
        ),
        notes=_notes(at, pulls=pulls),
        summary=_summary(at, bet, pulls=pulls),
        readouts=_readouts(at, bet, pulls=pulls),
        table=_table(at, bet, pulls=pulls),
        heights=(300, 215),
    )


class _Place(NamedTuple):
    """Where the reader's point is, and in which landscape."""

    lam: float
    w1: float
    w2: float
    rho: float
    variance: float

    @property
    def w(self) -> Floats:
        return np.array([self.w1, self.w2])

    @property
    def moments(self) -> Floats:
        return quadratic.second_moments(self.rho, self.variance)

    @property
    def data(self) -> Floats:
        """The data's pull, downhill."""
        return -quadratic.data_gradient(self.moments, W_STAR, self.w)

    @property
    def penalty(self) -> Floats:
        """The penalty's pull, towards zero."""
        return -2 * self.lam * self.w

    @property
    def rest(self) -> float:
        """How strong both pulls are together."""
        return _rounded(float(np.hypot(*(self.data + self.penalty))))

    @property
    def balance(self) -> Floats:
        """Where both cancel."""
        found: Floats = quadratic.minimizer(self.moments, W_STAR, self.lam)[0]
        return found


@lru_cache(maxsize=64)
def _valley(rho: float, variance: float) -> tuple[Trace, ...]:
    """Return what no λ moves: the lines of equal data loss, and the two centres."""
    S = quadratic.second_moments(rho, variance)
    return (
        plane.ellipses(S, W_STAR),
        plane.origin(),
        points(
            W_STAR[:1], W_STAR[1:],
            name="what the data wants, w*", role="loss", symbol="x", size=9, hover="(%{x}, %{y})",
        ),
    )  # fmt: skip


def _hill(lam: float) -> Trace:
    """Return the lines of equal penalty, at the same levels as those of the data loss: the dearer, the closer."""
    levels = [level / lam for level in plane.LEVELS if lam and level / lam < FAR**2]
    circles = [quadratic.level_line(np.eye(2), np.zeros(2), level) for level in levels]
    x, y = plane.joined([*circles, np.full((1, 2), np.nan)])
    return line(x, y, name="equal penalty", role="penalty", width=1, dash="dot", opacity=0.8, hover=None)


def _forces(at: _Place, *, pulls: bool) -> tuple[Trace, ...]:
    """Return, once asked for, the three arrows and where the pulls cancel."""
    star = at.balance if pulls else np.full(2, np.nan)

    def arrow(pull: Floats, name: str, role: str, width: float = 2.5, dash: str = "solid") -> Trace:
        x, y = _arrow(at.w, pull) if pulls else np.full((2, 1), np.nan)
        return line(x, y, name=name, role=role, width=width, dash=dash, hover=None)

    return (
        arrow(at.data, "the data’s pull", "loss"),
        arrow(at.penalty, "the penalty’s pull", "penalty", dash="dot"),
        arrow(at.data + at.penalty, "their sum", "total", width=4),
        points(
            star[:1], star[1:],
            name="where they cancel", role="total", symbol="star", size=14, hover="(%{x:.3~g}, %{y:.3~g})",
        ),
    )  # fmt: skip


def _bet(bet: _Place | None) -> tuple[Trace, ...]:
    """Return the reader's bet, which stays where it was made."""
    x, y = (bet.w1, bet.w2) if bet else (np.nan, np.nan)
    side = "middle right" if x < W_STAR[0] else "middle left"
    return (
        points(
            [x], [y],
            name="your bet", role="ink", symbol="diamond-open", size=16, hover="(%{x:.3~g}, %{y:.3~g})",
        ),
        tag([x], [y], ["\u00a0your bet\u00a0" if bet else ""], role="ink", position=[side]),
    )  # fmt: skip


def _point(at: _Place) -> Trace:
    return points(
        [at.w1], [at.w2],
        name="your point", role="weight", size=13, hover="(%{x:.3~g}, %{y:.3~g})", held=0,
    )  # fmt: skip


def _arrow(start: Floats, pull: Floats) -> tuple[Floats, Floats]:
    """Return an arrow as one line: its shaft, then both barbs; one that is too short for barbs is its shaft."""
    end = start + ARROW * pull
    length = float(np.hypot(*(end - start)))
    if length < 0.02:
        return tuple(np.stack([start, end]).T)
    along = (end - start) / length
    across = np.array([-along[1], along[0]])
    back = min(0.16, 0.6 * length)
    barbs = [end - back * along + side * 0.5 * back * across for side in (1, -1)]
    return tuple(np.stack([start, end, barbs[0], end, barbs[1]]).T)


def _along_the_way(at: _Place) -> tuple[Floats, Floats]:
    """Return distances from the origin towards the point (101,), and how strong the data pulls there (101,)."""
    distance = float(np.hypot(at.w1, at.w2))
    direction = at.w / distance if distance else np.array([1.0, 0.0])
    r = np.linspace(0, FAR, 101)
    return r, np.hypot(*quadratic.data_gradient(at.moments, W_STAR, r[:, None] * direction).T)


def _strengths(at: _Place, *, pulls: bool) -> tuple[Trace, ...]:
    """Return how strong both pulls are on the way from the origin through the point."""
    distance = float(np.hypot(at.w1, at.w2))
    r, data = _along_the_way(at)
    here = np.hypot(*at.data), np.hypot(*at.penalty)
    shown = r if pulls else r[:1] * np.nan

    def curve(strength: Floats, name: str, role: str, dash: str) -> Trace:
        drawn = np.where(strength <= 1.05 * STRONG, strength, np.nan)[: len(shown)]
        return line(shown, drawn, name=name, role=role, panel=2, dash=dash)

    def dot(strength: float, name: str, role: str, symbol: str) -> Trace:
        y = strength if pulls and strength <= STRONG else np.nan
        return points([distance], [y], name=name, role=role, panel=2, symbol=symbol, size=10)

    return (
        line(
            [distance] * 2, (0, STRONG),
            name="your point", role="weight", panel=2, width=1.5, dash="dot", hover=None,
        ),
        curve(data, "the data’s pull", "loss", "solid"),
        curve(2 * at.lam * r, "the penalty’s pull", "penalty", "dash"),
        dot(here[0], "the data’s pull here", "loss", "square"),
        dot(here[1], "the penalty’s pull here", "penalty", "diamond"),
    )  # fmt: skip


def _notes(at: _Place, *, pulls: bool) -> tuple[Note, ...]:
    """Return the names of what stays, and of what the reader will see."""
    words = [("╌ equal penalty", "penalty"), ("━ equal data loss", "loss")]
    if pulls:
        words.append(("➤ the sum of both pulls", "total"))
    notes = [*key(*reversed(words), corner="bottom left")]
    notes.append(note(W_STAR[0], W_STAR[1], "w*", role="loss", shift=(8, 10)))
    if pulls:
        notes += key(
            ("━ the data’s pull", "loss"),
            ("╌ the penalty’s pull", "penalty"),
            panel=2,
            corner=_free_corner(at),
        )
    else:
        notes.append(
            note(
                FAR / 2, STRONG / 4, "hidden until you show the pulls",
                role="muted", panel=2, anchor="center",
            )
        )  # fmt: skip
    return tuple(notes)


def _free_corner(at: _Place) -> str:
    """Return where the key covers neither line of strength; at the bottom right if it must cover one."""
    r, data = _along_the_way(at)
    lines = np.stack([data, 2 * at.lam * r])
    right = r > 0.55 * FAR
    corners = {
        "bottom right": lines[:, right] < 0.2 * STRONG,
        "top right": (lines[:, right] > 0.84 * STRONG) & (lines[:, right] < STRONG),
        "top left": (lines[:, ~right] > 0.84 * STRONG) & (lines[:, ~right] < STRONG),
    }
    return next((corner for corner, covered in corners.items() if not covered.any()), "bottom right")


def _readouts(at: _Place, bet: _Place | None, *, pulls: bool) -> tuple[Readout, ...]:
    def shown(name: str, label: str, value: float, role: str) -> Readout:
        return Readout(name, label, value if pulls else None, number(value) if pulls else "hidden", role=role)

    data, penalty = (float(np.hypot(*pull)) for pull in (at.data, at.penalty))
    off = float(np.hypot(*(at.w - at.balance)))
    place, balance = _place(at), plane.pair(at.balance)
    return (
        Readout("point", "Your point", place, place, role="weight"),
        shown("data", "The data’s pull", data, "loss"),
        shown("penalty", "The penalty’s pull", penalty, "penalty"),
        shown("rest", "Their sum", at.rest, "total"),
        Readout("balance", "They cancel at", balance if pulls else None, balance if pulls else "hidden", role="total"),
        shown("off", "Your distance from there", _rounded(off), "weight"),
        Readout("bet", "Their sum at your bet", bet.rest if bet else None, number(bet.rest) if bet else "no bet"),
    )  # fmt: skip


def _summary(at: _Place, bet: _Place | None, *, pulls: bool) -> str:
    place = f"At the weights {_place(at)} and λ = {SPEC['lam'].stop(at.lam).label}"
    if not pulls:
        return f"{place} the pulls are hidden; put the point where you expect them to cancel, then bet."
    data, penalty = (_rounded(float(np.hypot(*pull))) for pull in (at.data, at.penalty))
    rest = at.rest
    given = f"{place} the data pulls with {number(data)} and the penalty with {number(penalty)}"
    left = f"; at your bet, {_place(bet)}, a pull of {number(bet.rest)} is left" if bet else ""
    if rest == 0:
        return f"{given} the other way: they cancel, and training rests here{left}."
    return f"{given}; their sum is {number(rest)}, and they cancel at {plane.pair(at.balance)}{left}."


def _table(at: _Place, bet: _Place | None, *, pulls: bool) -> Table:
    rows = [
        ("your point", at.w),
        ("what the data wants, w*", W_STAR),
        *((("your bet", bet.w), ("the sum of the pulls there", bet.data + bet.penalty)) if bet else ()),
        *(
            (
                ("the data’s pull, −∇L", at.data),
                ("the penalty’s pull, −2λw", at.penalty),
                ("their sum, −∇J", at.data + at.penalty),
                ("where they cancel, ŵ", at.balance),
            )
            if pulls
            else ()
        ),
    ]
    return Table(
        ("arrow or point", "along w₁", "along w₂", "length"),
        tuple(
            (name, *(number(_rounded(float(part))) for part in (*pair, np.hypot(*pair))))
            for name, pair in rows
        ),
    )


def _place(at: _Place) -> str:
    return f"({_plain(at.w1)}, {_plain(at.w2)})"


def _rounded(value: float) -> float:
    """Return a number without the rounding errors that a sum of opposite pulls leaves."""
    return round(value, 9) + 0.0


def _plain(value: float) -> str:
    return f"{value:g}".replace("-", "−")
