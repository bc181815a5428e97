"""Travels to the browser, where Python imports it before anything else: says where modules are.

The reader's first download holds only what the figures import, in archives that lie there whole, with a table of what
is where in them. The rest of the standard library and of NumPy lies in later archives, which are fetched when code
first asks for something in them. Some modules that much imports and little uses are executed when they are first used.
"""

from __future__ import annotations

import marshal
import os
import sys
from collections.abc import Sequence
from importlib import _bootstrap
from importlib.machinery import ExtensionFileLoader, ModuleSpec, PathFinder, SourcelessFileLoader
from types import CodeType, ModuleType

LIBRARY = "/lib/python3.14/"

PLACES = f"{LIBRARY}places.bin"
"""For each module of the first archives, its file, and for byte code the archive and the bytes that hold it there."""

NAMES = f"{LIBRARY}later.txt"
"""The modules of the later archives and which it is, one a line."""

LATER = {
    *(
        "asyncio",
        "_colorize",
        "ctypes",
        "difflib",
        "dis",
        "inspect",
        "ipaddress",
        "linecache",
        "pickle",
        "platform",
    ),
    *("shutil", "tempfile", "tokenize", "traceback", "zipfile"),
    *("pyodide.code", "pyodide._package_loader"),
}
"""Modules that Pyodide, NumPy and the standard library import while they start, and use later or never."""


class Later(ModuleType):
    """A module that is not executed before it is asked for something, and then is a module like any other."""

    def __getattr__(self, attribute: str) -> object:
        """Execute the module, and return what was asked for."""
        name = self.__name__
        LATER.discard(name)
        self.__class__ = ModuleType  # type: ignore[assignment]
        try:
            parent = sys.modules.get(name.rpartition(".")[0])
            spec = _bootstrap._find_spec(name, parent and parent.__path__)  # type: ignore[attr-defined]  # noqa: SLF001
            _bootstrap._init_module_attrs(spec, self, override=True)  # noqa: SLF001
            spec.loader.exec_module(self)
        except BaseException:  # the next time may be luckier
            LATER.add(name)
            self.__class__ = Later
            raise
        return getattr(self, attribute)


class LaterFinder:
    """Finds the modules that are executed later."""

    @classmethod
    def find_spec(
        cls, name: str, _path: Sequence[str] | None = None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return the specification of a module that is executed later; None for any other."""
        return ModuleSpec(name, cls) if name in LATER else None  # type: ignore[arg-type]

    @staticmethod
    def create_module(_spec: ModuleSpec) -> ModuleType | None:
        """Leave that to the import system."""
        return None

    @staticmethod
    def exec_module(module: ModuleType) -> None:
        """Put it off."""
        module.__class__ = Later
        if module.__name__ == "inspect":  # Pyodide takes this one while it starts
            module.iscoroutinefunction = _iscoroutinefunction  # type: ignore[attr-defined]


def _iscoroutinefunction(thing: object) -> bool:
    """Ask `inspect` itself."""
    inspect = sys.modules["inspect"]
    inspect.isfunction  # noqa: B018  after which its own is there
    return bool(inspect.iscoroutinefunction(thing))


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
    """Finds the modules of the later archives, after everything else has been asked."""

    _archives: dict[str, str] | None = None

    @classmethod
    def find_spec(
        cls, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Fetch the archive that has the module; None when none has it, or when all of that is here already."""
        if cls._archives is None:
            with open(NAMES, encoding="ascii") as file:  # noqa: PTH123  as above
                cls._archives = dict(line.split() for line in file)
        archive = cls._archives.get(name)
        if archive is None:
            return None
        cls._fetch(archive, name)
        cls._archives = {other: there for other, there in cls._archives.items() if there != archive}
        PathFinder.invalidate_caches()
        return PathFinder.find_spec(name, path, target)

    @staticmethod
    def _fetch(archive: str, name: str) -> None:
        from _sha2 import sha256  # noqa: PLC0415  seldom needed, and hashlib may be in such an archive itself

        import l2_rest  # noqa: PLC0415  the worker's, which is not there yet when Python starts

        data = l2_rest.fetch(archive, name)
        if sha256(data.to_bytes()).hexdigest() != l2_rest.sha256(archive):
            raise ImportError(f"{name} was changed on its way here; try again", name=name)
        l2_rest.lay(data)


first = FirstFinder()
at = sys.meta_path.index(PathFinder)
sys.meta_path[at:at] = [LaterFinder, first]
sys.meta_path.append(RestFinder)
