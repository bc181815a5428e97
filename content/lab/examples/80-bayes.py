# The posterior's peak is ridge
import numpy as np
from l2widgets import bayes

sigma, tau, n = 0.5, 1.0, 25
rng = np.random.default_rng(0)
X = rng.normal(size=(n, 2))
y = X @ rng.normal(0, tau, 2) + rng.normal(0, sigma, n)

belief = bayes.posterior(X, y, sigma, tau)
lam = bayes.lam_from_prior(sigma, tau, n)
w = np.linalg.solve(X.T @ X + n * lam * np.eye(2), X.T @ y)
print(f"λ = σ²/(nτ²) = {lam:g}")
print("peak:  ", belief.mean.round(4))
print("ridge: ", w.round(4))
print("spread:", np.sqrt(np.diag(belief.cov)).round(4))
