"""What can be said of an article's words alone: whether a dictionary has them, and which sentences are hard to read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

from markdown_it.token import Token

from l2site.markdown.tokens import line_of, plain, walk
from l2site.model import Article, Section
from l2site.problems import Problem

if TYPE_CHECKING:
    from spylls.hunspell import Dictionary

DICTIONARY = Path("site/node_modules/dictionary-en-gb/index")
"""British English, as Hunspell has it, from npm."""

WORDS = Path("content/words.txt")
"""The words of the field and the names that are in no dictionary, one to a line."""

WORD = re.compile(r"\w+(?:['’]\w+)*")
LATIN = re.compile(r"[A-Za-zÀ-ɏ'’]{2,}")
OXFORD = re.compile(r"iz(?=e|i|a)")
"""Where Oxford's spelling differs from that of the dictionary, as in "regularize"."""

LONGEST_SENTENCE = 40
"""As many words as a sentence may have before a reader loses its thread; style guides ask for 20 on average."""

EASIEST = 45
"""The least reading ease of a section; texts between 30 and 50 are called difficult, below 30 very difficult."""


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of prose."""

    path: Path
    """Its file, relative to the project's root."""
    line: int
    words: str


def texts(section: Section) -> Iterator[Text]:
    """Yield what a section says in words, piece by piece."""
    yield Text(section.source, 1, section.title)
    yield Text(section.source, 1, section.summary)
    yield from _words(section.source, section.tokens)


def _words(path: Path, tokens: Iterable[Token]) -> Iterator[Text]:
    """Yield the words of tokens: no code, no formulas, no addresses."""
    return (Text(path, line_of(token), token.content) for token in walk(tokens) if token.type == "text")


# ---- Spelling


def misspelt(project: Path, article: Article, sections: Iterable[Section]) -> list[Problem]:
    """Return a problem for each word that neither the dictionary nor the project's own list has.

    Parameters
    ----------
    project
        The project's root.
    article
        Tells the language; there is a dictionary for English alone, and nothing is said of others.
    sections
        What is read: sections, pages beside the article, and the guide.
    """
    if article.language.partition("-")[0] != "en":
        return []
    if find_spec("spylls") is None or not (project / DICTIONARY).with_suffix(".dic").exists():
        return [
            Problem(WORDS, 1, "the spelling cannot be checked without its dictionary; run `make setup` first")
        ]
    speller = Speller(project)
    found: dict[str, Problem] = {}
    everything = [text for section in sections for text in texts(section)]
    if glossary := article.glossary:
        everything += _words(glossary.source, glossary.intro)
        for term in glossary.terms:
            everything += _words(glossary.source, (term.words, term.meaning))
    for text in everything:
        for word in WORD.findall(text.words):
            if word not in found and not speller.knows(word):
                found[word] = Problem(text.path, text.line, speller.advice(word))
    return list(found.values())


class Speller:
    """A dictionary, and the words that the project adds to it."""

    def __init__(self, project: Path) -> None:
        self._dictionary = _dictionary(project / DICTIONARY)
        listed = project / WORDS
        lines = listed.read_text(encoding="utf-8").splitlines() if listed.exists() else []
        self._own = {line.strip() for line in lines if line.strip() and not line.startswith("#")}

    def knows(self, word: str) -> bool:
        """Return whether a word is known; formulas, numbers and single letters are no words."""
        if not LATIN.fullmatch(word):
            return True
        word = word.replace("’", "'")
        bare = word.removesuffix("'s")
        if {word, bare, bare.lower()} & self._own:
            return True
        return any(self._dictionary.lookup(form) for form in (word, bare, OXFORD.sub("is", bare)))

    def advice(self, word: str) -> str:
        """Return what to do about a word that is not known."""
        nearest = next(iter(self._dictionary.suggest(word)), None)
        meant = f"did you mean {nearest!r}? If not" if nearest else "mend it, or if it is right"
        return f"no dictionary has {word!r}; {meant}, add it to {WORDS}"


@cache
def _dictionary(path: Path) -> Dictionary:
    from spylls.hunspell import Dictionary, readers  # noqa: PLC0415  only `check` needs it
    from spylls.hunspell.readers.file_reader import BaseReader  # noqa: PLC0415

    class Reader(BaseReader):  # type: ignore[misc]  # it has no types; its own FileReader leaves files open
        def __init__(self, suffix: str) -> None:
            super().__init__(StringIO(path.with_suffix(suffix).read_text(encoding="utf-8")))

        def reset_encoding(self, encoding: str) -> None:
            """Do nothing: npm's dictionaries are UTF-8."""

    aff, context = readers.read_aff(Reader(".aff"))
    return Dictionary(aff, readers.read_dic(Reader(".dic"), aff=aff, context=context))


# ---- Reading


def hints(article: Article) -> list[Problem]:
    """Return where an article is hard to read: sentences that are long, and sections of long words and sentences."""
    return [hint for section in article.sections for hint in _hard(section)]


def _hard(section: Section) -> Iterator[Problem]:
    sentences = [
        sentence for token in section.tokens if token.type == "inline" for sentence in _sentences(token)
    ]
    for line, words in sentences:
        if len(words) > LONGEST_SENTENCE:
            message = (
                f"the sentence has {len(words)} words; {LONGEST_SENTENCE} are easier to follow, so divide it"
            )
            yield Problem(section.source, line, message)
    ease = reading_ease([words for _, words in sentences])
    if ease < EASIEST:
        message = (
            f"the section's reading ease is {ease:.0f}; with shorter sentences and words it can be {EASIEST}"
        )
        yield Problem(section.source, 1, message)


def _sentences(inline: Token) -> Iterator[tuple[int, list[str]]]:
    """Yield the words of each line of a paragraph, which is one sentence; a formula is a word."""
    line: list[Token] = []
    for token in [*(inline.children or []), Token("softbreak", "", 0)]:
        if token.type != "softbreak":
            line.append(token)
            continue
        if words := re.findall(r"\w[\w'’-]*", plain(line)):
            yield line_of(line[0]), words
        line = []


def reading_ease(sentences: list[list[str]]) -> float:
    """Return Flesch's reading ease of sentences, given as words: 100 is very easy, 0 very hard.

    It is 206.835 − 1.015 · words per sentence − 84.6 · syllables per word (R. Flesch, "A new readability yardstick",
    Journal of Applied Psychology 32, 1948). Syllables are counted as groups of vowels, without a silent e at the end.
    """
    words = [word for sentence in sentences for word in sentence]
    if not words:
        return 100.0
    syllables = sum(map(_syllables, words))
    return 206.835 - 1.015 * len(words) / len(sentences) - 84.6 * syllables / len(words)


def _syllables(word: str) -> int:
    groups = len(re.findall(r"[aeiouy]+", word.lower()))
    silent = re.search(r"[^aeiouyl]e$|[aeiouy]le$|[^aeiouy]es$|[^aeiouytd]ed$", word.lower()) is not None
    return max(1, groups - silent)
