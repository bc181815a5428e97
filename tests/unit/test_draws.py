"""Our random numbers are NumPy's."""

import numpy as np
import pytest

from l2widgets.draws import Draws

SEEDS = (0, 7, [0, 1], [123, 21], 1 << 70, [1 << 33, 2, 3, 4, 5])


@pytest.mark.parametrize("seed", SEEDS)
def test_a_stream_is_numpys(seed):
    """The same numbers in the same order, whatever is drawn before and after, to the last digit."""
    ours, numpys = Draws(seed), np.random.default_rng(seed)
    for _ in range(2):
        assert ours.permutation(17).tolist() == numpys.permutation(17).tolist()
        assert ours.random((5, 3)).tolist() == numpys.random((5, 3)).tolist()
        assert ours.standard_normal(3).tolist() == numpys.standard_normal(3).tolist()
        assert ours.uniform(-1.0, 2.5, 30).tolist() == numpys.uniform(-1.0, 2.5, 30).tolist()
        assert ours.permutation(342).tolist() == numpys.permutation(342).tolist()


def test_the_tail_and_the_edges_are_numpys():
    """Of so many deviates, hundreds lie in the tail and thousands near the curve, where other numbers decide."""
    ours, numpys = (
        Draws(3).standard_normal((1000, 2, 500)),
        np.random.default_rng(3).standard_normal((1000, 2, 500)),
    )
    assert np.count_nonzero(np.abs(ours) > 3.66) > 200
    assert np.array_equal(ours, numpys)


def test_nothing_can_be_drawn():
    """An empty draw uses nothing up."""
    ours, numpys = Draws(1), np.random.default_rng(1)
    assert ours.random(0).shape == (0,)
    assert ours.standard_normal((2, 0)).shape == (2, 0)
    assert ours.random(2).tolist() == numpys.random(2).tolist()


def test_seeds_are_not_negative():
    """As NumPy has it."""
    with pytest.raises(ValueError, match="a seed is not negative; got -1"):
        Draws([0, -1])
