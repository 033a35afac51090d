"""One assignment as Canvas imports it (`--format canvas`)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from autograder.export.class_data import Student, only_one, read_class
from autograder.export.csv_file import write_csv

COLUMNS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")

# Canvas knows the row with the points of the assignment by this name.
POINTS = "Points Possible"


def export(root: Path, to: Path, assignments: Sequence[str], heading: str = "") -> tuple[int, int]:
    """Write what the gradebook of Canvas imports; return (students' rows, rows with a score).

    heading: of the column of scores, as Canvas's own export has it: `Title (number)`; default: the assignment's name. A
    student without a score has an empty cell. Raises CourseError as `read_class` does, and if `assignments` has not
    exactly one; OSError if `to` cannot be written.
    """
    about = read_class(root, only_one(assignments))
    column = heading or about.assignment
    first = {"Student": f"    {POINTS}", column: f"{about.max_score:g}"}
    rows = [
        {
            "Student": _name(student),
            "ID": student.lms_id,
            "SIS Login ID": student.name,
            column: student.row["score"],
        }
        for student in about.students
    ]
    write_csv(to, [*COLUMNS, column], [first, *rows], identifiers=("ID", "SIS Login ID"))
    return len(rows), sum(row[column] != "" for row in rows)


def _name(student: Student) -> str:
    """Return a student's name in one line, or the login where Canvas would take the name for that of the first row."""
    name = " ".join(student.full_name.split())
    return student.name if POINTS.lower() in name.lower() else name
