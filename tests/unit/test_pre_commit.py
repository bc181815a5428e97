"""What pre-commit runs is what `make check` runs."""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
HOOKS = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"][0]["hooks"]


def test_its_hooks_are_the_makefiles_checks():
    """All of them, in their order, and nothing else."""
    checks = re.search(r"^CHECKS := (.+)$", MAKEFILE, re.MULTILINE)
    assert [hook["id"] for hook in HOOKS] == checks[1].split()


@pytest.mark.parametrize("hook", HOOKS, ids=[hook["id"] for hook in HOOKS])
def test_each_hook_is_a_target(hook):
    """It calls make, with our programs and not its own, for all files and not for those of the commit."""
    program, _, *targets = hook["entry"].split()
    assert (program, targets[-1], hook["language"], hook["pass_filenames"]) == (
        "make",
        hook["id"],
        "system",
        False,
    )
    for target in targets:
        assert re.search(rf"^{target}:", MAKEFILE, re.MULTILINE), target


@pytest.mark.parametrize("hook", HOOKS, ids=[hook["id"] for hook in HOOKS])
def test_each_hook_looks_at_files_that_there_are(hook):
    """A pattern that matches nothing would switch the check off."""
    files = [
        path.relative_to(ROOT).as_posix()
        for folder in (".github", "content", "site/static", "src", "tests")
        for path in (ROOT / folder).rglob("*.*")
    ]
    pattern = re.compile(hook.get("files", ""))
    assert any(pattern.search(name) for name in files)
