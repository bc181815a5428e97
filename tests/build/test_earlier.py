"""Hosts that take a whole folder: each release brings along what pages of the last three still ask for."""

import json
import shutil

import pytest

from l2site import earlier
from l2site.commands import main
from l2site.output import write_site
from l2site.release import ReleaseError
from l2site.server import Server
from tests.build.project import tree


def build(place, version):
    """Write a small site of which two files are this version's and one is shared by all."""
    text = f"the {version} version".encode()
    files = {
        "index.html": text,
        f"assets/js/main.{version}.js": text,
        f"runtime/{version}/python.zip": text,
        "figures/shared.json": b"[1, 2, 3]",
    }
    write_site(files, place / version, None)
    return place / version


class Host:
    """Serves the folder that it was handed last, and forgets the others."""

    def __init__(self, place):
        self.folder = place / "host"
        self.folder.mkdir()
        self._server = Server(self.folder)

    def __enter__(self):
        """Begin."""
        self._server.__enter__()
        self.url = self._server.url
        return self

    def __exit__(self, *error):
        """End."""
        self._server.__exit__(*error)

    def take(self, dist):
        """Show a folder in place of all before."""
        shutil.rmtree(self.folder)
        shutil.copytree(dist, self.folder)


@pytest.fixture
def host(tmp_path):
    """Return a host to which nothing was published yet."""
    with Host(tmp_path) as running:
        yield running


def publish(host, tmp_path, version):
    """Build a version, keep what is served, and hand the folder to the host."""
    dist = build(tmp_path, version)
    taken = earlier.keep(dist, host.url)
    host.take(dist)
    return taken


def test_a_first_release_has_nothing_to_keep(host, tmp_path):
    """Where nothing is served, the build stays what it is, but for an empty list."""
    assert not publish(host, tmp_path, "one").releases
    assert json.loads((host.folder / earlier.LIST).read_bytes()) == {"releases": []}


def test_three_releases_keep_their_files(host, tmp_path):
    """A page of each of the last three finds what it asks for, byte for byte; of older ones nothing stays."""
    for version in ("one", "two", "three", "four", "five"):
        taken = publish(host, tmp_path, version)
        assert not taken.lost
    for version in ("two", "three", "four", "five"):
        for name in (f"assets/js/main.{version}.js", f"runtime/{version}/python.zip"):
            assert (host.folder / name).read_bytes() == f"the {version} version".encode()
    assert not [name for name in tree(host.folder) if "one" in name]
    assert (host.folder / "index.html").read_bytes() == b"the five version"


def test_the_same_release_twice_is_one(host, tmp_path):
    """Three tries do not push the real past out."""
    publish(host, tmp_path, "one")
    publish(host, tmp_path, "two")
    for _ in range(4):
        shutil.rmtree(tmp_path / "two")
        again = publish(host, tmp_path, "two")
    assert [len(release.files) for release in again.releases] == [3]
    assert (host.folder / "assets/js/main.one.js").is_file()


def test_what_was_damaged_or_lost_is_not_kept(host, tmp_path, capsys):
    """It is said, and the release goes out; the next one does not speak of it again."""
    publish(host, tmp_path, "one")
    (host.folder / "assets/js/main.one.js").write_bytes(b"the 0ne version")
    (host.folder / "runtime/one/python.zip").unlink()
    dist = build(tmp_path, "two")
    assert main(["keep", "--out", str(dist), host.url]) == 0
    said = capsys.readouterr().err
    assert "assets/js/main.one.js is lost" in said
    assert "runtime/one/python.zip is lost" in said
    assert not [name for name in tree(dist) if "one" in name]
    host.take(dist)
    assert not publish(host, tmp_path, "three").lost


@pytest.mark.parametrize(
    "name", ["assets/../../outside.js", "/etc/passwd", "index.html", "assets/..\\..\\outside.js"]
)
def test_a_list_cannot_write_elsewhere(host, tmp_path, name):
    """What is served is believed for named files, in their folders."""
    publish(host, tmp_path, "one")
    entry = {"size": 3, "sha256": "0" * 64}
    listed = {"releases": [{"name": "0123456789ab", "files": {name: entry, "assets/a.js": entry}}]}
    (host.folder / earlier.LIST).write_text(json.dumps(listed))
    taken = earlier.keep(build(tmp_path, "two"), host.url)
    assert set(taken.lost) == {"assets/a.js"}


@pytest.mark.parametrize("name", [earlier.LIST, "manifest.json"])
@pytest.mark.parametrize("text", ["<!doctype html>", "[]", '{"releases": [1]}'])
def test_something_else_than_a_site_breaks_it_off(host, tmp_path, name, text):
    """An address that is not the site's is said before anything has changed."""
    publish(host, tmp_path, "one")
    (host.folder / name).write_text(text)
    dist = build(tmp_path, "two")
    before = tree(dist)
    with pytest.raises(ReleaseError, match=f"{name} is not what a release has written"):
        earlier.keep(dist, host.url)
    assert tree(dist) == before


def test_a_host_that_does_not_answer_breaks_it_off(tmp_path, capsys):
    """It may have files to keep, so the release waits."""
    dist = build(tmp_path, "one")
    assert main(["keep", "--out", str(dist), "http://127.0.0.1:1/"]) == 1
    assert "try again in a while" in capsys.readouterr().err
    assert not (dist / earlier.LIST).exists()
