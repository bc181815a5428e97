"""The guide for authors: it shows every construct that the parser knows, and a mistake of each kind."""

import html
import re
from pathlib import Path

import pytest

from l2site import declarations, front_matter, guide, highlight, wording
from l2site.content import load_article
from l2site.markdown import parser, prose, rules
from l2site.markdown.computed import ROLES
from l2site.markdown.fences import DIRECTIVES, OPTIONS
from l2site.problems import ContentError
from l2site.renderings import Renderings

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / f"content/guide/{guide.FOLDER}.md"
EXAMPLE = re.compile(r"^````\{(\w+)\} ?(\S*)\n(.*?)^````$", re.MULTILINE | re.DOTALL)

REFUSED = {"code", "html_block", "html_inline", "lheading"}
"""What the grammar reads only to refuse it."""

SILENT = {"number_notes"}
"""Rules that refuse nothing."""


@pytest.fixture(scope="module")
def article():
    """The article whose names the guide uses."""
    return load_article(ROOT / "content/l2-regularization")


@pytest.fixture(scope="module")
def page(article):
    """The guide as it is built."""
    return guide.read_guide(SOURCE, ROOT, article, Renderings())


def shown(kind):
    """Return the guide's fences of one kind: the file that each names, and its text."""
    text = SOURCE.read_text(encoding="utf-8")
    return [(name, body) for found, name, body in EXAMPLE.findall(text) if found == kind]


def understood(texts, monkeypatch):
    """Return the rules of the grammar that find something in one of the texts."""
    made = parser._parser()
    found = set()

    def watched(name, rule):
        def ask(state, *rest):
            done = rule(state, *rest)
            found.update({name} if done else ())
            return done

        return ask

    for ruler in (made.block.ruler, made.inline.ruler):
        for rule in ruler.__rules__:
            monkeypatch.setattr(rule, "fn", watched(rule.name, rule.fn))
            monkeypatch.setattr(rule, "alt", [*rule.alt])
        ruler.__compile__()
    for text in texts:
        made.parse(text, {})
    monkeypatch.undo()
    for ruler in (made.block.ruler, made.inline.ruler):
        ruler.__compile__()
    return found


def test_every_construct_of_the_grammar_is_shown(monkeypatch):
    """Each rule that the parser has finds something in an example, or in a mistake if it is there to be refused."""
    made = parser._parser()
    known = {
        rule.name
        for ruler in (made.block.ruler, made.inline.ruler)
        for rule in ruler.__rules__
        if rule.enabled
    }
    assert known - understood([text for _, text in shown("example")], monkeypatch) <= REFUSED
    assert understood([text for _, text in shown("mistake")], monkeypatch) >= REFUSED


@pytest.mark.parametrize(
    ("known", "pattern"),
    [
        (DIRECTIVES, r"```{%s}"),
        (ROLES, r"{%s}`"),
        (OPTIONS, r"{%s="),
        (("remember",), r"{.%s}"),
    ],
)
def test_every_name_of_ours_is_shown(known, pattern):
    """Each fence, role, option and class stands in an example."""
    text = "".join(body for _, body in shown("example"))
    assert [name for name in known if pattern % name not in text] == []


def test_what_is_rendered_is_what_is_shown(page, article):
    """The source of each example stands in the page as it was written, and what it becomes comes right after it."""
    listings = [
        html.unescape(re.sub(r"<[^>]*>", "", code))
        for code in re.findall(r'data-language="(?:markdown|toml)"><code>(.*?)</code>', page.html, re.DOTALL)
    ]
    assert listings == [
        body for kind, _, body in EXAMPLE.findall(SOURCE.read_text("utf-8")) if kind != "declared"
    ]
    assert page.html.count("</pre>\n<div>\n") == len(shown("example"))
    assert '<div class="math-block"' in page.html
    assert "<!--figure weight_decay-->" in page.html
    assert page.with_figures(f"[{'{}'}]".format).count("[weight_decay]") == 1


@pytest.mark.parametrize("kind", ["mistake", "hint"])
def test_every_mistake_is_reported_as_the_build_reports_it(kind, page, article):
    """Each says something, and the page has all of it, word for word."""
    text = html.unescape(re.sub(r"<[^>]*>", "", page.html))
    for name, body in shown(kind):
        said = guide.says(kind, name, body, article, Renderings())
        assert said, body
        assert "\n".join(said) in text


def test_every_rule_is_seen_to_refuse_something(article, monkeypatch):
    """A mistake of each kind that the rules know is in the guide."""
    refusing = set()

    def watched(rule):
        def ask(draft):
            for mistake in rule(draft):
                refusing.add(rule.__name__)
                yield mistake

        return ask

    known = set()
    for name in ("ALONE", "NAMING", "GLOSSARY", "TOGETHER"):
        known |= {rule.__name__ for rule in getattr(rules, name)}
        monkeypatch.setattr(rules, name, tuple(watched(rule) for rule in getattr(rules, name)))
    for name, body in shown("mistake"):
        guide.says("mistake", name, body, article, Renderings())
    assert known - refusing == SILENT


@pytest.mark.parametrize(
    ("table", "names"),
    [
        ("section", (*front_matter.FIELDS, front_matter.DRAFT)),
        ("article", declarations.ARTICLE),
        ("reference", declarations.REFERENCE),
        ("classes", [f"{{.{name}}}" for name in prose.CLASSES if name != "remember"]),
        ("languages", highlight.LANGUAGES),
    ],
)
def test_tables_have_what_the_programs_declare(page, table, names):
    """Each name is in its table, and each table in the page."""
    assert [name for name in names if f"`{name}`" not in guide.declared(table)] == []
    assert all(f"<code>{name}</code>" in page.html for name in names)
    assert f"{{declared}} {table}\n" in SOURCE.read_text("utf-8")


def test_a_mistake_of_the_guides_own_is_refused_with_its_line(tmp_path, article):
    """In an example as elsewhere; and a figure must stand as the article has it, since nobody draws another picture."""
    source = tmp_path / "authoring.md"
    front, figure = "---\ntitle: A\nsummary: B\n---\n", "```{widget} weight_decay\nlam: 1\n```\n"
    source.write_text(f"{front}````{{example}}\nA [link](nowhere).\n\n{figure}````\n", encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        guide.read_guide(source, tmp_path, article, Renderings())
    lines = str(caught.value).splitlines()
    assert lines[0].startswith("authoring.md:6: the article has no section 'nowhere'")
    assert lines[1].startswith("authoring.md:8: the article does not show 'weight_decay' like this")


def test_the_guide_is_spelt_as_an_article_is_but_for_its_mistakes(tmp_path, article):
    """Its words and those of its examples are read; what it misspells on purpose is not."""
    source = tmp_path / "authoring.md"
    fences = "````{example}\nA wiegth.\n````\n\n````{mistake}\n```pyton\n```\nA misstake.\n````\n"
    source.write_text(f"---\ntitle: A\nsummary: B\n---\nA wieght.\n\n{fences}", encoding="utf-8")
    section = guide.read_section(source, tmp_path, article, Renderings())
    found = wording.misspelt(ROOT, article, [section])
    assert [
        (problem.line, problem.message.split()[3].rstrip(";"))
        for problem in found
        if problem.path == section.source
    ] == [
        (5, "'wieght'"),
        (8, "'wiegth'"),
    ]


def test_the_guide_is_made_once(tmp_path, article, monkeypatch):
    """Until it, the article's names or a program changes."""
    first = guide.load_guide(ROOT, article, Renderings(), tmp_path)
    monkeypatch.setattr(guide, "read_guide", None)
    assert guide.load_guide(ROOT, article, Renderings(), tmp_path) == first
    assert guide.load_guide(tmp_path, article, Renderings(), tmp_path) is None
