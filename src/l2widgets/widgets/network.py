"""A small network that trains while the reader changes the price of weight.

The reader should learn three things. Without a penalty the weights grow for as long as training lasts, the boundary
bends round single wrong labels, and the test loss rises while the training loss falls. A moderate price stops that:
the weights settle, and the boundary keeps the shape that the points share. And a price that is too high costs more than
the data can pay back: all weights go to zero, and the network answers the same everywhere.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from l2widgets import network
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
from l2widgets.network import Cloud, Network
from l2widgets.spec import (
    Choice,
    Preset,
    Seed,
    Simulation,
    Slider,
    State,
    Stop,
    Widget,
    linear_stops,
    listed_stops,
    named_stops,
)
from l2widgets.sweep import strength_slider

type Floats = NDArray[np.float64]

SEEDS = linear_stops(1, 10, 1)

SPEC = Widget(
    name="network",
    title="The real thing",
    question="What does a price on weight do to a network while it learns?",
    caption=(
        "Filled points are of one class, open ones of the other; a cross marks a wrong label. Where the plane is "
        "shaded, the network says “filled”: with 50 % at the thick line, with 10 % and 90 % at the thin ones."
    ),
    controls=(
        strength_slider(
            -4,
            0,
            per_decade=3,
            default=0.002,
            help="Move it while the network trains: it goes on from where it is.",
        ),
        Choice(
            name="data",
            label="Data",
            stops=named_stops(circle="circle", moons="moons", spiral="spiral", xor="XOR"),
            default="circle",
        ),
        Choice(
            name="size",
            label="Network",
            stops=(
                Stop(value="small", text="small", label="2-8-1"),
                Stop(value="large", text="large", label="2-16-16-1"),
            ),
            default="small",
            help="The number of inputs, of tanh units in each hidden layer, and of outputs.",
        ),
        Slider(
            name="n",
            label="Training points",
            symbol="n",
            role="data",
            stops=listed_stops(30, 60, 100, 200),
            default=60,
        ),
        Slider(
            name="noise",
            label="Wrong labels",
            unit="%",
            role="data",
            stops=listed_stops(0, 5, 10, 15, 20, 30),
            default=15,
            help="The chance of each label, of test points too, to be the wrong one.",
        ),
        Slider(
            name="lr",
            label="Learning rate",
            symbol=r"\eta",
            role="rate",
            stops=listed_stops(0.05, 0.1, 0.2, 0.5),
            default=0.5,
            help="Can also be changed while the network trains.",
        ),
        Seed(name="sample", label="Points", again="New points", stops=SEEDS),
        Seed(name="start", label="Start", again="New start", stops=SEEDS),
    ),
    presets=(
        Preset("No penalty", {"lam": 0}),
        Preset("A fair price", {}),
        Preset("Too dear", {"lam": 0.1}),
        Preset("A spiral, two layers", {"size": "large", "data": "spiral", "n": 200, "lr": 0.2}),
    ),
    simulation=Simulation(
        anew=("data", "size", "n", "noise", "sample", "start"),
        verb="Train",
        shown=200,
    ),
)

SIZES = {"small": (2, 8, 1), "large": (2, 16, 16, 1)}
STEPS = {"small": 20, "large": 10}
"""How many steps a slice has."""

EVERY, WINDOW, TURN = 40, 6000, 3000
"""How many steps lie between two points of a curve; how many the charts show; by how many they go on when full."""

LONGEST = 20_000
"""After how many steps at one setting training stops, since without a penalty it has no end."""

STILL, AHEAD = 1e-3, 1000
"""It rests when, at its present pace, so many steps would lower the total by less than this share of it."""

PATIENCE = 2000
"""But not before so many steps at one setting: the way from weights that are all nearly zero begins very slowly."""

GONE = 1e-3
"""Weights whose squares add up to less than this say nothing any more."""

X_AXIS = Axis("x₁ (in deviations)", (-3.6, 3.6), ticks={at: f"{at}".replace("-", "−") for at in range(-3, 4)})
Y_AXIS = Axis("x₂ (in deviations)", (-2.7, 2.7), ticks={at: f"{at}".replace("-", "−") for at in range(-2, 3)})

ACROSS, UP = np.linspace(*X_AXIS.range, 49), np.linspace(*Y_AXIS.range, 37)
GRID = np.stack(np.meshgrid(ACROSS, UP), axis=-1).reshape(-1, 2)
"""Where the network is asked for its answer, row by row."""

SURE = float(np.log(9))
"""The log odds of 90 %."""

LOSSES = Axis("loss per point", (0.01, 12), log=True, ticks={0.01: "0.01", 0.1: "0.1", 1: "1", 10: "10"})
ERRORS = Axis("wrong answers (%)", (0, 75), ticks={0: "0", 20: "20", 40: "40", 60: "60"})

WEIGHTS = Axis(
    "weight (no unit)", (-6.4, 6.4), ticks={-6: "≤ −6", -4: "−4", -2: "−2", 0: "0", 2: "2", 4: "4", 6: "≥ 6"}
)
SHARES = Axis("share of all weights (%)", (0, 105), ticks={0: "0", 25: "25", 50: "50", 75: "75", 100: "100"})
EDGES = np.linspace(-6.25, 6.25, 26)
"""The bounds of the bars; the first and the last bar also hold what lies beyond."""

NOWHERE = np.full(1, np.nan)
"""The coordinates of a line of which nothing is to be seen."""


class Setting(NamedTuple):
    """Where the controls stand."""

    lam: float
    data: str
    size: str
    n: int
    noise: int
    lr: float
    sample: int
    start: int

    @property
    def sizes(self) -> tuple[int, ...]:
        """The network's inputs and units."""
        return SIZES[self.size]

    @property
    def cloud(self) -> Cloud:
        """The data."""
        return _cloud(self.data, self.n, self.noise, self.sample)


class Training(NamedTuple):
    """A state: what one slice of training leaves to the next."""

    parameters: Floats
    """The network's weights and biases, in a row."""
    clock: Floats
    """The steps taken; the steps at which λ or η was changed last; λ and η."""
    history: Floats
    """What was measured at every `EVERY`th step, oldest first, (k, 5): see `_Measures`."""

    @property
    def steps(self) -> int:
        """The steps taken."""
        return int(self.clock[0])


class _Measures(NamedTuple):
    """What is measured of a network."""

    data: float
    """The data loss."""
    penalty: float
    test: float
    """The data loss on test points."""
    wrong: float
    """The share of training points that it gets wrong."""
    wrong_test: float

    @property
    def total(self) -> float:
        """What training makes small."""
        return self.data + self.penalty


def begin(setting: Setting) -> Training:
    """Return the network before its first step."""
    start = network.initial(setting.sizes, setting.start)
    clock = np.array([0, 0, setting.lam, setting.lr])
    return Training(start.vector(), clock, np.array([_measured(start, setting)]))


def advance(state: State, setting: Setting) -> Training:
    """Return the state a few steps of gradient descent later."""
    before = Training(*state)
    net = Network.of(before.parameters, setting.sizes)
    X, y = setting.cloud.X, setting.cloud.y
    for _ in range(STEPS[setting.size]):
        net = network.step(net, X, y, setting.lr, setting.lam)
    steps = before.steps + STEPS[setting.size]
    same = before.clock[2] == setting.lam and before.clock[3] == setting.lr
    clock = np.array([steps, before.clock[1] if same else before.steps, setting.lam, setting.lr])
    history = before.history
    if steps % EVERY == 0:
        history = np.vstack([history[-WINDOW // EVERY :], _measured(net, setting)])
    return Training(net.vector(), clock, history)


def rests(state: State, setting: Setting) -> bool:
    """Tell whether training has come to its end at this λ and η, or gone on without one for too long."""
    training = Training(*state)
    steps = training.steps - training.clock[1]
    if (training.clock[2:] != (setting.lam, setting.lr)).any() or steps < PATIENCE:
        return False
    net = Network.of(training.parameters, setting.sizes)
    X, y = setting.cloud.X, setting.cloud.y
    slope = network.gradient(net, X, y, setting.lam).vector()
    total = network.data_loss(net, X, y) + setting.lam * network.squares(net)
    balanced = setting.lr * (slope @ slope) * AHEAD < STILL * total
    return bool(balanced or steps >= LONGEST)


def draw(state: State, setting: Setting) -> Figure:
    """Draw what the network says of the plane, its losses and errors so far, and its weights."""
    training = Training(*state)
    net = Network.of(training.parameters, setting.sizes)
    now = _measured(net, setting)
    window = _window(training.steps)
    return Figure(
        panels=(
            Panel("What the network says", X_AXIS, Y_AXIS),
            Panel("The losses", window, LOSSES),
            Panel("Its weights", WEIGHTS, SHARES),
            Panel("How often it is wrong", window, ERRORS),
        ),
        traces=(*_plane(net, setting), *_charts(training, now), *_histogram(net)),
        notes=NOTES,
        summary=_summary(training, now, net, setting),
        readouts=_readouts(training, now, net),
        table=_table(training, now),
        heights=(262, 230),
    )


@lru_cache(maxsize=4)
def _cloud(data: str, n: int, noise: int, sample: int) -> Cloud:
    return network.sample(data, n, noise / 100, sample)


def _measured(net: Network, setting: Setting) -> _Measures:
    X, y, _, X_test, y_test = setting.cloud
    return _Measures(
        network.data_loss(net, X, y),
        setting.lam * network.squares(net),
        network.data_loss(net, X_test, y_test),
        network.share_wrong(net, X, y),
        network.share_wrong(net, X_test, y_test),
    )


# What the network says of the plane


def _plane(net: Network, setting: Setting) -> tuple[Trace, ...]:
    z = network.output(net, GRID).reshape(len(UP), len(ACROSS))
    words = "" if (z > 0).any() and (z <= 0).any() else "the same answer everywhere"
    shaded, sure = _rows(z), [_level_line(z - level) for level in (-SURE, SURE)]
    return (
        line(*shaded, name="says “filled”", role="fit", width=8.5, opacity=0.2, hover=None),
        line(
            *(np.concatenate(part) for part in zip(*sure, strict=True)),
            name="10 % and 90 %", role="fit", width=1, hover=None,
        ),
        line(*_level_line(z), name="boundary", role="fit", width=2.5, hover=None),
        tag([0], [2.35], [words], role="fit"),
        *_given(setting.data, setting.n, setting.noise, setting.sample),
    )  # fmt: skip


@lru_cache(maxsize=4)
def _given(data: str, n: int, noise: int, sample: int) -> tuple[Trace, ...]:
    """Return the training points, which stay while the network trains."""
    X, y, flipped, *_ = _cloud(data, n, noise, sample)
    drawn = []
    for label, symbol, words in ((1, "circle", "filled"), (0, "circle-open", "open")):
        here = X[y == label]
        drawn.append(
            points(*here.T, name=words, role="data", symbol=symbol, size=8, hover="%{x:.2f}, %{y:.2f}")
        )
    wrong = X[flipped] if flipped.any() else np.full((1, 2), np.nan)
    drawn.append(points(*wrong.T, name="wrong label", role="ink", symbol="x-thin-open", size=7, hover=None))
    return tuple(drawn)


def _rows(z: Floats) -> tuple[Floats, Floats]:
    """Return, row by row of the grid, the stretches on which z is positive, as the x and y of a broken line."""
    inside = np.pad(z > 0, ((0, 0), (1, 1)))
    change = np.diff(inside.astype(np.int8), axis=1)
    rows, starts = np.nonzero(change == 1)
    _, ends = np.nonzero(change == -1)
    if not rows.size:
        return NOWHERE, NOWHERE
    ends = ends - 1
    left = np.where(starts > 0, _between(z, rows, starts - 1), ACROSS[0])
    right = np.where(ends < len(ACROSS) - 1, _between(z, rows, ends), ACROSS[-1])
    gaps = np.full(rows.shape, np.nan)
    return np.stack([left, right, gaps], axis=1).ravel(), np.stack([UP[rows], UP[rows], gaps], axis=1).ravel()


def _between(z: Floats, rows: NDArray[np.intp], columns: NDArray[np.intp]) -> Floats:
    """Return the x at which z is 0 between each of these columns and the next, if it is."""
    i = np.clip(columns, 0, len(ACROSS) - 2)
    here, there = z[rows, i], z[rows, i + 1]
    apart = here - there
    share = np.clip(here / np.where(apart == 0, 1, apart), 0, 1)
    return ACROSS[i] + share * (ACROSS[i + 1] - ACROSS[i])


def _level_line(z: Floats) -> tuple[Floats, Floats]:
    """Return the line on which z is 0, as the x and y of unbroken lines, with gaps between them.

    On the sides of a cell whose corners differ in sign lies one point each, by linear interpolation; a cell has two
    such sides, or four, which are then paired by the sign of the mean in the middle ("marching squares"). Strokes that
    share a side are joined: each line of its own is an element of its own on the page.
    """
    above = z > 0
    level, upright = above[:, :-1] != above[:, 1:], above[:-1] != above[1:]
    crossed = np.stack([level[:-1], upright[:, 1:], level[1:], upright[:, :-1]], axis=-1)
    rows, columns = np.nonzero(crossed.any(axis=-1))
    if not rows.size:
        return NOWHERE, NOWHERE
    corners = np.stack(
        [z[rows, columns], z[rows, columns + 1], z[rows + 1, columns + 1], z[rows + 1, columns]], axis=-1
    )
    nexts = np.roll(corners, -1, axis=-1)
    apart = corners - nexts
    share = corners / np.where(apart == 0, 1, apart)
    ends = np.roll(_CORNERS, -1, axis=0)
    at = _CORNERS + share[:, :, None] * (ends - _CORNERS)  # (cells, sides, 2), in cells
    at = at + np.stack([columns, rows], axis=-1)[:, None]
    first = z.shape[1] * rows + columns  # a side is called by its first corner, upright ones after all others
    sides = np.stack([first, z.size + first + 1, first + z.shape[1], z.size + first], axis=-1)

    crossed = crossed[rows, columns]
    two = crossed.sum(axis=-1) == 2
    strokes = [sides[two][crossed[two]].reshape(-1, 2)]
    if not two.all():
        cut = sides[~two]
        middle = (corners[~two].mean(axis=-1) > 0) == (corners[~two][:, 0] > 0)
        # The middle belongs to the first corner: the second and the fourth are cut off, else the first and the third.
        strokes.append(np.where(middle[:, None], cut[:, [0, 1]], cut[:, [3, 0]]))
        strokes.append(np.where(middle[:, None], cut[:, [2, 3]], cut[:, [1, 2]]))
    place = dict(zip(sides[crossed].tolist(), at[crossed].tolist(), strict=True))
    gap = (np.nan, np.nan)
    found = np.array(
        [
            point
            for path in _joined(np.concatenate(strokes))
            for point in (*(place[side] for side in path), gap)
        ]
    )
    x = ACROSS[0] + found[:, 0] * (ACROSS[1] - ACROSS[0])
    y = UP[0] + found[:, 1] * (UP[1] - UP[0])
    return x, y


def _joined(strokes: NDArray[np.intp]) -> list[list[int]]:
    """Return the paths that strokes make, each of which is a pair of ends; at most two strokes share an end."""
    links: dict[int, list[int]] = {}
    for one, other in strokes.tolist():
        links.setdefault(one, []).append(other)
        links.setdefault(other, []).append(one)
    loose = [end for end, others in links.items() if len(others) == 1]
    paths = []
    for start in (*loose, *links):  # what no loose end leads to goes round
        path = [start]
        while links[path[-1]]:
            onward = links[path[-1]].pop()
            links[onward].remove(path[-1])
            path.append(onward)
        if len(path) > 1:
            paths.append(path)
    return paths


_CORNERS = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
"""A cell's corners, in the order in which its sides begin at them."""


# The charts over the steps


def _window(steps: int) -> Axis:
    """Return the axis of the steps, which goes on by leaps, since each costs the page a layout."""
    start = max(0, -(-(steps - WINDOW) // TURN)) * TURN
    ticks: dict[float, str] = {at: f"{at:,}" for at in range(start, start + WINDOW + 1, 2000)}
    return Axis("steps of training", (start, 1.03 * WINDOW + start), ticks=ticks)


def _charts(training: Training, now: _Measures) -> tuple[Trace, ...]:
    last = training.steps // EVERY * EVERY
    x = np.append(last - EVERY * np.arange(len(training.history))[::-1], training.steps)
    data, penalty, test, wrong, wrong_test = np.vstack([training.history, now]).T

    def loss(values: Floats, name: str, role: str, width: float, dash: str = "solid") -> Trace:
        shown = np.where(values >= LOSSES.range[0], values, np.nan)
        return line(x, shown, name=name, role=role, panel=2, width=width, dash=dash)

    return (
        loss(data + penalty, "total", "total", 2.5),
        loss(data, "data loss", "loss", 2, "dash"),
        loss(penalty, "penalty", "penalty", 2.5, "dot"),
        loss(test, "data loss on test points", "test", 1.5),
        line(x, 100 * wrong, name="training points", role="training", panel=4, dash="dash", width=2),
        line(x, 100 * wrong_test, name="test points", role="test", panel=4, width=1.5),
    )


def _histogram(net: Network) -> tuple[Trace, ...]:
    weights = np.concatenate([w.ravel() for w in net.weights])
    counts, _ = np.histogram(np.clip(weights, EDGES[0], EDGES[-1]), EDGES)
    shares = 100 * counts / len(weights)
    middles = (EDGES[:-1] + EDGES[1:]) / 2
    gone = float(weights @ weights) < GONE
    words = "all weights are<br>nearly zero" if gone else f"Σw² = {number(float(weights @ weights))}"
    return (
        bars(middles, np.zeros_like(shares), shares, name="weights", role="weight", panel=3, width=12),
        tag([-6.4], [92], [words], role="weight", panel=3, position="middle right"),
    )


NOTES: tuple[Note, ...] = (
    *key(
        ("—— total", "total"),
        ("– – data loss", "loss"),
        ("···· penalty", "penalty"),
        ("—— data loss, test points", "test"),
        panel=2,
        corner="top right",
    ),
    *key(("—— test points", "test"), ("– – training points", "training"), panel=4, corner="top right"),
)


# In words and numbers


def _readouts(training: Training, now: _Measures, net: Network) -> tuple[Readout, ...]:
    return (
        Readout("steps", "Steps", training.steps, f"{training.steps:,}"),
        _loss("data_loss", "Data loss", now.data, "loss"),
        _loss("penalty", "Penalty", now.penalty, "penalty"),
        _loss("total", "Total", now.total, "total"),
        _loss("test_loss", "Data loss, test", now.test, "test"),
        _share("wrong", "Wrong, training", now.wrong, "training"),
        _share("wrong_test", "Wrong, test", now.wrong_test, "test"),
        _loss("squares", "Sum of squares Σw²", network.squares(net), "weight"),
    )


def _loss(name: str, label: str, value: float, role: str) -> Readout:
    return Readout(name, label, value, _number(value), role=role)


def _share(name: str, label: str, value: float, role: str) -> Readout:
    return Readout(name, label, 100 * value, f"{100 * value:.0f}", "%", role)


def _number(value: float) -> str:
    """Return a loss as it is read: to a thousandth while it is small, and what is smaller as 0."""
    return f"{value:.3f}" if value < 9.9995 else number(value)


def _summary(training: Training, now: _Measures, net: Network, setting: Setting) -> str:
    lam = SPEC["lam"].stop(setting.lam).label
    when = f"After {training.steps:,} steps, now at λ = {lam}," if training.steps else "Before the first step"
    wrong, wrong_test = f"{100 * now.wrong:.0f} %", f"{100 * now.wrong_test:.0f} %"
    if network.squares(net) < GONE:
        return (
            f"{when} all weights are nearly zero: the network says the same everywhere, "
            f"and is wrong on {wrong_test} of the test points."
        )
    return (
        f"{when} the network is wrong on {wrong} of the {setting.n} training points and on {wrong_test} of the test "
        f"points; data loss {_number(now.data)} plus penalty {_number(now.penalty)} is {_number(now.total)}, and the "
        f"data loss on test points is {_number(now.test)}."
    )


def _table(training: Training, now: _Measures) -> Table:
    columns = (
        "step", "data loss", "penalty", "total", "data loss on test points",
        "wrong on training points (%)", "wrong on test points (%)",
    )  # fmt: skip
    last = training.steps // EVERY * EVERY
    recorded = [
        (last - EVERY * age, _Measures(*row)) for age, row in enumerate(training.history[::-1].tolist())
    ]
    rows = [
        (step, measures) for step, measures in recorded[::-1] if step % 1000 == 0 and step != training.steps
    ]
    return Table(columns, tuple(_row(step, measures) for step, measures in [*rows, (training.steps, now)]))


def _row(step: int, measures: _Measures) -> tuple[str, ...]:
    losses = (measures.data, measures.penalty, measures.total, measures.test)
    shares = (measures.wrong, measures.wrong_test)
    return (f"{step:,}", *map(_number, losses), *(f"{100 * share:.0f}" for share in shares))
