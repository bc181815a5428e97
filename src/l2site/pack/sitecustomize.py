"""Travels to the browser, where Python imports it before anything else: finds what the first archives lack.

The reader's first download holds only what the figures import.
The rest of the standard library and of NumPy lies in a second archive, which is fetched when code first asks for it.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

NAMES = "/lib/python3.14/rest.txt"
"""The modules of the second archive, one a line."""


class RestFinder:
    """Finds the modules of the second archive, after everything else has been asked."""

    _names: frozenset[str] | None = None

    @classmethod
    def find_spec(
        cls, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Fetch the second archive if the module is in it; None when it is not, or when all of it is here already."""
        if cls._names is None:
            with open(NAMES, encoding="ascii") as file:  # noqa: PTH123  pathlib would have to be imported
                cls._names = frozenset(file.read().split())
        if name not in cls._names:
            return None
        cls._fetch(name)
        cls._names = frozenset()
        PathFinder.invalidate_caches()
        return PathFinder.find_spec(name, path, target)

    @staticmethod
    def _fetch(name: str) -> None:
        from _sha2 import sha256  # noqa: PLC0415  seldom needed, and hashlib may be in that archive itself

        import l2_rest  # noqa: PLC0415  the worker's, which is not there yet when Python starts

        archive = l2_rest.fetch(name)
        if sha256(archive.to_bytes()).hexdigest() != l2_rest.sha256:
            raise ImportError(f"{name} was changed on its way here; try again", name=name)
        l2_rest.lay(archive)


sys.meta_path.append(RestFinder)
