"""Where two figures differ first, when numbers may differ in their last digits."""

from __future__ import annotations

import json
import math
import reprlib

RELATIVE = 1e-9
"""How far a number may be off, as a share of the largest number in its list."""

NOTHING = 1e-30
"""How far it may be off in any case: what decay has left of a weight by then is the rounding of thousands of steps."""


def opened(rendered: dict) -> dict:
    """Return a rendered figure with the state of its simulation, if it has one, as lists."""
    if "simulation" not in rendered:
        return rendered
    moment = rendered["simulation"]
    return rendered | {"simulation": moment | {"state": json.loads(moment["state"])}}


def difference(got: object, wanted: object, relative: float = RELATIVE, path: str = "") -> str | None:
    """Return the path of the first difference with both values, or None when there is none."""
    if isinstance(got, dict) and isinstance(wanted, dict):
        if got.keys() != wanted.keys():
            return f"{path}: keys {sorted(got)} in place of {sorted(wanted)}"
        pairs = [(f"{path}.{key}".lstrip("."), got[key], wanted[key]) for key in wanted]
    elif isinstance(got, list) and isinstance(wanted, list):
        if len(got) != len(wanted):
            return f"{path}: {len(got)} items in place of {len(wanted)}"
        if _numeric(got) and _numeric(wanted):
            return _numbers_differ(got, wanted, relative, path)
        pairs = [(f"{path}[{i}]", *pair) for i, pair in enumerate(zip(got, wanted, strict=True))]
    elif _number(got) and _number(wanted):
        found = _numbers_differ([got], [wanted], relative, path)
        return found and found.replace(f"{path}[0]", path)
    else:
        same = type(got) is type(wanted) and got == wanted
        return None if same else f"{path}: {reprlib.repr(got)} in place of {reprlib.repr(wanted)}"
    return next((found for where, *pair in pairs if (found := difference(*pair, relative, where))), None)


def _numbers_differ(got: list, wanted: list, relative: float, path: str) -> str | None:
    size = max((abs(number) for number in wanted if number is not None), default=0.0)
    for i, (left, right) in enumerate(zip(got, wanted, strict=True)):
        if left is None or right is None:
            differ = left is not right
        else:
            differ = not math.isclose(left, right, rel_tol=0, abs_tol=max(relative * size, NOTHING))
        if differ:
            return f"{path}[{i}]: {left!r} in place of {right!r} (the largest there is {size:.3g})"
    return None


def _numeric(values: list) -> bool:
    return all(value is None or _number(value) for value in values) and any(map(_number, values))


def _number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
