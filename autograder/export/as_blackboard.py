"""One assignment as Blackboard uploads it (`--format blackboard`).

The form is that of the Grade Center's own download: quoted values, the student's user name, and a column that carries
its points and its id.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from autograder.export.class_data import only_one, read_class
from autograder.export.lms import scored, write_import


def export(root: Path, to: Path, assignments: Sequence[str], heading: str = "") -> tuple[int, int]:
    """Write user name and points of each student who has a score; return (rows, rows with a score).

    heading: of the column, as Blackboard's download has it, with its id: `Assignment 2 [Total Pts: 50 Score] |31415`.
    Without it Blackboard makes a new column, of text and of 0 points.
    Raises CourseError as `read_class` does, and if `assignments` has not exactly one; OSError if `to` cannot be
    written.
    """
    about = read_class(root, only_one(assignments))
    column = heading or f"{about.assignment} [Total Pts: {about.max_score:g} Score]"
    rows = [{"Username": student.name, column: score} for student, score in scored(about)]
    write_import(to, ("Username", column), rows, quoted=True)
    return len(rows), len(rows)
