"""Results of submissions: one JSON file each, in `.results/ASSIGNMENT/STUDENT.json`.

The files come first and the gradebook is filled from them, so a run that was cut off is resumed from here.
"""

from __future__ import annotations

import json
import math
import platform
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from autograder.errors import CourseError
from autograder.files import replace_text

FOLDER = ".results"

# The shape of the files. 1, which had no number: one string of mistakes, joined by " or ". 2: a list of them.
FORMAT = 2


class Status(StrEnum):
    """How a submission ended."""

    GRADED = "graded"
    CRASHED = "graded with crashes"  # some code ended its process or took too long; the rest was graded
    MALFORMED = "malformed"  # no notebook can be read
    MISSING = "missing"  # there is no notebook
    ERROR = "error"  # the failure was the autograder's or the machine's, not the student's


@dataclass
class CheckResult:
    """What one check cell gave.

    message: what the check says of the answer; empty where it passed. check_crashed: the check ended in an error that
    it did not raise itself. is_beside: the check ran in the student's process, which could have made up the verdict.
    stderr_mattered: the check passed and wrote to stderr, for which nbgrader gives no points.
    """

    score: float
    max_score: float
    message: str = ""
    check_crashed: bool = False
    is_beside: bool = False
    stderr_mattered: bool = False


@dataclass
class ExerciseResult:
    """What the checks of one exercise gave together.

    message: of the first check that failed; empty where all passed. mistakes: the names of the catalogue's mistake that
    was made, or of the few that give the same replies; empty where none is known. why_unnamed: why none is.
    """

    score: float
    max_score: float
    message: str = ""
    mistakes: list[str] = field(default_factory=list[str])
    why_unnamed: str = ""


@dataclass
class Result:
    """The result of one submission.

    reason: a sentence; empty where all went well. score: None, and `exercises` empty, where nothing was graded.
    seconds: wall clock. cpu_seconds: of the judge. worker_cpu_seconds: of the student's side.
    sandbox: the isolation level. submitted: the submission's timestamp, as handed in.
    exercises, checks: by the name of the exercise and the grade_id of the check cell.
    unanswered: exercises whose answer cell is as it was released. waiting: answers that a person is to read; their
    points are in max_score, and no part of the score. not_graded: why, by exercise, where the master's own answer
    failed; its checks are among `waiting`. digest: of all that the score depends on. versions: of Python and the
    libraries that it was made with.
    """

    student: str
    assignment: str
    status: Status
    reason: str = ""
    score: float | None = None
    max_score: float = 0.0
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    worker_cpu_seconds: float = 0.0
    sandbox: str = ""
    seed: int = 0
    submitted: str = ""
    digest: str = ""
    versions: str = ""
    remarks: list[str] = field(default_factory=list[str])
    unanswered: list[str] = field(default_factory=list[str])
    waiting: list[str] = field(default_factory=list[str])
    not_graded: dict[str, str] = field(default_factory=dict[str, str])
    exercises: dict[str, ExerciseResult] = field(default_factory=dict[str, ExerciseResult])
    checks: dict[str, CheckResult] = field(default_factory=dict[str, CheckResult])

    @property
    def is_graded(self) -> bool:
        """Whether there is a score."""
        return self.status in (Status.GRADED, Status.CRASHED)

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain data, with the number of its format."""
        return {"format": FORMAT} | asdict(self)


class UnreadableResult(CourseError):
    """A result was kept and cannot be read. The text names the file, and says what to do."""


@cache
def versions() -> str:
    """Return the versions of what decides about a score here, such as "python 3.11.7; torch 2.13.0; numpy 2.4.0"."""
    libraries = (f"{name} {version(name)}" for name in ("torch", "numpy", "nbgrader"))
    return "; ".join([f"python {platform.python_version()}", *libraries])


def path_of(root: Path, assignment: str, student: str) -> Path:
    """Return where the result of a submission is kept in the course `root`."""
    return root / FOLDER / assignment / f"{student}.json"


def to_json(results: Result | Iterable[Result]) -> str:
    """Return a result, or a list of results, as JSON."""
    plain = results.to_dict() if isinstance(results, Result) else [result.to_dict() for result in results]
    return json.dumps(plain, indent=1) + "\n"


def from_dict(plain: Any) -> Result:
    """Return the result that `to_dict` has made plain data of, in this or an earlier version of the autograder.

    Raises ValueError where it is not a result, or in a format that is not known here.
    """
    if not isinstance(plain, dict):
        raise ValueError("it is not an object")
    values: dict[str, Any] = dict(plain)  # pyright: ignore[reportUnknownArgumentType] - JSON, judged field by field below
    number = values.pop("format", 1)
    if number not in (1, FORMAT):
        raise ValueError(f"it is in format {number}, and this autograder knows formats up to {FORMAT}")
    try:
        if number == 1:
            values = _from_format_1(values)
        values["status"] = Status(values["status"])
        values["exercises"] = {name: ExerciseResult(**about) for name, about in values["exercises"].items()}
        values["checks"] = {name: CheckResult(**about) for name, about in values["checks"].items()}
        result = Result(**values)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"a field is missing, unknown or of another kind: {error}") from None
    _check_fields(result)
    return result


def _from_format_1(values: dict[str, Any]) -> dict[str, Any]:
    """Bring a result of format 1 into the shape of format 2."""
    exercises: dict[str, Any] = {}
    checks: dict[str, Any] = {}
    for name, about in values["exercises"].items():
        rest = {key: value for key, value in about.items() if key not in ("mistake", "unnamed")}
        joined: str = about.get("mistake") or ""
        mistakes = joined.split(" or ") if joined else []
        exercises[name] = rest | {"mistakes": mistakes, "why_unnamed": about.get("unnamed", "")}
    for name, about in values["checks"].items():
        rest = {key: value for key, value in about.items() if key != "broke"}
        checks[name] = rest | {"check_crashed": about.get("broke", False)}
    return values | {"exercises": exercises, "checks": checks}


_KINDS: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "bool": (bool,),
    "int": (int,),
    "float": (int, float),
    "float | None": (int, float, type(None)),
    "Status": (Status,),
    "list[str]": (list,),
    "dict[str, str]": (dict,),
    "dict[str, ExerciseResult]": (dict,),
    "dict[str, CheckResult]": (dict,),
}


def _check_fields(result: Result) -> None:
    """Raise ValueError where a field of a result is of another kind than it is declared to be."""
    for about in (result, *result.exercises.values(), *result.checks.values()):
        for known in fields(about):
            if not isinstance(getattr(about, known.name), _KINDS[str(known.type)]):
                raise ValueError(f"{known.name} is not of the kind {known.type}")
    if result.is_graded and result.score is None:
        raise ValueError("it is graded and has no score")
    _check_points(result)


def _check_points(result: Result) -> None:
    """Raise ValueError where points are none, or do not add up: a result file may have been edited, or cut."""
    parts = (("the submission", result), *result.exercises.items(), *result.checks.items())
    for name, about in parts:
        score = 0.0 if about.score is None else about.score
        if not (math.isfinite(about.max_score) and 0 <= score <= about.max_score):
            raise ValueError(f"{name} has {score:g} of {about.max_score:g} points")
    total = sum(exercise.score for exercise in result.exercises.values())
    if result.exercises and result.score is not None and not math.isclose(total, result.score, abs_tol=1e-6):
        raise ValueError(f"its exercises have {total:g} points together, and it says {result.score:g}")
    lists: list[list[Any]] = [
        result.remarks,
        result.unanswered,
        result.waiting,
        list(result.not_graded.values()),
        *(e.mistakes for e in result.exercises.values()),
    ]
    if not all(isinstance(text, str) for texts in lists for text in texts):
        raise ValueError("a list holds something other than texts")


def save(root: Path, result: Result) -> None:
    """Write a result so that a reader finds the old one or the new one, never half of one."""
    path = path_of(root, result.assignment, result.student)
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_text(path, to_json(result), private=True)


def load(root: Path, assignment: str, student: str) -> Result | None:
    """Return the kept result of a submission; None where there is none.

    Raises UnreadableResult where the file is damaged, or in a format that is not known here.
    """
    path = path_of(root, assignment, student)
    try:
        return from_dict(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (ValueError, RecursionError, OSError) as error:
        raise UnreadableResult(
            f"{path} cannot be read as a result ({error}); grade {student} again, or restore the file."
        ) from None


def load_class(root: Path, assignment: str, students: Iterable[str]) -> tuple[dict[str, Result], dict[str, str]]:
    """Return the kept results of `students`, and of those that cannot be read the sentence that says so."""
    kept: dict[str, Result] = {}
    unreadable: dict[str, str] = {}
    for student in students:
        try:
            result = load(root, assignment, student)
        except UnreadableResult as error:
            unreadable[student] = str(error)
        else:
            if result is not None:
                kept[student] = result
    return kept, unreadable


def score_changes(before: Result, after: Result) -> Iterator[str]:
    """Yield what a regrade changed, in a line; nothing where score and status are as they were."""
    if before.score is not None and after.score is not None:
        if before.score != after.score:
            change = f"{before.score:g} -> {after.score:g} ({after.score - before.score:+g})"
            yield f"{after.student}: {change}; {_changed_checks(before, after)}"
    elif before.status != after.status:
        taken_back = before.is_graded and after.status in (Status.MALFORMED, Status.MISSING)
        also = "; the points of the earlier submission are taken back" if taken_back else ""
        yield f"{after.student}: {_short(before)} -> {_short(after)}{also}"


def _changed_checks(before: Result, after: Result) -> str:
    old = {name: check.score for name, check in before.checks.items()}
    new = {name: check.score for name, check in after.checks.items()}
    pairs = {name: (old.get(name, 0.0), new.get(name, 0.0)) for name in old | new}
    return ", ".join(f"{name} {was:g} -> {now:g}" for name, (was, now) in pairs.items() if was != now)


def _short(result: Result) -> str:
    return str(result.status) if result.score is None else f"{result.score:g}"
