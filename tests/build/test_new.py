"""`build.py new`: what it writes works as it stands, and it overwrites nothing."""

import shutil
import subprocess
import sys

import pytest

from tests.build.project import ROOT, run_build, tree


def test_a_section_is_a_draft_that_can_be_published(changeable):
    """With its line of draft gone it passes every check, and it stands after the last section."""
    done = run_build(changeable, "new", "section", "learning-rate")
    assert done.returncode == 0, done.stderr
    section = changeable / "content/l2-regularization/91-learning-rate.md"
    assert str(section.relative_to(changeable)) in done.stdout
    assert run_build(changeable, "build").returncode == 0
    assert not (changeable / "dist/learning-rate").exists()
    section.write_text(section.read_text(encoding="utf-8").replace("draft: true\n", ""), encoding="utf-8")
    checked = run_build(changeable, "check")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert run_build(changeable, "build").returncode == 0
    assert "Section 10 of 10" in (changeable / "dist/learning-rate/index.html").read_text(encoding="utf-8")


def test_a_widget_keeps_the_contract(changeable):
    """Its figure passes every test that widgets have, once it is accepted as it is."""
    done = run_build(changeable, "new", "widget", "first_light")
    assert done.returncode == 0, done.stderr
    assert "make figures" in done.stdout
    assert "make golden" in done.stdout
    shutil.copytree(ROOT / "tests", changeable / "tests")
    tests = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "tests/contract",
        "-k",
        "first_light",
    ]
    for more in (["-k", "first_light and golden", "--update-golden"], []):
        ran = subprocess.run([*tests, *more], cwd=changeable, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stdout
    assert (changeable / "tests/golden/first_light.json").exists()
    linted = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "src"],
        cwd=changeable,
        capture_output=True,
        text=True,
        check=False,
    )
    assert linted.returncode == 0, linted.stdout


@pytest.mark.parametrize(
    ("kind", "name", "said"),
    [
        ("section", "Learning rate", "'Learning rate' cannot be an address; use small letters, digits"),
        ("section", "../away", "'../away' cannot be an address; use small letters, digits"),
        ("section", "figures", "the name 'figures' belongs to the site itself; choose another"),
        ("section", "penalty", "the article has 20-penalty.md already; choose another name"),
        ("widget", "first-light", "'first-light' cannot name a widget; use small letters, digits"),
        ("widget", "lambda", "'lambda' cannot name a widget; use small letters, digits"),
        ("widget", "penalty", "there is a widget 'penalty' already; choose another name"),
        ("article", "l2-regularization", "content/l2-regularization is taken; choose another name"),
        ("article", "lab", "content/lab is taken; choose another name"),
    ],
)
def test_a_name_that_cannot_be_is_refused(project, kind, name, said):
    """In one sentence, and nothing is written."""
    before = tree(project / "content") | tree(project / "src/l2widgets")
    done = run_build(project, "new", kind, name)
    assert done.returncode == 1
    assert done.stderr.startswith(said)
    assert done.stderr.count("\n") == 1
    assert tree(project / "content") | tree(project / "src/l2widgets") == before
