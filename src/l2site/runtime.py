"""Python for the browser: the interpreter and the archives that it reads.

Each file lies in a folder with its own digest for a name, so that a changed figure leaves the interpreter and NumPy
where browsers have them. Every file is listed with its size and SHA-256, and the page's worker believes no byte before
it has checked it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from l2site.assets import Content, sha256
from l2site.output import gzipped
from l2site.pack import LATER, STOCK, PackError, make_pack

NUMPY_SHA256 = "0cad9c1b91f0082e4f959bc0e0bf5835a2efbba6ab3b1e9d1fe6e7e564cca98e"
LOCK = "pyodide-lock.json"
ARCHIVE, PACKED = ".zip", ".gz"

FOLDER = "runtime/"
"""Where the files lie, relative to the site's root."""
DIGITS = 16
"""How much of a file's SHA-256 its folder's name has; `site/static/js/python-files.js` counts them too."""

type Entry = Mapping[str, int | str]
"""A file's size and SHA-256."""


class RuntimeFilesError(Exception):
    """A file of the runtime that is missing, is not the one that was agreed on, or cannot be made."""


@dataclass(frozen=True, slots=True)
class Runtime:
    """What the browser needs for Python."""

    paths: Mapping[str, Path]
    """Where the files are on this machine, by name."""
    packed: Mapping[str, Path]
    """Where the archives are that travel packed, by name; the digest is that of what is in them."""
    entries: Mapping[str, Entry]
    """Size and SHA-256, by name."""
    lock: Mapping[str, object]
    """Pyodide's lock, without its packages: ours are files, not wheels."""

    @property
    def release(self) -> str:
        """The digest of all files."""
        listing = json.dumps(self.entries, sort_keys=True).encode()
        return hashlib.sha256(listing).hexdigest()[:DIGITS]

    @property
    def files(self) -> Mapping[str, Content]:
        """The files, by address relative to the site's root."""
        return {self.address(name): path for name, path in {**self.paths, **self.packed}.items()}

    def address(self, name: str) -> str:
        """Return a file's address relative to the site's root."""
        packed = PACKED if name in self.packed else ""
        return f"{FOLDER}{str(self.entries[name]['sha256'])[:DIGITS]}/{name}{packed}"

    def manifest(self, root: str) -> dict[str, object]:
        """Return types.d.ts's RuntimeManifest, for a page from which the site's root is at `root`."""
        files = {name: entry for name, entry in self.entries.items() if name not in LATER}
        later = {name: self.entries[name] for name in LATER}
        return {
            "base": root + FOLDER,
            "release": self.release,
            "files": files,
            "later": later,
            "lock": self.lock,
            **({"packed": True} if self.packed else {}),
        }


def prepare_runtime(project: Path, cache: Path, *, packed: bool = False) -> Runtime:
    """Return the runtime, made from what npm installed, the NumPy wheel that the project keeps, and `src/l2widgets`.

    Archives that Python starts with travel `packed` where the host would not compress them. What it fetches later it
    waits for, and no browser unpacks anything while it does.

    Raises
    ------
    RuntimeFilesError
        When a file is missing, when NumPy's wheel is not, byte for byte, the one that Pyodide's own lock names, or
        when a figure cannot be drawn from the archives as readers get them.
    """
    pyodide = project / STOCK
    if not (pyodide / LOCK).exists():
        raise RuntimeFilesError("site/node_modules/pyodide is not there; `make setup` installs it")
    lock = json.loads((pyodide / LOCK).read_text(encoding="utf-8"))
    numpy = numpy_wheel(project)
    try:
        paths = make_pack(project, numpy, cache / "pack")
    except PackError as error:
        raise RuntimeFilesError(str(error)) from None
    first = [name for name in paths if name.endswith(ARCHIVE) and name not in LATER]
    return Runtime(
        paths=paths,
        packed={name: gzipped(paths[name], cache) for name in first} if packed else {},
        entries={name: {"size": path.stat().st_size, "sha256": sha256(path)} for name, path in paths.items()},
        lock={"info": lock["info"], "packages": {}},
    )


def numpy_wheel(project: Path) -> Path:
    """Return the wheel that Pyodide's lock names, if it is the one that this project has agreed on.

    Raises
    ------
    RuntimeFilesError
        When it is missing or another.
    """
    lock = json.loads((project / "site/node_modules/pyodide" / LOCK).read_text(encoding="utf-8"))
    package: dict[str, str] = lock["packages"]["numpy"]
    if package["sha256"] != NUMPY_SHA256:
        raise RuntimeFilesError(
            f"Pyodide's lock now names {package['file_name']} with the SHA-256 {package['sha256']}; "
            f"put that wheel into site/vendor, and its hash into src/l2site/runtime.py"
        )
    wheel = project / "site/vendor" / package["file_name"]
    if not wheel.exists():
        raise RuntimeFilesError(
            f"site/vendor/{wheel.name} is not there; site/vendor/README.md says what it is"
        )
    found = sha256(wheel)
    if found != NUMPY_SHA256:
        raise RuntimeFilesError(
            f"site/vendor/{wheel.name} has the SHA-256 {found}, not {NUMPY_SHA256}; it is not used"
        )
    return wheel
