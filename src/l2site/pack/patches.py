"""The lines of the standard library that ask `l2_kept.py` before they compile a text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Patch:
    """A change in one file."""

    file: str
    """Its name in the standard library."""
    old: str
    """What stands there exactly once."""
    new: str
    """What takes its place."""


PATCHES = (
    Patch(
        "dataclasses.py",
        "exec(txt, self.globals, ns)",
        "exec(__import__('l2_kept').code(txt, 'exec'), self.globals, ns)",
    ),
    Patch(
        "collections/__init__.py",
        "eval(code, namespace)",
        "eval(__import__('l2_kept').code(code, 'eval'), namespace)",
    ),
    Patch(
        "re/_compiler.py",
        "def compile(p, flags=0):\n",
        "def compile(p, flags=0):\n"
        "    return _sre.compile(*__import__('l2_kept').pattern(p, flags, _prepared))\n\n"
        "def _prepared(p, flags):\n",
    ),
    Patch(
        "re/_compiler.py", "    return _sre.compile(\n        pattern, ", "    return (\n        pattern, "
    ),
)
