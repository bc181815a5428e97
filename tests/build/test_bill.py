"""The bill of materials of everything says of each thing whether it ships."""

import json
import re

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from l2site import shipped
from tests.build.project import ROOT
from tools import bill

PYTHON = {
    "components": [
        {"type": "library", "name": "pytest", "version": "9.0", "purl": "pkg:pypi/pytest@9.0", "author": "x"},
        {"type": "library", "name": "numpy", "version": "2.4.3", "purl": "pkg:pypi/numpy@2.4.3?x=y"},
        {"type": "library", "name": "l2widgets", "version": "0", "purl": "pkg:pypi/l2widgets@0"},
    ]
}
"""As cyclonedx-bom writes it, which takes ten seconds for all that is installed."""


def test_everything_is_on_the_bill(monkeypatch):
    """What ships comes first, then what npm's lock and Python have besides; the same whenever it is made."""
    monkeypatch.setenv("PATH", str(ROOT / ".cache/node"), prepend=":")
    ships = json.loads(shipped.bill(shipped.shipped(ROOT), "l2widgets", "0"))
    npm = bill.npm_packages()
    text = bill.joined(ships, PYTHON, npm)
    assert not JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)

    listed = json.loads(text)["components"]
    assert listed[: len(ships["components"])] == ships["components"]
    excluded = {entry["purl"] for entry in listed if entry["scope"] == "excluded"}
    assert {purl for purl in excluded if ":pypi" in purl} == {"pkg:pypi/pytest@9.0"}

    lock = json.loads((ROOT / "site/package-lock.json").read_text())["packages"]
    locked = {name.rpartition("node_modules/")[2] for name in lock if name}
    purls = re.findall(r'"purl": "pkg:npm/([^"]*)"', text)
    assert locked <= {purl.rpartition("@")[0].replace("%40", "@") for purl in purls}
    assert len(purls) == len(set(purls))

    again = {**npm, "serialNumber": "urn:uuid:another", "metadata": {"timestamp": "now"}}
    assert bill.joined(ships, PYTHON, again) == text
