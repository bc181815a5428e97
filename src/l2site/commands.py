"""What `build.py` does: build the site, serve it, check it, draw its pictures."""

from __future__ import annotations

import argparse
import errno
import gc
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from l2site import guide, metadata, output, pictures, site, skeletons, targets, wording
from l2site.bundler import BundlerError
from l2site.problems import ContentError, Problem, counted
from l2site.release import Release, ReleaseError, publish, releases, roll_back
from l2site.runtime import RuntimeFilesError
from l2site.shipped import ShippedError
from l2site.skeletons import RefusedError

ROOT = Path(__file__).resolve().parents[2]
"""The project."""

UNSEARCHED = 100_000
"""So many objects may a build make before Python looks for circles of them: it makes millions, and few circles."""

REFUSALS = (
    ContentError,
    RuntimeFilesError,
    FileExistsError,
    BundlerError,
    RefusedError,
    ShippedError,
    targets.TargetError,
    ReleaseError,
)
"""What is said in a sentence or a list; anything else is a mistake of ours and shows its traceback."""


def build(arguments: argparse.Namespace) -> None:
    """Write the whole site, or nothing."""
    start = time.perf_counter()
    gc.set_threshold(UNSEARCHED)
    target = targets.TARGETS[arguments.target]
    with output.Compressor(ROOT / site.CACHE) as compressor:
        built = site.make_site(
            ROOT,
            arguments.base_url,
            service_worker=arguments.service_worker,
            page_policy=target.page_policy,
            signposts=not target.leads,
            packed=target.packed,
            ahead=compressor.start if target.twins else lambda _: None,
        )
        moved = {old: page.there for old, page in built.moved.items()}
        told = {name: text.encode() for name, text in target.inside(built.url, built.files, moved).items()}
        output.write_site({**built.files, **told}, arguments.out, compressor if target.twins else None)
    for warning in built.warnings:
        print(f"warning: {warning}", file=sys.stderr)
    for name, text in target.beside(built.url, built.files, moved).items():
        path = arguments.out.with_name(f"{arguments.out.name}.{arguments.target}") / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        print(path)
    print(f"{arguments.out}: {counted(len(built.files), 'file')} in {time.perf_counter() - start:.1f} s")


def serve(arguments: argparse.Namespace) -> None:
    """Build, serve on this machine with the drafts, and show every change at once."""
    from l2site import live  # noqa: PLC0415  only this command needs it

    try:
        live.serve(ROOT, port=arguments.port)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        other = f"`make serve PORT={arguments.port + 1}`"
        raise RefusedError(f"port {arguments.port} is taken, perhaps by another serve; try {other}") from None


def release(arguments: argparse.Namespace) -> None:
    """Put a build in place of the site in a folder that is served; those before it keep their files a while."""
    with _writing(arguments.folder):
        newest = publish(arguments.out, arguments.folder)
    _say_served(arguments.folder, newest)


def rollback(arguments: argparse.Namespace) -> None:
    """Put the release before, or another that is kept, back in place."""
    with _writing(arguments.folder):
        newest = roll_back(arguments.folder, arguments.to)
    _say_served(arguments.folder, newest)


def keep(arguments: argparse.Namespace) -> None:
    """Put into a build what open pages of the last releases still ask for, from the site as it is served."""
    from l2site import earlier  # noqa: PLC0415  only this command needs the network

    taken = earlier.keep(arguments.out, arguments.url)
    for name in taken.lost:
        print(
            f"warning: {arguments.url}{name} is lost; pages that ask for it have to be loaded again",
            file=sys.stderr,
        )
    names = ", ".join(release.name for release in taken.releases) or "none"
    print(f"{arguments.out}: {counted(len(taken.files), 'file')} of earlier releases ({names})")


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    """Say in a sentence what the machine refuses, such as a folder that is another user's or a disk that is full."""
    try:
        yield
    except OSError as error:
        place = error.filename or folder
        raise ReleaseError(
            f"{place}: {error.strerror}; when that is mended, run the same once more"
        ) from None


def _say_served(folder: Path, newest: Release) -> None:
    print(f"{folder} serves release {newest.name}")
    for before in reversed(releases(folder)[:-1]):
        to = "" if before == releases(folder)[-2] else f" --to {before.name}"
        print(f"`build.py rollback {folder}{to}` goes back to {before.name}")


def check(_: argparse.Namespace) -> None:
    """Report all that is wrong with content, spelling, pages and pictures; warn of what is hard to read."""
    built = site.make_site(ROOT)
    hints = [hint for article in built.articles for hint in wording.hints(article)]
    for warning in (*hints, *_wrong_drafts()):
        print(f"warning: {warning}", file=sys.stderr)
    beside = built.plain
    if (source := ROOT / guide.SOURCE).exists():
        beside += (guide.read_section(source, ROOT, built.articles[0], site.open_renderings(ROOT)),)
    problems = list(built.warnings)
    for article in built.articles:
        problems += wording.misspelt(ROOT, article, (*article.sections, *beside))
    if problems:
        raise ContentError(problems)
    sections = sum(len(article.sections) for article in built.articles)
    print(f"no problems in {counted(sections, 'section')}")


def _wrong_drafts() -> tuple[Problem, ...]:
    """Return what will keep drafts from being published once they are no drafts any more."""
    try:
        site.read_content(ROOT, site.open_renderings(ROOT), drafts=True)
    except ContentError as error:
        return error.problems
    return ()


def figures(arguments: argparse.Namespace) -> None:
    """Draw the pictures of the figures at their starting values, or say which are out of date."""
    renderings = site.open_renderings(ROOT)
    about, articles = site.read_content(ROOT, renderings, drafts=not arguments.check)
    rendered = site.render_figures(site.embeds(articles), renderings)
    embeds = [
        (section, embed, rendered[pictures.key(embed)].shown) for _, section, embed in site.embeds(articles)
    ]
    if arguments.check:
        album = pictures.Album.load(ROOT / "site/figures")
        if problems := pictures.stale(album, [(s.source, embed, shown) for s, embed, shown in embeds], ROOT):
            raise ContentError(problems)
        print(f"the pictures of {counted(len(embeds), 'figure')} are up to date")
        return
    whole = metadata.front(about, articles)
    album = pictures.draw(ROOT, [(embed, shown) for _, embed, shown in embeds], whole.title, whole.subtitle)
    print(f"site/figures: the pictures of {counted(len(album.drawn), 'figure')}, and {album.social}")


def new(arguments: argparse.Namespace) -> None:
    """Write a section, a widget or an article that works as it stands, to be changed from there."""
    match arguments.kind:
        case "section":
            written = skeletons.section(ROOT, arguments.name, arguments.article)
            hints = [
                "It is a draft: `make serve` shows it, and without the line 'draft: true' it is published."
            ]
        case "article":
            written = skeletons.article(ROOT, arguments.name)
            hints = [
                "Its section is a draft: with the line 'draft: true' gone, both are published.",
                "From then on each article stands below its own name, and `index.html` leads to all of them.",
            ]
        case _:
            written = skeletons.widget(ROOT, arguments.name)
            hints = [
                "Put it into a section:",
                f"    ```{{widget}} {arguments.name}\n    ```",
                "Then `make figures` draws its pictures, and `make golden` keeps its figures for the tests.",
            ]
    print("\n".join([*map(str, written), *hints]))


def runtime(_: argparse.Namespace) -> None:
    """Prepare ahead of the first build what no article changes: Python, Plotly, editor, fonts, scripts, reference."""
    start = time.perf_counter()
    prepared, files = site.runtime_files(ROOT)
    with output.Compressor(ROOT / site.CACHE) as compressor:
        compressor.start(files)
    print(f"{prepared.release}: {len(prepared.files)} files are ready in {time.perf_counter() - start:.1f} s")


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
        say(error)
        return 1
    return 0


def say(error: Exception) -> list[str]:
    """Print what a command refuses, and return its lines."""
    lines = str(error).split("\n")
    print(error, file=sys.stderr)
    if isinstance(error, ContentError):
        print(counted(len(lines), "problem"), file=sys.stderr)
    return lines


def _add_places(sub: argparse.ArgumentParser, command: Callable[[argparse.Namespace], None]) -> None:
    """Let a command be told where the site is served."""
    if command in (release, rollback):
        sub.add_argument("folder", type=Path, help="the folder that is served")
    if command is rollback:
        sub.add_argument("--to", help="which release, by the name that `release` printed (the one before)")
    if command is keep:
        sub.add_argument("url", help="where the site is served, with a slash at its end")


def main(argv: list[str] | None = None) -> int:
    """Read the command line and do what it says."""
    parser = argparse.ArgumentParser(
        "build.py", description="Build the site, serve it, check it, draw its pictures."
    )
    commands = parser.add_subparsers(required=True, metavar="command")
    for command in (build, serve, release, keep, rollback, check, figures, new, runtime, clean):
        doc = command.__doc__ or ""
        sub = commands.add_parser(command.__name__, help=doc, description=doc)
        sub.set_defaults(command=command)
        if command in (build, release, keep, clean):
            sub.add_argument("--out", type=Path, default=ROOT / "dist", help="the folder of the site (dist)")
        if command is build:
            sub.add_argument(
                "--base-url", default="/", help="the site's path on its host, or its address (/)"
            )
            sub.add_argument(
                "--target",
                choices=targets.TARGETS,
                default="plain",
                help="what kind of host it is for (plain: any that is told what to send in some other way)",
            )
            sub.add_argument(
                "--no-service-worker",
                dest="service_worker",
                action="store_false",
                help="keep nothing for reading offline, and remove what browsers have kept",
            )
        _add_places(sub, command)
        if command is serve:
            sub.add_argument("--port", type=int, default=8000, help="where to listen (8000)")
        if command is new:
            sub.add_argument("kind", choices=("section", "widget", "article"), help="what to write")
            sub.add_argument("name", help="its name: small letters, as in its address or its module")
            sub.add_argument(
                "--article", default="", help="the article of a section, where there are several"
            )
        if command is figures:
            sub.add_argument("--check", action="store_true", help="only say which pictures are out of date")
    arguments = parser.parse_args(argv)
    try:
        return _tried(arguments.command, arguments)
    except KeyboardInterrupt:
        return 130
