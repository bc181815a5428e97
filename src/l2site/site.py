"""The build in order: content, figures, fonts, assets, Python, pages. Nothing here writes to the site's folder."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from l2site import checks, content, markdown, metadata, offline, pictures, takeaway, workbench
from l2site.assets import Content, digest, load_assets
from l2site.fonts import prepare_fonts
from l2site.frames import Frames, prepare_frames
from l2site.lab import read_lab
from l2site.metadata import Site
from l2site.model import Article, Embed, Section
from l2site.pack import REST
from l2site.pages import (
    Book,
    EmbedView,
    PictureView,
    SectionHtml,
    characters,
    embed_html,
    environment,
    start_stops,
    widget_spec,
)
from l2site.problems import ContentError, Problem
from l2site.renderings import Renderings
from l2site.runtime import Runtime, prepare_runtime

PLOTLY = "site/node_modules/plotly.js-basic-dist-min/plotly-basic.min.js"
CACHE = ".cache/l2site"
"""Where results are kept between builds; what is there can be made again."""


@dataclass(frozen=True, slots=True)
class Built:
    """A whole site, not yet written."""

    files: Mapping[str, Content]
    """By address relative to the site's root."""
    warnings: tuple[Problem, ...]
    """What does not keep the site from being published, but should be mended."""
    sections: int
    """How many sections the article has."""


def make_site(
    project: Path,
    base_url: str = "/",
    *,
    service_worker: bool = True,
    ahead: Callable[[list[Content]], object] = lambda _: None,
) -> Built:
    """Make a site from the project's content.

    Parameters
    ----------
    project
        The project's root.
    base_url
        The path of the site on its host, or its whole address.
    service_worker
        Whether browsers shall keep the site for reading without a network; without, they remove what they have kept.
    ahead
        Is called with files as soon as they are made, so that they can be compressed while the others are.

    Raises
    ------
    ContentError
        With everything that is wrong, when anything is.
    """
    renderings = open_renderings(project)
    site, article = read_content(project, renderings, base_url)
    figures = render_figures(article, renderings)
    ahead([rendered.text.encode() for rendered in figures.values()])
    frames, heavy = prepare_frames([(s.source, e) for s, e in embeds(article)], project / CACHE)
    ahead([prepared.data for prepared in frames.values()])
    album = pictures.Album.load(project / "site/figures")
    outdated = pictures.stale(
        album, [(s.source, e, figures[pictures.key(e)].shown) for s, e in embeds(article)], project
    )
    files: dict[str, Content] = {}
    views = {
        key: _view(embed, figures[key], frames.get(key), album, files)
        for key, embed in {pictures.key(embed): embed for _, embed in embeds(article)}.items()
    }
    templates = environment(project / "site/templates", project / CACHE / "templates")
    rendered: dict[tuple[str, str], str] = {}

    def section_html(section: Section, root: str) -> str:
        if (section.slug, root) not in rendered:
            rendered[section.slug, root] = markdown.render(
                section,
                root=root,
                heading_shift=0 if root else 1,
                figure=lambda embed: embed_html(templates, views[pictures.key(embed)], root),
            )
        return rendered[section.slug, root]

    fonts = prepare_fonts(
        project / "site/node_modules",
        *_characters(project, article, section_html, figures),
        project / CACHE,
    )
    vendored: dict[str, Content] = {
        "vendor/plotly.js": project / PLOTLY,
        workbench.EDITOR: workbench.editor(project, project / CACHE / "editor"),
    }
    assets = load_assets(project, {**vendored, **fonts.files}, fonts_css=fonts.css)
    workbench.add_workbench(assets, project)
    runtime = prepare_runtime(project, project / CACHE)
    if album.social:
        files[f"figures/{album.social}"] = album.folder / album.social
    book = Book(
        site=site,
        article=article,
        lab=read_lab(project, article),
        assets=assets,
        runtime=runtime,
        templates=templates,
        preload=fonts.preload,
        og_image=f"figures/{album.social}" if album.social else "",
        service_worker=offline.SCRIPT if service_worker else "",
        section_html=section_html,
        embeds=tuple((section, views[pictures.key(embed)]) for section, embed in embeds(article)),
        references_html=lambda section: markdown.render_references(
            section.cited if section else article.cited
        ),
    )
    pages = book.pages()
    files |= {**assets.files, **runtime.files}
    files |= {name: html.encode() for name, html in pages.items()}
    files |= {image.url: project / image.source for section in article.sections for image in section.images}
    files["sitemap.xml"] = metadata.sitemap(site, article)
    files["feed.xml"] = metadata.feed(site, article)
    files["robots.txt"] = metadata.robots(site)
    files |= takeaway.files(project, site, article, embeds(article))
    if service_worker:
        # Previews and frames are shown elsewhere, no figure imports the rest of Python, and pip asks no browser.
        elsewhere = {name for name in pages if name.startswith("embed/")}
        unkept = {
            f"figures/{album.social}",
            runtime.folder + REST,
            takeaway.package_name(project),
            *elsewhere,
        }
        files[offline.SCRIPT] = offline.service_worker(project, files, unkept=unkept)
    else:
        files[offline.SCRIPT] = offline.farewell(project)
    if problems := checks.check_pages(pages, files):
        raise ContentError(problems)
    return Built(files, (*checks.check_article(article), *outdated, *heavy), len(article.sections))


def open_renderings(project: Path) -> Renderings:
    """Return what builds of this project have kept of what its widgets show."""
    return Renderings(project / CACHE / "renderings")


def read_content(project: Path, renderings: Renderings, base_url: str = "/") -> tuple[Site, Article]:
    """Return what the site is called and its article."""
    path = project / "content/site.toml"
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    try:
        site = Site(title=data["title"], url=data["url"], language=data["language"]).at(base_url)
    except KeyError as error:
        raise ContentError([Problem("content/site.toml", 1, f"lacks {error.args[0]}")]) from None
    except ValueError as error:
        raise ContentError([Problem("content/site.toml", 1, str(error))]) from None
    return site, content.load_article(project / "content" / data["article"], renderings)


def embeds(article: Article) -> list[tuple[Section, Embed]]:
    """Return every widget of an article with the section where it stands."""
    return [(section, embed) for section in article.sections for embed in section.embeds]


@dataclass(frozen=True, slots=True)
class Rendered:
    """A figure at the starting values of an embed."""

    text: str
    """The JSON that `l2widgets.render_json` returns."""
    shown: dict[str, Any]
    """The same as plain data."""


def render_figures(article: Article, renderings: Renderings) -> dict[str, Rendered]:
    """Return the figure of every embed, by `pictures.key`."""
    figures, problems = {}, []
    for section, embed in embeds(article):
        try:
            text = renderings.text(embed.widget, embed.params)
        except Exception as error:  # noqa: BLE001  whatever a widget's code raises is its author's to mend
            message = f"{embed.widget.name} cannot be drawn: {type(error).__name__}: {error}"
            problems.append(Problem(section.source, embed.line, message))
        else:
            figures[pictures.key(embed)] = Rendered(text, json.loads(text))
    if problems:
        raise ContentError(problems)
    return figures


def _view(
    embed: Embed,
    rendered: Rendered,
    frames: Frames | None,
    album: pictures.Album,
    files: dict[str, Content],
) -> EmbedView:
    """Return an embed as templates show it, and add its files to the site's."""
    data = rendered.text.encode()
    source = f"figures/{embed.widget.name}.{digest(data)}.json"
    files[source] = data
    if frames:
        framed = f"figures/{embed.widget.name}.frames.{digest(frames.data)}.json"
        files[framed] = frames.data
    drawn = album.drawn.get(pictures.key(embed))
    picture: dict[str, dict[str, PictureView]] = {}
    for theme in pictures.THEMES:
        picture[theme] = {}
        for size, width in pictures.WIDTHS.items():
            found = drawn and drawn.pictures[theme][size]
            if found and (album.folder / found.file).exists():
                url, height = f"figures/{found.file}", found.height
                files[url] = album.folder / found.file
            else:
                layout = rendered.shown["figure"]["narrow" if size == "narrow" else "layout"]
                blank, height = _blank(width, layout["height"]), layout["height"]
                url = f"figures/blank-{width}.{digest(blank)}.svg"
                files[url] = blank
            picture[theme][size] = PictureView(url, width, height)
    return EmbedView(
        widget=embed.widget,
        start=start_stops(embed),
        shown=rendered.shown,
        picture=picture,
        source=source,
        frames=framed if frames else "",
        spec=widget_spec(embed.widget, embed.params, frames.control if frames else None),
    )


def _blank(width: int, height: int) -> bytes:
    """Return the picture of a figure that has not been drawn yet: its place, and nothing in it."""
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"/>\n'.encode()


def _characters(
    project: Path,
    article: Article,
    section_html: SectionHtml,
    figures: Mapping[str, Rendered],
) -> tuple[str, str]:
    """Return the characters that pages and live figures may show: outside formulas, and inside them."""
    outside = set(article.title + article.subtitle + article.author + article.description)
    inside: set[str] = set()
    for section in article.sections:
        text, formulas = characters(section_html(section, ""))
        outside |= text | set(section.title + section.summary)
        inside |= formulas
    for rendered in figures.values():
        outside |= set(rendered.text)
    for folder, pattern in (
        ("site/templates", "*.html"),
        ("site/static/js", "*.js"),
        ("src/l2widgets", "*.py"),
        ("content/lab", "*.py"),
    ):
        for path in (project / folder).rglob(pattern):
            outside |= set(path.read_text(encoding="utf-8"))
    return "".join(sorted(outside)), "".join(sorted(inside))


def runtime_files(project: Path) -> tuple[Runtime, list[Content]]:
    """Return the runtime, and the files whose compression is worth doing ahead of the first build.

    They are large or many, and what authors write is not in them: Python, Plotly, the editor and the pictures.
    """
    runtime = prepare_runtime(project, project / CACHE)
    editor = workbench.editor(project, project / CACHE / "editor")
    pictured = (project / "site/figures").glob("*.svg")
    return runtime, [*runtime.files.values(), project / PLOTLY, editor, *pictured]


def sources_digest(project: Path) -> str:
    """Return the digest of the programs that make the site; when it changes, a running build is out of date."""
    key = hashlib.sha256()
    for path in sorted((project / "src").rglob("*.py")):
        key.update(path.read_bytes())
    return key.hexdigest()
