"""Formulas: what LaTeX becomes, what is refused, and how a symbol is said."""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it.utils import read_fixture_file

from l2site.mathml import REFUSED, FormulaError, spoken, to_mathml
from l2site.mathml_rules import ATTRIBUTES, ELEMENTS

FIXTURES = Path(__file__).parent / "fixtures"
LATEX = r"""
\frac \sqrt \left( \right) \hat { } ^ _ & \\ \begin{cases} \end{cases} x 2 ½ | \lVert - ( ) \ln \max \sum \mathrm
\text{a} ' \not \over \limits \mathbf \operatorname{f} \binom \, \! % # ~ * / \boxed \big( \middle| \hspace{1em}
\pmod \LaTeX \vec
"""
PIECES = st.sampled_from(LATEX.split())
TEXT = st.text(st.characters(exclude_categories=("C",)))


@pytest.mark.parametrize(("line", "title", "latex", "expected"), read_fixture_file(FIXTURES / "formulas.md"))
def test_formula(line, title, latex, expected):
    """LaTeX becomes the MathML that stands below it."""
    assert to_mathml(latex.strip()) == expected.strip(), f"fixtures/formulas.md:{line}: {title}"


def test_display():
    """A formula by itself is set in display style, with its limits below and above."""
    assert to_mathml(r"\sum_{j=1}^d w_j", "block").startswith('<math display="block" alttext="')
    assert "<munderover>" in to_mathml(r"\sum_{j=1}^d w_j", "block")


@pytest.mark.parametrize(
    ("latex", "line", "message"),
    [
        ("", 0, "the formula is empty; write something between the dollars, or '\\$' for a dollar"),
        ("a\n+ \\foo", 1, "formulas have no command \\foo; for a word, write \\mathrm{word}"),
        (r"\lamda", 0, "formulas have no command \\lamda; did you mean \\lambda?"),
        ("a\n\n{b", 2, "the formula has a '{' without its '}'"),
        (r"\end{cases}", 0, "the formula has an \\end{cases} without its \\begin"),
        (r"\begin{cases}", 0, "the formula has a \\begin{cases} without its \\end"),
        (r"\begin{cased}x\end{cased}", 0, "formulas have no environment 'cased'; did you mean 'cases'?"),
        (
            r"\boxed{x}",
            0,
            "formulas cannot have a <menclose>, which browsers do not draw; write it otherwise",
        ),
        (r"\frac", 0, "the formula is incomplete; see that every command has its parts"),
        *(
            (command, 0, f"formulas may not use {command}; leave looks to the style sheet")
            for command in sorted(REFUSED)
        ),
    ],
)
def test_refusal(latex, line, message):
    """A mistake is reported with its line and its command."""
    with pytest.raises(FormulaError) as caught:
        to_mathml(latex)
    assert (caught.value.line, str(caught.value)) == (line, message)


@settings(max_examples=300)
@given(TEXT | st.lists(PIECES, min_size=1, max_size=9).map(" ".join))
def test_any_formula_is_set_or_refused(latex):
    """Whatever is set is MathML Core without styles, and nothing of the LaTeX is left in it."""
    try:
        html = to_mathml(latex)
    except FormulaError:
        return
    for element in ET.fromstring(html).iter():  # noqa: S314  # it was written a moment ago
        assert element.tag in ELEMENTS
        assert ATTRIBUTES.issuperset(element.attrib)
        assert element.tag == "mtext" or not (element.text or "").startswith("\\")


@pytest.mark.parametrize(
    ("symbol", "words"),
    [
        (r"\lambda", "lambda"),
        (r"\eta", "eta"),
        (r"w", "w"),
        (r"w_0", "w 0"),
        (r"w^{*}", "w star"),
        (r"\hat{w}_1", "w hat 1"),
        (r"\sigma^2", "sigma squared"),
        (r"-2\lambda\hat{w}", "minus 2 lambda w hat"),
    ],
)
def test_spoken(symbol, words):
    """A symbol has a name that can be said in a label."""
    assert spoken(symbol) == words
