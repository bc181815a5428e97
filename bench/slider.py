"""How long it takes from a key on a slider to the drawn figure, and what the start of Python costs the page.

Every visible slider is driven with the keyboard, as a reader would. The times lie between the page's own marks
(`l2:input`, `l2:drawn`), so they include the worker, the drawing and the waiting for a frame. What presses the keys
stays out of the page meanwhile: to look for an element in a page of this size takes the browser as long as to draw.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from playwright.sync_api import Page

from bench._visit import live, visits

PRESSES = 120
REST = 30
"""Milliseconds between an answer and the next key."""

WATCH = """
window.bench = { asked: null, moved: false, answered: () => {}, times: [], long: [], heap: 0 };
const mark = performance.mark.bind(performance);
performance.mark = (name, options) => {
  const { widget, query } = options?.detail ?? {};
  if (name === "l2:ready") bench.heap = options.detail.heap;
  if (name === "l2:input") Object.assign(bench, { asked: { widget, query, at: performance.now() }, moved: true });
  if (name === "l2:drawn" && bench.asked?.widget === widget && bench.asked.query === query) {
    bench.times.push(performance.now() - bench.asked.at);
    bench.asked = null;  // what a figure that goes on by itself draws afterwards is no answer
    bench.answered();
  }
  return mark(name, options);
};
new PerformanceObserver((list) => {
  for (const { startTime, duration } of list.getEntries()) bench.long.push([startTime, duration]);
}).observe({ type: "longtask" });
"""

ANSWERED = """async (rest) => {
  const { moved } = bench;
  bench.moved = false;
  if (bench.asked) await new Promise((answered) => { bench.answered = answered; });
  await new Promise((done) => setTimeout(done, rest));
  return moved;
}"""
"""Waits for the answer to the last key; false when the slider did not move, being at its end."""


def main(figures: Sequence[str]) -> None:
    """Print the tables of these figures."""
    with visits(WATCH) as visit:
        print("Slider to drawn figure, Python being there (ms)")
        print(f"{'figure':<16}{'control':<10}{'median':>8}{'95 %':>8}{'max':>8}{'drawn':>8}")
        for name in figures:
            page = visit("")
            _report(page, name)
            page.close()


def _report(page: Page, name: str) -> None:
    figure = live(page, name)
    start = page.evaluate("() => ({ long: bench.long, heap: bench.heap })")
    for control in figure.locator("[data-kind=slider]:visible").all():
        control_name = control.get_attribute("data-control")
        control.locator("input[type=range]").focus()
        page.evaluate("() => { bench.times = []; }")
        key = "ArrowRight"
        for _ in range(PRESSES):
            page.keyboard.press(key)
            if not page.evaluate(ANSWERED, REST):  # at the end: turn round
                key = "ArrowLeft" if key == "ArrowRight" else "ArrowRight"
        times = sorted(page.evaluate("() => bench.times"))
        tail = times[int(0.95 * len(times))]
        print(
            f"{name:<16}{control_name:<10}{statistics.median(times):8.1f}{tail:8.1f}{times[-1]:8.1f}{len(times):8d}",
            flush=True,
        )
    long = ", ".join(f"{duration:.0f}" for _, duration in start["long"]) or "none"
    print(f"{name:<16}long tasks of the page until Python was there (ms): {long}")
    print(f"{name:<16}heap of WebAssembly after the start (MiB): {start['heap'] / 2**20:.0f}")
