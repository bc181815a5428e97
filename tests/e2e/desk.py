"""Where a reader works on code, as the reader handles it: verbs, and what can be seen (figure.py says why)."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.e2e.figure import BOOT


class Desk:
    """An editor with its buttons, its messages and its output."""

    def __init__(self, page: Page, root: Locator) -> None:
        self.page = page
        self.root = root.locator("[data-desk]")
        self.editor = self.root.locator(".cm-content")
        self.printed = self.root.locator("[data-printed]")

    # ---- What a reader does

    def write(self, text: str) -> None:
        """Put a text in place of all that is in the editor."""
        self.editor.focus()
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.insert_text(text)

    def run(self, text: str | None = None) -> None:
        """Click Run, after writing a text."""
        if text is not None:
            self.write(text)
        self.root.locator("[data-run]").click()

    def run_by_key(self) -> None:
        """Press the keys for Run."""
        self.page.keyboard.press("ControlOrMeta+Enter")

    def run_longer(self, seconds: int) -> None:
        """Give code that was stopped twice as long."""
        button = self.root.locator("[data-longer]")
        expect(button).to_have_text(f"Run for up to {seconds} seconds")
        button.click()
        expect(button).to_be_hidden()
        expect(self.root.locator("[data-run]")).to_be_focused()

    def stop(self) -> None:
        """Click Stop."""
        self.root.locator("[data-stop]").click()

    def reset(self) -> None:
        """Click Reset."""
        self.root.locator("[data-restore]").click()

    # ---- What a reader sees

    def expect_running(self) -> None:
        """The code runs."""
        expect(self.root).to_have_attribute("data-desk", "busy")
        expect(self.root.locator("[data-stop]")).to_have_attribute("aria-disabled", "false")

    def expect_done(self, within: float = BOOT) -> None:
        """The code has run, and nothing went wrong."""
        expect(self.root).to_have_attribute("data-desk", "done", timeout=within)
        expect(self.root.locator("[data-wrong]")).to_be_hidden()

    def expect_wrong(self, sentence: str | re.Pattern[str], line: int | None = None) -> None:
        """The code has failed, this is said, and the line is marked."""
        expect(self.root).to_have_attribute("data-desk", "failed", timeout=BOOT)
        expect(self.root.locator("[data-wrong]")).to_have_text(sentence)
        expect(self.root.locator("[data-wrong]")).to_contain_text("" if line is None else f"Line {line}: ")
        expect(self.root.locator(".cm-wrong")).to_have_count(0 if line is None else 1)

    def expect_wrong_line(self, text: str) -> None:
        """The line that is marked says this."""
        expect(self.root.locator(".cm-wrong")).to_have_text(text)

    def expect_printed(self, text: str | re.Pattern[str]) -> None:
        """The code has printed this."""
        expect(self.printed).to_have_text(text, timeout=BOOT)
        expect(self.printed).to_be_visible()


def open_code(figure) -> Desk:
    """Open the panel of a figure's code, and wait for the editor."""
    panel = figure.root.locator("details[data-python]")
    panel.locator("summary").click()
    desk = Desk(figure.page, panel)
    expect(desk.editor).to_be_visible()
    return desk
