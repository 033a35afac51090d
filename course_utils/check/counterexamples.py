"""Find the bug: an input that a student gives, on which faulty code is wrong."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from course_utils.check import calls, plain
from course_utils.check.failed import Failed
from course_utils.check.received import Received


def exposes(
    given: Received, faulty: Callable[..., Any], right: Callable[..., Any], *, rtol: float = 1e-6, atol: float = 1e-9
) -> None:
    """Check that on the arguments `given` the `faulty` function returns something else than the `right` one.

        def spread(x):
            return np.max(np.abs(x)) - np.min(np.abs(x))

        counterexample = (np.array([-1.0, 3.0]),)
        check.exposes(check.read(counterexample, "counterexample"), spread, np.ptp)

    given: a tuple with one value for each parameter of `faulty`; arrays of at most 10,000 finite numbers.
    right: a function that takes the same, the student's own or a reference.
    rtol, atol: how far results may be apart and still be the same.
    Raises Failed where `given` has another form, where `right` does not take it, and where the results are the same.
    """
    names = list(inspect.signature(faulty).parameters)
    arguments = [part.value for part in given.unpack(*names)]
    given.satisfies(
        all(map(_is_small_and_finite, arguments)), "it must hold at most 10,000 numbers, all of them finite."
    )
    # No sentence names `right`: a reference of hidden tests is no name that a student knows.
    compared = "the function that the faulty code is compared with"
    try:
        expected = calls.result_of(right, *arguments, label=compared)
    except Failed as failed:
        raise Failed(f"On your arguments, {failed}") from None
    given.satisfies(
        _is_small_and_finite(expected),
        f"on it {compared} returns a value that is not finite. If that is right, choose other arguments.",
    )
    given.satisfies(
        _differs(faulty, arguments, expected, rtol, atol),
        "on it the faulty code and the function that it is compared with return the same. Where are the two different?",
    )


def _differs(faulty: Callable[..., Any], arguments: list[Any], expected: Any, rtol: float, atol: float) -> bool:
    try:
        Received(calls.result_of(faulty, *arguments), "it").equals(expected, rtol=rtol, atol=atol)
    except Failed:
        return True
    return False


def _is_small_and_finite(value: Any) -> bool:
    if plain.is_dict(value):
        return all(map(_is_small_and_finite, value.values()))
    if plain.is_sequence(value):
        return len(value) <= 100 and all(map(_is_small_and_finite, value))
    if plain.is_array(value) or plain.is_number(value):
        numbers = plain.as_numpy(value)
        return numbers.size <= 10_000 and bool(np.all(np.isfinite(numbers)))
    return True
