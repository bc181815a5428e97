"""Fifteen points, twelve wiggles: the numbers that the figure is there for."""

from __future__ import annotations

import numpy as np
import pytest

import l2widgets
from l2widgets.data import sample
from l2widgets.widgets import overfitting


def rendered(**params):
    """Return the figure after a bet."""
    return l2widgets.render("overfitting", {"bet": "skip"} | params)


def values(figure):
    """Return the readouts' numbers by name."""
    return {readout["name"]: readout["value"] for readout in figure["readouts"]}


def trace(figure, name):
    """Return the x and y of the trace of this name."""
    found = next(trace for trace in figure["figure"]["data"] if trace["name"] == name)
    return np.array(found["x"], dtype=float), np.array(found["y"], dtype=float)


def test_nothing_is_told_before_the_bet():
    """The error on new points is in no part of the figure until the reader has bet or skipped."""
    figure = l2widgets.render("overfitting", {})
    assert np.isnan(trace(figure, "test error")[1]).all()
    assert values(figure)["test"] is values(figure)["free"] is None
    assert {row[2] for row in figure["table"]["rows"]} == {"hidden"}
    assert "bet" in figure["summary"]


def test_the_bet_stays_beside_the_answer():
    """A bet of 100 is a mark at λ = 0, at the height of 100."""
    x, y = trace(rendered(bet="hundred"), "your bet")
    assert x[0] == overfitting.SWEEP.zero
    assert y[0] == 100


def test_a_price_on_weight_calms_the_opening_sample():
    """The same features and the same data: from an error of thousands to nearly the noise, and weights to match."""
    free, fair = values(rendered(lam=0)), values(rendered(lam=0.0063))
    assert free["train"] < 0.001
    assert free["test"] > 1_000
    assert free["train"] < fair["train"]
    assert 0.25**2 < fair["test"] < 0.1
    assert free["norm"] > 1e6 * fair["norm"]


def test_it_is_no_accident_of_the_opening_sample():
    """Over 200 samples, medians: training error 0.005, test error above 10,000 and 0.15, ‖w‖ above 5,000 and 1.6."""
    sources = [overfitting._Source("sine", 12, 0.25, seed, 0, 0.0) for seed in range(1, 201)]
    paths = [overfitting._learned(source) for source in sources]
    training, test, norm = (
        np.median([getattr(path, name) for path in paths], axis=0) for name in ("training", "test", "norm")
    )
    fair = int(np.flatnonzero(overfitting.LAMS == 0.0063)[0])
    assert training[0] == pytest.approx(0.0055, abs=0.001)
    assert test[0] > 10_000
    assert test[fair] == pytest.approx(0.151, abs=0.005)
    assert abs(int(test.argmin()) - fair) <= 1
    assert np.sqrt(norm[0]) > 5_000
    assert np.sqrt(norm[fair]) == pytest.approx(1.57, abs=0.05)


def test_one_point_is_moved_and_no_other():
    """The point that was picked is higher by the shift; the test points stay."""
    x, y = trace(rendered(moved=8, shift=1), "training point")
    drawn = sample("sine", 15, 0.25, 1)
    np.testing.assert_allclose(x, drawn.x)
    np.testing.assert_allclose(y - drawn.y, np.eye(15)[7], atol=1e-12)


def test_twenty_other_samples_agree_when_weight_has_a_price():
    """At λ = 0 their fits spread over the chart, at a fair price they stay together."""

    def spread(lam):
        _, y = trace(rendered(lam=lam, others=True), "fit to another sample")
        curves = y.reshape(overfitting.OTHERS, -1)[:, :-1]
        return np.median(curves.std(axis=0))

    assert spread(0) > 3 * spread(0.0063)
