"""esbuild, which makes one file of many modules: of npm's for the editor, of our own for the pages."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from l2site.assets import STATIC, imports, resolve
from l2site.output import store
from l2site.problems import ContentError, Problem

PACKAGE = "site/node_modules/esbuild"
LOCK = "site/package-lock.json"
"""What says which esbuild it is."""

OPTIONS = (
    "--bundle",
    "--minify",
    "--format=esm",
    "--target=es2023",
    "--charset=utf8",
    "--legal-comments=none",
)

ENTRIES = ("js/main.js", "js/embed.js", "js/lab.js", "js/worker.js")
"""The modules that pages and workers begin with. The second begins with the first, which asks for more later."""

PLACE = re.compile(r"ERROR\] (?P<message>.*)\s+(?P<file>\S+):(?P<line>\d+):\d+:")


class BundlerError(Exception):
    """What keeps modules from being joined, worded for whoever changed them."""


def need(project: Path) -> Path:
    """Return where esbuild is; raise `BundlerError` when it is not there."""
    program = project.absolute() / PACKAGE / "bin/esbuild"
    if not program.exists():
        raise BundlerError(f"{PACKAGE} is not there; `make setup` installs it")
    return program


def bundle(project: Path, folder: Path, entries: Iterable[str], options: Iterable[str]) -> bytes:
    """Run esbuild and return what it prints: the file, unless an option names a folder for several.

    Parameters
    ----------
    project
        The project's root.
    folder
        Where esbuild runs, and below which the entries are.
    entries
        The modules to begin with.
    options
        Besides `OPTIONS`.

    Raises
    ------
    BundlerError
        When esbuild or Node is not there, or when the modules do not fit together.
    """
    program = need(project)
    node = shutil.which("node", path=project / ".cache/node") or shutil.which("node")
    if not node:
        raise BundlerError("JavaScript cannot be joined without Node; `make setup` finds one")
    command = [node, str(program), *entries, *OPTIONS, *options]
    ran = subprocess.run(command, capture_output=True, check=False, cwd=folder)
    if ran.returncode:
        raise BundlerError(ran.stderr.decode().strip())
    return ran.stdout


def joining(project: Path, cache: Path) -> Callable[[Mapping[str, str]], dict[str, str]]:
    """Return what joins a project's scripts, kept in `cache` until one of them is another."""

    def join(texts: Mapping[str, str]) -> dict[str, str]:
        key = hashlib.sha256(json.dumps(sorted(texts.items())).encode())
        key.update((project / LOCK).read_bytes() + Path(__file__).read_bytes())
        made = cache / f"{key.hexdigest()[:16]}.json"
        if not made.exists():
            store(made, json.dumps(joined(project, texts)).encode())
        kept: dict[str, str] = json.loads(made.read_bytes())
        return kept

    return join


def joined(project: Path, texts: Mapping[str, str]) -> dict[str, str]:
    """Return the scripts of the pages in as few files as possible, by logical name.

    Scripts that belong to none of `ENTRIES` stay as they are. What a module asks for later (`import()`) is a file of
    its own, and so is what that shares with what is there at once.

    Raises
    ------
    ContentError
        When a script cannot be read.
    """
    main, *others = ENTRIES
    static = project / STATIC
    with tempfile.TemporaryDirectory() as made:
        out = Path(made).resolve()
        try:
            split = ("--splitting", "--chunk-names=js/[name]-[hash]", "--outbase=.", f"--outdir={out}")
            bundle(project, static, [main], split)
            bundle(project, static, others, [f"--external:./{Path(main).name}", *split[2:]])
        except BundlerError as error:
            place = PLACE.search(str(error))
            if not place:
                raise
            problem = Problem(STATIC / place["file"], int(place["line"]), place["message"])
            raise ContentError([problem]) from None
        files = {
            path.relative_to(out).as_posix(): path.read_text(encoding="utf-8")
            for path in sorted(out.rglob("*.js"))
        }
    inside = _inside(texts)
    return files | {name: text for name, text in texts.items() if name not in inside}


def _inside(texts: Mapping[str, str]) -> set[str]:
    """Return the modules that the entries need, now or later, and the entries."""
    found: set[str] = set()
    waiting = list(ENTRIES)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += [resolve(name, target) for target, _ in imports(texts[name])]
    return found
