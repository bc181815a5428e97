"""What latex2mathml's tree still needs before it is set well: one rule for each thing, all of one signature.

A rule is given every element once, parents after their children, and changes that element's children or attributes.
The rules know MathML Core, which is what browsers draw; TeX's own spacing is the measure.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from xml.etree.ElementTree import Element

from l2site.mathml_spacing import accents, bars, functions, is_row, limits, scripts, signs, slashes

ROLES = {"λ": "role-penalty", "η": "role-rate", "w": "role-weight"}
"""The quantities that have a colour, in formulas as everywhere else."""

ELEMENTS = {
    "math": None, "mrow": None, "mstyle": None, "mpadded": None, "mphantom": None, "msqrt": None,
    "mi": 0, "mn": 0, "mo": 0, "mtext": 0, "mspace": 0, "mtable": None, "mtr": None, "mtd": None,
    "mfrac": 2, "mroot": 2, "msub": 2, "msup": 2, "munder": 2, "mover": 2, "msubsup": 3, "munderover": 3,
}  # fmt: skip
"""The elements that browsers draw, and how many children each has where that is fixed."""

ATTRIBUTES = frozenset((
    "accent", "accentunder", "alttext", "class", "depth", "display", "displaystyle", "fence", "form", "height",
    "largeop", "linethickness", "lspace", "mathvariant", "maxsize", "minsize", "movablelimits", "rspace",
    "scriptlevel", "separator", "stretchy", "symmetric", "voffset", "width",
))  # fmt: skip
"""The attributes that browsers read and the site's content security policy allows."""

ORDINARY: dict[str, str | None] = {"∂": None} | dict.fromkeys("∇∞⊤⊥∅∀∃", "normal")
"""Signs that latex2mathml takes for operators and TeX for letters, with the variant they are set in."""

NAMED_SPACES = {"thin": "0.167em", "medium": "0.222em", "thick": "0.278em"}

type Rule = Callable[[Element], None]


class RuleError(ValueError):
    """Something in the tree that a page cannot show; `text` is the culprit."""

    def __init__(self, message: str, text: str = "") -> None:
        super().__init__(message)
        self.text = text


def typeset(math: Element) -> None:
    """Apply every rule to the whole tree, one rule after another."""
    for rule in RULES:
        for element in reversed(list(math.iter())):
            rule(element)


def characters(element: Element) -> None:
    """Decode latex2mathml's character references; refuse the commands that it let through."""
    if element.text:
        text = re.sub(r"&#x([0-9A-Fa-f]{1,6});", lambda code: _character(code[1]), element.text)
        text = re.sub(r"^\\([_%$#&{} ])$", r"\1", text)
        if element.tag != "mtext" and text.startswith("\\"):
            raise RuleError(f"unknown command {text}", text)
        element.text = text


def structure(element: Element) -> None:
    """Refuse elements that browsers do not draw, and those that lack a part."""
    if element.tag not in ELEMENTS:
        raise RuleError(
            f"formulas cannot have a <{element.tag}>, which browsers do not draw; write it otherwise"
        )
    parts = ELEMENTS[element.tag]
    if parts and len(element) != parts:
        raise RuleError("the formula is incomplete; see that every fraction, root and script has its parts")


def single_rows(element: Element) -> None:
    """Replace a row of one by that one."""
    for index, child in enumerate(element):
        if child.tag == "mrow" and len(child) == 1 and not child.attrib:
            element[index] = child[0]
    if element.tag == "math" and len(element) == 1 and element[0].tag == "mrow" and not element[0].attrib:
        element[:] = list(element[0])


def numbers(element: Element) -> None:
    """Set ½ and its like as the numbers they are."""
    if element.tag == "mi" and element.text and all(unicodedata.category(c) == "No" for c in element.text):
        element.tag = "mn"


def letters(element: Element) -> None:
    """Set ∂, ∇, ∞ as letters, and so any operator that is alone in a script, as the star of w*."""
    if element.tag == "mo" and element.text in ORDINARY:
        _become_letter(element, ORDINARY[element.text])
    if element.tag in ("msub", "msup", "msubsup"):
        for script in element[1:]:
            if script.tag == "mo":
                script.text = "∗" if script.text == "*" else script.text
                _become_letter(script, "normal")


def relations(element: Element) -> None:
    r"""Set the sign of \sim, which latex2mathml takes for a letter, as the relation it is."""
    if element.tag == "mi" and element.text == "~":
        element.tag, element.text = "mo", "∼"


def words(element: Element) -> None:
    r"""Join the letters of a \mathrm{word}, which latex2mathml sets one by one."""
    joined: list[Element] = []
    for child in element if is_row(element) else []:
        if joined and _is_upright(joined[-1]) and _is_upright(child):
            joined[-1].text = (joined[-1].text or "") + (child.text or "")
            joined[-1].tag = "mi"
            child.attrib.pop("mathvariant")
        else:
            joined.append(child)
    if is_row(element):
        element[:] = joined


def alphabets(element: Element) -> None:
    """Set a letter in bold, script and the like by the character that Unicode has for it."""
    variant = element.get("mathvariant", "normal")
    if variant == "normal" and (element.tag != "mi" or len(element.text or "") > 1):
        element.attrib.pop("mathvariant", None)  # a word is upright without it
    elif variant != "normal":
        del element.attrib["mathvariant"]
        if element.tag != "mtext" and variant != "italic":
            element.text = "".join(_styled(letter, variant) for letter in element.text or "")


def roles(element: Element) -> None:
    """Colour the quantities: λ, η and w, with their indices and hats."""
    if element.tag == "mi" and element.text in ROLES:
        element.set("class", ROLES[element.text])
    elif element.tag in ("msub", "mover") or (element.tag == "msup" and element[1].text == "∗"):
        if "class" in element[0].attrib:
            element.set("class", element[0].attrib.pop("class"))
    elif element.tag == "msubsup" and "class" in element[0].attrib:
        element[1].set("class", element[0].attrib["class"])


def attributes(element: Element) -> None:
    """Keep the attributes that browsers read; the alignment of a column becomes a class."""
    if align := element.get("columnalign"):
        element.set("class", f"align-{align}")
    if named := re.fullmatch(r"(negative)?(?:very)*(thin|medium|thick)mathspace", element.get("width", "")):
        element.set("width", ("-" if named[1] else "") + NAMED_SPACES[named[2]])
    for name in set(element.attrib) - ATTRIBUTES:
        del element.attrib[name]


RULES: tuple[Rule, ...] = (
    characters, structure, single_rows, numbers, letters, relations, limits, functions, words, single_rows,
    alphabets, signs, bars, slashes, scripts,
    accents, roles, attributes,
)  # fmt: skip
"""In the order in which they apply: each relies on those before it."""


def _character(code: str) -> str:
    point = int(code, 16)
    if point < 0x20 or point > 0x10FFFF or 0xD800 <= point <= 0xDFFF:
        raise RuleError("the formula has a character that no page can show")
    return chr(point)


def _styled(letter: str, variant: str) -> str:
    name = re.sub(r"LATIN |GREEK |LETTER ", "", unicodedata.name(letter, ""))
    try:
        return unicodedata.lookup(f"MATHEMATICAL {variant.replace('-italic', ' italic').upper()} {name}")
    except KeyError:
        return letter


def _is_upright(element: Element) -> bool:
    return element.get("mathvariant") == "normal" and element.tag in ("mi", "mn", "mo")


def _become_letter(element: Element, variant: str | None) -> None:
    element.tag = "mi"
    element.attrib.clear()
    if variant:
        element.set("mathvariant", variant)
