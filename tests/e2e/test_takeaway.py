"""What a reader takes away from a figure: its link, its picture, its numbers, its code; and the article's citation."""

from __future__ import annotations

import csv
import io
import json
import re
import struct
import subprocess
import sys
from urllib.request import urlopen
from xml.etree import ElementTree as ET

import pytest
from playwright.sync_api import expect

import l2widgets
from tests.e2e.test_accessibility import violations

SVG = "{http://www.w3.org/2000/svg}"
STATE = {"lam": "0.01", "degree": "9"}
LINK = "?lambda_sweep.lam=0.01&lambda_sweep.degree=9"

BARE = """
from plotly.basedatatypes import BaseFigure
BaseFigure.show = lambda figure: print(len(figure.data), "traces")
"""
"""What stands in for a window to draw in."""


@pytest.fixture
def moved(figures):
    """A figure that the reader has moved, with its part for taking away open."""
    figure = figures("lambda_sweep")
    for control, text in STATE.items():
        figure.set(control, text)
    figure.expect_shown(**STATE)
    figure.share()
    return figure


def run(code, wheel):
    """Return what a program prints, in a Python that has NumPy, Plotly and the package as the site has it."""
    done = subprocess.run(
        [sys.executable, "-c", f"{BARE}exec(compile({code!r}, 'program', 'exec'))"],
        capture_output=True, text=True, check=False, timeout=60, cwd="/", env={"PYTHONPATH": wheel},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="session")
def wheel(dist):
    """The package that the site offers."""
    [path] = (dist / "python").glob("*.whl")
    return str(path)


def test_the_curves_are_those_of_the_figure(moved):
    """Every point of every named trace, to the last digit, with its panel and what its axes mean."""
    rows = list(csv.DictReader(io.StringIO(moved.take("Curves").decode(), newline="")))

    figure = l2widgets.render("lambda_sweep", STATE)["figure"]
    wanted = [
        (trace["name"], x, y)
        for trace in figure["data"]
        if trace["name"]
        for x, y in zip(trace["x"], trace["y"], strict=True)
    ]
    assert len(rows) == len(wanted) > 500
    for row, (name, x, y) in zip(rows, wanted, strict=True):
        assert row["curve"] == name
        for text, value in ((row["x"], x), (row["y"], y)):
            assert (float(text) if text else None) == (None if value is None else pytest.approx(value))
    widget = l2widgets.load("lambda_sweep")
    panels = {(p.title, p.x.title, p.y.title) for p in widget.draw(**widget.params(STATE)).panels}
    assert {(row["panel"], row["x is"], row["y is"]) for row in rows} == panels


def test_the_table_is_that_of_the_figure(moved):
    """Cell by cell, as it is read."""
    rows = list(csv.reader(io.StringIO(moved.take("Table").decode(), newline="")))
    table = l2widgets.render("lambda_sweep", STATE)["table"]
    assert rows == [table["columns"], *table["rows"]]


def test_the_picture_is_what_is_on_the_screen(moved):
    """A well-formed SVG with a title, the sentence, the link and the font in it, and nothing that acts."""
    svg = ET.fromstring(moved.take("SVG"))  # noqa: S314  made by the page under test

    assert svg.findtext(f"{SVG}title") == "Find the valley"
    assert l2widgets.render("lambda_sweep", STATE)["summary"] in svg.findtext(f"{SVG}desc")
    assert f"{LINK}#figure-lambda_sweep" in svg.findtext(f"{SVG}desc")
    assert svg.findtext(f"{SVG}style").count("data:font/woff2;base64,") >= 1
    assert [int(svg.get("width")), int(svg.get("height"))] == size(moved)
    curves = svg.findall(f".//{SVG}path[@style]")
    assert len(curves) == moved.plot.locator(".main-svg > :not(.draglayer, .hoverlayer) path[style]").count()
    names = {element.tag for element in svg.iter()}
    assert not names & {f"{SVG}script", f"{SVG}foreignObject", f"{SVG}a"}


def size(figure):
    """Return the figure's width and height on the screen, in whole pixels."""
    return figure.plot.locator("[data-live]").evaluate("(box) => [box.clientWidth, box.clientHeight]")


def test_the_picture_in_pixels_is_twice_as_fine(moved):
    """A PNG of two pixels for each of the figure's, in which more than its surface is to be seen."""
    png = moved.take("PNG")

    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    assert list(struct.unpack(">II", png[16:24])) == [2 * side for side in size(moved)]
    assert len(png) > 50_000


def test_a_picture_before_plotly_is_the_one_on_the_page(open_figure, watch, dist):
    """Where the figure cannot be drawn, the page's own picture can be taken all the same."""
    watch.forgive("Failed to load resource|net::ERR")
    figure = open_figure(
        "weight_decay",
        prepare=lambda page: page.route("**/plotly.*", lambda route: route.abort()),
        color_scheme="light",
    )
    figure.share()
    shown = figure.plot.locator("picture img:visible").evaluate("(image) => image.currentSrc")
    assert figure.take("SVG") == (dist / "figures" / shown.rpartition("/")[2]).read_bytes()
    assert figure.take("PNG").startswith(b"\x89PNG")
    figure.taken.get_by_role("button", name="Curves").click()
    expect(figure.taken.get_by_role("status")).to_have_text(re.compile("nothing is drawn yet"))


def test_the_program_draws_the_same_figure(moved, wheel):
    """In the reader's own Python it prints the sentence that the page shows, and names the page."""
    code = moved.take(".py").decode()
    printed = run(code, wheel)
    rendered = l2widgets.render("lambda_sweep", STATE)
    assert rendered["summary"] in printed
    assert f"{len(rendered['figure']['data'])} traces" in printed
    assert f"{LINK}#figure-lambda_sweep>" in code


def test_the_notebook_runs_from_top_to_bottom(moved, wheel, site):
    """Its first cell says how to install what it needs, from an address that answers; its code cells run in order."""
    notebook = json.loads(moved.take(".ipynb"))

    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    first, *cells = notebook["cells"]
    assert first["cell_type"] == "markdown"
    [address] = re.findall(r"pip install plotly (\S+\.whl)", "".join(first["source"]))
    assert address.startswith(site)
    with urlopen(address) as response:  # noqa: S310  the tests' own server
        assert response.read(2) == b"PK"
    assert [cell["cell_type"] for cell in cells] == ["code"] * 3
    assert len({cell["id"] for cell in notebook["cells"]}) == 4
    sources = ["".join(cell["source"]) for cell in cells]
    steps = "\n".join(f"exec(compile({source!r}, 'cell', 'exec'))" for source in sources)
    assert l2widgets.render("lambda_sweep", STATE)["summary"] in run(steps, wheel)


def test_the_program_of_a_simulation_goes_on_by_itself(figures, wheel):
    """What stands on the page at first is what it comes to."""
    figure = figures("network")
    figure.share()
    code = figure.take(".py").decode()
    assert l2widgets.render("network", {})["summary"] in run(code, wheel)


def test_the_link_leads_to_the_same_state(moved, new_page):
    """What the button copies opens, elsewhere, the figure as it stood, in sight."""
    page = moved.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    moved.taken.get_by_role("button", name="Copy").first.click()
    expect(moved.taken.get_by_role("status")).to_have_text("The link is copied.")
    link = page.evaluate("navigator.clipboard.readText()")
    assert link.endswith(f"{LINK}#figure-lambda_sweep")

    other = new_page()
    other.goto(link)

    there = type(moved)(other, "lambda_sweep")
    there.expect_shown(**STATE)
    expect(there.root).to_be_in_viewport()


def test_the_link_follows_the_figure(moved):
    """While the part is open."""
    moved.set("lam", "0.1")
    moved.expect_shown(lam="0.1", degree="9")
    expect(moved.taken.locator("[data-copied]").first).to_have_text(re.compile(r"\?lambda_sweep\.lam=0\.1&"))


def test_a_reader_copies_where_the_page_may_not(open_figure):
    """When the browser refuses, the text is selected and a sentence says so."""
    refuse = "navigator.clipboard.writeText = () => Promise.reject(new Error('no'))"
    figure = open_figure("weight_decay", prepare=lambda page: page.add_init_script(refuse))
    figure.approach()
    figure.share()
    figure.taken.get_by_role("button", name="Copy").first.click()
    expect(figure.taken.get_by_role("status")).to_have_text(re.compile("selected, so that you can"))
    link = figure.taken.locator("[data-copied]").first
    assert figure.page.evaluate("String(getSelection())") == link.text_content()

    # Python comes, and shows what was shown.
    link.evaluate("link => { const { dataset } = link.closest('figure'); dataset.shown = dataset.shown; }")
    assert figure.page.evaluate("String(getSelection())") == link.text_content()


def test_nothing_is_loaded_for_it_before(open_figure):
    """The page pays for it when it is opened, and only once for all figures."""
    asked = []
    figure = open_figure(
        "weight_decay", prepare=lambda page: page.on("request", lambda request: asked.append(request.url))
    )
    figure.approach()
    late = re.compile(r"/share-")
    assert not any(late.search(url) for url in asked)
    figure.share()
    assert len([url for url in asked if late.search(url)]) == 1


def test_what_does_not_arrive_is_said(open_figure, watch):
    """Without the line, one sentence."""
    watch.forgive("Failed to load resource|net::ERR")
    figure = open_figure(
        "weight_decay", prepare=lambda page: page.route("**/share-*.js", lambda route: route.abort())
    )
    figure.taken.locator("summary").click()
    expect(figure.taken).to_contain_text("This did not arrive. Check the connection and load the page again.")


def test_it_can_be_had_by_keyboard(moved):
    """Tab goes from the summary to every button in turn."""
    moved.taken.locator("summary").focus()
    names = []
    for _ in range(9):
        moved.press("Tab")
        names.append(moved.page.evaluate("document.activeElement.textContent"))
    assert names == [
        "this figure alone", "Picture (SVG)", "Picture (PNG)", "Curves and points (CSV)", "Table (CSV)",
        "Python (.py)", "Notebook (.ipynb)", "Copy the link", "Copy the frame",
    ]  # fmt: skip


def test_axe_finds_nothing_when_it_is_open(open_figure):
    """In both themes."""
    figure = open_figure("weight_decay")
    figure.approach()
    figure.share()
    figure.root.locator("figcaption").scroll_into_view_if_needed()
    assert violations(figure.page, within="[data-widget=weight_decay]") == []


def test_without_javascript_the_figure_alone_can_be_opened(open_figure):
    """The part has one link that needs no script."""
    figure = open_figure("weight_decay", java_script_enabled=False)
    figure.taken.locator("summary").click()
    figure.taken.get_by_role("link").click()
    expect(figure.page).to_have_url(re.compile("/embed/weight_decay/$"))
    expect(figure.root).to_be_visible()


def test_the_article_says_how_to_cite_it(new_page, site, dist):
    """A sentence and an entry, each with its button, and the entry as a file."""
    page = new_page()
    page.goto(site)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    part = page.locator("details").filter(has_text="Cite this article")
    part.locator("summary").click()

    expect(part.get_by_role("button", name="Copy")).to_have_count(2)
    copied = []
    for what in ("citation", "BibTeX entry"):
        part.get_by_role("button", name=f"Copy the {what}").click()
        expect(part.get_by_role("status")).to_have_text(f"The {what} is copied.")
        copied.append(page.evaluate("navigator.clipboard.readText()"))
        part.get_by_role("status").evaluate("(line) => line.textContent = ''")
    assert re.fullmatch(
        r"The l2widgets authors \(\d{4}\)\. The Price of Weight: .*\. https://\S+/", copied[0]
    )
    with page.expect_download() as download:
        part.get_by_role("link").click()
    assert download.value.suggested_filename == "citation.bib"
    assert copied[1].strip() == (dist / "citation.bib").read_text().strip()
