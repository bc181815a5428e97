"""The reference of `l2widgets`: everything public says what a caller needs, and the page shows it."""

from __future__ import annotations

import ast
import doctest
import re
from collections import defaultdict
from importlib import import_module
from pathlib import Path

import pytest

import l2widgets
from l2site.pages import environment
from l2site.reference import Docstring, Item, chapters, prose, reference_html

ROOT = Path(__file__).parents[2]
DEEPEST = 12
"""Through how many calls an error is followed."""
PACKAGE = Path(l2widgets.__file__).parent
MODULES = ["l2widgets", *(f"l2widgets.{file.stem}" for file in sorted(PACKAGE.glob("[a-z]*.py")))]
SHAPE = re.compile(r"\((?:\.{3}|[\w+ ]+)(?:,[^()]*)?\)|same shape|float or array")
ARRAY = re.compile(r"ArrayLike|Floats|NDArray")


def public():
    """Return everything that the reference explains, with the module where it stands."""
    return [
        (chapter.name, entry)
        for chapter in chapters()
        for outer in chapter.entries
        for entry in (outer, *outer.members)
    ]


@pytest.mark.parametrize(("module", "entry"), public(), ids=lambda value: getattr(value, "path", ""))
def test_public_names_say_what_a_caller_needs(module, entry):
    """A sentence; the shape of each array that goes in, comes out or stays; and each error."""
    assert entry.doc.text, "it has no docstring"
    listed = {
        name.strip("* "): item.kind + item.text
        for item in entry.doc.items("Parameters")
        for name in item.name.split(",")
    }
    for parameter in entry.parameters:
        if ARRAY.search(str(parameter.annotation)) and "Callable" not in str(parameter.annotation):
            said = listed.get(parameter.name) or _beside(parameter.name, entry)
            assert SHAPE.search(said), f"the shape of {parameter.name} is not said"
    if ARRAY.search(entry.returns):
        said = f"{entry.doc.text} {entry.doc.sections.get('Returns', '')}"
        assert SHAPE.search(said), "the shape of what it returns is not said"
    for field in entry.fields:
        assert field.text or entry.kind == "error", f"nothing is said of {field.name}"
        assert not ARRAY.search(field.kind) or SHAPE.search(field.text), f"the shape of {field.name}"
    said = {item.name for item in entry.doc.items("Raises")}
    assert raised(module, entry.path) <= said, "an error is not said"


def test_a_docstring_is_read_in_its_parts():
    """What comes first, then each section; what a section lists, with shapes and with text of several lines."""
    doc = Docstring.read(
        "Do it.\n\nMore.\n\nParameters\n----------\nX, y : (n, d)\n    The\n    features.\nlam\n    The price.\n"
        "\nNotes\n-----\nSo it is.\n"
    )
    assert doc.text == "Do it.\n\nMore."
    assert doc.items("Parameters") == (
        Item("X, y", "(n, d)", "The\nfeatures."),
        Item("lam", "", "The price."),
    )
    assert doc.sections["Notes"] == "So it is."
    assert doc.items("Raises") == ()


def test_prose_has_formulas_examples_and_links():
    """What is indented stands apart, examples are coloured, and names lead to where they are explained."""
    html = prose("See `fit`, ``a < b``.\n\n    J = 1 < 2\n\n>>> 1 + 1\n2\n", {"fit": "ridge.fit"}.get)
    assert html.splitlines()[:2] == [
        '<p>See <a href="#ridge.fit"><code>fit</code></a>, <code>a &lt; b</code>.</p>',
        "<pre>J = 1 &lt; 2</pre>",
    ]
    assert 'aria-label="Example"><code><span class="gp">' in html


def test_the_page_shows_everything_once(tmp_path):
    """Each public name has an anchor of its own, its errors and its types; what is made is kept."""
    templates = environment(ROOT / "site/templates", tmp_path / "templates")
    html = reference_html(ROOT, templates, tmp_path)
    for _, entry in public():
        assert html.count(f'id="{entry.path}"') == 1, entry.path
    assert set(re.findall(r'href="#([^"]+)"', html)) <= set(re.findall(r'id="([^"]+)"', html))
    assert "<strong>ridge.fit</strong>(\n    X: ArrayLike," in html
    assert '→ <a href="#ridge.Fit">Fit</a>' in html
    (kept,) = tmp_path.glob("*.html")
    kept.write_text("kept")
    assert reference_html(ROOT, templates, tmp_path) == "kept"


@pytest.mark.parametrize("module", MODULES)
def test_examples_do_what_they_show(module):
    """The lines after `>>>` print what stands below them."""
    assert doctest.testmod(import_module(module)).failed == 0


def test_there_are_examples():
    """Enough of them that the test above has something to run."""
    assert sum(">>>" in str(entry.doc) for _, entry in public()) >= 12


def _beside(name, entry):
    """Return what follows a parameter's name where the text mentions it, or what is said of the field of this name."""
    text = f"{entry.doc.text} {entry.doc.sections.get('Returns', '')}"
    fields = [field.text for field in entry.fields if field.name == name]
    return " ".join([*re.findall(rf"\b{name}`? (\([^()]*\))", text), *fields])


# ---- What a function raises, as its source says: its own errors, and those of what it calls in the package


def raised(module, path):
    """Return the names of the errors that a public function can raise."""
    return ERRORS[module, path.removeprefix(f"{module}.")]


def _survey():
    """Return the errors of every function of the package by its module and name."""
    direct, calls, caught = defaultdict(set), defaultdict(set), defaultdict(set)
    for module, outer, imported, name, node in _functions():
        key = module, name
        for part in ast.walk(node):
            if isinstance(part, ast.Raise) and part.exc is not None:
                error = part.exc.func if isinstance(part.exc, ast.Call) else part.exc
                direct[key] |= {error.id} if isinstance(error, ast.Name) and error.id[0].isupper() else set()
            if isinstance(part, ast.ExceptHandler) and part.type:
                caught[key].add(ast.unparse(part.type).rpartition(".")[2])
            if isinstance(part, ast.Call):
                calls[key] |= _called(part.func, module, outer, imported)
    for _ in range(DEEPEST):
        for caller, callees in calls.items():
            for callee in callees:
                direct[caller] |= direct.get(callee, set()) - caught[caller]
    return direct


def _functions():
    """Yield every function and method with its module, what stands around it, and what the module imports."""
    for file in sorted(PACKAGE.glob("*.py")):
        module = "" if file.stem == "__init__" else file.stem
        tree = ast.parse(file.read_text(encoding="utf-8"))
        imported = {
            alias.asname or alias.name: (node.module or "").removeprefix("l2widgets").removeprefix(".")
            for node in tree.body
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("l2widgets")
            for alias in node.names
        }
        for outer in tree.body:
            for node in outer.body if isinstance(outer, ast.ClassDef) else [outer]:
                if not isinstance(node, ast.FunctionDef):
                    continue
                if not isinstance(outer, ast.ClassDef):
                    yield module, outer, imported, node.name, node
                elif node.name in ("__init__", "__post_init__"):  # what making one does
                    yield module, outer, imported, outer.name, node
                else:
                    yield module, outer, imported, f"{outer.name}.{node.name}", node


def _called(function, module, outer, imported):
    """Return what a call may mean: a function of this module, of another one, or a method of this class."""
    if isinstance(function, ast.Name):
        return {(imported.get(function.id, module), function.id)}
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
        if function.value.id in ("self", "cls") and isinstance(outer, ast.ClassDef):
            return {(module, f"{outer.name}.{function.attr}")}
        if imported.get(function.value.id) == "":
            return {(function.value.id, function.attr)}
    return set()


ERRORS = _survey()
