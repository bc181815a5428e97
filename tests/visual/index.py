"""A page that shows all pictures to a human: expected, actual, difference."""

from __future__ import annotations

import os
from collections.abc import Sequence
from html import escape
from pathlib import Path

HEAD = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>What the site looks like</title>
<style>
  :root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
  body { margin: 2rem; }
  section { display: flex; gap: 1rem; align-items: start; overflow-x: auto; margin-block: 0.5rem 2.5rem; }
  figure { margin: 0; }
  figure img { display: block; max-inline-size: min(46rem, 30vw); border: 1px solid #8888; }
  section.alike img { max-inline-size: min(60rem, 90vw); }
  strong { color: #d70028; }
</style>
<h1>What the site looks like</h1>
"""


def write_index(folder: Path, expected: Path, shots: Sequence[tuple[str, str]]) -> Path:
    """Write index.html into `folder`, and return its path.

    Parameters
    ----------
    folder
        Where the pictures of today are, in `actual` and `difference`.
    expected
        Where those are that are meant.
    shots
        The name of each picture and what is different about it; the empty string when nothing is.
    """
    folder.mkdir(parents=True, exist_ok=True)
    shown = sorted(shots, key=lambda shot: (not shot[1], shot[0]))
    count = sum(bool(verdict) for _, verdict in shots)
    html = [HEAD, f"<p>{len(shots)} pictures; {count} differ from what was expected, and come first.</p>\n"]
    for name, verdict in shown:
        html.append(f"<h2>{escape(name)}</h2>\n")
        if verdict:
            html.append(f"<p><strong>{escape(verdict)}</strong></p>\n")
        html.append(f'<section class="{"other" if verdict else "alike"}">\n')
        places = {
            "expected": expected / f"{name}.webp",
            "actual": folder / "actual" / f"{name}.png",
            "difference": folder / "difference" / f"{name}.png",
        }
        for kind, path in places.items():
            if path.exists():
                source = escape(Path(os.path.relpath(path, folder)).as_posix())
                image = f'<img src="{source}" alt="{escape(name)}, {kind}" loading="lazy">'
                html.append(
                    f'<figure><figcaption>{kind}</figcaption><a href="{source}">{image}</a></figure>\n'
                )
        html.append("</section>\n")
    path = folder / "index.html"
    path.write_text("".join(html), encoding="utf-8")
    return path
