"""Runs inside Pyodide: byte-compiles the modules of zip archives with the very interpreter that will read them.

Every archive in `/job/in` is written to `/job/out` again: stored and not deflated, so that the host's compression
sees through it, and in the order of its names, so that the same archive gives the same bytes.
"""

from __future__ import annotations

import importlib.util
import marshal
import zipfile
from pathlib import Path

LIBRARY = "/lib/python3.14/"
UNCHECKED_HASH = (1).to_bytes(4, "little")
"""The flags of a `.pyc` that nobody compares with its source (PEP 552)."""


def convert(archive: Path, out: Path) -> None:
    """Write an archive with byte code in place of the sources; tracebacks still know files and lines."""
    with zipfile.ZipFile(archive) as given, zipfile.ZipFile(out, "w") as made:
        for name in sorted(given.namelist()):
            data = given.read(name)
            if not name.endswith(".py"):
                made.writestr(zipfile.ZipInfo(name), data)
            else:
                made.writestr(zipfile.ZipInfo(f"{name}c"), compiled(name, data))


def compiled(name: str, source: bytes) -> bytes:
    """Return the byte code of a module, without docstrings and asserts, as a `.pyc` file holds it."""
    code = compile(source, LIBRARY + name, "exec", dont_inherit=True, optimize=2)
    head = importlib.util.MAGIC_NUMBER + UNCHECKED_HASH + importlib.util.source_hash(source)
    return head + marshal.dumps(code)


def main() -> None:
    """Convert what is in `/job/in`."""
    for archive in sorted(Path("/job/in").iterdir()):
        convert(archive, Path("/job/out") / archive.name)


main()
