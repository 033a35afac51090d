"""The class run: one warm parent, a judge forked for each submission, and one sandbox for all workers.

The parent imports what the checks import before it forks and has one thread, so a judge costs a fork. Judges put
their results into files that the parent holds open; only the parent writes results.
"""

from __future__ import annotations

import contextlib
import copy
import ctypes
import hashlib
import json
import os
import select
import shutil
import signal
import tempfile
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

from nbformat import NotebookNode

from autograder.answers import Catalogue
from autograder.engine import mistakes, warm
from autograder.engine.imports import import_for_the_judge, sets_to_keep_warm, wanted, workers_imports
from autograder.engine.judge import Judge, Judged, Verdict
from autograder.engine.parents import Parents
from autograder.engine.plan import Plan, plan
from autograder.engine.results import CRASHED, ERROR, GRADED, Result, versions
from autograder.engine.sandbox import Limits
from autograder.engine.submission import (
    Unreadable,
    digest,
    files_beside,
    read_submission,
    timestamp,
    write_autograded,
)
from autograder.errors import CourseError
from autograder.exercises import Assignment, assignment_of, exercise_of, grade_id
from autograder.notebooks import METADATA
from course_utils.check import SEED_VARIABLE

CHECKER = "course_utils.check"
GRACE_SECONDS = 60.0
"""How much longer than a submission may take a judge may live."""
PR_SET_PDEATHSIG = 1
_exit = os._exit
PACKAGES = Path(__file__).resolve().parents[2]


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


class ClassRun:
    """Grades submissions of one assignment, several at a time. Use it in a `with`, in a process with one thread."""

    def __init__(
        self, unit: Unit, rung: str, jobs: int, limits: Limits | None = None, sample: Sequence[Path] = ()
    ) -> None:
        """Import what the checks need and start the sandbox. `sample`: notebooks that show what submissions import.

        Raises CourseError where the master imports what is not installed, or the sandbox does not start.
        """
        self._unit, self._rung, self._jobs, self._limits = unit, rung, max(1, jobs), limits or Limits()
        import_for_the_judge(unit.master, unit.name)
        self._sets = sets_to_keep_warm(sample, unit.master)
        self._parents = self._new_parents()
        self._running: dict[int, _Running] = {}
        self._loaded = self._judge_the_master()
        self._parents.warm_up(self._loaded, self._sets)
        mistakes.compile_all(unit.catalogue)
        versions()
        warm.settle()

    def __enter__(self) -> ClassRun:
        return self

    def __exit__(self, *_: object) -> None:
        for running in self._running.values():
            running.end()
        self._parents.close()

    def results(self, tasks: Sequence[Task], waiting: float = 0.2) -> Iterator[Result | None]:
        """Yield the results as they come, and None each time that `waiting` seconds have brought none."""
        queue, again = deque(tasks), set()
        while queue or self._running:
            while queue and len(self._running) < self._jobs:
                running = _Running(queue.popleft(), self._unit, self._parents)
                self._running[running.descriptor] = running
            ready, _, _ = select.select(list(self._running), [], [], waiting)
            late = [running for running in self._running.values() if running.is_late]
            for running in [self._running[descriptor] for descriptor in ready] or late:
                result = running.end()
                del self._running[running.descriptor]
                if result.status in (CRASHED, ERROR) and not self._parents.is_alive():
                    self._parents.close()
                    self._parents = self._new_parents()
                    self._parents.warm_up(self._loaded, self._sets)
                if result.status in (CRASHED, ERROR) and running.parents is not self._parents:
                    if running.task.student not in again:  # the walls fell while it was graded: not its fault
                        again.add(running.task.student)
                        queue.append(running.task)
                        continue
                    result = _error(self._unit, running.task, "the sandbox broke down twice while it was graded")
                yield result
            if not ready:
                yield None

    def _judge_the_master(self) -> list[str]:
        """Judge the master in this process, and return what its worker has imported in the end.

        All that is loaded late is then loaded here, too, and a broken set-up is found.
        """
        unit = self._unit
        os.environ[SEED_VARIABLE] = "0"
        files, _ = files_beside(unit.source, unit.source, unit.ignore)
        with contextlib.chdir(unit.source):
            judge = _WarmingJudge(unit.assignment, plan(unit.master, unit.master), self._parents.lean, files)
            verdicts = judge.judge().verdicts
        judge.close()
        for name, verdict in verdicts.items():
            if verdict.message:
                self._parents.close()
                raise CourseError(
                    f"the master of {unit.name} itself fails {name} here ({verdict.message}); "
                    "mend the master, or what is installed, before anybody is graded."
                )
        return sorted(judge.modules)

    def _new_parents(self) -> Parents:
        return Parents(self._rung, self._limits, [*workers_imports(self._unit.master), CHECKER])


class _WarmingJudge(Judge):
    """Judges the master, and finds out what its code has the worker import."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.modules: set[str] = set()

    def _check(self, cell: NotebookNode) -> Verdict:
        verdict = super()._check(cell)
        if not verdict.message:
            self.modules |= set(self.loaded())
        return verdict


class _Running:
    """A judge at work on a submission."""

    def __init__(self, task: Task, unit: Unit, parents: Parents) -> None:
        self.task, self.parents, self._unit = task, parents, unit
        self._started = time.monotonic()
        self._outbox = tempfile.TemporaryFile()  # noqa: SIM115 - closed when it has been read
        parent = os.getpid()
        self._pid = os.fork()
        if self._pid == 0:
            _be_the_judge(task, unit, parents, self._outbox, parent)
        self.descriptor = os.pidfd_open(self._pid)

    @property
    def is_late(self) -> bool:
        """Whether the judge itself hangs: it ends its worker in time, so this is a trouble of ours."""
        return time.monotonic() - self._started > self.parents.limits.submission_seconds + GRACE_SECONDS

    def end(self) -> Result:
        """End the judge if it still runs, and return what it found."""
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.descriptor, signal.SIGKILL)
        _, status, usage = os.wait4(self._pid, 0)
        os.close(self.descriptor)
        with self._outbox as outbox:
            outbox.seek(0)
            text = outbox.read()
        try:
            first, *named = [json.loads(line) for line in text.split(b"\n")[:-1]]
            result = Result(**first)
            for exercise, mistake, unnamed in named:
                result.exercises[exercise] |= {"mistake": mistake or None, "unnamed": unnamed}
        except (ValueError, TypeError):
            how = os.waitstatus_to_exitcode(status)
            why = "the judge took too long" if self.is_late else f"the judge ended with {how} and without a result"
            result = _error(self._unit, self.task, why)
        result.seconds = round(time.monotonic() - self._started, 4)
        result.cpu_seconds = round(usage.ru_utime + usage.ru_stime, 4)
        result.sandbox = self.parents.rung
        return result


def _be_the_judge(task: Task, unit: Unit, parents: Parents, outbox: IO[bytes], parent: int) -> None:
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
        yield asdict(_error(unit, task, f"{type(error).__name__}: {error}".splitlines()[0][:200]))
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


def _error(unit: Unit, task: Task, why: str) -> Result:
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


def new_task(unit: Unit, student: str, seed: int, of_all: bytes) -> Task:
    """Return the task to grade what `student` handed in; `of_all`: what `digest_of_all` returns."""
    folder = unit.root / "submitted" / student / unit.name
    files, _ = files_beside(folder, unit.source, unit.ignore)
    return Task(student, folder, seed, digest(folder, unit.name, files, of_all + str(seed).encode()))


def digest_of_all(unit: Unit, rung: str) -> bytes:
    """Return a digest of what the scores of all submissions depend on: master, checker, engine and sandbox."""
    made = hashlib.sha256(rung.encode())
    files = sorted([*(PACKAGES / "course_utils").rglob("*.py"), *(PACKAGES / "autograder" / "engine").glob("*.py")])
    for path in [unit.source / f"{unit.name}.ipynb", *files]:
        made.update(path.name.encode() + b"\0" + path.read_bytes())
    return made.digest()
