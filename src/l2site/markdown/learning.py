"""Rules for what helps to learn: questions, what to remember, and the glossary's terms."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from markdown_it.token import Token

from l2site.markdown.headings import slugify
from l2site.markdown.parser import parse
from l2site.markdown.tokens import Draft, line_of, plain, shift, walk
from l2site.model import Question, Term
from l2site.problems import Mistake

QUESTION = "{question}"
NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
ANSWER = re.compile(r"\((?P<mark>[^()]?)\)(?P<words>.*)")
ANSWERS = range(3, 5)
"""How many answers a question may have."""

SPOKEN = ("text", "text_special", "code_inline", "myst_role")
"""What makes an answer heard everywhere, which a formula alone does not."""

REMEMBER = "remember"
SENTENCES = range(2, 5)
"""How many sentences a section may ask to be remembered."""

PARAGRAPH = ["paragraph_open", "inline", "paragraph_close"]

type Piece = tuple[int, list[str]]
"""Lines of a question, of an answer or of an explanation, and the number of the first."""


def questions(draft: Draft) -> Iterator[Mistake]:
    """Make of each ```` ```{question} name ```` what it asks: the question and, for each answer, words and explanation.

    An answer begins with `( )`, the right one with `(x)`; the indented lines below it explain it.
    """
    for token in draft.tokens:
        if token.type == "fence" and token.info.lstrip().startswith(QUESTION):
            token.type = "question"
            yield from _question(draft, token)


def unique_questions(draft: Draft) -> Iterator[Mistake]:
    """Refuse a name that another question of the article has: readers' browsers keep their answers by it."""
    for question in draft.questions:
        place = draft.book.questions.setdefault(question.name, f"{draft.path}:{question.line}")
        if place != f"{draft.path}:{question.line}":
            yield (
                question.line,
                f"the question {question.name!r} already stands at {place}; give this one a name of its own",
            )


def remember(draft: Draft) -> Iterator[Mistake]:
    """Find the list of what to remember, which is shown a second time at the end of the article."""
    opened: list[int] = []
    for index, token in enumerate(draft.tokens):
        if REMEMBER not in str(token.attrs.get("class", "")).split():
            continue
        if token.type != "bullet_list_open":
            yield line_of(token), "what to remember is a list; write '- ' before each sentence"
        elif opened:
            first = line_of(draft.tokens[opened[0]])
            yield line_of(token), f"the section says at line {first} what to remember; keep one list"
        else:
            opened.append(index)
            draft.remember = _list_at(draft.tokens, index)
            for end in (draft.remember[0], draft.remember[-1]):
                end.meta["remember"] = True
            yield from _wrong_list(draft.remember)


def terms(draft: Draft) -> Iterator[Mistake]:
    """Find each term of the glossary with what it means."""
    for index, token in enumerate(draft.tokens):
        if token.type == "dt_open":
            yield from _term(draft, index)
        elif token.level == 0 and token.nesting >= 0 and token.type not in (*PARAGRAPH, "dl_open"):
            yield (
                line_of(token),
                "a glossary has paragraphs and terms; write a term, and below it ': its meaning'",
            )
    yield from (
        (line, f"a glossary has no {what}; put it into a section") for line, what in _unfit(draft.tokens)
    )


# ---- Questions


def _question(draft: Draft, token: Token) -> Iterator[Mistake]:
    line, name = line_of(token), token.info.strip().removeprefix(QUESTION).strip()
    if not name:
        yield (
            line,
            "the question has no name; write one after {question}, such as shared-weight, and keep it for good",
        )
    elif not NAME.fullmatch(name):
        yield line, f"the name {name!r} is refused; use small letters, digits and single hyphens"
    asked, answers, mistakes = _read(token.content.split("\n"), line + 1)
    yield from mistakes
    if not any(text.strip() for text in asked[1]):
        yield line, "the question asks nothing; write it above its answers"
    if len(answers) not in ANSWERS:
        yield line, f"a question has three or four answers; this one has {len(answers)}"
    right = [answer[0][0] for mark, *answer in answers if mark == "x"]
    if answers and not right:
        yield line, "no answer is right; begin the one that is with '(x)'"
    for other in right[1:]:
        yield other, f"the answer at line {right[0]} is right too; begin one of the two with '( )'"
    token.children = []
    for piece in (asked, *(part for _, *answer in answers for part in answer)):
        inline, wrong = _inline(*piece)
        token.children.append(inline)
        yield from ((piece[0], message) for message in wrong)
    yield from (
        (number, f"a question has no {what}; put it into the text") for number, what in _unfit(token.children)
    )
    for inline in token.children[1::2]:
        heard = any(part.type in SPOKEN and part.content.strip() for part in walk(inline.children or []))
        if inline.content and not heard:
            yield (
                line_of(inline),
                "the answer is a formula alone, which not every screen reader can name; add a word",
            )
    token.meta["right"] = next((place for place, (mark, *_) in enumerate(answers) if mark == "x"), 0)
    token.meta["question"] = Question(name=name, line=line)
    draft.questions.append(token.meta["question"])


def _read(lines: list[str], start: int) -> tuple[Piece, list[tuple[str, Piece, Piece]], list[Mistake]]:
    """Return the question, each answer as its mark, words and explanation, and what is wrong with the lines."""
    asked: Piece = (start, [])
    answers: list[tuple[str, Piece, Piece]] = []
    mistakes = []
    for number, text in enumerate(lines, start):
        if match := ANSWER.match(text):
            if match["mark"] not in (" ", "x"):
                mistakes.append(
                    (number, f"'({match['mark']})' marks no answer; write '( )', or '(x)' for the right one")
                )
            answers.append((match["mark"], (number, [match["words"].strip()]), (number + 1, [])))
        elif not answers:
            asked[1].append(text)
        elif text.strip() and not text.startswith(" "):
            mistakes.append(
                (number, "this belongs to no answer; indent an explanation, or begin an answer with '( )'")
            )
        else:
            answers[-1][2][1].append(text.strip())
    for _, (number, words), (_, why) in answers:
        if not words[0]:
            mistakes.append((number, "the answer has no words; write them after its mark"))
        if not any(why):
            mistakes.append(
                (number, "the answer has no explanation; say below it, indented, why it is right or wrong")
            )
    return asked, answers, mistakes


def _inline(start: int, lines: list[str]) -> tuple[Token, list[str]]:
    """Return a piece of a question as one inline token, and what is wrong when it is more than a paragraph."""
    tokens = parse("\n".join(lines).rstrip())
    shift(tokens, start - 1)
    inline = next((token for token in tokens if token.type == "inline"), Token("inline", "", 0, children=[]))
    inline.map = inline.map or [start - 1, start]
    wrong = tokens and [token.type for token in tokens] != PARAGRAPH
    return inline, [
        "this is not one paragraph; questions have no lists, blocks or blank lines"
    ] if wrong else []


# ---- What to remember


def _list_at(tokens: list[Token], start: int) -> list[Token]:
    """Return a list's tokens, from its opening to its end."""
    end = next(
        index for index in range(start + 1, len(tokens))
        if tokens[index].type == "bullet_list_close" and tokens[index].level == tokens[start].level
    )  # fmt: skip
    return tokens[start : end + 1]


def _wrong_list(tokens: list[Token]) -> Iterator[Mistake]:
    line = line_of(tokens[0])
    items = sum(token.type == "list_item_open" for token in tokens)
    kinds = {token.type for token in tokens} - {
        "bullet_list_open",
        "bullet_list_close",
        "list_item_open",
        "list_item_close",
    }
    if items not in SENTENCES:
        yield line, f"two to four sentences are to be remembered; these are {items}"
    if not kinds <= set(PARAGRAPH) or sum(token.type == "inline" for token in tokens) != items:
        yield line, "what to remember is one paragraph for each '- '"
    for token in walk(tokens):
        if "id" in token.attrs:
            yield (
                line_of(token),
                "what to remember is shown twice, so nothing in it has an anchor; take it away",
            )
    yield from (
        (number, f"what to remember has no {what}; put it into the text") for number, what in _unfit(tokens)
    )


# ---- Terms


def _term(draft: Draft, index: int) -> Iterator[Mistake]:
    words, line = draft.tokens[index + 1], line_of(draft.tokens[index])
    meaning = [
        token for token in _meaning(draft.tokens[index + 3 :]) if token.type not in ("dd_open", "dd_close")
    ]
    name = plain(words.children or [])
    slug = slugify(name)
    if not slug:
        yield line, f"no anchor can be made of {name!r}; begin the term with a word"
        return
    if slug in draft.book.terms:
        yield line, f"the term {name!r} is defined at line {draft.book.terms[slug].line} too; keep one"
        return
    if [token.type for token in meaning] != PARAGRAPH:
        yield line, f"the meaning of {name!r} is not one paragraph; write it once, after ': '"
        return
    draft.book.terms[slug] = Term(name=name, slug=slug, line=line, words=words, meaning=meaning[1])


def _meaning(tokens: Iterable[Token]) -> Iterator[Token]:
    for token in tokens:
        if token.type in ("dt_open", "dl_close"):
            return
        yield token


def _unfit(tokens: Iterable[Token]) -> Iterator[tuple[int, str]]:
    """Yield the line and the name of what can stand in a section's own text only."""
    names = {"footnote_ref": "notes", "image": "pictures", "citation": "citations"}
    for token in walk(tokens):
        if token.type in names:
            yield line_of(token), names[token.type]
