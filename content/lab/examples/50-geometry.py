# The path of two weights from least squares to zero
import numpy as np
from l2widgets import ridge
from l2widgets.figures import line, points

rng = np.random.default_rng(3)
a = rng.normal(size=60)
X = np.column_stack([a, 0.8 * a + 0.6 * rng.normal(size=60)])
y = X @ [2.0, 0.5] + rng.normal(size=60)

path = ridge.path(X, y, [0, *np.logspace(-3, 2, 60)])
plot(
    line(*path.coefs.T, name="ridge", role="fit", smooth=True),
    points(*path.coefs[:1].T, name="λ = 0", role="data"),
    title="It bends: the second weight grows before it shrinks",
    x="first weight",
    y="second weight",
)
