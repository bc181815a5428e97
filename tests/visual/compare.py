"""Tells whether two pictures of a page show the same, as far as a reader could see."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

REACH = 1
"""How many pixels something may have moved: machines round positions, and the edges of letters, differently."""

SHADE = 40
"""How much a channel, of 0 to 255, may differ."""

FEW = 25
"""How many pixels may differ for all that: less than one word of a legend, or its line."""


class Comparison(NamedTuple):
    """What two pictures have in common."""

    differing: int
    """How many pixels have no like of them beside the same place of the other picture."""
    resized: str
    """Which sizes they have; the empty string when these are the same."""
    difference: Image.Image
    """The new picture, pale, with what differs in red."""

    @property
    def is_alike(self) -> bool:
        """Whether nobody would notice."""
        return not self.resized and self.differing <= FEW


def compare(expected: Image.Image, actual: Image.Image) -> Comparison:
    """Compare what a page looks like with what it should look like.

    A pixel differs when its colour is not between those which the other picture has within `REACH` pixels, give or
    take `SHADE`. So a letter whose edge is smoothed otherwise is the same letter, but one that is somewhere else, or
    of another colour, is not. Both pictures are asked, since something may be missing in either.

    Parameters
    ----------
    expected, actual
        Pictures of any size and mode. When their sizes differ, the part that both have is compared.
    """
    size = min(expected.width, actual.width), min(expected.height, actual.height)
    sizes = f"{expected.width} × {expected.height}, now {actual.width} × {actual.height}"
    one, other = (picture.convert("RGB").crop((0, 0, *size)) for picture in (expected, actual))
    differs = _strange_in(one, other) | _strange_in(other, one)
    pale = 255 - (255 - np.asarray(other.convert("L"), dtype=np.int16)) // 4
    shown = np.repeat(pale[:, :, np.newaxis], 3, axis=2).astype(np.uint8)
    shown[differs] = (215, 0, 40)
    resized = "" if expected.size == actual.size else sizes
    return Comparison(int(differs.sum()), resized, Image.fromarray(shown))


def _strange_in(picture: Image.Image, other: Image.Image) -> NDArray[np.bool_]:
    """Return, (height, width), whether `other` has a colour where `picture` has none like it."""
    window = 2 * REACH + 1
    low = np.asarray(picture.filter(ImageFilter.MinFilter(window)), dtype=np.int16) - SHADE
    high = np.asarray(picture.filter(ImageFilter.MaxFilter(window)), dtype=np.int16) + SHADE
    colours = np.asarray(other, dtype=np.int16)
    strange: NDArray[np.bool_] = ((colours < low) | (colours > high)).any(axis=2)
    return strange
