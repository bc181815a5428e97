"""What the contract tests share: the option that accepts today's figures, and every widget by its name."""

from __future__ import annotations

import pytest

import l2widgets


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --update-golden, which `make golden` uses."""
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="accept the figures of today as tests/golden",
    )


@pytest.fixture(params=l2widgets.names())
def name(request):
    """Return each widget's name in turn."""
    return request.param


@pytest.fixture
def widget(name):
    """Return the widget of that name."""
    return l2widgets.load(name)
