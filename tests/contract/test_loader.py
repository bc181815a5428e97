"""How the interpreter is taken from the network, in each kind of browser."""

from __future__ import annotations

import pytest

from tests.contract.node import ran

CHROMIUM = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15"
)


@pytest.mark.parametrize(("agent", "times"), [(CHROMIUM, 1), (SAFARI, 1), (FIREFOX, 0)])
def test_firefox_reads_an_answer_once(agent, times):
    """It ends when an answer of a service worker is read twice; the others compile while the answer arrives."""
    assert ran("loader.mjs", agent) == {"module": True, "taken": times}
