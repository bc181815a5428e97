"""Rules for fences: widgets and code."""

from __future__ import annotations

import re
from collections.abc import Iterator

from markdown_it.token import Token

from l2site.embeds import embed
from l2site.highlight import LANGUAGES
from l2site.markdown.tokens import Draft, line_of
from l2site.model import CodeBlock
from l2site.problems import Mistake, suggest

OPTIONS = ("needs",)
"""What may stand in braces after the language: `needs=torch` names a package without which the code cannot run."""


DIRECTIVES = ("widget", "question")
"""What may stand in braces in place of a language."""


def unclosed_fences(draft: Draft) -> Iterator[Mistake]:
    """Refuse a fence that runs to the end of the file because nothing closes it."""
    lines = draft.text.split("\n")
    for token in draft.tokens:
        if token.type == "fence" and token.map:
            last = lines[token.map[1] - 1] if token.map[1] <= len(lines) else ""
            if token.map[1] - 1 == token.map[0] or not re.fullmatch(
                rf"[ >\t]*{token.markup[0]}{{3,}}\s*", last
            ):
                yield (
                    line_of(token),
                    f"the fence is never closed; end it with {token.markup} on a line of its own",
                )


def widgets(draft: Draft) -> Iterator[Mistake]:
    """Find each widget that a fence names; a widget stands in an article once."""
    for token in _fences(draft, widget=True):
        name = token.info.strip().removeprefix("{widget}").strip()
        found, mistakes = embed(name, token.content.rstrip("\n"), line_of(token))
        yield from mistakes
        if found:
            token.meta["embed"] = found
            draft.embeds.append(found)


def unique_widgets(draft: Draft) -> Iterator[Mistake]:
    """Refuse a widget that the article already has: its controls and links need one place."""
    for found in draft.embeds:
        place = draft.book.widgets.setdefault(found.widget.name, f"{draft.path}:{found.line}")
        if place != f"{draft.path}:{found.line}":
            yield (
                found.line,
                f"the widget {found.widget.name!r} already stands at {place}; link to it instead",
            )


def code(draft: Draft) -> Iterator[Mistake]:
    """Read what a code fence says after its backticks, and pair code with the output that it must print."""
    printing: Token | None = None
    for token in draft.tokens:
        block = None
        if token.type == "fence" and not token.info.lstrip().startswith("{widget}"):
            language, options, mistakes = _info(token.info.strip())
            yield from ((line_of(token), mistake) for mistake in mistakes)
            block = CodeBlock(language=language, code=token.content, line=line_of(token), needs=options)
            token.meta["code"] = block
            if language == "output" and printing:
                before: CodeBlock = printing.meta["code"]
                printing.meta["code"] = CodeBlock(
                    before.language, before.code, before.line, before.needs, token.content
                )
            elif language == "output":
                yield (
                    line_of(token),
                    "an output stands right after the code that prints it; there is none here",
                )
        printing = token if block and block.language != "output" else None


def _fences(draft: Draft, *, widget: bool) -> Iterator[Token]:
    for token in draft.tokens:
        if token.type == "fence" and token.info.lstrip().startswith("{widget}") == widget:
            yield token


def _info(info: str) -> tuple[str, tuple[str, ...], list[str]]:
    """Return a fence's language, the packages it needs, and what is wrong with what it says."""
    if directive := re.match(r"\{([^{}=]*)\}", info):
        return "text", (), [f"there is no fence {directive[0]!r}; {suggest(directive[1], DIRECTIVES)}"]
    match = re.fullmatch(r"(?P<language>[^\s{]*)\s*(?:\{(?P<options>[^{}]*)\})?", info)
    if not match:
        return "text", (), [f"the fence says {info!r}; write a language, then options as {{needs=torch}}"]
    language, needs, mistakes = match["language"], [], []
    if not language:
        mistakes.append(f"the fence has no language; write one after its backticks: {', '.join(LANGUAGES)}")
    elif language not in LANGUAGES:
        mistakes.append(f"there is no language {language!r}; {suggest(language, LANGUAGES)}")
    for option in (match["options"] or "").split():
        name, equals, value = option.partition("=")
        if name not in OPTIONS:
            mistakes.append(f"code has no option {name!r}; {suggest(name, OPTIONS)}")
        elif not equals or not re.fullmatch(r"[a-z][a-z0-9_]*", value):
            mistakes.append(f"the option {option!r} names no package; write it as needs=torch")
        else:
            needs.append(value)
    return language if language in LANGUAGES else "text", tuple(needs), mistakes
