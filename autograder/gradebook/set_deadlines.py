"""`autograder deadline` and `autograder extend`: change `deadlines.toml`, the gradebook with it, and say it back."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, cast

from autograder.deadlines.course_file import Deadline, Deadlines, edited_deadlines, read_deadlines
from autograder.deadlines.moments import duration, parse_moment, show_fully, zone_of
from autograder.deadlines.penalty import Of, Per
from autograder.errors import CourseError
from autograder.gradebook.lateness import settle
from autograder.gradebook.nbgrader_course import Course
from autograder.gradebook.rows import StudentRow
from autograder.paths import assignments, require_assignment

NEVER = "never"


@dataclass(frozen=True)
class DeadlineChange:
    """What `autograder deadline` is asked to change; None: leave it as it is. grace: minutes."""

    due: str | None = None
    grace: int | None = None
    closes: str | None = None
    percent: str | None = None
    per: Per | None = None
    of: Of | None = None
    cap: str | None = None
    zone: str | None = None
    remove: bool = False

    @property
    def penalty(self) -> dict[str, Any]:
        """What is set in a table `penalty` of the file. Raises CourseError if a number is none."""
        known = {"per": self.per and str(self.per), "of": self.of and str(self.of)}
        numbers = {"percent": self.percent, "cap": self.cap}
        known |= {key: _number(key, value) for key, value in numbers.items() if value is not None}
        return {key: value for key, value in known.items() if value is not None}


@dataclass(frozen=True)
class Extension:
    """What `autograder extend` is asked for: until a moment, or for a time after the due date, or none any more."""

    until: str | None = None
    days: int = 0
    hours: int = 0
    remove: bool = False


def set_deadline(root: Path, assignment: str | None, change: DeadlineChange) -> Iterator[str]:
    """Make `change` to the deadline of `assignment`, or to what holds for the whole course; yield what holds then.

    Raises CourseError if the assignment is unknown, a date cannot be read, or the change makes no sense.
    """
    if assignment is not None and not change.remove:  # a deadline may outlive its assignment
        require_assignment(root, assignment)
    if change != DeadlineChange():
        with edited_deadlines(root) as document:
            if change.zone is not None:
                document["zone"] = str(zone_of(change.zone))
            if assignment is None:
                _change_course(document, change)
            else:
                _change_assignment(document, assignment, change, _zone(root, change))
        concerned = [assignment] if assignment else list(read_deadlines(root).assignments)
        moved = settle(root, concerned, forget=change.remove)
        yield from shown_deadlines(root, assignment)
        yield from _moved(moved)
    else:
        yield from shown_deadlines(root, assignment)


def extend(root: Path, assignment: str, students: Sequence[str], extension: Extension) -> Iterator[str]:
    """Give `students` an extension for `assignment`, or take it back; yield what holds then.

    Raises CourseError if the assignment or a student is unknown, the assignment has no due date, or the extension ends
    before it.
    """
    require_assignment(root, assignment)
    deadlines = read_deadlines(root)
    deadline = deadlines.assignments.get(assignment)
    if deadline is None:
        raise CourseError(f"{assignment} has no due date; set it first: `autograder deadline {assignment} WHEN`.")
    _require_students(root, students)
    until = _until(extension, deadline, deadlines)
    if until is not None and until <= deadline.due:
        raise CourseError(
            f"the extension until {show_fully(until, deadlines.zone)} ends before the work is due, "
            f"{show_fully(deadline.due, deadlines.zone)}; give a later one."
        )
    with edited_deadlines(root) as document:
        table = cast(dict[str, Any], document)["assignments"][assignment].setdefault("extensions", {})
        for student in students:
            if until is None:
                table.pop(student, None)
            else:
                table[student] = until.astimezone(deadlines.zone)
    moved = settle(root, [assignment])
    for student in students:
        due = deadline.due if until is None else until
        with_it = "has no extension any more; due" if until is None else "extension until"
        yield f"{student}: {with_it} {show_fully(due, deadlines.zone)}"
    yield from _moved(moved)


def shown_deadlines(root: Path, assignment: str | None = None) -> Iterator[str]:
    """Yield lines on the deadline of `assignment`, or on all: what was understood, with the day of the week and UTC."""
    deadlines = read_deadlines(root)
    if assignment is None:
        yield f"times are in {deadlines.zone}; late: {deadlines.penalty or 'no penalty'}"
    known, there = deadlines.assignments, assignments(root)
    for name in [assignment] if assignment else list(dict.fromkeys([*there, *known])):
        if name not in known:
            yield f"{name}: no due date"
        else:
            missing = "" if name in there else " (there is no such folder in source/)"
            yield f"{name}{missing}: due {_terms(known[name], deadlines)}"
            for student, until in sorted(known[name].extensions.items()):
                yield f"  {student}: extension until {show_fully(until, deadlines.zone)}"


def _terms(deadline: Deadline, deadlines: Deadlines) -> str:
    parts = [show_fully(deadline.due, deadlines.zone)]
    if deadline.grace:
        parts.append(f"{duration(deadline.grace.total_seconds())} of grace")
    parts.append(f"late: {deadline.penalty or 'no penalty'}")
    if deadline.closes:
        parts.append(f"closes {show_fully(deadline.closes, deadlines.zone)}, later work counts 0")
    return "; ".join(parts)


def _change_course(document: Any, change: DeadlineChange) -> None:
    if change.remove or change.grace is not None or change.closes is not None:
        raise CourseError("--grace, --close and --remove are for one assignment; name it.")
    if change.penalty:
        document.setdefault("penalty", {}).update(change.penalty)


def _change_assignment(document: Any, name: str, change: DeadlineChange, zone: Any) -> None:
    if change.remove:
        if document.get("assignments", {}).pop(name, None) is None:
            raise CourseError(f"{name} has no deadline that could be removed.")
        return
    table = document.setdefault("assignments", {}).setdefault(name, {})
    if change.due is not None:
        table["due"] = parse_moment(change.due, zone)
    elif "due" not in table:
        raise CourseError(f"{name} has no due date; give it, too: `autograder deadline {name} WHEN`.")
    if change.grace is not None:
        table["grace_minutes"] = change.grace
    if change.closes == NEVER:
        table.pop("closes", None)
    elif change.closes is not None:
        table["closes"] = parse_moment(change.closes, zone)
    if change.penalty:
        table.setdefault("penalty", {}).update(change.penalty)


def _zone(root: Path, change: DeadlineChange) -> Any:
    return zone_of(change.zone) if change.zone is not None else read_deadlines(root).zone


def _until(extension: Extension, deadline: Deadline, deadlines: Deadlines) -> datetime | None:
    """Return until when, or None to take an extension back. Raises CourseError unless one way is chosen."""
    length = timedelta(days=extension.days, hours=extension.hours)
    if sum((extension.until is not None, bool(length), extension.remove)) != 1:
        raise CourseError("say until when: --until WHEN, or --days N and --hours N after the due date, or --remove.")
    if extension.remove:
        return None
    if extension.until is not None:
        return parse_moment(extension.until, deadlines.zone)
    # Days are those of the calendar: the same time on another day, also when the clocks change in between.
    later = deadline.due.astimezone(deadlines.zone) + timedelta(days=extension.days)
    return later + timedelta(hours=extension.hours)


def _require_students(root: Path, students: Sequence[str]) -> None:
    with Course(root).gradebook() as gradebook:
        known = {student.id for student in cast(list[StudentRow], gradebook.students)}
    known |= {folder.name for folder in (root / "submitted").glob("*") if folder.is_dir()}
    for student in students:
        if student not in known:
            nearest = difflib.get_close_matches(student, known, n=1)
            advice = f"did you mean {nearest[0]}?" if nearest else "add the class with `autograder roster FILE.csv`."
            raise CourseError(f"there is no student {student} in the gradebook or in submitted/; {advice}")


def _moved(lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield "Penalties that moved:"
        yield from (f"  {line}" for line in lines)


def _number(name: str, text: str) -> int | float:
    try:
        value = Decimal(text.strip().removesuffix("%"))
    except InvalidOperation:
        raise CourseError(f"--{name} is {text!r}; it must be a number from 0 to 100.") from None
    return int(value) if value == value.to_integral() else float(value)
