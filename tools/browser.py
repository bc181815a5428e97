"""Find a Chromium for the tests and print its path; with --install, get one where none is.

Looked at in this order: $L2_CHROMIUM, the machine's own, one that Playwright has downloaded before.
Everything has a time limit, and each candidate is run: a wrapper that only asks for a snap is no browser.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

ON_PATH = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ON_MACOS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
DOWNLOADED = (
    "chromium-*/chrome-linux*/chrome",
    "chromium-*/chrome-mac*/*.app/Contents/MacOS/*",
)
"""Where Playwright unpacks a Chromium, below its cache."""

APT = ("apt-get", "-qq", "-o", "DPkg::Lock::Timeout=120", "-o", "Acquire::http::Timeout=60")


def find() -> Path | None:
    """Return the first browser that answers to --version, or None."""
    return next((path for path in _candidates() if _answers(path)), None)


def _candidates() -> Iterator[Path]:
    if "L2_CHROMIUM" in os.environ:
        yield Path(os.environ["L2_CHROMIUM"])
        return
    for name in ON_PATH:
        if path := shutil.which(name):
            yield Path(path)
    yield from (Path(path) for path in ON_MACOS)
    for cache in _playwright_caches():
        for pattern in DOWNLOADED:
            yield from sorted(cache.glob(pattern), reverse=True)


def _playwright_caches() -> Iterator[Path]:
    named = os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
    if named and named != "0":
        yield Path(named)
    yield Path.home() / ".cache/ms-playwright"
    yield Path.home() / "Library/Caches/ms-playwright"


def _answers(path: Path) -> bool:
    return path.is_file() and _run([str(path), "--version"], seconds=60, quiet=True)


def install() -> Path | None:
    """Get a Chromium from the system's packages or from Playwright; return it, or None."""
    for attempt in (_with_apt, _with_playwright):
        attempt()
        if path := find():
            return path
    return None


def _with_apt() -> None:
    if not (Path("/etc/debian_version").exists() and shutil.which("apt-get")):
        return
    as_root = () if os.geteuid() == 0 else ("sudo", "-n")
    if as_root and not _run([*as_root, "true"], seconds=20, quiet=True):
        return
    _say("Installing Chromium with apt-get, for the tests")
    apt = (*as_root, "env", "DEBIAN_FRONTEND=noninteractive", *APT)
    _run([*apt, "update"], seconds=300)
    _run([*apt, "install", "--yes", "chromium"], seconds=600)


def _with_playwright() -> None:
    _say("Downloading Playwright's Chromium, for the tests")
    _run([sys.executable, "-m", "playwright", "install", "chromium"], seconds=300)


def _run(command: Sequence[str], *, seconds: float, quiet: bool = False) -> bool:
    """Tell whether a command succeeds; its output goes to stderr, and when its time is up it ends."""
    output = subprocess.DEVNULL if quiet else sys.stderr
    try:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
        )
    except OSError:
        return False
    try:
        return process.wait(seconds) == 0
    except subprocess.TimeoutExpired:
        _say(f"Gave up after {seconds:.0f} s: {' '.join(command)}")
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        return False


def _say(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


def main(arguments: Sequence[str]) -> str | None:
    """Print the browser's path; return what to say when there is none."""
    path = find()
    if path is None and "L2_CHROMIUM" in os.environ:
        return f"L2_CHROMIUM is {os.environ['L2_CHROMIUM']!r}, which is no browser that runs here."
    if path is None and "--install" in arguments:
        path = install()
    if path is None:
        return "No Chromium was found: install Chromium or Chrome, or set L2_CHROMIUM to the path of one."
    print(path)
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
