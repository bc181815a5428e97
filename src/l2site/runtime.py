"""Python for the browser: Pyodide, NumPy and our own package in one folder, whose name is the digest of all of it.

The folder is what the page's worker loads from, so every file is listed with its size and SHA-256, and the worker
believes no byte before it has checked it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pyodide_lock import PackageSpec, PyodideLockSpec

from l2site.assets import Content, read
from l2site.output import store

NUMPY_SHA256 = "0cad9c1b91f0082e4f959bc0e0bf5835a2efbba6ab3b1e9d1fe6e7e564cca98e"
CORE = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
LOCK = "pyodide-lock.json"
OURS = "l2widgets"


class RuntimeFilesError(Exception):
    """A file of the runtime that is missing or is not the one that was agreed on."""


@dataclass(frozen=True, slots=True)
class Runtime:
    """What the browser needs for Python."""

    folder: str
    """Where the files lie, relative to the site's root, with a slash at the end."""
    files: Mapping[str, Content]
    """The files, by address relative to the site's root."""
    entries: Mapping[str, Mapping[str, int | str]]
    """Size and SHA-256, by the file's name in the folder."""
    packages: tuple[str, ...]
    """What to load, by the names of the lock."""

    def manifest(self, root: str) -> dict[str, object]:
        """Return types.d.ts's RuntimeManifest, for a page from which the site's root is at `root`."""
        return {"base": f"{root}{self.folder}", "files": self.entries, "packages": self.packages}


def prepare_runtime(project: Path, cache: Path) -> Runtime:
    """Return the runtime, made from what npm installed, the NumPy wheel that the project keeps, and `src/l2widgets`.

    Raises
    ------
    RuntimeFilesError
        When a file is missing, or when NumPy's wheel is not, byte for byte, the one that Pyodide's own lock names.
    """
    pyodide = project / "site/node_modules/pyodide"
    if not (pyodide / LOCK).exists():
        raise RuntimeFilesError("site/node_modules/pyodide is not there; `make setup` installs it")
    spec = PyodideLockSpec.from_json(pyodide / LOCK)
    numpy = _numpy_wheel(project / "site/vendor", spec.packages["numpy"])
    name, wheel = _own_wheel(project, cache)
    own = PackageSpec(
        name=OURS,
        version=name.split("-")[1],
        file_name=name,
        install_dir="site",
        sha256=hashlib.sha256(wheel).hexdigest(),
        imports=[OURS],
        depends=["numpy"],
    )
    lock = PyodideLockSpec(info=spec.info, packages={"numpy": spec.packages["numpy"], OURS: own})
    contents: dict[str, Content] = {file: pyodide / file for file in CORE}
    contents[LOCK] = json.dumps(lock.to_dict(), sort_keys=True, separators=(",", ":")).encode()
    contents[numpy.name] = numpy
    contents[name] = wheel
    entries: dict[str, dict[str, int | str]] = {}
    for file, content in contents.items():
        data = read(content)
        entries[file] = {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    listing = json.dumps(entries, sort_keys=True).encode()
    folder = f"runtime/{hashlib.sha256(listing).hexdigest()[:16]}/"
    files = {folder + file: content for file, content in contents.items()}
    return Runtime(folder=folder, files=files, entries=entries, packages=("numpy", OURS))


def _numpy_wheel(vendor: Path, package: PackageSpec) -> Path:
    """Return the wheel that Pyodide's lock names, if it is the one that this project has agreed on."""
    if package.sha256 != NUMPY_SHA256:
        raise RuntimeFilesError(
            f"Pyodide's lock now names {package.file_name} with the SHA-256 {package.sha256}; "
            f"put that wheel into site/vendor, and its hash into src/l2site/runtime.py"
        )
    wheel = vendor / package.file_name
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


def _own_wheel(project: Path, cache: Path) -> tuple[str, bytes]:
    """Return the name and the bytes of the wheel of l2widgets, built again only when its sources have changed."""
    package = project / "src" / OURS
    travelling = sorted(path for path in package.rglob("*") if _travels(path))
    sources = [project / "pyproject.toml", *sorted(project.glob("LICENSE*")), *travelling]
    key = hashlib.sha256()
    for source in sources:
        key.update(f"{source.relative_to(project).as_posix()}\0".encode())
        key.update(hashlib.sha256(source.read_bytes()).digest())
    kept = cache / "wheels" / key.hexdigest()[:16]
    if not (found := sorted(kept.glob("*.whl"))):
        name, wheel = _build_wheel(project, sources)
        store(kept / name, wheel)
        return name, wheel
    return found[0].name, found[0].read_bytes()


def _travels(path: Path) -> bool:
    return path.is_file() and "__pycache__" not in path.parts and path.suffix != ".pyc"


def _build_wheel(project: Path, sources: list[Path]) -> tuple[str, bytes]:
    """Build a wheel of these sources with hatchling, in a folder with nothing else in it.

    The README of the project is left at home: a word changed there shall not make readers load the package again.
    """
    from hatchling.build import build_wheel  # noqa: PLC0415  a quarter of a second that most builds save

    with tempfile.TemporaryDirectory() as folder:
        for source in sources:
            copy = Path(folder) / source.relative_to(project)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, copy)
        (Path(folder) / "README.md").write_text("The figures of the site, for Pyodide.\n", encoding="utf-8")
        with contextlib.chdir(folder):
            name = build_wheel("wheel")
        return name, (Path(folder) / "wheel" / name).read_bytes()
