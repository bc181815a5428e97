"""The article on paper: every figure at its start, in dark ink, with what paper can use and nothing else."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import VIEWPORT
from tests.e2e.figure import BOOT

INK = "rgb(28, 30, 34)"


def printed(page, site):
    """Return the front page as it is printed, when nothing of it has been scrolled to."""
    page.goto(site)
    page.emulate_media(media="print")
    return page


@pytest.fixture(scope="module")
def paper(browser, watch, site):
    """The same, from a dark screen, for tests that leave it as it is."""
    context = browser.new_context(viewport=VIEWPORT, service_workers="block", color_scheme="dark")
    yield printed(watch.over(context).new_page(), site)
    context.close()


def test_every_figure_is_there_though_nobody_has_seen_it(paper):
    """The light pictures of all figures come when no figure waits for Python any more, and are what is printed."""
    for figure in paper.locator("figure.widget").all():
        expect(figure.locator(".picture-light img")).to_be_visible()
        expect(figure.locator(".picture-light img")).not_to_have_js_property("naturalWidth", 0, timeout=BOOT)
        for hidden in (".picture-dark", ".controls", "[data-share]", ".plot-live"):
            expect(figure.locator(hidden)).to_be_hidden()
        expect(figure.locator("[data-summary]")).to_be_visible()
        expect(figure.locator("figcaption")).to_be_visible()


def test_what_is_not_there_yet_is_asked_for_when_a_reader_prints(new_page, site):
    """On a device where data are saved, printing itself brings the pictures."""
    page = new_page(is_mobile=True, has_touch=True)
    page.goto(site)
    last = page.locator(".picture-light img").last
    expect(last).to_have_attribute("loading", "lazy")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(last).not_to_have_js_property("naturalWidth", 0, timeout=BOOT)


def test_ink_is_dark(paper):
    """However dark the system's screen is."""
    expect_dark_ink(paper)


def test_ink_is_dark_though_the_reader_chose_the_dark_theme(new_page, site):
    """What the button keeps is for the screen."""
    page = new_page(color_scheme="light")
    page.add_init_script("localStorage.setItem('theme', 'dark')")
    expect_dark_ink(printed(page, site))


def expect_dark_ink(page):
    """Words are written as on white."""
    expect(page.locator("body")).to_have_css("color", INK)
    expect(page.locator("h1")).to_have_css("color", INK)


def test_paper_says_where_links_lead_and_how_to_cite(paper):
    """The address stands after a link to elsewhere, not after one within the article; the citation is open."""
    after = "(link) => getComputedStyle(link, '::after').content"
    outside = paper.locator(".references a[href^=http]").first
    assert outside.get_attribute("href") in outside.evaluate(after).replace('" "', "")
    inside = paper.locator("main p a[href^='#']").first
    assert inside.evaluate(after) == "none"
    expect(paper.locator(".cite pre")).to_be_visible()
    expect(paper.locator("[data-why]").first).to_be_visible()
    expect(paper.locator("[data-check]").first).to_be_hidden()
    for hidden in (".bar", ".toc-side", ".skip"):
        expect(paper.locator(hidden).first).to_be_hidden()


def test_notes_stand_below_their_paragraph(paper):
    """A note is as readable as the text: in the column, and not beside it."""
    paper.set_viewport_size({"width": 718, "height": 1000})
    note = paper.locator(".sidenote").first
    expect(note).to_be_visible()
    expect(note).to_have_css("float", "none")
    box = note.bounding_box()
    paper.set_viewport_size(VIEWPORT)
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 718


def test_a_figure_that_was_moved_is_printed_as_it_began(open_figure):
    """Its picture is the start's, so no number of another state stands below it, and a sentence says so."""
    figure = open_figure("weight_decay", "?weight_decay.lam=0.1")
    figure.root.scroll_into_view_if_needed()
    figure.expect_shown(lam="0.1")
    figure.page.emulate_media(media="print")
    expect(figure.plot.locator(".picture-light img")).to_be_visible()
    said = figure.plot.evaluate("(plot) => getComputedStyle(plot, '::after').content")
    assert re.search("starting values", said)
    for hidden in ("[data-summary]", "[data-readouts]"):
        expect(figure.root.locator(hidden)).to_be_hidden()


def test_the_pdf_has_pages_in_number(paper):
    """Chromium prints the article on a score of pages, not on hundreds."""
    expect(paper.locator(".picture-light img").last).not_to_have_js_property("naturalWidth", 0, timeout=BOOT)
    pdf = paper.pdf(format="A4", prefer_css_page_size=True)
    pages = len(re.findall(rb"/Type\s*/Page\b", pdf))
    assert 15 <= pages <= 45
