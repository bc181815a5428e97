"""Each kind of host is told the same: what `l2site.hosting` says of a file is what it will send."""

import re
import shutil
import socket
import subprocess
from urllib.parse import urlsplit

import pytest

from l2site.hosting import EMBED, HEADERS, OPEN, PAGE_POLICY, POLICY, TRANSPORT, headers_of, rules_of, type_of
from l2site.targets import TARGETS, TargetError
from tests.build.project import run_build
from tools import nginx

URL = "https://example.org/"
ADDRESSES = (
    "",
    "tuning/",
    "gone/",
    "sw.js",
    "feed.xml",
    "embed/penalty/",
    "assets/js/main.0123456789ab.js",
    "figures/social.0123456789.png",
    "figures/penalty.0123456789ab.json",
    "runtime/0123456789abcdef/pyodide.asm.wasm",
)
ARCHIVE = "runtime/0123456789abcdef/numpy.zip"


def sent(target, address):
    """Return what a host that reads `_headers` sends with an address, as its documentation has it."""
    headers, patterns, holds = {}, [], None
    for line in TARGETS[target].inside(URL, [ARCHIVE])["_headers"].splitlines():
        assert len(line) < 2000
        if line.startswith("/"):
            pattern = re.escape(line).replace(r"\*", ".*")
            patterns.append(line)
            holds = re.fullmatch(re.sub(r":\w+", "[^/]+", pattern), f"/{address}")
        elif holds and line.startswith("  ! "):
            assert target == "cloudflare"
            headers.pop(line.removeprefix("  ! "), None)  # which the host may send of its own accord
        elif holds and line.startswith("  "):
            name, _, value = line.strip().partition(": ")
            joined = f"{headers[name]}, {value}" if target == "cloudflare" and name in headers else value
            headers[name] = joined
    assert len(patterns) < 100
    return headers


@pytest.mark.parametrize("target", ["netlify", "cloudflare"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_hosts_that_take_a_folder_send_what_is_meant(target, address):
    """Wherever several rules meet, what is left is what hosting.py says, and HSTS, since they always encrypt."""
    assert sent(target, address) == {**rules_of(address), **TRANSPORT}


@pytest.mark.parametrize("target", ["netlify", "cloudflare"])
def test_archives_are_called_what_these_hosts_compress(target):
    """Python's archives alone have another type there, which no browser runs."""
    assert sent(target, ARCHIVE) == {
        **rules_of(ARCHIVE),
        **TRANSPORT,
        "Content-Type": "text/plain; charset=utf-8",
    }


@pytest.mark.parametrize("target", ["netlify", "cloudflare"])
def test_such_a_host_has_no_path(target):
    """A site below a path would have its rules where nobody reads them, and says so."""
    with pytest.raises(TargetError, match=r"no path; got https://example\.org/l2/"):
        TARGETS[target].inside(f"{URL}l2/", [])


def test_what_a_file_is_sent_with():
    """A file has its type, the policy, and its caching; frames and the social image are everybody's."""
    assert headers_of("lab/index.html") == {
        **HEADERS,
        "Cache-Control": "no-cache",
        "Content-Type": "text/html; charset=utf-8",
    }
    assert EMBED.items() <= headers_of("embed/penalty/index.html").items()
    for name in ("figures/social.0123456789.png", "assets/css/site.0123456789ab.css"):
        assert OPEN.items() <= headers_of(name).items()
        assert "immutable" in headers_of(name)["Cache-Control"]
    assert type_of("LICENSE") == "application/octet-stream"


def test_a_page_says_all_of_the_policy_that_a_page_can():
    """What it cannot say is who may frame it; what it says besides is that workers begin in blobs."""
    rules, own = (dict(rule.split(" ", 1) for rule in policy.split("; ")) for policy in (POLICY, PAGE_POLICY))
    assert rules.pop("frame-ancestors") == "'self'"
    assert own.pop("worker-src") == f"{rules.pop('worker-src')} blob:"
    assert own == rules


@pytest.mark.parametrize("url", [URL, f"{URL}l2/"])
def test_caddy_takes_its_configuration(url, tmp_path):
    """Caddy itself finds nothing wrong with it."""
    if not shutil.which("caddy"):
        pytest.skip("Caddy is not installed here; `make test-hosting` installs it where apt-get may")
    for name, text in TARGETS["caddy"].beside(url, [], MOVED).items():
        (tmp_path / name).write_text(text)
    command = ["caddy", "validate", "--config", "Caddyfile"]
    environment = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("url", [URL, f"{URL}l2/"])
def test_nginx_takes_its_configuration(url, tmp_path):
    """So does nginx; `Nginx` has it tested when it is made."""
    if not nginx.find():
        pytest.skip("nginx is not installed here; `make test-hosting` installs it where apt-get may")
    for name, text in TARGETS["nginx"].beside(url, [], MOVED).items():
        (tmp_path / name).write_text(text)
    with nginx.Nginx(tmp_path, tmp_path):
        pass
    (tmp_path / "site.conf").write_text("no_such_thing on;")
    with pytest.raises(nginx.NginxError, match="no_such_thing"):
        nginx.Nginx(tmp_path, tmp_path)


REFUSED = {
    "400 Bad Request": b"GET /%zz HTTP/1.1\r\nHost: example.org\r\n\r\n",
    "405 Not Allowed": b"TRACE / HTTP/1.1\r\nHost: example.org\r\n\r\n",
    "413 Request Entity Too Large": b"PUT / HTTP/1.1\r\nHost: example.org\r\nContent-Length: 9999999\r\n\r\n",
    "414 Request-URI Too Large": b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n",
    "501 Not Implemented": b"GET / HTTP/1.1\r\nHost: example.org\r\nTransfer-Encoding: none\r\n\r\n",
}
"""Requests by what nginx says to them; it refuses all but the third before it looks for what they ask for."""


def test_what_nginx_refuses_has_the_headers_too(tmp_path):
    """Its own pages say what every page does, as far as they come before the address is read: all but HSTS."""
    if not nginx.find():
        pytest.skip("nginx is not installed here; `make test-hosting` installs it where apt-get may")
    for name, text in TARGETS["nginx"].beside(URL, []).items():
        (tmp_path / name).write_text(text)
    with nginx.Nginx(tmp_path, tmp_path, encrypted=False) as running:
        place = urlsplit(running.url)
        for status, request in REFUSED.items():
            with socket.create_connection((place.hostname, place.port), timeout=30) as connection:
                connection.sendall(request)
                said, *lines = connection.makefile(encoding="latin-1").read().partition("\n\n")[0].split("\n")
            assert said == f"HTTP/1.1 {status}"
            sent = dict(line.split(": ", 1) for line in lines)
            assert rules_of("").items() <= sent.items(), status


def test_other_parts_of_a_host_keep_their_own_headers():
    """A site below a path says nothing for the rest of the host."""
    told = TARGETS["nginx"].beside(f"{URL}l2/", [])["site.conf"]
    assert [line for line in told.splitlines() if line.startswith("add_header")] == []


MOVED = {"tuning/": "one/tuning/", "glossary/": "one/glossary/"}


@pytest.mark.parametrize("target", ["netlify", "cloudflare"])
def test_hosts_that_take_a_folder_lead_to_pages_that_have_moved(target):
    """With and without the slash, for ever; and no file is there when none has moved."""
    told = TARGETS[target].inside(URL, [], MOVED)["_redirects"]
    rules = [line.split() for line in told.splitlines() if not line.startswith("#")]
    assert ["/tuning", "/one/tuning/", "301"] in rules
    assert ["/tuning/", "/one/tuning/", "301"] in rules
    assert len(rules) == 2 * len(MOVED)
    assert "_redirects" not in TARGETS[target].inside(URL, [])


@pytest.mark.parametrize("target", ["caddy", "nginx"])
@pytest.mark.parametrize("base", ["/", "/l2/"])
def test_servers_lead_to_pages_that_have_moved(target, base):
    """Below the site's path, with what the address asks."""
    told = "\n".join(TARGETS[target].beside(f"https://example.org{base}", [], MOVED).values())
    query = "?{query}" if target == "caddy" else "$is_args$args"
    assert f" {base}one/tuning/{query}" in told
    assert f" {base}tuning " in told


def test_a_build_writes_what_its_host_needs(project, tmp_path):
    """Into the site what its host reads there, beside it what an administrator reads, and twins for who sends them."""
    for target in ("cloudflare", "nginx", "github-pages"):
        done = run_build(
            project, "build", "--target", target, "--base-url", URL, "--out", str(tmp_path / target)
        )
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "cloudflare/_headers").exists()
    assert not list((tmp_path / "cloudflare").rglob("*.br"))
    assert "_headers" not in (tmp_path / "cloudflare/sw.js").read_text().split("\n")[0]
    assert not (tmp_path / "cloudflare/_redirects").exists()
    packed = {path.name for path in (tmp_path / "github-pages/runtime").glob("*/*") if ".zip" in path.name}
    assert packed == {"stdlib.zip.gz", "numpy.zip.gz", "l2widgets.zip.gz", "random.zip", "rest.zip"}
    assert (tmp_path / "nginx/index.html.br").exists()
    assert {path.name for path in (tmp_path / "nginx.nginx").iterdir()} == {"server.conf", "site.conf"}
    assert "http-equiv" not in (tmp_path / "nginx/index.html").read_text()

    refused = run_build(
        project, "build", "--target", "netlify", "--base-url", f"{URL}l2/", "--out", str(tmp_path / "n")
    )
    assert refused.returncode == 1
    assert refused.stderr.startswith("this host publishes a folder")
    assert not (tmp_path / "n").exists()
