"""All λ on one axis: 0 has its place, and what is drawn over it says of which λ it speaks."""

from __future__ import annotations

import numpy as np
import pytest

from l2widgets.sweep import Sweep, strength_slider

LAMS = (0.0, 0.001, 0.02, 1.0, 1000.0)


def test_zero_stands_a_decade_below_the_others():
    """It does not touch the curve beside it."""
    sweep = Sweep(LAMS)
    assert [sweep.place(lam) for lam in LAMS] == pytest.approx([-4, -3, np.log10(0.02), 0, 3])
    assert sweep.axis.range[0] < sweep.x[0] < sweep.zero < sweep.x[1] < -3
    assert sweep.axis.range[1] > 3


def test_a_curve_has_a_stroke_at_zero_and_then_its_values():
    """Several curves at once, too."""
    sweep = Sweep(LAMS)
    values = np.array([[1.0, 2.0, 3.0, 4.0, 5.0], [6.0, 7.0, 8.0, 9.0, 10.0]])
    drawn = sweep.curve(values)
    assert drawn.shape == (2, len(sweep.x))
    np.testing.assert_array_equal(drawn[:, :2], values[:, [0, 0]])
    assert np.isnan(drawn[:, 2]).all()
    assert np.isnan(sweep.x[2])
    np.testing.assert_array_equal(drawn[:, 3:], values[:, 1:])
    np.testing.assert_allclose(10 ** sweep.x[3:], LAMS[1:])


def test_ticks_are_words_for_powers_of_ten():
    """At each decade, or at every second one; 1 is always among them."""
    assert Sweep(LAMS, every=1).axis.ticks == {
        -4: "0", -3: "10⁻³", -2: "0.01", -1: "0.1", 0: "1", 1: "10", 2: "100", 3: "1,000"
    }  # fmt: skip
    assert Sweep(LAMS).axis.ticks == {-4: "0", -2: "0.01", 0: "1", 2: "100"}


@pytest.mark.parametrize("lams", [(0.1, 1.0), (0.0, 2.0, 1.0), (0.0, 1.0, 1.0)])
def test_strengths_in_disorder_are_refused(lams):
    """Without 0, falling, or twice the same."""
    with pytest.raises(ValueError, match="must be 0 and others that grow"):
        Sweep(lams)


def test_the_slider_begins_with_an_exact_zero():
    """And ends where it should."""
    slider = strength_slider(-2, 1, default=0.1, help="The price of weight.")
    assert [stop.value for stop in slider.stops[:3]] == [0, 0.01, 0.0125]
    assert slider.stops[-1].value == 10
    assert slider.start.value == 0.1
