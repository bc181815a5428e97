"""What Python needs in the browser: the interpreter, and archives with the standard library, NumPy and `l2widgets`.

The interpreter is Pyodide's without what nothing here reaches (`trimming.py`). Everything else is byte-compiled by
Pyodide itself, under Node, since only that interpreter reads its byte code. Then every figure is drawn there to learn
what it imports; modules that none asks for go into two more archives, which a reader fetches when code of theirs wants
one (`sitecustomize.py`): what `numpy.random` needs, and all that is left. `node.mjs` runs the programs of this folder
in Pyodide; decision 10 says what each step saves.
"""

from __future__ import annotations

import hashlib
import json
import marshal
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from l2site.assets import sha256
from l2site.output import store
from l2site.pack.patches import LIBRARY_PATCHES, NUMPY_PATCHES, SCRIPT_PATCHES, Patch
from l2site.pack.trimming import TrimmingError, trimmed

OURS = "l2widgets"
STDLIB, NUMPY, OWN = "stdlib.zip", "numpy.zip", f"{OURS}.zip"
RANDOM, REST = "random.zip", "rest.zip"
LATER = (RANDOM, REST)
"""Archives that are fetched when code asks for them: what readers' own code wants most, and all that is left."""
INTERPRETER, SCRIPT, LOADER = "pyodide.asm.wasm", "pyodide.asm.mjs", "pyodide.mjs"
SITE = "site-packages/"
"""Where packages lie in the folder of the standard library, at which the names in all archives begin."""

NAMES = "later.txt"
"""The modules of the later archives and which it is, one a line, for `sitecustomize.py`."""

PLACES = "places.bin"
"""Where the modules of the first archives are in them, for `sitecustomize.py`."""

KEPT = "kept.bin"
"""What Python need not compile while it starts, for `l2_kept.py`."""

MODULES = (".pyc", ".so")
"""What modules end in, once they are compiled."""

ZIP_HEADER, PYC_HEADER = 30, 16
"""Bytes before an entry's name and before the code of a `.pyc`."""

UNWANTED = ("numpy/f2py/", "/tests/", "/_examples/", "__phello__/")
"""Modules that are of no use in a browser."""

HERE = Path(__file__).parent
TRAVELLING = ("sitecustomize.py", "l2_idle.py", "l2_kept.py")
"""Modules of this folder that readers get with the standard library."""

STOCK = "site/node_modules/pyodide"
"""Where npm has put Pyodide."""

LAYING = "site/static/js/pack.js"
"""How the worker lays the archives' files down; `node.mjs` does it with the same module."""


class PackError(Exception):
    """An archive that cannot be made, worded for whoever changed what it is made of."""


@dataclass(frozen=True, slots=True)
class Pyodide:
    """Pyodide under Node."""

    project: Path
    """The project's root."""
    folder: Path
    """Where its interpreter is."""

    def run(
        self,
        program: Path,
        out: Path,
        *,
        archives: Iterable[Path] = (),
        later: Iterable[Path] = (),
        given: Mapping[str, bytes] | None = None,
    ) -> None:
        """Run a Python program, and put the files that it makes into `out`.

        Parameters
        ----------
        program
            It finds the given files in `/job/in`, and what it writes to `/job/out` is what it makes.
        out
            A folder.
        archives
            What Python finds when it starts; stock Pyodide starts when there are none.
        later
            The archives that it gets when it imports something else; without them, that fails.
        given
            Files by name.
        """
        node = shutil.which("node", path=self.project / ".cache/node") or shutil.which("node")
        if not node:
            raise PackError("Python's files cannot be compiled without Node; `make setup` finds one")
        with tempfile.TemporaryDirectory() as folder:
            work = Path(folder)
            (work / "in").mkdir()
            (work / "out").mkdir()
            (work / "empty").touch()
            for name, data in (given or {}).items():
                (work / "in" / name).write_bytes(data)
            job = {
                "pyodide": str(self.folder.absolute()),
                "lock": str((self.project / STOCK / "pyodide-lock.json").absolute()),
                "laying": str((self.project / LAYING).absolute()),
                "archives": [str(path.absolute()) for path in archives],
                "later": {
                    path.name: {"path": str(path.absolute()), "sha256": sha256(path)} for path in later
                },
                "program": str(program),
                "work": str(work),
            }
            command = [node, str(HERE / "node.mjs"), json.dumps(job)]
            ran = subprocess.run(command, capture_output=True, text=True, check=False)
            if ran.returncode:
                raise PackError(f"{program.name} failed in Pyodide:\n{ran.stderr.strip()}")
            for path in sorted((work / "out").iterdir()):
                shutil.copyfile(path, out / path.name)


def make_pack(project: Path, numpy: Path, cache: Path) -> dict[str, Path]:
    """Return the interpreter's files and the archives by name, each step done again only when its inputs have changed.

    From nothing this takes about half a minute; when `l2widgets` has changed, two.

    Raises
    ------
    PackError
        When a figure cannot be drawn from the archives as readers get them.
    """
    stock = project / STOCK
    programs = [path for path in sorted(HERE.iterdir()) if path.is_file()]
    ours = sorted(path for path in (project / "src" / OURS).rglob("*") if _travels(path))

    def compile_all(out: Path) -> None:
        modules = _patched(_modules(numpy, SITE), NUMPY_PATCHES)
        given = {STDLIB: _archive(_library(stock)), NUMPY: _archive(modules)}
        Pyodide(project, stock).run(HERE / "compiling.py", out, given=given)
        _trim(stock, [data for name, data in modules.items() if name.endswith(".so")], out)

    core = [stock / name for name in (INTERPRETER, SCRIPT, LOADER, "python_stdlib.zip")]
    whole = _kept(cache, "whole", [*core, numpy, project / LAYING, *programs], compile_all)
    everything = [whole / STDLIB, whole / NUMPY]
    pyodide = Pyodide(project, whole)

    def compile_ours(out: Path) -> None:
        sources = {
            f"{SITE}{path.relative_to(project / 'src').as_posix()}": path.read_bytes() for path in ours
        }
        pyodide.run(HERE / "compiling.py", out, archives=everything, given={OWN: _archive(sources)})
        pyodide.run(HERE / "surveying.py", out, archives=[*everything, out / OWN])
        with zipfile.ZipFile(out / OWN, "a") as archive:
            archive.writestr(zipfile.ZipInfo(KEPT), (out / KEPT).read_bytes())

    own = _kept(cache, "own", [whole / "digest", *ours], compile_ours)

    def divide(out: Path) -> None:
        asked = json.loads((own / "imported.json").read_bytes())
        _divide(everything, {name: set(files) for name, files in asked.items()}, _papers(numpy), out)
        with tempfile.TemporaryDirectory() as again:
            # What readers get is tried before they do: a figure that asks for the rest makes this fail.
            first = [out / STDLIB, out / NUMPY, own / OWN]
            pyodide.run(HERE / "surveying.py", Path(again), archives=first)

    divided = _kept(cache, "divided", [whole / "digest", own / "imported.json"], divide)
    return {
        **{name: whole / name for name in (LOADER, SCRIPT, INTERPRETER)},
        **{name: divided / name for name in (STDLIB, NUMPY, *LATER)},
        OWN: own / OWN,
    }


def _kept(cache: Path, step: str, inputs: Iterable[Path], make: Callable[[Path], None]) -> Path:
    """Return the folder of a step's results: kept from a time with the same inputs, else made by `make`."""
    key = hashlib.sha256()
    for path in inputs:
        key.update(f"{path.name}\0".encode())
        key.update(sha256(path).encode())
    folder = cache / f"{step}-{key.hexdigest()[:16]}"
    if not (folder / "digest").exists():
        with tempfile.TemporaryDirectory() as made:
            make(Path(made))
            for path in sorted(Path(made).iterdir()):
                store(folder / path.name, path.read_bytes())
        store(folder / "digest", key.hexdigest().encode())  # last, for it says that the rest is there
    return folder


def _trim(stock: Path, objects: Iterable[bytes], out: Path) -> None:
    """Write Pyodide's interpreter without what neither it nor the shared objects use."""
    script = {SCRIPT: (stock / SCRIPT).read_bytes()}
    text = _patched(script, SCRIPT_PATCHES)[SCRIPT].decode()
    try:
        wasm, text = trimmed((stock / INTERPRETER).read_bytes(), text, objects)
    except TrimmingError as error:
        raise PackError(f"{INTERPRETER} cannot be made smaller: {error}") from None
    (out / INTERPRETER).write_bytes(wasm)
    (out / SCRIPT).write_text(text, encoding="utf-8")
    shutil.copyfile(stock / LOADER, out / LOADER)


def _library(pyodide: Path) -> dict[str, bytes]:
    """Return the modules of the standard library, with ours among them and a few that ask ours."""
    library = _patched(_modules(pyodide / "python_stdlib.zip"), LIBRARY_PATCHES)
    ours = {name: (HERE / name).read_bytes() for name in TRAVELLING}
    return library | ours | {NAMES: b"", PLACES: _places({})}  # nothing is divided yet


def _patched(modules: Mapping[str, bytes], patches: Iterable[Patch]) -> dict[str, bytes]:
    """Return modules with some lines changed."""
    changed = dict(modules)
    for patch in patches:
        if changed.get(patch.file, b"").count(patch.old.encode()) != 1:
            raise PackError(f"{patch.file} has no longer the lines that pack/patches.py changes")
        changed[patch.file] = changed[patch.file].replace(patch.old.encode(), patch.new.encode())
    return changed


def _modules(archive: Path, prefix: str = "") -> dict[str, bytes]:
    """Return the modules of the standard library's archive or of NumPy's wheel that can be of use."""
    with zipfile.ZipFile(archive) as given:
        return {
            prefix + name: given.read(name)
            for name in given.namelist()
            if name.endswith((".py", ".so")) and not any(part in name for part in UNWANTED)
        }


def _papers(wheel: Path) -> dict[str, bytes]:
    """Return a wheel's licences and description.

    They travel last: if they lay there, Pyodide would read them at every start, and load the machinery for that.
    """
    with zipfile.ZipFile(wheel) as given:
        return {
            SITE + name: given.read(name)
            for name in given.namelist()
            if ".dist-info/licenses/" in name or name.endswith(".dist-info/METADATA")
        }


def _divide(
    everything: Iterable[Path], asked: Mapping[str, set[str]], papers: Mapping[str, bytes], out: Path
) -> None:
    """Write the archives again with what the figures import, and all else into later ones.

    Parameters
    ----------
    everything
        The archives.
    asked
        The files that the figures import, as "first", and what `numpy.random` imports beside them, by its archive.
    papers
        What else the last archive holds.
    out
        A folder.
    """
    first: dict[str, dict[str, bytes]] = {}
    later: dict[str, dict[str, bytes]] = {RANDOM: {}, REST: dict(papers)}
    for path in everything:
        first[path.name] = {}
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                there = later[RANDOM if name in asked[RANDOM] else REST]
                (first[path.name] if name in asked["first"] else there)[name] = archive.read(name)
    del later[REST][NAMES], later[REST][PLACES]
    modules = {
        _module(name): archive for archive in LATER for name in later[archive] if name.endswith(MODULES)
    }
    first[STDLIB][NAMES] = "\n".join(f"{name} {modules[name]}" for name in sorted(modules)).encode()
    archives = {name: _archive(files) for name, files in {**first, **later}.items()}
    places = _places({name: archives[name] for name in first})
    for name, data in archives.items():
        (out / name).write_bytes(data)
    with zipfile.ZipFile(out / STDLIB, "a") as archive:  # at its end, where it moves nothing
        archive.writestr(zipfile.ZipInfo(PLACES), places)


def _module(file: str) -> str:
    """Return the name by which a module is imported: "site-packages/a/b/__init__.pyc" is a.b."""
    name = file.removeprefix(SITE).partition(".")[0].replace("/", ".")
    return name.removesuffix(".__init__")


def _places(archives: Mapping[str, bytes]) -> bytes:
    """Return, for each module, its file, and for byte code the archive, where it begins in that, and its length."""
    places = {}
    for archive, data in archives.items():
        with zipfile.ZipFile(BytesIO(data)) as entries:
            for entry in entries.infolist():
                if not entry.filename.endswith(MODULES):
                    continue
                place = (entry.filename, "", 0, 0)
                if entry.filename.endswith(".pyc"):
                    start = entry.header_offset + ZIP_HEADER + len(entry.filename.encode()) + PYC_HEADER
                    place = (entry.filename, archive, start, entry.file_size - PYC_HEADER)
                places[_module(entry.filename)] = place
    return marshal.dumps(places, 2)  # of which there is one form only, unlike later versions


def _archive(files: Mapping[str, bytes]) -> bytes:
    """Return a zip archive that is stored, for the host's compression sees more than one file, and has no dates."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name), files[name])
    return buffer.getvalue()


def _travels(path: Path) -> bool:
    return path.is_file() and "__pycache__" not in path.parts and path.suffix != ".pyc"
