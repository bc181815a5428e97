"""First and second visits with and without what browsers keep of the site, in turns; medians and best runs.

The site with a service worker also keeps Python's memory; the one without keeps neither.

Every visit is a new browser process. The page is that of `lambda_sweep`, scrolled to its figure; "live" is when the
figure says that it is. Second visits have a profile whose first visits have kept everything and compiled it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from playwright.sync_api import Page, Playwright, sync_playwright

from bench._visit import BOOT, HAND, VIEWPORT, await_live, chromium, served

PAGE = "tuning/"
ROUNDS = 12
WARMING = 2
FIGURE = "lambda_sweep"

WATCH = """
window.bench = {};
addEventListener("DOMContentLoaded", () =>
  document.querySelector("figure[data-widget=lambda_sweep]").scrollIntoView());
for (const type of ["paint", "mark"])
  new PerformanceObserver((list) => {
    for (const { name, startTime } of list.getEntries()) bench[name] ??= startTime;
  }).observe({ type, buffered: true });
new MutationObserver(() => {
  if (document.querySelector("figure[data-widget=lambda_sweep][data-state=ready]")) bench.live ??= performance.now();
}).observe(document, { subtree: true, attributeFilter: ["data-state"] });
"""

COLUMNS = {"first paint": "first-contentful-paint", "Python there": "l2:ready", "live": "live"}


def main() -> None:
    """Print the tables."""
    with (
        tempfile.TemporaryDirectory() as profiles,
        served(service_worker=False) as without,
        served() as with_it,
        sync_playwright() as playwright,
    ):
        folder = Path(profiles)
        urls = {"without": without + PAGE, "with": with_it + PAGE}
        for variant, url in urls.items():
            for _ in range(WARMING):
                _warm(playwright, folder / f"{variant}-kept", url, keeps=variant == "with")
        first: dict[str, list[dict[str, float]]] = {variant: [] for variant in urls}
        second: dict[str, list[dict[str, float]]] = {variant: [] for variant in urls}
        for turn in range(ROUNDS):
            for variant in list(urls)[:: 1 if turn % 2 else -1]:
                new = folder / f"{variant}-{turn}"
                first[variant].append(_visit(playwright, new, urls[variant]))
                second[variant].append(_visit(playwright, folder / f"{variant}-kept", urls[variant]))
        _print("First visits", first)
        _print("Second visits", second)


@contextmanager
def _page(playwright: Playwright, profile: Path) -> Iterator[Page]:
    context = playwright.chromium.launch_persistent_context(profile, **chromium(), viewport=VIEWPORT)
    page = context.new_page()
    page.add_init_script(WATCH + HAND)
    yield page
    context.close()


def _visit(playwright: Playwright, profile: Path, url: str) -> dict[str, float]:
    """Return when things happened, in milliseconds after the navigation began."""
    with _page(playwright, profile) as page:
        page.goto(url)
        await_live(page, FIGURE)
        times: dict[str, float] = page.evaluate("() => bench")
        return times


def _warm(playwright: Playwright, profile: Path, url: str, *, keeps: bool) -> None:
    """Visit, wait until everything is kept, and use the figure until the browser thinks its code worth keeping."""
    with _page(playwright, profile) as page:
        page.goto(url)
        await_live(page, FIGURE)
        if keeps:
            page.locator("[data-offline]:not([hidden])").wait_for(state="attached", timeout=BOOT)
        slider = page.locator(f"figure[data-widget={FIGURE}] [data-control=lam] input[type=range]")
        for key in ["ArrowRight"] * 20 + ["ArrowLeft"] * 20:
            slider.press(key)
        await_live(page, FIGURE)
        page.wait_for_timeout(4000)


def _print(title: str, visits: dict[str, list[dict[str, float]]]) -> None:
    print(f"{title} (ms after the navigation began: median, best)")
    print(f"{'service worker':<16}" + "".join(f"{column:>20}" for column in COLUMNS))
    for variant, runs in visits.items():
        cells = ""
        for mark in COLUMNS.values():
            times = [run[mark] for run in runs]
            cells += f"{f'{median(times):,.0f} {min(times):8,.0f}':>20}"
        print(f"{variant:<16}{cells}")
