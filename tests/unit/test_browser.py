"""Which browser the tests run in, where a machine has the one, the other, both or none."""

import os
from pathlib import Path

import pytest

from tools import browser

WHOLE, SHELL = "chromium", "chromium-headless-shell"
DOWNLOADED = {
    WHOLE: "chromium-1200/chrome-linux64/chrome",
    SHELL: "chromium_headless_shell-1200/chrome-headless-shell-linux64/chrome-headless-shell",
}


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """Return functions that put programs into this machine, which has none: by their names, or as Playwright does."""
    monkeypatch.delenv("L2_CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "cache"))
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "home")
    monkeypatch.setattr(browser, "ON_MACOS", {"whole": (), "shell": ()})
    monkeypatch.setattr(browser, "NO_SHELL", tmp_path / "project/none")

    def put(path, works=True):  # noqa: FBT002  it reads like a sentence
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/sh\nexit {0 if works else 1}\n")
        path.chmod(0o755)
        return path

    def has(name, **how):
        return put(tmp_path / "bin" / name, **how)

    def has_downloaded(name, **how):
        return put(tmp_path / "cache" / DOWNLOADED[name], **how)

    return has, has_downloaded


def test_tests_prefer_the_shell_and_pictures_the_whole(machine):
    """Wherever they come from."""
    for has in machine:
        whole, shell = has(WHOLE), has(SHELL)
        assert (browser.find(), browser.find_for_tests()) == (whole, shell)
        assert browser.is_whole(whole)
        assert not browser.is_whole(shell)
        whole.unlink()
        shell.unlink()


def test_a_whole_browser_is_enough(machine):
    """Tests run in it where there is no shell, or one that does not run; a shell draws no pictures."""
    has, has_downloaded = machine
    assert browser.find_for_tests() is None
    whole = has_downloaded(WHOLE)
    assert browser.find_for_tests() == whole
    has(SHELL, works=False)
    assert browser.find_for_tests() == whole
    whole.unlink()
    shell = has(SHELL)
    assert browser.find() is None
    assert browser.find_for_tests() == shell


def test_the_environment_chooses(machine, tmp_path, monkeypatch):
    """For everything, whatever else there is."""
    has, _ = machine
    has(WHOLE), has(SHELL)
    chosen = has("another")
    monkeypatch.setenv("L2_CHROMIUM", str(chosen))
    assert browser.find() == browser.find_for_tests() == chosen


def test_both_are_got_once(machine, monkeypatch, capsys):
    """First the whole one, then the shell; what cannot be had is not asked for again, and the tests run without it."""
    has, _ = machine
    asked = []

    def apt_get(what, groups):
        asked.append(groups)
        if groups == [["chromium"]]:
            has(WHOLE)

    monkeypatch.setattr(browser, "install_packages", apt_get)
    monkeypatch.setattr(browser, "_with_playwright", lambda *given: asked.append(given))
    for _ in range(2):
        assert browser.main(["--install", "--for-tests"]) is None
        assert os.path.basename(capsys.readouterr().out.strip()) == WHOLE  # noqa: PTH119  a line, not yet a path
    assert asked == [[["chromium"]], [["chromium-headless-shell"]], ("headless shell", "--only-shell")]


def test_pictures_do_not_ask_for_a_shell(machine, monkeypatch, capsys):
    """Nothing is installed where there is a whole browser already."""
    has, _ = machine
    whole = has(WHOLE)
    monkeypatch.setattr(browser, "install_packages", pytest.fail)
    assert browser.main(["--install"]) is None
    assert capsys.readouterr().out.strip() == str(whole)
