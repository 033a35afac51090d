"""One assignment as Moodle imports it (`--format moodle`).

Read in Moodle's importer (grade/import/csv): "Map from" is a heading of the file, "Map to" a field of the user.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from autograder.export.class_data import only_one, read_class
from autograder.export.lms import scored, write_import


def export(root: Path, to: Path, assignments: Sequence[str], heading: str = "") -> tuple[int, int]:
    """Write username, e-mail address and score of each student who has one; return (rows, rows with a score).

    heading: of the column of scores; default: the assignment's name. Moodle counts a line without an identifier for
    the student of the line before, so identify students by `username`, which no line lacks.
    Raises CourseError as `read_class` does, and if `assignments` has not exactly one; OSError if `to` cannot be
    written.
    """
    about = read_class(root, only_one(assignments))
    column = heading or about.assignment
    rows = [
        {"username": student.name, "email": student.row["email"], column: score} for student, score in scored(about)
    ]
    write_import(to, ("username", "email", column), rows)
    return len(rows), len(rows)
