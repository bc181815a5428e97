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
from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from l2site.assets import sha256
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


LETTERS, LABELS = "css/letters.css", "css/labels.css"
"""The stylesheets of the faces that some pages, and most, are first shown without."""


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
    sheet: str = LETTERS
    """The stylesheet that has its rule, by logical name."""


SANS = "Inter Variable"

_SERIF = "@fontsource-variable/source-serif-4/files/source-serif-4"
_SANS = "@fontsource-variable/inter/files/inter"

FACES = (
    Face(
        f"{_SERIF}-latin-wght-normal.woff2",
        "fonts/serif.woff2",
        "Source Serif 4 Variable",
        sheet="css/site.css",
    ),
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
    Face(f"{_SANS}-latin-wght-normal.woff2", "fonts/sans.woff2", SANS, sheet=LABELS),
    Face(f"{_SANS}-latin-ext-wght-normal.woff2", "fonts/sans-more.woff2", SANS, first=0x100, sheet=LABELS),
    Face(f"{_SANS}-greek-wght-normal.woff2", "fonts/sans-greek.woff2", SANS, first=0x370, sheet=LABELS),
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
    css: Mapping[str, str]
    """The @font-face rules by stylesheet, with logical names as addresses."""
    sheets: Mapping[str, str]
    """By a file's logical name, the stylesheet that has its rule."""


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
    files, sheets = {}, {}
    rules: dict[str, list[str]] = {}
    for face, path in _cut_all(FACES, modules, text, formulas, cache).items():
        codes, font = _parts(path.read_bytes())
        if codes:
            files[face.name] = font
            sheets[face.name] = face.sheet
            rules.setdefault(face.sheet, []).append(_rule(face, codes, face.name))
    return Fonts(files, {sheet: "".join(each) for sheet, each in rules.items()}, sheets)


def cut_ahead(modules: Path, text: str, cache: Path) -> None:
    """Cut the fonts of text down to some characters before an article is there, which seldom has any others.

    What formulas have is the article's; their font is unpacked, which is most of what cutting it takes.
    """
    for face in FACES:
        if face.math:
            _unpacked(face, modules, cache)
    _cut_all([face for face in FACES if not face.math], modules, text, "", cache)


def begin_to_cut(modules: Path, formulas: str, cache: Path) -> Future[object]:
    """Cut the font of formulas down to some characters, which takes a second, while other things are done.

    When `prepare_fonts` is asked for the same characters after that, it finds the cut; for others, it makes its own.
    """
    faces = [face for face in FACES if face.math]
    alone = ThreadPoolExecutor(1)
    begun: Future[object] = alone.submit(_cut_all, faces, modules, "", formulas, cache)
    alone.shutdown(wait=False)
    return begun


def inline_sans(modules: Path, text: str) -> str:
    """Return @font-face rules that carry the sans serif within them, cut to exactly these characters.

    A picture that a page shows by <img> can load nothing, so it brings its font along.
    """
    rules = []
    for face in FACES:
        if face.family == SANS:
            wanted = sorted(ord(character) for character in set(text) if ord(character) >= face.first)
            with _opened(face, modules / face.file) as opened:
                codes, font = _parts(_cut(face, opened, wanted))
            if codes:
                rules.append(_rule(face, codes, f"data:font/woff2;base64,{base64.b64encode(font).decode()}"))
    return "".join(rules)


def _cut_all(faces: Iterable[Face], modules: Path, text: str, formulas: str, cache: Path) -> dict[Face, Path]:
    """Return where the cuts of some faces are kept: files that begin with the list of their characters."""
    jobs, kept = [], {}
    for face in faces:
        has = _characters(face, modules, cache)
        codes = sorted(ord(c) for c in _wanted(face, formulas if face.math else text) if c in has)
        key = hashlib.sha256(repr((face, codes, _program(face, modules))).encode()).hexdigest()
        kept[face] = cache / "fonts" / f"{key[:32]}.bin"
        if not kept[face].exists():
            jobs.append((face, modules, codes, cache))
    if jobs:
        from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415  most builds cut nothing
        from multiprocessing import get_context  # noqa: PLC0415

        with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
            for job, data in zip(jobs, pool.map(_cut_job, jobs), strict=True):
                store(kept[job[0]], data)
    return kept


def _characters(face: Face, modules: Path, cache: Path) -> str:
    """Return every character that a face has, as far as we take it."""
    key = hashlib.sha256(repr(_program(face, modules)).encode()).hexdigest()
    kept = cache / "fonts" / f"{key[:32]}.txt"
    if not kept.exists():
        with _opened(face, modules / face.file) as font:
            store(kept, "".join(map(chr, sorted(font.getBestCmap()))).encode())
    return kept.read_text(encoding="utf-8")


def _program(face: Face, modules: Path) -> tuple[str, ...]:
    """Return digests of what every cut of a face follows from."""
    return sha256(modules / face.file), sha256(Path(__file__)), _version()


@cache
def _version() -> str:
    import fontTools  # noqa: PLC0415

    version: str = fontTools.version
    return version


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


def _unpacked(face: Face, modules: Path, cache: Path) -> Path:
    """Return where the font of a face is as it was before it was packed for the web; undoing that takes longest."""
    from fontTools.ttLib import TTFont  # noqa: PLC0415  see _cut

    key = hashlib.sha256(repr(("unpacked", _program(face, modules))).encode()).hexdigest()
    kept = cache / "fonts" / f"{key[:32]}.ttf"
    if not kept.exists():
        buffer = io.BytesIO()
        with TTFont(modules / face.file, recalcTimestamp=False) as font:
            font.flavor = None
            font.save(buffer)
        store(kept, buffer.getvalue())
    return kept


def _opened(face: Face, file: Path) -> Any:  # noqa: ANN401  fontTools has no types
    from fontTools.ttLib import TTFont  # noqa: PLC0415  see _cut

    font = TTFont(file, recalcTimestamp=False, lazy=True)
    if not face.math:
        _raise_digits(font)
    return font


def _cut_job(job: tuple[Face, Path, list[int], Path]) -> bytes:
    face, modules, wanted, cache = job
    with _opened(face, _unpacked(face, modules, cache)) as font:
        return _cut(face, font, wanted)


def _cut(face: Face, font: Any, wanted: list[int]) -> bytes:  # noqa: ANN401  fontTools has no types
    """Return the cut of one face: the length and the list of its characters as JSON, then the font."""
    from fontTools import subset  # noqa: PLC0415  half a second that builds with warm caches save
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
    available = font.getBestCmap()
    codes = [code for code in wanted if code in available]
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
