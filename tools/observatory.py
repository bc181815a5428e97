"""Score a site as Mozilla's HTTP Observatory does: `python -m tools.observatory https://example.org/`.

The table and the rules are those of the grader's source, https://github.com/mdn/mdn-http-observatory at commit 01b4711
(src/grader/charts.js, src/scanner/index.js, src/analyzer/tests), which
https://developer.mozilla.org/en-US/observatory/docs/tests_and_scoring explains. Left out are rewards alone: those of
newer versions for Cross-Origin-Embedder-Policy and Cross-Origin-Opener-Policy, that for a host on the browsers' lists
of HSTS, and that for cookies, of which any one counts here as the worst.
"""

from __future__ import annotations

import argparse
import re
import ssl
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urlsplit

from tools.answers import Answer, follow

BASELINE = 100
EXTRA_CREDIT_FROM = 90
"""Rewards count only when what is taken away leaves so much."""
HALF_A_YEAR = 15_768_000
"""Seconds: how long HSTS has to hold at least."""
BROAD = frozenset({"ftp:", "http:", "https:", "*", "http://*", "http://*.*", "https://*", "https://*.*"})
INLINE = frozenset({"'unsafe-inline'", "data:"})
PRIVATE = frozenset({"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"})


@dataclass(frozen=True, slots=True)
class Result:
    """What one test says."""

    test: str
    points: int
    why: str


def grade(url: str, plain_url: str | None = None, trust: str | None = None) -> tuple[int, list[Result]]:
    """Return a site's score, and what each test contributes.

    Parameters
    ----------
    url
        The site, by HTTPS.
    plain_url
        The same without encryption; None when it is `url` with http in place of https.
    trust
        A file with a certificate to believe.
    """
    answer = follow(url, trust=trust)[-1]
    policy = _policy(answer.headers.get_all("Content-Security-Policy") or [])
    results = [
        _content_security_policy(policy),
        _cookies(answer),
        _resource_sharing(answer),
        _redirection(plain_url or re.sub("^https", "http", url), trust),
        _referrer_policy(answer),
        _transport(answer),
        _integrity(answer),
        _nosniff(answer),
        _framing(answer, policy),
        _resource_policy(answer),
    ]
    taken = BASELINE + sum(result.points for result in results if result.points < 0)
    given = sum(result.points for result in results if result.points > 0)
    return max(0, taken + given if taken >= EXTRA_CREDIT_FROM else taken), results


type Policy = Mapping[str, frozenset[str]]


def _policy(headers: list[str]) -> Policy:
    """Return the sources of each directive; of one that is there twice, the first."""
    policy: dict[str, frozenset[str]] = {}
    for directive in ";".join(headers).split(";"):
        name, *sources = directive.lower().split() or [""]
        if name:
            policy.setdefault(name, frozenset(sources))
    return policy


def _content_security_policy(policy: Policy) -> Result:
    """Return the first finding that holds, the gravest first."""
    default = policy.get("default-src", frozenset({"*"}))
    script, objects, style = (policy.get(name, default) for name in ("script-src", "object-src", "style-src"))
    passive = policy.get("img-src", default) | policy.get("media-src", default)
    active = frozenset[str]().union(*(v for k, v in policy.items() if k not in ("img-src", "media-src")))
    findings = (
        (not policy, -25, "none is sent"),
        (script & (BROAD | INLINE) or objects & BROAD, -20, "scripts may come from anywhere or the page"),
        (_unencrypted(active), -20, "what is active may come unencrypted"),
        ("'unsafe-eval'" in script | style, -10, "text may be run as code"),
        (_unencrypted(passive), -10, "pictures may come unencrypted"),
        (style & (BROAD | INLINE), 0, "styles may come from anywhere or the page"),
        (default == {"'none'"}, 10, "nothing unsafe, and default-src 'none'"),
        (True, 5, "nothing unsafe"),
    )
    return next(Result("content-security-policy", points, why) for holds, points, why in findings if holds)


def _unencrypted(sources: frozenset[str]) -> bool:
    return any(source.startswith(("http:", "ftp:")) for source in sources)


def _cookies(answer: Answer) -> Result:
    cookies = answer.headers.get_all("Set-Cookie") or []
    return Result("cookies", -40 if cookies else 0, "there are some" if cookies else "there are none")


def _resource_sharing(answer: Answer) -> Result:
    origin = answer.headers.get("Access-Control-Allow-Origin")
    credentials = answer.headers.get("Access-Control-Allow-Credentials")
    test = "cross-origin-resource-sharing"
    if origin and credentials:
        return Result(test, -50, "other origins may read with credentials")
    return Result(test, 0, f"open to {origin}" if origin else "none")


def _redirection(url: str, trust: str | None) -> Result:
    test = "redirection"
    try:
        route = follow(url, trust=trust)
    except ssl.SSLError:
        return Result(test, -20, "leads to a certificate that is not to be believed")
    except OSError:
        return Result(test, 0, "nobody listens without encryption")
    schemes = [urlsplit(answer.url).scheme for answer in route]
    hosts = [urlsplit(answer.url).hostname for answer in route]
    if schemes[-1] != "https":
        return Result(test, -20, "does not lead to HTTPS")
    if schemes[1] != "https":
        return Result(test, -10, "does not lead to HTTPS at once")
    if hosts[0] != hosts[1]:
        return Result(test, -5, "leads to another host first")
    return Result(test, 0, "leads to HTTPS on the same host at once")


def _referrer_policy(answer: Answer) -> Result:
    value = answer.headers.get("Referrer-Policy", "")
    known = [word.strip().lower() for word in value.split(",") if word.strip()]
    if not known:
        return Result("referrer-policy", 0, "none is sent")
    return Result("referrer-policy", 5 if known[-1] in PRIVATE else -5, known[-1])


def _transport(answer: Answer) -> Result:
    test, value = "strict-transport-security", answer.headers.get("Strict-Transport-Security", "")
    found = re.search(r"max-age=\"?(\d+)", value, re.IGNORECASE)
    if urlsplit(answer.url).scheme != "https" or not found:
        return Result(test, -20, "none that counts")
    return Result(test, 0 if int(found[1]) >= HALF_A_YEAR else -10, value)


class _Scripts(HTMLParser):
    """Collects the attributes of a page's scripts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[dict[str, str | None]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a script."""
        if tag == "script":
            self.found.append(dict(attrs))


def _integrity(answer: Answer) -> Result:
    """Tell what the scripts with an address promise; only those of other sites need to."""
    test = "subresource-integrity"
    scripts = [
        script for script in _Scripts(answer.body.decode("utf-8", "replace")).found if script.get("src")
    ]
    foreign = [s for s in scripts if re.match(r"(https?:)?//", s["src"] or "")]
    if any(not (script["src"] or "").startswith("https:") for script in foreign):
        return Result(test, -50, "scripts of other sites may come unencrypted")
    if any(not script.get("integrity") for script in foreign):
        return Result(test, -5, "scripts of other sites are not checked")
    if any(script.get("integrity") for script in scripts):
        return Result(test, 5, "scripts are checked")
    return Result(test, 0, "all scripts are the site's own")


def _nosniff(answer: Answer) -> Result:
    value = answer.headers.get("X-Content-Type-Options", "")
    return Result("x-content-type-options", 0 if value.lower() == "nosniff" else -5, value or "none is sent")


def _framing(answer: Answer, policy: Policy) -> Result:
    test, value = "x-frame-options", answer.headers.get("X-Frame-Options", "")
    if "frame-ancestors" in policy and not policy["frame-ancestors"] & BROAD:
        return Result(test, 5, "the policy says who may frame it")
    if value.upper() in ("DENY", "SAMEORIGIN"):
        return Result(test, 0, value)
    return Result(test, -20, "anybody may frame it")


def _resource_policy(answer: Answer) -> Result:
    test, value = "cross-origin-resource-policy", answer.headers.get("Cross-Origin-Resource-Policy", "")
    points = {"same-origin": 10, "same-site": 10, "cross-origin": 0, "": 0}
    return Result(test, points.get(value.strip().lower(), -5), value or "none is sent")


def main(arguments: list[str]) -> str | None:
    """Print the score of an address; return what to say when it is too low."""
    parser = argparse.ArgumentParser("tools.observatory", description=__doc__.splitlines()[0])
    parser.add_argument("url", help="the site, as https://example.org/")
    parser.add_argument("--trust", help="a file with a certificate to believe")
    parser.add_argument("--least", type=int, default=0, help="fail beneath this score")
    options = parser.parse_args(arguments)
    try:
        score, results = grade(options.url, trust=options.trust)
    except OSError as error:
        return f"{options.url} cannot be reached: {error}"
    for result in results:
        print(f"{result.points:+4}  {result.test:<30} {result.why}")
    print(f"{score:4}  {options.url}")
    return f"less than {options.least}" if score < options.least else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
