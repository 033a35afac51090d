"""Settings of all tests, and how they are shared out between workers."""

import os
import re
import tempfile

import pytest
from hypothesis import settings

from course_utils.check import rules

pytest_plugins = ["support.proofs", "support.gate"]

# The machine is shared by several workers, so a deadline would measure the others; the same examples each run.
settings.register_profile("course", deadline=None, derandomize=True)
settings.load_profile("course")

# What kernels note of the checks is not the notes of whoever runs the tests.
os.environ.setdefault("COURSE_PROGRESS", tempfile.mkdtemp(prefix="progress-"))

UNIT = re.compile(r"(?<!\d)\d\d_[a-z_]+")


@pytest.fixture(autouse=True)
def _nothing_is_ruled_out() -> None:
    """Begin each test as a cell begins: what a check of another test has ruled out is not watched."""
    rules.begin()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of a file together, as they share what is slow to make; but let the units of a course go apart."""
    for item in items:
        item.add_marker(pytest.mark.xdist_group(group_of(item)))


def group_of(item: pytest.Item) -> str:
    """Return the name of the group of tests that one worker runs, one after the other."""
    unit = UNIT.search(item.name)
    file = f"{item.path.parent.name}/{item.path.name}"
    return f"{file}-{unit[0]}" if unit else file
