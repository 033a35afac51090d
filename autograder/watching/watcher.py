"""`autograder watch`: the loop that takes submissions as they arrive, has them graded, and hands the feedback back.

Each step reads its state from the disk or from memory that is read from there at the start, does what it can, and writes
the state. What fails is said in one sentence and tried again; nothing that one submission holds ends the loop.
"""

from __future__ import annotations

import os
import select
import signal
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from functools import partial
from pathlib import Path
from types import FrameType

from autograder.engine.errors import Refused
from autograder.engine.isolation import IsolationLevel
from autograder.engine.results import Result, Status
from autograder.engine.submission import TIMESTAMP
from autograder.errors import CourseError
from autograder.feedback.page import Page, render
from autograder.feedback.write import NO_PAGE
from autograder.gradebook.database import explain
from autograder.paths import assignments
from autograder.sentences import counted, first_line
from autograder.watching import records, status
from autograder.watching.arrivals import Arrival, Completeness, Inbound, owner_problem, read_file, read_name
from autograder.watching.attempts import Attempt, Attempts, State, key_of
from autograder.watching.lane import Lane, LaneEnded
from autograder.watching.page import AttemptPage, attempt_page
from autograder.watching.publish import Feedback
from autograder.watching.receipts import receipt, slot_shown
from autograder.watching.settings import Version, read_settings, version_of_assignment, version_of_settings
from autograder.watching.timing import Timing, timing
from autograder.watching.troubles import Troubles

# How long the loop waits for a result before it lists the exchange again: with and without work.
BUSY_SECONDS, IDLE_SECONDS = 0.1, 0.5

# How often settings and masters are looked at, and the status is written.
LOOK_SECONDS, STATUS_SECONDS = 2.0, 5.0

# How often the gradebook is asked who is enrolled and when work is due, if nobody unknown hands in.
ROSTER_SECONDS = 60.0

# How often a folder that is not whole yet is looked at: at first, and after a while; and when it is said.
SOON_SECONDS, LATER_SECONDS, WHILE_SECONDS, SAY_SECONDS = 0.3, 5.0, 30.0, 600.0

# Arrivals that are collected before results are looked at again, and attempts that one transaction records.
AT_A_TIME, BATCH = 10, 50

# How often the machine may fail to grade an attempt.
TRIES = 3

# By how much a claimed time may be before a listing that did not have the submission, until that is said.
SUSPICIOUS_SECONDS = 600.0

# As on the command line: a bug ends the watcher with its stack trace.
TRACE = "AUTOGRADER_TRACE"

Group = tuple[str, str]  # assignment, student


@dataclass
class _Pending:
    """A folder in the exchange that is not collected yet. Times are of the monotonic clock."""

    arrival: Arrival
    since: float
    next_look: float = 0.0


@dataclass
class _Running:
    """An attempt that a lane is grading. started: on the monotonic clock."""

    attempt: Attempt
    lane: Lane
    started: float


@dataclass
class _Work:
    """What is left to do, by step."""

    pending: dict[str, _Pending] = field(default_factory=dict)
    open: dict[Group, None] = field(default_factory=dict)
    publish: dict[str, Attempt] = field(default_factory=dict)
    record: dict[str, Attempt] = field(default_factory=dict)


class Watcher:
    """Watches the exchange of one course. Use it in a process that holds the lock of the course."""

    def __init__(
        self, root: Path, only: Sequence[str], level: IsolationLevel, jobs: int, tell: Callable[[str], None]
    ) -> None:
        """Read the settings and what earlier watchers have left.

        only: the assignments to grade; empty for all. jobs: submissions at a time. Raises CourseError where a setting
        cannot be read.
        """
        self.root, self.only, self.level, self.jobs = root, list(only), level, max(1, jobs)
        self.troubles = Troubles(tell)
        self.settings, self._settings_version = read_settings(root), version_of_settings(root)
        self.started = time.time()
        self.attempts = Attempts(root)
        self._inbound, self._completeness = Inbound(self.settings.inbound), Completeness()
        self._feedback = Feedback(self.settings.exchange, self.settings.course)
        self._collector = self.settings.collector()
        self._work = _Work()
        self._lanes: dict[str, Lane] = {}
        self._used_at: dict[str, float] = {}
        self._running: dict[Group, _Running] = {}
        self._tries: dict[str, int] = {}
        self._known_versions: dict[str, Version] = {}
        self._gradebook = records.GradebookWriter(root)
        self._database = ThreadPoolExecutor(1)
        self._recording: tuple[Future[None], list[Attempt]] | None = None
        self._enrolled: set[str] | None = None
        self._due: dict[str, datetime | None] = {}
        self._roster: Future[tuple[set[str], dict[str, datetime | None]]] | None = None
        self._looked_at = self._status_at = self._roster_at = 0.0
        self._stops = 0

    # The loop.

    def run(self, until_idle: bool = False) -> None:
        """Watch until SIGINT or SIGTERM; then finish what is being graded, or at a second signal end at once.

        until_idle: end when nothing is left to do, as a task of a test or of a job may want.
        """
        handlers = {number: signal.signal(number, self._stop) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            self._begin()
            while not self._is_over(until_idle):
                steps = (self._list, self._collect, self._dispatch) if not self._stops else ()
                for step in (self._look, *steps, self._receive, self._publish, self._record, self._tell_status):
                    self._do(step)
        finally:
            self._end()
            for number, handler in handlers.items():
                signal.signal(number, handler)

    def _do(self, step: Callable[[], None]) -> None:
        """Do a step; a bug in it is said and does not end the watcher."""
        try:
            step()
        except Exception as error:
            if TRACE in os.environ:
                raise
            what = first_line(f"{type(error).__name__}: {error}")
            self.troubles.say_once(step.__name__, f"a bug in the watcher, in {step.__name__} ({what}); report it.")
            time.sleep(BUSY_SECONDS)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self._stops += 1
        if self._stops > 1:
            raise KeyboardInterrupt

    def _is_over(self, until_idle: bool) -> bool:
        if self._stops:
            return not self._running
        work = self._work
        is_idle = not (work.pending or work.open or work.publish or work.record or self._running or self._recording)
        return until_idle and is_idle and self._inbound.listed_at > 0

    def _begin(self) -> None:
        self.attempts.prepare()
        for sentence in self.attempts.load():
            self.troubles.say(sentence)
        for attempt in self.attempts.by_name.values():
            if attempt.is_open and (attempt.folder / "result.json").is_file():
                self._adopt(attempt)
            self._follow(attempt)
        self._recount(say=False)
        self._ask_roster()
        unfinished = sum(not attempt.is_done for attempt in self.attempts.by_name.values())
        more = f"; {counted(unfinished, 'attempt')} of an earlier watcher to finish" if unfinished else ""
        names = ", ".join(self.only) or "all assignments"
        self.troubles.say(f"Watching {names} in {self.settings.inbound}, {self.jobs} at a time{more}.")
        self.troubles.say(f"Policy: {self.settings.policy}.")
        for name in self.only:
            if not self.settings.is_released(name):
                self.troubles.say(f"{name} was never released; run `nbgrader release_assignment {name}`.")

    def _adopt(self, attempt: Attempt) -> None:
        """Take the result that an earlier watcher had just kept when it was killed."""
        with suppress(OSError, ValueError):
            self._mark_graded(attempt, attempt.result(), (attempt.folder / "result.json").stat().st_mtime)

    def _end(self) -> None:
        for lane in self._lanes.values():
            lane.close()
        if self._stops < 2:
            self._do(self._publish)
            self._do(self._record_the_rest)
            self._do(partial(self._tell_status, last=True))
        with suppress(OSError):
            self._feedback.say_goodbye()
        self._database.shutdown(wait=self._stops < 2, cancel_futures=True)

    def _follow(self, attempt: Attempt) -> None:
        """Have the next steps of an attempt done."""
        if self.only and attempt.assignment not in self.only:
            return
        if attempt.is_open:
            self._work.open[attempt.assignment, attempt.student] = None
        if not attempt.is_published and attempt.state != State.RECEIVED:
            self._work.publish[attempt.name] = attempt
        if attempt.counts and not attempt.is_recorded:
            self._work.record[attempt.name] = attempt

    # Settings.

    def _look(self) -> None:
        """Read the settings again if they have changed, and notice new masters."""
        if self._roster:
            self._ask_roster()
        if time.monotonic() - self._looked_at < LOOK_SECONDS:
            return
        self._looked_at = time.monotonic()
        if (version := version_of_settings(self.root)) != self._settings_version:
            self._settings_version = version
            self._read_settings()
        for name, lane in list(self._lanes.items()):
            is_busy = any(running.lane is lane for running in self._running.values())
            warm = 60 * self.settings.policy.warm_minutes
            if not is_busy and time.monotonic() - self._used_at[name] > warm:
                self._lanes.pop(name).close()
        self._notice_masters()
        waits = any(pending.arrival.student not in (self._enrolled or ()) for pending in self._work.pending.values())
        if waits or time.monotonic() - self._roster_at > ROSTER_SECONDS:
            self._ask_roster()

    def _read_settings(self) -> None:
        try:
            settings = read_settings(self.root)
        except CourseError as error:
            self.troubles.say(f"The settings have changed and are not used: {error}")
            return
        before, self.settings = self.settings, settings
        if settings.inbound != before.inbound:
            self._inbound = Inbound(settings.inbound)
            self._feedback = Feedback(settings.exchange, settings.course)
        self._collector = settings.collector()
        self.troubles.forget()
        if settings.policy != before.policy:
            self.troubles.say(f"New policy: {settings.policy}.")
        for attempt in self.attempts.by_name.values():
            if attempt.state == State.CLOSED:  # somebody may have more time now
                attempt.state, attempt.is_published = State.RECEIVED, False
                self._follow(attempt)
        self._recount(say=settings.policy.counts != before.policy.counts)

    def _notice_masters(self) -> None:
        """Say which attempts that count were graded by an earlier master."""
        for name in {attempt.assignment for attempt in self.attempts.by_name.values() if attempt.counts}:
            version = version_of_assignment(self.root, name)[:2]
            if self._known_versions.setdefault(name, version) != version:
                self._known_versions[name] = version
                self.troubles.forget()
                older = sum(one.counts and one.assignment == name for one in self.attempts.by_name.values())
                self.troubles.say(
                    f"{name} has changed; {counted(older, 'attempt')} that count were graded before. `autograder grade "
                    f"{name} --regrade --dry-run` says whose score would move."
                )

    def _ask_roster(self) -> None:
        """Ask the gradebook, in its thread, who is enrolled and when work is due."""
        if self._roster is None and self.troubles.may_try("roster"):
            self._roster_at = time.monotonic()
            names = self.only or assignments(self.root)
            self._roster = self._database.submit(
                lambda: (records.enrolled(self.root), records.due_dates(self.root, names))
            )
        elif self._roster and self._roster.done():
            try:
                self._enrolled, self._due = self._roster.result()
                self.troubles.passed("roster")
            except Exception as error:
                self.troubles.failed("roster", _sentence(error))
            self._roster = None

    # Arrivals.

    def _list(self) -> None:
        """List the exchange, and remember what is new."""
        if not self.troubles.may_try("inbound"):
            return
        before, now = self._inbound.listed_at, time.time()
        try:
            names = self._inbound.new_names(now)
        except OSError as error:
            where = self.settings.inbound
            self.troubles.failed("inbound", f"{where} cannot be listed ({error.strerror}); it is tried again.")
            return
        self.troubles.passed("inbound", "The exchange can be listed again.")
        for name in names:
            if name in self.attempts.by_name or name in self._work.pending:
                continue
            read = read_name(self.settings.inbound / name, now, before)
            if isinstance(read, str):
                self.troubles.say_once(name, f"{name!a} in the exchange is left out: {read}.")
            elif not self.only or read.assignment in self.only:
                self._work.pending[name] = _Pending(read, time.monotonic())
        for name in self._work.pending.keys() - self._inbound.names:
            del self._work.pending[name]  # its student has removed it

    def _collect(self) -> None:
        """Collect what is whole."""
        now, looked = time.monotonic(), 0
        for name, pending in list(self._work.pending.items()):
            if pending.next_look > now or not self.troubles.may_try(name):
                continue
            if looked == AT_A_TIME:
                return
            looked += 1
            is_new = now - pending.since < WHILE_SECONDS
            pending.next_look = now + (SOON_SECONDS if is_new else LATER_SECONDS)
            try:
                self._take(pending)
            except (OSError, Refused, CourseError) as error:
                self.troubles.failed(name, f"{name} could not be collected ({error}); it is tried again.")

    def _take(self, pending: _Pending) -> None:
        """Collect a submission if it is whole and may be graded."""
        arrival = pending.arrival
        name, folder = arrival.folder.name, arrival.folder
        if not self._may_be_graded(arrival):
            return
        if not self._completeness.is_whole(folder, time.monotonic()):
            if time.monotonic() - pending.since > SAY_SECONDS:
                self.troubles.say_once(name, f"{name} is not whole after 10 minutes; ask its student to submit again.")
            return
        when = read_file(folder, TIMESTAMP, 100)
        attempt = Attempt(name, arrival.assignment, arrival.student, self.attempts.next_number, when, arrival.seen)
        attempt.absent_at = arrival.absent_at
        if when != name.rsplit("+", 3)[2]:
            attempt.why = f"its {TIMESTAMP} says {when!a}, and its name another time"
            attempt.submitted = name.rsplit("+", 3)[2]

        def copy(target: Path) -> None:
            attempt.why = attempt.why or self._collector.take(folder, target)
            if attempt.why:
                target.mkdir(exist_ok=True)
                (target / "submission_secret.txt").write_text(read_file(folder, "submission_secret.txt", 1000))
                attempt.state = State.REFUSED

        self.attempts.take(attempt, key_of(name, arrival.submitted), copy)
        del self._work.pending[name]
        self.troubles.passed(name)
        if attempt.state == State.REFUSED:
            self.troubles.say(f"{arrival.student}'s submission of {arrival.assignment} is not taken: {attempt.why}.")
        if arrival.submitted.timestamp() < arrival.absent_at - SUSPICIOUS_SECONDS:
            self.troubles.say(f"{name} claims a time at which it was not there; look at it before you believe it.")
        self._follow(attempt)
        if attempt.state == State.RECEIVED:
            with suppress(OSError):  # a courtesy; what follows is tried until it works
                self._feedback.publish(attempt.submission, attempt.assignment, receipt(attempt, self._zone))

    def _may_be_graded(self, arrival: Arrival) -> bool:
        """Return whether assignment, student and owner are known; say what is wrong otherwise."""
        student, assignment, settings = arrival.student, arrival.assignment, self.settings
        who = f"{student}'s submission of {assignment} waits in the exchange"
        if assignment not in assignments(self.root):
            return self._refuse(arrival, f"{who}: there is no source/{assignment}.")
        if not settings.is_released(assignment):
            return self._refuse(
                arrival, f"{who}: {assignment} was never released; run `nbgrader release_assignment {assignment}`."
            )
        if self._collector.check_owner and (problem := owner_problem(arrival, (os.geteuid(),))):
            return self._refuse(arrival, f"{arrival.folder.name} is left in the exchange: {problem}.")
        if not settings.policy.only_enrolled:
            return True
        if self._enrolled is None:  # not known yet, or the database is away, which is said
            return False
        if student not in self._enrolled:
            advice = f"run `autograder roster FILE` or `nbgrader db student add {student}`"
            return self._refuse(arrival, f"{who}: {student} is not enrolled; {advice}.")
        return True

    def _refuse(self, arrival: Arrival, sentence: str) -> bool:
        self.troubles.say_once(arrival.folder.name, sentence)
        return False

    # Grading.

    def _dispatch(self) -> None:
        """Decide what becomes of open attempts, and send those to the lanes that may be graded now."""
        policy, now = self.settings.policy, time.monotonic()
        slow = sum(now - running.started > policy.slow_seconds for running in self._running.values())
        places = self.jobs - (len(self._running) - min(slow, policy.slow_lane))
        for group in list(self._work.open):
            attempts = self.attempts.of(*group)
            open_ones = [attempt for attempt in attempts if attempt.is_open]
            if not open_ones:
                del self._work.open[group]
            elif group not in self._running:
                attempt = self._decide(attempts, open_ones)
                if attempt and places > 0 and self._send(attempt):
                    places -= 1

    def _decide(self, attempts: Sequence[Attempt], open_ones: Sequence[Attempt]) -> Attempt | None:
        """Return the attempt of a student to grade now, if there is one; settle those that must wait or are too late."""
        first, now = open_ones[0], time.time()
        about = self._timing(first)
        if about.is_closed:
            self._set_state(first, State.CLOSED)
            return None
        graded = [attempt.graded_at for attempt in attempts if attempt.state == State.GRADED]
        slot = self.settings.policy.next_slot(graded, now)
        if about.until and about.arrived <= about.until:  # then feedback cannot help any more to climb
            slot = max(now, min(slot, about.until.timestamp()))
        if slot <= now:
            return first
        *older, newest = open_ones
        for attempt in older:
            self._set_state(attempt, State.PASSED_OVER)
        if newest.state != State.WAITING or abs(newest.slot - slot) > 1:
            newest.slot = slot
            self._set_state(newest, State.WAITING)
        return None

    def _set_state(self, attempt: Attempt, state: State) -> None:
        attempt.state, attempt.is_published = state, False
        if self._save(attempt):
            self._follow(attempt)

    def _send(self, attempt: Attempt) -> bool:
        lane = self._lane(attempt.assignment) if self.troubles.may_try(attempt.name) else None
        if lane is None or not lane.is_ready:
            return False
        lane.grade(attempt.student, attempt.submission)
        self._running[attempt.assignment, attempt.student] = _Running(attempt, lane, time.monotonic())
        return True

    def _lane(self, assignment: str) -> Lane | None:
        """Return the lane of an assignment, which may not be ready yet; None while there can be none."""
        version, lane = version_of_assignment(self.root, assignment), self._lanes.get(assignment)
        self._used_at[assignment] = time.monotonic()
        if lane and lane.version != version:
            if any(running.lane is lane for running in self._running.values()):
                return None  # what it grades is finished first
            self._lanes.pop(assignment).close()
            lane = None
        if lane is None and self.troubles.may_try(("lane", assignment)):
            try:
                lane = Lane(self.root, assignment, self.attempts.scratch(), self.level, version)
            except OSError as error:
                self.troubles.failed(("lane", assignment), f"{assignment} cannot be graded now ({error.strerror}).")
                return None
            self._lanes[assignment] = lane
        return lane

    def _receive(self) -> None:
        """Wait a moment for results, and keep those that have come."""
        is_busy = bool(self._running or self._work.pending or self._recording or self._roster)
        is_busy = is_busy or any(not lane.is_ready for lane in self._lanes.values())
        by_descriptor = {lane.descriptor: lane for lane in self._lanes.values()}
        ready, _, _ = select.select(list(by_descriptor), [], [], BUSY_SECONDS if is_busy else IDLE_SECONDS)
        for lane in (by_descriptor[descriptor] for descriptor in ready):
            self._used_at[lane.assignment] = time.monotonic()
            try:
                results = lane.results()
                self.troubles.passed(("lane", lane.assignment), f"{lane.assignment} can be graded again.")
            except (LaneEnded, ValueError) as error:
                self._lose(lane, str(error))
                continue
            for result in results:
                running = self._running.pop((lane.assignment, result.student), None)
                if running:
                    self._keep(running.attempt, result, lane)

    def _lose(self, lane: Lane, why: str) -> None:
        """Start again what a lane was grading that has ended."""
        self._lanes.pop(lane.assignment)
        lane.close()
        self.troubles.failed(("lane", lane.assignment), f"{lane.assignment} cannot be graded now: {why}")
        for group, running in list(self._running.items()):
            if running.lane is lane:
                del self._running[group]
                self._try_again(running.attempt, "the process that graded it ended")

    def _try_again(self, attempt: Attempt, why: str) -> None:
        tries = self._tries[attempt.name] = self._tries.get(attempt.name, 0) + 1
        who = f"{attempt.student}'s attempt at {attempt.assignment}"
        if tries < TRIES:
            self.troubles.failed(attempt.name, f"{who} was not graded: {why}; it is tried again.")
        else:
            self.troubles.say(f"{who} was not graded {TRIES} times: {why}. Start the watcher again to have it tried.")
            attempt.why = why
            self._set_state(attempt, State.FAILED)

    def _keep(self, attempt: Attempt, result: Result, lane: Lane) -> None:
        """Keep a result; from here on the attempt is graded."""
        if result.status == Status.ERROR:
            self._try_again(attempt, first_line(result.reason))
            return
        try:
            attempt.keep(result, lane.folder / attempt.student / attempt.assignment)
        except OSError as error:
            self.troubles.failed(attempt.name, f"a result cannot be written ({error.strerror}); it is graded again.")
            return
        self.troubles.passed(attempt.name)
        self._mark_graded(attempt, result, time.time())
        self._recount_group(self.attempts.of(attempt.assignment, attempt.student))

    def _mark_graded(self, attempt: Attempt, result: Result, when: float) -> None:
        score = result.score if result.is_graded and result.score is not None else None
        penalty = 0.0 if score is None else self._timing(attempt).penalty(score, result.max_score)
        attempt.value = -1.0 if score is None else score - penalty
        attempt.graded_at = when
        self._set_state(attempt, State.GRADED)

    # Which attempt counts.

    def _recount(self, say: bool) -> None:
        """Choose the attempts that count. say: whose changes."""
        moved = [line for group in self.attempts.groups() if (line := self._recount_group(group))]
        if say:
            self.troubles.say(f"Scores that move: {'; '.join(moved) or 'none'}.")

    def _recount_group(self, group: Sequence[Attempt]) -> str:
        """Choose the attempt of a student that counts; return "ada 3 -> 5" if it is another one than before."""
        graded = [attempt for attempt in group if attempt.state == State.GRADED and attempt.value is not None]
        if not graded:
            return ""
        best = self.settings.policy.counts == "best"
        chosen = max(graded, key=lambda one: (one.value if best else 0, one.number))
        before = [attempt for attempt in graded if attempt.counts and attempt is not chosen]
        if not chosen.counts:
            chosen.counts, chosen.is_recorded = True, False
            self._save(chosen)
        for attempt in before:
            attempt.counts = False
            self._save(attempt)
            self._work.record.pop(attempt.name, None)
        self._follow(chosen)
        name = f"{chosen.student} in {chosen.assignment}"
        return f"{name} {before[-1].value:g} -> {chosen.value:g}" if before else ""

    # What students and the gradebook get.

    def _publish(self) -> None:
        """Write pages and receipts into the exchange."""
        if not self.troubles.may_try("feedback"):
            return
        for attempt in list(self._work.publish.values()):
            try:
                page = self._page(attempt) if attempt.state == State.GRADED else None
                told = receipt(attempt, self._zone, page)
                self._feedback.publish(attempt.submission, attempt.assignment, told, page and page.html)
                attempt.is_published = True
                attempt.save()
            except OSError as error:
                attempt.is_published = False
                where = self._feedback.folder
                self.troubles.failed("feedback", f"{where} cannot be written ({error.strerror}); it is tried again.")
                return
            del self._work.publish[attempt.name]
            self.troubles.passed("feedback", "Feedback can be written again.")
            self._tell_of(attempt, told["text"])

    def _tell_of(self, attempt: Attempt, text: str) -> None:
        if attempt.state == State.WAITING:
            text = f"over the limit; next at {slot_shown(attempt, self._zone)}"
        if attempt.state != State.REFUSED:  # which was said
            self.troubles.note(f"{attempt.assignment} {attempt.student}: {text}")

    def _page(self, attempt: Attempt) -> AttemptPage:
        """Return the page of a graded attempt; one that says so where it cannot be made."""
        about = self._timing(attempt)
        shown = "all" if about.is_all_shown(time.time()) else self.settings.policy.shown_before_due
        try:
            page = attempt_page(self.root, attempt.result(), attempt.folder / "autograded", shown, about)
        except Exception as error:  # whatever a notebook holds is its student's alone
            why = first_line(f"{type(error).__name__}: {error}")
            self.troubles.say(f"The page of {attempt.student} for {attempt.assignment} could not be made ({why}).")
            said = Page(attempt.assignment, attempt.student, title=attempt.assignment, notes=[NO_PAGE])
            page = AttemptPage(render(said), None, 0.0, 0, False)
        (attempt.folder / "page.html").write_bytes(page.html.encode("utf-8", "replace"))
        return page

    def _record(self, last: bool = False) -> None:
        """Write attempts that count into the course and the gradebook, those of one assignment. last: wait for it."""
        if self._recording:
            self._finish_recording(last)
        names = dict.fromkeys(attempt.assignment for attempt in self._work.record.values())
        name = next((name for name in names if last or self.troubles.may_try(("gradebook", name))), None)
        if self._recording or name is None:
            return
        batch, made = list[Attempt](), list[Result]()
        for attempt in [attempt for attempt in self._work.record.values() if attempt.assignment == name][:BATCH]:
            try:
                records.count(self.root, attempt)
                made.append(attempt.result())
                batch.append(attempt)
            except OSError as error:
                where = error.filename or attempt.folder
                self.troubles.failed(
                    ("gradebook", name), f"{where} cannot be written ({error.strerror}); it is tried again."
                )
                return
            except ValueError as error:
                self.troubles.say(
                    f"{attempt.folder}/result.json cannot be read ({error}); this attempt counts nowhere."
                )
                del self._work.record[attempt.name]
        version = (version_of_assignment(self.root, name), self._settings_version)
        future = self._database.submit(partial(self._gradebook.write, name, version, made))
        self._recording = future, batch
        if last:
            self._finish_recording(last)

    def _record_the_rest(self) -> None:
        """Write what counts before the end, as far as it can be written now."""
        left = -1
        while self._work.record and len(self._work.record) != left:
            left = len(self._work.record)
            self._record(last=True)

    def _finish_recording(self, wait: bool) -> None:
        assert self._recording
        future, batch = self._recording
        if not batch:
            self._recording = None
            return
        if not (wait or future.done()):
            return
        self._recording = None
        try:
            future.result()
            for attempt in batch:
                attempt.is_recorded = True
                attempt.save()
                self._work.record.pop(attempt.name, None)
            self.troubles.passed(("gradebook", batch[0].assignment), "The gradebook is written again.")
        except Exception as error:
            self.troubles.failed(("gradebook", batch[0].assignment), _sentence(error))

    # Small things.

    @property
    def _zone(self) -> tzinfo:
        return self.settings.deadlines.zone

    def _timing(self, attempt: Attempt) -> Timing:
        return timing(self.settings.deadlines, self._due.get(attempt.assignment), attempt)

    def _save(self, attempt: Attempt) -> bool:
        """Write the state of an attempt; the next watcher decides anew where that fails."""
        try:
            attempt.save()
        except OSError as error:
            self.troubles.failed(("save", attempt.name), f"{attempt.folder} cannot be written ({error.strerror}).")
        return True

    def _tell_status(self, last: bool = False) -> None:
        """Say in the exchange that somebody grades, and write the status for the instructor."""
        waiting = len(self._work.pending) + len(self._work.open)
        if not last and self.troubles.may_try("feedback"):
            try:
                self._feedback.beat(self.only, waiting)
            except OSError as error:
                where = self._feedback.folder
                self.troubles.failed("feedback", f"{where} cannot be written ({error.strerror}); it is tried again.")
        if last or time.monotonic() - self._status_at > STATUS_SECONDS:
            self._status_at = time.monotonic()
            about = status.WatcherInfo(
                os.getpid() if not last else 0,
                self.started,
                time.time(),
                self.only,
                str(self.settings.policy),
                sorted(self._lanes),
                len(self._work.pending),
                list(self.troubles.last),
            )
            try:
                status.write(self.root, about, self.attempts.by_name.values(), self._zone)
            except OSError as error:
                self.troubles.say_once("status", f"the status cannot be written ({error.strerror}).")


def _sentence(error: Exception) -> str:
    """Return what is said of an error of the gradebook."""
    said = explain(error) or (
        str(error) if isinstance(error, CourseError) else f"the gradebook: {first_line(str(error))}"
    )
    return f"{said.removesuffix('.')}. The watcher tries again."
