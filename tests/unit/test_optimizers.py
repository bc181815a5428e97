"""The optimizers, held to PyTorch step by step, and to where theory says that they go."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from l2widgets import decay
from l2widgets.optimizers import SGD, Adam
from tests.oracles import torch_optimizers as oracle

KEPT = json.loads(oracle.FILE.read_text(encoding="utf-8"))

often = settings(max_examples=100, deadline=None)
lams = st.floats(0, 2)
weights = st.floats(-4, 4)


def ours(optimizer, options):
    """Return our optimizer for torch's name and options: weight_decay is 2λ."""
    options = dict(options)
    given = {"lr": options.pop("lr"), "lam": options.pop("weight_decay", 0.0) / 2}
    if "betas" in options:
        given["betas"] = tuple(options.pop("betas"))
    given |= options
    return SGD(**given) if optimizer == "SGD" else Adam(**given, decoupled=optimizer == "AdamW")


def path(optimizer, problem):
    """Return the weights after every step on a noisy quadratic."""
    H, w_star, w = (np.array(problem[key]) for key in ("H", "w_star", "w0"))
    weights = []
    for noise in problem["noise"]:
        w = optimizer.step(w, H @ (w - w_star) + noise)
        weights.append(w)
    return np.array(weights)


def follow(optimizer, w, steps, gradient=lambda _: 0.0):
    """Return the last weight of a run without noise."""
    for _ in range(steps):
        w = optimizer.step(w, gradient(w))
    return w


# PyTorch


@pytest.mark.parametrize("case", oracle.CASES)
def test_every_step_is_torch_s(case):
    """On a noisy quadratic the weights after each of sixty steps are those that torch 2.13 wrote down."""
    optimizer, options = oracle.CASES[case]
    assert KEPT["torch"].startswith("2.13")
    assert len(KEPT["paths"][case]) == oracle.STEPS
    np.testing.assert_allclose(
        path(ours(optimizer, options), KEPT["problem"]), KEPT["paths"][case], rtol=1e-9, atol=1e-9
    )


@pytest.mark.parametrize("case", oracle.CASES)
def test_every_step_is_the_installed_torch_s(case):
    """So are those of the torch that is installed, on other problems."""
    pytest.importorskip("torch")
    optimizer, options = oracle.CASES[case]
    for seed in range(2, 7):
        problem = oracle.problem(seed)
        wanted = oracle.path(optimizer, options, problem)
        np.testing.assert_allclose(path(ours(optimizer, options), problem), wanted, rtol=1e-9, atol=1e-9)


def test_the_kept_problem_is_the_script_s():
    """The file beside the script was made by the script as it is."""
    assert KEPT["problem"] == oracle.problem(1)
    assert KEPT["data"] == oracle.regression(2)
    assert KEPT["paths"].keys() == oracle.CASES.keys()


# What they are


@often
@given(w0=weights, lr=st.floats(0, 0.9), lam=lams, h=st.floats(0, 2), w_star=weights)
def test_sgd_is_gradient_descent(w0, lr, lam, h, w_star):
    """Without momentum, coupled and decoupled are the paths of `decay`, which are one."""

    def gradient(w):
        return h * (w - w_star)

    for decoupled in (False, True):
        end = follow(SGD(lr, lam=lam, decoupled=decoupled), w0, 20, gradient)
        assert end == pytest.approx(decay.path(w0, lr, lam, 20, gradient)[-1], rel=1e-9, abs=1e-9)


@often
@given(w0=weights, lr=st.floats(0, 0.2), lam=lams, steps=st.integers(0, 50))
def test_adamw_without_a_gradient_only_decays(w0, lr, lam, steps):
    """With a silent data loss every step multiplies the weight by 1 - 2ηλ, as AdamW's name promises."""
    left = w0 * (1 - 2 * lr * lam) ** steps
    assert follow(Adam(lr, lam=lam, decoupled=True), w0, steps) == pytest.approx(left, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("lam", [0.005, 0.5, 50])
def test_the_first_step_of_adam_does_not_ask_for_the_price(lam):
    """With the penalty in its gradient Adam's first step is η, whatever λ is."""
    assert Adam(0.001, lam=lam).step(2.0, 0.0) == pytest.approx(1.999, abs=1e-8)


@often
@given(scale=st.sampled_from([1e-3, 0.1, 10, 1e4]), lam=lams)
def test_adam_forgets_the_scale_of_a_gradient_and_its_penalty(scale, lam):
    """The data loss and the penalty times a number are the same path, but for ε."""
    noise = np.random.default_rng(1).standard_normal(50)
    one, other = Adam(0.01, eps=1e-15, lam=lam), Adam(0.01, eps=1e-15, lam=scale * lam)
    w = v = 1.0
    for g in noise:
        w, v = one.step(w, g), other.step(v, scale * g)
    assert w == pytest.approx(v, rel=1e-6, abs=1e-6)


def test_several_strengths_are_several_runs():
    """An array of λ is one run each, and no run hears of the others."""
    strengths = np.array([0.0, 0.1, 1.0])
    noise = np.random.default_rng(2).standard_normal((30, 4))
    for make in (
        lambda lam: SGD(0.05, 0.9, lam),
        lambda lam: SGD(0.05, 0.9, lam, decoupled=True),
        lambda lam: Adam(0.05, lam=lam),
        lambda lam: Adam(0.05, lam=lam, decoupled=True),
    ):
        together, alone = make(strengths[:, None]), [make(lam) for lam in strengths]
        w, v = np.ones((3, 4)), [np.ones(4)] * 3
        for g in noise:
            w, v = together.step(w, g), [each.step(u, g) for each, u in zip(alone, v, strict=True)]
        np.testing.assert_allclose(w, v, rtol=1e-12)


def test_a_step_leaves_what_it_is_given():
    """The caller's weights and gradients stay as they are."""
    for optimizer in (SGD(0.1, 0.9, 0.1), SGD(0.1, 0.9, 0.1, decoupled=True), Adam(0.1, lam=0.1)):
        w, g = np.ones(2), np.ones(2)
        for _ in range(3):
            optimizer.step(w, g)
        assert w.tolist() == g.tolist() == [1, 1]


# Where they go


@often
@given(lam=lams, beta=st.sampled_from([0.0, 0.5, 0.9]), h=st.floats(0.5, 2), decoupled=st.booleans())
def test_sgd_comes_to_rest_at_ridge(lam, beta, h, decoupled):
    """Coupled it is the ridge solution for λ; decoupled and with momentum β, the one for (1 - β)λ."""
    sgd = SGD(0.1 * (1 - beta), beta, lam, decoupled=decoupled)
    end = follow(sgd, -1.0, 1000, lambda w: h * (w - 3))
    share = 1 - beta if decoupled else 1
    assert float(sgd.ridge_lam) == pytest.approx(share * lam)
    assert end == pytest.approx(h * 3 / (h + 2 * share * lam), rel=1e-6)


@pytest.mark.parametrize("lam", [0.01, 0.1, 0.25, 0.4, 1, 5, 10])
def test_full_batch_adamw_leaves_ridge(lam):
    """It ends at w* itself while that is in the box |w| <= 1 / 2λ, and on the box's edge when it is not."""
    adamw = Adam(0.001, betas=(0.9, 0.99), lam=lam, decoupled=True)
    end = follow(adamw, 0.2, 20_000, lambda w: w - 1)
    assert end == pytest.approx(min(1, 1 / (2 * lam)), abs=2e-3)
    assert abs(end - 1 / (1 + 2 * lam)) > 5 * abs(end - min(1, 1 / (2 * lam)))


@pytest.mark.parametrize("lam", [0, 0.01, 0.25, 1, 5])
def test_full_batch_adam_with_l2_is_ridge(lam):
    """With the penalty in its gradient Adam minimizes the penalized loss."""
    assert follow(Adam(0.01, lam=lam), 0.2, 5000, lambda w: w - 1) == pytest.approx(
        1 / (1 + 2 * lam), abs=1e-4
    )


# What is refused


@pytest.mark.parametrize(
    ("optimizer", "options", "message"),
    [
        (SGD, {"lr": -1}, "lr must be 0 or a positive finite number; got -1"),
        (SGD, {"lr": math.nan}, "lr must be 0 or a positive finite number; got nan"),
        (SGD, {"lr": 0.1, "momentum": 1}, "momentum must be below 1; got 1"),
        (SGD, {"lr": 0.1, "lam": -0.1}, "lam must be 0 or a positive finite number"),
        (SGD, {"lr": 0.1, "lam": [0, math.inf]}, "lam must be 0 or a positive finite number$"),
        (Adam, {"lr": math.inf}, "lr must be 0 or a positive finite number; got inf"),
        (Adam, {"lr": 0.1, "betas": (0.9, 1)}, r"betas\[1\] must be below 1; got 1"),
        (Adam, {"lr": 0.1, "betas": (-0.1, 0.9)}, r"betas\[0\] must be 0 or a positive finite number"),
        (Adam, {"lr": 0.1, "eps": 0}, "eps must be positive"),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else "",
)
def test_numbers_out_of_their_domain_are_refused(optimizer, options, message):
    """The error names the number."""
    with pytest.raises(ValueError, match=message):
        optimizer(**options)


@pytest.mark.parametrize("optimizer", [SGD(0.1, 0.9), Adam(0.1)])
def test_other_weights_need_another_optimizer(optimizer):
    """What is remembered of two weights is not used for three."""
    optimizer.step(np.ones(2), np.ones(2))
    with pytest.raises(ValueError, match=r"must keep its shape \(2,\)"):
        optimizer.step(np.ones(3), np.ones(3))
