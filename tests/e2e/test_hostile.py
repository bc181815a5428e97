"""Texts that want to be more than text, through every door that the page has for text, in a real browser."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from l2site.server import Server
from tests.e2e.figure import BOOT
from tests.hostile.corpus import FIGURES, LESSONS, QUERIES, SCRIPTS, TABLES, TEXTS, filled, forged, rendered
from tests.hostile.reading import Reader

HOSTILE = Path(__file__).parents[1] / "hostile"

ALARM = """
    window.hits = [];
    window.hit = () => hits.push("a script ran");
    window.alert = window.print = () => hits.push("a dialog");
    addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) => {
      hits.push(`the policy stopped ${effectiveDirective} ${blockedURI}`);
    });
"""
"""What rings when a text acts; a policy that had to step in counts too, for there are browsers and hosts without it."""

ACTING = """() => [
    ...hits,
    ...[...document.querySelectorAll("*")].flatMap((element) =>
      [...element.attributes]
        .filter(({ name, value }) => name.startsWith("on")
          || (name !== "alttext" && /^\\s*(java\\s*script|vbscript):/i.test(value)))
        .map(({ name }) => `${element.localName} ${name}`)),
    ...[...document.querySelectorAll("iframe, object, embed, base, meta[http-equiv=refresh]")].map(String),
    ...[...document.querySelectorAll("[src], [href]")]
      .map((element) => element.src || String(element.href.baseVal ?? element.href))
      .filter((url) => url.includes("evil.example")),
  ]"""
"""What acts in a page, or would if it were touched. To link to https is an author's right, and no figure's."""


@pytest.fixture(scope="module")
def arena(dist, tmp_path_factory):
    """The site with the page's modules as they are written, and a page that plays a worker."""
    folder = tmp_path_factory.mktemp("arena")
    for path in dist.iterdir():
        (folder / path.name).symlink_to(path)
    (folder / "raw").mkdir()
    (folder / "raw/js").symlink_to(HOSTILE.parents[1] / "site/static/js")
    (folder / "hostile").mkdir()
    front = (dist / "index.html").read_text(encoding="utf-8")
    sheet = re.search(r'<link rel="stylesheet" href="([^"]+)"', front)[1]
    plotly = re.search(r'"(assets/vendor/plotly[^"]+)"', front)[1]

    def page(name: str, body: str) -> None:
        head = '<!doctype html><html lang="en"><meta charset="utf-8"><title>-</title>'
        head += f'<link rel="stylesheet" href="/{sheet}"><link rel="icon" href="data:,">'
        (folder / "hostile" / f"{name}.html").write_text(f"{head}{body}", encoding="utf-8", errors="replace")

    reader = Reader(tmp_path_factory.mktemp("hostile"))
    accepted = list(reader.accepted(SCRIPTS))
    page("article", f'<main class="prose">{"".join(accepted)}</main><p id="end">{len(accepted)}</p>')
    (folder / "hostile/arena.js").write_bytes((HOSTILE / "arena.js").read_bytes())
    page(
        "arena",
        '<figure data-widget="x"><p data-summary></p><p data-announce></p><dl data-readouts></dl>'
        "<div data-live></div><table data-table><thead></thead><tbody></tbody></table></figure>"
        '<script type="module" src="arena.js"></script>',
    )
    drawn = [
        json.dumps({"id": "1", "type": "figure", "rendered": rendered(filled(figure, text))})
        for text in (*SCRIPTS[::5], *TEXTS[len(SCRIPTS) :: 5])
        for figure in FIGURES
    ]
    cases = {"plotly": f"/{plotly}", "messages": list(forged()), "drawn": drawn}
    (folder / "hostile/cases.json").write_text(json.dumps(cases))
    with Server(folder) as server:
        yield server.url


@pytest.fixture
def hostile_page(new_page):
    """Open a page in which an alarm rings when a text acts."""
    pages = []

    def open_it(url: str):
        page = new_page()
        page.add_init_script(ALARM)
        page.on("dialog", lambda dialog: (pages.append("dialog"), dialog.dismiss()))
        page.goto(url)
        return page

    yield open_it
    assert pages == []


def test_the_alarm_rings(hostile_page, arena, watch):
    """A page in which a text does act is noticed: by what ran, by what it holds, and by what the policy stopped."""
    watch.forgive("evil.example")
    page = hostile_page(f"{arena}hostile/article.html")
    page.evaluate("hit()")
    page.evaluate("""() => {
      const link = document.createElement("a");
      link.setAttribute("href", "javascript:hit()");
      document.querySelector("main").append(link, document.createElement("iframe"));
    }""")
    page.evaluate("fetch('https://evil.example/').catch(() => {})")
    page.wait_for_function("hits.length >= 2")
    found = page.evaluate(ACTING)
    assert found[0] == "a script ran"
    assert "a href" in found
    assert any("connect-src" in ring for ring in found)
    assert any("IFrame" in ring for ring in found)


def test_an_article_of_such_texts_is_only_read(hostile_page, arena):
    """All that the build lets through of an author's Markdown, on one page, looked at from end to end."""
    page = hostile_page(f"{arena}hostile/article.html")
    assert int(page.locator("#end").inner_text()) > 400
    page.keyboard.press("End")
    assert [ring for ring in page.evaluate(ACTING) if not ring.startswith("https://evil.example")] == []
    assert page.url.endswith("/hostile/article.html")


def test_a_forged_worker_says_nothing_that_acts(hostile_page, arena):
    """Every message is listened to or not, every figure drawn or refused, in the end, and no text of theirs is more."""
    page = hostile_page(f"{arena}hostile/arena.html")
    page.wait_for_selector("[data-done]", state="attached", timeout=60_000)
    count = json.loads(page.locator("body").get_attribute("data-done"))
    assert count["heard"] > 500
    assert count["drawn"] > 200
    assert page.evaluate(ACTING) == []
    assert page.locator("[data-live] :is(a, image, foreignObject)").count() == 0
    assert page.url.endswith("/hostile/arena.html")


def test_links_bring_words_at_most(hostile_page, site, whole):
    """What a link to a figure alone asks for, in its query and behind its #; and what pages around may send."""
    some = 1 if whole else 2
    for text in (*SCRIPTS[:: 4 * some], *TEXTS[len(SCRIPTS) :: 6 * some]):
        asked = quote(text.encode("utf-8", "replace"), safe="")
        page = hostile_page(f"{site}embed/lambda_sweep/" + LESSONS[len(text) % 2].replace("%s", asked))
        expect(page.locator("figure[data-widget]")).to_have_attribute("data-state", re.compile("."))
        address = page.url
        page.evaluate(
            """(texts) => {
              for (const text of texts)
                for (const data of [text, { type: text, n: text }, { type: "height", n: 1e9, code: text }])
                  window.postMessage(data, "*");
            }""",
            SCRIPTS,
        )
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        assert page.evaluate(ACTING) == []
        assert page.url == address
        page.close()


def test_a_page_that_lives_reads_links_and_tables_as_words(hostile_page, site, places, whole):
    """Back and forward through links of any kind; then tables of a reader's with such names and such numbers."""
    page = hostile_page(site + places["lambda_sweep"])
    root = page.locator("figure[data-widget=lambda_sweep]")
    root.scroll_into_view_if_needed()
    expect(root.locator("[data-reset]")).to_be_enabled()
    root.locator("[data-reset]").focus()
    expect(root).to_have_attribute("data-state", "ready", timeout=BOOT)

    queries = [
        query.replace("%s", quote(text.encode("utf-8", "replace"), safe=""))
        for query in QUERIES
        for text in TEXTS
    ]
    page.evaluate(
        """(queries) => {
          const before = location.href;
          for (const query of [...queries, before]) {
            history.replaceState(history.state, "", query);
            dispatchEvent(new PopStateEvent("popstate"));
          }
        }""",
        [query for query in queries if len(query) < 4000],
    )
    root.locator("[data-reset]").click()
    expect(root).to_have_attribute("data-state", "ready", timeout=BOOT)
    assert page.evaluate(ACTING) == []

    own = root.locator("[data-control=own]")
    own.get_by_role("button", name="Your own table").click()
    rows = "".join(f"{i},{i * 37 % 11}\n" for i in range(40))
    complaint = root.locator("[data-status]")
    for text in SCRIPTS[:: 3 if whole else 6]:
        for head in TABLES:
            first = filled(head, text)
            body = rows.replace(",", ";") if ";" in first else rows
            own.get_by_label("Paste a table").fill(first + body)
            own.get_by_role("button", name="Use this table").click()
        expect(root).to_have_attribute("data-state", re.compile("ready|error"), timeout=BOOT)
    assert page.evaluate(ACTING) == []
    assert complaint.locator("a, img, script").count() == 0
    assert root.locator("[data-live] :is(a, image, foreignObject)").count() == 0
    own.get_by_role("button", name="Back to").click()
    expect(root).to_have_attribute("data-state", "ready", timeout=BOOT)
