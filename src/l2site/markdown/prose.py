"""Rules for plain text: no raw HTML, no markup that was meant and not understood, no attributes but the known ones."""

from __future__ import annotations

import re
from collections.abc import Iterator

from markdown_it.rules_block.table import escapedSplit
from markdown_it.token import Token

from l2site.markdown.tokens import Draft, line_of, walk
from l2site.problems import Mistake, suggest

CLASSES = (
    "loss", "penalty", "total", "training", "validation", "test", "truth", "weight", "rate", "data", "remember",
)  # fmt: skip
"""The classes that authors may use: the quantities that have a colour, and the list of what to remember."""

ANCHOR = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")

LEFTOVERS = (
    (
        re.compile(r"\$"),
        "a '$' stands alone; close the formula without spaces inside its dollars, or write '\\$'",
    ),
    (re.compile(r"\[@"), "a citation is not closed; write it as [@key]"),
    (re.compile(r"\[\^"), "a note is not closed; write it as [^name], without spaces"),
    (
        re.compile(r"\{[.#]|\]\{|^\{[^{}]*\}$"),
        "attributes are not understood; write them as {.class} or {#id}",
    ),
    (
        re.compile(r"\]\("),
        "a link is not understood; write it as [text](address), without spaces in the address",
    ),
    (re.compile(r"\]\["), "a link has no target; write it as [text](address)"),
    (re.compile(r"`"), "a '`' stands alone; close the code, or write '\\`'"),
    (re.compile(r"\*\*"), "a '**' stands alone; leave no space inside the two pairs, or write '\\*\\*'"),
    (
        re.compile(r"(?<![\w.\[])@[a-z]"),
        "a citation stands in brackets; write it as [@key], or '\\@' for the sign",
    ),
    (
        re.compile(r"^#{1,6}\w"),
        "a heading has a space after its '#'; write '## Words', or '\\#' for the sign",
    ),
    (
        re.compile(r"^\|.*\|$"),
        "a table has a line of dashes below its head, as |---|---|; '\\|' is only the sign",
    ),
)
"""Markup that remains in the text, with what its author may have meant."""

COMMAND = re.compile(r"\\[A-Za-z]")
"""What is left of a formula that stands in no formula; the grammar takes it for an escape of nothing."""

WITHOUT_ATTRIBUTES = frozenset({
    "fence", "math_block", "hr", "footnote_reference_open", "code_block", "html_block", "attrs_dangling", "question",
})  # fmt: skip


def raw_html(draft: Draft) -> Iterator[Mistake]:
    """Refuse HTML, in blocks and in lines."""
    for token in walk(draft.tokens):
        if token.type in ("html_block", "html_inline"):
            start = token.content.strip().partition("\n")[0][:40]
            yield (
                line_of(token),
                f"raw HTML is refused: {start!r}; write Markdown, or '\\<' for a less-than sign",
            )


def leftovers(draft: Draft) -> Iterator[Mistake]:
    """Find markup that was not understood and would be shown as it is."""
    for token in walk(draft.tokens):
        if token.type == "text":
            yield from (
                (line_of(token), message) for pattern, message in LEFTOVERS if pattern.search(token.content)
            )
        elif token.type == "text_special" and COMMAND.match(token.content):
            yield line_of(token), "a formula stands between dollars; write $\\lambda$, or '\\\\' for the sign"


def attributes(draft: Draft) -> Iterator[Mistake]:
    """Allow classes from the list and plain ids, where something can wear them."""
    for token in walk(draft.tokens):
        yield from ((line_of(token), message) for message in _wrong_attributes(token))


def tables(draft: Draft) -> Iterator[Mistake]:
    """Turn the alignment of cells from a style, which pages may not have, into a class; refuse cells without a column.

    The grammar drops these.
    """
    lines = draft.text.split("\n")
    columns = 0
    for token in draft.tokens:
        if style := token.attrs.pop("style", None):
            token.attrs["class"] = str(style).replace("text-align:", "align-")
        if token.type == "thead_open":
            columns = 0
        elif token.type == "th_open":
            columns += 1
        elif token.type == "tr_open" and columns:
            cells = len(
                escapedSplit(lines[line_of(token) - 1].strip(" \t>").removeprefix("|").removesuffix("|"))
            )
            if cells > columns:
                yield (
                    line_of(token),
                    f"the row has {cells} cells and the table {columns} columns; write '\\|' for a sign",
                )


def indented_code(draft: Draft) -> Iterator[Mistake]:
    """Refuse code by indentation, which is nearly always a slip."""
    for token in draft.tokens:
        if token.type == "code_block":
            yield (
                line_of(token),
                "indented by four or more, this is code; take the spaces away, or fence it with ```",
            )


def _wrong_attributes(token: Token) -> Iterator[str]:
    if token.type == "attrs_dangling":
        yield "attributes stand before nothing; put them on the line above what they describe, without a blank line"
    elif token.type in WITHOUT_ATTRIBUTES and token.attrs:
        yield "nothing here can wear attributes; move them to a paragraph, heading, list or table"
    for name in token.meta.get("insecure_attrs", ()):
        yield f"the attribute {name!r} is refused; only {{.class}} and {{#id}} are allowed"
    for name in str(token.attrs.get("class", "")).split():
        if name not in CLASSES:
            yield f"there is no class {name!r}; {suggest(name, CLASSES)}"
    if "id" in token.attrs and not ANCHOR.fullmatch(str(token.attrs["id"])):
        yield f"the id {token.attrs['id']!r} is refused; use small letters, digits and single hyphens"
