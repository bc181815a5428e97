"""The project built once for all tests of the build."""

import pytest

from tests.build.project import copy_project, made_once, run_build


@pytest.fixture(scope="session")
def project(tmp_path_factory):
    """Return a copy of the project that tests only read."""
    return made_once(tmp_path_factory, "project", _build_copy)


def _build_copy(to):
    """Copy the project and build its site."""
    copy_project(to)
    done = run_build(to, "build", "--out", "dist")
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="session")
def dist(project):
    """Return the built site of that copy."""
    return project / "dist"


@pytest.fixture
def changeable(tmp_path):
    """Return a copy of the project that a test may change."""
    return copy_project(tmp_path / "project")
