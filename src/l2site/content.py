"""The folder of an article in, the article out, or everything that is wrong with it."""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from l2site import declarations, front_matter
from l2site.kept import Steps
from l2site.markdown import rules
from l2site.markdown.links import GLOSSARY
from l2site.markdown.parser import parse
from l2site.markdown.renderer import headings
from l2site.markdown.tokens import Book, Draft, Rule, walk, word_count
from l2site.model import Article, Glossary, Section, by_author
from l2site.problems import ContentError, Mistake, Problem
from l2site.renderings import Renderings

FILE_NAME = re.compile(r"(\d{2,4})-([a-z][a-z0-9]*(?:-[a-z0-9]+)*)\.md")

NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
"""What a section, an article or a page may be called, which is its address."""

RESERVED = frozenset({
    "assets", "authoring", "embed", "figures", GLOSSARY, "images", "lab", "main", "reference", "references",
    "remember", "runtime",
})  # fmt: skip
"""Addresses and anchors that the site itself has."""

_CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"
)
"""What nobody sees: control characters, spaces without width, and signs that turn the direction of the text round."""


def load_article(
    folder: Path, renderings: Renderings | None = None, *, drafts: bool = False, steps: Steps | None = None
) -> Article:
    """Return the article in a folder `content/<article>` of the project, whose numbers come from some renderings.

    Drafts are left out unparsed, or are sections like the others with `drafts`. With the `steps` of the last build,
    sections that have not changed are not read again.

    Raises
    ------
    ContentError
        With every mistake in every file of the folder.
    """
    files = _Files(folder)
    fields = files.read("article.toml", declarations.read_article) or {}
    references = files.read("references.toml", declarations.read_references)
    book = Book(renderings=renderings or Renderings(), references=references or {})
    book.unread |= {"references.toml"} if files.problems and not references else set()
    unpublished: dict[Path, str] = {}
    parts = list(_drafts(files, book, steps, None if drafts else unpublished))
    explained = _explained(files, book)
    book.unread |= {draft.path.name for draft, front in explained if not front}
    _apply(files, rules.NAMING, [draft for draft, _ in parts])
    _apply(files, rules.GLOSSARY, [draft for draft, _ in explained])
    _apply(files, rules.TOGETHER, [draft for draft, _ in (*parts, *explained)])
    if files.problems:
        raise ContentError(files.problems)
    if steps is not None:
        steps.leave(f"article {files.folder}", parts)
    return Article(
        folder=folder,
        sections=tuple(_section(number, draft, front) for number, (draft, front) in enumerate(parts, 1)),
        references=tuple(book.references.values()),
        glossary=next((_glossary(draft, front) for draft, front in explained), None),
        unpublished=unpublished,
        **fields,
    )


def read_again(article: Article, path: Path, steps: Steps) -> tuple[Article, Section] | None:
    """Return an article, and one section of it, with that section as it is in its file now.

    None where more may have changed than the section's own page shows, or where something is wrong: then only reading
    all of the article can say.
    """
    files = _Files(article.folder)
    parts: list[tuple[Draft, dict[str, str]]] = steps.left(f"article {files.folder}") or []
    places = [place for place, (draft, _) in enumerate(parts) if draft.source == path.resolve()]
    if not places:
        return None
    [place], name = places, path.name
    before, front = parts[place]
    now, text = files.read(name, _read_section) or ({}, "")
    if files.problems or now != front or "![" in text:
        return None
    book = _without(before, [draft for draft, _ in parts[:place]], text)
    draft, mistakes = _read_by_itself(Draft(before.path, before.source, before.slug, text, [], book), steps)
    draft = replace(draft, book=book, cited=[], terms={})
    for rule in (*rules.NAMING, *rules.TOGETHER):
        mistakes = [*mistakes, *rule(draft)]
    if mistakes or _drawn(draft) != _drawn(before):
        return None
    section = _section(place + 1, draft, front)
    sections = (*article.sections[:place], section, *article.sections[place + 1 :])
    return replace(article, sections=sections), section


def _without(draft: Draft, earlier: list[Draft], text: str) -> Book:
    """Return what the others know of each other, for a section that is read again with this text."""
    book, here = draft.book, f"{draft.path}:"
    notes = (
        token.meta["number"]
        for other in reversed(earlier if "[^" in text else [])
        for token in reversed([*walk(other.tokens)])
        if token.type == "footnote_ref"
    )
    return replace(
        book,
        anchors={name: place for name, place in book.anchors.items() if not place[1].startswith(here)},
        widgets={name: place for name, place in book.widgets.items() if not place.startswith(here)},
        questions={name: place for name, place in book.questions.items() if not place.startswith(here)},
        notes=next(notes, 0),
    )


def _drawn(draft: Draft) -> list[tuple[str, dict[str, object]]]:
    return [(embed.widget.name, dict(embed.params)) for embed in draft.embeds]


def load_pages(folder: Path, *articles: Article) -> tuple[Section, ...]:
    """Return the pages beside the articles, in a folder `content/pages` of the project, by their names.

    They are written like sections, but stand alone: no link, note or citation reaches from one into another, and they
    have no figures.

    Raises
    ------
    ContentError
        With every mistake in every file of the folder.
    """
    files = _Files(folder)
    taken = RESERVED | {place for article in articles for place in _places(article)}
    pages = []
    for path in sorted(folder.glob("*.md")):
        front, text = files.read(path.name, _read_section) or ({}, "")
        draft = Draft(files.shown(path.name), path, path.stem, text, parse(text), Book())
        files.report(draft.path, _wrong_page(path.stem, taken))
        for rule in (*rules.ALONE, *rules.NAMING, *rules.TOGETHER):
            files.report(draft.path, rule(draft))
        files.report(
            draft.path, ((e.line, "only sections have figures; put it into one") for e in draft.embeds)
        )
        pages.append((draft, front))
    if files.problems:
        raise ContentError(files.problems)
    return tuple(_section(0, draft, front) for draft, front in pages)


def _places(article: Article) -> set[str]:
    """Return the names that an article takes at the site's root."""
    return {article.name} if article.path else {section.slug for section in article.sections}


def _wrong_page(name: str, taken: Collection[str]) -> Iterator[Mistake]:
    if not NAME.fullmatch(name):
        yield 1, "the file's name is no page's; use small letters, digits and hyphens, as accessibility.md"
    elif name in taken:
        yield 1, f"the name {name!r} is taken; choose another"


class _Files:
    """The files of a folder, and the problems that reading them has brought up."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.problems: list[Problem] = []

    def shown(self, name: str) -> Path:
        """Return a file's path from the project's root, of which the folder is a grandchild."""
        return (self.folder / name).relative_to(self.folder.parents[1])

    def report(self, path: Path, mistakes: Iterable[Mistake]) -> None:
        """Add mistakes in a file to the problems."""
        self.problems.extend(Problem(path, line, message) for line, message in mistakes)

    def read[T](self, name: str, reader: Callable[[str], tuple[T, list[Mistake]]]) -> T | None:
        """Return what a reader makes of a file, or nothing when it has no text to be read."""
        text, mistakes = read_text(self.folder / name)
        self.report(self.shown(name), mistakes)
        if mistakes:
            return None
        value, mistakes = reader(text)
        self.report(self.shown(name), mistakes)
        return value


def read_text(path: Path) -> tuple[str, list[Mistake]]:
    """Return a file's text, or why there is none."""
    try:
        data = path.read_bytes().removeprefix(BOM_UTF8)
    except OSError as error:
        return "", [(1, f"the file cannot be read ({error.strerror}); make it, and let it be readable")]
    try:
        text = data.decode().replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return "", [(line, f"the byte 0x{data[error.start]:02x} is not UTF-8; save the file as UTF-8")]
    if match := _CONTROL.search(text):
        code = f"U+{ord(match[0]):04X}"
        return "", [
            (text.count("\n", 0, match.start()) + 1, f"the character {code} cannot be shown; remove it")
        ]
    return text, []


def _drafts(
    files: _Files, book: Book, steps: Steps | None, unpublished: dict[Path, str] | None
) -> Iterator[tuple[Draft, dict[str, str]]]:
    """Yield each section, parsed and checked by itself, with its front matter; put drafts aside, if they have a place.

    What is wrong with a draft that is put aside keeps nothing from being published.
    """
    steps = Steps() if steps is None else steps
    names = sorted(path.name for path in files.folder.glob("*.md") if path.name != f"{GLOSSARY}.md")
    if unpublished is not None:
        for name in [name for name in names if _is_draft(files.folder / name)]:
            names.remove(name)
            unpublished[files.shown(name)] = read_text(files.folder / name)[0]
            book.drafts |= {name: name, name.removesuffix(".md").lstrip("0123456789-"): name}
    matches = {name: match for name in names if (match := FILE_NAME.fullmatch(name))}
    for name in names:
        files.report(files.shown(name), _wrong_names(name, matches, book))
    if not names and not unpublished:
        files.report(
            files.shown("article.toml"), [(1, "the article has no section; add one, as 10-opening.md")]
        )
    for name, match in matches.items():
        front, text = files.read(name, _read_section) or ({}, "")
        blank = Draft(files.shown(name), files.folder / name, match[2], text, [], book)
        draft, mistakes = _read_by_itself(blank, steps)
        files.report(draft.path, mistakes)
        yield replace(draft, book=book, cited=[], terms={}), front


def _is_draft(path: Path) -> bool:
    """Return whether a section's file says that it is a draft, and says it well."""
    front, _, mistakes = front_matter.split(read_text(path)[0])
    return front.get(front_matter.DRAFT) == "true" and not any("draft" in message for _, message in mistakes)


def _read_by_itself(blank: Draft, steps: Steps) -> tuple[Draft, list[Mistake]]:
    """Return a section as it is by itself, and what is wrong with it; when its text is the last build's, from that."""
    # Pictures come and go without the section's text.
    key = object() if "![" in blank.text else blank.text
    return steps.once(f"section {blank.source}", key, partial(_read_alone, blank))


def _read_alone(blank: Draft) -> tuple[Draft, list[Mistake]]:
    """Return a section as it is by itself, and what is wrong with it."""
    draft = replace(blank, tokens=parse(blank.text), embeds=[], images=[], questions=[], remember=[])
    return draft, [mistake for rule in rules.ALONE for mistake in rule(draft)]


def _explained(files: _Files, book: Book) -> list[tuple[Draft, dict[str, str]]]:
    """Return the glossary, parsed, with its front matter, if there is one."""
    name = f"{GLOSSARY}.md"
    if not (files.folder / name).exists():
        return []
    front, text = files.read(name, _read_section) or ({}, "")
    return [(Draft(files.shown(name), files.folder / name, GLOSSARY, text, parse(text), book), front)]


def _apply(files: _Files, which: Iterable[Rule], drafts: Iterable[Draft]) -> None:
    for rule in which:
        for draft in drafts:
            files.report(draft.path, rule(draft))


def _read_section(text: str) -> tuple[tuple[dict[str, str], str], list[Mistake]]:
    front, body, mistakes = front_matter.split(text)
    return (front, body), mistakes


def _wrong_names(name: str, matches: dict[str, re.Match[str]], book: Book) -> Iterator[Mistake]:
    """Take the names that a section's file gives it; yield why it cannot have them."""
    if name not in matches:
        yield 1, "the file's name is no section's; use two to four digits and small letters, as 10-opening.md"
        return
    number, slug = matches[name].groups()
    before = [other for other in matches if other < name]
    if any(other.startswith(f"{number}-") for other in before):
        yield 1, f"another section has the number {number} too; choose one that says which comes first"
    if slug in RESERVED:
        yield 1, f"the name {slug!r} belongs to the site itself; choose another"
    elif slug in book.slugs:
        yield 1, f"another section is called {slug!r} too; choose another name"
    book.slugs.update({slug: slug, name: slug})
    book.anchors.setdefault(slug, (slug, f"the section {slug!r}"))


def _section(number: int, draft: Draft, front: dict[str, str]) -> Section:
    return Section(
        slug=draft.slug,
        number=number,
        title=front["title"],
        summary=front["summary"],
        source=draft.path,
        headings=headings(draft.tokens),
        embeds=tuple(draft.embeds),
        images=tuple(draft.images),
        cited=by_author(draft.cited),
        draft=front.get(front_matter.DRAFT) == "true",
        word_count=word_count(draft.tokens),
        questions=tuple(draft.questions),
        terms=tuple(draft.terms),
        remember=tuple(draft.remember),
        tokens=tuple(draft.tokens),
    )


def _glossary(draft: Draft, front: dict[str, str]) -> Glossary:
    first = next(
        (index for index, token in enumerate(draft.tokens) if token.type == "dl_open"), len(draft.tokens)
    )
    return Glossary(
        title=front["title"],
        summary=front["summary"],
        source=draft.path,
        terms=tuple(sorted(draft.book.terms.values(), key=lambda term: term.name.casefold())),
        intro=tuple(draft.tokens[:first]),
    )
