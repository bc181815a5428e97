"""What the pages load, under names that carry a digest of the content, so that browsers may keep it for ever.

Everything else asks for an asset by its logical name, such as "css/site.css". A name changes when the content does,
and only then; since modules and stylesheets name each other, one is named only after everything that it names.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache, partial
from graphlib import CycleError, TopologicalSorter
from pathlib import Path, PurePosixPath
from posixpath import normpath, relpath

from l2site.problems import ContentError, Problem, suggest

type Content = bytes | Path
"""A file of the output: its bytes, or where they are."""

FOLDER = "assets"
"""Where the named files lie in the output."""

LASTING = (f"{FOLDER}/", "figures/", "runtime/")
"""Folders of the output whose files never change under one name."""

STATIC = Path("site/static")
"""Where they come from; their logical names begin below it."""

IMPORT = re.compile(
    r"""
    /\*.*?\*/ | //[^\n]*                                              # comments, where JSDoc imports types
    | \b(?P<before>from\s*|import\s*(?P<later>\()?\s*)(?P<quote>["'])(?P<name>\.\.?/[^"'\n]+)(?P=quote)
    | "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*' | `(?:\\.|[^`\\])*`   # text that only looks like an import
    """,
    re.VERBOSE | re.DOTALL,
)
SHEET = re.compile(
    r"""
    /\*.*?\*/
    | @import\s+(?P<quote>["'])(?P<sheet>[^"']+)(?P=quote)\s*;
    | url\(\s*(?P<mark>["']?)(?P<name>[^"')]+)(?P=mark)\s*\)
    """,
    re.VERBOSE | re.DOTALL,
)


def sha256(content: Content) -> str:
    """Return the SHA-256 of a file of the output; what lies on the disk is read again only when it has changed."""
    if isinstance(content, bytes):
        return hashlib.sha256(content).hexdigest()
    found = content.stat()
    return _sha256(content, (found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns))


@lru_cache(maxsize=1024)
def _sha256(path: Path, _: tuple[int, ...]) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digest(content: Content) -> str:
    """Return the part of the SHA-256 that file names carry."""
    return sha256(content)[:12]


def read(content: Content) -> bytes:
    """Return the bytes of a file of the output."""
    return content if isinstance(content, bytes) else content.read_bytes()


def hashed(name: str, content: Content) -> str:
    """Return a name with the content's digest before the suffix: "a/b.js" becomes "a/b.0123456789ab.js"."""
    path = PurePosixPath(name)
    return str(path.with_name(f"{path.stem}.{digest(content)}{path.suffix}"))


class Assets:
    """Files by logical name, each with an address that its content decides."""

    def __init__(self) -> None:
        self._urls: dict[str, str] = {}
        self._imports: dict[str, list[str]] = {}
        self.files: dict[str, Content] = {}
        """What to write, by address relative to the site's root."""

    def add(self, name: str, content: Content, *, imported: Iterable[str] = ()) -> str:
        """Take a file in, with the logical names of the modules that it begins with, and return its address."""
        url = f"{FOLDER}/{hashed(name, content)}"
        self._urls[name] = url
        self._imports[name] = list(imported)
        self.files[url] = content
        return url

    def url(self, name: str) -> str:
        """Return the address of a file, relative to the site's root."""
        try:
            return self._urls[name]
        except KeyError:
            raise LookupError(f"there is no asset {name!r}; {suggest(name, self._urls)}") from None

    def imported(self, name: str) -> list[str]:
        """Return the addresses of all modules that a module needs, so that a page can ask for them at once."""
        found: dict[str, None] = {}
        waiting = list(self._imports.get(name, ()))
        while waiting:
            module = waiting.pop(0)
            if module not in found:
                found[module] = None
                waiting += self._imports[module]
        return [self.url(module) for module in found]


def load_assets(
    project: Path,
    generated: Mapping[str, Content],
    *,
    faces: Mapping[str, str] | None = None,
    join: Callable[[Mapping[str, str]], Mapping[str, str]] = dict,
) -> Assets:
    """Return every static file and every generated one.

    Parameters
    ----------
    project
        The project's root; types for the checker (`.d.ts`) in its `site/static` stay behind.
    generated
        Files that are not in the folder, by logical name.
    faces
        The @font-face rules that come first in a stylesheet, by its logical name; their addresses are logical names.
    join
        What makes few scripts of many, by logical name.

    Raises
    ------
    ContentError
        For an import or an address that names nothing, and for modules that import each other in a circle.
    """
    assets = Assets()
    static = project / STATIC
    sources = {
        path.relative_to(static).as_posix(): path for path in sorted(static.rglob("*")) if path.is_file()
    }
    scripts = {name: path for name, path in sources.items() if name.endswith((".js", ".mjs"))}
    sheets = {name: path for name, path in sources.items() if name.endswith(".css")}
    for name, path in sources.items():
        if name not in scripts and name not in sheets and not name.endswith(".d.ts"):
            assets.add(name, path)
    for name, content in generated.items():
        assets.add(name, content)
    problems = [*_add_scripts(assets, scripts, join), *_add_sheets(assets, sheets, faces or {})]
    if problems:
        raise ContentError(problems)
    return assets


def imports(source: str, *, at_once: bool = False) -> list[tuple[str, int]]:
    """Return the relative module names that a script imports, each with its line; or only what it begins with."""
    return [
        (match["name"], source.count("\n", 0, match.start("name")) + 1)
        for match in IMPORT.finditer(source)
        if match["name"] and not (at_once and match["later"])
    ]


def _add_scripts(
    assets: Assets, scripts: Mapping[str, Path], join: Callable[[Mapping[str, str]], Mapping[str, str]]
) -> list[Problem]:
    """Name the modules, those that import nothing first."""
    written = {name: path.read_text(encoding="utf-8") for name, path in scripts.items()}
    problems = [
        Problem(STATIC / name, line, f"imports {target}; {suggest(resolve(name, target), written)}")
        for name, text in written.items()
        for target, line in imports(text)
        if resolve(name, target) not in written
    ]
    if problems:
        return problems
    try:
        _order(written)
    except CycleError as error:
        circle = " → ".join(reversed(error.args[1]))
        return [Problem(STATIC / error.args[1][0], 1, f"imports itself in the end: {circle}")]
    texts = join(written)
    for name in _order(texts):
        text = IMPORT.sub(partial(_import, assets, name), texts[name])
        needed = [resolve(name, target) for target, _ in imports(texts[name], at_once=True)]
        assets.add(name, text.encode(), imported=needed)
    return []


def _order(texts: Mapping[str, str]) -> list[str]:
    """Return the names of modules, each after those that it imports; raise `CycleError` when that cannot be."""
    graph = {name: {resolve(name, target) for target, _ in imports(text)} for name, text in texts.items()}
    return list(TopologicalSorter(graph).static_order())


def _import(assets: Assets, name: str, match: re.Match[str]) -> str:
    """Return an import of the module `name` with the address that the imported module has in the output.

    JSDoc stays at home, a third of what a script weighs; its lines are left empty, so that errors name the source's.
    """
    if match[0].startswith("/**"):
        return "\n" * match[0].count("\n")
    if not match["name"]:
        return match[0]
    return f"{match['before']}{match['quote']}{_sibling(assets, name, match['name'])}{match['quote']}"


def _sibling(assets: Assets, name: str, target: str) -> str:
    """Return how the module `name` names another in the output, where both keep their folders."""
    there = assets.url(resolve(name, target)).removeprefix(f"{FOLDER}/")
    path = relpath(there, str(PurePosixPath(name).parent))
    return path if path.startswith(".") else f"./{path}"


def resolve(name: str, target: str) -> str:
    """Return the logical name by which the file `name` calls `target`."""
    return normpath(PurePosixPath(name).parent / target)


def _add_sheets(assets: Assets, sheets: Mapping[str, Path], faces: Mapping[str, str]) -> list[Problem]:
    """Put the stylesheets together where they import each other, and name those that nobody imports."""
    folded = _Sheets(assets, {name: path.read_text(encoding="utf-8") for name, path in sheets.items()})
    flat = {name: folded.flat((name,)) for name in sheets}
    if folded.problems:
        return folded.problems
    for name in sorted(flat.keys() - folded.imported):
        rules = SHEET.sub(partial(_face, assets, name), faces.get(name, ""))
        assets.add(name, (rules + flat[name]).encode())
    return []


class _Sheets:
    """Stylesheets, each put in where another imports it."""

    def __init__(self, assets: Assets, texts: Mapping[str, str]) -> None:
        self._assets = assets
        self._texts = texts
        self.imported: set[str] = set()
        self.problems: list[Problem] = []

    def flat(self, trail: tuple[str, ...]) -> str:
        """Return the last sheet of a chain of imports, with what it imports in it."""
        return SHEET.sub(partial(self._put_in, trail), self._texts[trail[-1]])

    def _put_in(self, trail: tuple[str, ...], match: re.Match[str]) -> str:
        if match[0].startswith("/*"):  # comments stay at home, a tenth of what a sheet weighs
            return ""
        name = trail[-1]
        if match["sheet"]:
            target = resolve(name, match["sheet"])
            if target in self._texts and target not in trail:
                self.imported.add(target)
                return self.flat((*trail, target)).strip()
            wrong = "which imports it" if target in trail else suggest(target, self._texts)
            self._complain(name, match, f"imports {target}; {wrong}")
        elif match["name"] and not match["name"].startswith(("data:", "#")):
            try:
                return f"url({_from_sheet(self._assets, trail[0], resolve(name, match['name']))})"
            except LookupError as error:
                self._complain(name, match, str(error))
        return match[0]

    def _complain(self, name: str, match: re.Match[str], message: str) -> None:
        line = self._texts[name].count("\n", 0, match.start()) + 1
        self.problems.append(Problem(STATIC / name, line, message))


def _face(assets: Assets, sheet: str, match: re.Match[str]) -> str:
    """Return the address of a font in a generated rule."""
    return f"url({_from_sheet(assets, sheet, match['name'])})"


def _from_sheet(assets: Assets, sheet: str, name: str) -> str:
    there = assets.url(name).removeprefix(f"{FOLDER}/")
    return relpath(there, str(PurePosixPath(sheet).parent))
