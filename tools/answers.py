"""What a host answers to a request, untouched: no redirect followed, nothing unpacked."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urljoin, urlsplit

MOST_STEPS = 10
"""How often a host may send us on."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a host said."""

    url: str
    status: int
    headers: Message
    body: bytes


def ask(url: str, *, trust: str | None = None, encodings: str = "identity") -> Answer:
    """Return what a host answers to one request.

    Parameters
    ----------
    url
        What to ask for.
    trust
        A file with a certificate to believe; None for those that this machine believes.
    encodings
        Which compressions to accept.

    Raises
    ------
    OSError
        When nobody answers as a web server would, or the certificate is not to be believed (`ssl.SSLError`).
    """
    parts = urlsplit(url)
    connection: HTTPConnection
    if parts.scheme == "https":
        believed = ssl.create_default_context(cafile=trust)
        connection = HTTPSConnection(parts.netloc, timeout=30, context=believed)
    else:
        connection = HTTPConnection(parts.netloc, timeout=30)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request("GET", target, headers={"Accept-Encoding": encodings, "Connection": "close"})
        response = connection.getresponse()
        return Answer(url, response.status, response.headers, response.read())
    except HTTPException as error:
        raise OSError(f"{url}: {error!r}") from None
    finally:
        connection.close()


def follow(url: str, *, trust: str | None = None) -> list[Answer]:
    """Return the answers on the way from an address to where it leads."""
    route = [ask(url, trust=trust)]
    while 300 <= route[-1].status < 400 and "Location" in route[-1].headers and len(route) < MOST_STEPS:
        route.append(ask(urljoin(route[-1].url, route[-1].headers["Location"]), trust=trust))
    return route
