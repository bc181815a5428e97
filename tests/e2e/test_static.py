"""Without JavaScript the article is complete: text, mathematics, pictures, numbers. Only the controls wait."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

import l2widgets


@pytest.mark.parametrize("name", l2widgets.names())
def test_a_figure_without_javascript(open_figure, name):
    """The picture, the sentence and the table are there; the controls are inert, and a note says why."""
    figure = open_figure(name, java_script_enabled=False)
    figure.root.scroll_into_view_if_needed()

    picture = figure.plot.locator("picture img:visible")
    expect(picture).to_have_count(1)
    expect(picture).to_have_js_property("complete", True)
    expect(picture).not_to_have_js_property("naturalWidth", 0)
    expect(figure.root.locator("noscript p")).to_be_visible()
    for key, control in figure.controls.items():
        if "joins" not in control:  # which has another's button
            expect(
                figure.root.locator(f"[data-control={key}]").locator("input, button").first
            ).to_be_disabled()
    figure.expect_summary(re.compile(r"\w{3,}.*\."))
    figure.root.get_by_text("The numbers as a table").click()
    expect(figure.root.get_by_role("cell").first).to_be_visible()


def test_the_article_without_javascript(new_page, site):
    """Every section can be read, and its formulas are MathML."""
    page = new_page(java_script_enabled=False)
    page.goto(site)

    expect(page.get_by_role("heading", level=1)).to_be_visible()
    for section in page.locator("[data-section]").all():
        expect(section.get_by_role("heading", level=2).first).to_be_visible()
    expect(page.locator("math").first).to_be_visible()
    expect(page.locator("[data-theme-toggle]")).to_be_hidden()
