"""Every number of the translator stands for the same model, by scikit-learn, by PyTorch and by a direct solve."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from sklearn.linear_model import Ridge

import l2widgets
from l2widgets import ridge
from l2widgets.widgets import translator
from l2widgets.widgets.translator import FORMS, SPEC
from tests.oracles import torch_optimizers as oracle

often = settings(max_examples=60, deadline=None)
stops = {control.name: [stop.value for stop in control.stops] for control in SPEC.controls}
PENALTIES = [form for form in FORMS if form != "tau"]
KEPT = json.loads(oracle.FILE.read_text(encoding="utf-8"))


def render(**params):
    """Return the figure for these parameters."""
    return l2widgets.render("translator", params)


def readouts(**params):
    """Return the readouts by name."""
    return {readout["name"]: readout for readout in render(**params)["readouts"]}


def texts(**params):
    """Return the texts of the readouts by name."""
    return {name: readout["text"] for name, readout in readouts(**params).items()}


def marks(figure):
    """Return the weights that each place's mark shows, and the log λ where it stands."""
    drawn = (t for t in figure["figure"]["data"] if t["xaxis"] == "x2" and t["mode"] == "markers")
    return {t["name"]: (t["x"][0], np.array(t["y"])) for t in drawn}


def kept_data():
    """Return the data set on which torch wrote down where its SGD comes to rest."""
    X, y = np.array(KEPT["data"]["X"]), np.array(KEPT["data"]["y"])
    return translator._Data(X, y, X.T @ X, X.T @ y, ridge.path(X, y, [0.0]))


def objective(form, number, sigma, X, y):
    """Return what a form minimizes, as its program writes it."""
    return {
        "lam": lambda w: np.mean((y - X @ w) ** 2) + number * w @ w,
        "alpha": lambda w: np.sum((y - X @ w) ** 2) + number * w @ w,
        "weight_decay": lambda w: np.mean((y - X @ w) ** 2) + number / 2 * w @ w,
        "l2": lambda w: np.mean((y - X @ w) ** 2) + number * w @ w,
        "sum_lam": lambda w: np.sum((y - X @ w) ** 2) + number * w @ w,
        "tau": lambda w: np.sum((y - X @ w) ** 2) / (2 * sigma**2) + w @ w / (2 * number**2),
    }[form]


# The numbers


def test_the_article_s_example():
    """weight_decay = 0.01 in PyTorch is this page's λ = 0.005, and at n = 50 scikit-learn's alpha = 0.25."""
    now = texts()
    assert [now[form] for form in FORMS] == ["0.005", "0.25", "0.01", "0.005", "0.25", "1"]


def test_the_prior_of_the_next_section():
    """σ = 0.5, τ = 1 and n = 25 are λ = 0.01."""
    now = texts(form="tau", value=1, n=25, sigma=0.5)
    assert (now["lam"], now["alpha"], now["tau"]) == ("0.01", "0.25", "1")


def test_scikit_learn_s_default():
    """With a hundred points alpha = 1 is λ = 0.01, and weight_decay = 0.02."""
    now = texts(form="alpha", value=1, n=100)
    assert (now["lam"], now["weight_decay"], now["sum_lam"]) == ("0.01", "0.02", "1")


@often
@given(
    form=st.sampled_from(list(FORMS)),
    value=st.sampled_from(stops["value"][1:]),
    n=st.sampled_from(stops["n"]),
    sigma=st.sampled_from(stops["sigma"]),
)
def test_the_numbers_are_the_conventions(form, value, n, sigma):
    """It holds that alpha = nλ, weight_decay = 2λ, l2 = λ and λ = σ²/(nτ²), whichever of them the reader has."""
    now = {name: r["value"] for name, r in readouts(form=form, value=value, n=n, sigma=sigma).items()}
    lam = now["lam"]
    assert now[form] == pytest.approx(value)
    assert now["alpha"] == pytest.approx(n * lam)
    assert now["sum_lam"] == pytest.approx(n * lam)
    assert now["weight_decay"] == pytest.approx(2 * lam)
    assert now["l2"] == pytest.approx(lam)
    assert sigma**2 / (n * now["tau"] ** 2) == pytest.approx(lam)


def test_the_ends_are_said_in_words():
    """No penalty is a prior of unbounded width, and a prior without width is more than any penalty."""
    assert texts(value=0)["tau"] == "unbounded"
    none = render(form="tau", value=0)
    assert all(readout["text"] == "unbounded" for readout in none["readouts"][:5])
    assert none["summary"].startswith("A prior of deviation 0 allows no weight but 0")
    assert all((w == 0).all() for _, w in marks(none).values())


def test_small_numbers_are_written_as_programs_take_them():
    """A number is plain enough to be copied."""
    assert texts(value=1e-6)["lam"] == "5e-7"
    assert [float(text) for name, text in texts(value=0.0003).items() if name in PENALTIES]


# The fits


@often
@given(
    value=st.sampled_from(stops["value"]),
    n=st.sampled_from(stops["n"]),
    sigma=st.sampled_from(stops["sigma"]),
    seed=st.sampled_from(stops["seed"]),
    form=st.sampled_from(list(FORMS)),
)
def test_all_forms_fit_the_same_weights(value, n, sigma, seed, form):
    """Whichever number is given, six problems solved in six ways have one answer."""
    figure = render(value=value, form=form, n=n, sigma=sigma, seed=seed)
    assert figure["readouts"][-1]["value"] == 0
    first, *others = marks(figure).values()
    for at, w in others:
        assert at == pytest.approx(first[0], abs=1e-9)
        np.testing.assert_allclose(w, first[1], rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("n", [10, 50, 1000])
@pytest.mark.parametrize("value", [0.0001, 0.01, 1, 100])
def test_scikit_learn_agrees(n, value):
    """Ridge with the alpha that is written fits the weights that are drawn, and no intercept."""
    data = translator._data(translator._Sample(n, 1))
    fitted = Ridge(alpha=readouts(value=value, n=n)["alpha"]["value"], tol=1e-12).fit(data.X, data.y)
    assert fitted.intercept_ == pytest.approx(0, abs=1e-12)
    for _, w in marks(render(value=value, n=n)).values():
        np.testing.assert_allclose(w, fitted.coef_, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("weight_decay", [float(text) for text in KEPT["ridge"]])
def test_torch_agrees(weight_decay):
    """Every form of a weight_decay fits the weights at which torch's SGD came to rest."""
    data, sigma = kept_data(), 0.7
    n, wanted = len(data.y), KEPT["ridge"][str(weight_decay)]
    for name, form in FORMS.items():
        if weight_decay or name != "tau":
            number = translator._number(name, weight_decay / 2, n, sigma)
            np.testing.assert_allclose(form.fit(data, number, sigma), wanted, rtol=1e-9, atol=1e-9)


def test_the_installed_torch_agrees():
    """So does the torch that is installed, on another data set."""
    pytest.importorskip("torch")
    other = oracle.regression(3)
    X, y = np.array(other["X"]), np.array(other["y"])
    data = translator._Data(X, y, X.T @ X, X.T @ y, ridge.path(X, y, [0.0]))
    np.testing.assert_allclose(
        translator._by_descent(data, 0.3, 1.0), oracle.ridge(0.3, other), rtol=1e-9, atol=1e-9
    )


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("lam", [0.003, 0.5])
def test_each_form_minimizes_what_it_says(form, lam):
    """A search that knows nothing of ridge finds no better weights for the problem as it is written."""
    data, sigma = kept_data(), 0.7
    number = translator._number(form, lam, len(data.y), sigma)
    minimized = objective(form, number, sigma, data.X, data.y)
    w = FORMS[form].fit(data, number, sigma)
    found = minimize(minimized, np.zeros(3), tol=1e-12)
    np.testing.assert_allclose(w, found.x, atol=1e-5)
    assert minimized(w) <= found.fun * (1 + 1e-12)


# Copied unchanged


def test_a_copied_number_fits_another_model():
    """For a hundred points alpha = 1, written everywhere, is 1, a half or a hundredth of λ, and other weights."""
    given = {"form": "alpha", "value": 1, "n": 100, "copied": True}
    figure = render(**given)
    assert {texts(**given)[form] for form in PENALTIES} == {"1"}
    at = {name: x for name, (x, _) in marks(figure).items()}
    assert at["this page"] == at["Keras"] == 0
    assert at["PyTorch"] == pytest.approx(math.log10(0.5))
    assert at["scikit-learn"] == at["beside a sum of squares"] == at["as a prior"] == -2
    data = translator._data(translator._Sample(100, 1))
    ends = [ridge.fit(data.X, data.y, lam).coef for lam in (0.01, 1)]
    difference = readouts(**given)["difference"]
    assert difference["value"] == pytest.approx(np.abs(ends[0] - ends[1]).max())
    assert difference["text"] in figure["summary"]


@often
@given(value=st.sampled_from(stops["value"][1:]), form=st.sampled_from(PENALTIES), copied=st.booleans())
def test_the_marks_are_on_the_paths(value, form, copied):
    """Where a number stands among all λ, its weights are those of that λ."""
    data = translator._data(translator._Sample(50, 1))
    for name, (x, w) in marks(render(value=value, form=form, copied=copied)).items():
        if -6.5 < x < 3.2:
            np.testing.assert_allclose(
                w, ridge.fit(data.X, data.y, 10**x).coef, rtol=1e-7, atol=1e-9, err_msg=name
            )


def test_a_prior_cannot_be_copied():
    """τ is no penalty, and the toggle that is hidden then does nothing."""
    assert render(form="tau", value=0.5, copied=True) == render(form="tau", value=0.5)


def test_nothing_is_nothing_everywhere():
    """Zero is the one number that may be copied."""
    figure = render(value=0, copied=True)
    assert figure["readouts"][-1]["value"] == 0
    assert figure["summary"].endswith("they fit the same weights.")


def test_a_larger_sample_contains_the_smaller():
    """More points are added and none is drawn anew; only their mean and deviation are taken out again."""
    small, large = (translator._data(translator._Sample(n, 1)).X for n in (10, 50))
    for before, after in zip(small.T, large[:10].T, strict=True):
        assert np.corrcoef(before, after)[0, 1] == pytest.approx(1)
