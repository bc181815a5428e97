"""The figures that are kept in tests/golden, and made again in Pyodide: each default, each preset, and the corners."""

from __future__ import annotations

import l2widgets

CORNERS: dict[str, dict[str, dict[str, object]]] = {
    "bayes": {
        "the widest prior, bet on": {"tau": 10, "sigma": 0.1, "bet": 10, "n": 25},
        "the narrowest prior, much noise": {"tau": 0.1, "sigma": 1, "n": 1, "seed": 200},
        "a bet before any data": {"n": 0, "bet": 0.2},
        "a bet on Laplace": {"laplace": True, "bet": 1, "n": 10, "seed": 7},
        "Laplace before any data": {"laplace": True, "n": 0, "tau": 5},
        "Laplace, two points, hardly any noise": {"laplace": True, "n": 2, "sigma": 0.1, "tau": 10},
    },
    "geometry": {
        "no penalty, a bet lost": {"lam": 0, "bet": "shrinks"},
        "the largest price, all shown": {"lam": 100, "bet": "flips", "path": True, "axes": True, "l1": True},
        "more budget than needed": {"t": 4, "bet": "skip", "l1": True},
        "the smallest budget": {"t": 0.05, "w1": -2, "w2": 2, "bet": "grows", "variance": 0.05},
        "a budget before the bet": {"t": 2},
        "nothing wanted": {"w1": 0, "w2": 0, "bet": "grows", "path": True, "axes": True, "l1": True},
        "a weight from nothing": {"w2": 0, "bet": "grows", "path": True, "t": 1},
    },
    "gradient": {
        "a bet": {"w1": 2, "w2": 1, "bet1": 1, "bet2": 2},
        "a bet won, no penalty": {"lam": 0, "w1": -1, "w2": 0, "bet1": 3, "bet2": 1.5, "rho": 0.5},
        "half a bet": {"bet1": 0},
    },
    "lambda_sweep": {
        "no penalty": {"lam": 0},
        "the largest penalty": {"lam": 100},
        "few points, many powers, no penalty": {"lam": 0, "n": 15, "degree": 15, "noise": 0.1},
        "a straight line through three folds": {"lam": 1, "degree": 1, "folds": 3, "n": 200},
        "a step, its folds reshuffled": {"data": "step", "rule": "one_se", "reshuffle": True, "split": 7},
        "committed": {"data": "cubic", "lam": 0.001, "committed": 0.01},
        "committed to no penalty": {"lam": 100, "committed": 0, "seed": 200},
        "penguins without a penalty": {"data": "penguins", "lam": 0},
    },
    "network": {
        "the largest on a spiral": {"size": "large", "data": "spiral", "n": 200, "lr": 0.1, "lam": 0},
        "moons with right labels": {"data": "moons", "noise": 0, "n": 30, "lam": 0.0001},
        "XOR, slowly": {"data": "xor", "lr": 0.05, "lam": 0.005},
        "priced out at once": {"lam": 1},
    },
    "penalty": {
        "no penalty, its answer shown": {"lam": 0, "answer": True},
        "off the chart": {"lam": 100, "answer": True, "w1": 2, "w2": 2, "w3": -2, "w4": 2, "w5": 2, "w6": -2},
        "solved": {"w1": 0.8, "w2": 0.8, "w3": 0.5, "w4": -0.3, "w5": -0.1},
        "kilometres, the largest penalty": {"view": "units", "unit": "km", "lam": 100},
        "kilometres without a penalty": {"view": "units", "unit": "km", "lam": 0},
        "kilometres, standardized": {"view": "units", "unit": "km", "lam": 0.1, "standardize": True},
    },
    "optimizers": {
        "no penalty": {"lam": 0, "guess": "show", "bet": "show"},
        "the first steps of the fastest": {"lam": 10, "lr": 0.05, "step": 20, "guess": "show", "bet": "show"},
        "a bet lost": {"guess": "loud", "bet": "loud", "seed": 200},
        "a bet on both, won": {"guess": "alike", "bet": "alike", "noise": 0.1},
        "nothing yet": {"step": 0},
        "the loudest": {"pull": True, "noise": 30, "lr": 0.05, "lam": 0.01},
        "full batch without a penalty": {"pull": True, "full_batch": True, "lam": 0, "lr": 0.02},
        "momentum, coupled": {"momentum": 0.9, "guess": "show", "bet": "show"},
    },
    "translator": {
        "no penalty": {"value": 0},
        "a prior without width": {"form": "tau", "value": 0},
        "a wide prior": {"form": "tau", "value": 1000, "sigma": 10},
        "a narrow prior": {"form": "tau", "value": 1e-6, "sigma": 10},
        "copied to many points": {"form": "sum_lam", "value": 900, "n": 10000, "copied": True},
        "copied, no penalty": {"form": "l2", "value": 0, "copied": True, "n": 10},
        "the weakest": {"form": "alpha", "value": 1e-6, "n": 10000, "seed": 200},
    },
    "weight_decay": {
        "no penalty": {"lam": 0, "step": 500},
        "one step to zero": {"lam": 5, "steps": 20, "step": 1},
        "for ever back and forth": {"lam": 10, "steps": 20, "step": 20, "w0": -4},
        "the fastest way out": {"lam": 100, "lr": 1, "steps": 1000, "step": 1000},
        "data on the other side": {
            "pull": True,
            "lam": 0.1,
            "h": 5,
            "w_star": -4,
            "w0": 4,
            "steps": 20,
            "step": 20,
        },
        "L1 with data": {"pull": True, "lam": 1, "compare": "l1", "steps": 50, "step": 50},
        "decay in the update": {"compare": "decoupled", "pull": True, "step": 0},
    },
}


def cases(name: str) -> dict[str, dict[str, object]]:
    """Return the parameters of each case of a widget by the case's name."""
    presets = {f"preset: {preset.label}": dict(preset.params) for preset in l2widgets.load(name).presets}
    return {"default": {}} | presets | CORNERS.get(name, {})


LOOSE = {"few points, many powers, no penalty": 1e-6}
"""The cases that may differ by more: without a penalty, a curve through fifteen points by fifteen powers has weights
of 22,000 that cancel each other, which costs seven digits of the sixteen."""
