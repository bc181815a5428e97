"""The widget tutorial, followed to the letter in a copy of the project."""

import os
import re
import shlex
import shutil
import subprocess
import sys

import pytest

from tests.build.project import ROOT, copy_project

TUTORIAL = ROOT / "docs/widget-tutorial.md"
FILE = re.compile(r"^`([^`\n]+)`:\n\n```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ADDED = re.compile(
    r"^Add these lines to `([^`]+)`[^\n]*:\n\n````markdown\n(.*?)^````$", re.MULTILINE | re.DOTALL
)
CONSOLE = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PYTHON = ".venv/bin/python"


@pytest.fixture(scope="module")
def text():
    """The tutorial."""
    return TUTORIAL.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def project(tmp_path_factory, text):
    """Return a copy of the project in which the tutorial's files have been written."""
    project = copy_project(tmp_path_factory.mktemp("tutorial") / "project")
    skip = shutil.ignore_patterns("__pycache__", "e2e", "browsers", "visual", "build")
    shutil.copytree(ROOT / "tests", project / "tests", ignore=skip)
    shutil.copytree(ROOT / "docs", project / "docs")
    for name, body in FILE.findall(text):
        (project / name).write_text(body, encoding="utf-8")
    ((name, body),) = ADDED.findall(text)
    section = project / name
    section.write_text(f"{section.read_text(encoding='utf-8')}\n{body}", encoding="utf-8")
    return project


def commands(text):
    """Return each command of the tutorial with what it says that it prints."""
    found = []
    for block in CONSOLE.findall(text):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
            else:
                found[-1][1].append(line)
    return [(command, "\n".join(printed)) for command, printed in found]


def test_the_tutorial_does_what_it_says(project, text):
    """Each command succeeds and prints what stands below it; the built page has the figure and its number."""
    ran = 0
    for command, printed in commands(text):
        program, *arguments = shlex.split(command)
        if program == "make":  # browsers and servers; test_the_tutorial_names_targets
            continue
        assert program == PYTHON, command
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=project,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": ""},
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
        assert done.stdout.strip() == printed or not printed, command
        ran += 1
    assert ran == 5
    page = (project / "dist/penalty/index.html").read_text(encoding="utf-8")
    assert 'id="figure-slope"' in page
    assert '<span class="readout-inline role-weight" data-from="slope.left?lam=1">67.2' in page
    assert (project / "dist/embed/slope/index.html").is_file()
    assert (project / "tests/golden/slope.json").is_file()


def test_the_tutorial_names_targets_and_files_that_there_are(text):
    """What it sends the reader to exists."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {name for words in re.findall(r"\bmake ([a-z -]+?)[`\n]", text) for name in words.split()}
    assert named
    assert named <= targets
    for name in re.findall(r"`(\w+\.py)`", text):
        assert list(ROOT.glob(f"src/l2widgets/widgets/{name}")) or (ROOT / name).is_file(), name
    for link in re.findall(r"\]\(([^)#]+)", text):
        assert (TUTORIAL.parent / link).exists()


def test_the_tutorials_files_are_in_the_projects_style(project, text):
    """Ruff has nothing to say of them, neither of what they say nor of how it is set."""
    names = [name for name, _ in FILE.findall(text)]
    assert len(names) == 2
    for command in (["check", "--quiet"], ["format", "--check", "--quiet"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, *names],
            cwd=project,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout
