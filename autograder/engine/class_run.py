"""The class run: one parent process, a judge forked for each submission, and one pool of sandboxes for all workers.

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
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from autograder.engine import mistakes
from autograder.engine.grade_one import Task, Unit, error_result, run_judge
from autograder.engine.isolation import IsolationLevel
from autograder.engine.master_trial import MasterTrial
from autograder.engine.preload import CHECKER, import_for_the_judge, preload_sets, workers_imports
from autograder.engine.results import Result, Status, from_dict, versions
from autograder.engine.worker import fork_memory
from autograder.engine.worker_pool import WorkerPool
from autograder.errors import CourseError

# How much longer than a submission a judge may live.
GRACE_SECONDS = 60.0

# How often somebody who waits for results is called.
WAIT_SECONDS = 0.2


def _nothing() -> None:
    """What is done while results are waited for, unless the caller has something to do."""


class ClassRun:
    """Grades submissions of one assignment, several at a time. Use it in a `with`, in a process with one thread."""

    def __init__(self, unit: Unit, level: IsolationLevel, jobs: int, sample: Sequence[Path] = ()) -> None:
        """Import what the checks need and start the sandboxes. `sample`: notebooks that show what submissions import.

        An exercise whose checks reject the master's own answer is graded for nobody (`Unit.not_graded`). Raises
        CourseError where those are all of them, where the master imports what is not installed, or where the sandbox
        does not start.
        """
        self._unit, self._level, self._jobs = unit, level, max(1, jobs)
        self._masters = [master for master in unit.masters if not master.refused]
        for master in self._masters:
            import_for_the_judge(master.notebook, unit.name)
        self._sets = preload_sets(sample, {master.name: master.notebook for master in self._masters})
        self._pool = self._new_pool()
        self._running: dict[int, _Running] = {}
        self._again: list[Task] = []  # those whose sandbox broke down under them
        self._loaded = self._try_the_masters()
        self._pool.preload(self._loaded, self._sets)
        mistakes.compile_all(unit.catalogue)
        versions()
        fork_memory.freeze()

    def __enter__(self) -> ClassRun:
        return self

    def __exit__(self, *_: object) -> None:
        for running in self._running.values():
            running.end()
        self._pool.close()

    def results(self, tasks: Sequence[Task], on_wait: Callable[[], None] = _nothing) -> Iterator[Result]:
        """Yield the results as they come. `on_wait` is called each time that nothing has come for a moment."""
        queue = deque(tasks)
        while queue or self._running:
            while queue and len(self._running) < self._jobs:
                self.start(queue.popleft())
            made = self.wait()
            yield from made
            if not made:
                on_wait()

    def start(self, task: Task) -> None:
        """Begin to grade a submission, however many run already; `wait` returns its result."""
        running = _Running(task, self._unit, self._pool)
        self._running[running.descriptor] = running

    def wait(self, seconds: float = WAIT_SECONDS, inbox: Sequence[int] = ()) -> list[Result]:
        """Wait until a submission is graded, and return the results; none where the time is over before.

        inbox: file descriptors that end the wait, too, as soon as something can be read from one of them.
        """
        made: list[Result] = []
        for running in self._ended(seconds, inbox):
            del self._running[running.descriptor]
            result = running.end()
            if self._lost_its_sandbox(running, result):
                if running.task not in self._again:
                    self._again.append(running.task)
                    self.start(running.task)
                    continue
                why = "the sandbox broke down twice while it was graded"
                result = error_result(self._unit, running.task, why)
            if running.task in self._again:
                self._again.remove(running.task)
            made.append(result)
        return made

    def _ended(self, seconds: float, inbox: Sequence[int]) -> list[_Running]:
        """Wait a moment for judges to end, and return those that have; without one, those that hang."""
        ready, _, _ = select.select([*self._running, *inbox], [], [], seconds)
        return [self._running[descriptor] for descriptor in ready if descriptor in self._running] or [
            running for running in self._running.values() if running.is_late
        ]

    def _lost_its_sandbox(self, running: _Running, result: Result) -> bool:
        """Say whether a sandbox ended under a submission, which is not its fault; start the sandboxes anew if so."""
        if result.status not in (Status.CRASHED, Status.ERROR):
            return False
        if not self._pool.is_alive():
            self._pool.close()
            self._pool = self._new_pool()
            self._pool.preload(self._loaded, self._sets)
        return running.pool is not self._pool

    def _try_the_masters(self) -> list[str]:
        """Judge the masters in this process, and return what their workers have imported in the end.

        All that is loaded late is then loaded here, too, and a broken set-up is found.
        """
        trial = MasterTrial(self._unit, self._pool.lean)
        try:
            for master in self._masters:
                trial.run(master)
            trial.require_some_exercise()
        except CourseError:
            self._pool.close()
            raise
        return sorted(trial.modules)

    def _new_pool(self) -> WorkerPool:
        notebooks = [master.notebook for master in self._masters]
        return WorkerPool(self._level, self._unit.limits, [*workers_imports(notebooks), CHECKER])


class _Running:
    """A judge at work on a submission."""

    def __init__(self, task: Task, unit: Unit, pool: WorkerPool) -> None:
        self.task, self.pool, self._unit = task, pool, unit
        self._started = time.monotonic()
        self._outbox = tempfile.TemporaryFile()  # noqa: SIM115 - closed when it has been read
        parent = os.getpid()
        self._pid = os.fork()
        if self._pid == 0:
            run_judge(task, unit, pool, self._outbox, parent)
        self.descriptor = os.pidfd_open(self._pid)

    @property
    def is_late(self) -> bool:
        """Whether the judge itself hangs: it ends its worker in time, so this is not the student's doing."""
        return time.monotonic() - self._started > self.pool.limits.submission_wall_seconds + GRACE_SECONDS

    def end(self) -> Result:
        """End the judge if it still runs, and return what it found."""
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.descriptor, signal.SIGKILL)
        _, status, usage = os.wait4(self._pid, 0)
        os.close(self.descriptor)
        try:
            result = self._read()
        except ValueError:
            why = "the judge took too long" if self.is_late else _how_it_ended(os.waitstatus_to_exitcode(status))
            result = error_result(self._unit, self.task, why)
        result.seconds = round(time.monotonic() - self._started, 4)
        result.cpu_seconds = round(usage.ru_utime + usage.ru_stime, 4)
        result.sandbox = self.pool.level
        return result

    def _read(self) -> Result:
        """Return what the judge wrote, of which the last line may be cut. Raises ValueError where there is nothing."""
        with self._outbox as outbox:
            outbox.seek(0)
            lines = outbox.read().split(b"\n")[:-1]
        if not lines:
            raise ValueError("no result")
        result = from_dict(json.loads(lines[0]))
        for exercise, found, why_unnamed in map(json.loads, lines[1:]):
            result.exercises[exercise].mistakes, result.exercises[exercise].why_unnamed = found, why_unnamed
        return result


def _how_it_ended(status: int) -> str:
    """Return a clause on a judge that ended without a result. status: its exit status, or minus the signal."""
    if status == -signal.SIGKILL:
        return "the judge was killed, as a machine that runs out of memory does; give it more, or a smaller -j"
    if status < 0:
        return f"the judge was ended by {signal.Signals(-status).name}, which is not the student's doing"
    return f"the judge ended with exit status {status} and without a result"
