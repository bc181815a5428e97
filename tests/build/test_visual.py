"""The comparison of pictures: it forgives what smoothing does, and nothing that a reader would see."""

import pytest
from PIL import Image, ImageDraw

from tests.visual.compare import compare
from tests.visual.index import write_index

PAPER, INK, BLUE = (255, 253, 248), (28, 30, 34), (10, 102, 168)


def drawn(*, line=BLUE, legend=(150, 20), width=240, smoothing=Image.Resampling.BOX):
    """Return a chart: axes, a line, and a legend of a stroke and a word; drawn four times as large, then smoothed."""
    picture = Image.new("RGB", (4 * width, 480), PAPER)
    pen = ImageDraw.Draw(picture)
    pen.line([(80, 40), (80, 400), (880, 400)], fill=INK, width=4)
    pen.line([(80, 360), (360, 160), (880, 240)], fill=line, width=8)
    x, y = 4 * legend[0], 4 * legend[1]
    pen.line([(x, y), (x + 48, y)], fill=line, width=8)
    pen.text((x + 64, y - 28), "validation", fill=INK, font_size=48)
    return picture.resize((width, 120), smoothing)


def test_the_same_picture_is_alike():
    """To the last pixel."""
    compared = compare(drawn(), drawn())
    assert compared.is_alike
    assert compared.differing == 0


def test_edges_smoothed_otherwise_are_alike():
    """As another machine would, or a part of a pixel further."""
    for smoothing in (Image.Resampling.HAMMING, Image.Resampling.BILINEAR, Image.Resampling.BICUBIC):
        assert compare(drawn(), drawn(smoothing=smoothing)).is_alike
    assert compare(drawn(), drawn(legend=(150.5, 20))).is_alike


@pytest.mark.parametrize(
    "change",
    [{"line": (133, 97, 0)}, {"line": PAPER}, {"legend": (147, 20)}, {"legend": (150, 23)}, {"width": 242}],
)
def test_what_a_reader_would_see_is_not(change):
    """A line of another colour or none at all, a legend that has moved, a page that is wider."""
    assert not compare(drawn(), drawn(**change)).is_alike
    assert not compare(drawn(**change), drawn()).is_alike


def test_the_difference_is_marked():
    """What differs is red where it is, and the rest is pale."""
    difference = compare(drawn(), drawn(legend=(150, 90))).difference
    assert difference.getpixel((151, 20)) == difference.getpixel((151, 90)) == (215, 0, 40)
    assert min(difference.getpixel((20, 50))) > 190


def test_the_index_shows_what_differs_first(tmp_path):
    """With the pictures that there are."""
    expected, results = tmp_path / "expected", tmp_path / "results"
    for path in (expected / "b.webp", results / "actual/b.png", results / "difference/b.png"):
        path.parent.mkdir(parents=True, exist_ok=True)
        drawn().save(path)
    html = write_index(results, expected, [("a", ""), ("b", "7 pixels differ")]).read_text(encoding="utf-8")
    assert html.index("<h2>b") < html.index("<h2>a")
    for source in ("../expected/b.webp", "actual/b.png", "difference/b.png"):
        assert f'<img src="{source}"' in html
    assert "7 pixels differ" in html
