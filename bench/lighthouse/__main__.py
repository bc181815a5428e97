"""Have Lighthouse audit the front page and a section's page, as a phone and as a desktop; print medians and spread.

The site is served as a good host would: by nginx with HTTP/2 where that is installed, and else by the site's own
server, whose HTTP/1.1 costs a simulated phone more. The network and the processor are Lighthouse's own simulation of a
slow phone or a desktop. What can be decided (accessibility, good practice, search engines, stillness) must be right in
every round; what is timed is judged by its median. The exit status is 1 when something falls short.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from bench._visit import ROOT
from l2site.server import Server
from l2site.targets import TARGETS
from tools import browser, nginx

PROGRAM = ROOT / ".cache/lighthouse/npm/node_modules/lighthouse/cli/index.js"
PAGES = {"front page": "", "section": "weight-decay/"}
"""The section's figure is on the first screen."""
FORMS = {"phone": (), "desktop": ("--preset=desktop",)}
"""How Lighthouse is told what to simulate."""

SECONDS = 120
"""How long one audit may take."""
TRIES = 3
"""How often an audit is begun; now and then, Lighthouse misses the beginning of the visit and gives up."""


type Report = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""What Lighthouse writes, as far as it is used: categories and audits by name."""


class LighthouseError(Exception):
    """An audit that gave no result; says why."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A number of Lighthouse's, and what it has to be."""

    title: str
    category: str = ""
    """A category's score, of 100; the empty string for an audit."""
    audit: str = ""
    """An audit's number."""
    least: float = float("-inf")
    most: float = float("inf")
    always: bool = False
    """Whether every round has to reach it, and not only the median."""
    digits: int = 0
    """How many decimals are worth printing."""

    def of(self, report: Report) -> float:
        """Return the number in one of Lighthouse's reports."""
        if self.category:
            return float(round(100 * report["categories"][self.category]["score"]))
        return float(report["audits"][self.audit]["numericValue"])

    def is_met(self, numbers: list[float]) -> bool:
        """Tell whether these numbers, one a round, are good enough."""
        judged = numbers if self.always else [median(numbers)]
        return all(self.least <= round(number, 3) <= self.most for number in judged)


MEASURES = (
    Measure("performance", category="performance", least=98),
    Measure("accessibility", category="accessibility", least=100, always=True),
    Measure("best practices", category="best-practices", least=100, always=True),
    Measure("SEO", category="seo", least=100, always=True),
    Measure("FCP, ms", audit="first-contentful-paint"),
    Measure("LCP, ms", audit="largest-contentful-paint", most=1200),
    Measure("TBT, ms", audit="total-blocking-time", most=50),
    Measure("CLS", audit="cumulative-layout-shift", most=0, always=True, digits=3),
    Measure("Speed Index, ms", audit="speed-index"),
)


def main() -> str | None:
    """Audit and print; return what falls short, if anything does."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="audits of each page and form (5)")
    parser.add_argument("--dist", type=Path, default=ROOT / "dist", help="the built site (dist)")
    parser.add_argument("--only", choices=FORMS, help="only a phone, or only a desktop")
    arguments = parser.parse_args()
    chromium, node = browser.find(), shutil.which("node")
    if chromium is None or node is None or not PROGRAM.exists():
        return "Lighthouse, Node or Chromium is missing; `make lighthouse` sets them up."
    forms = [arguments.only] if arguments.only else list(FORMS)
    runs = [(page, form) for page in PAGES for form in forms]
    numbers: dict[tuple[str, str], dict[Measure, list[float]]] = {
        run: {measure: [] for measure in MEASURES} for run in runs
    }
    wrong: dict[str, None] = {}
    with _served(arguments.dist) as (url, flags):
        for _ in range(arguments.rounds):
            for page, form in runs:
                command = [node, str(PROGRAM), url + PAGES[page], *FORMS[form]]
                report = _audit(command, chromium, flags)
                for measure, found in numbers[page, form].items():
                    found.append(measure.of(report))
                wrong |= dict.fromkeys(f"{page}, {form}: {title}" for title in _failures(report))
    _print(numbers)
    short = [
        f"{page}, {form}: {measure.title}"
        for (page, form), by_measure in numbers.items()
        for measure, found in by_measure.items()
        if not measure.is_met(found)
    ]
    print(*wrong, sep="\n")
    return f"\nNot good enough: {'; '.join(short)}." if short else None


@contextmanager
def _served(dist: Path) -> Iterator[tuple[str, str]]:
    """Serve the site; hand out its address, and what Chromium has to be told to trust it."""
    if nginx.find() is None:
        print("By the site's own server, with HTTP/1.1; nginx is not installed.")
        with Server(dist) as server:
            yield server.url, ""
        return
    print("By nginx, with HTTP/2.")
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder)
        for name, text in TARGETS["nginx"].beside("https://example.org/", []).items():
            (told / name).write_text(text, encoding="utf-8")
        with nginx.Nginx(dist, told) as server:
            yield server.url, f" --ignore-certificate-errors-spki-list={_key_digest(server.certificate)}"


def _key_digest(certificate: Path) -> str:
    """Return the SHA-256 of a certificate's public key, in Base64."""
    asked = ["openssl", "x509", "-in", str(certificate), "-noout", "-pubkey"]
    key = subprocess.run(asked, capture_output=True, text=True, check=True, timeout=60).stdout
    der = base64.b64decode("".join(line for line in key.splitlines() if not line.startswith("-")))
    return base64.b64encode(hashlib.sha256(der).digest()).decode()


def _audit(command: list[str], chromium: Path, flags: str) -> Report:
    """Have a page audited, if need be at the second or third attempt."""
    for _ in range(TRIES - 1):
        try:
            return _try(command, chromium, flags)
        except LighthouseError as error:
            print(f"Once more, since {error}", file=sys.stderr)
    return _try(command, chromium, flags)


def _try(command: list[str], chromium: Path, flags: str) -> Report:
    """Run Lighthouse once in a new browser, and return its report."""
    sandbox = " --no-sandbox" if os.geteuid() == 0 else ""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.json"
        options = ["--quiet", "--output=json", f"--output-path={path}"]
        options += ["--only-categories=performance,accessibility,best-practices,seo"]
        options += [f"--chrome-flags=--headless=new --disable-gpu{sandbox}{flags}"]
        try:
            done = subprocess.run(
                [*command, *options],
                env=os.environ | {"CHROME_PATH": str(chromium)},
                capture_output=True, text=True, check=False, timeout=SECONDS,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise LighthouseError(f"Lighthouse did not end within {SECONDS} s.") from None
        if done.returncode != 0 or not path.exists():
            raise LighthouseError(f"Lighthouse ended with {done.returncode}: {done.stderr[-2000:]}")
        report = json.loads(path.read_text(encoding="utf-8"))
    if error := report.get("runtimeError"):
        raise LighthouseError(f"Lighthouse could not audit the page: {error['message']}")
    return {"categories": report["categories"], "audits": report["audits"]}


def _failures(report: Report) -> list[str]:
    """Return the titles of the audits that failed in the categories where none may."""
    strict = [measure.category for measure in MEASURES if measure.category and measure.always]
    references = [ref for name in strict for ref in report["categories"][name]["auditRefs"]]
    audits = [report["audits"][ref["id"]] for ref in references if ref["weight"] > 0]
    return [str(audit["title"]) for audit in audits if audit["score"] is not None and audit["score"] < 1]


def _print(numbers: Mapping[tuple[str, str], Mapping[Measure, list[float]]]) -> None:
    """Print one table: the median, and in brackets the smallest and the largest where they differ."""
    print(f"{'':<17}" + "".join(f"{f'{page}, {form}':>24}" for page, form in numbers))
    for measure in MEASURES:
        cells = ""
        for by_measure in numbers.values():
            found = by_measure[measure]
            low, middle, high = (
                f"{number:,.{measure.digits}f}" for number in (min(found), median(found), max(found))
            )
            spread = f" ({low} to {high})" if low != high else ""
            cells += f"{middle + spread + (' ' if measure.is_met(found) else '!'):>24}"
        print(f"{measure.title:<17}{cells}")
    print("! is not good enough.")


if __name__ == "__main__":
    try:
        sys.exit(main())
    except LighthouseError as error:
        sys.exit(str(error))
