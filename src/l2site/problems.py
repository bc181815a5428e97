"""What is wrong with the content, and where: said for the author, all of it at once."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

LONGEST = 500
"""As many characters as a message shows."""

LISTED = 12
"""As many names as a message lists."""

type Mistake = tuple[int, str]
"""A line, counted from 1, and what is wrong there: a problem whose file is known from where it is found."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing to mend."""

    path: Path | str
    """The file, relative to the project's root."""
    line: int
    """The line, counted from 1."""
    message: str
    """What is wrong, and the mend."""

    def __str__(self) -> str:
        """Return the problem as editors and people read it: on one line, without the middle of what is very long."""
        said = " ".join(self.message.splitlines())
        if len(said) > LONGEST:
            said = f"{said[: LONGEST // 2]} … {said[-LONGEST // 2 :]}"
        return f"{self.path}:{self.line}: {said}"


class ContentError(Exception):
    """Content that cannot be published, with everything that is wrong with it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems), key=lambda one: (str(one.path), one.line, one.message)))
        """Every problem once, by file and line."""
        super().__init__("\n".join(map(str, self.problems)))


def counted(number: int, name: str) -> str:
    """Return how many there are of something, as in "1 minute" and "2 minutes"."""
    return f"{number:,} {name}" if number == 1 else f"{number:,} {name}s"


def suggest(given: str, known: Iterable[str]) -> str:
    """Return the end of a message about an unknown name: the name that was meant, or else what there is."""
    names = list(known)
    if close := difflib.get_close_matches(given, names, n=1, cutoff=0.65):
        return f"did you mean {close[0]!r}?"
    if not names:
        return "there are none"
    if len(names) > LISTED:
        return f"there are {len(names)}, such as {', '.join(names[:3])}"
    return f"there {'is' if len(names) == 1 else 'are'} only {', '.join(names)}"
