"""Drafts: there for their author, and nowhere for readers."""

import pytest

from l2site.checks import check_article
from l2site.content import load_article
from l2site.problems import ContentError
from tests.content.conftest import FRONT

DRAFT = FRONT.replace("summary", "draft: true\nsummary")
UNFINISHED = f"{DRAFT}<b>unfinished</b>\n".encode()


def test_a_draft_is_left_out_unless_it_is_asked_for(load, tmp_path):
    """Published sections are counted without it."""
    files = {"10-first.md": "One.\n", "15-next.md": f"{DRAFT}Two.\n".encode(), "20-last.md": "Three.\n"}
    article = load(files)
    assert [(section.number, section.slug, section.draft) for section in article.sections] == [
        (1, "first", False),
        (2, "last", False),
    ]
    seen = load_article(tmp_path / "content/tale", drafts=True)
    assert [(section.number, section.slug, section.draft) for section in seen.sections] == [
        (1, "first", False),
        (2, "next", True),
        (3, "last", False),
    ]


def test_what_is_wrong_in_a_draft_keeps_nothing_from_being_published(load, tmp_path):
    """Its author is told all the same."""
    load({"10-first.md": "One.\n", "15-next.md": UNFINISHED})
    with pytest.raises(ContentError, match=r"15-next.md:6: raw HTML is refused"):
        load_article(tmp_path / "content/tale", drafts=True)


@pytest.mark.parametrize("link", ["next", "15-next.md", "15-next.md#part"])
def test_a_link_to_a_draft_is_a_mistake_where_it_would_be_published(problems, tmp_path, link):
    """It would lead nowhere; among drafts it leads there."""
    files = {"10-first.md": f"[On]({link}).\n", "15-next.md": f"{DRAFT}## Part\n".encode()}
    assert problems(files) == [
        "content/tale/10-first.md:5: 15-next.md is a draft, which is not published; publish it too, or remove the link"
    ]
    load_article(tmp_path / "content/tale", drafts=True)


def test_what_only_a_draft_needs_is_no_surplus(load):
    """A work that a draft cites and a term that it links may wait for it."""
    glossary = f"{FRONT}ridge\n: A price.\n".encode()
    files = {"glossary.md": glossary, "10-first.md": "[@hoerl1970; @xie2024]\n"}
    told = "\n".join(map(str, check_article(load(files))))
    assert "'hastie2009' is never cited" in told
    assert "no section links the term 'ridge'" in told
    draft = f"{DRAFT}[Ridge](glossary.md#ridge) [@hastie2009].\n".encode()
    told = "\n".join(map(str, check_article(load(files | {"15-next.md": draft}))))
    assert "never cited" not in told
    assert "no section links" not in told


def test_a_draft_is_one_or_not(problems):
    """Another word than true and false is refused, and makes no draft."""
    text = f"{FRONT.replace('summary', 'draft: perhaps' + chr(10) + 'summary')}One.\n"
    assert problems({"10-first.md": text.encode()}) == [
        "content/tale/10-first.md:3: 'draft' is neither true nor false; write 'draft: true', or remove the line"
    ]
    load_published = FRONT.replace("summary", "draft: false\nsummary") + "One.\n"
    assert problems({"10-first.md": load_published.encode()}) == []
