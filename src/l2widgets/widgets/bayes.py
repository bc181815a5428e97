"""A prior on two weights, the points that speak against it one by one, and the ridge solution as the peak.

The reader should learn four things. A prior deviation τ and a noise deviation σ are a λ, σ²/(nτ²), and the peak of the
posterior is the ridge solution to the last digit. The peak is one point of a whole distribution, whose spread says
which functions are still possible. Data wash the prior out. And a prior can be looked at before any data: draw from
it, and see whether that is a world you believe in.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from l2widgets import bayes, ridge
from l2widgets.draws import Draws
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
from l2widgets.spec import Commit, Preset, Seed, Slider, Toggle, Widget, linear_stops, log_stops

type Floats = NDArray[np.float64]
type Posterior = bayes.Posterior | bayes.LaplacePosterior

POINTS = 25

SPEC = Widget(
    name="bayes",
    title="Your prior is your λ",
    question="What do you say about the weights when you choose a λ?",
    caption=(
        "A toy car is pushed onto a plank, and its distance is read off by eye, one point at a time: w₁ is how far the "
        "push alone would take it, w₂ what the slope adds. Lines in the plane join weights of equal density, at 61 % "
        "and 14 % of the peak. Below: the prior as a penalty, and draws under three priors, whatever τ is."
    ),
    controls=(
        Slider(
            name="tau",
            label="Prior deviation",
            symbol=r"\tau",
            role="penalty",
            unit="m",
            stops=log_stops(-1, 1, 10),
            default=1,
            help="How large you expect the weights to be, before any data.",
        ),
        Slider(
            name="n",
            label="Points seen",
            symbol="n",
            role="data",
            stops=linear_stops(0, POINTS, 1),
            default=4,
            play=True,
            help="The posterior before one point is the prior for the next.",
        ),
        Slider(
            name="sigma",
            label="Noise that you expect",
            symbol=r"\sigma",
            role="loss",
            unit="m",
            stops=linear_stops(0.1, 1, 0.1, decimals=1),
            default=0.5,
            help="The points stay where they are; their own noise has the deviation 0.5 m.",
        ),
        Toggle(
            name="laplace",
            label="Laplace prior",
            help="The same deviation, with a sharper peak and longer tails: the prior of L1.",
        ),
        Seed(name="seed", label="Sample", default=2),
        Commit(
            name="bet",
            of="tau",
            label="Bet on this τ",
            undo="Take the bet back",
            role="truth",
            help="A bet opens the true weights, and says which τ predicts the points best.",
        ),
    ),
    presets=(
        Preset("Before any data", {"n": 0}),
        Preset("One point", {"n": 1}),
        Preset("A strong prior", {"tau": 0.2}),
        Preset("All points", {"n": 25}),
        Preset("L1 beside it", {"n": 10, "tau": 0.5, "laplace": True}),
    ),
)

TAUS = tuple(float(stop.value) for stop in SPEC["tau"].stops if isinstance(stop.value, (int, float)))

TRUTH = np.array([2.2, -1.0])
"""The true weights, in m."""
NOISE = 0.5
"""The true deviation of the noise, in m."""

CHOICES = (0.2, 1.0, 5.0)
"""The three τ, in m, whose draws are shown beside each other."""

FLAT = 1e4
"""A prior deviation, in m, that leaves nothing to see of the prior: the posterior is the likelihood."""

DROPS = (0.5, 2.0)
"""How far below the peak the log density of a contour is: one and two deviations, where it is normal."""

TIMES = np.linspace(0, 1, 21)
CURVES = np.column_stack([TIMES, TIMES**2])
COARSE = CURVES[::2]

DRAWS = 10
FEW = 5
"""How many draws are shown, and how many of them beside each other."""

WIDEST, STEEPEST = 3.0, 6.5
"""The largest weight, in m, and the largest −log prior, in nats, for which the penalty is drawn."""

REACH = (-2.5, 3.5)
"""The distances on the charts, in m."""

BLOCK = 1.25
"""How far the three charts of draws are from each other, the time running from 0 to 1."""


def figure(*, tau: float, n: int, sigma: float, laplace: bool, seed: int, bet: float | None) -> Figure:
    """Draw prior, likelihood and posterior in the plane of weights, and the runs that they believe in."""
    seen = _Seen(n, sigma, laplace, seed)
    drawings = (
        *_plane(seen, tau, bet),
        *_runs(seen, tau, bet),
        *_penalty(seen, tau),
        *_choices(seen),
        *_verdict(seen, bet),
    )
    return Figure(
        panels=PANELS,
        traces=drawings,
        notes=_notes(laplace=laplace, opened=bet is not None),
        summary=_summary(seen, tau),
        readouts=_readouts(seen, tau, bet),
        table=_table(seen, tau),
        heights=(250, 230),
    )


PANELS = (
    Panel(
        "The plane of weights",
        Axis("w₁, from the push (m)", (-2.5, 3.5)),
        Axis("w₂, from the slope (m)", (-3, 2.5)),
        equal=True,
    ),
    Panel(
        "Runs that the posterior believes in",
        Axis("time (share of the run)", (0, 1)),
        Axis("distance (m)", REACH),
    ),
    Panel(
        "The penalty is −log prior",
        Axis("weight (m)", (-WIDEST, WIDEST)),
        Axis("below the prior’s peak (nats)", (0, 8.4)),
    ),
    Panel(
        "Which looks like your problem?",
        Axis(
            "time from 0 to 1, under each prior deviation",
            (-0.08, 2 * BLOCK + 1.08),
            ticks={k * BLOCK + 0.5: f"τ = {tau:g} m" for k, tau in enumerate(CHOICES)},
        ),
        Axis("distance (m)", (REACH[0], REACH[1] + 0.9)),
    ),
)


class _Seen(NamedTuple):
    """What is known of the weights besides the prior's deviation."""

    n: int
    sigma: float
    laplace: bool
    seed: int

    @property
    def data(self) -> tuple[Floats, Floats]:
        """The features (n, 2) and the distances (n,) of the points seen so far."""
        X, y = _run(self.seed)
        return X[: self.n], y[: self.n]


@lru_cache(maxsize=16)
def _run(seed: int) -> tuple[Floats, Floats]:
    """Return time and its square (25, 2), each time from a part of the run of its own, and the distances (25,)."""
    rng = Draws([seed, 1])
    times = (rng.permutation(POINTS) + 0.5) / POINTS
    X = np.column_stack([times, times**2])
    return X, X @ TRUTH + NOISE * rng.standard_normal(POINTS)


@lru_cache(maxsize=16)
def _deviates(seed: int) -> Floats:
    return Draws([seed, 2]).standard_normal((DRAWS, 2))


@lru_cache(maxsize=64)
def _posterior(seen: _Seen, tau: float) -> Posterior:
    make = bayes.laplace_posterior if seen.laplace else bayes.posterior
    return make(*seen.data, seen.sigma, tau)


def _peak(seen: _Seen, tau: float) -> Floats:
    if seen.laplace:
        return bayes.laplace_map(*seen.data, seen.sigma, tau)
    return bayes.posterior(*seen.data, seen.sigma, tau).peak


def _ridge(seen: _Seen, tau: float) -> Floats:
    """Return the weights of ridge at λ = σ²/(nτ²), by another road than the posterior's."""
    X, y = seen.data
    if not seen.n:
        return np.zeros(2)  # the limit of any ridge as λ grows
    # With its mirror image the data has the mean 0, so that ridge's free intercept is 0 as well.
    return ridge.fit(np.vstack([X, -X]), np.append(y, -y), bayes.lam_from_prior(seen.sigma, tau, seen.n)).coef


def _distance(seen: _Seen, tau: float) -> float:
    """Return how far the peak is from ridge, in m; what is below a picometre is rounding."""
    return round(float(np.linalg.norm(_peak(seen, tau) - _ridge(seen, tau))), 12) + 0.0


@lru_cache(maxsize=64)
def _evidence(seen: _Seen) -> Floats:
    """Return the log evidence of every stop of τ."""
    return np.array([_posterior(seen, tau).log_evidence for tau in TAUS])


def _joined(curves: list[Floats]) -> tuple[Floats, Floats]:
    """Return curves (k, 2) as the x and y of one line with gaps."""
    gap = np.full((1, 2), np.nan)
    path = np.vstack([part for curve in curves for part in (curve, gap)][:-1])
    return path[:, 0], path[:, 1]


def _contours(posterior: Posterior) -> tuple[Floats, Floats]:
    return _joined([posterior.contour(drop, 48) for drop in DROPS])


def _plane(seen: _Seen, tau: float, bet: float | None) -> tuple[Trace, ...]:
    """Return prior, likelihood and posterior in the plane of weights."""
    posterior = _posterior(seen, tau)
    drawn = posterior.draws(_deviates(seen.seed))
    at, limit = posterior.peak, _ridge(seen, tau)
    return (
        _likelihood(seen),
        line(
            *_contours(_posterior(seen._replace(n=0), tau)),
            name="prior", role="penalty", dash="dash", width=1.5, hover=None,
        ),
        _way(seen),
        line(*_contours(posterior), name="posterior", role="total", width=2, hover=None),
        points(drawn[:, 0], drawn[:, 1], name="draw", role="fit", size=4, opacity=0.7, hover=None),
        points([limit[0]], [limit[1]], name="ridge", role="ink", symbol="circle-open", size=15, hover=None),
        points([at[0]], [at[1]], name="MAP", role="fit", size=9, hover="(%{x:.3~g}, %{y:.3~g}) m"),
        *_opened(seen, bet),
    )  # fmt: skip


@lru_cache(maxsize=64)
def _likelihood(seen: _Seen) -> Trace:
    flat = bayes.posterior(*seen.data, seen.sigma, FLAT)
    return line(*_contours(flat), name="likelihood", role="loss", dash="dot", width=1.5, hover=None)


@lru_cache(maxsize=64)
def _way(seen: _Seen) -> Trace:
    """Return the peak's way from the origin as the prior widens."""
    way = np.array([_peak(seen, tau) for tau in TAUS])
    return line(way[:, 0], way[:, 1], name="peak at every τ", role="fit", width=1, hover=None)


def _opened(seen: _Seen, bet: float | None) -> tuple[Trace, ...]:
    """Return what the bet opens: the prior that was bet on, and the truth."""
    if bet is None:
        return ()
    return (
        line(
            *_contours(_posterior(seen._replace(n=0), bet)),
            name="your bet", role="truth", dash="longdashdot", width=1, hover=None,
        ),
        points(TRUTH[:1], TRUTH[1:], name="truth", role="truth", symbol="star", size=12, hover=None),
    )  # fmt: skip


def _runs(seen: _Seen, tau: float, bet: float | None) -> tuple[Trace, ...]:
    """Return the points, and the runs that draws of the weights mean."""
    posterior = _posterior(seen, tau)
    X, y = seen.data
    curves = posterior.draws(_deviates(seen.seed)) @ CURVES.T
    truth = (
        ()
        if bet is None
        else (line(TIMES, CURVES @ TRUTH, name="truth", role="truth", panel=2, dash="dash", width=2),)
    )
    return (
        line(
            *_joined([np.column_stack([TIMES, curve]) for curve in curves]),
            name="draw", role="fit", panel=2, width=1, opacity=0.55, hover=None,
        ),
        line(TIMES, CURVES @ posterior.peak, name="MAP", role="fit", panel=2, width=3),
        *truth,
        points(X[:, 0], y, name="point", role="data", panel=2, size=7),
    )  # fmt: skip


def _penalty(seen: _Seen, tau: float) -> tuple[Trace, ...]:
    """Return −log prior over one weight, and on it the penalty in the same unit."""
    scale, half = tau / math.sqrt(2), 1 / (2 * tau**2)
    # The loss times n/(2σ²) is the negative log likelihood; λw² grows with it, and keeps its limit without points.
    price = bayes.lam_from_prior(seen.sigma, tau, seen.n) * seen.n / (2 * seen.sigma**2) if seen.n else half
    across = np.linspace(-1, 1, 25)
    rings = across * min(WIDEST, math.sqrt(STEEPEST / price))
    weights = across * min(WIDEST, STEEPEST * scale) if seen.laplace else rings
    peak = _posterior(seen, tau).peak

    def prior(w: Floats) -> Floats:
        return np.abs(w) / scale if seen.laplace else half * w**2

    inside = (np.abs(peak) <= WIDEST) & (prior(peak) <= STEEPEST)
    return (
        line(weights, prior(weights), name="−log prior", role="penalty", panel=3),
        points(
            rings, price * rings**2,
            name="λw²·n/(2σ²)", role="ink", symbol="circle-open", panel=3, size=7, hover=None,
        ),
        points(
            np.where(inside, peak, np.nan), prior(peak),
            name="what a weight of the MAP pays", role="fit", panel=3, size=9,
        ),
    )  # fmt: skip


@lru_cache(maxsize=64)
def _choices(seen: _Seen) -> tuple[Trace, ...]:
    """Return draws under three priors, of the prior itself at n = 0."""
    X, y = seen.data
    deviates = _deviates(seen.seed)[:FEW]
    curves = [
        np.column_stack([COARSE[:, 0] + k * BLOCK, run])
        for k, tau in enumerate(CHOICES)
        for run in _posterior(seen, tau).draws(deviates) @ COARSE.T
    ]
    starts = np.arange(len(CHOICES)) * BLOCK
    x, heights = _joined(curves)
    heights[heights > REACH[1]] = np.nan  # the words above stay free
    return (
        line(x, heights, name="draw", role="fit", panel=4, width=1.25, opacity=0.8, hover=None),
        points(
            np.add.outer(starts, X[:, 0]).ravel(), np.tile(y, len(CHOICES)),
            name="point", role="data", panel=4, size=4, hover=None,
        ),
    )  # fmt: skip


def _verdict(seen: _Seen, bet: float | None) -> tuple[Trace, ...]:
    """Return how probable the points make each of the three priors, once the reader has bet."""
    if bet is None:
        return ()
    logs = np.array([_posterior(seen, tau).log_evidence for tau in CHOICES])
    shares = np.exp(logs - logs.max())
    shares /= shares.sum()
    heights = [REACH[1] + 0.5] * len(CHOICES)
    middles = np.arange(len(CHOICES)) * BLOCK + 0.5
    words = [f"{_percent(share)} likely" for share in shares]
    return (tag(middles, heights, words, role="truth", panel=4, position="middle center"),)


def _percent(share: float) -> str:
    percent = 100 * share
    return "under 1 %" if percent < 0.95 else "over 99 %" if percent > 99.05 else f"{percent:.0f} %"


@lru_cache(maxsize=4)
def _notes(*, laplace: bool, opened: bool) -> tuple[Note, ...]:
    words = [
        ("╌ prior", "penalty"),
        ("┈ likelihood", "loss"),
        ("━ posterior", "total"),
        ("● MAP", "fit"),
        ("○ ridge", "ink"),
    ]
    revealed = [("★ truth", "truth"), ("– · your bet", "truth")] if opened else []
    prior = "━ −log prior: |w|/b" if laplace else "━ −log prior: w²/(2τ²)"
    return (
        *key(*words, corner="top right"),
        *key(*revealed, corner="bottom left"),
        *key(("━ the MAP", "fit"), ("─ draws", "fit"), ("● points", "data"), panel=2),
        *key((prior, "penalty"), ("○ λw², times n/(2σ²)", "ink"), panel=3),
    )


def _readouts(seen: _Seen, tau: float, bet: float | None) -> tuple[Readout, ...]:
    posterior, distance = _posterior(seen, tau), _distance(seen, tau)
    deviations = np.sqrt(np.diag(posterior.cov))
    strength = _strength(seen, tau)
    label, link = (
        ("L1’s λ = 2√2 σ²/(nτ)", f"2√2 · {seen.sigma:g}² / ({seen.n} · {tau:g})")
        if seen.laplace
        else ("λ = σ²/(nτ²)", f"{seen.sigma:g}² / ({seen.n} · {tau:g}²)")
    )
    finite = strength if math.isfinite(strength) else None
    return (
        Readout("lam", label, finite, "infinite" if finite is None else _precise(finite), role="penalty"),
        Readout("link", "with your numbers", link, link, role="penalty"),
        Readout("map", "MAP (w₁, w₂)", float(posterior.peak[0]), _pair(posterior.peak), "m", "fit"),
        Readout("distance", "From the MAP to ridge", distance, number(distance), "m"),
        Readout("spread", "Posterior deviations", float(deviations[0]), _pair(deviations), "m", "total"),
        *_settled(seen, bet),
    )


def _settled(seen: _Seen, bet: float | None) -> tuple[Readout, ...]:
    """Return what the points say of the bet: nothing before it is made, nor before there are points."""
    favoured, odds, words, verdict, unit = None, None, "locked", "locked until you bet", ""
    if bet is not None and not seen.n:
        words = verdict = "no points yet"
    elif bet is not None:
        logs = _evidence(seen)
        best = int(logs.argmax())
        favoured, odds = TAUS[best], math.exp(logs[TAUS.index(bet)] - logs[best])
        words, unit = SPEC["tau"].stops[best].label, "m"
        verdict = f"{_percent(odds)} as probable"
    return (
        Readout("favoured", "τ that predicts the points best", favoured, words, unit, "truth"),
        Readout("bet", "The points under your bet", odds, verdict, role="truth"),
    )


def _strength(seen: _Seen, tau: float) -> float:
    """Return the λ that the prior is: of the squares, or of the magnitudes."""
    from_prior = bayes.l1_from_prior if seen.laplace else bayes.lam_from_prior
    return from_prior(seen.sigma, tau, seen.n)


def _summary(seen: _Seen, tau: float) -> str:
    posterior = _posterior(seen, tau)
    if not seen.n:
        return f"With no point seen the posterior is the prior, whose peak is at zero and whose deviation is {tau:g} m."
    given = (
        f"After {seen.n} point{'s' if seen.n > 1 else ''} τ = {tau:g} m and σ = {seen.sigma:g} m make "
        f"λ = {_precise(_strength(seen, tau))}, and the posterior’s peak, at {_pair(posterior.peak)} m,"
    )
    around = f"the posterior’s deviations are {_pair(np.sqrt(np.diag(posterior.cov)))} m"
    if not seen.laplace:
        return f"{given} is the ridge solution; {around}."
    off = int((posterior.peak == 0).sum())
    zeros = ("", ", with one weight exactly 0", ", with both weights exactly 0")[off]
    return f"{given} is the solution of L1{zeros}, {number(_distance(seen, tau))} m from ridge; {around}."


def _table(seen: _Seen, tau: float) -> Table:
    posterior = _posterior(seen, tau)
    alone = bayes.posterior(*seen.data, seen.sigma, FLAT).peak
    columns = (
        "weight",
        "prior deviation (m)",
        "the points alone (m)",
        "MAP (m)",
        "ridge (m)",
        "posterior mean (m)",
        "posterior deviation (m)",
    )
    numbers = zip(
        ("w₁, from the push", "w₂, from the slope"),
        [f"{tau:g}"] * 2,
        [_short(w) for w in alone] if seen.n >= 2 else ["undecided"] * 2,
        *([_short(w) for w in values] for values in (posterior.peak, _ridge(seen, tau), posterior.mean)),
        [_short(w) for w in np.sqrt(np.diag(posterior.cov))],
        strict=True,
    )
    return Table(columns, tuple(numbers))


def _precise(strength: float) -> str:
    """Return a strength to three digits; round numbers stay round."""
    text = f"{strength:.3g}"
    return number(strength) if "e" in text else text


def _pair(values: Floats) -> str:
    return f"({_short(values[0])}, {_short(values[1])})"


def _short(value: float) -> str:
    """Return a number to two decimals, or to three digits where that is less; round numbers stay round."""
    if abs(value) < 1e-9:
        return "0"
    text = f"{value:.2f}" if abs(value) >= 0.1 else f"{value:.2g}"
    text = f"{float(text):g}"
    return number(value) if "e" in text else text.replace("-", "−")
