"""One visit: a browser is started, goes to an address, and says when the result was to be seen."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Self

from playwright.sync_api import Error, Page, Playwright

from bench.peers.host import Host, Sent
from bench.peers.sites import Peer
from tools import browser

PATIENCE = 120
"""Seconds until a peer counts as broken."""

STAY = 2
"""Seconds that a page stays open after its first result, so that the browser puts away what the next visit can use."""

WATCH = """
if (window === top) globalThis.bench = {
  tasks: [],
  terminated: 0,
  // When a selector first meets an element with this text, and that has been painted: milliseconds since navigation.
  seen(selector, text = "") {
    return new Promise((resolve, reject) => {
      const look = () => {
        const meets = (element) => element.textContent.includes(text);
        if (!Array.from(document.querySelectorAll(selector)).some(meets)) return;
        observer.disconnect();
        requestAnimationFrame(() => setTimeout(() => resolve(performance.now())));
      };
      const observer = new MutationObserver(look);
      observer.observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
      setTimeout(() => reject(new Error(`nothing was to be seen of ${selector} ${text}`)), PATIENCE * 1000);
      look();
    });
  },
};
if (window === top) {
  const observer = new PerformanceObserver((list) => bench.tasks.push(...list.getEntries()));
  observer.observe({ type: "longtask", buffered: true });
  const terminate = Worker.prototype.terminate;
  Worker.prototype.terminate = function () {
    bench.terminated = performance.now();
    return terminate.call(this);
  };
}
""".replace("PATIENCE", str(PATIENCE))

TASKS = """(until) => new Promise((resolve) => setTimeout(() => resolve(
  bench.tasks
    .filter(({ startTime }) => startTime < until)
    .map(({ startTime, duration }) => Math.min(duration, until - startTime))
)))"""


chromium = cache(browser.find)


class VisitError(Exception):
    """A visit without a result."""


@dataclass(frozen=True, slots=True)
class Visit:
    """What one visit took until its result was painted."""

    seconds: float
    sent: Sent
    tasks: tuple[float, ...]
    """Seconds of each of the main thread's tasks that were longer than 50 ms."""
    stages: Mapping[str, float]
    """Seconds until each stage that our own page has noted (`sites.STAGES`)."""

    @property
    def blocked(self) -> float:
        """Seconds that the main thread was not to be spoken to."""
        return sum(self.tasks)


class Reader:
    """Somebody with a browser of their own, which remembers what it has seen until the `with` block ends."""

    def __init__(self, playwright: Playwright, host: Host, url: str) -> None:
        self._playwright = playwright
        self._host = host
        self._url = url
        self._before = host.sent
        self._profile = Path(tempfile.mkdtemp(prefix="peers-"))

    def __enter__(self) -> Self:
        """Begin with an empty profile."""
        return self

    def __exit__(self, *_: object) -> None:
        """Throw the profile away."""
        shutil.rmtree(self._profile, ignore_errors=True)

    def visit(self, peer: Peer, *, stay: float = 0) -> Visit:
        """Open a peer's page, wait for its result, stay for some seconds, and close the browser."""
        with self._at(peer) as page:
            visit = self._see(page, peer)
            page.wait_for_timeout(stay * 1000)
            return visit

    def respawn(self, peer: Peer) -> tuple[Visit, float]:
        """Visit; then let Python hang, ask it for something, and take the seconds from its end to the answer."""
        with self._at(peer) as page:
            visit = self._see(page, peer)
            [worker] = page.workers
            worker.evaluate("() => { setTimeout(() => { for (;;); }); }")
            _move(page)
            answered: float = page.evaluate(
                """async () => {
                  while (!bench.terminated) await new Promise((resolve) => setTimeout(resolve, 10));
                  return (await bench.seen("figure[data-state=ready][data-shown*='lam=']")) - bench.terminated;
                }"""
            )
            return visit, answered / 1000

    def slide(self, peer: Peer) -> float:
        """Open our page, move the first slider as soon as it can be moved, and take the seconds until it shows."""
        with self._at(peer) as page:
            page.evaluate("bench.seen('figure[data-widget=lambda_sweep] [data-controls]:enabled')")
            _move(page)
            answered: float = page.evaluate(
                "bench.seen(\"figure[data-widget=lambda_sweep][data-shown*='lam=']\")"
            )
            return answered / 1000

    @contextmanager
    def _at(self, peer: Peer) -> Iterator[Page]:
        """Start a browser, go to a peer's page, and close the browser in the end."""
        said: list[str] = []
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        context = self._playwright.chromium.launch_persistent_context(
            self._profile,
            executable_path=chromium(),
            args=["--disable-gpu", *sandbox],
            viewport={"width": 1280, "height": 900},
        )
        context.on("console", lambda message: said.append(message.text))
        context.on("weberror", lambda error: said.append(str(error.error)))
        context.add_init_script(WATCH + peer.prelude)
        self._before = self._host.sent
        try:
            page = context.pages[0]
            page.goto(self._url + peer.address, wait_until="commit")
            yield page
        except Error as error:
            last = "\n".join(said[-10:])
            raise VisitError(f"{peer.title}: {error.message}\nIts console said last:\n{last}") from None
        finally:
            context.close()

    def _see(self, page: Page, peer: Peer) -> Visit:
        """Wait for the result."""
        until: float = page.evaluate(f"bench.seen({json.dumps(peer.result)}, {json.dumps(peer.text)})")
        sent = self._host.sent - self._before
        tasks: list[float] = page.evaluate(TASKS, until)
        noted: dict[str, float] = page.evaluate("globalThis.stages ?? {}")
        stages = {stage: at / 1000 for stage, at in noted.items()}
        return Visit(until / 1000, sent, tuple(duration / 1000 for duration in tasks), stages)


def _move(page: Page) -> None:
    """Press a key on the first slider."""
    page.evaluate("document.querySelector('figure[data-widget=lambda_sweep] input[type=range]').focus()")
    page.keyboard.press("ArrowRight")
