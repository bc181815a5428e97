"""What a figure asks of its reader: controls with finite stops, and every check that follows from them.

A parameter's name, range, default, unit, label and help are declared once, here.
The build turns a declaration into native HTML, the browser into state, the tests into cases, and `Widget.params`
into validation, so none of them knows a range of its own.
"""

from __future__ import annotations

import difflib
import math
import re
from bisect import bisect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn
from urllib.parse import urlencode

from l2widgets import tables
from l2widgets.figures import number, power_of_ten

if TYPE_CHECKING:
    from types import ModuleType

    import numpy as np
    from numpy.typing import NDArray

    from l2widgets.figures import Figure

type State = tuple[NDArray[np.float64], ...]
"""What a simulation hands on from one request to the next."""

type Value = float | int | str | bool | tables.Measured | None

PREFERRED = {
    1: ("1",),
    3: ("1", "2", "5"),
    9: ("1", "2", "3", "4", "5", "6", "7", "8", "9"),
    10: ("1", "1.25", "1.6", "2", "2.5", "3.15", "4", "5", "6.3", "8"),
}
"""Mantissas of a decade by the number of stops in it: round numbers (ISO 3, R10 for ten), or every digit (nine)."""


PLAIN = re.compile(r"-?\d+(\.\d+)?(e-?\d+)?")
"""A number as the page writes it."""


class ParamError(ValueError):
    """A parameter that a widget does not take, worded for the reader who gave it."""


class SpecError(ValueError):
    """A widget whose declaration contradicts itself, worded for its author."""


@dataclass(frozen=True, slots=True)
class Stop:
    """One position of a control."""

    value: Value
    """What the figure's function receives."""
    text: str
    """The stop's name in links, in fences and in `data-shown`: plain ASCII without spaces."""
    label: str
    """The stop as people read and hear it, without the unit."""


NOT_YET = Stop(value=None, text="", label="nothing yet")
"""The first stop of a control that has no value of its own until the reader gives it one."""


@dataclass(frozen=True, kw_only=True)
class Control:
    """What all controls have: a name, words for people, a finite tuple of stops, and one of them as the default.

    Raises
    ------
    SpecError
        When two stops have the same text, or the default is none of them.
    """

    name: str
    """The parameter's name, which is also the name of the function's keyword."""
    label: str
    """What the control is called on the page."""
    default: Value
    """The value of the stop where the control starts."""
    stops: tuple[Stop, ...] = ()
    """Every position, in the order in which the reader meets them."""
    symbol: str = ""
    r"""The LaTeX of the quantity's symbol, such as `\lambda`; empty when it has none."""
    role: str = ""
    """The quantity whose colour the control wears, such as "penalty"."""
    unit: str = ""
    """The unit, which is shown after the label of a stop."""
    help: str = ""
    """One sentence for a reader who wonders what this does."""
    shared: str = ""
    """The quantity that it is in other figures too, such as "curve.degree": each offers what was set in another."""
    when: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)
    """Other controls and those of their values at which this one means something; elsewhere it is not shown."""
    kind: ClassVar[str] = ""
    """The name of the template's macro and of the script's reader for controls of this kind."""

    def __post_init__(self) -> None:
        """Refuse stops that cannot be told apart, and a default that is none of them."""
        texts = [stop.text for stop in self.stops]
        if len(set(texts)) != len(texts):
            raise SpecError(f"{self.name!r} has two stops with the same text; give each its own")
        if self.stops and not any(_same(stop.value, self.default) for stop in self.stops):
            raise SpecError(f"{self.name!r} starts at {self.default!r}, which is none of its stops")

    def stop(self, given: object) -> Stop:
        """Return the stop that `given` names, by its text or by its value.

        Raises
        ------
        ParamError
            When there is none; the text lists what there is.
        """
        for stop in self.stops:
            if isinstance(given, str) and given == stop.text:
                return stop
            if not isinstance(given, str) and _same(stop.value, given):
                return stop
        raise ParamError(f"{self.name!r} must be {self._listed()}; got {str(given)[:60]!r}")

    def index(self, value: Value) -> int:
        """Return the position of the stop that has this value.

        Raises
        ------
        ParamError
            When none has it.
        """
        stop = self.stop(value)
        for index, own in enumerate(self.stops):
            if own is stop:
                return index
        raise ParamError(f"{self.name!r} starts at one of its stops, and {stop.text} is between two")

    @property
    def start(self) -> Stop:
        """The stop of the default.

        Raises
        ------
        ParamError
            Never, once the control has been made.
        """
        return self.stop(self.default)

    def is_shown(self, params: Mapping[str, Value]) -> bool:
        """Return whether this control means something where the others are."""
        return all(params[name] in values for name, values in self.when.items())

    def _listed(self) -> str:
        texts = [stop.text or "nothing" for stop in self.stops]
        several = ", ".join(texts) if len(texts) <= 8 else f"{', '.join(texts[:3])}, … {texts[-1]}"
        return f"one of {several}"


@dataclass(frozen=True, kw_only=True)
class Slider(Control):
    """A range input that visits its stops in order.

    Raises
    ------
    SpecError
        When two stops have the same text, the default is none of them, or a slider that takes typed numbers plays, is
        linked, limited or shared.

    Examples
    --------
    >>> from l2widgets import spec
    >>> lam = spec.Slider(name="lam", label="Strength", default=0.1, stops=spec.listed_stops(0, 0.1, 1))
    >>> lam.stop("1").value, lam.index(0.1)
    (1, 1)
    """

    play: bool = False
    """Whether the reader can let it run: play, pause, one stop on, one stop back."""
    limit: str = ""
    """Another slider whose value this one does not exceed: the page then ends this one's range there."""
    link: str = ""
    """Another slider that gives the same quantity another name, such as λ for the budget that it leaves.

    Of the two, the one that was moved last says what is meant, and the other follows; the figure says where both stand
    (`Figure.linked`). This one's value is `None` while it follows, which is how it starts; else the other's is ignored.
    """
    typed: bool = False
    """Whether the reader can also type a number between two stops, but for 0 and the next, which stand apart.

    Where all stops are whole numbers, only those can be typed.
    """
    kind: ClassVar[str] = "slider"

    def __post_init__(self) -> None:
        """Give a linked slider the stop at which it follows."""
        if self.link and NOT_YET not in self.stops:
            object.__setattr__(self, "stops", (NOT_YET, *self.stops))
        if self.typed and (self.play or self.link or self.limit or self.shared):
            raise SpecError(
                f"{self.name!r} takes typed numbers, so it cannot play, be linked, limited or shared"
            )
        super().__post_init__()

    def stop(self, given: object) -> Stop:
        """Return the stop that `given` names, or one of its own for a number that was typed between two.

        Raises
        ------
        ParamError
            When there is neither.
        SpecError
            When the stops of a slider that takes typed numbers are no numbers.
        """
        return (self._typed(given) if self.typed else None) or super().stop(given)

    def _typed(self, given: object) -> Stop | None:
        if isinstance(given, str) and PLAIN.fullmatch(given):
            given = float(given)
        if isinstance(given, bool) or not isinstance(given, (int, float)):
            return None
        values = [_number(stop.value) for stop in self.stops]
        for stop, value in zip(self.stops, values, strict=True):
            if _same(value, given):
                return stop
        after = bisect(values, given)
        inside = 0 < after < len(values) and values[after - 1] != 0
        possible = inside and (float(given).is_integer() or not self._whole)
        return _number_stop(_nine_digits(given)) if possible else None

    @property
    def _whole(self) -> bool:
        return all(isinstance(stop.value, int) for stop in self.stops)

    def _listed(self) -> str:
        if not self.typed:
            return super()._listed()
        low, high = (stop.text for stop in (self.stops[self.stops[0].value == 0], self.stops[-1]))
        numbers = f"a {'whole ' if self._whole else ''}number from {low} to {high}"
        return f"{numbers}, or 0" if self.stops[0].value == 0 else numbers


@dataclass(frozen=True, kw_only=True)
class Choice(Control):
    """A few named possibilities, all of them visible."""

    kind: ClassVar[str] = "choice"


@dataclass(frozen=True, kw_only=True)
class Toggle(Control):
    """Something that is on or off."""

    default: Value = False
    stops: tuple[Stop, ...] = (
        Stop(value=False, text="off", label="off"),
        Stop(value=True, text="on", label="on"),
    )
    kind: ClassVar[str] = "toggle"


@dataclass(frozen=True, kw_only=True)
class Seed(Control):
    """The seed of what is drawn at random, shown and shared, with a button for the next one."""

    default: Value = 1
    again: str = "New sample"
    """What the button for the next seed says."""
    stops: tuple[Stop, ...] = tuple(
        Stop(value=seed, text=str(seed), label=str(seed)) for seed in range(1, 201)
    )
    kind: ClassVar[str] = "seed"


@dataclass(frozen=True, kw_only=True)
class Commit(Control):
    """A button by which the reader commits to the present stop of another control, and one to take that back.

    Its value is `None` until then. Its stops are those of the other control, which the `Widget` fills in.
    """

    of: str
    """The control whose stop is committed to."""
    undo: str = ""
    """What the button that takes it back says."""
    joins: str = ""
    """Another commit, whose buttons are this one's too: one bet is then about the stops of both controls."""
    default: Value = None
    kind: ClassVar[str] = "commit"


@dataclass(frozen=True, kw_only=True)
class OwnTable(Control):
    """Two columns of a table that the reader brings, which the page holds and no link does.

    Its value is a `tables.Measured`, or `None` as long as there is none. Its only stop is that; any other text is, in
    the first line, after a colon, which two columns are meant ("edition:1,2"), and the table after it.
    """

    default: Value = None
    stops: tuple[Stop, ...] = (NOT_YET,)
    kind: ClassVar[str] = "own"

    def stop(self, given: object) -> Stop:
        """Return the stop of a table.

        Raises
        ------
        ParamError
            When the table cannot be used; the text says why, with the line and the column.
        """
        if given is None or given == NOT_YET.text:
            return NOT_YET
        if isinstance(given, tables.Measured):
            return Stop(value=given, text="", label="your table")
        head, _, table = str(given).partition("\n")
        chosen = head.rpartition(":")[2].split(",")
        try:
            x, y = map(int, chosen)
        except ValueError:
            raise ParamError(
                f"{self.name!r} begins with two columns, such as 1:1,2; got {head[:60]!r}"
            ) from None
        try:
            return Stop(value=tables.read(table, (x, y)), text=head, label="your table")
        except tables.TableError as error:
            raise ParamError(f"Your table cannot be used: {error}.") from None


@dataclass(frozen=True, kw_only=True, slots=True)
class Point:
    """A mark of the figure that the reader can take hold of; the sliders that it moves do the same by keyboard.

    The figure draws it with `figures.points(…, held=i)`, i being the point's place among the widget's.
    """

    x: str | float
    """The slider that moves it across, or that says which of several marks it is; or where it stays, being a bar."""
    y: str
    """The slider that moves it up and down."""
    panel: int = 1
    """The panel it is in."""
    picks: bool = False
    """Whether `x` is the number of a mark, its first stop meaning none; then only `y` moves."""


@dataclass(frozen=True, slots=True)
class Preset:
    """A setting worth visiting in one click."""

    label: str
    """What the button says."""
    params: Mapping[str, Value]
    """The controls that it sets; all others go back to their defaults."""


def _unbound(*_: State, **__: Value) -> NoReturn:
    raise SpecError("this widget has no function yet; l2widgets.load() gives it one")


@dataclass(frozen=True, kw_only=True, slots=True)
class Simulation:
    """What makes a figure go on by itself, from state to state, for as long as the page asks for more.

    A state is a tuple of arrays, and all that one request hands on to the next, since the page keeps it. In place of
    `figure`, the widget's module has a class `Setting`, which takes the controls' names as keywords, and four pure
    functions: `begin(setting)`, `advance(state, setting)`, `draw(state, setting)` and `rests(state, setting)`.
    """

    anew: tuple[str, ...]
    """The controls that begin it anew; all others are taken while it runs."""
    verb: str
    """What it does, as its button says, such as "Train"."""
    shown: int
    """How often it advances, unless it rests before, for the figure that stands at first."""
    Setting: Callable[..., Any] = _unbound
    """Where the controls stand."""
    begin: Callable[..., State] = _unbound
    """The first state."""
    advance: Callable[..., State] = _unbound
    """The state after another: a fixed number of steps, the least that a frame shows."""
    draw: Callable[..., Figure] = _unbound
    """The figure of a state."""
    rests: Callable[..., bool] = _unbound
    """Whether a state is at rest."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Widget:
    """A figure, what it asks of the reader, and the function that draws it.

    Raises
    ------
    SpecError
        When one part of the declaration says of another what cannot be.
    ParamError
        When a preset, or what a control depends on, names a stop that there is not.
    """

    name: str
    """The module's name, and the figure's name in links and fences."""
    title: str
    """A few words."""
    question: str
    """What the reader should be able to answer after playing."""
    caption: str
    """What is drawn, for somebody who sees it for the first time."""
    controls: tuple[Control, ...]
    """In the order in which the reader meets them; the first is the one that matters most."""
    presets: tuple[Preset, ...] = ()
    """Settings worth visiting."""
    held: tuple[Point, ...] = ()
    """The marks that can be taken hold of."""
    simulation: Simulation | None = None
    """What makes the figure go on by itself, if anything does."""
    draw: Callable[..., Figure] = _unbound
    """The function, once `bind` has checked that it takes exactly the controls."""

    def __post_init__(self) -> None:
        """Give each `Commit` its stops, then check what one control says of another."""
        controls = tuple(
            replace(control, stops=(NOT_YET, *self[control.of].stops))
            if isinstance(control, Commit)
            else control
            for control in self.controls
        )
        object.__setattr__(self, "controls", controls)
        names = [control.name for control in controls]
        if len(set(names)) != len(names):
            raise SpecError(f"{self.name!r} has two controls of one name")
        for control in controls:
            self._check(control)
        for point in self.held:
            for name in (point.x, point.y):
                if isinstance(name, str) and not isinstance(self[name], Slider):
                    raise SpecError(f"{self.name!r}: {name!r} moves a point, so it must be a slider")
            if point.picks and not isinstance(point.x, str):
                raise SpecError(f"{self.name!r}: a slider picks a mark, not {point.x!r}")
        for preset in self.presets:
            for name, value in self.params(preset.params).items():
                self[name].index(value)

    def __getitem__(self, name: str) -> Control:
        """Return the control of this name; raise `SpecError` when there is none."""
        for control in self.controls:
            if control.name == name:
                return control
        raise SpecError(f"{self.name!r} has no control {name!r}")

    def bind(self, function: Callable[..., Figure]) -> Widget:
        """Return this widget with its function, whose keywords must be the controls' names in their order.

        Raises
        ------
        SpecError
            When they are others.
        """
        self._check_keywords(function)
        return replace(self, draw=function)

    def bind_simulation(self, module: ModuleType, draw: Callable[..., Figure]) -> Widget:
        """Return this widget with its simulation's functions, which a module holds, and with what draws it at first.

        Raises
        ------
        SpecError
            When the widget declares none, or the keywords of `Setting` are not the controls' names in their order.
        """
        if self.simulation is None:
            raise SpecError(f"{self.name!r} declares no simulation")
        for name in self.simulation.anew:
            self[name]
        self._check_keywords(module.Setting)
        functions = {name: getattr(module, name) for name in ("Setting", "begin", "advance", "draw", "rests")}
        return replace(self, simulation=replace(self.simulation, **functions), draw=draw)

    def _check_keywords(self, function: Callable[..., object]) -> None:
        keywords = _keywords(function)
        names = tuple(control.name for control in self.controls)
        if keywords != names:
            raise SpecError(f"{self.name!r} has the controls {names}, but its function takes {keywords}")

    def params(self, given: Mapping[str, object]) -> dict[str, Value]:
        """Return the value of every control: as given, by stop text or by value, else its default.

        Raises
        ------
        ParamError
            When a name is no control or a value is no stop; the text says what would be.
        """
        names = [control.name for control in self.controls]
        for name in given:
            if name not in names:
                close = difflib.get_close_matches(str(name), names, n=1)
                hint = f"did you mean {close[0]!r}?" if close else f"it takes {', '.join(names)}"
                raise ParamError(f"{self.name!r} has no control {str(name)[:60]!r}; {hint}")
        return {
            control.name: control.stop(given[control.name]).value
            if control.name in given
            else control.default
            for control in self.controls
        }

    def shown(self, params: Mapping[str, Value]) -> str:
        """Return, as a query string of stop texts in the controls' order, what differs from the defaults."""
        return urlencode(
            [
                (control.name, control.stop(params[control.name]).text)
                for control in self.controls
                if not _same(params[control.name], control.default)
            ]
        )

    def limits(self, control: Slider) -> list[int]:
        """Return, for each stop of the slider that limits `control`, the last position that `control` may take.

        Raises
        ------
        SpecError
            When there is a stop that leaves it none.
        """
        highest = []
        for bound in self[control.limit].stops:
            within = [
                i for i, stop in enumerate(control.stops) if _number(stop.value) <= _number(bound.value)
            ]
            if not within:
                raise SpecError(
                    f"{self.name!r}: no stop of {control.name!r} is within {control.limit} = {bound.text}"
                )
            highest.append(within[-1])
        return highest

    def linked(self, **values: float) -> dict[str, tuple[int, str]]:
        """Return where linked sliders stand, for `Figure.linked`: the nearest stop's position, and the value in words.

        The words are the stop's own where the value is a stop's, else the value to three digits.

        Raises
        ------
        SpecError
            When there is no control of such a name.
        """
        return {name: self._standing(name, value) for name, value in values.items()}

    def _standing(self, name: str, value: float) -> tuple[int, str]:
        stops = self[name].stops
        there = [i for i, stop in enumerate(stops) if stop.value is not None]
        at = min(there, key=lambda i: abs(_number(stops[i].value) - value))
        return at, stops[at].label if _same(stops[at].value, value) else number(value)

    def _check(self, control: Control) -> None:
        """Refuse a control that says of another what cannot be."""
        for name, values in control.when.items():
            for value in values:
                self[name].stop(value)
        other = self._other(control)
        if isinstance(other, Slider) and other.typed:
            raise SpecError(
                f"{self.name!r}: {control.name!r} knows the stops of {other.name!r} only, which takes more"
            )
        if isinstance(control, Slider) and control.limit:
            self.limits(control)
        if isinstance(control, Slider) and control.link:
            self._check_link(control)
        if isinstance(control, Commit) and control.joins:
            head = self[control.joins]
            if not isinstance(head, Commit) or head.joins:
                raise SpecError(
                    f"{self.name!r}: {control.name!r} joins {head.name!r}, which must be a commit by itself"
                )

    def _other(self, control: Control) -> Control | None:
        """Return the control whose every stop this one has to know, if there is one."""
        name = control.of if isinstance(control, Commit) else getattr(control, "limit", "")
        return self[name] if name else None

    def _check_link(self, control: Slider) -> None:
        other = self[control.link]
        if not isinstance(other, Slider) or other.link or control.default is not None:
            raise SpecError(
                f"{self.name!r}: {control.name!r} is linked to {other.name!r}, which must be a slider that is linked "
                f"to none, and must start at None, since it follows it"
            )

    def coordinates(self, name: str) -> list[float | None]:
        """Return where the stops of a slider that moves a point lie along its axis; None for one without place.

        Raises
        ------
        SpecError
            When there is no control of this name.
        """
        return [None if stop.value is None else _number(stop.value) for stop in self[name].stops]


def linear_stops(first: float, last: float, step: float, decimals: int = 0) -> tuple[Stop, ...]:
    """Return evenly spaced stops from `first` to `last`, both included, written with so many decimals.

    Examples
    --------
    >>> from l2widgets import spec
    >>> [stop.text for stop in spec.linear_stops(0, 1, 0.25, decimals=2)]
    ['0', '0.25', '0.50', '0.75', '1.00']
    """
    count = round((last - first) / step)
    return tuple(_number_stop(f"{first + i * step:.{decimals}f}") for i in range(count + 1))


def log_stops(low: int, high: int, per_decade: int, *, zero: bool = False) -> tuple[Stop, ...]:
    """Return round numbers from 10**low to 10**high, 1, 3, 9 or 10 in a decade, and if asked an exact 0 before them.

    Examples
    --------
    >>> from l2widgets import spec
    >>> [stop.text for stop in spec.log_stops(-2, 0, 3, zero=True)]
    ['0', '0.01', '0.02', '0.05', '0.1', '0.2', '0.5', '1']
    """
    texts = [
        _decimal(mantissa, exponent) for exponent in range(low, high) for mantissa in PREFERRED[per_decade]
    ]
    texts.append(_decimal("1", high))
    return tuple(_number_stop(text) for text in (["0"] if zero else []) + texts)


def listed_stops(*values: float) -> tuple[Stop, ...]:
    """Return a stop for each of these numbers."""
    return tuple(_number_stop(f"{value:g}") for value in values)


def named_stops(**labels: str) -> tuple[Stop, ...]:
    """Return a stop for each keyword, whose argument is what people read."""
    return tuple(Stop(value=text, text=text, label=label) for text, label in labels.items())


def _number_stop(text: str) -> Stop:
    text = "0" if float(text) == 0 else text
    value = float(text)
    mantissa, _, exponent = text.partition("e")
    label = f"{mantissa} × {power_of_ten(int(exponent))}" if exponent else mantissa
    label = label.removeprefix("1 × ").replace("-", "−")
    whole = value.is_integer() and not exponent
    return Stop(value=int(value) if whole else value, text=text, label=label)


def _decimal(mantissa: str, exponent: int) -> str:
    """Return mantissa · 10**exponent as people write it: positional from a ten-thousandth on, else with an e."""
    value = float(f"{mantissa}e{exponent}")
    return f"{value:.10g}" if value >= 1e-4 else f"{mantissa}e{exponent}"


def _nine_digits(value: float) -> str:
    """Return a number as the page writes what was typed."""
    digits, _, exponent = f"{value:.9g}".partition("e")
    return f"{digits}e{int(exponent)}" if exponent else digits


def _number(value: Value) -> float:
    if isinstance(value, (int, float)):
        return float(value)
    raise SpecError(f"{value!r} is not a number, so it cannot limit a slider or place a point")


def _keywords(function: Callable[..., object]) -> tuple[str, ...]:
    """Return the names of a function's parameters."""
    code = getattr(function, "__code__", None)
    if code is None or hasattr(function, "__wrapped__") or hasattr(function, "__signature__"):
        import inspect  # noqa: PLC0415  which takes longer than the first figure has for it

        return tuple(inspect.signature(function).parameters)
    names: tuple[str, ...] = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    return names


def _same(left: object, right: object) -> bool:
    """Tell whether two values are the same stop; numbers may differ in their last digits, and True is not 1."""
    if isinstance(left, bool) or isinstance(right, bool) or left is None or right is None:
        return left is right
    if isinstance(left, (int, float)) and isinstance(right, (int, float)):
        return math.isclose(left, right)
    return left == right
