"""Settings of all tests."""

from hypothesis import settings

# The machine is shared by two workers, so a deadline would measure the other one; the same examples each run.
settings.register_profile("course", deadline=None, derandomize=True)
settings.load_profile("course")
