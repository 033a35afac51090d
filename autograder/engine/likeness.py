"""Whether two replies of two answers are the same up to rounding."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from course_utils.check import plain
from course_utils.check.trace import Note

# Numbers this close come from the same mistake, computed in another order.
RTOL = 1e-6

# Below it numbers of any size are 0: what is left where a stable formula gives 0 and another 1e-304.
TINY = 1e-100


def same_replies(ones: Sequence[Note], others: Sequence[Note]) -> bool:
    """Say whether two answers replied the same to the same questions; of errors their kind counts."""
    return len(ones) == len(others) and all(map(same_reply, ones, others))


def same_reply(one: Note, other: Note) -> bool:
    """Say whether a reply is the same as another; of errors their kind counts."""
    if one.word != other.word:
        return False
    if one.word == "raised":
        return one.value[0] == other.value[0]
    rounding = RTOL * 1e-3 * max(_size(one.value), _size(other.value))
    return _same(one.value, other.value, rounding)


def _size(value: Any) -> float:
    """Return the largest finite number in a reply: what is rounded off next to it is no difference."""
    if plain.is_array(value) or plain.is_number(value):
        numbers = plain.as_numpy(value)
        return float(np.abs(numbers[np.isfinite(numbers)]).max(initial=0.0)) if numbers.dtype.kind in "fc" else 0.0
    parts = value.values() if plain.is_dict(value) else value if plain.is_sequence(value) else ()
    return max(map(_size, parts), default=0.0)


def _same(one: Any, other: Any, rounding: float) -> bool:
    if isinstance(one, plain.Opaque) or isinstance(other, plain.Opaque):
        return plain.kind(one) == plain.kind(other)
    if plain.is_tensor(one) != plain.is_tensor(other):
        return False
    if plain.is_array(one) and plain.is_array(other):
        return one.dtype == other.dtype and _same_numbers(one, other, rounding)
    if plain.is_number(one) and plain.is_number(other):
        return _same_numbers(one, other, rounding)
    if plain.is_sequence(one) and plain.is_sequence(other):
        return len(one) == len(other) and all(_same(a, b, rounding) for a, b in zip(one, other, strict=True))
    if plain.is_dict(one) and plain.is_dict(other):
        return one.keys() == other.keys() and all(_same(one[key], other[key], rounding) for key in one)
    return plain.kind(one) == plain.kind(other) if _is_opaque(one) else type(one) is type(other) and one == other


def _is_opaque(value: Any) -> bool:
    return not isinstance(value, (str, bool, np.bool, type(None)))


def _same_numbers(one: Any, other: Any, rounding: float) -> bool:
    one, other = plain.as_numpy(one), plain.as_numpy(other)
    if one.shape != other.shape or one.dtype.kind != other.dtype.kind:
        return False
    if one.dtype.kind not in "fc":
        return bool(np.array_equal(one, other))
    size = float(np.abs(other[np.isfinite(other)]).max(initial=0.0))
    rtol = max(RTOL, 100 * float(np.finfo(one.dtype).eps))
    return bool(np.allclose(one, other, rtol=rtol, atol=max(rtol * size, rounding, TINY), equal_nan=True))


def forms(replies: Sequence[Note]) -> frozenset[str]:
    """Return what can be said of the last reply whatever its numbers are: what tells free answers from each other."""
    parts = list(_arrays(replies[-1].value)) if replies else []
    found = {f"{len(parts)} parts"}
    for place, part in enumerate(parts):
        found |= {"a part is 0"} if part.size and not part.any() else set()
        found |= {"a part is one number"} if part.size == 1 else set()
        for other in parts[:place]:
            if part.shape == other.shape and part.dtype.kind in "fc" and other.dtype.kind in "fc":
                found |= {"two parts are equal"} if np.array_equal(part, other) else set()
                found |= {"two parts are opposite"} if np.array_equal(part, -other) else set()
    return frozenset(found)


def _arrays(value: Any) -> Iterator[np.ndarray]:
    if plain.is_array(value):
        yield plain.as_numpy(value)
    elif plain.is_dict(value) or plain.is_sequence(value):
        for part in value.values() if plain.is_dict(value) else value:
            yield from _arrays(part)
