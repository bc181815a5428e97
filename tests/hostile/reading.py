"""Reads Markdown that nobody should write, and says what in HTML could act."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from l2site import markdown
from l2site.content import load_article
from l2site.model import Article
from l2site.problems import LONGEST, ContentError
from l2site.renderings import Renderings
from tests.content.conftest import ARTICLE, FRONT, GLOSSARY, REFERENCES
from tests.hostile.corpus import MARKDOWN, filled

ACTIVE = frozenset({
    "base", "button", "embed", "form", "frame", "frameset", "iframe", "input", "link", "meta", "object", "portal",
    "script", "style", "svg", "template",
})  # fmt: skip
"""Elements that text never has; the page's templates may."""
ADDRESSES = frozenset(
    {"action", "background", "data", "formaction", "href", "poster", "src", "srcset", "xlink:href"}
)
REFUSED = frozenset({"srcdoc", "style", "target"})


class Reader:
    """Reads an article of one section, in a folder that it may fill, keeping the numbers of figures."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "content" / "tale"
        self._folder.mkdir(parents=True)
        self._renderings = Renderings()
        for name, text in (
            ("article.toml", ARTICLE),
            ("references.toml", REFERENCES),
            ("glossary.md", FRONT + GLOSSARY),
        ):
            self.write(name, text)

    def write(self, name: str, text: str | bytes) -> None:
        """Write a file of the article."""
        data = text.encode("utf-8", "replace") if isinstance(text, str) else text
        (self._folder / name).write_bytes(data)

    def read(self, section: str | bytes) -> Article:
        """Return the article with this section; raise `ContentError` when it is refused."""
        self.write("10-section.md", section)
        return load_article(self._folder, self._renderings)

    def html(self, section: str | bytes) -> str | None:
        """Return the section's HTML with its title and headings; None when it is refused with problems."""
        try:
            article = self.read(section)
        except ContentError as error:
            said = str(error).split("\n")
            assert len(said) == len(error.problems) > 0  # noqa: PT017  a refusal says why, a line each
            assert max(map(len, said)) < LONGEST + 60
            return None
        [part] = article.sections
        body = markdown.render(
            part, root="../", heading_shift=0, figure=lambda embed: f"<p>{embed.widget.name}</p>"
        )
        kept = markdown.render_remembered(part) if part.remember else ""
        listed = "".join(f'<li id="toc-{heading.anchor}">{heading.html}</li>' for heading in part.headings)
        return f"{body}{kept}<ul>{listed}</ul>"

    def accepted(self, texts: tuple[str, ...]) -> Iterator[str]:
        """Yield the HTML of every place for Markdown with every text, as far as it is not refused."""
        for place in MARKDOWN:
            for text in texts:
                html = self.html(FRONT + filled(place, text))
                if html is not None:
                    yield html


def acting(html: str) -> list[str]:
    """Return what in HTML could act, load, navigate or style: elements and attributes, as they are written."""
    look = _Look()
    look.feed(html)
    look.close()
    return look.found


class _Look(HTMLParser):
    """Notes every element and attribute that text has no business to have."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at an element."""
        asks = ("type", "radio") in attrs or ("type", "button") in attrs  # a question has both
        if tag in ACTIVE and not asks:
            self.found.append(tag)
        for name, value in attrs:
            scheme = re.match(r"([a-z][a-z0-9+.-]*):", re.sub(r"[\x00-\x20]", "", value or "").lower())
            if name.startswith("on") or name in REFUSED:
                self.found.append(f"{tag} {name}")
            elif name in ADDRESSES and scheme and (tag != "a" or scheme[1] != "https"):
                self.found.append(f"{tag} {name}={value}")

    def handle_decl(self, decl: str) -> None:
        """Look at a declaration."""
        self.found.append(decl)

    def handle_pi(self, data: str) -> None:
        """Look at a processing instruction."""
        self.found.append(data)
