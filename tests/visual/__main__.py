"""Photograph the site and compare the pictures with those that are meant: `python -m tests.visual [--update] [name …]`.

Names choose figures, `page` and `panel`. The index shows every picture beside the one that was expected.
"""

from __future__ import annotations

import argparse
import io
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from PIL import Image
from playwright.sync_api import Browser, Error, Page, sync_playwright

from l2site.server import Server
from tests.e2e.conftest import HAND, find_places
from tests.e2e.figure import FONTS_COME
from tests.visual.compare import compare
from tests.visual.index import write_index
from tests.visual.scenes import HEIGHTS, VIEWS, Scene, State, View, scenes
from tools.browser import find

ROOT = Path(__file__).resolve().parents[2]
EXPECTED = Path(__file__).resolve().parent / "expected"
RESULTS = ROOT / "test-results/visual"

STILL = ["--disable-gpu", "--font-render-hinting=none", "--disable-lcd-text", "--force-color-profile=srgb"]
"""Letters and colours as little as possible the machine's own."""

SITE = "http://site.localhost/"
"""An address on this machine, where browsers allow what elsewhere takes HTTPS."""

REDUCED = 2
"""How many pixels of the page, across and down, are one of an expected picture: the repository keeps these for ever."""

FONTS_THERE = "() => Promise.all(Array.from(document.fonts, (face) => face.load().catch(() => {})))"
"""The same for a page without scripts, whose late fonts stand in its head, and where no frame calls anybody back."""

UNSTUCK = """
.bar, .controls-first, .plot { position: relative !important; inset: auto !important }
.controls-first { margin-block-start: 0 !important }
.widget .widget-summary { margin-block-end: 0.75rem !important }
.skip { display: none !important }
"""
"""What stays at, or beyond, the edge of the window would lie over a part that is higher than the window."""


class Shot(NamedTuple):
    """A picture that was taken, and what became of it."""

    name: str
    verdict: str
    """What is different; the empty string when nothing is."""


def main() -> int:
    """Take the pictures; return 1 when one is not as expected."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="figures, `page` or `panel`; all when there are none")
    parser.add_argument("--update", action="store_true", help="what is seen today is what is meant")
    parser.add_argument("--dist", type=Path, default=ROOT / "dist", help="the built site (dist)")
    arguments = parser.parse_args()
    chosen = [
        s for s in scenes(find_places(arguments.dist)) if not arguments.names or s.name in arguments.names
    ]
    if not chosen:
        parser.error(f"nothing is called {' or '.join(arguments.names)}")
    shutil.rmtree(RESULTS, ignore_errors=True)
    shots = []
    with Server(arguments.dist) as server:
        for name, picture in photograph(chosen, urlsplit(server.url).port):
            verdict = picture if isinstance(picture, str) else judge(name, picture, update=arguments.update)
            shot = Shot(name, verdict)
            shots.append(shot)
            if shot.verdict:
                print(f"{name}: {shot.verdict}", flush=True)
    if not arguments.names:
        gone = sorted({path.stem for path in EXPECTED.glob("*.webp")} - {shot.name for shot in shots})
        for name in gone:
            if arguments.update:
                (EXPECTED / f"{name}.webp").unlink()
            print(f"{name}: is in {EXPECTED.name} and no scene any more", flush=True)
            shots.append(Shot(name, "no scene"))
    index = write_index(RESULTS, EXPECTED, shots)
    wrong = sum(bool(shot.verdict) for shot in shots)
    print(
        f"{len(shots)} pictures, {wrong} of them {'new' if arguments.update else 'not as expected'}: see {index}"
    )
    return int(wrong > 0 and not arguments.update)


def photograph(chosen: list[Scene], port: int | None) -> Iterator[tuple[str, Image.Image | str]]:
    """Yield each picture with its name, view by view; or, in a picture's place, why there is none.

    The site is at `SITE` whatever its port is, since some of what it shows is its own address.
    """
    elsewhere = f"--host-resolver-rules=MAP {urlsplit(SITE).hostname}:80 127.0.0.1:{port}"
    with sync_playwright() as playwright:
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=find(), args=[*STILL, *sandbox, elsewhere])
        for view in VIEWS:
            for scene in chosen:
                if view in scene.views:
                    yield from _play(browser, scene, view)
        browser.close()


def _play(browser: Browser, scene: Scene, view: View) -> Iterator[tuple[str, Image.Image | str]]:
    context = browser.new_context(
        viewport={"width": view.width, "height": HEIGHTS[view.width]},
        color_scheme=view.theme,
        service_workers="block",
        bypass_csp=True,  # for the style that is added while a picture is taken
        java_script_enabled=scene.scripts,
    )
    context.add_init_script(HAND)
    page = context.new_page()
    page.goto(SITE + scene.place)
    try:
        for state in scene.act(page):
            page.evaluate(FONTS_COME if scene.scripts else FONTS_THERE)
            yield f"{scene.name}-{state.name}-{view}", _take(page, state)
    except (AssertionError, Error) as error:
        yield f"{scene.name}-{view}", f"could not be taken: {str(error).partition('Aria snapshot')[0]}"
    context.close()


def _take(page: Page, state: State) -> Image.Image:
    page.mouse.move(0, 0)
    page.evaluate("() => document.activeElement?.blur()")
    style = UNSTUCK + (f"{state.without} {{ display: none !important }}" if state.without else "")
    data = (state.part or page).screenshot(animations="disabled", caret="hide", scale="css", style=style)
    return Image.open(io.BytesIO(data)).convert("RGB")


def judge(name: str, picture: Image.Image, *, update: bool) -> str:
    """Compare a picture with the one that is meant, and return what is different.

    With `update`, a picture that is different is the one that is meant from now on.
    """
    _save(picture, "actual", name)
    path = EXPECTED / f"{name}.webp"
    small = picture.reduce(REDUCED)
    verdict = "new"
    if path.exists():
        with Image.open(path) as expected:
            compared = compare(expected, small)
        if compared.is_alike:
            return ""
        verdict = compared.resized or f"{compared.differing:,} pixels differ"
        _save(compared.difference, "difference", name)
    if update:
        EXPECTED.mkdir(exist_ok=True)
        small.save(path, lossless=True)
    return verdict


def _save(picture: Image.Image, kind: str, name: str) -> None:
    folder = RESULTS / kind
    folder.mkdir(parents=True, exist_ok=True)
    picture.save(folder / f"{name}.png")


if __name__ == "__main__":
    sys.exit(main())
