"""What the student's code replied to a check, in order: the record from which a usual mistake is recognised."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator
from typing import Any, NamedTuple

from course_utils.check import fingerprint, plain

# Bytes of arrays that a trace keeps. What comes later is noted by its kind and shape alone.
MAX_BYTES = 32 << 20


class Note(NamedTuple):
    """A reply: how it came ("returned", "raised", "refused", "is"), and what it was."""

    word: str
    value: Any


class Trace(fingerprint.Recorder):
    """Keeps the replies themselves, as far as there is room for them."""

    def __init__(self, has_room: Callable[[], bool] = lambda: True) -> None:
        super().__init__()
        self.notes: list[Note] = []
        self._room, self._has_room = MAX_BYTES, has_room

    def note(self, word: str, value: Any = None) -> None:
        """Keep a copy of a reply, so that what is done to it later does not reach the trace."""
        self._room -= plain.size_in_bytes(value)
        is_kept = self._room >= 0 and self._has_room()
        self.notes.append(Note(word, plain.snapshot(value) if is_kept else plain.summary(value)))


@contextlib.contextmanager
def traced(has_room: Callable[[], bool] = lambda: True) -> Generator[Trace]:
    """Record the replies to the checks that run inside the `with` block.

    has_room: says whether there is room for one more; else it is noted by its kind and shape alone.
    """
    before = fingerprint.recorder
    fingerprint.recorder = trace = Trace(has_room)
    try:
        yield trace
    finally:
        fingerprint.recorder = before
