"""The grades of a course as rows, in which a submission without a grade is not a 0.

nbgrader's own exporter writes 0.0 for every student without a row in the gradebook: if nothing was submitted, if the
notebook could not be read, or if grading failed. Here each row has a status, and a score only if there is one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC
from pathlib import Path
from typing import Any, cast

from nbgrader.api import Gradebook

from autograder.deadlines.course_file import read_deadlines
from autograder.engine import results
from autograder.engine.results import Result, Status
from autograder.engine.submission import timestamp
from autograder.gradebook.lateness import Lateness, lateness
from autograder.gradebook.rows import AssignmentRow, StudentRow, SubmissionRow
from autograder.gradebook.sections import read_sections
from autograder.sentences import capitalized

FIELDS = (
    *("assignment", "duedate", "extension_until", "timestamp", "student_id", "last_name", "first_name", "email"),
    *("section", "status", "reason", "remarks", "late", "seconds_late"),
    *("raw_score", "late_submission_penalty", "score", "max_score"),
)

# The status of what has no result of the engine.
NOTHING, NOT_GRADED, NEWER = "nothing submitted", "not graded", "handed in again since it was graded"
WAITS = "waits for manual grading"
OUTDATED = "graded before the assignment was changed"


def grade_rows(
    root: Path, gradebook: Gradebook, assignments: Sequence[str], students: Sequence[str] = ()
) -> Iterator[dict[str, Any]]:
    """Yield one row, a value per name in FIELDS, for each student of each assignment. Empty lists stand for all.

    Raises CourseError if `deadlines.toml` or `sections.csv` cannot be read.
    """
    deadlines, sections = read_deadlines(root), read_sections(root)
    enrolled = {student.id: student for student in cast(list[StudentRow], gradebook.students)}
    for assignment in cast(list[AssignmentRow], gradebook.assignments):
        if assignments and assignment.name not in assignments:
            continue
        submissions = {row.student_id: row for row in assignment.submissions}
        points = {
            name: cell.max_score
            for notebook in assignment.notebooks
            for cell in (*notebook.grade_cells, *notebook.task_cells)
            for name in (cell.name, f"{notebook.name}/{cell.name}")
        }
        folders = {path.parent.name: path for path in root.glob(f"submitted/*/{assignment.name}") if path.is_dir()}
        for name in sorted(enrolled.keys() | folders.keys()):
            if not students or name in students:
                result = results.load(root, assignment.name, name)
                status = _status(folders.get(name), submissions.get(name), result)
                if (
                    result
                    and status in (Status.GRADED, Status.CRASHED, WAITS)
                    and _is_outdated(assignment, points, result)
                ):
                    status = OUTDATED
                handed_in = timestamp(folders[name]) if name in folders else result and result.submitted
                late = lateness(deadlines, assignment, name, submissions.get(name), handed_in)
                row = _row(assignment, name, enrolled.get(name), submissions.get(name), result, status)
                yield row | _late_columns(late) | {"section": sections.get(name, "")}


def _row(
    assignment: AssignmentRow,
    name: str,
    student: StudentRow | None,
    submission: SubmissionRow | None,
    result: Result | None,
    status: str,
) -> dict[str, Any]:
    row = dict.fromkeys(FIELDS, "") | {
        "assignment": assignment.name,
        "duedate": assignment.duedate or "",
        "timestamp": (submission and submission.timestamp) or (result and result.submitted) or "",
        "student_id": name,
        "status": status,
        "reason": result.reason if result and _is_of(result, status) else "",
        "remarks": " ".join(map(capitalized, result.remarks)) if result and _is_of(result, status) else "",
        "max_score": assignment.max_score,
    }
    if status == OUTDATED:
        row["reason"] = f"run `autograder grade {assignment.name} --regrade`."
    if student:
        row |= {field: getattr(student, field) or "" for field in ("last_name", "first_name", "email")}
    if submission and status in (Status.GRADED, Status.CRASHED):
        raw, penalty = submission.score, submission.late_submission_penalty
        row |= {"raw_score": raw, "late_submission_penalty": penalty, "score": net_score(raw, penalty)}
    return row


def _is_of(result: Result, status: str) -> bool:
    """Return whether a result belongs to the submission that has this status, and not to an earlier one."""
    return status in (result.status, WAITS)


def net_score(score: float, penalty: float) -> float:
    """Return the points after the penalty, without the last digits in which binary fractions miss decimal ones."""
    return round(max(0.0, score - penalty), 9)


def _late_columns(late: Lateness) -> dict[str, Any]:
    """Return the columns on lateness; `seconds_late` is empty where there is no due date."""
    until = late.extension.astimezone(UTC).replace(tzinfo=None) if late.extension else ""
    return {"extension_until": until, "late": str(late), "seconds_late": late.seconds if late.due else ""}


def _status(folder: Path | None, submission: SubmissionRow | None, result: Result | None) -> str:
    """Return what became of the submission in `folder`, by the gradebook's row and the engine's result, if any."""
    if folder and result and timestamp(folder) != result.submitted:
        return NEWER
    if result and not result.is_graded and not (submission and _is_graded_by_hand(submission)):
        return result.status
    if submission is None:
        return NOT_GRADED if folder else NOTHING
    if submission.needs_manual_grade:
        return WAITS
    return result.status if result and result.is_graded else Status.GRADED


def _is_outdated(assignment: AssignmentRow, points: dict[str, float], result: Result) -> bool:
    """Return whether a result has other checks or points than the gradebook now knows.

    points: by grade_id, and by NOTEBOOK/grade_id. Of a notebook by which nobody is graded the gradebook may know none.
    """
    made = {name: check.max_score for name, check in result.checks.items()}
    is_whole = not result.not_graded
    is_other = is_whole and result.max_score != assignment.max_score
    return is_other or any(points.get(name) != most for name, most in made.items())


def _is_graded_by_hand(submission: SubmissionRow) -> bool:
    return all(grade.manual_score is not None for notebook in submission.notebooks for grade in notebook.grades)
