"""Putting a build in place of the site that is served: in what order, what stays, and how it is taken back."""

import json
from pathlib import Path

import pytest

from l2site import release
from l2site.output import Compressor, write_site
from l2site.release import ReleaseError, publish, releases, roll_back
from tests.build.project import run_build, tree


def build(place: Path, version: str, more: dict[str, bytes] | None = None) -> Path:
    """Write a small site whose pages and named files are this version's, but for one file that all share."""
    text = f"the {version} version. ".encode() * 20
    files = {
        "index.html": text,
        "sw.js": b"// " + text,
        "tuning/index.html": text,
        f"assets/js/main.{version}.js": text,
        f"runtime/{version}/python.zip": text,
        "figures/shared.json": b"[1, 2, 3] " * 20,
        **(more or {}),
    }
    with Compressor(place / "cache") as compressor:
        write_site(files, place / f"dist-{version}", compressor)
    return place / f"dist-{version}"


@pytest.fixture
def served(tmp_path):
    """The folder that a host would serve."""
    return tmp_path / "served"


def test_a_first_release_is_the_build(tmp_path, served):
    """Twins and manifest too."""
    dist = build(tmp_path, "one")
    publish(dist, served)
    assert tree(served) == tree(dist)


def test_named_files_come_first_and_the_service_worker_last(tmp_path, served, monkeypatch):
    """Whatever a reader loads meanwhile, it fits: a page is there only when all that it names is."""
    publish(build(tmp_path, "one"), served)
    order = []
    real = release._replace
    monkeypatch.setattr(
        release, "_replace", lambda source, target: (order.append(target.name), real(source, target))
    )
    publish(build(tmp_path, "two"), served)
    place = {name: order.index(name) for name in order}
    named = ("main.two.js", "main.two.js.br", "python.zip", "python.zip.gz", "shared.json")
    assert max(place[name] for name in named) < min(place["index.html"], place["index.html.br"])
    assert order[-3:] == ["sw.js", "sw.js.br", "sw.js.gz"]


def test_a_release_that_breaks_off_leaves_the_one_before(tmp_path, served, monkeypatch):
    """Until its named files are all there no page changes, and the next try brings it to its end."""
    first, second = build(tmp_path, "one"), build(tmp_path, "two")
    publish(first, served)
    real = release._replace

    def full(source, target):
        if target.name == "python.zip":
            raise OSError("no space left on device")
        real(source, target)

    monkeypatch.setattr(release, "_replace", full)
    with pytest.raises(OSError, match="no space"):
        publish(second, served)
    assert tree(first).items() <= tree(served).items()
    monkeypatch.undo()
    publish(second, served)
    assert tree(second).items() <= tree(served).items()


def test_what_has_not_changed_is_not_touched(tmp_path, served):
    """So that a browser that asks hears that its copy is still good."""
    publish(build(tmp_path, "one"), served)
    before = (served / "figures/shared.json").stat().st_mtime_ns, (served / "index.html").stat().st_mtime_ns
    publish(build(tmp_path, "two"), served)
    assert (served / "figures/shared.json").stat().st_mtime_ns == before[0]
    assert (served / "index.html").stat().st_mtime_ns != before[1]


def test_three_releases_before_the_newest_keep_their_named_files(tmp_path, served):
    """Older ones lose theirs, but what a later release has too."""
    for version in ("one", "two", "three", "four", "five"):
        publish(build(tmp_path, version), served)
    names = {path.parent.name for path in served.glob("runtime/*/*.zip")}
    assert names == {"two", "three", "four", "five"}
    assert {path.name for path in served.glob("assets/js/*.js")} == {f"main.{name}.js" for name in names}
    assert (served / "figures/shared.json").exists()
    assert len(releases(served)) == 4
    assert not list(served.glob("**/*one*"))


def test_pages_that_are_gone_go(tmp_path, served):
    """Those of the newest release alone are served, with no empty folder left."""
    publish(build(tmp_path, "one", {"gone/index.html": b"<p>" * 50, "_headers": b"/*"}), served)
    publish(build(tmp_path, "two"), served)
    assert not (served / "gone").exists()
    assert not (served / "_headers").exists()


def test_what_is_the_hosts_stays(tmp_path, served):
    """A folder may be a branch's, or have a certificate's proof in it; what a broken release left half there goes."""
    mine = {served / ".git/config": "[core]", served / ".well-known/acme-challenge/proof": "proof"}
    for path, text in mine.items():
        path.parent.mkdir(parents=True)
        path.write_text(text)
    publish(build(tmp_path, "one"), served)
    (served / ".sw.js.new").write_text("half")
    publish(build(tmp_path, "two"), served)
    roll_back(served)
    assert {path: path.read_text() for path in mine} == mine
    assert not (served / ".sw.js.new").exists()


def test_the_same_build_twice_is_one_release(tmp_path, served):
    """Nothing is counted as a release that changes nothing; what was damaged meanwhile is mended."""
    dist = build(tmp_path, "one")
    first = publish(dist, served)
    assert publish(dist, served) == first
    (served / "assets/js/main.one.js.br").write_bytes(b"damaged")
    publish(dist, served)
    assert tree(served) == tree(dist)
    assert len(releases(served)) == 1


def test_going_back_puts_all_of_it_back(tmp_path, served):
    """The release before is served again, twins too; the one that was taken back keeps its named files for a while."""
    first, second, third = (build(tmp_path, version) for version in ("one", "two", "three"))
    for dist in (first, second, third):
        publish(dist, served)
    assert roll_back(served).name == releases(served)[-1].name
    assert tree(second).items() <= tree(served).items()
    assert (served / "assets/js/main.three.js").exists()
    [oldest] = [r for r in releases(served) if "main.one" in str(r.lasting())]
    roll_back(served, oldest.name)
    assert tree(first).items() <= tree(served).items()
    with pytest.raises(ReleaseError, match="no such release to go back to; before the newest: "):
        roll_back(served, "0123456789ab")
    with pytest.raises(ReleaseError, match="nothing was released into"):
        roll_back(tmp_path / "sevred")
    assert not list(tmp_path.glob("sevred*"))


def test_a_build_that_is_not_whole_is_refused(tmp_path, served):
    """A missing or damaged file is found before anything is published; so is a folder with other things in it."""
    good, bad = build(tmp_path, "one"), build(tmp_path, "two")
    publish(good, served)
    (bad / "assets/js/main.two.js").write_text("cut")
    with pytest.raises(ReleaseError, match=r"main\.two\.js is missing or damaged"):
        publish(bad, served)
    assert tree(served) == tree(good)
    with pytest.raises(ReleaseError, match=r"no manifest\.json"):
        publish(tmp_path / "cache", served)
    (bad / "manifest.json").write_text("{")
    with pytest.raises(ReleaseError, match=r"manifest\.json is damaged"):
        publish(bad, served)
    other = tmp_path / "other"
    other.mkdir()
    (other / "letter.txt").write_text("dear")
    with pytest.raises(ReleaseError, match="holds something that was not published"):
        publish(good, other)


def test_the_commands(tmp_path, project):
    """`build.py release` publishes what it is given, `build.py rollback` takes it back, and both say what they did."""
    for version in ("one", "two"):
        build(tmp_path, version)
        done = run_build(
            project, "release", str(tmp_path / "served"), "--out", str(tmp_path / f"dist-{version}")
        )
        assert done.returncode == 0, done.stderr
    names = [found.name for found in releases(tmp_path / "served")]
    assert f"serves release {names[1]}" in done.stdout
    assert f"`build.py rollback {tmp_path / 'served'}` goes back to {names[0]}" in done.stdout
    back = run_build(project, "rollback", str(tmp_path / "served"))
    assert f"serves release {names[0]}" in back.stdout
    assert "one version" in (tmp_path / "served/index.html").read_text()
    assert json.loads((tmp_path / "served/manifest.json").read_text())
    refused = run_build(project, "release", str(tmp_path / "served"), "--out", str(tmp_path))
    assert refused.returncode == 1
    assert "has no manifest.json" in refused.stderr
    (tmp_path / "file").write_text("no folder")
    barred = run_build(project, "release", str(tmp_path / "file/served"), "--out", str(tmp_path / "dist-one"))
    assert barred.returncode == 1
    assert barred.stderr.endswith("; when that is mended, run the same once more\n")
    assert barred.stderr.count("\n") == 1
