"""What latex2mathml's tree still needs before it is set well: one rule for each thing, all of one signature.

A rule is given every element once, parents after their children, and changes that element's children or attributes.
The rules know MathML Core, which is what browsers draw; TeX's own spacing is the measure.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from xml.etree.ElementTree import Element

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

ORDINARY = {
    "∂": None,
    "∇": "normal",
    "∞": "normal",
    "⊤": "normal",
    "⊥": "normal",
    "∅": "normal",
    "∀": "normal",
    "∃": "normal",
}
"""Signs that latex2mathml takes for operators and TeX for letters, with the variant they are set in."""

LIMITS = frozenset(
    {"max", "min", "sup", "inf", "lim", "arg\u2009max", "arg\u2009min", "lim\u2006inf", "lim\u2006sup"}
)
OPENING, BARS = frozenset("([{⟨⌈⌊"), frozenset("|‖∥")
SIGNS, NAMED_SPACES = frozenset("−+±∓"), {"thin": "0.167em", "medium": "0.222em", "thick": "0.278em"}
ACCENTS = frozenset("^ˆ~˜¯´`˘ˇ˙¨→‾―")
THIN = "0.167em"
APPLY = "\u2061"

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


def functions(element: Element) -> None:
    """Put TeX's thin spaces round the names of functions, and none before a parenthesis."""
    for child in list(element) if _is_row(element) else []:
        name = _base(child)
        if (
            name.tag in ("mi", "mo")
            and len(name.text or "") > 1
            and (name.text or "").replace("\u2009", "").isalpha()
        ):
            _set_function(element, child, name)


def relations(element: Element) -> None:
    r"""Set the sign of \sim, which latex2mathml takes for a letter, as the relation it is."""
    if element.tag == "mi" and element.text == "~":
        element.tag, element.text = "mo", "∼"


def limits(element: Element) -> None:
    """Put what belongs to max, min and lim below them where there is room."""
    if element.tag in ("msub", "msubsup") and (element[0].text or "") in LIMITS:
        element[0].tag = "mo"
        element[0].attrib.update(movablelimits="true", lspace="0", rspace="0")
        element.tag = "munder" if element.tag == "msub" else "munderover"


def words(element: Element) -> None:
    r"""Join the letters of a \mathrm{word}, which latex2mathml sets one by one."""
    joined: list[Element] = []
    for child in element if _is_row(element) else []:
        if joined and _is_upright(joined[-1]) and _is_upright(child):
            joined[-1].text = (joined[-1].text or "") + (child.text or "")
            joined[-1].tag = "mi"
            child.attrib.pop("mathvariant")
        else:
            joined.append(child)
    if _is_row(element):
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


def signs(element: Element) -> None:
    """Keep a sign close to its number, as in (3, −1)."""
    before: Element | None = None
    for child in element if _is_row(element) else []:
        if child.tag == "mo" and child.text in SIGNS and (before is None or _awaits(before)):
            child.set("form", "prefix")
        before = child


def bars(element: Element) -> None:
    """Tell an opening bar from a closing one; both look alike, and browsers would set both as operators."""
    opened = ""
    for child in element if _is_row(element) else []:
        bar = _base(child)
        if bar.tag == "mo" and bar.text in BARS and "form" not in bar.attrib:
            closes = opened == bar.text
            bar.attrib.update(form="postfix" if closes else "prefix", fence="true", stretchy="false")
            opened = "" if closes else bar.text or ""


def slashes(element: Element) -> None:
    """Set a slash without spaces."""
    if element.tag == "mo" and element.text == "/":
        element.attrib.update(lspace="0", rspace="0")


def scripts(element: Element) -> None:
    """Set what stands above and below without the spaces round its operators, as in j=1 under a sum."""
    if element.tag in ("msub", "msup", "msubsup", "munder", "munderover"):
        for operator in (mo for script in element[1:] if script.tag == "mrow" for mo in script.iter("mo")):
            operator.attrib.update(lspace="0", rspace="0")


def accents(element: Element) -> None:
    """Mark hats and bars as accents, which sets them close and at full size."""
    if element.tag == "mover" and element[1].tag == "mo" and element[1].text in ACCENTS:
        element.set("accent", "true")
        if element[0].tag == "mi" and len(element[0].text or "") == 1:
            element[1].set("stretchy", "false")


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


def _base(element: Element) -> Element:
    """Return what carries the scripts and accents."""
    while element.tag in ("msub", "msup", "msubsup", "munder", "munderover") and len(element):
        element = element[0]
    return element


def _is_row(element: Element) -> bool:
    return element.tag in ("math", "mrow", "mstyle", "mtd", "msqrt", "mpadded", "mphantom")


def _is_upright(element: Element) -> bool:
    return element.get("mathvariant") == "normal" and element.tag in ("mi", "mn", "mo")


def _awaits(element: Element) -> bool:
    """Tell whether an operand, and so a sign, has to follow."""
    return element.tag == "mo" and element.text not in frozenset(")]}!′") | BARS


def _become_letter(element: Element, variant: str | None) -> None:
    element.tag = "mi"
    element.attrib.clear()
    if variant:
        element.set("mathvariant", variant)


def _set_function(row: Element, child: Element, name: Element) -> None:
    if name.tag == "mo" and name.text not in LIMITS:
        name.tag = "mi"
    if name.tag == "mo":
        name.attrib.update(lspace="0", rspace="0")
    at = list(row).index(child)
    after = row[at + 1] if at + 1 < len(row) else None
    if after is not None and (after.tag != "mo" or after.text in BARS):
        row.insert(at + 1, Element("mspace", width=THIN))
    if after is not None and (after.tag != "mo" or after.text in OPENING | BARS):
        row.insert(at + 1, _text("mo", APPLY))
    if at and row[at - 1].tag not in ("mo", "mspace"):
        row.insert(at, Element("mspace", width=THIN))


def _text(tag: str, text: str) -> Element:
    element = Element(tag)
    element.text = text
    return element
