"""Find the bug, test it, predict then measure: what students are told, through `course_utils.check`."""

from __future__ import annotations

import numpy as np
import pytest

from course_utils import check


def spread(x: np.ndarray) -> np.floating:
    """Return the range of x, and be wrong where x has negative numbers."""
    return np.max(np.abs(x)) - np.min(np.abs(x))


def exposed(counterexample: object, right=np.ptp) -> None:
    check.exposes(check.read(counterexample, "counterexample"), spread, right)


@pytest.mark.parametrize("x", [[-1.0, 3.0], [-2.0, 1.0], [-4.0, 0.0, 4.0]])
def test_arguments_on_which_the_faulty_code_is_wrong_are_accepted(x):
    exposed((np.array(x),))
    exposed([np.array(x)])


@pytest.mark.parametrize(
    ("counterexample", "said"),
    [
        ((np.array([1.0, 3.0]),), "on it the faulty code and the function that it is compared with return the same"),
        ((np.array([-3.0, -1.0]),), "on it the faulty code and the function that it is compared with return the same"),
        ((np.array([1.0, np.nan]),), "all of them finite"),
        ((np.zeros(10_001),), "at most 10,000 numbers"),
        ((np.array([]),), r"On your arguments, the function that the faulty code is compared with raised ValueError"),
        ((np.ones(2), np.ones(2)), "has 2 values; expected 1: x"),
        (np.ones(2), "expected x"),
        (None, "is not implemented yet"),
    ],
)
def test_other_arguments_are_refused_in_a_sentence(counterexample, said):
    with pytest.raises(check.Failed, match=said):
        exposed(counterexample)


def test_a_right_result_that_is_not_finite_exposes_nothing():
    with pytest.raises(check.Failed, match="not finite"):
        exposed((np.array([-1.0, 3.0]),), right=lambda x: np.inf)


def test_faulty_code_that_raises_is_exposed():
    def faulty(x):
        return 1 / x

    check.exposes(check.read((0,), "counterexample"), faulty, lambda x: 0.0)


def test_arguments_reach_both_functions_as_they_were_given():
    def doubled_in_place(x):
        x *= 2
        return x

    check.exposes(check.read((np.array([1.0]),), "it"), doubled_in_place, lambda x: 3 * x)
    with pytest.raises(check.Failed, match="return the same"):
        check.exposes(check.read((np.array([1.0]),), "it"), doubled_in_place, lambda x: 2 * x)


RIGHT = {"sums and divides": np.mean, "weighs all alike": lambda x: np.average(x)}
WRONG = {"takes the middle": np.median, "takes the first": lambda x: x[0], "adds up": np.sum}


def thorough(mean):
    """A test that finds all three."""
    assert abs(mean(np.array([1.0, 2.0, 6.0])) - 3.0) < 1e-12, "the mean of 1, 2 and 6 is 3"


def of_equal_numbers(mean):
    """A test that finds one."""
    if mean(np.array([2.0, 2.0])) != 2.0:
        raise ValueError


def test_a_test_is_judged_by_how_many_wrong_implementations_it_catches():
    check.catches(thorough, RIGHT, WRONG)
    check.catches(of_equal_numbers, RIGHT, WRONG, least=1)
    with pytest.raises(check.Failed) as failed:
        check.catches(of_equal_numbers, RIGHT, WRONG, least=2)
    assert str(failed.value).startswith("`of_equal_numbers` catches 1 of 3 wrong implementations; expected at least 2.")
    assert "It accepts one that takes the middle." in str(failed.value)


def test_a_test_that_rejects_what_is_right_fails_with_the_students_own_words():
    def narrow(mean):
        assert mean(np.array([1.0, 2.0])) == 1.0, "the smaller one"

    with pytest.raises(check.Failed) as failed:
        check.catches(narrow, RIGHT, WRONG)
    assert str(failed.value).startswith("`narrow` rejects an implementation that is right: one that sums and divides.")
    assert "AssertionError: the smaller one" in str(failed.value)
    assert 'in your line: assert mean(np.array([1.0, 2.0])) == 1.0, "the smaller one"' in str(failed.value)


def test_a_test_may_ask_pytest_whether_something_raises():
    def of_nothing(mean):
        with pytest.raises(ValueError):
            mean(np.zeros(0))

    def careful(x):
        if not len(x):
            raise ValueError("no numbers")
        return np.mean(x)

    check.catches(of_nothing, {"refuses an empty array": careful}, {"returns 0 for it": np.sum})


def test_a_stub_is_told_so_and_not_that_it_rejects_what_is_right():
    def stub(mean):
        raise NotImplementedError

    with pytest.raises(check.Failed, match="`stub` is not implemented yet"):
        check.catches(stub, RIGHT, WRONG)


def test_what_a_test_may_not_use_is_ruled_out_while_it_runs(monkeypatch):
    from course_utils.check import rules

    def by_library(mean):
        assert mean(np.array([1.0, 3.0])) == np.mean([1.0, 3.0])

    monkeypatch.setattr(rules, "_in_force", rules.rule_out([], "by_library", ["numpy.mean"]))
    with pytest.raises(check.Failed, match=r"`by_library` uses `numpy\.mean`"):
        check.catches(by_library, RIGHT, WRONG)


def guess_of(value):
    def guess():
        return value

    return guess


@pytest.mark.parametrize("value", [0.0, 0.3, 1, np.float64(0.5)])
def test_any_number_in_range_is_a_prediction(value):
    assert check.prediction(guess_of(value), 0.0, 1.0).value == value


@pytest.mark.parametrize("value", [None, True, "half", 1.5, -0.1, np.nan, np.array([0.1, 0.2])])
def test_what_is_no_number_in_range_is_no_prediction(value):
    with pytest.raises(check.Failed, match="expected your guess, a number from 0 to 1"):
        check.prediction(guess_of(value), 0.0, 1.0)


def test_the_letter_of_a_fault_is_one_of_those_offered():
    check.read("b", "fault").is_one_of("a", "b")
    for value in ("c", 1, ["a"], np.array(["a"])):
        with pytest.raises(check.Failed, match="expected 'a' or 'b'"):
            check.read(value, "fault").is_one_of("a", "b")
