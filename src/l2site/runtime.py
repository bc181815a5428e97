"""Python for the browser: the interpreter and the archives that it reads, in one folder.

The folder's name is the digest of all of it. Every file is listed with its size and SHA-256, and the page's worker
believes no byte before it has checked it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from l2site.assets import Content, read
from l2site.pack import REST, PackError, make_archives

NUMPY_SHA256 = "0cad9c1b91f0082e4f959bc0e0bf5835a2efbba6ab3b1e9d1fe6e7e564cca98e"
CORE = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm")
LOCK = "pyodide-lock.json"

type Entry = Mapping[str, int | str]
"""A file's size and SHA-256."""


class RuntimeFilesError(Exception):
    """A file of the runtime that is missing, is not the one that was agreed on, or cannot be made."""


@dataclass(frozen=True, slots=True)
class Runtime:
    """What the browser needs for Python."""

    folder: str
    """Where the files lie, relative to the site's root, with a slash at the end."""
    files: Mapping[str, Content]
    """The files, by address relative to the site's root."""
    entries: Mapping[str, Entry]
    """Size and SHA-256, by the file's name in the folder."""
    lock: Mapping[str, object]
    """Pyodide's lock, without its packages: ours are files, not wheels."""

    def manifest(self, root: str) -> dict[str, object]:
        """Return types.d.ts's RuntimeManifest, for a page from which the site's root is at `root`."""
        files = {name: entry for name, entry in self.entries.items() if name != REST}
        rest = {"name": REST, **self.entries[REST]}
        return {"base": f"{root}{self.folder}", "files": files, "rest": rest, "lock": self.lock}


def prepare_runtime(project: Path, cache: Path) -> Runtime:
    """Return the runtime, made from what npm installed, the NumPy wheel that the project keeps, and `src/l2widgets`.

    Raises
    ------
    RuntimeFilesError
        When a file is missing, when NumPy's wheel is not, byte for byte, the one that Pyodide's own lock names, or
        when a figure cannot be drawn from the archives as readers get them.
    """
    pyodide = project / "site/node_modules/pyodide"
    if not (pyodide / LOCK).exists():
        raise RuntimeFilesError("site/node_modules/pyodide is not there; `make setup` installs it")
    lock = json.loads((pyodide / LOCK).read_text(encoding="utf-8"))
    numpy = _numpy_wheel(project / "site/vendor", lock["packages"]["numpy"])
    contents: dict[str, Content] = {name: pyodide / name for name in CORE}
    try:
        contents |= make_archives(project, numpy, cache / "pack")
    except PackError as error:
        raise RuntimeFilesError(str(error)) from None
    entries: dict[str, Entry] = {}
    for name, content in contents.items():
        data = read(content)
        entries[name] = {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    listing = json.dumps(entries, sort_keys=True).encode()
    folder = f"runtime/{hashlib.sha256(listing).hexdigest()[:16]}/"
    return Runtime(
        folder=folder,
        files={folder + name: content for name, content in contents.items()},
        entries=entries,
        lock={"info": lock["info"], "packages": {}},
    )


def _numpy_wheel(vendor: Path, package: Mapping[str, str]) -> Path:
    """Return the wheel that Pyodide's lock names, if it is the one that this project has agreed on."""
    if package["sha256"] != NUMPY_SHA256:
        raise RuntimeFilesError(
            f"Pyodide's lock now names {package['file_name']} with the SHA-256 {package['sha256']}; "
            f"put that wheel into site/vendor, and its hash into src/l2site/runtime.py"
        )
    wheel = vendor / package["file_name"]
    if not wheel.exists():
        raise RuntimeFilesError(
            f"site/vendor/{wheel.name} is not there; site/vendor/README.md says what it is"
        )
    found = hashlib.sha256(wheel.read_bytes()).hexdigest()
    if found != NUMPY_SHA256:
        raise RuntimeFilesError(
            f"site/vendor/{wheel.name} has the SHA-256 {found}, not {NUMPY_SHA256}; it is not used"
        )
    return wheel
