"""What is declared of the site, of an article and of the works it cites: site.toml, article.toml, references.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from l2site.markdown.links import wrong_address
from l2site.model import Reference
from l2site.problems import Mistake, suggest

ARTICLE: Mapping[str, type] = {
    "title": str, "subtitle": str, "description": str, "author": str, "language": str, "published": date,
    "updated": date, "licence": str,
}  # fmt: skip
"""The fields of article.toml, all of them required."""

SITE: Mapping[str, type] = {"title": str, "url": str, "language": str}
"""The fields of site.toml, all of them required."""

REFERENCE: Mapping[str, type] = {
    "authors": list,
    "year": int,
    "title": str,
    "venue": str,
    "doi": str,
    "url": str,
}
"""The fields of a reference."""

REQUIRED = ("authors", "year", "title")
"""Those that every reference has."""

KINDS: Mapping[type, str] = {
    str: "text in quotes",
    int: "a whole number",
    date: "a day, such as 2026-11-22",
    list: "a list of texts",
}
"""What a field of each type is called."""


def read_site(text: str) -> tuple[dict[str, Any], list[Mistake]]:
    """Return the fields of site.toml, and what is wrong with them."""
    return _read("site", SITE, text)


def read_article(text: str) -> tuple[dict[str, Any], list[Mistake]]:
    """Return the fields of article.toml, and what is wrong with them."""
    return _read("article", ARTICLE, text)


def _read(what: str, known: Mapping[str, type], text: str) -> tuple[dict[str, Any], list[Mistake]]:
    """Return the fields of a file that has to have all that are known, and what is wrong with them."""
    table, mistakes = _parse(text)
    if mistakes:
        return {}, mistakes
    mistakes = [(_line(text, rf"{name}\s*="), message) for name, message in _wrong_fields(table, known)]
    mistakes += [(1, f"the {what} has no {name!r}; add '{name} = …'") for name in known if name not in table]
    return table, mistakes


def read_references(text: str) -> tuple[dict[str, Reference], list[Mistake]]:
    """Return the works of references.toml by key, and what is wrong with them.

    A work with a mistake is returned all the same, so that citing it is not a second one.
    """
    table, mistakes = _parse(text)
    works = {}
    for key, entry in table.items():
        start = _line(text, rf"\[\s*[\"']?{re.escape(key)}[\"']?\s*\]")
        wrong = list(_wrong_reference(key, entry))
        mistakes += [
            (_line(text, rf"{name}\s*=", start) if name else start, message) for name, message in wrong
        ]
        fields: dict[str, Any] = {"authors": ["?"], "year": 0, "title": "?"} if wrong else entry
        works[key] = Reference(key=key, **{**fields, "authors": tuple(fields["authors"])})
    return works, mistakes


def _parse(text: str) -> tuple[dict[str, Any], list[Mistake]]:
    try:
        return tomllib.loads(text), []
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        place = re.search(r"\(at line (\d+), column \d+\)|\(at end of document\)", str(error))
        line = int(place[1]) if place and place[1] else text.rstrip("\n").count("\n") + 1
        reason = str(error).partition(" (at")[0]
        return {}, [(line, f"this is no TOML: {reason}; write 'name = \"text\"', one to a line")]


def _line(text: str, pattern: str, start: int = 1) -> int:
    """Return the first line from `start` on that begins with the pattern; `start` when none does."""
    lines = text.split("\n")
    return next((n for n in range(start, len(lines) + 1) if re.match(rf"\s*{pattern}", lines[n - 1])), start)


def _wrong_fields(table: Mapping[str, Any], known: Mapping[str, type]) -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        if name not in known:
            yield name, f"there is no field {name!r}; {suggest(name, known)}"
        elif type(value) is not known[name]:
            yield name, f"{name!r} must be {KINDS[known[name]]}"
        elif value in ("", []):
            yield name, f"{name!r} is empty; fill it in or remove it"


def _wrong_reference(key: str, entry: object) -> Iterator[tuple[str, str]]:
    if not re.fullmatch(r"[a-z][a-z0-9-]*", key):
        yield "", f"the key {key!r} is refused; use small letters, digits and hyphens"
    if not isinstance(entry, dict):
        yield "", f"{key!r} is no work; write its fields below a line '[{key}]'"
        return
    yield from _wrong_fields(entry, REFERENCE)
    for name in REQUIRED:
        if name not in entry:
            yield "", f"the work {key!r} has no {name!r}; add '{name} = …'"
    authors = entry.get("authors")
    if isinstance(authors, list) and not all(
        isinstance(author, str) and author.strip() for author in authors
    ):
        yield "authors", "each of 'authors' must be text in quotes, as \"Hoerl, A. E.\""
    if isinstance(entry.get("url"), str):
        if not entry["url"].startswith("https://"):
            yield "url", "'url' must begin with https://"
        elif wrong := wrong_address(entry["url"]):
            yield "url", wrong
    if isinstance(entry.get("doi"), str) and not re.fullmatch(r"10\.\d{4,9}/\S+", entry["doi"]):
        yield "doi", "'doi' must be the bare DOI, as 10.1080/00401706.1970.10488634"
