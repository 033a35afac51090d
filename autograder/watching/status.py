"""`autograder status`: how the watcher is doing, in the terminal and as a page that refreshes itself."""

from __future__ import annotations

import json
import statistics
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from autograder.deadlines.course_file import read_deadlines
from autograder.deadlines.moments import duration, show
from autograder.files import replace_text
from autograder.html import jinja_environment
from autograder.sentences import counted
from autograder.watching.attempts import FOLDER, WATCHER, Attempt, Attempts, State
from autograder.watching.policy import read_policy
from autograder.watching.receipts import slot_shown
from course_utils.student.submit import SILENT_SECONDS

# The page, in the folder of the reports, which is not in git and which only instructors read.
PAGE = Path("reports") / "watch.html"

# Of which attempts the wait is told, and over which time the rate.
RECENT_SECONDS, RATE_SECONDS = 3600.0, 600.0


@dataclass(frozen=True)
class WatcherInfo:
    """What the watcher says of itself. pid: 0 when it has ended. Times are in seconds since 1970.

    only: the assignments that it grades; empty for all. warm: those with a class run ready. pending: submissions in the
    exchange that are not collected, for example because they are not whole. errors: (when, sentence).
    """

    pid: int
    started: float
    time: float
    only: list[str]
    policy: str
    warm: list[str]
    pending: int
    errors: Sequence[Sequence[float | str]]


@dataclass(frozen=True)
class Figures:
    """How the attempts of one assignment are doing. waits: seconds, (median, 95th percentile), None without any.

    rate: graded attempts per minute. queue: to be graded now. over: (student, from when on) of those over the limit.
    """

    assignment: str
    states: dict[str, int]
    queue: int
    rate: float
    waits: tuple[float, float] | None
    over: list[tuple[str, str]]


def figures(attempts: Iterable[Attempt], now: float, zone: tzinfo) -> list[Figures]:
    """Return the figures of each assignment that has attempts."""
    by_assignment: dict[str, list[Attempt]] = {}
    for attempt in attempts:
        by_assignment.setdefault(attempt.assignment, []).append(attempt)
    return [_figures(name, found, now, zone) for name, found in sorted(by_assignment.items())]


def write(root: Path, about: WatcherInfo, attempts: Iterable[Attempt], zone: tzinfo) -> None:
    """Write what `autograder status` reads, and the page."""
    replace_text(root / FOLDER / WATCHER, json.dumps(asdict(about), indent=1) + "\n", private=True)
    found = figures(attempts, time.time(), zone)
    (root / PAGE).parent.mkdir(exist_ok=True)
    text = jinja_environment("autograder.watching").get_template("status.html.j2")
    state = _state(about, zone)
    errors = [(_clock(when, zone), sentence) for when, sentence in reversed(about.errors)]
    replace_text(root / PAGE, text.render(state=state, about=about, figures=found, errors=errors), private=True)


def status_lines(root: Path) -> Iterator[str]:
    """Yield the lines of `autograder status`. Raises CourseError where settings or deadlines cannot be read."""
    zone, attempts = read_deadlines(root).zone, Attempts(root)
    about = _read(root)
    yield _state(about, zone) if about else "Nobody has watched this course yet; `autograder watch` does."
    yield f"policy: {read_policy(root)}"
    yield from attempts.load()
    for one in figures(attempts.by_name.values(), time.time(), zone):
        states = ", ".join(f"{number} {state}" for state, number in one.states.items())
        yield f"{one.assignment}: {states}; queue {one.queue}, {one.rate:.1f} per minute; wait {waits_shown(one)}"
        for student, slot in one.over:
            yield f"  over the limit: {student}, next at {slot}"
    if about and about.pending:
        yield f"in the exchange and not collected: {about.pending}"
    for when, sentence in about.errors if about else ():
        yield f"{_clock(when, zone)} {sentence}"
    if (root / PAGE).is_file():
        yield f"The same as a page that refreshes itself: {PAGE}"


def waits_shown(one: Figures) -> str:
    """Return the wait of recent attempts in words."""
    return f"{one.waits[0]:.1f} s (median), {one.waits[1]:.1f} s (95th percentile)" if one.waits else "not known"


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that `share` of `values`, which are not empty, do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered) + 0.5) - 1))]


def _figures(assignment: str, attempts: list[Attempt], now: float, zone: tzinfo) -> Figures:
    graded = [one for one in attempts if one.state == State.GRADED]
    recent = [one for one in graded if now - RECENT_SECONDS < one.graded_at <= now]
    waited = [max(0.0, one.graded_at - max(one.seen, one.slot)) for one in recent]
    last = sum(now - RATE_SECONDS < one.graded_at <= now for one in graded)
    states = Counter(str(one.state) for one in attempts)
    return Figures(
        assignment,
        dict(sorted(states.items())),
        states[State.RECEIVED],
        last / (RATE_SECONDS / 60),
        (statistics.median(waited), percentile(waited, 0.95)) if waited else None,
        [(one.student, slot_shown(one, zone)) for one in attempts if one.state == State.WAITING],
    )


def _state(about: WatcherInfo, zone: tzinfo) -> str:
    """Return one sentence on whether the watcher is there."""
    if about.pid == 0:
        return f"The watcher ended at {_clock(about.time, zone)}; nobody is grading."
    silent = time.time() - about.time
    if silent > SILENT_SECONDS:
        return f"The watcher, process {about.pid}, has been silent for {duration(silent)}; nobody may be grading."
    ready = f"{counted(len(about.warm), 'class run')} ready: {', '.join(about.warm) or 'none yet'}"
    return f"The watcher, process {about.pid}, has run for {duration(about.time - about.started)}; {ready}."


def _read(root: Path) -> WatcherInfo | None:
    try:
        return WatcherInfo(**json.loads((root / FOLDER / WATCHER).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _clock(when: float | str, zone: tzinfo) -> str:
    return show(datetime.fromtimestamp(int(float(when)), UTC), zone)
