"""A static host that treats every site alike, and counts what it sends."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import ClassVar, Self
from urllib.parse import unquote, urlsplit

import brotli

from l2site.hosting import HEADERS, TYPES
from l2site.output import COMPRESSIBLE, WORTH, store, window_of

POLICY = "Content-Security-Policy"
OURS = "/site/"
"""Where the policy is sent: a policy such as ours lets no peer start, since they all make code from strings."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What has left the host."""

    requests: int = 0
    bytes: int = 0
    """Headers and bodies."""

    def __sub__(self, before: Sent) -> Sent:
        """Return what was sent since then."""
        return Sent(self.requests - before.requests, self.bytes - before.bytes)


class Host:
    """Serves a folder on this machine until the `with` block ends.

    Everything that gains by it goes out in brotli, which `cache` keeps. Pages are revalidated, everything else may be
    kept for a year: the best that a host can do for its readers' second visit.
    """

    def __init__(self, folder: Path, cache: Path) -> None:
        self.sent = Sent()
        """Counted since the start."""
        self._lock = threading.Lock()
        self._folder = folder
        self._compressed = _Compressed(cache)
        handler = partial(_Handler, folder=folder, compressed=self._compressed, count=self._count)
        self._server = _Server(("127.0.0.1", 0), handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self.port: int = self._server.server_port
        self.url = f"http://127.0.0.1:{self.port}/"

    def __enter__(self) -> Self:
        """Begin to serve."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop, and give the port back."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def compress(self) -> None:
        """Compress every file now, so that no visitor waits for it."""
        files = sorted((path for path in self._folder.rglob("*") if path.is_file()), key=_size, reverse=True)
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(self._compressed.__getitem__, files))

    def _count(self, size: int) -> None:
        with self._lock:
            self.sent = Sent(self.sent.requests + 1, self.sent.bytes + size)


def _size(file: Path) -> int:
    return file.stat().st_size


class _Compressed(dict[Path, bytes]):
    """A file's compressed form, or nothing when that is not worth it."""

    def __init__(self, cache: Path) -> None:
        super().__init__()
        self._cache = cache

    def __missing__(self, file: Path) -> bytes:
        self[file] = self._make(file.read_bytes()) if file.suffix in COMPRESSIBLE else b""
        return self[file]

    def _make(self, data: bytes) -> bytes:
        digest, window = hashlib.sha256(data).hexdigest(), window_of(len(data))
        kept = self._cache / "compressed" / digest[:2] / f"{digest}-{window}"
        if not kept.exists():
            twin = brotli.compress(data, quality=11, lgwin=window)
            store(kept, twin if len(twin) <= WORTH * len(data) else b"")
        return kept.read_bytes()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of browsers that hung up."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize: ClassVar[int] = -1

    def __init__(
        self, *args: object, folder: Path, compressed: _Compressed, count: Callable[[int], None]
    ) -> None:
        self._folder = folder
        self._compressed = compressed
        self._count = count
        super().__init__(*args)  # type: ignore[arg-type]  # request, address and server, as socketserver gives them

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name is the base class's
        """Say nothing."""

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path)
        file = self._folder / path.lstrip("/")
        if ".." in PurePosixPath(path).parts:
            self._send(HTTPStatus.NOT_FOUND, {})
        elif file.is_dir() and not path.endswith("/"):
            self._send(HTTPStatus.MOVED_PERMANENTLY, {"Location": f"{path}/"})
        elif (file := file / "index.html" if path.endswith("/") else file).is_file():
            self._send_file(file)
        else:
            self._send(HTTPStatus.NOT_FOUND, {})

    def _send_file(self, file: Path) -> None:
        headers = {
            "Cache-Control": "no-cache" if file.suffix == ".html" else "public, max-age=31536000, immutable",
            "Content-Type": TYPES.get(file.suffix, "application/octet-stream"),
            "ETag": f'"{file.stat().st_mtime_ns:x}"',
            "Vary": "Accept-Encoding",
        }
        if self.headers.get("If-None-Match") == headers["ETag"]:
            self._send(HTTPStatus.NOT_MODIFIED, headers)
        elif "br" in self.headers.get("Accept-Encoding", "") and (twin := self._compressed[file]):
            self._send(HTTPStatus.OK, headers | {"Content-Encoding": "br"}, twin)
        else:
            self._send(HTTPStatus.OK, headers, file.read_bytes())

    def _send(self, status: HTTPStatus, headers: dict[str, str], body: bytes = b"") -> None:
        headers = HEADERS | headers
        if not self.path.startswith(OURS):
            del headers[POLICY]
        if status != HTTPStatus.NOT_MODIFIED:
            headers["Content-Length"] = str(len(body))
        lines = [f"{name}: {value}" for name, value in headers.items()]
        head = "\r\n".join([f"HTTP/1.1 {status.value} {status.phrase}", *lines, "", ""]).encode()
        self.wfile.write(head + body)
        self.wfile.flush()
        self._count(len(head) + len(body))
