"""The whole article with every figure live: its answer to readers at a quarter of the speed, and the page's memory.

The browser slows the page's main thread down to a quarter, as a middling phone would be. A reader goes through the
article from above and moves every control of every figure. How long it takes from each key or click to the next
painting is what the browser's own event timing says (to 8 ms), the interaction to next paint. The slowdown does not
reach the worker, so this is what the page itself can promise: that it shows a moved control at once.

Then memory is what `performance.measureUserAgentSpecificMemory` reports of the page and its worker, and the heap of
WebAssembly, which Chromium leaves out of that. A browser answers that question to cross-origin isolated pages only,
which the site's headers make this one. The page's process has Chromium's own code and caches beside; what it takes of
the machine is told where Linux tells it.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from playwright.sync_api import Locator, Page

from bench._visit import await_live, live, visits

PRESSES = 3
SLOWER = 4
HELD = 60
"""Milliseconds for which a finger holds a button down."""
REST = 200
"""Milliseconds from what a reader has seen to what the reader does next."""

WATCH = """
window.bench = { times: new Map(), heap: 0 };
new PerformanceObserver((list) => {
  for (const { interactionId, duration } of list.getEntries())
    if (interactionId) bench.times.set(interactionId, Math.max(duration, bench.times.get(interactionId) ?? 0));
}).observe({ type: "event", durationThreshold: 16, buffered: true });
new PerformanceObserver((list) => {
  for (const { name, detail } of list.getEntries()) if (name === "l2:ready") bench.heap = detail.heap;
}).observe({ type: "mark" });
"""

EAGER = "--enable-blink-features=ForceEagerMeasureMemory"
"""Chromium then measures at once, where it would wait for the next time that it collects garbage."""

LEAST = 16
"""What is as quick as this, in milliseconds, event timing does not tell."""


def main(figures: Sequence[str]) -> None:
    """Make every figure of the article live; print both tables, the first of these figures."""
    with visits(WATCH, EAGER) as visit:
        page = visit("")
        found = page.locator("figure[data-widget]")
        places = [found.nth(i).get_attribute("data-widget") or "" for i in range(found.count())]
        names = [name for name in places if name in figures]
        for name in places:
            live(page, name)
        browser = page.context.new_cdp_session(page)
        browser.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        _report_interactions(page, names)
        browser.send("Emulation.setCPUThrottlingRate", {"rate": 1})
        _report_memory(page, names)


def _report_memory(page: Page, names: list[str]) -> None:
    found = page.evaluate("() => performance.measureUserAgentSpecificMemory()")
    print(f"\nMemory of the page, every control of {', '.join(names)} having been moved (MB)")
    parts: dict[str, int] = {}
    for part in found["breakdown"]:
        scopes = ", ".join(sorted({at["scope"] for at in part["attribution"]})) or "shared"
        name = f"{scopes}: {', '.join(part['types']) or 'other'}"
        parts[name] = parts.get(name, 0) + part["bytes"]
    for name, size in sorted(parts.items(), key=lambda part: -part[1]):
        if size:
            print(f"{name:<50}{size / 1e6:8.1f}")
    heap = page.evaluate("() => bench.heap")
    print(f"{'WebAssembly: Python’s heap after its start':<50}{heap / 1e6:8.1f}")
    print(f"{'all':<50}{(found['bytes'] + heap) / 1e6:8.1f}")
    if Path("/proc/self/smaps_rollup").exists():
        print(f"{'the process, its share of what it shares included':<50}{_process_bytes(page) / 1e6:8.1f}")


def _process_bytes(page: Page) -> int:
    """Return the proportional set size of the largest renderer, which is the page's."""
    browser = page.context.browser
    if browser is None:
        raise RuntimeError("the page is in no browser that was launched")
    processes = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
    sizes = []
    for process in processes:
        if process["type"] == "renderer":
            rollup = Path(f"/proc/{process['id']}/smaps_rollup").read_text(encoding="utf-8")
            sizes.append(
                next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
            )
    return 1024 * max(sizes)


def _report_interactions(page: Page, names: list[str]) -> None:
    print(f"Interaction to next paint, {SLOWER} times slower (ms)")
    print(f"{'figure':<16}{'median':>8}{'98 %':>8}{'max':>8}{'times':>8}")
    everything: list[float] = []
    for name in names:
        figure = page.locator(f"figure[data-widget={name}]")
        figure.scroll_into_view_if_needed()
        before = page.evaluate("() => { bench.times.clear(); return performance.interactionCount; }")
        for act in _acts(figure):
            act()
            await_live(page, name)
            page.wait_for_timeout(REST)
        times, after = page.evaluate("() => [[...bench.times.values()], performance.interactionCount]")
        times += [LEAST] * (after - before - len(times))
        everything += times
        print(_row(name, times))
    print(_row("all", everything))


def _row(name: str, times: list[float]) -> str:
    ordered = sorted(times)
    high = ordered[int(0.98 * len(ordered))]
    return f"{name:<16}{statistics.median(ordered):8.0f}{high:8.0f}{ordered[-1]:8.0f}{len(ordered):8d}"


def _acts(figure: Locator) -> Iterator[Callable[[], None]]:
    """Yield what a reader does with each control: keys on sliders, clicks on all else, and back to the start."""
    for control in figure.locator("[data-control]").all():
        if not control.is_visible():
            continue
        kind = control.get_attribute("data-kind")
        if kind == "slider":
            slider = control.locator("input[type=range]")
            for key in ["ArrowRight"] * PRESSES + ["ArrowLeft"] * PRESSES:
                yield partial(slider.press, key)
        targets = control.locator("button:visible, label.choice, label.toggle").all()
        for target in targets + targets[:1]:  # back to the first choice, where most controls are shown
            if target.is_visible():
                yield partial(target.click, delay=HELD)
    yield partial(figure.locator("[data-reset]").click, delay=HELD)
