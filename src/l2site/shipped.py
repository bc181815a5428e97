"""Whose work ships with the site: each component with its version, digest and licence, for readers and for machines.

What a package says of itself is read from the package and from the lock file; `site/vendor/shipped.toml` has the
rest, and `site/vendor/licences` the licences that do not travel with what they are of.
"""

from __future__ import annotations

import json
import re
import tomllib
import zipfile
from base64 import b64decode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.parser import BytesParser
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

from l2site.bundler import LOCK
from l2site.runtime import NUMPY_SHA256, numpy_wheel

DECLARED = "site/vendor/shipped.toml"
LICENCES = "site/vendor/licences"
MODULES = "site/node_modules"
PAGE = "licences"
"""The name of the page for readers, which is its address."""

BILL = "sbom.json"
"""The address of the list for machines, relative to the site's root."""

SCHEMA = "http://cyclonedx.org/schema/bom-1.6.schema.json"
IMPORT = re.compile(r"""\b(?:from|import)\s+["']([^"'.][^"']*)["']""")
"""What a module imports by a package's name."""

PAPERS = re.compile(r"(?i)(licen[cs]e|copying|notice)([-.]\w+)*")
"""How files with licences are called."""


class ShippedError(Exception):
    """What ships and cannot be accounted for, worded for whoever changed it."""


@dataclass(frozen=True, slots=True)
class Component:
    """Something that ships and that others made."""

    name: str
    version: str
    """Empty where that is not known."""
    licence: str
    """An SPDX expression."""
    by: str
    home: str
    """Where it comes from, an address."""
    purl: str
    """How databases of weaknesses call it (package URL), with the version if there is one."""
    texts: tuple[str, ...]
    """Its licences."""
    travels: str = ""
    """What was done to it on its way, in words that go on after a comma."""
    digest: tuple[str, str] | None = None
    """The name of an algorithm and the digest of what was installed, in hexadecimal."""
    within: str = ""
    """The component that has it within; empty for those that stand for themselves."""
    files: tuple[str, ...] = ()
    """Patterns of the addresses of what it becomes in the site."""
    data: bool = False
    """Whether it is data and no program."""

    @property
    def slug(self) -> str:
        """The name as an anchor."""
        return re.sub(r"[^a-z0-9]+", "-", self.name.lower()).strip("-")


def shipped(project: Path) -> tuple[Component, ...]:
    """Return everything that ships and that others made, each followed by what it has within.

    Raises
    ------
    ShippedError
        When something is not installed, or has no licence.
    """
    declared = tomllib.loads((project / DECLARED).read_text(encoding="utf-8"))
    lock = json.loads((project / LOCK).read_text(encoding="utf-8"))["packages"]
    parts = [_part(project, entry) for entry in declared["part"]]
    components: list[Component] = []
    for component in (
        *(each for entry in declared["package"] for each in _packages(project, lock, entry)),
        *(_wheel(project, entry) for entry in declared["wheel"]),
        *(_data(project, entry) for entry in declared["data"]),
    ):
        components += [component, *(part for part in parts if part.within == component.name)]
    for component in components:
        if not (component.licence and component.texts and all(map(str.strip, component.texts))):
            raise ShippedError(f"{component.name} ships without its licence; {DECLARED} can name the text")
    return tuple(components)


def _packages(
    project: Path, lock: Mapping[str, Mapping[str, Any]], entry: Mapping[str, Any]
) -> Iterator[Component]:
    """Yield a package that npm has installed, and what a module of ours imports besides it."""
    yield _package(project, lock, entry["npm"], entry)
    if "imported_by" in entry:
        needed = _imported(project, lock, entry["imported_by"])
        for name in sorted(needed - {entry["npm"], *entry["without"]}):
            yield _package(
                project, lock, name, {**entry, "name": name, "travels": "", "within": entry["name"]}
            )


def _imported(project: Path, lock: Mapping[str, Mapping[str, Any]], module: str) -> set[str]:
    """Return the npm packages that a module needs, and that these need, as far as the lock file says."""
    found: set[str] = set()
    waiting = IMPORT.findall((project / module).read_text(encoding="utf-8"))
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += lock.get(f"node_modules/{name}", {}).get("dependencies", ())
    return found


def _package(
    project: Path, lock: Mapping[str, Mapping[str, Any]], npm: str, entry: Mapping[str, Any]
) -> Component:
    locked = lock.get(f"node_modules/{npm}")
    folder = project / MODULES / npm
    if locked is None or not folder.exists():
        raise ShippedError(f"{npm} ships and is not installed; `make setup` installs it")
    algorithm, _, digest = locked["integrity"].partition("-")
    own = [path for path in sorted(folder.iterdir()) if PAPERS.fullmatch(path.name)]
    return Component(
        name=entry["name"],
        version=locked["version"],
        licence=locked.get("license", ""),
        by=entry["by"],
        home=entry["home"],
        purl=f"pkg:npm/{npm.replace('@', '%40')}@{locked['version']}",
        texts=_texts(project, entry) or tuple(path.read_text(encoding="utf-8") for path in own),
        travels=entry.get("travels", "").format(version=locked["version"]),
        digest=(f"{algorithm[:3].upper()}-{algorithm[3:]}", b64decode(digest).hex()),
        within=entry.get("within", ""),
        files=tuple(entry["files"]),
    )


def _wheel(project: Path, entry: Mapping[str, Any]) -> Component:
    """Return NumPy, of which the wheel itself says the most."""
    with zipfile.ZipFile(numpy_wheel(project)) as wheel:
        names = wheel.namelist()
        [about] = [name for name in names if name.endswith(".dist-info/METADATA")]
        described = BytesParser().parsebytes(wheel.read(about))
        papers = [name for name in names if ".dist-info/licenses/" in name]
        texts = tuple(wheel.read(name).decode() for name in papers)
    return Component(
        name=entry["name"],
        version=described["Version"],
        licence=described["License-Expression"],
        by=entry["by"],
        home=entry["home"],
        purl=f"pkg:pypi/{described['Name'].lower()}@{described['Version']}",
        texts=texts,
        travels=entry["travels"],
        digest=("SHA-256", NUMPY_SHA256),
        files=tuple(entry["files"]),
    )


def _data(project: Path, entry: Mapping[str, Any]) -> Component:
    return Component(
        **{key: entry[key] for key in ("name", "version", "licence", "by", "home", "travels")},
        purl="",
        texts=((project / entry["text"]).read_text(encoding="utf-8"),),
        files=tuple(entry["files"]),
        data=True,
    )


def _part(project: Path, entry: Mapping[str, Any]) -> Component:
    version = entry.get("version", "")
    return Component(
        **{key: entry[key] for key in ("name", "licence", "by", "home", "within")},
        version=version,
        purl=entry["purl"] + (f"@{version}" if version else ""),
        texts=_texts(project, entry),
        travels=entry.get("travels", ""),
        files=tuple(entry.get("files", ())),
    )


def _texts(project: Path, entry: Mapping[str, Any]) -> tuple[str, ...]:
    if "text" not in entry:
        return ()
    return ((project / LICENCES / entry["text"]).read_text(encoding="utf-8"),)


# ---- For machines


def bill(components: tuple[Component, ...], name: str, version: str) -> bytes:
    """Return the bill of materials of what ships: CycloneDX 1.6 as JSON, without a time, its number made of its text.

    Parameters
    ----------
    components
        What ships.
    name, version
        The project's own.
    """
    root = f"{name}@{version}"
    inside = {component.name: _listed(component) for component in components}
    for component in components:
        if component.within:
            inside[component.within].setdefault("components", []).append(inside[component.name])
    top = [inside[component.name] for component in components if not component.within]
    text: dict[str, object] = {
        "$schema": SCHEMA,
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": root,
                "name": name,
                "version": version,
                "licenses": [{"license": {"id": "MIT"}}],
            }
        },
        "components": top,
        "dependencies": [
            {"ref": root, "dependsOn": [entry["bom-ref"] for entry in top]},
            *({"ref": entry["bom-ref"]} for entry in inside.values()),
        ],
    }
    number = UUID(bytes=sha256(json.dumps(text, sort_keys=True).encode()).digest()[:16], version=4)
    return (
        json.dumps({**text, "serialNumber": f"urn:uuid:{number}"}, indent=1, ensure_ascii=False) + "\n"
    ).encode()


def _listed(component: Component) -> dict[str, Any]:
    """Return a component as CycloneDX has it."""
    entry: dict[str, Any] = {
        "type": "data" if component.data else "library",
        "bom-ref": component.purl or component.slug,
        "name": component.name,
        "authors": [{"name": component.by}],
        "licenses": [{"expression": component.licence}],
        "externalReferences": [{"type": "website", "url": component.home}],
        "scope": "required",
    }
    if component.version:
        entry["version"] = component.version
    if component.purl:
        entry["purl"] = component.purl
    if component.digest:
        algorithm, digest = component.digest
        entry["hashes"] = [{"alg": algorithm, "content": digest}]
    if component.travels:
        entry["description"] = component.travels
    return entry


# ---- For readers of the repository


def table(components: tuple[Component, ...]) -> str:
    """Return the table of THIRD-PARTY.md: what stands for itself, and beneath it the names of what it has within."""
    rows = ["| what | version | licence | by |", "|---|---|---|---|"]
    for component in components:
        if not component.within:
            parts = [part.name for part in components if part.within == component.name]
            what = f"[{component.name}]({component.home})" + (
                f", {component.travels}" if component.travels else ""
            )
            what += f"; within it {', '.join(parts)}" if parts else ""
            rows.append(f"| {what} | {component.version} | {component.licence} | {component.by} |")
    return "\n".join(rows)
