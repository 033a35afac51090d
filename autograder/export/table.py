"""Write a class as CSV: a row per student, a column per exercise."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nbgrader.utils import parse_utc
from traitlets.config import Config

from autograder.export.class_data import Class, Student
from autograder.export.csv_file import write_csv

BEFORE = (
    *("student_id", "last_name", "first_name", "email", "status", "reason", "attempt", "timestamp"),
    *("score", "raw_score", "late_submission_penalty", "max_score"),
)


AFTER = ("seed", "sandbox", "digest", "versions")


def write_table(path: Path, about: Class, attempts: dict[str, int]) -> None:
    """Write a row a student and a column an exercise. attempts: by student. Raises OSError where it cannot."""
    names = [exercise.name for exercise in about.exercises]
    write_csv(path, [*BEFORE, *names, *AFTER], [_row(student, names, attempts) for student in about.students])


def attempts(config: Config, about: Class) -> dict[str, int]:
    """Return which submission of a student was graded, counted from 1; none where the exchange does not have it."""
    inbound = Path(config.Exchange.root) / config.CourseDirectory.course_id / "inbound"
    handed_in: dict[str, list] = {}
    for student, when in _submissions(inbound, about.assignment):
        handed_in.setdefault(student, []).append(when)
    graded = {s.name: parse_utc(s.result.submitted) for s in about.students if s.result and s.result.submitted}
    counts = {name: sum(when <= graded[name] for when in handed_in.get(name, ())) for name in graded}
    return {name: count for name, count in counts.items() if count}


def _submissions(inbound: Path, assignment: str) -> Iterator[tuple[str, Any]]:
    """Yield (student, time) of each submission in the exchange, whose folders are STUDENT+ASSIGNMENT+TIME+RANDOM."""
    for folder in inbound.glob(f"*+{assignment}+*"):
        student, _, when = folder.name.rsplit("+", 3)[:3]
        yield student, parse_utc(when)


def _row(student: Student, exercises: list[str], attempts: dict[str, int]) -> dict[str, Any]:
    result = student.result
    row = {name: student.line[name] for name in BEFORE if name in student.line}
    row |= {"attempt": attempts.get(student.name, "")}
    if result:
        row |= {"seed": result.seed, "sandbox": result.sandbox, "digest": result.digest, "versions": result.versions}
        row |= {name: result.exercises[name]["score"] for name in exercises if name in result.exercises}
    return row
