"""Write grades for other systems.

A format is a module `as_NAME` with a function `export(root, to, assignments)`, and one line in Format.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any

from autograder.errors import CourseError


class Format(StrEnum):
    """The formats of `autograder export --format`."""

    csv = "csv", "all assignments, one row per student and assignment"
    course = "course", "all assignments, one row per student with a total"
    table = "table", "one assignment, with its exercises and what reproduces a grade"
    canvas = "canvas", "one assignment, as Canvas imports it"
    moodle = "moodle", "as Moodle does"
    brightspace = "brightspace", "as Brightspace does"
    blackboard = "blackboard", "as Blackboard does"
    gradescope = "gradescope", "as Gradescope reads an autograder's results, in a zip"

    about: str

    def __new__(cls, name: str, about: str) -> Format:
        """Make a format whose value is its name; `about` is its line in the help of the command."""
        form = str.__new__(cls, name)
        form._value_, form.about = name, about
        return form


# Options that only some formats have: what they are about, and which.
DROP_LOWEST = "the total of the course", (Format.course,)
HEADING = "the column of one assignment", (Format.canvas, Format.moodle, Format.brightspace, Format.blackboard)


def export(
    root: Path,
    to: Path,
    assignments: Sequence[str] = (),
    form: Format = Format.csv,
    drop_lowest: int = 0,
    heading: str = "",
) -> tuple[int, int]:
    """Write the grades of the course `root` into the file `to`; return (students' rows, rows with a score).

    assignments: their names; empty for all. drop_lowest: how many of a student's assignments do not count in the total.
    heading: what the other program calls the assignment; default: its name.
    Raises CourseError if an assignment is unknown, if the format takes one assignment and `assignments` has not exactly
    one, or if it has no such option; OSError if `to` cannot be written.
    """
    options: dict[str, Any] = {}
    for name, value, (about, forms) in (("drop_lowest", drop_lowest, DROP_LOWEST), ("heading", heading, HEADING)):
        if value and form not in forms:
            option = name.replace("_", "-")
            raise CourseError(f"--{option} is about {about}; add --format {' or '.join(forms)}.")
        if value:
            options[name] = value
    from autograder.gradebook.lateness import settle  # imports nbgrader, which `--help` does not need

    settle(root, assignments)  # points given by hand since then move a penalty
    return importlib.import_module(f"autograder.export.as_{form}").export(root, to, assignments, **options)
