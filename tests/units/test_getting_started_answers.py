"""The pictures of assignment 00: what their references are, and what a wrong answer looks like in them.

test_answers_drawn.py checks that every answer of the catalogue can be drawn, and the solution lies on the reference.
"""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits
from sklearn.neighbors import KNeighborsClassifier

from course_utils.drawing.pictures import Picture
from course_utils.getting_started import answers as yours


def numbers(picture: Picture) -> tuple[list[float], list[float]]:
    """The numbers of the description after "Reference" and after "Yours"."""
    reference, own = picture.description.split("Reference")[1].split("Yours")
    return [float(n) for n in re.findall(r"\d+\.?\d*", reference)], [float(n) for n in re.findall(r"\d+\.?\d*", own)]


def lines(axes) -> dict[str, np.ndarray]:
    """The heights of the lines that have a label, by label."""
    return {line.get_label(): line.get_ydata() for line in axes.lines if not line.get_label().startswith("_")}


def nothing(*args, **options):
    raise NotImplementedError


def test_the_reference_of_the_distances_finds_the_neighbours_that_scikit_learn_finds():
    def pairwise_sq_dists(X, Y):
        assert X.dtype == Y.dtype == torch.float64
        assert (X.shape, Y.shape) == ((40, 64), (30, 64))
        return ((X[:, None] - Y[None]) ** 2).sum(-1)

    picture = yours.distances_of_digits(pairwise_sq_dists)
    reference, own = (np.asarray(axes.images[0].get_array()) for axes in picture.figure.axes[:2])
    np.testing.assert_allclose(own, reference, atol=1e-12)
    X, Y, x_classes, y_classes = yours._sorted_digits()
    nearest = KNeighborsClassifier(1).fit(Y, y_classes).predict(X)
    assert numbers(picture)[1][-2:] == [np.count_nonzero(nearest == x_classes), 40]


def test_the_rows_and_columns_of_the_distances_are_sorted_and_have_no_digit_in_common():
    X, Y, x_classes, y_classes = yours._sorted_digits()
    assert x_classes.tolist() == np.repeat(range(10), 4).tolist()
    assert y_classes.tolist() == np.repeat(range(10), 3).tolist()
    assert np.abs(X[:, None] - Y).sum(axis=2).min() > 0


def test_distances_instead_of_squares_are_drawn_and_described():
    picture = yours.distances_of_digits(torch.cdist)
    reference, own = (np.asarray(axes.images[0].get_array()) for axes in picture.figure.axes[:2])
    np.testing.assert_allclose(own**2, reference)
    assert numbers(picture)[1][0] < numbers(picture)[0][0]


def test_a_transposed_table_is_told_and_not_drawn():
    picture = yours.distances_of_digits(lambda X, Y: torch.cdist(Y, X))
    assert picture.figure.axes[1].get_title() == "no answer to draw"
    assert np.ma.getmaskarray(np.ma.masked_invalid(np.asarray(picture.figure.axes[1].images[0].get_array()))).all()
    assert "transposed" in picture.description


def test_the_references_of_the_sizes_are_those_of_the_formula():
    picture = yours.output_sizes(lambda n, k, s, p: (n + 2 * p - k) // s + 1)
    curves = [line.get_ydata() for line in picture.figure.axes[0].lines]
    for reference, own in zip(curves[::2], curves[1::2], strict=True):
        np.testing.assert_array_equal(own, reference)
    assert numbers(picture)[1] == [12, 12, 8, 6, 1, 32, 32, 28, 16, 6]


def test_sizes_rounded_up_are_drawn_above_the_reference():
    picture = yours.output_sizes(lambda n, k, s, p: -((k - n - 2 * p) // s) + 1)
    drawn = lines(picture.figure.axes[0])
    assert np.count_nonzero(drawn["yours, k = 11, s = 4, p = 0"] - (yours.INPUTS - 11) // 4 - 1) == 22
    assert not np.any(drawn["yours, k = 5, s = 1, p = 0"] - yours.INPUTS + 4)


def test_sizes_that_are_no_numbers_leave_the_reference_alone():
    picture = yours.output_sizes(lambda n, k, s, p: "five")
    assert set(lines(picture.figure.axes[0])) == {"reference"}
    assert "expected a number" in picture.description


def test_the_gradient_for_the_attack_is_that_of_the_loss():
    """Of a linear classifier with the weights W it is (p - onehot) W."""
    x, y, grad = yours._digits_and_gradient()
    W, b = yours._classifier()
    scores = x @ W.T + b
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(grad, (p - np.eye(10)[y]) @ W, atol=1e-10)
    assert len(y) == len(load_digits(return_X_y=True)[1]) - 1200


def test_the_attack_takes_the_accuracy_away():
    picture = yours.fooled_classifier(lambda x, grad, eps: (x + eps * grad.sign()).clamp(0, 1))
    drawn = lines(picture.figure.axes[0])
    np.testing.assert_array_equal(drawn["yours"], drawn["reference"])
    assert drawn["yours"][0] > 0.9
    assert np.all(np.diff(drawn["yours"]) <= 0)
    assert drawn["yours"][-1] < 0.01
    assert picture.figure.axes[2].get_xlabel() == "yours"


def test_a_step_down_the_gradient_raises_the_accuracy():
    picture = yours.fooled_classifier(lambda x, grad, eps: (x - eps * grad.sign()).clamp(0, 1))
    drawn = lines(picture.figure.axes[0])
    assert drawn["yours"][-1] > drawn["yours"][0]
    assert numbers(picture)[1] != numbers(picture)[0]


def test_without_an_attack_the_changed_digit_is_the_reference():
    picture = yours.fooled_classifier(nothing)
    assert picture.figure.axes[2].get_xlabel() == "reference"
    assert set(lines(picture.figure.axes[0])) == {"reference"}


@pytest.mark.parametrize("draw", [yours.distances_of_digits, yours.output_sizes, yours.fooled_classifier])
def test_without_an_answer_the_title_says_so(draw):
    picture = draw(nothing)
    title = picture.figure.get_suptitle() or picture.figure.axes[0].get_title()
    assert "only the reference" in title
    assert "is not implemented yet" in title
