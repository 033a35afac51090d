"""The replies of the student's code to a check, as a fingerprint by which a usual mistake is recognised.

A fingerprint is a digest of all replies so far, rounded, so that the same mistake written differently gives the same
one. Nothing can be read from it: neither numbers nor code.
"""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np

from course_utils.check import plain

# Decimal digits that count, by dtype; of others, 2. What is left is more than two ways of computing differ by.
DIGITS = {"float64": 6, "complex128": 6, "float32": 3, "complex64": 3}

# Numbers below it are rounding errors of numbers around 1.
NOISE = 1e-12

# Two ways of computing a number that lies on the edge of a cell may round it to either side. Numbers that people
# compute (0.5, 0.125, 1) lie on edges; shifted by this, they do not.
OFF_THE_EDGE = 0.2817


class Recorder:
    """The replies to one run of a check cell, in order."""

    def __init__(self) -> None:
        self._made = hashlib.sha256()
        self._is_replied, self._met_stub = False, False

    def note(self, word: str, value: Any = None) -> None:
        """Record a reply: how it came ("returned", "raised"), and what it was."""
        self._is_replied = True
        self._made.update(word.encode())
        self._take(value)

    def note_stub(self) -> None:
        """Record that a part of the answer is as it was released."""
        self._met_stub = True

    @property
    def is_answered(self) -> bool:
        """Whether the student's code replied, and the check met no part of it that is as it was released.

        A class whose methods are stubs replies when it is read, and is no answer yet.
        """
        return self._is_replied and not self._met_stub

    @property
    def fingerprint(self) -> str:
        """The digest of all replies so far."""
        return self._made.hexdigest()[:24]

    def _take(self, value: Any) -> None:
        if plain.is_dict(value):
            self._made.update(b"{")
            for key in value:
                self._made.update(repr(key).encode())
                self._take(value[key])
        elif plain.is_sequence(value):
            self._made.update(b"[")
            for item in value:
                self._take(item)
        elif plain.is_array(value) or plain.is_number(value):
            self._made.update(_rounded(value))
        elif value is None or isinstance(value, str) or plain.is_boolean(value):
            self._made.update(str(value).encode())
        else:
            self._made.update(plain.kind(value).encode())
        self._made.update(b"\0")


# What records the replies now. In grading it is None: the engine has its own record.
recorder: Recorder | None = None


def note(word: str, value: Any = None) -> None:
    """Record a reply, where something records: how it came ("returned", "raised", "refused", "is"), and what it was."""
    if recorder is not None:
        recorder.note(word, value)


def note_stub() -> None:
    """Record, where something records, that a part of the answer is as it was released."""
    if recorder is not None:
        recorder.note_stub()


def _rounded(value: Any) -> bytes:
    numbers = plain.as_numpy(value)
    form = f"{'tensor' if plain.is_tensor(value) else 'numbers'} {numbers.shape} "
    if numbers.dtype.kind not in "fc":
        return form.encode() + numbers.dtype.kind.encode() + np.ascontiguousarray(numbers).tobytes()
    digits = DIGITS.get(plain.dtype_name(value) if plain.is_array(value) else "float64", 2)
    parts = np.real(numbers), np.imag(numbers)
    return f"{form}{digits} ".encode() + b" ".join(_cells(part, digits) for part in parts)


def _cells(numbers: np.ndarray, digits: int) -> bytes:
    """Return in which cell of a grid each number lies; the grid is as fine as the largest number has digits."""
    numbers = numbers.astype(np.float64)
    finite = np.isfinite(numbers)
    size = max(np.abs(numbers[finite]).max(initial=0.0), NOISE)
    step = max(10.0 ** (np.floor(np.log10(size) + OFF_THE_EDGE) - digits), NOISE)
    cells = np.floor(np.where(finite, numbers, 0.0) / step + OFF_THE_EDGE).astype(np.int64)
    return cells.tobytes() + np.where(finite, "", numbers.astype(str)).tobytes()
