"""Write the bill of materials of everything: what ships, as the build has listed it, and what builds and tests it.

The Python packages are listed by cyclonedx-bom from those that are installed, npm's by npm itself from the lock file;
what does not ship has the scope "excluded". The result depends on nothing but what is listed.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

ROOT = Path(__file__).resolve().parents[1]
TOLD = ("type", "name", "version", "description", "purl", "licenses", "hashes")
"""What is taken over of a package that does not ship."""


def python_packages() -> dict[str, Any]:
    """Return the bill of the Python packages that are installed where this runs."""
    command = [sys.executable, "-m", "cyclonedx_py", "environment", sys.executable]
    options = ["--sv", "1.6", "--output-reproducible", "--of", "JSON", "-o", "-"]
    return _printed([*command, *options])


def npm_packages() -> dict[str, Any]:
    """Return the bill of the packages that npm installs, by its lock file."""
    return _printed(["npm", "sbom", "--sbom-format", "cyclonedx", "--package-lock-only"], ROOT / "site")


def _printed(command: list[str], folder: Path = ROOT) -> dict[str, Any]:
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if ran.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{ran.stderr}")
    bill: dict[str, Any] = json.loads(ran.stdout)
    return bill


def joined(shipped: Mapping[str, Any], *others: Mapping[str, Any]) -> str:
    """Return one bill as JSON: what ships, and of the other bills what does not."""
    top = shipped["metadata"]["component"]
    listed = [each for entry in shipped["components"] for each in (entry, *entry.get("components", ()))]
    known = {entry["purl"] for entry in listed if "purl" in entry} | {top.get("purl")}
    beside: dict[str, dict[str, Any]] = {}
    for entry in (entry for bill in others for entry in bill["components"]):
        purl = entry.get("purl", "").partition("?")[0]
        if purl and purl not in known and entry["name"] != top["name"]:
            told = {key: entry[key] for key in TOLD if key in entry}
            beside[purl] = told | {"purl": purl, "bom-ref": purl, "scope": "excluded"}
    text = {key: value for key, value in shipped.items() if key != "serialNumber"}
    text["components"] = [*shipped["components"], *(beside[purl] for purl in sorted(beside))]
    number = UUID(bytes=sha256(json.dumps(text, sort_keys=True).encode()).digest()[:16], version=4)
    return json.dumps({**text, "serialNumber": f"urn:uuid:{number}"}, indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    """Join the three, check the result against the schema, and write it."""
    from cyclonedx.schema import SchemaVersion  # noqa: PLC0415  the checks know this file without it
    from cyclonedx.validation.json import JsonStrictValidator  # noqa: PLC0415

    parser = argparse.ArgumentParser(
        description="Write the bill of materials of what ships and of what builds it."
    )
    parser.add_argument("shipped", type=Path, help="sbom.json of a built site")
    parser.add_argument("out", type=Path, help="where to write the whole")
    arguments = parser.parse_args()
    shipped = json.loads(arguments.shipped.read_text(encoding="utf-8"))
    text = joined(shipped, python_packages(), npm_packages())
    if error := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text):
        sys.exit(f"the bill is not what CycloneDX 1.6 asks for: {error}")
    arguments.out.write_text(text, encoding="utf-8")
    print(f"{arguments.out}: {len(json.loads(text)['components'])} components")


if __name__ == "__main__":
    main()
