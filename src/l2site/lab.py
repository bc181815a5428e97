"""The lab: code that readers try, read from `content/lab`, and the list of what `l2widgets` has."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

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
    """A section's title and its slug, and the example that goes with it."""
    conversions: tuple[Cell, ...]
    modules: tuple[Module, ...]


def read_lab(project: Path, article: Article) -> Lab:
    """Return the lab of a project.

    Raises
    ------
    ContentError
        For a file without a title, and for an example of a section that there is not.
    """
    titles = {section.source.stem: section for section in article.sections}
    examples = []
    problems = []
    for path in sorted((project / FOLDER / "examples").glob("*.py")):
        section = titles.get(path.stem)
        if section is None:
            where = path.relative_to(project)
            problems.append(
                Problem(where, 1, f"there is no section {path.stem!r}; {suggest(path.stem, titles)}")
            )
            continue
        examples.append((section.title, section.slug, _cell(path, project)))
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
    code = path.read_text(encoding="utf-8")
    first = code.partition("\n")[0]
    if not first.startswith("# "):
        message = "the first line is no title; write one as a comment"
        raise ContentError([Problem(path.relative_to(project), 1, message)])
    return Cell(path.stem, first.removeprefix("# "), code)
