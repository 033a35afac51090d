"""One assignment as Canvas imports it (`--format canvas`)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from autograder.export.class_data import only_one, read_class
from autograder.export.csv_file import write_csv

COLUMNS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")

# Canvas knows the row with the points of the assignment by this name.
POINTS = "Points Possible"


def export(root: Path, to: Path, assignments: Sequence[str]) -> tuple[int, int]:
    """Write what the gradebook of Canvas imports; return (students' rows, rows with a score).

    A student without a score has an empty cell. Raises CourseError as `read_class` does, and if `assignments` has not
    exactly one; OSError if `to` cannot be written.
    """
    about = read_class(root, only_one(assignments))
    first = {"Student": f"    {POINTS}", about.assignment: f"{about.max_score:g}"}
    rows = [
        {
            "Student": " ".join(student.full_name.split()),
            "ID": student.lms_id,
            "SIS Login ID": student.name,
            about.assignment: student.row["score"],
        }
        for student in about.students
    ]
    write_csv(to, [*COLUMNS, about.assignment], [first, *rows])
    return len(rows), sum(row[about.assignment] != "" for row in rows)
