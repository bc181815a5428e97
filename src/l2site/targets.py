"""Where the site can be published, and what each of these places has to be told about it.

All of them are told the same, which `l2site.hosting` says; what one of them cannot do, its entry in `TARGETS` makes
up for.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Protocol
from urllib.parse import urlsplit

from l2site.hosting import ENCODINGS, HEADERS, PAGE_POLICY, RULES, TRANSPORT, TYPES, UNKNOWN, rules_of

type Texts = dict[str, str]
"""Files by name."""
NONE: Mapping[str, str] = MappingProxyType({})


class Write(Protocol):
    """Makes files for a site."""

    def __call__(self, url: str, names: Collection[str], moved: Mapping[str, str] = NONE, /) -> Texts:
        """Return them.

        Parameters
        ----------
        url
            Its address.
        names
            The files that it consists of.
        moved
            Addresses at which something was that is elsewhere now, and where.
        """
        ...


class TargetError(Exception):
    """A site that cannot be published there as it was meant."""


def _nothing(_url: str, _names: Collection[str], _moved: Mapping[str, str] = NONE) -> Texts:
    return {}


@dataclass(frozen=True, slots=True)
class Target:
    """A kind of host."""

    twins: bool = True
    """Whether it sends files that have been compressed in advance; if not, it compresses by itself."""
    page_policy: str = ""
    """The policy that pages carry themselves, for a host that sends none."""
    inside: Write = _nothing
    """What it reads among the site's own files."""
    packed: bool = False
    """Whether it sends archives as they are, so that those of Python are packed, and the page unpacks them."""
    leads: bool = False
    """Whether it can be told where a page has gone; if not, pages stand there that say so."""
    beside: Write = _nothing
    """What its administrator puts elsewhere."""


def _begin(target: str) -> str:
    return f"# Written by `build.py build --target {target}`, from what src/l2site/hosting.py says.\n"


# ---- Hosts that take a folder


def _netlify(url: str, names: Collection[str], moved: Mapping[str, str] = NONE) -> Texts:
    """Put what is particular after what is common: of rules that name one header the last holds."""
    return {"_headers": _begin("netlify") + _blocks(url, names, dict)} | _redirects("netlify", moved)


def _cloudflare(url: str, names: Collection[str], moved: Mapping[str, str] = NONE) -> Texts:
    """Have each rule take away first what it says anew, since the values of all rules would be joined."""

    def anew(headers: Mapping[str, str]) -> dict[str, str]:
        return {**{f"! {name}": "" for name in headers}, **headers}

    return {"_headers": _begin("cloudflare") + _blocks(url, names, anew)} | _redirects("cloudflare", moved)


def _redirects(target: str, moved: Mapping[str, str]) -> Texts:
    """Return where pages have gone, if any have; both hosts add the query, and browsers the fragment."""
    lines = "".join(
        f"/{old.rstrip('/')}{slash} /{there} 301\n" for old, there in moved.items() for slash in ("", "/")
    )
    return {"_redirects": _begin(target) + lines} if lines else {}


def _blocks(url: str, names: Collection[str], again: Callable[[Mapping[str, str]], Mapping[str, str]]) -> str:
    """Return the rules of a file `_headers`.

    These hosts know the types that matter, but compress by type and none that is called an archive; Python's archives
    are stored, not deflated, and a third as large when they are compressed on their way. `text/plain` is what both
    compress and no browser runs.
    """
    if urlsplit(url).path != "/":
        raise TargetError(
            f"this host publishes a folder as a whole site, so its address can have no path; got {url}"
        )
    archives = sorted({PurePosixPath(name).name for name in names if _is_archive(name)})
    blocks: dict[str, Mapping[str, str]] = {"/*": {**HEADERS, **TRANSPORT, **RULES[0].headers}}
    blocks |= {f"/{rule.under}*": again(rule.headers) for rule in RULES[1:]}
    blocks |= {f"/runtime/:digest/{name}": {"Content-Type": TYPES[".txt"]} for name in archives}
    return "\n".join(
        f"{pattern}\n"
        + "".join(f"  {name}: {value}\n" if value else f"  {name}\n" for name, value in headers.items())
        for pattern, headers in blocks.items()
    )


def _is_archive(name: str) -> bool:
    return name.startswith("runtime/") and name.endswith(".zip")


def _github_pages(_url: str, _names: Collection[str], _moved: Mapping[str, str] = NONE) -> Texts:
    """Without this file, it would leave out what begins with an underscore."""
    return {".nojekyll": ""}


# ---- Servers of one's own


def _nginx(url: str, _names: Collection[str], moved: Mapping[str, str] = NONE) -> Texts:
    """Write a server, for its administrator to fit, and what it includes, which nobody needs to edit."""
    host, base = _parts(url)
    server = f"""{_begin("nginx")}
server {{
    listen 80;
    listen [::]:80;
    server_name {host};
    return 301 https://$host$request_uri;
}}

server {{
    listen 443 ssl http2;
    listen [::]:443 ssl http2;
    server_name {host};
    ssl_certificate /etc/letsencrypt/live/{host}/fullchain.pem;
    ssl_certificate_key /etc/letsencrypt/live/{host}/privkey.pem;
    ssl_protocols TLSv1.2 TLSv1.3;

    # What {url} shows is in {base} below this folder.
    root /var/www/{host};

    # Where the module is there (in Debian, libnginx-mod-http-brotli-static), take this mark away:
    # brotli_static on;

    include /etc/nginx/{host}/site.conf;
}}
"""
    types = "".join(f'    "{kind}" {endings};\n' for kind, endings in _endings(" "))
    site = f"""{_begin("nginx")}# For a server block that says where the root is, and whether there is Brotli.

server_tokens off;
absolute_redirect off;
index index.html;
error_page 404 {base}404.html;

sendfile on;
tcp_nopush on;
gzip off;
gzip_static on;
gzip_vary on;

default_type {UNKNOWN};
types {{
{types}}}

set $site_transport "";
if ($scheme = https) {{
    set $site_transport "{TRANSPORT["Strict-Transport-Security"]}";
}}
"""
    if base == "/":
        site += (
            f"\n# For requests that nginx refuses before it knows what they ask for.\n{_nginx_rules('', '')}"
        )
    for rule in RULES:
        site += f"\nlocation ^~ {base}{rule.under} {{\n{_nginx_headers(rule.under)}}}\n"
    for old, there in moved.items():
        lead = f"{_nginx_headers('')}    return 301 {base}{there}$is_args$args;\n"
        for slash in ("", "/"):
            site += f"\nlocation = {base}{old.rstrip('/')}{slash} {{\n{lead}}}\n"
    return {"server.conf": server, "site.conf": site}


def _nginx_headers(under: str) -> str:
    return _nginx_rules(under, "    ") + "    add_header Strict-Transport-Security $site_transport always;\n"


def _nginx_rules(under: str, indent: str) -> str:
    return "".join(f'{indent}add_header {k} "{v}" always;\n' for k, v in rules_of(under).items())


def _caddy(url: str, _names: Collection[str], moved: Mapping[str, str] = NONE) -> Texts:
    """Write the same for Caddy, which gets certificates by itself."""
    host, base = _parts(url)
    caddyfile = f"""{_begin("caddy")}
{host} {{
	# What {url} shows is in {base} below this folder.
	root * /var/www/{host}
	import site.caddy
}}
"""
    common = _caddy_header("", {**HEADERS, **RULES[0].headers})
    rules = "".join(_caddy_header(f" {base}{rule.under}*", rule.headers) for rule in RULES[1:])
    types = ""
    for number, (kind, endings) in enumerate(_endings(" *")):
        types += f'\t@type{number} path *{endings}\n\theader @type{number} Content-Type "{kind}"\n'
    secure = _caddy_header(" @secure", TRANSPORT)
    leads = ""
    for number, (old, there) in enumerate(moved.items()):
        leads += f"\t@moved{number} path {base}{old.rstrip('/')} {base}{old}\n"
        leads += f"\tredir @moved{number} {base}{there}?{{query}} 301\n"
    encodings = " ".join(ENCODINGS)
    site = f"""{_begin("caddy")}
@secure protocol https
route {{
{common}{rules}{secure}{types}{leads}	file_server {{
		precompressed {encodings}
	}}
}}

handle_errors {{
{common}{secure}	header Content-Type "{TYPES[".html"]}"
	rewrite * {base}404.html
	file_server {{
		precompressed {encodings}
	}}
}}
"""
    return {"Caddyfile": caddyfile, "site.caddy": site}


def _caddy_header(matcher: str, headers: Mapping[str, str]) -> str:
    lines = "".join(f'\t\t{name} "{value}"\n' for name, value in headers.items())
    return f"\theader{matcher} {{\n{lines}\t}}\n"


def _parts(url: str) -> tuple[str, str]:
    """Return the host's name and the path."""
    parts = urlsplit(url)
    return parts.hostname or "localhost", parts.path


def _endings(separator: str) -> list[tuple[str, str]]:
    """Return each type with the endings of its files, without or with their dots as the separator has it."""
    pairs = sorted((kind, ending) for ending, kind in TYPES.items())
    dot = 1 if separator == " " else 0
    return [
        (kind, separator.join(ending[dot:] for _, ending in group))
        for kind, group in groupby(pairs, key=lambda pair: pair[0])
    ]


TARGETS: Mapping[str, Target] = {
    "plain": Target(),
    "github-pages": Target(twins=False, page_policy=PAGE_POLICY, packed=True, inside=_github_pages),
    "netlify": Target(twins=False, inside=_netlify, leads=True),
    "cloudflare": Target(twins=False, inside=_cloudflare, leads=True),
    "nginx": Target(beside=_nginx, leads=True),
    "caddy": Target(beside=_caddy, leads=True),
}
"""Every kind of host, by its name on the command line. "plain" is any server, which is told nothing."""
