"""Code in colours that the style sheet chooses."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from l2site.kept import kept

if TYPE_CHECKING:
    from pygments.formatter import Formatter
    from pygments.lexer import Lexer

LANGUAGES = (
    "python",
    "output",
    "text",
    "console",
    "bash",
    "toml",
    "json",
    "html",
    "css",
    "javascript",
    "latex",
    "markdown",
)
"""What a fence may be in; `output` is what the code above it prints."""

_PLAIN = ("output", "text")


@kept
def highlight(code: str, language: str) -> str:
    """Return code as HTML, its parts in spans with Pygments' short classes."""
    from pygments import highlight as pygmentize  # noqa: PLC0415  a tenth of a second, for new code only

    return pygmentize(code, *_prepared("text" if language in _PLAIN else language))


@cache
def _prepared(language: str) -> tuple[Lexer, Formatter[str]]:
    """Return what reads a language and what writes it, which take as long to make as a short listing to colour."""
    from pygments.formatters import HtmlFormatter  # noqa: PLC0415  see highlight
    from pygments.lexers import get_lexer_by_name  # noqa: PLC0415

    return get_lexer_by_name(language, stripnl=False), HtmlFormatter(nowrap=True)
