"""The loop of `autograder watch`: take what has arrived, have it graded, hand feedback back, and see to the settings.

Each step does what it can and writes the state. What fails is said in one sentence and tried again; nothing that one
submission holds ends the loop.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import FrameType

from autograder.engine.isolation import IsolationLevel
from autograder.errors import CourseError
from autograder.sentences import counted, first_line
from autograder.watching import status
from autograder.watching.attempts import Attempt, Attempts, State
from autograder.watching.context import Context
from autograder.watching.delivery import Delivery
from autograder.watching.grading import Grading
from autograder.watching.intake import Intake
from autograder.watching.publish import Feedback
from autograder.watching.settings import Version, read_settings, version_of_assignment, version_of_settings
from autograder.watching.troubles import Troubles

# How long the loop waits for a result before it lists the exchange again: with and without work.
BUSY_SECONDS, IDLE_SECONDS = 0.1, 0.5

# How often settings and masters are looked at, and the status is written.
LOOK_SECONDS, STATUS_SECONDS = 2.0, 5.0

# As on the command line: a bug ends the watcher with its stack trace.
TRACE = "AUTOGRADER_TRACE"


class Watcher:
    """Watches the exchange of one course. Use it in a process that holds the lock of the course."""

    def __init__(
        self, root: Path, only: Sequence[str], level: IsolationLevel, jobs: int, tell: Callable[[str], None]
    ) -> None:
        """Read the settings. only: the assignments to grade; empty for all. jobs: submissions at a time.

        Raises CourseError where a setting cannot be read.
        """
        settings = read_settings(root)
        feedback = Feedback(settings.exchange, settings.course)
        self._context = Context(root, list(only), settings, Attempts(root), Troubles(tell), feedback)
        self._context.follow = self._follow
        self._database = ThreadPoolExecutor(1)
        self._intake = Intake(self._context, self._database)
        self._grading = Grading(self._context, level, jobs)
        self._delivery = Delivery(self._context, self._database)
        self._settings_version = version_of_settings(root)
        self._masters: dict[str, Version] = {}
        self._started = time.time()
        self._looked_at = self._status_at = 0.0
        self._stops = 0

    def run(self, until_idle: bool = False) -> None:
        """Watch until SIGINT or SIGTERM; then finish what is being graded, or at a second signal end at once.

        until_idle: end when nothing is left to do.
        """
        handlers = {number: signal.signal(number, self._stop) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            self._begin()
            while not self._is_over(until_idle):
                for step in self._steps():
                    self._do(step)
        finally:
            self._end()
            for number, handler in handlers.items():
                signal.signal(number, handler)

    def _steps(self) -> list[Callable[[], None]]:
        intake, grading, delivery = self._intake, self._grading, self._delivery
        is_busy = intake.is_busy or grading.is_busy or delivery.is_busy
        seconds = 0.0 if delivery.has_pages else BUSY_SECONDS if is_busy else IDLE_SECONDS
        receive = partial(grading.receive, seconds)
        taking = [] if self._stops else [intake.list, intake.collect, grading.dispatch]
        return [self._look, *taking, receive, delivery.publish, delivery.record, self._tell_status]

    def _do(self, step: Callable[[], None]) -> None:
        """Do a step; a bug in it is said and does not end the watcher."""
        try:
            step()
        except Exception as error:
            if TRACE in os.environ:
                raise
            what = first_line(f"{type(error).__name__}: {error}")
            self._context.troubles.say_once("bug", f"a bug in the autograder ({what}); report it. The watcher goes on.")
            time.sleep(BUSY_SECONDS)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self._stops += 1
        if self._stops > 1:
            raise KeyboardInterrupt

    def _is_over(self, until_idle: bool) -> bool:
        if self._stops:
            return not self._grading.is_running
        is_idle = not (self._intake.is_busy or self._grading.waiting or self._grading.is_running)
        return until_idle and is_idle and not self._delivery.is_busy and self._intake.has_listed

    def _begin(self) -> None:
        context, troubles = self._context, self._context.troubles
        context.attempts.prepare()
        for sentence in context.attempts.load():
            troubles.say(sentence)
        for attempt in list(context.attempts.by_name.values()):
            if attempt.state == State.FAILED:
                attempt.state = State.RECEIVED
            if attempt.is_open:
                self._grading.adopt(attempt)
            self._follow(attempt)
        unfinished = sum(not attempt.is_done for attempt in context.attempts.by_name.values())
        more = f"; {counted(unfinished, 'attempt')} of an earlier watcher to finish" if unfinished else ""
        names = ", ".join(context.only) or "all assignments"
        troubles.note(f"Watching {names} in {context.settings.inbound}{more}.")
        troubles.note(f"Policy: {context.settings.policy}.")
        for name in context.only:
            if not context.settings.is_released(name):
                troubles.say(f"{name} was never released; run `nbgrader release_assignment {name}`.")

    def _end(self) -> None:
        self._grading.close()
        if self._stops < 2:
            self._do(self._delivery.finish)
            self._do(partial(self._tell_status, is_last=True))
        with suppress(OSError):
            self._context.feedback.say_goodbye()
        self._database.shutdown(wait=self._stops < 2, cancel_futures=True)

    def _follow(self, attempt: Attempt) -> None:
        """Have the next steps of an attempt done."""
        if self._context.only and attempt.assignment not in self._context.only:
            return
        if attempt.is_open:
            self._grading.add(attempt)
        if attempt.state == State.GRADED:
            self._delivery.recount(self._context.attempts.of(attempt.assignment, attempt.student))
        self._delivery.add(attempt)

    def _look(self) -> None:
        """Read what has changed: settings, masters, and what the gradebook says."""
        self._intake.ask_gradebook()
        if time.monotonic() - self._looked_at < LOOK_SECONDS:
            return
        self._looked_at = time.monotonic()
        if (version := version_of_settings(self._context.root)) != self._settings_version:
            self._settings_version = version
            self._read_settings()
        self._grading.close_idle()
        self._notice_masters()

    def _read_settings(self) -> None:
        context = self._context
        try:
            settings = read_settings(context.root)
        except CourseError as error:
            context.troubles.say(f"The settings have changed and are not used: {error}")
            return
        before, context.settings = context.settings, settings
        context.feedback = Feedback(settings.exchange, settings.course)
        self._intake.use_settings()
        context.troubles.forget()
        if settings.policy != before.policy:
            context.troubles.note(f"New policy: {settings.policy}.")
        if settings.deadlines != before.deadlines:
            context.troubles.note("The deadlines have changed and are used from now on.")
        for attempt in context.attempts.by_name.values():
            if attempt.state == State.CLOSED:  # its student may have more time now
                attempt.state = State.RECEIVED
                self._follow(attempt)
        if settings.policy.counts != before.policy.counts:
            moved = [line for group in context.attempts.groups() if (line := self._delivery.recount(group))]
            context.troubles.say(f"Scores that move: {'; '.join(moved) or 'none'}.")

    def _notice_masters(self) -> None:
        """Say how many attempts that count were graded by an earlier master."""
        counting = [attempt.assignment for attempt in self._context.attempts.by_name.values() if attempt.counts]
        for name in set(counting):
            version = version_of_assignment(self._context.root, name)[:2]
            if self._masters.setdefault(name, version) != version:
                self._masters[name] = version
                self._context.troubles.forget()
                self._context.troubles.say(
                    f"{name} has changed, and {counted(counting.count(name), 'student')} were graded before; "
                    f"`autograder grade {name} --regrade --dry-run` says whose score would move."
                )

    def _tell_status(self, is_last: bool = False) -> None:
        """Say in the exchange that somebody grades, and write the status for the instructor."""
        context = self._context
        if not is_last and context.troubles.may_try("feedback"):
            try:
                context.feedback.beat(context.only, self._intake.waiting + self._grading.waiting)
            except OSError as error:
                where = error.filename or context.feedback.folder
                context.troubles.failed("feedback", f"{where} cannot be written ({error.strerror}); it is tried again.")
        if not is_last and time.monotonic() - self._status_at < STATUS_SECONDS:
            return
        self._status_at = time.monotonic()
        pid, now = (0 if is_last else os.getpid()), time.time()
        policy, warm, errors = str(context.settings.policy), self._grading.warm, list(context.troubles.last)
        about = status.WatcherInfo(pid, self._started, now, context.only, policy, warm, self._intake.waiting, errors)
        try:
            status.write(context.root, about, context.attempts.by_name.values(), context.zone)
        except OSError as error:
            context.troubles.say_once("status", f"the status cannot be written ({error.strerror}).")
