"""`deadlines.toml` in the root of a course: read it as data, and change it without losing what a person wrote there."""

from __future__ import annotations

import contextlib
import difflib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.deadlines.moments import in_zone, parse_moment, show, zone_of
from autograder.deadlines.penalty import Of, Penalty, Per
from autograder.errors import CourseError
from autograder.files import replace_text

if TYPE_CHECKING:
    from tomlkit import TOMLDocument

FILE = "deadlines.toml"
HEADER = "# Deadlines of this course. `autograder deadline` and `autograder extend` write it; you may edit it, too.\n"

# The keys of the file, of an assignment in it, and of a penalty.
KEYS = ("zone", "penalty", "assignments")
OF_ASSIGNMENT = ("due", "grace_minutes", "closes", "penalty", "extensions")
OF_PENALTY = ("percent", "per", "of", "cap")


@dataclass(frozen=True)
class Deadline:
    """The deadline of one assignment.

    grace: a submission that is later by no more than this costs nothing. closes: what comes after it counts 0; None:
    never. extensions: {student: until when}; one that ends before the due date changes nothing. penalty: None if being
    late costs nothing. An extension also moves the student's closing time, by as much as the due date.
    """

    due: datetime
    grace: timedelta = timedelta()
    closes: datetime | None = None
    penalty: Penalty | None = None
    extensions: Mapping[str, datetime] = field(default_factory=dict)

    def due_of(self, student: str) -> datetime:
        """Return when the work of `student` is due."""
        return max(self.due, self.extensions.get(student, self.due))

    def closes_of(self, student: str) -> datetime | None:
        """Return after when the work of `student` counts 0; None if never."""
        return self.closes and self.closes + (self.due_of(student) - self.due)


@dataclass(frozen=True)
class Deadlines:
    """All deadlines of a course. zone: of times that people read and write. penalty: for assignments without one."""

    zone: tzinfo = UTC
    penalty: Penalty | None = None
    assignments: Mapping[str, Deadline] = field(default_factory=dict)


def read_deadlines(root: Path) -> Deadlines:
    """Return the deadlines of the course in `root`; there are none without the file.

    Raises CourseError, with the place, if the file is not TOML or a value in it is not what it should be.
    """
    try:
        data = tomllib.loads(_text(root), parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise CourseError(f"{FILE} is not valid TOML ({error}); fix it.") from None
    return _deadlines(data)


@contextlib.contextmanager
def edited_deadlines(root: Path) -> Iterator[TOMLDocument]:
    """Give the file as a document to change; write it when the block ends, if it is still valid.

    Comments and order stay. Raises CourseError as `read_deadlines` does, and then the file is as it was.
    """
    import tomlkit

    read_deadlines(root)
    document = tomlkit.parse(_text(root) or HEADER)
    yield document
    text = tomlkit.dumps(document)
    _deadlines(tomllib.loads(text, parse_float=Decimal))
    replace_text(root / FILE, text)


def _text(root: Path) -> str:
    path = root / FILE
    try:
        return path.read_text(encoding="utf-8") if path.exists() else ""
    except UnicodeDecodeError:
        raise CourseError(f"{FILE} is not in UTF-8; save it so.") from None


def _deadlines(data: dict[str, Any]) -> Deadlines:
    _check_keys(data, KEYS, "")
    zone = zone_of(_typed(data.get("zone", "UTC"), str, "zone", "the name of a time zone"))
    general = _penalty(data.get("penalty"), "penalty")
    known = _typed(data.get("assignments", {}), dict, "assignments", "a table")
    return Deadlines(zone, general, {name: _deadline(name, about, zone, general) for name, about in known.items()})


def _deadline(name: str, about: Any, zone: tzinfo, general: Penalty | None) -> Deadline:
    place = f"assignments.{name}"
    _check_keys(_typed(about, dict, place, "a table"), OF_ASSIGNMENT, f"{place}.")
    if "due" not in about:
        raise CourseError(f"{FILE}: {place} has no due; set it, or remove the assignment.")
    due = _moment(about["due"], zone, f"{place}.due")
    minutes = _number(about.get("grace_minutes", 0), f"{place}.grace_minutes", 60 * 24 * 365)
    closes = _moment(about["closes"], zone, f"{place}.closes") if "closes" in about else None
    given = _typed(about.get("extensions", {}), dict, f"{place}.extensions", "a table")
    extensions = {student: _moment(until, zone, f"{place}.extensions.{student}") for student, until in given.items()}
    if closes and closes < due:
        raise CourseError(
            f"{FILE}: {place}.closes is {show(closes, zone)}, before the due date {show(due, zone)}; it must be later."
        )
    penalty = _penalty(about["penalty"], f"{place}.penalty") if "penalty" in about else general
    return Deadline(due, timedelta(minutes=float(minutes)), closes, penalty, extensions)


def _penalty(about: Any, place: str) -> Penalty | None:
    if about is None:
        return None
    _check_keys(_typed(about, dict, place, "a table"), OF_PENALTY, f"{place}.")
    if "percent" not in about:
        raise CourseError(f"{FILE}: {place} has no percent; set it, 0 for no penalty.")
    per, of = about.get("per", Per.day), about.get("of", Of.score)
    for key, value, choices in (("per", per, Per), ("of", of, Of)):
        if value not in list(choices):
            raise CourseError(f"{FILE}: {place}.{key} is {value!r}; it must be one of {', '.join(choices)}.")
    percent = _number(about["percent"], f"{place}.percent", 100)
    return Penalty(percent, Per(per), Of(of), _number(about.get("cap", 100), f"{place}.cap", 100))


def _moment(value: Any, zone: tzinfo, place: str) -> datetime:
    try:
        if isinstance(value, str):
            return parse_moment(value, zone)
        return in_zone(_typed(value, date, place, "a date, such as 2026-11-01 23:59:00"), zone)
    except CourseError as error:
        raise error if str(error).startswith(FILE) else CourseError(f"{FILE}: {place}: {error}") from None


def _number(value: Any, place: str, most: int) -> Decimal:
    is_number = isinstance(value, (int, Decimal)) and not isinstance(value, bool)
    if not is_number or not Decimal(value).is_finite() or not 0 <= value <= most:
        raise CourseError(f"{FILE}: {place} is {value}; it must be a number from 0 to {most}.")
    return Decimal(value)


def _typed(value: Any, kind: type, place: str, words: str) -> Any:
    if not isinstance(value, kind):
        raise CourseError(f"{FILE}: {place} is {value!r}; it must be {words}.")
    return value


def _check_keys(table: dict[str, Any], known: tuple[str, ...], place: str) -> None:
    for key in table:
        if key not in known:
            nearest = difflib.get_close_matches(key, known, n=1)
            which = f"did you mean {nearest[0]}?" if nearest else f"there are {', '.join(known)}."
            raise CourseError(f"{FILE} sets {place}{key}, which is not a setting; {which}")
