"""Putting a build in place of the site that is being served, so that no reader notices, and taking it back.

Files with a digest in their address come first, pages after them, and the service worker last of all; each appears
whole or not at all. Whoever has a page of an earlier release open finds what that page still asks for: the named files
of the last releases stay. Beside the folder, where no host serves it, `<folder>.releases` has of each release its
manifest and its pages, so that it can be put back.
"""

from __future__ import annotations

import fcntl
import json
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from l2site.assets import LASTING, sha256
from l2site.hosting import ENCODINGS
from l2site.offline import SCRIPT
from l2site.output import MANIFEST

KEPT = 3
"""How many releases before the newest keep their files."""
RECORD = re.compile(r"(\d+)-([0-9a-f]{12})")
NEW = ".new"
"""How the name of a file ends, after a dot at its beginning, until it is whole."""
TWINS = ("", *ENCODINGS.values())


class ReleaseError(Exception):
    """What cannot be published, or put back."""


@dataclass(frozen=True, slots=True)
class Release:
    """A release that was published."""

    number: int
    """The larger, the later it was put in place."""
    name: str
    """The first twelve digits of its manifest's SHA-256."""
    pages: Path
    """The folder with its manifest and what else keeps its address."""

    def lasting(self) -> set[str]:
        """Return the addresses of its files that carry a digest."""
        return {name for name in _listed(self.pages) if name.startswith(LASTING)}


def publish(dist: Path, folder: Path, *, kept: int = KEPT) -> Release:
    """Put a built site in place, and return its release; when it is there already, nothing changes.

    Parameters
    ----------
    dist
        What a build has written.
    folder
        What is served; made if there is none.
    kept
        How many releases before this one keep their files.

    Raises
    ------
    ReleaseError
        When `dist` is not, byte for byte, what its manifest lists, or `folder` holds something else.
    """
    _inspect(dist)
    with _alone(folder):
        there = releases(folder)
        if not there and folder.exists() and any(not _is_the_hosts(path.name) for path in folder.iterdir()):
            raise ReleaseError(f"{folder} holds something that was not published here; choose another folder")
        name = sha256(dist / MANIFEST)[:12]
        if there and there[-1].name == name and not _differing(dist, folder):
            return there[-1]
        _put(dist, dist, folder)
        newest = _record(dist, folder, there[-1].number + 1 if there else 1, name)
        _clear(folder, [*there, newest], kept)
        return newest


def roll_back(folder: Path, name: str | None = None, *, kept: int = KEPT) -> Release:
    """Put an earlier release back in place, and return it as the newest.

    Parameters
    ----------
    folder
        What is served.
    name
        Which release; None for the one before the newest.
    kept
        How many releases before this one keep their files.

    Raises
    ------
    ReleaseError
        When there is no such release, or its files are no longer whole.
    """
    if not _records(folder).exists():
        raise ReleaseError(f"nothing was released into {folder}; give the folder that is served")
    with _alone(folder):
        there = releases(folder)
        earlier = [release for release in there[:-1] if name in (None, release.name)]
        if not earlier:
            known = ", ".join(release.name for release in there[:-1]) or "none"
            raise ReleaseError(f"there is no such release to go back to; before the newest: {known}")
        chosen = earlier[-1]
        _inspect(chosen.pages, lasting=folder)
        _put(chosen.pages, folder, folder)
        newest = _record(chosen.pages, folder, there[-1].number + 1, chosen.name)
        _clear(folder, [*there, newest], kept)
        return newest


def releases(folder: Path) -> list[Release]:
    """Return what was published into a folder and is still kept, the newest last."""
    places = _records(folder)
    found = [(RECORD.fullmatch(path.name), path) for path in places.iterdir()] if places.exists() else []
    known = [Release(int(match[1]), match[2], path) for match, path in found if match]
    return sorted(known, key=lambda release: release.number)


def _records(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.releases")


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let nobody else publish into the folder meanwhile."""
    places = _records(folder)
    places.mkdir(parents=True, exist_ok=True)
    with (places / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _listed(site: Path) -> dict[str, str]:
    """Return the SHA-256 of every file that a manifest lists."""
    try:
        files = json.loads((site / MANIFEST).read_text(encoding="utf-8"))["files"]
    except FileNotFoundError:
        raise ReleaseError(f"{site} has no {MANIFEST}; `build.py build` writes a whole site") from None
    except (ValueError, LookupError):
        raise ReleaseError(f"{site / MANIFEST} is damaged; `build.py build` writes a whole site") from None
    return {name: entry["sha256"] for name, entry in files.items()}


def _inspect(site: Path, lasting: Path | None = None) -> None:
    """Refuse a site of which something is missing or is not what its manifest says."""
    for name, digest in _listed(site).items():
        path = (lasting or site) / name if name.startswith(LASTING) else site / name
        if not path.is_file() or sha256(path) != digest:
            raise ReleaseError(
                f"{path} is missing or damaged, so nothing was published; build the site again"
            )


def _files(site: Path) -> Iterator[str]:
    """Yield what a site consists of, the compressed twins too, in the order in which it has to appear."""
    names = [*_listed(site), MANIFEST]
    for name in sorted(names, key=lambda name: (not name.startswith(LASTING), name == SCRIPT, name)):
        yield from (name + twin for twin in TWINS)


def _put(site: Path, lasting: Path, folder: Path) -> None:
    """Put a site's files into the folder, and take away the pages that it does not have.

    Parameters
    ----------
    site
        Where its pages are.
    lasting
        Where its named files are.
    folder
        What is served. A file that is there already is left alone, so that browsers hear that it has not changed.
    """
    for name in _files(site):
        source = (lasting if name.startswith(LASTING) else site) / name
        if source.is_file():
            _replace(source, folder / name)
        else:
            (folder / name).unlink(missing_ok=True)  # a twin that is not worth it
    wanted = set(_files(site))
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and not name.startswith(LASTING) and name not in wanted and not _is_the_hosts(name):
            path.unlink()
            _remove_empty(path.parent, folder)


def _is_the_hosts(name: str) -> bool:
    """Return whether a file of the folder is none of ours, as those of `.git` or `.well-known`."""
    return name.startswith(".") and not name.endswith(NEW)


def _replace(source: Path, target: Path) -> None:
    if target.is_file() and sha256(target) == sha256(source):
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    new = target.with_name(f".{target.name}{NEW}")
    shutil.copyfile(source, new)
    new.chmod(0o644)
    new.replace(target)


def _record(site: Path, folder: Path, number: int, name: str) -> Release:
    """Keep a release's manifest and pages."""
    place = _records(folder) / f"{number:04}-{name}"
    new = place.with_name(".new")
    shutil.rmtree(new, ignore_errors=True)
    for file in _files(site):
        if not file.startswith(LASTING) and (site / file).is_file():
            (new / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(site / file, new / file)
    new.rename(place)
    return Release(number, name, place)


def _clear(folder: Path, there: list[Release], kept: int) -> None:
    """Forget all but the last different releases, and delete the named files that only the others had."""
    names: list[str] = []
    for release in reversed(there):
        if release.name not in names:
            names.append(release.name)
    wanted = set(names[: kept + 1])
    newest = {release.name: release for release in there}
    staying = {file for name in wanted for file in newest[name].lasting()}
    for release in there:
        if release.name not in wanted:
            for file in release.lasting() - staying:
                for twin in TWINS:
                    (folder / f"{file}{twin}").unlink(missing_ok=True)
                _remove_empty((folder / file).parent, folder)
        if release is not newest.get(release.name) or release.name not in wanted:
            shutil.rmtree(release.pages)


def _remove_empty(place: Path, folder: Path) -> None:
    while place != folder and place.is_dir() and not any(place.iterdir()):
        place.rmdir()
        place = place.parent


def _differing(dist: Path, folder: Path) -> Iterable[str]:
    """Return the files that are not in the folder as they are in a build."""
    return [
        name
        for name in _files(dist)
        if (dist / name).is_file()
        and not ((folder / name).is_file() and sha256(folder / name) == sha256(dist / name))
    ]
