"""A local web server that treats the site as a good host would: types, compression, caching and policy.

`Server` is what the browser tests use; `serve` adds the watching, the building and the reloading.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import ClassVar, Self
from urllib.parse import unquote, urlsplit

from l2site.assets import LASTING

TYPES = {
    ".bib": "application/x-bibtex; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".py": "text/x-python; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json; charset=utf-8",
    ".webp": "image/webp",
    ".whl": "application/zip",
    ".woff2": "font/woff2",
    ".xml": "application/xml; charset=utf-8",
    ".zip": "application/zip",
}
"""Said here and not left to the machine, whose own table may call a module plain text."""

POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'; require-trusted-types-for 'script'; trusted-types app-worker"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), gyroscope=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Content-Type-Options": "nosniff",
}
"""What every response carries; a worker takes its policy from its own response, so scripts carry it too."""

EMBED = {
    "Content-Security-Policy": POLICY.replace("frame-ancestors 'self'", "frame-ancestors *"),
    "Cross-Origin-Resource-Policy": "cross-origin",
}
"""What pages below embed/ carry instead, since they may be shown in anybody's frames."""

ENCODINGS = {"br": ".br", "gzip": ".gz"}
"""The compressed twins, the smaller first."""

RELOAD_SCRIPT = b"""// Added by `build.py serve` alone: loads the page again when it has been built again.
new EventSource("/-/events").addEventListener("built", () => location.reload());
"""
RELOAD_TAG = b'<script src="/-/reload.js" defer></script></body>'


class Server:
    """Serves a folder on this machine until the `with` block ends.

    >>> with Server(Path("dist")) as server:  # doctest: +SKIP
    ...     print(server.url)
    http://127.0.0.1:40273/
    """

    def __init__(self, folder: Path, *, port: int = 0, base: str = "/", reload: bool = False) -> None:
        self._reloads = _Reloads()
        reloads = self._reloads if reload else None
        handler = partial(self.handler(), folder=folder, base=base, reloads=reloads)
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
        self._reloads.close()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def handler(self) -> Callable[..., Handler]:
        """Return what makes a handler of a request."""
        return Handler

    def reload_pages(self) -> None:
        """Have every open page load itself again."""
        self._reloads.announce()


class _QuietServer(ThreadingHTTPServer):
    """Threads that end with the program, and no traceback for a browser that hung up."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        pass


class _Reloads:
    """Counts the builds, and lets pages wait for the next."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._count = 0
        self.closed = False

    def announce(self) -> None:
        with self._changed:
            self._count += 1
            self._changed.notify_all()

    def close(self) -> None:
        self.closed = True
        self.announce()

    @property
    def count(self) -> int:
        return self._count

    def wait(self, seen: int, seconds: float) -> int:
        with self._changed:
            self._changed.wait_for(lambda: self._count != seen, timeout=seconds)
            return self._count


class Handler(BaseHTTPRequestHandler):
    """Answers GET and HEAD from a folder."""

    protocol_version = "HTTP/1.1"
    server_version = "l2site"
    sys_version = ""
    # Headers and body leave right after each other; waiting until the first is acknowledged costs 40 ms.
    disable_nagle_algorithm = True
    wbufsize: ClassVar[int] = -1
    timeout = 120

    def __init__(self, *args: object, folder: Path, base: str, reloads: _Reloads | None) -> None:
        self._folder = folder
        self._base = base
        self._reloads = reloads
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
        if self._reloads and path == "/-/events":
            self._send_events(self._reloads)
        elif self._reloads and path == "/-/reload.js":
            self._send(
                HTTPStatus.OK, RELOAD_SCRIPT, {"Content-Type": TYPES[".js"], "Cache-Control": "no-cache"}
            )
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
        else:
            self._send(HTTPStatus.NOT_FOUND, b"Not found\n", {"Content-Type": TYPES[".txt"]})

    def _send_file(self, status: HTTPStatus, file: Path) -> None:
        headers = {
            "Content-Type": TYPES.get(file.suffix, "application/octet-stream"),
            "Cache-Control": self._caching(file),
            "Vary": "Accept-Encoding",
        }
        if file.is_relative_to(self._folder / "embed"):
            headers |= EMBED
        if self._reloads and file.suffix == ".html":
            self._send(status, file.read_bytes().replace(b"</body>", RELOAD_TAG), headers)
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

    def _caching(self, file: Path) -> str:
        name = file.relative_to(self._folder).as_posix()
        return "public, max-age=31536000, immutable" if name.startswith(LASTING) else "no-cache"

    def _send(self, status: HTTPStatus, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in (HEADERS | {"Content-Length": str(len(body))} | headers).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        self.wfile.flush()

    def _send_events(self, reloads: _Reloads) -> None:
        """Tell a page of every build from now on."""
        self.close_connection = True
        self.send_response(HTTPStatus.OK)
        headers = {"Content-Type": "text/event-stream", "Cache-Control": "no-cache", "Connection": "close"}
        for name, value in (HEADERS | headers).items():
            self.send_header(name, value)
        self.end_headers()
        seen = reloads.count
        while not reloads.closed:
            self.wfile.write(b": here\n\n")
            self.wfile.flush()
            now = reloads.wait(seen, seconds=15)
            if now != seen and not reloads.closed:
                seen = now
                self.wfile.write(f"event: built\ndata: {json.dumps(now)}\n\n".encode())
                self.wfile.flush()


def serve(
    folder: Path,
    *,
    port: int,
    watched: tuple[Path, ...],
    rebuild: Callable[[frozenset[Path]], bool],
) -> None:
    """Build and serve a folder, and build it again after every change, until interrupted.

    Parameters
    ----------
    folder
        Where the built site is.
    port
        Where to listen; 0 for any that is free.
    watched
        The folders whose changes matter.
    rebuild
        Called with the files that changed, with none for the first build; tells whether there is a new version.

    Raises
    ------
    KeyboardInterrupt
        When it is interrupted.
    """
    from watchfiles import watch  # noqa: PLC0415  only `serve` needs it

    # The watching begins before the first build, so that no change falls between the two.
    changes = watch(*watched, debounce=200, step=50, rust_timeout=100, yield_on_timeout=True)
    next(changes)
    rebuild(frozenset())
    with Server(folder, port=port, reload=True) as server:
        print(f"{server.url} shows the site; it follows every change. Ctrl+C ends it.", flush=True)
        for changed in changes:
            if changed and rebuild(frozenset(Path(path) for _, path in changed)):
                server.reload_pages()
