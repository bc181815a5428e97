"""Spelling, and what is hard to read."""

from pathlib import Path

import pytest

from l2site import wording
from l2site.wording import hints, misspelt, reading_ease
from tests.content.conftest import ARTICLE

PROJECT = Path(__file__).parents[2]


@pytest.fixture
def told(load, tmp_path):
    """Return a function that returns what is said of the words of an article, as it is printed."""
    (tmp_path / "site").symlink_to(PROJECT / "site")

    def check(files, own=""):
        article = load(files)
        (tmp_path / "content/words.txt").write_text(own, encoding="utf-8")
        return [str(problem) for problem in misspelt(tmp_path, article, article.sections)]

    return check


QUESTION = """
```{question} two
What is asked, misspelld?

( ) One.
    Wrongg.
(x) Two.
    Right.
( ) Three.
    Right too.
```
"""


def test_a_misspelt_word_is_found_where_it_stands(told):
    """In text, headings, notes, questions, cells and terms, each once, with the word that may be meant."""
    note = "Note.[^a]\n\n[^a]: An asidde.\n\n"
    text = f"Good words.\nA wieght and a wieght.\n\n## Hedaing\n\n{note}| a | tabel |\n|---|---|\n| b | c |\n"
    files = {"10-first.md": text + QUESTION, "glossary.md": "Wordss.\n\nridge\n: A wiegth.\n"}
    said = "\n".join(told(files))
    assert "content/tale/10-first.md:6: no dictionary has 'wieght'; did you mean 'weight'?" in said
    assert said.count("'wieght'") == 1
    for word in ("Hedaing", "asidde", "tabel", "misspelld", "Wrongg", "Wordss", "wiegth"):
        assert f"no dictionary has {word!r}" in said
    assert said.count("\n") + 1 == 8


def test_what_is_no_prose_is_not_read(told):
    """Code, formulas, addresses, citations and numbers are written by other rules."""
    text = """`cofde` $\\mathrm{wrogn}$ [words](https://example.org/wrogn) [@hoerl1970] L2 ηλ 3rd

```python
wrogn = 1
```

$$\\mathrm{wrogn}$$
"""
    assert told({"10-first.md": text}) == []


def test_the_list_of_the_field_adds_to_the_dictionary(told):
    """A listed word may have a capital, and an s of possession; Oxford's spelling needs no list."""
    text = "Overfitting is AdamW’s: regularization, standardized, an adamw.\n"
    assert len(told({"10-first.md": text})) == 3
    (problem,) = told({"10-first.md": text}, own="# names\nAdamW\noverfitting\n")
    assert "'adamw'" in problem


def test_another_language_has_no_dictionary(told):
    """Nothing is said of words that it cannot judge."""
    german = ARTICLE.replace('"en"', '"de"').encode()
    assert told({"article.toml": german, "10-first.md": "Das Gewicht.\n"}) == []


def test_without_the_dictionary_check_says_what_to_do(told, monkeypatch):
    """It does not pass for a text without mistakes."""
    monkeypatch.setattr(wording, "DICTIONARY", Path("site/node_modules/no-such/index"))
    assert told({"10-first.md": "Good.\n"}) == [
        "content/words.txt:1: the spelling cannot be checked without its dictionary; run `make setup` first"
    ]


def test_long_sentences_and_hard_sections_are_hinted_at(load):
    """A sentence by its line, a section as a whole."""
    long, hard = "word " * 41, "Institutionalization necessitates interdepartmental communication."
    article = load({"10-first.md": f"Short.\n{long}.\n{'word ' * 40}.\n", "20-hard.md": f"{hard}\n"})
    sentence, section = map(str, hints(article))
    assert (
        sentence
        == "content/tale/10-first.md:6: the sentence has 41 words; 40 are easier to follow, so divide it"
    )
    assert section.startswith("content/tale/20-hard.md:1: the section's reading ease is -")


@pytest.mark.parametrize(
    ("sentences", "words", "syllables"),
    [
        ([["The", "cat", "sat"]], 3, 3),
        ([["The", "cat", "sat"], ["A", "table", "moved"]], 6, 7),
        ([["We", "regularize", "every", "weight"]], 4, 9),
    ],
)
def test_reading_ease_is_flesch_s(sentences, words, syllables):
    """The formula, with syllables that were counted by hand."""
    expected = 206.835 - 1.015 * words / len(sentences) - 84.6 * syllables / words
    assert reading_ease(sentences) == pytest.approx(expected)


def test_a_section_without_words_is_easy(load):
    """A formula alone is no sentence."""
    assert hints(load({"10-first.md": "$$x$$\n"})) == []
