# A prior: τ = σ / √(nλ)
import numpy as np
from l2widgets import ridge

rng = np.random.default_rng(0)
n = 50
X, y = rng.normal(size=(n, 3)), rng.normal(size=n)
lam = 0.01
ours = ridge.fit(X, y, lam)

# A normal prior of deviation τ on each weight, and noise of deviation σ.
from l2widgets import bayes
sigma = 0.5
tau = sigma / np.sqrt(n * lam)
belief = bayes.posterior(X - X.mean(axis=0), y - y.mean(), sigma, tau)
print(f"τ = {tau:.4g}, and back: λ = {bayes.lam_from_prior(sigma, tau, n):g}")
print(np.allclose(belief.mean, ours.coef, atol=1e-12))
