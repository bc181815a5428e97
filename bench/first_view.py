"""What a reader downloads: the first view, a live figure, everything; in bytes as a host sends them."""

import json
import posixpath
import re
from html.parser import HTMLParser
from pathlib import Path

from l2site.assets import imports

ROOT = Path(__file__).parents[1]


class _Head(HTMLParser):
    """Collects what a page loads by itself, before any figure is near the screen."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.files: list[str] = []
        self.scripts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag == "link" and attributes.get("rel") in ("stylesheet", "preload", "icon"):
            self.files.append(attributes["href"] or "")
        if tag == "script" and attributes.get("src"):
            self.scripts.append(attributes["src"] or "")
        self.scripts += (attributes.get("data-modules") or "").split()
        self.files += (attributes.get("data-sheets") or "").split()


def first_view(dist: Path) -> dict[str, int]:
    """Return the compressed size of each file that the front page loads before a figure is near the screen.

    All fonts that the stylesheet may ask for are counted, though a browser loads only those whose characters it meets.
    """
    head = _Head((dist / "index.html").read_text(encoding="utf-8"))
    names = {"index.html", *head.files}
    waiting = head.scripts
    while waiting:
        module = waiting.pop()
        if module not in names:
            names.add(module)
            folder = posixpath.dirname(module)
            targets = imports((dist / module).read_text(encoding="utf-8"), at_once=True)
            waiting += [posixpath.normpath(posixpath.join(folder, target)) for target, _ in targets]
    names |= {path.relative_to(dist).as_posix() for path in (dist / "assets/fonts").glob("*.woff2")}
    return {name: sent(dist, name) for name in sorted(names)}


def sent(dist: Path, name: str) -> int:
    """Return how many bytes of a file travel to a browser that takes brotli."""
    twin = dist / f"{name}.br"
    return (twin if twin.exists() else dist / name).stat().st_size


def main() -> None:
    """Print the sizes of the built site."""
    dist = ROOT / "dist"
    html = (dist / "index.html").read_text(encoding="utf-8")
    [text] = re.findall(r'id="site-config">(.*?)</script>', html)
    config = json.loads(text)
    runtime = config["runtime"]
    view = first_view(dist)
    kinds = {".html": "HTML", ".css": "CSS", ".js": "JavaScript", ".woff2": "fonts", ".svg": "icon"}
    rows = [
        (kind, sum(size for name, size in view.items() if name.endswith(suffix)))
        for suffix, kind in kinds.items()
    ]
    rows.append(("first view", sum(view.values())))
    data = [path.relative_to(dist).as_posix() for path in dist.glob("figures/*.json")]
    frames = [name for name in data if ".frames." in name]
    pictures = [path.relative_to(dist).as_posix() for path in dist.glob("figures/*-light-960.*.svg")]
    rows.append(("pictures, one theme and width", sum(sent(dist, name) for name in pictures)))
    rows.append(("figures as data", sum(sent(dist, name) for name in data if name not in frames)))
    rows += [
        (f"frames: {name.split('.')[0].removeprefix('figures/')}", sent(dist, name))
        for name in sorted(frames)
    ]
    rows.append(("Plotly", sent(dist, config["plotly"])))
    python = {
        name: sent(dist, f"runtime/{file['sha256'][:16]}/{name}") for name, file in runtime["files"].items()
    }
    rows += [(f"Python: {name}", size) for name, size in python.items()]
    rows.append(("Python", sum(python.values())))
    for what, size in rows:
        print(f"{what:<75} {size:>9,} B")


if __name__ == "__main__":
    main()
