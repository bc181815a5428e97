"""One weight under gradient descent with an L2 penalty: its path, its speed and its destination.

In the article's convention the penalty λw² has the gradient 2λw, so that a step with the learning rate η is

    w ← w - η (∂L/∂w + 2λw) = (1 - 2ηλ) w - η ∂L/∂w

A weight that diverges is held at ±1e300: a number that can still be written as JSON, and far off every chart.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import NDArray

type Floats = NDArray[np.float64]
type Gradient = Callable[[float], float]
type Regime = Literal["still", "smooth", "one step", "sign flips", "bounces for ever", "diverges"]

__all__ = [
    "LIMIT",
    "Gradient",
    "Regime",
    "closed_form",
    "decoupled_path",
    "factor",
    "fixed_point",
    "half_life",
    "l1_path",
    "path",
    "regime",
]

LIMIT = 1e300
"""The largest magnitude that a diverging weight, or the pull on it, is given."""


def path(w0: float, lr: float, lam: float, steps: int, grad: Gradient | None = None) -> Floats:
    """Follow one weight through gradient descent on the data loss plus λw².

    Parameters
    ----------
    w0 : float, finite
        The weight before the first step.
    lr : float, >= 0
        The learning rate η.
    lam : float, >= 0
        The strength λ.
    steps : int, >= 0
        The number of steps.
    grad : callable, optional
        The data loss's derivative ∂L/∂w at a weight; without it the penalty acts alone.

    Returns
    -------
    (steps + 1,), each within ±1e300
        The weight before the first step and after each.

    Raises
    ------
    ValueError
        When a number is out of its domain, or `grad` returns nan.

    Notes
    -----
    w ← (1 - 2ηλ) w - η ∂L/∂w (Krogh & Hertz 1991, whose strength is 2λ here).
    """
    w0, lr, lam = _checked(w0, lr, lam, steps)
    shrink = factor(lr, lam)

    def step(w: float) -> float:
        return shrink * w - _pull(w, lr, grad)

    return _iterate(step, w0, steps)


def decoupled_path(w0: float, lr: float, lam: float, steps: int, grad: Gradient | None = None) -> Floats:
    """Follow one weight through an optimizer that decays it first and then takes the gradient step.

    Parameters
    ----------
    w0 : float, finite
        The weight before the first step.
    lr : float, >= 0
        The learning rate η.
    lam : float, >= 0
        The strength λ.
    steps : int, >= 0
        The number of steps.
    grad : callable, optional
        The data loss's derivative ∂L/∂w at a weight; without it the penalty acts alone.

    Returns
    -------
    (steps + 1,), each within ±1e300
        The weight before the first step and after each; `path`, but for rounding.

    Raises
    ------
    ValueError
        When a number is out of its domain, or `grad` returns nan.

    Notes
    -----
    The gradient is taken at the weight before its decay, as every optimizer does that receives gradients
    ready made, which is why this is `path` again for plain gradient descent (Loshchilov & Hutter 2019,
    proposition 1). With a momentum or an adaptive step it is not.
    """
    w0, lr, lam = _checked(w0, lr, lam, steps)

    decay = _clip(2 * lr * lam)

    def step(w: float) -> float:
        pull = _pull(w, lr, grad)
        decayed = _clip(w - decay * w)
        return decayed - pull

    return _iterate(step, w0, steps)


def closed_form(w0: float, lr: float, lam: float, steps: int) -> Floats:
    """Compute the path of a weight on which nothing but the penalty acts, without stepping.

    Parameters
    ----------
    w0 : float, finite
        The weight before the first step.
    lr : float, >= 0
        The learning rate η.
    lam : float, >= 0
        The strength λ.
    steps : int, >= 0
        The number of steps.

    Returns
    -------
    (steps + 1,), each within ±1e300
        The weight before the first step and after each.

    Raises
    ------
    ValueError
        When a number is out of its domain.

    Notes
    -----
    w_t = w_0 (1 - 2ηλ)^t.
    """
    w0, lr, lam = _checked(w0, lr, lam, steps)
    if w0 == 0:  # 0 times an overflow would not be 0
        return np.zeros(steps + 1)
    with np.errstate(over="ignore"):
        weights: Floats = w0 * np.power(factor(lr, lam), np.arange(steps + 1, dtype=np.float64))
    return np.clip(weights, -LIMIT, LIMIT) + 0.0


def l1_path(w0: float, lr: float, lam: float, steps: int, grad: Gradient | None = None) -> Floats:
    """Follow one weight under the penalty λ|w| in place of λw², for contrast.

    Parameters
    ----------
    w0 : float, finite
        The weight before the first step.
    lr : float, >= 0
        The learning rate η.
    lam : float, >= 0
        The strength λ.
    steps : int, >= 0
        The number of steps.
    grad : callable, optional
        The data loss's derivative ∂L/∂w at a weight; without it the penalty acts alone.

    Returns
    -------
    (steps + 1,), each within ±1e300
        The weight before the first step and after each; without data a straight line to zero, which it keeps.

    Raises
    ------
    ValueError
        When a number is out of its domain, or `grad` returns nan.

    Notes
    -----
    The proximal gradient step: v = w - η ∂L/∂w, then the soft threshold w ← sign(v) max(|v| - ηλ, 0) (Parikh & Boyd
    2014, sections 4.2 and 6.5). A plain subgradient step would jump back and forth across zero instead of
    stopping there.
    """
    w0, lr, lam = _checked(w0, lr, lam, steps)
    toll = _clip(lr * lam)

    def step(w: float) -> float:
        moved = _clip(w - _pull(w, lr, grad))
        return math.copysign(max(abs(moved) - toll, 0.0), moved)

    return _iterate(step, w0, steps)


def factor(lr: float, lam: float) -> float:
    """Return 1 - 2ηλ, by which the penalty multiplies the weight at each step.

    Parameters
    ----------
    lr : float, >= 0
        The learning rate η.
    lam : float, >= 0
        The strength λ.

    Returns
    -------
    float, <= 1
        The factor; exactly 0 and -1 where 2ηλ is 1 and 2 but for rounding.

    Raises
    ------
    ValueError
        When `lr` or `lam` is negative or not finite.

    Examples
    --------
    >>> from l2widgets import decay
    >>> decay.factor(lr=0.1, lam=0.01)
    0.998
    """
    return 1.0 - _rate(lr, lam)


def half_life(lr: float, lam: float) -> float:
    """Return the number of steps in which the penalty alone halves a weight's magnitude.

    Parameters
    ----------
    lr : float, >= 0
        The learning rate η.
    lam : float, >= 0
        The strength λ.

    Returns
    -------
    float, 0 <= steps <= inf
        The half-life, not rounded to whole steps: 0 when one step reaches zero, inf when the weight never
        halves.

    Raises
    ------
    ValueError
        When `lr` or `lam` is negative or not finite.

    Notes
    -----
    ln 2 / -ln|1 - 2ηλ|.

    Examples
    --------
    >>> from l2widgets import decay
    >>> round(decay.half_life(lr=0.1, lam=0.01), 1)
    346.2
    """
    rate = _rate(lr, lam)
    if rate == 0 or rate >= 2:
        return math.inf
    if rate == 1:
        return 0.0
    # log1p keeps a tiny rate, for which 1 - rate would round to 1 and the half-life to inf.
    return math.log(2) / -(math.log1p(-rate) if rate < 1 else math.log(rate - 1))


def regime(lr: float, lam: float, curvature: float = 0.0) -> Regime:
    """Name the way in which a weight moves to its destination, or from it.

    Parameters
    ----------
    lr : float, >= 0
        The learning rate η.
    lam : float, >= 0
        The strength λ.
    curvature : float, >= 0
        The second derivative h of a quadratic data loss; 0 without data.

    Returns
    -------
    Regime
        By the rate r = η(h + 2λ): "still" at 0, "smooth" below 1, "one step" at 1, "sign flips" below 2,
        "bounces for ever" at 2, "diverges" above.

    Raises
    ------
    ValueError
        When a number is negative or not finite.

    Notes
    -----
    Each step multiplies the distance from the destination by m = 1 - r: from w ← w - η(h(w - w*) + 2λw), less
    the fixed point on both sides.
    """
    rate = _rate(lr, lam, curvature)
    if rate == 0:
        return "still"
    if rate < 1:
        return "smooth"
    if rate == 1:
        return "one step"
    if rate < 2:
        return "sign flips"
    return "bounces for ever" if rate == 2 else "diverges"


def fixed_point(h: float, w_star: float, lam: float) -> float:
    """Return the weight at which the data's pull and the penalty's cancel, for the data loss h (w - w*)² / 2.

    Parameters
    ----------
    h : float, >= 0
        The curvature of the data loss; 0 when there are no data.
    w_star : float, finite
        The data loss's own minimizer w*.
    lam : float, >= 0
        The strength λ.

    Returns
    -------
    float, between 0 and w_star
        The destination, wherever the weight starts and whatever the learning rate.

    Raises
    ------
    ValueError
        When a number is out of its domain, or `h` and `lam` are both 0: nothing pulls then, and every weight
        stays.

    Notes
    -----
    h w* / (h + 2λ) (Goodfellow, Bengio & Courville 2016, section 7.1.1, whose penalty is half as steep).
    """
    h, w_star, lam = _not_negative("h", h), _finite("w_star", w_star), _not_negative("lam", lam)
    if h == 0 and lam == 0:
        raise ValueError(
            "without curvature and without penalty nothing moves the weight; make h or lam positive"
        )
    # Divided through by h, the formula gives w* itself at λ = 0, without a rounding.
    return 0.0 if h == 0 else w_star / (1.0 + 2.0 * (lam / h))


def _rate(lr: float, lam: float, curvature: float = 0.0) -> float:
    """Return η(h + 2λ), which is 1 minus what a step multiplies the distance by."""
    lr, lam = _not_negative("lr", lr), _not_negative("lam", lam)
    rate = _clip(lr * _clip(_not_negative("curvature", curvature) + 2 * lam))
    # The stops of two sliders multiply to 1 or 2 only up to rounding; the picture there is the exact one.
    for landmark in (1.0, 2.0):
        if math.isclose(rate, landmark, rel_tol=1e-12):
            return landmark
    return rate


def _iterate(step: Callable[[float], float], w0: float, steps: int) -> Floats:
    weights = np.empty(steps + 1)
    w = weights[0] = _clip(w0)
    for t in range(1, steps + 1):
        w = weights[t] = _clip(step(w))
    return weights


def _pull(w: float, lr: float, grad: Gradient | None) -> float:
    if grad is None:
        return 0.0
    slope = float(grad(w))
    if math.isnan(slope):
        raise ValueError(f"grad returned nan at the weight {w}; it must be a number at every weight")
    return _clip(lr * _clip(slope))


def _clip(value: float) -> float:
    # 0.0 is added for the sake of -0.0, which would be read as a small negative number.
    return min(max(value, -LIMIT), LIMIT) + 0.0


def _checked(w0: float, lr: float, lam: float, steps: int) -> tuple[float, float, float]:
    if steps < 0:
        raise ValueError(f"steps must be 0 or more; got {steps}")
    return _finite("w0", w0), _not_negative("lr", lr), _not_negative("lam", lam)


def _not_negative(name: str, value: float) -> float:
    number = _finite(name, value)
    if number < 0:
        raise ValueError(f"{name} must be 0 or positive; got {number}")
    return number


def _finite(name: str, value: float) -> float:
    # As Python's own float, which overflows to inf in silence; NumPy's scalars warn.
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"{name} must be a finite number; got {number}")
    return number
