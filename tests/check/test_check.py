"""The checker says, for each kind of mistake, exactly the sentence that a student should read."""

from __future__ import annotations

import contextlib
import io
import sys
import warnings
from textwrap import dedent

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from course_utils import check
from course_utils.check import plain
from course_utils.check.plain import Opaque
from course_utils.check.seeds import SEED_VARIABLE

X = np.array([[2.0, 4.0, 9.0], [1.0, -3.0, 8.0]])  # (2, 3)
S = np.array([[2.0, 7.0], [-1.0, 5.0]])  # square and not symmetric
V = np.array([3.0, 1.0, -2.0])


def sentence(ask) -> str:
    """What the student reads when the check `ask` is run."""
    with pytest.raises(check.Failed) as caught:
        ask()
    return str(caught.value)


def answer(value):
    """A student's function that returns `value` whatever it is given."""

    def f(X):
        return value

    return f


def subtract_mean_in_place(X):
    X -= X.mean()
    return X.copy()


def not_implemented(X):
    raise NotImplementedError("Replace this line with your answer.")


def raising(X):
    return X @ X


def quitting(X):
    sys.exit()


RAW = "`f(array (2, 3))`"
DIFFERS = f"{RAW} has wrong values.\n  6 of 6 numbers differ, most at [0, 2]: received "


def in_place_pair(X):
    X += 1
    return X, 3


SENTENCES = {
    "not implemented": (
        lambda: check.call(not_implemented, X),
        "`not_implemented` is not implemented yet: the line `raise NotImplementedError(...)` still runs. "
        "Replace it with your answer, and run that cell.",
    ),
    "a missing value": (
        lambda: check.read(None, "rank"),
        "`rank` is not implemented yet: give it a value in the cell above, and run that cell.",
    ),
    "returned None": (
        lambda: check.call(answer(None), X),
        f"{RAW} returned None. Does every path through it end in `return`?",
    ),
    "raised": (
        lambda: check.call(raising, X),
        "`raising(array (2, 3))` raised ValueError: matmul: Input operand 1 has a mismatch in its core dimension 0, "
        "with gufunc signature (n?,k),(k,m?)->(n?,m?) (size 2 is different from 3)\n  in your line: return X @ X",
    ),
    "too few parameters": (
        lambda: check.call(raising, X, 2),
        "`raising(array (2, 3), 2)` raised TypeError: raising() takes 1 positional argument but 2 were given.",
    ),
    "a function among the arguments": (
        lambda: check.call(answer(1.0), answer(2.0)).equals(3.0),
        "`f(function)` has the wrong value.\n  received 1, expected 3",
    ),
    "a function that stayed in the student's process": (
        lambda: check.call(answer(1.0), Opaque(0, "a function")).equals(3.0),
        "`f(function)` has the wrong value.\n  received 1, expected 3",
    ),
    "left the interpreter": (
        lambda: check.call(quitting, X),
        "`quitting(array (2, 3))` raised SystemExit\n  in your line: sys.exit()",
    ),
    "a list for an array": (
        lambda: check.call(answer([1.0, 2.0]), X).equals(X),
        f"{RAW} is a list; expected a numpy array (numpy.ndarray).",
    ),
    "a tensor for an array": (
        lambda: check.call(answer(torch.ones(2, 3)), X).equals(X),
        f"{RAW} is a torch tensor; expected a numpy array (numpy.ndarray).",
    ),
    "an array for a tensor": (
        lambda: check.call(answer(X), X).equals(torch.ones(2, 3)),
        f"{RAW} is a numpy array; expected a torch tensor (torch.Tensor).",
    ),
    "a subclass": (
        lambda: check.call(answer(X.view(np.matrix)), X).equals(X),
        f"{RAW} is numpy.matrix, a subclass of numpy.ndarray; expected a numpy array (numpy.ndarray).",
    ),
    "text for a number": (
        lambda: check.call(answer("3"), X).equals(3.0),
        f"{RAW} is a str; expected a number.",
    ),
    "an array for a number": (
        lambda: check.call(answer(np.ones(1)), X).equals(3.0),
        f"{RAW} has shape (1,); expected a single number.",
    ),
    "a float for a whole number": (
        lambda: check.call(answer(3.0), X).equals(3),
        f"{RAW} is 3.0, a floating-point number; expected an integer.",
    ),
    "another word": (lambda: check.call(answer("row"), X).equals("column"), f"{RAW} is 'row'; expected 'column'."),
    "a number for yes or no": (lambda: check.call(answer(1), X).equals(True), f"{RAW} is an int; expected True."),
    "one value for two": (
        lambda: check.call(answer(X), X).unpack("mean", "variance"),
        f"{RAW} returned a numpy array; expected mean and variance as a tuple.",
    ),
    "three values for two": (
        lambda: check.call(answer((1, 2, 3)), X).unpack("mean", "variance"),
        f"{RAW} returned 3 values; expected 2: mean and variance.",
    ),
    "a part": (
        lambda: check.call(answer((1.0, 2.0)), X).unpack("mean", "variance")[1].equals(3.0),
        f"{RAW}, variance has the wrong value.\n  received 2, expected 3",
    ),
    "no dict": (
        lambda: check.call(answer(X), X).equals({"q": 1.0}),
        f"{RAW} returned a numpy array; expected a dict with the key 'q'.",
    ),
    "a missing key": (
        lambda: check.call(answer({"f": 1.0}), X).equals({"q": 1.0}),
        f"{RAW}: the key 'q' is missing; its keys are: 'f'.",
    ),
    "a key too many": (
        lambda: check.call(answer({"f": 1.0, "q": 1.0}), X).equals({"q": 1.0}),
        f"{RAW} has unexpected keys: 'f'.",
    ),
    "a short list": (
        lambda: check.call(answer([1.0]), X).equals([1.0, 2.0]),
        f"{RAW} has length 1; expected length 2.",
    ),
    "an entry of a list": (
        lambda: check.call(answer([X, -X]), X).equals([X, X]),
        f"{RAW}[1] has wrong values.\n  6 of 6 numbers differ, most at [0, 2]: received -9, expected 9\n"
        "  Every number has the wrong sign.",
    ),
    "a transposed shape": (
        lambda: check.call(answer(X.T.copy()), X).equals(X),
        f"{RAW} has shape (3, 2); expected (2, 3): is it transposed?",
    ),
    "a column for a row": (
        lambda: check.call(answer(np.ones((3, 1))), X).equals(np.ones((1, 3))),
        f"{RAW} has shape (3, 1); expected (1, 3): a column instead of a row.",
    ),
    "a column for a vector": (
        lambda: check.call(answer(V[:, None]), X).equals(V),
        f"{RAW} has shape (3, 1); expected (3,): a column instead of a vector with one axis.",
    ),
    "a square from broadcasting": (
        lambda: check.call(answer(V[:, None] + V), X).equals(V),
        f"{RAW} has shape (3, 3); expected (3,): is it a diagonal matrix, or did a column and a row broadcast?",
    ),
    "summed": (
        lambda: check.call(answer(np.float64(3.0)), X).equals(3.0 * X),
        f"{RAW} is a float64; expected a numpy array (numpy.ndarray).",
    ),
    "another dtype": (
        lambda: check.call(answer(X.astype(np.float32)), X).equals(X),
        f"{RAW} has dtype float32; expected float64.",
    ),
    "another dtype of a tensor": (
        lambda: check.call(answer(torch.ones(2, dtype=torch.int64)), X).equals(torch.ones(2)),
        f"{RAW} has dtype int64; expected float32.",
    ),
    "NaN": (
        lambda: check.call(lambda X: np.log(X - 4), X).equals(X),
        "`<lambda>(array (2, 3))` has 4 of 6 entries that are NaN or infinite, the first at [0, 0] (NaN). "
        "While it ran, Python warned: divide by zero encountered in log.",
    ),
    "an infinite number": (lambda: check.call(answer(np.inf), X).equals(2.0), f"{RAW} is infinite."),
    "modified in place": (
        lambda: check.call(subtract_mean_in_place, X.copy()).equals(X - X.mean()),
        "`subtract_mean_in_place(array (2, 3))` modified its argument in place: X[0, 0] was 2 and is now -1.5. "
        "Work on a copy.",
    ),
    "transposed": (
        lambda: check.call(answer(S.T.copy()), X).equals(S),
        f"{RAW} has wrong values.\n  2 of 4 numbers differ, most at [0, 1]: received -1, expected 7\n"
        "  These are the expected numbers transposed: are rows and columns swapped?",
    ),
    "the wrong sign": (
        lambda: check.call(answer(-X), X).equals(X),
        f"{DIFFERS}-9, expected 9\n  Every number has the wrong sign.",
    ),
    "twice as much": (
        lambda: check.call(answer(2 * X), X).equals(X),
        f"{DIFFERS}18, expected 9\n  Every number is 2 times the expected one.",
    ),
    "twice as much, with the wrong sign": (
        lambda: check.call(answer(-2 * X), X).equals(X),
        f"{DIFFERS}-18, expected 9\n  Every number is minus 2 times the expected one.",
    ),
    "a negative factor of a single number": (
        lambda: check.call(answer(-4 * 9.1234), X).equals(9.1234, n=4),
        f"{RAW} has the wrong value.\n  received -36.4936, expected 9.1234\n  It is minus n times the expected one.",
    ),
    "divided by n": (
        lambda: check.call(answer(X * 9 / 10), X).equals(X, n=10),
        f"{DIFFERS}8.1, expected 9\n  Every number is (n - 1)/n times the expected one.",
    ),
    "not divided by the batch size": (
        lambda: check.call(answer(X * 16), X).equals(X, batch_size=16),
        f"{DIFFERS}144, expected 9\n  Every number is batch_size times the expected one.",
    ),
    "a usual factor of a single number": (
        lambda: check.call(answer(4 * 9.1234), X).equals(9.1234, n=4),
        f"{RAW} has the wrong value.\n  received 36.4936, expected 9.1234\n  It is n times the expected one.",
    ),
    "a factor of two counts, which is chance": (
        lambda: check.call(answer(2), X).equals(1, n=4),
        f"{RAW} has the wrong value.\n  received 2, expected 1",
    ),
    "a factor of two small numbers, which is chance": (
        lambda: check.call(answer(1.5), X).equals(7.5, n=5),
        f"{RAW} has the wrong value.\n  received 1.5, expected 7.5",
    ),
    "a square of a small number, which is chance": (
        lambda: check.call(answer(16.0), X).equals(-4.0),
        f"{RAW} has the wrong value.\n  received 16, expected -4",
    ),
    "a single 0, of which there is no more to say": (
        lambda: check.call(answer(0.0), X).equals(0.3217),
        f"{RAW} has the wrong value.\n  received 0, expected 0.3217",
    ),
    "numbers that have diverged, which is no factor": (
        lambda: check.call(answer(8.8e-16 * X), X).equals(X),
        f"{DIFFERS}7.92e-15, expected 9",
    ),
    "a size that is called by a word": (
        lambda: check.call(answer(X * 7), X).equals(X, units=7),
        f"{DIFFERS}63, expected 9\n  Every number is the number of units times the expected one.",
    ),
    "a size that another size explains as well": (
        lambda: check.call(answer(X / 4), X).equals(X, n=5, m=3, d=4),
        f"{DIFFERS}2.25, expected 9\n  Every number is 1/d or 1/(n - 1) times the expected one.",
    ),
    "half of a number where there are two samples": (
        lambda: check.call(answer(X / 2), X).equals(X, n=2),
        f"{DIFFERS}4.5, expected 9\n  Every number is 1/2 or 1/n times the expected one.",
    ),
    "a ratio with a size that is called by a word": (
        lambda: check.call(answer(X * 3 / 7), X).equals(X, n=7, batches=3),
        f"{DIFFERS}3.85714, expected 9\n  Every number is (number of batches)/n times the expected one.",
    ),
    "a size that is a term": (
        lambda: check.call(answer(X * 0.8), X).equals(X, **{"(1 - p)": 0.8}),
        f"{DIFFERS}7.2, expected 9\n  Every number is (1 - p) times the expected one.",
    ),
    "a factor that is a logarithm": (
        lambda: check.call(answer(X * np.log(10)), X).equals(X, ln_base=np.log(10)),
        f"{DIFFERS}20.7233, expected 9\n  Every number is ln(base) times the expected one.",
    ),
    "one row that is wrong, of which no column is a part": (
        lambda: check.call(answer(X + np.array([[0.0], [0.5]])), X).equals(X),
        f"{RAW} has wrong values.\n  3 of 6 numbers differ, most at [1, 0]: received 1.5, expected 1",
    ),
    "large counts": (
        lambda: check.call(answer(25805000), X).equals(41854),
        f"{RAW} has the wrong value.\n  received 25805000, expected 41854",
    ),
    "one value of a tuple for two": (
        lambda: check.call(answer((1,)), X).unpack("mean", "variance"),
        f"{RAW} returned 1 value; expected 2: mean and variance.",
    ),
    "one value of a part for two": (
        lambda: check.call(answer((1.0, (2.0,))), X).unpack("A", "cache")[1].unpack("A0", "A1"),
        f"{RAW}, cache has 1 value; expected 2: A0 and A1.",
    ),
    "a part that is no tuple": (
        lambda: check.call(answer((1.0, X)), X).unpack("A", "cache")[1].unpack("A0", "A1"),
        f"{RAW}, cache is a numpy array; expected A0 and A1 as a tuple.",
    ),
    "a part that is no dict": (
        lambda: check.call(answer((1.0, X)), X).unpack("A", "cache")[1].key("A0"),
        f"{RAW}, cache is a numpy array; expected a dict with the key 'A0'.",
    ),
    "a value that is no dict": (
        lambda: check.read(2, "summary").key("rank"),
        "`summary` is an int; expected a dict with the key 'rank'.",
    ),
    "a single entry that is NaN": (
        lambda: check.call(answer(np.array([1.0, np.nan, 4.0])), X).equals(V),
        f"{RAW} has 1 entry of 3 that is NaN or infinite, at [1] (NaN).",
    ),
    "a square for a vector": (
        lambda: check.call(answer(np.diag([3.0, 1.0, 4.0])), X).equals(V),
        f"{RAW} has shape (3, 3); expected (3,): is it a diagonal matrix, or did a column and a row broadcast?",
    ),
    "a sigmoid with the wrong sign, whose numbers are in reverse order, too": (
        lambda: check.call(answer(np.array([0.75, 0.5, 0.25])), X).equals(np.array([0.25, 0.5, 0.75])),
        f"{RAW} has wrong values.\n  2 of 3 numbers differ, most at [0]: received 0.75, expected 0.25\n"
        "  These are 1 minus the expected numbers.",
    ),
    "a dtype that holds no numbers": (
        lambda: check.call(answer(plain.Opaque(1, plain.kind(np.array([1.0, None])))), X).equals(V),
        f"{RAW} is a numpy array of dtype object; expected a numpy array (numpy.ndarray).",
    ),
    "a single number with the wrong sign": (
        lambda: check.call(answer(-9.1234), X).equals(9.1234),
        f"{RAW} has the wrong value.\n  received -9.1234, expected 9.1234\n  It has the wrong sign.",
    ),
    "a small number where a large one is expected, which is not 0": (
        lambda: check.call(answer(1e-5), X).equals(1e5),
        f"{RAW} has the wrong value.\n  received 1e-05, expected 100000",
    ),
    "a part of an answer that modified its argument": (
        lambda: check.call(in_place_pair, X.copy()).unpack("x", "k")[1].equals(3),
        "`in_place_pair(array (2, 3))` modified its argument in place: X[0, 0] was 2 and is now 3. Work on a copy.",
    ),
    "an unusual factor of a single number, which says nothing": (
        lambda: check.call(answer(6.3), X).equals(9.0, n=10),
        f"{RAW} has the wrong value.\n  received 6.3, expected 9",
    ),
    "a factor that has no name": (
        lambda: check.call(answer(X * 0.7), X).equals(X, n=10),
        f"{DIFFERS}6.3, expected 9\n"
        "  Every number is 0.7 times the expected one: is a constant factor missing, or one too many?",
    ),
    "ascending": (
        lambda: check.call(answer(np.array([1.0, 2.0, 5.0])), X).equals(np.array([5.0, 2.0, 1.0])),
        f"{RAW} has wrong values.\n  2 of 3 numbers differ, most at [0]: received 1, expected 5\n"
        "  These are the expected numbers in reverse order.",
    ),
    "square roots": (
        lambda: check.call(answer(np.array([1.0, 2.0, 5.0])), X).equals(np.array([1.0, 4.0, 25.0])),
        f"{RAW} has wrong values.\n  2 of 3 numbers differ, most at [2]: received 5, expected 25\n"
        "  These are the square roots of the expected numbers.",
    ),
    "zeros": (
        lambda: check.call(answer(np.zeros((2, 3))), X).equals(X),
        f"{DIFFERS}0, expected 9\n  Every number is 0.",
    ),
    "no bias": (
        lambda: check.call(answer(X), X).equals(X + V),
        f"{RAW} has wrong values.\n  6 of 6 numbers differ, most at [0, 0]: received 2, expected 5\n"
        "  Every row is off by the same vector: is a term missing that all rows share?",
    ),
    "no column bias": (
        lambda: check.call(answer(X), X).equals(X + np.array([[5.0], [-1.0]])),
        f"{RAW} has wrong values.\n  6 of 6 numbers differ, most at [0, 0]: received 2, expected 7\n"
        "  Every column is off by the same vector: is a term missing that all columns share?",
    ),
    "a shift": (
        lambda: check.call(answer(X + 0.5), X).equals(X),
        f"{RAW} has wrong values.\n  6 of 6 numbers differ, most at [0, 0]: received 2.5, expected 2\n"
        "  Every number is off by the same amount, 0.5.",
    ),
    "no usual mistake": (
        lambda: check.call(answer(np.array([3.0, 1.0, 4.0])), X).equals(V),
        f"{RAW} has wrong values.\n  1 of 3 numbers differs, at [2]: received 4, expected -2",
    ),
    "another direction": (
        lambda: check.call(answer(np.array([0.6, 0.8])), X).equals_up_to_sign(np.array([-0.8, -0.6])),
        f"{RAW} has wrong values (compared up to sign).\n"
        "  2 of 2 numbers differ, most at [0]: received -0.6, expected -0.8",
    ),
    "another subspace": (
        lambda: check.call(answer(np.eye(3)[:, :2]), X).equals_up_to_rotation(np.eye(3)[:, 1:]),
        f"{RAW} is orthonormal, but spans a different subspace, at an angle of 90 degrees to the expected one.",
    ),
    "a basis that is too long": (
        lambda: check.call(answer(np.eye(3)[:, :2] * [1, 2]), X).equals_up_to_rotation(np.eye(3)[:, :2]),
        f"{RAW} has a column of length 2 (column 1); every column should have length 1.",
    ),
    "a basis that is skew": (
        lambda: check.call(answer(np.array([[1.0, 0.6], [0.0, 0.8]])), X).equals_up_to_rotation(np.eye(2)),
        f"{RAW} has columns that are not orthogonal: the inner product of columns 0 and 1 is 0.6.",
    ),
    "a gradient": (
        lambda: check.call(lambda X: 2 * X, X).is_gradient_of(lambda x: 0.5 * np.sum(x**2), X),
        "`<lambda>(array (2, 3))` has wrong values.\n"
        "  6 of 6 numbers differ, most at [0, 2]: received 18, expected 9\n"
        "  Every number is 2 times the expected one.\n"
        "  The expected numbers are central differences with a step of 1e-05.",
    ),
    "a property": (
        lambda: check.call(answer(X), X).satisfies(False, "its columns have length 2.24 and 5, expected 1."),
        f"{RAW}: its columns have length 2.24 and 5, expected 1.",
    ),
    "an error that does not come": (
        lambda: check.raises(ValueError, answer(2.0), X),
        f"{RAW} must raise ValueError; it returned a float.",
    ),
    "another error": (
        lambda: check.raises(KeyError, raising, X),
        "`raising(array (2, 3))` must raise KeyError; it raised ValueError: matmul: Input operand 1 has a mismatch in "
        "its core dimension 0, with gufunc signature (n?,k),(k,m?)->(n?,m?) (size 2 is different from 3)\n"
        "  in your line: return X @ X",
    ),
    "an error expected of a stub": (
        lambda: check.raises(ValueError, not_implemented, X),
        "`not_implemented` is not implemented yet: the line `raise NotImplementedError(...)` still runs. "
        "Replace it with your answer, and run that cell.",
    ),
}


@pytest.mark.parametrize("mistake", SENTENCES)
def test_each_mistake_has_its_sentence(mistake):
    ask, expected = SENTENCES[mistake]
    assert sentence(ask) == expected


def test_the_first_thing_wrong_is_named_before_what_follows_from_it():
    """An answer wrong in every way is fixed one thing at a time, in the documented order."""
    steps = [
        (answer([1.0]), "is a list"),
        (answer(np.full((3, 2), np.nan, np.float32)), "is it transposed"),
        (answer(np.full((2, 3), np.nan, np.float32)), "has dtype float32"),
        (answer(np.full((2, 3), np.nan)), "NaN"),
        (lambda X: subtract_mean_in_place(X) * 2, "modified its argument in place"),
        (lambda X: 2 * (X - X.mean()), "2 times the expected"),
    ]
    for function, found in steps:
        assert found in sentence(lambda f=function: check.call(f, X.copy()).equals(X - X.mean()))
    check.call(lambda X: X - X.mean(), X).equals(X - X.mean())


def test_one_entry_shows_received_and_expected_without_a_guess():
    text = sentence(lambda: check.call(answer(np.array([2.0])), X).equals(np.array([4.0])))
    assert text.endswith("received 2, expected 4")


finite = st.floats(-1e3, 1e3).map(lambda x: round(x, 3))
matrices = arrays(np.float64, st.tuples(st.integers(1, 5), st.integers(1, 5)), elements=finite)


@given(matrices)
def test_a_right_answer_passes_in_double_and_single_precision_and_as_a_tensor(A):
    check.call(answer(A.copy()), X).equals(A)
    check.call(answer(A.astype(np.float32)), X).equals(A.astype(np.float32))
    check.call(answer(torch.tensor(A)), X).equals(torch.tensor(A))
    check.call(answer(torch.nn.Parameter(torch.tensor(A))), X).equals(torch.tensor(A))
    check.call(answer(A.tolist()), X).equals(A.tolist())


@given(matrices, st.integers(0, 24), st.sampled_from([1e-3, -1e-3, 1.0]))
def test_one_wrong_number_is_found_wherever_it_stands(A, place, error):
    wrong = A.copy()
    wrong.flat[place % A.size] += error * (1 + np.abs(A).max())
    sentence(lambda: check.call(answer(wrong), X).equals(A))


@given(st.lists(st.sampled_from([-1.0, 1.0]), min_size=3, max_size=3))
def test_signs_are_free_row_by_row_or_column_by_column_as_asked(flips):
    A = check.rng("signs").normal(size=(3, 3))
    check.call(answer(np.diag(flips) @ A), X).equals_up_to_sign(A, axis=0)
    check.call(answer(A @ np.diag(flips)), X).equals_up_to_sign(A, axis=1)
    check.call(answer(flips[0] * A[0]), X).equals_up_to_sign(A[0])
    if len(set(flips)) > 1:
        sentence(lambda: check.call(answer(np.diag(flips) @ A), X).equals_up_to_sign(A, axis=1))


@given(st.floats(-4, 4))
def test_a_turned_basis_passes_and_a_stretched_or_skewed_one_does_not(angle):
    Q = np.linalg.qr(check.rng("basis").normal(size=(5, 2)))[0]
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    check.call(answer(Q @ turn), X).equals_up_to_rotation(Q)
    check.call(answer(Q @ turn @ np.diag([1.0, -1.0])), X).equals_up_to_rotation(Q)
    for wrong in (1.01 * Q @ turn, Q @ np.array([[1.0, 0.3], [0.0, 1.0]]), np.eye(5)[:, :2]):
        sentence(lambda wrong=wrong: check.call(answer(wrong), X).equals_up_to_rotation(Q))


def test_gradients_of_arrays_take_the_upstream_gradient_into_account():
    rng = check.rng("gradient")
    W, x, upstream = rng.normal(size=(3, 4)), rng.normal(size=4), rng.normal(size=3)
    gradient = lambda x: W.T @ (upstream * (1 - np.tanh(W @ x) ** 2))
    check.call(gradient, x).is_gradient_of(lambda x: np.tanh(W @ x), x, upstream=upstream)
    sentence(lambda: check.call(gradient, x).is_gradient_of(lambda x: np.tanh(W @ x), x, upstream=np.ones(3)))

    leaf = torch.tensor(x, requires_grad=True)
    torch.tanh(torch.tensor(W) @ leaf).backward(torch.tensor(upstream))
    differences = check.central_differences(lambda x: np.tanh(W @ x), x, upstream)
    assert leaf.grad is not None
    np.testing.assert_allclose(differences, leaf.grad.numpy(), rtol=1e-6, atol=1e-10)


def test_central_differences_refuse_single_precision_and_a_missing_upstream_gradient():
    with pytest.raises(TypeError, match="float64"):
        check.central_differences(np.sum, np.ones(3, np.float32))
    with pytest.raises(TypeError, match="upstream"):
        check.central_differences(np.sin, np.ones(3))


def test_small_numbers_are_compared_on_their_own_scale():
    tiny = np.array([1e-9, 2e-9])
    sentence(lambda: check.call(answer(tiny * 1.001), X).equals(tiny))
    check.call(answer(tiny * (1 + 1e-12)), X).equals(tiny)


def test_an_answer_that_should_be_infinite_may_be():
    check.call(answer(float("inf")), X).equals(float("inf"))
    check.call(answer(np.array([1.0, np.inf])), X).equals(np.array([1.0, np.inf]))
    sentence(lambda: check.call(answer(np.array([1.0, -np.inf])), X).equals(np.array([1.0, np.inf])))


def test_any_number_without_axes_counts_as_a_number():
    for three in (3.0, np.float64(3), np.array(3.0), torch.tensor(3.0), np.float32(3), 3):
        check.call(answer(three), X).equals(3.0)
    for three in (3, np.int64(3), np.array(3), torch.tensor(3)):
        check.call(answer(three), X).equals(3)
    check.call(answer(np.True_), X).equals(True)


def test_what_is_not_plain_data_can_be_handed_back_and_nothing_else():
    class Cache:
        def __init__(self, X):
            self.X = X

    def forward(X):
        return 2 * X, Cache(X)

    Y, cache = check.call(forward, X).unpack("Y", "cache")
    Y.equals(2 * X)
    check.call(lambda cache: cache.X + 1, cache.value).equals(X + 1)
    assert "is a Cache; expected" in sentence(lambda: cache.equals(X))


def test_nested_arguments_are_watched_for_changes():
    def step(params):
        params["W"][0, 0] = 5.0
        return params["W"].copy()

    text = sentence(lambda: check.call(step, {"W": X.copy()}).equals(X))
    assert (
        text
        == "`step(dict of 1)` modified its argument in place: params['W'][0, 0] was 2 and is now 5. Work on a copy."
    )


@pytest.mark.parametrize(
    ("argument", "change", "what"),
    [
        ([3.0, 1.0], list.sort, "values[0] was 3 and is now 1"),
        ({"t": 1, "W": X}, lambda values: values.update(t=2), "values['t'] was 1 and is now 2"),
        ({"name": "a"}, lambda values: values.update(name="b"), "values['name'] was 'a' and is now 'b'"),
        ({"W": X}, lambda values: values.update(W=3.0), "values['W'] was array (2, 3) and is now 3"),
        ([1, [2]], lambda values: values.__setitem__(1, 2), "values[1] was [2] and is now 2"),
        ([None], lambda values: values.__setitem__(0, X), "values[0] was None and is now array (2, 3)"),
    ],
)
def test_a_number_a_text_or_another_kind_of_value_is_a_change_of_a_nested_argument(argument, change, what):
    def step(values):
        change(values)
        return 1

    assert what in sentence(lambda: check.call(step, argument).equals(1))


def test_what_is_put_back_as_it_was_is_no_change():
    def step(values):
        values[:] = [float("nan"), 2, "c", None, True]
        return 1

    check.call(step, [float("nan"), 2.0, "c", None, True]).equals(1)


def test_a_driver_is_named_by_what_it_does():
    @check.driver
    def two_steps(x):
        """two steps of `raising` from x = 3. More words."""
        return x * 3.0

    assert sentence(lambda: check.call(two_steps, 2.0).equals(12.0)).startswith("two steps of `raising` from x = 3")


def test_a_line_of_a_driver_is_not_called_the_students():
    @check.driver
    def quotient(by):
        """One division."""
        return 1 / by

    assert sentence(lambda: check.call(quotient, 0)) == "One division: this raised ZeroDivisionError: division by zero."


def test_nothing_reaches_stderr_and_success_says_nothing():
    def loud(X):
        warnings.warn("a warning", stacklevel=1)
        print("to stderr", file=sys.stderr)
        return X.copy()

    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        assert check.call(loud, X).equals(X) is None
    assert err.getvalue() == ""
    assert out.getvalue() == "to stderr\n"  # the student's own words are not lost


def test_inputs_are_the_same_each_time_and_change_with_stream_and_seed(monkeypatch):
    first = check.rng().normal(size=4)
    np.testing.assert_array_equal(check.rng().normal(size=4), first)
    assert torch.equal(torch.rand(3, generator=check.generator()), torch.rand(3, generator=check.generator()))
    assert not np.any(check.rng("another").normal(size=4) == first)
    monkeypatch.setenv(SEED_VARIABLE, "7")
    assert not np.any(check.rng().normal(size=4) == first)


def test_ipython_shows_the_sentence_and_no_trace():
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell.instance()
    code = """
    from course_utils import check
    def double(x):
        return 3 * x
    check.call(double, 2.0).equals(4.0)
    """
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        result = shell.run_cell(dedent(code))
    assert isinstance(result.error_in_exec, check.Failed)
    assert out.getvalue().strip().splitlines() == [
        "`double(2)` has the wrong value.",
        "  received 6, expected 4",
    ]


def test_one_number_is_one_number():
    with pytest.raises(check.Failed, match=r"1 of 1 number differs, at \[0\]"):
        check.call(lambda: np.array([1.0])).equals(np.array([2.0]))
