"""How long it takes from a key on a slider to the drawn figure, and what the start of Python costs the page.

Every visible slider is driven with the keyboard, as a reader would. The page's own marks (`l2:input`, `l2:drawn`) are
read by an observer, so the time includes the worker, the drawing and the waiting for a frame.
"""

from __future__ import annotations

import statistics

from playwright.sync_api import Page

import l2widgets
from bench._visit import await_live, live, visits

PRESSES = 120

WATCH = """
window.bench = { inputs: new Map(), times: [], long: [], heap: 0 };
new PerformanceObserver((list) => {
  for (const { name, startTime, detail } of list.getEntries()) {
    if (name === "l2:ready") bench.heap = detail.heap;
    const key = detail && `${detail.widget}?${detail.query}`;
    if (name === "l2:input") bench.inputs.set(key, startTime);
    if (name === "l2:drawn" && bench.inputs.has(key)) bench.times.push(startTime - bench.inputs.get(key));
  }
}).observe({ type: "mark" });
new PerformanceObserver((list) => {
  for (const { startTime, duration } of list.getEntries()) bench.long.push([startTime, duration]);
}).observe({ type: "longtask" });
"""


def main() -> None:
    """Print the tables."""
    with visits(WATCH) as visit:
        print("Slider to drawn figure, Python being there (ms)")
        print(f"{'figure':<16}{'control':<10}{'median':>8}{'95 %':>8}{'max':>8}{'drawn':>8}")
        for name in l2widgets.names():
            page = visit("")
            _report(page, name)
            page.close()


def _report(page: Page, name: str) -> None:
    figure = live(page, name)
    start = page.evaluate("() => ({ long: bench.long, heap: bench.heap })")
    for control in figure.locator("[data-kind=slider]:visible").all():
        control_name = control.get_attribute("data-control")
        slider = control.locator("input[type=range]")
        slider.focus()
        page.evaluate("() => { bench.times = []; bench.long = []; }")
        key = "ArrowRight"
        for _ in range(PRESSES):
            before = slider.input_value()
            slider.press(key)
            if slider.input_value() == before:  # at the end: turn round
                key = "ArrowLeft" if key == "ArrowRight" else "ArrowRight"
                continue
            await_live(page, name)
        times = sorted(page.evaluate("() => bench.times"))
        tail = times[int(0.95 * len(times))]
        print(
            f"{name:<16}{control_name:<10}{statistics.median(times):8.1f}{tail:8.1f}{times[-1]:8.1f}{len(times):8d}"
        )
    long = ", ".join(f"{duration:.0f}" for _, duration in start["long"]) or "none"
    print(f"{name:<16}long tasks of the page until Python was there (ms): {long}")
    print(f"{name:<16}heap of WebAssembly after the start (MiB): {start['heap'] / 2**20:.0f}")
