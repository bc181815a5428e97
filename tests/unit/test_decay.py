"""One weight under decay, held to the closed form, to the fixed point and to what happens at the boundaries."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from l2widgets import decay

often = settings(max_examples=100)
weights = st.just(0.0) | st.floats(1e-100, 10) | st.floats(-10, -1e-100)
"""Zero, or large enough that no step of a test rounds it to a number with fewer digits."""
rates = st.floats(0, 2)
"""Learning rates η."""
lams = st.floats(0, 2)


def quadratic(h, w_star):
    """Return the derivative of h (w - w*)² / 2."""
    return lambda w: h * (w - w_star)


@often
@given(weights, rates, lams, st.integers(0, 60))
def test_the_path_is_the_closed_form(w0, lr, lam, steps):
    """Without data, stepping gives w₀(1 - 2ηλ)^t."""
    stepped = decay.path(w0, lr, lam, steps)
    assert stepped.shape == (steps + 1,)
    np.testing.assert_allclose(stepped, decay.closed_form(w0, lr, lam, steps), rtol=1e-11, atol=1e-300)


def test_the_article_s_example():
    """η = 0.1 and λ = 0.01 multiply the weight by 0.998, which is 0.2 % less at every step."""
    assert decay.factor(0.1, 0.01) == pytest.approx(0.998, rel=1e-15)
    np.testing.assert_allclose(decay.path(1, 0.1, 0.01, 3), [1, 0.998, 0.998**2, 0.998**3], rtol=1e-14)
    assert decay.half_life(0.1, 0.01) == pytest.approx(346.2, abs=0.05)


@often
@given(weights, st.floats(0.01, 0.9), lams, st.floats(0, 2), weights)
def test_the_path_is_gradient_descent_on_the_penalized_loss(w0, lr, lam, h, w_star):
    """Each step is w - η times the whole gradient, the data's and 2λw."""
    found = decay.path(w0, lr, lam, 20, quadratic(h, w_star))
    whole = [h * (w - w_star) + 2 * lam * w for w in found[:-1]]
    np.testing.assert_allclose(found[1:], found[:-1] - lr * np.array(whole), rtol=1e-9, atol=1e-9)


@often
@given(weights, st.floats(0.01, 0.9), lams, st.floats(0, 2), weights)
def test_decay_in_the_update_is_the_penalty_in_the_loss(w0, lr, lam, h, w_star):
    """For plain gradient descent the two recipes draw the same path, with data and without."""
    for grad in (None, quadratic(h, w_star)):
        coupled, decoupled = decay.path(w0, lr, lam, 30, grad), decay.decoupled_path(w0, lr, lam, 30, grad)
        np.testing.assert_allclose(decoupled, coupled, rtol=1e-9, atol=1e-9)


def test_the_gradient_is_taken_before_the_decay():
    """The decoupled step reads its gradient at the undecayed weight, as an optimizer gets it."""
    asked = []

    def grad(w):
        asked.append(w)
        return 0.0

    assert list(decay.decoupled_path(8, 0.25, 1, 2, grad)) == [8, 4, 2]
    assert asked == [8, 4]


# Where it goes


@often
@given(weights, st.floats(0.1, 2), st.floats(0, 2), weights)
def test_the_data_s_pull_ends_at_the_fixed_point(w0, h, lam, w_star):
    """With a stable step the path ends at h·w*/(h + 2λ), wherever it starts."""
    lr = 1.5 / (h + 2 * lam)
    found = decay.path(w0, lr, lam, 100, quadratic(h, w_star))
    assert found[-1] == pytest.approx(h * w_star / (h + 2 * lam), abs=1e-9)
    assert found[-1] == pytest.approx(decay.fixed_point(h, w_star, lam), abs=1e-9)


@pytest.mark.parametrize("lr", [0.05, 0.2, 0.7])
def test_the_learning_rate_does_not_move_the_destination(lr):
    """λ alone sets where the weight ends; η sets how fast it gets there."""
    assert decay.path(-4, lr, 0.5, 2000, quadratic(1, 3))[-1] == pytest.approx(1.5, rel=1e-12)


@often
@given(st.floats(1e-3, 10), weights, lams)
def test_nothing_moves_a_weight_at_its_fixed_point(h, w_star, lam):
    """One step from the fixed point ends where it began."""
    there = decay.fixed_point(h, w_star, lam)
    assert decay.path(there, 0.1, lam, 1, quadratic(h, w_star))[1] == pytest.approx(there, abs=1e-9)


def test_the_fixed_point_s_ends():
    """λ = 0 leaves w* itself, no data leave zero, and a heavy penalty comes close to zero."""
    assert decay.fixed_point(0.3, 0.7, 0) == 0.7
    assert decay.fixed_point(0, 0.7, 0.1) == 0
    assert decay.fixed_point(1, 1, 1e12) == pytest.approx(0, abs=1e-12)
    assert decay.fixed_point(5e-324, 1, 1e300) == 0
    with pytest.raises(ValueError, match="nothing moves the weight"):
        decay.fixed_point(0, 0.7, 0)


# How it moves


@pytest.mark.parametrize(
    ("lr", "lam", "h", "expected"),
    [
        (0.1, 0, 0, "still"),
        (0, 1, 1, "still"),
        (0.1, 0.01, 0, "smooth"),
        (1, 0.5 - 1e-9, 0, "smooth"),
        (1, 0.5, 0, "one step"),
        (0.1, 5, 0, "one step"),
        (1 / 49, 24.5, 0, "one step"),
        (0.5, 0.5, 1, "one step"),
        (1, 0.5 + 1e-9, 0, "sign flips"),
        (1, 1 - 1e-9, 0, "sign flips"),
        (1, 1, 0, "bounces for ever"),
        (1 / 49, 49, 0, "bounces for ever"),
        (0.5, 1, 2, "bounces for ever"),
        (1, 1 + 1e-9, 0, "diverges"),
        (1e300, 1e300, 1e300, "diverges"),
    ],
)
def test_regimes_at_their_boundaries(lr, lam, h, expected):
    """The boundaries lie at η(h + 2λ) = 0, 1 and 2, and are met where the product is only rounded to them."""
    assert decay.regime(lr, lam, h) == expected


@often
@given(st.floats(0.5, 5), st.floats(0.01, 2), lams, st.floats(0, 2))
def test_the_regime_describes_the_path(distance, lr, lam, h):
    """The distance from the destination does in each step what the regime's name says."""
    name = decay.regime(lr, lam, h)
    if name == "still":
        assert (decay.path(distance, lr, lam, 5, quadratic(h, 1)) == distance).all()
        return
    destination = decay.fixed_point(h, 1, lam)
    away = decay.path(destination + distance, lr, lam, 1, quadratic(h, 1)) - destination
    flips, shrinks = away[1] < 0, abs(away[1]) < abs(away[0])
    expected = {"smooth": (False, True), "sign flips": (True, True), "diverges": (True, False)}
    near_a_boundary = min(abs(lr * (h + 2 * lam) - r) for r in (0, 1, 2)) < 1e-6
    assert near_a_boundary or (flips, shrinks) == expected[name]


def test_the_landmarks_are_met_exactly():
    """One step reaches zero, positive and for good, and bouncing never loses a digit."""
    for landed in (decay.path(-3, 1 / 49, 24.5, 4), decay.closed_form(-3, 1 / 49, 24.5, 4)):
        assert landed.tolist() == [-3, 0, 0, 0, 0]
        assert not np.signbit(landed[1:]).any()
    np.testing.assert_array_equal(decay.path(2, 1 / 49, 49, 999)[-2:], [2, -2])


# How fast


@often
@given(st.floats(1e-3, 1), st.floats(1e-3, 0.999))
def test_the_half_life_halves(lr, rate):
    """After the half-life the factor's power is one half, below η λ = ½ and above it."""
    for eta_lam in (rate / 2, (2 - rate) / 2):
        lam = eta_lam / lr
        half = decay.half_life(lr, lam)
        assert abs(decay.factor(lr, lam)) ** half == pytest.approx(0.5, rel=1e-9)


def test_the_half_life_s_ends():
    """Without decay and with divergence it is endless, with a factor of 0 it is nothing, and tiny λ still count."""
    assert decay.half_life(0.1, 0) == math.inf
    assert decay.half_life(0, 0.1) == math.inf
    assert decay.half_life(1, 1) == math.inf
    assert decay.half_life(1 / 49, 49) == math.inf
    assert decay.half_life(1, 5) == math.inf
    assert decay.half_life(1, 0.5) == 0
    assert decay.half_life(1 / 49, 24.5) == 0
    assert decay.half_life(1e-8, 1e-12) == pytest.approx(math.log(2) / 2e-20, rel=1e-12)


def test_the_half_life_counts_steps():
    """With η λ chosen for a half-life of 10, ten steps halve the weight."""
    lam = (1 - 0.5**0.1) / 2
    assert decay.half_life(1, lam) == pytest.approx(10)
    assert decay.path(6, 1, lam, 10)[-1] == pytest.approx(3)


# L1, for contrast


def test_l1_takes_equal_steps_and_stops_at_zero():
    """The weight loses ηλ at every step, lands on zero exactly and stays; L2 never lands."""
    np.testing.assert_allclose(decay.l1_path(1, 0.5, 0.6, 5), [1, 0.7, 0.4, 0.1, 0, 0], atol=1e-15)
    assert decay.l1_path(1, 0.5, 0.6, 5)[-2:].tolist() == [0, 0]
    assert decay.path(1, 0.5, 0.6, 5)[-1] > 0


@often
@given(weights, rates, lams, st.integers(0, 60))
def test_l1_alone_walks_a_straight_line_to_zero(w0, lr, lam, steps):
    """After t steps the weight is sign(w₀) max(|w₀| - tηλ, 0), which never crosses zero."""
    found = decay.l1_path(w0, lr, lam, steps)
    left = np.maximum(abs(w0) - np.arange(steps + 1) * lr * lam, 0)
    np.testing.assert_allclose(found, math.copysign(1, w0) * left, atol=1e-12)
    assert not (found * w0 < 0).any()


@often
@given(weights, st.floats(0.2, 0.9), lams, st.floats(0.2, 1), weights)
def test_l1_with_data_ends_where_no_step_moves_it(w0, lr, lam, h, w_star):
    """The destination is the minimum of ½h(w - w*)² + λ|w|: w* less λ/h, and zero if that would cross it."""
    end = decay.l1_path(w0, lr, lam, 600, quadratic(h, w_star))[-1]
    assert end == pytest.approx(math.copysign(max(abs(w_star) - lam / h, 0), w_star), abs=1e-6)


def test_a_negative_weight_ends_at_plain_zero():
    """No path ends at -0.0, which a table would show as a negative number."""
    assert not np.signbit(decay.l1_path(-1, 1, 1, 3)[1:]).any()


# Divergence


@pytest.mark.parametrize("lam", [1.5, 1e10, 1e308])
def test_divergence_stops_at_the_limit(lam):
    """However far a weight goes, the path stays finite, flips its sign, and warns of nothing."""
    for found in (
        decay.path(1, 1, lam, 3000),
        decay.closed_form(1, 1, lam, 3000),
        decay.decoupled_path(1, 1, lam, 3000),
        decay.path(1, 10, lam, 3000, quadratic(1e10, 1)),
        decay.decoupled_path(1, 10, lam, 3000, quadratic(1e10, 1)),
    ):
        assert np.abs(found).max() == abs(found[-1]) == decay.LIMIT
        assert (np.sign(found[1:]) == -np.sign(found[:-1])).all()


@pytest.mark.parametrize("follow", [decay.path, decay.closed_form, decay.decoupled_path, decay.l1_path])
def test_zero_stays_zero(follow):
    """A weight of zero is not moved by the penalty, not even by one that would overflow."""
    assert follow(0, 1e308, 1e308, 3).tolist() == [0, 0, 0, 0]


def test_numpy_s_numbers_do_not_warn():
    """NumPy's scalars, which warn of an overflow, are taken as plain numbers."""
    huge = np.float64(1e200)
    assert abs(decay.path(huge, huge, huge, 3)[-1]) == decay.LIMIT
    assert decay.factor(huge, huge) == -decay.LIMIT
    assert decay.regime(huge, huge) == "diverges"


# What is refused


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((math.nan, 0.1, 0.1, 3), "w0 must be a finite"),
        ((1, -0.1, 0.1, 3), "lr must be 0 or positive"),
        ((1, 0.1, -0.1, 3), "lam must be 0 or positive"),
        ((1, 0.1, math.inf, 3), "lam must be a finite"),
        ((1, 0.1, 0.1, -1), "steps must be 0 or more"),
    ],
)
@pytest.mark.parametrize("follow", [decay.path, decay.closed_form, decay.decoupled_path, decay.l1_path])
def test_numbers_out_of_their_domain_are_refused(follow, arguments, message):
    """Every path names the number that it cannot take."""
    with pytest.raises(ValueError, match=message):
        follow(*arguments)


def test_a_gradient_that_is_no_number_is_refused():
    """A callable that returns nan raises, instead of a path of nan."""
    with pytest.raises(ValueError, match="grad returned nan"):
        decay.path(1, 0.1, 0.1, 3, lambda _: math.nan)


def test_rates_and_curvatures_are_checked():
    """The functions of the rate alone check it too."""
    with pytest.raises(ValueError, match="curvature must be 0 or positive"):
        decay.regime(0.1, 0.1, -1)
    with pytest.raises(ValueError, match="lr must be 0 or positive"):
        decay.half_life(-0.1, 0.1)
    with pytest.raises(ValueError, match="w_star must be a finite"):
        decay.fixed_point(1, math.inf, 0.1)
