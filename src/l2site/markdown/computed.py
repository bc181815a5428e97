"""Rules for what the build computes: formulas, and numbers that come from a widget."""

from __future__ import annotations

from collections.abc import Iterator

from l2site.embeds import computed
from l2site.markdown.tokens import Draft, line_of, walk
from l2site.mathml import FormulaError, to_mathml
from l2site.problems import Mistake, suggest
from l2widgets import ParamError

ROLES = ("readout",)
"""What may stand in braces before code."""


def formulas(draft: Draft) -> Iterator[Mistake]:
    """Set every formula."""
    for token in walk(draft.tokens):
        if token.type in ("math_inline", "math_block"):
            try:
                token.meta["html"] = to_mathml(token.content, "block" if token.block else "inline")
            except FormulaError as error:
                yield line_of(token) + error.line, str(error)


def readouts(draft: Draft) -> Iterator[Mistake]:
    """Compute every number that a `{readout}` asks for."""
    for token in walk(draft.tokens):
        if token.type == "myst_role":
            if token.meta["name"] not in ROLES:
                yield (
                    line_of(token),
                    f"there is no role {token.meta['name']!r}; {suggest(token.meta['name'], ROLES)}",
                )
                continue
            try:
                token.meta["computed"] = computed(token.content, draft.book.renderings)
            except ParamError as error:
                yield line_of(token), str(error)
