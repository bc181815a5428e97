"""A small network of tanh units that tells two classes apart, trained by plain gradient descent with a penalty.

For points x in the plane with labels y of 0 or 1, and z the network's output, the data loss is the mean cross-entropy,
the penalty is λ times the sum of all squared weights, and the biases are free:

    J = (1/n) Σ (log(1 + eᶻ) - yz)  +  λ Σ w²

The gradients are written out by hand: they are the chain rule from the last layer to the first, which is called
backpropagation.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from l2widgets.draws import Draws

type Floats = NDArray[np.float64]

__all__ = [
    "CLOUDS",
    "Cloud",
    "Network",
    "data_loss",
    "gradient",
    "initial",
    "output",
    "sample",
    "share_wrong",
    "squares",
    "step",
]

CLOUDS = ("circle", "moons", "spiral", "xor")
"""Every kind of data."""

TEST_N = 500
"""The number of test points."""

SIDE = np.sqrt(3.0)
"""Half the side of the square on which `circle` and `xor` lie, so that each coordinate has deviation 1."""

RADIUS = np.sqrt(6.0 / np.pi)
"""The circle's radius, which puts half of the square's area inside."""

# One stream of random numbers each, so that no quantity depends on how many numbers another has drawn.
_POINTS, _TEST_POINTS, _WEIGHTS = range(21, 24)


class Cloud(NamedTuple):
    """Points of two classes in the plane, some of them with the wrong label, and test points of the same origin."""

    X: Floats
    """The training points, (n, 2)."""
    y: Floats
    """Their labels, 0 or 1, (n,)."""
    flipped: NDArray[np.bool_]
    """Which labels are wrong, (n,)."""
    X_test: Floats
    """The test points, (500, 2)."""
    y_test: Floats
    """Their labels, as noisy as the others, (500,)."""


class Network(NamedTuple):
    """A network's parameters, layer by layer; also a gradient with respect to them."""

    weights: tuple[Floats, ...]
    """For each layer (inputs, outputs); these are what the penalty is on."""
    biases: tuple[Floats, ...]
    """For each layer (outputs,)."""

    @property
    def sizes(self) -> tuple[int, ...]:
        """The number of inputs, then the number of units in each layer."""
        return (len(self.weights[0]), *(len(bias) for bias in self.biases))

    def vector(self) -> Floats:
        """Return all parameters in a row, (parameters,): each layer's weights, row by row, and then its biases."""
        layers = zip(self.weights, self.biases, strict=True)
        return np.concatenate([part.ravel() for layer in layers for part in layer])

    @classmethod
    def of(cls, vector: ArrayLike, sizes: tuple[int, ...]) -> Network:
        """Return the network of these sizes whose `vector` (parameters,) this is.

        Raises
        ------
        ValueError
            When the vector's length is not that of these sizes.
        """
        row = np.asarray(vector, dtype=np.float64)
        weights, biases, start = [], [], 0
        for inputs, outputs in pairwise(sizes):
            middle, end = start + inputs * outputs, start + (inputs + 1) * outputs
            weights.append(row[start:middle].reshape(inputs, outputs))
            biases.append(row[middle:end])
            start = end
        if row.shape != (start,):
            raise ValueError(f"a network of the sizes {sizes} has {start} parameters; got {row.shape}")
        return cls(tuple(weights), tuple(biases))


def sample(kind: str, n: int, noise: float, seed: int) -> Cloud:
    """Draw points of two classes.

    Parameters
    ----------
    kind : {"circle", "moons", "spiral", "xor"}
        Inside or outside a circle; two half moons; two arms of a spiral; the quadrants where x₁x₂ > 0, or not.
    n : int, >= 1
        The number of training points.
    noise : float, 0 <= noise <= 1
        The chance of each label to be the wrong one, for training and for testing.
    seed : int, >= 0
        Which draw. With the same seed, fewer points are the first of more, and more noise flips further labels.

    Raises
    ------
    ValueError
        When `kind` is unknown or a number is out of its domain.
    """
    if n < 1:
        raise ValueError(f"n must be 1 or more; got {n}")
    if not 0 <= noise <= 1:
        raise ValueError(f"noise must be between 0 and 1; got {noise}")
    X, y, flipped = _draw(kind, n, noise, Draws([seed, _POINTS]))
    X_test, y_test, _ = _draw(kind, TEST_N, noise, Draws([seed, _TEST_POINTS]))
    return Cloud(X, y, flipped, X_test, y_test)


def _draw(kind: str, n: int, noise: float, draw: Draws) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    # Five numbers a point, whatever the kind, so that the first points stay when more are asked for.
    u = draw.random((n, 5))
    inner = u[:, 0] < 0.5
    side = np.where(inner, 1.0, -1.0)
    match kind:
        case "circle":
            X = SIDE * (2 * u[:, 1:3] - 1)
            inner = np.hypot(X[:, 0], X[:, 1]) < RADIUS
        case "xor":
            X = SIDE * (2 * u[:, 1:3] - 1)
            inner = X[:, 0] * X[:, 1] > 0
        case "moons":
            turn = np.pi * u[:, 1]
            arc = np.stack([1.15 * (np.cos(turn) - 0.5), 2.0 * (np.sin(turn) - 0.25)], axis=1)
            X = side[:, None] * arc + 0.25 * _deviates(u)
        case "spiral":
            turn = 0.3 + 1.76 * np.pi * np.sqrt(u[:, 1])
            arm = 0.42 * turn[:, None] * np.stack([np.cos(turn), np.sin(turn)], axis=1)
            X = side[:, None] * arm + 0.08 * _deviates(u)
        case _:
            raise ValueError(f"'kind' must be one of {', '.join(CLOUDS)}; got {kind!r}")
    flipped = u[:, 4] < noise
    return X, (inner ^ flipped).astype(np.float64), flipped


def _deviates(u: Floats) -> Floats:
    """Return two standard normal deviates for each row, made of two of its numbers (Box & Muller 1958)."""
    length, angle = np.sqrt(-2 * np.log1p(-u[:, 2])), 2 * np.pi * u[:, 3]
    return np.stack([length * np.cos(angle), length * np.sin(angle)], axis=1)


def initial(sizes: tuple[int, ...], seed: int) -> Network:
    """Return a network at its start: weights of variance 1/inputs in each layer, biases 0 (LeCun et al. 1998).

    Raises
    ------
    ValueError
        When `seed` is negative.
    """
    draw = Draws([seed, _WEIGHTS])
    weights = [draw.standard_normal((a, b)) / np.sqrt(a) for a, b in pairwise(sizes)]
    return Network(tuple(weights), tuple(np.zeros(b) for b in sizes[1:]))


def output(network: Network, X: ArrayLike) -> Floats:
    """Return the log odds z of class 1 at each of the points X (m, 2), as (m,)."""
    return _layers(network, np.asarray(X, dtype=np.float64))[-1][:, 0]


def data_loss(network: Network, X: ArrayLike, y: ArrayLike) -> float:
    """Return the mean cross-entropy on points X (m, 2) with the labels y (m,)."""
    z = output(network, X)
    return float(np.mean(np.logaddexp(0.0, z) - np.asarray(y) * z))


def share_wrong(network: Network, X: ArrayLike, y: ArrayLike) -> float:
    """Return the share of the points X (m, 2) whose label in y (m,) the network does not give."""
    return float(np.mean((output(network, X) > 0) != (np.asarray(y) > 0.5)))


def squares(network: Network) -> float:
    """Return the sum of all squared weights, the biases left out."""
    return float(sum((w * w).sum() for w in network.weights))


def gradient(network: Network, X: ArrayLike, y: ArrayLike, lam: float = 0.0) -> Network:
    """Return the gradient of J.

    Parameters
    ----------
    network : Network
        Where.
    X, y : (n, 2) and (n,)
        The training points and their labels.
    lam : float, >= 0
        The strength λ; 0 gives the gradient of the data loss alone.

    Returns
    -------
    Network
        The derivatives with respect to each weight, 2λw included, and each bias.
    """
    layers = _layers(network, np.asarray(X, dtype=np.float64))
    # The derivative of the mean cross-entropy with respect to z is (p - y) / n, p being the probability of class 1.
    p = 0.5 + 0.5 * np.tanh(0.5 * layers[-1][:, 0])
    back = ((p - np.asarray(y, dtype=np.float64)) / len(p))[:, None]
    weights: list[Floats] = []
    biases: list[Floats] = []
    for inputs, w in zip(layers[-2::-1], network.weights[::-1], strict=True):
        weights.append(inputs.T @ back + 2 * lam * w)
        biases.append(back.sum(axis=0))
        if len(weights) < len(network.weights):
            back = (back @ w.T) * (1 - inputs * inputs)  # through tanh, whose derivative is 1 - tanh²
    return Network(tuple(weights[::-1]), tuple(biases[::-1]))


def step(network: Network, X: ArrayLike, y: ArrayLike, lr: float, lam: float = 0.0) -> Network:
    """Return the network after one step of gradient descent on J, w ← w - η(∂L/∂w + 2λw), the biases without 2λ.

    Parameters
    ----------
    network : Network
        Where.
    X, y : (n, 2) and (n,)
        The training points and their labels.
    lr : float, >= 0
        The learning rate η.
    lam : float, >= 0
        The strength λ.

    Examples
    --------
    >>> from l2widgets import network
    >>> cloud = network.sample("xor", 100, noise=0.0, seed=1)
    >>> before = network.initial((2, 4, 1), seed=1)
    >>> after = network.step(before, cloud.X, cloud.y, lr=0.1)
    >>> network.data_loss(after, cloud.X, cloud.y) < network.data_loss(before, cloud.X, cloud.y)
    True
    """
    g = gradient(network, X, y, lam)
    return Network(
        tuple(w - lr * slope for w, slope in zip(network.weights, g.weights, strict=True)),
        tuple(b - lr * slope for b, slope in zip(network.biases, g.biases, strict=True)),
    )


def _layers(network: Network, X: Floats) -> list[Floats]:
    """Return the points, then what each layer makes of them; the last one is not squashed."""
    layers = [X]
    last = len(network.weights) - 1
    for i, (w, b) in enumerate(zip(network.weights, network.biases, strict=True)):
        z = layers[-1] @ w + b
        layers.append(z if i == last else np.tanh(z))
    return layers
