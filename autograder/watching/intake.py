"""Take submissions from the exchange into the course, as soon as they are whole and may be graded."""

from __future__ import annotations

import os
import time
from concurrent.futures import Executor, Future
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from autograder.engine.errors import Refused
from autograder.engine.submission import TIMESTAMP
from autograder.errors import CourseError
from autograder.feedback.release import SECRET
from autograder.notebooks.nbgrader_master import notebooks_of
from autograder.paths import assignments, master_path
from autograder.watching import records
from autograder.watching.arrivals import (
    MOST_SECRET,
    Arrival,
    Completeness,
    Inbound,
    owner_problem,
    read_file,
    read_name,
)
from autograder.watching.attempts import Attempt, State, key_of
from autograder.watching.context import Context
from autograder.watching.receipts import receipt
from autograder.watching.troubles import sentence_of

# How often a folder that is not whole yet is looked at: at first, and after a while; and when it is said.
SOON_SECONDS, LATER_SECONDS, WHILE_SECONDS, SAY_SECONDS = 0.3, 5.0, 30.0, 600.0

# Arrivals that are looked at before results are: a place that is free is not to wait long.
AT_A_TIME = 3

# How often the gradebook is asked who is enrolled and when work is due: where somebody unknown waits, and otherwise.
SOON_ROSTER_SECONDS, ROSTER_SECONDS = 2.0, 60.0

# By how much a claimed time may be before a listing that did not have the submission, until that is said.
SUSPICIOUS_SECONDS = 600.0


@dataclass
class _Pending:
    """A folder in the exchange that is not collected yet. Times are of the monotonic clock."""

    arrival: Arrival
    since: float
    next_look: float = 0.0


class Intake:
    """Lists the exchange and collects. database: the one thread that talks to the gradebook."""

    def __init__(self, context: Context, database: Executor) -> None:
        self._context, self._database = context, database
        self._pending: dict[str, _Pending] = {}
        self._enrolled: set[str] | None = None
        self._roster: Future[tuple[set[str], dict[str, datetime | None]]] | None = None
        self._roster_at = -ROSTER_SECONDS
        self.use_settings()

    def use_settings(self) -> None:
        """Use the settings of the context from now on."""
        settings = self._context.settings
        self._inbound, self._completeness = Inbound(settings.inbound), Completeness()
        self._collector = settings.collector()

    @property
    def waiting(self) -> int:
        """How many submissions are in the exchange and not collected."""
        return len(self._pending)

    @property
    def is_busy(self) -> bool:
        """Whether something may happen soon."""
        recent = time.monotonic() - WHILE_SECONDS
        return bool(self._roster) or any(pending.since > recent for pending in self._pending.values())

    @property
    def has_listed(self) -> bool:
        """Whether the exchange has been listed."""
        return self._inbound.listed_at > 0

    def ask_gradebook(self) -> None:
        """Learn, in the gradebook's thread, who is enrolled and when work is due."""
        context, troubles = self._context, self._context.troubles
        if self._roster is None:
            unknown = any(one.arrival.student not in (self._enrolled or ()) for one in self._pending.values())
            every = SOON_ROSTER_SECONDS if unknown else ROSTER_SECONDS
            if time.monotonic() - self._roster_at > every and troubles.may_try("roster"):
                self._roster_at = time.monotonic()
                root, names = context.root, context.only or assignments(context.root)
                self._roster = self._database.submit(lambda: (records.enrolled(root), records.due_dates(root, names)))
        elif self._roster.done():
            try:
                self._enrolled, due = self._roster.result()
                context.due.update(due)
                troubles.passed("roster", "The gradebook can be read again.")
            except Exception as error:  # whatever a database may say
                troubles.failed("roster", sentence_of(error))
            self._roster = None

    def list(self) -> None:
        """List the exchange, and remember what is new."""
        context, troubles = self._context, self._context.troubles
        if not troubles.may_try("inbound"):
            return
        before, now = self._inbound.listed_at, time.time()
        try:
            names = self._inbound.new_names(now)
        except OSError as error:
            where = context.settings.inbound
            troubles.failed("inbound", f"{where} cannot be listed ({error.strerror}); it is tried again.")
            return
        troubles.passed("inbound", "The exchange can be listed again.")
        for name in names:
            if name in context.attempts.by_name or name in self._pending:
                continue
            read = read_name(context.settings.inbound / name, now, before)
            if isinstance(read, str):
                troubles.say_once(name, f"{name!a} in the exchange is left out: {read}.")
            elif not context.only or read.assignment in context.only:
                self._pending[name] = _Pending(read, time.monotonic())
        for name in self._pending.keys() - self._inbound.names:
            del self._pending[name]  # its student has removed it

    def collect(self) -> None:
        """Collect what is whole."""
        now, looked = time.monotonic(), 0
        for name, pending in list(self._pending.items()):
            if pending.next_look > now or not self._context.troubles.may_try(name):
                continue
            if looked == AT_A_TIME:
                return
            looked += 1
            is_new = now - pending.since < WHILE_SECONDS
            pending.next_look = now + (SOON_SECONDS if is_new else LATER_SECONDS)
            try:
                if self._is_collectable(pending):
                    self._take(pending.arrival)
            except (OSError, Refused, CourseError) as error:
                self._context.troubles.failed(name, f"{name} could not be collected ({error}); it is tried again.")

    def _is_collectable(self, pending: _Pending) -> bool:
        arrival = pending.arrival
        if problem := self._problem(arrival):
            self._context.troubles.say_once(arrival.folder.name, problem)
            return False
        if self._context.settings.policy.only_enrolled and self._enrolled is None:
            return False  # the gradebook has not answered yet; if it cannot, that is said
        if self._completeness.is_whole(arrival.folder, time.monotonic()):
            return True
        if time.monotonic() - pending.since > SAY_SECONDS:
            sentence = f"{arrival.folder.name} is not whole after 10 minutes; ask its student to submit again."
            self._context.troubles.say_once(arrival.folder.name, sentence)
        return False

    def _problem(self, arrival: Arrival) -> str:
        """Return a sentence if assignment, student or owner are not known, which may change; else ""."""
        student, assignment, settings = arrival.student, arrival.assignment, self._context.settings
        who = f"{student}'s submission of {assignment} waits in the exchange"
        if assignment not in assignments(self._context.root):
            return f"{who}: there is no source/{assignment}."
        if notebooks_of(self._context.root, assignment) != [master_path(self._context.root, assignment)]:
            advice = f"run `nbgrader collect {assignment}` and `autograder grade {assignment}`"
            return f"{who}: the watcher takes assignments with one notebook, of the same name; {advice}."
        if not settings.is_released(assignment):
            return f"{who}: {assignment} was never released; run `nbgrader release_assignment {assignment}`."
        if self._collector.check_owner and (problem := owner_problem(arrival, (os.geteuid(),))):
            return f"{arrival.folder.name} is left in the exchange: {problem}."
        if settings.policy.only_enrolled and self._enrolled is not None and student not in self._enrolled:
            advice = f"run `autograder roster FILE` or `nbgrader db student add {student}`"
            return f"{who}: {student} is not enrolled; {advice}."
        return ""

    def _take(self, arrival: Arrival) -> None:
        """Copy a whole submission into an attempt."""
        context, name, folder = self._context, arrival.folder.name, arrival.folder
        claimed, when = name.rsplit("+", 3)[2], read_file(folder, TIMESTAMP, 100)
        number = context.attempts.next_number
        attempt = Attempt(name, arrival.assignment, arrival.student, number, claimed, arrival.seen, arrival.absent_at)

        def copy(target: Path) -> None:
            attempt.why = (
                f"its {TIMESTAMP} says {when!a}, and its name another time"
                if when != claimed
                else self._collector.take(folder, target)
            )
            if attempt.why:
                attempt.state = State.REFUSED
                target.mkdir(exist_ok=True)
                (target / SECRET).write_text(read_file(folder, SECRET, MOST_SECRET))

        context.attempts.take(attempt, key_of(name, arrival.submitted), copy)
        del self._pending[name]
        context.troubles.passed(name)
        if attempt.why:
            context.troubles.say(f"{arrival.student}'s submission of {arrival.assignment} is not taken: {attempt.why}.")
        elif arrival.submitted.timestamp() < arrival.absent_at - SUSPICIOUS_SECONDS:
            context.troubles.say(f"{name} claims a time at which it was not there; look at it before you believe it.")
        if attempt.state == State.RECEIVED:
            with suppress(OSError):  # a courtesy; what follows is tried until it works
                context.feedback.publish(attempt.submission, attempt.assignment, receipt(attempt, context.zone))
        context.follow(attempt)
