"""The local server: types, compression, caching and policy as a good host would have them."""

import gzip
import http.client
import json
import re
from pathlib import Path
from urllib.parse import urlsplit

import brotli
import pytest

from l2site.hosting import POLICY, TYPES
from l2site.output import Compressor, write_site
from l2site.server import Server

LIVE = Path(__file__).parents[2] / "site/live"
PAGE = b"<!doctype html><title>x</title><body>" + b"words " * 100 + b"</body>"
FILES = {
    "index.html": PAGE,
    "404.html": b"<!doctype html><title>Not here</title><body></body>",
    "tuning/index.html": PAGE,
    "assets/js/main.0123456789ab.js": b"export {};" * 20,
    "runtime/0123/pyodide.mjs": b"export {};" * 20,
    "runtime/0123/pyodide.asm.wasm": b"\0asm" * 50,
    "feed.xml": b"<feed/>",
    "sw.js": b"addEventListener();" * 20,
    "python/figure.py": b"figure = 1\n" * 20,
    "citation.bib": b"@misc{x}\n" * 20,
}
EMBED = "embed/lambda_sweep/index.html"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Write a small built site."""
    place = tmp_path_factory.mktemp("site")
    with Compressor(place / "cache") as compressor:
        write_site(FILES | {EMBED: PAGE}, place / "dist", compressor)
    (place / "secret.txt").write_text("outside")
    return place / "dist"


@pytest.fixture(scope="module")
def server(folder):
    """Serve it."""
    with Server(folder) as running:
        yield running


def get(server, path, method="GET", **headers):
    """Ask for a path and return the response with its body."""
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=10)
    connection.request(
        method, path, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response, body


@pytest.mark.parametrize("name", FILES)
def test_every_kind_of_file_has_its_type(server, name):
    """The type is the suffix's, whatever the machine believes, and nothing may guess another."""
    response, body = get(server, f"/{name}")
    assert response.status == 200
    assert body == FILES[name]
    assert response.headers["Content-Type"] == TYPES[f".{name.rpartition('.')[2]}"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"] == POLICY


def test_only_pages_for_frames_may_stand_in_anybodys(server):
    """Below embed/, and nowhere else, other origins may frame and isolate; all other rules are the same."""
    framed, body = get(server, "/embed/lambda_sweep/?lambda_sweep.lam=1")
    assert body == PAGE
    assert framed.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    policy = framed.headers["Content-Security-Policy"]
    assert "frame-ancestors *;" in policy
    assert policy.replace("frame-ancestors *", "frame-ancestors 'self'") == POLICY
    for path in ("/", "/tuning/", "/embed/gone/", "/python/figure.py", "/runtime/0123/pyodide.mjs"):
        other, _ = get(server, path)
        assert other.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert other.headers["Access-Control-Allow-Origin"] is None
        assert "frame-ancestors 'self'" in other.headers["Content-Security-Policy"]


def test_modules_and_wasm_have_the_types_that_browsers_insist_on():
    """A module of another type is not run; WebAssembly of another type is not compiled while it streams."""
    assert TYPES[".mjs"].startswith("text/javascript")
    assert TYPES[".wasm"] == "application/wasm"


@pytest.mark.parametrize(
    ("accepted", "encoding", "decode"),
    [
        ("gzip, deflate, br", "br", brotli.decompress),
        ("gzip", "gzip", gzip.decompress),
        ("identity", None, bytes),
    ],
)
def test_compressed_twins_are_sent_to_those_who_take_them(server, accepted, encoding, decode):
    """The smaller twin is preferred, and a browser that takes none gets the file."""
    response, body = get(server, "/", Accept_Encoding=accepted)
    assert response.headers["Content-Encoding"] == encoding
    assert response.headers["Vary"] == "Accept-Encoding"
    assert decode(body) == PAGE


def test_pages_are_asked_for_again_and_named_files_never(server):
    """A hashed name is immutable; a page may change with the next release. Nothing is no-store."""
    assert get(server, "/")[0].headers["Cache-Control"] == "no-cache"
    assert get(server, "/feed.xml")[0].headers["Cache-Control"] == "no-cache"
    assert get(server, "/sw.js")[0].headers["Cache-Control"] == "no-cache"
    for name in ("assets/js/main.0123456789ab.js", "runtime/0123/pyodide.mjs"):
        assert "immutable" in get(server, f"/{name}")[0].headers["Cache-Control"]


def test_what_is_not_there_has_a_page(server):
    """A miss is 404, with the site's own page, at any depth."""
    for path in ("/gone", "/tuning/gone/deeper", "/assets/js/main.js"):
        response, body = get(server, path)
        assert response.status == 404
        assert b"Not here" in body


@pytest.mark.parametrize(
    "path", ["/../secret.txt", "/%2e%2e/secret.txt", "//etc/passwd", "/..%5csecret.txt", "/%00"]
)
def test_nothing_outside_the_folder_is_served(server, path):
    """A path that climbs out is a miss."""
    response, body = get(server, path)
    assert response.status == 404
    assert b"outside" not in body


def test_a_folder_without_its_slash_is_redirected(server):
    """Relative addresses need the slash; a query survives."""
    response, _ = get(server, "/tuning?lambda_sweep.lam=1")
    assert response.status == 301
    assert response.headers["Location"] == "/tuning/?lambda_sweep.lam=1"


def test_head_sends_no_body(server):
    """HEAD has the headers of GET."""
    response, body = get(server, "/", method="HEAD")
    assert body == b""
    assert int(response.headers["Content-Length"]) == len(PAGE)


def test_a_connection_is_used_again(server):
    """HTTP/1.1 keeps it open, so that a page's thirty files do not need thirty."""
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=10)
    for path in ("/", "/feed.xml", "/gone"):
        connection.request("GET", path)
        response = connection.getresponse()
        response.read()
        assert response.version == 11
        assert not response.will_close
    connection.close()


def test_a_site_can_stand_under_a_path(folder):
    """With a base, addresses begin with it and others are misses."""
    with Server(folder, base="/l2/") as server:
        assert server.url.endswith("/l2/")
        assert get(server, "/l2/tuning/")[0].status == 200
        assert get(server, "/tuning/")[0].status == 404
        assert get(server, "/l2/tuning")[0].headers["Location"] == "/l2/tuning/"


def test_only_serve_adds_what_follows_the_author(server, folder):
    """Tests and hosts see the pages as they were built."""
    assert b"/-/live" not in get(server, "/")[1]
    assert get(server, "/-/live.js")[0].status == 404
    with Server(folder, live=LIVE) as live:
        assert re.search(
            rb'<script src="/-/live.js" defer data-build="[\d.]+"></script></body>', get(live, "/")[1]
        )
        assert get(live, "/-/live.js")[0].headers["Content-Type"].startswith("text/javascript")
        assert get(live, "/-/live.css")[0].headers["Content-Type"].startswith("text/css")
        assert get(live, "/-/other.js")[0].status == 404


def test_a_page_waits_for_the_first_good_version(tmp_path):
    """As long as there is no site, any address has a page that says what is wrong and follows the author."""
    with Server(tmp_path, live=LIVE) as live:
        response, body = get(live, "/tuning/")
        assert response.status == 404
        assert response.headers["Content-Type"] == TYPES[".html"]
        assert b"/-/live.js" in body
    with Server(tmp_path) as plain:
        assert b"/-/live" not in get(plain, "/tuning/")[1]


def test_open_pages_hear_of_a_new_build_and_of_what_is_wrong(folder):
    """What there is is said at once, whatever comes when it comes; a build that failed is no other build."""
    with Server(folder, live=LIVE) as server:
        connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=10)
        connection.request("GET", "/-/events")
        response = connection.getresponse()
        assert response.headers["Content-Type"] == "text/event-stream"

        def heard():
            line = response.readline().removeprefix(b"data: ")
            assert response.readline() == b"\n"
            return json.loads(line)

        first = heard()
        assert first["problems"] == []
        server.tell_pages(["a.md:1: <b>wrong</b>"])
        assert heard() == {"build": first["build"], "problems": ["a.md:1: <b>wrong</b>"]}
        server.tell_pages()
        second = heard()
        assert second["problems"] == []
        assert second["build"] != first["build"]
        assert second["build"].encode() in get(server, "/")[1]
        connection.close()
