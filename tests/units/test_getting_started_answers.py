"""The pictures of assignment 00: what their references are, and what a wrong answer looks like in them.

test_answers_drawn.py checks that every answer of the catalogue can be drawn, and the solution lies on the reference.
"""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch
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


def one_layer(n, layers):
    """The layers merged from the last one to the first."""
    window, stride = 1, 1
    for k, s, _ in reversed(layers):
        window, stride = (window - 1) * s + k, stride * s
    return {"window": window, "stride": stride}


def test_the_references_of_the_receptive_fields_are_those_of_the_formula():
    picture = yours.receptive_fields(one_layer)
    for panel in picture.figure.axes:
        drawn = lines(panel)
        np.testing.assert_array_equal(drawn["yours"], drawn["reference"])
    fields = [11, 19, 51, 67, 99, 131, 163, 195]
    assert numbers(picture)[1] == numbers(picture)[0] == [*fields, 4, 8, 8, 16, 16, 16, 16, 32]


def test_receptive_fields_without_the_strides_are_drawn_below_the_reference():
    def without_strides(n, layers):
        return {"window": 1 + sum(k - 1 for k, _, _ in layers), "stride": one_layer(n, layers)["stride"]}

    drawn = lines(yours.receptive_fields(without_strides).figure.axes[0])
    assert drawn["yours"][0] == drawn["reference"][0]
    assert np.all(drawn["yours"][1:] < drawn["reference"][1:])


@pytest.mark.parametrize("answer", [{"window": "five", "stride": 1}, {"stride": 1}, 5, None])
def test_receptive_fields_that_are_no_numbers_leave_the_reference_alone(answer):
    picture = yours.receptive_fields(lambda n, layers: answer)
    assert "yours" not in lines(picture.figure.axes[0])
    assert "only the reference" in picture.figure.get_suptitle()


@pytest.mark.parametrize("draw", [yours.distances_of_digits, yours.receptive_fields])
def test_without_an_answer_the_title_says_so(draw):
    picture = draw(nothing)
    title = picture.figure.get_suptitle() or picture.figure.axes[0].get_title()
    assert "only the reference" in title
    assert "is not implemented yet" in title
