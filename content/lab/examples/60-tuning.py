# Cross-validation, and the one-standard-error rule
import numpy as np
from l2widgets import data, ridge
from l2widgets.figures import line

sample = data.sample("sine", n=30, noise=0.25, seed=2)
powers = sample.features(sample.x, degree=9)
X = ridge.standardize(powers).apply(powers)
lams = np.logspace(-7, 1, 41)

scores = ridge.cross_validate(X, sample.y, lams, folds=10, seed=0)
print(f"smallest error at λ = {lams[scores.best]:.1e}")
print(f"one standard error: λ = {lams[scores.one_se]:.1e}")
plot(
    line(np.log10(lams), scores.mean, name="mean", role="validation"),
    line(np.log10(lams), scores.mean + scores.standard_error, name="+1 SE", role="muted", dash="dot"),
    title="The valley",
    x="log₁₀ λ",
    y="mean squared error",
)
