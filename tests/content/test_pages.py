"""Pages of text beside the article."""

import pytest

from l2site.content import load_pages
from l2site.markdown import render
from l2site.problems import ContentError

FRONT = "---\ntitle: A page\nsummary: What it says.\n---\n"


@pytest.fixture
def pages(load, tmp_path):
    """Return a function that writes pages beside an article of one section, `opening`, and loads them."""

    def write_and_load(files):
        folder = tmp_path / "content/pages"
        folder.mkdir(parents=True)
        for name, text in files.items():
            (folder / name).write_text(FRONT + text)
        return load_pages(folder, load({"10-opening.md": "Text.\n"}))

    return write_and_load


def test_a_page_is_written_like_a_section(pages):
    """It has a title and a summary, formulas and headings, and links to the site's own addresses."""
    (page,) = pages({"rights.md": "## Yours {#yours}\n\nSee [$\\lambda$](/opening/).\n"})
    html = render(page, root="../", heading_shift=0, figure=str)
    assert (page.slug, page.title, page.summary) == ("rights", "A page", "What it says.")
    assert '<h2 id="yours">Yours</h2>' in html
    assert '<a href="../opening/"><math' in html


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        (
            "10-a.md",
            "",
            "1: the file's name is no page's; use small letters, digits and hyphens, as accessibility.md",
        ),
        ("opening.md", "", "1: the name 'opening' is taken; choose another"),
        ("lab.md", "", "1: the name 'lab' is taken; choose another"),
        ("a.md", "```{widget} weight_decay\n```\n", "5: only sections have figures; put it into one"),
        ("a.md", "[a](#b)\n", "5: the article has no anchor 'b'; there are none"),
    ],
)
def test_what_a_page_cannot_be(pages, name, text, expected):
    """Its name is its address, which must be free; it has no figures; it is checked as sections are."""
    with pytest.raises(ContentError) as caught:
        pages({name: text})
    assert [str(problem) for problem in caught.value.problems] == [f"content/pages/{name}:{expected}"]
