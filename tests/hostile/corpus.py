"""What somebody might bring: texts that want to be more than text, and every place on this site that takes text.

A text is put wherever a place says `%s`. If one of them is ever run, it calls `hit()` or asks evil.example.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

SCRIPTS = (
    "<script>hit()</script>",
    "</script><script>hit()</script>",
    "<img src=x onerror=hit()>",
    '"><img src=x onerror="hit()">',
    "'><svg/onload=hit()>",
    '" autofocus onfocus="hit()" x="',
    "' onmouseover='hit()' '",
    "javascript:hit()",
    "JaVaScRiPt&colon;hit()",
    "java\tscript:hit()",
    "data:text/html,<script>hit()</script>",
    "<a href=javascript:hit()>a</a>",
    "<a href='https://evil.example/'>away</a>",
    "< a\nhref='https://evil.example/'>away",
    "<A/HREF=https://evil.example/>away",
    "<iframe srcdoc='<script>parent.hit()</script>'></iframe>",
    "<iframe src=https://evil.example/></iframe>",
    "<base href=https://evil.example/>",
    "<meta http-equiv=refresh content='0;url=https://evil.example/'>",
    "<link rel=stylesheet href=//evil.example/a.css>",
    "<style>@import 'https://evil.example/a.css';</style>",
    "<b style='background:url(https://evil.example/a.png)'>b</b>",
    "<span style=\"background-image:url('https://evil.example/a.png')\">s</span>",
    "<form action=https://evil.example/><input autofocus onfocus=hit()></form>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=hit()&gt;'>",
    "<svg><animate onbegin=hit() attributeName=x></svg>",
    "<svg><use href='data:image/svg+xml,<svg id=x xmlns=http://www.w3.org/2000/svg onload=hit()/>#x'/></svg>",
    "<details open ontoggle=hit()>",
    "<video><source onerror=hit()>",
    "<object data=https://evil.example/></object>",
    "<noscript><p title='</noscript><img src=x onerror=hit()>'>",
    "<!--><script>hit()</script>-->",
    "<![CDATA[><script>hit()</script>]]>",
    "<?xml version='1.0'?><script>hit()</script>",
    "&lt;script&gt;hit()&lt;/script&gt;",
    "&#60;img src=x onerror=hit()&#62;",
    "\\u003cscript\\u003ehit()\\u003c/script\\u003e",
    "%3Cscript%3Ehit()%3C/script%3E",
    "{{constructor.constructor('hit()')()}}",
    "${hit()}",
    "`+hit()+`",
    "');hit();//",
    "url(https://evil.example/a.png)",
)
"""Texts that want to be scripts, addresses or styles."""

ODD = (
    "",
    " ",
    "\u202e\u2066\u200b\ufeff",
    "\x00\x07\x1b[31m",
    "__proto__",
    "constructor",
    "toString",
    'a"]b[c="',
    "*,:has(*)",
    "1e400",
    "-0",
    "NaN",
    "0x1F",
    "1_000",
    "٣",
    "%",
    "%F0%9D",
    "&&==&",
    "a" * 5_000,
    "🏳️‍🌈" * 200,
    "((((((((((((((((((((((((((((((((((((" * 20,
)
"""Texts that are only strange."""

TEXTS = (*SCRIPTS, *ODD)

MARKDOWN = (
    "%s",
    "A line, %s and more.",
    "> %s",
    "- %s",
    "| a |\n|---|\n| %s |",
    "## %s",
    "## Title {#%s}",
    "[text]{.%s}",
    "[text]{.weight %s}",
    "[text](%s)",
    "[text](<%s>)",
    '[text](#here "%s")',
    "![%s](a.svg)",
    "![words](%s)",
    "<%s>",
    "[a]: %s\n\n[a]",
    "$%s$",
    "$\\text{%s}$",
    "$\\href{%s}{x}$",
    "$$\n%s\n$$",
    "`%s`",
    "```python\n%s\n```",
    "```%s\ncode\n```",
    "```{widget} %s\n```",
    "```{widget} weight_decay\nlam: %s\n```",
    "{readout}`%s`",
    "{%s}`x`",
    "Text.[^a]\n\n[^a]: %s",
    "Text.[^%s]\n\n[^%s]: Note.",
    "[@%s]",
    "term\n: %s",
    "{.remember}\n- %s\n- Two.",
    "```{question} a-name\n%s\n\n(x) One.\n    %s\n( ) %s\n    Why.\n( ) Three.\n    Why.\n```",
)
"""A section's text."""

FRONT = (
    "title: %s\nsummary: B",
    'title: "%s"\nsummary: "%s"',
    "title: |\n  %s\nsummary: >\n  %s",
    "%s: A\nsummary: B",
    "title: !!python/object/apply:os.system [%s]\nsummary: B",
    "title: &a [*a]\nsummary: %s",
)
"""A section's front matter."""

TABLES = ("%s,height\n", "time,%s\n", "time;mass\n%s;2\n", '"%s","b"\n')
"""The first lines of a reader's table."""

QUERIES = (
    "?lambda_sweep.lam=%s",
    "?lambda_sweep.%s=1",
    "?%s=%s",
    "?lambda_sweep.own=%s",
    "?lambda_sweep.degree=%s&lambda_sweep.degree=%s#%s",
    "#%s",
)
"""What stands behind the address of a page; what is put in is quoted as addresses ask for it."""

LESSONS = ("?hide=%s&prompt=%s", "?prompt=%s&hide=lam,%s&lambda_sweep.lam=%s#%s")
"""The same for a figure alone."""

FIGURES: tuple[dict[str, Any], ...] = (
    {"data": [{"type": "%s", "x": [1], "y": [1]}]},
    {"data": [{"x": ["%s", "b"], "y": [1, 2], "name": "%s", "text": ["%s"], "mode": "lines+markers+text"}]},
    {"data": [{"x": [1, 2], "y": [1, 2], "hovertemplate": "%s%{x:%s}<extra>%s</extra>", "hovertext": "%s"}]},
    {
        "data": [
            {"type": "bar", "x": ["%s"], "y": [1], "text": "%s", "texttemplate": "%s", "legendgroup": "%s"}
        ]
    },
    {"data": [{"type": "pie", "labels": ["%s", "b"], "values": [1, 2], "title": {"text": "%s"}}]},
    {
        "data": [
            {
                "x": [1],
                "y": [1],
                "marker": {"color": "%s", "symbol": "%s", "size": "%s"},
                "line": {"dash": "%s"},
            }
        ]
    },
    {
        "data": [
            {
                "x": [1],
                "y": [1],
                "customdata": ["%s"],
                "xaxis": "%s",
                "yaxis": "y%s",
                "__proto__": {"a": "%s"},
            }
        ]
    },
    {
        "layout": {
            "title": {"text": "%s"},
            "xaxis": {"title": {"text": "%s"}, "tickformat": "%s", "tickprefix": "%s"},
        }
    },
    {
        "layout": {
            "xaxis": {"tickvals": [1, 2], "ticktext": ["%s", "%s"], "type": "%s"},
            "yaxis": {"range": ["%s", 1]},
        }
    },
    {
        "layout": {
            "annotations": [
                {"text": "%s", "hovertext": "%s", "x": 0, "y": 0, "xref": "%s", "clicktoshow": "onoff"}
            ]
        }
    },
    {"layout": {"images": [{"source": "https://evil.example/a.png"}, {"source": "%s"}]}},
    {"layout": {"updatemenus": [{"buttons": [{"label": "%s", "method": "relayout", "args": ["%s"]}]}]}},
    {
        "layout": {
            "shapes": [{"type": "path", "path": "%s", "label": {"text": "%s"}}],
            "sliders": [{"steps": ["%s"]}],
        }
    },
    {
        "layout": {
            "font": {"family": "%s", "color": "%s"},
            "paper_bgcolor": "%s",
            "legend": {"title": {"text": "%s"}},
        }
    },
    {
        "layout": {
            "mapbox": {"style": "https://evil.example/"},
            "geo": {},
            "template": {"layout": {"title": "%s"}},
        }
    },
    {"layout": {"hoverlabel": {"bgcolor": "%s"}, "meta": "%s", "uirevision": "%s", "modebar": {"add": "%s"}}},
    {
        "layout": {
            "xaxis": {"range": [-1e308, 1e308], "dtick": 1e-300, "nticks": 1e9},
            "height": 1e9,
            "width": 1e9,
        }
    },
    {
        "layout": {
            "xaxis": {"type": "log", "range": [-400, 400], "dtick": "D1"},
            "yaxis": {"dtick": 0, "tick0": "%s"},
        }
    },
    {"layout": {"xaxis": {"type": "date", "range": ["0001-01-01", "9999-12-31"], "dtick": "M1"}}},
    {
        "layout": {
            "xaxis": {"scaleanchor": "y", "matches": "y"},
            "yaxis": {"scaleanchor": "x", "matches": "x"},
        }
    },
    {
        "layout": {
            "xaxis": {"domain": [1, 0], "anchor": "%s"},
            "margin": {"l": 1e9, "r": -1e9},
            "grid": {"rows": 1e6},
        }
    },
    {"summary": "%s", "readouts": [{"name": "%s", "label": "%s", "text": "%s", "unit": "%s", "html": "%s"}]},
    {"table": {"columns": ["%s", "%s"], "rows": [["%s", "%s"]]}, "linked": {"%s": [0, "%s"]}},
    {"simulation": {"state": "%s", "rests": False}, "%s": "%s"},
)
"""Parts of what a figure's code may return; the rest is a good figure."""

MESSAGES = (
    "%s",
    '"%s"',
    '{"id": "%s", "type": "%s"}',
    '{"id": "1", "type": "failed", "code": "%s", "message": "%s", "line": "%s"}',
    '{"id": "1", "type": "output", "text": "%s"}',
    '{"id": "1", "type": "stage", "stage": "%s", "loaded": 1e999, "total": -1}',
    '{"id": "1", "type": "answer", "answer": {"failed": {"message": "%s"}}}',
    '{"id": "1", "type": "answer", "answer": {"cell": {"value": "%s", "figures": ["%s"]}}}',
    '{"id": "1", "type": "answer", "answer": {"cell": {"value": "%s", "figures": [{"data": [], "layout": {}}]}}}',
    '{"id": "1", "type": "__proto__", "__proto__": {"%s": "%s"}}',
    '{"id": {"toString": "%s"}, "type": "constructor"}',
)
"""What a worker may say in which a reader's code has forged its voice; what is put in is quoted as JSON asks for it."""


def filled(place: Any, text: str) -> Any:
    """Return a place with a text in it, at any depth."""
    if isinstance(place, str):
        return place.replace("%s", text)
    if isinstance(place, dict):
        return {filled(key, text): filled(value, text) for key, value in place.items()}
    return [filled(value, text) for value in place] if isinstance(place, list | tuple) else place


def rendered(figure: dict[str, Any]) -> dict[str, Any]:
    """Return what a figure's code may return, with these parts."""
    return {
        "figure": {
            "data": figure.get("data", [{"x": [1, 2], "y": [1, 2]}]),
            "layout": {"height": 300} | figure.get("layout", {}),
            "narrow": figure.get("layout", {}),
        },
        "readouts": figure.get("readouts", []),
        "table": figure.get("table", {"columns": [], "rows": []}),
        "summary": figure.get("summary", "A line."),
        **{
            key: value
            for key, value in figure.items()
            if key not in ("data", "layout", "readouts", "table", "summary")
        },
    }


def forged() -> Iterator[str]:
    """Yield every message, with every text."""
    for text in TEXTS:
        for place in MESSAGES:
            yield filled(place, text if place == "%s" else json.dumps(text)[1:-1])
        for figure in FIGURES:
            yield json.dumps({"id": "1", "type": "figure", "rendered": rendered(filled(figure, text))})
    nested = "[" * 100_000 + "]" * 100_000
    yield f'{{"id": "1", "type": "figure", "rendered": {nested}}}'
    whole = json.dumps({"id": "1", "type": "figure", "rendered": rendered({"layout": {"meta": "%s"}})})
    yield whole.replace('"%s"', nested)
    yield json.dumps({"id": "1", "type": "figure", "rendered": rendered({"data": [{"x": [1] * 400_000}]})})
    yield json.dumps({"id": "1", "type": "figure", "rendered": rendered({"data": [{}] * 100_000})})
