"""The job that every peer does: ridge regression of degree 12 on 30 points, for 200 λ.

Its text is put into the peers' pages as it is; what it leaves in `result` is what they show.
"""

import numpy as np

rng = np.random.default_rng(2)
x = rng.uniform(-1, 1, 30)
y = np.sin(np.pi * x) + 0.3 * rng.standard_normal(30)

X = np.vander(x, 13, increasing=True)[:, 1:]
X = (X - X.mean(axis=0)) / X.std(axis=0)
U, s, _ = np.linalg.svd(X, full_matrices=False)
centred = y - y.mean()

lams = np.logspace(-8, 2, 200)
shrinkage = s**2 / (s**2 + 30 * lams[:, np.newaxis])
residuals = centred - (shrinkage * (U.T @ centred)) @ U.T
freedom = 30 - 1 - shrinkage.sum(axis=1)
errors = 30 * (residuals**2).sum(axis=1) / freedom**2  # generalized cross-validation

best = errors.argmin()
result = f"Lowest error {errors[best]:.3f}, at a penalty of {lams[best]:.3g}"
