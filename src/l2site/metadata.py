"""What machines read about the site: search engines, feed readers, previews. All addresses here are absolute."""

from __future__ import annotations

import json
from dataclasses import dataclass
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


def sitemap(site: Site, article: Article) -> bytes:
    """Return the list of pages for search engines."""
    root = Element(f"{{{SITEMAP}}}urlset")
    for path in ("", *(f"{section.slug}/" for section in article.sections), "lab/"):
        entry = SubElement(root, f"{{{SITEMAP}}}url")
        SubElement(entry, f"{{{SITEMAP}}}loc").text = site.url + path
        SubElement(entry, f"{{{SITEMAP}}}lastmod").text = article.updated.isoformat()
    return _xml(root, SITEMAP)


def feed(site: Site, article: Article) -> bytes:
    """Return an Atom feed with one entry for each section."""
    root = Element(f"{{{ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": site.language})

    def add(parent: Element, name: str, text: str = "", **attributes: str) -> Element:
        element = SubElement(parent, f"{{{ATOM}}}{name}", attributes)
        element.text = text or None
        return element

    add(root, "id", site.url)
    add(root, "title", article.title)
    add(root, "subtitle", article.subtitle)
    add(root, "updated", f"{article.updated.isoformat()}T00:00:00Z")
    add(root, "link", rel="self", type="application/atom+xml", href=f"{site.url}feed.xml")
    add(root, "link", rel="alternate", type="text/html", href=site.url)
    add(add(root, "author"), "name", article.author)
    add(root, "rights", article.licence)
    for section in article.sections:
        entry = add(root, "entry")
        add(entry, "id", f"{site.url}{section.slug}/")
        add(entry, "title", section.title)
        add(entry, "link", rel="alternate", type="text/html", href=f"{site.url}{section.slug}/")
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
