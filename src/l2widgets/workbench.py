"""Runs what a reader has written: a figure's module in the place of ours, or a cell of the lab.

Every answer is JSON: `rendered` (what `l2widgets.render` returns), `cell` (a value and figures), or `failed`, a
sentence with the reader's own line. Nothing here keeps a reader's code from anything it can do: the page's worker has
taken away what it must not have before it comes here, and the page believes no answer before it has looked at it.
"""

from __future__ import annotations

import _ast
import io
import json
import sys
import time
from types import ModuleType
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from l2widgets import simulation
from l2widgets.figures import Axis, Figure, Panel, Table, Trace, encode
from l2widgets.spec import ParamError, SpecError, Widget

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import CodeType, TracebackType

    type Say = Callable[[str], object]

SHOWN = 64_000
"""How many characters of what a reader's code prints are shown, each time it runs."""

LONGEST = 10_000
"""How many characters the value of a cell may have, and a sentence about it a tenth of that."""

PAUSE = 0.05
"""Seconds between two parcels of what is printed, so that a flood is no flood of messages."""

MOST_FIGURES = 8
"""How many figures one run of a cell shows."""

NO_SUCH_THING = {
    "EOF when reading": "nobody can answer input() here; write the value into the code",
    "thread": "there are no threads here; run it in one",
    "subprocess": "no other program can be started here",
    "socket": "code here has no network",
}
"""What a reader is told of Python's that a browser does not have, by a word of the traceback or the message."""


def answer_json(request_json: str, source: str, say: Say) -> str:
    """Run a reader's code and return the answer as JSON.

    Parameters
    ----------
    request_json
        For a figure its `widget`, its `params` and, if it goes on by itself, `from` with `state` and `slices`; for a
        cell a `widget` that begins with "#".
    source
        What the reader has written.
    say
        Called with parcels of what the code prints, not too often and not without end.
    """
    request = json.loads(request_json)
    name = request["widget"]
    is_cell = name.startswith("#")
    file = "<cell>" if is_cell else f"<{name}>"
    paper = _Paper(say)
    streams = sys.stdout, sys.stderr
    sys.stdout = sys.stderr = paper
    try:
        if is_cell:
            return f'{{"cell":{encode(_cell(source, file))}}}'
        return f'{{"rendered":{_rendered_json(name, source, file, request)}}}'
    except BaseException as error:  # noqa: BLE001  whatever it is, it is the reader's to know
        return encode({"failed": explained(error, file)})
    finally:
        sys.stdout, sys.stderr = streams
        paper.close()


def show(figure: Figure | Mapping[str, Any]) -> None:
    """Show a figure below the cell: one of `l2widgets.figures`, or what `l2widgets.render` returns."""
    _shown.append(_plain_figure(figure))


def plot(*traces: Trace, title: str = "", x: str = "x", y: str = "y") -> Figure:
    """Return one panel with these traces of `l2widgets.figures`, its axes as long as the traces need.

    Parameters
    ----------
    traces
        What `figures.line`, `points`, `bars` or `band` return.
    title
        What the plot shows.
    x, y
        What the axes say.
    """
    panel = Panel(title, Axis(x, _reach(traces, "x")), Axis(y, _reach(traces, "y")))
    return Figure(panels=(panel,), traces=traces, summary=title, readouts=(), table=Table((), ()))


def explained(error: BaseException, file: str) -> dict[str, Any]:
    """Return what went wrong as `code`, `message` (one sentence) and, if there is one, the reader's `line`."""
    kind = type(error).__name__
    if isinstance(error, SyntaxError) and error.filename == file:
        line = error.lineno
        return _failure(line, f"{_at(line)}Python cannot read this: {error.msg} ({kind}).")
    line = _line(error.__traceback__, file)
    if isinstance(error, MemoryError):
        message = f"{_at(line)}this needs more memory than the page allows, so Python starts again."
        return _failure(line, message, code="memory")
    return _failure(line, f"{_at(line)}{_reason(error, kind)}.")


class _Paper(io.TextIOBase):
    """Takes what is printed, and says it in parcels."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._parcel: list[str] = []
        self._left = SHOWN
        self._said = 0.0

    def write(self, text: str) -> int:
        if self._left > 0:
            self._parcel.append(text[: self._left])
            self._left -= len(text)
            if self._left <= 0:
                self._parcel.append(f"\n… and more than the {SHOWN:,} characters that are shown.\n")
            if self._left <= 0 or time.monotonic() - self._said > PAUSE:
                self._send()
        return len(text)

    def writable(self) -> bool:
        return True

    def close(self) -> None:
        """Say the rest."""
        self._send()

    def _send(self) -> None:
        if self._parcel:
            self._say("".join(self._parcel))
            self._parcel.clear()
        self._said = time.monotonic()


# ---- Figures

_modules: dict[str, tuple[str, Widget]] = {}
"""The newest version of each figure that a reader has changed: its source and its widget."""


def _rendered_json(name: str, source: str, file: str, request: Mapping[str, Any]) -> str:
    widget = _widget(name, source, file)
    values = widget.params(request["params"])
    if widget.simulation:
        start = request.get("from", {"slices": widget.simulation.shown})
        return simulation.moment(widget, start.get("state"), start["slices"], **values).as_json()
    figure = widget.draw(**values)
    if not isinstance(figure, Figure):
        _refuse(f"figure() must return a Figure; it returned {type(figure).__name__}")
    return figure.as_json()


def _widget(name: str, source: str, file: str) -> Widget:
    known = _modules.get(name)
    if known and known[0] == source:
        return known[1]
    module = ModuleType(f"reader_{name}")
    sys.modules[module.__name__] = module  # dataclasses look there for what their annotations mean
    exec(compile(source, file, "exec", dont_inherit=True), module.__dict__)  # noqa: S102  what all this is for
    spec = getattr(module, "SPEC", None)
    if not isinstance(spec, Widget):
        _refuse("the module must define SPEC, a Widget")
    if spec.simulation:
        widget = simulation.bound(module)
    elif not callable(getattr(module, "figure", None)):
        _refuse("the module must define the function figure()")
    else:
        widget = spec.bind(module.figure)
    _modules[name] = source, widget
    return widget


# ---- Cells

_shown: list[dict[str, Any]] = []
"""The figures of the cell that runs."""


def _cell(source: str, file: str) -> dict[str, Any]:
    _shown.clear()
    namespace = {"__name__": "__main__", "show": show, "plot": plot}
    body, last = _parted(source, file)
    exec(body, namespace)  # noqa: S102  what all this is for
    value = eval(last, namespace) if last else None  # noqa: S307  the same
    if isinstance(value, (Figure, dict)) and _is_figure(value):
        show(value)
        value = None
    if len(_shown) > MOST_FIGURES:
        _refuse(f"one run shows at most {MOST_FIGURES} figures; this one shows {len(_shown)}")
    return {"value": "" if value is None else _cut(repr(value), LONGEST), "figures": list(_shown)}


def _parted(source: str, file: str) -> tuple[CodeType, CodeType | None]:
    """Return a cell's statements, and the expression at its end, whose value is shown."""
    only_tree = 0x400  # ast.PyCF_ONLY_AST, without all that the module ast brings
    tree: Any = compile(source, file, "exec", only_tree, dont_inherit=True)
    last = None
    if tree.body and isinstance(tree.body[-1], _ast.Expr):
        last = compile(_ast.Expression(tree.body.pop().value), file, "eval", dont_inherit=True)
    return compile(tree, file, "exec", dont_inherit=True), last


def _is_figure(value: object) -> bool:
    return isinstance(value, Figure) or (isinstance(value, dict) and {"figure", "summary"} <= value.keys())


def _plain_figure(figure: Figure | Mapping[str, Any]) -> dict[str, Any]:
    if not _is_figure(figure):
        _refuse(
            f"show() takes a Figure, or what l2widgets.render() returns; it was given {type(figure).__name__}"
        )
    plain = figure.as_dict() if isinstance(figure, Figure) else figure
    return {**plain["figure"], "summary": plain["summary"]}


def _reach(traces: tuple[Trace, ...], axis: str) -> tuple[float, float]:
    """Return both ends of an axis that shows these traces and a little more."""
    values = [np.asarray(trace[axis], dtype=float) for trace in traces]
    finite = np.concatenate([value[np.isfinite(value)] for value in values] or [np.zeros(0)])
    if not finite.size:
        return 0.0, 1.0
    low, high = float(finite.min()), float(finite.max())
    room = 0.05 * (high - low) or 0.5
    return low - room, high + room


# ---- What went wrong


class _RefusedError(Exception):
    """What a reader's code must not do, as the end of a sentence."""


def _refuse(reason: str) -> NoReturn:
    raise _RefusedError(reason)


def _failure(line: int | None, message: str, code: str = "python") -> dict[str, Any]:
    failure: dict[str, Any] = {"code": code, "message": _cut(message, LONGEST // 10)}
    return failure | ({"line": line} if line else {})


def _at(line: int | None) -> str:
    return f"Line {line}: " if line else ""


def _reason(error: BaseException, kind: str) -> str:
    text = " ".join(str(error).split()).rstrip(".")
    if isinstance(error, (_RefusedError, ParamError, SpecError)):
        return text
    if isinstance(error, ModuleNotFoundError):
        return f"there is no module {error.name!r} here; there are the standard library, NumPy and l2widgets"
    if isinstance(error, SystemExit):
        return "Python cannot be ended from here; the code ends where it ends (SystemExit)"
    if isinstance(error, RecursionError):
        return f"a function calls itself without end ({kind})"
    trail = " ".join([text, *_files(error.__traceback__)])
    sentence = text or "the code failed"
    if isinstance(error, (EOFError, OSError, RuntimeError)):
        sentence = next((said for word, said in NO_SUCH_THING.items() if word in trail), sentence)
    return f"{sentence} ({kind})"


def _line(trace: TracebackType | None, file: str) -> int | None:
    """Return the last line of the reader's own that led to an error."""
    line = None
    while trace:
        if trace.tb_frame.f_code.co_filename == file:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _files(trace: TracebackType | None) -> list[str]:
    files = []
    while trace:
        files.append(trace.tb_frame.f_code.co_filename)
        trace = trace.tb_next
    return files


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
