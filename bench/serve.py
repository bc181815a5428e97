"""Requests per second and latency of nginx on this machine: files compressed in advance, and compressed while sent.

wrk asks and nginx answers on the same processors, so the numbers say which way is cheaper, and what a small host bears.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from l2site.targets import TARGETS
from tools import nginx
from tools.answers import ask

ROOT = Path(__file__).resolve().parents[1]
SECONDS = 5
"""How long each file is asked for."""
CONNECTIONS = 32
ROUNDS = 2
WAYS = {"in advance": False, "on the fly": True}


@dataclass(frozen=True, slots=True)
class Measured:
    """What wrk found of one file."""

    rate: float
    """Requests per second."""
    latency: dict[str, str]
    """By percentile."""
    size: int
    """Bytes that travelled for it."""
    encoding: str


def measure(url: str, encoding: str, trust: str) -> Measured:
    """Ask for one address as often as can be.

    Raises
    ------
    RuntimeError
        When an answer was an error.
    """
    sample = ask(url, trust=trust, encodings=encoding)
    command = [
        "wrk",
        "-t1",
        f"-c{CONNECTIONS}",
        f"-d{SECONDS}s",
        "--timeout",
        "60s",
        "--latency",
        "-H",
        f"Accept-Encoding: {encoding}",
        url,
    ]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60 + SECONDS).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        raise RuntimeError(said)
    [rate] = re.findall(r"Requests/sec:\s+([\d.]+)", said)
    latency = dict(re.findall(r"(50|99)%\s+([\d.]+\w+)", said))
    return Measured(float(rate), latency, len(sample.body), sample.headers.get("Content-Encoding", "none"))


def main() -> None:
    """Print the table for what is in `dist`."""
    if not (nginx.find() and shutil.which("wrk")):
        print("nginx and wrk are needed; `make bench-serve` installs them where apt-get may")
        return
    dist = ROOT / "dist"
    largest = max(dist.glob("runtime/*/*.wasm"), key=lambda path: path.stat().st_size)
    files = {"front page": "", "largest file": largest.relative_to(dist).as_posix()}
    found: dict[tuple[str, str, str], Measured] = {}
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder)
        for name, text in TARGETS["nginx"].beside("https://example.org/", []).items():
            (told / name).write_text(text, encoding="utf-8")
        for _ in range(ROUNDS):
            for way, on_the_fly in WAYS.items():
                with nginx.Nginx(dist, told, on_the_fly=on_the_fly) as host:
                    for title, path in files.items():
                        for encoding in ("br", "gzip"):
                            now = measure(host.url + path, encoding, str(host.certificate))
                            best = found.get((title, encoding, way))
                            if best is None or now.rate > best.rate:
                                found[title, encoding, way] = now
    print(f"| | | compressed | bytes sent | requests/s | MB/s | median | 99 % |\n{'|---' * 8}|")
    for (title, encoding, way), best in sorted(found.items()):
        if best.encoding != encoding:
            continue  # the module that would do it is missing
        print(
            f"| {title} | {encoding} | {way} | {best.size:,} | {best.rate:,.1f} "
            f"| {best.rate * best.size / 1e6:,.1f} | {best.latency['50']} | {best.latency['99']} |"
        )


if __name__ == "__main__":
    main()
