"""What can only be said of finished work: of the built pages together, and of the article's prose."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from itertools import pairwise
from urllib.parse import unquote

from l2site.model import Article
from l2site.problems import Mistake, Problem, suggest

TAG = re.compile(r"""<([a-zA-Z][a-zA-Z0-9]*)((?:[^<>"']|"[^"]*"|'[^']*')*)>""")
ATTRIBUTE = re.compile(r"""([^\s"'=<>/]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?""")
DATA_SCRIPTS = frozenset({"application/json", "application/ld+json"})
REFERRING = ("for", "headers", "aria-labelledby", "aria-describedby", "aria-controls", "aria-owns")
"""Attributes that name ids of the same page."""

SENTENCE_ENDS = re.compile(r"(?<!\b[A-Z])[.!?…][\"”’)\]*_]*\s+[\"“‘(*_]*[A-Z]")


@dataclass(frozen=True, slots=True)
class _Element:
    tag: str
    attributes: Mapping[str, str]
    line: int


@dataclass(frozen=True, slots=True)
class _Page:
    name: str
    """The file, relative to the site's root."""
    elements: tuple[_Element, ...]
    """Those that have attributes, or a say in the page's structure."""
    ids: Counter[str]


type Check = Callable[[_Page], Iterator[Mistake]]


def check_pages(pages: Mapping[str, str], files: Collection[str] = ()) -> list[Problem]:
    """Return what is wrong with built pages.

    Parameters
    ----------
    pages
        The HTML by file name, such as "opening/index.html".
    files
        The names of the site's other files; when none are given, only links between pages are followed.
    """
    surveyed = {name: _Page(name, *_survey(html)) for name, html in pages.items()}
    problems = []
    for page in surveyed.values():
        found = [mistake for check in CHECKS for mistake in check(page)]
        found += _dead_links(page, surveyed, files)
        problems += [Problem(page.name, line, message) for line, message in found]
    return sorted(set(problems))


def check_article(article: Article) -> list[Problem]:
    """Return what should be mended in an article that can be published: warnings, not errors."""
    problems = []
    for section in article.sections:
        for before, token in pairwise(section.tokens):
            if before.type == "paragraph_open" and before.level == 0 and token.map:
                lines = re.sub(r"`[^`]*`|\$[^$]*\$", "x", token.content).split("\n")
                problems += [
                    Problem(section.source, number, "two sentences share a line; give each its own")
                    for number, line in enumerate(lines, token.map[0] + 1)
                    if SENTENCE_ENDS.search(line)
                ]
    cited = {work.key for work in article.cited}
    folder = article.sections[0].source.parent
    for work in article.references:
        if work.key not in cited:
            message = f"the work {work.key!r} is never cited; cite it as [@{work.key}], or remove it"
            problems.append(Problem(folder / "references.toml", 1, message))
    return problems


@lru_cache(maxsize=256)
def _survey(html: str) -> tuple[tuple[_Element, ...], Counter[str]]:
    """Return a page's elements and how often each id occurs; a page that has not changed is not read again."""
    elements = []
    line, position = 1, 0
    for match in TAG.finditer(html):
        tag, inside = match[1].lower(), match[2]
        if inside or tag in ("html", "h1", "title", "script", "style"):
            line += html.count("\n", position, match.start())
            position = match.start()
            attributes = {
                found[1].lower(): unescape(found[2] or found[3] or found[4] or "")
                for found in ATTRIBUTE.finditer(inside)
            }
            elements.append(_Element(tag, attributes, line))
    return tuple(elements), Counter(
        element.attributes["id"] for element in elements if "id" in element.attributes
    )


def _structure(page: _Page) -> Iterator[Mistake]:
    """Find pages without a language, a title, one first heading, or a link past what all pages repeat."""
    tags = Counter(element.tag for element in page.elements)
    if not any(element.tag == "html" and element.attributes.get("lang") for element in page.elements):
        yield 1, 'the page has no language; write <html lang="en">'
    if not tags["title"]:
        yield 1, "the page has no <title>; give it one"
    if page.name.startswith("embed/"):
        return
    if tags["h1"] != 1:
        yield 1, f"the page has {tags['h1']} <h1>; a page has one"
    links = [element for element in page.elements if element.tag == "a" and "href" in element.attributes]
    if not links or not links[0].attributes["href"].startswith("#"):
        yield 1, "the page's first link does not skip to its content; begin the body with one to '#main'"


def _ids(page: _Page) -> Iterator[Mistake]:
    """Find ids that occur twice, and references to ids that do not occur."""
    for element in page.elements:
        anchor = element.attributes.get("id")
        if anchor is not None and page.ids[anchor] > 1:
            yield (
                element.line,
                f"the id {anchor!r} occurs {page.ids[anchor]} times on the page; ids are unique",
            )
        for name in REFERRING:
            for target in element.attributes.get(name, "").split():
                if target not in page.ids:
                    yield element.line, f"{name} refers to {target!r}; {suggest(target, page.ids)}"


def _policy(page: _Page) -> Iterator[Mistake]:
    """Find what is inline and the content security policy refuses."""
    for element in page.elements:
        for name, value in element.attributes.items():
            if name == "style":
                yield element.line, f"<{element.tag}> has a style of its own; use a class"
            elif name.startswith("on"):
                yield element.line, f"<{element.tag}> has the handler {name!r}; listen in a script"
            elif re.match(r"\s*(javascript|vbscript):", value, re.IGNORECASE):
                yield (
                    element.line,
                    f"<{element.tag}> has a {name!r} that runs code; use a button and a script",
                )
        if element.tag == "style":
            yield element.line, "the page has a <style>; move it to a style sheet"
        kind = element.attributes.get("type", "")
        if element.tag == "script" and "src" not in element.attributes and kind not in DATA_SCRIPTS:
            yield element.line, "the page has an inline script; move it to a file"


def _pictures(page: _Page) -> Iterator[Mistake]:
    """Find pictures that do not say what they show, or that the text says it."""
    for element in page.elements:
        if element.tag == "img" and "alt" not in element.attributes:
            yield element.line, 'a picture has no words; give it an alt, or alt="" where the text says it all'


CHECKS: tuple[Check, ...] = (_structure, _ids, _policy, _pictures)


def _dead_links(page: _Page, pages: Mapping[str, _Page], files: Collection[str]) -> Iterator[Mistake]:
    """Yield each address within the site that leads nowhere."""
    for element in page.elements:
        for name in ("href", "src", "data-source", "data-frames"):
            address = element.attributes.get(name)
            if address is None or re.match(r"[A-Za-z][A-Za-z0-9+.-]*:|//", address):
                continue
            path, _, fragment = unquote(address).partition("#")
            target = _target(page.name, path.partition("?")[0], pages, files)
            if target is None:
                yield (
                    element.line,
                    f"{name}={address!r} leads nowhere; mend it, or add what it names",
                )
            elif fragment and target in pages and fragment not in pages[target].ids:
                hint = suggest(fragment, pages[target].ids)
                yield element.line, f"{name}={address!r} names no id of {target}; {hint}"


def _target(name: str, path: str, pages: Mapping[str, _Page], files: Collection[str]) -> str | None:
    """Return the file that an address on a page means, or None when there is none."""
    if not path:
        return name
    whole = posixpath.normpath(posixpath.join(posixpath.dirname(name), path)) + "/" * path.endswith("/")
    candidates = [whole.lstrip("/")]
    if path.startswith("/"):  # the site may be in a folder of its host, whose name is not known here
        parts = candidates[0].split("/")
        candidates = ["/".join(parts[start:]) for start in range(len(parts))]
    for candidate in candidates:
        for file in (candidate, posixpath.normpath(posixpath.join(candidate, "index.html"))):
            if file in pages or file in files:
                return file
    is_page = path.endswith((".html", "/", ".", ".."))
    return None if files or is_page else path
