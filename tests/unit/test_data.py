"""The data sets: the same for the same seed, jumping as little as they can, and never tested on what was seen."""

from __future__ import annotations

from collections import Counter
from importlib.resources import files

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from l2widgets import data

often = settings(max_examples=40)
curves = st.sampled_from(data.CURVES)
kinds = st.sampled_from(data.KINDS)
seeds = st.integers(0, 10_000)
sizes = st.integers(2, data.PENGUINS_MAX_N)


def pairs(x, y):
    """Return how often each point occurs."""
    return Counter(zip(x.tolist(), y.tolist(), strict=True))


@often
@given(kinds, sizes, seeds)
def test_every_kind_has_one_shape(kind, n, seed):
    """A figure may treat all samples alike: sorted, finite, within the range, with a grid from end to end."""
    found = data.sample(kind, n, 0.25, seed)
    assert found.x.shape == found.y.shape == (n,)
    assert found.x_test.shape == found.y_test.shape
    assert len(found.x_test) >= 100
    assert found.grid.shape == (data.GRID_N,)
    assert (found.grid[0], found.grid[-1]) == found.x_range
    low, high = found.x_range
    for x, y in ((found.x, found.y), (found.x_test, found.y_test)):
        assert (np.diff(x) >= 0).all()
        assert low <= x[0] <= x[-1] <= high
        assert np.isfinite(y).all()
    assert (found.truth is None) == (found.noise is None) == (kind == "penguins")
    assert found.y_unit in found.y_label


@often
@given(kinds, sizes, seeds)
def test_the_same_seed_draws_the_same_sample(kind, n, seed):
    """A sample is a function of its arguments."""
    first, again = data.sample(kind, n, 0.25, seed), data.sample(kind, n, 0.25, seed)
    for name in ("x", "y", "x_test", "y_test"):
        np.testing.assert_array_equal(getattr(first, name), getattr(again, name))


@pytest.mark.parametrize("kind", data.KINDS)
def test_another_seed_draws_another_sample(kind):
    """Seeds differ, the first ones as well, and in the test sample too."""
    samples = [data.sample(kind, 20, 0.25, seed) for seed in range(5)]
    assert len({tuple(found.x) for found in samples}) == 5
    assert len({tuple(found.y_test) for found in samples}) == 5


@often
@given(kinds, sizes, sizes, seeds)
def test_a_larger_sample_contains_the_smaller(kind, n, more, seed):
    """Raising n adds points and moves none."""
    small, large = (data.sample(kind, size, 0.25, seed) for size in sorted((n, more)))
    assert pairs(small.x, small.y) <= pairs(large.x, large.y)


@often
@given(curves, sizes, seeds, st.floats(0, 2))
def test_the_noise_is_scaled_and_not_drawn_again(kind, n, seed, noise):
    """Another noise level keeps every x and every deviation, in the test sample too."""
    quiet, found = data.sample(kind, n, 1.0, seed), data.sample(kind, n, noise, seed)
    for x, y in (("x", "y"), ("x_test", "y_test")):
        np.testing.assert_array_equal(getattr(found, x), getattr(quiet, x))
        truth = data.truth(kind, getattr(found, x))
        np.testing.assert_allclose(getattr(found, y) - truth, noise * (getattr(quiet, y) - truth), atol=1e-14)


@pytest.mark.parametrize("kind", data.CURVES)
def test_without_noise_the_points_lie_on_the_truth(kind):
    """At a noise of 0 both samples are the curve itself."""
    found = data.sample(kind, 30, 0, 0)
    np.testing.assert_array_equal(found.y, data.truth(kind, found.x))
    np.testing.assert_array_equal(found.y_test, data.truth(kind, found.x_test))


def test_the_curves_share_their_draw():
    """Only the truth changes from one curve to another, under the same x and the same deviations."""
    sine, step = data.sample("sine", 25, 0.3, 8), data.sample("step", 25, 0.3, 8)
    np.testing.assert_array_equal(sine.x, step.x)
    deviations = [found.y - data.truth(kind, found.x) for kind, found in (("sine", sine), ("step", step))]
    np.testing.assert_allclose(*deviations, atol=1e-15)


def test_training_and_test_are_drawn_apart():
    """The test sample is not the training sample's draw again, and does not depend on its size."""
    small, large = data.sample("sine", 10, 0.25, 3), data.sample("sine", 300, 0.25, 3)
    assert not set(large.x) & set(large.x_test)
    np.testing.assert_array_equal(small.y_test, large.y_test)


def test_the_draw_is_what_it_says():
    """Each x is uniform on [-1, 1], and each deviation is standard normal times the noise."""
    found = data.sample("cubic", 20_000, 0.25, 5)
    deviations = found.y - data.truth("cubic", found.x)
    assert found.x.mean() == pytest.approx(0, abs=0.02)
    assert found.x.std() == pytest.approx(1 / np.sqrt(3), rel=0.02)
    assert deviations.mean() == pytest.approx(0, abs=0.01)
    assert deviations.std() == pytest.approx(0.25, rel=0.02)
    assert np.corrcoef(found.x, deviations)[0, 1] == pytest.approx(0, abs=0.03)


@pytest.mark.parametrize("kind", data.CURVES)
def test_curves_have_an_amplitude_of_one(kind):
    """Each truth just fits between -1 and 1, so that one noise level means the same for all."""
    curve = data.truth(kind, np.linspace(-1, 1, 2001))
    assert curve.max() == pytest.approx(1, abs=1e-5)
    assert curve.min() == pytest.approx(-1, abs=1e-5)


# Penguins


@often
@given(sizes, seeds)
def test_no_penguin_is_both_in_training_and_in_test(n, seed):
    """Both samples together are the 342 birds, each once."""
    found = data.penguins_sample(n, seed)
    flippers, masses = data._penguins()
    assert len(found.x) + len(found.x_test) == 342
    assert pairs(found.x, found.y) + pairs(found.x_test, found.y_test) == pairs(flippers, masses)


def test_the_penguins_are_those_of_the_paper():
    """The packaged table has the published counts and bounds of the 342 measured birds."""
    rows = files("l2widgets").joinpath("datasets/penguins.csv").read_text(encoding="utf-8").splitlines()
    assert rows[0] == "species,bill_length_mm,bill_depth_mm,flipper_length_mm,body_mass_g"
    assert Counter(row.split(",")[0] for row in rows[1:]) == {"Adelie": 151, "Gentoo": 123, "Chinstrap": 68}
    flippers, masses = data._penguins()
    assert (flippers.min(), flippers.max()) == (172, 231)
    assert (masses.min(), masses.max()) == (2700, 6300)
    assert masses.mean() == pytest.approx(4201.75, abs=0.01)
    assert np.corrcoef(flippers, masses)[0, 1] == pytest.approx(0.871, abs=0.001)


def test_the_penguins_cannot_be_changed():
    """What is kept for the next call is read-only."""
    with pytest.raises(ValueError, match="read-only"):
        data._penguins()[0][0] = 0


def test_the_licence_travels_with_the_data():
    """The CC0 text and the note of where the data come from lie beside them."""
    folder = files("l2widgets").joinpath("datasets")
    assert "CC0 1.0 Universal" in folder.joinpath("LICENSE").read_text(encoding="utf-8")
    note = folder.joinpath("README.md").read_text(encoding="utf-8")
    for word in ("CC0 1.0", "Horst", "Gorman", "10.5281/zenodo.3960218", "10.1371/journal.pone.0090081"):
        assert word in note


def test_enough_penguins_are_left_for_testing():
    """The largest training sample leaves a hundred birds, and one more is refused."""
    assert len(data.penguins_sample(data.PENGUINS_MAX_N, 0).x_test) >= 100
    with pytest.raises(ValueError, match="240 or fewer"):
        data.sample("penguins", data.PENGUINS_MAX_N + 1, 0, 0)


# Features


@often
@given(kinds, sizes, seeds, st.integers(1, 15))
def test_features_stay_within_one(kind, n, seed, degree):
    """The data set's bounds, not the sample's, map to -1 and 1, and so no power leaves that interval."""
    found = data.sample(kind, n, 0.25, seed)
    features = found.features(found.x_test, degree)
    assert features.shape == (len(found.x_test), degree)
    assert np.abs(features).max() <= 1
    np.testing.assert_array_equal(found.features(found.x_range, 3), [[-1, 1, -1], [1, 1, 1]])


def test_features_do_not_depend_on_the_sample():
    """The same bird has the same features in every draw."""
    first, other = data.penguins_sample(20, 0), data.penguins_sample(200, 1)
    np.testing.assert_array_equal(first.features([200.0], 5), other.features([200.0], 5))


def test_curves_are_already_in_their_interval():
    """On [-1, 1] the mapping changes no digit."""
    found = data.sample("sine", 30, 0.25, 0)
    np.testing.assert_array_equal(found.features(found.x, 1)[:, 0], found.x)


@often
@given(st.lists(st.floats(-1, 1), min_size=1, max_size=10), st.integers(1, 15))
def test_monomials_are_powers(x, degree):
    """Column j is x to the power j + 1, without a constant."""
    found = data.monomials(x, degree)
    np.testing.assert_allclose(
        found, np.array(x)[:, None] ** np.arange(1, degree + 1), rtol=1e-13, atol=1e-300
    )


# The reader's own data


def test_observations_are_parted_as_penguins_are():
    """Any two columns give a sample of the same kind."""
    found = data.observed_sample(
        np.arange(10.0), np.arange(10.0) ** 2, 6, 0, x_label="t (s)", y_label="s (m)"
    )
    assert len(found.x) == 6
    assert sorted([*found.x, *found.x_test]) == list(range(10))
    np.testing.assert_array_equal(found.y_test, found.x_test**2)
    assert found.x_range == (0, 9)


@pytest.mark.parametrize(
    ("x", "y", "n", "message"),
    [
        ([1, 2, 3], [1, 2], 2, "two columns of one length"),
        ([[1], [2]], [[1], [2]], 2, "two columns of one length"),
        ([1, 2, np.nan], [1, 2, 3], 2, "must be finite"),
        ([1, 2, 3], [1, 2, 3], 1, "n must be 2 or more"),
        ([1, 2, 3], [1, 2, 3], 3, "n must be below 3"),
        ([5, 5, 5], [1, 2, 3], 2, "x must vary; it is 5.0"),
    ],
)
def test_observations_that_cannot_be_used_are_refused(x, y, n, message):
    """What is wrong with the reader's own data is said in a sentence."""
    with pytest.raises(ValueError, match=message):
        data.observed_sample(x, y, n, 0, x_label="x", y_label="y")


# What is refused


def test_unknown_kinds_are_refused():
    """The message lists what there is."""
    with pytest.raises(ValueError, match="'kind' must be one of sine, cubic, step, penguins; got 'iris'"):
        data.sample("iris", 10, 0.1, 0)
    with pytest.raises(ValueError, match="one of sine, cubic, step where the truth is known; got 'penguins'"):
        data.truth("penguins", [0.0])


@pytest.mark.parametrize(
    ("n", "noise", "message"),
    [(1, 0.1, "n must be 2 or more"), (5, -0.1, "noise must be 0"), (5, np.nan, "noise must be 0")],
)
def test_numbers_out_of_their_domain_are_refused(n, noise, message):
    """Too few points and impossible noise raise."""
    with pytest.raises(ValueError, match=message):
        data.sample("sine", n, noise, 0)


def test_a_degree_below_one_is_refused():
    """There are no features without a power."""
    with pytest.raises(ValueError, match="degree must be 1 or more"):
        data.monomials([0.5], 0)
