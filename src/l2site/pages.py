"""From an article to pages: the templates, what they are given, and the addresses between pages.

Every address inside a page is relative to it, so that the site works wherever it is put; only the page for what is
not there can be shown at any address, and so begins its links at the site's base.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from l2site import takeaway
from l2site.assets import Assets
from l2site.lab import Lab
from l2site.mathml import spoken, to_mathml
from l2site.metadata import Site, for_script, json_ld, page_json_ld
from l2site.model import Article, Embed, Section
from l2site.runtime import Runtime
from l2site.workbench import INDEX
from l2widgets.spec import Commit, Control, Point, Slider, Stop, Value, Widget

type SectionHtml = Callable[[Section, str], str]
"""A section's HTML, for a page from which the site's root is at this address."""


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


@dataclass(frozen=True, slots=True)
class Page:
    """What the head of a page says."""

    kind: str
    """ "article", "section", "embed", "lab" or "404"."""
    title: str
    """As a browser's tab shows it."""
    description: str
    """As a search engine shows it."""
    canonical: str
    """The absolute address of the page, or of the section where an embed's figure stands; empty for the page that has
    none."""
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
        other, values = control.when
        spec["when"] = [other, [widget[other].index(one) for one in values]]
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
class Book:
    """Everything that pages are made of."""

    site: Site
    article: Article
    lab: Lab
    assets: Assets
    runtime: Runtime
    templates: Environment
    """What makes HTML of all this."""
    preload: tuple[str, ...]
    """The logical names of the fonts that the first screen needs."""
    og_image: str
    """The address of the social image, relative to the site's root; empty when there is none."""
    service_worker: str
    """The address of the service worker, relative to the site's root; empty when pages shall ask for none."""
    section_html: SectionHtml
    embeds: tuple[tuple[Section, EmbedView], ...]
    """Every figure with the section where it stands."""
    references_html: Callable[[Section | None], str]
    """The list of works that a section cites; of the whole article's for None."""

    def pages(self) -> dict[str, str]:
        """Return every page, by its file's name."""
        pages = {
            "index.html": self._article_page(),
            "404.html": self._missing_page(),
            "lab/index.html": self._lab_page(),
        }
        for section in self.article.sections:
            pages[f"{section.slug}/index.html"] = self._section_page(section)
        for section, view in self.embeds:  # of a widget's several, the first
            pages.setdefault(f"{embed_path(view.widget)}index.html", self._embed_page(section, view))
        return pages

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
            references_html=self.references_html(None),
            citation=takeaway.citation(self.site, article),
            bibtex=takeaway.bibtex(self.site, article),
            citation_file=takeaway.CITATION,
        )

    def _section_page(self, section: Section) -> str:
        sections, root = self.article.sections, "../"
        place = sections.index(section)
        entries = [Entry(other, "", f"{root}{other.slug}/", other.slug) for other in sections]
        title = f"{section.title} · {self.article.title}"
        return self._render(
            "section.html",
            self._page("section", title, section.summary, f"{section.slug}/", section),
            root,
            entries,
            section=section,
            html=self.section_html(section, root),
            previous=sections[place - 1] if place else None,
            next=sections[place + 1] if place + 1 < len(sections) else None,
            references_html=self.references_html(section),
        )

    def _embed_page(self, section: Section, view: EmbedView) -> str:
        root = "../../"
        title = f"{view.widget.title} · {self.article.title}"
        path, canonical = embed_path(view.widget), f"{self.site.url}{section.slug}/"
        image = f"{self.site.url}{self.og_image}" if self.og_image else ""
        return self._render(
            "embed.html",
            Page("embed", title, view.widget.question, canonical, path, "", image),
            root,
            [],
            main="js/embed.js",
            section=section,
            html=embed_html(self.templates, view, root),
            home=f"{root}{section.slug}/#figure-{view.widget.name}",
        )

    def _lab_page(self) -> str:
        description = (
            "Python with NumPy and the functions behind every figure, in the browser: try, change and plot."
        )
        page = self._page("lab", f"The lab · {self.article.title}", description, "lab/")
        page = replace(page, json_ld=page_json_ld(self.site, self.article, "The lab", description, page.path))
        return self._render("lab.html", page, "../", [], main="js/lab.js", lab=self.lab)

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
        image = f"{self.site.url}{self.og_image}" if self.og_image else ""
        data = json_ld(self.site, self.article, section, image)
        return Page(kind, title, description, f"{self.site.url}{path}", path, data, image)

    def _render(
        self,
        template: str,
        page: Page,
        root: str,
        entries: list[Entry],
        main: str = "js/main.js",
        **more: object,
    ) -> str:
        config = {
            "worker": root + self.assets.url("js/worker.js"),
            "imports": [root + module for module in self.assets.imported("js/worker.js")],
            "plotly": root + self.assets.url("vendor/plotly.js"),
            "workbench": root + self.assets.url(INDEX),
            "runtime": self.runtime.manifest(root),
        }
        if page.kind != "embed":  # in a frame, nothing is kept and nothing forgotten
            config["serviceWorker"] = root + self.service_worker if self.service_worker else ""
        html = self.templates.get_template(template).render(
            site=self.site,
            article=self.article,
            root=root,
            page=page,
            sections=entries,
            config_json=for_script(config),
            keeps_copy=bool(self.service_worker),
            asset=self.assets.url,
            preload_modules=self.assets.imported(main),
            preload_fonts=[self.assets.url(name) for name in self.preload],
            **more,
        )
        return html.strip() + "\n"


def characters(html: str) -> tuple[set[str], set[str]]:
    """Return the characters of a page outside formulas and inside them."""
    inside = "".join(re.findall(r"<math\b.*?</math>", html, re.DOTALL))
    outside = re.sub(r"<math\b.*?</math>", "", html, flags=re.DOTALL)
    return set(Markup(outside).unescape()), set(Markup(re.sub(r"<[^>]*>", "", inside)).unescape())  # noqa: S704
