"""Call a student's function for a picture: a missing or broken answer becomes a sentence, never an error.

    reference = np.linalg.eigh(C)
    yours, problem = guarded_call(eigenpairs, C, like=reference)

A wrong answer of the right form is drawn as it is, next to the reference.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from course_utils import check
from course_utils.check import plain


class GuardedCall(NamedTuple):
    """What a student's function returned. `value` is None where it cannot be drawn, and `problem` says why."""

    value: Any
    problem: str | None


def guarded_call(function: Callable[..., Any], *args: Any, like: Any = None, **kwargs: Any) -> GuardedCall:
    """Call the student's `function` and return what it returned, or why it cannot be drawn.

    args, kwargs: any values; numpy arrays are passed as copies, since a broken answer may write into them.
    like: a result of the right form: an array of any shape, or a tuple of these. The student's must have the same
        class, shape and dtype, and finite numbers. Without it, anything except None will do.
    """
    args = tuple(_copied(arg) for arg in args)
    kwargs = {name: _copied(arg) for name, arg in kwargs.items()}
    try:
        received = check.call(function, *args, **kwargs)
        if like is not None:
            _demand_form(received, like)
        return GuardedCall(received.value, None)
    except check.Failed as failed:
        return GuardedCall(None, str(failed))


def _copied(value: Any) -> Any:
    return value.copy() if plain.is_numpy(value) else value


def _demand_form(received: check.Received, like: Any) -> None:
    if isinstance(like, tuple):
        parts = received.unpack(*(f"value {i + 1}" for i in range(len(like))))
        for part, item in zip(parts, like, strict=True):
            _demand_form(part, item)
    elif plain.is_array(like):
        received.has_shape(*like.shape, like=like)
