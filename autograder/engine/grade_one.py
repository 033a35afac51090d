"""Grade one submission: read it, judge it, write its graded notebook, and name its mistakes."""

from __future__ import annotations

import contextlib
import copy
import ctypes
import json
import os
import shutil
import signal
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, NamedTuple, NoReturn

import numpy as np
from nbformat import NotebookNode
from traitlets.config import Config

from autograder.engine import mistakes
from autograder.engine.errors import MachineFailed, UnreadableSubmission
from autograder.engine.judge import Judge, Judged
from autograder.engine.plain_checks import PlainChecks, error_alone, given_source, plain_cells
from autograder.engine.plan import Plan, plan
from autograder.engine.preload import wanted
from autograder.engine.remarks import remarks
from autograder.engine.results import CheckResult, ExerciseResult, Result, Status, versions
from autograder.engine.submission import files_alongside, read_submission, timestamp, write_autograded
from autograder.engine.worker import memory
from autograder.engine.worker_pool import WorkerPool
from autograder.errors import CourseError
from autograder.notebooks.assignment import Assignment, CheckCell, Exercise, assignment_of, grade_id
from autograder.notebooks.catalogue import Catalogue, load_if_there
from autograder.notebooks.format import METADATA, read_notebook
from autograder.notebooks.nbgrader_master import notebooks_of, read_nbgrader_master
from autograder.notebooks.sanitize import sanitize
from autograder.paths import catalogue_path, shown
from autograder.settings import Limits, ignored_files, limits, nbgrader_config, stderr_costs
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
class Master:
    """One notebook of an assignment, and what all submissions of it share.

    name: of its file, without ".ipynb". released: as students get it; None where the usual delimiters tell. prefix:
    what stands before the names of its exercises and checks in results; empty in an assignment of one notebook.
    refused: why nobody can be graded by it, as a clause; empty where somebody can. assignment: what it asks. stubs:
    the released source of each answer cell, by its grade_id. not_graded: why, by exercise, where the master's own
    answer fails on this machine. plain: its plain checks, by name. beside: why, by check, some of them run in the
    student's process and not in the judge. given: as of `PlainChecks`.
    """

    name: str
    notebook: NotebookNode
    released: NotebookNode | None = None
    prefix: str = ""
    refused: str = ""
    not_graded: dict[str, str] = field(default_factory=dict[str, str])
    beside: dict[str, str] = field(default_factory=dict[str, str])
    assignment: Assignment = field(init=False)
    stubs: dict[str, str] = field(init=False)
    plain: dict[str, CheckCell] = field(init=False)
    given: str = field(init=False)

    def __post_init__(self) -> None:
        self.assignment = assignment_of(self.notebook, self.released)
        if self.refused:
            self.not_graded = {exercise.name: self.refused for exercise in self.assignment.exercises}
        checks = {check.grade_id for check in self.assignment.graded}
        stubs = {e.name: e.stub for e in self.assignment.exercises if e.name not in checks}
        stubs |= {part.grade_id: part.stub for part in self.assignment.by_hand if not part.is_task}
        self.stubs = {name: stub.strip() for name, stub in stubs.items()}
        self.plain = plain_cells(self.notebook, [check for e in self.assignment.exercises for check in e.checks])
        self.beside = dict.fromkeys(self.plain, "nobody has tried it yet")
        self.given = given_source(self.notebook) if self.plain else ""


@dataclass
class Unit:
    """What all submissions of an assignment share.

    masters: its notebooks. ignore: patterns of files that are not copied. pages: the folder that graded notebooks go
    to, as STUDENT/ASSIGNMENT; None: nowhere. catalogue: what mistakes are named by. stderr_costs: whether a check
    beside the student's code that wrote to stderr gives no points, as with nbgrader.
    """

    root: Path
    name: str
    masters: Sequence[Master]
    ignore: list[str] = field(default_factory=list[str])
    pages: Path | None = None
    catalogue: Catalogue = field(default_factory=lambda: Catalogue(()))
    limits: Limits = field(default_factory=Limits)
    stderr_costs: bool = False

    @property
    def source(self) -> Path:
        """The folder of the masters."""
        return self.root / "source" / self.name

    @property
    def max_score(self) -> float:
        """The points of all exercises and of all answers that a person reads."""
        return float(sum(master.assignment.points for master in self.masters))

    def plain_checks(self, master: Master) -> PlainChecks:
        """Return how the plain checks of a master run."""
        return PlainChecks(master.plain, master.beside, master.given, self.stderr_costs)

    @property
    def files(self) -> list[str]:
        """The names of the notebooks that students hand in."""
        return [f"{master.name}.ipynb" for master in self.masters]


def load_unit(root: Path, name: str, pages: Path | None) -> Unit:
    """Read the assignment `name` of the course `root`: its masters, its catalogue, and the settings of grading.

    pages: as of Unit. Raises CourseError where one of them cannot be read.
    """
    paths, config = notebooks_of(root, name), nbgrader_config(root)
    masters = [_master(path, root, config, f"{path.stem}/" if len(paths) > 1 else "") for path in paths]
    catalogue = load_if_there(catalogue_path(root, name))
    unit = Unit(root, name, masters, ignored_files(root), pages, catalogue, limits(root), stderr_costs(root))
    if all(master.refused for master in masters):
        raise CourseError(f"the master {masters[0].refused}; fix {shown(paths[0], root)}.")
    return unit


def _master(path: Path, root: Path, config: Config, prefix: str) -> Master:
    """Read a master: one of this course's kind as it is, any other as nbgrader and the course's settings read it."""
    plain = Master(path.stem, read_notebook(path), prefix=prefix)
    if plain.assignment.checked and not plain.plain:
        return plain
    read = read_nbgrader_master(path, root, config)
    return Master(path.stem, read.notebook, read.released, prefix, read.refused)


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
        result, graded = _grade(task, unit, pool)
    except MachineFailed as failed:
        yield error_result(unit, task, str(failed)).to_dict()
        return
    except Exception as error:  # whatever went wrong is this submission's alone
        yield error_result(unit, task, f"{type(error).__name__}: {error}".splitlines()[0][:200]).to_dict()
        return
    yield result.to_dict()
    with contextlib.chdir(unit.source):  # where the checks find their data
        for master, judged in graded:
            evidence = _evidence(result, judged, master, unit.catalogue)
            wrong = {name: answers for name in evidence if (answers := unit.catalogue.wrong(name))}
            for found in mistakes.names(master.assignment.setup, wrong, evidence, unit.limits):
                named = Naming(*found)
                yield named._replace(exercise=f"{master.prefix}{named.exercise}")


def _silence() -> None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)


def _grade(task: Task, unit: Unit, pool: WorkerPool) -> tuple[Result, list[tuple[Master, Judged]]]:
    """Grade a submission in this process and, where the unit has a place for it, write its autograded folder.

    Returns, too, how each of its notebooks was judged.
    """
    os.environ[SEED_VARIABLE] = str(task.seed)
    result = _new_result(unit, task)
    files, unread = files_alongside(task.folder, unit.source, unit.ignore)
    submitted, unreadable = _read(task, unit)
    if not submitted:
        first = next(
            (why for why in unreadable.values() if why.status != Status.MISSING), next(iter(unreadable.values()))
        )
        result.status, result.reason = Status(first.status), str(first)
        if unit.pages:  # an earlier submission's page does not stand for this one
            shutil.rmtree(unit.pages / task.student / unit.name, ignore_errors=True)
        return result, []
    graded: list[tuple[Master, Judged]] = []
    pages: dict[str, NotebookNode] = {}
    for master in unit.masters:
        if master.name in unreadable:
            _fill_unreadable(result, master, unreadable[master.name])
        elif master.refused:
            _fill_not_graded(result, master, [part.grade_id for part in master.assignment.by_hand])
            pages[master.name] = _page(submitted[master.name], master)
        else:
            judged = _judge(result, master, submitted[master.name], unit, pool, files)
            graded.append((master, judged))
            pages[master.name] = _page(judged.notebook, master)
    result.remarks += unread
    result.score = sum(exercise.score for exercise in result.exercises.values())
    _note_crashes(result, [crash for _, judged in graded for crash in judged.crashes])
    if unit.pages:
        target = unit.pages / task.student / unit.name
        write_autograded(pages, unit.source, task.folder, target, unit.ignore)
    return result, graded


def _read(task: Task, unit: Unit) -> tuple[dict[str, NotebookNode], dict[str, UnreadableSubmission]]:
    """Return the notebooks of a submission, and why each of the others cannot be read, by the names of the masters."""
    submitted: dict[str, NotebookNode] = {}
    unreadable: dict[str, UnreadableSubmission] = {}
    for master in unit.masters:
        try:
            submitted[master.name] = read_submission(task.folder / f"{master.name}.ipynb")
        except UnreadableSubmission as error:
            unreadable[master.name] = error
    return submitted, unreadable


def _judge(
    result: Result,
    master: Master,
    submitted: NotebookNode,
    unit: Unit,
    pool: WorkerPool,
    files: dict[str, np.ndarray[Any, Any]],
) -> Judged:
    """Judge one notebook of a submission, and put what was found into the result."""
    planned = plan(master.notebook, submitted)
    unanswered = _unanswered(master, planned)
    where = f"{master.name}.ipynb: " if master.prefix else ""
    said = planned.remarks + remarks(master.assignment, planned, unanswered)
    result.remarks += [f"{where}{remark}" for remark in said]
    result.unanswered += _prefixed(master, unanswered)
    by_hand = [part.grade_id for part in master.assignment.by_hand if part.grade_id not in unanswered]
    result.waiting += _prefixed(master, by_hand)
    with contextlib.chdir(unit.source):  # where the instructor's cells find their data, too
        sandbox = pool.sandbox_for(wanted(planned))
        judge = Judge(master.assignment, planned, sandbox, files, unit.plain_checks(master))
        judged = judge.judge()
    _fill(result, master, judged)
    judge.close()
    result.worker_cpu_seconds = round(result.worker_cpu_seconds + judge.worker_cpu_seconds, 4)
    return judged


def _prefixed(master: Master, names: Iterable[str]) -> list[str]:
    return [f"{master.prefix}{name}" for name in names]


def _new_result(unit: Unit, task: Task) -> Result:
    submitted = timestamp(task.folder)
    result = Result(task.student, unit.name, Status.GRADED, max_score=unit.max_score, seed=task.seed)
    result.submitted, result.digest, result.versions = submitted, task.digest, versions()
    return result


def _fill(result: Result, master: Master, judged: Judged) -> None:
    """Put the verdicts on a notebook into a result: by check and by exercise. What is not graded waits for a person."""
    _fill_not_graded(result, master, [])
    for exercise in master.assignment.checked:
        if exercise.name in master.not_graded:
            continue
        checks: list[CheckResult] = []
        for check in exercise.checks:
            verdict = judged.verdicts[check.grade_id]
            checks.append(
                CheckResult(
                    float(verdict.score),
                    float(verdict.points),
                    verdict.message,
                    verdict.check_crashed,
                    verdict.is_beside,
                    verdict.stderr_mattered,
                )
            )
            result.checks[f"{master.prefix}{check.grade_id}"] = checks[-1]
            if verdict.waits:
                result.waiting.append(f"{master.prefix}{check.grade_id}")
        result.exercises[f"{master.prefix}{exercise.name}"] = _exercise_result(exercise, checks)


def _fill_not_graded(result: Result, master: Master, by_hand: Sequence[str]) -> None:
    """Have the exercises that are not graded wait for a person, and `by_hand` with them."""
    for exercise in master.assignment.checked:
        if exercise.name in master.not_graded:
            name = f"{master.prefix}{exercise.name}"
            result.not_graded[name] = master.not_graded[exercise.name]
            result.waiting += _prefixed(master, (check.grade_id for check in exercise.checks))
            result.remarks.append(f"`{name}` is not graded: {NOT_GRADED}")
    result.waiting += _prefixed(master, by_hand)


def _fill_unreadable(result: Result, master: Master, why: UnreadableSubmission) -> None:
    """Put into a result that one notebook of a submission is missing, or cannot be read; the others are graded.

    What is missing is unanswered. What cannot be read waits for a person, because nobody knows what is in it.
    """
    asked = master.assignment
    result.remarks.append(str(why))
    if why.status != Status.MISSING:
        result.waiting += _prefixed(master, (part.grade_id for part in asked.graded))
        return
    result.unanswered += _prefixed(master, master.stubs)
    for exercise in asked.checked:
        checks = [CheckResult(0.0, float(check.points), str(why)) for check in exercise.checks]
        names = _prefixed(master, (check.grade_id for check in exercise.checks))
        result.checks |= dict(zip(names, checks, strict=True))
        result.exercises[f"{master.prefix}{exercise.name}"] = _exercise_result(exercise, checks)


def _note_crashes(result: Result, crashes: Sequence[str]) -> None:
    if crashes:
        first, more = crashes[0], len(crashes) - 1
        also = f", and {more} more such" if more else ""
        result.status, result.reason = Status.CRASHED, f"{first[:1].upper()}{first[1:]}{also}."


def _exercise_result(exercise: Exercise, own: Sequence[CheckResult]) -> ExerciseResult:
    message = next((check.message for check in own if check.message), "")
    return ExerciseResult(float(sum(check.score for check in own)), float(exercise.points), message)


def _evidence(result: Result, judged: Judged, master: Master, catalogue: Catalogue) -> dict[str, mistakes.Evidence]:
    """Return what is known of each wrong answer, by exercise: what its mistake is recognised by."""
    sources = {grade_id(cell): cell.source for cell in judged.notebook.cells}
    found: dict[str, mistakes.Evidence] = {}
    for exercise in master.assignment.checked:
        name, checks, key = exercise.name, exercise.checks, f"{master.prefix}{exercise.name}"
        if key in (*result.unanswered, *result.not_graded) or not result.exercises[key].message:
            continue
        replies = {check.grade_id: judged.replies.get(check.grade_id, []) for check in checks}
        said = {check.grade_id: result.checks[f"{master.prefix}{check.grade_id}"].message for check in checks}
        said |= {name: error_alone(message) for name, message in said.items() if name in master.plain}
        verdicts = {name: mistakes.Verdict(said[name], replies[name]) for name in replies}
        right = [exercise.answer, *(answer.source for answer in catalogue.right(name))]
        found[name] = mistakes.Evidence(sources.get(name, ""), checks, verdicts, right)
    return found


def _unanswered(master: Master, planned: Plan) -> list[str]:
    answers = {grade_id(cell): cell.source for cell in planned.cells}
    return [name for name, stub in master.stubs.items() if answers.get(name, "").strip() in ("", stub)]


def _page(notebook: NotebookNode, master: Master) -> NotebookNode:
    """Return the graded notebook as nbgrader keeps one: only cells that the master knows carry its metadata.

    formgrader shows it as the instructor, so what could act in a browser is not kept.
    """
    known = {name for cell in master.notebook.cells if (name := grade_id(cell))}
    for cell in notebook.cells:
        name = grade_id(cell)
        if name not in known:
            cell.metadata.pop("nbgrader", None)
        elif master.assignment.exercise_of(name) in master.not_graded and cell.metadata.nbgrader.get("grade"):
            cell.outputs = []  # what the check said of the answer is no verdict
    sanitize(notebook, trusted={cell.source for cell in master.notebook.cells if cell.cell_type != "code"})
    notebook.metadata.update(copy.deepcopy(METADATA))
    return notebook
