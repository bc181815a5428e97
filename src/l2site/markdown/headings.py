"""Rules for headings: their levels, their anchors, and that no two places of the article share an anchor."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise

from markdown_it.token import Token
from mdit_py_plugins.attrs.parse import ParseError, parse

from l2site.markdown.tokens import Draft, line_of, plain, walk
from l2site.problems import Mistake

RESERVED = frozenset({"main", "references", "remember", "site-config"})
RESERVED_PREFIXES = ("check-", "figure-", "ref-", "sn-", "snr-")
"""Anchors that the pages' own parts have."""

DEEPEST = 4


def levels(draft: Draft) -> Iterator[Mistake]:
    """Let headings begin at `##` and go down one level at a time."""
    before = 1
    for token in draft.tokens:
        if token.type == "heading_open":
            level, line = int(token.tag[1]), line_of(token)
            if token.markup in ("=", "-"):
                yield (
                    line,
                    "a heading is underlined; write '## ' before it, or put a blank line above the dashes",
                )
            elif level == 1:
                yield line, "the section's title in the front matter is its only '#' heading; begin with '##'"
            elif level > DEEPEST:
                yield line, f"headings end at {'#' * DEEPEST!r}; split the section, or use bold text"
            elif level > before + 1:
                yield (
                    line,
                    f"{'#' * level!r} follows {'#' * before!r}; write {'#' * (before + 1)!r}, no level is skipped",
                )
            before = max(level, 1)


def anchors(draft: Draft) -> Iterator[Mistake]:
    """Give each heading the id after it, as in `## Title {#id}`, or else one made of its words."""
    for heading, inline in pairwise(draft.tokens):
        if heading.type != "heading_open":
            continue
        heading.attrs.update(_trailing_attributes(inline))
        text = plain(inline.children or [])
        if not text:
            yield line_of(heading), "a heading is empty; write its text or remove it"
            continue
        heading.meta["text"] = text
        if anchor := str(heading.attrs.get("id", slugify(text))):
            heading.attrs["id"] = anchor
        else:
            yield line_of(heading), f"no anchor can be made of {text!r}; write one after it, as {{#anchor}}"


def unique_anchors(draft: Draft) -> Iterator[Mistake]:
    """Refuse an anchor that another place of the article has."""
    for token in walk(draft.tokens):
        if (anchor := str(token.attrs.get("id", ""))) and token.type != "image":
            line = line_of(token)
            if anchor in RESERVED or anchor.startswith(RESERVED_PREFIXES):
                yield (
                    line,
                    f"the anchor {anchor!r} belongs to the page itself; choose another, as {{#{anchor}-section}}",
                )
            elif anchor in draft.book.anchors:
                place = draft.book.anchors[anchor][1]
                yield (
                    line,
                    f"the anchor {anchor!r} is taken by {place}; give this place its own, as {{#other}}",
                )
            else:
                draft.book.anchors[anchor] = (draft.slug, f"{draft.path}:{line}")


def slugify(text: str) -> str:
    """Return the words of a text in small ASCII letters, joined by hyphens."""
    ascii_text = (
        unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower().replace("'", "")
    )
    return re.sub(r"[^a-z0-9]+", "-", ascii_text).strip("-").lstrip("0123456789-")


def _trailing_attributes(inline: Token) -> dict[str, str | int | float]:
    """Take `{#id .class}` from the end of a heading's text, and return what it says."""
    last = (inline.children or [Token("text", "", 0)])[-1]
    start = last.content.rfind("{") if last.type == "text" else -1
    if start < 0:
        return {}
    try:
        end, attributes = parse(last.content[start:])
    except ParseError:
        return {}
    if last.content[start + end + 1 :].strip():
        return {}
    last.content = last.content[:start].rstrip()
    return dict(attributes)
