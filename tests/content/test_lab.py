"""The lab's code: it runs, it is short, and each section has an example."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from l2site.content import load_article
from l2site.lab import read_lab
from l2site.problems import ContentError
from l2widgets import workbench

ROOT = Path(__file__).parents[2]
CELLS = sorted((ROOT / "content/lab").rglob("*.py"))


@pytest.fixture(scope="module")
def article():
    """The article."""
    return load_article(ROOT / "content/l2-regularization")


def test_every_section_has_an_example(article):
    """In the order of the article."""
    lab = read_lab(ROOT, article)
    assert [slug for _, slug, _ in lab.examples] == [section.slug for section in article.sections]
    assert lab.conversions


@pytest.mark.parametrize("path", CELLS, ids=lambda path: path.stem)
def test_code_of_the_lab_runs(path):
    """As the page runs it; it shows something, and a conversion agrees."""
    said = []
    source = path.read_text(encoding="utf-8")
    answer = json.loads(workbench.answer_json('{"widget": "#"}', source, said.append))
    assert "failed" not in answer, answer
    printed = "".join(said)
    assert printed or answer["cell"]["figures"]
    assert "False" not in printed
    assert path.parent.name == "examples" or "True" in printed
    assert max(map(len, source.split("\n"))) <= 120


@pytest.mark.parametrize(
    ("name", "text", "mistake"),
    [
        ("examples/40-weight-dekay.py", "# Title\n1\n", "no section '40-weight-dekay'; .*40-weight-decay"),
        ("conversions/10-other.py", "print(1)\n", "the first line is no title"),
    ],
)
def test_a_mistake_is_named_with_its_file(tmp_path, article, name, text, mistake):
    """Before anything is built."""
    path = tmp_path / "content/lab" / name
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ContentError, match=rf"{path.name}:1: .*{mistake}"):
        read_lab(tmp_path, article)
