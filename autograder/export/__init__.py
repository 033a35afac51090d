"""Write grades for other systems.

A format is a module `as_NAME` with a function `export(root, to, assignments)`, and one line in Format.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path

from autograder.errors import CourseError
from autograder.gradebook.lateness import settle


class Format(StrEnum):
    """The formats of `autograder export --format`."""

    csv = "csv", "all assignments, one row per student and assignment"
    course = "course", "all assignments, one row per student with a total"
    table = "table", "one assignment, with its exercises and what reproduces a grade"
    canvas = "canvas", "one assignment, as Canvas imports it"

    about: str

    def __new__(cls, name: str, about: str) -> Format:
        """Make a format whose value is its name; `about` is its line in the help of the command."""
        form = str.__new__(cls, name)
        form._value_, form.about = name, about
        return form


def export(
    root: Path, to: Path, assignments: Sequence[str] = (), form: Format = Format.csv, drop_lowest: int = 0
) -> tuple[int, int]:
    """Write the grades of the course `root` into the file `to`; return (students' rows, rows with a score).

    assignments: their names; empty for all. drop_lowest: how many of a student's assignments do not count in the total.
    Raises CourseError if an assignment is unknown, or if the format takes one assignment and `assignments` has not
    exactly one; OSError if `to` cannot be written.
    """
    settle(root, assignments)  # points given by hand since then move a penalty
    write = importlib.import_module(f"autograder.export.as_{form}").export
    if not drop_lowest:
        return write(root, to, assignments)
    if form != Format.course:
        raise CourseError("--drop-lowest is about the total of the course; add --format course.")
    return write(root, to, assignments, drop_lowest)
