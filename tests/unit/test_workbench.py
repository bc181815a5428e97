"""What a reader's code may do, and what is said when it fails: without a browser."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

import l2widgets
from l2widgets import workbench
from l2widgets.figures import Figure, points
from l2widgets.figures import line as curve

WIDGETS = Path(l2widgets.__file__).parent / "widgets"


def module(name):
    """Return the source of a figure's module."""
    return (WIDGETS / f"{name}.py").read_text(encoding="utf-8")


def ask(source, widget="#", said=None, **request):
    """Return the answer to a request."""
    say = (lambda _: None) if said is None else said.append
    return json.loads(
        workbench.answer_json(json.dumps({"widget": widget, "params": {}} | request), source, say)
    )


WRONG = f"""{module("weight_decay")}
def wrong(**given):
    return 3

wrong.__signature__ = __import__("inspect").signature(figure)
figure = wrong
"""


def failure(source, widget="#"):
    """Return the sentence and the line of a failure."""
    failed = ask(source, widget)["failed"]
    return failed["message"], failed.get("line")


@pytest.mark.parametrize("name", l2widgets.names())
def test_an_unchanged_module_draws_what_the_figure_draws(name):
    """Every widget's source stands by itself."""
    assert ask(module(name), name)["rendered"] == json.loads(l2widgets.render_json(name, "{}"))


def test_a_simulation_goes_on_from_a_state():
    """As `l2widgets.advance` does."""
    first = ask(module("network"), "network", **{"from": {"slices": 1}})["rendered"]
    state = first["simulation"]["state"]
    then = ask(module("network"), "network", **{"from": {"state": state, "slices": 1}})["rendered"]
    assert then == l2widgets.advance("network", {}, state, 1)


def test_a_module_is_run_once():
    """As long as it stays the same; another text is another module."""
    said = []
    source = f"{module('weight_decay')}\nprint('hello')\n"
    for _ in range(2):
        ask(source, "weight_decay", said)
    assert "".join(said) == "hello\n"
    ask(f"{source}#", "weight_decay", said)
    assert "".join(said) == "hello\nhello\n"


def test_the_widgets_own_module_is_untouched():
    """What a reader writes is drawn for that reader's request alone."""
    before = l2widgets.render("weight_decay", {})
    source = module("weight_decay").replace("summary=_summary(run, shown)", "summary='Mine.'")
    assert ask(source, "weight_decay")["rendered"]["summary"] == "Mine."
    assert l2widgets.render("weight_decay", {}) == before


@pytest.mark.parametrize(
    ("source", "message", "line"),
    [
        ("x = (\n", "Line 1: Python cannot read this: '(' was never closed (SyntaxError).", 1),
        ("if 1:\nx\n", "Line 2: Python cannot read this: expected an indented block", 2),
        ("x = 1\n\nx / 0", "Line 3: division by zero (ZeroDivisionError).", 3),
        ("def f():\n    g()\n\nf()", "Line 2: name 'g' is not defined (NameError).", 2),
        ("import json\njson.loads('')", "Line 2: Expecting value", 2),
        ("import pandas", "Line 1: there is no module 'pandas' here; there are the standard library", 1),
        ("raise SystemExit", "Line 1: Python cannot be ended from here", 1),
        ("raise KeyboardInterrupt", "Line 1: the code failed (KeyboardInterrupt).", 1),
        ("def f():\n    f()\nf()", "Line 2: a function calls itself without end (RecursionError).", 2),
        ("raise MemoryError", "Line 1: this needs more memory than the page allows", 1),
        ("raise EOFError('EOF when reading a line')", "Line 1: nobody can answer input() here", 1),
        ("raise RuntimeError(\"can't start new thread\")", "Line 1: there are no threads here", 1),
        ("show(3)", "Line 1: show() takes a Figure, or what l2widgets.render() returns; it was given int.", 1),
        ("for _ in range(9):\n    show(plot())", "one run shows at most 8 figures; this one shows 9.", None),
        ("raise ValueError('long ' * 10**6)", "Line 1: long long", 1),
    ],
)  # fmt: skip
def test_what_went_wrong_is_a_sentence_with_a_line(source, message, line):
    """The reader's own line, not one of the library's; never more than a paragraph."""
    said, at = failure(source)
    assert said.startswith(message)
    assert at == line
    assert len(said) <= 1000
    assert "\n" not in said


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("x = 1", "the module must define SPEC, a Widget."),
        ("from l2widgets.widgets.weight_decay import SPEC", "the module must define the function figure()."),
        (
            "from l2widgets.widgets.weight_decay import SPEC\ndef figure(lam):\n    return 1",
            "'weight_decay' has the controls ('lam',",
        ),
        (WRONG, "figure() must return a Figure; it returned int."),
    ],
)  # fmt: skip
def test_a_module_that_draws_nothing_is_refused(source, message):
    """In words that say what it must have."""
    assert failure(source, "weight_decay")[0].startswith(message)


def test_a_parameter_that_is_no_stop_is_refused_as_ever():
    """A reader who takes stops away hears of it."""
    answer = ask(module("weight_decay"), "weight_decay", params={"lam": "17"})
    assert answer["failed"]["message"].startswith("'lam' must be one of ")


def test_printing_is_cut():
    """What goes beyond the limit is said once, and nothing of it is kept."""
    said = []
    ask("for i in range(100_000):\n    print('flood')", said=said)
    text = "".join(said)
    assert text.count("flood") == workbench.SHOWN // len("flood\n")
    assert text.endswith("\n… and more than the 64,000 characters that are shown.\n")
    assert len(said) < 100


def test_printing_goes_back_to_where_it_was():
    """Also when the code fails; errors are printed where everything else is."""
    streams = sys.stdout, sys.stderr
    said = []
    ask("import sys\nprint('out')\nprint('err', file=sys.stderr)\n1 / 0", said=said)
    assert "".join(said) == "out\nerr\n"
    assert (sys.stdout, sys.stderr) == streams


@pytest.mark.parametrize(
    ("source", "value"),
    [("1 + 1", "2"), ("x = 1", ""), ("None", ""), ("'ü'", "'ü'"), ("", ""), ("x = 2\nx * 3\n", "6")],
)
def test_the_value_of_a_cell(source, value):
    """Is that of the expression at its end, as Python writes it."""
    assert ask(source) == {"cell": {"value": value, "figures": []}}


def test_a_long_value_is_cut():
    """Ten thousand characters are more than anybody reads."""
    value = ask("list(range(10**5))")["cell"]["value"]
    assert len(value) == workbench.LONGEST
    assert value.endswith("…")


def test_cells_share_nothing():
    """Each begins with show and plot, and nothing else."""
    ask("left_over = 1")
    assert failure("left_over")[0] == "Line 1: name 'left_over' is not defined (NameError)."


def test_figures_of_a_cell():
    """Those that were shown, in their order, and that at its end."""
    source = (
        "import l2widgets\nfrom l2widgets.figures import line\n"
        "show(l2widgets.render('weight_decay', {'lam': 0.1}))\n"
        "plot(line([1, 2], [3, 4], name='mine', role='fit'), title='Mine')"
    )
    cell = ask(source)["cell"]
    assert cell["value"] == ""
    first, second = cell["figures"]
    drawn = l2widgets.render("weight_decay", {"lam": 0.1})
    assert first == drawn["figure"] | {"summary": drawn["summary"]}
    assert second["summary"] == "Mine"
    assert second["data"][0]["y"] == [3, 4]


def test_plot_makes_room_for_what_it_shows():
    """Both axes hold all traces and a little more; a gap is no number, and nothing at all is a square."""
    figure = workbench.plot(
        curve([0, 10], [1, None], name="a", role="fit"), points([4], [-1], name="b", role="data"), x="across"
    )
    assert isinstance(figure, Figure)
    [panel] = figure.panels
    assert panel.x.range == pytest.approx((-0.5, 10.5))
    assert panel.y.range == pytest.approx((-1.1, 1.1))
    assert panel.x.title == "across"
    assert workbench.plot().panels[0].x.range == (0, 1)
    assert workbench.plot(points([3], [3], name="b", role="data")).panels[0].x.range == (2.5, 3.5)
