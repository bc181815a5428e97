"""The lines of the standard library and of NumPy that are changed, so that Python does less while it starts."""

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


SITE = "site-packages/"

COMPILED = (
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
"""What was compiled at the build is asked for before a text is compiled."""

SOCKETS = tuple(
    Patch(f"asyncio/{name}.py", "try:\n    import ssl\n", "try:\n    raise ImportError\n")
    for name in ("base_events", "selector_events", "sslproto")
)
"""Event loops do without encrypted sockets, as they do where Python was built without them: a browser has none."""

LIBRARY_PATCHES = (*COMPILED, *SOCKETS)

DESCRIPTIONS = Patch(f"{SITE}numpy/_core/__init__.py", "    _add_newdocs,\n    _add_newdocs_scalars,\n", "")
"""Descriptions are given in the first pause (`l2_idle.py`)."""

MASKED = Patch(
    f"{SITE}numpy/lib/_arraysetops_impl.py",
    "and not np.ma.is_masked(ar):",
    "and (type(ar) is np.ndarray or not np.ma.is_masked(ar)):",
)
"""`np.unique` does not import all that NumPy has for masked arrays to learn that an ordinary one is none."""

NUMPY_PATCHES = (DESCRIPTIONS, MASKED)
