"""A server that hears what goes wrong in the pages that it serves.

WebKit's driver tells nobody what is on the console, so a script in front of all others does, in every browser alike.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from pathlib import Path

from l2site.hosting import TYPES
from l2site.server import Handler, Server

WATCH = b"""
const tell = (...words) => navigator.sendBeacon("/-/wrong", words.join(" "));
addEventListener("error", ({ message, filename, lineno, target }) =>
  message ? tell(message, filename, lineno) : tell("cannot be loaded:", target.src ?? target.href), true);
addEventListener("unhandledrejection", ({ reason }) => tell("nobody caught:", reason, reason?.stack));
addEventListener("securitypolicyviolation", (refused) =>
  tell("the policy refused:", refused.effectiveDirective, refused.blockedURI, refused.sourceFile));
const { error } = console;
console.error = (...words) => { tell(...words); error.apply(console, words); };
"""
WATCH_TAG = b'<head>\n<script src="/-/watch.js"></script>'


class WatchedServer(Server):
    """Serves a built site with one script more on each page, and keeps what that tells."""

    def __init__(self, folder: Path) -> None:
        self._heard: list[str] = []
        self._lock = threading.Lock()
        super().__init__(folder)

    def handler(self) -> Callable[..., Handler]:
        """Return the handler that knows this server."""
        return partial(_WatchedHandler, watched=self)

    def hear(self, complaint: str) -> None:
        """Keep what was told."""
        with self._lock:
            self._heard.append(complaint)

    def settle(self) -> list[str]:
        """Return what has been told since the last time."""
        with self._lock:
            heard, self._heard = self._heard, []
            return heard


class _WatchedHandler(Handler):
    def __init__(self, *args: object, watched: WatchedServer, **options: object) -> None:
        self._watched = watched
        super().__init__(*args, **options)

    def do_POST(self) -> None:  # noqa: N802  the name is the base class's
        """Hear a complaint."""
        self._watched.hear(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self._send(HTTPStatus.NO_CONTENT, b"", {})

    def _answer(self) -> None:
        if self.path == "/-/watch.js":
            self._send(HTTPStatus.OK, WATCH, {"Content-Type": TYPES[".js"], "Cache-Control": "no-cache"})
        else:
            super()._answer()

    def _send_file(self, status: HTTPStatus, file: Path) -> None:
        if status == HTTPStatus.NOT_FOUND:
            self._watched.hear(f"not found: {self.path}")
        if file.suffix == ".html":
            body = file.read_bytes().replace(b"<head>", WATCH_TAG, 1)
            self._send(status, body, {"Content-Type": TYPES[".html"], "Cache-Control": "no-cache"})
        else:
            super()._send_file(status, file)
