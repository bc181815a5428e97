"""Rules of spacing: where TeX leaves room and latex2mathml does not, or the other way round."""

from __future__ import annotations

from xml.etree.ElementTree import Element

LIMITS = frozenset({
    "max", "min", "sup", "inf", "lim", "arg\u2009max", "arg\u2009min", "lim\u2006inf", "lim\u2006sup",
})  # fmt: skip
"""Names whose subscript stands below them."""

ACCENTS = frozenset("^ˆ~˜¯´`˘ˇ˙¨→‾―")
OPENING = frozenset("([{⟨⌈⌊")
BARS = frozenset("|‖∥")
SIGNS = frozenset("−+±∓")
THIN = "0.167em"
APPLY = "\u2061"
"""The sign, itself unseen, that a function is applied to what follows."""


def functions(element: Element) -> None:
    """Put TeX's thin spaces round the names of functions, and none before a parenthesis."""
    for child in list(element) if is_row(element) else []:
        name = base(child)
        if (
            name.tag in ("mi", "mo")
            and len(name.text or "") > 1
            and (name.text or "").replace("\u2009", "").isalpha()
        ):
            _set_function(element, child, name)


def limits(element: Element) -> None:
    """Put what belongs to max, min and lim below them where there is room."""
    if element.tag in ("msub", "msubsup") and (element[0].text or "") in LIMITS:
        element[0].tag = "mo"
        element[0].attrib.update(movablelimits="true", lspace="0", rspace="0")
        element.tag = "munder" if element.tag == "msub" else "munderover"


def signs(element: Element) -> None:
    """Keep a sign close to its number, as in (3, −1)."""
    before: Element | None = None
    for child in element if is_row(element) else []:
        if child.tag == "mo" and child.text in SIGNS and (before is None or _awaits(before)):
            child.set("form", "prefix")
        before = child


def bars(element: Element) -> None:
    """Tell an opening bar from a closing one; both look alike, and browsers would set both as operators."""
    opened = ""
    for child in element if is_row(element) else []:
        bar = base(child)
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


def base(element: Element) -> Element:
    """Return what carries the scripts and accents."""
    while element.tag in ("msub", "msup", "msubsup", "munder", "munderover") and len(element):
        element = element[0]
    return element


def is_row(element: Element) -> bool:
    """Tell whether an element sets its children side by side."""
    return element.tag in ("math", "mrow", "mstyle", "mtd", "msqrt", "mpadded", "mphantom")


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


def _awaits(element: Element) -> bool:
    """Tell whether an operand, and so a sign, has to follow."""
    return element.tag == "mo" and element.text not in frozenset(")]}!′") | BARS


def _text(tag: str, text: str) -> Element:
    element = Element(tag)
    element.text = text
    return element
