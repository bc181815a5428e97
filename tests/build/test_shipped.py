"""Nothing ships whose maker, version and licence the site does not name."""

import hashlib
import json
import re
import tomllib
import zipfile
from email.parser import BytesParser
from fnmatch import fnmatch

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from markupsafe import escape

from l2site import bundler, fonts, shipped
from l2site.pack import STOCK, Pyodide
from l2site.runtime import numpy_wheel
from l2site.shipped import ShippedError
from tests.build.project import ROOT, tree

THEIRS = ("assets/vendor/", "assets/fonts/", "runtime/")
"""Where all that is in the site is the work of others; only l2widgets, with its data, is among it."""


@pytest.fixture(scope="module")
def components():
    """Return what ships."""
    return shipped.shipped(ROOT)


def npm(component):
    """Return how npm calls a component; None when it is not npm's."""
    found = re.fullmatch(r"pkg:npm/(.+)@[^@]+", component.purl)
    return found and found[1].replace("%40", "@")


def unaccounted(files, components):
    """Return the files that are nobody's, and the patterns that are no file's."""
    patterns = {pattern for component in components for pattern in component.files}
    return (
        [name for name in files if name.startswith(THEIRS) and not any(fnmatch(name, p) for p in patterns)],
        [pattern for pattern in patterns if not any(fnmatch(name, pattern) for name in files)],
    )


def test_every_file_of_others_is_accounted_for(dist, components):
    """Each is of a component, and no component is named that ships nothing."""
    files = tree(dist, twins=False)
    assert unaccounted(files, components) == ([], [])
    assert unaccounted([*files, "assets/vendor/three.0123.js"], components) == (
        ["assets/vendor/three.0123.js"],
        [],
    )


def test_the_editor_is_made_of_the_packages_that_are_named(components, tmp_path):
    """What esbuild really put into the file, by its own account."""
    meta = tmp_path / "meta.json"
    bundler.bundle(
        ROOT, ROOT / "site", ["editor/editor.js"], [f"--metafile={meta}", f"--outfile={tmp_path / 'x.js'}"]
    )
    [output] = json.loads(meta.read_text())["outputs"].values()
    used = [name for name, part in output["inputs"].items() if part["bytesInOutput"]]
    packages = {
        found[1] for name in used if (found := re.search(r".*node_modules/((?:@[^/]+/)?[^/]+)/", name))
    }
    assert packages == {npm(c) for c in components if "CodeMirror" in (c.name, c.within)}


def test_every_font_is_of_a_named_package(components):
    """The fonts are cut from files of these packages alone."""
    packages = {npm(component) for component in components}
    assert {"/".join(face.file.split("/")[:2]) for face in fonts.FACES} < packages


def test_numpy_brings_all_its_licences(components):
    """Those that its own description names."""
    [numpy] = [component for component in components if component.name == "NumPy"]
    with zipfile.ZipFile(numpy_wheel(ROOT)) as wheel:
        [about] = [name for name in wheel.namelist() if name.endswith(".dist-info/METADATA")]
        files = BytesParser().parsebytes(wheel.read(about)).get_all("License-File")
        texts = {wheel.read(about.replace("METADATA", f"licenses/{name}")).decode() for name in files}
    assert len(files) > 10
    assert set(numpy.texts) == texts


def test_what_pyodide_has_within_it_is_of_the_versions_that_are_named(components, tmp_path):
    """Those parts that can say their version say it."""
    program = tmp_path / "versions.py"
    program.write_text("""
import json, pyexpat, sys, zlib, _decimal, _sqlite3, _zstd
from pathlib import Path
versions = {
    "CPython with its standard library": sys.version.split()[0],
    "Emscripten's libraries": ".".join(map(str, sys._emscripten_info.emscripten_version)),
    "Expat": pyexpat.EXPAT_VERSION.removeprefix("expat_"),
    "SQLite": _sqlite3.sqlite_version,
    "Zstandard": _zstd.zstd_version,
    "libmpdec": _decimal.__libmpdec_version__,
    "zlib": zlib.ZLIB_RUNTIME_VERSION,
}
Path("/job/out/versions.json").write_text(json.dumps(versions))
""")
    Pyodide(ROOT, ROOT / STOCK).run(program, tmp_path)
    said = {c.name: c.version for c in components if c.within == "Pyodide" and c.version}
    assert json.loads((tmp_path / "versions.json").read_text()) == said


def test_every_licence_can_be_read_on_the_site(dist, components):
    """Word for word, on one page, which each page's foot leads to."""
    page = (dist / "licences/index.html").read_text(encoding="utf-8")
    for component in components:
        assert str(escape(f"{component.name} {component.version}".strip() + f": {component.licence}")) in page
        for text in component.texts:
            assert len(text) > 300
            assert str(escape(text)) in page, component.name
    for file in dist.rglob("index.html"):
        if not file.is_relative_to(dist / "embed") and file.parent.name != "licences":
            assert re.search(r'href="(\.\./)*licences/"', file.read_text(encoding="utf-8")), file


def test_what_has_no_licence_is_not_published(changeable):
    """A part whose licence is empty stops the build, and the message says where to name it."""
    (changeable / "site/vendor/licences/zlib.txt").write_text("\n")
    with pytest.raises(ShippedError, match=r"zlib ships without its licence; site/vendor/shipped\.toml"):
        shipped.shipped(changeable)


def complaints(bill):
    """Return what the schema of CycloneDX 1.6 has against a bill."""
    return [
        str(error)
        for error in JsonStrictValidator(SchemaVersion.V1_6).validate_str(bill, all_errors=True) or ()
    ]


def test_the_bill_is_what_scanners_read(dist, components):
    """It follows the schema strictly, lists each component once, and has nothing of the hour it was made in."""
    text = (dist / "sbom.json").read_text(encoding="utf-8")
    assert complaints(text) == []
    assert complaints(text.replace('"type": "library"', '"type": "book"'))
    bill = json.loads(text)
    listed = [each for top in bill["components"] for each in (top, *top.get("components", ()))]
    assert [entry["name"] for entry in listed] == [component.name for component in components]
    assert "timestamp" not in text
    assert all(
        entry["hashes"]
        for entry in listed
        if entry.get("purl", "").startswith("pkg:npm/") and "version" in entry
    )


def test_the_repository_names_them_too(components):
    """THIRD-PARTY.md has the table that the build would write: put it there after a change."""
    assert shipped.table(components) in (ROOT / "THIRD-PARTY.md").read_text(encoding="utf-8")


def changed(folder):
    """Return the files of site/vendor that are not, byte for byte, those of its list; ours are not on it."""
    listed = dict(line.split("  ")[::-1] for line in (folder / "SHA256SUMS").read_text().splitlines())
    ours = {"README.md", "SHA256SUMS", "shipped.toml"}
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return sorted(
        name
        for name in (found.keys() | listed) - ours
        if name not in found or hashlib.sha256(found[name].read_bytes()).hexdigest() != listed.get(name)
    )


def test_vendored_files_are_those_that_were_looked_at(changeable):
    """One changed, missing or additional byte of what others wrote is noticed."""
    folder = changeable / "site/vendor"
    assert changed(folder) == []
    wheel = next(folder.glob("*.whl"))
    wheel.write_bytes(wheel.read_bytes()[:-1] + b"!")
    (folder / "licences/zlib.txt").unlink()
    (folder / "licences/more.txt").touch()
    assert changed(folder) == ["licences/more.txt", "licences/zlib.txt", wheel.name]


def test_every_licence_in_the_folder_is_used():
    """No text is left of what no longer ships."""
    declared = tomllib.loads((ROOT / shipped.DECLARED).read_text(encoding="utf-8"))
    used = {entry["text"] for kind in ("package", "part") for entry in declared[kind] if "text" in entry}
    assert {path.name for path in (ROOT / shipped.LICENCES).iterdir()} == used
