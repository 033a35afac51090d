"""How long students' code may compute, and how long it may take.

What computes is limited by CPU time, so that a verdict does not depend on how busy the machine is; what sleeps or waits
is ended by a wall-clock limit far above it. Time in which a process could have run and no CPU was free counts for
neither: where it goes on for very long, the machine is too busy to grade, and no answer is judged by it.
"""

from __future__ import annotations

import select
import time
from collections.abc import Callable
from dataclasses import dataclass

from autograder.engine.cpu_time import Usage
from autograder.engine.errors import MachineFailed, WorkerLost
from autograder.engine.worker.channel import Channel
from autograder.settings import Limits

# How often a worker that does not reply yet is looked at. Most reply before the first look, and then it costs nothing.
LOOK_SECONDS = 0.25

# How many times its wall-clock limit a call or a cell may take on a machine that gives it no CPU.
PATIENCE = 10.0


@dataclass(frozen=True)
class TimeLimit:
    """How long one call, or one cell, may compute, and how long it may take."""

    cpu_seconds: float
    wall_seconds: float


def seconds_until(deadline: float) -> float:
    """Return the seconds until `deadline`, by time.monotonic(); above 0, for 0 would mean to a socket not to wait."""
    return max(0.001, deadline - time.monotonic())


class SubmissionTime:
    """The time of one submission: the limits on its calls and cells, and what is left of its own.

    cpu_seconds_before: of its workers that have ended.
    """

    def __init__(self, limits: Limits) -> None:
        """Start the clock."""
        self.call = TimeLimit(limits.call_cpu_seconds, limits.call_wall_seconds)
        self.cell = TimeLimit(limits.cell_cpu_seconds, limits.cell_wall_seconds)
        self.cpu_seconds_before = 0.0
        self._all = TimeLimit(limits.submission_cpu_seconds, limits.submission_wall_seconds)
        self._end = time.monotonic() + limits.submission_wall_seconds

    def deadline(self, limit: TimeLimit) -> float:
        """Return when, by time.monotonic(), what begins now must have ended."""
        return min(time.monotonic() + limit.wall_seconds, self._end)

    def require_some(self, cpu_seconds: float = 0.0) -> None:
        """Raise WorkerLost where the submission has used up its time. cpu_seconds: of the worker that runs now."""
        if time.monotonic() >= self._end:
            raise WorkerLost(f"was stopped, as the submission had used up its {self._all.wall_seconds:g} s")
        if self.cpu_seconds_before + cpu_seconds > self._all.cpu_seconds:
            limit = f"{self._all.cpu_seconds:g} s of computing time"
            raise WorkerLost(f"was stopped, as the submission had used up its {limit}")

    def wait_for_reply(self, channel: Channel, limit: TimeLimit, usage: Callable[[], Usage]) -> None:
        """Wait until a reply begins to come. usage: returns what the worker has used so far.

        Raises WorkerLost where the worker computes longer than `limit` allows, or neither computes nor replies for so
        long, and MachineFailed where it could not run.
        """
        poll = select.poll()
        poll.register(channel.socket, select.POLLIN)
        began, end, waited = time.monotonic(), self._end, 0.0
        first = None  # at the first look; what was computed before it is not counted
        while not poll.poll(1000 * min(LOOK_SECONDS, limit.wall_seconds)):
            used = usage()
            first = used if first is None else first
            if used.cpu_seconds - first.cpu_seconds > limit.cpu_seconds:
                raise WorkerLost(f"took more than {limit.cpu_seconds:g} s of computing time and was stopped")
            waited = max(waited, used.waited_since(first))
            self._end = end + waited
            self.require_some(used.cpu_seconds)
            took = time.monotonic() - began
            if took - waited >= limit.wall_seconds:
                raise self.too_late(limit)
            if took >= PATIENCE * limit.wall_seconds:
                raise MachineFailed(
                    f"this machine was too busy to grade it: of {took:.0f} s its code had to wait {waited:.0f} s for a "
                    "CPU; grade fewer at a time (-j)"
                )

    def too_late(self, limit: TimeLimit) -> WorkerLost:
        """Return the error of a worker that has let its deadline pass."""
        self.require_some()
        return WorkerLost(f"was still running after {limit.wall_seconds:g} s and was stopped")
