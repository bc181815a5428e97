"""Questions, what to remember, and the cards of terms: by keyboard, mouse and finger, without scripts or storage."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.e2e.figure import FONTS_COME
from tests.e2e.test_accessibility import violations
from tests.e2e.test_embed import NO_STORAGE

SCRIPT = re.compile(r"/questions-\w+\.\w+\.js")
FIRST, SECOND = "#check-what-is-certain", "#check-in-proportion"


def approach(page: Page, question: str = FIRST) -> Locator:
    """Scroll to a question and wait until its button is there."""
    found = page.locator(question)
    found.scroll_into_view_if_needed()
    expect(found.locator("[data-check]")).to_be_visible()
    return found


def told(question: Locator) -> Locator:
    """Return the explanations that a reader sees."""
    return question.locator("[data-why]:visible")


def test_a_question_by_keyboard(new_page, site):
    """Arrows choose without a word, Enter checks; both explanations stay, also for the next visit, until forgotten."""
    page = new_page(color_scheme="light")
    page.goto(f"{site}geometry/")
    question = approach(page)
    question.locator("input").first.focus()
    page.keyboard.press("Space")
    expect(told(question)).to_have_count(0)
    page.keyboard.press("Enter")
    expect(told(question)).to_have_count(1)
    expect(told(question)).to_contain_text("Not this one.")
    page.keyboard.press("ArrowDown")
    expect(told(question)).to_have_count(1)
    page.keyboard.press("Tab")
    expect(question.locator("[data-check]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(told(question)).to_have_count(2)
    expect(question.locator("[role=status]")).to_contain_text("Right. Both hold on every data set")
    assert violations(page) == []

    page.goto(site)
    expect(told(approach(page))).to_have_count(2)
    expect(page.locator(FIRST).locator("input:checked")).to_have_attribute("value", "1")
    expect(page.locator("[data-why]:visible")).to_have_count(2)
    page.reload()
    question = approach(page)
    expect(told(question)).to_have_count(2)

    forget = page.locator("[data-checks]", has=question).locator("[data-forget]")
    forget.click()
    expect(page.locator("[data-why]:visible")).to_have_count(0)
    expect(page.get_by_role("status").get_by_text("All answers are forgotten.")).to_be_visible()
    assert page.evaluate("localStorage.getItem('answers')") is None


def test_nothing_moves_when_the_script_comes(new_page, site):
    """An answer that was chosen before is explained already, and stays so; the button has its place."""
    page, held = new_page(), []

    def hold(route):
        held.append(route)

    page.route(SCRIPT, hold)
    question = page.locator(FIRST)
    with page.expect_request(SCRIPT):
        page.goto(f"{site}geometry/")
        question.scroll_into_view_if_needed()
    expect(question.locator("[data-check]")).to_be_hidden()
    question.locator("label").nth(1).click()
    expect(told(question)).to_have_count(1)
    page.evaluate(FONTS_COME)
    places = [page.locator(part).bounding_box() for part in (FIRST, SECOND, ".remember")]
    for route in held:
        route.continue_()
    approach(page)
    expect(told(question)).to_have_count(1)
    assert [page.locator(part).bounding_box() for part in (FIRST, SECOND, ".remember")] == places


def test_a_question_wants_an_answer(new_page, site):
    """The button alone says so; where storage is refused, the page says that it keeps nothing, and all else works."""
    page = new_page()
    page.add_init_script(NO_STORAGE)
    page.goto(f"{site}geometry/")
    question = approach(page, SECOND)
    expect(page.locator("[data-kept]")).to_contain_text("keeps no answers")
    question.locator("[data-check]").click()
    expect(question.get_by_text("Choose an answer first.")).to_be_visible()
    question.locator("label").nth(1).click()
    question.locator("[data-check]").click()
    expect(told(question)).to_have_count(1)
    expect(question.get_by_text("Choose an answer first.")).to_have_count(0)


def test_what_a_browser_has_kept_may_be_anything(new_page, site):
    """An answer that no longer exists, a question that is gone, or no JSON at all costs nobody the others."""
    page = new_page()
    for kept in (
        '{"check-what-is-certain": ["9", 1, "0"], "gone": ["0"], "check-in-proportion": 3}',
        "[1",
        "null",
    ):
        page.add_init_script(f"localStorage.setItem('answers', {kept!r})")
        page.goto(f"{site}geometry/")
        expect(told(approach(page))).to_have_count(1 if "certain" in kept else 0)


def test_questions_and_terms_without_javascript(new_page, site):
    """An answer is explained as soon as it is chosen, and a term leads to the glossary."""
    page = new_page(java_script_enabled=False)
    page.goto(f"{site}geometry/")
    question = page.locator(FIRST)
    expect(told(question)).to_have_count(0)
    question.locator("label").nth(1).click()
    expect(told(question)).to_have_count(1)
    expect(told(question)).to_contain_text("Right.")
    for needy in ("[data-check]", "[data-forget]"):
        expect(page.locator(needy).first).to_be_hidden()
    page.locator("a.term").first.click()
    expect(page).to_have_url(re.compile("/glossary/#correlation$"))
    expect(page.locator("#correlation [data-meaning]")).to_be_in_viewport()


def test_a_term_has_a_card(new_page, site):
    """It shows what the glossary says, under a pointer or the focus, stays while it is read, and goes with Escape."""
    page = new_page()
    page.goto(f"{site}geometry/")
    term, card = page.locator("a.term").first, page.locator(".card")
    term.hover()
    expect(card).to_contain_text("How closely two features follow a line")
    expect(term).to_have_accessible_description(re.compile("How closely two features"))
    card.hover()
    page.mouse.wheel(0, 40)
    expect(card).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(card).to_have_count(0)
    page.mouse.move(0, 0)

    page.locator("main a").first.focus()
    for _ in range(20):
        page.keyboard.press("Tab")
        if term.evaluate("(term) => term === document.activeElement"):
            break
    expect(card).to_be_visible()
    page.keyboard.press("Tab")
    expect(card).to_have_count(0)
    page.keyboard.press("Shift+Tab")
    expect(card).to_be_visible()
    page.keyboard.press("Escape")
    expect(card).to_have_count(0)
    expect(term).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/glossary/#correlation$"))


def test_a_card_with_a_link_lets_the_focus_go_on(new_page, site):
    """Tab goes from the term to what follows it in the text, though its card has links, and the card goes away."""
    page = new_page()
    page.goto(f"{site}names/")
    term, card = page.locator("a.term[href$='#adamw']").first, page.locator(".card")
    term.focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    expect(card.locator("a")).to_have_count(2)
    following = term.locator("xpath=following::a[not(ancestor::*[@id='card'])]").first
    page.keyboard.press("Tab")
    expect(following).to_be_focused()
    expect(card.filter(has_text="Adam with")).to_have_count(0)


def test_a_card_comes_at_a_touch(new_page, site):
    """A tap shows it and goes nowhere; its link leads on, a tap elsewhere takes it away."""
    page = new_page(has_touch=True, is_mobile=True, viewport={"width": 390, "height": 844})
    page.goto(f"{site}geometry/")
    term, card = page.locator("a.term").nth(1), page.locator(".card")
    term.tap()
    expect(card).to_contain_text("A bound")
    expect(page).to_have_url(re.compile("/geometry/$"))
    box = card.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    page.locator("h1").tap()
    expect(card).to_have_count(0)
    term.tap()
    card.get_by_role("link").last.tap()
    expect(page).to_have_url(re.compile("/glossary/#budget$"))


def test_axe_finds_nothing_in_the_glossary(new_page, site):
    """In both themes."""
    page = new_page()
    page.goto(f"{site}glossary/")
    assert violations(page) == []
