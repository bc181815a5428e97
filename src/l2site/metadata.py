"""What machines read about the site: search engines, feed readers, previews. All addresses here are absolute."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urljoin, urlsplit
from xml.etree.ElementTree import Element, SubElement, indent, register_namespace, tostring

from l2site.model import Article, Section

ATOM = "http://www.w3.org/2005/Atom"
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
LICENCES = {
    "CC BY 4.0": "https://creativecommons.org/licenses/by/4.0/",
    "CC BY-SA 4.0": "https://creativecommons.org/licenses/by-sa/4.0/",
    "CC0 1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
}


@dataclass(frozen=True, slots=True)
class Site:
    """What the site is called and where it stands."""

    title: str
    """The site's name."""
    url: str
    """Its address, with a slash at the end."""
    language: str
    """A BCP 47 tag, such as "en"."""

    def __post_init__(self) -> None:
        """Refuse an address to which no path can be joined."""
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.netloc or not parts.path.endswith("/"):
            raise ValueError(f"the site's url must be like https://example.org/path/; got {self.url!r}")

    @property
    def base(self) -> str:
        """The path under which the site stands, with a slash at both ends."""
        return urlsplit(self.url).path

    def of(self, article: Article) -> Site:
        """Return the site as if it began where an article does."""
        return replace(self, url=f"{self.url}{article.path}")

    def at(self, base_url: str) -> Site:
        """Return the site at another path of its host, or at another address altogether."""
        url = urljoin(self.url, base_url if base_url.endswith("/") else f"{base_url}/")
        return Site(self.title, url, self.language)


def json_ld(site: Site, article: Article, section: Section | None, image: str) -> str:
    """Return what search engines want to know about a page, as JSON for a script element.

    Parameters
    ----------
    site
        Where the page stands.
    article
        What it is part of.
    section
        Which section it shows; None for all of them.
    image
        The absolute address of the social image; empty when there is none.
    """
    data: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": ["ScholarlyArticle", "LearningResource"],
        "@id": site.url,
        "url": site.url,
        "headline": article.title,
        "alternativeHeadline": article.subtitle,
        "description": article.description,
        "inLanguage": article.language,
        "author": {"@type": "Organization", "name": article.author},
        "datePublished": article.published.isoformat(),
        "dateModified": article.updated.isoformat(),
        "license": LICENCES.get(article.licence, article.licence),
        "wordCount": sum(part.word_count for part in article.sections),
        "isAccessibleForFree": True,
        "learningResourceType": "Interactive article",
        "educationalLevel": "Intermediate",
        "interactivityType": "mixed",
        "keywords": ["L2 regularization", "ridge regression", "weight decay", "AdamW"],
    }
    if image:
        data["image"] = image
    if section:
        data = {
            "@context": "https://schema.org",
            "@type": ["WebPage", "LearningResource"],
            "@id": f"{site.url}{section.slug}/",
            "url": f"{site.url}{section.slug}/",
            "name": section.title,
            "description": section.summary,
            "inLanguage": article.language,
            "position": section.number,
            "dateModified": article.updated.isoformat(),
            "isPartOf": {"@type": "ScholarlyArticle", "@id": site.url, "headline": article.title},
        }
    else:
        data["hasPart"] = [
            {
                "@type": "WebPage",
                "@id": f"{site.url}{part.slug}/",
                "name": part.title,
                "position": part.number,
            }
            for part in article.sections
        ]
        data["citation"] = [
            {"@type": "CreativeWork", "name": work.title, "datePublished": str(work.year)}
            | ({"sameAs": work.link} if work.link else {})
            for work in article.cited
        ]
    return for_script(data)


def for_script(data: object) -> str:
    """Return data as JSON that no HTML parser takes for the end of its script element."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def page_json_ld(site: Site, article: Article, name: str, description: str, path: str) -> str:
    """Return the same for a page beside the article, whose address relative to the site's root is `path`."""
    return for_script(
        {
            "@context": "https://schema.org",
            "@type": "WebPage",
            "@id": f"{site.url}{path}",
            "url": f"{site.url}{path}",
            "name": name,
            "description": description,
            "inLanguage": article.language,
            "isPartOf": {"@id": site.url},
        }
    )


def front(site: Site, articles: Sequence[Article]) -> Article:
    """Return what the site's own pages call the article: the only one, or all of them together."""
    if len(articles) == 1:
        return articles[0]
    authors = dict.fromkeys(article.author for article in articles)
    return replace(
        articles[0],
        title=site.title,
        subtitle=f"{len(articles)} articles",
        description="; ".join(article.title for article in articles),
        author=" & ".join(authors),
        published=min(article.published for article in articles),
        updated=max(article.updated for article in articles),
        sections=(),
        references=(),
        glossary=None,
        path="",
    )


def sitemap(site: Site, articles: Sequence[Article], pages: Iterable[str] = ()) -> bytes:
    """Return the list of pages for search engines; `pages` are the names of those beside the articles."""
    root = Element(f"{{{SITEMAP}}}urlset")
    whole = front(site, articles)
    places = [("", whole)] if len(articles) > 1 else []
    for article in articles:
        places += [(article.path, article)]
        places += [(f"{article.path}{section.slug}/", article) for section in article.sections]
        places += [(f"{article.path}glossary/", article)] if article.glossary else []
    places += [(path, whole) for path in ("lab/", "reference/", *(f"{page}/" for page in pages))]
    for path, article in places:
        entry = SubElement(root, f"{{{SITEMAP}}}url")
        SubElement(entry, f"{{{SITEMAP}}}loc").text = site.url + path
        SubElement(entry, f"{{{SITEMAP}}}lastmod").text = article.updated.isoformat()
    return _xml(root, SITEMAP)


def feed(site: Site, articles: Sequence[Article]) -> bytes:
    """Return an Atom feed with one entry for each section."""
    whole = front(site, articles)
    root = Element(f"{{{ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": site.language})

    def add(parent: Element, name: str, text: str = "", **attributes: str) -> Element:
        element = SubElement(parent, f"{{{ATOM}}}{name}", attributes)
        element.text = text or None
        return element

    add(root, "id", site.url)
    add(root, "title", whole.title)
    add(root, "subtitle", whole.subtitle)
    add(root, "updated", f"{whole.updated.isoformat()}T00:00:00Z")
    add(root, "link", rel="self", type="application/atom+xml", href=f"{site.url}feed.xml")
    add(root, "link", rel="alternate", type="text/html", href=site.url)
    add(add(root, "author"), "name", whole.author)
    add(root, "rights", whole.licence)
    for article, section in [(each, part) for each in articles for part in each.sections]:
        address = f"{site.url}{article.path}{section.slug}/"
        entry = add(root, "entry")
        add(entry, "id", address)
        add(entry, "title", section.title)
        add(entry, "link", rel="alternate", type="text/html", href=address)
        add(entry, "published", f"{article.published.isoformat()}T00:00:00Z")
        add(entry, "updated", f"{article.updated.isoformat()}T00:00:00Z")
        add(entry, "summary", section.summary)
    return _xml(root, ATOM)


def robots(site: Site) -> bytes:
    """Return what crawlers are asked: everything may be read."""
    return f"User-agent: *\nAllow: /\n\nSitemap: {site.url}sitemap.xml\n".encode()


def _xml(root: Element, namespace: str) -> bytes:
    register_namespace("", namespace)
    indent(root)
    text: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return text + b"\n"
