"""How long a build takes: from nothing but the set-up, unchanged, and with one section changed; medians.

Besides, what an author waits for with `make serve`: from saving a section until an open page shows it.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from playwright.sync_api import Page, sync_playwright

from bench._visit import chromium

ROOT = Path(__file__).parents[1]
CACHE = ".cache/l2site"
RUNS = 5


def copy(folder: Path, *more: str) -> Path:
    """Copy what builds the site, and more of its folders, so that a measurement changes nothing here."""
    skip = shutil.ignore_patterns("node_modules", "__pycache__")
    for name in ("site", "src", *more):
        shutil.copytree(ROOT / name, folder / name, ignore=skip)
    for name in ("build.py", "pyproject.toml", "LICENSE"):
        shutil.copy(ROOT / name, folder / name)
    (folder / "site/node_modules").symlink_to(ROOT / "site/node_modules")
    return folder


def _run(project: Path, command: str = "build") -> float:
    # Python keeps its byte code here, as it does for anybody who has not told it otherwise.
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, "build.py", command], cwd=project, check=True, capture_output=True, env=kept
    )
    return time.perf_counter() - start


def _followed(project: Path) -> list[float]:
    """Return how long `build.py serve` takes from a saved section until an open page shows it, in Chromium."""
    command = [sys.executable, "-u", "build.py", "serve", "--port", "0"]
    section = next((project / "content").glob("*/20-*.md"))
    with (
        subprocess.Popen(command, cwd=project, stdout=subprocess.PIPE, text=True) as serving,
        sync_playwright() as playwright,
    ):
        try:
            said = next(line for line in serving.stdout or () if "shows the site" in line)
            page = playwright.chromium.launch(**chromium()).new_page()
            page.goto(f"{said.split()[0]}{section.stem.partition('-')[2]}/")
            page.wait_for_selector("html[data-build]")
            return [_saved_to_shown(page, section, f"Followed {run}.") for run in range(RUNS)]
        finally:
            serving.terminate()


def _saved_to_shown(page: Page, section: Path, words: str) -> float:
    text = section.read_text(encoding="utf-8")
    start = time.perf_counter()
    section.write_text(f"{text}\n{words}\n", encoding="utf-8")
    page.wait_for_selector(f"text={words}", state="attached")
    return time.perf_counter() - start


def set_up(project: Path) -> Path:
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
        project = copy(Path(folder) / "project", "content")
        ready = set_up(project)
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
        times["saved to reloaded, in `serve`"] = _followed(project)
        for what, seconds in times.items():
            print(
                f"{what:<30} {median(seconds):6.2f} s   ({min(seconds):.2f} to {max(seconds):.2f}, {RUNS} runs)"
            )


if __name__ == "__main__":
    main()
