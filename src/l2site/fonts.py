"""The fonts, cut down to the characters that the site uses.

The packages split each family by script. What is needed of each split becomes one file with its own unicode-range,
so that a browser loads Greek only where Greek stands.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import unicodedata
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import fontTools

from l2site.output import store

BASIC = frozenset(chr(code) for code in range(0x20, 0x7F)) | frozenset("\u00a0’‘“”–—…·×−±²³¹°→←")
"""What every text font has, so that one more word in the article seldom changes a font."""

RAISED = {
    "⁰": "zero", "¹": "one", "²": "two", "³": "three", "⁴": "four", "⁵": "five", "⁶": "six", "⁷": "seven",
    "⁸": "eight", "⁹": "nine", "⁺": "plus", "⁻": "minus",
}  # fmt: skip
"""Superscripts, which the packages leave out but for three: the fonts hold their shapes, as the digits of fractions."""

ARROWS = {"←": "arrowleft", "→": "arrowright"}
"""Characters whose glyph the packages keep and whose code they drop."""


@dataclass(frozen=True, slots=True)
class Face:
    """A font file of a package, and how the pages call it."""

    file: str
    """Below site/node_modules."""
    name: str
    """The logical name of what is cut from it."""
    family: str
    """The family's name in the stylesheets."""
    style: str = "normal"
    """Upright or italic."""
    weights: tuple[int, int] | None = (400, 700)
    """The part of the weight axis that is kept; None where there is no such axis."""
    first: int = 0x20
    """The lowest character that is taken from this file; those below are in the family's main file."""
    math: bool = False
    """Whether it sets formulas, and keeps what stretches braces and roots."""
    preload: bool = False
    """Whether every page shows it at once."""


_SERIF = "@fontsource-variable/source-serif-4/files/source-serif-4"
_SANS = "@fontsource-variable/inter/files/inter"

FACES = (
    Face(f"{_SERIF}-latin-wght-normal.woff2", "fonts/serif.woff2", "Source Serif 4 Variable", preload=True),
    Face(
        f"{_SERIF}-latin-wght-italic.woff2",
        "fonts/serif-italic.woff2",
        "Source Serif 4 Variable",
        style="italic",
        weights=(400, 400),  # nothing here is both
    ),
    Face(
        f"{_SERIF}-latin-ext-wght-normal.woff2",
        "fonts/serif-more.woff2",
        "Source Serif 4 Variable",
        first=0x100,
    ),
    Face(
        f"{_SERIF}-greek-wght-normal.woff2", "fonts/serif-greek.woff2", "Source Serif 4 Variable", first=0x370
    ),
    Face(f"{_SANS}-latin-wght-normal.woff2", "fonts/sans.woff2", "Inter Variable"),
    Face(f"{_SANS}-latin-ext-wght-normal.woff2", "fonts/sans-more.woff2", "Inter Variable", first=0x100),
    Face(f"{_SANS}-greek-wght-normal.woff2", "fonts/sans-greek.woff2", "Inter Variable", first=0x370),
    Face(
        "@fontsource/stix-two-math/files/stix-two-math-latin-400-normal.woff2",
        "fonts/math.woff2",
        "STIX Two Math",
        weights=None,
        math=True,
    ),
)


@dataclass(frozen=True, slots=True)
class Fonts:
    """The font files of a site."""

    files: Mapping[str, bytes]
    """By logical name."""
    css: str
    """The @font-face rules, with logical names as addresses."""
    preload: tuple[str, ...]
    """The logical names of what the first screen needs."""


def prepare_fonts(modules: Path, text: str, formulas: str, cache: Path) -> Fonts:
    """Cut the fonts down to some characters.

    Parameters
    ----------
    modules
        `site/node_modules`, where the packages are.
    text
        Every character outside formulas, in any order and number.
    formulas
        Every character inside formulas, likewise.
    cache
        Where the results are kept, by the digest of what they depend on.
    """
    kept = {face: _kept(face, modules, formulas if face.math else text, cache) for face in FACES}
    missing = [face for face, path in kept.items() if not path.exists()]
    if missing:
        jobs = [(face, modules, _wanted(face, formulas if face.math else text)) for face in missing]
        with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
            for face, data in zip(missing, pool.map(_cut_job, jobs), strict=True):
                store(kept[face], data)
    files, rules = {}, []
    for face, path in kept.items():
        codes, font = _parts(path.read_bytes())
        if codes:
            files[face.name] = font
            rules.append(_rule(face, codes, face.name))
    preload = tuple(face.name for face in FACES if face.preload and face.name in files)
    return Fonts(files=files, css="".join(rules), preload=preload)


def inline_sans(modules: Path, text: str) -> str:
    """Return @font-face rules that carry the sans serif within them, cut to exactly these characters.

    A picture that a page shows by <img> can load nothing, so it brings its font along.
    """
    rules = []
    for face in FACES:
        if face.family == "Inter Variable":
            wanted = frozenset(character for character in text if ord(character) >= face.first)
            codes, font = _parts(_cut(face, modules, wanted))
            if codes:
                rules.append(_rule(face, codes, f"data:font/woff2;base64,{base64.b64encode(font).decode()}"))
    return "".join(rules)


def _kept(face: Face, modules: Path, characters: str, cache: Path) -> Path:
    """Return where the cut of a face is kept: a file that begins with the list of its characters."""
    key = hashlib.sha256((modules / face.file).read_bytes())
    key.update(Path(__file__).read_bytes())
    key.update(repr((face, sorted(_wanted(face, characters)), fontTools.version)).encode())
    return cache / "fonts" / f"{key.hexdigest()[:32]}.bin"


def _wanted(face: Face, characters: str) -> frozenset[str]:
    if face.math:
        return frozenset(characters) | frozenset(map(_slanted, characters)) | {"−"}
    return frozenset(character for character in BASIC.union(characters) if ord(character) >= face.first)


def _slanted(letter: str) -> str:
    """Return the mathematical italic of a letter, which is what browsers take for a lone letter in <mi>."""
    try:
        name = unicodedata.name(letter)
    except ValueError:
        return letter
    if letter == "h":
        return "ℎ"
    script, _, rest = name.partition(" ")
    case, _, base = rest.partition(" LETTER ")
    if script not in ("LATIN", "GREEK") or not base:
        return letter
    italic = f"MATHEMATICAL ITALIC {case} {base}"
    try:
        return unicodedata.lookup(italic)
    except KeyError:
        return letter


def _cut_job(job: tuple[Face, Path, frozenset[str]]) -> bytes:
    return _cut(*job)


def _cut(face: Face, modules: Path, wanted: frozenset[str]) -> bytes:
    """Return the cut of one face: the length and the list of its characters as JSON, then the font."""
    from fontTools import subset  # noqa: PLC0415  half a second that builds with warm caches save
    from fontTools.ttLib import TTFont  # noqa: PLC0415
    from fontTools.varLib import instancer  # noqa: PLC0415

    options = subset.Options()
    options.flavor = "woff2"
    options.recalc_timestamp = False
    options.hinting = False
    options.layout_features = (
        ["*"] if face.math else ["kern", "mark", "mkmk", "liga", "ccmp", "locl", "calt", "tnum"]
    )
    options.name_IDs = [1, 2]
    options.notdef_outline = True
    options.glyph_names = False
    options.drop_tables += ["STAT", "DSIG", "MVAR"] if not face.math else []
    with TTFont(modules / face.file, recalcTimestamp=False, lazy=True) as font:
        if not face.math:
            _raise_digits(font)
        available = font.getBestCmap()
        codes = sorted(code for code in map(ord, wanted) if code in available)
        if face.math:
            # A browser takes a font without a space for no font of a formula.
            codes = sorted({ord(" "), *codes})
        if not codes:
            return _entry([], b"")
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=codes)
        subsetter.subset(font)
        if face.weights:
            instancer.instantiateVariableFont(font, {"wght": face.weights}, inplace=True)
        buffer = io.BytesIO()
        subset.save_font(font, buffer, options)
    return _entry(codes, buffer.getvalue())


def _raise_digits(font: Any) -> None:  # noqa: ANN401  fontTools has no types
    """Give superscripts and arrows the glyphs that the font holds for them."""
    order = frozenset(font.getGlyphOrder())
    shapes = {code: f"{name}.numr" for code, name in RAISED.items()} | ARROWS
    if not {f"{name}.numr" for name in RAISED.values()} <= order:
        return
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap |= {ord(code): name for code, name in shapes.items() if name in order}


def _entry(codes: list[int], font: bytes) -> bytes:
    head = json.dumps(codes).encode()
    return len(head).to_bytes(4) + head + font


def _parts(entry: bytes) -> tuple[list[int], bytes]:
    size = int.from_bytes(entry[:4])
    return json.loads(entry[4 : 4 + size]), entry[4 + size :]


def _rule(face: Face, codes: list[int], address: str) -> str:
    weight = " ".join(map(str, face.weights)) if face.weights else "400"
    # The layout of a formula follows the MATH table of the first font that covers the space: no range for that one.
    covers = "" if face.math else f" unicode-range: {_ranges(codes)};"
    return (
        f'@font-face {{ font-family: "{face.family}"; font-style: {face.style}; font-weight: {weight}; '
        f'font-display: swap; src: url({address}) format("woff2");{covers} }}\n'
    )


def _ranges(codes: list[int]) -> str:
    """Return sorted character codes as CSS says them."""
    runs: list[list[int]] = []
    for code in codes:
        if runs and code == runs[-1][1] + 1:
            runs[-1][1] = code
        else:
            runs.append([code, code])
    return ", ".join(f"U+{a:X}" if a == b else f"U+{a:X}-{b:X}" for a, b in runs)
