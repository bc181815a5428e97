# PyTorch: SGD(weight_decay=2 * λ), with a mean loss
import numpy as np
from l2widgets import ridge

rng = np.random.default_rng(0)
n = 50
X, y = rng.normal(size=(n, 3)), rng.normal(size=n)
lam = 0.01
ours = ridge.fit(X, y, lam)

# SGD adds weight_decay * w to the gradient of the loss; the intercept is in a group of its own, without decay.
weight_decay = 2 * lam
w, b = np.zeros(3), 0.0
for step in range(5000):
    error = X @ w + b - y
    w, b = w - 0.05 * (2 / n * X.T @ error + weight_decay * w), b - 0.05 * 2 * error.mean()
print(f"weight_decay = {weight_decay:g}")
print(np.allclose(w, ours.coef, atol=1e-12), np.isclose(b, ours.intercept))
