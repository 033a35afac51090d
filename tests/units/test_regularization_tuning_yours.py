"""The student's own function in a demonstration of unit 10: dropout."""

from __future__ import annotations

import numpy as np
import pytest
from support.references import solution
from support.yours import assert_broken_functions_are_said_to_be_so, demonstration, said, sweep

UNIT, THINNED = "10_regularization_tuning", "thinned-demo"
DROPOUT = solution(UNIT, "dropout")["dropout"]


@pytest.mark.parametrize("p", [0.0, 0.3, 0.5, 0.9])
@pytest.mark.parametrize("at_test", [False, True])
def test_a_right_dropout_does_what_it_should(p, at_test):
    assert said(UNIT, THINNED, DROPOUT, p=p, at_test=at_test).startswith("Yours does what it should: ")


def not_rescaled(x, p_drop, rng, train):
    _, mask = DROPOUT(x, p_drop, rng, train)
    return x * mask, mask


def keeps_with_p(x, p_drop, rng, train):
    return DROPOUT(x, 1 - p_drop, rng, train)


def drops_at_test(x, p_drop, rng, train):
    return DROPOUT(x, p_drop, rng)


@pytest.mark.parametrize(
    ("wrong", "values"),
    [
        (not_rescaled, {"p": 0.1}),
        (not_rescaled, {"p": 0.9}),
        (keeps_with_p, {"p": 0.3}),
        (drops_at_test, {"at_test": True}),
    ],
)
def test_a_wrong_dropout_differs(wrong, values):
    assert said(UNIT, THINNED, wrong, **values).startswith("Yours differs: of 2000 units")


def test_the_units_of_the_second_network_have_the_values_that_the_function_gives_them():
    picture = demonstration(UNIT, THINNED, DROPOUT).draw(p=0.5, iteration=1, at_test=False)
    _, yours = picture.figure.axes
    shown = [float(text.get_text()) for text in yours.texts]
    assert sorted(set(shown)) == [1, 2]  # the inputs and outputs, and what is kept of 11 hidden units
    assert 6 < len(shown) < 17


def test_a_broken_function_is_said_to_be_so_and_the_picture_stays():
    assert_broken_functions_are_said_to_be_so(UNIT, THINNED, DROPOUT)


def test_a_picture_with_a_function_of_the_students_can_be_drawn_for_every_value_of_its_controls():
    assert sweep(UNIT, THINNED, DROPOUT) == []


def test_an_argument_that_is_written_into_is_named():
    def dropout(x, p_drop, rng, train):
        x *= 0
        return x, np.zeros(x.shape, dtype=bool)

    assert "modified its argument" in said(UNIT, THINNED, dropout)
