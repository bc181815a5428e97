"""Each mistake that an author can make, with the words in which it is reported."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it.utils import read_fixture_file

from l2site.problems import ContentError, Problem, suggest
from l2site.renderings import Renderings
from l2site.site import read_content
from tests.content.conftest import GLOSSARY

FIXTURES = Path(__file__).parent / "fixtures"
OTHER = "## Part {#part}\n\nText.\n"
SECTION = "content/tale/10-section.md"

NAME = "the file's name is no section's; use two to four digits and small letters, as 10-opening.md"
QUOTES = "put a value that contains ': ' or begins with a sign in quotes"
MARKUP = r"""
$ $$ \ { } [ ] ( ) [^a] [^a]: [@hoerl1970] ` ``` ```{widget} weight_decay {readout}` {.weight} {#a} ## - > |a| |-| :
```{question} ( ) (x) {.remember} [a](glossary.md#a)
\frac \left( \right \hat ^ _ & \\ \begin{cases} \end{cases} <b> ![a](b.png) [a](#b) --- ===
"""
PIECES = st.sampled_from([*MARKUP.split(), "\t", "    "])


@pytest.mark.parametrize(
    ("line", "title", "markdown", "expected"), read_fixture_file(FIXTURES / "problems.md")
)
def test_problem(problems, line, title, markdown, expected):
    """A mistake is reported where it is, with what is wrong and how to mend it."""
    found = problems({"10-section.md": markdown, "20-other.md": OTHER, "glossary.md": GLOSSARY})
    assert "\n".join(found) == expected.strip(), f"fixtures/problems.md:{line}: {title}"


@pytest.mark.parametrize(
    ("section", "expected"),
    [
        (b"Text.\n", "1: the section has no front matter; begin with '---', title, summary, '---'"),
        (b"---\ntitle: A\n", "1: the front matter is not closed; end it with '---' on a line of its own"),
        (b"---\n---\n", "2: the front matter has no fields; write 'title: \u2026' and 'summary: \u2026'"),
        (b"---\ntitle: A\nsummary: ''\n---\n", "3: 'summary' is empty; write some words"),
        (b"---\ntitle: 12\nsummary: B\n---\n", "2: 'title' must be text; put it in quotes"),
        (b"---\ntitle: [A]\nsummary: B\n---\n", "2: 'title' must be text; put it in quotes"),
        (b"---\ntitle: A\ntitle: B\nsummary: C\n---\n", "3: 'title' is given twice; keep one"),
        (
            b"---\ntitel: A\ntitle: A\nsummary: B\n---\n",
            "2: front matter has no field 'titel'; did you mean 'title'?",
        ),
        (
            b"---\ntitle: A\nsummary: " + b"x" * 161 + b"\n---\n",
            "3: the summary has 161 characters; shorten it to 160 or fewer",
        ),
        (
            b"---\ntitle: A\nsummary: B: C\n---\n",
            f"3: the front matter is no YAML: mapping values are not allowed here; {QUOTES}",
        ),
        (
            b"---\ntitle: A\nsummary: B\n---\n\n\xff\n",
            "6: the byte 0xff is not UTF-8; save the file as UTF-8",
        ),
        (b"---\ntitle: A\nsummary: B\n---\n\x00", "5: the character U+0000 cannot be shown; remove it"),
    ],
)
def test_section_file(problems, section, expected):
    """A section begins with its title and summary, in UTF-8."""
    assert problems({"10-section.md": section}) == [f"{SECTION}:{expected}"]


def test_a_tab_in_front_matter(problems):
    """The mend is the tab's, which nobody sees."""
    (found,) = problems({"10-section.md": b"---\ntitle: A\n\tsummary: B\n---\n"})
    assert found.startswith(f"{SECTION}:3: the front matter is no YAML: ")
    assert found.endswith("; use spaces, no tab")


def test_a_byte_order_mark_is_no_mistake(problems):
    """Some editors begin a file with it; elsewhere it is a sign that nobody sees, as those that turn text round."""
    front = "---\ntitle: A\nsummary: B\n---\n"
    assert problems({"10-section.md": f"\ufeff{front}Text.\n".encode()}) == []
    assert problems({"10-section.md": f"{front}\ufeffText.\n".encode()}) == [
        f"{SECTION}:5: the character U+FEFF cannot be shown; remove it"
    ]
    assert problems({"10-section.md": f"{front}Text\u202e.\n".encode()}) == [
        f"{SECTION}:5: the character U+202E cannot be shown; remove it"
    ]


def test_a_file_that_cannot_be_read_is_one_problem(problems):
    """What names the works and terms in it is not at fault."""
    text = "[ridge](glossary.md#ridge) [@hoerl1970] [b](#c)\n"
    found = problems({"10-section.md": text, "references.toml": b"= =\n", "glossary.md": b"Text.\n"})
    assert [message.partition(": ")[0] for message in found] == [
        f"{SECTION}:5",
        "content/tale/glossary.md:1",
        "content/tale/references.toml:1",
    ]
    assert "no anchor 'c'" in found[0]


def test_front_matter_lacks_both(problems):
    """What is missing is listed, not only the first of it."""
    assert problems({"10-section.md": b"---\nx: 1\n---\n"}) == [
        f"{SECTION}:1: the front matter has no 'summary'; add 'summary: \u2026'",
        f"{SECTION}:1: the front matter has no 'title'; add 'title: \u2026'",
        f"{SECTION}:2: front matter has no field 'x'; there are only title, summary, draft",
    ]


def test_windows_line_ends(problems):
    """A file with the line ends of Windows is read as any other."""
    assert problems({"10-section.md": b"---\r\ntitle: A\r\nsummary: B\r\n---\r\n\r\n[a](#b)\r\n"}) == [
        f"{SECTION}:6: the article has no anchor 'b'; there is only section"
    ]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ("opening.md", f"opening.md:1: {NAME}"),
        ("10-a.md 10-b.md", "10-b.md:1: another section has the number 10 too; choose one that says which comes first"),
        ("10-a.md 20-a.md", "20-a.md:1: another section is called 'a' too; choose another name"),
        ("10-lab.md", "10-lab.md:1: the name 'lab' belongs to the site itself; choose another"),
        ("10-glossary.md", "10-glossary.md:1: the name 'glossary' belongs to the site itself; choose another"),
        ("", "article.toml:1: the article has no section; add one, as 10-opening.md"),
    ],
)  # fmt: skip
def test_names(problems, names, expected):
    """A section's file says its place and its name."""
    assert problems(dict.fromkeys(names.split(), "Text.\n")) == [f"content/tale/{expected}"]


def test_article_toml(problems):
    """Every field of article.toml is there, known and of its kind."""
    text = 'titel = "A"\nsubtitle = 2\ndescription = ""\nauthor = "A"\nlanguage = "en"\npublished = "2026"\n'
    path = "content/tale/article.toml"
    assert problems({"article.toml": text, "10-section.md": "Text."}) == [
        f"{path}:1: the article has no 'licence'; add 'licence = \u2026'",
        f"{path}:1: the article has no 'title'; add 'title = \u2026'",
        f"{path}:1: the article has no 'updated'; add 'updated = \u2026'",
        f"{path}:1: there is no field 'titel'; did you mean 'title'?",
        f"{path}:2: 'subtitle' must be text in quotes",
        f"{path}:3: 'description' is empty; fill it in or remove it",
        f"{path}:6: 'published' must be a day, such as 2026-11-22",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"title", "1: this is no TOML: "),
        (b"\xff", "1: the byte 0xff is not UTF-8; save the file as UTF-8"),
        (b'title = "A"\nlanguage = "en"\n', "1: the site has no 'url'; add 'url = \u2026'"),
        (b'title = "A"\nurl = 1\nlanguage = "en"\n', "2: 'url' must be text in quotes"),
        (
            b'title = "A"\nurl = "example.org"\nlanguage = "en"\n',
            "1: the site's url must be like https://example.org/path/; got 'example.org'",
        ),
        (None, "1: the file cannot be read (No such file or directory); make it, and let it be readable"),
    ],
)
def test_site_toml(tmp_path, text, said):
    """Whatever is wrong with what the site is called is said as everything else is."""
    (tmp_path / "content").mkdir()
    if text is not None:
        (tmp_path / "content/site.toml").write_bytes(text)
    with pytest.raises(ContentError) as caught:
        read_content(tmp_path, Renderings())
    assert str(caught.value).startswith(f"content/site.toml:{said}")


def test_references_toml(problems):
    """A work has its authors, year and title, and an address that can be followed."""
    text = (
        '[good]\nauthors = ["A"]\nyear = 1\ntitle = "A"\n\n[bad]\nauthors = ["B", 2]\nyear = "1"\nurl = "http://b"\n'
        'doi = "https://doi.org/10.1000/1"\njournal = "C"\n'
    )
    path = "content/tale/references.toml"
    assert problems({"references.toml": text, "10-section.md": "[@good; @bad]"}) == [
        f"{path}:6: the work 'bad' has no 'title'; add 'title = \u2026'",
        f"{path}:7: each of 'authors' must be text in quotes, as \"Hoerl, A. E.\"",
        f"{path}:8: 'year' must be a whole number",
        f"{path}:9: 'url' must begin with https://",
        f"{path}:10: 'doi' must be the bare DOI, as 10.1080/00401706.1970.10488634",
        f"{path}:11: there is no field 'journal'; there are only authors, year, title, venue, doi, url",
    ]


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://example.org/a b", "has ' ' in it; write it as browsers copy it, as %20 for a space"),
        ("https://example.org/50%", "has '%' in it; write it as browsers copy it, as %20 for a space"),
        ("https://example/", "has no host that can be; write it as https://example.org/page"),
    ],
)
def test_address_of_a_work(problems, url, said):
    """What no browser could open is refused."""
    references = f'[one]\nauthors = ["A"]\nyear = 1\ntitle = "A"\nurl = "{url}"\n'
    assert problems({"references.toml": references, "10-section.md": "[@one]\n"}) == [
        f"content/tale/references.toml:5: the address {url!r} {said}"
    ]


def test_glossary(problems):
    """A glossary has terms with one meaning each, of which all links are good."""
    text = (
        "## Words\n\nridge\n: One.\n\nridge\n: Two.\n\n$\\dots$\n: Three.\n\ndecay\n: Four.\n: Five.\n\n"
        "price\n: See [decay](glossary.md#decay) and [there](nowhere.md) and $\\lambada$ [@xie2024].\n"
    )
    path = "content/tale/glossary.md"
    found = problems({"10-section.md": "Text.", "glossary.md": text})
    assert found[:1] == [
        f"{path}:5: a glossary has paragraphs and terms; write a term, and below it ': its meaning'"
    ]
    assert f"{path}:10: the term 'ridge' is defined at line 7 too; keep one" in found
    assert f"{path}:16: the meaning of 'decay' is not one paragraph; write it once, after ': '" in found
    assert f"{path}:21: a glossary has no citations; put it into a section" in found
    assert f"{path}:21: the glossary has no term 'decay'; there are only ridge, dots, price" in found
    assert any(message.startswith(f"{path}:21: the article has no section 'nowhere.md'") for message in found)


def test_no_toml(problems):
    """A file that is no TOML is reported at its line."""
    found = problems({"references.toml": "[a]\nyear = \n", "10-section.md": "Text."})
    assert found == [
        "content/tale/references.toml:2: this is no TOML: Invalid value; write 'name = \"text\"', one to a line"
    ]


def test_everything_at_once(problems):
    """One run reports what is wrong in every file, by file and line."""
    found = problems(
        {"article.toml": "x", "references.toml": b"\xff", "10-a.md": "# Title", "20-b.md": "[b](#c)\n\n$"}
    )
    assert [message.split(": ")[0] for message in found] == [
        "content/tale/10-a.md:5",
        "content/tale/20-b.md:5",
        "content/tale/20-b.md:7",
        "content/tale/article.toml:1",
        "content/tale/references.toml:1",
    ]


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.one_of(
        st.text(), st.lists(PIECES | st.text(max_size=3)).map(" ".join), st.lists(PIECES).map("\n".join)
    )
)
def test_any_text_is_read_or_refused(load, text):
    """Whatever a section holds, it is published or refused with problems, and nothing else happens."""
    try:
        load({"10-section.md": text.encode("utf-8", "replace").decode()})
    except ContentError as error:
        assert error.problems  # noqa: PT017  # either way is right


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    data=st.one_of(st.binary(), st.text().map(lambda text: f"---\n{text}\n---\n".encode("utf-8", "replace")))
)
def test_any_bytes_are_read_or_refused(load, data):
    """The same holds for any bytes, and any front matter."""
    try:
        load({"10-section.md": data, "article.toml": data, "references.toml": data})
    except ContentError as error:
        assert error.problems  # noqa: PT017  # either way is right


def test_problems_print_and_sort():
    """Problems come once each, by file and line."""
    second, first = Problem("b.md", 10, "two"), Problem("b.md", 9, "one")
    assert str(ContentError([second, first, second])) == "b.md:9: one\nb.md:10: two"


def test_suggestions():
    """A message about an unknown name ends with the name that was meant, or with those there are."""
    assert suggest("lamda", ["lambda", "eta"]) == "did you mean 'lambda'?"
    assert suggest("x", ["lambda", "eta"]) == "there are only lambda, eta"
    assert suggest("x", ["lambda"]) == "there is only lambda"
    assert suggest("x", []) == "there are none"
    assert suggest("x", [f"name{i}" for i in range(20)]) == "there are 20, such as name0, name1, name2"
