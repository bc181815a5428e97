"""Writing a site: whole, compressed, and all at once, so that what was there before stays until the new is complete."""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Self

import brotli

from l2site.assets import Content, read, sha256

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

BEST = 11
"""Brotli's highest quality."""

LONG = 1 << 18
"""A page of more bytes is compressed a degree less: it is 3 % larger then, and ready in 0.13 s, not 0.38."""


class Compressor:
    """Compresses files in the background, each once, while others are still being made.

    Parameters
    ----------
    cache
        Where compressed twins are kept between builds, by the digest of what they hold.
    """

    def __init__(self, cache: Path) -> None:
        self._cache = cache
        self._pool = ThreadPoolExecutor(os.cpu_count())
        self._started: dict[str, Future[dict[str, Path]]] = {}

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, *error: object) -> None:
        """Wait for what has begun, and raise what it raised; after an error, begin nothing more."""
        self._pool.shutdown(cancel_futures=any(error))
        if not any(error):
            for twins in self._started.values():
                twins.result()

    def start(self, contents: Iterable[Content]) -> None:
        """Begin with some files."""
        for content in contents:
            self.twins(content)

    def twins(self, content: Content) -> Future[dict[str, Path]]:
        """Return where the compressed forms of a file will be that are worth keeping, by suffix."""
        digest = sha256(content)
        if digest not in self._started:
            self._started[digest] = self._pool.submit(_twins, content, digest, self._cache)
        return self._started[digest]


def write_site(files: Mapping[str, Content], out: Path, compressor: Compressor | None) -> None:
    """Put a site in place of what is at `out`: its files, their compressed twins, and the list of them all.

    Parameters
    ----------
    files
        What to write, by address relative to the site's root.
    out
        The folder; nothing there changes until everything is written.
    compressor
        What makes the twins, or has begun to; None when nobody would send them.

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
        digests = {name: _write(new / name, content) for name, content in files.items()}
        manifest = _manifest(new, digests)
        (new / MANIFEST).write_bytes(manifest)
        if compressor:
            _compress_all({**files, MANIFEST: manifest}, new, compressor)
        for path in (new, *new.rglob("*")):  # whoever serves them need not be who built them
            path.chmod(0o755 if path.is_dir() else 0o644)
        _swap(new, out)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _write(path: Path, content: Content) -> str:
    """Write one file and return its SHA-256."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        shutil.copyfile(content, path)
    return sha256(content)


def _manifest(folder: Path, digests: Mapping[str, str]) -> bytes:
    """Return the list of every file with its size and hash; twins are left out, for they hold the same bytes."""
    entries = {
        name: {"size": (folder / name).stat().st_size, "sha256": digests[name]} for name in sorted(digests)
    }
    return (json.dumps({"files": entries}, indent=1) + "\n").encode()


def _compress_all(files: Mapping[str, Content], folder: Path, compressor: Compressor) -> None:
    names = [name for name in files if PurePosixPath(name).suffix in COMPRESSIBLE]
    names.sort(key=lambda name: -_size(files[name]))  # nobody waits alone for the longest at the end
    for name, twins in [(name, compressor.twins(files[name])) for name in names]:
        for suffix, twin in twins.result().items():
            shutil.copyfile(twin, folder / f"{name}{suffix}")


def _twins(content: Content, digest: str, cache: Path) -> dict[str, Path]:
    """Return the compressed forms of a file with this SHA-256 that are worth keeping, by suffix."""
    window = window_of(_size(content))
    quality = _quality(content)
    way = f"-{window}" if quality == BEST else f"-{window}-{quality}"
    ways = ((".br", way, partial(_brotli, window=window, quality=quality)), (".gz", "", _gzip))
    twins = {
        suffix: _compressed(content, compress, cache, f"{digest}{settings}{suffix}")
        for suffix, settings, compress in ways
    }
    return {suffix: twin for suffix, twin in twins.items() if twin.stat().st_size}


def _compressed(content: Content, compress: Callable[[bytes], bytes], cache: Path, name: str) -> Path:
    """Return where the compressed form of a file is, under a name that begins with its digest."""
    kept = cache / "compressed" / name[:2] / name
    if not kept.exists():
        data = read(content)
        twin = compress(data)
        store(kept, twin if len(twin) <= WORTH * len(data) else b"")  # which says that it is not worth it
    return kept


def gzipped(content: Content, cache: Path) -> Path:
    """Return where the gzipped form is of a file that is known to become smaller."""
    return _compressed(content, _gzip, cache, f"{sha256(content)}.gz")


def _size(content: Content) -> int:
    return len(content) if isinstance(content, bytes) else content.stat().st_size


def store(path: Path, data: bytes) -> None:
    """Write a file of a cache so that no other process ever reads half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(data)
    Path(file.name).replace(path)


def window_of(size: int) -> int:
    """Return the binary logarithm of how far back Brotli shall look in a file of so many bytes.

    An archive repeats itself over all of its length; for small files the window costs nothing. The interpreter, which
    is the largest file, repeats itself nearby, and references to far places take more bits (decision 10).
    """
    return 21 if size > 1 << 23 else 24 if size > 1 << 22 else 22


def _quality(content: Content) -> int:
    """Return how hard Brotli shall try: less on a page as long as an article, for which every change would wait."""
    page = isinstance(content, bytes) and content.startswith(b"<!doctype html>")
    return BEST - 1 if page and _size(content) > LONG else BEST


def _brotli(data: bytes, *, window: int, quality: int) -> bytes:
    compressed: bytes = brotli.compress(data, quality=quality, lgwin=window)
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
