"""A server that breaks files in every way in which hosts, proxies and networks do.

It speaks real HTTP, since resets, silence and the browser's cache are what matters. What it sends wrongly it declares
as lasting as the rest, so that a browser keeps the damage.
"""

from __future__ import annotations

import os
import re
import socket
import struct
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from http import HTTPStatus
from pathlib import Path
from types import TracebackType

from l2site.hosting import TYPES
from l2site.server import Handler, Server

PAGE = b"<!doctype html><title>Sign in</title><p>Welcome to this network.</p>"
FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}


PIECES, GAP = 8, 0.7
"""A file that comes slowly comes in so many pieces, with so many seconds before each; a late one after all of them."""


class Fault(StrEnum):
    """What may become of a file."""

    MISSING = "404"
    FAILING = "500"
    PAGE = "a web page instead, with 200"
    TYPE = "wrong type"
    SHORT = "connection closed halfway"
    CLEAN = "half of it, as if that were all"
    FLIPPED = "some bytes changed"
    RESET = "connection reset halfway"
    STALLED = "silence halfway"
    SILENT = "no answer at all"
    # And what is no fault, only slow:
    SLOW = "piece by piece"
    LATE = "after a long while"


DAMAGE = tuple(fault for fault in Fault if fault not in (Fault.SLOW, Fault.LATE))
"""All but those that only take their time."""


class FaultServer(Server):
    """Serves a built site, and does to its files what it is told to."""

    def __init__(self, folder: Path) -> None:
        self._plans: list[_Plan] = []
        self._lock = threading.Lock()
        self.closed = threading.Event()
        self.requests: Counter[str] = Counter()
        """How often each file was asked for, by its address without the leading slash."""
        super().__init__(folder)

    def handler(self) -> Callable[..., Handler]:
        """Return the handler that knows this server."""
        return partial(_FaultyHandler, server_of_faults=self)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go of the connections that hang, and stop."""
        self.closed.set()
        super().__exit__(kind, error, trace)

    def break_(self, file: str, fault: Fault, *, times: float = float("inf")) -> None:
        """Do this, so many times, to files whose address has this pattern in it."""
        with self._lock:
            self._plans.append(_Plan(re.compile(file), fault, times))

    def repair(self) -> None:
        """Serve everything as it is."""
        with self._lock:
            self._plans.clear()

    def fault_for(self, file: str) -> Fault | None:
        """Return what shall happen to this request."""
        with self._lock:
            self.requests[file] += 1
            for plan in self._plans:
                if plan.left and plan.file.search(file):
                    plan.left -= 1
                    return plan.fault
        return None


@dataclass(slots=True)
class _Plan:
    file: re.Pattern[str]
    fault: Fault
    left: float
    """How often it will happen yet."""


class _FaultyHandler(Handler):
    """Sends a file, or breaks it; always without compression, so that the damage is to the bytes that are meant."""

    def __init__(self, *args: object, server_of_faults: FaultServer, **options: object) -> None:
        self._faults = server_of_faults
        super().__init__(*args, **options)

    def _send_file(self, status: HTTPStatus, file: Path) -> None:
        fault = self._faults.fault_for(file.relative_to(self._folder).as_posix())
        match fault:
            case None:
                super()._send_file(status, file)
            case Fault.SHORT | Fault.RESET | Fault.STALLED:
                self._send_half(fault, file)
            case Fault.SILENT:
                self.close_connection = True
                self._faults.closed.wait()
            case Fault.LATE:
                self._faults.closed.wait(PIECES * GAP)
                super()._send_file(status, file)
            case Fault.SLOW:
                self._send_pieces(file)
            case _:
                self._send(*_wrong(fault, file))

    def _send_half(self, fault: Fault, file: Path) -> None:
        """Send half of a file, and then something else than the rest."""
        whole = file.read_bytes()
        self._send_part(whole[: len(whole) // 2], file)
        if fault is Fault.STALLED:
            self._faults.closed.wait()
        elif fault is Fault.RESET:
            # Closing at once and without lingering sends RST in place of FIN.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            os.close(self.connection.detach())

    def _send_pieces(self, file: Path) -> None:
        """Send a file slowly."""
        self._send_part(b"", file)
        whole = file.read_bytes()
        size = -(-len(whole) // PIECES)
        for start in range(0, len(whole), size):
            self._faults.closed.wait(GAP)
            self.wfile.write(whole[start : start + size])
            self.wfile.flush()

    def _send_part(self, part: bytes, file: Path) -> None:
        """Promise a whole file, and send part of it."""
        self.close_connection = True
        headers = _headers(file) | {"Content-Length": str(file.stat().st_size)}
        self._send(HTTPStatus.OK, part, headers)


def _headers(file: Path) -> dict[str, str]:
    return FOR_EVER | {"Content-Type": TYPES[file.suffix]}


def _wrong(fault: Fault, file: Path) -> tuple[HTTPStatus, bytes, dict[str, str]]:
    """Return an answer that is complete and wrong."""
    whole, page = file.read_bytes(), FOR_EVER | {"Content-Type": TYPES[".html"]}
    plain = "text/plain" if file.suffix == ".mjs" else "application/octet-stream"
    answers = {
        Fault.MISSING: (HTTPStatus.NOT_FOUND, PAGE, page),
        Fault.FAILING: (HTTPStatus.INTERNAL_SERVER_ERROR, PAGE, page),
        Fault.PAGE: (HTTPStatus.OK, PAGE, page),
        Fault.TYPE: (HTTPStatus.OK, whole, FOR_EVER | {"Content-Type": plain}),
        Fault.CLEAN: (HTTPStatus.OK, whole[: len(whole) // 2], _headers(file)),
        Fault.FLIPPED: (HTTPStatus.OK, _flipped(whole), _headers(file)),
    }
    return answers[fault]


def _flipped(whole: bytes) -> bytes:
    """Return bytes of which up to 64 in the middle are others, all of them ASCII if they were."""
    middle = len(whole) // 2
    damaged = whole[middle : middle + 64]
    return whole[:middle] + bytes(byte ^ 1 for byte in damaged) + whole[middle + len(damaged) :]
