"""`build.py serve`: what the author saves is built by a process that remembers the last build, and shown at once.

The process is ended and begun anew when a program changes, since it has imported what is no longer there.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import tempfile
import traceback
from collections.abc import Iterable, Mapping
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Self

from l2site.assets import Content
from l2site.output import store
from l2site.server import Server

if TYPE_CHECKING:
    from watchfiles.main import FileChange

WATCHED = (
    "content",
    "site/templates",
    "site/static",
    "site/figures",
    "site/live",
    "site/service-worker",
    "src",
)
"""Where the project's sources are whose changes matter."""


def serve(project: Path, *, port: int) -> None:
    """Build and serve a project, and build it again after every change, until interrupted.

    Parameters
    ----------
    project
        The project's root.
    port
        Where to listen; 0 for any that is free.

    Raises
    ------
    KeyboardInterrupt
        When it is interrupted.
    OSError
        When the port cannot be had.
    """
    from watchfiles import watch  # noqa: PLC0415  the builder has no use for it

    # The watching begins before the first build, so that no change falls between the two.
    watched = [project / name for name in WATCHED]
    changes = watch(*watched, debounce=200, step=20, rust_timeout=100, yield_on_timeout=True)
    next(changes)
    with tempfile.TemporaryDirectory(prefix="l2site-") as folder:
        # A port that is taken is found out before anything is built; browsers that come already wait for the build.
        server = Server(Path(folder), port=port, live=project / "site/live")
        with Builder(project, Path(folder)) as builder:
            server.tell_pages(builder.build())
            with server:
                print(f"{server.url} shows the site; it follows every change. Ctrl+C ends it.", flush=True)
                _follow(changes, project, builder, server)


def _follow(changes: Iterable[set[FileChange]], project: Path, builder: Builder, server: Server) -> None:
    """Build after every change, and tell the pages."""
    begun = False
    for changed in changes:
        paths = {Path(path) for _, path in changed}
        if any(path.is_relative_to(project / "src") for path in paths):
            builder.renew()
        # What the author looks at comes at once, and the rest when the author pauses.
        if len(paths) == 1 and builder.show_page(*paths):
            server.tell_pages([])
            begun = True
        elif changed or begun:
            server.tell_pages(builder.build())
            begun = False


class Builder:
    """A process that builds a project into a folder, again and again."""

    def __init__(self, project: Path, folder: Path) -> None:
        self._project = project
        self._folder = folder
        self._context = multiprocessing.get_context("spawn")

    def __enter__(self) -> Self:
        """Begin."""
        self._line, theirs = self._context.Pipe()
        self._process = self._context.Process(
            target=_build_when_asked, args=(theirs, self._project, self._folder)
        )
        self._process.start()
        theirs.close()
        return self

    def __exit__(self, *error: object) -> None:
        """End it."""
        self._process.terminate()
        self._process.join()
        self._line.close()

    def renew(self) -> None:
        """Begin anew, with the programs as they are now."""
        self.__exit__()
        self.__enter__()

    def build(self) -> list[str]:
        """Build, and return what keeps the site from being built; the folder then has what it had before."""
        try:
            self._line.send(None)
            problems: list[str] = self._line.recv()
        except (EOFError, OSError):
            self.renew()
            return ["The programs that build the site cannot be loaded; the terminal says why."]
        return problems

    def show_page(self, path: Path) -> bool:
        """Put the page of a changed section into the folder; False where only a whole build can say what it is."""
        try:
            self._line.send(path)
            shown: bool = self._line.recv()
        except (EOFError, OSError):
            self.renew()
            return False
        return shown


def _build_when_asked(line: Connection, project: Path, folder: Path) -> None:
    """Build whenever the line says so, and answer with what is wrong."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the process that ends this one
    # Here and not above: whoever serves need not load what builds, which may be broken.
    from l2site.commands import REFUSALS, say  # noqa: PLC0415
    from l2site.kept import Steps  # noqa: PLC0415
    from l2site.site import make_page, make_site  # noqa: PLC0415

    steps, shown = Steps(), Shown(folder)

    def build() -> list[str]:
        try:
            built = make_site(project, service_worker=False, drafts=True, steps=steps)
        except REFUSALS as error:
            return say(error)
        except Exception as error:  # noqa: BLE001  a widget's code or a template may raise anything
            traceback.print_exc()
            return [_place(error, project)]
        for warning in built.warnings:
            print(f"warning: {warning}", file=sys.stderr)
        shown.show(built.files)
        return []

    def page(path: Path) -> bool:
        try:
            made = make_page(path, steps)
        except Exception:  # noqa: BLE001  the whole build will say what it is
            return False
        if made:
            shown.put(*made)
        return made is not None

    while True:
        try:
            path = line.recv()
        except EOFError:  # whoever serves is gone
            return
        line.send(page(path) if path else build())


def _place(error: Exception, project: Path) -> str:
    """Return what an error says, after the last line of the project that it came through."""
    if isinstance(error, SyntaxError) and error.filename:
        place = (error.filename, error.lineno or 1)
    else:
        frames = traceback.extract_tb(error.__traceback__)
        ours = [frame for frame in frames if _is_source(Path(frame.filename), project)]
        last = (ours or frames)[-1]
        place = (last.filename, last.lineno or 1)
    path = os.path.relpath(place[0], project)
    return f"{path}:{place[1]}: {type(error).__name__}: {error}"


def _is_source(path: Path, project: Path) -> bool:
    """Return whether a program is the project's own: neither Python's nor installed."""
    return any(path.is_relative_to(project / folder) for folder in WATCHED)


class Shown:
    """A folder with a site in it, of which each build writes only what has changed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        # What a builder before this one has left may be out of date, but is shown as long as there is nothing newer.
        left = (path for path in folder.rglob("*") if path.is_symlink() or path.is_file())
        self._files: dict[str, Content | None] = {path.relative_to(folder).as_posix(): None for path in left}

    def show(self, files: Mapping[str, Content]) -> None:
        """Put a site into the folder, what pages ask for before the pages; take away what it does not have."""
        for name in sorted(files, key=lambda name: name.endswith(".html")):
            if self._files.get(name) != files[name]:
                _put(self._folder / name, files[name])
        for name in self._files.keys() - files.keys():
            (self._folder / name).unlink()
        self._files = dict(files)

    def put(self, name: str, content: Content) -> None:
        """Put one file into the folder, before the others come."""
        _put(self._folder / name, content)
        self._files[name] = content


def _put(path: Path, content: Content) -> None:
    if isinstance(content, bytes):
        store(path, content)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.symlink_to(content.absolute())
