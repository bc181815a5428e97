"""How long every figure takes at the heaviest setting of each of its controls, all others standing where they start.

Each control goes to its settings in turn, a slider to both ends, and is timed between the page's own marks, as in
`bench.slider`; the row is the setting that took longest. The median of a few turns leaves out the first, which is
slower: the browser still compiles.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from playwright.sync_api import Locator, Page

from bench._visit import await_live, live, visits
from bench.slider import ANSWERED, REST, WATCH

TURNS = 4


def main(figures: Sequence[str]) -> None:
    """Print the table of these figures."""
    with visits(WATCH) as visit:
        page = visit("")
        print("From a control's move to the drawn figure, at its heaviest setting (ms)")
        print(f"{'figure':<16}{'control':<12}{'median':>8}{'max':>8}  setting")
        for name in figures:
            _report(page, name)


def _report(page: Page, name: str) -> None:
    figure = live(page, name)
    # A reader's own table is no setting.
    for control in figure.locator("[data-control]:not([data-kind=own]):visible").all():
        reset = figure.locator("[data-reset]")
        reset.click()
        await_live(page, name)
        times: dict[str, list[float]] = {}
        for _ in range(TURNS):
            for setting, act in _settings(control):
                page.evaluate("() => Object.assign(bench, { asked: null, moved: false, times: [] })")
                act()
                if page.evaluate(ANSWERED, REST):
                    times.setdefault(setting, []).extend(page.evaluate("() => bench.times"))
        later = {setting: taken[1:] for setting, taken in times.items() if len(taken) > 1}
        if later:
            setting = max(later, key=lambda each: statistics.median(later[each]))
            median, most = statistics.median(later[setting]), max(later[setting])
            print(
                f"{name:<16}{control.get_attribute('data-control'):<12}{median:8.1f}{most:8.1f}  {setting}",
                flush=True,
            )
    figure.locator("[data-reset]").click()
    await_live(page, name)


def _settings(control: Locator) -> Iterator[tuple[str, Callable[[], None]]]:
    """Yield the settings of a control, and how a reader gets there."""
    if control.get_attribute("data-kind") == "slider":
        slider = control.locator("input[type=range]")
        for key in ("Home", "End"):
            yield key, partial(slider.press, key)
        return
    for target in control.locator("button, label.choice, label.toggle").all():
        if target.is_visible():
            yield (target.text_content() or "").strip(), target.click
