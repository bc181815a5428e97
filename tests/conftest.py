"""What holds for every test of the project."""

import pytest
from hypothesis import settings

settings.register_profile("project", deadline=None)  # no test is about how long something takes
settings.register_profile("whole", settings.get_profile("project"), max_examples=200)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --whole, which `make test-whole` and `make faults` use."""
    parser.addoption("--whole", action="store_true", help="try every case where otherwise some will do")


def pytest_configure(config: pytest.Config) -> None:
    """Have Hypothesis try twice as many examples for the whole."""
    settings.load_profile("whole" if config.getoption("--whole") else "project")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the cases that are marked as those of the whole."""
    if not config.getoption("--whole"):
        left_out = [item for item in items if item.get_closest_marker("whole")]
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)


@pytest.fixture(scope="session")
def whole(request: pytest.FixtureRequest) -> bool:
    """Whether every case is wanted where otherwise some will do."""
    return bool(request.config.getoption("--whole"))
