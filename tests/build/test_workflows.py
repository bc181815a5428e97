"""What runs on somebody else's machines does what it says, with no more rights than that takes."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import yaml

from tests.build.project import ROOT

WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))


def findings(folder):
    """Return what zizmor, at its strictest, has against the workflows and the configuration for updates."""
    program = Path(sys.executable).with_name("zizmor")
    command = [str(program), "--offline", "--persona=auditor", "--quiet", "--format=plain", str(folder)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    return ran.stdout if ran.returncode else ""


def test_nothing_is_found_in_them():
    """Pinned by commit, least privilege, no secrets left lying about, updates that wait."""
    assert len(WORKFLOWS) == 4
    assert findings(ROOT / ".github") == ""


CHECKOUT = "actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683"
UNSAFE = {
    "unpinned-uses": ("workflows/check.yml", CHECKOUT, "actions/checkout@v4"),
    "excessive-permissions": ("workflows/check.yml", "permissions: {}", "permissions: write-all"),
    "dangerous-triggers": ("workflows/check.yml", "  pull_request:", "  pull_request_target:"),
    "template-injection": ("workflows/release.yml", '"$TAG" site', "${{ github.ref_name }} site"),
    "dependabot-cooldown": ("dependabot.yml", "    cooldown:\n      default-days: 14\n", ""),
}
"""What would be unsafe: the name of the finding, a file, and what would stand there in the place of what does."""


def test_what_would_be_unsafe_is_found(tmp_path):
    """The tool sees each of the mistakes that this is about."""
    copy = tmp_path / ".github"
    shutil.copytree(ROOT / ".github", copy)
    for file, old, new in UNSAFE.values():
        text = (copy / file).read_text()
        assert old in text
        (copy / file).write_text(text.replace(old, new))
    said = findings(copy)
    assert [name for name in UNSAFE if name not in said] == []


def test_they_call_targets_that_exist():
    """Every `make` in a workflow names targets of the Makefile, and no job can run for ever."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    called = {}
    for path in WORKFLOWS:
        for job in yaml.safe_load(path.read_text())["jobs"].values():
            assert job["timeout-minutes"] <= 60
            runs = [step["run"].split() for step in job["steps"] if "run" in step]
            words = {word for run in runs if run[0] == "make" for word in run[1:] if "=" not in word}
            called.setdefault(path.stem, set()).update(words)
    assert called == {
        "check": {"check", "test"},
        "nightly": {"test-whole", "faults", "browsers", "visual", "lighthouse"},
        "pages": {"build"},
        "release": {"check", "test", "build", "sbom"},
    }
    assert set().union(*called.values()) <= targets


def test_what_takes_long_runs_every_night():
    """At one time of each day, and when somebody asks for it."""
    # YAML reads the word `on` as True.
    begun_by = yaml.safe_load((ROOT / ".github/workflows/nightly.yml").read_text())[True]
    [time] = begun_by["schedule"]
    assert re.fullmatch(r"\d+ \d+ \* \* \*", time["cron"])
    assert "workflow_dispatch" in begun_by
