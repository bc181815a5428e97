"""From an article to pages: the templates, what they are given, and the addresses between pages.

Every address inside a page is relative to it, so that the site works wherever it is put; only the page for what is
not there can be shown at any address, and so begins its links at the site's base.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from l2site import markdown, takeaway
from l2site.assets import Assets
from l2site.fonts import LABELS, LETTERS
from l2site.guide import FOLDER as GUIDE
from l2site.guide import Guide
from l2site.lab import Lab
from l2site.mathml import spoken, to_mathml
from l2site.metadata import Site, for_script, json_ld, page_json_ld
from l2site.model import Article, Embed, Glossary, Section
from l2site.problems import counted
from l2site.reference import FOLDER as REFERENCE
from l2site.runtime import Runtime
from l2site.shipped import BILL, PAGE, Component
from l2site.workbench import INDEX
from l2widgets.spec import Commit, Control, Point, Slider, Stop, Value, Widget

SHEETS = ("css/site.css", LETTERS, LABELS)
"""The stylesheets of every page, by logical name."""
LATE = {"article.html": (LETTERS, LABELS)}
"""What comes after the first words, by the page's template: the front page is long, and its first words are plain."""
LATE_IN_TEXTS = (LABELS,)
"""And of all others that are there to be read."""

NEAR = 30
"""As many sections before and after its own does a section's page list, so that pages grow with an article and not with
its square; the article's page lists all."""

type SectionHtml = Callable[[Section, str], str]
"""A section's HTML, for a page from which its article's first page is at this address."""


@dataclass(frozen=True, slots=True)
class PictureView:
    """A picture as the template shows it."""

    url: str
    """Relative to the site's root."""
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class EmbedView:
    """A widget as the template shows it."""

    widget: Widget
    """What it is."""
    start: Mapping[str, Stop]
    """Where each control stands."""
    shown: Mapping[str, Any]
    """What `l2widgets.render` returns for that."""
    picture: Mapping[str, Mapping[str, PictureView]]
    """By theme, then by "wide" and "narrow"."""
    source: str
    """The address of `shown` as a file, relative to the site's root."""
    frames: str
    """The address of its frames, relative to the site's root; empty when it has none."""
    spec: Markup
    """types.d.ts's WidgetSpec as JSON."""

    def is_hidden(self, control: Control) -> bool:
        """Return whether a control means nothing where the others stand."""
        return not control.is_shown({name: stop.value for name, stop in self.start.items()})


@dataclass(frozen=True, slots=True)
class Page:
    """What the head of a page says."""

    kind: str
    """ "article", "section", "plain", "embed", "lab", "reference", "guide", "glossary" or "404"."""
    title: str
    """As a browser's tab shows it."""
    description: str
    """As a search engine shows it."""
    canonical: str
    """The absolute address of the page, or of the section where an embed's figure stands; empty for pages that search
    engines shall leave out."""
    path: str
    """The page's address relative to the site's root."""
    json_ld: str
    """JSON for search engines, safe inside a script element."""
    og_image: str
    """The absolute address of the picture in previews."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A section as another page refers to it."""

    section: Section
    html: str
    """The section itself, where the page shows it."""
    url: str
    """Its address from this page."""
    anchor: str
    """Its id on the article's page."""


@cache
def environment(templates: Path, compiled: Path) -> Environment:
    """Return the templates of a folder, which look again whenever a file has changed; and keep them compiled."""
    compiled.mkdir(parents=True, exist_ok=True)
    env = Environment(
        loader=FileSystemLoader(templates),
        bytecode_cache=FileSystemBytecodeCache(str(compiled)),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )
    env.filters["mathml"] = lambda latex: Markup(to_mathml(latex))  # noqa: S704  made here, from the authors' LaTeX
    env.filters["spoken_symbol"] = spoken
    env.filters["counted"] = counted
    return env


def embed_html(templates: Environment, view: EmbedView, root: str) -> str:
    """Return a widget's HTML, for a page from which the site's root is at `root`."""
    # Macros are attributes of the template's module.
    macro: Callable[[EmbedView, str], str] = templates.get_template("widget.html").module.widget  # type: ignore[attr-defined]
    return str(macro(view, root))


def embed_path(widget: Widget) -> str:
    """Return the address of the page that has this widget alone, relative to the site's root."""
    return f"embed/{widget.name}/"


def widget_spec(widget: Widget, params: Mapping[str, Value], framed: str | None = None) -> Markup:
    """Return types.d.ts's WidgetSpec: names and positions, and values only where the reader's hand meets an axis.

    `framed` is the control that has frames.
    """
    presets = [
        {name: widget[name].index(value) for name, value in preset.params.items()}
        for preset in widget.presets
    ]
    controls = [_control_spec(widget, control, params[control.name]) for control in widget.controls]
    held = [_held_spec(widget, point) for point in widget.held]
    spec: dict[str, object] = {"name": widget.name, "controls": controls, "presets": presets, "held": held}
    if widget.simulation:
        spec["simulation"] = {"anew": list(widget.simulation.anew)}
    return Markup(for_script(spec | ({"framed": framed} if framed else {})))  # noqa: S704  escaped


def _held_spec(widget: Widget, point: Point) -> dict[str, object]:
    spec: dict[str, object] = {"panel": point.panel, "y": [point.y, widget.coordinates(point.y)]}
    if point.picks:
        spec["picks"] = point.x
    elif isinstance(point.x, str):
        spec["x"] = [point.x, widget.coordinates(point.x)]
    return spec


def _control_spec(widget: Widget, control: Control, value: Value) -> dict[str, object]:
    stops = [[stop.text] if stop.label == stop.text else [stop.text, stop.label] for stop in control.stops]
    spec: dict[str, object] = {
        "name": control.name,
        "kind": control.kind,
        "stops": stops,
        "start": control.index(value),
        "unit": control.unit,
    }
    if control.shared:
        spec["shared"] = [control.shared, control.label.lower()]
    if control.when:
        spec["when"] = {
            other: [widget[other].index(value) for value in values] for other, values in control.when.items()
        }
    if isinstance(control, Slider):
        if control.limit:
            spec["limit"] = [control.limit, widget.limits(control)]
        if control.play:
            spec["play"] = True
        if control.link:
            spec["link"] = control.link
        if control.typed:
            spec["typed"] = True
    if isinstance(control, Commit):
        spec["of"] = control.of
        if control.joins:
            spec["joins"] = control.joins
    return spec


def start_stops(embed: Embed) -> dict[str, Stop]:
    """Return the stop where each control of an embed stands."""
    return {control.name: control.stop(embed.params[control.name]) for control in embed.widget.controls}


@dataclass(frozen=True, slots=True)
class Moved:
    """Where a page has gone."""

    there: str
    """Its address relative to the site's root."""
    title: str


@dataclass(frozen=True, slots=True)
class Book:
    """Everything that pages are made of: those of one article, or those that several share."""

    site: Site
    """As if it began where the article does."""
    article: Article
    """What is on the pages, or on those that are shared what all are called together (`metadata.front`)."""
    articles: tuple[Article, ...]
    """Every article of the site."""
    up: str
    """The way from the article's first page to the site's root."""
    lab: Lab
    plain: tuple[Section, ...]
    """The pages beside the articles."""
    reference: str
    """What `l2widgets` has, as HTML."""
    guide: Guide | None
    """The page for authors, if there is one."""
    assets: Assets
    runtime: Runtime
    templates: Environment
    """What makes HTML of all this."""
    font_sheets: Mapping[str, str]
    """The stylesheet of each font, both by logical name."""
    og_image: str
    """The absolute address of the social image; empty when there is none."""
    service_worker: str
    """The address of the service worker, relative to the site's root; empty when pages shall ask for none."""
    policy: str
    """The policy that pages carry themselves; empty when the host sends it with every file."""
    section_html: SectionHtml
    embeds: tuple[tuple[Article, Section, EmbedView], ...]
    """Every figure with where it stands."""
    shipped: tuple[Component, ...]
    """Whose work the site brings along."""
    licence: str
    """That of our own code."""
    moved: Mapping[str, Moved]
    """Where pages lead on to others."""

    def article_pages(self) -> Iterator[tuple[str, str]]:
        """Yield every page of the article and its file's name relative to the site's root, the largest first."""
        path = self.article.path
        yield f"{path}index.html", self._article_page()
        if self.article.glossary:
            yield f"{path}glossary/index.html", self._glossary_page(self.article.glossary)
        for section in self.article.sections:
            yield self.section_page(section)

    def shared_pages(self) -> Iterator[tuple[str, str]]:
        """Yield every page that belongs to no article, or to all of them."""
        if len(self.articles) > 1:
            yield "index.html", self._index_page()
        for old, moved in self.moved.items():
            yield f"{old}index.html", self._moved_page(moved)
        yield "lab/index.html", self._lab_page()
        yield f"{REFERENCE}/index.html", self._reference_page()
        if self.guide:
            yield f"{GUIDE}/index.html", self._guide_page(self.guide)
        yield "404.html", self._missing_page()
        yield f"{PAGE}/index.html", self._licences_page()
        for text in self.plain:
            yield f"{text.slug}/index.html", self._plain_page(text)
        seen = set()
        for article, section, view in self.embeds:  # of a widget's several, the first
            if view.widget.name not in seen:
                seen.add(view.widget.name)
                yield f"{embed_path(view.widget)}index.html", self._embed_page(article, section, view)

    def _moved_page(self, moved: Moved) -> str:
        return self.templates.get_template("moved.html").render(
            site=self.site, policy=self.policy, root="../", moved=moved, asset=self.assets.url
        )

    def _index_page(self) -> str:
        whole = self.article
        page = self._page("index", f"{whole.title}: {whole.subtitle}", whole.description, "")
        data = page_json_ld(self.site, whole, whole.title, whole.description, "")
        return self._render("index.html", replace(page, json_ld=data), "", [])

    def _article_page(self) -> str:
        article = self.article
        entries = [
            Entry(section, self.section_html(section, ""), f"#{section.slug}", section.slug)
            for section in article.sections
        ]
        page = self._page("article", f"{article.title}: {article.subtitle}", article.description, "")
        return self._render(
            "article.html",
            page,
            "",
            entries,
            remembered=[
                (entry, markdown.render_remembered(entry.section, self.up))
                for entry in entries
                if entry.section.remember
            ],
            references_html=markdown.render_references(article.cited),
            citation=takeaway.citation(self.site, article),
            bibtex=takeaway.bibtex(self.site, article),
            citation_file=takeaway.CITATION,
        )

    def section_page(self, section: Section) -> tuple[str, str]:
        """Return a section's page, and before it its file's name relative to the site's root."""
        sections, root, place = self.article.sections, "../", section.number - 1
        near = sections[max(place - NEAR, 0) : place + NEAR + 1]
        entries = [Entry(other, "", f"{root}{other.slug}/", other.slug) for other in near]
        title = f"{section.title} · {self.article.title}"
        html = self._render(
            "section.html",
            self._page("section", title, section.summary, f"{section.slug}/", section),
            root,
            entries,
            section=section,
            html=self.section_html(section, root),
            previous=sections[place - 1] if place else None,
            next=sections[place + 1] if place + 1 < len(sections) else None,
            references_html=markdown.render_references(section.cited),
        )
        return f"{self.article.path}{section.slug}/index.html", html

    def _embed_page(self, article: Article, section: Section, view: EmbedView) -> str:
        root = "../../"
        title = f"{view.widget.title} · {article.title}"
        path, canonical = embed_path(view.widget), f"{self.site.url}{article.path}{section.slug}/"
        return self._render(
            "embed.html",
            Page("embed", title, view.widget.question, canonical, path, "", self.og_image),
            root,
            [],
            main="js/embed.js",
            section=section,
            html=embed_html(self.templates, view, root),
            within=article,
            figure_home=f"{root}{article.path}{section.slug}/#figure-{view.widget.name}",
        )

    def _lab_page(self) -> str:
        description = (
            "Python with NumPy and the functions behind every figure, in the browser: try, change and plot."
        )
        page = self._page("lab", f"The lab · {self.article.title}", description, "lab/")
        page = replace(page, json_ld=page_json_ld(self.site, self.article, "The lab", description, page.path))
        return self._render("lab.html", page, "../", [], main="js/lab.js", lab=self.lab)

    def _reference_page(self) -> str:
        title, description = (
            "Reference",
            "Every function and class of l2widgets: types, shapes, errors, examples.",
        )
        page = self._page("reference", f"{title} · {self.article.title}", description, f"{REFERENCE}/")
        data = page_json_ld(self.site, self.article, title, description, page.path)
        page = replace(page, json_ld=data)
        return self._render("reference.html", page, "../", [], section={"title": title}, html=self.reference)

    def _guide_page(self, guide: Guide) -> str:
        root, views = "../", {view.widget.name: view for _, _, view in self.embeds}
        html = guide.with_figures(lambda name: embed_html(self.templates, views[name], root))
        title = f"{guide.title} · {self.article.title}"
        page = Page("guide", title, guide.summary, "", f"{GUIDE}/", "", "")  # for no search engine
        return self._render("reference.html", page, root, [], section=guide, html=html)

    def _glossary_page(self, glossary: Glossary) -> str:
        root, sections = "../", self.article.sections
        page = self._page(
            "glossary", f"{glossary.title} · {self.article.title}", glossary.summary, "glossary/"
        )
        about = page_json_ld(self.site, self.article, glossary.title, glossary.summary, page.path)
        terms = [
            (
                term.slug,
                *markdown.render_term(term, root + self.up, root),
                [section for section in sections if term.slug in section.terms],
            )
            for term in glossary.terms
        ]
        return self._render(
            "glossary.html",
            replace(page, json_ld=about),
            root,
            [],
            section=glossary,
            html=markdown.render_intro(glossary, root + self.up, root),
            terms=terms,
        )

    def _plain_page(self, text: Section) -> str:
        page = self._page("plain", f"{text.title} · {self.article.title}", text.summary, f"{text.slug}/")
        data = page_json_ld(self.site, self.article, text.title, text.summary, page.path)
        html = self.section_html(text, "../")
        return self._render("plain.html", replace(page, json_ld=data), "../", [], section=text, html=html)

    def _licences_page(self) -> str:
        title, says = (
            "Licences",
            "Whose work this site brings along, piece by piece, and under which licences.",
        )
        page = self._page("plain", f"{title} · {self.article.title}", says, f"{PAGE}/")
        data = page_json_ld(self.site, self.article, title, says, page.path)
        return self._render(
            "licences.html",
            replace(page, json_ld=data),
            "../",
            [],
            section={"title": title},
            bill=BILL,
            licence=self.licence,
            components=[
                (component, [part for part in self.shipped if part.within == component.name])
                for component in self.shipped
                if not component.within
            ],
        )

    def _missing_page(self) -> str:
        root = self.site.base
        entries = [
            Entry(section, "", f"{root}{section.slug}/", section.slug) for section in self.article.sections
        ]
        page = Page(
            "404", f"Not here · {self.article.title}", "There is no page at this address.", "", "", "", ""
        )
        return self._render("404.html", page, root, entries)

    def _page(
        self, kind: str, title: str, description: str, path: str, section: Section | None = None
    ) -> Page:
        data = json_ld(self.site, self.article, section, self.og_image)
        return Page(kind, title, description, f"{self.site.url}{path}", path, data, self.og_image)

    def _render(
        self,
        template: str,
        page: Page,
        home: str,
        entries: list[Entry],
        main: str = "js/main.js",
        **more: object,
    ) -> str:
        root = home + self.up
        config: dict[str, object] = {
            "worker": root + self.assets.url("js/worker.js"),
            "imports": [root + module for module in self.assets.imported("js/worker.js")],
            "plotly": root + self.assets.url("vendor/plotly.js"),
            "workbench": root + self.assets.url(INDEX),
            "runtime": self.runtime.manifest(root),
        }
        if page.kind != "embed":  # in a frame, nothing is kept and nothing forgotten
            config["serviceWorker"] = root + self.service_worker if self.service_worker else ""
        if self.policy:
            config["blob"] = True
        late = LATE.get(template, LATE_IN_TEXTS) if main == "js/main.js" and page.kind != "404" else ()
        html = self.templates.get_template(template).render(
            site=self.site,
            article=self.article,
            articles=self.articles,
            root=root,
            home=home,
            page=page,
            sections=entries,
            plain=self.plain,
            config_json=for_script(config),
            policy=self.policy,
            keeps_copy=bool(self.service_worker),
            asset=self.assets.url,
            preload_modules=self.assets.imported(main),
            late_sheets=[self.assets.url(name) for name in late],
            sheets=[self.assets.url(name) for name in SHEETS if name not in late],
            preload_fonts=[
                self.assets.url(name) for name, sheet in self.font_sheets.items() if sheet not in late
            ],
            **more,
        )
        return html.strip() + "\n"


def characters(html: str) -> tuple[set[str], set[str]]:
    """Return the characters of a page outside formulas and inside them."""
    inside = "".join(re.findall(r"<math\b.*?</math>", html, re.DOTALL))
    outside = re.sub(r"<math\b.*?</math>", "", html, flags=re.DOTALL)
    return set(Markup(outside).unescape()), set(Markup(re.sub(r"<[^>]*>", "", inside)).unescape())  # noqa: S704
