"""The address is the figure's state: only what differs from the start, and old or wrong links do no harm."""

from __future__ import annotations

import re

from playwright.sync_api import expect


def test_the_link_brings_the_figure_back(figures, open_figure):
    """What the address says after moving two controls shows the same figure on another page."""
    figure = figures("lambda_sweep")
    figure.set("lam", "0.01")
    figure.set("degree", "9")
    figure.expect_shown(lam="0.01", degree="9")
    link = "?lambda_sweep.lam=0.01&lambda_sweep.degree=9"
    expect(figure.page).to_have_url(re.compile(re.escape(link) + "$"))

    again = open_figure("lambda_sweep", link)

    again.root.scroll_into_view_if_needed()
    again.expect_shown(lam="0.01", degree="9")
    again.expect_value("lam", "0.01")


def test_the_start_needs_no_link(figures):
    """Starting over cleans the address, and leaves what others wrote there."""
    figure = figures("lambda_sweep")
    figure.set("lam", "0.01")
    expect(figure.page).to_have_url(re.compile(r"lambda_sweep\.lam=0\.01"))

    figure.start_over()

    expect(figure.page).to_have_url(re.compile(r"/[^?]*$"))


def test_a_wrong_link_is_explained(open_figure):
    """What the figure does not have is named, with what it would take, and the start is shown."""
    figure = open_figure("lambda_sweep", "?lambda_sweep.lam=7&lambda_sweep.lamb=1&utm_source=x")
    figure.approach()

    figure.expect_status(
        re.compile(r"asks for lam = 7, which this figure does not have; it takes 0, .*asks for lamb,")
    )
    figure.expect_heard(re.compile("lam = 7"))
    figure.expect_value("lam", "10⁻⁶")


def test_back(open_figure, site):
    """Going back to an address shows that address's figure."""
    figure = open_figure("lambda_sweep")
    figure.approach()
    figure.page.evaluate("history.pushState(null, '', '?lambda_sweep.lam=0.01')")
    figure.focus("lam")
    figure.press("End")
    figure.expect_shown(lam="100")
    expect(figure.page).to_have_url(re.compile("lam=100"))

    figure.page.evaluate("history.back()")

    figure.expect_shown()
