"""What `build.py new` writes: a section, a widget or an article that works as it stands, to be changed from there."""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from string import Template

import l2widgets
from l2site.content import FILE_NAME, NAME, RESERVED
from l2site.problems import suggest

HERE = Path(__file__).parent
WIDGETS = Path("src/l2widgets/widgets")
STEP = 10
"""How far numbers of sections lie apart, so that another can come between them."""
LAST = 99


class RefusedError(Exception):
    """What cannot be done, and what to do instead, in a sentence."""


def section(project: Path, name: str, article: str) -> list[Path]:
    """Write a draft of a section after the last one of an article, and its example for the lab."""
    folder = _article(project, article)
    _check_name(name)
    if name in RESERVED:
        raise RefusedError(f"the name {name!r} belongs to the site itself; choose another")
    there = {match[2]: match for path in folder.glob("*.md") if (match := FILE_NAME.fullmatch(path.name))}
    if name in there:
        raise RefusedError(f"the article has {there[name][0]} already; choose another name")
    number = _next([int(match[1]) for match in there.values()])
    file = f"{number:02}-{name}"
    return _write(
        project,
        {
            folder / f"{file}.md": "section.md",
            _examples(project, folder) / f"{file}.py": "example.txt",
        },
        {"name": name, "title": _title(name)},
    )


def widget(project: Path, name: str) -> list[Path]:
    """Write a widget with one slider and one figure."""
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name) or keyword.iskeyword(name):
        raise RefusedError(
            f"{name!r} cannot name a widget; use small letters, digits and single underscores, as weight_decay"
        )
    if name in l2widgets.names():
        raise RefusedError(f"there is a widget {name!r} already; choose another name")
    return _write(
        project, {project / WIDGETS / f"{name}.py": "widget.txt"}, {"name": name, "title": _title(name)}
    )


def article(project: Path, name: str) -> list[Path]:
    """Write an article with a first section, which is a draft and keeps the article from being published."""
    _check_name(name)
    folder = project / "content" / name
    if folder.exists() or name in RESERVED:
        raise RefusedError(f"content/{name} is taken; choose another name")
    files = {
        folder / "article.toml": "article.toml",
        folder / "references.toml": "references.toml",
        folder / f"{STEP}-opening.md": "section.md",
    }
    today = datetime.now(UTC).date().isoformat()
    words = {"title": _title(name), "author": "Who wrote it", "today": today, "name": name}
    return _write(project, files, words)


def _article(project: Path, name: str) -> Path:
    """Return the folder of an article, or of the only one."""
    folders = {path.parent.name: path.parent for path in sorted(project.glob("content/*/article.toml"))}
    if not folders:
        raise RefusedError("there is no article; make one with `build.py new article NAME`")
    if name and name not in folders:
        raise RefusedError(f"there is no article {name!r}; {suggest(name, folders)}")
    if not name and len(folders) > 1:
        raise RefusedError(f"there are several articles; say which with --article: {', '.join(folders)}")
    return folders[name] if name else next(iter(folders.values()))


def _examples(project: Path, folder: Path) -> Path:
    """Return where the examples of an article are: where there are several articles, in a folder of their own."""
    several = len(list(project.glob("content/*/article.toml"))) > 1
    return project / "content/lab/examples" / (folder.name if several else "")


def _check_name(name: str) -> None:
    if not NAME.fullmatch(name):
        raise RefusedError(
            f"{name!r} cannot be an address; use small letters, digits and single hyphens, as weight-decay"
        )


def _next(numbers: list[int]) -> int:
    last = max(numbers, default=0)
    number = last // STEP * STEP + STEP
    if number > LAST:
        number = last + 1
    if number > LAST:
        raise RefusedError(
            f"no number is left after {last}; rename the sections so that their numbers lie closer"
        )
    return number


def _title(name: str) -> str:
    """Return a name as a title: "weight-decay" becomes "Weight decay"."""
    words = re.sub(r"[-_]", " ", name)
    return words[0].upper() + words[1:]


def _write(project: Path, files: Mapping[Path, str], words: Mapping[str, str]) -> list[Path]:
    """Write skeletons with these words in them, all or none, and return where they are."""
    for path in files:
        if path.exists():
            raise RefusedError(f"{path.relative_to(project)} exists; choose another name, or remove it first")
    for path, skeleton in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        text = Template((HERE / skeleton).read_text(encoding="utf-8")).substitute(words)
        path.write_text(text, encoding="utf-8")
    return [path.relative_to(project) for path in files]
