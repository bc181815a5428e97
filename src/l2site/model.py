"""An article as the build knows it: read, checked, and ready to be put into pages.

Everything here is a record; `content.load_article` makes it, `markdown.render` and the templates read it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from markdown_it.token import Token

from l2widgets import Widget
from l2widgets.spec import Value


@dataclass(frozen=True, slots=True)
class Embed:
    """A widget's place in a section."""

    widget: Widget
    """What stands there."""
    params: Mapping[str, Value]
    """The value of every control: the default, or what the fence sets."""
    line: int
    """The fence's line in the section's file."""

    @property
    def anchor(self) -> str:
        """The id of the figure, apart from the ids of sections, one of which may have the widget's name."""
        return f"figure-{self.widget.name}"


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading within a section."""

    level: int
    """2 for `##`, as on the section's own page."""
    text: str
    """As it is listed and read aloud; λ is "lambda" where it stands in a formula."""
    html: str
    """As it is shown, without the heading's own tag and link."""
    anchor: str
    """Its id, the same on every page."""
    line: int
    """Its line in the section's file."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A work that can be cited."""

    key: str
    """What stands in `[@key]`."""
    authors: tuple[str, ...]
    """As `Surname, I.`, in the work's order."""
    year: int
    """Of publication."""
    title: str
    """Of the work, with the section meant where it is a book."""
    venue: str = ""
    """The journal, conference or publisher, with volume and pages."""
    doi: str = ""
    """Its DOI, without the resolver's address."""
    url: str = ""
    """Where it can be read, when it has no DOI."""

    @property
    def anchor(self) -> str:
        """The id of its entry in a list of references."""
        return f"ref-{self.key}"

    @property
    def label(self) -> str:
        """Author and year, as the text cites it."""
        names = [author.partition(",")[0] for author in self.authors]
        who = f"{names[0]} et al." if len(names) > 2 else " & ".join(names)
        return f"{who} {self.year}"

    @property
    def link(self) -> str:
        """The address of the work; empty when there is none."""
        return f"https://doi.org/{self.doi}" if self.doi else self.url


@dataclass(frozen=True, slots=True)
class Image:
    """A picture that a section shows, to be copied to `images/` in the output."""

    source: Path
    """The file beside the section, relative to the project's root."""
    alt: str
    """What it shows, in words."""
    line: int
    """Where the section shows it."""

    @property
    def url(self) -> str:
        """Where the pages expect it, relative to the site's root."""
        return f"images/{self.source.name}"


@dataclass(frozen=True, slots=True)
class CodeBlock:
    """A code fence, for the tests that run it."""

    language: str
    """As the fence says."""
    code: str
    """Its text."""
    line: int
    """The fence's line in the section's file."""
    needs: tuple[str, ...] = ()
    """Packages without which it cannot run."""
    output: str | None = None
    """What it must print: the `output` fence right after it; None when there is none."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question that checks whether a reader has understood."""

    name: str
    """By which a reader's browser keeps the answers; unique in the article."""
    line: int
    """The fence's line in the section's file."""


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the field, and what it means."""

    name: str
    """Plain text."""
    slug: str
    """Its anchor on the glossary's page, and its name in links."""
    line: int
    """Its line in the glossary's file."""
    words: Token = field(repr=False, compare=False)
    """The name, to be rendered."""
    meaning: Token = field(repr=False, compare=False)
    """The definition, to be rendered."""


@dataclass(frozen=True, slots=True)
class Glossary:
    """The terms of an article."""

    title: str
    """The page's heading, plain text."""
    summary: str
    """One sentence for search engines, plain text."""
    source: Path
    """Its file, relative to the project's root."""
    terms: tuple[Term, ...]
    """In the order of their names."""
    intro: tuple[Token, ...] = field(repr=False, compare=False)
    """The text above the terms."""


@dataclass(frozen=True, slots=True)
class Section:
    """One Markdown file: one page, and one part of the article or a page beside it."""

    slug: str
    """Its name in addresses, and its anchor on every page."""
    number: int
    """Its place in the article, counted from 1; 0 for a page beside it."""
    title: str
    """Its heading, plain text."""
    summary: str
    """One or two sentences for lists and search engines, plain text."""
    source: Path
    """Its file, relative to the project's root."""
    headings: tuple[Heading, ...]
    """In the order in which they stand."""
    embeds: tuple[Embed, ...]
    """The widgets, in the order in which they stand."""
    images: tuple[Image, ...]
    """The pictures, in the order in which they stand."""
    cited: tuple[Reference, ...]
    """The works it cites, each once, by authors and year."""
    word_count: int
    """Words of the text; notes, code, figures and questions do not count, a formula counts as one."""
    questions: tuple[Question, ...]
    """In the order in which they stand."""
    terms: tuple[str, ...]
    """The anchors of the glossary's terms that it links."""
    remember: tuple[Token, ...] = field(repr=False, compare=False)
    """The list of what to remember, which the article's page shows again; empty when there is none."""
    tokens: tuple[Token, ...] = field(repr=False, compare=False)
    """The text, which `markdown.render` turns into HTML."""
    draft: bool = False
    """Whether it is written but not published."""


WORDS_PER_MINUTE = 220
"""How fast people read prose with some mathematics in it."""


@dataclass(frozen=True, slots=True)
class Article:
    """A folder of sections."""

    folder: Path
    """Where it was read from."""
    title: str
    """Plain text."""
    subtitle: str
    """Plain text."""
    description: str
    """One sentence for search engines and previews."""
    author: str
    """Whose work it is."""
    language: str
    """A BCP 47 tag, such as "en"."""
    published: date
    """The day of the first edition."""
    updated: date
    """The day of the last change that a reader would notice."""
    licence: str
    """The licence of the text."""
    sections: tuple[Section, ...]
    """In reading order."""
    references: tuple[Reference, ...]
    """Every work that its references.toml declares, in that order."""
    glossary: Glossary | None
    """What its glossary.md explains; None when there is no such file."""
    unpublished: Mapping[Path, str] = field(default_factory=dict)
    """The text of each draft that was left out, by its file."""
    path: str = ""
    """The address of its first page relative to the site's root: empty where it is the only article."""

    @property
    def name(self) -> str:
        """The name of its folder."""
        return self.folder.name

    @property
    def told(self) -> tuple[object, ...]:
        """What article.toml says."""
        return (
            self.title, self.subtitle, self.description, self.author, self.language, self.published, self.updated,
            self.licence, self.path,
        )  # fmt: skip

    @property
    def minutes(self) -> int:
        """How long the text takes to read, in whole minutes."""
        return max(1, round(sum(section.word_count for section in self.sections) / WORDS_PER_MINUTE))

    @property
    def cited(self) -> tuple[Reference, ...]:
        """The works that any section cites, each once, by authors and year."""
        return by_author(reference for section in self.sections for reference in section.cited)


def by_author(references: Iterable[Reference]) -> tuple[Reference, ...]:
    """Return references as a list of references has them: each once, by authors and year."""
    unique = {reference.key: reference for reference in references}
    return tuple(sorted(unique.values(), key=lambda work: (" ".join(work.authors).casefold(), work.year)))
