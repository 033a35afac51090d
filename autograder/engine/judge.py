"""The judge of one submission: it runs the check cells, and asks the worker for what the student's code returns.

Seeds, expected values, tolerances and points are here and nowhere else. The names that answer cells define are proxies:
calling one sends plain data to the worker, or to a copy of it, and gets plain data back.
"""

from __future__ import annotations

import contextlib
import functools
import io
import signal
import socket
import unicodedata
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from types import CodeType
from typing import Any

import numpy as np
from nbformat import NotebookNode

from autograder.engine.cpu_time import Usage
from autograder.engine.driver_texts import is_module_of_checks
from autograder.engine.errors import MachineFailed, WorkerLost
from autograder.engine.failed_cells import FailedCells
from autograder.engine.in_process import named, seed_in_force
from autograder.engine.names_of_checks import NamesOfChecks
from autograder.engine.outputs import error_output, notebook_of, read_outputs, read_updates, size_of
from autograder.engine.plain_checks import PlainChecks, as_shown, ended, result_output
from autograder.engine.plan import Plan
from autograder.engine.proxies import MAX_TEXT, Abandoned, Message, Proxies, texts
from autograder.engine.sandbox import Sandbox, WorkerHandle
from autograder.engine.seeds import exercise_seed
from autograder.engine.side_effects import have_no_side_effects
from autograder.engine.split_checks import SplitChecks
from autograder.engine.time_limits import SubmissionTime, TimeLimit, seconds_until
from autograder.engine.worker.channel import Channel
from autograder.engine.worker.errors import ConnectionClosed, EngineError, ProtocolError, TimedOut
from autograder.notebooks.assignment import Assignment, grade_id
from course_utils import check
from course_utils.check import plain
from course_utils.check.trace import Note, traced

# Bytes of all outputs of a submission.
MAX_SHOWN = 24 << 20

# Bytes of all replies of a submission that are kept, to name the mistake in a wrong answer.
MAX_RECORDED = 128 << 20

# How long a worker may take to read a request. One that waits for a request reads it at once.
READ_SECONDS = 60.0

# How long a copy of the worker may take to end when the judge has hung up.
COPY_ENDS = TimeLimit(60.0, 60.0)

# How long to wait for the exit status of a worker that has closed its channel.
EXIT_STATUS_SECONDS = 0.2

# What is said of a worker that has closed its channel; how it ended is added where it is known.
ENDED = "ended its process"

# The subject of what is said of a cell in which the worker was lost.
THIS_CELL = "this cell "

# Categories of characters that command a terminal or a page, or turn the direction of writing.
_CONTROLS = ("Cc", "Cf", "Co", "Zl", "Zp")

LOADED = "def loaded():\n    import sys\n    return sorted(sys.modules)"


@dataclass
class Verdict:
    """What a check cell says of an answer.

    message: empty where the answer passed. check_crashed: the check could not go on with what it received, and ended in
    an error that is not its own. is_beside, stderr_mattered: as of `CheckResult`. waits: a person gives the points.
    outputs: of a check cell that ran beside the student's code.
    """

    points: float
    score: float
    message: str = ""
    check_crashed: bool = False
    is_beside: bool = False
    stderr_mattered: bool = False
    waits: bool = False
    outputs: list[NotebookNode] | None = None


@dataclass
class Judged:
    """A submission after all its cells have run: verdicts by check cell, and the notebook with its outputs.

    replies: of the student's code to each check, in the order of the notebook; those that are too large to keep, by
    their kind and shape alone.
    """

    verdicts: dict[str, Verdict]
    notebook: NotebookNode
    replies: dict[str, list[Note]]
    crashes: list[str] = field(default_factory=list[str])


class Judge:
    """Judges one submission in one sandbox. Make one per submission, and close it.

    `worker_cpu_seconds`: what the workers have used, known when it is closed.
    """

    def __init__(
        self,
        assignment: Assignment,
        plan: Plan,
        sandbox: Sandbox,
        files: dict[str, np.ndarray] | None = None,
        plain_checks: PlainChecks | None = None,
    ) -> None:
        """files: the bytes of each file that the worker finds in its folder, by name, as uint8 (size,).

        plain_checks: those that are not to run as this course's own do.
        """
        self._plan, self._sandbox, self._files = plan, sandbox, files or {}
        self.worker_cpu_seconds = 0.0
        self._time = SubmissionTime(sandbox.limits)
        self._setup = _namespace(assignment.setup)
        self._assignment, self._plain = assignment, plain_checks or PlainChecks()
        self._answers = [(name, exercise.defining) for exercise in assignment.exercises for name in exercise.names]
        self._checks = {cell.grade_id: cell for e in assignment.exercises for cell in e.checks}
        self._split = SplitChecks(self._plain)
        self._ran_in_copy: list[str] = []  # plain checks
        self._ran: list[Message] = []  # what a new worker has to be asked to be where the old one was
        self._names_of_checks, self._failed_cells = NamesOfChecks(), FailedCells()
        self._worker: WorkerHandle | None = None
        self._copy: Channel | None = None
        self._crashes: list[str] = []
        self._replies: dict[str, list[Note]] = {}
        self._shown, self._recorded = 0, 0
        self._displays: dict[str, list[NotebookNode]] = {}  # by display_id

    def judge(self) -> Judged:
        """Run every cell in its place and return the verdicts and the notebook.

        A cell in which the worker is lost (WorkerLost, or any other EngineError) is noted as a crash, and the next one
        has a new worker. Raises CourseError where none can be started, and MachineFailed where the machine was too busy
        or had no memory left.
        """
        verdicts: dict[str, Verdict] = {}
        for cell, kind in zip(self._plan.cells, self._plan.kinds, strict=True):
            if kind in ("students", "answer", "locked"):
                cell.outputs = self._run(cell)
            elif kind == "check" and (name := grade_id(cell)):
                verdicts[name] = verdict = self._check(cell.source, name)
                self._names_of_checks.ran_check(self._checks[name].visible_source)
                cell.outputs = _as_outputs(verdict) if verdict.outputs is None else verdict.outputs
        if self._worker:
            self._worker.start_to_kill()
        return Judged(verdicts, notebook_of(self._plan.cells), self._replies, self._crashes)

    def close(self) -> None:
        """Wait until the worker has ended."""
        if self._copy:
            self._copy.close()
        if self._worker:
            self._worker.kill()
            self.worker_cpu_seconds += self._worker.cpu_seconds
        self._worker = self._copy = None

    def loaded(self) -> list[str]:
        """Return the modules that the worker, or its copy for the checks, has imported so far.

        Raises WorkerLost, or another EngineError, where it does not reply; MachineFailed as `judge` does.
        """
        request: Message = {"do": "driver", "name": "loaded", "source": LOADED, "args": (), "kwargs": {}}
        channel = self._copy or self._ready_worker().channel
        return texts(self._request(channel, request, self._time.call).get("value"))

    def _run(self, cell: NotebookNode) -> list[NotebookNode]:
        """Run a cell in the worker. One that loses the worker is left out of what a new worker runs."""
        self._end_copy()
        reply: Message = {}
        for request in [*self._names_of_checks.requests_before(cell.source), {"do": "cell", "source": cell.source}]:
            try:
                reply = self._request(self._ready_worker().channel, request, self._time.cell)
            except EngineError as error:
                said = self._discard_worker(f"{THIS_CELL}{describe(error)}")
                self._failed_cells.lost(cell.source, said.removeprefix(THIS_CELL.capitalize()))
                return [error_output("Lost", said)]
            self._ran.append(request)
        outputs = self._as_shown(reply)
        self._failed_cells.ended(cell.source, outputs)
        return outputs

    def _check(self, source: str, name: str) -> Verdict:
        """Run the check cell `name`; a check in which the worker is lost gives no points."""
        if name not in self._plain.checks:
            seed = exercise_seed(check.seed(), self._assignment.exercise_of(name))
            return self._judged(name, lambda channel: self._run_own(source, name, channel, seed))
        if self._split.can_run(name):
            proxies: list[Proxies] = []
            verdict = self._judged(name, lambda channel: self._run_split(name, channel, proxies))
            if not any(proxy.beyond_plain_data for proxy in proxies):
                return verdict
        return self._judged(name, lambda channel: self._run_beside(name, channel), in_a_copy=True)

    def _judged(self, name: str, run: Callable[[Channel], Verdict], in_a_copy: bool = False) -> Verdict:
        """Return the verdict of a check.

        run: runs it, with the channel to what answers it. in_a_copy: it is to be a copy of the worker.
        """
        try:
            channel = self._channel_for_check(self._checks[name].source, in_a_copy)
            before = channel.received
            room = MAX_RECORDED - self._recorded + before
            with traced(lambda: channel.received <= room) as trace:
                verdict = run(channel)
            self._recorded += channel.received - before
        except EngineError as error:
            if isinstance(error, ConnectionClosed):
                error = self._how_a_check_lost_it()
            message = self._discard_worker(f"the student's code {describe(error)}")
            return Verdict(self._checks[name].points, 0.0, message, is_beside=in_a_copy)
        self._replies[name] = trace.notes
        return verdict

    def _run_own(self, source: str, name: str, channel: Channel, seed: int) -> Verdict:
        """Run a check that asks `course_utils.check`. Raises EngineError where the worker is lost."""
        message, crashed = self._run_check(source, self._proxies(source, channel), seed)
        points = self._checks[name].points
        return Verdict(points, 0.0 if message else points, _inert(message), check_crashed=crashed)

    def _run_split(self, name: str, channel: Channel, made: list[Proxies]) -> Verdict:
        """Run a plain check here, with proxies, which are added to `made`. Raises EngineError as above."""
        cell = self._checks[name]
        made.append(self._proxies(cell.source, channel, is_plain=True))
        found = self._split.run(cell, made[-1], self._answers)
        why = self._failed_cells.about_error(found.error) if found.error else ""
        message, loud = _inert(why or found.message), found.stderr_mattered
        return Verdict(cell.points, found.score, message, stderr_mattered=loud, waits=found.waits)

    def _run_beside(self, name: str, channel: Channel) -> Verdict:
        """Run a plain check in a copy of the worker, after earlier ones whose names it reads. Raises as above.

        Its text goes there now, and ends with the copy: no cell of the student's runs in it any more.
        """
        cell = self._checks[name]
        reply: Message = {}
        for other in [*(n for n in self._plain.read_by(name) if n not in self._ran_in_copy), name]:
            request: Message = {"do": "cell", "source": self._checks[other].source}
            reply = self._request(channel, request, self._time.cell)
            self._ran_in_copy.append(other)
        outputs = self._as_shown(reply)
        found = ended(outputs, cell, self._plain.stderr_costs)
        why = self._failed_cells.about_error(found.error) if found.error else ""
        message = _inert(why or found.message)
        shown = as_shown(outputs, found._replace(message=message), self._plain.stderr_costs)
        return Verdict(
            cell.points,
            found.score,
            message,
            is_beside=True,
            stderr_mattered=found.stderr_mattered,
            waits=found.waits,
            outputs=shown,
        )

    def _proxies(self, source: str, channel: Channel, is_plain: bool = False) -> Proxies:
        cells = [request["source"] for request in self._ran if request["do"] == "cell"]
        return Proxies(
            lambda request: self._request(channel, request, self._time.call),
            source,
            self._failed_cells,
            cells,
            is_plain,
        )

    def _run_check(self, source: str, proxies: Proxies, seed: int) -> tuple[str, bool]:
        """Run a check cell with the student's names as `proxies`; return (message, whether the check crashed).

        The message is empty where the answer passed. How the cell ends is not the whole truth: a check may catch the
        error by which a proxy says that the worker is lost, so the proxies are asked last. Raises EngineError where
        the worker is lost.
        """
        message, crashed = "", False
        try:
            with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings(), seed_in_force(seed):
                warnings.simplefilter("ignore")
                names = proxies.of_setup(self._setup) | proxies.names(self._answers)
                exec(_compiled(source, "<check>"), names)
        except (Exception, SystemExit) as error:
            message, crashed = _message(error), not isinstance(error, check.Failed)
        except Abandoned:
            pass
        if proxies.error:
            raise proxies.error
        return proxies.failed or message, crashed and not proxies.failed

    def _ready_worker(self) -> WorkerHandle:
        """Return the worker. If the last one was lost, a new one first runs the cells that the old one had run."""
        self._time.require_some(self._usage().cpu_seconds)
        while self._worker is None:
            self._worker = worker = self._sandbox.start_worker()
            worker.wait_until_ready()
            if self._files:
                self._request(worker.channel, {"do": "files", "files": self._files}, self._time.call)
            for request in self._ran:
                try:
                    self._request(worker.channel, request, self._time.cell)
                    self._request(worker.channel, {"do": "read", "name": "__name__"}, self._time.call)
                except EngineError as error:  # its earlier reply was forged, or the submission's time is up
                    self._time.require_some(self._usage().cpu_seconds)
                    self._ran.remove(request)
                    self._discard_worker(f"an earlier cell {describe(error)}")
                    break
        return self._worker

    def _channel_for_check(self, source: str, in_a_copy: bool) -> Channel:
        """Return the channel to what answers a check: the worker itself if that changes nothing in it, else a copy.

        in_a_copy: it is to be a copy in any case. A copy serves the checks up to the next cell, and what is done to it
        ends with it. If the worker itself is lost, a new one runs the earlier cells.
        """
        worker = self._ready_worker()
        if self._copy is not None:
            return self._copy
        is_calm = not in_a_copy and not self._has_drivers(source)
        if is_calm and have_no_side_effects([request["source"] for request in self._ran], self._assignment.setup):
            return worker.channel
        ours, theirs = socket.socketpair()
        self._copy, self._ran_in_copy = Channel(ours), []
        with theirs:
            worker.channel.send({"do": "fork"}, seconds=READ_SECONDS)
            worker.channel.pass_on(theirs.fileno())
        return self._copy

    def _has_drivers(self, source: str) -> bool:
        """Say whether a check cell runs drivers, which have state: its own, or those of a module of checks."""
        modules = [name for name, value in self._setup.items() if is_module_of_checks(value)]
        return "check.driver" in source or any(f"{name}." in source for name in modules)

    def _end_copy(self) -> None:
        """End the copy, so that the worker listens again; a worker that does not is lost."""
        if self._copy is not None and self._worker is not None:
            try:
                self._exit_status_of_copy(self._worker.channel, self._copy)
            except ConnectionClosed:
                self._discard_worker(f"the student's code {ENDED}")
            except EngineError:
                self._discard_worker("the student's code ran on after its answer and was stopped")
        self._copy = None

    def _how_a_check_lost_it(self) -> EngineError:
        """Return how a check lost what answered it: WorkerLost if that was the copy, ConnectionClosed if the worker.

        How the worker ended, `_discard_worker` says.
        """
        if self._copy is None or self._worker is None:
            return ConnectionClosed()
        try:
            return WorkerLost(_how_it_ended(self._exit_status_of_copy(self._worker.channel, self._copy)))
        except EngineError as error:
            return error if isinstance(error, ConnectionClosed) else WorkerLost(ENDED)

    def _exit_status_of_copy(self, worker: Channel, copy: Channel) -> object:
        """Hang up on the copy and return what the worker says of its exit status. Raises as `_receive` does."""
        copy.close()
        return self._receive(worker, COPY_ENDS).get("ended")

    def _request(self, channel: Channel, request: Message, limit: TimeLimit) -> Message:
        """Send a request and return the reply. Raises WorkerLost where a limit on time ends it."""
        self._time.require_some()
        try:
            channel.send(request, seconds=min(READ_SECONDS, seconds_until(self._time.deadline(limit))))
        except TimedOut:
            raise WorkerLost("did not read what it was sent and was stopped") from None
        return self._receive(channel, limit)

    def _receive(self, channel: Channel, limit: TimeLimit) -> Message:
        self._time.wait_for_reply(channel, limit, self._usage)
        try:
            reply = channel.receive(seconds_until(self._time.deadline(limit)))
        except TimedOut:
            raise self._time.too_late(limit) from None
        if not plain.is_dict(reply):
            raise WorkerLost("sent something that is not a reply")
        return reply

    def _usage(self) -> Usage:
        return self._worker.usage() if self._worker else Usage()

    def _as_shown(self, reply: Message) -> list[NotebookNode]:
        """Return the outputs of a cell as they go into the notebook, as long as there is room for them.

        What the cell has changed in displays of earlier cells is changed there.
        """
        shown, changed = reply.get("outputs"), reply.get("updates")
        self._shown += size_of(shown) + size_of(changed)
        if self._shown > MAX_SHOWN:
            return [error_output("Lost", "What this cell showed was dropped: the notebook shows more than is kept.")]
        outputs, updates = read_outputs(shown), read_updates(changed)
        for name, (new,) in updates.displays.items():
            for display in self._displays.get(name, []):
                display.data, display.metadata = new.data, new.metadata
        for name, displays in outputs.displays.items():
            self._displays.setdefault(name, []).extend(displays)
        return outputs.shown

    def _discard_worker(self, reason: str) -> str:
        """End the worker; the next use starts a new one. Return `reason` as a sentence, with how the worker ended.

        Raises MachineFailed where the machine ended it.
        """
        worker, copy, self._worker, self._copy = self._worker, self._copy, None, None
        if worker:
            if reason.endswith(f" {ENDED}"):
                reason = reason.removesuffix(ENDED) + self._how_the_worker_ended(worker)
            worker.kill()
            self.worker_cpu_seconds += worker.cpu_seconds
            self._time.cpu_seconds_before = self.worker_cpu_seconds
        if copy:
            copy.close()
        self._crashes.append(reason)
        return f"{reason[0].upper()}{reason[1:]}."

    def _how_the_worker_ended(self, worker: WorkerHandle) -> str:
        """Return how a worker ended that has closed its channel, as a clause. Raises MachineFailed as above."""
        status = worker.exit_status(EXIT_STATUS_SECONDS)
        if worker.over_memory:
            most = f"{worker.limits.submission_memory_bytes / (1 << 20):g} MB"
            return f"used more than {most} of memory, with all that it had started, and was stopped"
        if status == -signal.SIGKILL and worker.is_alone:  # nobody but the kernel can do that to it
            worker.kill()
            raise MachineFailed("this machine ran out of memory and ended its code; grade fewer at a time (-j)")
        return _how_it_ended(status)


def describe(error: EngineError) -> str:
    """Return what the student's code did, as a clause without its subject."""
    match error:
        case TimedOut():
            return "did not read what it was sent, and was stopped"
        case ConnectionClosed():
            return ENDED
        case ProtocolError():
            return f"sent what cannot be read ({error})"
        case _:
            return str(error)


def _how_it_ended(status: object) -> str:
    """Return how a process ended, as a clause; its exit status may be anything, for the worker says it of its copy."""
    if isinstance(status, int) and status < 0:
        with contextlib.suppress(ValueError):
            return f"{ENDED} ({signal.Signals(-status).name})"
    return ENDED


def _message(error: BaseException) -> str:
    """Return the message of a check that ends in `error`: its own words, or what a wrong answer did to it."""
    if isinstance(error, check.Failed):
        return str(error) or "The check failed."
    return named(error)


def _inert(text: str) -> str:
    """Return text that can only be read: cut, of characters that can be written, without control characters."""
    cut = text if len(text) <= MAX_TEXT else text[:MAX_TEXT] + " ..."
    written = cut.encode("utf-8", "replace").decode("utf-8")
    return "".join(
        char if char in "\n\t" or unicodedata.category(char) not in _CONTROLS else "\ufffd" for char in written
    )


def _namespace(setup: str) -> dict[str, Any]:
    names: dict[str, Any] = {"__name__": "__main__"}
    exec(_compiled(setup, "<setup>"), names)
    return names


# Filled by the judgment of the master before the first submission, so that a judge compiles nothing.
@functools.cache
def _compiled(source: str, name: str) -> CodeType:
    return compile(source, name, "exec")


def _as_outputs(verdict: Verdict) -> list[NotebookNode]:
    if 0 < verdict.score < verdict.points:
        return [result_output(verdict.score)]
    return [error_output("Failed", verdict.message)] if verdict.message else []
