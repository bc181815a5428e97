"""One strength of penalty by its names in five places, and the prior that it amounts to.

The reader should learn two things. The same λ is another number wherever the data loss is a sum, or the penalty or its
gradient is meant, and each conversion is a factor of n or 2. And a number that is copied unchanged fits another model.
That the conversions hold is shown by fitting: each form solves its own problem in its own way.
"""

from __future__ import annotations

import math
from collections.abc import Callable
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
    line,
    note,
    number,
    points,
    tag,
)
from l2widgets.optimizers import SGD
from l2widgets.spec import (
    Choice,
    Preset,
    Seed,
    Slider,
    Toggle,
    Widget,
    listed_stops,
    log_stops,
    named_stops,
)
from l2widgets.sweep import Sweep

type Floats = NDArray[np.float64]

SPEC = Widget(
    name="translator",
    title="One λ, many numbers",
    question="Your program takes a number: which number is that in another program?",
    caption=(
        "First the number to write in each place for one and the same penalty. Then the weights of a small data set "
        "at every λ, and on them what each number fits: every form is solved for itself, in its own way."
    ),
    controls=(
        Slider(
            name="value",
            label="The number you have",
            role="penalty",
            stops=log_stops(-6, 3, 9, zero=True),
            default=0.01,
            typed=True,
            help="Type it, or move the slider.",
        ),
        Choice(
            name="form",
            label="It is",
            stops=named_stops(
                lam="λ here",
                alpha="scikit-learn alpha",
                weight_decay="PyTorch weight_decay",
                l2="Keras l2",
                sum_lam="λ beside a sum",
                tau="prior τ",
            ),
            default="weight_decay",
            help="PyTorch and Keras with a mean loss; τ is the standard deviation of a prior.",
        ),
        Slider(
            name="n",
            label="Training points",
            symbol="n",
            role="data",
            stops=listed_stops(10, 20, 25, 50, 100, 200, 500, 1000, 2000, 5000, 10000),
            default=50,
            typed=True,
            help="It enters wherever the data loss is a sum.",
        ),
        Slider(
            name="sigma",
            label="Noise you assume",
            symbol=r"\sigma",
            role="data",
            stops=log_stops(-2, 1, 3),
            default=0.5,
            typed=True,
            help="The standard deviation of y round the prediction; only the prior needs it.",
        ),
        Toggle(
            name="copied",
            label="Copy it unchanged",
            when={"form": ("lam", "alpha", "weight_decay", "l2", "sum_lam")},
            help="Writes your number into every program, as if the names meant the same.",
        ),
        Seed(name="seed", label="Sample"),
    ),
    presets=(
        Preset("weight_decay = 0.01", {"form": "weight_decay", "value": 0.01}),
        Preset("scikit-learn’s default", {"form": "alpha", "value": 1, "n": 100}),
        Preset("Copied unchanged", {"form": "alpha", "value": 1, "n": 100, "copied": True}),
        Preset("A prior", {"form": "tau", "value": 1, "n": 25, "sigma": 0.5}),
    ),
)

TRUTH = np.array([2.0, -1.0, 0.5])
"""The weights by which the data is made."""
NOISE = 1.0
"""The standard deviation of what is added to them."""
SHARED = 0.6
"""How much the features have in common: the correlation of each two."""

SWEEP = Sweep([0.0, *10 ** np.linspace(-6, 3, 91)], title="penalty strength λ of this page (no unit)")
"""The λ at which the weights are drawn."""

NUMBER_AXIS = Axis(
    "the number to write (logarithmic)",
    (-11, 7),
    ticks={-10: "0", -8: "10⁻⁸", -6: "10⁻⁶", -4: "10⁻⁴", -2: "0.01", 0: "1", 2: "100", 4: "10⁴", 6: "10⁶"},
)
NUMBER_ENDS, LAMBDA_ENDS = (-10.0, 6.5), (SWEEP.zero, 3.2)
"""Where these axes show 0, and what lies beyond them."""

AGREED = 1e-12
"""Below this a difference of weights is only rounding, which other machines round otherwise."""


def figure(*, value: float, form: str, n: int, sigma: float, copied: bool, seed: int) -> Figure:
    """Draw the number in every place, and the weights that each of them fits."""
    view = _View(float(value), form, _Sample(n, seed), sigma, copied and form != "tau")
    return Figure(
        panels=_panels(view.sample),
        traces=(*_rule(view), *_weights(view)),
        notes=_notes(view),
        summary=_summary(view),
        readouts=_readouts(view),
        table=_table(view),
        heights=(300, 290),
    )


class _Sample(NamedTuple):
    """Which data is fitted."""

    n: int
    seed: int


class _Data(NamedTuple):
    """A sample, centred and standardized, so that no intercept is left to fit."""

    X: Floats
    """The features, (n, 3)."""
    y: Floats
    """The targets, (n,)."""
    gram: Floats
    """XᵀX, (3, 3)."""
    moment: Floats
    """Xᵀy, (3,)."""
    path: ridge.Path
    """The weights at each λ of `SWEEP`."""


@lru_cache(maxsize=8)
def _data(sample: _Sample) -> _Data:
    drawn = Draws([sample.seed, 1]).standard_normal((sample.n, 5))
    features = math.sqrt(SHARED) * drawn[:, :1] + math.sqrt(1 - SHARED) * drawn[:, 1:4]
    X = ridge.standardize(features).apply(features)
    y = X @ TRUTH + NOISE * drawn[:, 4]
    y -= y.mean()
    return _Data(X, y, X.T @ X, X.T @ y, ridge.path(X, y, SWEEP.lams))


class _Form(NamedTuple):
    """One way to write the strength of the penalty."""

    place: str
    """Where it is written."""
    code: str
    """How it is written there, with {} for the number."""
    problem: str
    """What is minimized."""
    fit: Callable[[_Data, float, float], Floats]
    """Solves that problem, for the data, the number and σ."""


def _by_decomposition(data: _Data, lam: float, _sigma: float) -> Floats:
    return ridge.fit(data.X, data.y, lam).coef


def _by_normal_equations(data: _Data, alpha: float, _sigma: float) -> Floats:
    return np.linalg.solve(data.gram + alpha * np.eye(3), data.moment)


def _by_descent(data: _Data, weight_decay: float, _sigma: float) -> Floats:
    """Return where PyTorch's SGD comes to rest, with the momentum that is best for a quadratic (Polyak 1964)."""
    n = len(data.y)
    hessian, pull = 2 / n * data.gram, 2 / n * data.moment
    low, high = np.sqrt(np.linalg.eigvalsh(hessian)[[0, -1]] + weight_decay)
    left = (high - low) / (high + low)  # of the distance to the minimum, at every step
    sgd = SGD(4 / (high + low) ** 2, momentum=left**2, lam=weight_decay / 2)
    w = np.zeros(3)
    for _ in range(10 + math.ceil(45 / -math.log(max(left, 1e-9)))):
        w = sgd.step(w, hessian @ w - pull)
    return w


def _by_newton(data: _Data, l2: float, _sigma: float) -> Floats:
    """Return where the gradient of the mean loss and Keras's penalty is 0, by one step of Newton's from w = 1."""
    n, w = len(data.y), np.ones(3)
    gradient = 2 / n * (data.gram @ w - data.moment) + 2 * l2 * w
    return np.asarray(w - np.linalg.solve(2 / n * data.gram + 2 * l2 * np.eye(3), gradient))


def _by_more_data(data: _Data, lam: float, _sigma: float) -> Floats:
    """Return least squares with three more observations, each of which says that a weight is 0."""
    X = np.vstack([data.X, math.sqrt(lam) * np.eye(3)])
    return np.linalg.lstsq(X, np.append(data.y, np.zeros(3)), rcond=None)[0]


def _by_posterior(data: _Data, tau: float, sigma: float) -> Floats:
    """Return the peak of the posterior, whose precision is the data's and the prior's together."""
    return np.linalg.solve(data.gram / sigma**2 + np.eye(3) / tau**2, data.moment / sigma**2)


FORMS = {
    "lam": _Form("this page", "λ = {}", "mean of squares + λ Σw²", _by_decomposition),
    "alpha": _Form("scikit-learn", "Ridge(alpha={})", "sum of squares + alpha Σw²", _by_normal_equations),
    "weight_decay": _Form(
        "PyTorch", "SGD(weight_decay={})", "mean of squares, and weight_decay·w in its gradient",
        _by_descent,
    ),
    "l2": _Form("Keras", "L2({})", "mean of squares + l2 Σw²", _by_newton),
    "sum_lam": _Form("beside a sum of squares", "λ = {}", "sum of squares + λ Σw²", _by_more_data),
    "tau": _Form("as a prior", "τ = {}", "−log posterior, for the noise σ", _by_posterior),
}  # fmt: skip

GROUPS = (
    ("λ, Keras", ("lam", "l2"), "circle", 6),
    ("PyTorch", ("weight_decay",), "square", 10),
    ("scikit-learn", ("alpha", "sum_lam"), "diamond", 14),
)
"""The places that write one number: their name and forms, and the mark that they share."""


def _factor(form: str, n: int) -> float:
    """Return what λ is multiplied by to be written in this form."""
    return {"lam": 1, "alpha": n, "weight_decay": 2, "l2": 1, "sum_lam": n}[form]


def _lam(form: str, value: float, n: int, sigma: float) -> float:
    """Return the λ of this page that a number stands for; infinite for a prior without any width."""
    if form == "tau":
        return sigma**2 / (n * value**2) if value else math.inf
    return value / _factor(form, n)


def _number(form: str, lam: float, n: int, sigma: float) -> float:
    """Return the number that stands for this page's λ; infinite for the prior that amounts to no penalty."""
    if form == "tau":
        return sigma / math.sqrt(n * lam) if lam else math.inf
    return lam * _factor(form, n)


class _View(NamedTuple):
    """What is on the screen."""

    value: float
    form: str
    sample: _Sample
    sigma: float
    copied: bool

    def number(self, form: str) -> float:
        """Return the number that is written in this form."""
        if form == self.form or (self.copied and form != "tau"):
            return self.value
        return _number(form, self.lam(self.form), self.sample.n, self.sigma)

    def lam(self, form: str) -> float:
        """Return the λ of this page that this number stands for."""
        return _lam(form, self.number(form), self.sample.n, self.sigma)


@lru_cache(maxsize=64)
def _fits(view: _View) -> dict[str, Floats]:
    """Return the weights that the number in each form fits, each (3,)."""
    data = _data(view.sample)
    return {
        name: np.zeros(3) if math.isinf(view.lam(name)) else form.fit(data, view.number(name), view.sigma)
        for name, form in FORMS.items()
    }


def _differences(view: _View) -> dict[str, float]:
    """Return the largest difference of any weight from those of the reader's number, for each form."""
    fits = _fits(view)
    differences = {form: float(np.abs(w - fits[view.form]).max()) for form, w in fits.items()}
    return {form: found if found >= AGREED else 0.0 for form, found in differences.items()}


def _panels(sample: _Sample) -> tuple[Panel, ...]:
    reach = _reach(sample)
    return (
        Panel("What to write", NUMBER_AXIS, Axis("one row for each place", (-0.6, 6.7), ticks={})),
        Panel(
            "What it fits",
            SWEEP.axis,
            Axis("weight of a standardized feature (no unit)", (-reach, 1.5 * reach)),
        ),
    )


def _reach(sample: _Sample) -> float:
    return 1.15 * float(np.abs(_data(sample).path.coefs).max())


def _rule(view: _View) -> list[Trace]:
    """Return the number in every place: a mark on each row, and what it says."""
    places = [_place(view.number(form), NUMBER_ENDS) for form in FORMS]
    rows = [*range(len(FORMS), 0, -1)]
    left, right = NUMBER_AXIS.range
    grooves = np.array([[left, right, np.nan]] * len(rows)).ravel()
    mine = list(FORMS).index(view.form)
    texts = [_written(view.number(form)) for form in FORMS]
    texts[mine] = f"\u00a0{texts[mine]}\u00a0"  # its mark is larger
    late = [place > 2 for place in places]
    sides = ["middle right"] * len(rows) + ["middle left"] * len(rows)
    words = ["" if side else text for text, side in zip(texts, late, strict=True)]
    words += [text if side else "" for text, side in zip(texts, late, strict=True)]
    return [
        line(grooves, np.repeat(rows, 3), name="row", role="grid", width=1, hover=None),
        points(places, rows, name="number", role="penalty", size=9, hover=None),
        points([places[mine]], [rows[mine]], name="yours", role="ink", symbol="diamond", size=13, hover=None),
        tag(places * 2, rows * 2, words, role="ink", position=sides),
    ]


def _place(value: float, ends: tuple[float, float]) -> float:
    """Return where an axis of logarithms shows a number: at its ends what is 0, infinite or beyond them."""
    return ends[0] if value == 0 else min(max(math.log10(value), ends[0] + 0.5), ends[1])


def _weights(view: _View) -> list[Trace]:
    """Return the weights over all λ, and what each number fits."""
    fits, reach = _fits(view), _reach(view.sample)
    traces = [*_paths(view.sample)]
    # The names stand on the side where there is room, and the lines that they pass there are shorter.
    left = _place(view.lam("lam"), LAMBDA_ENDS) > -1
    for row, (name, forms, symbol, size) in reversed([*enumerate(GROUPS)]):
        at, top = _place(view.lam(forms[0]), LAMBDA_ENDS), reach * (1.38 - 0.16 * (row if left else 2 - row))
        upright = (-reach, top)
        traces.append(line([at] * 2, upright, name="λ", role="penalty", panel=2, width=1.5, hover=None))
        traces += [
            points(
                [at] * 3, fits[form],
                name=FORMS[form].place, role="penalty", panel=2, symbol=symbol, size=size,
            )
            for form in forms
        ]  # fmt: skip
        words = name if view.copied else "" if row else "all of them"
        texts = ["", words] if left else [words, ""]
        sides = ("middle right", "middle left")
        traces.append(tag([at] * 2, [top] * 2, texts, role="penalty", panel=2, position=sides))
    at = _place(view.lam("tau"), LAMBDA_ENDS)
    name = FORMS["tau"].place
    traces.append(
        points([at] * 3, fits["tau"], name=name, role="ink", panel=2, symbol="circle-open", size=18)
    )
    return traces


@lru_cache(maxsize=8)
def _paths(sample: _Sample) -> tuple[Trace, ...]:
    """Return every weight over all λ."""
    coefs = _data(sample).path.coefs
    y = SWEEP.curve(coefs.T)
    return (
        line(SWEEP.axis.range, (0, 0), name="zero", role="muted", panel=2, width=1, hover=None),
        *(line(SWEEP.x, y[i], name=f"weight {i + 1}", role="weight", panel=2, width=2) for i in range(3)),
    )


def _notes(view: _View) -> tuple[Note, ...]:
    left = NUMBER_AXIS.range[0]
    notes = []
    for row, (form, (place, code, *_)) in zip(range(len(FORMS), 0, -1), FORMS.items(), strict=True):
        words = f"{place}: <b>{code.format('…')}</b>"
        notes.append(note(left, row, words, role="ink" if form == view.form else "muted", shift=(4, 14)))
    notes.append(note(left, 0, "AdamW: none, it leads to no ridge", role="muted", shift=(4, 0)))
    for i, weight in enumerate(_data(view.sample).path.coefs[1], 1):
        notes.append(note(-6, float(weight), f"w{'₁₂₃'[i - 1]}", role="weight", panel=2, shift=(2, 9)))
    return tuple(notes)


def _readouts(view: _View) -> tuple[Readout, ...]:
    labels = {
        "lam": "λ of this page",
        "alpha": "scikit-learn’s alpha",
        "weight_decay": "PyTorch’s weight_decay",
        "l2": "Keras’s l2",
        "sum_lam": "λ beside a sum",
        "tau": "Prior deviation τ",
    }
    numbers = {form: view.number(form) for form in FORMS}
    difference = max(_differences(view).values())
    return (
        *(
            Readout(
                form, label, value if math.isfinite(value := numbers[form]) else None, _written(value), role="penalty",
            )
            for form, label in labels.items()
        ),
        Readout(
            "difference",
            "Largest difference of w",
            difference,
            number(difference) if difference else "below 10⁻¹²",
            role="weight",
        ),
    )  # fmt: skip


def _written(value: float) -> str:
    """Return a number as a program takes it, to six digits."""
    if math.isinf(value):
        return "unbounded"
    digits, _, exponent = f"{value:.6g}".partition("e")
    return f"{digits}e{int(exponent)}" if exponent else digits


def _summary(view: _View) -> str:
    number_of = {form: _written(view.number(form)) for form in FORMS}
    n = f"n = {view.sample.n:,}"
    if view.copied:
        lam = {form: _written(view.lam(form)) for form in FORMS}
        apart = max(_differences(view).values())
        told = f"fit weights that differ by up to {number(apart)}" if apart else "fit the same weights"
        return (
            f"Copied unchanged, {number_of['lam']} stands for λ = {lam['lam']} on this page and in Keras, "
            f"{lam['weight_decay']} in PyTorch and {lam['alpha']} in scikit-learn at {n}, and they {told}."
        )
    if math.isinf(view.lam("lam")):
        return "A prior of deviation 0 allows no weight but 0, which no penalty of a finite strength can say."
    return (
        f"At {n}, λ = {number_of['lam']} on this page is alpha = {number_of['alpha']} in scikit-learn, weight_decay = "
        f"{number_of['weight_decay']} in PyTorch, l2 = {number_of['l2']} in Keras and, with noise "
        f"σ = {_written(view.sigma)}, a prior deviation τ of {number_of['tau']}: all six fit the same weights."
    )


def _table(view: _View) -> Table:
    rows = [
        (
            form.place,
            form.code.format(_written(view.number(name))),
            form.problem,
            number(apart) if (apart := _differences(view)[name]) else "none",
        )
        for name, form in FORMS.items()
    ]
    rows.append(
        ("PyTorch’s AdamW", "no number", "no penalized loss: it decays beside the gradient", "not fitted")
    )
    return Table(
        ("where", "what to write", "what it minimizes", "largest difference of w from yours"), tuple(rows)
    )
