"""The site as a measurement visits it: built into a folder of its own, served, and opened in Chromium."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypedDict

from playwright.sync_api import Locator, Page, ViewportSize, sync_playwright

from l2site import output, site
from l2site.server import Server
from tools import browser

ROOT = Path(__file__).resolve().parents[1]
VIEWPORT = ViewportSize(width=1280, height=900)
BOOT = 60_000
"""Milliseconds that Python may take to start."""


BARS = 300
"""CSS pixels that a browser's own bars take of the height of its window, at most."""

HAND = "addEventListener('DOMContentLoaded', () => dispatchEvent(new Event('pointermove')));"
"""A reader whose hand moves as soon as the page is there; without a sign of one, figures wait (attention.js)."""


class _Chromium(TypedDict):
    executable_path: Path | None
    args: list[str]


def chromium() -> _Chromium:
    """Return how to launch Chromium, for each of Playwright's ways to launch it."""
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return _Chromium(executable_path=browser.find(), args=["--disable-gpu", *sandbox])


@contextmanager
def served(*, service_worker: bool = True) -> Iterator[str]:
    """Build the site and serve it; yield its address."""
    built = site.make_site(ROOT, service_worker=service_worker)
    with tempfile.TemporaryDirectory() as folder:
        with output.Compressor(ROOT / site.CACHE) as compressor:
            output.write_site(built.files, Path(folder) / "dist", compressor)
        with Server(Path(folder) / "dist") as server:
            yield server.url


@contextmanager
def visits(script: str, *flags: str) -> Iterator[Callable[[str], Page]]:
    """Serve the site; yield a function that opens an address of it on a new page, where a script runs first.

    Parameters
    ----------
    script
        JavaScript that writes down what is measured.
    flags
        More of Chromium's command line.
    """
    with served() as url, sync_playwright() as playwright:
        options = chromium()
        options["args"] += flags
        launched = playwright.chromium.launch(**options)

        def visit(address: str) -> Page:
            page = launched.new_page(viewport=VIEWPORT)
            _uncover(page)
            page.add_init_script(script + HAND)
            page.goto(url + address)
            return page

        yield visit
        launched.close()


def _uncover(page: Page) -> None:
    """Have a window in which all of the viewport is to be seen.

    Playwright makes the whole window as large as the viewport. A whole Chromium has bars above it, without a screen as
    well, and the lowest part of the page lies below the window's edge. What changes there alone is never put on a
    screen, and event timing waits for the next thing that is, which may be seconds later.
    """
    browser = page.context.new_cdp_session(page)
    window = browser.send("Browser.getWindowForTarget")["windowId"]
    bounds = {"width": VIEWPORT["width"], "height": VIEWPORT["height"] + BARS}
    browser.send("Browser.setWindowBounds", {"windowId": window, "bounds": bounds})
    browser.detach()


def live(page: Page, name: str) -> Locator:
    """Scroll to a figure and wait until Python has drawn it; return it."""
    figure = page.locator(f"figure[data-widget={name}]")
    figure.scroll_into_view_if_needed()
    await_live(page, name)
    return figure


def await_live(page: Page, name: str) -> None:
    """Wait until a figure shows what it was asked for, by Python."""
    page.locator(f"figure[data-widget={name}][data-state=ready]").wait_for(timeout=BOOT)
