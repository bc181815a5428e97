"""Requests and bytes of a visit, as nginx sends them: what publishing the site costs is counted in these."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from bench._visit import BOOT, HAND, VIEWPORT, chromium, live
from l2site.targets import TARGETS
from tools import nginx

ROOT = Path(__file__).resolve().parents[1]
SECTION, WIDGET = "tuning/", "lambda_sweep"

type Visit = Callable[[Page, str], None]


def glance(page: Page, url: str) -> None:
    """Open the front page and leave before anything has been touched."""
    page.goto(url, wait_until="networkidle")


def use(page: Page, url: str) -> None:
    """Use a figure of a section, and stay until the browser has kept the whole article."""
    page.add_init_script(HAND)
    page.goto(url + SECTION)
    live(page, WIDGET)
    expect(page.locator("[data-offline]")).to_be_visible(timeout=BOOT)


def read_all(page: Page, url: str) -> None:
    """Scroll through the whole article, at the pace of a reader who lets each figure come to life."""
    page.add_init_script(HAND)
    page.goto(url)
    for figure in page.locator("figure[data-widget]").all():
        figure.scroll_into_view_if_needed()
        expect(figure).to_have_attribute("data-state", "ready", timeout=BOOT)


VISITS: dict[str, tuple[Visit, ...]] = {
    "a glance at the front page": (glance,),
    "a first visit that uses a figure": (use,),
    "its repetition": (use, use),
    "the whole article, each figure live": (read_all,),
    "its repetition after that": (read_all, read_all),
}
"""Of several visits with one profile, the last is what is counted."""

SHARES = (0.5, 0.25, 0.1, 0.1, 0.05)
"""Which part of all visits each of them is: an assumption."""
PEAK = 5
"""How much busier the busiest hour of a month is than its mean: an assumption."""
PRICES = (0.005, 0.085)
"""What a CDN takes for a GB, in dollars, from the cheapest that publish a price to the dearest: an assumption."""
MONTH = 30 * 86_400
"""Seconds."""


def main() -> None:
    """Print a table for what is in `dist`."""
    if not nginx.find():
        print("nginx is needed; `make bench-serve` installs it where apt-get may")
        return
    options = chromium()
    found: list[list[int]] = []
    print("| visit | requests | KB |\n|---|---|---|")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        for name, text in TARGETS["nginx"].beside("https://example.org/", []).items():
            (Path(folder) / name).write_text(text, encoding="utf-8")
        for title, visits in VISITS.items():
            with (
                tempfile.TemporaryDirectory() as profile,
                nginx.Nginx(ROOT / "dist", Path(folder), encrypted=False) as host,
            ):
                for visit in visits:
                    before = len(host.sent())
                    context = playwright.chromium.launch_persistent_context(
                        profile, viewport=VIEWPORT, **options
                    )
                    visit(context.new_page(), host.url)
                    context.close()
                    sent = host.sent()[before:]
                found.append(sent)
                print(f"| {title} | {len(sent)} | {sum(sent) / 1000:,.0f} |", flush=True)
    _print_capacity(
        sum(share * len(sent) for share, sent in zip(SHARES, found, strict=True)),
        sum(share * sum(sent) for share, sent in zip(SHARES, found, strict=True)),
    )


def _print_capacity(requests: float, size: float) -> None:
    """Print what a month costs, for so many requests and bytes a visit."""
    print(f"\nA mean visit: {requests:.1f} requests, {size / 1e6:.2f} MB\n")
    print(
        "| visits a month | GB a month | peak requests/s | peak Mbit/s | dollars a month |\n|---|---|---|---|---|"
    )
    for power in range(9):
        visits = 10**power
        volume = visits * size / 1e9
        rate = PEAK * visits / MONTH
        low, high = (price * volume for price in PRICES)
        print(
            f"| {visits:,} | {_short(volume)} | {_short(rate * requests)} | {_short(rate * size * 8 / 1e6)} "
            f"| {_short(low)} to {_short(high)} |"
        )


def _short(number: float) -> str:
    """Return a number with the one or two digits that count."""
    if number < 0.01:
        return "< 0.01"
    return f"{float(f'{number:.2g}'):,.0f}" if number >= 10 else f"{float(f'{number:.1g}'):g}"


if __name__ == "__main__":
    main()
