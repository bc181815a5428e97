"""Travels to the browser: what Python would compile from text while it starts, compiled already.

Every dataclass and every named tuple writes a program and compiles it, at every start, and every regular expression is
compiled too. `surveying.py` keeps what the figures made Python compile; in the browser, the same text meets its result.
The modules that ask here are changed by `patches.py`.
"""

from __future__ import annotations

import marshal

TYPE_CHECKING = False
if TYPE_CHECKING:  # collections itself asks here before it is complete
    from collections.abc import Callable
    from types import CodeType

FILE = "/lib/python3.14/kept.bin"

type Prepared = tuple[str | bytes | None, int, list[int], int, dict[str, int], tuple[str | None, ...]]
"""The arguments of `_sre.compile`."""

codes: dict[tuple[str, str], bytes] = {}
"""Marshalled code objects, by `compile`'s mode and the text."""
patterns: dict[tuple[str | bytes, int], bytes] = {}
"""What regular expressions are made of, marshalled, by text and flags."""

try:
    with open(FILE, "rb") as file:  # noqa: PTH123  pathlib would have to be imported
        codes, patterns = marshal.load(file)  # noqa: S302  verified with everything else
    surveyed = True
except FileNotFoundError:
    surveyed = False


def code(text: str, mode: str) -> CodeType:
    """Return the code object of a text, for `exec` or `eval`."""
    kept = codes.get((mode, text))
    if kept:
        code: CodeType = marshal.loads(kept)  # noqa: S302  verified with everything else
        return code
    code = compile(text, "<string>", mode, dont_inherit=True)
    if not surveyed:
        codes[mode, text] = marshal.dumps(code)
    return code


def pattern(text: object, flags: int, prepare: Callable[[object, int], Prepared]) -> Prepared:
    """Return what a regular expression is made of; `prepare` finds it out."""
    if not isinstance(text, (str, bytes)):  # parsed already
        return prepare(text, flags)
    kept = patterns.get((text, int(flags)))
    if kept:
        all_flags, steps, *others = marshal.loads(kept)  # noqa: S302  as above
        return (text, all_flags, memoryview(steps).cast("I").tolist(), *others)
    prepared = prepare(text, flags)
    if not surveyed:
        _, all_flags, steps, *others = prepared
        packed = b"".join(int(step).to_bytes(4, "little") for step in steps)
        patterns[text, int(flags)] = marshal.dumps((int(all_flags), packed, *others))
    return prepared


def dumped() -> bytes:
    """Return everything that was compiled, as `FILE` keeps it."""
    return marshal.dumps((codes, patterns))
