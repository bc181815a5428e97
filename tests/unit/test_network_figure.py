"""The network's figure: what it shows is what training by hand gives."""

from __future__ import annotations

import json

import numpy as np
import pytest

import l2widgets
from l2widgets import network
from l2widgets.simulation import read
from l2widgets.widgets import network as figure


def by_hand(*phases, start=1, sizes=(2, 8, 1)):
    """Return the default's data and a network after phases of (steps, λ), taken step by step without the figure."""
    cloud = network.sample("circle", 60, 0.15, 1)
    net = network.initial(sizes, start)
    for steps, lam in phases:
        for _ in range(steps):
            net = network.step(net, cloud.X, cloud.y, 0.5, lam)
    return net, cloud


def carried(course):
    """Return the last answer of a course of (slices, λ), each request going on from the state of the one before."""
    state, answer = None, None
    for slices, lam in course:
        answer = l2widgets.advance("network", {"lam": lam}, state, slices)
        state = answer["simulation"]["state"]
    return answer


def readouts(answer):
    """Return the values of the readouts by name."""
    return {readout["name"]: readout["value"] for readout in answer["readouts"]}


def test_lambda_changes_without_a_reset():
    """Slices with another λ from the middle on lead to the weights of both phases by hand."""
    answer = carried([(10, 0), (15, 0), (20, 0.02)])
    net, _ = by_hand((500, 0.0), (400, 0.02))
    parameters, clock, _ = read(answer["simulation"]["state"])
    np.testing.assert_array_equal(parameters, net.vector())
    assert list(clock) == [900, 500, 0.02, 0.5]


def test_losses_are_kept_apart():
    """The data loss, the penalty and their sum are those of the network; the test loss has no penalty in it."""
    net, cloud = by_hand((400, 0.005))
    said = readouts(carried([(20, 0.005)]))
    assert said["data_loss"] == network.data_loss(net, cloud.X, cloud.y)
    assert said["penalty"] == pytest.approx(0.005 * network.squares(net), rel=1e-12)
    assert said["total"] == pytest.approx(said["data_loss"] + said["penalty"], rel=1e-12)
    assert said["test_loss"] == network.data_loss(net, cloud.X_test, cloud.y_test)
    assert said["wrong"] == pytest.approx(100 * network.share_wrong(net, cloud.X, cloud.y))
    assert said["wrong_test"] == pytest.approx(100 * network.share_wrong(net, cloud.X_test, cloud.y_test))


def test_another_lambda_changes_the_penalty_alone():
    """Before the next step, a new price changes what the weights cost, and nothing else."""
    state = carried([(20, 0.005)])["simulation"]["state"]
    before, after = (readouts(l2widgets.advance("network", {"lam": lam}, state, 0)) for lam in (0.005, 0.01))
    assert after["penalty"] == pytest.approx(2 * before["penalty"], rel=1e-12)
    assert {name for name in before if before[name] != after[name]} == {"penalty", "total"}


def test_without_a_penalty_the_test_loss_turns():
    """It falls at first and ends far above a guess, while the training loss falls all the way; 0.002 prevents that."""
    course = [readouts(carried([(slices, 0)])) for slices in (0, 10, 100, 200)]
    training, test = ([said[name] for said in course] for name in ("data_loss", "test_loss"))
    assert training == sorted(training, reverse=True)
    assert min(test) < test[0]
    assert test[-1] > 2 * np.log(2)
    priced = readouts(l2widgets.render("network", {}))
    assert priced["test_loss"] < np.log(2)
    assert priced["squares"] < readouts(l2widgets.render("network", {"lam": 0}))["squares"] / 10


def test_where_weight_is_too_dear_learning_comes_back_slowly_or_never():
    """All weights go nearly to zero; at a lower price they grow again after hundreds of steps, if it is low enough."""
    gone = carried([(200, 0), (10_000, 0.1)])
    assert gone["simulation"]["rests"]
    assert "all weights are nearly zero" in gone["summary"]
    state = gone["simulation"]["state"]
    for lam, slices, zero in ((0.002, 20, True), (0.002, 100, False), (0.05, 10_000, True)):
        lowered = l2widgets.advance("network", {"lam": lam}, state, slices)
        assert ("all weights are nearly zero" in lowered["summary"]) is zero
        assert lowered["simulation"]["rests"] is (lam == 0.05)
    learnt = l2widgets.advance("network", {"lam": 0.002}, state, 10_000)
    assert learnt["simulation"]["rests"]
    assert readouts(learnt)["data_loss"] < 0.5


def test_rest_is_near_the_end():
    """Where it rests, going on for twice as long lowers the total by less than half a percent."""
    for params in ({"lam": 0.005}, {"lam": 0.01, "data": "moons"}, {"lam": 0.005, "data": "xor"}):
        answer = l2widgets.advance("network", params, None, 1000)
        assert answer["simulation"]["rests"], params
        setting = figure.Setting(**l2widgets.load("network").params(params))
        state = read(answer["simulation"]["state"])
        for _ in range(int(state[1][0]) // 20):
            state = figure.advance(state, setting)
        further = l2widgets.advance("network", params, json.dumps([part.tolist() for part in state]), 0)
        assert readouts(further)["total"] > 0.995 * readouts(answer)["total"]


def test_the_charts_go_on_when_they_are_full():
    """The axis leaps, the curves end at the present, and the state grows no more."""
    early, late, later = (carried([(slices, 0)]) for slices in (290, 400, 600))
    ranges = [answer["figure"]["layout"]["xaxis2"]["range"][0] for answer in (early, late, later)]
    assert ranges == [0, 3000, 6000]
    for answer in (early, late, later):
        total = next(trace for trace in answer["figure"]["data"] if trace["name"] == "total")
        assert total["x"][-1] == readouts(answer)["steps"]
        assert total["x"] == sorted(total["x"])
    lengths = [len(read(answer["simulation"]["state"])[2]) for answer in (late, later)]
    assert lengths == [figure.WINDOW // figure.EVERY + 1] * 2


def test_training_without_an_end_is_ended():
    """Without a penalty it goes on for 20,000 steps; another setting gives it as many again."""
    answer = l2widgets.advance("network", {"lam": 0, "n": 30}, None, 5000)
    assert answer["simulation"]["rests"]
    assert readouts(answer)["steps"] == figure.LONGEST
    again = l2widgets.advance("network", {"lam": 0.0001, "n": 30}, answer["simulation"]["state"], 1)
    assert readouts(again)["steps"] == figure.LONGEST + 20
    assert not again["simulation"]["rests"]


# The plane


def surface(function):
    """Return a function's values where the figure asks the network."""
    return function(*np.meshgrid(figure.ACROSS, figure.UP))


def paths(x, y):
    """Return the unbroken parts of a line, (points, 2) each."""
    [gaps] = np.nonzero(np.isnan(x))
    return [part[~np.isnan(part[:, 0])] for part in np.split(np.stack([x, y], axis=1), gaps + 1) if len(part)]


def test_the_level_line_is_on_the_level():
    """A circle is one path that ends where it began; all its points are on the circle, and it is as long."""
    [path] = paths(*figure._level_line(surface(lambda x, y: 2 - np.hypot(x, y))))
    np.testing.assert_allclose(np.hypot(*path.T), 2, atol=0.01)
    np.testing.assert_allclose(path[0], path[-1])
    assert np.linalg.norm(np.diff(path, axis=0), axis=1).sum() == pytest.approx(4 * np.pi, rel=0.01)


def test_a_level_line_that_leaves_the_plane_is_not_broken():
    """Two straight lines from edge to edge are two paths, whichever end comes first."""
    found = paths(*figure._level_line(surface(lambda x, y: (x + 0.3 * y) ** 2 - 1)))
    assert len(found) == 2
    for path in found:
        np.testing.assert_allclose(np.abs(path @ [1, 0.3]), 1, atol=0.02)
        assert sorted(path[[0, -1], 1]) == pytest.approx([figure.UP[0], figure.UP[-1]])


@pytest.mark.parametrize(("high", "low"), [(3.0, -1.0), (1.0, -3.0)])
def test_a_saddle_is_cut_at_two_corners(high, low):
    """Where two corners that face each other are high, the strokes pass by the corners that are alone in the end."""
    z = np.full((len(figure.UP), len(figure.ACROSS)), low)
    z[10, 20] = z[11, 21] = high
    x, y = figure._level_line(z)
    cells = np.stack([(x - figure.ACROSS[20]) / 0.15, (y - figure.UP[10]) / 0.15], axis=1)
    strokes = np.stack([cells[:-1], cells[1:]], axis=1)  # those to and from a gap lie nowhere
    inside = strokes[((strokes > -1e-9) & (strokes < 1 + 1e-9)).all(axis=(1, 2))]
    assert len(inside) == 2
    np.testing.assert_allclose(
        np.linalg.norm(inside[:, 0] - inside[:, 1], axis=1), 0.25 * np.sqrt(2), rtol=1e-6
    )


def test_the_shade_is_where_z_is_positive():
    """The strokes cover the positive part of each row, from edge to edge where there is no other side."""
    x, y = figure._rows(surface(lambda x, y: x - 1 + 0 * y))
    strokes = np.stack([x, y], axis=1).reshape(-1, 3, 2)[:, :2]
    assert len(strokes) == len(figure.UP)
    np.testing.assert_allclose(strokes[:, 0, 0], 1, atol=1e-9)
    np.testing.assert_allclose(strokes[:, 1, 0], figure.ACROSS[-1])
    nowhere = surface(lambda x, y: -1 - x * x - y * y)
    assert np.isnan(figure._rows(nowhere)[0]).all()
    assert np.isnan(figure._level_line(nowhere)[0]).all()


def test_the_histogram_counts_every_weight():
    """The bars add up to all weights, those beyond the axis among them."""
    bars = next(
        trace
        for trace in l2widgets.render("network", {"lam": 0})["figure"]["data"]
        if trace["name"] == "weights"
    )
    tops = np.array(bars["y"], dtype=float)[1::3]
    assert tops.sum() == pytest.approx(100)
    assert tops[-1] + tops[0] > 0
