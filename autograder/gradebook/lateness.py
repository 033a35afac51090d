"""Deadlines in nbgrader's gradebook: due dates, extensions and penalties, from `deadlines.toml`.

nbgrader's own way stays in force: it compares the time of a submission with the due date and the extension of its row,
and asks the plugin of `AssignLatePenalties` what being late costs. So `nbgrader autograde`, formgrader's button and
`autograder grade` agree, and a course may name another plugin in `nbgrader_config.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import cast

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.coursedir import CourseDirectory
from nbgrader.plugins import LateSubmissionPlugin
from nbgrader.preprocessors import AssignLatePenalties
from nbgrader.utils import parse_utc
from traitlets.config import Config

from autograder.deadlines.course_file import Deadline, Deadlines, read_deadlines
from autograder.deadlines.moments import duration, show
from autograder.gradebook.database import retry
from autograder.gradebook.rows import AssignmentRow, NotebookRow, SubmissionRow
from autograder.settings import nbgrader_config


class LatePolicy(LateSubmissionPlugin):
    """nbgrader's plugin for late submissions, with the penalties of `deadlines.toml`.

    An assignment without an entry there costs what nbgrader's own setting `LateSubmissionPlugin.penalty_method` says.
    """

    def late_submission_penalty(self, student_id: str, score: float, total_seconds_late: float) -> float | None:
        """Return the points that a late notebook of `student_id` loses; `score`: its points without the penalty."""
        asked_by = cast(AssignLatePenalties, self.parent)
        deadline = read_deadlines(Path(CourseDirectory(parent=self).root)).assignments.get(asked_by.assignment_id)
        if deadline is None:
            return super().late_submission_penalty(student_id, score, total_seconds_late)
        closes = deadline.closes_of(student_id)
        if closes and total_seconds_late > (closes - deadline.due_of(student_id)).total_seconds():
            return score
        if deadline.penalty is None or total_seconds_late <= deadline.grace.total_seconds():
            return 0.0
        maximum = asked_by.gradebook.find_assignment(asked_by.assignment_id).max_score
        return deadline.penalty.points(score, cast(float, maximum), total_seconds_late)


@dataclass(frozen=True)
class Lateness:
    """How the time of one submission compares with its deadline.

    due: of this student, in UTC; None if there is no due date. extension: until when, if the student has one. seconds:
    after the due date; 0 for one in time. grace, closed: whether it is late within the grace, or too late to count.
    deadline: of the assignment, if `deadlines.toml` has it.
    """

    due: datetime | None = None
    extension: datetime | None = None
    seconds: float = 0.0
    grace: bool = False
    closed: bool = False
    deadline: Deadline | None = None

    def __str__(self) -> str:
        """Return "3 h 5 min", with what the rules make of it; empty for a submission in time."""
        if not self.seconds:
            return ""
        rule = ", within the grace" if self.grace else ", after it closed" if self.closed else ""
        return f"{duration(self.seconds)}{rule}"

    def sentences(self, zone: tzinfo, penalty: float, points: float) -> str:
        """Return what a student reads: how late, what it cost, and the extension; empty if nothing is to be said.

        zone: of the times. penalty, points: what it cost, and the points of the assignment; 0 where nothing is graded.
        """
        said = []
        if self.due and self.seconds:
            said.append(f"Handed in {duration(self.seconds)} late; it was due {show(self.due, zone)}.")
            if self.grace:
                said.append("This is within the grace period, so there is no penalty.")
            elif self.closed:
                said.append("The assignment was closed by then, so it counts 0.")
            elif penalty:
                rule = f" ({self.deadline.penalty})" if self.deadline and self.deadline.penalty else ""
                said.append(f"Penalty: {penalty:g} of {points:g} points{rule}.")
            elif points:
                said.append("There is no penalty.")
        if self.extension:
            said.append(f"You have an extension until {show(self.extension, zone)}.")
        return " ".join(said)


def lateness(
    deadlines: Deadlines, assignment: AssignmentRow, student: str, row: SubmissionRow | None, submitted: str | None
) -> Lateness:
    """Return how late a submission is.

    row: of the gradebook, if there is one. submitted: its timestamp as nbgrader wrote it, for what has no row.
    """
    deadline, due, extension = deadlines.assignments.get(assignment.name), assignment.duedate, None
    if deadline:
        due = _naive(deadline.due_of(student))
        extension = deadline.due_of(student) if student in deadline.extensions else None
    elif due and row and row.extension:
        due += row.extension
        extension = due.replace(tzinfo=UTC)
    when = time_of(submitted) or (row.timestamp if row else None)
    if due is None:
        return Lateness()
    seconds = max(0.0, (when - due).total_seconds()) if when else 0.0
    closes = deadline.closes_of(student) if deadline else None
    grace = bool(deadline and 0 < seconds <= deadline.grace.total_seconds())
    closed = bool(closes and when and when > _naive(closes))
    return Lateness(due.replace(tzinfo=UTC), extension, seconds, grace and not closed, closed, deadline)


@retry
def settle(root: Path, assignments: Sequence[str] = (), forget: bool = False) -> list[str]:
    """Bring due dates, extensions and penalties of `assignments`, or of all, in the gradebook up to date.

    forget: first remove the dates that the gradebook has. Returns a line for each penalty that has moved.

    Manual points move a penalty that is a share of the score, and nbgrader does not follow. Assignments that the
    gradebook does not have are left out. Raises CourseError if `deadlines.toml` cannot be read.
    """
    deadlines, config, moved = read_deadlines(root), nbgrader_config(root), list[str]()
    with Gradebook(
        config.CourseDirectory.db_url, config.CourseDirectory.get("course_id", "default_course")
    ) as gradebook:
        for name in assignments or [row.name for row in cast(list[AssignmentRow], gradebook.assignments)]:
            try:
                assignment = cast(AssignmentRow, gradebook.find_assignment(name))
            except MissingEntry:
                continue
            if forget:
                for row in assignment.submissions:
                    row.extension = None  # before the due date, without which nbgrader cannot read an extension
                assignment.duedate = None
            set_dates(deadlines, assignment, assignment.submissions)
            gradebook.db.flush()
            moved += set_penalties(gradebook, config, name, assignment.submissions)
        gradebook.db.commit()
    return moved


def set_dates(deadlines: Deadlines, assignment: AssignmentRow, submissions: Iterable[SubmissionRow]) -> None:
    """Set the due date and the extensions of rows; what `deadlines.toml` does not have stays as nbgrader has it."""
    deadline = deadlines.assignments.get(assignment.name)
    if deadline is None:
        return
    if assignment.duedate != (due := _naive(deadline.due)):
        assignment.duedate = due
    for row in submissions:
        extension = deadline.due_of(row.student_id) - deadline.due or None
        if row.extension != extension:
            row.extension = extension


def set_penalties(
    gradebook: Gradebook, config: Config, assignment: str, submissions: Iterable[SubmissionRow]
) -> list[str]:
    """Set the penalties for late submissions, which the course's plugin computes, as nbgrader does.

    Returns a line for each that has moved.
    """
    moved: list[str] = []
    late = AssignLatePenalties(config=Config(config))
    late.assignment_id, late.gradebook = assignment, gradebook  # what nbgrader itself tells its plugin
    late.init_plugin()
    for submission in submissions:
        if not submission.total_seconds_late and not submission.late_submission_penalty:
            continue  # most of a class: without a query for each notebook
        for notebook in submission.notebooks:
            penalty = _penalty(gradebook, cast(LateSubmissionPlugin, late.plugin_inst), submission, notebook)
            before = notebook.late_submission_penalty
            if before != penalty:
                notebook.late_submission_penalty = penalty
            if (before or 0) != (penalty or 0):
                moved.append(f"{submission.student_id}: penalty {before or 0:g} -> {penalty or 0:g}")
    return moved


def _penalty(
    gradebook: Gradebook, plugin: LateSubmissionPlugin, submission: SubmissionRow, notebook: NotebookRow
) -> float | None:
    if submission.timestamp is None or submission.total_seconds_late <= 0:
        return None
    gradebook.db.refresh(notebook)
    score = notebook.score
    penalty = plugin.late_submission_penalty(submission.student_id, score, submission.total_seconds_late)
    return None if penalty is None else min(max(penalty, 0), score)


def time_of(submitted: str | None) -> datetime | None:
    """Return a submission's timestamp as nbgrader reads it, in UTC and without a zone; None if it cannot be read."""
    try:
        return parse_utc(submitted) if submitted else None
    except (ValueError, OverflowError):  # an invalid timestamp is no reason not to grade
        return None


def _naive(moment: datetime) -> datetime:
    """Return `moment` as nbgrader keeps it: in UTC, without a zone."""
    return moment.astimezone(UTC).replace(tzinfo=None)
