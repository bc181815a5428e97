"""What holds for every test of the project."""

from hypothesis import settings

settings.register_profile("project", deadline=None)  # no test is about how long something takes
settings.load_profile("project")
