"""Rules for what points elsewhere: links, pictures, citations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from markdown_it.token import Token

from l2site.markdown.tokens import Draft, line_of, plain, walk
from l2site.model import Image
from l2site.problems import Mistake, suggest

GLOSSARY = "glossary"
"""What links call the glossary, with or without ".md"; also its address."""

UNSAFE = re.compile(r"[\s<>\"\\^`{|}]|%(?![0-9A-Fa-f]{2})")
"""What no address has: it would end there, or mean something else."""
HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?:[a-z]{2,}|xn--[a-z0-9-]+)")

PICTURES = (".avif", ".jpg", ".png", ".svg", ".webp")


def links(draft: Draft) -> Iterator[Mistake]:
    """Find the place that each link means: in the article, on the site, or on the web."""
    for token in walk(draft.tokens):
        if token.type == "link_open":
            # A section that has not changed since the last build is asked again, since others may have.
            address = token.meta.setdefault("address", str(token.attrs.get("href", "")))
            token.attrs.pop("href", None)
            for found in ("glossary", "page", "place", "term"):
                token.meta.pop(found, None)
            yield from ((line_of(token), message) for message in _resolve(draft, token, address))


def pictures(draft: Draft) -> Iterator[Mistake]:
    """Collect the pictures, each with its words and its file."""
    for token in walk(draft.tokens):
        if token.type != "image":
            continue
        name, alt, line = (
            unquote(str(token.attrs.get("src", ""))),
            plain(token.children or []),
            line_of(token),
        )
        if not alt:
            yield line, f"the picture {name!r} has no words; say between the brackets what it shows"
        if not re.fullmatch(r"[\w-]+(\.[\w-]+)+", name) or not name.endswith(PICTURES):
            yield (
                line,
                f"{name!r} is no picture beside this file; name one that ends in {', '.join(PICTURES)}",
            )
            continue
        image = Image(source=draft.path.parent / name, alt=alt, line=line)
        token.meta["image"] = image
        draft.images.append(image)
        if not (draft.source.parent / name).is_file():
            there = sorted(path.name for path in draft.source.parent.iterdir() if path.suffix in PICTURES)
            hint = suggest(name, there) if there else "put it there"
            yield line, f"there is no picture {name!r} beside this file; {hint}"


def citations(draft: Draft) -> Iterator[Mistake]:
    """Find the work that each citation names."""
    for token in walk(draft.tokens):
        if token.type != "citation":
            continue
        works = token.meta["works"] = []
        for part in token.content.split(";"):
            key = part.strip().removeprefix("@")
            if not part.strip().startswith("@") or not key:
                yield line_of(token), f"[{token.content}] is no citation; write [@key] or [@one; @two]"
            elif key in draft.book.references:
                works.append(draft.book.references[key])
            elif "references.toml" not in draft.book.unread:
                hint = suggest(key, draft.book.references)
                yield line_of(token), f"references.toml has no {key!r}; {hint}"
        draft.cited.extend(works)


def _resolve(draft: Draft, token: Token, address: str) -> Iterator[str]:
    scheme = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):", address)
    if address.startswith("https://"):
        if wrong := wrong_address(address):
            yield wrong
        token.attrs.update(href=address, rel="noopener")
    elif scheme or address.startswith("//"):
        what = scheme[1].lower() if scheme else "//"
        yield f"links to {what!r} are refused: {address[:60]!r}; only https:// and places of this site are allowed"
    elif address.startswith("/"):
        token.meta["page"] = address.removeprefix("/")
    elif not address:
        yield "the link goes nowhere; write an address between its parentheses"
    else:
        yield from _resolve_inside(draft, token, address)


def wrong_address(address: str) -> str | None:
    """Return what is wrong with an address on the web, as far as it can be said without asking for it."""
    shown = repr(address[:60])
    if found := UNSAFE.search(address):
        return f"the address {shown} has {found[0]!r} in it; write it as browsers copy it, as %20 for a space"
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return f"the address {shown} has no host that can be; write it as https://example.org/page"
    if "@" in parts.netloc:
        return f"the address {shown} has a name before its host, which readers cannot check; take it away"
    if not HOST.fullmatch(parts.hostname or ""):
        return f"the address {shown} has no host that can be; write it as https://example.org/page"
    return None


def _resolve_inside(draft: Draft, token: Token, address: str) -> Iterator[str]:
    name, _, anchor = unquote(address).partition("#")
    book = draft.book
    if name in (GLOSSARY, f"{GLOSSARY}.md"):
        yield from _resolve_term(draft, token, anchor)
    elif not name:
        if anchor in book.anchors:
            token.meta["place"] = (book.anchors[anchor][0], anchor)
        else:
            yield f"the article has no anchor {anchor!r}; {suggest(anchor, book.anchors)}"
    elif name.rstrip("/") in book.drafts:
        draft_name = book.drafts[name.rstrip("/")]
        yield f"{draft_name} is a draft, which is not published; publish it too, or remove the link"
    elif name.rstrip("/") not in book.slugs:
        names = [known for known in book.slugs if known.endswith(".md") == name.endswith(".md")]
        yield f"the article has no section {name!r}; {suggest(name, names)}"
    else:
        slug = book.slugs[name.rstrip("/")]
        if anchor and book.anchors.get(anchor, ("",))[0] != slug:
            there = (other for other, place in book.anchors.items() if place[0] == slug)
            yield f"the section {slug!r} has no anchor {anchor!r}; {suggest(anchor, there)}"
        token.meta["place"] = (slug, anchor or slug)


def _resolve_term(draft: Draft, token: Token, anchor: str) -> Iterator[str]:
    terms = draft.book.terms
    if not anchor:
        token.meta["glossary"] = True
    elif anchor not in terms:
        if f"{GLOSSARY}.md" not in draft.book.unread:
            yield f"the glossary has no term {anchor!r}; {suggest(anchor, terms)}"
    elif anchor in draft.terms:
        yield f"the term {anchor!r} is a link at line {draft.terms[anchor]} already; link its first use alone"
    else:
        token.meta["term"] = anchor
        if draft.slug != GLOSSARY:
            draft.terms[anchor] = line_of(token)
            classes = str(token.attrs.get("class", "")).split()
            token.attrs["class"] = " ".join(dict.fromkeys([*classes, "term"]))
