"""The folder of an article in, the article out, or everything that is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from l2site import declarations, front_matter
from l2site.markdown import rules
from l2site.markdown.parser import parse
from l2site.markdown.renderer import headings
from l2site.markdown.tokens import Book, Draft, word_count
from l2site.model import Article, Section, by_author
from l2site.problems import ContentError, Mistake, Problem
from l2site.renderings import Renderings

FILE_NAME = re.compile(r"(\d\d)-([a-z][a-z0-9]*(?:-[a-z0-9]+)*)\.md")

RESERVED = frozenset({"assets", "embed", "figures", "images", "lab", "main", "references", "runtime"})
"""Addresses and anchors that the site itself has."""

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\ufffe\uffff]")


def load_article(folder: Path, renderings: Renderings | None = None) -> Article:
    """Return the article in a folder `content/<article>` of the project, whose numbers come from some renderings.

    Raises
    ------
    ContentError
        With every mistake in every file of the folder.
    """
    files = _Files(folder)
    fields = files.read("article.toml", declarations.read_article) or {}
    references = files.read("references.toml", declarations.read_references)
    book = Book(renderings=renderings or Renderings(), references=references or {})
    parts = list(_drafts(files, book))
    drafts = [draft for draft, _ in parts]
    for rule in (*rules.ALONE, *rules.NAMING, *rules.TOGETHER):
        for draft in drafts:
            files.report(draft.path, rule(draft))
    if files.problems:
        raise ContentError(files.problems)
    return Article(
        folder=folder,
        sections=tuple(_section(number, draft, front) for number, (draft, front) in enumerate(parts, 1)),
        references=tuple(book.references.values()),
        **fields,
    )


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
        text, mistakes = _text(self.folder / name)
        self.report(self.shown(name), mistakes)
        if mistakes:
            return None
        value, mistakes = reader(text)
        self.report(self.shown(name), mistakes)
        return value


def _text(path: Path) -> tuple[str, list[Mistake]]:
    """Return a file's text, or why there is none."""
    try:
        data = path.read_bytes()
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


def _drafts(files: _Files, book: Book) -> Iterator[tuple[Draft, dict[str, str]]]:
    """Yield each section, parsed, with its front matter."""
    names = sorted(path.name for path in files.folder.glob("*.md"))
    matches = {name: match for name in names if (match := FILE_NAME.fullmatch(name))}
    for name in names:
        files.report(files.shown(name), _wrong_names(name, matches, book))
    if not names:
        files.report(
            files.shown("article.toml"), [(1, "the article has no section; add one, as 10-opening.md")]
        )
    for name, match in matches.items():
        front, text = files.read(name, _read_section) or ({}, "")
        yield Draft(files.shown(name), files.folder / name, match[2], text, parse(text), book), front


def _read_section(text: str) -> tuple[tuple[dict[str, str], str], list[Mistake]]:
    front, body, mistakes = front_matter.split(text)
    return (front, body), mistakes


def _wrong_names(name: str, matches: dict[str, re.Match[str]], book: Book) -> Iterator[Mistake]:
    """Take the names that a section's file gives it; yield why it cannot have them."""
    if name not in matches:
        yield 1, "the file's name is no section's; use two digits and small letters, as 10-opening.md"
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
        word_count=word_count(draft.tokens),
        tokens=tuple(draft.tokens),
    )
