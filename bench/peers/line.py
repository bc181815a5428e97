"""A slow line to a host: 10 Mbit/s for all its connections together, and 40 ms for the way there and back.

A browser's own throttling does not reach what workers fetch; a line between browser and host treats every byte alike.
What it leaves out is TCP's slow start, which would cost each peer some round trips more.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from types import TracebackType
from typing import Self

RATE = 10_000_000 / 8
"""Bytes per second, towards the browser."""
ROUND_TRIP = 0.040
"""Seconds; also what it takes to set up a connection."""
PIECE = 4096
"""Connections take turns after so many bytes."""
SLACK = 0.02
"""Seconds of sending that the line makes up for when it woke late, or had nothing to send."""


class Line:
    """Listens at a port of its own and passes everything on, until the `with` block ends."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._free_at = 0.0
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._over = asyncio.Event()
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}/"

    def __enter__(self) -> Self:
        """Begin to listen."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop, and give the port back."""
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join()

    def _serve(self) -> None:
        async def serve() -> None:
            server = await asyncio.start_server(self._connect, sock=self._listening)
            await self._over.wait()
            server.close()
            connections = asyncio.all_tasks() - {asyncio.current_task()}
            for connection in connections:
                connection.cancel()
            await asyncio.gather(*connections, return_exceptions=True)

        self._loop.run_until_complete(serve())
        self._loop.close()

    async def _connect(self, from_browser: asyncio.StreamReader, to_browser: asyncio.StreamWriter) -> None:
        """Carry one connection, both ways, until either side ends it."""
        await asyncio.sleep(ROUND_TRIP)
        from_host, to_host = await asyncio.open_connection("127.0.0.1", self._to)
        try:
            async with asyncio.TaskGroup() as ways:
                ways.create_task(self._carry(from_browser, to_host, paced=False))
                ways.create_task(self._carry(from_host, to_browser, paced=True))
        except* ConnectionError:
            pass  # the browser went away
        finally:
            to_host.close()
            to_browser.close()

    async def _carry(
        self, source: asyncio.StreamReader, target: asyncio.StreamWriter, *, paced: bool
    ) -> None:
        """Take pieces as the line has room for them; each arrives half a round trip after it has left."""
        under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

        async def deliver() -> None:
            while True:
                due, piece = await under_way.get()
                await asyncio.sleep(due - self._loop.time())
                if not piece:
                    target.close()
                    return
                target.write(piece)
                await target.drain()

        async with asyncio.TaskGroup() as both:
            both.create_task(deliver())
            while piece := await source.read(PIECE):
                if paced:
                    self._free_at = max(self._free_at, self._loop.time() - SLACK) + len(piece) / RATE
                    await asyncio.sleep(self._free_at - self._loop.time())
                under_way.put_nowait((self._loop.time() + ROUND_TRIP / 2, piece))
            under_way.put_nowait((self._loop.time() + ROUND_TRIP / 2, b""))
