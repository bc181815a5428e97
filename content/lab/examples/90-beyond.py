# A small network, trained at three prices
from l2widgets import network

cloud = network.sample("circle", n=80, noise=0.1, seed=1)
for lam in (0, 0.0003, 0.002):
    net = network.initial((2, 16, 16, 1), seed=1)
    for _ in range(1500):
        net = network.step(net, cloud.X, cloud.y, lr=0.5, lam=lam)
    seen = network.share_wrong(net, cloud.X, cloud.y)
    new = network.share_wrong(net, cloud.X_test, cloud.y_test)
    print(f"λ = {lam}: wrong in training {seen:.0%}, in the test {new:.0%}; Σw² = {network.squares(net):.0f}")
