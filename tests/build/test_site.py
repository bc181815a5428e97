"""The whole site, as `build.py build` leaves it."""

import hashlib
import json
import os
import posixpath
import re
from datetime import datetime
from html.parser import HTMLParser
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import brotli
import pytest

import l2widgets
from bench.first_view import first_view
from l2site.fonts import FACES
from l2site.frames import LIMIT
from tests.build.project import CACHE, copy_project, run_build, tree

SECTION = "content/l2-regularization/20-penalty.md"
ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
FIRST_VIEW = 150_000
"""What the front page may cost before any figure is near the screen, in compressed bytes."""

FONTS = 110_000
"""What all fonts together may cost."""


class Addresses(HTMLParser):
    """Collects every address of a page: (element, attribute, value)."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str, str]] = []
        self.data: dict[str, list[str]] = {}
        self._inside: str | None = None
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        """Note the addresses of an element."""
        attributes = dict(attrs)
        for name in ("href", "src", "srcset", "data-source", "data-frames"):
            if name in attributes:
                self.found.append((f"{tag} {attributes.get('rel', '')}".strip(), name, attributes[name]))
        self._inside = attributes.get("id") or attributes.get("type") if tag == "script" else None
        if tag == "script" and "data-spec" in attributes:
            self._inside = "data-spec"

    def handle_data(self, data):
        """Note the text of a script that holds data."""
        if self._inside:
            self.data.setdefault(self._inside, []).append(data)
            self._inside = None


@pytest.fixture(scope="module")
def pages(dist):
    """Return every page's HTML by its name."""
    return {path.relative_to(dist).as_posix(): path.read_text() for path in dist.rglob("*.html")}


UNLISTED = ("404.html", "authoring/index.html")
"""The pages that search engines are asked to leave out."""


def test_there_is_a_page_for_each_text_each_figure_code_words_and_what_is_not_there(pages, project):
    """One page each, and no more."""
    slugs = [path.stem[3:] for path in sorted((project / "content/l2-regularization").glob("[0-9]*.md"))]
    embeds = [f"embed/{name}" for name in l2widgets.names()]
    plain = [path.stem for path in (project / "content/pages").glob("*.md")]
    folders = ["lab", "reference", "authoring", "glossary", "licences", *slugs, *plain, *embeds]
    assert set(pages) == {"index.html", "404.html", *(f"{folder}/index.html" for folder in folders)}


def test_two_builds_in_different_folders_are_identical(dist, tmp_path):
    """Neither place, time, zone, mode nor the order of hash tables is in a byte; test_runtime.py says it of Python."""
    other = copy_project(tmp_path / "quite/another place", shared=("compressed", "pack"))
    for path in (
        *(other / "content").rglob("*.*"),
        *(other / "src").rglob("*.*"),
        *(other / "site").glob("*/*.*"),
    ):
        os.utime(path, (0, 0))
        path.chmod(path.stat().st_mode & 0o700)
    done = run_build(other, "build", "--out", "public", seed="4711", zone="Pacific/Chatham", umask=0o077)
    assert done.returncode == 0, done.stderr
    cuts = list((other / CACHE / "fonts").glob("*.bin"))
    assert len(cuts) == len(FACES), "the characters of formulas were not foreseen, so a font was cut twice"
    one, two = tree(dist), tree(other / "public")
    assert one.keys() == two.keys()
    assert [name for name in one if one[name] != two[name]] == []
    modes = [{f.relative_to(d): f.stat().st_mode for f in d.rglob("*")} for d in (dist, other / "public")]
    assert modes[0] == modes[1]


def test_every_address_in_a_page_is_relative_and_leads_somewhere(dist, pages):
    """So the site works under any path; the page for misses begins at the base instead."""
    for name, html in pages.items():
        for element, attribute, value in Addresses(html).found:
            parts = urlsplit(value)
            if parts.scheme or element.endswith("canonical"):
                assert parts.scheme == "https", (name, value)
                continue
            if name == "404.html" and not value.startswith("#"):
                assert value.startswith("/"), value
            else:
                assert not value.startswith("/"), (name, element, attribute, value)
            path = (
                parts.path.removeprefix("/")
                if name == "404.html"
                else posixpath.join(posixpath.dirname(name), parts.path)
            )
            target = dist / posixpath.normpath(path or ".") if parts.path else dist / name
            assert target.is_file() or (target / "index.html").is_file(), (name, value)


def test_another_base_changes_only_what_must_know_it(changeable, dist):
    """Under a path, pages differ from those at the root by their absolute addresses alone."""
    done = run_build(changeable, "build", "--out", "dist", "--base-url", "https://l2.example/notes")
    assert done.returncode == 0, done.stderr
    one, two = (tree(folder, twins=False) for folder in (dist, changeable / "dist"))
    assert one.keys() == two.keys()
    for name, data in two.items():
        if name in ("404.html", "manifest.json", "sw.js"):  # the latter two have the digests of the pages
            continue
        assert data.replace(b"https://l2.example/notes/", b"https://example.org/") == one[name], name
    missing = two["404.html"].decode()
    assert 'href="/notes/opening/"' in missing
    assert 'src="/notes/assets/js/' in missing


def test_the_manifest_is_complete_and_right(dist):
    """Every published file but the compressed twins is listed with its true size and hash."""
    listed = json.loads((dist / "manifest.json").read_text())["files"]
    assert set(listed) == tree(dist, twins=False).keys() - {"manifest.json"}
    for name, entry in listed.items():
        data = (dist / name).read_bytes()
        assert entry == {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def test_lasting_names_carry_their_digest(dist):
    """What hosts may keep for ever has its content's digest in its name or its folder's."""
    for path in [*dist.glob("assets/**/*"), *dist.glob("figures/*")]:
        if path.is_file() and path.suffix not in (".br", ".gz"):
            named = path.name.split(".")[-2]
            assert hashlib.sha256(path.read_bytes()).hexdigest().startswith(named), path.name
            assert len(named) >= 10


def test_one_sentence_changes_only_the_pages_that_show_it(changeable, dist):
    """A new word costs returning readers one section and the article, no script, style, font or figure."""
    section = changeable / "content/l2-regularization/20-penalty.md"
    section.write_text(section.read_text() + "\nA sentence that the tests have added.\n")
    done = run_build(changeable, "build", "--out", "dist")
    assert done.returncode == 0, done.stderr
    one, two = (tree(folder, twins=False) for folder in (dist, changeable / "dist"))
    assert one.keys() == two.keys()
    changed = {name for name in one if one[name] != two[name]}
    assert changed <= {"index.html", "penalty/index.html", "manifest.json", "sw.js"}
    assert "penalty/index.html" in changed


def test_what_is_wrong_is_all_said_and_nothing_is_published(changeable):
    """Each mistake has its file and line; the site of before stays, byte for byte."""
    assert run_build(changeable, "build", "--out", "dist").returncode == 0
    before = tree(changeable / "dist")
    for name in ("20-penalty.md", "50-geometry.md"):
        path = changeable / "content/l2-regularization" / name
        path.write_text(path.read_text() + "\n```{widget} lambda_swep\n```\n")
    done = run_build(changeable, "build", "--out", "dist")
    assert done.returncode == 1
    for name in ("20-penalty.md", "50-geometry.md"):
        assert re.search(
            rf"^content/l2-regularization/{name}:\d+: .*'lambda_sweep'", done.stderr, re.MULTILINE
        )
    assert "2 problems" in done.stderr
    assert "Traceback" not in done.stderr
    assert tree(changeable / "dist") == before


def test_the_feed_is_valid_and_absolute(dist):
    """Atom's required elements are there, once, and every address can be followed from anywhere."""
    feed = ET.fromstring((dist / "feed.xml").read_text())  # noqa: S314  written by the build
    entries = feed.findall(f"{ATOM}entry")
    assert len(entries) == 9
    for element in (feed, *entries):
        for name in ("id", "title", "updated"):
            assert len(element.findall(f"{ATOM}{name}")) == 1
        assert datetime.fromisoformat(element.findtext(f"{ATOM}updated")).tzinfo is not None
    ids = [entry.findtext(f"{ATOM}id") for entry in entries]
    assert len(set(ids)) == len(ids)
    assert feed.findtext(f"{ATOM}author/{ATOM}name")
    links = [link.get("href") for link in feed.iter(f"{ATOM}link")]
    assert all(link.startswith("https://example.org/") for link in links)
    assert "https://example.org/feed.xml" in links


def test_the_site_map_lists_every_page_absolutely(dist, pages):
    """Each page but those for misses, frames and authors, and robots.txt says where the list is."""
    root = ET.fromstring((dist / "sitemap.xml").read_text())  # noqa: S314  written by the build
    urls = {loc.text for loc in root.iter(f"{SITEMAP}loc")}
    wanted = {
        name.removesuffix("index.html")
        for name in pages
        if name not in UNLISTED and not name.startswith("embed/")
    }
    assert urls == {f"https://example.org/{path}" for path in wanted}
    assert "Sitemap: https://example.org/sitemap.xml" in (dist / "robots.txt").read_text()


class Reading(HTMLParser):
    """Notes what of a page would be lost on a screen reader."""

    EMPTY = frozenset({"br", "hr", "img", "input", "link", "meta", "source"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[tuple[str, dict[str, str | None]]] = []
        self.lost: list[str] = []
        self.formulas = 0
        self.links: set[str] = set()
        self.asked: dict[str, str | None] = {}
        """The part of a question, or an answer's button, that was begun last."""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        """Look at an element and at those it stands in."""
        attributes = dict(attrs)
        around = [outer for outer, _ in self.open]
        if tag == "math":
            self._formula(attributes.get("alttext"), {*around})
        if "data-question" in attributes or tag == "input":
            self.asked = attributes
        if tag == "th" and attributes.get("scope") not in ("col", "row"):
            self.lost.append("a table's header that is nothing's")
        if tag == "output":
            self.lost.append("a value that is read out whenever it changes")
        if tag == "a" and any(outer in ("h1", "h2", "h3", "h4") for outer in around):
            self.lost.append(f"a link in a heading's name: {attributes}")
        if tag in ("pre", "div") and attributes.get("tabindex") and not attributes.get("aria-label"):
            self.lost.append(f"a place for the focus without a name: {attributes}")
        if tag == "a" and "footer" in around:
            self.links.add(attributes["href"] or "")
        if tag not in self.EMPTY:
            self.open.append((tag, attributes))

    def _formula(self, words, around):
        """Look at a formula; browsers leave it out of the names that they make of content."""
        self.formulas += 1
        if not words:
            self.lost.append(f"formula without words, after {self.formulas - 1} others")
        if any(outer.get("aria-hidden") for _, outer in self.open):
            self.lost.append(f"formula that is hidden: {words}")
        asked = any("data-question" in outer for _, outer in self.open) and around & {"legend", "label"}
        if asked and not self.asked.get("aria-label"):
            self.lost.append(f"formula that a question is named without: {words}")

    def handle_startendtag(self, tag, attrs):
        """Formulas have elements that close themselves."""

    def handle_endtag(self, tag):
        """Leave an element."""
        while self.open and self.open.pop()[0] != tag:
            pass


def test_nothing_is_lost_on_a_screen_reader(pages):
    """Formulas have words and are not hidden, headings are their words alone, headers say what they are of."""
    readings = {name: Reading(html) for name, html in pages.items()}
    assert {name: reading.lost for name, reading in readings.items() if reading.lost} == {}
    assert readings["index.html"].formulas > 50


def test_every_page_leads_to_the_statement_on_accessibility(pages):
    """In its foot; a figure in somebody else's page has none."""
    for name, html in pages.items():
        if not name.startswith("embed/"):
            assert any(link.endswith("accessibility/") for link in Reading(html).links), name


def test_every_page_says_what_it_is(pages, dist):
    """Canonical address, structured data that parses, and a social image that exists."""
    for name, html in pages.items():
        if name in UNLISTED:
            assert 'content="noindex"' in html
            continue
        if name.startswith("embed/"):  # test_takeaway.py
            continue
        address = f"https://example.org/{name.removesuffix('index.html')}"
        assert f'<link rel="canonical" href="{address}">' in html
        [data] = Addresses(html).data["application/ld+json"]
        assert json.loads(data)["url"] == address
        image = re.search(r'property="og:image" content="https://example\.org/([^"]+)"', html)
        assert image
        assert (dist / image[1]).is_file()


def test_the_configuration_leads_to_files(pages, dist):
    """Worker, Plotly and runtime can be found from each page that has scripts."""
    for name, html in pages.items():
        if name == "404.html":
            continue
        [text] = Addresses(html).data["site-config"]
        config = json.loads(text)
        here = (dist / name).parent
        assert (here / config["worker"]).is_file()
        assert (here / config["plotly"]).is_file()
        for file, entry in config["runtime"]["files"].items():
            assert (here / config["runtime"]["base"] / entry["sha256"][:16] / file).stat().st_size == entry[
                "size"
            ]


def test_each_widget_brings_its_figure_and_its_spec(pages, dist):
    """The figure's file is what l2widgets returns, its frames are light, and all positions are within the stops."""
    html = pages["index.html"]
    sources = [value for _, name, value in Addresses(html).found if name == "data-source"]
    specs = [json.loads(text) for text in Addresses(html).data["data-spec"]]
    frames = iter([value for _, name, value in Addresses(html).found if name == "data-frames"])
    assert len(sources) == len(specs) == html.count("data-widget=")
    for source, spec in zip(sources, specs, strict=True):
        parts = {"figure", "readouts", "table", "summary"}
        if any("link" in control for control in spec["controls"]):
            parts.add("linked")
        if "simulation" in spec:
            parts.add("simulation")
        assert set(json.loads((dist / source).read_text())) == parts
        controls = {control["name"]: control for control in spec["controls"]}
        for control in controls.values():
            assert 0 <= control["start"] < len(control["stops"])
        for preset in spec["presets"]:
            assert all(0 <= position < len(controls[name]["stops"]) for name, position in preset.items())
        assert ("framed" in spec) != ("simulation" in spec)
        if "framed" in spec:
            framed = dist / next(frames)
            for change in json.loads(framed.read_text())["changes"]:
                assert len(change["at"]) == len(controls[spec["framed"]]["stops"])
            assert len(framed.with_name(f"{framed.name}.gz").read_bytes()) <= LIMIT
            assert framed.with_name(f"{framed.name}.br").exists()
    assert next(frames, None) is None


def test_questions_stand_in_their_section_and_in_the_article(pages):
    """Each under the same id on both, so that a browser that has kept an answer finds it; frames have none."""
    asked = {
        name: re.findall(r'<fieldset class="question" id="([^"]+)"', html) for name, html in pages.items()
    }
    whole = asked.pop("index.html")
    assert asked.pop("authoring/index.html") == ["check-a-name"]  # the guide shows one
    assert len(whole) >= 18
    assert sorted(id_ for ids in asked.values() for id_ in ids) == sorted(whole)
    assert not [name for name, ids in asked.items() if ids and name.startswith(("embed/", "lab/"))]


def test_every_term_of_the_article_is_in_the_glossary(pages):
    """So a card finds what it shows, and without scripts the link does (dead anchors are the build's to find)."""
    linked = set(re.findall(r'href="glossary/#([^"]+)" class="term"', pages["index.html"]))
    assert len(linked) >= 25
    explained = re.findall(r'<div id="([^"]+)" data-term>', pages["glossary/index.html"])
    assert linked == set(explained)
    assert pages["glossary/index.html"].count("data-meaning>") == len(explained)


def test_the_first_view_is_light(dist):
    """HTML, stylesheet, every module of the page and all fonts: at most 150 KB compressed."""
    sizes = first_view(dist)
    assert "index.html" in sizes
    assert {name.rpartition(".")[2] for name in sizes} >= {"html", "css", "js", "woff2"}
    assert sum(sizes.values()) <= FIRST_VIEW, sizes
    assert sum(size for name, size in sizes.items() if name.endswith(".woff2")) <= FONTS


def test_compressed_twins_decode_to_their_files(dist):
    """Across the whole site, wasm included."""
    for path in dist.rglob("*.br"):
        assert brotli.decompress(path.read_bytes()) == path.with_suffix("").read_bytes()


def test_no_other_host_is_named_but_in_links_and_licences(dist, pages):
    """Nothing that a browser loads by itself comes from elsewhere."""
    for name, html in pages.items():
        for element, attribute, value in Addresses(html).found:
            if urlsplit(value).netloc and not element.startswith("a"):
                assert value.startswith("https://example.org/"), (name, element, attribute, value)
    for path in [*dist.glob("assets/css/*.css"), *dist.glob("assets/js/*.js"), *dist.glob("figures/*.svg")]:
        hosts = set(re.findall(r"https?://([\w.-]+)", path.read_text())) - {"www.w3.org"}
        assert not hosts, path.name


def test_check_is_content_with_a_good_project_and_says_what_is_stale(changeable):
    """The figure that changed is named with the fence that shows it, and so is the remedy."""
    manifest = changeable / "site/figures/figures.json"
    data = json.loads(manifest.read_text())
    assert data["figures"]
    name = min(data["figures"])
    data["figures"][name]["sketch"]["data"][0]["x"] = [1, 2, 3]
    manifest.write_text(json.dumps(data))
    done = run_build(changeable, "figures", "--check")
    assert done.returncode == 1
    assert re.search(
        rf"^content/.*\.md:\d+: the picture of '{name}' shows something else", done.stderr, re.MULTILINE
    )
    assert "make figures" in done.stderr


def test_check_warns_of_what_is_hard_to_read_and_refuses_what_is_wrong(changeable):
    """A long sentence and an unfinished draft are no problems, a misspelt word is one."""
    section = changeable / SECTION
    text = section.read_text(encoding="utf-8")
    section.write_text(f"{text}\n{'Word after word ' * 14}is read.\n", encoding="utf-8")
    draft = changeable / "content/l2-regularization/99-later.md"
    draft.write_text(
        "---\ntitle: Later\nsummary: Not yet.\ndraft: true\n---\n\n<b>later</b>\n", encoding="utf-8"
    )
    done = run_build(changeable, "check")
    assert done.returncode == 0, done.stderr
    assert f"warning: {SECTION}:" in done.stderr
    assert "the sentence has 44 words" in done.stderr
    assert "99-later.md:7: raw HTML is refused" in done.stderr
    section.write_text(f"{text}\nA misspeled word.\n", encoding="utf-8")
    done = run_build(changeable, "check")
    assert done.returncode == 1
    assert "no dictionary has 'misspeled'; did you mean 'misspelled'?" in done.stderr
    assert "1 problem" in done.stderr


def test_clean_removes_only_what_builds_make(changeable):
    """The site and the cache go; a folder that is no site stays."""
    assert run_build(changeable, "build").returncode == 0
    assert run_build(changeable, "clean").returncode == 0
    assert not (changeable / "dist").exists()
    assert not (changeable / ".cache/l2site").exists()
    (changeable / "dist").mkdir()
    (changeable / "dist/mine.txt").write_text("mine")
    assert run_build(changeable, "clean").returncode == 0
    assert (changeable / "dist/mine.txt").exists()
