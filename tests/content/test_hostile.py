"""No text of an author's, however it is meant, becomes anything but text."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.content.conftest import FRONT
from tests.hostile.corpus import FRONT as FRONTS
from tests.hostile.corpus import MARKDOWN, SCRIPTS, TEXTS, filled
from tests.hostile.reading import Reader, acting


@pytest.fixture(scope="module")
def reader(tmp_path_factory):
    """Return what reads a section."""
    return Reader(tmp_path_factory.mktemp("hostile"))


@pytest.mark.parametrize("place", MARKDOWN)
def test_markdown_is_refused_or_inert(reader, place):
    """Each text in each place of a section: problems, or HTML in which nothing acts."""
    for text in TEXTS:
        html = reader.html(FRONT + filled(place, text))
        assert html is None or acting(html) == [], text


@pytest.mark.parametrize("place", FRONTS)
def test_front_matter_is_refused_or_inert(reader, place):
    """Titles and summaries too, which templates escape; nothing that YAML could make of them is made."""
    for text in TEXTS:
        html = reader.html(f"---\n{filled(place, text)}\n---\n\nText.\n")
        assert html is None or acting(html) == []


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ("<p onclick=x>", ["p onclick"]),
        ('<a href="java\tscript:x">', ["a href=java\tscript:x"]),
        ("<img src=https://evil.example/>", ["img src=https://evil.example/"]),
        ("<script>", ["script"]),
        ('<p style="">', ["p style"]),
        ('<a href="https://example.org/">&lt;script&gt;</a>', []),
    ],
)
def test_what_acts_is_seen(html, found):
    """The look at the HTML sees what it is about."""
    assert acting(html) == found


SIGNS = ("\n", "\n\n", "    ", "\\", "<", ">", '"', "&", "javascript:")
PIECES = st.sampled_from([*" ".join(MARKDOWN).replace("%s", " ").split(), *SCRIPTS, *SIGNS])


@settings(max_examples=150, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(text=st.lists(PIECES | st.text(max_size=4), max_size=30).map("".join))
def test_any_mixture_is_refused_or_inert(reader, text):
    """Whatever is put together of what Markdown and HTML are made of."""
    html = reader.html(FRONT + text)
    assert html is None or acting(html) == []
