"""What a host is to send with the site's files: their types, the policy, how long they may be kept.

The server on this machine follows it (`l2site.server`), and so do the files that other hosts read (`l2site.targets`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from l2site.assets import LASTING

TYPES = {
    ".bib": "application/x-bibtex; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".gz": "application/gzip",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".py": "text/x-python; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json; charset=utf-8",
    ".webp": "image/webp",
    ".whl": "application/zip",
    ".woff2": "font/woff2",
    ".xml": "application/xml; charset=utf-8",
    ".zip": "application/zip",
}
"""Said here and not left to the machine, whose own table may call a module plain text."""

UNKNOWN = "application/octet-stream"
"""The type of everything else."""

ENCODINGS = {"br": ".br", "gzip": ".gz"}
"""The compressed twins, the smaller first."""

POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'; require-trusted-types-for 'script'; trusted-types app-worker"
)
PAGE_POLICY = POLICY.replace("frame-ancestors 'self'; ", "").replace(
    "worker-src 'self'", "worker-src 'self' blob:"
)
"""What a page can say itself where no header can be had; it does not hold in a worker, unless that begins in a blob."""

ABILITIES = (
    "accelerometer",
    "browsing-topics",
    "camera",
    "display-capture",
    "geolocation",
    "gyroscope",
    "hid",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "screen-wake-lock",
    "serial",
    "usb",
    "xr-spatial-tracking",
)
"""What no page of the site may ask a browser for."""

HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{ability}=()" for ability in ABILITIES),
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Content-Type-Options": "nosniff",
}
"""What every response carries; a worker takes its policy from its own response, so scripts carry it too."""

TRANSPORT = {"Strict-Transport-Security": "max-age=63072000; includeSubDomains; preload"}
"""What every response carries besides where it travels encrypted; elsewhere browsers ignore it."""

EMBED = {
    "Content-Security-Policy": POLICY.replace("frame-ancestors 'self'", "frame-ancestors *"),
    "Cross-Origin-Resource-Policy": "cross-origin",
}
"""What pages below embed/ carry instead, since they may be shown in anybody's frames."""

OPEN = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
"""What files that are the same for everybody carry besides, so that a frame that is nobody's may have them, too: one
with `sandbox` and without `allow-same-origin`."""

SHOWN = ("assets/", "figures/")
"""Where these are; Python, which is large and which such a frame cannot start, is not among them."""

ASKED_AGAIN = "no-cache"
"""How long browsers may believe what keeps its address: never without asking, and they may keep it."""
FOR_EVER = "public, max-age=31536000, immutable"
"""And what has its digest in its address."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What is particular to a part of the site."""

    under: str
    """How its addresses begin, relative to the site's root."""
    headers: Mapping[str, str]


RULES = (
    Rule("", {"Cache-Control": ASKED_AGAIN}),
    *(Rule(folder, {"Cache-Control": FOR_EVER} | (OPEN if folder in SHOWN else {})) for folder in LASTING),
    Rule("embed/", EMBED),
)
"""Every rule whose beginning an address has holds for it; of two that name one header, the later."""


def rules_of(name: str) -> dict[str, str]:
    """Return the headers of everything whose address begins so, but its type."""
    headers = dict(HEADERS)
    for rule in RULES:
        if name.startswith(rule.under):
            headers |= rule.headers
    return headers


def type_of(name: str) -> str:
    """Return the media type of a file."""
    return TYPES.get(PurePosixPath(name).suffix, UNKNOWN)


def headers_of(name: str) -> dict[str, str]:
    """Return the headers of a file by its address relative to the site's root, as "lab/index.html"."""
    return {"Content-Type": type_of(name), **rules_of(name)}
