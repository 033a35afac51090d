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
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, NamedTuple, NoReturn

from nbformat import NotebookNode

from autograder.engine import mistakes
from autograder.engine.errors import MachineFailed, UnreadableSubmission
from autograder.engine.judge import Judge, Judged
from autograder.engine.plan import Plan, plan
from autograder.engine.preload import wanted
from autograder.engine.remarks import remarks
from autograder.engine.results import CheckResult, ExerciseResult, Result, Status, versions
from autograder.engine.submission import files_alongside, read_submission, timestamp, write_autograded
from autograder.engine.worker import memory
from autograder.engine.worker_pool import WorkerPool
from autograder.errors import CourseError
from autograder.notebooks.assignment import Assignment, Exercise, assignment_of, exercise_of, grade_id
from autograder.notebooks.catalogue import Catalogue, load_if_there
from autograder.notebooks.format import METADATA, read_notebook
from autograder.notebooks.sanitize import sanitize
from autograder.paths import catalogue_path, master_path
from autograder.settings import Limits, ignored_files, limits
from course_utils.check.seeds import SEED_VARIABLE

# What students and instructors read of an exercise whose checks reject the master's own answer.
NOT_GRADED = (
    "the course's own answer fails a check of it on the machine that graded. Its points are open until a person has "
    "decided; they are not 0."
)

PR_SET_PDEATHSIG = 1
_exit = os._exit  # `mistakes` replaces the one of `os`


@dataclass(frozen=True)
class Task:
    """A submission to grade: the folder that holds it, its secret seed, and the digest of what its score depends on."""

    student: str
    folder: Path
    seed: int
    digest: str


class Naming(NamedTuple):
    """Which mistakes a wrong answer to an exercise may be, or why none is named."""

    exercise: str
    mistakes: list[str]
    why_unnamed: str


@dataclass
class Unit:
    """What all submissions of an assignment share.

    ignore: patterns of files that are not copied. pages: the folder that graded notebooks go to, as STUDENT/ASSIGNMENT;
    None: nowhere. catalogue: what mistakes are named by. assignment: what the master asks. stubs: the released source
    of each answer cell, by its grade_id.
    not_graded: why, by exercise, where the master's own answer fails on this machine.
    """

    root: Path
    name: str
    master: NotebookNode
    ignore: list[str] = field(default_factory=list[str])
    pages: Path | None = None
    catalogue: Catalogue = field(default_factory=lambda: Catalogue(()))
    limits: Limits = field(default_factory=Limits)
    not_graded: dict[str, str] = field(default_factory=dict[str, str])
    assignment: Assignment = field(init=False)
    stubs: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.assignment = assignment_of(self.master)
        stubs = {exercise.name: exercise.stub for exercise in self.assignment.exercises}
        stubs |= {part.grade_id: part.stub for part in self.assignment.by_hand}
        self.stubs = {name: stub.strip() for name, stub in stubs.items()}
        self._require_one_notebook()

    @property
    def source(self) -> Path:
        """The folder of the master."""
        return self.root / "source" / self.name

    @property
    def max_score(self) -> float:
        """The points of all exercises and of all answers that a person reads."""
        return self.assignment.points

    def _require_one_notebook(self) -> None:
        others = sorted(path.name for path in self.source.glob("*.ipynb") if path.stem != self.name)
        if others:
            raise CourseError(
                f"source/{self.name} holds {', '.join(others)} alongside {self.name}.ipynb, and the autograder grades "
                "one notebook per assignment; make an assignment of each."
            )


def load_unit(root: Path, name: str, pages: Path | None) -> Unit:
    """Read the assignment `name` of the course `root`: its master, its catalogue, and the settings of grading.

    pages: as of Unit. Raises CourseError where one of them cannot be read.
    """
    master, catalogue = read_notebook(master_path(root, name)), load_if_there(catalogue_path(root, name))
    return Unit(root, name, master, ignored_files(root), pages, catalogue, limits(root))


def run_judge(task: Task, unit: Unit, pool: WorkerPool, outbox: IO[bytes], parent: int) -> NoReturn:
    """Grade one submission in this process, a fork of `parent`, and end it.

    Writes lines of JSON to `outbox`: the result, and then a Naming for each wrong answer, as they come.
    """
    try:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
        memory.go_first(memory.JUDGE_SCORE)
        _silence()
        if os.getppid() == parent:
            for line in _grade_and_name(task, unit, pool):
                outbox.write(json.dumps(line).encode() + b"\n")
                outbox.flush()
    finally:
        _exit(0)


def error_result(unit: Unit, task: Task, why: str) -> Result:
    """Return the result of a submission that the autograder failed to grade; `why`: a clause."""
    result = _new_result(unit, task)
    result.status, result.reason = Status.ERROR, f"{why[:1].upper()}{why[1:]}; grade it again with --resume."
    return result


def _grade_and_name(task: Task, unit: Unit, pool: WorkerPool) -> Iterator[dict[str, Any] | Naming]:
    try:
        result, evidence = _grade(task, unit, pool)
    except MachineFailed as failed:
        yield error_result(unit, task, str(failed)).to_dict()
        return
    except Exception as error:  # whatever went wrong is this submission's alone
        yield error_result(unit, task, f"{type(error).__name__}: {error}".splitlines()[0][:200]).to_dict()
        return
    yield result.to_dict()
    wrong = {name: answers for name in evidence if (answers := unit.catalogue.wrong(name))}
    with contextlib.chdir(unit.source):  # where the checks find their data
        for found in mistakes.names(unit.assignment.setup, wrong, evidence, unit.limits):
            yield Naming(*found)


def _silence() -> None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)


def _grade(task: Task, unit: Unit, pool: WorkerPool) -> tuple[Result, dict[str, mistakes.Evidence]]:
    """Grade a submission in this process and, where the unit has a place for it, write its autograded folder.

    Returns, too, what is known of each wrong answer.
    """
    os.environ[SEED_VARIABLE] = str(task.seed)
    result = _new_result(unit, task)
    try:
        submitted = read_submission(task.folder / f"{unit.name}.ipynb")
    except UnreadableSubmission as error:
        result.status, result.reason = Status(error.status), str(error)
        if unit.pages:  # an earlier submission's page does not stand for this one
            shutil.rmtree(unit.pages / task.student / unit.name, ignore_errors=True)
        return result, {}
    planned = plan(unit.master, submitted)
    files, unread = files_alongside(task.folder, unit.source, unit.ignore)
    result.unanswered = _unanswered(unit, planned)
    result.remarks = planned.remarks + remarks(unit.assignment, planned, result.unanswered) + unread
    result.waiting = [part.grade_id for part in unit.assignment.by_hand if part.grade_id not in result.unanswered]
    with contextlib.chdir(unit.source):  # where the instructor's cells find their data, too
        judge = Judge(unit.assignment, planned, pool.sandbox_for(wanted(planned)), files)
        judged = judge.judge()
    _fill(result, unit, judged)
    if unit.pages:
        target = unit.pages / task.student / unit.name
        write_autograded(_page(judged.notebook, unit), unit.source, task.folder, target, unit.ignore)
    judge.close()
    result.worker_cpu_seconds = round(judge.worker_cpu_seconds, 4)
    return result, _evidence(result, judged, unit)


def _new_result(unit: Unit, task: Task) -> Result:
    submitted = timestamp(task.folder)
    result = Result(task.student, unit.name, Status.GRADED, max_score=unit.max_score, seed=task.seed)
    result.submitted, result.digest, result.versions = submitted, task.digest, versions()
    return result


def _fill(result: Result, unit: Unit, judged: Judged) -> None:
    """Put the verdicts into a result: by check, by exercise, and in all. What is not graded waits for a person."""
    for exercise in unit.assignment.exercises:
        if exercise.name in unit.not_graded:
            result.not_graded[exercise.name] = unit.not_graded[exercise.name]
            result.waiting += [check.grade_id for check in exercise.checks]
            result.remarks.append(f"`{exercise.name}` is not graded: {NOT_GRADED}")
            continue
        for check in exercise.checks:
            verdict = judged.verdicts[check.grade_id]
            result.checks[check.grade_id] = CheckResult(
                float(verdict.score), float(verdict.points), verdict.message, verdict.check_crashed
            )
        result.exercises[exercise.name] = _exercise_result(exercise, result.checks)
    result.score = sum(exercise.score for exercise in result.exercises.values())
    if judged.crashes:
        first, more = judged.crashes[0], len(judged.crashes) - 1
        also = f", and {more} more such" if more else ""
        result.status, result.reason = Status.CRASHED, f"{first[:1].upper()}{first[1:]}{also}."


def _exercise_result(exercise: Exercise, checks: dict[str, CheckResult]) -> ExerciseResult:
    own = [checks[check.grade_id] for check in exercise.checks]
    message = next((check.message for check in own if check.message), "")
    return ExerciseResult(float(sum(check.score for check in own)), float(exercise.points), message)


def _evidence(result: Result, judged: Judged, unit: Unit) -> dict[str, mistakes.Evidence]:
    """Return what is known of each wrong answer, by exercise: what its mistake is recognised by."""
    sources = {grade_id(cell): cell.source for cell in judged.notebook.cells}
    found: dict[str, mistakes.Evidence] = {}
    for exercise in unit.assignment.exercises:
        name, checks = exercise.name, exercise.checks
        if name in (*result.unanswered, *result.not_graded) or not result.exercises[name].message:
            continue
        replies = {check.grade_id: judged.replies.get(check.grade_id, []) for check in checks}
        verdicts = {key: mistakes.Verdict(result.checks[key].message, replies[key]) for key in replies}
        right = [exercise.answer, *(answer.source for answer in unit.catalogue.right(name))]
        found[name] = mistakes.Evidence(sources.get(name, ""), checks, verdicts, right)
    return found


def _unanswered(unit: Unit, planned: Plan) -> list[str]:
    answers = {grade_id(cell): cell.source for cell in planned.cells}
    return [name for name, stub in unit.stubs.items() if answers.get(name, "").strip() in ("", stub)]


def _page(notebook: NotebookNode, unit: Unit) -> NotebookNode:
    """Return the graded notebook as nbgrader keeps one: only cells that the master knows carry its metadata.

    formgrader shows it as the instructor, so what could act in a browser is not kept.
    """
    known = {name for cell in unit.master.cells if (name := grade_id(cell))}
    for cell in notebook.cells:
        if grade_id(cell) not in known:
            cell.metadata.pop("nbgrader", None)
        elif exercise_of(grade_id(cell)) in unit.not_graded and cell.metadata.nbgrader.grade:
            cell.outputs = []  # what the check said of the answer is no verdict
    sanitize(notebook, trusted={cell.source for cell in unit.master.cells if cell.cell_type != "code"})
    notebook.metadata.update(copy.deepcopy(METADATA))
    return notebook
