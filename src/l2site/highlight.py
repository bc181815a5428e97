"""Code in colours that the style sheet chooses."""

from __future__ import annotations

from functools import cache

from pygments import highlight as pygmentize
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name

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
)
"""What a fence may be in; `output` is what the code above it prints."""

_PLAIN = ("output", "text")


@cache
def highlight(code: str, language: str) -> str:
    """Return code as HTML, its parts in spans with Pygments' short classes."""
    lexer = get_lexer_by_name("text" if language in _PLAIN else language, stripnl=False)
    return pygmentize(code, lexer, HtmlFormatter(nowrap=True))
