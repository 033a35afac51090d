"""The class as CSV: a column an exercise, and the shape that Canvas imports."""

from __future__ import annotations

from pathlib import Path

from autograder.export.class_data import Class
from autograder.export.csv_file import write_csv

CANVAS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
POINTS = "Points Possible"
"""What Canvas knows the row by that says how many points there are."""


def write_canvas(path: Path, about: Class) -> None:
    """Write what the gradebook of Canvas imports; a score only where there is one. Raises OSError where it cannot."""
    first = {"Student": f"    {POINTS}", about.assignment: f"{about.max_score:g}"}
    rows = [
        {
            "Student": " ".join(student.full_name.split()),
            "ID": student.lms_id,
            "SIS Login ID": student.name,
            about.assignment: student.line["score"],
        }
        for student in about.students
    ]
    write_csv(path, [*CANVAS, about.assignment], [first, *rows])
