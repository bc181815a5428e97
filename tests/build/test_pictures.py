"""Pictures of the figures: when they are stale, and what is inside them."""

import copy
import random
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

import l2widgets
from l2site.model import Embed
from l2site.pictures import COLOUR, THEMES, WIDTHS, Album, agree, key, read_colours, setting, sketch, stale
from l2widgets.figures import ROLES
from tests.build.project import ROOT


@pytest.fixture(scope="module")
def figure():
    """Return a figure with long lists in it."""
    return l2widgets.render(l2widgets.names()[0], {})["figure"]


def changed(value, change):
    """Return plain data with every float put through a function."""
    if isinstance(value, dict):
        return {name: changed(inner, change) for name, inner in value.items()}
    if isinstance(value, list):
        return [changed(inner, change) for inner in value]
    return change(value) if isinstance(value, float) else value


def test_a_figure_agrees_with_itself_computed_elsewhere(figure):
    """Errors as large as two machines make of an ill-conditioned problem change no picture."""
    chance = random.Random(1)  # noqa: S311  any numbers will do
    elsewhere = changed(figure, lambda value: value * (1 + 1e-7 * chance.uniform(-1, 1)))
    assert agree(sketch(figure), sketch(elsewhere))


def test_a_change_that_can_be_seen_is_noticed(figure):
    """Another value, another word or another order is another picture."""
    for change in (
        lambda data: data["data"][0].update(name="another"),
        lambda data: data["data"].reverse(),
        lambda data: data["layout"].update(height=data["layout"]["height"] + 1),
        lambda data: longest(data).__setitem__(3, longest(data)[3] + 0.5 * (1 + abs(longest(data)[3]))),
    ):
        other = copy.deepcopy(figure)
        change(other)
        assert not agree(sketch(figure), sketch(other))


def longest(figure):
    """Return the longest list of numbers of a figure."""
    return max((trace[axis] for trace in figure["data"] for axis in "xy"), key=len)


def test_a_sketch_is_much_shorter_than_its_figure(figure):
    """What is committed beside the pictures stays small."""
    assert len(str(sketch(figure))) < len(str(figure)) / 2


def test_the_tokens_give_every_role_a_colour_in_both_themes():
    """No role is drawn in the wrong colour for want of one."""
    colours = read_colours(ROOT / "site/static/css/tokens.css")
    for theme in THEMES:
        assert set(ROLES) <= set(colours[theme])


def test_the_form_of_a_token_is_the_agreed_one():
    """Custom properties whose value is a light and a dark colour."""
    assert COLOUR.findall("--role-fit: light-dark(#6d45b0, #bda4f5);") == [("fit", "#6d45b0", "#bda4f5")]


def test_missing_and_recoloured_pictures_are_stale(tmp_path, figure):
    """Each reason has its own words."""
    widget = l2widgets.load(l2widgets.names()[0])
    embed = Embed(widget=widget, params=widget.params({}), line=7)
    embeds = [(Path("content/a/10-b.md"), embed, {"figure": figure})]
    empty = Album(tmp_path, {}, "", setting(ROOT))
    [problem] = stale(empty, embeds, ROOT)
    assert str(problem).startswith("content/a/10-b.md:7: the picture of")
    assert "is missing" in problem.message
    album = Album.load(ROOT / "site/figures")
    repainted = Album(album.folder, album.drawn, album.social, {"plotly": "0"})
    if key(embed) in album.drawn:
        [problem] = stale(repainted, embeds, ROOT)
        assert "other colours" in problem.message


def committed():
    """Return every picture of site/figures with its declared size."""
    album = Album.load(ROOT / "site/figures")
    return [
        pytest.param(album.folder / sizes[size].file, sizes[size], size, id=f"{name}-{theme}-{size}")
        for name, drawn in album.drawn.items()
        for theme, sizes in drawn.pictures.items()
        for size in WIDTHS
    ]


@pytest.mark.parametrize(("path", "picture", "size"), committed())
def test_a_picture_needs_nothing_but_itself(path, picture, size):
    """It parses, has the size that pages reserve, carries its font, and refers to nothing outside."""
    text = path.read_text()
    root = ET.fromstring(text)  # noqa: S314  written by the build
    assert (int(root.get("width")), int(root.get("height"))) == (picture.width, picture.height)
    assert picture.width == WIDTHS[size]
    assert "data:font/woff2" in text
    assert "<script" not in text
    assert "role:" not in text
    addresses = re.findall(r'(?:href|src)="([^"]*)"|url\(([^)]*)\)', text)
    for address in (first or second for first, second in addresses):
        assert address.strip("'\"&quot;").startswith(("#", "data:font/woff2")), address
    assert len(text) <= 70_000
