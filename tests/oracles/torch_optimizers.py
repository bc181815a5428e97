"""What PyTorch's optimizers do, for tests to compare with: `python tests/oracles/torch_optimizers.py` writes it down.

It needs torch (2.13 made the file beside it) and nothing else of ours, so that any Python that has torch can run it.
The numbers are kept in `torch_optimizers.json`; where torch is installed, the tests also run it themselves.
"""

from __future__ import annotations

import json
import math
import random
from pathlib import Path

FILE = Path(__file__).with_suffix(".json")
STEPS = 60

CASES = {
    "SGD": ("SGD", {"lr": 0.1}),
    "SGD, weight decay": ("SGD", {"lr": 0.1, "weight_decay": 0.5}),
    "SGD, momentum": ("SGD", {"lr": 0.05, "momentum": 0.9}),
    "SGD, momentum and weight decay": ("SGD", {"lr": 0.05, "momentum": 0.9, "weight_decay": 0.01}),
    "SGD, a little momentum, strong weight decay": (
        "SGD",
        {"lr": 0.02, "momentum": 0.5, "weight_decay": 5.0},
    ),
    "Adam": ("Adam", {"lr": 0.01}),
    "Adam, weight decay": ("Adam", {"lr": 0.01, "weight_decay": 0.5}),
    "Adam, other betas": ("Adam", {"lr": 0.05, "betas": [0.5, 0.9], "eps": 1e-3, "weight_decay": 0.02}),
    "AdamW, no weight decay": ("AdamW", {"lr": 0.01, "weight_decay": 0.0}),
    "AdamW": ("AdamW", {"lr": 0.01, "weight_decay": 0.5}),
    "AdamW, other betas": ("AdamW", {"lr": 0.1, "betas": [0.0, 0.95], "eps": 1e-4, "weight_decay": 2.0}),
}
"""Each case's optimizer, as torch.optim calls it, and its options; all else is torch's default."""


def problem(seed: int) -> dict[str, list]:
    """Return a quadratic loss ½ (w - w*)ᵀ H (w - w*), a start, and the noise of the gradient at every step."""
    draw = random.Random(seed)  # noqa: S311  a test's numbers, not a secret
    steep, flat, shared = draw.uniform(1, 4), draw.uniform(0.1, 1), draw.uniform(-0.3, 0.3)
    return {
        "H": [[steep, shared], [shared, flat]],
        "w_star": [draw.uniform(-2, 2) for _ in range(2)],
        "w0": [draw.uniform(-2, 2) for _ in range(2)],
        "noise": [[draw.gauss(0, 0.1), draw.gauss(0, 3)] for _ in range(STEPS)],
    }


def path(optimizer: str, options: dict, of: dict[str, list]) -> list[list[float]]:
    """Return the weights after every step of a torch optimizer on a problem, in double precision."""
    import torch  # noqa: PLC0415  only this needs it

    H, w_star = (torch.tensor(of[key], dtype=torch.float64) for key in ("H", "w_star"))
    w = torch.tensor(of["w0"], dtype=torch.float64, requires_grad=True)
    stepper = getattr(torch.optim, optimizer)([w], **options)
    weights = []
    for noise in of["noise"]:
        w.grad = H @ (w.detach() - w_star) + torch.tensor(noise, dtype=torch.float64)
        stepper.step()
        weights.append(w.tolist())
    return weights


def ridge(weight_decay: float, data: dict[str, list]) -> list[float]:
    """Return the weights at which torch's SGD comes to rest on the mean squared error of a data set."""
    import torch  # noqa: PLC0415

    X, y = (torch.tensor(data[key], dtype=torch.float64) for key in ("X", "y"))
    w = torch.zeros(X.shape[1], dtype=torch.float64, requires_grad=True)
    sgd = torch.optim.SGD([w], lr=0.1 / (1 + weight_decay), weight_decay=weight_decay)
    for _ in range(3000):
        sgd.zero_grad()
        ((X @ w - y) ** 2).mean().backward()
        sgd.step()
    return w.tolist()


def regression(seed: int) -> dict[str, list]:
    """Return a small data set whose features and targets have mean 0."""
    draw = random.Random(seed)  # noqa: S311  a test's numbers, not a secret
    X = [[draw.gauss(0, 1) for _ in range(3)] for _ in range(12)]
    y = [2 * row[0] - row[1] + draw.gauss(0, 1) for row in X]
    means = [math.fsum(column) / len(X) for column in zip(*X, strict=True)]
    return {
        "X": [[value - mean for value, mean in zip(row, means, strict=True)] for row in X],
        "y": [value - math.fsum(y) / len(y) for value in y],
    }


def main() -> None:
    """Write the file."""
    import torch  # noqa: PLC0415

    of, data = problem(1), regression(2)
    kept = {
        "torch": torch.__version__,
        "problem": of,
        "paths": {case: path(optimizer, options, of) for case, (optimizer, options) in CASES.items()},
        "data": data,
        "ridge": {str(decay): ridge(decay, data) for decay in (0.0, 0.01, 0.5, 20.0)},
    }
    lines = ",\n".join(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in kept.items())
    FILE.write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
