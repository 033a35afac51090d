"""Settings of all tests, and how they are shared out between workers."""

import os
import re
import tempfile

import pytest
from hypothesis import settings

# The machine is shared by three workers, so a deadline would measure the others; the same examples each run.
settings.register_profile("course", deadline=None, derandomize=True)
settings.load_profile("course")

# What kernels note of the checks is not the notes of whoever runs the tests.
os.environ.setdefault("COURSE_PROGRESS", tempfile.mkdtemp(prefix="progress-"))

UNIT = re.compile(r"(?<!\d)\d\d_[a-z_]+")
SHARE_THE_DEMO = ("test_demo.py", "test_browser.py")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Keep the tests of a file together, as they share what is slow to make; but let the units of a course go apart."""
    for item in items:
        file = "demo" if item.path.name in SHARE_THE_DEMO else f"{item.path.parent.name}/{item.path.name}"
        unit = UNIT.search(item.name)
        item.add_marker(pytest.mark.xdist_group(f"{file}-{unit[0]}" if unit else file))
