"""How an end-to-end test is written. Read this file first.

A test drives a real browser over the built site, the way a reader would. Three things are worth knowing:

1.  A fixture opens the figure. `open_figure("weight_decay")` gives a page of its own; `figures("weight_decay")` gives
    one that all tests share, with Python running and every control at its start, and saves three seconds.
2.  The figure is a `Figure` (figure.py). Do things with its verbs, then say what the reader must see with its
    `expect_*`, which wait by themselves. A test never sleeps and never reads a value to compare it.
3.  Controls go by the names in the widget's Python file, stops by their texts, as in links. What the numbers should be
    comes from `l2widgets`, the same functions run by this Python.

An error on the console, an exception in the page or a request to another host fails any test by itself (conftest.py).
"""

from __future__ import annotations

import l2widgets


def test_a_slider_moves_the_figure(figures):
    """A reader moves λ; the plot, the numbers, the sentence and the link follow."""
    # Given a figure whose Python is running,
    figure = figures("weight_decay")

    # when the reader moves the slider called "lam" to the stop called "0.1",
    figure.set("lam", "0.1")

    # then the figure with that λ is drawn, and the slider says where it stands,
    figure.expect_shown(lam="0.1")
    figure.expect_value("lam", "0.1")

    # and the numbers and the sentence are those that the widget's function returns.
    expected = l2widgets.render("weight_decay", {"lam": "0.1"})
    figure.expect_summary(expected["summary"])
    for readout in expected["readouts"]:
        figure.expect_readout(readout["name"], f"{readout['text']} {readout['unit']}".strip())


def test_start_over(figures):
    """One click puts everything back."""
    figure = figures("weight_decay")
    figure.set("lam", "0.1")
    figure.expect_shown(lam="0.1")

    figure.start_over()

    figure.expect_shown()  # nothing differs from the start


def test_the_first_touch_starts_python(open_figure):
    """On a page of its own: nothing runs yet, the reader moves a slider, and it is drawn as soon as Python is there."""
    figure = open_figure("weight_decay")
    figure.approach()

    # (not the first slider, which the build has answered already: test_frames.py)
    figure.focus("lr")
    figure.press("End")

    figure.expect_shown(lr="1")
    figure.expect_state("ready")
    figure.expect_no_status()
