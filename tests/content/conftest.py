"""A project in a temporary folder, with an article in it, to be filled by a test."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from l2site.content import load_article
from l2site.model import Article
from l2site.problems import ContentError

ARTICLE = """\
title = "A title"
subtitle = "A subtitle"
description = "A description."
author = "An author"
language = "en"
published = 2026-01-02
updated = 2026-01-03
licence = "CC BY 4.0"
"""

REFERENCES = """\
[hoerl1970]
authors = ["Hoerl, A. E.", "Kennard, R. W."]
year = 1970
title = "Ridge Regression"
venue = "Technometrics 12(1), 55–67"
doi = "10.1080/00401706.1970.10488634"

[hastie2009]
authors = ["Hastie, T.", "Tibshirani, R.", "Friedman, J."]
year = 2009
title = "The Elements of Statistical Learning"

[xie2024]
authors = ["Xie, S.", "Li, Z."]
year = 2024
title = "Implicit Bias of AdamW"
url = "https://arxiv.org/abs/2404.04454"
"""

GLOSSARY = """\
Words.

ridge regression
: Linear regression with a price of $\\lambda$.

weight decay
: A factor.
  See [ridge](glossary.md#ridge-regression).
"""

FRONT = "---\ntitle: A section\nsummary: What it says.\n---\n"


@pytest.fixture
def load(tmp_path: Path) -> Callable[[Mapping[str, str | bytes]], Article]:
    """Return a function that writes the files of an article and loads it.

    A section given as text gets a front matter of four lines, so that its text begins in line 5; bytes stay the same.
    """

    def write_and_load(files: Mapping[str, str | bytes]) -> Article:
        folder = tmp_path / "content" / "tale"
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.iterdir():
            old.unlink()
        for name, data in {"article.toml": ARTICLE, "references.toml": REFERENCES, **files}.items():
            text = FRONT + data if isinstance(data, str) and name.endswith(".md") else data
            (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
        return load_article(folder)

    return write_and_load


@pytest.fixture
def problems(load) -> Callable[[Mapping[str, str | bytes]], list[str]]:
    """Return a function that returns what is wrong with an article, as it is printed."""

    def report(files: Mapping[str, str | bytes]) -> list[str]:
        try:
            load(files)
        except ContentError as error:
            return str(error).splitlines()
        return []

    return report
