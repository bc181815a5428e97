# A textbook’s sum: λ times n beside the sum of squares
import numpy as np
from l2widgets import ridge

rng = np.random.default_rng(0)
n = 50
X, y = rng.normal(size=(n, 3)), rng.normal(size=n)
lam = 0.01
ours = ridge.fit(X, y, lam)

# Where the data loss is a sum, the same penalty is n times as much.
stacked = np.vstack([X - X.mean(axis=0), np.sqrt(n * lam) * np.eye(3)])  # rows that pull every weight to zero
w = np.linalg.lstsq(stacked, np.concatenate([y - y.mean(), np.zeros(3)]), rcond=None)[0]
print(f"λ beside the sum = {n * lam:g}")
print(np.allclose(w, ours.coef, atol=1e-12))
