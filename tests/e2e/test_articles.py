"""A site that has become one of two articles, in a browser: old links lead on, and each article keeps to itself."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from l2site.server import Server
from tests.build.project import copy_project, run_build
from tests.build.test_articles import with_second_article
from tests.e2e.figure import Figure

FIRST = "l2-regularization/"


@pytest.fixture(scope="module")
def site_of_two(tmp_path_factory):
    """The address of a site with two articles, on a host that cannot be told what has moved."""
    project = with_second_article(copy_project(tmp_path_factory.mktemp("articles") / "project"))
    done = run_build(project, "build")
    assert done.returncode == 0, done.stderr
    with Server(project / "dist") as server:
        yield server.url


def test_old_links_lead_on_and_articles_keep_to_themselves(new_page, site_of_two):
    """A section's link with a figure's setting, a link into the article on one page, and the index itself."""
    page = new_page()
    page.goto(f"{site_of_two}weight-decay/?weight_decay.lam=0.1#figure-weight_decay")
    setting = r"\?weight_decay\.lam=0\.1#figure-weight_decay$"
    expect(page).to_have_url(re.compile(f"/{FIRST}weight-decay/{setting}"))
    Figure(page, "weight_decay").expect_shown(lam="0.1")
    page.goto(f"{site_of_two}?weight_decay.lam=0.1#figure-weight_decay")
    expect(page).to_have_url(re.compile(f"/{FIRST}{setting}"))
    page.goto(f"{site_of_two}#tuning")
    expect(page).to_have_url(f"{site_of_two}{FIRST}#tuning")

    page.goto(site_of_two)
    expect(page.locator("h2 a")).to_have_count(2)
    page.locator("h2 a").nth(1).click()
    expect(page).to_have_url(f"{site_of_two}momentum/")
    figure = Figure(page, "weight_decay")
    figure.root.scroll_into_view_if_needed()
    figure.expect_shown(lam="0.1")  # where its author has put it
    figure.set("lam", "0.01")
    figure.expect_shown(lam="0.01")
    page.goto(f"{site_of_two}{FIRST}weight-decay/")
    other = Figure(page, "weight_decay")
    other.root.scroll_into_view_if_needed()
    expect(other.root).not_to_have_attribute("data-shown", re.compile("lam=0.01(&|$)"))
    expect(page).to_have_url(f"{site_of_two}{FIRST}weight-decay/")
