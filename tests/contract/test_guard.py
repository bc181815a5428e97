"""The page's allow-list for figures of a reader's code lets every figure of ours through, whole."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import l2widgets

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = Path(__file__).with_name("guard.mjs")


def test_our_figures_pass_whole():
    """At the start and at every preset: a change to a figure of ours shows all that it would show without the list."""
    figures = []
    for name in l2widgets.names():
        presets = l2widgets.load(name).presets
        figures += [l2widgets.render(name, params) for params in ({}, *(preset.params for preset in presets))]
    figures = json.loads(json.dumps(figures))

    assert [answer.get("rendered", answer) for answer in guarded(figures)] == figures


def test_packed_coordinates_arrive_as_lists():
    """The worker sends long lists as bytes; the page draws, and the list counts, the numbers that they are."""
    figures = [l2widgets.render(name, {}) for name in l2widgets.names()]
    packed = [json.loads(l2widgets.render_json(name, "{}", True)) for name in l2widgets.names()]
    assert any('"bdata"' in json.dumps(figure) for figure in packed)

    assert [answer.get("rendered", answer) for answer in guarded(packed)] == figures


def guarded(figures):
    """Return what the page takes of each figure."""
    node = shutil.which("node", path=ROOT / ".cache/node") or shutil.which("node")
    assert node
    ran = subprocess.run(
        [node, str(PROGRAM)], input=json.dumps(figures), capture_output=True, text=True, check=True
    )
    return json.loads(ran.stdout)
