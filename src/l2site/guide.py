"""The guide for authors: a page that shows what it renders, renders what it shows, and reports the mistakes it makes.

Its Markdown has three fences of its own. What stands in `{example}` is shown as it is written and then as it becomes;
what stands in `{mistake}` or `{hint}` is shown with what the build says about it; `{declared}` is a table of what the
programs allow. It knows the article, so that its links, terms, works and figures are the article's.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from markdown_it.token import Token

from l2site import checks, declarations, front_matter, highlight
from l2site.content import read_text
from l2site.markdown import prose, render, render_references, rules
from l2site.markdown.links import GLOSSARY
from l2site.markdown.parser import parse
from l2site.markdown.tokens import Book, Draft, line_of, shift
from l2site.model import Article, Embed, Section, by_author
from l2site.output import store
from l2site.problems import ContentError, Mistake, Problem, suggest
from l2site.renderings import Renderings, widgets_digest

FOLDER = "authoring"
"""The page's address, and the name of its file."""

SOURCE = Path(f"content/guide/{FOLDER}.md")
"""Where a project has it, if it does."""

DIRECTIVE = re.compile(r"\{(example|mistake|hint|declared)\}\s*(\S*)")

LOWER = 2
"""How many levels an example's headings go down: the guide shows examples below its own second level."""

SECTION = "10-section.md"
"""The file in which an example of a mistake stands, if it names no other."""

FIGURE = re.compile(r"<!--figure (\w+)-->")


@dataclass(frozen=True, slots=True)
class Guide:
    """The page, but for its figures."""

    title: str
    summary: str
    html: str
    """A comment stands where each figure goes."""
    pictures: tuple[str, ...]
    """The files of its pictures, relative to the project's root; on the site they are in `images/`."""

    def with_figures(self, figure: Callable[[str], str]) -> str:
        """Return the page's text with the HTML of the figure of each name."""
        return FIGURE.sub(lambda match: figure(match[1]), self.html)


def load_guide(project: Path, article: Article, renderings: Renderings, cache: Path) -> Guide | None:
    """Return the guide of a project that has one.

    It is made again when it has changed, or the article's names, or a program that it follows from.

    Raises
    ------
    ContentError
        With everything that is wrong with it.
    """
    source = project / SOURCE
    if not source.exists():
        return None
    facts = repr((article.path, _slugs(article), _anchors(article), article.references, _terms(article)))
    key = hashlib.sha256(f"{widgets_digest()} {facts}".encode())
    programs = Path(__file__).parent
    for path in (*sorted(source.parent.iterdir()), *sorted(programs.glob("*.py")), *_parts(programs)):
        key.update(hashlib.sha256(path.read_bytes()).digest())
    made = cache / f"{key.hexdigest()[:16]}.json"
    if not made.exists():
        guide = read_guide(source, project, article, renderings)
        kept = [guide.title, guide.summary, guide.html, guide.pictures]
        store(made, json.dumps(kept, ensure_ascii=False).encode())
    title, summary, html, pictures = json.loads(made.read_bytes())
    return Guide(title, summary, html, tuple(pictures))


def _parts(programs: Path) -> list[Path]:
    return sorted((programs / "markdown").glob("*.py"))


def read_guide(source: Path, project: Path, article: Article, renderings: Renderings) -> Guide:
    """Return the guide in a file of a project.

    Raises
    ------
    ContentError
        With everything that is wrong with it.
    """
    section = read_section(source, project, article, renderings)
    html = render(section, root="../", home=f"../{article.path}", heading_shift=0, figure=_mark)
    return Guide(
        section.title,
        section.summary,
        html + render_references(section.cited),
        tuple(str(image.source) for image in section.images),
    )


def read_section(source: Path, project: Path, article: Article, renderings: Renderings) -> Section:
    """Return the guide as the section that it is but for its own fences; the mistakes that it shows are code there.

    Raises
    ------
    ContentError
        With everything that is wrong with it.
    """
    text, mistakes = read_text(source)
    path = source.relative_to(project)
    if not mistakes:
        front, body, mistakes = front_matter.split(text)
        draft = Draft(path, source, FOLDER, body, [], book_of(article, renderings))
        draft.tokens = list(_unfolded(draft, article))
        mistakes += [mistake for rule in _RULES for mistake in rule(draft)]
        mistakes += _wrong_figures(draft, article)
    if mistakes:
        raise ContentError(Problem(path, line, message) for line, message in mistakes)
    return section_of(draft, front)


_RULES = (*rules.ALONE, *rules.NAMING, *rules.TOGETHER)


def _mark(embed: Embed) -> str:
    return f"<!--figure {embed.widget.name}-->"


def _wrong_figures(draft: Draft, article: Article) -> Iterator[Mistake]:
    """Refuse a figure that the article does not have as it stands here: nobody draws its picture."""
    there = [(embed.widget.name, embed.params) for section in article.sections for embed in section.embeds]
    for embed in draft.embeds:
        if (embed.widget.name, embed.params) not in there:
            yield embed.line, f"the article does not show {embed.widget.name!r} like this; show it as it does"


# ---- What the guide knows of the article


def book_of(article: Article, renderings: Renderings) -> Book:
    """Return the names of an article, for a text beside it that takes none of them away."""
    terms = {term.slug: term for term in article.glossary.terms} if article.glossary else {}
    return Book(
        renderings=renderings,
        references={work.key: work for work in article.references},
        slugs=_slugs(article),
        anchors=_anchors(article),
        terms=terms,
    )


def _slugs(article: Article) -> dict[str, str]:
    return {
        name: section.slug for section in article.sections for name in (section.slug, section.source.name)
    }


def _anchors(article: Article) -> dict[str, tuple[str, str]]:
    return {
        anchor: (section.slug, str(section.source))
        for section in article.sections
        for anchor in (section.slug, *(heading.anchor for heading in section.headings))
    }


def _terms(article: Article) -> list[str]:
    return [term.slug for term in article.glossary.terms] if article.glossary else []


def section_of(draft: Draft, front: Mapping[str, str]) -> Section:
    """Return a checked draft as what is rendered."""
    return Section(
        slug=draft.slug,
        number=0,
        draft=False,
        title=front["title"],
        summary=front["summary"],
        source=draft.path,
        headings=(),
        embeds=tuple(draft.embeds),
        images=tuple(draft.images),
        cited=by_author(draft.cited),
        word_count=0,
        questions=tuple(draft.questions),
        terms=tuple(draft.terms),
        remember=tuple(draft.remember),
        tokens=tuple(draft.tokens),
    )


# ---- The fences that only the guide has


def _unfolded(draft: Draft, article: Article) -> Iterator[Token]:
    """Yield the guide's tokens, and in the place of each of its own fences what it shows."""
    for token in parse(draft.text):
        match = DIRECTIVE.match(token.info) if token.type == "fence" else None
        if not match:
            yield token
            continue
        kind, name = match.groups()
        if kind == "declared":
            yield from _inside(token, declared(name), 0)
            continue
        yield _listing(token, "markdown" if name.endswith(".md") or not name else "toml", token.content)
        if kind == "example":
            yield Token("example_open", "div", 1, block=True, map=token.map)
            yield from _lowered(_inside(token, token.content, 1))
            yield Token("example_close", "div", -1, block=True)
        else:
            said = says(kind, name, token.content, article, draft.book.renderings)
            yield _listing(token, "console", "\n".join(said) + "\n")


def _listing(token: Token, language: str, content: str) -> Token:
    return Token(
        "fence", "code", 0, map=token.map, info=language, content=content, markup=token.markup, block=True
    )


def _inside(token: Token, text: str, below: int) -> list[Token]:
    """Return the tokens of a text that stands in a fence, with the lines that they have in the file."""
    tokens = parse(text)
    first = line_of(token) - 1 + below
    for inner in tokens:
        if inner.map:
            inner.map = [first + place for place in inner.map]
        shift(inner.children or [], first)
    return tokens


def _lowered(tokens: list[Token]) -> list[Token]:
    """Return an example's tokens, with the headings of a section below those that the guide has of its own."""
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{int(token.tag[1]) + LOWER}"
    return tokens


# ---- What the build says of a mistake


def says(kind: str, name: str, text: str, article: Article, renderings: Renderings) -> list[str]:
    """Return what the build says about a file of an article, as it prints it.

    Parameters
    ----------
    kind
        "mistake", for what keeps an article from being published, or "hint", for a warning.
    name
        The file: `article.toml`, `references.toml`, `glossary.md`, or a section's; empty for a section whose front
        matter is left out.
    text
        What stands in it.
    article
        Whose names there are besides.
    renderings
        Where numbers come from.
    """
    if name == "article.toml":
        mistakes = declarations.read_article(text)[1]
    elif name == "references.toml":
        mistakes = declarations.read_references(text)[1]
    else:
        mistakes = _wrong_text(kind, name, text, article, renderings)
    return [f"{name or SECTION}:{line}: {message}" for line, message in sorted(mistakes)]


def _wrong_text(kind: str, name: str, text: str, article: Article, renderings: Renderings) -> list[Mistake]:
    front, body, mistakes = {"title": "A section", "summary": "What it says."}, text, list[Mistake]()
    if name:
        front, body, mistakes = front_matter.split(text)
    book = book_of(article, renderings)
    if name == f"{GLOSSARY}.md":
        book.terms = {}
    file = name or SECTION
    draft = Draft(Path(file), article.folder / file, "section", body, parse(body), book)
    alone = rules.GLOSSARY if name == f"{GLOSSARY}.md" else (*rules.ALONE, *rules.NAMING)
    mistakes += [mistake for rule in (*alone, *rules.TOGETHER) for mistake in rule(draft)]
    if kind == "hint" and not mistakes:
        alone_here = replace(article, sections=(section_of(draft, front),), references=())
        found = checks.check_article(alone_here)
        mistakes += [(problem.line, problem.message) for problem in found if problem.path == draft.path]
    return mistakes


# ---- Tables of what the programs allow


def declared(name: str) -> str:
    """Return, as Markdown, a table of what a program declares."""
    if name not in TABLES:
        return f"There is no table `{name}`; {suggest(name, TABLES)}."
    return TABLES[name]()


def _fields() -> str:
    longest = {"summary": f"required, at most {front_matter.LONGEST_SUMMARY} characters"}
    rows = [(f"`{name}`", "text", longest.get(name, "required")) for name in front_matter.FIELDS]
    rows.append((f"`{front_matter.DRAFT}`", "`true`", "where `make serve` alone shall show the section"))
    return _table(("field", "what it is", ""), rows)


def _article() -> str:
    rows = [(f"`{name}`", declarations.KINDS[kind]) for name, kind in declarations.ARTICLE.items()]
    return _table(("field", "what it is"), rows)


def _reference() -> str:
    required = {True: "required", False: "where there is one"}
    rows = [
        (f"`{name}`", declarations.KINDS[kind], required[name in declarations.REQUIRED])
        for name, kind in declarations.REFERENCE.items()
    ]
    return _table(("field", "what it is", ""), rows)


def _classes() -> str:
    rows = [(f"`{{.{name}}}`", f"[{name}]{{.{name}}}") for name in prose.CLASSES if name != "remember"]
    return _table(("class", "looks like"), rows)


def _languages() -> str:
    return ", ".join(f"`{name}`" for name in highlight.LANGUAGES) + ".\n"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines) + "\n"


TABLES: Mapping[str, Callable[[], str]] = {
    "section": _fields, "article": _article, "reference": _reference, "classes": _classes, "languages": _languages,
}  # fmt: skip
"""By the name that follows `{declared}`."""
