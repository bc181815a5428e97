"""Makes the interpreter smaller: what nothing reaches is left out of Pyodide's WebAssembly, and out of its script.

Pyodide hands every function of its libraries on, for packages that may want them. NumPy's shared objects are the only
ones here, so whatever neither they name, nor the script, nor anything that these reach, can go, such as most of C++'s
own library. The functions that stay keep their code, but for the numbers of those that they call.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

HEADER = b"\0asm\1\0\0\0"

IMPORTS, FUNCTIONS, EXPORTS, ELEMENTS, CODE = 2, 3, 7, 9, 10
"""Sections, by the numbers that they begin with."""

FUNCTION, TABLE, MEMORY, GLOBAL, TAG = range(5)
"""Kinds of what is imported and exported."""

HANDED = re.compile(r'([\w$]+)=Module\["[^"]+"\]=wasmExports\["([^"]+)"\];')
"""How the script hands a function of the interpreter on: its name there, and the interpreter's."""

NAME = re.compile(r"[A-Za-z_$][\w$]*")


class TrimmingError(Exception):
    """What is no WebAssembly of the kind that this module knows."""


def trimmed(wasm: bytes, script: str, objects: Iterable[bytes]) -> tuple[bytes, str]:
    """Return the interpreter and its script without what is not needed for these shared objects.

    Raises
    ------
    TrimmingError
        When the interpreter has an instruction that is not known here.
    """
    module = Module(wasm)
    linked = {name for data in objects for name in Module(data).imported()}
    handed = {name: own for own, name in HANDED.findall(script)}
    uses = Counter(NAME.findall(HANDED.sub("", script)))
    # What is handed on is declared once more, and that alone is no use of it.
    needed = {
        name
        for name in module.exported()
        if name in linked
        or name in uses
        or (uses[handed[name]] > 1 if name in handed else f"_{name}" in uses)
    }
    dropped = {own for name, own in handed.items() if name not in needed}
    return module.without(needed), _forgetting(script, dropped)


def _forgetting(script: str, dropped: set[str]) -> str:
    """Return the script without what handed functions on, and without their declarations."""

    def kept(handing: re.Match[str]) -> str:
        return "" if handing[1] in dropped else handing[0]

    def declared(declaration: re.Match[str]) -> str:
        return f"var {','.join(name for name in declaration[1].split(',') if name not in dropped)};"

    return re.sub(r"\bvar ((?:[\w$]+,){1000,}[\w$]+);", declared, HANDED.sub(kept, script))


@dataclass(slots=True)
class Reader:
    """A place in a module."""

    data: bytes
    at: int = 0

    def byte(self) -> int:
        """Return the next byte."""
        self.at += 1
        return self.data[self.at - 1]

    def number(self) -> int:
        """Return the next number, which has no sign."""
        number = shift = 0
        while True:
            byte = self.byte()
            number |= (byte & 127) << shift
            if byte < 128:
                return number
            shift += 7

    def pass_number(self) -> None:
        """Pass the next number, with a sign or without."""
        while self.byte() > 127:
            pass

    def name(self) -> str:
        """Return the next name."""
        return self.taken(self.number()).decode()

    def taken(self, length: int) -> bytes:
        """Return the next bytes."""
        self.at += length
        return self.data[self.at - length : self.at]

    def numbers(self) -> list[int]:
        """Return a list of numbers, which says first how many there are."""
        return [self.number() for _ in range(self.number())]


@dataclass(slots=True)
class Module:
    """A module of WebAssembly."""

    data: bytes
    sections: list[tuple[int, bytes]] = field(init=False)

    def __post_init__(self) -> None:
        """Find the sections."""
        if not self.data.startswith(HEADER):
            raise TrimmingError("this is no WebAssembly")
        reader = Reader(self.data, len(HEADER))
        self.sections = []
        while reader.at < len(self.data):
            self.sections.append((reader.byte(), reader.taken(reader.number())))

    def _section(self, number: int) -> bytes:
        return next((body for found, body in self.sections if found == number), b"\0")

    def _imports(self) -> Iterator[tuple[str, int, bytes]]:
        """Yield the name, the kind and the bytes of all that is imported."""
        reader = Reader(self._section(IMPORTS))
        for _ in range(reader.number()):
            begin = reader.at
            reader.name()
            name, kind = reader.name(), reader.byte()
            if kind == TABLE:
                reader.byte()
            if kind in (TABLE, MEMORY) and reader.number() & 1:
                reader.pass_number()
            if kind == GLOBAL:
                reader.byte()
            if kind == TAG:
                reader.byte()
            reader.pass_number()
            yield name, kind, reader.data[begin : reader.at]

    def _exports(self) -> Iterator[tuple[str, int, int]]:
        """Yield the name, the kind and the number of all that is exported."""
        reader = Reader(self._section(EXPORTS))
        for _ in range(reader.number()):
            yield reader.name(), reader.byte(), reader.number()

    def imported(self) -> set[str]:
        """Return the names of what is imported."""
        return {name for name, _, _ in self._imports()}

    def exported(self) -> set[str]:
        """Return the names of what is exported."""
        return {name for name, _, _ in self._exports()}

    def without(self, needed: set[str]) -> bytes:
        """Return the module with the exports that are needed, and with the functions that these, or a table, reach."""
        imports = list(self._imports())
        given = sum(kind == FUNCTION for _, kind, _ in imports)
        reader = Reader(self._section(CODE))
        bodies = [reader.taken(reader.number()) for _ in range(reader.number())]
        calls = [list(_calls(body)) for body in bodies]
        exports = [export for export in self._exports() if export[0] in needed]

        waiting = [number for _, kind, number in exports if kind == FUNCTION] + self._in_tables()
        reached = set(waiting)
        while waiting:
            number = waiting.pop()
            for _, _, called in calls[number - given] if number >= given else ():
                if called not in reached:
                    reached.add(called)
                    waiting.append(called)
        places = {number: place for place, number in enumerate(sorted(reached))}

        functions = iter(range(given))
        left = [data for _, kind, data in imports if kind != FUNCTION or next(functions) in reached]
        types = Reader(self._section(FUNCTIONS)).numbers()
        stay = [number for number in range(len(bodies)) if number + given in reached]
        changed = {
            IMPORTS: _listed(left),
            FUNCTIONS: _listed(_written(types[number]) for number in stay),
            EXPORTS: _listed(
                _worded(name) + bytes([kind]) + _written(places[number] if kind == FUNCTION else number)
                for name, kind, number in exports
            ),
            ELEMENTS: self._tables(places),
            CODE: _listed(_sized(_renumbered(bodies[number], calls[number], places)) for number in stay),
        }
        parts = [HEADER]
        for number, body in self.sections:
            parts += [bytes([number]), _sized(changed.get(number, body))]
        return b"".join(parts)

    def _in_tables(self) -> list[int]:
        """Return the functions that tables begin with."""
        found: list[int] = []

        def noted(number: int) -> int:
            found.append(number)
            return number

        self._walk_tables(noted)
        return found

    def _tables(self, places: dict[int, int]) -> bytes:
        """Return what tables begin with, renumbered."""
        return self._walk_tables(places.__getitem__)

    def _walk_tables(self, renumbered: Callable[[int], int]) -> bytes:
        reader = Reader(self._section(ELEMENTS))
        parts = []
        for _ in range(reader.number()):
            begin = reader.at
            if reader.number() != 0:
                raise TrimmingError("a table begins with something that is not known here")
            while reader.byte() != END:
                reader.pass_number()  # where in the table: a constant, or a global
            parts.append(
                reader.data[begin : reader.at] + _listed(_written(renumbered(n)) for n in reader.numbers())
            )
        return _listed(parts)


def _written(number: int) -> bytes:
    """Return a number as a module has it."""
    parts = bytearray()
    while number > 127:
        parts.append(number & 127 | 128)
        number >>= 7
    parts.append(number)
    return bytes(parts)


def _sized(data: bytes) -> bytes:
    return _written(len(data)) + data


def _worded(name: str) -> bytes:
    return _sized(name.encode())


def _listed(parts: Iterable[bytes]) -> bytes:
    parts = list(parts)
    return _written(len(parts)) + b"".join(parts)


def _renumbered(body: bytes, calls: list[tuple[int, int, int]], places: dict[int, int]) -> bytes:
    """Return a function's body with other numbers for the functions that it names."""
    parts, done = [], 0
    for begin, end, number in calls:
        parts += [body[done:begin], _written(places[number])]
        done = end
    return b"".join([*parts, body[done:]])


# ---- Instructions, of which only those that name a function matter; the others are passed

END = 0x0B
CALLS = (0x10, 0x12, 0xD2)
"""A call, one in place of a return, and a function as a value."""
ALONE = frozenset((0x00, 0x01, 0x05, 0x0A, END, 0x0F, 0x19, 0x1A, 0x1B, 0xD1, 0xD3, *range(0x45, 0xC5)))
BEFORE_ONE = frozenset(
    (
        *range(0x02, 0x05),
        *range(0x06, 0x0A),
        0x0C,
        0x0D,
        0x14,
        0x15,
        0x18,
        *range(0x20, 0x27),
        *range(0x3F, 0x43),
        0xD0,
        0xD4,
        0xD5,
        0xD6,
    )
)
"""Followed by one number: a block's type, a label, a variable, an exception, a constant."""
BEFORE_TWO = frozenset((0x11, 0x13, *range(0x28, 0x3F)))
"""Followed by two: loads and stores by an alignment and an offset."""
WIDTHS = {0x43: 4, 0x44: 8}
"""Constants of so many bytes."""
JUMP_TABLE, CHOICE, TRIAL, LONG, VECTOR = 0x0E, 0x1C, 0x1F, 0xFC, 0xFD
"""A jump by a table, a choice with its type, a block that catches exceptions, and what begins longer instructions."""
LONG_NUMBERS = {8: 2, 9: 1, 10: 2, 11: 1, 12: 2, 13: 1, 14: 2, 15: 1, 16: 1, 17: 1}
"""How many numbers follow those of memory and tables; none the others."""
VECTOR_LOADS = frozenset((*range(12), *range(84, 94)))
VECTOR_WIDTHS = {12: 16, 13: 16, **dict.fromkeys((*range(21, 35), *range(84, 92)), 1)}
"""Bytes that follow those with constants and lanes."""


def _calls(body: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield, for all that names a function in a body, where its number begins and ends, and the number."""
    reader = Reader(body)
    for _ in range(reader.number()):  # its variables
        reader.pass_number()
        reader.pass_number()
    code = 0
    while reader.at < len(body):
        code = reader.byte()
        if code in BEFORE_ONE:
            reader.pass_number()
        elif code in BEFORE_TWO:
            reader.pass_number()
            reader.pass_number()
        elif code in CALLS:
            begin = reader.at
            number = reader.number()
            yield begin, reader.at, number
        elif code not in ALONE:
            _pass_seldom(reader, code)
    if code != END or reader.at != len(body):
        raise TrimmingError("a function does not end where it should")


def _pass_seldom(reader: Reader, code: int) -> None:  # noqa: C901  a table would say it less clearly
    """Pass what follows the other instructions."""
    if code in WIDTHS:
        reader.at += WIDTHS[code]
    elif code == JUMP_TABLE:
        reader.numbers()
        reader.pass_number()
    elif code == CHOICE:
        reader.numbers()
    elif code == TRIAL:
        reader.pass_number()
        for _ in range(reader.number()):
            if reader.byte() < 2:  # which names its exception
                reader.pass_number()
            reader.pass_number()
    elif code == LONG:
        for _ in range(LONG_NUMBERS.get(reader.number(), 0)):
            reader.pass_number()
    elif code == VECTOR:
        kind = reader.number()
        if kind in VECTOR_LOADS:
            reader.pass_number()
            reader.pass_number()
        reader.at += VECTOR_WIDTHS.get(kind, 0)
    else:
        raise TrimmingError(f"the instruction {code:#04x} is not known here")
