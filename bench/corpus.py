"""How building grows with 10, 100 and 1,000 sections of formulas, code and a figure; beside MkDocs, Pelican and Sphinx.

The others build the same Markdown without figures. Cold means from nothing but what is installed; then one file is
changed, and built again in whatever quick way each has, by a new process and by one that goes on. Everything is run in
turns, so that a machine that slows down slows all of them; a process's memory is its peak. `make bench-build` runs it:
`python -m bench.corpus`.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from bench.build import CACHE, ROOT, copy, set_up

PEERS = ROOT / ".cache/peers-build/venv/bin"
PYTHON = str(PEERS / "python")

SECTION = """\
---
title: Section {n}
summary: What section {n} of a synthetic article says.
---

Suppose that $n = {n}$ points are given, and that the weights $w_{{{n}}}$ pay a price of $\\lambda_{{{n}}}$ each.
Then the **total cost** is the *data loss* and the price together, as it was in the sections before.

$$
J_{{{n}}}(w) = \\frac{{1}}{{{n}}} \\sum_{{i=1}}^{{{n}}} (y_i - w \\cdot x_i)^2 + \\lambda_{{{n}}} \\sum_j w_j^2
$$

## What follows in {n}

The minimum is where the gradient is zero, so that $w = (X^T X + {n} \\lambda I)^{{-1}} X^T y$.
At $\\lambda = 0$ it is least squares, and at $\\lambda = {n}$ little is left of it.

- The first consequence is that $\\hat w_{n}$ is shorter than before.
- The second is that its variance falls with $\\lambda$, and its bias grows.

| $\\lambda$ | weight | error |
|---|---|---|
| 0 | {n} | 0.{n} |
| 1 | 0.5 | 0.{n}1 |

## In code {n}

```python
import numpy as np

def section_{n}(X, y, lam):
    \"\"\"Return the weights of section {n}.\"\"\"
    n, d = X.shape
    A = X.T @ X / n + lam * np.eye(d)
    return np.linalg.solve(A, X.T @ y / n)
```

Nothing in it depends on the units, and nothing but `section_{n}` is new.
{figure}"""

WIDGET = '''\
"""The figure of section {n}."""

from l2widgets.figures import Axis, Figure, Panel, Readout, Table, line, number
from l2widgets.spec import Widget
from l2widgets.sweep import strength_slider

SPEC = Widget(
    name="corpus{n:04}",
    title="Figure {n}",
    question="What is left?",
    caption="A line.",
    controls=(strength_slider(-1, 1, default=0.1, help="The price."),),
)


def figure(*, lam: float) -> Figure:
    """Draw a line."""
    left = {n} / ({n} + lam)
    return Figure(
        panels=(Panel("A line", Axis("x", (0, 1)), Axis("y", (0, 1))),),
        traces=(line([i / 40 for i in range(41)], [left * i / 40 for i in range(41)], name="it", role="fit"),),
        summary=f"At λ = {{lam:g}} there is {{number(left)}} left.",
        readouts=(Readout("left", "left", left, number(left)),),
        table=Table(("λ", "left"), ((f"{{lam:g}}", number(left)),)),
    )
'''

SERVED = """
{program}
import time
from pathlib import Path

build()
changing = Path({changing!r})
for run in range(5):
    changing.write_text(changing.read_text(encoding="utf-8") + f"\\nServed {{run}} times.\\n", encoding="utf-8")
    start = time.perf_counter()
    show(changing)
    there = time.perf_counter()
    rest()
    print("took", there - start, time.perf_counter() - start)
"""
"""What a process does that builds again and again.

`program` defines `build`; `show`, after which the changed section's page is there; and `rest`, after which all others
are. The others build everything at once.
"""

AT_ONCE = """
def show(_):
    build()
def rest():
    pass
"""

OURS = """
import sys
sys.path.insert(0, "src")
from pathlib import Path
from l2site.kept import Steps
from l2site.live import Shown
from l2site.site import make_page, make_site
steps, shown = Steps(), Shown(Path("served"))
def show(changing):
    shown.put(*make_page(changing, steps))
def build():
    shown.show(make_site(Path.cwd(), service_worker=False, drafts=True, steps=steps).files)
rest = build
"""

MKDOCS = """
from mkdocs.commands.build import build as make
from mkdocs.config import load_config
runs = []
def build():
    make(load_config("mkdocs.yml"), dirty=bool(runs))
    runs.append(1)
"""

PELICAN = """
from pelican import Pelican
from pelican.settings import read_settings
made = Pelican(read_settings("pelicanconf.py", override={"PATH": "content", "OUTPUT_PATH": "output"}))
def build():
    made.run()
"""

SPHINX = """
from sphinx.cmd.build import build_main
def build():
    build_main(["-q", "-b", "html", ".", "_build"])
"""

ARTICLE = """\
title = "A synthetic article"
subtitle = "Many sections"
description = "Sections with formulas, code and figures."
author = "The benchmark"
language = "en"
published = 2026-01-01
updated = 2026-01-01
licence = "CC BY 4.0"
"""


@dataclass
class Runs:
    """What was measured of one builder at one size."""

    cold: list[float] = field(default_factory=list)
    changed: list[float] = field(default_factory=list)
    shown: list[float] = field(default_factory=list)
    served: list[float] = field(default_factory=list)
    memory: int = 0
    """The largest peak of a cold build, in bytes."""


@dataclass(frozen=True)
class Builder:
    """A program that makes a site of a folder of sections."""

    name: str
    prepare: Callable[[Path, int], Path]
    """Write a project of so many sections into a folder, and return the file that is going to change."""
    command: Callable[[Path], list[str]]
    again: Callable[[Path], list[str]]
    """The command after a change."""
    program: str
    """What defines `build` in Python, for a process that builds again and again."""
    python: str
    """The Python that has it."""
    clean: Callable[[Path], None]
    """Remove what builds have left."""


def section(n: int, *, figure: bool = False) -> str:
    """Return the Markdown of a section."""
    return SECTION.format(n=n, figure=f"\n```{{widget}} corpus{n:04}\n```\n" if figure else "")


def _written(folder: Path, count: int, *, figures: bool = False) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for n in range(1, count + 1):
        (folder / f"{n:04}-part{n:04}.md").write_text(section(n, figure=figures), encoding="utf-8")
    return folder / f"{count // 2:04}-part{count // 2:04}.md"


# ---- Ours


def _ours(name: str, ready: Path, *, figures: bool = False, target: str = "plain") -> Builder:
    """Return our own builder; what a set-up without figures leaves is in `ready`, once one has been made."""

    def prepare(project: Path, count: int) -> Path:
        copy(project, "tools")
        changing = _written(project / "content/corpus", count, figures=figures)
        (project / "content/corpus/article.toml").write_text(ARTICLE, encoding="utf-8")
        (project / "content/corpus/references.toml").write_text("", encoding="utf-8")
        site = 'title = "Synthetic"\nurl = "https://example.org/"\nlanguage = "en"\n'
        (project / "content/site.toml").write_text(site, encoding="utf-8")
        if figures:
            for n in range(1, count + 1):
                module = project / f"src/l2widgets/widgets/corpus{n:04}.py"
                module.write_text(WIDGET.format(n=n), encoding="utf-8")
        if figures:
            set_up(project)
        elif ready.exists():
            shutil.copytree(ready, project / "set-up")
        else:
            shutil.copytree(set_up(project), ready)
        return changing

    def clean(project: Path) -> None:
        shutil.rmtree(project / CACHE, ignore_errors=True)
        shutil.rmtree(project / "dist", ignore_errors=True)
        shutil.copytree(project / "set-up", project / CACHE)

    def command(_: Path) -> list[str]:
        return [sys.executable, "build.py", "build", "--target", target]

    return Builder(name, prepare, command, command, OURS, sys.executable, clean)


# ---- The others


def _mkdocs() -> Builder:
    def prepare(project: Path, count: int) -> Path:
        changing = _written(project / "docs", count)
        (project / "docs/index.md").write_text("# Synthetic\n", encoding="utf-8")
        (project / "mkdocs.yml").write_text(
            "site_name: Synthetic\nsite_url: https://example.org/\nmarkdown_extensions:\n"
            "  - codehilite\n  - tables\n  - l2m4m:LaTeX2MathMLExtension\n",
            encoding="utf-8",
        )
        return changing

    def command(_: Path) -> list[str]:
        return [str(PEERS / "mkdocs"), "build", "--quiet"]

    return Builder(
        "MkDocs",
        prepare,
        command,
        lambda p: [*command(p), "--dirty"],
        MKDOCS + AT_ONCE,
        PYTHON,
        _cleaning("site"),
    )


def _pelican() -> Builder:
    def prepare(project: Path, count: int) -> Path:
        changing = _written(project / "content", count)
        (project / "pelicanconf.py").write_text(
            "SITENAME = 'Synthetic'\nAUTHOR = 'us'\nTIMEZONE = 'UTC'\nDEFAULT_DATE = 'fs'\n"
            "CACHE_CONTENT = True\nLOAD_CONTENT_CACHE = True\nCHECK_MODIFIED_METHOD = 'mtime'\n"
            "MARKDOWN = {'extension_configs': {'markdown.extensions.codehilite': {}, 'markdown.extensions.extra': {},\n"
            "    'markdown.extensions.meta': {}, 'l2m4m:LaTeX2MathMLExtension': {}}}\n",
            encoding="utf-8",
        )
        return changing

    def command(_: Path) -> list[str]:
        return [str(PEERS / "pelican"), "content", "-q", "-o", "output", "-s", "pelicanconf.py"]

    return Builder(
        "Pelican", prepare, command, command, PELICAN + AT_ONCE, PYTHON, _cleaning("output", "cache")
    )


def _sphinx() -> Builder:
    def prepare(project: Path, count: int) -> Path:
        changing = _written(project, count)
        (project / "index.md").write_text(
            "# Synthetic\n\n```{toctree}\n:glob:\n\n*part*\n```\n", encoding="utf-8"
        )
        (project / "conf.py").write_text(
            "project = 'Synthetic'\nextensions = ['myst_parser', 'sphinx.ext.mathjax']\n"
            "myst_enable_extensions = ['dollarmath']\nmyst_title_to_header = True\n"
            "suppress_warnings = ['myst.header']\nexclude_patterns = ['_build']\n",
            encoding="utf-8",
        )
        return changing

    def command(_: Path) -> list[str]:
        return [str(PEERS / "sphinx-build"), "-q", "-j", "auto", "-b", "html", ".", "_build"]

    return Builder(
        "Sphinx with MyST", prepare, command, command, SPHINX + AT_ONCE, PYTHON, _cleaning("_build")
    )


def _cleaning(*names: str) -> Callable[[Path], None]:
    def clean(project: Path) -> None:
        for name in names:
            shutil.rmtree(project / name, ignore_errors=True)

    return clean


# ---- Measuring


def _run(command: list[str], project: Path) -> tuple[float, int]:
    """Return how many seconds a command takes, and its peak memory and that of its largest child, in bytes."""
    # Python keeps its byte code here, as it does for anybody who has not told it otherwise.
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    start = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=project, env=kept, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    said = process.stderr.read() if process.stderr else b""
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    took = time.perf_counter() - start
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{said.decode()}")
    return took, used.ru_maxrss * 1024


def _measured(builder: Builder, project: Path, changing: Path, runs: Runs, number: int) -> None:
    builder.clean(project)
    took, memory = _run(builder.command(project), project)
    runs.cold.append(took)
    runs.memory = max(runs.memory, memory)
    text = changing.read_text(encoding="utf-8")
    changing.write_text(f"{text}\nA sentence of run {number}, with $x_{{{number}}}$.\n", encoding="utf-8")
    runs.changed.append(_run(builder.again(project), project)[0])
    for shown, served in _served(builder, project, changing):
        runs.shown.append(shown)
        runs.served.append(served)


def _served(builder: Builder, project: Path, changing: Path) -> list[tuple[float, float]]:
    """Return how long builds take, one after the other in one process, with one section changed each time.

    The first number is until the page of that section is there, the second until all is.
    """
    code = SERVED.format(program=builder.program, changing=str(changing))
    command = [builder.python, "-c", code]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=True)
    lines = [line.split() for line in done.stdout.splitlines() if line.startswith("took")]
    return [(float(shown), float(served)) for _, shown, served in lines]


def _compared(count: int, builders: list[Builder], rounds: int) -> Iterator[tuple[str, Runs]]:
    with tempfile.TemporaryDirectory() as folder:
        places = [Path(folder) / f"{at}" for at in range(len(builders))]
        for place in places:
            place.mkdir()
        changing = [b.prepare(place, count) for b, place in zip(builders, places, strict=True)]
        measured = [Runs() for _ in builders]
        for number in range(rounds):
            for builder, place, file, runs in zip(builders, places, changing, measured, strict=True):
                _measured(builder, place, file, runs, number)
        yield from ((b.name, runs) for b, runs in zip(builders, measured, strict=True))


def main(arguments: argparse.Namespace) -> None:
    """Print a table for each size."""
    print(
        f"{'sections':>8}  {'builder':<20} {'cold':>9} {'a section':>10} {'changed':>9} {'shown':>10} "
        f"{'served':>9} {'memory':>9}"
    )
    with tempfile.TemporaryDirectory() as folder:
        ready = Path(folder) / "set-up"
        for count in arguments.sections:
            builders = [_ours("ours, with figures", ready, figures=True)]
            if count <= arguments.peers_up_to:
                alike = _ours("ours, alike", ready, target="github-pages")
                builders += [_ours("ours, compressed", ready), alike, _mkdocs(), _pelican(), _sphinx()]
            rounds = arguments.rounds if count <= arguments.peers_up_to else 1
            for name, runs in _compared(count, builders, rounds):
                _say(count, name, runs)


def _say(count: int, name: str, runs: Runs) -> None:
    cold, changed = median(runs.cold), median(runs.changed)
    shown, served = median(runs.shown), median(runs.served)
    print(
        f"{count:>8}  {name:<20} {cold:>7.2f} s {1000 * cold / count:>7.1f} ms "
        f"{changed:>7.2f} s {1000 * shown:>7.1f} ms {served:>7.2f} s {runs.memory / 1e6:>6.0f} MB",
        flush=True,
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser("bench.corpus", description="How building grows, beside others.")
    parser.add_argument("--sections", type=int, nargs="+", default=[10, 100, 1000], help="how many")
    parser.add_argument("--rounds", type=int, default=3, help="how often each is built, in turns")
    parser.add_argument(
        "--peers-up-to", type=int, default=100, help="up to how many sections others build too"
    )
    main(parser.parse_args())
