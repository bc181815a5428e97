"""The reader's own table: what is right is read to the last digit, and what is wrong is named with its line."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

import l2widgets
from l2widgets.spec import ParamError
from l2widgets.tables import LEAST_ROWS, MOST_CHARACTERS, MOST_ROWS, TableError, read

numbers = st.one_of(
    st.just(0.0),
    st.floats(1e-9, 1e9).flatmap(lambda size: st.sampled_from([size, -size])),
    st.integers(-1_000_000, 1_000_000).map(float),
)
names = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), max_size=60)


@st.composite
def tables(draw, least=LEAST_ROWS, most=60):
    """Draw (delimiter, header or None, rows) with enough different numbers in each column."""
    delimiter = draw(st.sampled_from(",;\t"))
    count = draw(st.integers(2, 4))
    rows = draw(st.lists(st.lists(numbers, min_size=count, max_size=count), min_size=least, max_size=most))
    for column in range(count):
        for row in range(5):
            rows[row][column] = float(row + 1)
    header = draw(
        st.none() | st.lists(names, min_size=count, max_size=count).map(lambda all_: ["a", *all_[1:]])
    )
    return delimiter, header, rows


def quoted(cell):
    """Return a cell in quotation marks."""
    return '"' + cell.replace('"', '""') + '"'


def written(delimiter, header, rows, end="\n"):
    """Return a table as text."""
    lines = [] if header is None else [[quoted(cell) for cell in header]]
    return end.join(delimiter.join(line) for line in [*lines, *([repr(v) for v in row] for row in rows)])


@given(
    table=tables(),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    mark=st.sampled_from(["", "\ufeff"]),
    data=st.data(),
)
def test_what_is_right_is_read_to_the_last_digit(table, end, mark, data):
    """By whatever mark the columns are divided, wherever the file comes from, whichever columns are wanted."""
    delimiter, header, rows = table
    x, y = (data.draw(st.integers(1, len(rows[0]))) for _ in range(2))
    found = read(
        mark + written(delimiter, header, rows, end) + data.draw(st.sampled_from(["", end, end * 2])), (x, y)
    )
    assert found.x == tuple(row[x - 1] for row in rows)
    assert found.y == tuple(row[y - 1] for row in rows)
    for name, column in zip(found.names, (x, y), strict=True):
        assert name
        assert not set(name) & set("<>&\n\t")
        assert len(name) <= 40
        if header is None:
            assert name == f"column {column}"


@given(table=tables(), data=st.data())
def test_a_broken_cell_is_named_with_its_line_and_its_column(table, data):
    """Whether it is missing, a word, not finite, or too far away; broken cells of other columns do not matter."""
    delimiter, header, rows = table
    at = data.draw(st.integers(0 if header else 1, len(rows) - 1))
    column = data.draw(st.integers(1, 2))
    bad, reason = data.draw(
        st.sampled_from(
            [
                ("", "is empty"),
                ("  ", "is empty"),
                ("n/a", "'n/a', which is no number"),
                ("nan", "no number"),
                ("inf", "no number"),
                ("1e999", "no number"),
                ("1_000", "no number"),
                ("٣", "no number"),
                ("1e10", "choose another unit"),
                ("1e-10", "choose another unit"),
                ("0x1F", "no number"),
            ]
        )
    )
    cells = [[repr(value) for value in row] for row in rows]
    cells[at][column - 1] = bad
    header_line = [delimiter.join(quoted(cell) for cell in header)] if header else []
    text = "\n".join([*header_line, *(delimiter.join(row) for row in cells)])
    line = at + 1 + bool(header)
    with pytest.raises(TableError, match=rf"^line {line}, column {column}\b.*{re.escape(reason)}"):
        read(text, (1, 2))
    if len(rows[0]) > 2:
        other = 3 - column
        assert len(read(text, (other, 3)).x) == len(rows)


GOOD = "x,y\n" + "".join(f"{i},{i % 7}\n" for i in range(LEAST_ROWS))


@pytest.mark.parametrize(
    ("text", "columns", "sentence"),
    [
        ("", (1, 2), "there is nothing in it yet; paste it, or open a file"),
        ("\ufeff\r\n \n", (1, 2), "there is nothing in it yet"),
        ("\n" + GOOD, (1, 2), "line 1 is empty; remove it"),
        ("1\n2", (1, 2), "line 1 has one column; two are needed, divided by commas, semicolons or tabs"),
        ("1 2\n3 4", (1, 2), "line 1 has one column"),
        (GOOD, (1, 3), "the table has 2 columns; there is no column 3"),
        (GOOD, (0, 1), "there is no column 0"),
        (GOOD + "1\n", (1, 2), f"line {LEAST_ROWS + 2} has 1 column, and the first line has 2"),
        (GOOD + "1,2,3\n", (1, 2), "has 3 columns, and the first line has 2"),
        (GOOD.replace("3,3", "\n3,3", 1), (1, 2), "line 5 is empty; remove it"),
        (GOOD + '"1,2\n', (1, 2), f"line {LEAST_ROWS + 2} has a quotation mark that is not closed"),
        ("x,y\n1,2\n", (1, 2), f"has 1 row of numbers; from {LEAST_ROWS} to 5,000 are needed"),
        ("1,2\n" * (MOST_ROWS + 1), (1, 2), "has 5,001 rows"),
        ("x" * (MOST_CHARACTERS + 1), (1, 2), "256,001 characters; 256,000 are the most"),
        (
            "x,y\n" + "1,2\n" * LEAST_ROWS,
            (1, 2),
            "'x' takes 1 of the 5 different values that a curve needs at least",
        ),
    ],
)
def test_what_cannot_be_used_is_refused_in_a_sentence(text, columns, sentence):
    """It says what is wrong with the table and what a table needs."""
    with pytest.raises(TableError, match=re.escape(sentence)):
        read(text, columns)


def test_a_columns_name_is_no_markup():
    """The drawing would make a link of it."""
    table = '"<a href=""https://example.org"">h</a>",y\n' + GOOD.partition("\n")[2]
    assert read(table).names == ("a href=https://example.orgh/a", "y")


def test_decimals_may_have_a_comma_where_columns_are_divided_by_something_else():
    """As spreadsheets write them in half of the world; a true minus is a minus."""
    rows = "".join(f"{i},5;−{i},25\n" for i in range(LEAST_ROWS))
    assert read(rows).x[3] == 3.5
    assert read(rows).y[3] == -3.25


@settings(max_examples=25)
@given(
    table=tables(),
    n=st.sampled_from(["15", "200"]),
    degree=st.sampled_from(["1", "15"]),
    folds=st.sampled_from(["3", "10"]),
)
def test_the_figure_of_any_table_is_a_figure(table, n, degree, folds):
    """Every number on it can be sent, and it says what the columns are called; or a sentence says why it is none."""
    text = "1:1,2\n" + written(*table)
    params = {"own": text, "n": n, "degree": degree, "folds": folds, "committed": "0.01"}
    try:
        shown = json.loads(
            l2widgets.render_json("lambda_sweep", json.dumps(params)), parse_constant=pytest.fail
        )
    except ParamError:
        reject()  # its points say nothing about λ
    assert shown["figure"]["layout"]["xaxis"]["title"]["text"] == read(written(*table)).names[0]
    headings = [each["text"] for each in shown["figure"]["layout"]["annotations"]]
    assert "mean squared error (unit of y, squared)" in headings
    training = next(trace for trace in shown["figure"]["data"] if trace["name"] == "training point")
    points = {(row[0], row[1]) for row in table[2]}
    assert len(training["x"]) == min(int(n), len(table[2]) * 2 // 3)
    assert all(
        any(x == pytest.approx(a) and y == pytest.approx(b) for a, b in points)
        for x, y in zip(training["x"], training["y"], strict=True)
    )


def test_the_control_says_what_is_wrong_with_the_table():
    """In one sentence that begins with whose table it is."""
    with pytest.raises(
        ParamError, match=r"^Your table cannot be used: line 3, column 2 \(y\), is empty; .*\.$"
    ):
        l2widgets.render("lambda_sweep", {"own": "1:1,2\nx,y\n1,2\n3,\n"})
    with pytest.raises(ParamError, match="begins with two columns, such as 1:1,2"):
        l2widgets.render("lambda_sweep", {"own": "x\n1,2"})


def test_without_a_table_nothing_changes():
    """Its start is none, which links may say."""
    assert l2widgets.render("lambda_sweep", {"own": ""}) == l2widgets.render("lambda_sweep", {})
