"""The folder with Python for the browser: only the agreed bytes, listed completely."""

import hashlib
import io
import json
import shutil
import zipfile

import pytest

from l2site.assets import read
from l2site.runtime import NUMPY_SHA256, RuntimeFilesError, prepare_runtime
from tests.build.project import ROOT, copy_project

WHEEL = "numpy-2.4.3-cp314-cp314-pyemscripten_2026_0_wasm32.whl"


@pytest.fixture(scope="module")
def runtime(tmp_path_factory):
    """Return the runtime of the checkout."""
    return prepare_runtime(ROOT, tmp_path_factory.mktemp("cache"))


def test_every_file_is_listed_with_its_size_and_hash(runtime):
    """What the worker checks against is what is served."""
    assert {runtime.folder + name for name in runtime.entries} == set(runtime.files)
    for name, entry in runtime.entries.items():
        data = read(runtime.files[runtime.folder + name])
        assert entry == {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def test_the_lock_names_the_two_packages_and_their_hashes(runtime):
    """Pyodide can load NumPy and l2widgets, and nothing else."""
    lock = json.loads(read(runtime.files[f"{runtime.folder}pyodide-lock.json"]))
    assert sorted(lock["packages"]) == ["l2widgets", "numpy"]
    assert lock["packages"]["numpy"]["sha256"] == NUMPY_SHA256
    assert lock["packages"]["l2widgets"]["depends"] == ["numpy"]
    for package in lock["packages"].values():
        assert package["sha256"] == runtime.entries[package["file_name"]]["sha256"]


def test_our_wheel_holds_the_package_and_its_data(runtime):
    """Everything in src/l2widgets travels, and no byte code of the machine at hand."""
    name = next(name for name in runtime.files if "l2widgets" in name)
    with zipfile.ZipFile(io.BytesIO(read(runtime.files[name]))) as wheel:
        inside = {entry for entry in wheel.namelist() if entry.startswith("l2widgets/")}
    package = ROOT / "src/l2widgets"
    there = {
        f"l2widgets/{path.relative_to(package).as_posix()}"
        for path in package.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert inside == there


def test_our_wheel_is_the_same_from_any_folder(runtime, tmp_path):
    """The folder's name, the digest of all of it, does not depend on where the project is or when it is built."""
    copy = copy_project(tmp_path / "elsewhere")
    for path in (copy / "src").rglob("*.py"):
        path.touch()
        path.chmod(0o600)
    assert prepare_runtime(copy, tmp_path / "cache").folder == runtime.folder


def test_an_unchanged_wheel_is_not_built_again(tmp_path):
    """The cache is used, and holds the same bytes."""
    first = prepare_runtime(ROOT, tmp_path)
    kept = next(tmp_path.rglob("*.whl"))
    written = kept.stat().st_mtime_ns
    assert prepare_runtime(ROOT, tmp_path).folder == first.folder
    assert kept.stat().st_mtime_ns == written


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
