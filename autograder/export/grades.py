"""`autograder export`: all grades as CSV, in which a submission without a grade is no 0.

nbgrader's own exporter writes 0.0 for whoever has no row in the gradebook: nothing was handed in, or nobody could read
it, or the trouble was ours. Here each line has a status, and a score only where there is one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from nbgrader.api import Assignment, Gradebook, Student, SubmittedAssignment
from nbgrader.coursedir import CourseDirectory
from nbgrader.plugins import ExportPlugin

from autograder.engine import results
from autograder.engine.results import Result
from autograder.engine.submission import timestamp
from autograder.errors import CourseError
from autograder.export.csv_file import write_csv
from autograder.gradebook.nbgrader_course import Course

FIELDS = (
    *("assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email", "status", "reason"),
    *("raw_score", "late_submission_penalty", "score", "max_score"),
)
NOTHING, NOT_GRADED, NEWER = "nothing submitted", "not graded", "handed in again since it was graded"
WAITS = "waits for manual grading"


class CsvWithStatus(ExportPlugin):
    """What `nbgrader export` runs with this course's settings; writes grades.csv where no `--to` is given."""

    def export(self, gradebook: Gradebook) -> None:
        """Write the file. Raises OSError where that cannot be done."""
        root = Path(CourseDirectory(parent=self).root)
        lines = list(grade_lines(root, gradebook, self.assignment, self.student))
        write_csv(Path(self.to or "grades.csv"), FIELDS, lines)


def export(root: Path, to: Path, assignments: Sequence[str] = ()) -> tuple[int, int]:
    """Write the grades of `assignments`, or of all, into the file `to`; return how many lines, and with a score.

    Raises CourseError where the gradebook knows no such assignment, OSError where `to` cannot be written.
    """
    with Course(root).gradebook() as gradebook:
        known = [assignment.name for assignment in gradebook.assignments]
        for name in assignments:
            if name not in known:
                raise CourseError(f"the gradebook has no assignment {name}; it has {', '.join(known) or 'none'}.")
        lines = list(grade_lines(root, gradebook, assignments))
    write_csv(to, FIELDS, lines)
    return len(lines), sum(line["score"] != "" for line in lines)


def grade_lines(
    root: Path, gradebook: Gradebook, assignments: Sequence[str], students: Sequence[str] = ()
) -> Iterator[dict[str, Any]]:
    """Yield a line, by FIELDS, for each student of each assignment; an empty list stands for all."""
    for assignment in gradebook.assignments:
        if assignments and assignment.name not in assignments:
            continue
        rows = {row.student_id: row for row in assignment.submissions}
        enrolled = {student.id: student for student in gradebook.students}
        folders = {path.parent.name: path for path in root.glob(f"submitted/*/{assignment.name}") if path.is_dir()}
        for name in sorted(enrolled.keys() | folders.keys()):
            if not students or name in students:
                result = results.load(root, assignment.name, name)
                status = _status(folders.get(name), rows.get(name), result)
                yield _line(assignment, name, enrolled.get(name), rows.get(name), result, status)


def _line(
    assignment: Assignment,
    name: str,
    student: Student | None,
    row: SubmittedAssignment | None,
    result: Result | None,
    status: str,
) -> dict[str, Any]:
    line = dict.fromkeys(FIELDS, "") | {
        "assignment": assignment.name,
        "duedate": assignment.duedate or "",
        "timestamp": (row and row.timestamp) or (result and result.submitted) or "",
        "student_id": name,
        "status": status,
        "reason": result.reason if result and result.status == status else "",
        "max_score": assignment.max_score,
    }
    if student:
        line |= {field: getattr(student, field) or "" for field in ("last_name", "first_name", "email")}
    if row and status in (results.GRADED, results.CRASHED):
        penalty = row.late_submission_penalty
        line |= {"raw_score": row.score, "late_submission_penalty": penalty, "score": max(0.0, row.score - penalty)}
    return line


def _status(folder: Path | None, row: SubmittedAssignment | None, result: Result | None) -> str:
    """Say what became of what is in `folder`, by the gradebook's row and the engine's result, where there are such."""
    if folder and result and timestamp(folder) != result.submitted:
        return NEWER
    if result and not result.is_graded and not (row and _is_all_by_hand(row)):
        return result.status
    if row is None:
        return NOT_GRADED if folder else NOTHING
    if row.needs_manual_grade:
        return WAITS
    return result.status if result and result.is_graded else results.GRADED


def _is_all_by_hand(row: SubmittedAssignment) -> bool:
    return all(grade.manual_score is not None for notebook in row.notebooks for grade in notebook.grades)
