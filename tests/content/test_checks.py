"""What is checked when everything is built."""

import pytest

from l2site.checks import check_article, check_pages
from tests.content.conftest import GLOSSARY

GOOD = """<!doctype html>
<html lang="en"><head><title>A</title></head>
<body><a class="skip" href="#main">Skip</a>
<main id="main"><h1>A</h1>
{}
</main></body></html>
"""


def check(body, *, name="index.html", files=(), **pages):
    """Return what is wrong with a page that has this body on its fifth line."""
    built = {name: GOOD.format(body), "other/index.html": GOOD.format('<p id="part">B</p>')} | pages
    return [str(problem) for problem in check_pages(built, files)]


@pytest.mark.parametrize(
    "body",
    [
        '<a href="other/">B</a> <a href="other/#part">C</a> <a href="./other/index.html">D</a> <a href="/">E</a>',
        '<a href="https://example.org/" rel="noopener">F</a> <a href="/folder/other/">G</a>',
        '<img src="images/a.png" alt="">',
        '<script type="application/json">{"a": 1}</script><script src="js/a.js"></script>',
        '<label for="x">X</label><input id="x" aria-describedby="x main">',
        "<p>1 &lt; 2, onclick=\"a\" and style='b' are words here</p>",
    ],
)
def test_good_page(body):
    """A page without faults has no problems."""
    assert check(body) == []


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ('<a href="othr/">B</a>', "href='othr/' leads nowhere; mend it, or add what it names"),
        (
            '<a href="other/#prt">B</a>',
            "href='other/#prt' names no id of other/index.html; did you mean 'part'?",
        ),
        ('<a href="#man">B</a>', "href='#man' names no id of index.html; did you mean 'main'?"),
        ('<p id="x"></p><p id="x"></p>', "the id 'x' occurs 2 times on the page; ids are unique"),
        ('<p aria-labelledby="mian"></p>', "aria-labelledby refers to 'mian'; did you mean 'main'?"),
        ("<img src='a.png'>", 'a picture has no words; give it an alt, or alt="" where the text says it all'),
        ('<p style="color: red">', "<p> has a style of its own; use a class"),
        ('<p OnClick="x()">', "<p> has the handler 'onclick'; listen in a script"),
        ('<a href=" JavaScript:x()">', "<a> has a 'href' that runs code; use a button and a script"),
        ("<style>p {}</style>", "the page has a <style>; move it to a style sheet"),
        ("<script>x()</script>", "the page has an inline script; move it to a file"),
    ],
)
def test_bad_page(body, message):
    """A fault is reported with its line."""
    assert check(body) == [f"index.html:5: {message}"]


def test_files():
    """When the site's other files are known, links to them are followed too."""
    body = '<img src="images/a.png" alt="A"> <a href="feed.xml">Feed</a>'
    assert check(body, files=["images/a.png", "feed.xml"]) == []
    assert check(body, files=["feed.xml"]) == [
        "index.html:5: src='images/a.png' leads nowhere; mend it, or add what it names"
    ]


def test_structure():
    """A page has a language, a title, one first heading and a way past the bar; an embedded one needs less."""
    bare = "<html><body><h1>A</h1><h1>B</h1></body></html>"
    assert [str(problem) for problem in check_pages({"a/index.html": bare})] == [
        "a/index.html:1: the page has 2 <h1>; a page has one",
        "a/index.html:1: the page has no <title>; give it one",
        'a/index.html:1: the page has no language; write <html lang="en">',
        "a/index.html:1: the page's first link does not skip to its content; begin the body with one to '#main'",
    ]
    assert check_pages({"embed/a/index.html": '<html lang="en"><title>A</title></html>'}) == []


def test_what_helps_to_learn(load):
    """In an article with a glossary each section asks two or three questions and says what to remember."""
    question = "\n```{{question}} {}\nA?\n(x) B\n  Cat. Dog.\n( ) E\n  F\n( ) G\n  H\n```\n"
    good = "[a](glossary.md#weight-decay)\n" + question.format("one") + question.format("two")
    good = good.replace("Cat. Dog.", "Cat.") + "\n{.remember}\n- I.\n- J.\n"
    cited = "\n[@hoerl1970; @xie2024; @hastie2009]\n"
    article = load({"10-a.md": good + cited, "20-b.md": question.format("three"), "glossary.md": GLOSSARY})
    link = "link it as [words](glossary.md#ridge-regression)"
    assert [str(problem) for problem in check_article(article)] == [
        "content/tale/20-b.md:9: two sentences share a line; give each its own",
        "content/tale/20-b.md:1: a section ends with two or three questions; this one has 1",
        "content/tale/20-b.md:1: the section does not say what to remember; end it with a list below {.remember}",
        f"content/tale/glossary.md:7: no section links the term 'ridge regression'; {link}",
    ]


def test_prose(load):
    """Two sentences on one line, and works that nobody cites, are worth a warning."""
    text = "One. Two.\nThree by A. Hoerl, e.g. this.\n\n- **Four.** Five. Six.\n\n`a. B` and [@hoerl1970] [@xie2024].\n"
    assert [str(problem) for problem in check_article(load({"10-section.md": text}))] == [
        "content/tale/10-section.md:5: two sentences share a line; give each its own",
        "content/tale/references.toml:1: the work 'hastie2009' is never cited; cite it as [@hastie2009], or remove it",
    ]
