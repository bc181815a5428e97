"""Run nginx with what a build for it has written, on this machine alone: for tests and measurements.

    with Nginx(Path("dist"), Path("dist.nginx")) as nginx:
        print(nginx.url)

With --install, get it where it is missing, and what else the tests of hosts and `make bench-serve` use.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from tools.browser import install_packages

PACKAGES = ("nginx", "libnginx-mod-http-brotli-static", "libnginx-mod-http-brotli-filter", "caddy", "wrk")
"""What Debian calls it, its modules for Brotli (which send twins, and compress while they send), and what else serves
or asks in tests and measurements."""
MODULES = Path("/usr/lib/nginx/modules")

ON_THE_FLY = """
gzip_static off;
gzip on;
gzip_types *;
gzip_comp_level 6;
"""
BROTLI_ON_THE_FLY = """
brotli on;
brotli_types *;
brotli_comp_level 6;
"""


def find() -> str | None:
    """Return nginx's path, or None."""
    return shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


def module(name: str) -> Path | None:
    """Return one of Brotli's modules, "static" or "filter", if it is there."""
    path = MODULES / f"ngx_http_brotli_{name}_module.so"
    return path if path.exists() else None


class NginxError(Exception):
    """What nginx says of a configuration that it does not take."""


class Nginx:
    """Serves a built site until the `with` block ends.

    Parameters
    ----------
    dist
        The site, built for the root of a host.
    told
        What the build has written for nginx.
    on_the_fly
        Whether files are compressed while they are sent, and their twins left alone.
    encrypted
        Whether the site is served by HTTPS. Browsers neither keep anything nor have a service worker where a
        certificate is signed by itself; without encryption, this machine is trusted.

    Raises
    ------
    NginxError
        When it refuses its configuration.
    """

    def __init__(self, dist: Path, told: Path, *, on_the_fly: bool = False, encrypted: bool = True) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="nginx-")
        here = Path(self._folder.name)
        plain, secure = free_ports(2)
        self.plain_url = f"http://127.0.0.1:{plain}/"
        """What only leads to the site."""
        self.url = f"http{'s' if encrypted else ''}://127.0.0.1:{secure}/"
        """The site, with a slash at the end."""
        self.certificate = here / "fullchain.pem"
        """Signed by itself."""
        _sign(self.certificate, here / "privkey.pem")
        site = here / "site.conf"
        text = (told / "site.conf").read_text(encoding="utf-8")
        if on_the_fly:
            text = text.replace("gzip off;\ngzip_static on;\n", ON_THE_FLY)
        site.write_text(text, encoding="utf-8")
        self._configuration = here / "nginx.conf"
        server = _fit((told / "server.conf").read_text(encoding="utf-8"), here, dist.resolve(), plain, secure)
        if not encrypted:
            server = server.replace(" ssl http2;", ";")
        if on_the_fly:
            server = server.replace("brotli_static on;", BROTLI_ON_THE_FLY if module("filter") else "")
        self._configuration.write_text(_around(here, server), encoding="utf-8")
        try:
            self._run("-t", "-q")
        except NginxError:
            self._folder.cleanup()
            raise

    def __enter__(self) -> Self:
        """Begin to serve; nginx goes into the background once it listens."""
        self._run()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self._run("-s", "stop")
        self._folder.cleanup()

    def sent(self) -> list[int]:
        """Return the bytes of every answer so far, headers included."""
        return [int(line) for line in (self._configuration.parent / "access.log").read_text().split()]

    def _run(self, *arguments: str) -> None:
        here = self._configuration.parent
        command = [find() or "nginx", "-p", str(here), "-e", str(here / "error.log")]
        command += ["-c", str(self._configuration), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        if done.returncode != 0:
            raise NginxError(done.stderr)


def _fit(server: str, here: Path, dist: Path, plain: int, secure: int) -> str:
    """Return the server as an administrator here would have it: other ports, folders and certificate."""
    changes = [
        (r"listen 80;", f"listen 127.0.0.1:{plain};"),
        (r"listen 443 ssl http2;", f"listen 127.0.0.1:{secure} ssl http2;"),
        (r" *listen \[::\].*\n", ""),
        (r"return 301 https://\$host\$request_uri;", f"return 301 https://$host:{secure}$request_uri;"),
        (r"ssl_certificate .*;", f"ssl_certificate {here}/fullchain.pem;"),
        (r"ssl_certificate_key .*;", f"ssl_certificate_key {here}/privkey.pem;"),
        (r"root .*;", f"root {dist};"),
        (r"include .*;", f"include {here}/site.conf;"),
    ]
    if module("static"):
        changes.append((r"# brotli_static on;", "brotli_static on;"))
    for pattern, text in changes:
        server, found = re.subn(pattern, text, server)
        if not found:
            raise NginxError(f"{pattern} is nowhere in the server that was written")
    return server


def _around(here: Path, server: str) -> str:
    """Return a whole configuration, which needs no right but that to listen."""
    modules = "".join(f"load_module {path};\n" for name in ("filter", "static") if (path := module(name)))
    user = "user root;\n" if os.geteuid() == 0 else ""  # else its workers may not read a test's folders
    places = "".join(
        f"    {name}_temp_path {here}/{name};\n"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return f"""{modules}{user}worker_processes auto;
pid {here}/nginx.pid;
error_log {here}/error.log;
events {{ worker_connections 1024; }}
http {{
    log_format sizes $bytes_sent;
    access_log {here}/access.log sizes;
{places}
{server}
}}
"""


def _sign(certificate: Path, key: Path) -> None:
    """Make a certificate for this machine that is good for a day."""
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
    ]
    command += ["-days", "1", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    command += ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True, timeout=60)


def free_ports(count: int) -> list[int]:
    """Return ports of this machine on which nobody listens."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [opened.getsockname()[1] for opened in sockets]
    for opened in sockets:
        opened.close()
    return ports


def main(arguments: Sequence[str]) -> str | None:
    """Print nginx's path; return what to say when there is none."""
    there = find() and module("static") and module("filter") and shutil.which("caddy") and shutil.which("wrk")
    if "--install" in arguments and not there:
        install_packages("nginx, Caddy and wrk", [[package] for package in PACKAGES])
    path = find()
    if path is None:
        return "No nginx was found: install it, or go without what needs it."
    print(path)
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
