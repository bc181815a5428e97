"""Figures as plain data: what they say to Plotly, to JSON and to people."""

from __future__ import annotations

import json
import math
from base64 import b64decode

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from l2widgets import figures
from l2widgets.figures import (
    Axis,
    Figure,
    Panel,
    Readout,
    Table,
    band,
    bars,
    key,
    line,
    note,
    number,
    points,
    tag,
)


def figure(panels=1, **changes):
    """Return a figure with so many empty panels."""
    panel = Panel("title", Axis("x (steps)", (0, 10)), Axis("y (kg)", (0.1, 100), log=True))
    parts = {
        "panels": (panel,) * panels,
        "traces": (line([0, 1], [2, 3], name="line", role="fit"),),
        "summary": "It is drawn.",
        "readouts": (Readout("a", "A", 1.5, "1.5", "kg", "fit"),),
        "table": Table(("x", "y"), (("0", "2"), ("1", "3"))),
    }
    return Figure(**parts | changes)


def test_json_says_what_the_dict_says_of_many_points():
    """Coordinates that are written once for many traces are in each of them."""
    x = np.linspace(0, 10, figures.SHORT + 1)
    curves = tuple(line(x, 2 * x + i, name=f"line {i}", role="fit") for i in range(3))
    drawn = figure(traces=curves)
    assert json.loads(drawn.as_json()) == drawn.as_dict()


def test_packed_coordinates_are_the_same_doubles():
    """What is packed has every digit, and gaps where they were; few coordinates are not packed."""
    x = np.linspace(0, 1, figures.SHORT + 1)
    curve = line(x, np.where(x > 0.5, np.nan, x / 3), name="line", role="fit")
    drawn = figure(traces=(curve, line([0, 1], [2, 3], name="line", role="fit")))

    many, few = json.loads(drawn.as_json(packed=True))["figure"]["data"]

    for axis in ("x", "y"):
        assert many[axis]["dtype"] == "f8"
        doubles = np.frombuffer(b64decode(many[axis]["bdata"]), dtype="<f8").tolist()
        assert [None if math.isnan(value) else value for value in doubles] == curve[axis]
        many[axis] = curve[axis]
    assert [many, few] == drawn.as_dict()["figure"]["data"]


def test_equal_coordinates_are_written_once(monkeypatch):
    """The second curve over the same x costs only its y."""
    x, written = np.linspace(0, 1, figures.SHORT + 1), []
    encode = figures.encode
    monkeypatch.setattr(figures, "encode", lambda data: written.append(data) or encode(data))
    for i in range(3):
        line(x, x + 2 + i, name="line", role="fit").json()
    assert len([data for data in written if isinstance(data, list) and data[-1] == 1]) <= 1
    assert len([data for data in written if isinstance(data, list) and data[0] >= 2]) == 3


def test_json_says_what_the_dict_says():
    """The faster way to write a figure writes the same."""
    drawn = figure(4, notes=(note(1, 2, "here"),))
    assert json.loads(drawn.as_json()) == drawn.as_dict()


def test_a_trace_is_written_once():
    """What no control has changed costs nothing to send again."""
    trace = line([0, 1], [2, 3], name="line", role="fit")
    assert trace.json() is trace.json()
    assert json.loads(trace.json()) == trace


@pytest.mark.parametrize("size", [3, 300])
def test_what_is_not_finite_is_a_gap(size):
    """JSON has no infinity, and a chart has no place for one."""
    values = np.linspace(1, 2, size)
    values[:3] = math.nan, math.inf, -math.inf
    y = line(range(size), values, name="line", role="fit")["y"]
    assert y[:3] == [None] * 3
    assert None not in y[3:]
    json.dumps(y, allow_nan=False)


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=33, max_size=60))
def test_a_long_list_keeps_ten_digits(values):
    """Rounding is far below what a screen shows, and what tests compare; zeros and signs stay."""
    y = points(range(len(values)), values, name="points", role="data")["y"]
    assert np.allclose(y, values, rtol=1e-10, atol=1e-280)


def test_a_long_list_is_shorter_in_json():
    """Digits that nobody sees are not sent."""
    values = np.random.default_rng(0).normal(size=1000)
    trace = line(range(1000), values, name="line", role="fit")
    assert len(json.dumps(trace["y"])) < 0.75 * len(json.dumps(values.tolist()))


def test_a_short_list_keeps_all_its_digits():
    """A marker is exactly where its number is."""
    assert points([0], [1 / 3], name="point", role="data")["y"] == [1 / 3]


def test_a_band_goes_there_and_back():
    """The area between two curves is one polygon."""
    drawn = band([0, 1], [2, 3], [4, 5], name="band", role="validation", panel=3)
    assert (drawn["x"], drawn["y"], drawn["xaxis"]) == ([0, 1, 1, 0], [4, 5, 3, 2], "x3")


def test_a_bar_is_a_stroke_from_low_to_high():
    """Bars stand apart, and one floor may do for all of them."""
    drawn = bars([1, 2], 0, [3, -4], name="bars", role="weight", width=9)
    assert (drawn["x"], drawn["y"]) == ([1, 1, None, 2, 2, None], [0, 3, None, 0, -4, None])
    assert (drawn["type"], drawn["line"]["width"]) == ("scatter", 9)
    assert bars([1, 2], [5, 6], [7, 8], name="bars", role="weight")["y"] == [5, 7, None, 6, 8, None]


@pytest.mark.parametrize("corner", ["top left", "top right", "bottom left", "bottom right"])
def test_a_key_is_read_from_top_to_bottom(corner):
    """In every corner the first entry is the highest, and none leaves the panel."""
    notes = key(("one", "loss"), ("two", "penalty"), panel=2, corner=corner)
    drawn = figure(2, notes=notes).as_dict()["figure"]["data"][-1]
    assert drawn["text"] == ["one", "two"]
    assert (drawn["xaxis"], drawn["yaxis"]) == ("x2", "y2")
    first, second = (math.log10(y / 0.1) / 3 for y in drawn["y"])
    across = {x / 10 for x in drawn["x"]}
    assert 0 < second < first < 1
    assert (second > 0.5) == corner.startswith("top")
    assert all(0 < x < 1 and (x < 0.5) == corner.endswith("left") for x in across)
    assert len(across) == 1
    assert set(drawn["textposition"]) == {"middle right" if corner.endswith("left") else "middle left"}


def test_equal_units_tie_the_axes():
    """A circle is round where a panel says so, and only there."""
    panel = Panel("title", Axis("x", (0, 1)), Axis("y", (0, 1)), equal=True)
    other = Panel("title", Axis("x", (0, 1)), Axis("y", (0, 1)))
    layout = Figure(
        panels=(other, panel), traces=(), summary="It is drawn.", readouts=(), table=Table(("x",), ())
    ).as_dict()["figure"]["layout"]
    assert layout["yaxis2"]["scaleanchor"] == "x2"
    assert "scaleanchor" not in layout["yaxis"]


def test_a_tag_that_is_silent_takes_no_place():
    """A label without words is empty, and one with words keeps off its marker."""
    drawn = tag([1, 1], [2, 2], ["", "here"], role="ink", position=("top left", "top right"))
    assert drawn["text"][0] == ""
    assert drawn["text"][1].strip("\u00a0") == "here" != drawn["text"][1]
    assert drawn["textposition"] == ["top left", "top right"]


def test_a_log_axis_is_given_in_its_own_unit():
    """Plotly wants exponents; authors write numbers."""
    layout = figure().as_dict()["figure"]["layout"]
    assert layout["yaxis"]["range"] == [-1, 2]
    assert layout["xaxis"]["range"] == [0, 10]


@pytest.mark.parametrize("panels", [1, 2, 3, 4])
def test_panels_do_not_overlap(panels):
    """Beside each other or below each other, every panel has a place of its own and all are equally large."""
    for layout in figure(panels).as_dict()["figure"].values():
        if not isinstance(layout, dict):
            continue
        boxes = [
            (*layout[f"xaxis{k}"]["domain"], *layout[f"yaxis{k}"]["domain"])
            for k in ("" if i == 0 else i + 1 for i in range(panels))
        ]
        assert len({(round(b - a, 9), round(d - c, 9)) for a, b, c, d in boxes}) == 1
        for i, (a, b, c, d) in enumerate(boxes):
            assert 0 <= a < b <= 1
            assert 0 <= c < d <= 1
            assert all(b <= e or f <= a or d <= g or h <= c for e, f, g, h in boxes[:i])


def test_the_narrow_layout_is_one_column():
    """On a telephone the panels stand below each other, in their order."""
    narrow = figure(4).as_dict()["figure"]["narrow"]
    domains = [narrow[f"yaxis{k}"]["domain"] for k in ("", "2", "3", "4")]
    assert domains == sorted(domains, reverse=True)
    assert all(narrow[f"xaxis{k}"]["domain"] == [0, 1] for k in ("", "2", "3", "4"))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"), (0.998, "0.998"), (346.2269, "346"), (1.637, "1.64"), (-0.5, "−0.500"), (1202.2, "1,202"),
        (0.0001, "0.000100"), (0.00001234, "1.23 × 10⁻⁵"), (8.4e11, "8.40 × 10¹¹"), (-2e300, "−2.00 × 10³⁰⁰"),
        (9.9996, "10.0"), (999_999.6, "1.00 × 10⁶"), (math.inf, "∞"), (-math.inf, "−∞"), (math.nan, "undefined"),
    ],
)  # fmt: skip
def test_numbers_are_read_as_people_write_them(value, text):
    """Three digits, a true minus, and powers of ten spelled out."""
    assert number(value) == text


@given(st.floats(5e-324, 1e290), st.integers(2, 6))
@example(value=5e-324, digits=3)
@example(value=9.999999e-5, digits=3)
def test_a_number_keeps_its_digits(value, digits):
    """What is read is the number, to the digits that were asked for."""
    mantissa, _, power = number(value, digits).replace(",", "").replace("−", "-").partition(" × 10")
    exponent = int(power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")) or 0)
    assert math.isclose(float(f"{mantissa}e{exponent}"), value, rel_tol=0.51 * 10.0 ** (1 - digits))


def test_only_known_roles_have_colours():
    """A colour is the colour of a quantity."""
    assert {"penalty", "training", "validation", "test", "fit", "weight"} <= set(figures.ROLES)
