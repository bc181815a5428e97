"""Build the site, serve it, check it, draw its pictures: `python build.py --help`."""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT / "src"))

from l2site import output, pictures, server, site  # noqa: E402  the path comes first
from l2site.problems import ContentError  # noqa: E402
from l2site.runtime import RuntimeFilesError  # noqa: E402
from l2site.workbench import EditorError  # noqa: E402

REFUSALS = (ContentError, RuntimeFilesError, FileExistsError, EditorError)
"""What is said in a sentence or a list; anything else is a mistake of ours and shows its traceback."""


def build(arguments: argparse.Namespace) -> None:
    """Write the whole site, or nothing."""
    start = time.perf_counter()
    cache = ROOT / site.CACHE
    with ThreadPoolExecutor(1) as background:
        built = site.make_site(
            ROOT,
            arguments.base_url,
            service_worker=arguments.service_worker,
            ahead=lambda files: background.submit(output.warm, files, cache),
        )
    output.write_site(built.files, arguments.out, cache)
    for warning in built.warnings:
        print(f"warning: {warning}", file=sys.stderr)
    print(f"{arguments.out}: {len(built.files)} files in {time.perf_counter() - start:.1f} s")


def serve(arguments: argparse.Namespace) -> None:
    """Build, serve on this machine, and build again after every change."""
    arguments.base_url = "/"
    arguments.service_worker = False  # what is shown is what is on the disk
    outdated = False

    def rebuild(changed: frozenset[Path]) -> bool:
        nonlocal outdated
        outdated = outdated or any(path.is_relative_to(ROOT / "src") for path in changed)
        if outdated:  # this process has imported what is no longer there
            command = [sys.executable, str(ROOT / "build.py"), "build", "--no-service-worker"]
            command += ["--out", str(arguments.out)]
            return subprocess.run(command, check=False).returncode == 0
        return _tried(build, arguments) == 0

    watched = tuple(
        ROOT / name for name in ("content", "site/templates", "site/static", "site/figures", "src")
    )
    server.serve(arguments.out, port=arguments.port, watched=watched, rebuild=rebuild)


def check(_: argparse.Namespace) -> None:
    """Report everything that is wrong with the content, the pages and the pictures."""
    built = site.make_site(ROOT)
    if built.warnings:
        raise ContentError(built.warnings)
    print(f"no problems in {built.sections} sections")


def figures(arguments: argparse.Namespace) -> None:
    """Draw the pictures of the figures at their starting values, or say which are out of date."""
    renderings = site.open_renderings(ROOT)
    _, article = site.read_content(ROOT, renderings)
    rendered = site.render_figures(article, renderings)
    embeds = [
        (section, embed, rendered[pictures.key(embed)].shown) for section, embed in site.embeds(article)
    ]
    if arguments.check:
        album = pictures.Album.load(ROOT / "site/figures")
        if problems := pictures.stale(album, [(s.source, embed, shown) for s, embed, shown in embeds], ROOT):
            raise ContentError(problems)
        print(f"the pictures of {len(embeds)} figures are up to date")
        return
    album = pictures.draw(
        ROOT, [(embed, shown) for _, embed, shown in embeds], article.title, article.subtitle
    )
    print(f"site/figures: the pictures of {len(album.drawn)} figures, and {album.social}")


def runtime(_: argparse.Namespace) -> None:
    """Prepare and compress Python for the browser, Plotly, the editor and the pictures, ahead of the first build."""
    start = time.perf_counter()
    prepared, files = site.runtime_files(ROOT)
    output.warm(files, ROOT / site.CACHE)
    print(f"{prepared.folder}: {len(prepared.files)} files are ready in {time.perf_counter() - start:.1f} s")


def clean(arguments: argparse.Namespace) -> None:
    """Remove the built site and what builds have kept."""
    if (arguments.out / output.MANIFEST).exists():
        shutil.rmtree(arguments.out)
    shutil.rmtree(ROOT / site.CACHE, ignore_errors=True)


def _tried(command: Callable[[argparse.Namespace], None], arguments: argparse.Namespace) -> int:
    """Run a command; print what it refuses, and return the exit status."""
    try:
        command(arguments)
    except REFUSALS as error:
        print(error, file=sys.stderr)
        if isinstance(error, ContentError):
            count = len(error.problems)
            print(f"{count} problem{'s' if count > 1 else ''}", file=sys.stderr)
        return 1
    return 0


def main(argv: list[str] | None = None) -> int:
    """Read the command line and do what it says."""
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="command")
    for command in (build, serve, check, figures, runtime, clean):
        doc = command.__doc__ or ""
        sub = commands.add_parser(command.__name__, help=doc, description=doc)
        sub.set_defaults(command=command)
        if command in (build, serve, clean):
            sub.add_argument("--out", type=Path, default=ROOT / "dist", help="the folder of the site (dist)")
        if command is build:
            sub.add_argument(
                "--base-url", default="/", help="the site's path on its host, or its address (/)"
            )
            sub.add_argument(
                "--no-service-worker",
                dest="service_worker",
                action="store_false",
                help="keep nothing for reading offline, and remove what browsers have kept",
            )
        if command is serve:
            sub.add_argument("--port", type=int, default=8000, help="where to listen (8000)")
        if command is figures:
            sub.add_argument("--check", action="store_true", help="only say which pictures are out of date")
    arguments = parser.parse_args(argv)
    try:
        return _tried(arguments.command, arguments)
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
