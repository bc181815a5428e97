"""The reader's own table: two of its columns as numbers, or one sentence that names the line and says what to mend.

>>> from l2widgets import tables
>>> rows = [f"{height},{height / 2}" for height in range(160, 190)]
>>> tables.read(chr(10).join(["height,mass", *rows]), columns=(2, 1)).names
('mass', 'height')
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

__all__ = ["LEAST_ROWS", "MOST_CHARACTERS", "MOST_ROWS", "Measured", "TableError", "read"]

MOST_CHARACTERS = 256_000
"""How long a table may be."""

LEAST_ROWS, MOST_ROWS = 20, 5_000
"""How many rows of numbers it may have."""

LARGEST, SMALLEST = 1e9, 1e-9
"""How far from 0, and how near to it, a number may be; what squares it stays far from overflow."""

LEAST_VALUES = 5
"""How many different values each column must have."""

LONGEST = 40
"""How much of a cell is ever shown."""
DELIMITERS = "\t;,"
"""The first of them that is in the first line, outside of quotation, divides all lines."""


class TableError(ValueError):
    """A table that cannot be used, worded for the reader who brought it."""


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """Two columns of a table; two tables that were read apart are different, whatever they hold."""

    names: tuple[str, str]
    """What the columns are called, x first."""
    x: tuple[float, ...]
    """The numbers of the first."""
    y: tuple[float, ...]
    """The numbers of the second, row by row beside those of the first."""


@lru_cache(maxsize=4)
def read(text: str, columns: tuple[int, int] = (1, 2)) -> Measured:
    """Return two columns of a table.

    Parameters
    ----------
    text
        Lines of cells divided by commas, semicolons or tabs (where it is not the comma, decimals may have one), the
        names of the columns in the first line unless it has numbers alone; cells may be quoted.
    columns
        Which column is x and which is y, counted from 1.

    Raises
    ------
    TableError
        When it is too long or too short, or a cell of these columns is missing or no number.
    """
    lines = _lines(text)
    outside = "".join(lines[0].split('"')[::2])
    delimiter = next((mark for mark in DELIMITERS if mark in outside), None)
    if delimiter is None:
        raise TableError("line 1 has one column; two are needed, divided by commas, semicolons or tabs")
    first = _cells(lines[0], delimiter, 1)
    for column in columns:
        if not 1 <= column <= len(first):
            raise TableError(f"the table has {len(first)} columns; there is no column {column}")
    named = any(_number(cell, delimiter) is None for cell in first)
    names = tuple((_plain(first[column - 1]) if named else "") or f"column {column}" for column in columns)
    wanted = list(zip(columns, names, strict=True))
    rows = []
    for number, line in enumerate(lines[named:], 1 + named):
        cells = _cells(line, delimiter, number)
        if len(cells) != len(first):
            raise TableError(f"line {number} has {_counted(cells)}, and the first line has {len(first)}")
        rows.append(_numbers(cells, delimiter, number, wanted))
    if not LEAST_ROWS <= len(rows) <= MOST_ROWS:
        raise TableError(
            f"the table has {len(rows):,} row{'s' * (len(rows) != 1)} of numbers; "
            f"from {LEAST_ROWS} to {MOST_ROWS:,} are needed"
        )
    x, y = zip(*rows, strict=True)
    for name, values in zip(names, (x, y), strict=True):
        if len(set(values)) < LEAST_VALUES:
            raise TableError(
                f"{name!r} takes {len(set(values))} of the {LEAST_VALUES} different values that a curve needs at least"
            )
    return Measured((names[0], names[1]), x, y)


def _lines(text: str) -> list[str]:
    """Return the lines of a text, each of which has something in it."""
    if len(text) > MOST_CHARACTERS:
        raise TableError(
            f"the table has {len(text):,} characters; {MOST_CHARACTERS:,} are the most, so take fewer rows"
        )
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").rstrip("\n ").split("\n")
    if lines == [""]:
        raise TableError("there is nothing in it yet; paste it, or open a file")
    for number, line in enumerate(lines, 1):
        if not line.strip():
            raise TableError(f"line {number} is empty; remove it")
    return lines


def _numbers(
    cells: list[str], delimiter: str, line: int, wanted: list[tuple[int, str]]
) -> tuple[float, float]:
    """Return the numbers of the wanted columns, each with its name, in a line."""
    x, y = (
        _value(cells[column - 1], delimiter, f"line {line}, {_called(column, name)},")
        for column, name in wanted
    )
    return x, y


def _counted(cells: list[str]) -> str:
    return "1 column" if len(cells) == 1 else f"{len(cells)} columns"


def _called(column: int, name: str) -> str:
    return name if name == f"column {column}" else f"column {column} ({name})"


def _value(cell: str, delimiter: str, where: str) -> float:
    if not cell:
        raise TableError(f"{where} is empty; fill it in, or remove the line")
    value = _number(cell, delimiter)
    if value is None:
        raise TableError(f"{where} says {_plain(cell)!r}, which is no number; mend it, or remove the line")
    if value and not SMALLEST <= abs(value) <= LARGEST:
        raise TableError(
            f"{where} says {_plain(cell)}, which is beyond ±10⁹ or nearer to 0 than 10⁻⁹; choose another unit"
        )
    return value


def _number(cell: str, delimiter: str) -> float | None:
    """Return the number that a cell says; None when it says none."""
    text = cell.replace("−", "-")
    if delimiter != "," and text.count(",") == 1 and "." not in text:
        text = text.replace(",", ".")
    if not text.isascii() or "_" in text:  # which Python would take
        return None
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _cells(line: str, delimiter: str, number: int) -> list[str]:
    """Return the cells of a line, without their quotation marks."""
    cells, cell, quoted = [], "", False
    for part in line.split('"'):
        if quoted:
            cell += part
        else:
            before, *others = part.split(delimiter)
            cell += before
            for other in others:
                cells.append(cell.strip())
                cell = other
        quoted = not quoted
    if not quoted:
        raise TableError(f"line {number} has a quotation mark that is not closed")
    return [*cells, cell.strip()]


def _plain(cell: str) -> str:
    """Return a cell's words in short, without what a drawing would take for markup."""
    plain = "".join(mark for mark in cell if mark.isprintable() and mark not in "<>&")
    return plain[:LONGEST].strip()
