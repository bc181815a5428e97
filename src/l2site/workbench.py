"""What readers get when they ask for code: the editor, the figures' modules as text, and the names that it completes.

The editor is made of npm packages, of which esbuild makes one module. The result is kept until an input changes.
"""

from __future__ import annotations

import hashlib
import inspect
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path

import l2widgets
from l2site.assets import Assets
from l2site.bundler import LOCK, bundle, need
from l2site.output import store

ENTRY = "site/editor/editor.js"
NOTICE = "site/node_modules/@codemirror/view/LICENSE"
"""The licence, which is that of all packages in the editor, and wants to travel with them."""

EDITOR = "vendor/editor.js"
SHEET = "css/workbench.css"
INDEX = "workbench.json"
"""Logical names of assets."""

MODULES = ("ridge", "decay", "optimizers", "bayes", "quadratic", "polynomial", "network", "data", "figures")
"""The modules of `l2widgets` that readers may want, the first the ones that they will want first."""


@dataclass(frozen=True, slots=True)
class Name:
    """Something that readers can call, as they are told of it."""

    module: str
    """The module of `l2widgets` in which it is; empty for what is in the package itself."""
    name: str
    kind: str
    """ "function", "class", "namespace" or "constant", as CodeMirror calls them."""
    signature: str
    doc: str
    """The whole docstring."""

    @property
    def path(self) -> str:
        """The name as code says it after `from l2widgets import <module>`."""
        return f"{self.module}.{self.name}" if self.module else self.name

    @property
    def says(self) -> str:
        """The docstring's first paragraph."""
        return " ".join(self.doc.partition("\n\n")[0].split())


def editor(project: Path, cache: Path) -> bytes:
    """Return the editor as one module, made by esbuild from the packages that the lock file names.

    Raises
    ------
    BundlerError
        When npm's packages are not there, or when they do not fit together.
    """
    need(project)
    inputs = [project / ENTRY, project / LOCK, Path(__file__)]
    key = hashlib.sha256(b"\0".join(path.read_bytes() for path in inputs)).hexdigest()[:16]
    made = cache / f"{key}.js"
    if not made.exists():
        notice = (project / NOTICE).read_text(encoding="utf-8")
        banner = f"--banner:js=/*! CodeMirror, Lezer and what they import\n\n{notice}*/"
        store(made, bundle(project, project / "site", ["editor/editor.js"], [banner]))
    return made.read_bytes()


def add_workbench(assets: Assets, project: Path) -> None:
    """Add the figures' modules as text, and the index of everything that the editor needs, to a site's assets."""
    sources = {}
    for name in l2widgets.names():
        path = project / f"src/l2widgets/widgets/{name}.py"
        sources[name] = _beside(assets.add(f"python/{name}.txt", path.read_bytes()))
    names = [{"name": n.path, "kind": n.kind, "signature": n.signature, "says": n.says} for n in api()]
    index = {
        "editor": _beside(assets.url(EDITOR)),
        "sheet": _beside(assets.url(SHEET)),
        "sources": sources,
        "names": names,
    }
    assets.add(INDEX, json.dumps(index, ensure_ascii=False, separators=(",", ":")).encode())


def _beside(url: str) -> str:
    """Return the address of an asset, relative to the index."""
    return url.partition("/")[2]


@cache
def api() -> tuple[Name, ...]:
    """Return the names of `l2widgets` that readers may want, with their signatures and descriptions."""
    package = vars(l2widgets)
    names = [_name("", name, package[name]) for name in ("names", "load", "render")]
    for module in MODULES:
        names.append(Name("", module, "namespace", "", inspect.getdoc(_module(module)) or ""))
        names += [name for name, _ in defined(module)]
    return tuple(names)


def defined(module: str) -> Iterator[tuple[Name, object]]:
    """Return what a module of `l2widgets` defines itself and is public, in its order."""
    for name, value in _public(module):
        yield _name(module, name, value), value


def _module(name: str) -> object:
    return import_module(f"l2widgets.{name}")


def _public(module: str) -> Iterator[tuple[str, object]]:
    """Return what a module defines itself, in its order."""
    members: Mapping[str, object] = vars(_module(module))
    for name, value in members.items():
        own = getattr(value, "__module__", None) == f"l2widgets.{module}"
        if own and not name.startswith("_") and (inspect.isfunction(value) or inspect.isclass(value)):
            yield name, value


def _name(module: str, name: str, value: object) -> Name:
    kind = "class" if inspect.isclass(value) else "function"
    return Name(module, name, kind, _signature(value) if callable(value) else "", inspect.getdoc(value) or "")


def _signature(value: Callable[..., object]) -> str:
    """Return what a call looks like; what the parameters are, the docstring says."""
    try:
        signature = inspect.signature(value)
    except ValueError:
        return ""
    bare = [p.replace(annotation=inspect.Parameter.empty) for p in signature.parameters.values()]
    return str(signature.replace(parameters=bare, return_annotation=inspect.Signature.empty))
