"""What functions of text returned is taken from the last build as long as it is what they would return."""

import pytest

from l2site import kept
from l2site.kept import Steps, between_builds
from l2site.site import make_site
from tests.build.project import CACHE, copy_project, run_build


@pytest.fixture
def build(tmp_path, monkeypatch):
    """Run something as a build of a new process would; return what it returned, and what was called for that."""
    program = tmp_path / "program.py"
    program.write_text("1")

    def run(work):
        monkeypatch.setattr(kept, "_known", {})
        monkeypatch.setattr(kept, "_asked", {})
        calls = []

        @kept.kept
        def loud(text, mark="!"):
            calls.append(text)
            if not text:
                raise ValueError("nothing to say")
            return text.upper() + mark

        with between_builds(tmp_path / "kept", [program]):
            return work(loud), calls

    run.program = program
    run.folder = tmp_path / "kept"
    return run


def test_a_second_build_calls_nothing(build):
    """The same arguments bring the same result, whether it was computed or kept; others their own."""
    assert build(lambda loud: [loud("λ"), loud("λ"), loud("λ", "?")]) == (["Λ!", "Λ!", "Λ?"], ["λ", "λ"])
    assert build(lambda loud: [loud("λ"), loud("λ", "?")]) == (["Λ!", "Λ?"], [])
    assert build(lambda loud: [loud("λ"), loud("w")]) == (["Λ!", "W!"], ["w"])


def test_a_changed_program_is_asked_again(build):
    """What another program returned is not taken."""
    build(lambda loud: loud("λ"))
    build.program.write_text("2")
    assert build(lambda loud: loud("λ")) == ("Λ!", ["λ"])


def test_what_no_build_asks_for_is_forgotten(build):
    """The file does not grow with every formula that an author tries."""
    build(lambda loud: [loud("λ"), loud("w")])
    build(lambda loud: loud("w"))
    assert build(lambda loud: [loud("w"), loud("λ")]) == (["W!", "Λ!"], ["λ"])


def test_a_mistake_is_a_mistake_every_time(build):
    """What is raised is raised again, and a build that failed keeps nothing."""
    for _ in range(2):
        with pytest.raises(ValueError, match="nothing to say"):
            build(lambda loud: [loud("λ"), loud("")])
    assert not build.folder.exists()


def test_a_build_after_another_makes_what_a_fresh_one_makes(changeable):
    """Steps that are not done again are those whose result is the same; notes of later sections are counted on."""
    steps = Steps()
    make_site(changeable, drafts=True, steps=steps)
    first, second = sorted((changeable / "content/l2-regularization").glob("[0-9]*.md"))[:2]
    text = first.read_text(encoding="utf-8")
    addition = (
        "\n## A new place {#a-new-place}\n\nA note.[^new] See [on](20-penalty.md).\n\n[^new]: Said aside.\n"
    )
    first.write_text(text + addition, encoding="utf-8")
    second.write_text(
        second.read_text(encoding="utf-8") + "\n[Back](10-opening.md#a-new-place).\n", encoding="utf-8"
    )
    static = changeable / "site/static/css/print.css"
    static.write_text(static.read_text(encoding="utf-8") + "\np { color: red; }\n", encoding="utf-8")
    after = make_site(changeable, drafts=True, steps=steps)
    fresh = make_site(changeable, drafts=True)
    assert after.files == fresh.files
    assert [str(problem) for problem in after.warnings] == [str(problem) for problem in fresh.warnings]


def test_the_set_up_makes_what_no_article_changes(tmp_path):
    """Scripts, templates and reference are ready before the first build, which makes none of them again."""
    project = copy_project(tmp_path / "project")

    def made():
        places = [project / CACHE / name for name in ("scripts", "templates", "reference")]
        return {path: path.stat().st_mtime_ns for place in places for path in place.iterdir()}

    assert run_build(project, "runtime").returncode == 0
    ready = made()
    assert len({path.parent for path in ready}) == 3
    assert run_build(project, "build", "--target", "github-pages").returncode == 0
    assert made() == ready
