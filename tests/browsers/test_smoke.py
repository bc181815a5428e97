"""What must work in every browser: read, each figure live, a slider, a reader's code, a loop without an end."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from selenium.webdriver.common.keys import Keys

import l2widgets

FRACTIONS = """
const shown = [...document.querySelectorAll("math mfrac")].filter((fraction) => fraction.checkVisibility());
return shown.map(({ children }) => {
  const [above, below] = [...children].map((part) => part.getBoundingClientRect());
  return above.height > 0 && above.bottom <= below.top + 1;
});
"""
"""Whether each fraction that is shown (answers to questions are not) has its numerator above its denominator."""

PICTURES = """
return [...document.querySelectorAll("figure.widget picture img")]
  .filter((image) => image.checkVisibility())
  .map(({ complete, naturalWidth }) => complete && naturalWidth > 0);
"""
"""Whether each picture has come."""


def test_it_reads(reader):
    """Text, formulas and the pictures of all figures are there."""
    reader.open("")
    assert reader.ask("return document.querySelectorAll('[data-section] h2').length") >= 9
    assert reader.ask("return document.fonts.check('1em ' + getComputedStyle(document.body).fontFamily)")
    fractions = reader.ask(FRACTIONS)
    assert fractions
    assert all(fractions)
    reader.ask("for (const image of document.images) image.loading = 'eager'")
    reader.see("every picture", lambda: all(reader.ask(PICTURES)))
    assert len(reader.ask(PICTURES)) >= len(l2widgets.names())


@pytest.mark.parametrize("name", l2widgets.names())
def test_a_slider_moves_the_figure(reader, places, name):
    """The figure comes alive, its first slider moves by a key, and Python's words stand beside what it drew."""
    reader.open(places[name])
    figure = reader.figure(name)
    figure.start_python()
    first, control = next(iter(figure.controls.items()))
    step = -1 if control["start"] else 1

    figure.press(first, Keys.ARROW_LEFT if step < 0 else Keys.ARROW_RIGHT)

    text = control["stops"][control["start"] + step][0]
    figure.expect_shown(**{first: text})
    if not l2widgets.load(name).simulation:  # which says how far it has come
        figure.expect_words(l2widgets.render(name, {first: text}))


def test_a_link_brings_the_state(reader, places):
    """It is the one that made the link, whichever browser that was; what is no setting is told of, and nothing runs."""
    state = {"lam": "0.01", "degree": "9", "folds": "3"}
    link = {
        **state,
        "seed": "javascript:document.title='run'",
        "code": "import js; js.document.title = 'run'",
    }
    query = urlencode({f"lambda_sweep.{name}": text for name, text in link.items()})
    reader.open(f"{places['lambda_sweep']}?{query}#figure-lambda_sweep")
    title = reader.driver.title
    figure = reader.figure("lambda_sweep")
    figure.start_python()

    figure.expect_shown(**state)
    figure.expect_words(l2widgets.render("lambda_sweep", state))
    told = figure.part("[data-status]").text
    assert "seed" in told
    assert "code" in told
    assert reader.driver.title == title


@pytest.mark.parametrize("text", ["1.5*10^-3", "0,0015", "1.5e-3"])
def test_a_number_is_typed(reader, places, text):
    """As people write it, and it is the same number."""
    reader.open(places["translator"])
    figure = reader.figure("translator")
    figure.start_python()

    field = figure.part("[data-control=value] [data-typed]")
    figure.scroll_to(field)
    field.clear()
    field.send_keys(text, Keys.ENTER)

    figure.expect_words(l2widgets.render("translator", {"value": "0.0015"}))
    assert field.get_property("value") == "0.0015"


def test_a_slider_can_be_dragged(reader, places):
    """By a pointer, to its end."""
    reader.open(places["lambda_sweep"])
    figure = reader.figure("lambda_sweep")
    figure.start_python()

    figure.drag("lam", right=600)

    last = figure.controls["lam"]["stops"][-1][0]
    figure.expect_shown(lam=last)
    figure.expect_words(l2widgets.render("lambda_sweep", {"lam": last}))


def test_the_network_trains(reader, places):
    """The figure that goes on by itself does."""
    reader.open(places["network"])
    figure = reader.figure("network")
    figure.start_python()

    figure.click("[data-control=simulation] [data-play]")

    steps = figure.part("[data-readout=steps] dd")
    reader.see("many steps", lambda: int(steps.text.replace(",", "")) >= 300)
    figure.click("[data-control=simulation] [data-play]")
    figure.expect_state("ready")


def test_code_runs_and_a_loop_is_stopped(reader, places):
    """A reader's code runs and prints; without an end it is stopped by a click, and the figure is alive again."""
    reader.open(places["weight_decay"])
    figure = reader.figure("weight_decay")
    figure.start_python()
    figure.open_code()

    figure.run("\nprint(6 * 7)\n")

    figure.expect_desk("done")
    figure.expect_text("[data-printed]", "42")

    figure.run("\nwhile True: pass\n")
    figure.expect_desk("busy")
    figure.click("[data-stop]")

    figure.expect_desk("failed")
    figure.click("[data-restore]")
    figure.expect_shown()
    figure.press("lam", Keys.HOME)
    figure.expect_shown(lam="0")
    figure.expect_words(l2widgets.render("weight_decay", {"lam": "0"}))
