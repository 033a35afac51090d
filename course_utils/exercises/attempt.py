"""Running a student's function for a picture: a missing or broken answer gives a sentence, never an error.

    ours = np.linalg.eigh(C)
    theirs, trouble = attempt(eigenpairs, C, like=ours)

A wrong answer of the right form is drawn as it is, so that it is seen beside the reference.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from course_utils import check
from course_utils.check import plain


class Attempt(NamedTuple):
    """What a student's function returned. `value` is None where it cannot be drawn, and `trouble` says why."""

    value: Any
    trouble: str | None


def attempt(function: Callable[..., Any], *args: Any, like: Any = None, **kwargs: Any) -> Attempt:
    """Call the student's `function` and return what it returned, or why it cannot be drawn.

    like: a result of the right form: an array, whose shape and dtype are asked for along with finite numbers, or a
    tuple of these. Without it anything but None will do.
    Arrays are given as copies, for a broken answer may write into them.
    """
    args = tuple(_copied(arg) for arg in args)
    kwargs = {name: _copied(arg) for name, arg in kwargs.items()}
    try:
        received = check.call(function, *args, **kwargs)
        if like is not None:
            _demand_form(received, like)
        return Attempt(received.value, None)
    except check.Failed as failed:
        return Attempt(None, str(failed))


def _copied(value: Any) -> Any:
    return value.copy() if isinstance(value, np.ndarray) else value


def _demand_form(received: check.Received, like: Any) -> None:
    if isinstance(like, tuple):
        parts = received.unpack(*(f"value {i + 1}" for i in range(len(like))))
        for part, item in zip(parts, like, strict=True):
            _demand_form(part, item)
    elif plain.is_array(like):
        received.has_shape(*like.shape, like=like)
