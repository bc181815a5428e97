"""A figure as its reader handles it.

Why it looks the way it does:

- Verbs are what a reader can do (`set`, `press`, `play`); `expect_*` is what a reader can see. There are no getters: a
  value that has been read may be outdated when it is compared, whereas an expectation waits until it is met.
- Nothing sleeps. Every figure says in `data-state` whether it waits, and in `data-shown` what it has drawn, both only
  after Plotly has drawn; expectations wait for those.
- Controls are called by their names in the widget's declaration, and stops by their texts, as in links.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from playwright.sync_api import Locator, Page, expect

import l2widgets
from l2widgets.spec import Slider

BOOT = 30_000
"""Milliseconds that Python may take to start on a busy machine."""
ANSWER = 20_000
"""Milliseconds for one figure."""


FONTS_COME = """async () => {
  const late = document.querySelector("script[data-sheets]")?.dataset.sheets.split(" ") ?? [];
  while (!late.every((address) => document.querySelector(`link[href="${address}"]`)?.sheet))
    await new Promise(requestAnimationFrame);
  await Promise.all(Array.from(document.fonts, (face) => face.load().catch(() => {})));
  await new Promise(requestAnimationFrame);
}"""
"""Wait in a page until all fonts are there, those that come after its words too."""


class Figure:
    """One figure on a page."""

    def __init__(self, page: Page, name: str) -> None:
        self.page = page
        self.name = name
        self.root = page.locator(f"figure[data-widget={name}]")
        self.plot = self.root.locator("[data-plot]")
        self.taken = self.root.locator("[data-share]")
        spec = json.loads(self.root.locator("[data-spec]").text_content() or "")
        self.controls: dict[str, dict[str, Any]] = {control["name"]: control for control in spec["controls"]}
        """The declaration, as the page carries it."""

    # ---- What a reader does

    def approach(self) -> None:
        """Scroll to the figure and wait until it is live."""
        self.root.scroll_into_view_if_needed()
        self.expect_live()

    def start_python(self) -> None:
        """Touch the controls without changing one, and wait until Python is there."""
        self.approach()
        self.root.locator("[data-reset]").focus()
        self.expect_state("ready", within=BOOT)

    def set(self, control: str, text: str) -> None:
        """Move a control to the stop with this text, by whatever the control has for that."""
        spec, position = self.controls[control], self._position(control, text)
        match spec["kind"]:
            case "slider":
                self.input(control).fill(str(position))
            case "choice":
                self.input(control).nth(position).check()
            case "toggle":
                self.input(control).set_checked(position == 1)
            case "seed":
                self.input(control).fill(text)
            case "commit" if position == 0:
                undo = self._part(spec.get("joins", control), "[data-undo]")
                if undo.is_visible():  # else nothing has been committed to
                    undo.click()
            case "commit":
                self.set(spec["of"], text)
                self._part(spec.get("joins", control), "[data-commit]").click()

    def type(self, control: str, text: str) -> None:
        """Type anything into a seed's field, and leave it."""
        self.input(control).fill(text)
        self.press("Tab")

    def type_number(self, control: str, text: str) -> None:
        """Put anything in place of the number in a slider's field, and stay there."""
        expect(self.typed(control)).to_be_enabled(timeout=BOOT)
        self.typed(control).focus()
        self.press("ControlOrMeta+a", "Delete")
        self.page.keyboard.type(text)

    def focus(self, control: str) -> None:
        """Put the keyboard's focus on a control, once the page's scripts have come and it can be used."""
        expect(self.input(control).first).to_be_enabled(timeout=BOOT)
        self.input(control).first.focus()

    def press(self, *keys: str) -> None:
        """Press keys one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def step(self, control: str, direction: int) -> None:
        """Click the button for one stop on (1) or back (-1)."""
        self._part(control, f'[data-step="{direction}"]').click()

    def next_seed(self, control: str) -> None:
        """Click the button for a new sample."""
        self._part(control, "[data-next]").click()

    def play(self, control: str) -> None:
        """Click the play button, which is the pause button while it plays."""
        self._part(control, "[data-play]").click()

    def commit(self, control: str) -> None:
        """Click the button that commits."""
        self._part(control, "[data-commit]").click()

    def preset(self, index: int) -> None:
        """Click one of the presets."""
        self.root.locator(f'[data-preset="{index}"]').click()

    def start_over(self) -> None:
        """Click the button that puts every control back."""
        self.root.locator("[data-reset]").click()

    def drag(self, control: str) -> None:
        """Drag a slider quickly over its whole range, from its low end to its high end."""
        self.input(control).scroll_into_view_if_needed()
        box = self.input(control).bounding_box()
        assert box
        y, low, high = box["y"] + box["height"] / 2, box["x"] + 12, box["x"] + box["width"] + 20
        mouse = self.page.mouse
        mouse.move(low, y)
        mouse.down()
        mouse.move(high, y, steps=60)
        mouse.up()

    def mark(self, index: int) -> tuple[float, float]:
        """Return where the handle of a mark is on its plot, in pixels, to say later how far it came."""
        self._handle(index).scroll_into_view_if_needed()
        left, top = self._handle(index).evaluate("({ style }) => [style.left, style.top].map(parseFloat)")
        return left, top

    def drag_mark(self, index: int, *, right: float, down: float) -> None:
        """Drag a mark of the figure so many pixels."""
        x, y = self._centre(index)
        mouse = self.page.mouse
        mouse.move(x, y)
        mouse.down()
        mouse.move(x + right, y + down, steps=10)
        mouse.up()

    def tap_beside_mark(self, index: int, *, right: float, down: float) -> None:
        """Tap the plot so many pixels beside a mark."""
        x, y = self._centre(index)
        self.page.mouse.click(x + right, y + down)

    def try_again(self) -> None:
        """Click the button that is offered after a failure."""
        self.root.locator("[data-retry]").click()

    def share(self) -> None:
        """Open what the figure offers to take away, if it is not open."""
        if not self.taken.get_by_role("button").first.is_visible():
            self.taken.locator("summary").click()
        expect(self.taken.get_by_role("button").first).to_be_visible(timeout=ANSWER)

    def take(self, words: str) -> bytes:
        """Click the button for a file, and return the file."""
        with self.page.expect_download() as download:
            self.taken.get_by_role("button", name=words).click()
        return Path(download.value.path()).read_bytes()

    # ---- What a reader sees

    def expect_live(self) -> None:
        """The plot lies over the picture."""
        expect(self.plot.locator(".main-svg").first).to_be_visible(timeout=ANSWER)

    def expect_state(self, state: str, within: float = ANSWER) -> None:
        """The figure is static, booting, busy, ready or in error."""
        expect(self.root).to_have_attribute("data-state", state, timeout=within)

    def expect_shown(self, within: float = BOOT, **stops: str) -> None:
        """What is drawn has these stops, and the start's for all others; nothing is being waited for."""
        expect(self.root).to_have_attribute("data-shown", self.query(**stops), timeout=within)
        self.expect_state("ready", within)

    def expect_shown_number(self, control: str, text: str) -> None:
        """What is drawn has this number that was typed, and the start's stops for all other controls."""
        expect(self.root).to_have_attribute("data-shown", urlencode({control: text}), timeout=BOOT)
        self.expect_state("ready", BOOT)

    def expect_shown_early(self, **stops: str) -> None:
        """What is drawn has these stops though Python has not answered, and nothing says that anybody waits."""
        expect(self.root).to_have_attribute("data-shown", self.query(**stops), timeout=ANSWER)
        expect(self.root).to_have_attribute("data-state", re.compile("^(static|booting)$"))
        self.expect_no_status()

    def expect_words(self, rendered: dict[str, Any]) -> None:
        """All that is said beside the plot is what `l2widgets.render` returns."""
        self.expect_summary(rendered["summary"])
        for readout in rendered["readouts"]:
            self.expect_readout(readout["name"], f"{readout['text']} {readout['unit']}".strip())
        cells = self.root.locator("[data-table] tbody :is(th, td)")
        expect(cells).to_have_text([cell for row in rendered["table"]["rows"] for cell in row])

    def expect_value(self, control: str, label: str) -> None:
        """A slider stands at the stop with this label, and says so to eyes and ears."""
        expect(self._part(control, "[data-output]")).to_have_text(label)
        expect(self.input(control)).to_have_attribute("aria-valuetext", label)

    def expect_typed(self, control: str, text: str) -> None:
        """The field of a slider shows this number, and nothing is wrong with it."""
        expect(self.typed(control)).to_have_value(text)
        expect(self.typed(control)).not_to_have_attribute("aria-invalid", "true")

    def expect_mark(self, index: int, left: float, top: float) -> None:
        """A mark's handle is there, as nearly as the stops of its sliders allow."""
        self._expect_handle(index, "Math.hypot(at[0] - wanted[0], at[1] - wanted[1]) < 6", (left, top))

    def expect_mark_moved(self, index: int, start: tuple[float, float]) -> None:
        """A mark's handle is no longer there."""
        self._expect_handle(index, "at[0] !== wanted[0] || at[1] !== wanted[1]", start)

    def expect_readout(self, name: str, text: str) -> None:
        """A readout shows this number."""
        expect(self.root.locator(f'[data-readout="{name}"] dd')).to_have_text(text)

    def expect_summary(self, text: str) -> None:
        """The sentence under the plot says this."""
        expect(self.root.locator("[data-summary]")).to_have_text(text)

    def expect_heard(self, text: str | re.Pattern[str]) -> None:
        """A screen reader is told this."""
        expect(self.root.locator("[data-announce]")).to_have_text(text)

    def expect_status(self, text: str | re.Pattern[str], within: float = ANSWER) -> None:
        """The line for what is being waited for, or went wrong, says this."""
        expect(self.root.locator("[data-status-text]")).to_have_text(text, timeout=within)
        expect(self.root.locator("[data-status]")).to_be_visible()

    def expect_no_status(self) -> None:
        """Nothing is being waited for and nothing went wrong."""
        expect(self.root.locator("[data-status]")).to_be_hidden()

    def expect_playing(self, control: str) -> None:
        """A slider runs."""
        expect(self._part(control, "[data-play]")).to_have_attribute("aria-pressed", "true")

    def expect_paused(self, control: str) -> None:
        """A slider does not run, or no longer."""
        expect(self._part(control, "[data-play]")).to_have_attribute("aria-pressed", "false", timeout=ANSWER)

    # ---- Names and positions

    def input(self, control: str) -> Locator:
        """The native control; several for a choice."""
        return self.root.locator(f'[name="{self.name}.{control}"]')

    def typed(self, control: str) -> Locator:
        """The field of a slider into which numbers can be typed."""
        return self._part(control, "[data-typed]")

    def query(self, **stops: str) -> str:
        """Return what `data-shown` and the link say for these stops, in the controls' order."""
        at = {name: control["start"] for name, control in self.controls.items()}
        at |= {name: self._position(name, text) for name, text in stops.items()}
        for name, control in self.controls.items():
            if limit := control.get("limit"):
                at[name] = min(at[name], limit[1][at[limit[0]]])
        return urlencode([(n, c["stops"][at[n]][0]) for n, c in self.controls.items() if at[n] != c["start"]])

    def _position(self, control: str, text: str) -> int:
        return [stop[0] for stop in self.controls[control]["stops"]].index(text)

    def _handle(self, index: int) -> Locator:
        return self.root.locator(f'[data-held="{index}"]').first

    def _expect_handle(self, index: int, condition: str, wanted: tuple[float, float]) -> None:
        handle = self._handle(index).element_handle()
        at = "const at = [style.left, style.top].map(parseFloat)"
        code = f"([{{ style }}, wanted]) => {{ {at}; return {condition}; }}"
        self.page.wait_for_function(code, arg=[handle, list(wanted)], timeout=ANSWER)

    def _centre(self, index: int) -> tuple[float, float]:
        self._handle(index).scroll_into_view_if_needed()
        box = self._handle(index).bounding_box()
        assert box
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def _part(self, control: str, selector: str) -> Locator:
        return self.root.locator(f'[data-control="{control}"] {selector}')


def meaningful(name: str, control: str) -> dict[str, str]:
    """Return stops of other controls under which this one is shown and may take all of its stops."""
    widget = l2widgets.load(name)
    declared = widget[control]
    stops = {}
    for other, values in declared.when.items():
        stops[other] = widget[other].stop(values[0]).text
    if isinstance(declared, Slider) and declared.limit:
        stops[declared.limit] = widget[declared.limit].stops[-1].text
    return stops


def limits(name: str, control: str) -> bool:
    """Tell whether another control can only go as far as this one says."""
    return any(getattr(each, "limit", None) == control for each in l2widgets.load(name).controls)
