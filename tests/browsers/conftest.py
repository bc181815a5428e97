"""Each browser once, the same site in all of them, and no test that leaves an error in its page."""

from __future__ import annotations

import os
import subprocess
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.remote.webdriver import WebDriver

from tests.browsers.reader import Reader
from tests.browsers.watched import WatchedServer
from tests.e2e.conftest import dist, places  # noqa: F401  fixtures
from tools import drivers

VERSIONS = pytest.StashKey[list[str]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --every-browser."""
    parser.addoption("--every-browser", action="store_true", help="fail where a browser is missing")


def pytest_configure(config: pytest.Config) -> None:
    """Begin to note which browsers were tried."""
    config.stash[VERSIONS] = []


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say which browsers were tried."""
    if config.stash[VERSIONS]:
        terminalreporter.write_line(f"Tried in {', '.join(config.stash[VERSIONS])}.")


@pytest.fixture(scope="session")
def watched(dist: Path) -> Iterator[WatchedServer]:  # noqa: F811
    """The site's server."""
    with WatchedServer(dist) as server:
        yield server


@pytest.fixture(scope="module", params=list(drivers.PACKAGES))
def reader(request: pytest.FixtureRequest, watched: WatchedServer) -> Iterator[Reader]:
    """A reader at one of the browsers."""
    name = request.param
    found = drivers.find(name)
    if found is None:
        give_up = pytest.fail if request.config.getoption("--every-browser") else pytest.skip
        give_up(drivers.missing(name))
    with opened(name, found) as driver:
        version = f"{drivers.NAMES[name]} {driver.capabilities['browserVersion']}"
        request.config.stash[VERSIONS].append(version)
        yield Reader(driver, watched.url)


@pytest.fixture(autouse=True)
def nothing_wrong(watched: WatchedServer) -> Iterator[None]:
    """Fail a test that left an error on the console, an exception, or something that was not there."""
    yield
    assert watched.settle() == []


@contextmanager
def opened(name: str, found: drivers.Driven) -> Iterator[WebDriver]:
    """Open a browser of its own profile on a screen that nobody sees."""
    with ExitStack() as stack:
        match name:
            case "firefox":
                driver = firefox(found)
            case "webkit":
                driver = webkit(found, stack.enter_context(screen()))
            case _:
                driver = chromium(found)
        stack.callback(driver.quit)
        driver.set_window_size(1280, 1000)
        yield driver


def firefox(found: drivers.Driven) -> WebDriver:
    """Open Firefox, without a screen."""
    options = webdriver.FirefoxOptions()
    options.binary_location = found.program
    options.add_argument("-headless")
    return webdriver.Firefox(options, webdriver.FirefoxService(found.driver))


def webkit(found: drivers.Driven, display: str) -> WebDriver:
    """Open WebKitGTK's small browser on a display."""
    environment = os.environ | {"DISPLAY": display, "GDK_BACKEND": "x11"}
    service = webdriver.WebKitGTKService(found.driver, env=environment)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # selenium's, of how it begins this driver itself
        return webdriver.WebKitGTK(webdriver.WebKitGTKOptions(), service)


def chromium(found: drivers.Driven) -> WebDriver:
    """Open Chromium; inside a container, root has no sandbox."""
    options = webdriver.ChromeOptions()
    options.binary_location = found.program
    for argument in ("--headless=new", "--disable-gpu", *(["--no-sandbox"] if os.geteuid() == 0 else [])):
        options.add_argument(argument)
    return webdriver.Chrome(options, webdriver.ChromeService(found.driver))


@contextmanager
def screen() -> Iterator[str]:
    """Offer an X display for as long as it is needed; its number is the first that is free."""
    command = ["Xvfb", "-displayfd", "1", "-screen", "0", "1400x1100x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout
        try:
            yield f":{server.stdout.readline().strip()}"
        finally:
            server.terminate()
