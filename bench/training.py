"""How many frames a second a figure that goes on by itself shows while it runs, and where their time goes.

The reader presses play; the page's own marks (`l2:drawn`) are counted for some seconds, and what the page asked the
worker and heard from it is timed by the page's clock.
"""

from __future__ import annotations

from playwright.sync_api import Page

from bench._visit import live, visits

SECONDS = 8
CASES = {
    "2-8-1, n = 200": "network.n=200&network.lam=0",
    "2-8-1, as it starts": "network.lam=0",
    "2-16-16-1, n = 200": "network.size=large&network.n=200&network.lam=0",
}

WATCH = """
window.bench = { drawn: [], asked: [], heard: [], sizes: [] };
new PerformanceObserver((list) => {
  for (const { name, startTime } of list.getEntries()) if (name === "l2:drawn") bench.drawn.push(startTime);
}).observe({ type: "mark" });
window.Worker = class extends Worker {
  constructor(...given) {
    super(...given);
    this.addEventListener("message", ({ data }) => {
      bench.heard.push(performance.now());
      bench.sizes.push(data.length);
    });
  }
  postMessage(text) {
    bench.asked.push(performance.now());
    super.postMessage(text);
  }
};
"""


def main() -> None:
    """Print the table."""
    with visits(WATCH) as visit:
        print(f"{'network':<24}{'frames/s':>10}{'worker, ms':>12}{'page, ms':>10}{'answer, kB':>12}")
        for name, query in CASES.items():
            page = visit(f"?{query}")
            print(f"{name:<24}{_measured(page)}")
            page.close()


def _measured(page: Page) -> str:
    figure = live(page, "network")
    figure.locator("[data-control=simulation] [data-play]").click()
    page.wait_for_timeout(1500)  # the first frames are slower: the browser still compiles
    found = page.evaluate(
        """async (pause) => {
            const start = performance.now();
            await new Promise((done) => setTimeout(done, pause));
            const end = performance.now();
            const within = (times) => times.filter((time) => time > start && time < end);
            const [asked, heard, drawn] = [bench.asked, bench.heard, bench.drawn].map(within);
            const median = (times) => times.sort((a, b) => a - b)[times.length >> 1];
            const after = (times, others) => median(times.map((t) => others.find((o) => o > t) - t).filter((t) => t));
            return {
                rate: drawn.length / (end - start) * 1000,
                worker: after(asked, heard), page: after(heard, drawn), size: median(bench.sizes.slice(-50)),
            };
        }""",
        SECONDS * 1000,
    )
    return f"{found['rate']:10.1f}{found['worker']:12.1f}{found['page']:10.1f}{found['size'] / 1000:12.1f}"
