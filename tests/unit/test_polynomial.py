"""A polynomial at many λ says what scikit-learn says at each of them."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

from l2widgets.data import sample
from l2widgets.polynomial import PolynomialPath

LAMS = np.array([0.0, 1e-3, 0.1, 10.0])
DEGREE = 5


@pytest.fixture(scope="module")
def learned():
    """A path over a sample."""
    return PolynomialPath(sample("sine", 30, 0.3, 4), DEGREE, LAMS)


@pytest.mark.parametrize("at", range(len(LAMS)))
def test_it_is_ridge_on_standardized_powers(learned, at):
    """Curve, errors and the sum of squared weights, at every λ; the penalty beside a sum of squares is nλ."""
    drawn = learned.sample
    model = make_pipeline(
        PolynomialFeatures(DEGREE, include_bias=False),
        StandardScaler(),
        Ridge(alpha=len(drawn.x) * LAMS[at], solver="svd"),
    ).fit(drawn.x[:, None], drawn.y)

    def error(x, y):
        return np.mean((model.predict(x[:, None]) - y) ** 2)

    np.testing.assert_allclose(learned.curve(at), model.predict(drawn.grid[:, None]), rtol=1e-8, atol=1e-9)
    assert learned.training[at] == pytest.approx(error(drawn.x, drawn.y), rel=1e-9)
    assert learned.test[at] == pytest.approx(error(drawn.x_test, drawn.y_test), rel=1e-9)
    assert learned.norm[at] == pytest.approx((model[-1].coef_ ** 2).sum(), rel=1e-8)


def test_freedom_goes_from_all_parameters_to_the_mean(learned):
    """At λ = 0 every power and the intercept are free; for a large λ hardly more than the intercept."""
    assert learned.df[0] == pytest.approx(DEGREE + 1)
    assert (np.diff(learned.df) < 0).all()
    assert PolynomialPath(learned.sample, DEGREE, [1e9]).df[0] == pytest.approx(1, abs=1e-6)


def test_an_error_that_is_rounding_is_zero():
    """A curve through every point has no error, whatever the last digits say."""
    assert PolynomialPath(sample("sine", 6, 0.3, 4), DEGREE, [0.0]).training[0] == 0
