"""Whose a line is: the student's, or a library's."""

from __future__ import annotations

import sysconfig
from pathlib import Path

# Code in these folders is not the student's.
_LIBRARIES = (
    *(sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")),
    str(Path(__file__).parents[1]),
    str(Path(__file__).parents[2] / "autograder"),  # the engine, which calls the student's code in grading
    "<frozen",
)


def is_students(filename: str, *others: str) -> bool:
    """Say whether code in the file `filename` is the student's; `others`: files and folders whose code is not."""
    return not filename.startswith((*_LIBRARIES, *others))
