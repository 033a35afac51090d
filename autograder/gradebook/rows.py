"""Types of the rows of nbgrader's gradebook.

nbgrader declares its tables without types: to a type checker, `grade.auto_score` is a `Column`, not the number in a
row. So rows are cast to these protocols where they come from nbgrader. They name only what is used here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol


class CellRow(Protocol):
    """A graded cell of a master."""

    name: str
    max_score: float


class GradeRow(Protocol):
    """The points of one submitted cell. `score` is the manual score if there is one, else the automatic one."""

    cell: CellRow
    name: str
    score: float
    max_score: float
    auto_score: float | None
    manual_score: float | None
    needs_manual_grade: bool | None


class CommentRow(Protocol):
    """The comments on one submitted cell. `comment` is the manual one if there is one, else the automatic one."""

    cell: CellRow
    name: str
    comment: str | None
    auto_comment: str | None
    manual_comment: str | None


class NotebookRow(Protocol):
    """A submitted notebook."""

    id: str
    name: str
    score: float
    max_score: float
    late_submission_penalty: float | None
    grades: Sequence[GradeRow]
    comments: Sequence[CommentRow]


class StudentRow(Protocol):
    """A student who is enrolled."""

    id: str
    first_name: str | None
    last_name: str | None
    email: str | None
    lms_user_id: str | None


class SubmissionRow(Protocol):
    """What one student submitted for one assignment. `score` is before the penalty."""

    student_id: str
    student: StudentRow
    timestamp: datetime | None
    extension: timedelta | None
    total_seconds_late: float
    score: float
    max_score: float
    late_submission_penalty: float
    needs_manual_grade: bool
    notebooks: Sequence[NotebookRow]


class MasterRow(Protocol):
    """A notebook of an assignment, with its cells that give points."""

    name: str
    grade_cells: Sequence[CellRow]
    task_cells: Sequence[CellRow]


class AssignmentRow(Protocol):
    """An assignment. `submissions`: one row per student. `notebooks`: its masters."""

    name: str
    duedate: datetime | None
    max_score: float
    submissions: Sequence[SubmissionRow]
    notebooks: Sequence[MasterRow]
