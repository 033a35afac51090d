"""Calling a student's function for a picture never raises; what cannot be drawn becomes a sentence."""

from __future__ import annotations

import numpy as np
import pytest

from course_utils.drawing.guarded_call import guarded_call

X = np.ones((2, 3))


def missing(X):
    raise NotImplementedError("Replace this line with your answer.")


def broken(X):
    return X @ X


def in_place(X):
    X *= 2
    return X


def test_a_result_of_the_right_form_comes_back_though_it_is_wrong():
    value, problem = guarded_call(lambda X: 7 * X, X, like=X)
    assert problem is None
    np.testing.assert_array_equal(value, 7 * X)
    value, problem = guarded_call(lambda X: (X, X[0]), X, like=(X, X[1]))
    assert (problem, len(value)) == (None, 2)


@pytest.mark.parametrize(
    ("function", "like", "sentence"),
    [
        (missing, X, "`missing` is not implemented yet"),
        (broken, X, "`broken(array (2, 3))` raised ValueError"),
        (in_place, X, "`in_place(array (2, 3))` modified its argument in place"),
        (lambda X: None, None, "returned None"),
        (lambda X: X.T, X, "has shape (3, 2); expected (2, 3)"),
        (lambda X: X / 0, X, "NaN or infinite"),
        (lambda X: "text", X, "is a str; expected a numpy array"),
        (lambda X: X, (X, X), "expected value 1 and value 2 as a tuple"),
        (lambda X: (X, X[0, 0]), (X, X[0]), "value 2 is a float64; expected a numpy array"),
    ],
)
def test_what_cannot_be_drawn_becomes_a_sentence(function, like, sentence):
    value, problem = guarded_call(function, X.copy(), like=like)
    assert value is None
    assert sentence in problem
