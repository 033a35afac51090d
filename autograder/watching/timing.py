"""Deadlines as the watcher needs them: is an attempt late or closed, and until when is a part of its page not shown.

It reads `deadlines.toml`. A due date that is only in the gradebook is handed in by who has read it there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import cast

from autograder.deadlines.course_file import Deadlines
from autograder.gradebook.lateness import Lateness, lateness
from autograder.gradebook.rows import AssignmentRow
from autograder.watching.attempts import Attempt

# By how much the clocks of two computers may differ, and how late a network's listing may be.
TOLERATED = timedelta(minutes=2)


@dataclass(frozen=True)
class Timing:
    """What the deadlines say of one attempt.

    zone: of times that people read. until: when the work of the last student is due; None without a due date. arrived:
    when it was handed in: the time that it claims, or later, if a listing shows that it was not there then. closes:
    after when nothing of this student is graded; None if never.
    """

    zone: tzinfo
    late: Lateness
    until: datetime | None
    arrived: datetime
    closes: datetime | None

    @property
    def is_closed(self) -> bool:
        """Whether it came after the assignment had closed for its student."""
        return self.closes is not None and self.arrived > self.closes

    def is_all_shown(self, now: float) -> bool:
        """Return whether the work of the last student is due by `now`, in seconds since 1970."""
        return self.until is not None and now > self.until.timestamp()

    def penalty(self, score: float, max_score: float) -> float:
        """Return the points that being late costs, by `deadlines.toml`; 0 for an assignment that is not in it."""
        deadline = self.late.deadline
        if self.late.closed:
            return score
        if deadline is None or deadline.penalty is None or self.late.grace:
            return 0.0
        return min(score, deadline.penalty.points(score, max_score, self.late.seconds))


@dataclass
class _Due:
    name: str
    duedate: datetime | None


def timing(deadlines: Deadlines, due: datetime | None, attempt: Attempt) -> Timing:
    """Return what the deadlines say of `attempt`. due: of the assignment, as the gradebook has it, in UTC, naive."""
    deadline = deadlines.assignments.get(attempt.assignment)
    row = cast(AssignmentRow, _Due(attempt.assignment, due))
    late = lateness(deadlines, row, attempt.student, None, attempt.submitted)
    until = late.due
    if deadline:
        until = max([deadline.due, *deadline.extensions.values()])
    claimed = datetime.fromisoformat(attempt.submitted.replace(" UTC", "+00:00"))
    absent = datetime.fromtimestamp(attempt.absent_at, UTC) - TOLERATED
    closes = deadline.closes_of(attempt.student) if deadline else None
    return Timing(deadlines.zone, late, until, max(claimed, absent), closes)
