"""What readers take away: each figure as a program, the package that it needs, and how to cite the article."""

from __future__ import annotations

import base64
import hashlib
import inspect
import io
import json
import re
import tomllib
import zipfile
from collections.abc import Iterable, Mapping
from importlib import import_module
from pathlib import Path

from l2site.metadata import Site
from l2site.model import Article, Embed, Section
from l2site.pictures import read_colours
from l2widgets.figures import WIDTH
from l2widgets.spec import Widget

FOLDER = "python/"
"""Where programs and the package lie in the output."""

CITATION = "citation.bib"
"""The address of the citation, relative to the article's first page."""

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time of every file in the package, so that it is the same whenever it is made."""


def files(
    project: Path, site: Site, articles: Iterable[Article], embeds: Iterable[tuple[Article, Section, Embed]]
) -> dict[str, bytes]:
    """Return all that is there to be taken away, by address relative to the site's root.

    Of several embeds of one widget, the first is the one whose program is there.
    """
    programs: dict[str, bytes] = {}
    for article, section, embed in embeds:
        place = f"{site.url}{article.path}{section.slug}/#{embed.anchor}"
        programs.setdefault(f"{FOLDER}{embed.widget.name}.py", program(project, site, place, embed))
    citations = {
        f"{article.path}{CITATION}": bibtex(site.of(article), article).encode() for article in articles
    }
    return {**programs, package_name(project): package(project), **citations}


# ---- The figures as programs


def program(project: Path, site: Site, place: str, embed: Embed) -> bytes:
    """Return a figure's module as a program that prints and draws it; `place` is where the figure stands.

    It is divided into cells by `# %%`, as editors and notebooks know it. The page puts in, line by line, where it
    stands, where the package is and where the reader's controls stand (site/static/js/notebook.js).
    """
    widget = embed.widget
    source = inspect.getsource(import_module(f"l2widgets.widgets.{widget.name}")).strip()
    colours = read_colours(project / "site/static/css/tokens.css")["light"]
    cells = (
        _words(
            f"# {widget.title}",
            widget.question,
            f"The figure: <{place}>",
            "Install once, in a terminal (in a notebook's cell, begin the line with `%`):",
            f"    pip install plotly {site.url}{package_name(project)}",
            "Then change what you like and run it all again.",
        ),
        f"# %%\n{source}\n",
        f"# %%\n# Where the controls stand.\n{_setting(widget, embed)}\n{_shown(widget)}",
        f"# %%\n{_drawing(colours)}",
    )
    return "\n".join(cells).encode()


def _words(*paragraphs: str) -> str:
    text = "\n\n".join(paragraphs)
    lines = [f"# {line}".rstrip() for line in text.split("\n")]
    return "\n".join(["# %% [markdown]", *lines, ""])


def _setting(widget: Widget, embed: Embed) -> str:
    stops = {c.name: c.stop(embed.params[c.name]).text for c in widget.controls}
    return f"SETTING = {json.dumps(stops, ensure_ascii=False)}"


SHOWN = """
print(shown["summary"])
for readout in shown["readouts"]:
    print(f"{readout['label']}: {readout['text']} {readout['unit']}".rstrip())
"""

FIGURE = """
shown = figure(**SPEC.params(SETTING)).as_dict()
"""

SIMULATION = """
SLICES = {slices}  # how long it goes on, unless it rests before

setting = Setting(**SPEC.params(SETTING))
state = begin(setting)
for _ in range(SLICES):
    if not rests(state, setting):
        state = advance(state, setting)
shown = draw(state, setting).as_dict()
"""


def _shown(widget: Widget) -> str:
    made = SIMULATION.format(slices=widget.simulation.shown) if widget.simulation else FIGURE
    return made.lstrip("\n") + SHOWN


DRAWING = """import json

try:
    import plotly.graph_objects as go
except ModuleNotFoundError:
    raise SystemExit("To see it drawn, install Plotly: pip install plotly") from None

COLOURS = {colours}

text = json.dumps(shown["figure"])
for role, colour in COLOURS.items():
    text = text.replace(f'"role:{{role}}"', f'"{{colour}}"')
drawn = json.loads(text)
plot = go.Figure(drawn["data"], drawn["layout"])
plot.update_layout(template="none", width={width}, paper_bgcolor=COLOURS["surface"])
plot.show()
"""


def _drawing(colours: Mapping[str, str]) -> str:
    listed = ",\n".join(f"    {json.dumps(role)}: {json.dumps(colour)}" for role, colour in colours.items())
    return DRAWING.format(colours=f"{{\n{listed},\n}}", width=WIDTH)


# ---- The package


def package_name(project: Path) -> str:
    """Return the address of the package, relative to the site's root; pip reads the version in it."""
    described = _described(project)
    return f"{FOLDER}{described['name']}-{described['version']}-py3-none-any.whl"


def release(project: Path) -> tuple[str, str]:
    """Return the project's name and version."""
    described = _described(project)
    return described["name"], described["version"]


def package(project: Path) -> bytes:
    """Return `l2widgets` as a wheel: a zip archive with the files, what they are, and their digests (PEP 427)."""
    described = _described(project)
    source = project / "src" / described["name"]
    files = {
        path.relative_to(source.parent).as_posix(): path.read_bytes()
        for path in sorted(source.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }
    info = f"{described['name']}-{described['version']}.dist-info"
    files[f"{info}/METADATA"] = "".join(
        f"{name}: {value}\n"
        for name, value in (
            ("Metadata-Version", "2.4"),
            ("Name", described["name"]),
            ("Version", described["version"]),
            ("Summary", described["description"]),
            ("License-Expression", described["license"]),
            ("License-File", "LICENSE"),
            ("Requires-Python", described["requires-python"]),
            *(("Requires-Dist", wish) for wish in described["dependencies"]),
        )
    ).encode()
    files[f"{info}/WHEEL"] = (
        b"Wheel-Version: 1.0\nGenerator: l2site\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    )
    files[f"{info}/licenses/LICENSE"] = (project / "LICENSE").read_bytes()
    record = "".join(f"{name},sha256={_digest(data)},{len(data)}\n" for name, data in files.items())
    files[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n".encode()
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as wheel:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.external_attr = 0o644 << 16
            wheel.writestr(entry, data, zipfile.ZIP_DEFLATED, 9)
    return archive.getvalue()


def _described(project: Path) -> dict[str, str]:
    described: dict[str, str] = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))[
        "project"
    ]
    return described


def _digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


# ---- The citation


def citation(site: Site, article: Article) -> str:
    """Return how to cite the article, in a sentence."""
    return f"{article.author} ({article.published.year}). {article.title}: {article.subtitle}. {site.url}"


def bibtex(site: Site, article: Article) -> str:
    """Return the article's entry for a file of BibTeX."""
    key = re.sub(r"[^a-z0-9]", "", article.title.lower())
    fields = {
        "author": f"{{{_tex(article.author)}}}",
        "title": f"{{{_tex(article.title)}: {_tex(article.subtitle)}}}",
        "year": str(article.published.year),
        "url": site.url,
        "note": f"Version of {article.updated.isoformat()}",
    }
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
    return f"@misc{{{key}{article.published.year},\n{lines}}}\n"


def _tex(text: str) -> str:
    """Return text with the characters escaped that TeX reads as commands."""
    return re.sub(r"([&%$#_{}])", r"\\\1", text)
