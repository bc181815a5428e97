"""The build in order: content, figures, fonts, assets, Python, pages. Nothing here writes to the site's folder."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from l2site import (
    checks,
    content,
    declarations,
    markdown,
    metadata,
    offline,
    pictures,
    shipped,
    takeaway,
    workbench,
)
from l2site.assets import STATIC, Assets, Content, digest, load_assets
from l2site.bundler import joining
from l2site.fonts import Fonts, begin_to_cut, cut_ahead, prepare_fonts
from l2site.frames import Frames, prepare_frames
from l2site.guide import FOLDER as GUIDE
from l2site.guide import Guide, load_guide
from l2site.kept import Steps, between_builds, signature
from l2site.lab import read_lab
from l2site.markdown.tokens import walk
from l2site.mathml import to_mathml
from l2site.metadata import Site
from l2site.model import Article, Embed, Section
from l2site.pack import REST
from l2site.pages import (
    Book,
    EmbedView,
    Moved,
    PictureView,
    SectionHtml,
    characters,
    embed_html,
    environment,
    start_stops,
    widget_spec,
)
from l2site.problems import ContentError, Problem
from l2site.reference import FOLDER as REFERENCE
from l2site.reference import reference_html
from l2site.renderings import Renderings
from l2site.runtime import Runtime, prepare_runtime

if TYPE_CHECKING:
    from jinja2 import Environment

KEEPERS = ("kept", "mathml", "mathml_rules", "mathml_spacing", "highlight", "checks", "problems")
"""The modules of this package that make HTML of formulas and of code, and what is known of pages by themselves."""

MODULES = "site/node_modules"
PLOTLY = "site/node_modules/plotly.js-basic-dist-min/plotly-basic.min.js"
SITE = "content/site.toml"
"""What the site is called and where it stands."""
CACHE = ".cache/l2site"
"""Where results are kept between builds; what is there can be made again."""


@dataclass(frozen=True, slots=True)
class Built:
    """A whole site, not yet written."""

    files: Mapping[str, Content]
    """By address relative to the site's root."""
    warnings: tuple[Problem, ...]
    """What does not keep the site from being published, but should be mended."""
    articles: tuple[Article, ...]
    """What was published."""
    plain: tuple[Section, ...]
    """The pages beside it."""
    url: str
    """Where it will stand, with a slash at the end."""
    moved: Mapping[str, Moved]
    """Pages that stand elsewhere since there are several articles, by their address when there was one."""


def make_site(
    project: Path,
    base_url: str = "/",
    *,
    service_worker: bool = True,
    page_policy: str = "",
    signposts: bool = True,
    packed: bool = False,
    drafts: bool = False,
    ahead: Callable[[list[Content]], object] = lambda _: None,
    steps: Steps | None = None,
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
    page_policy
        The policy that pages carry themselves, for a host that sends none.
    signposts
        Whether pages stand where others were, and lead to them, for a host that cannot be told to.
    packed
        Whether Python's archives are packed, for a host that sends archives as they are.
    drafts
        Whether sections that are not to be published yet are there all the same.
    ahead
        Is called with files as soon as they are made, so that they can be compressed while the others are.
    steps
        What the last build of this process made, so that this one makes again only what has changed.

    Raises
    ------
    ContentError
        With everything that is wrong, when anything is.
    """
    kept = Steps() if steps is None else steps
    kept.leave("made", None)  # as long as this build may fail
    # A process that builds again has everything that it would read.
    again = nullcontext() if kept.left("begun") else None
    with again or between_builds(project / CACHE / "typeset", _typesetters(), prune=steps is None):
        kept.leave("begun", made=True)
        return _make_site(
            project,
            base_url,
            ahead,
            kept,
            drafts=drafts,
            service_worker=service_worker,
            page_policy=page_policy,
            signposts=signposts,
            packed=packed,
        )


def _make_site(
    project: Path,
    base_url: str,
    ahead: Callable[[list[Content]], object],
    steps: Steps,
    *,
    drafts: bool,
    service_worker: bool,
    page_policy: str,
    signposts: bool,
    packed: bool,
) -> Built:
    renderings = open_renderings(project)
    written = _read_all(project, renderings, base_url, drafts=drafts, steps=steps)
    cut = begin_to_cut(project / MODULES, _formulas(written), project / CACHE)
    gallery = _hang(project, written, renderings, ahead)
    templates = _templates(project)
    section_html = _setting(templates, gallery.views)
    outside, inside = _characters(project, written, gallery, section_html, steps)
    cut.result()
    fonts = prepare_fonts(
        project / MODULES, "".join(sorted(outside)), "".join(sorted(inside)), project / CACHE
    )
    static = signature(project / STATIC, project / "site/editor")
    assets = steps.once("assets", (static, fonts.css), lambda: _assets(project, fonts))
    runtime = prepare_runtime(project, project / CACHE, packed=packed)
    book = Book(
        site=written.site,
        article=written.front,
        articles=written.articles,
        up="",
        lab=read_lab(project, *written.articles),
        plain=written.plain,
        guide=written.guide,
        reference=reference_html(project, templates, project / CACHE / "reference"),
        assets=assets,
        runtime=runtime,
        templates=templates,
        font_sheets=fonts.sheets,
        og_image=written.site.url + gallery.social if gallery.social else "",
        service_worker=offline.SCRIPT if service_worker else "",
        policy=page_policy,
        section_html=section_html,
        shipped=shipped.shipped(project),
        licence=(project / "LICENSE").read_text(encoding="utf-8"),
        moved=_moved(written) if signposts else {},
        embeds=tuple(
            (article, s, gallery.views[pictures.key(embed)]) for article, s, embed in written.embeds
        ),
    )
    pages: dict[str, str] = {}
    files: dict[str, Content] = {}
    for name, html in (*_article_pages(book, section_html), *book.shared_pages()):
        pages[name], files[name] = html, html.encode()
        ahead([files[name]])
    files |= {**gallery.files, **assets.files, **runtime.files, **_pictures(project, written)}
    files |= _for_programs(written)
    files |= steps.once("takeaway", (written.told, static), lambda: _taken_along(project, written))
    files[shipped.BILL] = shipped.bill(book.shipped, *takeaway.release(project))
    files[offline.SCRIPT] = (
        offline.service_worker(project, files, unkept=_left_out(project, book, gallery, pages))
        if service_worker
        else offline.farewell(project)
    )
    steps.leave("made", _Made(book, gallery.views, outside, inside))
    _refuse(checks.check_pages(pages, files))
    hints = (hint for article in written.articles for hint in checks.check_article(article))
    warnings = (*hints, *gallery.warnings)
    return Built(files, warnings, written.articles, written.plain, written.site.url, _moved(written))


@dataclass(frozen=True, slots=True)
class _Written:
    """What authors have written, as it was read."""

    site: Site
    articles: tuple[Article, ...]
    plain: tuple[Section, ...]
    """The pages beside the articles."""
    guide: Guide | None

    @property
    def front(self) -> Article:
        """What all articles are called together."""
        return metadata.front(self.site, self.articles)

    @property
    def sections(self) -> list[Section]:
        """Every text that is set."""
        return [*(section for article in self.articles for section in article.sections), *self.plain]

    @property
    def embeds(self) -> list[tuple[Article, Section, Embed]]:
        """Every widget with where it stands."""
        return embeds(self.articles)

    @property
    def guide_html(self) -> str:
        """The guide, which is no section; empty when there is none."""
        return self.guide.html if self.guide else ""

    @property
    def told(self) -> tuple[object, ...]:
        """What readers' own copies of figures follow from."""
        placed = [(a.path, section.slug, pictures.key(embed)) for a, section, embed in self.embeds]
        return self.site, [article.told for article in self.articles], placed


def _read_all(
    project: Path, renderings: Renderings, base_url: str, *, drafts: bool, steps: Steps
) -> _Written:
    site, articles = read_content(project, renderings, base_url, drafts=drafts, steps=steps)
    plain = content.load_pages(project / "content/pages", *articles)
    guide = load_guide(project, articles[0], renderings, project / CACHE / "guide")
    return _Written(site, articles, plain, guide)


@dataclass(frozen=True, slots=True)
class _Gallery:
    """The figures of a site at their starting values."""

    figures: Mapping[str, Rendered]
    """What each shows, by `pictures.key`."""
    views: Mapping[str, EmbedView]
    """The same for templates."""
    files: Mapping[str, Content]
    """Their data, frames and pictures."""
    social: str
    """The address of the picture in previews, relative to the site's root; empty when there is none."""
    warnings: tuple[Problem, ...]
    """Pictures that are out of date, and frames that are heavy."""


def _hang(
    project: Path,
    written: _Written,
    renderings: Renderings,
    ahead: Callable[[list[Content]], object],
) -> _Gallery:
    """Compute every figure, and find its frames and its pictures."""
    placed = written.embeds
    figures = render_figures(placed, renderings)
    ahead([rendered.text.encode() for rendered in figures.values()])
    frames, heavy = prepare_frames([(s.source, e) for _, s, e in placed], project / CACHE)
    ahead([prepared.data for prepared in frames.values()])
    album = pictures.Album.load(project / "site/figures")
    outdated = pictures.stale(
        album, [(s.source, e, figures[pictures.key(e)].shown) for _, s, e in placed], project
    )
    files: dict[str, Content] = {}
    views = {
        key: _view(embed, figures[key], frames.get(key), album, files)
        for key, embed in {pictures.key(embed): embed for _, _, embed in placed}.items()
    }
    if album.social:
        files[f"figures/{album.social}"] = album.folder / album.social
    social = f"figures/{album.social}" if album.social else ""
    return _Gallery(figures, views, files, social, (*outdated, *heavy))


def _setting(templates: Environment, views: Mapping[str, EmbedView]) -> Callable[..., str]:
    """Return what makes a section's HTML, once for each place from which it is seen.

    It takes the section, the way from its page to the article's first page (empty where it is a part of that), and the
    way on to the site's root.
    """
    made: dict[tuple[Path, str, str], str] = {}

    def section_html(section: Section, home: str, up: str = "") -> str:
        root = home + up
        if (section.source, home, root) not in made:
            made[section.source, home, root] = markdown.render(
                section,
                root=root,
                home=home,
                heading_shift=0 if home else 1,
                figure=lambda embed: embed_html(templates, views[pictures.key(embed)], root),
            )
        return made[section.source, home, root]

    return section_html


def _pictures(project: Path, written: _Written) -> dict[str, Content]:
    """Return the pictures that texts show."""
    found: dict[str, Content] = {
        image.url: project / image.source for section in written.sections for image in section.images
    }
    guided = written.guide.pictures if written.guide else ()
    return found | {f"images/{Path(name).name}": project / name for name in guided}


def _templates(project: Path) -> Environment:
    return environment(project / "site/templates", project / CACHE / "templates")


def _for_programs(written: _Written) -> dict[str, Content]:
    """Return what search engines and feed readers ask for."""
    site, articles = written.site, written.articles
    found: dict[str, Content] = {
        "sitemap.xml": metadata.sitemap(site, articles, [*(p.slug for p in written.plain), shipped.PAGE]),
        "feed.xml": metadata.feed(site, articles),
        "robots.txt": metadata.robots(site),
    }
    return found | {f"{a.path}feed.xml": metadata.feed(site.of(a), [replace(a, path="")]) for a in articles}


def _taken_along(project: Path, written: _Written) -> Mapping[str, Content]:
    """Return what readers take with them: programs, notebooks, data and citations."""
    return takeaway.files(project, written.site, written.articles, written.embeds)


def _moved(written: _Written) -> dict[str, Moved]:
    """Return where the pages of the first article are, by where they were when it was the only one.

    Where another page stands today, that one is meant.
    """
    first, *others = written.articles
    if not others:
        return {}
    places = {f"{section.slug}/": section.title for section in first.sections}
    if first.glossary:
        places["glossary/"] = first.glossary.title
    taken = {article.path for article in others} | {f"{page.slug}/" for page in written.plain}
    return {old: Moved(first.path + old, title) for old, title in places.items() if old not in taken}


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise ContentError(problems)


@dataclass(frozen=True, slots=True)
class _Made:
    """What a build leaves for the pages that are made before the next."""

    book: Book
    views: Mapping[str, EmbedView]
    outside: set[str]
    """The characters of the fonts for text."""
    inside: set[str]
    """And of that for formulas."""


def make_page(path: Path, steps: Steps) -> tuple[str, bytes] | None:
    """Make the page of one section, whose text alone has changed since the last build, as the next build will make it.

    Parameters
    ----------
    path
        The section's file.
    steps
        What the last build of this process made.

    Returns
    -------
    The page's file, relative to the site's root, and what is in it; None where only a whole build can say what it is:
    when it failed, when something is wrong, or when more than the text of this page may change.
    """
    made: _Made | None = steps.left("made")
    articles = [article for article in made.book.articles if article.folder == path.parent] if made else []
    if not made or not articles or not (read := content.read_again(articles[0], path, steps)):
        return None
    article, section = read
    up = "../" * article.path.count("/")
    section_html = partial(_setting(made.book.templates, made.views), up=up)
    book = replace(
        made.book, site=made.book.site.of(article), article=article, up=up, section_html=section_html
    )
    name, html = book.section_page(section)
    outside, inside = characters(html)
    if not (outside <= made.outside and inside <= made.inside) or checks.check_page(name, html):
        return None
    return name, html.encode()


def _article_pages(book: Book, section_html: Callable[..., str]) -> Iterator[tuple[str, str]]:
    """Yield the pages of each article; a page is as far from the site's root as its address has slashes."""
    for article in book.articles:
        up = "../" * article.path.count("/")
        yield from replace(
            book,
            site=book.site.of(article),
            article=article,
            up=up,
            section_html=partial(section_html, up=up),
        ).article_pages()


def _left_out(project: Path, book: Book, gallery: _Gallery, pages: Iterable[str]) -> set[str]:
    """Return what no browser keeps: frames of other pages, signposts, and what only programs and authors ask for."""
    elsewhere = {name for name in pages if name.startswith("embed/")}
    signposts = {f"{old}index.html" for old in book.moved}
    at_home = {f"{REFERENCE}/index.html", f"{GUIDE}/index.html"}
    asked_for = {takeaway.package_name(project), shipped.BILL, gallery.social, book.runtime.address(REST)}
    return asked_for | at_home | elsewhere | signposts


def _typesetters() -> list[Path]:
    """Return the programs of functions that are `kept`, which depend on nothing else."""
    ours = [Path(__file__).parent / f"{name}.py" for name in KEEPERS]
    return [*ours, *sorted(_package("latex2mathml").glob("*.*")), _package("pygments") / "__init__.py"]


def _package(name: str) -> Path:
    """Return the folder of an installed package, without loading it."""
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"{name} is not installed; `make setup` does that")
    return Path(spec.origin).parent


def open_renderings(project: Path) -> Renderings:
    """Return what builds of this project have kept of what its widgets show."""
    return Renderings(project / CACHE / "renderings")


def read_content(
    project: Path,
    renderings: Renderings,
    base_url: str = "/",
    *,
    drafts: bool = False,
    steps: Steps | None = None,
) -> tuple[Site, tuple[Article, ...]]:
    """Return what the site is called and its articles, the oldest first.

    The only article stands at the site's root, and of several each below the name of its folder. One whose sections are
    all drafts is a draft itself.
    """
    site = _read_site(project, base_url)
    articles: list[Article] = []
    problems: list[Problem] = []
    for declared in sorted(project.glob("content/*/article.toml")):
        try:
            articles.append(content.load_article(declared.parent, renderings, drafts=drafts, steps=steps))
        except ContentError as error:
            problems += error.problems
    published = sorted(
        (article for article in articles if article.sections), key=lambda article: article.published
    )
    if len(published) > 1:
        published = [replace(article, path=f"{article.name}/") for article in published]
        problems += _wrong_names(published)
    if not (published or problems):
        mend = "take 'draft: true' out of one" if articles else "`build.py new article NAME` writes one"
        problems.append(Problem(SITE, 1, f"no article is published; {mend}"))
    if problems:
        raise ContentError(problems)
    return site, tuple(published)


def _read_site(project: Path, base_url: str) -> Site:
    """Return what the site is called, and where it stands or is going to."""
    text, mistakes = content.read_text(project / SITE)
    fields, wrong = ({}, mistakes) if mistakes else declarations.read_site(text)
    if wrong:
        raise ContentError(Problem(SITE, line, message) for line, message in wrong)
    try:
        return Site(**fields).at(base_url)
    except ValueError as error:
        raise ContentError([Problem(SITE, 1, str(error))]) from None


def _wrong_names(articles: Iterable[Article]) -> Iterator[Problem]:
    """Find what several articles of a site cannot have: a name that is no address, and questions of one name."""
    asked: dict[str, str] = {}
    for article in articles:
        if not content.NAME.fullmatch(article.name) or article.name in content.RESERVED:
            message = (
                f"the folder's name {article.name!r} is no article's address; use small letters, as momentum"
            )
            yield Problem(f"content/{article.name}/article.toml", 1, message)
        for section in article.sections:
            for question in section.questions:
                place = asked.setdefault(question.name, f"{section.source}:{question.line}")
                if place != f"{section.source}:{question.line}":
                    message = (
                        f"the question {question.name!r} already stands at {place}; name this one otherwise"
                    )
                    yield Problem(section.source, question.line, message)


def embeds(articles: Iterable[Article]) -> list[tuple[Article, Section, Embed]]:
    """Return every widget of some articles with where it stands."""
    return [(a, section, embed) for a in articles for section in a.sections for embed in section.embeds]


@dataclass(frozen=True, slots=True)
class Rendered:
    """A figure at the starting values of an embed."""

    text: str
    """The JSON that `l2widgets.render_json` returns."""
    shown: dict[str, Any]
    """The same as plain data."""


def render_figures(
    placed: Iterable[tuple[Article, Section, Embed]], renderings: Renderings
) -> dict[str, Rendered]:
    """Return the figure of every embed, by `pictures.key`."""
    figures, problems = {}, []
    for _, section, embed in placed:
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


def _assets(project: Path, fonts: Fonts) -> Assets:
    """Return all that pages load but figures and Python."""
    vendored: dict[str, Content] = {
        "vendor/plotly.js": project / PLOTLY,
        workbench.EDITOR: workbench.editor(project, project / CACHE / "editor"),
    }
    join = joining(project, project / CACHE / "scripts")
    assets = load_assets(project, {**vendored, **fonts.files}, faces=fonts.css, join=join)
    workbench.add_workbench(assets, project)
    return assets


def _article_characters(article: Article) -> tuple[set[str], set[str]]:
    """Return the characters of what an article is called and of its glossary."""
    outside, inside = set(article.title + article.subtitle + article.author + article.description), set[str]()
    for term in article.glossary.terms if article.glossary else ():
        text, formulas = characters("".join(markdown.render_term(term, "")))
        outside |= text
        inside |= formulas
    return outside, inside


def _characters(
    project: Path,
    written: _Written,
    gallery: _Gallery,
    section_html: SectionHtml,
    steps: Steps,
) -> tuple[set[str], set[str]]:
    """Return the characters that pages and live figures may show: outside formulas, and inside them."""
    programs = signature(project / "site/templates", project / STATIC / "js")
    outside, inside = characters(written.guide_html)
    outside |= steps.once("characters", programs, lambda: _program_characters(project))
    for section in written.sections:
        text, formulas = characters(section_html(section, ""))
        outside |= text | set(section.title + section.summary)
        inside |= formulas
    for text, formulas in map(_article_characters, (written.front, *written.articles)):
        outside |= text
        inside |= formulas
    for rendered in gallery.figures.values():
        outside |= set(rendered.text)
    for path in (project / "content/lab").rglob("*.py"):
        outside |= set(path.read_text(encoding="utf-8"))
    return outside, inside


def _formulas(written: _Written) -> str:
    """Return, before any page is there, the characters that `_characters` is going to find inside formulas."""
    tokens = [token for section in written.plain for token in section.tokens]
    for article in written.articles:
        tokens += [token for section in article.sections for token in section.tokens]
        for term in article.glossary.terms if article.glossary else ():
            tokens += [term.words, term.meaning]
    html = [str(token.meta["html"]) for token in walk(tokens) if token.type in ("math_inline", "math_block")]
    controls = {control.symbol for _, _, embed in written.embeds for control in embed.widget.controls}
    html += [to_mathml(symbol) for symbol in sorted(controls) if symbol]
    return "".join(sorted(characters("".join(html) + written.guide_html)[1]))


def _program_characters(project: Path) -> set[str]:
    """Return the characters that pages and live figures may show whatever the article says."""
    found: set[str] = set()
    for folder, pattern in (
        ("site/templates", "*.html"),
        ("site/static/js", "*.js"),
        ("src/l2widgets", "*.py"),
    ):
        for path in (project / folder).rglob(pattern):
            found |= set(path.read_text(encoding="utf-8"))
    return found


def runtime_files(project: Path) -> tuple[Runtime, list[Content]]:
    """Return the runtime, and the files whose compression is worth doing ahead of the first build.

    They are large or many, and what authors write is not in them: Python, Plotly, the editor and the pictures. The
    fonts of text are cut as well, for what the programs say; an article seldom needs more of them. So are the scripts
    joined, the templates compiled, and the reference made, which no article changes either.
    """
    cut_ahead(project / MODULES, "".join(_program_characters(project)), project / CACHE)
    _assets(project, Fonts({}, {}, {}))
    templates = _templates(project)
    for name in templates.list_templates():
        templates.get_template(name)
    reference_html(project, templates, project / CACHE / "reference")
    runtime = prepare_runtime(project, project / CACHE)
    editor = workbench.editor(project, project / CACHE / "editor")
    pictured = (project / "site/figures").glob("*.svg")
    return runtime, [*runtime.files.values(), project / PLOTLY, editor, *pictured]
