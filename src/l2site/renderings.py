"""What widgets show at the settings that a build asks for, each computed once and kept for the builds to come."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Mapping
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
        key = hashlib.sha256(encode([widgets_digest(), widget.name, stops]).encode()).hexdigest()
        if key not in self._texts:
            self._texts[key] = self._kept(key, widget.name, stops)
        return self._texts[key]

    def shown(self, widget: Widget, params: Mapping[str, Value]) -> dict[str, Any]:
        """Return the same as plain data."""
        shown: dict[str, Any] = json.loads(self.text(widget, params))
        return shown

    def _kept(self, key: str, name: str, stops: str) -> str:
        file = self._folder / f"{key}.json" if self._folder else None
        if file and file.exists():
            return file.read_text(encoding="utf-8")
        text = l2widgets.render_json(name, stops)
        if file:
            store(file, text.encode())
        return text


@cache
def widgets_digest() -> str:
    """Return the digest of all that figures follow from, but for the widget's name and where its controls stand."""
    key = hashlib.sha256(f"{sys.version} {np.__version__}".encode())
    for path in sorted(Path(l2widgets.__file__).parent.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            key.update(path.read_bytes())
    return key.hexdigest()
