"""All grades as CSV (`--format csv`), also for `nbgrader export`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.plugins import ExportPlugin

from autograder.errors import CourseError
from autograder.export.csv_file import write_csv
from autograder.export.grades import FIELDS, grade_rows
from autograder.gradebook.nbgrader_course import Course
from autograder.gradebook.rows import AssignmentRow


class CsvWithStatus(ExportPlugin):
    """The exporter of `nbgrader export` with this course's settings. Without `--to` it writes grades.csv."""

    def export(self, gradebook: Gradebook) -> None:
        """Write the file. Raises OSError if that fails."""
        root = Path(CourseDirectory(parent=self).root)
        rows = list(grade_rows(root, gradebook, self.assignment, self.student))
        write_csv(Path(self.to or "grades.csv"), FIELDS, rows)


def export(root: Path, to: Path, assignments: Sequence[str] = ()) -> tuple[int, int]:
    """Write the grades of `assignments`, or of all, as CSV; return (rows, rows with a score).

    Raises CourseError if the gradebook has no such assignment, OSError if `to` cannot be written.
    """
    rows = read_rows(root, assignments)
    write_csv(to, FIELDS, rows)
    return len(rows), sum(row["score"] != "" for row in rows)


def read_rows(root: Path, assignments: Sequence[str] = ()) -> list[dict[str, Any]]:
    """Return the rows of `assignments`, or of all. Raises CourseError if the gradebook has no such assignment."""
    with Course(root).gradebook() as gradebook:
        known = [row.name for row in cast(list[AssignmentRow], gradebook.assignments)]
        for name in assignments:
            if name not in known:
                raise CourseError(f"the gradebook has no assignment {name}; it has {', '.join(known) or 'none'}.")
        return list(grade_rows(root, gradebook, assignments))
