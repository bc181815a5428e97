"""Rules for what points elsewhere: links, pictures, citations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

from markdown_it.token import Token

from l2site.markdown.tokens import Draft, line_of, plain, walk
from l2site.model import Image
from l2site.problems import Mistake, suggest

PICTURES = (".avif", ".jpg", ".png", ".svg", ".webp")


def links(draft: Draft) -> Iterator[Mistake]:
    """Find the place that each link means: in the article, on the site, or on the web."""
    for token in walk(draft.tokens):
        if token.type == "link_open":
            address = str(token.attrs.pop("href", ""))
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
            yield line, f"there is no picture {name!r} beside this file; {suggest(name, there)}"


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
            else:
                hint = suggest(key, draft.book.references)
                yield line_of(token), f"references.toml has no {key!r}; {hint}"
        draft.cited.extend(works)


def _resolve(draft: Draft, token: Token, address: str) -> Iterator[str]:
    scheme = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):", address)
    if address.startswith("https://") and not address.startswith("https:///"):
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


def _resolve_inside(draft: Draft, token: Token, address: str) -> Iterator[str]:
    name, _, anchor = unquote(address).partition("#")
    book = draft.book
    if not name:
        if anchor in book.anchors:
            token.meta["place"] = (book.anchors[anchor][0], anchor)
        else:
            yield f"the article has no anchor {anchor!r}; {suggest(anchor, book.anchors)}"
    elif name.rstrip("/") not in book.slugs:
        names = [known for known in book.slugs if known.endswith(".md") == name.endswith(".md")]
        yield f"the article has no section {name!r}; {suggest(name, names)}"
    else:
        slug = book.slugs[name.rstrip("/")]
        if anchor and book.anchors.get(anchor, ("",))[0] != slug:
            there = (other for other, place in book.anchors.items() if place[0] == slug)
            yield f"the section {slug!r} has no anchor {anchor!r}; {suggest(anchor, there)}"
        token.meta["place"] = (slug, anchor or slug)
