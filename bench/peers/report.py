"""What was measured, as Markdown: medians, and in brackets the smallest and the largest."""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from statistics import median
from typing import Literal, NamedTuple

from bench.peers.sites import (
    CACHE,
    FLOOR_FILES,
    FLOOR_PYTHON,
    JUPYTERLITE,
    MARIMO,
    OURS,
    PYSCRIPT,
    PYSCRIPT_WORKER,
    ROOT,
    STILL,
    STOCK_WORKER,
    Peer,
)
from bench.peers.visit import Visit, chromium

type Network = Literal["loopback", "line"]
type Kind = Literal["cold", "repeat"]
NETWORKS: tuple[Network, ...] = ("loopback", "line")
KINDS: tuple[Kind, ...] = ("cold", "repeat")

COMPARED = {
    OURS,
    FLOOR_PYTHON,
    FLOOR_FILES,
    STOCK_WORKER,
    PYSCRIPT,
    PYSCRIPT_WORKER,
    JUPYTERLITE,
    MARIMO,
}
"""What the aims speak of."""

STAGES = {
    "first-contentful-paint": "first paint with text",
    "worker": "the worker is begun",
    "download": "it asks for its first file",
    "l2:drawn": "Plotly has drawn the figure that the build computed",
    "start": "all of Python's files are there, checked and compiled",
    "import": "Python runs, with its shared objects linked, or goes on from its memory",
    "ready": "`l2widgets` and NumPy are imported",
    "figure": "the figure is computed",
}
"""What our page notes on its way, in words."""

BEGIN = "<!-- written by make bench-peers -->"
END = "<!-- end of what make bench-peers writes -->"


@dataclass(frozen=True, slots=True)
class Measured:
    """All that was measured, in the order of the rounds."""

    visits: dict[tuple[Peer, Network, Kind], list[Visit]]
    seconds: dict[tuple[Literal["slider", "respawn"], Network], list[float]]
    """Seconds from navigation to the first answer of a slider; from a worker's end to its successor's first answer."""
    failures: Counter[Peer]
    """How many visits ended without a result."""

    def is_complete(self, peers: Iterable[Peer]) -> bool:
        """Tell whether every peer has shown its result at least once, in every way."""
        return all(
            self.visits[peer, network, kind] for peer, network, kind in product(peers, NETWORKS, KINDS)
        ) and all(self.seconds.values())

    def times(self, peer: Peer, network: Network, kind: Kind) -> list[float]:
        """Return the seconds from navigation to the result."""
        return [visit.seconds for visit in self.visits[peer, network, kind]]


class Probe(NamedTuple):
    """What a way between browser and host is like."""

    first: float
    """Seconds until an empty answer, on a new connection."""
    again: float
    """The same on an open one."""
    rate: float
    """Bits per second."""


def tables(measured: Measured, peers: Sequence[Peer]) -> Iterable[str]:
    """Yield the table of all peers, and what is asked of our site where all that it is compared with was measured."""
    yield _starts(measured, peers)
    if OURS in peers:
        yield _stages(measured)
    if COMPARED.issubset(peers):
        yield _aims(measured)


def _starts(measured: Measured, peers: Sequence[Peer]) -> str:
    rows = [
        (
            "",
            "first visit, s",
            "second visit, s",
            "first visit, slow line, s",
            "second visit, slow line, s",
            "MB",
            "requests",
            "main thread blocked, s",
        )
    ]
    for peer in peers:
        cold = measured.visits[peer, "loopback", "cold"]
        rows.append(
            (
                peer.title,
                _spread(measured.times(peer, "loopback", "cold")),
                _spread(measured.times(peer, "loopback", "repeat")),
                _spread(measured.times(peer, "line", "cold")),
                _spread(measured.times(peer, "line", "repeat")),
                f"{median(visit.sent.bytes for visit in cold) / 1e6:.1f}",
                f"{median(visit.sent.requests for visit in cold):.0f}",
                _spread([visit.blocked for visit in cold]),
            )
        )
    return _table(rows)


def _stages(measured: Measured) -> str:
    """Say when our own page had come how far."""
    visits = [measured.visits[OURS, "loopback", kind] for kind in KINDS]

    def passed(stage: str, when: Sequence[Visit]) -> str:
        at = [visit.stages[stage] for visit in when if stage in visit.stages]
        return f"{1000 * median(at):.0f}" if at else ""

    rows: list[tuple[str, ...]] = [
        ("this site on loopback, ms after navigation", "first visit", "second visit")
    ]
    for stage, words in STAGES.items():
        rows.append((words, *(passed(stage, when) for when in visits)))
    last = (f"{1000 * median(visit.seconds for visit in when):.0f}" for when in visits)
    rows.append(("it is on the screen", *last))
    return _table(rows)


def _aims(measured: Measured) -> str:
    """Compare with the aims; against PyScript, with the quicker of its two ways."""

    def ratio(other: Iterable[Peer], network: Network, kind: Kind, mine: Peer = OURS) -> str:
        ours = median(measured.times(mine, network, kind))
        return f"{ours / min(median(measured.times(peer, network, kind)) for peer in other):.2f} ×"

    def floor_of(floor: Peer) -> list[str]:
        return [ratio([STOCK_WORKER], "loopback", kind, floor) for kind in KINDS]

    ours = measured.visits[OURS, "loopback", "cold"]
    still = measured.visits[STILL, "loopback", "cold"]
    line = measured.times(OURS, "line", "cold")
    rows = [
        ("", "measured", "aim"),
        (
            "first visit, against stock Pyodide in a worker",
            ratio([STOCK_WORKER], "loopback", "cold"),
            "≤ 0.40 ×",
        ),
        (
            "second visit, against stock Pyodide in a worker",
            ratio([STOCK_WORKER], "loopback", "repeat"),
            "≤ 0.35 ×",
        ),
        *(
            (f"{words}, against the same, first and second visit", " and ".join(floor_of(floor)), "")
            for floor, words in (
                (FLOOR_PYTHON, "floor: our Python in an empty page"),
                (FLOOR_FILES, "floor: its files alone, never run"),
            )
        ),
        ("first visit, against PyScript", ratio([PYSCRIPT, PYSCRIPT_WORKER], "loopback", "cold"), "≤ 0.4 ×"),
        ("first visit, against JupyterLite", ratio([JUPYTERLITE], "loopback", "cold"), "≤ 0.18 ×"),
        ("first visit, against marimo", ratio([MARIMO], "loopback", "cold"), "≤ 0.18 ×"),
        (
            "bytes until live: page, fonts, Plotly and Python, MB",
            f"{median(visit.sent.bytes for visit in ours) / 1e6:.2f}",
            "≤ 5.5",
        ),
        ("first slider answers, slow line, s", _spread(measured.seconds["slider", "line"]), "≤ 1.5"),
        ("first slider answers, loopback, s", _spread(measured.seconds["slider", "loopback"]), ""),
        ("live, slow line, s", _spread(line), "≤ 5.5"),
        ("live again after a worker was ended, s", _spread(measured.seconds["respawn", "loopback"]), "≤ 1.2"),
        ("main thread blocked until live, s", _spread([visit.blocked for visit in ours]), ""),
        ("the same without Python, s", _spread([visit.blocked for visit in still]), "as long"),
    ]
    return _table(rows)


def circumstances(measured: Measured, rounds: Mapping[Network, int], way: Probe, load: float) -> str:
    """Say in how many rounds and with what was measured, what failed, and how busy the machine was before."""
    program = _answer([str(chromium()), "--version"])
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    line = f"{way.rate / 1e6:.1f} Mbit/s, {1000 * way.again:.0f} ms until an empty answer"
    facts = {
        "Rounds": f"{rounds['loopback']} on loopback, {rounds['line']} over the slow line",
        "Visits without a result": ", ".join(f"{peer.name} {n}" for peer, n in measured.failures.items())
        or "none",
        "The slow line, measured before the first round": f"{line}, {1000 * way.first:.0f} ms on a new connection",
        "Machine": f"{_processor()}, {os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()}",
        "Load of the machine when the command was given": f"{load:.1f}",
        "Browser": f"{program.partition(' built on')[0]}, headless",
    }
    return "\n".join(f"- {what}: {fact}" for what, fact in (facts | _versions()).items())


def write(document: Path, text: str) -> None:
    """Put the text in the place of what the last run has written."""
    before, _, rest = document.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    document.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8")


def _spread(values: Sequence[float]) -> str:
    spread = f" ({min(values):.2f} to {max(values):.2f})" if len(values) > 1 else ""
    return f"{median(values):.2f}{spread}"


def _table(rows: Sequence[Sequence[str]]) -> str:
    head, *body = (f"| {' | '.join(row)} |" for row in rows)
    return "\n".join([head, f"|{'---|' * len(rows[0])}", *body])


def _versions() -> dict[str, str]:
    """Return what was compared, by the packages' own words."""
    npm = CACHE / "npm/node_modules"
    listed = json.loads(_answer([str(CACHE / "venv/bin/python"), "-m", "pip", "list", "--format", "json"]))
    installed = {package["name"]: package["version"] for package in listed}
    kernel = installed["jupyterlite-pyodide-kernel"]
    return {
        "Pyodide": _npm_version(ROOT / "site/node_modules/pyodide"),
        "PyScript": _npm_version(npm / "@pyscript/core"),
        "JupyterLite": f"{installed['jupyterlite-core']}, its Pyodide kernel {kernel}",
        "marimo": f"{installed['marimo']}, with Pyodide {_npm_version(npm / 'pyodide-for-marimo')}",
    }


def _npm_version(package: Path) -> str:
    return str(json.loads((package / "package.json").read_text(encoding="utf-8"))["version"])


def _answer(command: Sequence[str]) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def _processor() -> str:
    """Return the processor's name, where the system tells it."""
    try:
        told = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        told = ""
    name = re.search(r"^model name\s*: (.+)$", told, re.MULTILINE)
    return name[1] if name else platform.machine()
