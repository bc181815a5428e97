# A weight decays, and the learning rate counts too
import numpy as np
from l2widgets import decay
from l2widgets.figures import line

steps = np.arange(201)
for lr, lam in [(0.1, 0.05), (0.2, 0.025), (0.1, 0.1)]:
    print(f"η = {lr}, λ = {lam}: half-life {decay.half_life(lr, lam):.1f} steps")

plot(
    line(steps, decay.path(2, 0.1, 0.05, 200), name="η = 0.1, λ = 0.05", role="weight"),
    line(steps, decay.path(2, 0.1, 0.1, 200), name="η = 0.1, λ = 0.1", role="penalty", dash="dash"),
    title="The same start, two prices",
    x="steps",
    y="weight w",
)
