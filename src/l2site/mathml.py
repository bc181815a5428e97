r"""Formulas: LaTeX in, MathML out, so that no script typesets and every formula can be read aloud.

latex2mathml does the parsing and lets mistakes pass as text; here they are found, and the rules in `mathml_rules`
then set what it returns as a typographer would.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element, tostring

from l2site import mathml_rules
from l2site.kept import kept
from l2site.problems import suggest

REFUSED = frozenset((
    r"\above", r"\atop", r"\bbox", r"\class", r"\color", r"\colorbox", r"\def", r"\DeclareMathOperator", r"\fcolorbox",
    r"\href", r"\newcommand", r"\newenvironment", r"\require", r"\rule", r"\skew", r"\style", r"\tag", r"\textcolor",
    r"\unicode", r"\verb",
))  # fmt: skip
"""Commands that latex2mathml takes and a page cannot: colours and styles of their own, links, definitions."""

ENVIRONMENTS = (
    "align*", "array", "Bmatrix", "bmatrix", "cases", "matrix", "pmatrix", "smallmatrix", "split", "Vmatrix", "vmatrix",
)  # fmt: skip
"""What may stand in `\\begin{…}`."""

EXPLAINED = {
    "DoubleSubscriptsError": "it has two subscripts in a row; put the first one's base in braces",
    "DoubleSuperscriptsError": "it has two superscripts in a row; put the first one's base in braces",
    "ExtraLeftOrMissingRightError": r"its \left and \right do not match; each needs the other, "
    r"and '\right.' is an invisible one",
    "MissingSuperScriptOrSubscriptError": "nothing follows its last ^ or _",
}
"""What latex2mathml finds by itself, by the name of its exception."""


class FormulaError(ValueError):
    """A formula that cannot be set, worded for its author."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.line = line
        """How many lines below the formula's first the mistake is."""


@kept
def to_mathml(latex: str, display: str = "inline") -> str:
    """Return a formula as a `<math>` element, with its LaTeX as the alternative text.

    Raises
    ------
    FormulaError
        When the LaTeX has a mistake, or uses what a page cannot show.
    """
    _check(latex)
    math = _convert(latex, display)
    try:
        mathml_rules.typeset(math)
    except mathml_rules.RuleError as error:
        raise (
            _unknown(latex, error.text) if error.text.startswith("\\") else FormulaError(str(error))
        ) from None
    math.set("alttext", " ".join(latex.split()))
    return tostring(math, encoding="unicode")


def spoken(latex: str) -> str:
    r"""Return a symbol as it is said in a label: `\lambda` is "lambda", `\hat{w}_1` is "w hat 1"."""
    said = re.sub(r"\\(hat|bar|tilde)\s*\{?(\\?[A-Za-z]+)\}?", r" \2 \1 ", latex)
    said = re.sub(r"\^\s*\{?\s*(?:\*|\\ast|\\star)\s*\}?", " star ", said)
    said = re.sub(r"\^\s*\{?2\}?", " squared ", said)
    said = re.sub(r"\\[,;:! ]|[{}_^$]", " ", said).replace("\\", " ")
    return " ".join(said.replace("-", " minus ").split())


def _check(latex: str) -> None:
    """Raise the first mistake that is already visible in the LaTeX."""
    if not latex.strip():
        raise FormulaError("the formula is empty; write something between the dollars, or '\\$' for a dollar")
    mistakes = (*_braces(latex), *_environments(latex), *_commands(latex))
    if mistakes:
        raise mistakes[0]


def _braces(latex: str) -> Iterator[FormulaError]:
    opened: list[int] = []
    for match in re.finditer(r"\\.|[{}]", latex, re.DOTALL):
        if match[0] == "{":
            opened.append(match.start())
        elif match[0] == "}" and not opened:
            yield _at(latex, match.start(), "the formula has a '}' without its '{'")
        elif match[0] == "}":
            opened.pop()
    if opened:
        yield _at(latex, opened[-1], "the formula has a '{' without its '}'")


def _environments(latex: str) -> Iterator[FormulaError]:
    opened: list[str] = []
    for match in re.finditer(r"\\(begin|end)\s*\{([^}]*)\}", latex):
        if match[2] not in ENVIRONMENTS:
            hint = suggest(match[2], ENVIRONMENTS)
            yield _at(latex, match.start(), f"formulas have no environment {match[2]!r}; {hint}")
        elif match[1] == "begin":
            opened.append(match[2])
        elif not opened or opened.pop() != match[2]:
            yield _at(latex, match.start(), f"the formula has an \\end{{{match[2]}}} without its \\begin")
    if opened:
        yield FormulaError(f"the formula has a \\begin{{{opened[-1]}}} without its \\end")


def _commands(latex: str) -> Iterator[FormulaError]:
    for match in re.finditer(r"\\[A-Za-z]+", latex):
        if match[0] in REFUSED:
            yield _at(
                latex, match.start(), f"formulas may not use {match[0]}; leave looks to the style sheet"
            )


def _convert(latex: str, display: str) -> Element:
    from latex2mathml.converter import convert_to_element  # noqa: PLC0415  a tenth of a second, for new formulas only

    try:
        return convert_to_element(latex, display=display)
    except Exception as error:  # noqa: BLE001  # what is incomplete trips its parser in many ways
        if explained := EXPLAINED.get(type(error).__name__):
            raise FormulaError(f"the formula cannot be read: {explained}") from None
        raise FormulaError("the formula is incomplete; see that every command has its parts") from None


def _unknown(latex: str, command: str) -> FormulaError:
    place = re.search(re.escape(command) + r"(?![A-Za-z])", latex)
    close = difflib.get_close_matches(command, sorted(_names()), n=1, cutoff=0.75)
    hint = f"did you mean {close[0]}?" if close else r"for a word, write \mathrm{word}"
    return _at(latex, place.start() if place else 0, f"formulas have no command {command}; {hint}")


def _names() -> set[str]:
    """Return every command that there is, for guessing which one was meant."""
    from latex2mathml import commands  # noqa: PLC0415  see _convert
    from latex2mathml.symbols_parser import SYMBOLS  # noqa: PLC0415

    return set(SYMBOLS) | {
        name
        for value in vars(commands).values()
        for name in ([value] if isinstance(value, str) else value if isinstance(value, (tuple, dict)) else ())
        if isinstance(name, str) and re.fullmatch(r"\\[A-Za-z]+", name)
    }


def _at(latex: str, position: int, message: str) -> FormulaError:
    return FormulaError(message, latex.count("\n", 0, position))
