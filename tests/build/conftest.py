"""The project built once for all tests of the build."""

import pytest

from tests.build.project import copy_project, run_build


@pytest.fixture(scope="session")
def project(tmp_path_factory):
    """Return a copy of the project that tests only read."""
    return copy_project(tmp_path_factory.mktemp("first") / "project")


@pytest.fixture(scope="session")
def dist(project):
    """Return the built site of that copy."""
    done = run_build(project, "build", "--out", "dist")
    assert done.returncode == 0, done.stderr
    return project / "dist"


@pytest.fixture
def changeable(tmp_path):
    """Return a copy of the project that a test may change."""
    return copy_project(tmp_path / "project")
