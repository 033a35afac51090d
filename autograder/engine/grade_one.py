"""Grade one submission: read it, judge it, write its graded notebook, and name its mistakes."""

from __future__ import annotations

import contextlib
import copy
import ctypes
import json
import os
import shutil
import signal
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO

from nbformat import NotebookNode

from autograder.engine import mistakes
from autograder.engine.judge import Judge, Judged
from autograder.engine.plan import Plan, plan
from autograder.engine.preload import wanted
from autograder.engine.results import CRASHED, ERROR, GRADED, Result, versions
from autograder.engine.submission import Unreadable, files_beside, read_submission, timestamp, write_autograded
from autograder.engine.worker_pool import Parents
from autograder.errors import CourseError
from autograder.notebooks.assignment import Assignment, assignment_of, exercise_of, grade_id
from autograder.notebooks.catalogue import Catalogue
from autograder.notebooks.format import METADATA
from course_utils.check import SEED_VARIABLE

PR_SET_PDEATHSIG = 1
_exit = os._exit


@dataclass(frozen=True)
class Task:
    """A submission to grade: the folder that holds it, its secret seed, and the digest of what its score depends on."""

    student: str
    folder: Path
    seed: int
    digest: str


NO_CATALOGUE = Catalogue(())


@dataclass
class Unit:
    """What all submissions of an assignment share.

    ignore: patterns of files that are not copied. pages: the folder that graded notebooks go to, as STUDENT/ASSIGNMENT;
    None: nowhere. catalogue: what mistakes are named by.
    """

    root: Path
    name: str
    master: NotebookNode
    ignore: list[str] = field(default_factory=list)
    pages: Path | None = None
    catalogue: Catalogue = NO_CATALOGUE

    def __post_init__(self) -> None:
        self.assignment: Assignment = assignment_of(self.master)
        asked, by_hand = self.assignment.exercises, self.assignment.by_hand
        self.stubs = {part.name: part.stub.strip() for part in asked} | {
            part.grade_id: part.stub.strip() for part in by_hand
        }
        self.max_score = float(sum(part.points for part in (*asked, *by_hand)))
        others = sorted(path.name for path in self.source.glob("*.ipynb") if path.stem != self.name)
        if others:
            raise CourseError(
                f"source/{self.name} holds {', '.join(others)} beside {self.name}.ipynb, and the autograder grades one "
                "notebook an assignment; make an assignment of each."
            )

    @property
    def source(self) -> Path:
        """The folder of the master."""
        return self.root / "source" / self.name


def be_the_judge(task: Task, unit: Unit, parents: Parents, outbox: IO[bytes], parent: int) -> None:
    """Grade one submission in this process, which is a fork of the parent's; never returns."""
    try:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
        _silence()
        if os.getppid() == parent:
            for line in _grade_and_name(task, unit, parents):
                outbox.write(json.dumps(line).encode() + b"\n")
                outbox.flush()
    finally:
        _exit(0)


def _grade_and_name(task: Task, unit: Unit, parents: Parents) -> Iterator[dict | tuple[str, str, str]]:
    """Yield the result as a dict, and then, one by one, (exercise, mistake, why none is named)."""
    try:
        result, asked = _grade(task, unit, parents)
    except Exception as error:  # whatever went wrong is this submission's alone
        yield asdict(error_result(unit, task, f"{type(error).__name__}: {error}".splitlines()[0][:200]))
        return
    yield asdict(result)
    wrong = {name: answers for name in asked if (answers := unit.catalogue.wrong(name))}
    yield from mistakes.names(unit.assignment.setup, wrong, asked)


def _silence() -> None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)


def _grade(task: Task, unit: Unit, parents: Parents) -> tuple[Result, dict[str, list[mistakes.Asked]]]:
    """Grade a submission in this process and, where the unit has a place for it, write its autograded folder.

    Returns, too, what the checks of each wrong answer asked.
    """
    os.environ[SEED_VARIABLE] = str(task.seed)
    result = _blank(unit, task)
    try:
        submitted = read_submission(task.folder / f"{unit.name}.ipynb")
    except Unreadable as trouble:
        result.status, result.reason = trouble.status, str(trouble)
        if unit.pages:  # an earlier submission's page does not stand for this one
            shutil.rmtree(unit.pages / task.student / unit.name, ignore_errors=True)
        return result, {}
    made = plan(unit.master, submitted)
    files, remarks = files_beside(task.folder, unit.source, unit.ignore)
    result.remarks, result.unanswered = made.remarks + remarks, _unanswered(unit, made)
    result.waiting = [part.grade_id for part in unit.assignment.by_hand if part.grade_id not in result.unanswered]
    with contextlib.chdir(unit.source):  # where the instructor's cells find their data, too
        judge = Judge(unit.assignment, made, parents.of(wanted(made)), files)
        judged = judge.judge()
    _fill(result, unit, judged)
    if unit.pages:
        target = unit.pages / task.student / unit.name
        write_autograded(_page(judged.notebook, unit), unit.source, task.folder, target, unit.ignore)
    judge.close()
    result.worker_cpu_seconds = round(judge.worker_cpu_seconds, 4)
    return result, _asked_of_wrong(result, judged)


def _blank(unit: Unit, task: Task) -> Result:
    submitted = timestamp(task.folder)
    result = Result(task.student, unit.name, GRADED, max_score=unit.max_score, seed=task.seed, submitted=submitted)
    result.digest, result.versions = task.digest, versions()
    return result


def error_result(unit: Unit, task: Task, why: str) -> Result:
    result = _blank(unit, task)
    result.status, result.reason = ERROR, f"{why[:1].upper()}{why[1:]}; grade it again with --resume."
    return result


def _fill(result: Result, unit: Unit, judged: Judged) -> None:
    for exercise in unit.assignment.exercises:
        verdicts = {check.grade_id: judged.verdicts[check.grade_id] for check in exercise.checks}
        for name, verdict in verdicts.items():
            result.checks[name] = {
                "score": float(verdict.score),
                "max_score": float(verdict.points),
                "message": verdict.message,
                "broke": verdict.broke,
            }
        result.exercises[exercise.name] = {
            "score": float(sum(verdict.score for verdict in verdicts.values())),
            "max_score": float(exercise.points),
            "message": next((verdict.message for verdict in verdicts.values() if verdict.message), ""),
            "mistake": None,
            "unnamed": "",
        }
    result.score = sum(exercise["score"] for exercise in result.exercises.values())
    if judged.crashes:
        first, more = judged.crashes[0], len(judged.crashes) - 1
        also = f", and {more} more such" if more else ""
        result.status, result.reason = CRASHED, f"{first[:1].upper()}{first[1:]}{also}."


def _asked_of_wrong(result: Result, judged: Judged) -> dict[str, list[mistakes.Asked]]:
    wrong = [name for name, about in result.exercises.items() if about["message"] and name not in result.unanswered]
    return {
        name: [asked for check, all in judged.asked.items() if exercise_of(check) == name for asked in all]
        for name in wrong
    }


def _unanswered(unit: Unit, made: Plan) -> list[str]:
    answers = {grade_id(cell): cell.source for cell in made.cells if grade_id(cell) in unit.stubs}
    return [name for name, stub in unit.stubs.items() if answers.get(name, "").strip() in ("", stub)]


def _page(notebook: NotebookNode, unit: Unit) -> NotebookNode:
    """Return the graded notebook as nbgrader keeps one: only cells that the master knows carry its metadata."""
    known = {grade_id(cell) for cell in unit.master.cells} - {None}
    for cell in notebook.cells:
        if grade_id(cell) not in known:
            cell.metadata.pop("nbgrader", None)
    notebook.metadata.update(copy.deepcopy(METADATA))
    return notebook
