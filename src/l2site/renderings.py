"""What widgets show at the settings that a build asks for, each computed once and kept for the builds to come."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

import l2widgets
from l2site.output import store
from l2widgets.figures import encode
from l2widgets.spec import Value, Widget


class Renderings:
    """What `l2widgets.render_json` returns.

    Parameters
    ----------
    folder
        Where results are kept between builds, by the digest of what they follow from; None keeps them in memory only.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._texts: dict[str, str] = {}

    def text(self, widget: Widget, params: Mapping[str, Value]) -> str:
        """Return what a widget shows, as JSON, when its controls have these values, of which none is missing."""
        stops = encode({control.name: control.stop(params[control.name]).text for control in widget.controls})
        return self._once("json", widget.name, stops, lambda: l2widgets.render_json(widget.name, stops))

    def shown(self, widget: Widget, params: Mapping[str, Value]) -> dict[str, Any]:
        """Return the same as plain data."""
        shown: dict[str, Any] = json.loads(self.text(widget, params))
        return shown

    def readouts(self, widget: Widget, params: Mapping[str, Value]) -> list[dict[str, Any]]:
        """Return the numbers beside the figure alone, of which prose quotes many and which are a hundredth of it."""
        stops = encode({control.name: control.stop(params[control.name]).text for control in widget.controls})
        text = self._once(
            "readouts.json", widget.name, stops, lambda: encode(self.shown(widget, params)["readouts"])
        )
        readouts: list[dict[str, Any]] = json.loads(text)
        return readouts

    def _once(self, kind: str, name: str, stops: str, compute: Callable[[], str]) -> str:
        """Return what was computed for this, here or in an earlier build, or else compute it."""
        key = hashlib.sha256(encode([widgets_digest(), name, stops]).encode()).hexdigest() + f".{kind}"
        if key not in self._texts:
            file = self._folder / key if self._folder else None
            if file and file.exists():
                self._texts[key] = file.read_text(encoding="utf-8")
            else:
                self._texts[key] = compute()
                if file:
                    store(file, self._texts[key].encode())
        return self._texts[key]


@cache
def widgets_digest() -> str:
    """Return the digest of all that figures follow from, but for the widget's name and where its controls stand."""
    key = hashlib.sha256(f"{sys.version} {np.__version__}".encode())
    for path in sorted(Path(l2widgets.__file__).parent.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            key.update(path.read_bytes())
    return key.hexdigest()
