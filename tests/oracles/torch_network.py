"""What PyTorch makes of the network, for tests to compare with: `python tests/oracles/torch_network.py` writes it.

It needs torch (2.13 made the file beside it) and nothing else of ours, so that any Python that has torch can run it.
The numbers are kept in `torch_network.json`; where torch is installed, the tests also run it themselves.
"""

from __future__ import annotations

import json
import random
from itertools import pairwise
from pathlib import Path

FILE = Path(__file__).with_suffix(".json")
STEPS, LR, LAM = 40, 0.1, 0.01

CASES = {"2-8-1": (2, 8, 1), "2-16-16-1": (2, 16, 16, 1)}


def problem(sizes: tuple[int, ...], seed: int) -> dict[str, list]:
    """Return points with labels and a start: by layer the weights, rows being inputs, and the biases."""
    draw = random.Random(seed)  # noqa: S311  a test's numbers, not a secret
    layers = list(pairwise(sizes))
    return {
        "X": [[draw.gauss(0, 1), draw.gauss(0, 1)] for _ in range(20)],
        "y": [float(draw.random() < 0.5) for _ in range(20)],
        "weights": [[[draw.gauss(0, 1) for _ in range(b)] for _ in range(a)] for a, b in layers],
        "biases": [[draw.gauss(0, 0.3) for _ in range(b)] for _, b in layers],
    }


def answers(of: dict[str, list]) -> dict[str, object]:
    """Return the network's output, loss and gradient at the start, and where SGD takes it, in double precision."""
    import torch  # noqa: PLC0415  only this needs it

    X, y = (torch.tensor(of[key], dtype=torch.float64) for key in ("X", "y"))
    weights, biases = (
        [torch.tensor(part, dtype=torch.float64, requires_grad=True) for part in of[key]]
        for key in ("weights", "biases")
    )

    def output() -> torch.Tensor:
        h = X
        for w, b in zip(weights[:-1], biases[:-1], strict=True):
            h = torch.tanh(h @ w + b)
        return (h @ weights[-1] + biases[-1])[:, 0]

    loss = torch.nn.functional.binary_cross_entropy_with_logits
    # The penalty is PyTorch's own weight decay, on the weights alone.
    groups = [{"params": weights, "weight_decay": 2 * LAM}, {"params": biases, "weight_decay": 0.0}]
    sgd = torch.optim.SGD(groups, lr=LR)
    found: dict[str, object] = {"output": output().tolist(), "loss": loss(output(), y).item()}
    for turn in range(STEPS):
        sgd.zero_grad()
        loss(output(), y).backward()
        if turn == 0:
            found["weight_gradients"] = [w.grad.tolist() for w in weights]
            found["bias_gradients"] = [b.grad.tolist() for b in biases]
        sgd.step()
    found["weights"] = [w.tolist() for w in weights]
    found["biases"] = [b.tolist() for b in biases]
    return found


def main() -> None:
    """Write the file."""
    import torch  # noqa: PLC0415

    kept: dict[str, object] = {"torch": torch.__version__.partition("+")[0]}
    for case, sizes in CASES.items():
        of = problem(sizes, 1)
        kept[case] = {"problem": of, "answers": answers(of)}
    lines = ",\n".join(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in kept.items())
    FILE.write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
