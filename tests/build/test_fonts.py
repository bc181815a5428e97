"""Fonts that hold what the pages show, and no more."""

import base64
import io
import re
import shutil

import pytest
from fontTools.ttLib import TTFont

from l2site.fonts import FACES, cut_ahead, inline_sans, prepare_fonts
from tests.build.project import ROOT

MODULES = ROOT / "site/node_modules"
TEXT = "The price of weight: λ = 10⁻⁵, ŵ → 0, naïve café"
FORMULAS = "J(w)=\u2211√ληLxh()[]{}|‖^+−"


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    """Return a cache that the tests of this file share."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def fonts(cache):
    """Return the fonts for a little text."""
    return prepare_fonts(MODULES, TEXT, FORMULAS, cache)


def opened(fonts, name):
    """Return a font file, read."""
    return TTFont(io.BytesIO(fonts.files[name]))


def test_the_text_fonts_hold_the_text(fonts):
    """Every character of the text is in one of the family's files, superscripts included."""
    for family in ("serif", "sans"):
        held = set()
        for name in fonts.files:
            if re.match(rf"fonts/{family}(-more|-greek)?\.woff2", name):
                held |= set(opened(fonts, name).getBestCmap())
        wanted = set(map(ord, TEXT)) - (set(map(ord, "⁻⁵→")) if family == "serif" else set())
        assert wanted <= held


def test_weights_can_be_chosen_between_regular_and_bold(fonts):
    """The weight axis is kept from 400 to 700, and no other axis; italics have none."""
    assert "fvar" not in opened(fonts, "fonts/serif-italic.woff2")
    for name in ("fonts/serif.woff2", "fonts/sans.woff2"):
        axes = opened(fonts, name)["fvar"].axes
        assert [(axis.axisTag, axis.minValue, axis.maxValue) for axis in axes] == [("wght", 400, 700)]


def test_the_math_font_can_stretch(fonts):
    """Roots and brackets have larger forms and parts to build still larger ones; lone letters their italics."""
    math = opened(fonts, "fonts/math.woff2")
    cmap = math.getBestCmap()
    for letter in ("\U0001d464", "\U0001d706", "\U0001d43f", "ℎ"):
        assert ord(letter) in cmap
    variants = math["MATH"].table.MathVariants
    stretchy = dict(zip(variants.VertGlyphCoverage.glyphs, variants.VertGlyphConstruction, strict=True))
    for character in "√({[":
        construction = stretchy[cmap[ord(character)]]
        assert len(construction.MathGlyphVariantRecord) > 3
        assert construction.GlyphAssembly is not None
    assert math["MATH"].table.MathConstants is not None


def test_rules_name_the_files_and_their_characters(fonts):
    """Each file of text has a rule whose range is its own, so that browsers load only what they need."""
    rules = "".join(fonts.css.values())
    ranges = dict(re.findall(r"url\(([^)]+)\)[^}]*?unicode-range: ([^;]+);", rules))
    assert {*ranges, "fonts/math.woff2"} == set(fonts.files)
    assert "U+3BB" in ranges["fonts/sans-greek.woff2"]
    assert "U+20-7E" in ranges["fonts/serif.woff2"]
    assert rules.count("font-display: swap") == len(fonts.files)


def test_formulas_are_laid_out_by_their_own_font(fonts):
    """The font of formulas covers the space, without which browsers pass over its MATH table."""
    assert ord(" ") in opened(fonts, "fonts/math.woff2").getBestCmap()


def test_fonts_do_not_depend_on_the_order_of_characters(fonts, tmp_path):
    """The same characters make the same bytes, in another cache too."""
    again = prepare_fonts(MODULES, TEXT[::-1] * 2, FORMULAS[::-1], tmp_path)
    assert again.files == fonts.files
    assert again.css == fonts.css


def test_a_picture_carries_only_its_own_characters():
    """The font inside a picture has these characters and no others."""
    css = inline_sans(MODULES, "λ = 0.1")
    held = set()
    for data in re.findall(r"base64,([^)]+)\)", css):
        held |= set(TTFont(io.BytesIO(base64.b64decode(data))).getBestCmap())
    assert held == set(map(ord, "λ = 0.1"))


def test_other_characters_make_other_fonts(fonts, cache):
    """One more letter is in the font; a character that no font has changes nothing and cuts nothing."""
    kept = sorted((cache / "fonts").iterdir())
    unheard = prepare_fonts(MODULES, TEXT + "\u4e2d", FORMULAS, cache)
    assert unheard.files == fonts.files
    assert sorted((cache / "fonts").iterdir()) == kept
    more = prepare_fonts(MODULES, TEXT + "Ω", FORMULAS, cache)
    assert ord("Ω") in opened(more, "fonts/serif-greek.woff2").getBestCmap()
    assert ord("Ω") not in opened(fonts, "fonts/serif-greek.woff2").getBestCmap()


def test_another_font_is_cut_again(fonts, cache, tmp_path):
    """What was cut from a font, and which characters it has, is not taken for another of the same name."""
    modules = tmp_path / "node_modules"
    shutil.copytree(MODULES / "@fontsource/stix-two-math", modules / "@fontsource/stix-two-math")
    shutil.copytree(MODULES / "@fontsource-variable", modules / "@fontsource-variable")
    greek = next(face for face in FACES if face.name == "fonts/serif-greek.woff2")
    cyrillic = greek.file.replace("-greek-", "-cyrillic-")
    shutil.copyfile(modules / cyrillic, modules / greek.file)
    text = TEXT + "Ж"
    assert "fonts/serif-greek.woff2" not in prepare_fonts(modules, TEXT, FORMULAS, cache).files
    assert set(opened(prepare_fonts(modules, text, FORMULAS, cache), greek.name).getBestCmap()) == {ord("Ж")}


def test_what_is_cut_ahead_is_what_a_build_takes(fonts, tmp_path):
    """An article that says nothing new finds its fonts ready, but those of formulas."""
    cut_ahead(MODULES, TEXT, tmp_path)
    before = set((tmp_path / "fonts").iterdir())
    assert prepare_fonts(MODULES, TEXT[::-1], FORMULAS, tmp_path).files == fonts.files
    cut = [path for path in set((tmp_path / "fonts").iterdir()) - before if path.suffix == ".bin"]
    assert len(cut) == 1
