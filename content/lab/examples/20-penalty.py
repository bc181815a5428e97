# What is on the bill, and what would be if the intercept were
import numpy as np
from l2widgets import ridge

rng = np.random.default_rng(0)
X = rng.normal(size=(50, 2))
y = 100 + X @ [3.0, -2.0] + rng.normal(size=50)  # everything lies round 100
lam = 1.0

free = ridge.fit(X, y, lam)
print("intercept free:     ", free.coef.round(3), round(free.intercept, 3))

A = np.column_stack([X, np.ones(50)])
*w, b = np.linalg.solve(A.T @ A + 50 * lam * np.eye(3), A.T @ y)
print("intercept penalized:", np.round(w, 3), round(b, 3))
