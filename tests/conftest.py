"""Settings of all tests."""

import os
import tempfile

import pytest
from hypothesis import settings

from course_utils.check import rules

pytest_plugins = ["support.groups", "support.proofs", "support.gate"]

# The machine is shared by several workers, so a deadline would measure the others; the same examples each run.
settings.register_profile("course", deadline=None, derandomize=True)
settings.load_profile("course")

# What kernels note of the checks is not the notes of whoever runs the tests.
os.environ.setdefault("COURSE_PROGRESS", tempfile.mkdtemp(prefix="progress-"))


@pytest.fixture(autouse=True)
def _nothing_is_ruled_out() -> None:
    """Begin each test as a cell begins: what a check of another test has ruled out is not watched."""
    rules.begin()
