"""`build.py figures`, which needs a browser."""

import re

from tests.build.project import run_build, tree

DRAWN = ("lambda_sweep", "weight_decay")
"""The figures that are drawn here: the one with most in it, which is in the social image too, and another."""


def test_drawing_twice_gives_the_same_bytes(changeable):
    """Chance always falls the same way, so that a diff of site/figures means a change."""
    for section in (changeable / "content/l2-regularization").glob("*.md"):
        others = re.compile(rf"^```{{widget}} (?!{'|'.join(DRAWN)}).*?^```$", re.MULTILINE | re.DOTALL)
        section.write_text(others.sub("", section.read_text()))
    folders = []
    for _ in range(2):
        done = run_build(changeable, "figures")
        assert done.returncode == 0, done.stderr
        folders.append(tree(changeable / "site/figures"))
        assert len(folders[-1]) == 4 * len(DRAWN) + 2
    assert folders[0] == folders[1]
    assert run_build(changeable, "figures", "--check").returncode == 0
