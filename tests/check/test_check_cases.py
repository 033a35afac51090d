"""What the checker says about cases, and about numbers that are nearly right."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from course_utils import check


def near(x):
    return x * (1 + 3e-7)


def test_a_case_adds_what_is_special_about_the_inputs():
    with pytest.raises(check.Failed) as caught, check.case("X has rank 2"):
        check.call(near, np.ones(3)).has_shape(2)
    assert str(caught.value) == "`near(array (3,))` has shape (3,); expected (2,).\n  Here X has rank 2."
    with check.case("X has rank 2"):
        check.call(near, np.ones(3)).has_shape(3)


def test_a_case_leaves_other_errors_as_they_are():
    with pytest.raises(ZeroDivisionError), check.case("X has rank 2"):
        _ = 1 / 0


@pytest.mark.parametrize("expected", [np.eye(2) + 1, np.array([2.0, 5.0]), np.float64(3.0)])
def test_nearly_right_numbers_are_told_apart_and_not_taken_for_another_mistake(expected):
    """A symmetric matrix is its own transpose, and 1.0000003 is not a constant factor."""
    with pytest.raises(check.Failed) as caught:
        check.call(near, expected).equals(expected)
    lines = str(caught.value).splitlines()
    received, wanted = lines[1].rpartition("received ")[2].split(", expected ")
    assert received != wanted
    assert lines[2:] == [
        "  They are close, but differ by more than rounding: is precision lost, or is a small number added?"
    ]


def test_a_shape_is_not_enough_where_numbers_are_not_finite():
    def not_numbers():
        spare = np.full((4, 4), np.nan)  # its memory is the next to be given out: the checker must not read from it
        return spare + 1

    with pytest.raises(check.Failed, match="NaN"):
        check.call(not_numbers).has_shape(4, 4)


def test_comparing_with_huge_and_infinite_numbers_warns_nobody():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for received in (np.array([np.inf, 1.0]), np.array([1e300, 1e308])):
            with pytest.raises(check.Failed):
                check.call(lambda received=received: received).equals(np.array([1e-300, np.inf]))


def test_a_case_that_is_a_question_ends_in_one_mark():
    with pytest.raises(check.Failed) as caught, check.case("it is asked again: in which mode was it left?"):
        raise check.Failed("It differs.")
    assert str(caught.value) == "It differs.\n  Here it is asked again: in which mode was it left?"


def test_a_line_of_the_engine_is_never_quoted_as_the_students():
    from autograder.engine.worker.server import Responder

    def one_parameter(x):
        return x

    reply = Responder({"f": one_parameter}).respond({"do": "call", "name": "f", "args": (1, 2), "kwargs": {}})
    assert reply["raised"]["name"] == "TypeError"
    assert reply["raised"]["line"] is None
