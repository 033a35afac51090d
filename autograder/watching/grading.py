"""Decide which attempts are graded now, have the lanes grade them, and keep the results.

A student has one attempt at an assignment graded at a time, so whoever submits often delays nobody else. A submission
that runs longer than `slow_seconds` leaves its place to the next one, as long as the slow lane has room.
"""

from __future__ import annotations

import select
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from autograder.engine.isolation import IsolationLevel
from autograder.engine.results import Result, Status
from autograder.sentences import first_line
from autograder.watching.attempts import Attempt, State
from autograder.watching.context import Context
from autograder.watching.lane import Lane, LaneEnded
from autograder.watching.settings import version_of_assignment

# How often the machine may fail to grade an attempt.
TRIES = 3

# How often open attempts are decided on where nothing can be graded: a long queue is not to be read for each result.
DECIDE_SECONDS = 1.0

Group = tuple[str, str]  # assignment, student


@dataclass
class _Running:
    """An attempt that a lane is grading. started: on the monotonic clock."""

    attempt: Attempt
    lane: Lane
    started: float


class Grading:
    """Grades attempts, at most `jobs` quick ones at a time."""

    def __init__(self, context: Context, level: IsolationLevel, jobs: int) -> None:
        self._context, self._level, self._jobs = context, level, max(1, jobs)
        self._open: dict[Group, None] = {}
        self._running: dict[Group, _Running] = {}
        self._lanes: dict[str, Lane] = {}
        self._used_at: dict[str, float] = {}
        self._tries: dict[str, int] = {}
        self._decided_at = 0.0

    @property
    def waiting(self) -> int:
        """How many students have an attempt that is not graded yet."""
        return len(self._open)

    @property
    def is_running(self) -> bool:
        """Whether something is being graded."""
        return bool(self._running)

    @property
    def is_busy(self) -> bool:
        """Whether something may happen soon."""
        return bool(self._running) or any(not lane.is_ready for lane in self._lanes.values())

    @property
    def warm(self) -> list[str]:
        """The assignments that have a class run ready."""
        return sorted(name for name, lane in self._lanes.items() if lane.is_ready)

    def add(self, attempt: Attempt) -> None:
        """Have an open attempt graded."""
        self._open[attempt.assignment, attempt.student] = None

    def adopt(self, attempt: Attempt) -> None:
        """Take the result that an earlier watcher had kept for an open attempt just before it was killed, if any."""
        with suppress(OSError, ValueError):
            kept = attempt.folder / "result.json"
            self._mark_graded(attempt, attempt.result(), kept.stat().st_mtime)

    def dispatch(self) -> None:
        """Decide what becomes of open attempts, and send to the lanes what may be graded now."""
        policy, now = self._context.settings.policy, time.monotonic()
        slow = sum(now - running.started > policy.slow_seconds for running in self._running.values())
        places = self._jobs - (len(self._running) - min(slow, policy.slow_lane))
        if places <= 0 and now - self._decided_at < DECIDE_SECONDS:
            return
        self._decided_at = now
        for group in list(self._open):
            attempts = self._context.attempts.of(*group)
            open_ones = [attempt for attempt in attempts if attempt.is_open]
            if not open_ones:
                del self._open[group]
            elif group not in self._running:
                attempt = self._decide(attempts, open_ones)
                if attempt and places > 0 and self._send(attempt):
                    places -= 1

    def receive(self, seconds: float) -> None:
        """Wait for results, at most `seconds`, and keep those that have come."""
        by_descriptor = {lane.descriptor: lane for lane in self._lanes.values()}
        ready, _, _ = select.select(list(by_descriptor), [], [], seconds)
        for lane in (by_descriptor[descriptor] for descriptor in ready):
            self._used_at[lane.assignment] = time.monotonic()
            try:
                results = lane.results()
            except (LaneEnded, ValueError) as error:
                self._lose(lane, str(error))
                continue
            self._context.troubles.passed(("lane", lane.assignment), f"{lane.assignment} can be graded again.")
            for result in results:
                if running := self._running.pop((lane.assignment, result.student), None):
                    self._keep(running.attempt, result, lane)

    def close_idle(self) -> None:
        """End the class runs that have had nothing to do for a while."""
        for name, lane in list(self._lanes.items()):
            idle = time.monotonic() - self._used_at[name]
            if idle > 60 * self._context.settings.policy.warm_minutes and not self._has_work(lane):
                self._lanes.pop(name).close()

    def close(self) -> None:
        """End all class runs, and what they are grading."""
        for lane in self._lanes.values():
            lane.close()

    def _decide(self, attempts: Sequence[Attempt], open_ones: Sequence[Attempt]) -> Attempt | None:
        """Return the attempt of a student to grade now, if any; settle those that must wait or are too late."""
        first, now = open_ones[0], time.time()
        timing = self._context.timing(first)
        if timing.is_closed:
            self._context.set_state(first, State.CLOSED)
            return None
        graded = [attempt.graded_at for attempt in attempts if attempt.state == State.GRADED]
        slot = self._context.settings.policy.next_slot(graded, now)
        if timing.until and timing.arrived <= timing.until:  # from then on feedback helps nobody to climb
            slot = max(now, min(slot, timing.until.timestamp()))
        if slot <= now:
            return first
        *older, newest = open_ones
        for attempt in older:
            self._context.set_state(attempt, State.PASSED_OVER)
        if newest.state != State.WAITING or abs(newest.slot - slot) > 1:
            newest.slot = slot
            self._context.set_state(newest, State.WAITING)
        return None

    def _send(self, attempt: Attempt) -> bool:
        lane = self._lane(attempt.assignment) if self._context.troubles.may_try(attempt.name) else None
        if lane is None or not lane.is_ready:
            return False
        lane.grade(attempt.student, attempt.submission)
        self._running[attempt.assignment, attempt.student] = _Running(attempt, lane, time.monotonic())
        return True

    def _lane(self, assignment: str) -> Lane | None:
        """Return the lane of an assignment, which may not be ready yet; None while there can be none."""
        context, lane = self._context, self._lanes.get(assignment)
        version = version_of_assignment(context.root, assignment)
        self._used_at[assignment] = time.monotonic()
        if lane and lane.version != version:
            if self._has_work(lane):
                return None  # which is finished first
            self._lanes.pop(assignment).close()
            lane = None
        if lane is None and context.troubles.may_try(("lane", assignment)):
            try:
                lane = Lane(context.root, assignment, context.attempts.scratch(), self._level, version)
            except OSError as error:
                sentence = f"{assignment} cannot be graded now ({error.strerror}); it is tried again."
                context.troubles.failed(("lane", assignment), sentence)
                return None
            self._lanes[assignment] = lane
        return lane

    def _has_work(self, lane: Lane) -> bool:
        return any(running.lane is lane for running in self._running.values())

    def _lose(self, lane: Lane, why: str) -> None:
        """Have graded again what a lane was grading that has ended."""
        self._lanes.pop(lane.assignment)
        lane.close()
        self._context.troubles.failed(("lane", lane.assignment), f"{lane.assignment} cannot be graded now: {why}")
        for group, running in list(self._running.items()):
            if running.lane is lane:
                del self._running[group]
                self._try_again(running.attempt, "the process that graded it ended")

    def _try_again(self, attempt: Attempt, why: str) -> None:
        tries = self._tries[attempt.name] = self._tries.get(attempt.name, 0) + 1
        who = f"{attempt.student}'s attempt at {attempt.assignment}"
        if tries < TRIES:
            self._context.troubles.failed(attempt.name, f"{who} was not graded: {why}; it is tried again.")
        else:
            advice = "it is tried again when the watcher starts anew"
            self._context.troubles.say(f"{who} was not graded {TRIES} times: {why}; {advice}.")
            attempt.why = why
            self._context.set_state(attempt, State.FAILED)

    def _keep(self, attempt: Attempt, result: Result, lane: Lane) -> None:
        """Keep a result; from here on the attempt is graded."""
        if result.status == Status.ERROR:
            self._try_again(attempt, first_line(result.reason))
            return
        try:
            attempt.keep(result, lane.folder / attempt.student / attempt.assignment)
        except OSError as error:
            sentence = f"{attempt.folder} cannot be written ({error.strerror}); the attempt is graded again."
            self._context.troubles.failed(attempt.name, sentence)
            return
        self._context.troubles.passed(attempt.name)
        self._mark_graded(attempt, result, time.time())

    def _mark_graded(self, attempt: Attempt, result: Result, when: float) -> None:
        score = result.score if result.is_graded else None
        penalty = 0.0 if score is None else self._context.timing(attempt).penalty(score, result.max_score)
        attempt.value = -1.0 if score is None else score - penalty
        attempt.graded_at = when
        self._context.set_state(attempt, State.GRADED)
