"""What the watcher shows to students and how often it grades: `c.Watch` in nbgrader_config.py.

    c.Watch.shown_before_due = "points"
    c.Watch.attempts_per_hour = 6

Not a `traitlets` class: that would only log a misspelt name, and here it is an error, as for `c.Grading`.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from autograder.errors import CourseError
from autograder.paths import CONFIG
from autograder.settings import nbgrader_config

HOUR, DAY = 3600.0, 86_400.0

# The values of settings that are words.
WORDS = {"shown_before_due": ("visible", "points", "all"), "counts": ("last", "best")}


@dataclass(frozen=True)
class Policy:
    """The instructor's rules for a grader that is always on.

    A limit holds per student and assignment; 0 means that there is none.
    """

    # What a page shows until the last student's work is due: the visible checks alone; also the points of the hidden
    # ones, but not what they say; or everything.
    shown_before_due: str = "points"
    # Which attempt counts: the last, or the best, by its points after the late penalty; of equal ones, the later.
    counts: str = "last"
    # Attempts that are graded within any 60 minutes, and within any 24 hours.
    attempts_per_hour: int = 6
    attempts_per_day: int = 20
    # Minutes between an attempt and the next one; each attempt within 24 hours multiplies them by the growth.
    cool_down_minutes: float = 0.0
    cool_down_growth: float = 1.0
    cool_down_most_minutes: float = 120.0
    # Whether only students are graded who are in the gradebook (`autograder roster`).
    only_enrolled: bool = True
    # A submission that runs longer leaves its place to the next one and goes on in the slow lane, which has so many.
    slow_seconds: float = 5.0
    slow_lane: int = 4
    # How long a class run stays ready after its last submission. It uses a few hundred MiB meanwhile.
    warm_minutes: float = 30.0

    def __str__(self) -> str:
        """Return the policy in one line, as `autograder status` shows it."""
        often = [
            f"{limit} per {unit}"
            for limit, unit in ((self.attempts_per_hour, "hour"), (self.attempts_per_day, "day"))
            if limit
        ]
        if self.cool_down_minutes:
            grows = self.cool_down_growth > 1
            more = f", times {self.cool_down_growth:g} each, at most {self.cool_down_most_minutes:g}" if grows else ""
            often.append(f"{self.cool_down_minutes:g} min between two{more}")
        attempts = f"attempts: {', '.join(often)}" if often else "attempts: no limit"
        return f"shown before the due date: {self.shown_before_due}; the {self.counts} attempt counts; {attempts}"

    def next_slot(self, graded: Sequence[float], now: float) -> float:
        """Return from when on a student's next attempt may be graded: `now`, or a later moment.

        graded: when earlier attempts were graded, in seconds since 1970, in any order. What a clock that was wrong has
        put more than a day into the future is left out.
        """
        known = sorted(moment for moment in graded if moment < now + DAY)
        slot = now
        for limit, window in ((self.attempts_per_hour, HOUR), (self.attempts_per_day, DAY)):
            if limit and len(known) >= limit:
                slot = max(slot, known[-limit] + window)
        today = [moment for moment in known if moment > now - DAY]
        if today:
            slot = max(slot, today[-1] + 60 * self._cool_down(len(today)))
        return slot

    def _cool_down(self, attempts: int) -> float:
        """Return the minutes to wait after so many attempts within 24 hours."""
        minutes = self.cool_down_minutes
        for _ in range(attempts - 1):
            minutes = min(minutes * self.cool_down_growth, self.cool_down_most_minutes)
        return minutes


def read_policy(root: Path) -> Policy:
    """Return the policy of the course `root`.

    Raises CourseError where `nbgrader_config.py` sets what there is not, sets one to what it cannot be, or sets two
    that contradict each other.
    """
    section: dict[str, Any] = dict(nbgrader_config(root).get("Watch", {}))
    known = {setting.name: setting.default for setting in fields(Policy)}
    for name, value in section.items():
        if name not in known:
            nearest = difflib.get_close_matches(name, known, n=1)
            which = f"did you mean {nearest[0]}?" if nearest else f"there are {', '.join(known)}."
            raise CourseError(f"{CONFIG} sets c.Watch.{name}, which is not a setting; {which}")
        if problem := _problem(name, value, known[name]):
            raise CourseError(f"{CONFIG} sets c.Watch.{name} to {value!r}; it must be {problem}.")
    policy = Policy(**section)
    if contradiction := _contradiction(policy):
        raise CourseError(f"{CONFIG}: {contradiction}.")
    return policy


def _problem(name: str, value: Any, default: Any) -> str:
    """Return what a setting must be, if `value` is not that."""
    if name in WORDS:
        return "" if value in WORDS[name] else f"one of {', '.join(WORDS[name])}"
    if isinstance(default, bool):
        return "" if isinstance(value, bool) else "True or False"
    kinds, kind = ((int, float), "a number") if isinstance(default, float) else ((int,), "a whole number")
    least = {"cool_down_growth": 1, "slow_lane": 1}.get(name, 0)
    fits = isinstance(value, kinds) and not isinstance(value, bool) and least <= value < 1e9
    return "" if fits else f"{kind} of at least {least}"


def _contradiction(policy: Policy) -> str:
    """Return a clause on two settings that cannot both hold; empty if there are none."""
    hour, day, first = policy.attempts_per_hour, policy.attempts_per_day, policy.cool_down_minutes
    if hour and day and hour > day:
        return f"c.Watch.attempts_per_hour is {hour}, and attempts_per_day allows only {day}; lower one, or set it to 0"
    if policy.cool_down_growth > 1 and not first:
        return "c.Watch.cool_down_growth is set, and cool_down_minutes is 0, which cannot grow; set both, or neither"
    if first > policy.cool_down_most_minutes:
        most = policy.cool_down_most_minutes
        return f"c.Watch.cool_down_minutes is {first:g}, more than cool_down_most_minutes, {most:g}; raise the latter"
    if first and hour and first * (hour - 1) >= 60:
        return (
            f"c.Watch.attempts_per_hour is {hour}, and {first:g} minutes between two attempts leave no room for "
            "so many; lower one of them"
        )
    return ""
