# Keras: kernel_regularizer=l2(λ), with the loss mse
import numpy as np
from l2widgets import ridge

rng = np.random.default_rng(0)
n = 50
X, y = rng.normal(size=(n, 3)), rng.normal(size=n)
lam = 0.01
ours = ridge.fit(X, y, lam)

# l2(c) adds c times the sum of squared weights to the loss, whose data part is a mean: nothing to convert.
c = lam
w = ours.coef
slope = 2 / n * X.T @ (X @ w + ours.intercept - y) + 2 * c * w
print(f"l2 = {c:g}")
print("the gradient there is zero:", np.allclose(slope, 0, atol=1e-12))
