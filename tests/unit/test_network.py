"""The network, held to PyTorch, to finite differences, and to what the article says of its penalty."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from l2widgets import decay, network
from l2widgets.network import Network
from tests.oracles import torch_network as oracle

KEPT = json.loads(oracle.FILE.read_text(encoding="utf-8"))
SMALL, LARGE = oracle.CASES.values()

often = settings(max_examples=40, deadline=None)


def problem(of):
    """Return the points, the labels and the network of an oracle's problem."""
    parts = [tuple(np.array(layer) for layer in of[key]) for key in ("weights", "biases")]
    return np.array(of["X"]), np.array(of["y"]), Network(*parts)


def assert_answers(of, wanted):
    """Our network answers a problem as torch does."""
    X, y, net = problem(of)
    near = {"rtol": 1e-9, "atol": 1e-11}
    np.testing.assert_allclose(network.output(net, X), wanted["output"], **near)
    np.testing.assert_allclose(network.data_loss(net, X, y), wanted["loss"], **near)
    g = network.gradient(net, X, y)
    for mine, theirs in zip(g.weights, wanted["weight_gradients"], strict=True):
        np.testing.assert_allclose(mine, theirs, **near)
    for mine, theirs in zip(g.biases, wanted["bias_gradients"], strict=True):
        np.testing.assert_allclose(mine, theirs, **near)
    for _ in range(oracle.STEPS):
        net = network.step(net, X, y, oracle.LR, oracle.LAM)
    for mine, theirs in zip(net.weights, wanted["weights"], strict=True):
        np.testing.assert_allclose(mine, theirs, **near)
    for mine, theirs in zip(net.biases, wanted["biases"], strict=True):
        np.testing.assert_allclose(mine, theirs, **near)


# PyTorch


@pytest.mark.parametrize("case", oracle.CASES)
def test_it_is_torch_s_network(case):
    """Output, loss, gradients and forty steps with weight decay 2λ on the weights are those of torch 2.13."""
    assert KEPT["torch"].startswith("2.13")
    assert KEPT[case]["problem"] == oracle.problem(oracle.CASES[case], 1)
    assert_answers(KEPT[case]["problem"], KEPT[case]["answers"])


@pytest.mark.parametrize("case", oracle.CASES)
def test_it_is_the_installed_torch_s_network(case):
    """So are those of the torch that is installed, on other problems."""
    pytest.importorskip("torch")
    for seed in (2, 3):
        of = oracle.problem(oracle.CASES[case], seed)
        assert_answers(of, oracle.answers(of))


# Gradients


@often
@given(
    seed=st.integers(1, 10**6),
    sizes=st.sampled_from([SMALL, LARGE, (2, 3, 1), (2, 1)]),
    lam=st.sampled_from([0.0, 0.01, 1.0]),
    kind=st.sampled_from(network.CLOUDS),
)
def test_gradients_are_slopes(seed, sizes, lam, kind):
    """Along any direction, the gradient is what central differences of J say."""
    cloud = network.sample(kind, 20, 0.2, seed)
    net = network.initial(sizes, seed)
    at = net.vector()
    along = np.random.default_rng(seed).standard_normal(at.shape)

    def total(vector):
        here = Network.of(vector, sizes)
        return network.data_loss(here, cloud.X, cloud.y) + lam * network.squares(here)

    h = 1e-5
    slope = (total(at + h * along) - total(at - h * along)) / (2 * h)
    g = network.gradient(net, cloud.X, cloud.y, lam).vector()
    assert g @ along == pytest.approx(slope, rel=1e-6, abs=1e-7)


def test_biases_are_free():
    """The penalty changes the gradient of each weight by 2λw, and that of no bias."""
    cloud = network.sample("circle", 30, 0.1, 1)
    net = network.initial(SMALL, 1)
    net = Network(net.weights, tuple(b + 0.5 for b in net.biases))
    free, priced = (network.gradient(net, cloud.X, cloud.y, lam) for lam in (0.0, 0.3))
    for w, before, after in zip(net.weights, free.weights, priced.weights, strict=True):
        np.testing.assert_allclose(after - before, 0.6 * w, rtol=1e-12)
    for before, after in zip(free.biases, priced.biases, strict=True):
        np.testing.assert_array_equal(before, after)


def test_a_step_is_weight_decay_then_data():
    """Plain gradient descent multiplies each weight by 1 - 2ηλ and follows the data, as the article says."""
    cloud = network.sample("xor", 30, 0.0, 1)
    net = network.initial(LARGE, 3)
    data = network.gradient(net, cloud.X, cloud.y)
    after = network.step(net, cloud.X, cloud.y, 0.1, 0.01)
    factor = decay.factor(0.1, 0.01)
    for w, slope, new in zip(net.weights, data.weights, after.weights, strict=True):
        np.testing.assert_allclose(new, factor * w - 0.1 * slope, rtol=1e-12, atol=1e-15)


def test_losses_of_sure_answers_are_finite():
    """A network that is sure and wrong pays in proportion to how sure it is, and no number overflows."""
    net = Network((np.array([[1e4], [0.0]]),), (np.zeros(1),))
    assert network.data_loss(net, [[1.0, 0.0]], [0.0]) == pytest.approx(1e4)
    assert network.data_loss(net, [[1.0, 0.0]], [1.0]) == 0
    assert np.isfinite(network.gradient(net, [[1.0, 0.0]], [0.0]).vector()).all()


# Data


@pytest.mark.parametrize("kind", network.CLOUDS)
def test_clouds_are_standardized_and_balanced(kind):
    """Each coordinate has a deviation of about 1 and no mean, and each class has about half of the points."""
    X, y, flipped, X_test, y_test = network.sample(kind, 20_000, 0.1, 1)
    np.testing.assert_allclose(X.mean(axis=0), 0, atol=0.1)
    assert (np.abs(X.std(axis=0) - 1) < 0.4).all()
    assert y.mean() == pytest.approx(0.5, abs=0.02)
    assert flipped.mean() == pytest.approx(0.1, abs=0.01)
    assert set(y) == {0.0, 1.0}
    assert X_test.shape == (network.TEST_N, 2)
    assert y_test.shape == (network.TEST_N,)
    assert np.abs(X_test).max() < 3.6


@pytest.mark.parametrize("kind", network.CLOUDS)
def test_data_jump_as_little_as_they_can(kind):
    """Fewer points are the first of more; more noise moves no point and flips further labels."""
    few, many = network.sample(kind, 30, 0.1, 5), network.sample(kind, 100, 0.1, 5)
    np.testing.assert_array_equal(few.X, many.X[:30])
    np.testing.assert_array_equal(few.y, many.y[:30])
    noisier = network.sample(kind, 100, 0.3, 5)
    np.testing.assert_array_equal(noisier.X, many.X)
    assert (noisier.flipped >= many.flipped).all()
    assert noisier.flipped.sum() > many.flipped.sum()
    np.testing.assert_array_equal(noisier.y != many.y, noisier.flipped != many.flipped)
    assert not np.array_equal(network.sample(kind, 100, 0.1, 6).X, many.X)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("square", 10, 0.1, 1), "'kind' must be one of circle, moons, spiral, xor; got 'square'"),
        (("circle", 0, 0.1, 1), "n must be 1 or more; got 0"),
        (("circle", 10, 1.5, 1), "noise must be between 0 and 1; got 1.5"),
        (("circle", 10, float("nan"), 1), "noise must be between 0 and 1; got nan"),
    ],
)
def test_what_is_no_sample_is_refused(arguments, said):
    """The message says what would be taken."""
    with pytest.raises(ValueError, match=said):
        network.sample(*arguments)


# Parameters in a row


@pytest.mark.parametrize("sizes", [SMALL, LARGE])
def test_a_network_survives_being_a_row(sizes):
    """What is carried between two requests is the same network."""
    net = network.initial(sizes, 4)
    again = Network.of(net.vector(), sizes)
    assert again.sizes == sizes
    np.testing.assert_array_equal(again.vector(), net.vector())
    for mine, theirs in zip(net.weights, again.weights, strict=True):
        np.testing.assert_array_equal(mine, theirs)


def test_a_row_of_another_network_is_refused():
    """A state that does not fit is no network."""
    with pytest.raises(ValueError, match="33 parameters"):
        Network.of(network.initial(LARGE, 1).vector(), SMALL)


def test_the_start_is_the_seed_s():
    """The same seed is the same start, whose weights have the size that keeps tanh from saturating."""
    net = network.initial((2, 4000, 1), 1)
    assert net.weights[0].std() == pytest.approx(2**-0.5, rel=0.05)
    assert net.weights[1].std() == pytest.approx(4000**-0.5, rel=0.05)
    np.testing.assert_array_equal(network.initial(SMALL, 7).vector(), network.initial(SMALL, 7).vector())
    assert not np.array_equal(network.initial(SMALL, 7).vector(), network.initial(SMALL, 8).vector())


# What the penalty does


def trained(lam, *, kind="circle", n=100, noise=0.1, lr=0.1, steps=16_000, seed=1, sizes=SMALL):
    """Return a network after so many steps, with its data."""
    cloud = network.sample(kind, n, noise, seed)
    net = network.initial(sizes, seed)
    for _ in range(steps):
        net = network.step(net, cloud.X, cloud.y, lr, lam)
    return net, cloud


@pytest.fixture(scope="module")
def runs():
    """The mean over two seeds of Σw², the test loss and the test error by λ: 2-8-1, circle, n = 100, η = 0.1."""
    found = {}
    for lam in (0.0, 0.0003, 0.003, 0.3):
        results = []
        for seed in (1, 2):
            net, cloud = trained(lam, seed=seed)
            test = cloud.X_test, cloud.y_test
            results.append(
                [network.squares(net), network.data_loss(net, *test), network.share_wrong(net, *test)]
            )
        found[lam] = np.mean(results, axis=0)
    return found


def test_the_valley_is_near_a_few_thousandths(runs):
    """Of these strengths, 0.003 has the least test loss; without a penalty it is much larger."""
    losses = {lam: loss for lam, (_, loss, _) in runs.items()}
    assert min(losses, key=losses.get) == 0.003


def test_too_strong_a_penalty_leaves_nothing(runs):
    """At 0.3 every weight is zero, and the network can only guess."""
    assert runs[0.3][0] < 1e-12
    assert runs[0.3][2] > 0.45
    assert runs[0.3][1] == pytest.approx(np.log(2), abs=0.02)


def test_near_zero_the_data_s_pull_fades_with_the_weights():
    """Each layer's slope contains the other's weights, so at half the weights it is half: zero can be stable."""
    cloud = network.sample("circle", 60, 0.15, 1)
    net = network.initial(SMALL, 1)
    guess = np.log(cloud.y.mean() / (1 - cloud.y.mean()))

    def pull(scale):
        weights = tuple(scale * w for w in net.weights)
        small = Network(weights, (np.zeros(8), np.array([guess])))
        return np.linalg.norm(
            np.concatenate([w.ravel() for w in network.gradient(small, cloud.X, cloud.y).weights])
        )

    assert pull(0.005) / pull(0.01) == pytest.approx(0.5, rel=0.01)
    linear = Network((np.zeros((2, 1)),), (np.zeros(1),))
    assert np.linalg.norm(network.gradient(linear, cloud.X, cloud.y).weights[0]) > 0.01
