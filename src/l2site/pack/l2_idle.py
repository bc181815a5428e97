"""Travels to the browser: what Python does when nobody waits for it, and when it finds its memory again."""

from __future__ import annotations

import gc
import sys
from importlib import import_module
from inspect import signature

from sitecustomize import first

DESCRIPTIONS = ("numpy._core._add_newdocs", "numpy._core._add_newdocs_scalars")
"""What gives NumPy's functions their descriptions, which `patches.py` leaves out of its start."""


def settle() -> None:
    """Do what the start has left for later, and make the memory fit to be kept."""
    if "numpy" in sys.modules:
        for name in DESCRIPTIONS:
            import_module(name)
        unsigned = import_module("numpy._core.overrides").UNSIGNED
        while unsigned:
            function, dispatcher = unsigned.pop()
            function.__signature__ = signature(dispatcher)
    first.close()  # a file that is open now would not be in the next visit
    gc.collect()


def wake() -> None:
    """Make random what was so when this memory was kept: it would be the same at every visit."""
    for name in ("random", "numpy.random"):
        if name in sys.modules:
            sys.modules[name].seed()
