"""The lab: code that readers try, read from `content/lab`, and the list of what `l2widgets` has."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from l2site.content import read_text
from l2site.highlight import highlight
from l2site.model import Article
from l2site.problems import ContentError, Problem, suggest
from l2site.workbench import MODULES, Name, api

FOLDER = Path("content/lab")


@dataclass(frozen=True, slots=True)
class Cell:
    """A piece of code with a title."""

    id: str
    title: str
    """Its first line, which is a comment."""
    code: str
    """All of it."""

    @property
    def html(self) -> Markup:
        """The code in colours."""
        return Markup(highlight(self.code.rstrip("\n"), "python"))  # noqa: S704  escaped by Pygments


@dataclass(frozen=True, slots=True)
class Module:
    """A module of `l2widgets` and what is in it."""

    name: str
    """Empty for the package itself."""
    names: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class Lab:
    """What the page shows."""

    examples: tuple[tuple[str, str, Cell], ...]
    """A section's title, its address relative to the site's root, without the slash at its end, and its example."""
    conversions: tuple[Cell, ...]
    modules: tuple[Module, ...]


def read_lab(project: Path, *articles: Article) -> Lab:
    """Return the lab of a project.

    An example has the name of its section's file. Where several articles have a section of that name, it is the first
    article's; examples of the others are in a folder that has the article's name.

    Raises
    ------
    ContentError
        For a file without a title, and for an example of a section that there is not.
    """
    found: dict[str, tuple[str, str]] = {}
    drafts: set[str] = set()
    for article in articles:
        drafts |= {
            name for path in article.unpublished for name in (path.stem, f"{article.name}/{path.stem}")
        }
        for section in article.sections:
            place = (section.title, f"{article.path}{section.slug}")
            found.setdefault(section.source.stem, place)
            found[f"{article.name}/{section.source.stem}"] = place
    examples = []
    problems = []
    folder = project / FOLDER / "examples"
    for path in sorted(folder.rglob("*.py")):
        name = path.relative_to(folder).with_suffix("").as_posix()
        if name in found:
            examples.append((*found[name], _cell(path, project)))
        elif name not in drafts:
            known = [other for other in found if ("/" in other) == ("/" in name)]
            message = f"there is no section {name!r}; {suggest(name, known)}"
            problems.append(Problem(path.relative_to(project), 1, message))
    conversions = tuple(
        _cell(path, project) for path in sorted((project / FOLDER / "conversions").glob("*.py"))
    )
    if problems:
        raise ContentError(problems)
    modules = tuple(
        Module(module, tuple(name for name in api() if name.module == module and name.kind != "namespace"))
        for module in ("", *MODULES)
    )
    return Lab(tuple(examples), conversions, modules)


def _cell(path: Path, project: Path) -> Cell:
    code, mistakes = read_text(path)
    first = code.partition("\n")[0]
    if not (mistakes or first.startswith("# ")):
        mistakes = [(1, "the first line is no title; write one as a comment, as '# Fifteen points'")]
    if mistakes:
        raise ContentError(Problem(path.relative_to(project), line, message) for line, message in mistakes)
    return Cell(path.stem, first.removeprefix("# "), code)
