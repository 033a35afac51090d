"""The pictures of assignment 07: what the references are, and what a mistake looks like.

That every answer of the catalogue can be drawn, and that the solution lies on the reference, tests/test_yours.py shows.
"""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression as Sklearn
from torch import nn

from course_utils.drawing.pictures import Picture
from course_utils.training import answers as yours


def shown_numbers(picture: Picture) -> tuple[list[float], list[float]]:
    """Return the numbers of the reference and those of the student's own."""
    parts = picture.description.split("Reference")[1].split("Yours")
    reference, own = ([float(number) for number in re.findall(r"-?\d+\.\d+", part)] for part in parts)
    return reference, own


def line(picture: Picture, label: str) -> np.ndarray:
    """Return the points of the line of this name."""
    return next(np.asarray(line.get_xydata()) for line in picture.figure.axes[0].lines if line.get_label() == label)


class Logistic(nn.Module):
    def __init__(self, d: int, last: type[nn.Module] = nn.Identity) -> None:
        super().__init__()
        self.linear, self.last = nn.Linear(d, 1), last()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.last(self.linear(x)).squeeze(1)


def network(sizes: list[int], *last: nn.Module) -> nn.Sequential:
    return nn.Sequential(nn.Linear(sizes[0], sizes[1]), nn.ReLU(), nn.Linear(sizes[1], sizes[2]), *last)


def test_the_reference_of_the_boundary_separates_as_scikit_learn_does():
    points, labels = (part.numpy() for part in yours._two_clouds())
    right = Sklearn(C=1e6).fit(points, labels).score(points, labels)
    reference, own = shown_numbers(yours.boundary(Logistic))
    assert reference[-1] == pytest.approx(100 * right, abs=1)
    assert own == reference


def test_probabilities_have_no_line_where_they_are_0():
    picture = yours.boundary(lambda d: Logistic(d, nn.Sigmoid))
    _, (low, high, right) = shown_numbers(picture)
    assert 0 <= low < high <= 1
    assert right == 50.0
    of_reference_only = len(picture.figure.axes[0].collections)
    assert len(yours.boundary(Logistic).figure.axes[0].collections) == of_reference_only + 1


def test_the_network_fits_the_square_and_a_straight_line_does_not():
    x, y, _ = yours._noisy_square()
    straight = np.polynomial.Polynomial.fit(x[:, 0], y[:, 0], 1)
    error_of_a_line = np.mean((straight(x[:, 0].numpy()) - y[:, 0].numpy()) ** 2)
    noise = 0.2**2 / 12
    reference, own = shown_numbers(yours.square_fit(network))
    assert noise < reference[0] < 2 * noise < error_of_a_line / 5
    assert own == reference


def test_a_relu_at_the_end_and_no_relu_at_all_are_seen():
    dead = line(yours.square_fit(lambda sizes: network(sizes, nn.ReLU())), "yours")
    assert (dead[:, 1] >= 0).all()
    straight = line(yours.square_fit(lambda sizes: nn.Sequential(nn.Linear(1, 10), nn.Linear(10, 1))), "yours")
    np.testing.assert_allclose(np.diff(straight[:, 1], n=2), 0, atol=1e-12)


def test_the_reference_of_the_steps_is_what_torchs_sgd_does():
    w = nn.Parameter(torch.tensor(yours.BOWL_START, dtype=torch.float64))
    opt, places = torch.optim.SGD([w], lr=yours.BOWL_RATE), [w.detach().numpy().copy()]
    for _ in range(yours.BOWL_STEPS):
        opt.zero_grad()
        (torch.tensor(yours.BOWL_CURVATURES) * w.square() / 2).sum().backward()
        opt.step()
        places.append(w.detach().numpy().copy())

    def sgd_update_(params, lr):
        for p in params:
            p.data.sub_(lr * p.grad)
            p.grad = None

    picture = yours.steps_down(sgd_update_)
    np.testing.assert_allclose(line(picture, "reference"), places, atol=1e-12)
    np.testing.assert_allclose(line(picture, "yours"), places, atol=1e-12)


def test_gradients_that_add_up_take_other_steps_from_the_second_on():
    def sgd_update_(params, lr):
        for p in params:
            p.data.sub_(lr * p.grad)

    picture = yours.steps_down(sgd_update_)
    off = np.abs(line(picture, "yours") - line(picture, "reference")).max(axis=1)
    assert off[:2].max() < 1e-12
    assert off[2:].min() > 0.1


def test_a_function_that_leaves_autograd_off_leaves_it_on_for_the_rest():
    def sgd_update_(params, lr):
        torch.set_grad_enabled(False)

    assert "only the reference" in yours.steps_down(sgd_update_).figure.axes[0].get_title()
    assert torch.is_grad_enabled()


def test_the_reference_of_the_training_is_what_torchs_sgd_does():
    def fit(model, X, y, epochs, lr, batch_size, seed):
        generator, losses = torch.Generator().manual_seed(seed), []
        opt = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)
        for _ in range(epochs):
            total = 0.0
            for rows in torch.randperm(len(X), generator=generator).split(batch_size):
                opt.zero_grad()
                loss = nn.functional.cross_entropy(model(X[rows]), y[rows])
                (loss * len(rows) / batch_size).backward()
                opt.step()
                total += loss.item() * len(rows)
            losses.append(total / len(X))
        return losses

    picture = yours.losses_on_digits(fit)
    np.testing.assert_allclose(line(picture, "yours"), line(picture, "reference"), rtol=1e-3, atol=1e-4)
    reference, _ = shown_numbers(picture)
    assert reference[0] > 1.5
    assert reference[1] < 0.1
    assert reference[2] > 94


def test_losses_that_are_not_a_number_or_too_few_are_reported():
    for losses in ([float("nan")] * 12, [1.0] * 11):
        picture = yours.losses_on_digits(lambda *args, losses=losses: losses)
        assert "only the reference" in picture.figure.axes[0].get_title()
        assert "Yours" not in picture.description
