"""Quick hands and several figures: one worker, and the newest wish."""

from __future__ import annotations

from tests.e2e.figure import Figure

RESTLESS = """(slider) => {
  window.restless = setInterval(() => {
    slider.value = String((Number(slider.value) + 1) % (Number(slider.max) + 1));
    slider.dispatchEvent(new Event("input", { bubbles: true }));
  }, 1);
}"""
"""A move each millisecond, more than can be drawn."""


def test_a_quick_hand_sees_the_last(figures):
    """After a slider was dragged through its range, the figure is that of the last stop."""
    figure = figures("lambda_sweep")

    figure.drag("lam")

    figure.expect_shown(lam="100")
    figure.expect_value("lam", "100")


def test_a_hand_that_never_rests_leaves_the_others_their_turn(open_figure):
    """One worker serves all figures of a page; what is wanted of one is not lost while another is moved."""
    busy = open_figure("translator")
    other = Figure(busy.page, "optimizers")
    busy.start_python()
    other.approach()
    busy.page.evaluate(RESTLESS, busy.input("n").element_handle())

    other.set("lr", "0.01")

    other.expect_shown(lr="0.01")
    assert len(busy.page.workers) == 1
    busy.page.evaluate("() => clearInterval(window.restless)")
    busy.set("n", "100")
    busy.expect_shown(n="100")
