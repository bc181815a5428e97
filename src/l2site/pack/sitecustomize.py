"""Travels to the browser, where Python imports it before anything else: says where modules are.

The reader's first download holds only what the figures import, in archives that lie there whole, with a table of what
is where in them. The rest of the standard library and of NumPy lies in one more archive, which is fetched when code
first asks for it.
"""

from __future__ import annotations

import marshal
import os
import sys
from collections.abc import Sequence
from importlib.machinery import ExtensionFileLoader, ModuleSpec, PathFinder, SourcelessFileLoader
from types import CodeType, ModuleType

LIBRARY = "/lib/python3.14/"

PLACES = f"{LIBRARY}places.bin"
"""For each module of the first archives, its file, and for byte code the archive and the bytes that hold it there."""

NAMES = f"{LIBRARY}rest.txt"
"""The modules of the last archive, one a line."""


class FirstFinder:
    """Finds the modules of the first archives without looking for files, which takes longer than reading them."""

    _places: dict[str, tuple[str, str, int, int]]
    _archives: dict[str, int]

    def __init__(self) -> None:
        with open(PLACES, "rb") as file:  # noqa: PTH123  pathlib would have to be imported
            self._places = marshal.load(file)  # noqa: S302  verified with everything else
        self._archives = {}

    def find_spec(
        self, name: str, _path: Sequence[str] | None = None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return the specification that the path finder would return; None for what is not in the first archives."""
        place = self._places.get(name)
        if place is None:
            return None
        file = LIBRARY + place[0]
        if file.endswith(".so"):
            spec = ModuleSpec(name, ExtensionFileLoader(name, file), origin=file)
        else:
            spec = ModuleSpec(name, FirstLoader(name, file), origin=file)
            folder, _, module = file.rpartition("/")
            if module == "__init__.pyc":
                spec.submodule_search_locations = [folder]
        spec.has_location = True
        return spec

    def code(self, name: str) -> CodeType:
        """Return the code of a module."""
        _, archive, start, size = self._places[name]
        if archive not in self._archives:
            self._archives[archive] = os.open(LIBRARY + archive, os.O_RDONLY)
        code: CodeType = marshal.loads(os.pread(self._archives[archive], size, start))  # noqa: S302  as above
        return code

    def close(self) -> None:
        """Close the archives, until the next module is asked for."""
        for archive in self._archives.values():
            os.close(archive)
        self._archives.clear()


class FirstLoader(SourcelessFileLoader):
    """Loads a module that the first finder has found."""

    def get_code(self, fullname: str) -> CodeType:
        """Return the module's code."""
        return first.code(fullname)


class RestFinder:
    """Finds the modules of the last archive, after everything else has been asked."""

    _names: frozenset[str] | None = None

    @classmethod
    def find_spec(
        cls, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Fetch the last archive if the module is in it; None when it is not, or when all of it is here already."""
        if cls._names is None:
            with open(NAMES, encoding="ascii") as file:  # noqa: PTH123  as above
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


first = FirstFinder()
sys.meta_path.insert(sys.meta_path.index(PathFinder), first)
sys.meta_path.append(RestFinder)
