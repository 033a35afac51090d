"""One assignment as Brightspace imports it (`--format brightspace`).

The form is that of its sample file: https://community.d2l.com/brightspace/kb/articles/3538-importing-grades
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from autograder.export.class_data import only_one, read_class
from autograder.export.lms import scored, write_import

END = "End-of-Line Indicator"


def export(root: Path, to: Path, assignments: Sequence[str], heading: str = "") -> tuple[int, int]:
    """Write username and points of each student who has a score; return (rows, rows with a score).

    heading: the name of the grade item; default: the assignment's name. Brightspace finds the item by the words before
    "Points Grade", and cuts points off at the item's maximum.
    Raises CourseError as `read_class` does, and if `assignments` has not exactly one; OSError if `to` cannot be
    written.
    """
    about = read_class(root, only_one(assignments))
    column = f"{heading or about.assignment} Points Grade"
    rows = [{"Username": student.name, column: score, END: "#"} for student, score in scored(about)]
    write_import(to, ("Username", column, END), rows)
    return len(rows), len(rows)
