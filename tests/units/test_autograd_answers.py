"""The pictures of assignment 06: their references, and answers that are wrong."""

from __future__ import annotations

import math
import re

import numpy as np
import scipy.special
import torch

from course_utils.autograd import answers as yours
from course_utils.checks.autograd import Node
from course_utils.drawing.pictures import Picture


class Number(Node):
    """Just enough arithmetic for the picture's formula; `slope_of_relu` may be made wrong."""

    slope_of_relu = 1.0

    def relu(self):
        return type(self)(max(self.data, 0.0), (self,), (self.slope_of_relu if self.data > 0 else 0.0,))

    def exp(self):
        return type(self)(math.exp(self.data), (self,), (math.exp(self.data),))

    def __neg__(self):
        return type(self)(-self.data, (self,), (-1.0,))

    def __add__(self, other):
        return type(self)(self.data + other.data, (self, other), (1.0, 1.0))

    def __radd__(self, number):
        return type(self)(number + self.data, (self,), (1.0,))

    def __mul__(self, other):
        return type(self)(self.data * other.data, (self, other), (other.data, self.data))

    def __truediv__(self, other):
        a, b = self.data, other.data
        return type(self)(a / b, (self, other), (1 / b, -a / b**2))

    def __pow__(self, n):
        return type(self)(self.data**n, (self,), (n * self.data ** (n - 1),))


class Sigmoid(torch.autograd.Function):
    """A sigmoid that saves its output, or where `copied` a copy of it, which loses the second derivative."""

    copied = False

    @classmethod
    def forward(cls, ctx, x):
        y = torch.sigmoid(x)
        ctx.save_for_backward(y.clone() if cls.copied else y)
        return y

    @staticmethod
    def backward(ctx, grad_output):
        (y,) = ctx.saved_tensors
        return grad_output * y * (1 - y)


class SigmoidOfACopy(Sigmoid):
    copied = True


def lines(picture: Picture, panel: int) -> dict[str, np.ndarray]:
    """Return the curves of a panel, (x, y) in rows, by their labels."""
    curves = [np.asarray(line.get_xydata()) for line in picture.figure.axes[panel].lines]
    drawn = [curve for curve in curves if len(curve)]
    return dict(zip(("reference", "yours")[: len(drawn)], drawn, strict=True))


def numbers_of(picture: Picture, whose: str) -> list[float]:
    part = picture.description.split("Yours")[whose == "yours"]
    return [float(number) for number in re.findall(r"-?\d[\d.]*\d", part.split("Reference")[-1])]


def test_the_curve_of_values_and_slopes_is_that_of_finite_differences():
    picture = yours.value_curve(Number)
    x, y = lines(picture, 0)["reference"].T
    np.testing.assert_allclose(y, np.maximum(x, 0) * np.exp(-x) + x**2 / (1 + x**2))

    def f(x):
        return np.maximum(x, 0) * np.exp(-x) + x**2 / (1 + x**2)

    slopes = (f(x + 1e-6) - f(x - 1e-6)) / 2e-6
    assert np.abs(x).min() > 1e-2  # no point at the kink
    np.testing.assert_allclose(lines(picture, 1)["reference"][:, 1], slopes, atol=1e-8)
    np.testing.assert_allclose(lines(picture, 1)["yours"][:, 1], slopes, atol=1e-8)


def test_a_wrong_slope_is_drawn_next_to_the_reference():
    class Steep(Number):
        slope_of_relu = 2.0

    panel = lines(yours.value_curve(Steep), 1)
    x = panel["yours"][:, 0]
    difference = panel["yours"][:, 1] - panel["reference"][:, 1]
    np.testing.assert_allclose(difference, np.where(x > 0, np.exp(-x), 0), atol=1e-12)


def test_the_sigmoid_and_its_derivatives_are_those_of_scipy():
    picture = yours.sigmoid_curves(Sigmoid)
    x, y = lines(picture, 0)["reference"].T
    np.testing.assert_allclose(y, scipy.special.expit(x))
    first = scipy.special.expit(x) * scipy.special.expit(-x)
    second = np.gradient(first, x)
    np.testing.assert_allclose(lines(picture, 1)["reference"][:, 1], first)
    np.testing.assert_allclose(lines(picture, 2)["reference"][2:-2, 1], second[2:-2], atol=3e-3)
    for panel in range(3):
        np.testing.assert_allclose(lines(picture, panel)["yours"], lines(picture, panel)["reference"], atol=1e-12)
    assert numbers_of(picture, "yours") == numbers_of(picture, "reference")


def test_a_second_derivative_that_is_lost_is_drawn_as_zero():
    picture = yours.sigmoid_curves(SigmoidOfACopy)
    assert not np.any(lines(picture, 2)["yours"][:, 1])
    assert picture.description.endswith("second from 0.000 to 0.000.")


def test_the_small_squares_are_the_jacobian_of_finite_differences():
    def differences(f, x):
        steps = 1e-6 * torch.eye(2, dtype=torch.float64)
        return torch.stack([(f(x + step) - f(x - step)) / 2e-6 for step in steps], dim=1)

    picture = yours.small_squares(differences)
    assert numbers_of(picture, "yours") == numbers_of(picture, "reference")
    J = differences(yours._bend, torch.ones(2, dtype=torch.float64)).numpy()
    np.testing.assert_allclose(numbers_of(picture, "reference")[-4:], J.ravel(), atol=5e-3)


def test_a_jacobian_of_another_shape_leaves_the_reference_alone():
    picture = yours.small_squares(lambda f, x: torch.zeros(3, 2))
    assert "only the reference" in picture.figure.axes[0].get_title()
    assert "has shape (9, 3, 2); expected (9, 2, 2)" in picture.description


def test_a_node_states_what_it_is():
    a = Node(3)
    f = Node(9, [a, a], [3, 3])
    assert (f.data, f.grad, f.parents, f.local_gradients) == (9.0, 0.0, (a, a), (3, 3))
    assert repr(f) == "Node(data=9, grad=0, 2 parents)"
