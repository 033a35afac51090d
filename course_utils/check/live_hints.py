"""In a notebook: what follows a check, the hint below a failed one and the line below a passed one.

`hints.json` next to a released notebook lists its check cells, and the fingerprints of the usual mistakes on their
inputs. The first attempt that makes a mistake is asked for a second look, the next one that makes it again gets the
hint that belongs to it, and from the third on the hint names the slide, too. A check that runs again on an unchanged
answer says what it said before. What a passed check says is in `passed`. Each check that ran on an answer is noted for
`course_utils.student.progress`.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from course_utils.check import failed, fingerprint, passed, rules
from course_utils.check.attempts import Attempts
from course_utils.check.seeds import SEED_VARIABLE
from course_utils.student import progress
from course_utils.student.kernel import shell_of_this_kernel

FILE = "hints.json"
NUDGE = (
    "A usual mistake gives exactly this. Which line of your answer would you suspect? "
    "If your next answer makes the same mistake, this says more."
)


class Known(NamedTuple):
    """A check cell that `hints.json` knows. `about`: its exercise; `mistakes`: (name, hint), by fingerprint."""

    assignment: str
    exercise: str
    about: dict[str, Any]
    mistakes: dict[str, list[list[str]]]


def attach() -> None:
    """Follow the cells of the notebook of which this process is the kernel; do nothing in grading or without one."""
    shell = shell_of_this_kernel()
    if shell is not None and SEED_VARIABLE not in os.environ:
        _Listener(shell)


class _Listener:
    def __init__(self, shell: Any) -> None:
        self._shell, self._attempts = shell, Attempts()
        self._passed = passed.Passed(self._attempts)
        self._known: Known | None = None
        self._recorder = fingerprint.Recorder()
        self._hints: list[str] | None = None
        self._begin(None)
        shell.events.register("pre_run_cell", self._begin)
        shell.events.register("post_run_cell", self._end)
        failed.hint_lines = self._hint_lines

    def _begin(self, info: Any) -> None:
        rules.begin()
        fingerprint.recorder = self._recorder = fingerprint.Recorder()
        self._source = info.raw_cell if info else ""
        self._known = known(self._source)
        self._hints = None

    def _end(self, result: Any) -> None:
        if self._known is None:
            self._attempts.ran(self._source)
            return
        check, passes = digest(self._source), bool(result.success)
        self._passed.ran(check, self._source, passes)
        if self._recorder.is_answered:
            progress.note(self._known.assignment, self._known.exercise, check, passes)
        self._follow(self._known, check, passes)

    def _follow(self, known: Known, check: str, passes: bool) -> None:
        """Show what follows a check that has passed, and nothing below one that has failed."""
        checks = list(known.about["checks"])
        is_whole = self._passed.all_of(checks)
        if passes:
            hidden = known.about.get("hidden", "")
            print(passed.line(known.exercise, checks.index(check) + 1, len(checks), is_whole, hidden))
        explanation = known.about.get("explanation", "")
        if self._passed.explains(known.exercise, check, is_whole) and explanation:
            self._shell.display_pub.publish(passed.shown(explanation))

    def _hint_lines(self) -> list[str]:
        """Return the lines below the message of a check."""
        if self._known is None or not self._recorder.is_answered:
            return []
        if self._hints is None:
            mistakes = self._known.mistakes.get(self._recorder.fingerprint, [])
            attempt = self._attempts.count(self._known.exercise, [name for name, _ in mistakes], self._source)
            self._hints = ladder(attempt, mistakes, self._known.about["slide"])
        return self._hints


def ladder(attempt: int, mistakes: Sequence[Sequence[str]], slide: str) -> list[str]:
    """Return the hint for the `attempt`-th attempt at an exercise that makes the same mistakes, as lines.

    mistakes: (name, hint) of the usual mistakes that give the student's numbers; there may be none.
    slide: where the lecture explains it.
    """
    if attempt == 1:
        return ["", NUDGE] if mistakes else []
    hints = [f"Hint: this is what a usual mistake gives, “{name.replace('_', ' ')}”. {hint}" for name, hint in mistakes]
    if len(hints) == 2:
        hints.insert(1, "Or:")
    where = [f"To read again: {slide}"] if slide and attempt > 2 else []
    return ["", *(hints or ["Now is the time to open the hints below this exercise."]), *where]


def known(source: str) -> Known | None:
    """Return what `hints.json` of the current folder knows of a cell with this source; None where that is nothing."""
    try:
        changed = Path(FILE).stat().st_mtime_ns
        return _checks(str(Path(FILE).resolve()), changed).get(digest(source))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):  # missing, or changed since its release
        return None


def digest(source: str) -> str:
    """Return the name by which `hints.json` knows a cell with this source."""
    return hashlib.sha256(source.strip().encode()).hexdigest()[:16]


@cache
def _checks(path: str, changed: int) -> dict[str, Known]:
    content = json.loads(Path(path).read_text(encoding="utf-8"))
    return {
        check: Known(content["assignment"], name, about, mistakes)
        for name, about in content["exercises"].items()
        for check, mistakes in about["checks"].items()
    }
