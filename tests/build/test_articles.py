"""A site with several articles: each below its name, an index before them, and everything else shared."""

import json
import re
import shutil
from xml.etree import ElementTree as ET

import pytest

from l2site.hosting import POLICY
from tests.build.project import ROOT, copy_project, run_build
from tools import nginx
from tools.answers import follow

ATOM = "{http://www.w3.org/2005/Atom}"
SAMPLE = ROOT / "tests/fixtures/momentum"


@pytest.fixture(scope="module")
def project_of_two(tmp_path_factory):
    """Return a copy of the project with a second article."""
    return with_second_article(copy_project(tmp_path_factory.mktemp("two") / "project"))


def with_second_article(project):
    """Add a second article to a project, in which the pages beside them link sections of the first."""
    shutil.copytree(SAMPLE, project / "content/momentum")
    pages = project / "content/pages"
    for page in pages.glob("*.md"):
        text = page.read_text(encoding="utf-8")
        page.write_text(
            re.sub(r"\]\(/(?=[a-z-]+/)(?!lab|authoring|reference)", "](/l2-regularization/", text)
        )
    return project


@pytest.fixture(scope="module")
def two(project_of_two):
    """Return the site of two articles, built."""
    project = project_of_two
    done = run_build(project, "build", "--base-url", "https://example.org/all/")
    assert done.returncode == 0, done.stderr
    return project / "dist"


def read(dist, name):
    """Return a page."""
    return (dist / name).read_text(encoding="utf-8")


def test_each_article_stands_below_its_name(two):
    """With its sections, its glossary, its feed and its citation; at the root, signposts are left of it."""
    for name, slugs in {
        "l2-regularization": ("penalty", "tuning"),
        "momentum": ("opening", "penalty"),
    }.items():
        for page in ("", "glossary/", *(f"{slug}/" for slug in slugs)):
            assert (two / name / page / "index.html").is_file()
        assert f"https://example.org/all/{name}/" in read(two, f"{name}/citation.bib")
    assert not (two / "citation.bib").exists()
    for page in ("penalty", "tuning", "glossary"):
        assert 'data-widget="' not in read(two, f"{page}/index.html")
    for page in ("lab", "accessibility", "embed/weight_decay", "embed/network", "python"):
        assert (two / page).is_dir()


def test_signposts_lead_to_where_pages_are(two):
    """Without a script too; machines are told the page's own address, and nobody keeps or lists them."""
    sign = read(two, "tuning/index.html")
    assert '<link rel="canonical" href="https://example.org/all/l2-regularization/tuning/">' in sign
    assert (
        '<noscript><meta http-equiv="refresh" content="0; url=../l2-regularization/tuning/"></noscript>'
        in sign
    )
    assert re.search(r'<a href="../l2-regularization/tuning/" data-moved>[^<]+</a>', sign)
    assert "all/tuning/" not in read(two, "sitemap.xml")
    kept = json.loads(read(two, "sw.js").split("\n")[0].removeprefix("const RELEASE = ").removesuffix(";"))
    assert "tuning/" not in kept["unhashed"]


def test_hosts_that_can_be_told_have_no_signposts(project_of_two, tmp_path):
    """They answer with where the page is, query and all."""
    for target in ("netlify", "nginx"):
        where = ("--target", target, "--base-url", "https://example.org/", "--out", str(tmp_path / target))
        done = run_build(project_of_two, "build", *where)
        assert done.returncode == 0, done.stderr
        assert not (tmp_path / target / "tuning").exists()
    told = (tmp_path / "netlify/_redirects").read_text().splitlines()
    assert {"/tuning/ /l2-regularization/tuning/ 301", "/tuning /l2-regularization/tuning/ 301"} <= set(told)
    assert "/glossary/ /l2-regularization/glossary/ 301" in told
    if not nginx.find():
        pytest.skip("nginx is not installed here; `make test-hosting` installs it where apt-get may")
    with nginx.Nginx(tmp_path / "nginx", tmp_path / "nginx.nginx") as hosted:
        for old in ("tuning", "tuning/"):
            *_, gone, there = follow(f"{hosted.url}{old}?lambda_sweep.lam=0.1", trust=str(hosted.certificate))
            assert gone.status == 301
            assert gone.headers["Location"] == "/l2-regularization/tuning/?lambda_sweep.lam=0.1"
            assert gone.headers["Content-Security-Policy"] == POLICY
            assert there.status == 200


def test_the_index_leads_to_each(two):
    """The oldest first, and every page leads back to it."""
    index = read(two, "index.html")
    found = re.findall(r'<h2><a href="([^"]+)"[^>]*>([^<]+)</a></h2>', index)
    assert found == [("l2-regularization/", "The Price of Weight"), ("momentum/", "The Weight of Speed")]
    assert '<a href="../../">All articles</a>' in read(two, "momentum/penalty/index.html")
    assert '<a href="../">All articles</a>' in read(two, "momentum/index.html")
    assert re.findall(r"· \d+ (\w+) to read", index) == ["minutes", "minute"]
    assert "· 1 minute to read" in read(two, "momentum/index.html")
    assert "momentum/" in read(two, "404.html")


def test_names_belong_to_their_article(two):
    """A section, an anchor and a term may have the same names in both; links stay in their article."""
    opening = read(two, "momentum/opening/index.html")
    assert 'href="../penalty/#rolling"' in opening
    assert 'href="../glossary/"' in opening
    assert 'href="../glossary/#momentum"' in opening
    assert 'href="../../l2-regularization/penalty/"' in opening
    assert 'id="why-squares"' in opening
    whole = read(two, "momentum/index.html")
    assert 'href="#rolling"' in whole
    assert 'href="../l2-regularization/penalty/"' in whole
    assert 'id="ref-polyak1964"' in whole
    assert "ref-hoerl1970" not in whole
    assert 'href="../opening/"' in read(two, "momentum/glossary/index.html")
    assert "<sup" in whole
    assert 'id="snr-1"' in whole


def test_figures_and_files_are_shared(two):
    """A figure that both articles have is one page for frames, which leads to the first; its files lie at the root."""
    opening = read(two, "momentum/opening/index.html")
    assert 'data-source="../../figures/weight_decay.' in opening
    assert 'href="../../assets/css/site.' in opening
    embed = read(two, "embed/weight_decay/index.html")
    assert "../../l2-regularization/weight-decay/#figure-weight_decay" in embed
    assert "<cite>The Price of Weight</cite>" in embed


def test_machines_are_told_of_all(two):
    """One site map; a feed for each article and one for all; each page's own address."""
    sites = ET.fromstring(read(two, "sitemap.xml"))  # noqa: S314  written by the build
    places = [place.text for place in sites.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert len(set(places)) == len(places)
    base = "https://example.org/all/"
    assert {base, f"{base}momentum/", f"{base}momentum/penalty/", f"{base}l2-regularization/penalty/"} <= set(
        places
    )
    entries = {}
    for name in (".", "momentum", "l2-regularization"):
        feed = ET.fromstring(read(two, f"{name}/feed.xml"))  # noqa: S314  written by the build
        entries[name] = [entry.findtext(f"{ATOM}id") for entry in feed.iter(f"{ATOM}entry")]
    assert entries["momentum"] == [f"{base}momentum/opening/", f"{base}momentum/penalty/"]
    assert entries["."] == entries["l2-regularization"] + entries["momentum"]
    about = json.loads(re.search(r'ld\+json">(.*?)</script>', read(two, "momentum/penalty/index.html"))[1])
    assert about["@id"] == f"{base}momentum/penalty/"
    assert about["isPartOf"]["@id"] == f"{base}momentum/"


def test_what_several_articles_cannot_have_is_said(changeable):
    """Two questions of one name would share a reader's answers; a folder's name is an address."""
    shutil.copytree(SAMPLE, changeable / "content/Momentum")
    opening = changeable / "content/Momentum/10-opening.md"
    opening.write_text(
        opening.read_text(encoding="utf-8").replace("rolling-share", "shared-weight"), encoding="utf-8"
    )
    done = run_build(changeable, "build")
    assert done.returncode == 1
    assert (
        "content/Momentum/article.toml:1: the folder's name 'Momentum' is no article's address" in done.stderr
    )
    assert re.search(
        r"10-opening.md:\d+: the question 'shared-weight' already stands at content/l2-reg\S+:\d+",
        done.stderr,
    )


def test_an_article_of_drafts_is_a_draft(changeable):
    """As `new article` writes it: the site stays as it is until its first section is published."""
    assert run_build(changeable, "new", "article", "momentum").returncode == 0
    assert run_build(changeable, "build").returncode == 0
    assert (changeable / "dist/penalty/index.html").is_file()
    assert not (changeable / "dist/momentum").exists()
