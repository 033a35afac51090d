"""The pictures of assignment 04: their references, and answers that are far from correct."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression

from course_utils.drawing.pictures import Picture
from course_utils.losses_gradients import answers as yours
from course_utils.losses_gradients.losses import gaussian_clouds


def numbers(text: str) -> list[float]:
    return [float(number) for number in re.findall(r"-?\d[\d.]*(?:e[+-]\d+)?(?<!\.)", text)]


def shown_numbers(picture: Picture) -> tuple[list[float], list[float]]:
    """Return the numbers of the reference and those of the student's own."""
    reference, own = picture.description.split("Reference")[1].split("Yours")
    return numbers(reference), numbers(own)


def sides(picture: Picture, axes: int = 0) -> dict[str, np.ndarray]:
    """Return the lines of a picture by their labels."""
    return {str(line.get_label()): np.asarray(line.get_xydata()) for line in picture.figure.axes[axes].lines}


def forward(f, x, h=1e-5):
    return np.stack([(f(x + h * e) - f(x)) / h for e in np.eye(len(x))], axis=1)


def central_and_back(f, x, h=1e-5):
    J = np.zeros((1, len(x)))
    for j in range(len(x)):
        x[j] += h
        up = f(x)
        x[j] -= 2 * h
        J[:, j] = (up - f(x)) / (2 * h)
        x[j] += h
    return J


def walk(grad, x0, lr=0.1, max_iter=1000, tol=1e-6, sign=-1):
    x = x0.copy()
    for _ in range(max_iter):
        x = x + sign * lr * grad(x)
    return x, max_iter


def test_the_reference_of_the_loss_is_torchs():
    picture = yours.loss_of_a_logit(lambda z, y: (0.0, z * 0))
    logits = torch.linspace(-8, 8, 65, dtype=torch.float64, requires_grad=True)
    loss = torch.nn.functional.binary_cross_entropy_with_logits(logits, torch.ones(65).double(), reduction="none")
    (slope,) = torch.autograd.grad(loss.sum(), logits)
    np.testing.assert_allclose(sides(picture)["reference"][:, 1], loss.detach().numpy())
    np.testing.assert_allclose(sides(picture, 1)["reference"][:, 1], slope.numpy(), atol=1e-12)


def test_a_loss_without_its_gradient_is_seen_as_such():
    picture = yours.loss_of_a_logit(lambda z, y: (float(np.logaddexp(0, -z[0])), z * 0))
    reference, own = shown_numbers(picture)
    assert own[:5] == reference[:5] == [8.0, -8, 0.69, 0, 0.0]
    assert own[-3:] == [0, 0, 0] and reference[-3:] == [-1, -0.5, 0]


def test_a_forward_difference_lies_on_the_dotted_line_and_has_power_one():
    picture = yours.error_against_h(forward)
    lines = sides(picture)
    coarse = lines["yours"][:, 0] > 1e-6
    np.testing.assert_allclose(lines["yours"][coarse], lines["forward difference"][coarse], rtol=1e-2)
    reference, own = shown_numbers(picture)
    assert (reference[0], own[0]) == (2.0, 1.0)
    assert reference[1] < 1e-10 < own[1] < 1e-7


def test_x_restored_except_for_rounding_is_accepted_by_the_picture():
    picture = yours.error_against_h(central_and_back)
    assert shown_numbers(picture)[1][0] == 2.0


def test_the_reference_of_the_descent_is_what_the_updates_give():
    picture = yours.descent(walk, lr=0.18)
    lines = sides(picture)
    assert lines["reference"].shape == (26, 2)
    np.testing.assert_allclose(lines["yours"], lines["reference"], atol=1e-12)
    heights = shown_numbers(picture)[1][3:]
    assert heights == sorted(heights, reverse=True)


@pytest.mark.parametrize("lr", [0.05, 0.25])
def test_a_walk_uphill_is_drawn_as_far_as_it_can_be(lr):
    picture = yours.descent(lambda *args, **kwargs: walk(*args, **kwargs, sign=1), lr=lr)
    assert picture.png() and shown_numbers(picture)[1][-1] > 100


def test_the_reference_of_the_boundary_is_the_minimum():
    """It is what scikit-learn finds without a penalty, and there the gradient that students get is 0."""
    seen = {}

    def fit(gradient, mean, std, budget):
        seen["gradient"] = gradient
        return np.zeros(2), 0.0

    picture = yours.boundary(fit)
    X, y = gaussian_clouds(90, [[1.0, 3.0], [3.5, 1.5]], spread=1.1, seed=4)
    minimum = LogisticRegression(C=np.inf, tol=1e-8).fit(X, y)
    w, b = minimum.coef_[0], minimum.intercept_[0]
    dw, db = seen["gradient"](w, b)
    assert np.abs([*dw, db]).max() < 1e-4
    np.testing.assert_allclose(sides(picture)["reference"] @ w, -b, atol=0.05)
    assert shown_numbers(picture)[1] == [0.69, 45]
    assert "yours" not in sides(picture)  # weights of zero have no line
    assert picture.png()


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("size", [1e-200, 1e200])
def test_weights_of_any_size_have_a_line(size):
    picture = yours.boundary(lambda gradient, mean, std, budget: (size * np.array([1.0, -1.0]), -size))
    (x1, y1), (x2, y2) = sides(picture)["yours"]
    assert y1 == pytest.approx(x1 - 1) and y2 == pytest.approx(x2 - 1)


BROKEN = {
    "nothing": lambda *args, **kwargs: None,
    "text": lambda *args, **kwargs: "text",
    "three values": lambda *args, **kwargs: (1.0, 2.0, 3.0),
    "two texts": lambda *args, **kwargs: ("a", "b"),
    "not finite": lambda *args, **kwargs: (np.full(2, np.nan), np.nan),
}


@pytest.mark.parametrize("answer", BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize(
    "draw",
    [yours.loss_of_a_logit, yours.error_against_h, lambda f: yours.descent(f, lr=0.1), yours.boundary],
    ids=["loss", "jacobian", "descent", "boundary"],
)
def test_what_cannot_be_drawn_leaves_the_reference_and_a_sentence(draw, answer):
    picture = draw(answer)
    assert "Yours" not in picture.description
    assert not any("yours" in sides(picture, i) for i in range(len(picture.figure.axes)))
    assert picture.png()
