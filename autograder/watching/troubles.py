"""What does not work at the moment: said once, tried again later and later, and said again when it works."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from autograder.errors import CourseError
from autograder.gradebook.database import explain
from autograder.sentences import first_line

FIRST_WAIT, MOST_WAIT = 1.0, 60.0
KEPT = 20


@dataclass
class _Trouble:
    sentence: str
    wait: float
    again_at: float


class Troubles:
    """Remembers failures by what failed. tell: shows a sentence."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._open: dict[object, _Trouble] = {}
        self._said: set[object] = set()
        self.last: deque[tuple[float, str]] = deque(maxlen=KEPT)

    def say(self, sentence: str) -> None:
        """Say a sentence, and keep it for `autograder status`."""
        self.last.append((time.time(), sentence))
        self._tell(sentence)

    def note(self, sentence: str) -> None:
        """Say a sentence about something that went well."""
        self._tell(sentence)

    def say_once(self, key: object, sentence: str) -> None:
        """Say a sentence, unless the same was said of `key`."""
        if (key, sentence) not in self._said:
            self._said.add((key, sentence))
            self.say(sentence)

    def may_try(self, key: object) -> bool:
        """Return whether it is time to try `key`."""
        trouble = self._open.get(key)
        return trouble is None or time.monotonic() >= trouble.again_at

    def failed(self, key: object, sentence: str) -> None:
        """Note that `key` failed; the sentence is said when it is another one than the last time."""
        before = self._open.get(key)
        if before is None or before.sentence != sentence:
            self.say(sentence)
        wait = min(2 * before.wait, MOST_WAIT) if before else FIRST_WAIT
        self._open[key] = _Trouble(sentence, wait, time.monotonic() + wait)

    def passed(self, key: object, sentence: str = "") -> None:
        """Note that `key` works; say the sentence if it did not before."""
        if self._open.pop(key, None) and sentence:
            self.say(sentence)

    def forget(self) -> None:
        """Try everything again at once."""
        for trouble in self._open.values():
            trouble.again_at, trouble.wait = 0.0, FIRST_WAIT


def sentence_of(error: Exception) -> str:
    """Return what is said of an error of the gradebook."""
    said = (
        str(error) if isinstance(error, CourseError) else explain(error) or f"the gradebook: {first_line(str(error))}"
    )
    return f"{said.removesuffix('.')}. The watcher tries again."
