"""A running `build.py serve`, as its author and as an open page meet it."""

import http.client
import json
import os
import re
import signal
import subprocess
import sys
from urllib.parse import urlsplit


class Serving:
    """A running `build.py serve`, and one open page that listens for builds.

    `well` is whether the project can be built when it begins.
    """

    def __init__(self, project, *, well: bool = True) -> None:
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
        state = self._heard()
        assert (state["problems"] == []) is well
        self.build = state["build"]

    def said(self, words: str) -> str:
        """Wait until it prints a line with these words, and return the line."""
        for line in self.process.stdout:
            if words in line:
                return line
        raise AssertionError(f"it ended without saying {words!r}")

    def _heard(self) -> dict:
        """Wait for what pages are told next."""
        while not (line := self._events.readline()).startswith(b"data: "):
            assert line, "the server hung up"
        return json.loads(line.removeprefix(b"data: "))

    def built(self) -> None:
        """Wait until pages are told of a newer build."""
        state = self._heard()
        assert state["problems"] == []
        assert state["build"] != self.build
        self.build = state["build"]

    def problems(self) -> list[str]:
        """Wait until pages are told what is wrong, and return that."""
        while not (found := self._heard()["problems"]):
            pass  # a build of what was there before
        return found

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
