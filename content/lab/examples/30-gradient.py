# The gradient of the penalty, checked by differences
import numpy as np

rng = np.random.default_rng(1)
X, y, lam = rng.normal(size=(30, 3)), rng.normal(size=30), 0.1

def loss(w):
    return np.mean((X @ w - y) ** 2) + lam * np.sum(w**2)

def gradient(w):
    return 2 / len(y) * X.T @ (X @ w - y) + 2 * lam * w

w = np.array([1.0, -2.0, 0.5])
h = 1e-6
measured = [(loss(w + h * e) - loss(w - h * e)) / (2 * h) for e in np.eye(3)]
print("by the formula:", gradient(w).round(6))
print("by differences:", np.round(measured, 6))
