"""The reference of `l2widgets`, made of its docstrings: what there is, with types, shapes, errors and examples."""

from __future__ import annotations

import ast
import hashlib
import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from html import escape
from importlib import import_module
from itertools import groupby
from pathlib import Path
from textwrap import dedent

from jinja2 import Environment
from markupsafe import Markup

import l2widgets
from l2site.highlight import highlight
from l2site.output import store
from l2site.workbench import MODULES, Name, defined

FOLDER = "reference"
"""The page's address."""

FOR_AUTHORS = ("spec", "tables", "simulation", "sweep", "plane")
"""The modules of `l2widgets` that only those who write widgets want."""

SECTION = re.compile(r"^(?P<title>[A-Z][a-z]+)\n-{3,}$", re.MULTILINE)
QUOTED = re.compile(r"``(.+?)``|`([^`\n]+)`")
WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")

SHORT = 2
"""Up to how many parameters stand on one line."""

type Place = Callable[[str], str | None]
"""The anchor of a name that a docstring says, or None when the page has no such name."""


@dataclass(frozen=True, slots=True)
class Item:
    """A parameter, a result, an error or a field, and what is said of it."""

    name: str
    """As it is written; the type of a result or of an error, which have no name."""
    kind: str
    """Its shape, type and domain; empty when there is none."""
    text: str


@dataclass(frozen=True, slots=True)
class Docstring:
    """A docstring in its parts, as numpydoc has them."""

    text: str
    """What comes before the first section."""
    sections: Mapping[str, str]
    """The sections' text by title, in their order."""

    @classmethod
    def read(cls, doc: str) -> Docstring:
        """Return the parts of a docstring whose indentation has been taken away."""
        text, *parts = SECTION.split(doc)
        return cls(
            text.strip(),
            {title: part.strip("\n") for title, part in zip(parts[::2], parts[1::2], strict=True)},
        )

    def items(self, section: str) -> tuple[Item, ...]:
        """Return what a section lists: lines without indentation, each with its text indented below it."""
        items: list[Item] = []
        for begins, lines in groupby(self.sections.get(section, "").split("\n"), _is_indented):
            block = list(lines)
            if begins and items:
                items[-1] = Item(items[-1].name, items[-1].kind, dedent("\n".join(block)).strip())
            elif not begins:
                items += [Item(*_named(line), "") for line in block]
        return tuple(items)


@dataclass(frozen=True)
class Entry:
    """A name of the package with everything that is said of it."""

    path: str
    """The name after `from l2widgets import <module>`; also its anchor."""
    kind: str
    """ "class", "function", "method", "property" or "error"."""
    value: object

    @cached_property
    def doc(self) -> Docstring:
        """Its docstring."""
        return Docstring.read(inspect.getdoc(self.value) or "")

    @cached_property
    def parameters(self) -> tuple[inspect.Parameter, ...]:
        """What a call takes, annotations being text; `self` is left out."""
        if self.kind in ("property", "error") or not callable(self.value):
            return ()
        try:
            found = inspect.signature(self.value).parameters.values()
        except ValueError:  # a class of C's
            return ()
        return tuple(parameter for parameter in found if parameter.name not in ("self", "cls"))

    @property
    def returns(self) -> str:
        """The type of the result; empty for a class."""
        function = self.value.fget if isinstance(self.value, property) else self.value
        function = getattr(function, "func", function)  # of a property that is computed once
        if self.kind in ("class", "error"):
            return ""
        return _type(getattr(function, "__annotations__", {}).get("return", ""))

    @property
    def bases(self) -> str:
        """The classes of the package that a class goes on from, joined by commas."""
        found = self.value.__bases__ if inspect.isclass(self.value) else ()
        return ", ".join(base.__name__ for base in found if base.__module__.startswith("l2widgets"))

    @cached_property
    def fields(self) -> tuple[Item, ...]:
        """The attributes of a class that its body declares and explains."""
        if not inspect.isclass(self.value):
            return ()
        body = _body(self.value)
        inherited = {
            name for base in self.value.__mro__[1:] for name in vars(base).get("__annotations__", ())
        }
        return tuple(
            Item(line.target.id, ast.unparse(line.annotation), _said(below))
            for line, below in zip(body, [*body[1:], None], strict=True)
            if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name)
            if not line.target.id.startswith("_") and line.target.id not in inherited
            if not ast.unparse(line.annotation).startswith("ClassVar")
        )

    @cached_property
    def members(self) -> tuple[Entry, ...]:
        """The public methods and properties that a class defines itself."""
        if not inspect.isclass(self.value):
            return ()
        return tuple(self._members(self.value))

    def _members(self, value: type) -> Iterator[Entry]:
        declared = {line.name for line in _body(value) if isinstance(line, ast.FunctionDef)}
        for name in vars(value):
            if name in declared and not name.startswith("_"):
                member = inspect.getattr_static(value, name)
                method = inspect.isfunction(member) or isinstance(member, classmethod | staticmethod)
                shown = getattr(value, name) if method else member
                yield Entry(f"{self.path}.{name}", "method" if method else "property", shown)


@dataclass(frozen=True, slots=True)
class Chapter:
    """A module of the package."""

    name: str
    """Empty for the package itself."""
    doc: Docstring
    entries: tuple[Entry, ...]


def chapters() -> tuple[Chapter, ...]:
    """Return everything public of `l2widgets`, module by module."""
    package = [_entry(Name("", name, "", "", ""), getattr(l2widgets, name)) for name in l2widgets.__all__]
    own = tuple(entry for entry in package if inspect.getmodule(entry.value) is l2widgets)
    found = [Chapter("", Docstring.read(inspect.getdoc(l2widgets) or ""), own)]
    for module in (*MODULES, *FOR_AUTHORS):
        doc = Docstring.read(inspect.getdoc(import_module(f"l2widgets.{module}")) or "")
        found.append(Chapter(module, doc, tuple(_entry(name, value) for name, value in defined(module))))
    return tuple(found)


def reference_html(project: Path, templates: Environment, cache: Path) -> str:
    """Return the text of the reference's page; made again when the package, or what writes the page, has changed."""
    key = hashlib.sha256()
    ours = [Path(__file__), Path(__file__).with_name("workbench.py"), project / "site/templates/names.html"]
    for path in (*sorted((project / "src/l2widgets").glob("*.py")), *ours):
        key.update(path.name.encode() + hashlib.sha256(path.read_bytes()).digest())
    made = cache / f"{key.hexdigest()[:16]}.html"
    if not made.exists():
        store(made, _reference_html(templates).encode())
    return made.read_text(encoding="utf-8")


def _reference_html(templates: Environment) -> str:
    book = chapters()
    anchors = {chapter.name for chapter in book if chapter.name}
    anchors |= {
        part.path for chapter in book for entry in chapter.entries for part in (entry, *entry.members)
    }

    def place(chapter: str, inside: str = "") -> Place:
        def find(name: str) -> str | None:
            bare = name.partition("(")[0].removeprefix("l2widgets.")
            tried = (f"{inside}.{bare}", f"{chapter}.{bare}", bare)
            return next((path for path in tried if path in anchors), None)

        return find

    return templates.get_template("names.html").render(
        chapters=book, place=place, prose=prose, typed=typed, called=called, for_authors=FOR_AUTHORS
    )


def called(entry: Entry, place: Place) -> Markup:
    """Return what a call of a name looks like, with types that lead to where they are explained."""
    name = f"<strong>{escape(entry.path)}</strong>"
    returns = _linked(entry.returns, place)
    if entry.kind in ("property", "error"):
        return Markup(f"{name}: {returns}" if returns else f"class {name}")  # noqa: S704  escaped
    parts = [_parameter(parameter, place) for parameter in entry.parameters]
    kinds = [parameter.kind for parameter in entry.parameters]
    if inspect.Parameter.KEYWORD_ONLY in kinds and inspect.Parameter.VAR_POSITIONAL not in kinds:
        parts.insert(kinds.index(inspect.Parameter.KEYWORD_ONLY), "*")
    inside = (
        ", ".join(parts)
        if len(entry.parameters) <= SHORT
        else "".join(f"\n    {part}," for part in parts) + "\n"
    )
    arrow = f" → {returns}" if returns else ""
    return Markup(f"{'class ' * (entry.kind == 'class')}{name}({inside}){arrow}")  # noqa: S704  escaped


def _parameter(parameter: inspect.Parameter, place: Place) -> str:
    several = inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD
    annotated = isinstance(parameter.annotation, str)
    stars = "*" * (1 + several.index(parameter.kind)) if parameter.kind in several else ""
    said = f"{stars}{parameter.name}"
    if annotated:
        said += f": {_linked(parameter.annotation, place)}"
    if parameter.default is not parameter.empty:
        shown = repr(parameter.default)
        equals = " = " if annotated else "="
        said += equals + ("…" if shown.startswith("<") else escape(shown, quote=False))
    return said


def prose(text: str, place: Place) -> Markup:
    """Return a docstring's text as HTML: paragraphs, formulas set apart by indentation, and examples."""
    blocks = []
    for block in re.split(r"\n\s*\n", text.strip("\n")):
        if not block.strip():
            continue
        if block.lstrip().startswith(">>>"):
            lines = f'<pre class="highlight" tabindex="0" role="group" aria-label="Example"><code>{_console(block)}'
            blocks.append(f"{lines}</code></pre>")
        elif _is_indented(block):
            blocks.append(f"<pre>{escape(dedent(block))}</pre>")
        else:
            blocks.append(f"<p>{_inline(' '.join(block.split()), place)}</p>")
    return Markup("\n".join(blocks))  # noqa: S704  every piece of it is escaped


def typed(text: str, place: Place) -> Markup:
    """Return a type with links to those of its names that the page explains."""
    return Markup(_linked(text, place))  # noqa: S704  escaped


def _console(block: str) -> str:
    return highlight(dedent(block), "pycon").rstrip("\n")


def _inline(text: str, place: Place) -> str:
    parts, end = [], 0
    for match in QUOTED.finditer(text):
        parts.append(escape(text[end : match.start()], quote=False))
        said, end = match[1] or match[2], match.end()
        anchor = place(said)
        code = f"<code>{escape(said)}</code>"
        parts.append(f'<a href="#{anchor}">{code}</a>' if anchor else code)
    return "".join([*parts, escape(text[end:], quote=False)])


def _linked(text: str, place: Place) -> str:
    parts, end = [], 0
    for match in WORD.finditer(text):
        parts.append(escape(text[end : match.start()]))
        anchor, end = place(match[0]), match.end()
        word = escape(match[0])
        parts.append(f'<a href="#{anchor}">{word}</a>' if anchor and match[0][0].isupper() else word)
    return "".join([*parts, escape(text[end:])])


def _entry(name: Name, value: object) -> Entry:
    kind = name.kind or ("class" if inspect.isclass(value) else "function")
    if inspect.isclass(value) and issubclass(value, Exception):
        kind = "error"
    return Entry(name.path, kind, value)


def _type(annotation: object) -> str:
    return annotation if isinstance(annotation, str) else getattr(annotation, "__name__", "")


def _named(line: str) -> tuple[str, str]:
    name, _, kind = line.partition(" : ")
    return name.strip(), kind.strip()


def _is_indented(line: str) -> bool:
    return line.startswith(" ") or not line


def _body(value: type) -> list[ast.stmt]:
    """Return what stands in a class."""
    tree = ast.parse(dedent(inspect.getsource(value))).body[0]
    return tree.body if isinstance(tree, ast.ClassDef) else []


def _said(below: ast.stmt | None) -> str:
    """Return the text that explains the attribute above it; empty when something else stands there."""
    if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant):
        return inspect.cleandoc(str(below.value.value))
    return ""
