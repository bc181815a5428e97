"""Files of earlier releases, put into a build whose host takes a whole folder and so knows nothing of the one before.

They come from the site as it is served: its manifest has the release that readers see now, and `releases.json`, which
a build gets here, those before it. So nothing has to be remembered between two releases but what is published.
"""

from __future__ import annotations

import hashlib
import json
import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote
from urllib.request import Request, urlopen

from l2site.assets import LASTING, sha256
from l2site.output import MANIFEST, store
from l2site.release import KEPT, ReleaseError

LIST = "releases.json"
"""The file's address relative to the site's root: the releases before the one that is served, the newest first."""

SECONDS = 30
"""How long the host may be silent."""
LARGEST = 1 << 22
"""No list of files is larger, in bytes."""

type Files = Mapping[str, Mapping[str, Any]]
"""Size and SHA-256 by address, as a manifest has them."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """A release that was published before."""

    name: str
    """The first twelve digits of its manifest's SHA-256."""
    files: Files
    """Those with a digest in their address, which pages that are still open may ask for."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What was put into a build."""

    releases: tuple[Earlier, ...]
    """Whose files are there now, the newest first."""
    files: tuple[str, ...]
    """What was fetched."""
    lost: tuple[str, ...]
    """What the host no longer has as it was published, so that pages that ask for it have to be loaded again."""


def keep(dist: Path, url: str, *, kept: int = KEPT) -> Taken:
    """Put into a build the files that pages of earlier releases still ask for, and the list of these releases.

    Parameters
    ----------
    dist
        What a build has written.
    url
        Where the site is served, with a slash at its end; where nothing is served yet, there is nothing to keep.
    kept
        How many releases before this one keep their files.

    Raises
    ------
    ReleaseError
        When the host cannot be asked, or answers with something else than a site; nothing has been put in then.
    """
    manifest = dist / MANIFEST
    if not manifest.is_file():
        raise ReleaseError(f"{dist} has no {MANIFEST}; `build.py build` writes a whole site")
    name, own = sha256(manifest)[:12], json.loads(manifest.read_bytes())["files"]
    releases = list(_earlier(url, name))[:kept]
    wanted = {file: entry for release in releases for file, entry in release.files.items() if file not in own}
    fetched = {file: _fetch(url, file, name, entry["size"]) for file, entry in sorted(wanted.items())}
    whole = {
        file: data
        for file, data in fetched.items()
        if data is not None and hashlib.sha256(data).hexdigest() == wanted[file]["sha256"]
    }
    for file, data in whole.items():
        store(dist / file, data)
        (dist / file).chmod(0o644)
    listed = [
        {"name": release.name, "files": {f: e for f, e in release.files.items() if f in own or f in whole}}
        for release in releases
    ]
    store(dist / LIST, (json.dumps({"releases": listed}, indent=1) + "\n").encode())
    (dist / LIST).chmod(0o644)
    return Taken(tuple(releases), tuple(whole), tuple(wanted.keys() - whole.keys()))


def _earlier(url: str, name: str) -> Iterator[Earlier]:
    """Yield what is served now, unless it is the release of this name, and those before it."""
    served, before = (_fetch(url, file, name, LARGEST) for file in (MANIFEST, LIST))
    if served is None:
        return
    seen = {name}
    now = hashlib.sha256(served).hexdigest()[:12]
    for release in (*_read(url, MANIFEST, served, now), *(_read(url, LIST, before) if before else ())):
        if release.name not in seen:
            seen.add(release.name)
            yield release


def _read(url: str, file: str, data: bytes, named: str = "") -> list[Earlier]:
    """Return the releases of a list, or the one of a manifest, which is named here.

    Only what has its digest in its address, in the folders that such files have, is taken.
    """
    try:
        plain = json.loads(data)
        listed = plain["releases"] if file == LIST else [plain | {"name": named}]
        return [
            Earlier(
                str(release["name"]),
                {
                    name: {"size": int(entry["size"]), "sha256": str(entry["sha256"])}
                    for name, entry in release["files"].items()
                    if name.startswith(LASTING) and posixpath.normpath(name) == name and "\\" not in name
                },
            )
            for release in listed
        ]
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ReleaseError(
            f"{url}{file} is not what a release has written ({type(error).__name__}: {error}); "
            "if another site is there, publish once without `keep`"
        ) from None


def _fetch(url: str, name: str, release: str, most: int) -> bytes | None:
    """Return a file, or None when the host has none or a larger one; a CDN's copy of before will not do."""
    request = Request(f"{url}{quote(name)}?for={release}", headers={"Cache-Control": "no-cache"})  # noqa: S310
    try:
        with urlopen(request, timeout=SECONDS) as answer:  # noqa: S310  the maintainer's own address
            data: bytes = answer.read(most + 1)
    except HTTPError as error:
        if error.code in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
            return None
        raise ReleaseError(f"{url}{name}: the host answered {error.code}; try again in a while") from None
    except (URLError, OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise ReleaseError(f"{url}{name} cannot be fetched ({reason}); try again in a while") from None
    return data if len(data) <= most else None
