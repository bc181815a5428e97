"""A reader's own table in "Find the valley": pasted or from a file, refused in a sentence, and never in a link."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

import l2widgets
from l2widgets.tables import LEAST_ROWS, MOST_CHARACTERS, MOST_ROWS
from tests.e2e.conftest import shared_figures
from tests.e2e.test_accessibility import violations

ROWS = [(i / 10, (i * 37 % 11) + i / 3, (i * 17 % 13) - 4) for i in range(40)]
TABLE = "time;height;mass\n" + "".join(f"{x};{y};{z}\n".replace(".", ",") for x, y, z in ROWS)

PASTE = """(field, text) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/plain", text);
  field.dispatchEvent(new ClipboardEvent("paste", { clipboardData, cancelable: true, bubbles: true }));
}"""
"""What a browser says when a reader pastes a text."""

REACHING = """(part) => Array.from(part.querySelectorAll("*"))
  .filter((inner) => inner.getBoundingClientRect().right > innerWidth)
  .map((inner) => inner.outerHTML)"""
"""What goes beyond the edge of the window."""


@pytest.fixture(scope="module")
def figures(browser, site, places, watch):
    """Figures of this file alone, since a table stays on its page."""
    with shared_figures(browser, site, places, watch) as figure:
        yield figure


@pytest.fixture
def figure(figures):
    """The figure with the part for a table open."""
    figure = figures("lambda_sweep")
    button = own(figure).get_by_role("button", name="Your own table")
    if button.get_attribute("aria-expanded") == "false":
        button.click()
        expect(own(figure).get_by_label("Paste a table")).to_be_focused()
    return figure


def own(figure):
    """Return the part of a figure where a table goes."""
    return figure.root.locator("[data-control=own]")


def use(figure, table):
    """Paste a table and use it."""
    own(figure).get_by_label("Paste a table").fill(table)
    own(figure).get_by_role("button", name="Use this table").click()


def rendered(columns="1,2", **params):
    """Return what the figure must show for the table."""
    return l2widgets.render("lambda_sweep", {"own": f"1:{columns}\n{TABLE}", **params})


def test_a_pasted_table_takes_the_place_of_the_data(figure):
    """The first two columns are meant; the controls go on working; no link has any of it; one click brings it back."""
    before = figure.page.url
    use(figure, TABLE)
    figure.expect_words(rendered())
    expect(figure.plot.locator(".infolayer")).to_contain_text("time")
    synthetic = [figure.root.locator(f"[data-control={name}]") for name in ("data", "noise")]
    for control in synthetic:
        expect(control).to_be_hidden()
    assert figure.page.url == before

    figure.set("degree", "3")
    figure.expect_words(rendered(degree="3"))
    expect(figure.page).to_have_url(re.compile(r"\?lambda_sweep\.degree=3$"))

    own(figure).get_by_role("button", name="Back to").click()
    figure.expect_words(l2widgets.render("lambda_sweep", {"degree": "3"}))
    for control in synthetic:
        expect(control).to_be_visible()


def test_the_columns_are_chosen(figure):
    """They are offered by the names in the first line."""
    own(figure).get_by_label("Paste a table").fill(TABLE)
    for axis, name in (("x", "mass"), ("y", "height")):
        select = own(figure).get_by_label(axis, exact=True)
        assert select.locator("option").all_text_contents() == ["time", "height", "mass"]
        select.select_option(name)
    own(figure).get_by_label("Paste a table").press_sequentially(" ")  # a mend leaves the choice
    own(figure).get_by_role("button", name="Use this table").click()
    figure.expect_words(rendered("3,2"))


def test_quoted_and_nameless_columns_are_offered_too(figure):
    """A mark inside quotation divides nothing; a table without names has numbers for them."""
    offered = own(figure).get_by_label("x", exact=True).locator("option")
    table = own(figure).get_by_label("Paste a table")
    table.fill('"a;b",,"c, d"\n')
    expect(offered).to_have_text(["a;b", "column 2", "c, d"])
    table.fill("1.5\t2\n")
    expect(offered).to_have_text(["column 1", "column 2"])
    table.fill(",height,mass\n0,")  # as data frames are written, with their index
    expect(offered).to_have_text(["column 1", "height", "mass"])
    table.fill("day,mass,mass\n")
    expect(offered).to_have_text(["day", "mass (column 2)", "mass (column 3)"])


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [
        (TABLE.replace("0,3;", ";"), r"line 5, column 1 \(time\), is empty"),
        (TABLE.replace("0,3;", "soon;"), r"line 5, column 1 \(time\), says 'soon', which is no number"),
        ("time,height\n1,2\n", "the table has 1 row of numbers; from 20 to 5,000 are needed"),
        ("nothing", "line 1 has one column"),
    ],
)
def test_a_broken_table_is_refused_in_a_sentence(figure, broken, sentence):
    """The line and the column are named, to eyes and ears; the figure of before stays, and the next table is taken."""
    expected = figure.root.locator("[data-summary]").text_content()
    use(figure, broken)
    figure.expect_status(re.compile(rf"^Your table cannot be used: {sentence}"))
    figure.expect_heard(re.compile(sentence))
    figure.expect_state("error")
    figure.expect_summary(expected)
    expect(figure.root.locator("[data-retry]")).to_be_hidden()  # another try would end the same

    use(figure, TABLE)
    figure.expect_words(rendered())
    figure.expect_no_status()


def test_the_way_back_from_a_refused_table_is_heard(figure):
    """Though the figure has stayed as it was."""
    figure.start_python()
    back = own(figure).get_by_role("button", name="Back to the figure’s data")
    back.click()
    figure.expect_state("ready")
    use(figure, "nothing")
    figure.expect_heard(re.compile("line 1 has one column"))
    back.click()
    figure.expect_heard(re.compile("stay as they are"))
    figure.expect_no_status()


def test_a_table_from_a_file(figure, tmp_path):
    """What it holds stands in the field, to be looked at before it is used, however a spreadsheet encodes it."""
    path = tmp_path / "mine.csv"
    field = own(figure).get_by_label("Paste a table")

    def choose():
        with figure.page.expect_file_chooser() as chooser:  # which the same file, mended, comes from too
            own(figure).get_by_label("Or open a file").click()
        chooser.value.set_files(path)

    for encoding in ("utf-16", "utf-16-be", "windows-1252", "utf-8"):
        text = TABLE.replace("mass", f"größe {encoding}")
        path.write_text(("\ufeff" if encoding == "utf-16-be" else "") + text, encoding=encoding)
        choose()
        expect(field).to_have_value(text)
    path.write_text(TABLE, encoding="utf-8-sig")
    choose()
    expect(field).to_have_value(TABLE)
    own(figure).get_by_role("button", name="Use this table").click()
    figure.expect_words(rendered())


def test_a_table_that_is_too_long_is_not_even_sent(figure, tmp_path):
    """The limit is said with what there is, for a file before it is read."""
    limits = f"From {LEAST_ROWS} to {MOST_ROWS:,} rows of numbers, {MOST_CHARACTERS:,} characters at the most"
    expect(own(figure).locator(".control-help").last).to_contain_text(limits)
    voice = own(figure).get_by_role("status")
    use(figure, ("1," + "2" * 997 + "\n") * 257)
    expect(voice).to_have_text("The table has 257,000 characters; 256,000 are the most. Take fewer rows.")
    own(figure).get_by_label("Paste a table").evaluate(PASTE, "1,2\n" * 100_000)
    expect(voice).to_have_text(re.compile("400,000 characters"))
    path = tmp_path / "large.csv"
    path.write_text("1,2\n" * 300_000)
    own(figure).get_by_label("Or open a file").set_input_files(path)
    expect(voice).to_have_text(re.compile("1,200,000 characters"))
    figure.expect_shown()


def test_start_over_leaves_the_table(figure):
    """As it leaves everything else."""
    use(figure, TABLE)
    figure.expect_words(rendered())
    figure.start_over()
    figure.expect_shown()


def test_it_can_be_taken_along_but_not_linked(figure):
    """The program has the table in it, the link has not."""
    use(figure, TABLE)
    figure.expect_words(rendered())
    if not figure.taken.get_by_role("button").first.is_visible():
        figure.share()
    assert "time;height;mass\\n0,0;" in figure.take(".py").decode()
    expect(figure.taken.locator("[data-copied]").first).to_have_text(
        re.compile("/tuning/#figure-lambda_sweep$")
    )


def test_axe_finds_nothing_where_a_table_is_brought(open_figure):
    """In both themes; and on the narrowest screen all of it can be seen."""
    figure = open_figure("lambda_sweep")
    figure.approach()
    own(figure).get_by_role("button").click()
    expect(own(figure).get_by_label("Paste a table")).to_be_focused()
    figure.root.locator("figcaption").scroll_into_view_if_needed()
    assert violations(figure.page, within="[data-widget=lambda_sweep]") == []
    figure.page.set_viewport_size({"width": 320, "height": 640})
    assert own(figure).evaluate(REACHING) == []
