"""In a notebook: what follows a check that has passed.

A line says which check of which exercise it was. When all visible checks of an exercise have passed on one answer, it
says instead what the hidden cases will try, and the explanation of the exercise follows.

The line goes to stdout as plain text. nbgrader takes points off for stderr, and reads the value of a cell as points.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from course_utils.check.attempts import Attempts
from course_utils.check.failed import wrapped

TAG = re.compile(r"</?(?:details|summary)>")


class Passed:
    """The visible checks that have passed in this notebook, each with the answer that it passed on."""

    def __init__(self, attempts: Attempts) -> None:
        self._attempts = attempts
        self._passed: dict[str, tuple[str, frozenset[str]]] = {}
        self._explained_below: dict[str, str] = {}

    def ran(self, check: str, source: str, passes: bool) -> None:
        """Note how a check cell has ended. check: its digest."""
        self._passed.pop(check, None)
        if passes:
            self._passed[check] = source, self._attempts.answer(source)

    def all_of(self, checks: Sequence[str]) -> bool:
        """Say whether all checks of an exercise, by their digests, have passed on the answers as they are now."""
        return all(check in self._passed and self._is_current(*self._passed[check]) for check in checks)

    def explains(self, exercise: str, check: str, is_whole: bool) -> bool:
        """Say whether the explanation of an exercise goes below this check: it stands below one check at a time.

        is_whole: whether all checks of the exercise have passed.
        """
        below = self._explained_below.get(exercise, check) == check
        if below:
            self._explained_below.pop(exercise, None)
        if below and is_whole:
            self._explained_below[exercise] = check
        return below and is_whole

    def _is_current(self, source: str, answer: frozenset[str]) -> bool:
        return self._attempts.answer(source) == answer


def line(exercise: str, number: int, of: int, is_whole: bool, hidden: str) -> str:
    """Return what a passed check says, broken as the message of a failed one is.

    number, of: which of the visible checks it is, from 1, and how many there are. is_whole: whether all have passed.
    hidden: what the hidden cases will try; it may be empty.
    """
    if not is_whole:
        return f"Passed: `{exercise}`, check {number} of {of}."
    said = f"Passed: `{exercise}`, visible cases."
    return "\n".join(wrapped(f"{said} The hidden cases will try: {hidden}" if hidden else said))


def shown(explanation: str) -> dict[str, str]:
    """Return an explanation, a folded block in Markdown, as a notebook displays it: as it is, and as plain text."""
    return {"text/markdown": explanation, "text/plain": TAG.sub("", explanation).strip()}
