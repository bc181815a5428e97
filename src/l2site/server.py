"""A local web server that treats the site as a good host would: types, compression, caching and policy.

`Server` is what the browser tests use; `l2site.live` adds the watching, the building and the reloading.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterable
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import ClassVar, Self
from urllib.parse import unquote, urlsplit

from l2site.hosting import ENCODINGS, HEADERS, TYPES, headers_of

LIVE = "/-/"
"""Where, beside the site, `build.py serve` has what makes its pages follow the author."""
LIVE_TAGS = '<link rel="stylesheet" href="/-/live.css"><script src="/-/live.js" defer data-build="{}"></script></body>'
NO_SITE = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Not built yet</title><body></body></html>'
)
"""The page that `build.py serve` shows as long as no version was good."""


class Server:
    """Serves a folder on this machine until the `with` block ends.

    >>> with Server(Path("dist")) as server:  # doctest: +SKIP
    ...     print(server.url)
    http://127.0.0.1:40273/
    """

    def __init__(self, folder: Path, *, port: int = 0, base: str = "/", live: Path | None = None) -> None:
        self._news = _News(live)
        handler = partial(self.handler(), folder=folder, base=base, news=self._news if live else None)
        self._server = _QuietServer(("127.0.0.1", port), handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self.url = f"http://127.0.0.1:{self._server.server_port}{base}"
        """The site's address, with a slash at the end."""

    def __enter__(self) -> Self:
        """Begin to serve."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop, and give the port back."""
        self._news.close()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def handler(self) -> Callable[..., Handler]:
        """Return what makes a handler of a request."""
        return Handler

    def tell_pages(self, problems: Iterable[str] = ()) -> None:
        """Have every open page show the new build, or else what keeps it from being made."""
        self._news.announce(list(problems))


class _QuietServer(ThreadingHTTPServer):
    """Threads that end with the program, and no traceback for a browser that hung up."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        pass


class _News:
    """What pages are told: which build is there, and what is wrong with a newer one. They wait for the next."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        """Where the script is that listens."""
        self.closed = False
        self._changed = threading.Condition()
        self._started = time.time_ns()
        self._builds = 0
        self._problems: list[str] = []

    @property
    def build(self) -> str:
        """The name of the build, which is another after another start of the server."""
        return f"{self._started}.{self._builds}"

    @property
    def now(self) -> str:
        """live.js's State as JSON."""
        return json.dumps({"build": self.build, "problems": self._problems})

    def announce(self, problems: list[str]) -> None:
        with self._changed:
            self._problems = problems
            self._builds += not problems
            self._changed.notify_all()

    def close(self) -> None:
        with self._changed:
            self.closed = True
            self._changed.notify_all()

    def after(self, seen: str, seconds: float) -> str:
        """Return what is said now, as soon as it is something else than before, or after some seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self.closed or self.now != seen, timeout=seconds)
            return self.now


class Handler(BaseHTTPRequestHandler):
    """Answers GET and HEAD from a folder."""

    protocol_version = "HTTP/1.1"
    server_version = "l2site"
    sys_version = ""
    # Headers and body leave right after each other; waiting until the first is acknowledged costs 40 ms.
    disable_nagle_algorithm = True
    wbufsize: ClassVar[int] = -1
    timeout = 120

    def __init__(self, *args: object, folder: Path, base: str, news: _News | None) -> None:
        self._folder = folder
        self._base = base
        self._news = news
        super().__init__(*args)  # type: ignore[arg-type]  # request, address and server, as socketserver gives them

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name is the base class's
        """Say nothing."""

    def do_HEAD(self) -> None:
        """Answer without the body."""
        self.do_GET()

    def do_GET(self) -> None:
        """Answer; once more if the site was being replaced by a newer build just then."""
        try:
            self._answer()
        except FileNotFoundError:
            self._answer()

    def _answer(self) -> None:
        """Send a file, a redirect to the folder that was meant, or the page for what is not there."""
        path = unquote(urlsplit(self.path).path)
        if self._news and path.startswith(LIVE):
            self._send_live(self._news, path.removeprefix(LIVE))
        elif (name := self._name(path)) is None:
            self._send_missing()
        elif name and not name.endswith("/") and (self._folder / name).is_dir():
            query = urlsplit(self.path).query
            target = f"{self._base}{name}/" + (f"?{query}" if query else "")
            self._send(HTTPStatus.MOVED_PERMANENTLY, b"", {"Location": target})
        elif (
            file := self._folder / (name + "index.html" if name == "" or name.endswith("/") else name)
        ).is_file():
            self._send_file(HTTPStatus.OK, file)
        else:
            self._send_missing()

    def _name(self, path: str) -> str | None:
        """Return a path relative to the folder; None when it is outside of the site."""
        if not path.startswith(self._base):
            return None
        name = path.removeprefix(self._base)
        parts = PurePosixPath(name).parts
        if ".." in parts or "\\" in name or "\0" in name or name.startswith("/"):
            return None
        return name

    def _send_missing(self) -> None:
        page = self._folder / "404.html"
        if page.is_file():
            self._send_file(HTTPStatus.NOT_FOUND, page)
        elif self._news:
            body = self._followed(self._news, NO_SITE.encode())
            self._send(HTTPStatus.NOT_FOUND, body, headers_of(page.name))
        else:
            self._send(HTTPStatus.NOT_FOUND, b"Not found\n", {"Content-Type": TYPES[".txt"]})

    @staticmethod
    def _followed(news: _News, page: bytes) -> bytes:
        """Return a page with what makes it follow the author."""
        tags = LIVE_TAGS.format(news.build)  # of the build before, if there is a newer one just now
        return page.replace(b"</body>", tags.encode())

    def _send_file(self, status: HTTPStatus, file: Path) -> None:
        name = file.relative_to(self._folder).as_posix()
        headers = headers_of(name) | {"Vary": "Accept-Encoding"}
        if self._news and file.suffix == ".html":
            self._send(status, self._followed(self._news, file.read_bytes()), headers)
            return
        offered = {
            part.partition(";")[0].strip() for part in self.headers.get("Accept-Encoding", "").split(",")
        }
        for encoding, suffix in ENCODINGS.items():
            twin = file.with_name(file.name + suffix)
            if encoding in offered and twin.is_file():
                self._send(status, twin.read_bytes(), headers | {"Content-Encoding": encoding})
                return
        self._send(status, file.read_bytes(), headers)

    def _send(self, status: HTTPStatus, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in (HEADERS | {"Content-Length": str(len(body))} | headers).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        self.wfile.flush()

    def _send_live(self, news: _News, name: str) -> None:
        """Send the script that follows the author, what it listens to, or how that looks."""
        if name == "events":
            self._send_events(news)
        elif news.folder and name in ("live.js", "live.css"):
            file = news.folder / name
            self._send(
                HTTPStatus.OK,
                file.read_bytes(),
                {"Content-Type": TYPES[file.suffix], "Cache-Control": "no-cache"},
            )
        else:
            self._send_missing()

    def _send_events(self, news: _News) -> None:
        """Tell a page what there is, and whatever comes from now on."""
        self.close_connection = True
        self.send_response(HTTPStatus.OK)
        headers = {"Content-Type": "text/event-stream", "Cache-Control": "no-cache", "Connection": "close"}
        for name, value in (HEADERS | headers).items():
            self.send_header(name, value)
        self.end_headers()
        seen = ""
        while not news.closed:
            now = news.after(seen, seconds=15)
            self.wfile.write(b": still here\n\n" if now == seen else f"data: {now}\n\n".encode())
            self.wfile.flush()
            seen = now
