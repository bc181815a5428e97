"""What functions of text returned, so that the builds to come need neither call them nor load what they work with.

A formula or a listing becomes HTML by packages that take longer to load than a section to render; most of an article
is what it was.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any

from l2site.output import store

LONGEST = 1000
"""Of more than so many characters in a question, only the digest is kept."""

_known: dict[str, str] = {}
"""Every result that this process has."""

_asked: dict[str, str] = {}
"""Those of the running build, which are the ones worth keeping."""


def kept[**P](function: Callable[P, str]) -> Callable[P, str]:
    """Return a function that is called once for the same arguments; between builds too, under `between_builds`.

    What it raises is raised again each time.

    Parameters
    ----------
    function
        Its arguments are plain data, on which alone its result depends, and on the files that `between_builds` reads.
    """

    @wraps(function)
    def ask(*args: P.args, **kwargs: P.kwargs) -> str:
        key = json.dumps([function.__module__, function.__qualname__, args, kwargs])
        if len(key) > LONGEST:
            key = f"{function.__module__} {hashlib.sha256(key.encode()).hexdigest()}"
        if key not in _known:
            _known[key] = function(*args, **kwargs)
        _asked[key] = _known[key]
        return _known[key]

    return ask


class Steps:
    """What the steps of the last build made, for the next one of the same process.

    A build that is not followed by another makes every step once, as if there were none of this.
    """

    def __init__(self) -> None:
        self._made: dict[str, tuple[object, Any]] = {}

    def once[T](self, name: str, key: object, make: Callable[[], T]) -> T:
        """Return what a step made last, or make it, when the key has changed of all that it follows from."""
        if name not in self._made or self._made[name][0] != key:
            self._made[name] = (key, make())
        made: T = self._made[name][1]
        return made

    def leave(self, name: str, made: object) -> None:
        """Have something for the next build; None for what is not to be believed any more."""
        self._made[name] = (None, made)

    def left(self, name: str) -> Any:  # noqa: ANN401  whatever was left
        """Return what the last build has left, or None."""
        return self._made.get(name, (None, None))[1]


def signature(*places: Path) -> tuple[tuple[str, int, int], ...]:
    """Return what tells whether any file below some folders has changed: its name, its size and its time."""
    files = (path for place in places for path in ([place] if place.is_file() else place.rglob("*")))
    found = ((str(path), path.stat()) for path in files)
    return tuple(sorted((name, stat.st_size, stat.st_mtime_ns) for name, stat in found))


@contextmanager
def between_builds(folder: Path, sources: Iterable[Path], *, prune: bool = True) -> Iterator[None]:
    """Give functions that are `kept` what they returned in the last build, and keep what they return in this one.

    Parameters
    ----------
    folder
        Where it is kept.
    sources
        The programs of these functions; when one has changed, nothing of before is taken.
    prune
        Whether what this build does not ask for is forgotten; one that has the `Steps` of another does not ask again.
    """
    key = hashlib.sha256(sys.version.encode())
    for path in sources:
        key.update(hashlib.sha256(path.read_bytes()).digest())
    file = folder / f"{key.hexdigest()[:16]}.json"
    before: dict[str, str] = json.loads(file.read_bytes()) if file.exists() else {}
    _known.update(before)
    _asked.clear()
    yield
    after = _asked if prune else before | _asked
    if after.keys() != before.keys():
        store(file, json.dumps(after).encode())
