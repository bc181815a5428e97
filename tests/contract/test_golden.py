"""The figures are those that were accepted; `make golden` accepts the ones of today."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import l2widgets
from tests.contract.cases import LOOSE, cases
from tests.contract.difference import RELATIVE, difference, opened

FOLDER = Path(__file__).parents[1] / "golden"
LONG = 12
"""Up to how many numbers a list is kept whole; of a longer one every so-manieth is, so that a change can be read."""


def test_golden(name, request):
    """Each case is as it was, but for the last digits of its numbers."""
    file, changed = FOLDER / f"{name}.json", FOLDER / f"{name}-changed.json"
    now = {case: {"params": params} | sketch(name, params) for case, params in cases(name).items()}
    changed.unlink(missing_ok=True)
    if request.config.getoption("--update-golden"):
        file.write_text(written(now), encoding="utf-8")
        return
    accepted = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    differences = [
        f"  {case}: {found}"
        for case in now.keys() | accepted.keys()
        if (found := difference(now.get(case), accepted.get(case), LOOSE.get(case, RELATIVE)))
    ]
    if differences:
        changed.write_text(written(now), encoding="utf-8")
        told = "\n".join(sorted(differences))
        pytest.fail(
            f"{name} has changed:\n{told}\ncompare {file.name} with {changed.name}, then: make golden"
        )


STYLE = {
    "anchor", "cliponaxis", "dragmode", "fill", "fillcolor", "fixedrange", "font", "gridcolor", "hoverinfo",
    "hoverlabel", "hovermode", "hovertemplate", "line", "linecolor", "margin", "marker", "mode", "opacity",
    "paper_bgcolor", "plot_bgcolor", "showarrow", "showlegend", "showline", "textfont", "tickcolor",
    "tickfont", "ticklen", "ticks", "type", "xanchor", "xref", "yanchor", "yref", "zeroline",
}  # fmt: skip
"""How things look, which is kept for the default figure only: the others look the same."""


def sketch(name, params):
    """Return a figure with its long lists thinned out and, unless it is the default, without its style."""
    rendered = thinned(opened(json.loads(l2widgets.render_json(name, json.dumps(params)))))
    return without_style(rendered) if params else rendered


def without_style(value):
    """Return plain data without the keys of `STYLE`."""
    if isinstance(value, dict):
        return {key: without_style(item) for key, item in value.items() if key not in STYLE}
    return [without_style(item) for item in value] if isinstance(value, list) else value


def thinned(value):
    """Return plain data with every long list of numbers as its length and some of them, to twelve digits."""
    if isinstance(value, dict):
        return {key: thinned(item) for key, item in value.items()}
    if isinstance(value, list) and len(value) > LONG and not isinstance(value[0], (dict, list)):
        return {"length": len(value), "some": thinned(value[:: -(-len(value) // 9)]), "last": value[-1]}
    if isinstance(value, float):
        return float(f"{value:.12g}")
    return [thinned(item) for item in value] if isinstance(value, list) else value


def written(value, depth=4, indent=""):
    """Return JSON with a line for each trace, annotation, readout and row, to be read in a diff."""
    if depth == 0 or not isinstance(value, (dict, list)) or not value:
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    inner = indent + " "
    if isinstance(value, dict):
        items = [
            f"{inner}{json.dumps(key, ensure_ascii=False)}: {written(value[key], depth - 1, inner)}"
            for key in value
        ]
    else:
        items = [f"{inner}{written(item, 0)}" for item in value]
    start, end = "{}" if isinstance(value, dict) else "[]"
    return f"{start}\n" + ",\n".join(items) + f"\n{indent}{end}" + ("\n" if not indent else "")
