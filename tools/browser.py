"""Find a Chromium and print its path; with --install, get one where none is.

With --for-tests it is Chromium's headless shell if there is one, which draws the same pages without a window and all
that belongs to it: a fresh profile costs a third of the time. A whole Chromium does as well, and is always got first,
since pictures and a few tests want it.

Looked at in this order: $L2_CHROMIUM, the machine's own, one that Playwright has downloaded before.
Everything has a time limit, and each candidate is run: a wrapper that only asks for a snap is no browser.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

WHOLE, SHELL = "whole", "shell"

ON_PATH = {
    WHOLE: ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"),
    SHELL: ("chromium-headless-shell",),
}
ON_MACOS = {
    WHOLE: (
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
    ),
    SHELL: (),
}
DOWNLOADED = {
    WHOLE: (
        "chromium-*/chrome-linux*/chrome",
        "chromium-*/chrome-mac*/*.app/Contents/MacOS/*",
    ),
    SHELL: (
        "chromium_headless_shell-*/chrome-headless-shell-*/chrome-headless-shell",
        "chromium_headless_shell-*/chrome-*/headless_shell",
    ),
}
"""Where Playwright unpacks them, below its cache."""

NO_SHELL = Path(__file__).resolve().parents[1] / ".cache/no-headless-shell"
"""Is there once no headless shell could be had, so that nobody waits for that again."""

APT = ("apt-get", "-qq", "-o", "DPkg::Lock::Timeout=120", "-o", "Acquire::http::Timeout=60")


def find() -> Path | None:
    """Return the first whole browser that answers to --version, or None."""
    return _first(WHOLE)


def find_for_tests() -> Path | None:
    """Return what tests run in: a headless shell, or else a whole browser, or None."""
    return _first(SHELL) or find()


def is_whole(path: Path) -> bool:
    """Tell whether a browser is more than a headless shell, going by its name."""
    return not path.name.replace("_", "-").endswith("headless-shell")


def _first(kind: str) -> Path | None:
    return next((path for path in _candidates(kind) if _answers(path)), None)


def _candidates(kind: str) -> Iterator[Path]:
    if "L2_CHROMIUM" in os.environ:
        yield Path(os.environ["L2_CHROMIUM"])
        return
    for name in ON_PATH[kind]:
        if path := shutil.which(name):
            yield Path(path)
    yield from (Path(path) for path in ON_MACOS[kind])
    for cache in _playwright_caches():
        for pattern in DOWNLOADED[kind]:
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
    """Get a whole Chromium from the system's packages or from Playwright; return it, or None."""
    install_packages("Chromium", [["chromium"]])
    if (path := find()) is None:
        _with_playwright("Chromium")
        path = find()
    return path


def install_shell() -> None:
    """Get a headless shell in the same ways; where there is none to be had, that is not tried again."""
    install_packages("Chromium's headless shell", [["chromium-headless-shell"]])
    if _first(SHELL) is None:
        _with_playwright("headless shell", "--only-shell")
    if _first(SHELL) is None:
        _say("The tests run in the whole Chromium, which takes longer.")
        NO_SHELL.parent.mkdir(exist_ok=True)
        NO_SHELL.write_text(
            "Remove this file to have tools/browser.py look for one again.\n", encoding="utf-8"
        )


def install_packages(what: str, groups: Collection[Sequence[str]]) -> None:
    """Install groups of Debian's packages where apt-get is there and may; one that fails leaves the others alone."""
    if not (groups and Path("/etc/debian_version").exists() and shutil.which("apt-get")):
        return
    as_root = () if os.geteuid() == 0 else ("sudo", "-n")
    if as_root and not _run([*as_root, "true"], seconds=20, quiet=True):
        return
    _say(f"Installing {what} with apt-get, for the tests")
    apt = (*as_root, "env", "DEBIAN_FRONTEND=noninteractive", *APT)
    _run([*apt, "update"], seconds=300)
    for packages in groups:
        _run([*apt, "install", "--yes", *packages], seconds=600)


def _with_playwright(what: str, *options: str) -> None:
    _say(f"Downloading Playwright's {what}, for the tests")
    _run([sys.executable, "-m", "playwright", "install", *options, "chromium"], seconds=300)


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
    if "--for-tests" in arguments:
        if "--install" in arguments and _first(SHELL) is None and not NO_SHELL.exists():
            install_shell()
        path = find_for_tests()
    if path is None:
        return "No Chromium was found: install Chromium or Chrome, or set L2_CHROMIUM to the path of one."
    print(path)
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
