"""What the reader has set in one figure is offered where the same quantity comes back, and never forced on it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.figure import Figure

FROM = "As in “Fifteen points, twelve wiggles”: "


@pytest.fixture
def go_on(site, places):
    """Open another figure's page in the same visit."""

    def go(figure: Figure, name: str) -> Figure:
        figure.page.goto(site + places[name])
        other = Figure(figure.page, name)
        other.approach()
        return other

    return go


def offer(figure: Figure) -> Locator:
    """Return the button that offers what was set elsewhere."""
    return figure.root.locator("[data-shared]")


def test_settings_follow_the_reader(open_figure, go_on):
    """On the next page they are one key away; a figure that has them offers nothing; starting over forgets."""
    figure = open_figure("overfitting")
    figure.approach()
    expect(offer(figure)).to_be_hidden()
    figure.set("lam", "0.0063")
    figure.set("degree", "9")
    expect(offer(figure)).to_be_hidden()

    other = go_on(figure, "lambda_sweep")
    other.expect_value("degree", "12")
    expect(offer(other)).to_have_text(f"{FROM}penalty strength 0.0063, degree of the polynomial 9")
    offer(other).focus()
    other.press("Enter")
    other.expect_shown(lam="0.0063", degree="9")
    expect(offer(other)).to_be_hidden()
    expect(other.root.locator("[data-reset]")).to_be_focused()

    other.start_over()
    other.expect_shown()
    figure = go_on(other, "overfitting")
    expect(offer(figure)).to_be_hidden()


def test_only_what_a_figure_knows_is_offered(open_figure, go_on):
    """Real penguins are no data of the other figure, and λ of another problem is not this one's."""
    figure = open_figure("lambda_sweep")
    figure.approach()
    figure.set("data", "penguins")
    expect(offer(go_on(figure, "overfitting"))).to_be_hidden()

    figure = go_on(figure, "weight_decay")
    figure.set("lam", "1")
    expect(offer(go_on(figure, "overfitting"))).to_be_hidden()


@pytest.mark.parametrize("kept", ["{", "[1]", '[["curve.degree", {"text": 9, "title": "<b>"}]]'])
def test_what_others_have_kept_there_does_no_harm(open_figure, kept):
    """Where the browser's storage holds something else, the figure starts without."""
    storing = f"sessionStorage.setItem('l2.shared', {kept!r})"
    figure = open_figure("overfitting", prepare=lambda page: page.add_init_script(storing))
    figure.approach()
    expect(offer(figure)).to_be_hidden()
    figure.set("lam", "1")
    figure.expect_shown(lam="1")
