"""The service worker: a program of ours, after a list of what it may keep.

Its address never changes, so that browsers find the next release there, or the one that removes it.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Collection, Mapping
from pathlib import Path

from l2site.assets import LASTING, Content, sha256

SCRIPT = "sw.js"
"""Its address relative to the site's root, which makes the whole site its scope."""

FOLDER = Path("site/service-worker")
UNREAD = frozenset({"404.html", "robots.txt", "sitemap.xml"})
"""What no reader opens by an address of the site."""


def service_worker(project: Path, files: Mapping[str, Content], *, unkept: Collection[str]) -> bytes:
    """Return the service worker of a site.

    Parameters
    ----------
    project
        The project's root.
    files
        The site's other files, by address relative to its root.
    unkept
        Those among them that nobody needs without a network.
    """
    hashed, unhashed = {}, {}
    for name, content in sorted(files.items()):
        if name in UNREAD or name in unkept:
            continue
        digest = b64encode(bytes.fromhex(sha256(content))).decode()
        if name.startswith(LASTING):
            hashed[name] = digest
        else:
            unhashed[name.removesuffix("index.html")] = digest
    release = json.dumps({"hashed": hashed, "unhashed": unhashed}, separators=(",", ":"))
    return f"const RELEASE = {release};\n".encode() + (project / FOLDER / "sw.js").read_bytes()


def farewell(project: Path) -> bytes:
    """Return the service worker that removes the copies, and itself, from readers' browsers."""
    return (project / FOLDER / "farewell.js").read_bytes()
