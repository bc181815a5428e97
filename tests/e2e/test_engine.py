"""Quick hands and several figures: one worker, and the newest wish."""

from __future__ import annotations


def test_a_quick_hand_sees_the_last(figures):
    """After a slider was dragged through its range, the figure is that of the last stop."""
    figure = figures("lambda_sweep")

    figure.drag("lam")

    figure.expect_shown(lam="100")
    figure.expect_value("lam", "100")


def test_controls_of_two_figures_at_once(open_figure, places):
    """One worker serves all figures of a page; none of them is forgotten."""
    figure = open_figure("lambda_sweep")
    figure.start_python()
    assert len(figure.page.workers) == 1

    figure.focus("lam")
    figure.press("Home", "End", "ArrowLeft", "ArrowLeft", "ArrowRight")

    figure.expect_shown(lam=figure.controls["lam"]["stops"][-2][0])
    assert len(figure.page.workers) == 1
