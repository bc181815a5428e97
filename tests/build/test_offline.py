"""What is kept for reading without a network, and how it is called back."""

import base64
import hashlib
import json
import re

from tests.build.project import run_build, tree


def release(dist):
    """Return the list at the beginning of the service worker: (hashed, unhashed)."""
    line, _, program = (dist / "sw.js").read_text().partition("\n")
    assert program.startswith("/**")
    listed = json.loads(line.removeprefix("const RELEASE = ").removesuffix(";"))
    return listed["hashed"], listed["unhashed"]


def test_everything_that_can_be_read_is_kept(dist):
    """All pages, and all files that they and their figures load, but what machines, frames and authors want."""
    hashed, unhashed = release(dist)
    files = {name.removesuffix("index.html") for name in tree(dist, twins=False)}
    left = files - set(hashed) - set(unhashed)
    social = re.search(r"figures/social\.\w+\.png", (dist / "index.html").read_text())[0]
    [rest] = [name for name in files if name.endswith("/rest.zip")]
    [wheel] = [name for name in files if name.endswith(".whl")]
    machines = {
        "404.html",
        "manifest.json",
        "robots.txt",
        "sbom.json",
        "sitemap.xml",
        "sw.js",
        social,
        rest,
        wheel,
    }
    at_home = {"authoring/", "reference/"}
    assert left == machines | at_home | {name for name in files if name.startswith("embed/")}


def test_it_takes_no_more_room_than_readers_are_told(dist):
    """Copies are kept as they are used, without compression; README.md says how much that is."""
    hashed, unhashed = release(dist)
    files = tree(dist, twins=False)
    kept = [name for name in files if name.removesuffix("index.html") in hashed | unhashed]
    assert sum(len(files[name]) for name in kept) < 27_000_000


def test_what_is_kept_is_listed_with_its_digest(dist):
    """Only what never changes under its address is taken from a copy first; every digest is that of the bytes."""
    hashed, unhashed = release(dist)
    assert all(name.startswith(("assets/", "figures/", "runtime/")) for name in hashed)
    assert not any(name.startswith(("assets/", "figures/", "runtime/")) for name in unhashed)
    for name, digest in (hashed | unhashed).items():
        file = dist / name
        data = (file / "index.html" if file.is_dir() else file).read_bytes()
        assert base64.b64encode(hashlib.sha256(data).digest()).decode() == digest, name


def test_the_service_worker_can_be_called_back(changeable, dist):
    """A build without it has another program at the same address, and pages that ask for none."""
    done = run_build(changeable, "build", "--out", "dist", "--no-service-worker")
    assert done.returncode == 0, done.stderr
    one, two = (tree(folder, twins=False) for folder in (dist, changeable / "dist"))
    assert one.keys() == two.keys()
    assert b"RELEASE" not in two["sw.js"]
    assert b"unregister" in two["sw.js"]
    for name in one:
        if name.startswith("embed/"):
            assert one[name] == two[name]
            continue
        if name.endswith(".html"):
            assert b"for reading offline" in one[name]
            assert b"for reading offline" not in two[name]
            assert b"sw.js" not in two[name]
        if name.endswith(".html") and name != "404.html":
            assert b"sw.js" in one[name]
