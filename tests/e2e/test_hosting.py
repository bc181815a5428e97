"""The site behind nginx, as Debian has it, with the configuration that the build writes.

Every file has every header, and a browser finds nothing to complain about.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
import signal
import subprocess
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import brotli
import pytest
from playwright.sync_api import expect

from l2site.hosting import TRANSPORT, headers_of
from l2site.targets import TARGETS
from tests.build.project import ROOT, run_build
from tests.e2e.conftest import BROKEN
from tests.e2e.desk import Desk
from tests.e2e.figure import BOOT, Figure
from tests.e2e.test_embed import host, in_frame  # noqa: F401  host is a fixture
from tools import nginx, observatory
from tools.answers import ask

DECODE = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}
NOTE = """
window.refused = [];
addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI, sourceFile }) =>
  refused.push(`${effectiveDirective} ${blockedURI} ${sourceFile}`));
"""

PLAYWRIGHTS = "Service Worker registration blocked by Playwright"
LOWEST_SCORE = 130


@pytest.fixture(scope="module")
def hosted(dist, tmp_path_factory):
    """The site, served by nginx."""
    if not (nginx.find() and nginx.module("static")):
        pytest.skip("no nginx with Brotli's module here; `make test-hosting` installs it where apt-get may")
    told = tmp_path_factory.mktemp("told")
    for name, text in TARGETS["nginx"].beside("https://example.org/", []).items():
        (told / name).write_text(text)
    with nginx.Nginx(dist, told) as running:
        yield running


def get(hosted, path, accepted="br"):
    """Return what nginx answers."""
    return ask(hosted.url + path, trust=str(hosted.certificate), encodings=accepted)


def test_every_file_has_its_headers_and_arrives_whole(hosted, dist):
    """Each is compressed if that is worth it, declared as hosting.py says, and what was built."""
    files = json.loads((dist / "manifest.json").read_text())["files"]
    assert len(files) > 100
    for name, entry in files.items():
        answer = get(hosted, name.removesuffix("index.html"))
        headers = answer.headers
        assert answer.status == 200, name
        twin = (dist / f"{name}.br").exists()
        assert headers["Content-Encoding"] == ("br" if twin else None), name
        assert (
            hashlib.sha256(DECODE[headers["Content-Encoding"]](answer.body)).hexdigest() == entry["sha256"]
        ), name
        for header, value in {**headers_of(name), **TRANSPORT}.items():
            assert headers.get_all(header) == [value], name
        assert headers.get_all("Vary") == (["Accept-Encoding"] if twin else None), name


@pytest.mark.parametrize(("accepted", "encoding"), [("gzip", "gzip"), ("identity", None)])
def test_who_takes_no_brotli_gets_it_otherwise(hosted, dist, accepted, encoding):
    """An old proxy gets gzip, a very old one the file."""
    answer = get(hosted, "tuning/", accepted)
    assert answer.headers["Content-Encoding"] == encoding
    assert DECODE[encoding](answer.body) == (dist / "tuning/index.html").read_bytes()


def test_what_is_not_there_or_elsewhere(hosted, dist):
    """A miss is the site's page, kept by nobody; a folder gets its slash; plain HTTP leads to HTTPS."""
    for path in ("gone", "assets/js/main.js", "embed/gone/"):
        answer = get(hosted, path)
        assert (answer.status, brotli.decompress(answer.body)) == (404, (dist / "404.html").read_bytes())
        for header, value in {**headers_of("404.html"), **TRANSPORT}.items():
            assert answer.headers.get_all(header) == [value], path
    slash = get(hosted, "tuning")
    assert (slash.status, slash.headers["Location"]) == (301, "/tuning/")
    plain = ask(f"{hosted.plain_url}tuning/?a=b")
    assert (plain.status, plain.headers["Location"]) == (301, f"{hosted.url}tuning/?a=b")


def test_caddy_sends_the_same(dist, tmp_path):
    """Each file, a miss and a folder without its slash; without encryption there is no HSTS."""
    if not shutil.which("caddy"):
        pytest.skip("Caddy is not installed here; `make test-hosting` installs it where apt-get may")
    [port] = nginx.free_ports(1)
    url = f"http://127.0.0.1:{port}/"
    for name, text in TARGETS["caddy"].beside("https://example.org/", []).items():
        fitted = text.replace("example.org {", f"http://127.0.0.1:{port} {{").replace(
            "/var/www/example.org", str(dist)
        )
        (tmp_path / name).write_text("{\n\tadmin off\n}\n" * (name == "Caddyfile") + fitted)
    pid, environment = tmp_path / "pid", {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    begin = ["caddy", "start", "--config", "Caddyfile", "--pidfile", str(pid)]
    none = subprocess.DEVNULL  # a pipe would stay open as long as Caddy runs
    subprocess.run(begin, cwd=tmp_path, env=environment, check=True, stdout=none, stderr=none, timeout=60)
    try:
        for name in json.loads((dist / "manifest.json").read_text())["files"]:
            answer = ask(url + name.removesuffix("index.html"), encodings="br")
            assert answer.headers["Content-Encoding"] == ("br" if (dist / f"{name}.br").exists() else None)
            for header, value in headers_of(name).items():
                assert answer.headers.get_all(header) == [value], name
            assert "Strict-Transport-Security" not in answer.headers
        missing = ask(f"{url}assets/js/main.js")
        assert (missing.status, missing.body) == (404, (dist / "404.html").read_bytes())
        for header, value in headers_of("404.html").items():
            assert missing.headers.get_all(header) == [value]
        assert ask(f"{url}tuning").headers["Location"] == "/tuning/"
    finally:
        os.kill(int(pid.read_text()), signal.SIGTERM)


def test_the_observatory_would_be_content(hosted):
    """Its score, computed from the table in its source, is an A+ with room."""
    score, results = observatory.grade(hosted.url, hosted.plain_url, str(hosted.certificate))
    assert score >= LOWEST_SCORE, results
    assert all(result.points >= 0 for result in results)


@pytest.fixture
def open_page(new_page, watch):
    """Open an address, and return the page and what its console says."""
    said = []

    def open_it(url):
        watch.forgive("request to another host: https://127.0.0.1:")
        page = new_page(ignore_https_errors=True)
        page.context.add_init_script(NOTE)
        page.context.on(
            "console", lambda message: PLAYWRIGHTS not in message.text and said.append(message.text)
        )
        page.goto(url)
        return page

    yield open_it
    assert said == []


def test_the_article_and_its_figures_live_there(hosted, open_page):
    """Python starts and draws, in a page that is isolated; no policy refuses anything, and the console is empty."""
    page = open_page(f"{hosted.url}?weight_decay.lam=0.1#figure-weight_decay")
    figure = Figure(page, "weight_decay")
    figure.start_python()
    figure.set("lr", "1")
    figure.expect_shown(lam="0.1", lr="1")
    assert page.evaluate("[refused, crossOriginIsolated]") == [[], True]


def test_a_figure_lives_in_somebody_elses_frame(hosted, host, open_page):  # noqa: F811  host is a fixture
    """Pages below embed/ may stand there, and only they."""
    host.page = f"<iframe src='{hosted.url}embed/weight_decay/' width=900 height=900 title=x></iframe>"
    page = open_page(host.url)
    framed = in_frame(page, "weight_decay")
    framed.start_python()
    framed.set("lam", "0.1")
    framed.expect_shown(lam="0.1")
    assert framed.page.evaluate("refused") == []


def test_a_readers_code_runs_there(hosted, open_page):
    """The lab's editor and its Python need nothing that the policy refuses."""
    page = open_page(f"{hosted.url}lab/")
    desk = Desk(page, page.locator(".lab-area"))
    expect(desk.editor).to_be_visible()
    desk.run("import numpy as np\nprint(np.arange(3) ** 2)")
    desk.expect_printed("[0 1 4]\n")
    assert page.evaluate("refused") == []


# ---- A host that sends no headers


class _Bare(SimpleHTTPRequestHandler):
    """GitHub Pages: types, ten minutes of caching, and nothing else that can be chosen."""

    def log_message(self, *_):
        pass

    def end_headers(self):
        self.send_header("Cache-Control", "max-age=600")
        super().end_headers()


@pytest.fixture
def pages(tmp_path):
    """The site as it is built for GitHub Pages, below a path."""
    done = run_build(
        ROOT, "build", "--target", "github-pages", "--base-url", "/l2/", "--out", str(tmp_path / "l2")
    )
    assert done.returncode == 0, done.stderr
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Bare, directory=tmp_path))
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/l2/"
    server.shutdown()
    server.server_close()


SEND = """url => new Promise((answer) => {
  addEventListener("securitypolicyviolation", ({ effectiveDirective }) => answer(effectiveDirective));
  const request = new XMLHttpRequest();
  request.onerror = () => setTimeout(answer, 1000, "no policy has refused it");
  request.open("GET", url);
  request.send();
})"""
"""Tries to send something elsewhere, and returns what has refused it."""


def test_where_no_header_can_be_had_the_policy_holds_all_the_same(pages, host, new_page, watch):  # noqa: F811
    """Each page says it, and the worker, where readers' code runs, has it from the page; offline too."""
    page = new_page(service_workers="allow")
    page.goto(f"{pages}weight-decay/")
    figure = Figure(page, "weight_decay")
    figure.start_python()
    figure.set("lam", "0.1")
    figure.expect_shown(lam="0.1")
    [worker] = page.workers
    watch.forgive("Content Security Policy|request to another host")
    assert page.evaluate(SEND, host.url) == "connect-src"
    assert worker.evaluate(SEND, host.url) == "connect-src"

    expect(page.locator("[data-offline]")).to_be_visible(timeout=BOOT)
    page.context.set_offline(True)
    watch.forgive(BROKEN)
    page.reload()
    figure.start_python()
    page.context.set_offline(False)
