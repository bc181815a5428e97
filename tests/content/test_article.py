"""The article itself: it is published as it stands, and its code does what it says."""

import contextlib
import importlib.util
import io
from pathlib import Path

import pytest

from l2site.checks import check_article
from l2site.content import load_article
from l2site.markdown import code_blocks, render
from l2site.problems import ContentError

PROJECT = Path(__file__).parents[2]
FOLDERS = sorted(path.parent for path in PROJECT.glob("content/*/article.toml"))


def sections():
    """Return every section of every article; an article that cannot be read has a test of its own."""
    found = []
    for folder in FOLDERS:
        with contextlib.suppress(ContentError):
            found += load_article(folder).sections
    return found


@pytest.fixture(params=FOLDERS, ids=lambda folder: folder.name)
def folder(request):
    """Return the folder of each article in turn."""
    return request.param


def test_article_has_no_problems(folder):
    """Every file of the article is free of mistakes."""
    try:
        load_article(folder)
    except ContentError as error:
        pytest.fail(f"\n{error}", pytrace=False)


def test_article_has_no_warnings(folder):
    """Every sentence has its line, and every work is cited."""
    assert [str(problem) for problem in check_article(load_article(folder))] == []


def test_every_section_is_rendered(folder):
    """A section has the same ids on its own page as on the article's."""
    for section in load_article(folder).sections:
        own = render(section, root="../", heading_shift=0, figure=lambda embed: embed.anchor)
        whole = render(section, root="", heading_shift=1, figure=lambda embed: embed.anchor)
        assert own.count(' id="') == whole.count(' id="') > 0 or not section.headings
        assert [heading.anchor for heading in section.headings if f'id="{heading.anchor}"' not in whole] == []


@pytest.mark.parametrize("section", sections(), ids=lambda section: section.slug)
def test_code_prints_what_the_article_says(section):
    """The code of a section runs from its first line to its last, and prints what stands below it."""
    namespace = {"__name__": "__main__"}
    blocks = [block for block in code_blocks(section) if block.language == "python"]
    absent = {need for block in blocks for need in block.needs if not importlib.util.find_spec(need)}
    for block in blocks:
        if absent.intersection(block.needs):
            continue
        printed = io.StringIO()
        source = compile("\n" * block.line + block.code, section.source, "exec")
        with contextlib.redirect_stdout(printed):
            exec(source, namespace)  # noqa: S102  # it is the article's own code
        assert printed.getvalue() == (block.output or ""), f"{section.source}:{block.line}"
    if absent and not any(absent.isdisjoint(block.needs) for block in blocks):
        pytest.skip(f"not installed: {', '.join(sorted(absent))}")
