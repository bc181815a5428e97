"""The colours of the quantities can be told from the page and from each other, in both themes."""

import itertools
import re
from pathlib import Path

import pytest

from l2widgets.figures import ROLES

TOKENS = Path(__file__).parents[2] / "site/static/css/tokens.css"
TOKEN = re.compile(r"--role-([a-z]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)")
PAIRS = {name: (light, dark) for name, light, dark in TOKEN.findall(TOKENS.read_text("utf-8"))}
QUANTITIES = [role for role in ROLES if role not in ("muted", "grid", "surface")]
THEMES = ("light", "dark")

# Brettel, Viénot & Mollon (1997) as matrices for linear sRGB: Machado, Oliveira & Fernandes (2009), severity 1.
VISION = {
    "full": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "deuteranopia": ((0.367, 0.861, -0.228), (0.280, 0.673, 0.047), (-0.012, 0.043, 0.969)),
    "protanopia": ((0.152, 1.053, -0.205), (0.115, 0.786, 0.099), (-0.004, -0.048, 1.052)),
}
TOGETHER = ("penalty", "training", "validation", "test")
"""The quantities whose curves cross in one panel."""


def linear(colour: str) -> list[float]:
    """Return the linear light of an sRGB colour."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]


def luminance(colour: str) -> float:
    """Return the relative luminance of WCAG 2."""
    red, green, blue = linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of WCAG 2."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def lab(rgb: list[float]) -> tuple[float, float, float]:
    """Return CIE L*a*b* of linear light, for the white of D65."""
    to_xyz = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
    white = (0.9505, 1.0, 1.089)
    f = [
        v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116
        for v in (
            max(sum(a * b for a, b in zip(row, rgb, strict=True)), 0) / w
            for row, w in zip(to_xyz, white, strict=True)
        )
    ]
    return 116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])


def difference(one: str, other: str, vision: str) -> float:
    """Return how far apart two colours look to this kind of vision, in CIE Lab."""
    seen = [
        lab([sum(a * b for a, b in zip(row, linear(colour), strict=True)) for row in VISION[vision]])
        for colour in (one, other)
    ]
    return sum((a - b) ** 2 for a, b in zip(*seen, strict=True)) ** 0.5


def test_every_role_has_a_light_and_a_dark_colour() -> None:
    """A figure never asks for a colour that the page does not have."""
    assert set(PAIRS) == set(ROLES)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("role", [*QUANTITIES, "muted"])
def test_contrast_with_the_page(role: str, theme: str) -> None:
    """Every quantity can be read as a word (4.5:1), hence seen as a line (3:1)."""
    side = THEMES.index(theme)
    assert contrast(PAIRS[role][side], PAIRS["surface"][side]) >= 4.5


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize("theme", THEMES)
def test_curves_of_one_panel_are_told_apart(theme: str, vision: str) -> None:
    """Quantities that share a panel differ by more than 10 in CIE Lab, for readers without red or green cones too."""
    side = THEMES.index(theme)
    closest = min(
        (difference(PAIRS[a][side], PAIRS[b][side], vision), a, b)
        for a, b in itertools.combinations(TOGETHER, 2)
    )
    assert closest[0] > 10, closest
