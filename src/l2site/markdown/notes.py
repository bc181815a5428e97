"""Rules for notes, which are written as footnotes and stand beside the text where they are called."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from markdown_it.token import Token

from l2site.markdown.tokens import Draft, line_of, walk
from l2site.problems import Mistake


def notes(draft: Draft) -> Iterator[Mistake]:
    """Move the text of each note to the place that calls it."""
    written: dict[str, tuple[Token, list[Token]]] = {}
    kept: list[Token] = []
    body: list[Token] | None = None
    for token in draft.tokens:
        if token.type == "footnote_reference_open":
            label, body = token.meta["label"], []
            if label in written:
                yield (
                    line_of(token),
                    f"the note [^{label}] is written at line {line_of(written[label][0])} too",
                )
            written.setdefault(label, (token, body))
        elif token.type == "footnote_reference_close":
            body = None
        elif body is None:
            kept.append(token)
        else:
            body.append(token)
    draft.tokens = kept
    yield from _place(draft, written)
    for label, (token, inner) in written.items():
        yield from _wrong_note(label, token, inner)


def number_notes(draft: Draft) -> Iterator[Mistake]:
    """Count the notes through the article."""
    for token in walk(draft.tokens):
        if token.type == "footnote_ref":
            draft.book.notes += 1
            token.meta["number"] = draft.book.notes
    yield from ()


def _place(draft: Draft, written: dict[str, tuple[Token, list[Token]]]) -> Iterator[Mistake]:
    called: set[str] = set()
    for before, inline in pairwise([Token("start", "", 0), *draft.tokens]):
        for token in inline.children or []:
            if token.type != "footnote_ref":
                continue
            label, line = token.meta["label"], line_of(token)
            if before.type == "heading_open":
                yield line, f"the note [^{label}] is called in a heading; call it in the text below"
            if label not in written:
                yield line, f"the note [^{label}] is not written; write it below, as '[^{label}]: …'"
            elif label in called:
                yield line, f"the note [^{label}] is called twice; a note stands in one place"
            else:
                token.children = _content(written[label][1])
            called.add(label)
    for label in written.keys() - called:
        token = written[label][0]
        yield line_of(token), f"the note [^{label}] is never called; call it in the text, or remove it"


def _wrong_note(label: str, token: Token, inner: list[Token]) -> Iterator[Mistake]:
    if [part.type for part in inner] != ["paragraph_open", "inline", "paragraph_close"]:
        yield (
            line_of(token),
            f"the note [^{label}] is not one paragraph; notes have no lists, blocks or blank lines",
        )
    for part in walk(inner):
        if part.type == "footnote_ref":
            yield line_of(part), f"the note [^{label}] calls a note; put that into the text"


def _content(inner: list[Token]) -> list[Token]:
    return [child for token in inner for child in token.children or [] if child.type != "footnote_ref"]
