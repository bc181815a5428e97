"""The grammar: CommonMark and tables, with formulas, notes, definitions, attributes, roles and citations.

Every token, inline ones too, leaves here with the line where it starts. Raw HTML and any address are let through as
tokens, because only a token can be refused with a message.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import zip_longest
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType
from mdit_py_plugins.attrs import attrs_block_plugin, attrs_plugin
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.myst_role import myst_role_plugin

from l2site.markdown.tokens import shift

ATTRIBUTES = ("class", "id")
"""What may stand between braces."""

CITATION = re.compile(r"\[@([^\]\[]*)\]")


def parse(text: str) -> list[Token]:
    """Return the tokens of a text whose front matter has been blanked."""
    return _parser().parse(text, {})


@cache
def _parser() -> MarkdownIt:
    parser = _Parser()
    parser.use(dollarmath_plugin, allow_labels=False, allow_space=False, allow_blank_lines=False)
    parser.use(footnote_plugin, inline=False, move_to_end=False, always_match_refs=True)
    parser.use(deflist_plugin)
    parser.use(myst_role_plugin)
    parser.use(attrs_plugin, spans=True, allowed=ATTRIBUTES)
    parser.use(attrs_block_plugin, allowed=ATTRIBUTES)
    parser.inline.ruler.before("link", "citation", _citation)
    parser.core.ruler.before("attr", "dangling", _dangling)
    parser.core.ruler.after("inline", "locate", _locate)
    parser.core.ruler.disable("text_join")  # so that an escaped sign can still be told from a forgotten one
    return parser


class _Parser(MarkdownIt):
    """CommonMark with tables and curly quotes, in which nothing is dropped in silence."""

    def __init__(self) -> None:
        options = {"html": True, "typographer": True}
        super().__init__("commonmark", options)
        self.inline = _LocatedInline()
        self.configure("commonmark", options)
        self.enable(["table", "smartquotes"])

    def validateLink(self, url: str) -> bool:  # noqa: ARG002, N802  # the name is markdown-it's
        return True


class _LocatedState(StateInline):
    """A state that gives each token the line where it starts, counted from the first line of its block."""

    def push(self, ttype: str, tag: str, nesting: Literal[-1, 0, 1]) -> Token:
        token = super().push(ttype, tag, nesting)
        self._locate(token)
        return token

    def pushPending(self) -> Token:  # noqa: N802  # the name is markdown-it's
        token = super().pushPending()
        self._locate(token)
        return token

    def _locate(self, token: Token) -> None:
        line = self.src.count("\n", 0, self.pos)
        token.map = [line, line + 1]


class _LocatedInline(ParserInline):
    """The inline parser, with states that know their place."""

    def parse(self, src: str, md: MarkdownIt, env: EnvType, tokens: list[Token]) -> list[Token]:
        state = _LocatedState(src, md, env, tokens)
        self.tokenize(state)
        for rule in self.ruler2.getRules(""):
            rule(state)
        return state.tokens


def _citation(state: StateInline, silent: bool) -> bool:  # noqa: FBT001  # the signature is markdown-it's
    """Parse `[@key]` and `[@one; @two]`."""
    if state.src[state.pos] != "[" or not (match := CITATION.match(state.src, state.pos, state.posMax)):
        return False
    if not silent:
        token = state.push("citation", "", 0)
        token.content = "@" + match[1]
    state.pos = match.end()
    return True


def _dangling(state: StateCore) -> None:
    """Keep as tokens the attribute lines that nothing follows, which the plugin would drop."""
    for token, after in zip_longest(state.tokens, state.tokens[1:]):
        if token.type == "attrs_block" and (after is None or after.nesting < 0):
            token.type = "attrs_dangling"


def _locate(state: StateCore) -> None:
    """Count the lines of inline tokens from the file's start; an inline without a line has its block's."""
    line = 0
    for token in state.tokens:
        if token.map:
            line = token.map[0]
        if token.type == "inline":
            token.map = token.map or [line, line + 1]
            shift(token.children or [], line)
