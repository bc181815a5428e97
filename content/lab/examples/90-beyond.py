# A small network, trained at three prices
from l2widgets import network

cloud = network.sample("circle", n=80, noise=0.1, seed=1)
for lam in (0, 0.0003, 0.002):
    net = network.initial((2, 16, 16, 1), seed=1)
    for _ in range(1500):
        net = network.step(net, cloud.X, cloud.y, lr=0.5, lam=lam)
    wrong = [100 * network.share_wrong(net, *of) for of in ((cloud.X, cloud.y), (cloud.X_test, cloud.y_test))]
    print(f"λ = {lam}: wrong in training {wrong[0]:.0f} %, in the test {wrong[1]:.0f} %; Σw² = {network.squares(net):.0f}")
