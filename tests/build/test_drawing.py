"""`build.py figures`, which needs a browser."""

from tests.build.project import run_build, tree


def test_drawing_twice_gives_the_same_bytes(changeable):
    """Chance always falls the same way, so that a diff of site/figures means a change."""
    folders = []
    for _ in range(2):
        done = run_build(changeable, "figures")
        assert done.returncode == 0, done.stderr
        folders.append(tree(changeable / "site/figures"))
    assert folders[0] == folders[1]
    assert run_build(changeable, "figures", "--check").returncode == 0
