"""The class run: one warm parent, a judge forked for each submission, and one sandbox for all workers.

The parent imports what the checks import before it forks and has one thread, so a judge costs a fork. Judges put
their results into files that the parent holds open; only the parent writes results.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import tempfile
import time
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from autograder.engine import mistakes
from autograder.engine.grade_one import Task, Unit, be_the_judge, error_result
from autograder.engine.judge import Judge, Verdict
from autograder.engine.plan import plan
from autograder.engine.preload import import_for_the_judge, sets_to_keep_warm, workers_imports
from autograder.engine.results import CRASHED, ERROR, Result, versions
from autograder.engine.sandbox import Limits
from autograder.engine.submission import (
    files_beside,
)
from autograder.engine.worker import fork_memory
from autograder.engine.worker_pool import Parents
from autograder.errors import CourseError
from course_utils.check import SEED_VARIABLE

CHECKER = "course_utils.check"
GRACE_SECONDS = 60.0
"""How much longer than a submission may take a judge may live."""


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
        fork_memory.settle()

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
                    result = error_result(self._unit, running.task, "the sandbox broke down twice while it was graded")
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
            be_the_judge(task, unit, parents, self._outbox, parent)
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
            result = error_result(self._unit, self.task, why)
        result.seconds = round(time.monotonic() - self._started, 4)
        result.cpu_seconds = round(usage.ru_utime + usage.ru_stime, 4)
        result.sandbox = self.parents.rung
        return result
