"""ARCHITECTURE.md's diagram of what imports what is what the programs import."""

import ast
import re
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("bench", "tools")
"""Folders of programs that are no packages."""
BOX = re.compile(r'^ *(?P<id>\w+)\["(?P<title>[^<"]+)<br>(?P<modules>[^"]+)"\]$', re.MULTILINE)
ARROW = re.compile(r"^ *(?P<from>\w+) --> (?P<to>[\w &]+)$", re.MULTILINE)


def diagram():
    """Return the diagram's boxes, each with its modules, and its arrows."""
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    (drawn,) = re.findall(r"```mermaid\n(.*?)```", text, re.DOTALL)
    boxes = {match["id"]: match["modules"].split() for match in BOX.finditer(drawn)}
    arrows = {(match["from"], to.strip()) for match in ARROW.finditer(drawn) for to in match["to"].split("&")}
    lines = [line for line in drawn.splitlines()[1:] if line.strip()]
    assert len(lines) == len(boxes) + len(ARROW.findall(drawn)), "a line is neither a box nor an arrow"
    return boxes, arrows


def modules():
    """Return every module of the project's programs by its name, with its file."""
    found = {}
    for folder in ("src", *ROOMS):
        for file in sorted((ROOT / folder).rglob("*.py")):
            start = ROOT / "src" if folder == "src" else ROOT
            name = ".".join(file.relative_to(start).with_suffix("").parts)
            found[name.removesuffix(".__init__")] = file
    return found


def imports(file, known):
    """Return the modules of the project that a file imports; of `from package import module`, the module."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = {alias.name: f"{node.module}.{alias.name}" for alias in node.names}
            found |= {whole if whole in known else node.module for whole in names.values()}
    return {name for name in found if name in known}


def box_of(module, boxes):
    """Return the box in which a module stands, by its own name or that of a package around it."""
    parts = module.split(".")
    around = [".".join(parts[:length]) for length in range(len(parts), 0, -1)]
    for name in around:
        if name in ("l2widgets", "l2site") and name != module:
            return None  # a package's own box holds the package, not what is in it
        if inside := [box for box, names in boxes.items() if name in names]:
            assert len(inside) == 1, f"{name} stands in several boxes"
            return inside[0]
    return None


def test_every_module_stands_in_a_box():
    """And every name in a box is a module."""
    boxes, _ = diagram()
    known = modules()
    assert [name for name in known if name != "l2site" and not box_of(name, boxes)] == []
    assert [name for names in boxes.values() for name in names if name not in {*known, *ROOMS}] == []


def test_the_arrows_are_the_imports():
    """Each import from one box to another has its arrow, and each arrow an import."""
    boxes, arrows = diagram()
    known = modules()
    seen = defaultdict(list)
    for name, file in known.items():
        for imported in imports(file, known):
            pair = box_of(name, boxes), box_of(imported, boxes)
            if None not in pair and pair[0] != pair[1]:
                seen[pair].append(f"{name} imports {imported}")
    assert {pair: why for pair, why in seen.items() if pair not in arrows} == {}
    assert arrows - seen.keys() == set()


def test_no_arrow_leads_back():
    """The boxes are layers: what stands below never imports what stands above it."""
    boxes, arrows = diagram()
    place = {box: at for at, box in enumerate(boxes)}
    assert [(start, end) for start, end in arrows if place[start] <= place[end]] == []


@pytest.mark.parametrize("folder", ["src", *ROOMS])
def test_nothing_imports_the_tests(folder):
    """They may import everything."""
    files = [*(ROOT / folder).rglob("*.py")]
    assert files
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                assert (node.module or "").partition(".")[0] != "tests", file
