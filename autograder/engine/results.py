"""What became of a submission: one JSON file each, in `.results/ASSIGNMENT/STUDENT.json`.

The files come first and the gradebook is filled from them, so a run that was cut off is resumed from here.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from autograder.files import replace_text

FOLDER = ".results"
GRADED, CRASHED, MALFORMED, MISSING, ERROR = "graded", "graded with crashes", "malformed", "missing", "error"


@dataclass
class Result:
    """The result of one submission.

    status: `graded`, `graded with crashes` (some code ended its process or took too long), `malformed` (no notebook can
    be read), `missing` (no notebook is there), or `error` (the trouble was ours). `reason` is a sentence, empty where
    all went well. score is None, and `exercises` empty, where nothing was graded.
    seconds: wall clock; cpu_seconds: of the judge; worker_cpu_seconds: of the student's side.
    submitted: the submission's timestamp, as handed in.
    exercises: {name: {score, max_score, message, mistake, unnamed}}, mistake: the usual one that was made, or None;
    unnamed: why none is named. checks: {grade_id: {score, max_score, message, broke}}, broke: the check ended in an
    error that is not its own.
    unanswered: exercises whose answer cell is as it was released. waiting: answers that a person is to read; their
    points are in max_score, and no part of the score. digest: of all that the score depends on. versions: of Python and
    the libraries that it was made with.
    """

    student: str
    assignment: str
    status: str
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
    remarks: list[str] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    exercises: dict[str, dict[str, Any]] = field(default_factory=dict)
    checks: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def is_graded(self) -> bool:
        """Whether there is a score."""
        return self.status in (GRADED, CRASHED)

    def to_json(self) -> str:
        """Return the result as JSON."""
        return json.dumps(asdict(self), indent=1) + "\n"


@cache
def versions() -> str:
    """Return the versions of what decides about a score here, such as "python 3.11.7; torch 2.13.0; numpy 2.4.0"."""
    libraries = (f"{name} {version(name)}" for name in ("torch", "numpy", "nbgrader"))
    return "; ".join([f"python {platform.python_version()}", *libraries])


def path_of(root: Path, assignment: str, student: str) -> Path:
    """Return where the result of a submission is kept in the course `root`."""
    return root / FOLDER / assignment / f"{student}.json"


def save(root: Path, result: Result) -> None:
    """Write a result so that a reader finds the old one or the new one, never half of one."""
    path = path_of(root, result.assignment, result.student)
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_text(path, result.to_json())


def load(root: Path, assignment: str, student: str) -> Result | None:
    """Return the kept result of a submission; None where there is none that can be read."""
    try:
        return Result(**json.loads(path_of(root, assignment, student).read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def moved(before: Result, after: Result) -> Iterator[str]:
    """Yield what a regrade changed, in a line; nothing where score and status are as they were."""
    if before.is_graded and after.is_graded:
        if before.score != after.score:
            change = after.score - before.score
            yield f"{after.student}: {before.score:g} -> {after.score:g} ({change:+g}); {_checks_moved(before, after)}"
    elif before.status != after.status:
        taken_back = before.is_graded and after.status in (MALFORMED, MISSING)
        also = "; the points of the earlier submission are taken back" if taken_back else ""
        yield f"{after.student}: {_short(before)} -> {_short(after)}{also}"


def _checks_moved(before: Result, after: Result) -> str:
    scores = {name: check["score"] for name, check in before.checks.items()}
    changed = {
        name: (scores.get(name, 0.0), after.checks.get(name, {"score": 0.0})["score"])
        for name in {**scores, **after.checks}
    }
    return ", ".join(f"{name} {old:g} -> {new:g}" for name, (old, new) in changed.items() if old != new)


def _short(result: Result) -> str:
    return f"{result.score:g}" if result.is_graded else result.status
