"""Writing: all or nothing, compressed twins that say the same, and a list that is right."""

import gzip
import hashlib
import json
import os

import brotli
import pytest

from l2site import output
from l2site.output import Compressor, write_site

TEXT = b"All weights are equal, but some weights are more equal than others. " * 40


@pytest.fixture
def write(tmp_path):
    """Write a site into tmp_path/dist."""

    def write_files(files):
        with Compressor(tmp_path / "cache") as compressor:
            write_site(files, tmp_path / "dist", compressor)
        return tmp_path / "dist"

    return write_files


def test_a_new_site_replaces_the_old_one_whole(write):
    """Nothing of the old site is left, and nothing lies about beside it."""
    write({"index.html": TEXT, "old.html": TEXT})
    dist = write({"index.html": b"new"})
    assert (dist / "index.html").read_bytes() == b"new"
    assert not (dist / "old.html").exists()
    assert sorted(path.name for path in dist.parent.iterdir()) == ["cache", "dist"]


def test_the_old_site_stays_when_the_new_one_fails(write, monkeypatch):
    """A failure anywhere before the end changes no byte."""
    dist = write({"index.html": TEXT})
    before = {path: path.read_bytes() for path in dist.rglob("*")}

    def fail(*_):
        raise OSError("disk full")

    for step in ("_write", "_compress_all", "_swap"):
        with monkeypatch.context() as patch:
            patch.setattr(output, step, fail)
            with pytest.raises(OSError, match="disk full"):
                write({"index.html": b"new"})
        assert {path: path.read_bytes() for path in dist.rglob("*")} == before
        assert sorted(path.name for path in dist.parent.iterdir()) == ["cache", "dist"]


def test_a_folder_that_is_no_site_is_left_alone(write, tmp_path):
    """`--out` on somebody's documents deletes nothing."""
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist/thesis.tex").write_text("irreplaceable")
    with pytest.raises(FileExistsError, match="something else"):
        write({"index.html": TEXT})
    assert (tmp_path / "dist/thesis.tex").exists()


def test_twins_hold_the_same_bytes(write):
    """.br and .gz decode to the file."""
    dist = write({"index.html": TEXT})
    assert brotli.decompress((dist / "index.html.br").read_bytes()) == TEXT
    assert gzip.decompress((dist / "index.html.gz").read_bytes()) == TEXT


def test_a_change_does_not_wait_for_a_long_page(write, monkeypatch):
    """A page as long as an article is compressed a degree less, everything else as much as can be."""
    monkeypatch.setattr(output, "LONG", len(TEXT))
    text = " ".join(f"{n * n % 977} weights {'decay' if n % 3 else 'grow'}" for n in range(2000)).encode()
    page, script = b"<!doctype html>" + text, b"// no page\n" + text
    dist = write({"index.html": page, "main.js": script, "short.html": page[: len(TEXT)]})
    for name, data, quality in (("index.html", page, 10), ("main.js", script, 11)):
        twin = (dist / f"{name}.br").read_bytes()
        assert twin == brotli.compress(data, quality=quality, lgwin=output.window_of(len(data)))
        assert brotli.decompress(twin) == data
    short = page[: len(TEXT)]
    assert (dist / "short.html.br").read_bytes() == brotli.compress(short, quality=11)


def test_a_twin_that_saves_nothing_is_left_out(write):
    """What does not shrink has no twin, now and from the cache."""
    noise = b"".join(hashlib.sha256(bytes([n])).digest() for n in range(200))
    for _ in range(2):
        dist = write({"noise.json": noise, "font.woff2": TEXT})
        assert sorted(path.name for path in dist.iterdir() if not path.name.startswith("manifest")) == [
            "font.woff2",
            "noise.json",
        ]


def test_the_manifest_lists_every_file(write):
    """Every file but the twins and the list itself, with its size and hash, sorted."""
    dist = write({"b/x.css": TEXT, "a.html": b"hello"})
    listed = json.loads((dist / "manifest.json").read_text())["files"]
    assert list(listed) == ["a.html", "b/x.css"]
    assert listed["b/x.css"] == {"size": len(TEXT), "sha256": hashlib.sha256(TEXT).hexdigest()}


def test_files_can_be_served_by_anybody(write):
    """A web server under another account can read folders and files, however secretive the one who builds is."""
    before = os.umask(0o077)
    try:
        dist = write({"index.html": TEXT, "a/b.html": TEXT})
    finally:
        os.umask(before)
    for path in (dist, *dist.rglob("*")):
        assert path.stat().st_mode & 0o777 == (0o755 if path.is_dir() else 0o644), path.name
