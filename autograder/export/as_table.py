"""One assignment as CSV (`--format table`): exercises as columns, and what reproduces a grade."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from nbgrader.utils import parse_utc
from traitlets.config import Config

from autograder.export.class_data import Class, Student, only_one, read_class
from autograder.export.csv_file import write_csv
from autograder.settings import nbgrader_config

# The columns before and after those of the exercises.
BEFORE = (
    *("student_id", "last_name", "first_name", "email", "section"),
    *("status", "reason", "remarks", "attempt", "timestamp"),
    *("extension_until", "late", "seconds_late"),
    *("score", "raw_score", "late_submission_penalty", "max_score"),
)
AFTER = ("sandbox", "digest", "versions")


def export(root: Path, to: Path, assignments: Sequence[str]) -> tuple[int, int]:
    """Write the table of a class; return (rows, rows with a score).

    Raises CourseError as `read_class` does, and if `assignments` has not exactly one; OSError if `to` cannot be
    written.
    """
    about = read_class(root, only_one(assignments))
    counts = attempts(nbgrader_config(root), about)
    names = [exercise.name for exercise in about.exercises]
    rows = [_row(student, names, counts) for student in about.students]
    write_csv(to, [*BEFORE, *names, *AFTER], rows)
    return len(rows), sum(row["score"] != "" for row in rows)


def attempts(config: Config, about: Class) -> dict[str, int]:
    """Return {student: number of the attempt that was graded}, counted from 1.

    Students whose attempts are not in the exchange are left out.
    """
    inbound = Path(config.Exchange.root) / config.CourseDirectory.course_id / "inbound"
    submitted: dict[str, list[datetime]] = {}
    for student, when in _submissions(inbound, about.assignment):
        submitted.setdefault(student, []).append(when)
    graded = {s.name: parse_utc(s.result.submitted) for s in about.students if s.result and s.result.submitted}
    counts = {name: sum(when <= graded[name] for when in submitted.get(name, ())) for name in graded}
    return {name: count for name, count in counts.items() if count}


def _submissions(inbound: Path, assignment: str) -> Iterator[tuple[str, datetime]]:
    """Yield (student, time) of each submission in the exchange, whose folders are STUDENT+ASSIGNMENT+TIME+RANDOM."""
    for folder in inbound.glob(f"*+{assignment}+*"):
        student, _, when = folder.name.rsplit("+", 3)[:3]
        yield student, parse_utc(when)


def _row(student: Student, exercises: list[str], attempts: dict[str, int]) -> dict[str, Any]:
    result = student.result
    row = {name: student.row[name] for name in BEFORE if name in student.row}
    row |= {"attempt": attempts.get(student.name, "")}
    if result:
        row |= {"sandbox": result.sandbox, "digest": result.digest, "versions": result.versions}
        row |= {name: result.exercises[name].score for name in exercises if name in result.exercises}
    return row
