"""How long a build takes: from nothing but the set-up, unchanged, and with one section changed; medians.

The last is measured twice: as a program that starts, and as what `make serve` does, which has started already.
"""

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[1]
CACHE = ".cache/l2site"
RUNS = 5

SERVED = """
import argparse, time
from pathlib import Path
import build
arguments = argparse.Namespace(base_url="/", service_worker=False, out=build.ROOT / "served")
build.build(arguments)
section = next((build.ROOT / "content").glob("*/20-*.md"))
for run in range(RUNS):
    section.write_text(section.read_text(encoding="utf-8") + f"\\nWord {run}.\\n", encoding="utf-8")
    start = time.perf_counter()
    build.build(arguments)
    print("took", time.perf_counter() - start)
"""


def _copy(folder: Path) -> Path:
    """Copy the project, so that a measurement changes nothing here."""
    skip = shutil.ignore_patterns("node_modules", "__pycache__")
    for name in ("content", "site", "src"):
        shutil.copytree(ROOT / name, folder / name, ignore=skip)
    for name in ("build.py", "pyproject.toml", "LICENSE"):
        shutil.copy(ROOT / name, folder / name)
    (folder / "site/node_modules").symlink_to(ROOT / "site/node_modules")
    return folder


def _run(project: Path, command: str = "build") -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, "build.py", command], cwd=project, check=True, capture_output=True)
    return time.perf_counter() - start


def _served(project: Path) -> list[float]:
    """Return how long builds take, one after the other in one process, with one section changed each time."""
    code = SERVED.replace("RUNS", str(RUNS))
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=project, check=True, capture_output=True, text=True
    )
    return [float(line.split()[1]) for line in done.stdout.splitlines() if line.startswith("took")]


def _setup_cache(project: Path) -> Path:
    """Return a cache as `build.py runtime` leaves it; what is compressed already is taken from here."""
    own = project / CACHE
    if (ROOT / CACHE / "compressed").exists():
        shutil.copytree(ROOT / CACHE / "compressed", own / "compressed")
        for twin in (own / "compressed").rglob("*"):
            if twin.is_file() and 0 < twin.stat().st_size < 200_000:
                twin.unlink()
    _run(project, "runtime")
    return Path(shutil.copytree(own, project / "set-up"))


def main() -> None:
    """Print the medians."""
    with tempfile.TemporaryDirectory() as folder:
        project = _copy(Path(folder) / "project")
        ready = _setup_cache(project)
        times: dict[str, list[float]] = {}
        for run in range(RUNS):
            shutil.rmtree(project / CACHE)
            shutil.rmtree(project / "dist", ignore_errors=True)
            shutil.copytree(ready, project / CACHE)
            times.setdefault("cold, after the set-up", []).append(_run(project))
            times.setdefault("nothing changed", []).append(_run(project))
            section = next((project / "content").glob("*/20-*.md"))
            section.write_text(section.read_text(encoding="utf-8") + f"\nSentence {run}.\n", encoding="utf-8")
            times.setdefault("one section changed", []).append(_run(project))
        times["the same, as it is served"] = _served(project)
        for what, seconds in times.items():
            print(
                f"{what:<26} {median(seconds):6.2f} s   ({min(seconds):.2f} to {max(seconds):.2f}, {RUNS} runs)"
            )


if __name__ == "__main__":
    main()
