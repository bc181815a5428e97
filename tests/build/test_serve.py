"""`build.py serve`: follows what the author writes, and keeps the last good version when it cannot."""

from urllib.parse import urlsplit

import pytest

from l2site.server import Server
from tests.build.project import run_build
from tests.build.serving import Serving

SECTION = "content/l2-regularization/20-penalty.md"


@pytest.fixture
def serving(changeable):
    """Serve a copy of the project."""
    running = Serving(changeable)
    yield running
    running.end()


def test_a_change_is_shown_and_a_mistake_is_explained(serving, changeable):
    """A new sentence appears; with a mistake the last good version stays up; mended, the next one appears."""
    section = changeable / SECTION
    text = section.read_text()
    assert "First addition" not in serving.page("/penalty/")
    assert "unregister" in serving.page("/sw.js"), "authors shall see what is on the disk, not what was kept"
    section.write_text(f"{text}\nFirst addition.\n")
    serving.built()
    assert "First addition." in serving.page("/penalty/")
    while "First addition." not in serving.page("/"):
        serving.built()  # the other pages come after it
    section.write_text(f"{text}\nSecond addition.\n\n```{{widget}} no_such_widget\n```\n")
    assert "no_such_widget" in serving.said(SECTION)
    (problem,) = serving.problems()
    assert problem.startswith(f"{SECTION}:")
    assert "no_such_widget" in problem
    assert "First addition." in serving.page("/penalty/")
    section.write_text(f"{text}\nThird addition.\n")
    serving.built()
    assert "Third addition." in serving.page("/penalty/")


def test_a_change_of_a_program_is_followed_too(serving, changeable):
    """Python that this process has imported already is run afresh."""
    module = changeable / "src/l2site/metadata.py"
    text = module.read_text()
    module.write_text(text.replace("User-agent: *", "User-agent: *\\n# changed"))
    serving.built()
    assert "# changed" in serving.page("/robots.txt")
    assert "unregister" in serving.page("/sw.js")
    module.write_text("1 +")
    assert serving.problems()
    assert "# changed" in serving.page("/robots.txt"), "the last good version stays"
    module.write_text(text)
    serving.built()
    assert "# changed" not in serving.page("/robots.txt")


def test_a_port_that_is_taken_is_said(changeable):
    """In a sentence with the way out, and no traceback."""
    with Server(changeable / "content") as other:
        port = urlsplit(other.url).port
        done = run_build(changeable, "serve", "--port", str(port))
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        f"port {port} is taken, perhaps by another serve; try `make serve PORT={port + 1}`"
    )
    assert "Traceback" not in done.stderr


def test_it_ends_quietly(changeable):
    """Ctrl+C is no error and leaves no traceback."""
    running = Serving(changeable)
    assert running.end() in (0, 130)
