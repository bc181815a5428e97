"""Ways through a stream of tokens, and what the rules know while they walk it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from markdown_it.token import Token

from l2site.mathml import spoken
from l2site.model import CodeBlock, Embed, Image, Question, Reference, Section, Term
from l2site.problems import Mistake
from l2site.renderings import Renderings


@dataclass(slots=True)
class Book:
    """What the sections of an article know of each other."""

    renderings: Renderings = field(default_factory=Renderings)
    """Where the numbers in the text come from."""
    references: dict[str, Reference] = field(default_factory=dict)
    """By key."""
    slugs: dict[str, str] = field(default_factory=dict)
    """The section's slug by each name that a link may give it: the slug and the file's name."""
    anchors: dict[str, tuple[str, str]] = field(default_factory=dict)
    """By id: the slug of its section, and the place as `file:line`."""
    widgets: dict[str, str] = field(default_factory=dict)
    """The place of each widget, as `file:line`."""
    questions: dict[str, str] = field(default_factory=dict)
    """The place of each question, as `file:line`."""
    terms: dict[str, Term] = field(default_factory=dict)
    """What the glossary explains, by anchor."""
    drafts: dict[str, str] = field(default_factory=dict)
    """The file's name of each draft that is left out, by each name that a link may give it."""
    unread: set[str] = field(default_factory=set)
    """The files that cannot be read, so that nobody is told that a name is missing in them."""
    notes: int = 0
    """How many notes there have been."""


@dataclass(slots=True)
class Draft:
    """A section while it is checked; the rules fill it in."""

    path: Path
    """The file, relative to the project's root."""
    source: Path
    """The file itself."""
    slug: str
    """The section's name in addresses."""
    text: str
    """The text, with the front matter blanked so that lines keep their numbers."""
    tokens: list[Token]
    """The text, parsed."""
    book: Book
    """What the other sections have."""
    embeds: list[Embed] = field(default_factory=list)
    """The widgets, as they are found."""
    images: list[Image] = field(default_factory=list)
    """The pictures, as they are found."""
    cited: list[Reference] = field(default_factory=list)
    """The works, as they are cited."""
    questions: list[Question] = field(default_factory=list)
    """The questions, as they are found."""
    remember: list[Token] = field(default_factory=list)
    """The list of what to remember; empty as long as there is none."""
    terms: dict[str, int] = field(default_factory=dict)
    """The line where each of the glossary's terms is linked, by anchor."""


type Rule = Callable[[Draft], Iterator[Mistake]]
"""A rule yields the mistakes it finds and leaves on the tokens what the renderer needs."""


def walk(tokens: Iterable[Token]) -> Iterator[Token]:
    """Yield every token, each before those within it."""
    for token in tokens:
        yield token
        yield from walk(token.children or [])


def shift(tokens: Iterable[Token], lines: int) -> None:
    """Move tokens, and those within them, so many lines down; one without a line has the first."""
    for token in tokens:
        token.map = [place + lines for place in token.map or (0, 1)]
        shift(token.children or [], lines)


def line_of(token: Token) -> int:
    """Return the line of a token, counted from 1."""
    return (token.map or (0,))[0] + 1


def plain(tokens: Iterable[Token]) -> str:
    """Return inline tokens as people hear them, without notes and citations."""
    parts = []
    for token in tokens:
        if token.type == "math_inline":
            parts.append(spoken(token.content))
        elif token.type in ("text", "text_special", "code_inline"):
            parts.append(token.content)
        elif token.type == "myst_role" and "computed" in token.meta:
            parts.append(token.meta["computed"].text)
        elif token.type in ("softbreak", "hardbreak"):
            parts.append(" ")
    return "".join(parts).strip()


def word_count(tokens: Iterable[Token]) -> int:
    """Return the number of words in the text itself, a formula being one."""
    texts = (plain(token.children or []) for token in tokens if token.type == "inline")
    formulas = sum(token.type == "math_block" for token in tokens)
    return formulas + sum(len(re.findall(r"\w[\w'’.-]*", text)) for text in texts)


def code_blocks(section: Section) -> list[CodeBlock]:
    """Return the section's code, each block with what it has to print."""
    blocks = [token.meta["code"] for token in section.tokens if "code" in token.meta]
    return [block for block in blocks if block.language != "output"]
