"""The folder with Python for the browser: only the agreed bytes, listed completely, with all that figures import."""

import ast
import hashlib
import json
import shutil
import zipfile
from itertools import combinations

import pytest

from l2site.assets import read
from l2site.pack import PackError, Pyodide
from l2site.runtime import NUMPY_SHA256, RuntimeFilesError, prepare_runtime
from tests.build.project import CACHE, ROOT, copy_project

WHEEL = "numpy-2.4.3-cp314-cp314-pyemscripten_2026_0_wasm32.whl"
FIRST = ("stdlib.zip", "numpy.zip", "l2widgets.zip")
LATER = ("random.zip", "rest.zip")


@pytest.fixture(scope="module")
def runtime():
    """Return the runtime of the checkout."""
    return prepare_runtime(ROOT, ROOT / CACHE)


@pytest.fixture(scope="module")
def names(runtime):
    """Return the names in each archive."""
    return {name: set(_archive(runtime, name).namelist()) for name in (*FIRST, *LATER)}


def _archive(runtime, name):
    return zipfile.ZipFile(runtime.paths[name])


def test_every_file_is_listed_with_its_size_and_hash(runtime):
    """What the worker checks against is what is served."""
    assert {runtime.address(name) for name in runtime.entries} == set(runtime.files)
    for name, entry in runtime.entries.items():
        data = read(runtime.files[runtime.address(name)])
        assert entry == {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def test_the_rest_is_not_fetched_with_the_others(runtime):
    """A page's manifest tells the files for the start from the archive that may be wanted later."""
    manifest = runtime.manifest("../")
    assert set(manifest["files"]) == {"pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", *FIRST}
    assert manifest["later"] == {name: runtime.entries[name] for name in LATER}
    assert manifest["lock"]["packages"] == {}


def test_archives_are_stored_and_have_no_dates(runtime):
    """The host's compression sees through them, and the same files make the same archive."""
    for name in (*FIRST, *LATER):
        entries = _archive(runtime, name).infolist()
        assert {entry.compress_type for entry in entries} == {zipfile.ZIP_STORED}
        assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}


def test_each_module_is_in_one_archive(names):
    """The later archives hold what the first ones lack, and all of it: nothing of the standard library is lost."""
    for one, other in combinations(names, 2):
        assert not names[one] & names[other]
    with zipfile.ZipFile(ROOT / "site/node_modules/pyodide/python_stdlib.zip") as stdlib:
        there = {f"{name}c" for name in stdlib.namelist() if name.endswith(".py")}
    missing = there.difference(*names.values())
    assert {name.split("/")[0] for name in missing} <= {"__phello__"}


def test_only_what_figures_import_comes_first(names):
    """Whole subjects that no figure needs, and shared objects that nobody loads, wait in the rest."""
    assert "json/__init__.pyc" in names["stdlib.zip"]
    assert {"unittest/__init__.pyc", "email/message.pyc", "sqlite3/__init__.pyc"} <= names["rest.zip"]
    fft = "site-packages/numpy/fft/_pocketfft_umath.cpython-314-wasm32-emscripten.so"
    assert fft in names["rest.zip"]
    generator = "site-packages/numpy/random/_generator.cpython-314-wasm32-emscripten.so"
    assert {"secrets.pyc", generator} <= names["random.zip"]
    everything = set().union(*names.values())
    assert not any("f2py" in name or name.endswith((".pyi", ".h")) for name in everything)


def test_our_archive_holds_the_package_and_its_data(names):
    """Everything in src/l2widgets travels, its modules as byte code."""
    package = ROOT / "src/l2widgets"
    files = {
        path.relative_to(package.parent).as_posix()
        for path in package.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    inside = {name.removeprefix("site-packages/") for name in names["l2widgets.zip"]}
    assert inside == {f"{name}c" if name.endswith(".py") else name for name in files} | {"kept.bin"}


def test_licences_travel(names):
    """NumPy may be passed on with its licences only."""
    assert any(name.endswith("dist-info/licenses/LICENSE.txt") for name in names["rest.zip"])


def test_two_builds_have_the_same_bytes(runtime, tmp_path):
    """The addresses depend neither on where the project is, nor on when it is built, nor on what was kept."""
    copy = copy_project(tmp_path / "elsewhere")
    for path in (copy / "src").rglob("*.py"):
        path.touch()
        path.chmod(0o600)
    again = prepare_runtime(copy, tmp_path / "cache")
    assert again.entries == runtime.entries
    assert again.release == runtime.release


def test_nothing_is_made_again_without_need(runtime, monkeypatch):
    """A build whose inputs are those of the last does not start Node."""
    monkeypatch.setattr(Pyodide, "run", None)
    assert prepare_runtime(ROOT, ROOT / CACHE).release == runtime.release


@pytest.fixture
def warm(runtime, changeable, tmp_path):
    """Return a cache of the test's own, in which the standard library and NumPy are compiled."""
    cache = tmp_path / "cache"
    (cache / "pack").mkdir(parents=True)
    for step in ("whole", "divided"):
        for kept in (ROOT / CACHE / "pack").glob(f"{step}-*"):
            (cache / "pack" / kept.name).symlink_to(kept)
    return cache


def test_a_change_of_ours_compiles_only_ours(runtime, changeable, warm, monkeypatch):
    """NumPy and the standard library are not compiled again for a changed figure, and stay where readers have them."""
    programs = []
    run = Pyodide.run
    monkeypatch.setattr(
        Pyodide,
        "run",
        lambda self, program, out, **how: (programs.append(program.name), run(self, program, out, **how)),
    )
    module = changeable / "src/l2widgets/decay.py"
    module.write_text(f"{module.read_text()}\nCHANGED = True\n")
    changed = prepare_runtime(changeable, warm)
    assert programs == ["compiling.py", "surveying.py"]
    new = {name for name in changed.paths if changed.address(name) not in runtime.files}
    assert new == {"l2widgets.zip"}, "readers fetch again what has not changed"
    assert changed.release != runtime.release


def test_what_a_figure_imports_comes_first(changeable, warm):
    """A figure that imports another module has it at the start, without anybody listing it."""
    module = changeable / "src/l2widgets/decay.py"
    module.write_text(f"{module.read_text()}\nimport fractions\n")
    runtime = prepare_runtime(changeable, warm)
    assert "fractions.pyc" in _archive(runtime, "stdlib.zip").namelist()


def test_a_figure_that_fails_in_the_browser_stops_the_build(changeable, warm):
    """What cannot be drawn by Pyodide is not published, and the message has Python's own words."""
    module = changeable / "src/l2widgets/decay.py"
    module.write_text(f"{module.read_text()}\nimport tkinter\n")
    with pytest.raises(RuntimeFilesError, match="No module named 'tkinter'"):
        prepare_runtime(changeable, warm)


@pytest.fixture
def run_in_pyodide(runtime, tmp_path):
    """Return a function that runs Python code as the reader's worker would, with or without the rest."""

    def run(code, *, rest):
        program = tmp_path / "program.py"
        program.write_text(code)
        for name, path in runtime.paths.items():
            (tmp_path / name).write_bytes(path.read_bytes())
        out = tmp_path / "out"
        out.mkdir()
        later = [tmp_path / name for name in LATER] if rest else []
        Pyodide(ROOT, tmp_path).run(program, out, archives=[tmp_path / name for name in FIRST], later=later)
        return {path.name: path.read_text() for path in out.iterdir()}

    return run


def test_code_can_import_what_no_figure_needs(run_in_pyodide):
    """The rest arrives when code first asks for it: of the standard library, and of NumPy with its shared objects."""
    answers = run_in_pyodide(
        """
import fractions, numpy.fft, numpy.testing, unittest
from pathlib import Path
numpy.testing.assert_allclose(numpy.fft.fft([1, 0]).real, [1, 1])
Path("/job/out/half").write_text(str(fractions.Fraction(2, 4)))
try:
    import no_such_module
except ModuleNotFoundError as error:
    Path("/job/out/missing").write_text(str(error))
""",
        rest=True,
    )
    assert answers["half"] == "1/2"
    assert answers["missing"].startswith("No module named 'no_such_module'")


def test_a_figure_cannot_ask_for_the_rest_unnoticed(run_in_pyodide):
    """What the build runs on the first archives fails when they are not enough."""
    with pytest.raises(PackError, match="fractions is imported, which is not in the first archives"):
        run_in_pyodide("import fractions", rest=False)


def test_tracebacks_have_our_lines(run_in_pyodide):
    """An exception in a figure shows where it was raised."""
    answers = run_in_pyodide(
        """
import traceback
from pathlib import Path
import l2widgets
try:
    l2widgets.load("nothing")
except l2widgets.ParamError:
    Path("/job/out/trace").write_text(traceback.format_exc())
""",
        rest=False,
    )
    source = (ROOT / "src/l2widgets/__init__.py").read_text().splitlines()
    (raised,) = [line for line, text in enumerate(source, 1) if "there is no widget" in text]
    assert f'l2widgets/__init__.py", line {raised}, in load' in answers["trace"]


def test_the_table_finds_what_the_path_finder_finds(run_in_pyodide):
    """Every module of the first archives, the same file, the same code; and no module of theirs is missing."""
    answers = run_in_pyodide(
        """
import json
from importlib.machinery import ExtensionFileLoader, PathFinder, SourcelessFileLoader
from pathlib import Path
from sitecustomize import LIBRARY, first

def described(spec):
    kind = [kind.__name__ for kind in (ExtensionFileLoader, SourcelessFileLoader) if isinstance(spec.loader, kind)]
    paths = [spec.origin, spec.cached, spec.loader.path, list(spec.submodule_search_locations or ())]
    return [spec.name, *paths, spec.has_location, spec.parent, kind]

def path(name):
    parent = name.rpartition(".")[0]
    return first.find_spec(parent).submodule_search_locations if parent else None

places = [name for name in first._places]
different = []
for name in places:
    one, other = first.find_spec(name), PathFinder.find_spec(name, path(name))
    same = described(one) == described(other)
    if not one.origin.endswith(".so"):
        same = same and one.loader.get_code(name) == other.loader.get_code(name)
    if not same:
        different.append(name)
there = set()
for file in Path(LIBRARY).rglob("*"):
    if file.suffix in (".pyc", ".so") and "l2widgets" not in file.parts:
        parts = file.relative_to(LIBRARY).with_name(file.name.partition(".")[0]).parts
        there.add(".".join(parts).removeprefix("site-packages.").removesuffix(".__init__"))
missing = sorted(there ^ set(places))
Path("/job/out/found").write_text(json.dumps([len(places), different, missing]))
""",
        rest=False,
    )
    count, different, missing = json.loads(answers["found"])
    assert (different, missing) == ([], [])
    assert count > 100


def test_numpy_has_its_descriptions_after_the_first_pause(run_in_pyodide):
    """All that `_add_newdocs` gives to functions and types written in C, of which NumPy's start does nothing."""
    with zipfile.ZipFile(ROOT / "site/vendor" / WHEEL) as wheel:
        source = wheel.read("numpy/_core/_add_newdocs.py").decode()
    described = [
        [call.args[0].value, call.args[1].value]
        for call in ast.walk(ast.parse(source))
        if isinstance(call, ast.Call)
        and getattr(call.func, "id", "") == "add_newdoc"
        and isinstance(call.args[2], ast.Constant)
    ]
    answers = run_in_pyodide(
        f"""
import inspect, json
from importlib import import_module
from pathlib import Path
import l2_idle, numpy

before = numpy.array.__doc__
l2_idle.settle()
without = [name for place, name in {described} if not getattr(import_module(place), name).__doc__]
signature = [*inspect.signature(numpy.array).parameters]
Path("/job/out/found").write_text(json.dumps([before, without, signature]))
""",
        rest=False,
    )
    before, without, signature = json.loads(answers["found"])
    assert len(described) >= 50
    assert (before, without) == (None, [])
    assert signature[:2] == ["object", "dtype"]


def test_masked_arrays_wait_in_the_rest(names, run_in_pyodide):
    """`numpy.unique` does not need them for ordinary arrays, and treats those that are masked as ever."""
    assert "site-packages/numpy/ma/core.pyc" in names["rest.zip"]
    answers = run_in_pyodide(
        """
import sys
from pathlib import Path
import numpy as np
plain = np.unique([2, 1, 2]).tolist()
before = "numpy.ma" in sys.modules
masked = np.unique(np.ma.array([2, 1, 1, 3], mask=[0, 0, 0, 1])).tolist()
Path("/job/out/found").write_text(f"{plain} {before} {masked}")
""",
        rest=True,
    )
    assert answers["found"] == "[1, 2] False [1, 2, None]"


def test_what_starts_later_is_as_ever(run_in_pyodide):
    """Modules that are executed when they are first used are those of an ordinary Python, with Pyodide's event loop."""
    answers = run_in_pyodide(
        """
import json, sys
from pathlib import Path
from types import ModuleType
import sitecustomize

def begun(name):
    return type(sys.modules[name]) is ModuleType

before = [name for name in sitecustomize.LATER if name in sys.modules and begun(name)]
import asyncio, inspect, pickle, traceback
import pickle as again
loop = type(asyncio.get_event_loop()).__name__
async def coroutine(): ...
found = [inspect.iscoroutinefunction(coroutine), inspect.iscoroutinefunction(begun)]
found += [again.loads(pickle.dumps({1: 2})) == {1: 2}, traceback.__spec__.name, begun("pickle")]
found += ["shutil" in sitecustomize.LATER]
import shutil
shutil.copyfile  # the reader's code wants one
found += [shutil.__file__, begun("shutil"), "shutil" in sitecustomize.LATER]
Path("/job/out/found").write_text(json.dumps([before, loop, found]))
""",
        rest=True,
    )
    before, loop, found = json.loads(answers["found"])
    assert set(before) <= {"pyodide.code"}  # by which the test itself is run
    assert loop == "WebLoop"
    assert found[:6] == [True, False, True, "traceback", True, True]
    assert found[6:] == ["/lib/python3.14/shutil.pyc", True, False]


def test_a_module_that_did_not_arrive_can_be_asked_for_again(run_in_pyodide):
    """What is executed later fails where it is used if its archive is not there, and remains to be had."""
    with pytest.raises(PackError, match="zipfile is imported, which is not in the first archives"):
        run_in_pyodide(
            """
import sys, zipfile
for _ in range(2):
    try:
        zipfile.ZipFile
    except BaseException as error:
        last = error
assert type(zipfile).__name__ == "Later"
raise last
""",
            rest=False,
        )


def test_other_bytes_for_numpy_are_refused(changeable, tmp_path):
    """One changed byte is enough."""
    wheel = changeable / "site/vendor" / WHEEL
    data = bytearray(wheel.read_bytes())
    data[1000] ^= 1
    wheel.write_bytes(data)
    with pytest.raises(RuntimeFilesError, match="it is not used"):
        prepare_runtime(changeable, tmp_path)


def test_a_lock_that_names_other_bytes_is_refused(changeable, tmp_path):
    """A newer Pyodide with another NumPy needs a decision, and the message says which."""
    modules = changeable / "site/node_modules"
    modules.unlink()
    (modules / "pyodide").mkdir(parents=True)
    for path in (ROOT / "site/node_modules/pyodide").iterdir():
        if path.name != "pyodide-lock.json":
            (modules / "pyodide" / path.name).symlink_to(path)
    lock = (ROOT / "site/node_modules/pyodide/pyodide-lock.json").read_text()
    (modules / "pyodide/pyodide-lock.json").write_text(lock.replace(NUMPY_SHA256, "0" * 64))
    with pytest.raises(RuntimeFilesError, match="put that wheel into site/vendor"):
        prepare_runtime(changeable, tmp_path)


def test_a_missing_wheel_is_said(changeable, tmp_path):
    """The message names the file and where it is explained."""
    shutil.rmtree(changeable / "site/vendor")
    with pytest.raises(RuntimeFilesError, match="is not there"):
        prepare_runtime(changeable, tmp_path)
