# scikit-learn: Ridge(alpha=n * λ)
import numpy as np
from l2widgets import ridge

rng = np.random.default_rng(0)
n = 50
X, y = rng.normal(size=(n, 3)), rng.normal(size=n)
lam = 0.01
ours = ridge.fit(X, y, lam)

# Ridge minimizes the sum of squared errors plus alpha times the sum of squared weights.
alpha = n * lam
centred, rest = X - X.mean(axis=0), y - y.mean()
w = np.linalg.solve(centred.T @ centred + alpha * np.eye(3), centred.T @ rest)
print(f"alpha = {alpha:g}")
print(np.allclose(w, ours.coef, atol=1e-12))
