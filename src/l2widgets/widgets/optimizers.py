"""Three optimizers take the same penalty to two weights, one with quiet gradients and one with loud ones.

The reader should learn three things. Adam divides a penalty in its gradient by the gradient's size, so it crushes the
quiet weight and spares the loud one; AdamW and plain SGD decay both alike. Once the data pulls, the tables turn: Adam
with L2 ends at ridge whatever the noise, while AdamW's destination depends on it. And with the full batch AdamW heads
for no ridge solution at all: for weak decay it stays where the data wants it, for strong decay at the edge of a box.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from l2widgets.draws import Draws
from l2widgets.figures import (
    Axis,
    Figure,
    Note,
    Panel,
    Readout,
    Table,
    Trace,
    line,
    note,
    points,
    tag,
)
from l2widgets.optimizers import SGD, Adam
from l2widgets.spec import (
    Choice,
    Commit,
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

STEPS, EVERY, RUNS = 1000, 10, 40
QUIET = 0.1
"""The noise of the quiet weight's gradient, as a standard deviation."""

SPEC = Widget(
    name="optimizers",
    title="Who decays faster?",
    question="Two equal weights, one with quiet gradients and one with loud ones: which does Adam + L2 shrink more?",
    caption=(
        f"Both weights start at 1 and take {STEPS:,} steps under PyTorch’s update rules; each line is the mean of "
        f"{RUNS} runs. Above: step by step, at the λ that you set. Below: the same step, at every λ."
    ),
    controls=(
        strength_slider(-2, 1, default=0.25, help="PyTorch’s weight_decay is 2λ, in all three optimizers."),
        Choice(
            name="guess",
            label="Adam + L2 shrinks more",
            stops=named_stops(
                quiet="the quiet weight", loud="the loud one", alike="both alike", show="no bet, just show"
            ),
            default="alike",
            when={"pull": (False,)},
            help="Until you bet, the lines of Adam + L2 are hidden.",
        ),
        Commit(
            name="bet",
            of="guess",
            label="Bet, and show Adam + L2",
            undo="Take the bet back",
            when={"pull": (False,)},
        ),
        Slider(
            name="step",
            label="Step shown",
            stops=linear_stops(0, STEPS, EVERY),
            default=STEPS,
            play=True,
            help="Let it run, or go step by step.",
        ),
        Toggle(
            name="pull",
            label="The data pulls back",
            help="Adds the data loss ½(w − w*)² of each weight, whose minimum w* = 1 is where both start.",
        ),
        Toggle(
            name="full_batch",
            label="Full batch",
            when={"pull": (True,)},
            help="For experts: every gradient is exact, so neither weight has noise.",
        ),
        Slider(
            name="lr",
            label="Learning rate",
            symbol=r"\eta",
            role="rate",
            stops=listed_stops(0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05),
            default=0.001,
        ),
        Slider(
            name="noise",
            label="Noise of the loud gradient",
            role="data",
            stops=listed_stops(0.1, 0.3, 1, 3, 10, 30),
            default=10,
            help=f"Its standard deviation; that of the quiet gradient stays {QUIET}.",
        ),
        Slider(
            name="momentum",
            label="Momentum of SGD",
            symbol=r"\beta",
            stops=listed_stops(0, 0.5, 0.9),
            default=0,
            help="Heavy-ball momentum, as in PyTorch; Adam keeps its own.",
        ),
        Choice(
            name="sgd",
            label="SGD’s decay",
            stops=named_stops(coupled="in the loss (L2)", decoupled="in the update (SGDW)"),
            default="coupled",
            when={"momentum": (0.5, 0.9)},
            help="Without momentum the two are the same path.",
        ),
        Seed(name="seed", label="Draw", again="New noise"),
    ),
    presets=(
        Preset("The noise alone", {"guess": "show", "bet": "show"}),
        Preset("Equal noise", {"guess": "show", "bet": "show", "noise": QUIET}),
        Preset("The data pulls back", {"pull": True, "lr": 0.02}),
        Preset("Full batch", {"pull": True, "full_batch": True, "lr": 0.05, "lam": 1}),
        Preset("Momentum, decoupled", {"pull": True, "momentum": 0.9, "sgd": "decoupled"}),
    ),
)

STRENGTHS = SPEC["lam"].stops
SWEEP = Sweep([float(stop.text) for stop in STRENGTHS], every=1)
LAMS = SWEEP.lams
SHOWN = np.arange(0, STEPS + 1, EVERY)
"""The steps that are drawn."""

START = WANTED = CURVATURE = 1.0
"""Where both weights start, where the data wants them, and how much the data insists."""

WEIGHTS = ("quiet", "loud")

STEP_AXIS = Axis(
    "steps",
    (-20, 1.62 * STEPS),
    ticks={0: "0", 250: "250", 500: "500", 750: "750", STEPS: f"{STEPS:,}"},
)
"""Room is left on the right for the names of the lines."""

HEIGHTS = Axis("weight, mean of all runs (no unit)", (-0.15, 1.3))

TOP = 1.22
"""Where a panel's words stand: above all lines, which start at 1 and decay."""

ROW = 0.1
"""The height of a line of words on these axes, on a narrow screen."""

BOX = "edge of the box"
"""The name of 1 / 2λ, the largest weight at which AdamW comes to rest on the full batch."""

ALIKE = 0.05
"""How close two weights must be for a bet on both alike to be right."""


def figure(
    *,
    lam: float,
    guess: str,
    bet: str | None,
    step: int,
    pull: bool,
    full_batch: bool,
    lr: float,
    noise: float,
    momentum: float,
    sgd: str,
    seed: int,
) -> Figure:
    """Draw both weights under each optimizer up to `step` at `lam`, and at `step` over all λ."""
    del guess  # it counts once it is committed to
    view = _View(
        course=_Course(lr, noise, seed, pull, pull and full_batch),
        sgd=_Entrant("sgd", momentum, decoupled=sgd == "decoupled" and momentum > 0),
        lam=SPEC["lam"].index(lam),
        step=step // EVERY,
        bet=None if pull else bet,
        locked=bet is None and not pull,
    )
    return Figure(
        panels=PANELS,
        traces=(*_paths(view), *_sweeps(view)),
        notes=_notes(view),
        summary=_summary(view),
        readouts=_readouts(view),
        table=_table(view),
        heights=(236, 210),
    )


class _Look(NamedTuple):
    """How a line looks."""

    role: str
    dash: str
    width: float
    symbol: str
    """The line among words."""


class _Entrant(NamedTuple):
    """One optimizer."""

    kind: str
    momentum: float = 0.0
    decoupled: bool = False

    @property
    def name(self) -> str:
        """What the figure calls it."""
        if self.kind == "sgd":
            return "SGDW" if self.decoupled else "SGD + L2"
        return "AdamW" if self.decoupled else "Adam + L2"

    @property
    def look(self) -> _Look:
        """How its lines look: Adam + L2 is the one to watch."""
        return LOOKS[self.kind]

    def start(self, lr: float, lam: Floats) -> SGD | Adam:
        """Return the optimizer before its first step."""
        if self.kind == "sgd":
            return SGD(lr, self.momentum, lam, decoupled=self.decoupled)
        return Adam(lr, lam=lam, decoupled=self.decoupled)


LOOKS = {
    "adam": _Look("weight", "solid", 3.0, "——"),
    "adamw": _Look("ink", "dash", 1.5, "– –"),
    "sgd": _Look("muted", "dot", 2.0, "····"),
}
ADAM, ADAMW = _Entrant("adam"), _Entrant("adamw", decoupled=True)


class _Course(NamedTuple):
    """What all optimizers run through."""

    lr: float
    noise: float
    seed: int
    pull: bool
    full_batch: bool


class _View(NamedTuple):
    """What is on the screen."""

    course: _Course
    sgd: _Entrant
    lam: int
    """The index of λ in `LAMS`."""
    step: int
    """The index of the step in `SHOWN`."""
    bet: str | None
    locked: bool
    """Whether Adam + L2 is hidden until the reader bets."""

    @property
    def entrants(self) -> tuple[_Entrant, ...]:
        """All optimizers."""
        return (ADAM, ADAMW, self.sgd)

    @property
    def visible(self) -> tuple[_Entrant, ...]:
        """The optimizers that are drawn."""
        return (ADAMW, self.sgd) if self.locked else self.entrants

    @property
    def strength(self) -> float:
        """The strength λ."""
        return float(LAMS[self.lam])

    @property
    def ridges(self) -> tuple[_Ridge, ...]:
        """The ridge solutions that the data makes worth drawing."""
        if not self.course.pull:
            return ()
        whole = _Ridge("ridge", 1.0, "dashdot", "– ·")
        if not self.sgd.decoupled:
            return (whole,)
        return (whole, _Ridge("ridge (1−β)λ", 1 - self.sgd.momentum, "longdash", "— —"))

    def weights(self, entrant: _Entrant) -> tuple[float, float]:
        """Return the mean quiet and the mean loud weight at this step and λ."""
        quiet, loud = _run(entrant, self.course).mean[self.step, self.lam]
        return float(quiet), float(loud)


class _Ridge(NamedTuple):
    """A ridge solution."""

    name: str
    share: float
    """The share of λ that it is for."""
    dash: str
    symbol: str
    """The line among words."""

    def at(self, lams: Floats) -> Floats:
        """Return the weight at each λ."""
        return np.asarray(CURVATURE * WANTED / (CURVATURE + 2 * self.share * lams))


class _Run(NamedTuple):
    """How one optimizer fares, over all runs."""

    mean: Floats
    """The mean of each weight at each step of `SHOWN` and each λ, (101, k, 2)."""
    deviation: Floats
    """The standard deviation over the runs, (101, k, 2)."""


@lru_cache(maxsize=32)
def _run(entrant: _Entrant, course: _Course) -> _Run:
    """Follow all runs at every λ at once; a slider that moves λ or the step then only looks things up."""
    noise = _deviates(course.seed) * np.array([[QUIET], [course.noise]])
    if course.full_batch:  # without noise all runs are one
        noise = np.zeros((STEPS, 2, 1))
    optimizer = entrant.start(course.lr, LAMS[:, None, None])
    w = np.full((len(LAMS), *noise.shape[1:]), START)
    shown = np.empty((len(SHOWN), *w.shape))
    shown[0] = w
    for t, gradient in enumerate(noise, 1):
        w = optimizer.step(w, gradient + CURVATURE * (w - WANTED) if course.pull else gradient)
        if t % EVERY == 0:
            shown[t // EVERY] = w
    return _Run(shown.mean(axis=-1), shown.std(axis=-1))


@lru_cache(maxsize=4)
def _deviates(seed: int) -> Floats:
    """Return a standard normal deviate for each step, weight and run."""
    return Draws([seed, 1]).standard_normal((STEPS, 2, RUNS))


PANELS = (
    Panel("The quiet weight", STEP_AXIS, HEIGHTS),
    Panel("The loud weight", STEP_AXIS, HEIGHTS),
    Panel("The quiet weight at every λ", SWEEP.axis, HEIGHTS),
    Panel("The loud weight at every λ", SWEEP.axis, HEIGHTS),
)


def _paths(view: _View) -> list[Trace]:
    """Return the weights step by step, with the names of the lines at their ends."""
    x = SHOWN[: view.step + 1]
    traces = []
    for i, _ in enumerate(WEIGHTS):
        panel = i + 1
        traces += _levels(view, panel)
        for entrant in view.visible:
            weights = _run(entrant, view.course).mean[: view.step + 1, view.lam, i]
            traces.append(_drawn(entrant, x, weights, panel))
        traces += _names(view, i, panel)
        verdict = [_verdict(view, WEIGHTS[i])]
        traces.append(tag([0], [TOP], verdict, role="ink", panel=panel, position="middle right"))
        traces.append(_gradient(view.course, i, panel))
    return traces


def _gradient(course: _Course, i: int, panel: int) -> Trace:
    """Return what the gradients of a weight are like: words that a slider moves without a new layout."""
    words = "full batch" if course.full_batch else f"noise {(QUIET, course.noise)[i]:g}"
    return tag([STEP_AXIS.range[1]], [TOP], [words], role="data", panel=panel, position="middle left")


def _drawn(entrant: _Entrant, x: ArrayLike, weights: Floats, panel: int) -> Trace:
    role, dash, width, _ = entrant.look
    return line(x, weights, name=entrant.name, role=role, panel=panel, dash=dash, width=width)


def _levels(view: _View, panel: int) -> list[Trace]:
    """Return, when the data pulls, where it wants the weight, and the ridge solutions at this λ."""
    if not view.course.pull:
        return []
    ends, wanted, lam = (0, STEPS), (WANTED, WANTED), np.array([view.strength] * 2)
    return [
        line(ends, wanted, name="what the data wants", role="loss", panel=panel, dash="dot", width=1.5),
        *(
            line(ends, ridge.at(lam), name=ridge.name, role="total", panel=panel, dash=ridge.dash, width=1.5)
            for ridge in view.ridges
        ),
    ]


def _names(view: _View, i: int, panel: int) -> list[Trace]:
    """Return the names of the lines with the values at their ends, each on a row of its own."""
    now, lam = int(SHOWN[view.step]), np.array(view.strength)
    named = [(now, view.weights(entrant)[i], entrant.name, entrant.look.role) for entrant in view.visible]
    named += [(STEPS, float(ridge.at(lam)), ridge.name, "total") for ridge in view.ridges]
    rows = _apart([value for _, value, _, _ in named])
    return [
        tag([x], [y], [f"{name} {_weight(value)}"], role=role, panel=panel, position="middle right")
        for (x, value, name, role), y in zip(named, rows, strict=True)
    ]


def _apart(heights: list[float]) -> list[float]:
    """Return these heights, moved as little as keeps rows of words apart, on the chart and below `TOP`."""
    lowest, highest = HEIGHTS.range[0] + ROW / 2, TOP - ROW
    inside = np.clip(heights, lowest, highest)
    order = np.argsort(inside, kind="stable")
    placed = inside[order]
    for i in range(1, len(placed)):
        placed[i] = max(placed[i], placed[i - 1] + ROW)
    placed -= (placed - inside[order]).mean()
    placed += max(lowest - placed[0], 0) - max(placed[-1] - highest, 0)
    return [float(height) for height in placed[np.argsort(order)]]


def _verdict(view: _View, weight: str) -> str:
    """Return what became of the reader's bet, for the weight that it was on."""
    if view.bet not in ("alike", weight):
        return ""
    words = "both alike" if view.bet == "alike" else "this one"
    return f"★ you bet on {words}: {'right' if view.bet == _shrunk_more(view) else 'wrong'}"


def _shrunk_more(view: _View) -> str:
    """Return which weight Adam + L2 has shrunk more, as the bet names it."""
    quiet, loud = view.weights(ADAM)
    return "alike" if abs(quiet - loud) < ALIKE else "quiet" if quiet < loud else "loud"


def _sweeps(view: _View) -> list[Trace]:
    """Return the weights at this step over all λ, and where λ is."""
    x = [SWEEP.place(view.strength)]
    traces = []
    for i, _ in enumerate(WEIGHTS):
        panel = i + 3
        traces += _curves(view, panel)
        for entrant in view.visible:
            weights = _run(entrant, view.course).mean[view.step, :, i]
            traces.append(_drawn(entrant, SWEEP.x, SWEEP.curve(weights), panel))
        upright = (HEIGHTS.range[0], WANTED)
        traces.append(line(x * 2, upright, name="λ", role="penalty", panel=panel, width=1.5, hover=None))
        for entrant in view.visible:
            here = [view.weights(entrant)[i]]
            traces.append(points(x, here, name=entrant.name, role=entrant.look.role, panel=panel))
    return traces


def _curves(view: _View, panel: int) -> list[Trace]:
    """Return, when the data pulls, the ridge solutions and, on the full batch, the edge of AdamW's box over all λ."""
    curves = []
    for ridge in view.ridges:
        y = SWEEP.curve(ridge.at(LAMS))
        curves.append(
            line(SWEEP.x, y, name=ridge.name, role="total", panel=panel, dash=ridge.dash, width=1.5)
        )
    if view.course.full_batch:
        lams = LAMS[2 * LAMS * WANTED >= 1]
        edge = 1 / (2 * lams)
        curves.append(
            line(np.log10(lams), edge, name=BOX, role="muted", panel=panel, dash="longdash", width=1)
        )
    return curves


def _notes(view: _View) -> tuple[Note, ...]:
    """Return the words that stay while λ and the step move, above all lines."""
    above = [("", "Adam + L2: bet first", "weight")] if view.locked else []
    if view.course.pull:
        above = [("····", "what the data wants, w*", "loss")]
    optimizers = [(entrant.look.symbol, entrant.name, entrant.look.role) for entrant in view.visible]
    theory = [(ridge.symbol, ridge.name, "total") for ridge in view.ridges]
    if view.course.full_batch:
        theory.append(("— —", BOX, "muted"))
    return tuple(
        _words(panel, place, y, f"{symbol} {name}".strip(), role)
        for panels, y, row in (((1, 2), TOP, above), ((3, 4), TOP, optimizers), ((3, 4), TOP - ROW, theory))
        for panel in panels
        for place, (symbol, name, role) in zip((0, 0.35, 0.66), row, strict=False)
    )


def _words(panel: int, place: float, y: float, text: str, role: str) -> Note:
    """Return words that begin at a share of a panel's width."""
    left, right = (STEP_AXIS if panel <= len(WEIGHTS) else SWEEP.axis).range
    return note(left + place * (right - left), y, text, role=role, panel=panel, shift=(5, 0))


def _readouts(view: _View) -> tuple[Readout, ...]:
    lr, lam, pull, full_batch = view.course.lr, view.strength, view.course.pull, view.course.full_batch
    left = (1 - 2 * lr * lam) ** int(SHOWN[view.step])
    return (
        *(_end(view, entrant, i) for entrant in view.entrants for i, _ in enumerate(WEIGHTS)),
        _theory("decay", "Left by decay alone", "data pulls too" if pull else left, "penalty"),
        _theory("ridge", "Ridge", float(view.ridges[0].at(np.array(lam))) if pull else "data is off", "total"),
        _theory(
            "box", "Edge of AdamW’s box",
            "full batch only" if not full_batch else 1 / (2 * lam) if lam else "none at λ = 0",
        ),
    )  # fmt: skip


def _end(view: _View, entrant: _Entrant, i: int) -> Readout:
    """Return where one weight is now under one optimizer."""
    name, label = f"{entrant.kind}_{WEIGHTS[i]}", f"{entrant.name}, {WEIGHTS[i]}"
    if entrant not in view.visible:
        return Readout(name, label, None, "place your bet", role="weight")
    weight = view.weights(entrant)[i]
    return Readout(name, label, weight, _weight(weight), role="weight")


def _theory(name: str, label: str, value: float | str, role: str = "") -> Readout:
    """Return what a formula says, or why it says nothing here."""
    if isinstance(value, str):
        return Readout(name, label, None, value, role=role)
    return Readout(name, label, value, _weight(value), role=role)


def _summary(view: _View) -> str:
    lam, lr = STRENGTHS[view.lam].label, SPEC["lr"].stop(view.course.lr).label
    given = f"After {SHOWN[view.step]:,} steps at λ = {lam} and η = {lr} the quiet and the loud weight are at"
    pairs = [
        f"{' and '.join(_weight(weight) for weight in view.weights(entrant))} under {entrant.name}"
        for entrant in view.visible
    ]
    ends = ""
    if view.course.pull:
        ends = f"; ridge is {_weight(float(view.ridges[0].at(np.array(view.strength))))}"
    elif view.locked:
        ends = "; Adam + L2 is hidden until you bet"
    elif view.bet in (*WEIGHTS, "alike"):
        bet = "both alike" if view.bet == "alike" else f"the {view.bet} weight"
        ends = f"; you bet on {bet}, and were {'right' if view.bet == _shrunk_more(view) else 'wrong'}"
    return f"{given} {', '.join(pairs)}{ends}."


def _table(view: _View) -> Table:
    hidden = ("hidden until you bet",) * 2
    rows = [
        (
            entrant.name,
            weight,
            *(
                [_weight(values[view.step, view.lam, i]) for values in _run(entrant, view.course)]
                if entrant in view.visible
                else hidden
            ),
        )
        for entrant in view.entrants
        for i, weight in enumerate(WEIGHTS)
    ]
    return Table(("optimizer", "weight", "mean of all runs", "deviation of the runs"), tuple(rows))


def _weight(w: float) -> str:
    """Return a weight as it is read: to a thousandth, since all start at 1."""
    return f"{round(float(w), 3) + 0.0:.3f}".replace("-", "−")
