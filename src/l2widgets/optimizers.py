"""Optimizers step by step, with the penalty in their gradient or the decay in their update, as PyTorch has them.

In the article's convention the penalty λ Σ w² has the gradient 2λw. Coupled, it is added to the data's gradient before
the optimizer sees it, which is L2 regularization; decoupled, the weight loses 2ηλw beside the optimizer's own step,
which is weight decay. In both, PyTorch's `weight_decay` is 2λ.

The optimizers keep what they remember between steps, so one object follows one run. All arrays broadcast: a λ of the
shape (k, 1) follows k runs at once.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

type Floats = NDArray[np.float64]

__all__ = ["SGD", "Adam"]


class SGD:
    """Gradient descent, plain or with heavy-ball momentum; which batch the gradient is from, the caller decides.

    Parameters
    ----------
    lr : float, >= 0
        The learning rate η.
    momentum : float, 0 <= momentum < 1
        The momentum β.
    lam : float or array, >= 0
        The strength λ.
    decoupled : bool
        Whether the weight decays by itself, rather than through the gradient.

    Raises
    ------
    ValueError
        When a number is out of its domain.

    Notes
    -----
    Coupled, this is ``torch.optim.SGD(lr, momentum, weight_decay=2 * lam)`` with its dampening of 0 and without
    Nesterov's variant:

        v ← β v + g + 2λw,   w ← w - η v

    Decoupled, it is SGDW (Loshchilov & Hutter 2019, algorithm 1) with a constant schedule and the decay multiplied by
    the learning rate, as in PyTorch's AdamW:

        v ← β v + g,   w ← w - 2ηλw - η v

    Examples
    --------
    >>> from l2widgets import optimizers
    >>> sgd = optimizers.SGD(lr=0.1, lam=0.5)
    >>> float(sgd.step(1.0, grad=0.0))
    0.9
    """

    def __init__(
        self,
        lr: float,
        momentum: float = 0.0,
        lam: ArrayLike = 0.0,
        decoupled: bool = False,  # noqa: FBT001, FBT002  both optimizers are called as PyTorch's are
    ) -> None:
        self.lr = _not_negative("lr", lr)
        self.momentum = _share("momentum", momentum)
        self.lam = _strengths(lam)
        self._decay = np.asarray(2 * self.lam)
        self.decoupled = decoupled
        self._velocity: Floats | None = None

    def step(self, w: ArrayLike, grad: ArrayLike) -> Floats:
        """Return the weights after one step from `w` (...), where the data loss has the gradient `grad` (...).

        The shapes need only broadcast; the result has the shape that they have together, (...).

        Raises
        ------
        ValueError
            When the shapes do not fit each other or those of the step before.
        """
        before = np.asarray(w, dtype=np.float64)
        g = np.asarray(grad, dtype=np.float64)
        if not self.decoupled:
            g = self._decay * before + g
        if self.momentum:
            g = g if self._velocity is None else self.momentum * _same_shape(self._velocity, g) + g
            self._velocity = g
        kept = before - (self.lr * self._decay) * before if self.decoupled else before
        return np.asarray(kept - self.lr * g)

    @property
    def ridge_lam(self) -> Floats:
        """The λ (...) of the ridge solution at which the full batch comes to rest: λ, or (1 - β)λ when decoupled.

        At rest the velocity is g / (1 - β), so that the decay balances g = -(1 - β) 2λw in place of g = -2λw.
        """
        return np.asarray((1 - self.momentum) * self.lam if self.decoupled else self.lam)


class Adam:
    """Adam with the penalty in its gradient or, decoupled, AdamW.

    Parameters
    ----------
    lr : float, >= 0
        The learning rate η.
    betas : (float, float), each 0 <= beta < 1
        How much of the running means of the gradient, and of its square, is kept in a step.
    eps : float, > 0
        What keeps the denominator from zero.
    lam : float or array, >= 0
        The strength λ.
    decoupled : bool
        Whether the weight decays by itself (AdamW), rather than through the gradient.

    Raises
    ------
    ValueError
        When a number is out of its domain.

    Notes
    -----
    With g the gradient, to which 2λw is added when coupled (Kingma & Ba 2015, algorithm 1; Loshchilov & Hutter 2019,
    algorithm 2):

        m ← β₁ m + (1 - β₁) g,   v ← β₂ v + (1 - β₂) g²
        w ← w - [2ηλw] - η (m / (1 - β₁ᵗ)) / (√(v / (1 - β₂ᵗ)) + ε)

    The term in brackets is AdamW's. It is multiplied by η, as in ``torch.optim.AdamW(weight_decay=2 * lam)``; the
    paper multiplies it by the schedule alone.
    """

    def __init__(
        self,
        lr: float,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        lam: ArrayLike = 0.0,
        decoupled: bool = False,  # noqa: FBT001, FBT002  both optimizers are called as PyTorch's are
    ) -> None:
        self.lr = _not_negative("lr", lr)
        self.betas = _share("betas[0]", betas[0]), _share("betas[1]", betas[1])
        self.eps = _not_negative("eps", eps)
        if self.eps == 0:
            raise ValueError("eps must be positive; without it a gradient of zero would be divided by zero")
        self.lam = _strengths(lam)
        self._decay = np.asarray(2 * self.lam)
        self.decoupled = decoupled
        self._steps = 0
        self._mean: Floats | None = None
        self._square: Floats | None = None

    def step(self, w: ArrayLike, grad: ArrayLike) -> Floats:
        """Return the weights after one step from `w` (...), where the data loss has the gradient `grad` (...).

        The shapes need only broadcast; the result has the shape that they have together, (...).

        Raises
        ------
        ValueError
            When the shapes do not fit each other or those of the step before.
        """
        before = np.asarray(w, dtype=np.float64)
        g = np.asarray(grad, dtype=np.float64)
        if not self.decoupled:
            g = self._decay * before + g
        if self._mean is None or self._square is None:
            self._mean, self._square = np.zeros_like(g), np.zeros_like(g)
        _same_shape(self._mean, g)

        # A figure follows thousands of runs for a thousand steps: what is remembered is changed in place, and the
        # factors 1 - β of both means, which are the same in every step, are multiplied in where they are read.
        first, second = self.betas
        self._steps += 1
        self._mean *= first
        self._mean += g
        self._square *= second
        self._square += g * g
        size = np.sqrt(self._square)
        size *= math.sqrt((1 - second) / (1 - second**self._steps))
        size += self.eps
        step = self._mean / size
        step *= self.lr * (1 - first) / (1 - first**self._steps)
        kept = before - (self.lr * self._decay) * before if self.decoupled else before
        return np.asarray(kept - step)


def _same_shape(remembered: Floats, g: Floats) -> Floats:
    if remembered.shape != g.shape:
        raise ValueError(
            f"the gradient must keep its shape {remembered.shape} from step to step; got {g.shape}: "
            "use a new optimizer for other weights"
        )
    return remembered


def _strengths(lam: ArrayLike) -> Floats:
    strengths = np.asarray(lam, dtype=np.float64)
    if not (np.isfinite(strengths) & (strengths >= 0)).all():
        raise ValueError("lam must be 0 or a positive finite number")
    return strengths


def _share(name: str, value: float) -> float:
    number = _not_negative(name, value)
    if number >= 1:
        raise ValueError(f"{name} must be below 1; got {number}")
    return number


def _not_negative(name: str, value: float) -> float:
    number = float(value)
    if not (math.isfinite(number) and number >= 0):
        raise ValueError(f"{name} must be 0 or a positive finite number; got {number}")
    return number
