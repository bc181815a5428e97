"""The page for code: an editor for anything, examples that go into it, cells that run where they stand."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import ROOT, VIEWPORT
from tests.e2e.desk import Desk
from tests.e2e.figure import ANSWER
from tests.e2e.test_accessibility import violations

LAB = ROOT / "content/lab"


@pytest.fixture(scope="module")
def page(browser, site, watch):
    """The page, for several tests."""
    context = watch.over(browser.new_context(viewport=VIEWPORT, service_workers="block"))
    page = context.new_page()
    page.goto(f"{site}lab/")
    yield page
    context.close()


@pytest.fixture
def desk(page):
    """The free editor."""
    desk = Desk(page, page.locator(".lab-area"))
    expect(desk.editor).to_be_visible()
    return desk


def code(kind):
    """Return the code of the lab by its title."""
    texts = [path.read_text(encoding="utf-8") for path in sorted((LAB / kind).glob("*.py"))]
    return {text.partition("\n")[0].removeprefix("# "): text for text in texts}


def test_a_value_is_shown(desk):
    """That of the last line."""
    desk.run("import numpy as np\nnp.arange(3) ** 2")
    desk.expect_done()
    expect(desk.root.locator("[data-value]")).to_have_text("array([0, 1, 4])")


def test_plots_are_drawn_where_the_last_ones_were(desk):
    """By the page's Plotly, in its colours, with a name for those who do not see them."""
    head = "from l2widgets.figures import line\n"
    one = "plot(line([0, 1], [{0}, 1], name='a', role='fit'), title='Rising from {0}')"
    desk.run(f"{head}show({one.format(2)})\n{one.format(3)}")
    desk.expect_done()
    pictures = desk.root.get_by_role("img")
    expect(pictures).to_have_count(2)
    expect(pictures.nth(1)).to_have_accessible_name("Rising from 3")
    assert pictures.nth(0).locator(".plot-live").evaluate("({ data }) => data[0].y") == [2, 1]

    desk.run(head + one.format(4))

    desk.expect_done()
    expect(pictures).to_have_count(1)
    assert pictures.nth(0).locator(".plot-live").evaluate("({ data }) => data[0].y") == [4, 1]


def test_our_figures_can_be_shown(desk):
    """As they stand in the article."""
    desk.run("import l2widgets\nl2widgets.render('weight_decay', {'lam': 0.1})")
    desk.expect_done()
    expect(desk.root.get_by_role("img")).to_have_accessible_name(re.compile("^After 100 steps at λ = 0.1"))


def test_an_example_goes_into_the_editor(page, desk):
    """Chosen from the list, and run."""
    title, text = list(code("examples").items())[3]
    example = page.locator(".lab-example").filter(has_text=title)
    example.locator("summary").click()
    example.get_by_role("button").click()
    expect(desk.editor).to_contain_text(text.split("\n")[1])
    desk.run()
    desk.expect_done()
    desk.expect_printed(re.compile("half-life"))


@pytest.mark.parametrize("title", code("conversions"))
def test_a_conversion_runs_where_it_stands(page, title):
    """And agrees."""
    cell = page.locator(".lab-cell").filter(has=page.get_by_role("heading", name=title))
    cell.get_by_role("button").click()
    desk = Desk(page, cell)
    expect(desk.editor).to_be_focused()
    desk.run_by_key()
    desk.expect_done()
    desk.expect_printed(re.compile("True"))
    expect(desk.printed).not_to_contain_text("False")


def test_our_names_are_completed(page, desk):
    """With what they take and what they do."""
    desk.write("from l2widgets import ridge\n")
    page.keyboard.type("ridge.cross")
    offer = desk.root.get_by_role("option", name=re.compile(r"ridge\.cross_validate"))
    expect(offer).to_contain_text("(X, y, lams, folds, seed")
    expect(desk.root.locator(".cm-completionInfo")).to_have_text(re.compile("^Score each λ"), timeout=ANSWER)
    offer.click()  # CodeMirror takes no key for a moment, in case it was meant for the text
    expect(desk.editor).to_contain_text("ridge.cross_validate")


def test_a_loop_in_one_cell_leaves_the_others(desk):
    """Stopped by a click, and Python starts again."""
    desk.run("while True:\n    pass")
    desk.expect_running()
    desk.stop()
    desk.expect_wrong("Stopped.")
    desk.run("6 * 7")
    desk.expect_done()
    expect(desk.root.locator("[data-value]")).to_have_text("42")


def test_code_in_a_link_is_nothing(new_page, site):
    """No address puts code into the editor or runs it."""
    page = new_page()
    page.goto(f"{site}lab/?code=print(1)#print(1)")
    desk = Desk(page, page.locator(".lab-area"))
    expect(desk.editor).to_contain_text("Fifteen points")
    expect(desk.root).to_have_attribute("data-desk", "rest")
    assert page.workers == []


def test_axe_finds_nothing(new_page, site):
    """With a plot, a value, everything opened, in both themes."""
    page = new_page()
    page.goto(f"{site}lab/")
    desk = Desk(page, page.locator(".lab-area"))
    desk.run("from l2widgets.figures import line\nshow(plot(line([0, 1], [0, 1], name='a', role='fit')))\n1")
    desk.expect_done()
    page.locator("details").evaluate_all("(all) => { for (const one of all) one.open = true; }")
    assert violations(page) == []


def test_a_narrow_screen_scrolls_no_page(new_page, site):
    """At 320 pixels, with everything opened and drawn."""
    page = new_page(viewport={"width": 320, "height": 700})
    page.goto(f"{site}lab/")
    desk = Desk(page, page.locator(".lab-area"))
    desk.run()
    desk.expect_done()
    page.locator("details").evaluate_all("(all) => { for (const one of all) one.open = true; }")
    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_it_reads_without_scripts(new_page, site):
    """Code and names are on the page itself, and there is no button that does nothing."""
    page = new_page(java_script_enabled=False)
    page.goto(f"{site}lab/")
    expect(page.locator("main noscript p")).to_have_text(re.compile("^The editor needs JavaScript."))
    expect(page.locator(".lab-cell pre").first).to_contain_text("alpha = n * lam")
    expect(page.get_by_role("button").filter(visible=True)).to_have_count(0)
