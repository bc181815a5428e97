"""A reader at any browser that speaks WebDriver: a few verbs, and what must be seen (tests/e2e/figure.py says why)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

PATIENCE = 60
"""Seconds that anything may take on a busy machine, the start of Python included."""


class Reader:
    """A browser and the site in it."""

    def __init__(self, driver: WebDriver, address: str) -> None:
        self.driver = driver
        self.address = address

    def open(self, place: str) -> None:
        """Go to one of the site's pages."""
        self.driver.get(self.address + place)

    def figure(self, name: str) -> Figure:
        """Return a figure of the page that is open."""
        return Figure(self, name)

    def ask(self, code: str, *arguments: object) -> Any:
        """Return what the body of a JavaScript function returns."""
        return self.driver.execute_script(code, *arguments)

    def press(self, *keys: str) -> None:
        """Press keys one after the other."""
        ActionChains(self.driver).send_keys(*keys).perform()

    def press_with_control(self, key: str) -> None:
        """Press a key while Control is down."""
        ActionChains(self.driver).key_down(Keys.CONTROL).send_keys(key).key_up(Keys.CONTROL).perform()

    def see(self, what: str, seen: Callable[[], object]) -> None:
        """Wait until something is seen; `what` is told if it never is."""
        wait = WebDriverWait(self.driver, PATIENCE, 0.1, [StaleElementReferenceException])
        wait.until(lambda _: seen(), what)


class Figure:
    """One figure on the page that is open."""

    def __init__(self, reader: Reader, name: str) -> None:
        self.reader = reader
        self.name = name
        self.root = reader.driver.find_element(By.CSS_SELECTOR, f"figure[data-widget={name}]")
        spec = json.loads(self.part("[data-spec]").get_property("textContent"))
        self.controls: dict[str, dict[str, Any]] = {control["name"]: control for control in spec["controls"]}
        """The declaration, as the page carries it."""

    # ---- What a reader does

    def start_python(self) -> None:
        """Scroll to the figure, touch its controls without changing one, and wait until Python has drawn it."""
        self.scroll_to(self.root)
        self.reader.see("a live plot", lambda: self.parts("[data-plot] .main-svg"))
        self.reader.ask("arguments[0].focus()", self.part("[data-reset]"))
        self.expect_state("ready")

    def scroll_to(self, part: WebElement) -> None:
        """Bring a part to the middle of the screen, at once."""
        self.reader.ask("arguments[0].scrollIntoView({ block: 'center', behavior: 'instant' })", part)

    def press(self, control: str, *keys: str) -> None:
        """Press keys at a control."""
        self.reader.ask("arguments[0].focus()", self.input(control))
        self.reader.press(*keys)

    def drag(self, control: str, *, right: int) -> None:
        """Take the first slider, which stays on the screen with its plot, in its middle, and pull so many pixels."""
        slider = self.input(control)
        # The plot says that it is in sight, wherever it stays.
        self.reader.ask("arguments[0].scrollIntoView({ block: 'start', behavior: 'instant' })", self.root)
        ActionChains(self.reader.driver).click_and_hold(slider).move_by_offset(right, 0).release().perform()

    def click(self, selector: str) -> None:
        """Click a part of the figure."""
        part = self.part(selector)
        self.scroll_to(part)
        part.click()

    def open_code(self) -> None:
        """Open the figure's module, and wait for the editor."""
        self.click("details[data-python] > summary")
        self.reader.see("the editor", self._focus_editor)

    def run(self, addition: str) -> None:
        """Write something below the code, and run it all by the keys for that."""
        self._focus_editor()
        self.reader.press_with_control(Keys.END)
        self.reader.press(addition)
        self.reader.press_with_control(Keys.ENTER)

    def _focus_editor(self) -> object:
        # It lies in a shadow tree, out of which WebKit's driver hands nothing.
        code = "const editor = arguments[0]?.shadowRoot?.querySelector('.cm-content'); editor?.focus(); return !!editor"
        return self.reader.ask(code, next(iter(self.parts(".desk-editor")), None))

    # ---- What a reader sees

    def expect_state(self, state: str) -> None:
        """The figure is static, booting, busy, ready or in error."""
        self._expect_attribute(self.root, "data-state", state)

    def expect_shown(self, **stops: str) -> None:
        """What is drawn has these stops, and the start's for all others; nothing is being waited for."""
        self._expect_attribute(self.root, "data-shown", urlencode(stops))
        self.expect_state("ready")

    def expect_words(self, rendered: dict[str, Any]) -> None:
        """All that is said beside the plot is what `l2widgets.render` returns."""
        self.expect_text("[data-summary]", rendered["summary"])
        for readout in rendered["readouts"]:
            value = f"{readout['text']} {readout['unit']}".strip()
            self.expect_text(f'[data-readout="{readout["name"]}"] dd', value)

    def expect_text(self, selector: str, text: str) -> None:
        """A part of the figure is on the screen and says this."""
        part = self.part(selector)
        self.reader.see(f"{selector}: {text!r}", lambda: part.is_displayed() and part.text == text)

    def expect_desk(self, state: str) -> None:
        """The reader's code is at rest, busy, done or failed."""
        self._expect_attribute(self.part("[data-desk]"), "data-desk", state)

    def _expect_attribute(self, element: WebElement, name: str, value: str) -> None:
        self.reader.see(
            f"{self.name}: {name}={value!r}", lambda: (element.get_dom_attribute(name) or "") == value
        )

    # ---- Names

    def input(self, control: str) -> WebElement:
        """The native control."""
        return self.part(f'[name="{self.name}.{control}"]')

    def part(self, selector: str) -> WebElement:
        """The first part of the figure that a CSS selector finds."""
        return self.root.find_element(By.CSS_SELECTOR, selector)

    def parts(self, selector: str) -> list[WebElement]:
        """All that it finds."""
        return self.root.find_elements(By.CSS_SELECTOR, selector)
