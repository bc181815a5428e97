"""The site and its peers, each made as its own documentation says, in one folder, all with the same Pyodide.

Pyodide's NumPy is the wheel in `site/vendor`. Its other packages, of which JupyterLite and marimo need some, are on its
CDN only; PyPI's wheels of the same versions stand in for them (`requirements/peers-browser.in`).
"""

from __future__ import annotations

import hashlib
import html
import json
import os
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from runpy import run_path
from string import Template
from textwrap import indent
from urllib.parse import quote, urljoin

from bench.peers.host import Host
from l2site import site
from l2site.assets import read
from tools import browser

ROOT = Path(__file__).parents[2]
CACHE = ROOT / ".cache/peers"
"""What make installs (npm, venv, wheels), and what is made of it here."""

PAGES = Path(__file__).parent / "pages"
SWEEP = Path(__file__).with_name("sweep.py")
CODE = SWEEP.read_text(encoding="utf-8").partition('"""\n\n')[2].rstrip()
"""The job, without its docstring."""

CONFIG = re.compile(r'<script [^>]*id="site-config"[^>]*>(.*?)</script>', re.DOTALL)

CORE = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json")


class PeersError(Exception):
    """Something that keeps a peer from being made."""


RESULT = str(run_path(str(SWEEP))["result"])
"""What every peer must show, as this machine's own NumPy computes it."""


@dataclass(frozen=True, slots=True)
class Peer:
    """Something that runs Python in the page."""

    name: str
    title: str
    address: str
    """Relative to the folder that `make_sites` returns."""
    result: str
    """A selector for where the result appears."""
    text: str = ""
    """What must stand there."""
    prelude: str = ""
    """JavaScript that runs in the page before all else."""


STAGES = """
if (window === top) {
  const stages = (globalThis.stages = {});
  const reached = (stage) => { stages[stage] ??= performance.now(); };
  new PerformanceObserver((list) => {
    for (const { name, startTime } of list.getEntries()) stages[name] ??= startTime;
  }).observe({ entryTypes: ["mark", "paint"] });
  globalThis.Worker = class extends Worker {
    constructor(address, options) {
      super(address, options);
      if (!options.name) return; // it was only asked whether there are module workers
      reached("worker");
      this.addEventListener("message", ({ data }) => {
        const { type, stage } = JSON.parse(data);
        reached(stage ?? type);
      });
    }
  };
}
"""
"""Notes when our page and its worker have come how far: by marks, paints and the worker's own words."""

OURS = Peer(
    "site",
    "**this site**, figure `lambda_sweep`",
    "site/tuning/#figure-lambda_sweep",
    "figure[data-widget=lambda_sweep][data-state=ready]",
    prelude=STAGES,
)
STILL = replace(
    OURS,
    title="this site with its Python kept from starting",
    result="figure[data-widget=lambda_sweep] .main-svg",
    prelude="delete globalThis.WebAssembly;",
)
"""What of the page's own work, Plotly's above all, would be there without Python."""

FLOOR_PYTHON = Peer(
    "floor-python",
    "our Python alone: the same figure computed in an empty page",
    "floor-python/",
    "#result",
    "figure",
)
"""What is left when the page itself, Plotly and the service worker are taken away."""
FLOOR_FILES = Peer(
    "floor-files",
    "our Python's files alone, fetched and compiled in an empty page, never run",
    "floor-files/",
    "#result",
    "files",
)
"""What no Python could do without: the browser's own work for files of this size."""
FLOORS = (FLOOR_PYTHON, FLOOR_FILES)

STOCK = Peer("stock", "Pyodide + NumPy as documented, in the page", "stock/", "#result", RESULT)
STOCK_WORKER = Peer("stock-worker", "the same in a module worker", "stock-worker/", "#result", RESULT)
PYSCRIPT = Peer("pyscript", "PyScript, in the page", "pyscript/", "#result", RESULT)
PYSCRIPT_WORKER = Peer("pyscript-worker", "PyScript, in a worker", "pyscript-worker/", "#result", RESULT)
JUPYTERLITE = Peer(
    "jupyterlite",
    "JupyterLite, code in the REPL",
    f"jupyterlite/repl/index.html?kernel=python&code={quote(f'{CODE}\nprint(result)')}",
    ".jp-OutputArea-output",
    RESULT,
)
MARIMO = Peer("marimo", "marimo, exported to WASM", "marimo/", ".output-area", RESULT)
PEERS = (STOCK, STOCK_WORKER, PYSCRIPT, PYSCRIPT_WORKER, JUPYTERLITE, MARIMO, OURS, *FLOORS)


def make_sites() -> Path:
    """Make all of them and return their folder.

    Raises
    ------
    PeersError
        When a peer's own program cannot make it.
    """
    folder = CACHE / "www"
    shutil.rmtree(folder, ignore_errors=True)
    wheels = [*sorted((CACHE / "wheels").glob("*.whl")), *sorted((ROOT / "site/vendor").glob("*.whl"))]
    wheels.append(_pure_yaml())
    _make_pyodide(ROOT / "site/node_modules/pyodide", wheels, folder / "pyodide")
    for name, script in {"stock": "", "stock-worker": "stock-worker.mjs"}.items():
        _make_page(f"{name}.html", folder / name)
        if script:
            shutil.copy(PAGES / script, folder / name)
    for name, worker in {"pyscript": "", "pyscript-worker": " worker"}.items():
        _make_page("pyscript.html", folder / name, worker=worker)
    maps = shutil.ignore_patterns("*.map")
    shutil.copytree(
        CACHE / "npm/node_modules/@pyscript/core/dist", folder / "pyscript", ignore=maps, dirs_exist_ok=True
    )
    _make_jupyterlite(folder / "pyodide", folder / "jupyterlite")
    _make_marimo(wheels, folder / "marimo")
    _make_ours(folder / "site")
    for floor in FLOORS:
        _make_floor(floor, folder)
    return folder


def _make_page(name: str, folder: Path, **values: str) -> None:
    folder.mkdir(parents=True)
    template = Template((PAGES / name).read_text(encoding="utf-8"))
    (folder / "index.html").write_text(template.substitute(sweep=CODE, **values), encoding="utf-8")


def _make_pyodide(package: Path, wheels: Iterable[Path], folder: Path) -> None:
    """Put Pyodide's files and packages into a folder as its CDN has them, and an index of the packages beside them."""
    folder.mkdir(parents=True)
    for name in CORE:
        shutil.copy(package / name, folder)
    lock = json.loads((folder / "pyodide-lock.json").read_text(encoding="utf-8"))
    for wheel in wheels:
        shutil.copy(wheel, folder)
        name, version = wheel.name.split("-")[:2]
        name = name.replace("_", "-").lower()
        if name in lock["packages"]:
            digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
            lock["packages"][name] |= {"version": version, "file_name": wheel.name, "sha256": digest}
        listing = folder / "simple" / name / "index.html"
        listing.parent.mkdir(parents=True)
        listing.write_text(
            f'<!doctype html><a href="../../{wheel.name}">{html.escape(wheel.name)}</a>', encoding="utf-8"
        )
    (folder / "pyodide-lock.json").write_text(json.dumps(lock), encoding="utf-8")


def _pure_yaml() -> Path:
    """Return a wheel of PyYAML without its optional part in C, which PyPI has for other platforms only."""
    [info] = (CACHE / "venv/lib").glob("python*/site-packages/[Pp]y[Yy][Aa][Mm][Ll]-*.dist-info")
    version = info.name.removesuffix(".dist-info").partition("-")[2]
    wheel = CACHE / f"pyyaml-{version}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for module in sorted((info.parent / "yaml").glob("*.py")):
            archive.write(module, f"yaml/{module.name}")
        archive.write(info / "METADATA", f"pyyaml-{version}.dist-info/METADATA")
        tag = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        archive.writestr(f"pyyaml-{version}.dist-info/WHEEL", tag)
        archive.writestr(f"pyyaml-{version}.dist-info/RECORD", "")
    return wheel


def _make_jupyterlite(pyodide: Path, folder: Path) -> None:
    """Build the REPL; its own place for a local Pyodide is `static/pyodide` of the project."""
    project = CACHE / "jupyterlite"
    shutil.rmtree(project, ignore_errors=True)
    shutil.copytree(pyodide, project / "static/pyodide", ignore=shutil.ignore_patterns("simple"))
    [comm] = (CACHE / "wheels").glob(
        "comm-*.whl"
    )  # the one package of the kernel's that is not in Pyodide's lock
    options = ("--apps", "repl", "--no-sourcemaps", "--no-libarchive", "--piplite-wheels", comm)
    _run(
        [_program("jupyter-lite"), "build", "--lite-dir", project, "--output-dir", folder, *options], project
    )


def _make_marimo(wheels: Iterable[Path], folder: Path) -> None:
    """Export a notebook; marimo takes its own version of Pyodide, and all packages, from a mirror."""
    project = CACHE / "marimo"
    shutil.rmtree(project, ignore_errors=True)
    _make_pyodide(CACHE / "npm/node_modules/pyodide-for-marimo", wheels, project / "mirror")
    notebook = Template((PAGES / "notebook.txt").read_text(encoding="utf-8")).substitute(
        sweep=indent(CODE, " " * 4)
    )
    (project / "notebook.py").write_text(notebook, encoding="utf-8")
    with Host(project / "mirror", CACHE) as mirror:
        sources = ("--pyodide-index-url", mirror.url, "--pypi-index-url", f"{mirror.url}simple")
        export = (
            "export",
            "html-wasm",
            "notebook.py",
            "--output",
            folder,
            "--no-sandbox",
            "--offline",
            *sources,
        )
        program = Path(__file__).with_name("marimo_here.py")
        _run([_program("python"), program, str(browser.find()), *export], project)


def _make_ours(folder: Path) -> None:
    for name, content in site.make_site(ROOT, "/site/").files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(read(content))


def _make_floor(floor: Peer, folder: Path) -> None:
    """Make an empty page with our Python's files; its worker is the site's own, or one that runs nothing."""
    page = folder / OURS.address.partition("#")[0] / "index.html"
    [config] = CONFIG.findall(page.read_text(encoding="utf-8"))
    settings = json.loads(config)
    at = f"/{OURS.address.partition('#')[0]}"
    worker = urljoin(at, settings["worker"]) if floor is FLOOR_PYTHON else "floor-files.mjs"
    runtime = json.dumps(settings["runtime"] | {"base": urljoin(at, settings["runtime"]["base"])})
    _make_page("floor.html", folder / floor.name, title=floor.title, worker=worker, runtime=runtime)
    if floor is FLOOR_FILES:
        shutil.copy(PAGES / "floor-files.mjs", folder / floor.name)
        for name in ("pack.js", "python-files.js"):  # what our own worker finds and reads the files by
            shutil.copy(ROOT / "site/static/js" / name, folder / floor.name)


def _program(name: str) -> Path:
    return CACHE / "venv/bin" / name


def _run(command: list[str | Path], folder: Path) -> None:
    environment = os.environ | {"PATH": f"{CACHE / 'venv/bin'}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        words = " ".join(str(word) for word in command[:3])
        raise PeersError(f"`{words} …` ended with {done.returncode}:\n{done.stdout}")
