"""A release, and another over it, with readers there; and what looks at a site after it was published."""

from __future__ import annotations

import re
import subprocess
import sys
from functools import partial
from http import HTTPStatus

import pytest
from playwright.sync_api import expect

from l2site.assets import LASTING
from l2site.release import publish
from l2site.server import Handler, Server
from tests.build.project import ROOT
from tests.e2e.conftest import BROKEN
from tests.e2e.figure import Figure
from tests.e2e.test_offline import expect_promise, go_live, return_later
from tools import smoke

PAGE = "weight-decay/"
NEW = "figure[data-widget=mischief]"
"""What the second release has, and the first has not."""


class _Heard(Handler):
    """Writes down what is asked for, and how that ended."""

    def __init__(self, *args, heard, **options):
        self._heard = heard
        super().__init__(*args, **options)

    def _send(self, status, body, headers):
        self._heard.append((self.path.lstrip("/"), status))
        super()._send(status, body, headers)


class _Host(Server):
    def __init__(self, folder):
        self.heard: list[tuple[str, int]] = []
        super().__init__(folder)

    def handler(self):
        return partial(_Heard, heard=self.heard)


@pytest.fixture
def host(dist, tmp_path):
    """A host that serves the first release."""
    publish(dist, tmp_path / "served")
    with _Host(tmp_path / "served") as running:
        yield running


def test_a_tab_goes_on_while_a_release_is_published(host, dist, brief_downloads, tmp_path, new_page):
    """It loads late, from the release before, whatever it still needs, Python too; a new tab has the new release."""
    old = new_page()
    old.goto(host.url + PAGE)
    host.heard.clear()
    publish(brief_downloads, tmp_path / "served")

    figure = Figure(old, "weight_decay")
    figure.start_python()
    figure.set("lam", "0.1")
    figure.expect_shown(lam="0.1")
    figure.share()
    gone = [path for path, _ in host.heard if path and not (brief_downloads / path).is_file()]
    assert {path.partition("/")[0] for path in gone} == {"assets", "runtime"}, "nothing was loaded late"
    assert all(path.startswith(LASTING) and (dist / path).is_file() for path in gone)
    assert {status for _, status in host.heard} == {HTTPStatus.OK}
    expect(old.locator(NEW)).to_have_count(0)

    new = new_page()
    new.goto(host.url + PAGE)
    expect(new.locator(NEW)).to_have_count(1)
    Figure(new, "weight_decay").start_python()
    assert {status for _, status in host.heard} == {HTTPStatus.OK}


def test_who_reads_without_a_network_has_one_release_or_the_other(
    host, brief_downloads, tmp_path, new_page, watch
):
    """Until the next visit the old one, whole, and then the new one."""
    watch.forgive(BROKEN)
    page = new_page(service_workers="allow")
    go_live(page, host.url + PAGE)
    expect_promise(page)
    publish(brief_downloads, tmp_path / "served")
    _read_offline(page, host, new=0)

    page.goto(host.url + PAGE)
    page = return_later(page, host.url + PAGE)
    Figure(page, "weight_decay").start_python()
    expect_promise(page)
    _read_offline(page, host, new=1)


def _read_offline(page, host, *, new):
    """Without a network, the page is there and lives, with or without what is new."""
    page.context.set_offline(True)
    go_live(page, host.url + PAGE)
    expect(page.locator(NEW)).to_have_count(new)
    page.context.set_offline(False)


# ---- After a release


def test_a_site_that_is_as_it_was_built_passes(site):
    """Files, headers, and a figure in a browser."""
    done = subprocess.run(
        [sys.executable, "-m", "tools.smoke", site],
        cwd=ROOT,
        env={"PYTHONPATH": "src", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "its first figure lives" in done.stdout


class _Wrong(Handler):
    """A host that does what hosts do wrong."""

    def _send(self, status, body, headers):
        name = self.path.lstrip("/")
        headers = dict(headers)
        if name.endswith(".mjs"):
            headers["Content-Type"] = "text/plain"
        if name.startswith("embed/"):
            headers["Content-Security-Policy"] = "default-src 'self'"
        if name.endswith(".wasm"):
            headers["Cache-Control"] = "no-store"
        if name == "sw.js":
            body = body[:-1]
            headers["Content-Length"] = str(len(body))
        if name == "lab/":
            del headers["Vary"]
        if name == "robots.txt":
            status = HTTPStatus.FORBIDDEN
        if status == HTTPStatus.NOT_FOUND:
            status = HTTPStatus.OK
        super()._send(status, body, headers)


class _WrongHost(Server):
    def handler(self):
        return _Wrong


def test_what_hosts_do_wrong_is_found(dist):
    """Each mistake is named with the file, and nothing else is."""
    with _WrongHost(dist) as host:
        found = list(smoke.look(host.url))
    expected = [
        r"embed/\w+/: Content-Security-Policy is default-src 'self', and not .*frame-ancestors \*;.*",
        r"lab/: came compressed without Vary: Accept-Encoding.*",
        r"robots\.txt: answered 403",
        r"runtime/\w+/pyodide(\.asm)?\.mjs: came as text/plain and not as text/javascript",
        r"runtime/\w+/pyodide\.asm\.wasm: Cache-Control is no-store, and not public, max-age=31536000, immutable",
        r"sw\.js: is not, byte for byte, what was built",
        r"this-page-is-not-there/: answered 200 in place of 404",
    ]
    for pattern in expected:
        assert any(re.fullmatch(pattern, line) for line in found), pattern
    assert [line for line in found if not any(re.fullmatch(pattern, line) for pattern in expected)] == []
