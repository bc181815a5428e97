"""Asks the page's own modules, under Node, what they make of a link."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import l2widgets
from l2site.pages import widget_spec
from l2widgets.spec import ParamError, Widget

ROOT = Path(__file__).resolve().parents[2]
LONGEST = 2000
"""More characters than a sentence about a wrong link ever has."""


class Links:
    """A Node that reads links until the `with` block ends."""

    def __enter__(self) -> Self:
        """Start it."""
        node = shutil.which("node", path=ROOT / ".cache/node") or shutil.which("node")
        assert node
        command = [node, str(Path(__file__).with_name("links.mjs"))]
        self._node = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let it end."""
        self._node.communicate()

    def read(self, widget: Widget, query: str) -> dict[str, Any]:
        """Return what the page makes of a query: positions, complaints, the controls' texts, and all that once more."""
        spec = _spec(widget)
        assert self._node.stdin
        assert self._node.stdout
        self._node.stdin.write(json.dumps({"spec": spec, "query": query}) + "\n")
        self._node.stdin.flush()
        answer: dict[str, Any] = json.loads(self._node.stdout.readline())
        return answer

    def judge(self, name: str, query: str) -> dict[str, Any]:
        """Return the same, after seeing that it can be shown: Python takes it, and its own link says it again."""
        widget = l2widgets.load(name)
        found = self.read(widget, query)
        assert all(len(sentence) < LONGEST for sentence in found["complaints"]), found["complaints"]
        for control in _spec(widget)["controls"]:
            at, last = found["positions"][control["name"]], len(control["stops"]) - 1
            if "limit" in control:
                other, limits = control["limit"]
                last = limits[round(found["positions"][other])]
            assert 0 <= at <= last, (query, control["name"], at)
        try:
            widget.params(found["params"])
        except ParamError as error:
            raise AssertionError(
                f"{query!r} becomes {found['params']}, which Python refuses: {error}"
            ) from None
        assert found["again"] == {"positions": found["positions"], "complaints": []}, (query, found)
        return found


def _spec(widget: Widget) -> dict[str, Any]:
    """Return a figure's declaration as its page has it."""
    spec: dict[str, Any] = json.loads(widget_spec(widget, widget.params({})))
    return spec
