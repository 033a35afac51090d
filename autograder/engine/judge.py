"""The judge of one submission: it runs the check cells, and asks the worker for what the student's code says.

Seeds, expected values, tolerances and points are here and nowhere else. The names that answer cells define are proxies:
calling one sends plain data to the worker, or to a copy of it, and gets plain data back.
"""

from __future__ import annotations

import contextlib
import functools
import io
import signal
import socket
import time
import unicodedata
import warnings
from dataclasses import dataclass, field
from types import CodeType
from typing import Any

import numpy as np
from nbformat import NotebookNode

from autograder.engine.mistakes import Asked
from autograder.engine.outputs import error_output, notebook_of, valid_outputs
from autograder.engine.plan import Plan
from autograder.engine.proxies import MAX_TEXT, Abandoned, Lost, Remote, texts
from autograder.engine.sandbox import Leash, Sandbox
from autograder.engine.side_effects import is_calm
from autograder.engine.worker.channel import Channel, Gone, TooSlow
from autograder.engine.worker.codec import WireError
from autograder.notebooks.assignment import Assignment, grade_id
from course_utils import check

MAX_SHOWN = 24 << 20
"""Bytes of all outputs of a submission."""


LOADED = "def loaded():\n    import sys\n    return sorted(sys.modules)"


@dataclass
class Verdict:
    """What a check cell says of an answer.

    message: empty where it held. crash: the worker was lost. broke: the check met what it could not go on with, and
    ended in an error that is none of its own.
    """

    points: float
    score: float
    message: str = ""
    crash: bool = False
    broke: bool = False


@dataclass
class Judged:
    """A submission after all its cells have run: verdicts by check cell, and the notebook as it came out.

    asked: what each check asked, in the order of the notebook.
    """

    verdicts: dict[str, Verdict]
    notebook: NotebookNode
    asked: dict[str, list[Asked]]
    crashes: list[str] = field(default_factory=list)


class Judge:
    """Judges one submission in one sandbox. Make one a submission, and close it.

    `worker_cpu_seconds`: what the workers have used, known when it is closed.
    """

    def __init__(
        self, assignment: Assignment, plan: Plan, sandbox: Sandbox, files: dict[str, np.ndarray] | None = None
    ) -> None:
        """files: the bytes of each file that the worker finds in its folder, by name."""
        self._plan, self._sandbox, self._files = plan, sandbox, files or {}
        self.worker_cpu_seconds = 0.0
        self._limits = sandbox.limits
        self._setup = _namespace(assignment.setup)
        self._students = [(name, exercise.stub) for exercise in assignment.exercises for name in exercise.names]
        self._points = {cell.grade_id: cell.points for e in assignment.exercises for cell in e.checks}
        self._deadline = time.monotonic() + self._limits.submission_seconds
        self._ran: list[str] = []  # the sources that a new worker has to run to be where the old one was
        self._worker: Leash | None = None
        self._copy: Channel | None = None
        self._crashes: list[str] = []
        self._asked: dict[str, list[Asked]] = {}
        self._shown = 0

    def judge(self) -> Judged:
        """Run every cell in its place and return what came of it."""
        verdicts = {}
        for cell, kind in zip(self._plan.cells, self._plan.kinds, strict=True):
            if kind in ("students", "answer", "locked"):
                cell.outputs = self._run(cell)
            elif kind == "check":
                verdicts[grade_id(cell)] = verdict = self._check(cell)
                cell.outputs = _as_outputs(verdict)
        if self._worker:
            self._worker.let_go()
        return Judged(verdicts, notebook_of(self._plan.cells), self._asked, self._crashes)

    def close(self) -> None:
        """Wait until the worker has ended."""
        if self._copy:
            self._copy.close()
        if self._worker:
            self._worker.kill()
            self.worker_cpu_seconds += self._worker.cpu_seconds
        self._worker = self._copy = None

    def loaded(self) -> list[str]:
        """Return the modules that the worker, or its copy for the checks, has imported so far."""
        request = {"do": "driver", "name": "loaded", "source": LOADED, "args": (), "kwargs": {}}
        channel = self._copy or self._warm_worker().channel
        return texts(self._ask(channel, request, self._limits.call_seconds).get("value"))

    def _run(self, cell: NotebookNode) -> list[NotebookNode]:
        """Run a cell in the worker. One that loses the worker is left out of what a new worker runs."""
        self._end_copy()
        try:
            worker = self._warm_worker()
            reply = self._ask(worker.channel, {"do": "cell", "source": cell.source}, self._limits.cell_seconds)
            outputs = self._as_shown(reply.get("outputs"))
        except (Lost, Gone, TooSlow, WireError) as trouble:
            return [error_output("Lost", self._lose(f"this cell {_told(trouble, self._limits.cell_seconds)}"))]
        self._ran.append(cell.source)
        return outputs

    def _check(self, cell: NotebookNode) -> Verdict:
        points = self._points[grade_id(cell)]
        try:
            remote = self._remote(cell.source, self._for_check(cell.source))
            message, broke = self._ask_student(cell.source, remote)
        except (Lost, Gone, TooSlow, WireError) as trouble:
            if isinstance(trouble, Gone):
                trouble = Lost(_how_it_ended(self._end_copy()))
            message = self._lose(f"the student's code {_told(trouble, self._limits.call_seconds)}")
            return Verdict(points, 0.0, message, crash=True)
        self._asked[grade_id(cell)] = remote.asked
        return Verdict(points, 0.0 if message else points, _inert(message), broke=broke)

    def _remote(self, source: str, channel: Channel) -> Remote:
        return Remote(lambda request: self._ask(channel, request, self._limits.call_seconds), source)

    def _ask_student(self, source: str, remote: Remote) -> tuple[str, bool]:
        """Run a check cell with the names of `remote`; return what it says, nothing where it held, and if it broke."""
        try:
            with remote.in_place_of_check(), contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
                warnings.simplefilter("ignore")
                exec(_compiled(source, "<check>"), dict(self._setup) | remote.names(self._students))
        except (Exception, SystemExit) as error:
            said, broke = _said(error), not isinstance(error, check.Failed)
        except Abandoned:
            said, broke = "", False
        else:
            said, broke = "", False
        if remote.trouble:
            raise remote.trouble
        return remote.failed or said, broke and not remote.failed

    def _warm_worker(self) -> Leash:
        """Return the worker, made anew and brought to where it was if the last one was lost."""
        self._remaining()
        while self._worker is None:
            self._worker = self._sandbox.worker()
            self._worker.wait_until_ready()
            if self._files:
                self._ask(self._worker.channel, {"do": "files", "files": self._files}, self._limits.call_seconds)
            for source in self._ran:
                try:
                    self._ask(self._worker.channel, {"do": "cell", "source": source}, self._limits.cell_seconds)
                    self._ask(self._worker.channel, {"do": "read", "name": "__name__"}, self._limits.call_seconds)
                except (Gone, TooSlow, WireError) as trouble:  # it said that it was done, and was not
                    self._ran.remove(source)
                    self._lose(f"an earlier cell {_told(trouble, self._limits.cell_seconds)}")
                    break
        return self._worker

    def _for_check(self, source: str) -> Channel:
        """Return what answers a check: the worker itself where that changes nothing in it, else a copy of it.

        A copy serves the checks up to the next cell, and what is done to it ends with it. Where the worker itself is
        lost, a new one is brought to where it was.
        """
        worker = self._warm_worker()
        if self._copy is not None:
            return self._copy
        if "check.driver" not in source and all(map(is_calm, self._ran)):
            return worker.channel
        mine, theirs = socket.socketpair()
        self._copy = Channel(mine)
        with theirs:
            worker.channel.send({"do": "fork"}, seconds=self._limits.call_seconds)
            worker.channel.pass_on(theirs.fileno())
        return self._copy

    def _end_copy(self) -> Any:
        """End the copy, so that the worker listens again; return its exit status. A worker that does not is lost."""
        copy, self._copy = self._copy, None
        if copy is None:
            return None
        copy.close()
        try:
            return self._receive(self._worker.channel, 5.0).get("ended")
        except (Lost, Gone, TooSlow, WireError):
            self._lose("the student's code ran on after its answer and was stopped")
        return None

    def _ask(self, channel: Channel, request: dict, seconds: float) -> dict:
        """Send a request and return the reply, all in at most `seconds` and before the submission's own time is up."""
        channel.send(request, seconds=min(seconds, self._remaining()))
        return self._receive(channel, seconds)

    def _receive(self, channel: Channel, seconds: float) -> dict:
        reply = channel.receive(min(seconds, self._remaining()))
        if not isinstance(reply, dict):
            raise Lost("sent something that is no reply")
        return reply

    def _remaining(self) -> float:
        remaining = self._deadline - time.monotonic()
        if remaining <= 0:
            raise Lost(f"was not run, as the submission had used up its {self._limits.submission_seconds:g} s")
        return remaining

    def _as_shown(self, outputs: Any) -> list[NotebookNode]:
        """Return the outputs of a cell as they go into the notebook, as long as there is room for them."""
        shown, size = valid_outputs(outputs)
        if self._shown + size > MAX_SHOWN:
            return [error_output("Lost", "What this cell showed was dropped: the notebook shows more than is kept.")]
        self._shown += size
        return shown

    def _lose(self, what: str) -> str:
        """Give the worker up; the next use makes a new one. Return `what` as a sentence."""
        if self._worker:
            if what.endswith(" ended its process"):
                what = what.removesuffix(" ended its process") + f" {_how_it_ended(self._worker.ended(0.2))}"
            self._worker.kill()
            self.worker_cpu_seconds += self._worker.cpu_seconds
        if self._copy:
            self._copy.close()
        self._worker = self._copy = None
        self._crashes.append(what)
        return f"{what[0].upper()}{what[1:]}."


def _said(error: BaseException) -> str:
    """Return what a check says that ends in `error`: its own words, or what a wrong answer did to it."""
    if isinstance(error, check.Failed):
        return str(error) or "The check failed."
    first = (str(error).strip().splitlines() or [""])[0]
    return f"{type(error).__name__}: {first}".rstrip(": ")


def _inert(text: str) -> str:
    """Return text that can only be read: cut, of characters that can be written, without control characters."""
    cut = text if len(text) <= MAX_TEXT else text[:MAX_TEXT] + " ..."
    written = cut.encode("utf-8", "replace").decode("utf-8")
    return "".join(
        char if char in "\n\t" or unicodedata.category(char) not in _CONTROLS else "\ufffd" for char in written
    )


_CONTROLS = ("Cc", "Cf", "Co", "Zl", "Zp")
"""Categories of characters that command a terminal or a page, or turn the direction of writing."""


def _namespace(setup: str) -> dict[str, Any]:
    names: dict[str, Any] = {"__name__": "__main__"}
    exec(_compiled(setup, "<setup>"), names)
    return names


# Filled by the judgment of the master before the first submission, so that a judge compiles nothing.
@functools.cache
def _compiled(source: str, name: str) -> CodeType:
    return compile(source, name, "exec")


def _as_outputs(verdict: Verdict) -> list[NotebookNode]:
    return [error_output("Failed", verdict.message)] if verdict.message else []


def _told(trouble: Exception, seconds: float) -> str:
    if isinstance(trouble, TooSlow):
        return f"took longer than {seconds:g} s and was stopped"
    if isinstance(trouble, Gone):
        return "ended its process"
    if isinstance(trouble, WireError):
        return f"sent what cannot be read ({trouble})"
    return str(trouble)


def _how_it_ended(status: Any) -> str:
    if isinstance(status, int) and status < 0:
        with contextlib.suppress(ValueError):
            return f"ended its process ({signal.Signals(-status).name})"
    return "ended its process"
