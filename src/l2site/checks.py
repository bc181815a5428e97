"""What can only be said of finished work: of the built pages together, and of the article's prose."""

from __future__ import annotations

import json
import posixpath
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from itertools import pairwise
from urllib.parse import unquote

from l2site.kept import kept
from l2site.model import Article
from l2site.problems import Mistake, Problem, suggest

TAG = re.compile(r"""<([a-zA-Z][a-zA-Z0-9]*)((?:[^<>"']|"[^"]*"|'[^']*')*)>""")
ATTRIBUTE = re.compile(r"""([^\s"'=<>/]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?""")
LOOKS = re.compile(r"""\s*class="[^"]*"\s*""")
"""An element's attributes when there is nothing but a class, of which nothing is asked."""
DATA_SCRIPTS = frozenset({"application/json", "application/ld+json"})
REFERRING = ("for", "headers", "aria-labelledby", "aria-describedby", "aria-controls", "aria-owns")
"""Attributes that name ids of the same page."""

ADDRESSES = ("href", "src", "data-source", "data-frames")
"""Attributes that name a page or a file."""
LISTS = ("data-modules", "data-sheets")
"""Attributes that name several."""
ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
"""How an address begins that leads out of the site."""

QUESTIONS = range(2, 4)
"""How many questions a section ends with."""

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
    """Those that have attributes other than a class, or a say in the page's structure."""
    ids: Counter[str]


@dataclass(frozen=True, slots=True)
class _Found:
    """What is known of a page whatever the others are."""

    name: str
    mistakes: tuple[Mistake, ...]
    ids: Collection[str]
    addresses: tuple[tuple[str, str, int], ...]
    """Those within the site, each with the attribute that has it and its line."""


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
    found = {name: _found(name, html) for name, html in pages.items()}
    _last.clear()
    _last.update({name: (html, found[name]) for name, html in pages.items()})
    problems = []
    for name, page in found.items():
        mistakes = [*page.mistakes, *_dead_links(page, found, files)]
        problems += [Problem(name, line, message) for line, message in mistakes]
    return sorted(set(problems))


def check_page(name: str, html: str) -> list[Mistake]:
    """Return what is wrong with a page whatever the others are."""
    return list(_found(name, html).mistakes)


def check_article(article: Article) -> list[Problem]:
    """Return what should be mended in an article that can be published: warnings, not errors."""
    problems = []
    for section in article.sections:
        asked = [
            (token, part)
            for token in section.tokens
            if token.type == "question"
            for part in token.children or []
        ]
        for before, token in (*pairwise(section.tokens), *asked):
            text = before.type == "paragraph_open" and before.level == 0
            if (text or before.type == "question") and token.map:
                lines = re.sub(r"`[^`]*`|\$[^$]*\$", "x", token.content).split("\n")
                problems += [
                    Problem(section.source, number, "two sentences share a line; give each its own")
                    for number, line in enumerate(lines, token.map[0] + 1)
                    if SENTENCE_ENDS.search(line)
                ]
    problems += _unlearned(article)
    drafts = "\n".join(article.unpublished.values())
    cited = {work.key for work in article.cited} | set(re.findall(r"@([a-z][a-z0-9-]*)", drafts))
    folder = article.sections[0].source.parent
    for work in article.references:
        if work.key not in cited:
            message = f"the work {work.key!r} is never cited; cite it as [@{work.key}], or remove it"
            problems.append(Problem(folder / "references.toml", 1, message))
    return problems


def _unlearned(article: Article) -> Iterator[Problem]:
    """Find sections that check nothing or leave nothing to remember, and terms that no section links."""
    if not article.glossary:
        return
    for section in article.sections:
        if len(section.questions) not in QUESTIONS:
            message = f"a section ends with two or three questions; this one has {len(section.questions)}"
            yield Problem(section.source, 1, message)
        if not section.remember:
            message = "the section does not say what to remember; end it with a list below {.remember}"
            yield Problem(section.source, 1, message)
    linked = {slug for section in article.sections for slug in section.terms}
    linked |= {
        slug for text in article.unpublished.values() for slug in re.findall(r"glossary\.md#([\w-]+)", text)
    }
    for term in article.glossary.terms:
        if term.slug not in linked:
            message = f"no section links the term {term.name!r}; link it as [words](glossary.md#{term.slug})"
            yield Problem(article.glossary.source, term.line, message)


def _survey(html: str) -> Iterator[_Element]:
    """Yield a page's elements that have attributes other than a class, or a say in the page's structure."""
    line, position = 1, 0
    for match in TAG.finditer(html):
        tag, inside = match[1].lower(), match[2]
        looks = LOOKS.fullmatch(inside) is not None  # most are words of a listing, in their colours
        if (inside and not looks) or tag in ("html", "h1", "title", "script", "style"):
            line += html.count("\n", position, match.start())
            position = match.start()
            attributes = {
                found[1].lower(): unescape(found[2] or found[3] or found[4] or "")
                for found in ATTRIBUTE.finditer(inside)
            }
            yield _Element(tag, attributes, line)


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


_last: dict[str, tuple[str, _Found]] = {}
"""The pages of the last build of this process, with what is known of them."""


def _found(name: str, html: str) -> _Found:
    """Return what is known of a page whatever the others are; one that has not changed is not read again."""
    if name in _last and _last[name][0] == html:
        return _last[name][1]
    mistakes, ids, addresses = json.loads(_read(name, html))
    return _Found(name, tuple(map(tuple, mistakes)), frozenset(ids), tuple(map(tuple, addresses)))


@kept
def _read(name: str, html: str) -> str:
    """Return the mistakes, ids and addresses of a page as JSON."""
    elements = tuple(_survey(html))
    ids = Counter(element.attributes["id"] for element in elements if "id" in element.attributes)
    page = _Page(name, elements, ids)
    addresses = [
        (attribute, address, element.line)
        for element in elements
        for attribute in (*ADDRESSES, *LISTS)
        if attribute in element.attributes
        for address in _named(attribute, element.attributes[attribute])
        if not ELSEWHERE.match(address)
    ]
    return json.dumps([[mistake for check in CHECKS for mistake in check(page)], list(ids), addresses])


def _named(attribute: str, value: str) -> list[str]:
    return value.split() if attribute in LISTS else [value]


def _dead_links(page: _Found, pages: Mapping[str, _Found], files: Collection[str]) -> Iterator[Mistake]:
    """Yield each address within the site that leads nowhere."""
    targets: dict[str, str | None] = {}
    for name, address, line in page.addresses:
        path, _, fragment = unquote(address).partition("#")
        path = path.partition("?")[0]
        if path not in targets:
            targets[path] = _target(page.name, path, pages, files)
        target = targets[path]
        if target is None:
            yield line, f"{name}={address!r} leads nowhere; mend it, or add what it names"
        elif fragment and target in pages and fragment not in pages[target].ids:
            hint = suggest(fragment, pages[target].ids)
            yield line, f"{name}={address!r} names no id of {target}; {hint}"


def _target(name: str, path: str, pages: Mapping[str, _Found], files: Collection[str]) -> str | None:
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
