# Adam with L2 spares the weight with the loudest gradient; AdamW does not
import numpy as np
from l2widgets.optimizers import SGD, Adam

loudness = np.array([0.01, 1.0, 100.0])  # of each weight's gradient, which goes back and forth and means nothing
for name, optimizer in {
    "SGD with L2": SGD(0.001, lam=0.5),
    "Adam with L2": Adam(0.001, lam=0.5),
    "AdamW": Adam(0.001, lam=0.5, decoupled=True),
}.items():
    w = np.ones(3)
    for step in range(500):
        w = optimizer.step(w, loudness * (-1) ** step)
    print(f"{name:<13}", w.round(2))
