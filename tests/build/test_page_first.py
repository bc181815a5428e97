"""The page of a changed section, made before the rest of the site: the same bytes as the next build's, or none."""

import pytest

from l2site.kept import Steps
from l2site.problems import ContentError
from l2site.site import make_page, make_site
from tests.build.project import copy_project

SECTION = "content/l2-regularization/20-penalty.md"
MORE = """
A word more, with $\\lambda x$, a [section](80-bayes.md), a [place](#why-squares), a [term](glossary.md#adamw),
and a note.[^new] [@krogh1991]

[^new]: It stands beside the text.

## One more heading

```python
print(1)
```

```output
1
```
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Return a project that was built, and what its builds leave."""
    project, steps = copy_project(tmp_path_factory.mktemp("first") / "project"), Steps()
    build(project, steps)
    return project, steps


def build(project, steps):
    """Return the files of a build as `serve` makes it."""
    return make_site(project, service_worker=False, drafts=True, steps=steps).files


@pytest.fixture
def section(built):
    """Return a section's file, which is afterwards what it was."""
    file = built[0] / SECTION
    text = file.read_text(encoding="utf-8")
    yield file
    file.write_text(text, encoding="utf-8")
    build(*built)


def test_it_is_the_page_that_the_next_build_makes(built, section):
    """With formulas, links, notes, citations, headings and code; and so is the page of the next change."""
    for more in (MORE, MORE.replace("A word more", "Another word")):
        text = section.read_text(encoding="utf-8").partition("\nA word more")[0]
        section.write_text(text + more, encoding="utf-8")
        name, page = make_page(section, built[1])
        assert name == "penalty/index.html"
        assert more.split("\n")[1].partition(",")[0].encode() in page
        assert build(*built)[name] == page


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("title: ", "title: Another "),
        ("\n## Why squares", "\n![A picture](one.png)\n\n## Why squares"),
        ("\n## Why squares", "\n```{widget} network\n```\n\n## Why squares"),
        ("\n## Why squares", "\n<b>HTML</b>\n\n## Why squares"),
        ("\n## Why squares", "\n[nowhere](#nowhere)\n\n## Why squares"),
        ("\n## Why squares", "\nA ☃.\n\n## Why squares"),
    ],
    ids=["title", "picture", "widget", "HTML", "dead link", "another character"],
)
def test_what_only_a_whole_build_can_say_is_left_to_it(built, section, old, new):
    """What other pages show too, what is wrong, and what needs another font."""
    text = section.read_text(encoding="utf-8")
    assert old in text
    section.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert make_page(section, built[1]) is None


def test_after_a_build_that_failed_there_is_none(built, section):
    """The pages that are shown are older than what it has read."""
    text = section.read_text(encoding="utf-8")
    section.write_text(f"{text}\n<b>HTML</b>\n", encoding="utf-8")
    with pytest.raises(ContentError):
        build(*built)
    section.write_text(f"{text}\nA word.\n", encoding="utf-8")
    assert make_page(section, built[1]) is None
    build(*built)
    assert make_page(section, built[1])


def test_what_is_no_section_has_no_page(built):
    """A program, a declaration, a page beside the articles, a file that is not there."""
    for name in (
        "src/l2widgets/decay.py",
        "content/site.toml",
        "content/pages/accessibility.md",
        f"{SECTION}x",
    ):
        assert make_page(built[0] / name, built[1]) is None
