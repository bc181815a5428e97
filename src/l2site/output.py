"""Writing a site: whole, compressed, and all at once, so that what was there before stays until the new is complete."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path, PurePosixPath

import brotli

from l2site.assets import Content

MANIFEST = "manifest.json"
COMPRESSIBLE = frozenset(
    [
        ".css",
        ".html",
        ".js",
        ".json",
        ".mjs",
        ".py",
        ".svg",
        ".txt",
        ".wasm",
        ".webmanifest",
        ".whl",
        ".xml",
        ".zip",
    ]
)
"""Suffixes of files that a server may send compressed; the others (fonts, pictures) are compressed in themselves."""

WORTH = 0.98
"""A compressed twin is kept when it is at most this part of the file."""


def write_site(files: Mapping[str, Content], out: Path, cache: Path) -> None:
    """Put a site in place of what is at `out`: its files, their compressed twins, and the list of them all.

    Parameters
    ----------
    files
        What to write, by address relative to the site's root.
    out
        The folder; nothing there changes until everything is written.
    cache
        Where compressed twins are kept between builds, by the digest of what they hold.

    Raises
    ------
    FileExistsError
        When `out` holds something that no build has made.
    """
    if out.exists() and not (out / MANIFEST).exists() and any(out.iterdir()):
        raise FileExistsError(
            f"{out} holds something else than a built site; choose another folder or empty it"
        )
    out.parent.mkdir(parents=True, exist_ok=True)
    new = Path(tempfile.mkdtemp(prefix=f".{out.name}-new-", dir=out.parent))
    try:
        new.chmod(0o755)
        digests = {name: _write(new / name, content) for name, content in files.items()}
        (new / MANIFEST).write_bytes(_manifest(new, digests))
        digests[MANIFEST] = hashlib.sha256((new / MANIFEST).read_bytes()).hexdigest()
        _compress_all(new, digests, cache)
        _swap(new, out)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def warm(files: Iterable[Content], cache: Path) -> None:
    """Compress files ahead of the first build: the large ones that seldom change."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(lambda content: _twins(_bytes(content), _sha256(content), cache), files))


def _write(path: Path, content: Content) -> str:
    """Write one file and return its SHA-256."""
    path.parent.mkdir(parents=True, exist_ok=True)
    data = _bytes(content)
    path.write_bytes(data)
    return hashlib.sha256(data).hexdigest()


def _manifest(folder: Path, digests: Mapping[str, str]) -> bytes:
    """Return the list of every file with its size and hash; twins are left out, for they hold the same bytes."""
    entries = {
        name: {"size": (folder / name).stat().st_size, "sha256": digests[name]} for name in sorted(digests)
    }
    return (json.dumps({"files": entries}, indent=1) + "\n").encode()


def _compress_all(folder: Path, digests: Mapping[str, str], cache: Path) -> None:
    names = [name for name in digests if PurePosixPath(name).suffix in COMPRESSIBLE]
    names.sort(
        key=lambda name: -(folder / name).stat().st_size
    )  # nobody waits alone for the longest at the end

    def compress(name: str) -> None:
        for suffix, twin in _twins((folder / name).read_bytes(), digests[name], cache).items():
            (folder / f"{name}{suffix}").write_bytes(twin)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(compress, names))


def _twins(data: bytes, sha256: str, cache: Path) -> dict[str, bytes]:
    """Return the compressed forms of some bytes that are worth keeping, by suffix."""
    twins = {}
    window = _window(len(data))
    ways = ((".br", f"-{window}", partial(_brotli, window=window)), (".gz", "", _gzip))
    for suffix, settings, compress in ways:
        kept = cache / "compressed" / sha256[:2] / f"{sha256}{settings}{suffix}"
        try:
            twin = kept.read_bytes()
        except FileNotFoundError:
            twin = compress(data)
            if len(twin) > WORTH * len(data):
                twin = b""  # an empty file says that it is not worth it
            store(kept, twin)
        if twin:
            twins[suffix] = twin
    return twins


def store(path: Path, data: bytes) -> None:
    """Write a file of a cache so that no other process ever reads half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(data)
    Path(file.name).replace(path)


def _window(size: int) -> int:
    """Return the binary logarithm of how far back Brotli shall look in a file of so many bytes.

    An archive repeats itself over all of its length; for small files the window costs nothing. The interpreter, which
    is the largest file, repeats itself nearby, and references to far places take more bits (decision 10).
    """
    return 21 if size > 1 << 23 else 24 if size > 1 << 22 else 22


def _brotli(data: bytes, *, window: int) -> bytes:
    compressed: bytes = brotli.compress(data, quality=11, lgwin=window)
    return compressed


def _gzip(data: bytes) -> bytes:
    return gzip.compress(data, compresslevel=9, mtime=0)


def _swap(new: Path, out: Path) -> None:
    """Put `new` in the place of `out`, which is back where it was if that fails."""
    if not out.exists():
        new.rename(out)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{out.name}-old-", dir=out.parent))
    out.rename(old)
    try:
        new.rename(out)
    except OSError:
        old.rename(out)
        raise
    with contextlib.suppress(OSError):
        shutil.rmtree(old)


def _bytes(content: Content) -> bytes:
    return content if isinstance(content, bytes) else content.read_bytes()


def _sha256(content: Content) -> str:
    return hashlib.sha256(_bytes(content)).hexdigest()
