"""Look at a site where it is published: `python -m tools.smoke https://example.org/`.

Every file of its manifest has to arrive whole, compressed, with its type, its caching and its policy; what is not there
has to be missed; and one figure has to come to life in a real browser, without a word on the console.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import PurePosixPath
from typing import cast
from urllib.parse import urlsplit

import brotli
from playwright.sync_api import Error, sync_playwright

from l2site.hosting import TRANSPORT, rules_of, type_of
from l2site.output import COMPRESSIBLE, MANIFEST
from tools import browser
from tools.answers import Answer, ask, follow

DECODE: Mapping[str, Callable[[bytes], bytes]] = {
    "br": cast("Callable[[bytes], bytes]", brotli.decompress),
    "gzip": gzip.decompress,
    "": bytes,
}
SMALL = 1024
"""Bytes: what is smaller need not be compressed."""
ALIKE = {"application/javascript": "text/javascript", "text/xml": "application/xml"}
"""Types that browsers treat as one."""
UNSERVED = ("_headers", ".nojekyll")
"""What is for the host alone."""
MISSING = "this-page-is-not-there/"
LIVE = 60_000
"""Milliseconds that a figure may take to come to life."""
NOTE = """
window.refused = [];
addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) =>
  refused.push(`the policy refused ${effectiveDirective} ${blockedURI}`));
"""


def look(url: str, trust: str | None = None) -> Iterator[str]:
    """Yield what is wrong with the files of a site.

    Parameters
    ----------
    url
        Its address, with a slash at the end.
    trust
        A file with a certificate to believe.
    """
    answer = ask(url + MANIFEST, trust=trust, encodings="br, gzip")
    try:
        files = json.loads(_body(answer))["files"]
    except (ValueError, KeyError, TypeError):
        yield f"{url}{MANIFEST} is not what a build writes (the host answered {answer.status})"
        return
    page = ask(url, trust=trust)
    bare = b'http-equiv="Content-Security-Policy"' in page.body  # built for a host that sends no headers
    served = [name for name in files if name not in UNSERVED]

    def look_at(name: str) -> list[str]:
        path = name.removesuffix("index.html")
        found = ask(url + path, trust=trust, encodings="br, gzip")
        return [f"{path or '/'}: {wrong}" for wrong in _wrong(name, files[name], found, bare=bare)]

    with ThreadPoolExecutor(4) as pool:
        for wrong in pool.map(look_at, served):
            yield from wrong
    missing = ask(url + MISSING, trust=trust)
    if missing.status != 404:
        yield f"{MISSING}: answered {missing.status} in place of 404"
    elif hashlib.sha256(missing.body).hexdigest() != files["404.html"]["sha256"]:
        yield f"{MISSING}: missed, but not with the site's own page"
    if urlsplit(url).scheme == "https" and urlsplit(url).port is None:
        plain = follow(f"http{url.removeprefix('https')}", trust=trust)
        if not plain[-1].url.startswith("https:"):
            yield "without encryption, the host does not lead to HTTPS"


def _body(answer: Answer) -> bytes:
    return DECODE[answer.headers.get("Content-Encoding", "")](answer.body)


def _wrong(name: str, entry: Mapping[str, object], answer: Answer, *, bare: bool) -> Iterator[str]:
    """Yield what is wrong with one file's answer."""
    if answer.status != 200:
        yield f"answered {answer.status}"
        return
    try:
        whole = hashlib.sha256(_body(answer)).hexdigest() == entry["sha256"]
    except (KeyError, OSError, EOFError, brotli.error):
        whole = False
    if not whole:
        yield "is not, byte for byte, what was built"
    kind, meant = (_kind(value) for value in (answer.headers.get("Content-Type", ""), type_of(name)))
    if kind != meant and not (name.endswith(".zip") and kind == "text/plain"):
        yield f"came as {kind or 'nothing in particular'} and not as {meant}"
    if PurePosixPath(name).suffix in COMPRESSIBLE and int(str(entry["size"])) > SMALL:
        yield from _wrong_encoding(name, answer, bare=bare)
    if not bare:
        yield from _wrong_headers(name, answer)


def _wrong_encoding(name: str, answer: Answer, *, bare: bool) -> Iterator[str]:
    if name.endswith(".whl") or (bare and name.endswith(".zip")):
        return  # this is compressed in itself, and a host that cannot be told compresses no archive
    if not answer.headers.get("Content-Encoding"):
        yield "came uncompressed"
    elif "accept-encoding" not in answer.headers.get("Vary", "").lower():
        yield "came compressed without Vary: Accept-Encoding, so a cache may give it to anybody"


def _wrong_headers(name: str, answer: Answer) -> Iterator[str]:
    transport = TRANSPORT if answer.url.startswith("https:") else {}
    for header, value in {**rules_of(name), **transport}.items():
        found = answer.headers.get_all(header) or []
        if found != [value]:
            yield f"{header} is {', '.join(found) or 'not sent'}, and not {value}"


def _kind(content_type: str) -> str:
    kind = content_type.partition(";")[0].strip().lower()
    return ALIKE.get(kind, kind)


def try_figure(url: str, *, believe_all: bool = False) -> Iterator[str]:
    """Yield what is wrong with the first figure of the front page, in Chromium, as a reader finds it."""
    path = browser.find()
    if path is None:
        yield "no Chromium was found, so no figure was tried; `python tools/browser.py --install` gets one"
        return
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    said: list[str] = []
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=["--disable-gpu", *sandbox])
        # With a certificate that is believed for a try alone, browsers refuse the service worker.
        context = launched.new_context(
            ignore_https_errors=believe_all, service_workers="block" if believe_all else "allow"
        )
        context.add_init_script(NOTE)
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        try:
            page.goto(url)
            figure = page.locator("figure[data-widget]").first
            figure.scroll_into_view_if_needed()
            page.mouse.move(200, 200)
            figure.locator("[data-reset]").focus()
            page.wait_for_selector("figure[data-widget][data-state=ready]", timeout=LIVE)
            before = figure.get_attribute("data-shown")
            figure.locator("input[type=range]").first.press("ArrowRight")
            page.wait_for_function(
                "before => document.querySelector('figure[data-widget]').dataset.shown !== before",
                arg=before,
                timeout=LIVE,
            )
            said += page.evaluate("refused")
        except Error as error:
            yield f"the first figure does not come to life: {error.message.splitlines()[0]}"
        launched.close()
    yield from (f"in the browser: {line}" for line in said)


def main(arguments: list[str]) -> str | None:
    """Print what is wrong with an address; return how much."""
    parser = argparse.ArgumentParser("tools.smoke", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("url", help="the site, as https://example.org/")
    parser.add_argument("--trust", help="a file with a certificate to believe, for a try on this machine")
    options = parser.parse_args(arguments)
    url = options.url if options.url.endswith("/") else f"{options.url}/"
    try:
        problems = list(look(url, options.trust))
    except OSError as error:
        return f"{url} cannot be reached: {error}"
    problems += try_figure(url, believe_all=options.trust is not None)
    for problem in problems:
        print(problem)
    if problems:
        count = f"{len(problems)} problem{'s' if len(problems) > 1 else ''}"
        return f"{count}; `build.py rollback` puts the release before back"
    print(f"{url} is as it was built, and its first figure lives")
    return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
