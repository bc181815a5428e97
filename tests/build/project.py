"""Copies of the project, so that no test touches the checkout."""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CACHE = ".cache/l2site"


KEPT = ("compressed", "editor", "fonts", "frames", "pack", "renderings", "typeset")
"""The parts of the cache in which every result has the digest of its inputs for a name."""


def copy_project(to: Path, *, shared: tuple[str, ...] = KEPT) -> Path:
    """Copy what a build reads; what is installed is only pointed at, and so are these parts of the cache."""
    to.mkdir(parents=True)
    for name in ("build.py", "pyproject.toml", "LICENSE"):
        if (ROOT / name).exists():
            shutil.copy(ROOT / name, to / name)
    skip = shutil.ignore_patterns("node_modules", "__pycache__")
    for name in ("content", "site", "src", "tools"):
        shutil.copytree(ROOT / name, to / name, ignore=skip)
    (to / "site/node_modules").symlink_to(ROOT / "site/node_modules")
    (to / CACHE).mkdir(parents=True)
    for name in shared:
        (ROOT / CACHE / name).mkdir(parents=True, exist_ok=True)
        (to / CACHE / name).symlink_to(ROOT / CACHE / name)
    return to


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """Return a folder that is made once for all the processes in which tests run; they only read it."""
    folder = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    half_made = folder / f"half-made-{name}"
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / name).exists():
            make(half_made)
            half_made.rename(folder / name)
    return folder / name


def run_build(
    project: Path, *arguments: str, seed: str = "0", zone: str = "UTC", umask: int = 0o022
) -> subprocess.CompletedProcess[str]:
    """Run build.py of a project in a process of its own, in a time zone and with a mask for the modes of files."""
    return subprocess.run(
        [sys.executable, "build.py", *arguments],
        cwd=project,
        env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONDONTWRITEBYTECODE": "1", "TZ": zone},
        umask=umask,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def tree(folder: Path, *, twins: bool = True) -> dict[str, bytes]:
    """Return every file of a folder by its name in it, with or without the compressed twins."""
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in paths
        if twins or path.suffix not in (".br", ".gz")
    }
