"""Each construct of the Markdown, with the HTML that it becomes."""

from pathlib import Path

import pytest
from markdown_it.utils import read_fixture_file

from l2site.markdown import render, render_intro, render_references, render_remembered, render_term
from tests.content.conftest import GLOSSARY

FIXTURES = Path(__file__).parent / "fixtures"
OTHER = "## Part {#part}\n\nText.\n"


def figure(embed):
    """Return something that can be recognized in a widget's place."""
    return f"[{embed.anchor} lam={embed.params['lam']}]"


@pytest.mark.parametrize(
    ("line", "title", "markdown", "expected"), read_fixture_file(FIXTURES / "constructs.md")
)
def test_construct(load, line, title, markdown, expected):
    """Markdown becomes the HTML that stands below it."""
    article = load({"10-section.md": markdown, "20-other.md": OTHER, "glossary.md": GLOSSARY})
    html = render(article.sections[0], root="../", heading_shift=0, figure=figure)
    assert html.strip() == expected.strip(), f"fixtures/constructs.md:{line}: {title}"


def test_whole_article_on_one_page(load):
    """On the article's page headings go one level down, and links between sections stay on the page."""
    text = "## Here\n\n[one](other), [two](other#part), [three](#here), [lab](/lab/), [home](/)."
    article = load({"10-section.md": text, "20-other.md": OTHER})
    html = render(article.sections[0], root="", heading_shift=1, figure=figure)
    link = '<a class="anchor" href="#here" aria-label="Link to Here">#</a>'
    assert f'<div class="headed headed-3"><h3 id="here">Here</h3>{link}</div>' in html
    assert [part.split('"')[0] for part in html.split('<a href="')[1:]] == [
        "#other", "#part", "#here", "lab/", "./",
    ]  # fmt: skip


def test_notes_are_counted_through_the_article(load):
    """The first note of the second section follows the last of the first."""
    text = "A.[^a] B.[^b]\n\n[^a]: One.\n\n[^b]: Two.\n"
    article = load({"10-one.md": text, "20-two.md": text})
    html = render(article.sections[1], root="", heading_shift=1, figure=figure)
    assert 'id="sn-3"' in html
    assert 'id="sn-4"' in html


def test_section_knows_its_parts(load):
    """A section lists its headings, widgets, works and words."""
    text = "Five words and $x$ here [@xie2024].\n\n## The $\\lambda$ {#it}\n\n```{widget} weight_decay\n```\n"
    section = load({"10-section.md": text}).sections[0]
    assert (section.slug, section.number, section.title) == ("section", 1, "A section")
    assert [(heading.level, heading.text, heading.anchor, heading.line) for heading in section.headings] == [
        (2, "The lambda", "it", 7)
    ]
    assert section.headings[0].html.startswith("The <math")
    assert [(embed.widget.name, embed.line) for embed in section.embeds] == [("weight_decay", 9)]
    assert [work.key for work in section.cited] == ["xie2024"]
    assert section.word_count == 7


def test_what_to_remember_is_shown_again(load):
    """The list of a section is shown a second time without its box, and leads to places of the same page."""
    article = load({"10-section.md": "{.remember}\n- One.\n- [Two](other).\n", "20-other.md": OTHER})
    assert render_remembered(article.sections[0]) == (
        '<ul>\n<li>One.</li>\n<li><a href="#other">Two</a>.</li>\n</ul>\n'
    )
    assert article.sections[1].remember == ()


def test_glossary(load):
    """Terms are in the order of their names, each with its meaning; a section knows which it links."""
    text = "[decay](glossary.md#weight-decay)"
    article = load({"10-section.md": text, "glossary.md": "zeta\n: Last.\n\n" + GLOSSARY[8:]})
    assert [term.slug for term in article.glossary.terms] == ["ridge-regression", "weight-decay", "zeta"]
    assert article.sections[0].terms == ("weight-decay",)
    assert render_term(article.glossary.terms[1], "../") == (
        "weight decay",
        'A factor.\nSee <a href="#ridge-regression">ridge</a>.',
    )
    assert render_intro(article.glossary, "../") == ""


def test_section_knows_its_questions(load):
    """Questions are listed, and their words do not count: who reads may skip them."""
    text = "Two words.\n\n```{question} name\nA?\n(x) B\n  C\n( ) D\n  E\n( ) F\n  G\n```\n"
    section = load({"10-section.md": text}).sections[0]
    assert [(question.name, question.line) for question in section.questions] == [("name", 7)]
    assert section.word_count == 2


def test_references(load):
    """The list of references is by author, and each work links to where it can be read."""
    article = load({"10-one.md": "[@xie2024]", "20-two.md": "[@hoerl1970] [@xie2024]"})
    assert render_references(article.sections[0].cited).splitlines()[3] == (
        '<li id="ref-xie2024">Xie, S. &amp; Li, Z. (2024). <a href="https://arxiv.org/abs/2404.04454" '
        'rel="noopener"><cite>Implicit Bias of AdamW</cite></a>.</li>'
    )
    assert [work.key for work in article.cited] == ["hoerl1970", "xie2024"]
    assert render_references(()) == ""


def test_picture(load, tmp_path):
    """A picture beside the section is listed, and shown from the folder of pictures."""
    section = load({"10-section.md": "![A *curve* falls](curve.png)", "curve.png": b"png"}).sections[0]
    assert [(str(image.source), image.alt, image.url, image.line) for image in section.images] == [
        ("content/tale/curve.png", "A curve falls", "images/curve.png", 5)
    ]
    html = render(section, root="../", heading_shift=0, figure=figure)
    assert html == (
        '<p><img src="../images/curve.png" alt="A curve falls" loading="lazy" decoding="async"></p>\n'
    )
