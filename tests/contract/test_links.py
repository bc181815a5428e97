"""Whatever stands in a link, a figure stands where Python can draw it, and its own link brings it back."""

from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import l2widgets
from tests.hostile.corpus import QUERIES, TEXTS, filled
from tests.hostile.links import Links


@pytest.fixture(scope="module")
def links():
    """A Node that reads links."""
    with Links() as node:
        yield node


def any_link(name):
    """Return a strategy for queries about a figure: its controls and others, stops, numbers, and any text."""
    controls = l2widgets.load(name).controls
    names = [control.name for control in controls]
    meant = st.sampled_from([(control.name, stop.text) for control in controls for stop in control.stops])
    near = st.integers(1, 5000).map(lambda number: str(number / 8))  # often between two stops
    values = (
        near | st.floats().map(str) | st.integers().map(str) | st.sampled_from(TEXTS) | st.text(max_size=8)
    )
    other = st.tuples(st.sampled_from(names) | st.text(max_size=5), values)
    return st.lists(meant | other, max_size=6).map(
        lambda pairs: "?" + "&".join(f"{name}.{control}={value}" for control, value in pairs)
    )


@pytest.mark.parametrize("name", l2widgets.names())
def test_any_link_can_be_shown(links, name):
    """Positions within their limits, complaints in short sentences, and nothing that Python does not take."""

    @settings(max_examples=60, derandomize=True)
    @given(query=any_link(name))
    def shown(query):
        links.judge(name, query)

    shown()


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("0,01", "0.01"),  # all that some phones have for decimals
        (",5", "0.5"),
        ("0,001", "0.001"),
        ("1,5e-3", "0.0015"),
        ("1.5*10^-3", "0.0015"),
        ("2*10**-3", "0.002"),
        ("1.7 × 10⁻³", "0.0017"),  # as the page says it
        ("10⁻³", "0.001"),
        ("1e+2", "100"),
    ],
)
def test_a_number_may_be_written_as_people_write_it(links, written, plain):
    """With a comma, or as a power of ten in the page's words, a calculator's or Python's."""
    found = links.judge("translator", "?" + urlencode({"translator.value": written}))
    assert not found["complaints"]
    assert found["params"]["value"] == plain


@pytest.mark.parametrize(
    "written", ["1,000", "10,500", "1.000,5", "1,5,5", "10^", "*10^2", "10^1.5", "1,e2", "2 10"]
)
def test_what_may_mean_two_numbers_is_none(links, written):
    """Nor is what is only half written."""
    assert links.judge("translator", "?" + urlencode({"translator.value": written}))["complaints"]


def test_hostile_links_are_complaints(links):
    """No text of the corpus moves a control that has no such stop."""
    for place in QUERIES:
        for text in TEXTS:
            links.judge("lambda_sweep", filled(place, text))
    assert links.judge("translator", "?translator.n=50.5")["complaints"]
    assert (
        links.judge("weight_decay", "?weight_decay.steps=20&weight_decay.step=100")["params"]["step"] == "20"
    )
    assert links.judge("lambda_sweep", "?lambda_sweep.lam=javascript:hit()")["complaints"]
    assert not links.judge("lambda_sweep", "?lambda_sweep.degree=3")["complaints"]
