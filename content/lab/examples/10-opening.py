# Fifteen points, with and without a price
import numpy as np
from l2widgets import data
from l2widgets.figures import line, points
from l2widgets.polynomial import PolynomialPath

sample = data.sample("sine", n=15, noise=0.25, seed=1)
fits = PolynomialPath(sample, degree=12, lams=[0, 1e-4])
for at, lam in enumerate(fits.lams):
    print(f"λ = {lam:g}: test error {fits.test[at]:.3g}, sum of squared weights {fits.norm[at]:.3g}")

plot(
    line(sample.grid, np.clip(fits.curve(0), -3, 3), name="λ = 0", role="data", dash="dot"),
    line(sample.grid, fits.curve(1), name="λ = 0.0001", role="fit"),
    points(sample.x, sample.y, name="data", role="data"),
    title="Degree 12, through every point and at a price",
)
