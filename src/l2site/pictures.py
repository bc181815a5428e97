"""The pictures of the figures at their starting values: what a reader sees before, or without, any script.

They are drawn by the Plotly that the pages use, in a browser, so `build.py figures` needs the test set-up; a build
only copies them. Drawing twice gives the same bytes on one machine; whether a picture is still right is therefore
decided by what was drawn, not by its bytes.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from l2site.fonts import inline_sans
from l2site.problems import ContentError, Problem
from l2widgets.figures import NARROW_WIDTH, WIDTH

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from l2site.model import Embed

THEMES = ("light", "dark")
WIDTHS = {"wide": WIDTH, "narrow": NARROW_WIDTH}
MANIFEST = "figures.json"
SOCIAL_SIZE = (1200, 630)

TOLERANCE = 1e-4
"""How far a number may be from the one that was drawn, as a part of the largest beside it: less than a pixel."""

COLOUR = re.compile(r"--role-([\w-]+):\s*light-dark\((#[0-9a-fA-F]+),\s*(#[0-9a-fA-F]+)\)")

IDLE = frozenset({"cursor", "pointer-events", "user-select", "vector-effect", "white-space"})
"""Properties that do nothing in a picture."""

OUTLINE = "paint-order:stroke;stroke-width:3;stroke-linejoin:round;stroke:"
"""Keeps lines off words, as the page's style does (widget.css); a colour follows."""

type Colours = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Picture:
    """One drawing of a figure."""

    file: str
    """Its name in site/figures, with the digest of its bytes."""
    width: int
    """In CSS pixels."""
    height: int
    """In CSS pixels."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """All drawings of one figure, and what they show."""

    pictures: Mapping[str, Mapping[str, Picture]]
    """By theme, then by "wide" and "narrow"."""
    sketch: object
    """What was drawn, shortened by `sketch`."""


@dataclass(frozen=True, slots=True)
class Album:
    """What is in site/figures."""

    folder: Path
    """Where the files are."""
    drawn: Mapping[str, Drawn]
    """By `key`."""
    social: str
    """The file that stands for the site where a link to it is shared; empty when there is none."""
    setting: object
    """With which colours and which Plotly everything was drawn."""

    @classmethod
    def load(cls, folder: Path) -> Album:
        """Read what was drawn last; nothing at all when there is no manifest."""
        path = folder / MANIFEST
        data = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"figures": {}}
        drawn = {
            name: Drawn(
                {
                    theme: {size: Picture(**picture) for size, picture in sizes.items()}
                    for theme, sizes in entry["pictures"].items()
                },
                entry["sketch"],
            )
            for name, entry in data["figures"].items()
        }
        return cls(folder, drawn, data.get("social", ""), data.get("setting"))

    def save(self) -> None:
        """Write the manifest, and remove the pictures that it no longer names."""
        figures = {
            name: {
                "pictures": {
                    theme: {
                        size: {"file": picture.file, "width": picture.width, "height": picture.height}
                        for size, picture in sizes.items()
                    }
                    for theme, sizes in drawn.pictures.items()
                },
                "sketch": drawn.sketch,
            }
            for name, drawn in sorted(self.drawn.items())
        }
        data = {"setting": self.setting, "social": self.social, "figures": figures}
        text = json.dumps(data, ensure_ascii=False, indent=1)
        (self.folder / MANIFEST).write_text(text + "\n", encoding="utf-8")
        named = {picture.file for drawn in self.drawn.values() for sizes in drawn.pictures.values()
                 for picture in sizes.values()} | {self.social, MANIFEST}  # fmt: skip
        for path in self.folder.iterdir():
            if path.suffix in (".svg", ".png") and path.name not in named:
                path.unlink()


def key(embed: Embed) -> str:
    """Return the name under which an embed's pictures are kept: two sections may start one widget differently."""
    shown = embed.widget.shown(embed.params)
    return f"{embed.widget.name}?{shown}" if shown else embed.widget.name


def read_colours(tokens: Path) -> Colours:
    """Return the colour of each role, by theme, from the stylesheet that declares them."""
    found = COLOUR.findall(tokens.read_text(encoding="utf-8"))
    return {
        "light": {name: light for name, light, _ in found},
        "dark": {name: dark for name, _, dark in found},
    }


def setting(project: Path) -> object:
    """Return what all pictures depend on besides their figures: the colours and Plotly's version."""
    package = project / "site/node_modules/plotly.js-basic-dist-min/package.json"
    version = json.loads(package.read_text(encoding="utf-8"))["version"]
    return {"plotly": version, "colours": read_colours(project / "site/static/css/tokens.css")}


def sketch(figure: object) -> Any:  # noqa: ANN401  plain data of any shape
    """Return a figure in short: each long list of numbers becomes its length, ends, extremes, mean and moment.

    Two machines differ in the last digits of what they compute, and more where a problem is ill-conditioned, so no
    digest of the numbers can be the same everywhere; these few are compared with a tolerance instead.
    """
    if isinstance(figure, Mapping):
        return {name: sketch(value) for name, value in figure.items()}
    if not isinstance(figure, (list, tuple)):
        return float(f"{figure:.6g}") if isinstance(figure, float) else figure
    numbers = [0.0 if value is None else value for value in figure]
    if len(numbers) <= 8 or not all(type(value) in (int, float) for value in numbers):
        return [sketch(value) for value in figure]
    count = len(numbers)
    mean = math.fsum(numbers) / count
    moment = math.fsum((index / count - 0.5) * value for index, value in enumerate(numbers)) / count
    ends = (numbers[0], numbers[-1], min(numbers), max(numbers), mean, moment)
    return {"count": count, "gaps": figure.count(None), "about": [float(f"{value:.6g}") for value in ends]}


def agree(one: Any, other: Any) -> bool:  # noqa: ANN401  plain data of any shape
    """Tell whether two sketches show the same."""
    if one == other:
        return True
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(agree(value, other[name]) for name, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        if len(one) != len(other):
            return False
        pairs = list(zip(one, other, strict=True))
        if all(_is_number(value) for pair in pairs for value in pair):
            size = max((abs(value) for pair in pairs for value in pair), default=0)
            return all(abs(a - b) <= TOLERANCE * size for a, b in pairs)
        return all(agree(a, b) for a, b in pairs)
    numbers = _is_number(one) and _is_number(other)
    return numbers and bool(abs(one - other) <= TOLERANCE * max(abs(one), abs(other)))


def _is_number(value: object) -> bool:
    return type(value) in (int, float)


def stale(album: Album, embeds: list[tuple[Path, Embed, dict[str, Any]]], project: Path) -> list[Problem]:
    """Return a problem for each embed whose pictures are missing or show something else than its figure.

    Parameters
    ----------
    album
        What was drawn.
    embeds
        The section's file, the embed, and its figure as `l2widgets.render` returns it.
    project
        The project's root.
    """
    remedy = "`make figures` draws it"
    now = setting(project)
    problems = []
    for source, embed, rendered in embeds:
        drawn = album.drawn.get(key(embed))
        if drawn is None:
            reason = "is missing"
        elif album.setting != now:
            reason = "has other colours or comes from another Plotly"
        elif not agree(drawn.sketch, sketch(rendered["figure"])):
            reason = "shows something else than the figure"
        elif any(
            not (album.folder / p.file).exists() for sizes in drawn.pictures.values() for p in sizes.values()
        ):
            reason = "is not in site/figures"
        else:
            continue
        problems.append(Problem(source, embed.line, f"the picture of {key(embed)!r} {reason}; {remedy}"))
    return problems


def draw(project: Path, embeds: list[tuple[Embed, dict[str, Any]]], title: str, subtitle: str) -> Album:
    """Draw every embed's pictures and the social image into site/figures, and return what is there now.

    Nothing there changes unless all of them can be drawn.

    Raises
    ------
    ContentError
        When there is no browser to draw them.
    """
    colours = read_colours(project / "site/static/css/tokens.css")
    files: dict[str, bytes] = {}
    drawn: dict[str, Drawn] = {}
    with _browser_page(project) as page:
        for embed, rendered in embeds:
            pictures: dict[str, dict[str, Picture]] = {}
            for theme in THEMES:
                pictures[theme] = {}
                for size, width in WIDTHS.items():
                    svg, height = _draw_one(project, page, rendered["figure"], colours[theme], size)
                    name = f"{embed.widget.name}-{theme}-{width}.{hashlib.sha256(svg).hexdigest()[:10]}.svg"
                    files[name] = svg
                    pictures[theme][size] = Picture(name, width, height)
            drawn[key(embed)] = Drawn(pictures, sketch(rendered["figure"]))
        hero = next((d for name, d in drawn.items() if name.startswith("lambda_sweep")), None)
        png = _social(
            project, page, title, subtitle, files[hero.pictures["light"]["wide"].file] if hero else b""
        )
    social = f"social.{hashlib.sha256(png).hexdigest()[:10]}.png"
    files[social] = png
    folder = project / "site/figures"
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    album = Album(folder, drawn, social, setting(project))
    album.save()
    return album


@contextmanager
def _browser_page(project: Path) -> Iterator[Page]:
    """Give an empty page with Plotly and the figures' font in it, where chance always falls the same way."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  only this command needs it

    from tools.browser import find  # noqa: PLC0415

    browser_path = find()
    if browser_path is None:
        raise ContentError(
            [Problem("tools/browser.py", 1, "no Chromium was found, which draws the pictures")]
        )
    every = "".join(map(chr, [*range(0x20, 0x17F), *range(0x370, 0x3D0), 0x2212, *range(0x2070, 0x2080)]))
    fonts = inline_sans(project / "site/node_modules", every)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--disable-gpu"])
        page = browser.new_page(viewport={"width": SOCIAL_SIZE[0], "height": SOCIAL_SIZE[1]})
        page.set_content(f"<!doctype html><meta charset=utf-8><style>{fonts}</style><div id=plot></div>")
        page.add_script_tag(path=project / "site/node_modules/plotly.js-basic-dist-min/plotly-basic.min.js")
        page.evaluate(
            "Promise.all([400, 700].map((weight) => document.fonts.load(`${weight} 13px 'Inter Variable'`, 'aλ')))"
        )
        yield page
        browser.close()


DRAW = """async ({ figure, width, height }) => {
  let state = 1;
  Math.random = () => (state = (state * 16807) % 2147483647) / 2147483647;
  const plot = document.getElementById("plot");
  const config = { staticPlot: true, displayModeBar: false };
  await Plotly.newPlot(plot, figure.data, { ...figure.layout, width, height }, config);
  const url = await Plotly.toImage(plot, { format: "svg", width, height });
  Plotly.purge(plot);
  return url;
}"""


def _draw_one(
    project: Path, page: Page, figure: dict[str, Any], colours: Mapping[str, str], size: str
) -> tuple[bytes, int]:
    layout = _merged(figure["layout"], figure["narrow"]) if size == "narrow" else figure["layout"]
    height = layout["height"]
    coloured = _coloured({"data": figure["data"], "layout": layout}, colours)
    url = page.evaluate(DRAW, {"figure": coloured, "width": WIDTHS[size], "height": height})
    return _finished(unquote(url.partition(",")[2]), project, colours["surface"]), height


def _merged(base: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Return a layout with the narrow one's changes in it, as plot.js does."""
    merged = dict(base)
    for name, change in changes.items():
        old = merged.get(name)
        merged[name] = _merged(old, change) if isinstance(old, dict) and isinstance(change, dict) else change
    return merged


def _coloured(value: Any, colours: Mapping[str, str]) -> Any:  # noqa: ANN401  plain data of any shape
    if isinstance(value, str) and value.startswith("role:"):
        return colours[value.removeprefix("role:")]
    if isinstance(value, Mapping):
        return {name: _coloured(inner, colours) for name, inner in value.items()}
    if isinstance(value, list):
        return [_coloured(inner, colours) for inner in value]
    return value


def _finished(svg: str, project: Path, surface: str) -> bytes:
    """Return Plotly's SVG with its font inside, without what only an interactive plot needs, and each style once."""
    outline = OUTLINE + surface
    svg = re.sub(r'(<g class="textpoint"[^>]*><text[^>]*\sstyle=")', rf"\1{outline};", svg)
    svg = re.sub(r'<rect class="[^"]*drag[^"]*"[^>]*/?>(</rect>)?', "", svg)
    svg = re.sub(r'\s(?:class|data-[\w-]+|pointer-events|cursor)="[^"]*"', "", svg)
    svg = re.sub(r'\s(?:d|transform|x|y|width|height)="[^"]*"', _rounded, svg)
    styles: dict[str, str] = {}

    def name_style(match: re.Match[str]) -> str:
        style = _shortened(match[1])
        return f' class="{styles.setdefault(style, f"s{len(styles)}")}"' if style else ""

    svg = re.sub(r'\sstyle="([^"]*)"', name_style, svg)
    while (shorter := re.sub(r'<g(?: (?:class|id|clip-path)="[^"]*")*(?:/>|>\s*</g>)', "", svg)) != svg:
        svg = shorter
    while (shorter := re.sub(r"<g>((?:<(?!/?g\b)[^>]*>|[^<])*)</g>", r"\1", svg)) != svg:
        svg = shorter
    rules = "".join(f".{name}{{{style}}}" for style, name in styles.items())
    characters = "".join(sorted(set(re.sub(r"<[^>]*>", "", svg))))
    fonts = inline_sans(project / "site/node_modules", characters)
    head, mark, rest = svg.partition(">")
    return f"{head}{mark}<style>{fonts}{rules}</style>{rest}".encode()


def _rounded(match: re.Match[str]) -> str:
    """Return an attribute with its numbers to the hundredth of a pixel."""
    return re.sub(r"-?\d*\.\d{3,}(?:e-?\d+)?", lambda number: f"{float(number[0]):.2f}", match[0])


def _shortened(style: str) -> str:
    """Return a style without what is the default anyhow or means nothing in a picture, in short."""
    kept = []
    for declaration in style.split(";"):
        name, _, value = (part.strip() for part in declaration.partition(":"))
        if name in IDLE or (name.endswith("opacity") and value == "1") or not value:
            continue
        value = re.sub(r"(?<=\d)px", "", value) if name.startswith("stroke") else value
        value = re.sub(r"rgb\((\d+), (\d+), (\d+)\)", _hex, value)
        kept.append(f"{name}:{value}")
    return ";".join(kept)


def _hex(match: re.Match[str]) -> str:
    return "#" + "".join(f"{int(part):02x}" for part in match.groups())


def _social(project: Path, page: Page, title: str, subtitle: str, svg: bytes) -> bytes:
    """Return the image that stands for the site where a link to it is shared."""
    colours = read_colours(project / "site/static/css/tokens.css")["light"]
    picture = svg.decode().partition("?>")[2] if svg.startswith(b"<?xml") else svg.decode()
    page.set_content(
        f"""<!doctype html><meta charset=utf-8><style>{inline_sans(project / "site/node_modules", title + subtitle)}
        body {{ margin: 0; padding: 56px 64px; width: 1072px; height: 518px; overflow: hidden;
               background: {colours["surface"]}; color: {colours["ink"]}; font-family: "Inter Variable"; }}
        h1 {{ margin: 0; font-size: 68px; letter-spacing: -0.02em; }}
        p {{ margin: 12px 0 28px; font-size: 30px; color: {colours["muted"]}; }}
        svg {{ display: block; width: 1072px; height: auto; }}
        </style><h1>{escape(title)}</h1><p>{escape(subtitle)}</p>{picture}"""
    )
    page.evaluate("document.fonts.ready")
    return page.screenshot()
