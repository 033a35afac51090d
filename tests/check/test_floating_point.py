"""Overflow is an error for a check that asks for its absence, also where the student's code silences NumPy."""

from __future__ import annotations

from contextlib import nullcontext
from functools import partial

import numpy as np
import pytest
from support.exercises import exercise_of, read

from autograder.engine.in_process import run_checks
from course_utils.check.floating_point import errors_raised

LARGE = np.array([1000.0])


def _by_a_context() -> None:
    with np.errstate(all="ignore"):
        np.exp(LARGE)


@np.errstate(over="ignore")
def _by_a_decorator() -> None:
    np.exp(LARGE)


def _by_settings() -> None:
    before = np.seterr(all="ignore")
    try:
        np.exp(LARGE)
    finally:
        np.seterr(**before)


@pytest.mark.parametrize("overflows", [_by_a_context, _by_a_decorator, _by_settings, partial(np.exp, LARGE)])
def test_an_overflow_that_is_silenced_is_an_error_nevertheless(overflows):
    with pytest.raises(FloatingPointError, match="overflow"), errors_raised():
        overflows()


def test_an_invalid_operation_is_an_error_and_an_underflow_is_none():
    with errors_raised():
        assert np.exp(-LARGE) == 0
    with pytest.raises(FloatingPointError, match="invalid"), errors_raised():
        np.subtract(np.inf, np.inf)


@pytest.mark.parametrize("fails", [False, True])
def test_the_settings_afterwards_are_those_before_and_work_again(fails):
    before = np.geterr()
    with pytest.raises(FloatingPointError) if fails else nullcontext(), errors_raised():
        if fails:
            np.exp(LARGE)
    assert np.geterr() == before
    with np.errstate(over="ignore"):
        assert np.isinf(np.exp(LARGE))
        assert np.geterr()["over"] == "ignore"


SILENCED = """
@np.errstate(over="ignore")
def sigmoid(z):
    before = np.seterr(all="ignore")
    try:
        with np.errstate(all="ignore"):
            return 1 / (1 + np.exp(-np.asarray(z)))
    finally:
        np.seterr(**before)
"""


def test_a_sigmoid_that_silences_its_overflow_loses_the_points_of_one_without():
    # Not in the catalogue: it gives the replies of the answer that silences nothing, and neither would have a name.
    (assignment, _), exercise = read("04_losses_gradients"), exercise_of("04_losses_gradients", "sigmoid")
    found = run_checks(assignment.setup, SILENCED, exercise, seed=2)
    assert list(found) == ["sigmoid_check_2"]
    assert "raised FloatingPointError: overflow encountered in exp" in found["sigmoid_check_2"].message
