"""What readers get when they ask for code: the editor, the sources, the names."""

from __future__ import annotations

import json
import shutil

import pytest

import l2widgets
from l2site import workbench
from l2site.bundler import BundlerError
from tests.build.project import ROOT


@pytest.fixture(scope="module")
def index(dist):
    """The index that pages load, and where its addresses begin."""
    [path] = dist.glob("assets/workbench.*.json")
    return json.loads(path.read_text()), path.parent


def test_the_sources_are_the_modules_themselves(index):
    """Byte for byte, each under a name that its digest decides."""
    given, folder = index
    assert sorted(given["sources"]) == sorted(l2widgets.names())
    for name, address in given["sources"].items():
        module = ROOT / f"src/l2widgets/widgets/{name}.py"
        assert (folder / address).read_bytes() == module.read_bytes()


def test_the_editor_is_one_module(index):
    """It imports nothing, writes no HTML, brings its licence, and ends with what the page calls."""
    given, folder = index
    text = (folder / given["editor"]).read_text()
    assert "makeEditor" in text.rpartition("export")[2]
    assert "Marijn Haverbeke" in text.partition("*/")[0]
    assert "import(" not in text
    assert ".innerHTML=" not in text
    assert (folder / given["sheet"]).exists()


def test_pages_do_not_ask_for_the_editor_by_themselves(pages_of_dist):
    """Neither it nor what opens it is named in a page's head."""
    for html in pages_of_dist:
        head = html.partition("</head>")[0]
        assert "vendor/editor" not in head
        assert "js/main" in html
        assert "js/workbench" not in head


@pytest.fixture
def pages_of_dist(dist):
    """The pages with figures."""
    return [path.read_text() for path in dist.rglob("index.html") if path.parent.name != "lab"]


def test_names_can_be_called_as_they_are_written(index):
    """Everything that completion offers is there, and says what it does."""
    given, _ = index
    for entry in given["names"]:
        thing = l2widgets
        for part in entry["name"].split("."):
            __import__(f"l2widgets.{part}") if thing is l2widgets and not hasattr(thing, part) else None
            thing = getattr(thing, part)
        assert entry["says"], entry
        assert entry["kind"] in ("function", "class", "namespace")
    assert {"ridge", "ridge.fit", "decay.half_life", "figures.line"} <= {n["name"] for n in given["names"]}


def test_the_lab_lists_the_names(dist):
    """With their signatures."""
    html = (dist / "lab/index.html").read_text()
    assert "<code>fit(X, y, lam)</code>" in html
    assert html.count("lab-name") == sum(name.kind != "namespace" for name in workbench.api())


def test_an_editor_that_cannot_be_made_is_explained(tmp_path):
    """Without npm's packages, and with a mistake in our part."""
    with pytest.raises(BundlerError, match="`make setup` installs it"):
        workbench.editor(tmp_path, tmp_path)
    (tmp_path / "site").mkdir()
    (tmp_path / "site/node_modules").symlink_to(ROOT / "site/node_modules")
    shutil.copy(ROOT / "site/package-lock.json", tmp_path / "site")
    (tmp_path / ".cache").symlink_to(ROOT / ".cache")
    (tmp_path / "site/editor").mkdir()
    (tmp_path / "site/editor/editor.js").write_text('import "./nothing.js";')
    with pytest.raises(BundlerError, match=r"nothing\.js"):
        workbench.editor(tmp_path, tmp_path / "made")
