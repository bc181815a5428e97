"""`build.py serve`: follows what the author writes, and keeps the last good version when it cannot."""

import http.client
import os
import re
import signal
import subprocess
import sys
from urllib.parse import urlsplit

import pytest

SECTION = "content/l2-regularization/20-penalty.md"


class Serving:
    """A running `build.py serve`, and one open page that listens for builds."""

    def __init__(self, project) -> None:
        # A shell that runs the tests in the background has them ignore Ctrl+C, and what they start would inherit that.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        self.process = subprocess.Popen(
            [sys.executable, "-u", "build.py", "serve", "--port", "0"],
            cwd=project,
            env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        line = self.said("shows the site")
        self.host = urlsplit(re.search(r"http://\S+", line)[0]).netloc
        self._open = http.client.HTTPConnection(self.host, timeout=60)
        self._open.request("GET", "/-/events")
        self._events = self._open.getresponse()
        assert self._events.readline().startswith(b":")

    def said(self, words: str) -> str:
        """Wait until it prints a line with these words, and return the line."""
        for line in self.process.stdout:
            if words in line:
                return line
        raise AssertionError(f"it ended without saying {words!r}")

    def built(self) -> None:
        """Wait until the page is told to load itself again."""
        while not self._events.readline().startswith(b"event: built"):
            pass

    def page(self, path: str) -> str:
        """Return what a page says now."""
        connection = http.client.HTTPConnection(self.host, timeout=60)
        connection.request("GET", path)
        text = connection.getresponse().read().decode()
        connection.close()
        return text

    def end(self) -> int:
        """End it as Ctrl+C does."""
        self._open.close()
        self.process.send_signal(signal.SIGINT)
        self.process.stdout.close()
        return self.process.wait(30)


@pytest.fixture
def serving(changeable):
    """Serve a copy of the project."""
    running = Serving(changeable)
    yield running
    running.end()


def test_a_change_is_shown_and_a_mistake_is_explained(serving, changeable):
    """A new sentence appears; with a mistake the last good version stays up; mended, the next one appears."""
    section = changeable / SECTION
    text = section.read_text()
    assert "First addition" not in serving.page("/penalty/")
    assert "unregister" in serving.page("/sw.js"), "authors shall see what is on the disk, not what was kept"
    section.write_text(f"{text}\nFirst addition.\n")
    serving.built()
    assert "First addition." in serving.page("/penalty/")
    section.write_text(f"{text}\nSecond addition.\n\n```{{widget}} no_such_widget\n```\n")
    assert "no_such_widget" in serving.said(SECTION)
    assert "First addition." in serving.page("/penalty/")
    section.write_text(f"{text}\nThird addition.\n")
    serving.built()
    assert "Third addition." in serving.page("/penalty/")


def test_a_change_of_a_program_is_followed_too(serving, changeable):
    """Python that this process has imported already is run afresh."""
    module = changeable / "src/l2site/metadata.py"
    module.write_text(module.read_text().replace("User-agent: *", "User-agent: *\\n# changed"))
    serving.built()
    assert "# changed" in serving.page("/robots.txt")
    assert "unregister" in serving.page("/sw.js")


def test_it_ends_quietly(changeable):
    """Ctrl+C is no error and leaves no traceback."""
    running = Serving(changeable)
    assert running.end() in (0, 130)
