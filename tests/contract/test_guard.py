"""The page's allow-list for figures of a reader's code lets every figure of ours through, whole."""

from __future__ import annotations

import json

import l2widgets
from tests.contract.node import ran


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
    return ran("guard.mjs", given=figures)
