"""The solutions of assignment 07 against the lecture's own networks, loops and checkpoints."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.spatial.distance import cdist
from support.references import solution
from torch import nn
from torch.nn import functional as F
from torch.utils.flop_counter import FlopCounterMode

from course_utils.checks import training as drive
from course_utils.training import answers, checkpoints, curve_fit, training_loop, two_layer_network
from course_utils.training.decision_boundary import LogisticRegression
from course_utils.training.lenet_shapes import LeNet

UNIT = "07_training"
SEEDS = [0, 1, 2]
EPOCHS = 3  # of the lecture's 15


def normal(generator: torch.Generator, *shape: int) -> torch.Tensor:
    return torch.randn(shape, generator=generator)


def with_parameters_of(other: nn.Module, model: nn.Module) -> nn.Module:
    """Give `model` the numbers of another model's parameters, in their order."""
    with torch.no_grad():
        for parameter, value in zip(model.parameters(), other.parameters(), strict=True):
            parameter.copy_(value.reshape(parameter.shape))
    return model


@pytest.mark.parametrize("seed", SEEDS)
def test_logistic_regression_is_that_of_the_lecture(seed):
    generator = torch.Generator().manual_seed(seed)
    lecture = LogisticRegression(3)
    nn.init.normal_(lecture.weight, generator=generator)
    nn.init.normal_(lecture.bias, generator=generator)
    model = with_parameters_of(lecture, solution(UNIT, "LogisticRegression")["LogisticRegression"](3))
    x = normal(generator, 5, 3)
    torch.testing.assert_close(model(x), lecture(x))


@pytest.mark.parametrize("hidden", [1, 10])
def test_the_mlp_is_the_lectures_network_for_curves(hidden):
    lecture, x = curve_fit.one_hidden_layer(hidden), normal(torch.Generator().manual_seed(hidden), 7, 1)
    model = with_parameters_of(lecture, solution(UNIT, "MLP")["MLP"]([1, hidden, 1]))
    torch.testing.assert_close(model(x), lecture(x))


@pytest.mark.parametrize("seed", SEEDS)
def test_lenet_is_that_of_the_lecture(seed):
    lecture, images = LeNet(), normal(torch.Generator().manual_seed(seed), 4, 3, 32, 32)
    model = with_parameters_of(lecture, solution(UNIT, "LeNet")["LeNet"]())
    torch.testing.assert_close(model(images), lecture(images))


def test_the_multiplications_of_the_lectures_lenet_are_those_that_torch_counts():
    model, images = LeNet(), torch.zeros(3, 3, 32, 32)
    counts = solution(UNIT, "LeNet")["LeNet_multiplications"](model, images)
    with FlopCounterMode(display=False) as counter:
        model(images)
    assert sum(counts.values()) == counter.get_total_flops() / 2 / 3  # an addition counts as another operation


@pytest.mark.parametrize("seed", SEEDS)
def test_the_gradient_of_the_weighted_cost_is_that_of_torch(seed):
    rng = np.random.default_rng(seed)
    X, w, y = rng.normal(size=(7, 2)), rng.normal(size=2), np.array([0.0, 1, 1, 0, 0, 0, 1])
    steps = solution(UNIT, "LogisticRegression")["LogisticRegression_gradient"](X, y, w, 0.3, 4.0)
    weight = torch.tensor(w, requires_grad=True)
    z, labels = torch.tensor(X) @ weight + 0.3, torch.tensor(y)
    F.binary_cross_entropy_with_logits(z, labels, pos_weight=torch.tensor(4.0)).backward()
    assert weight.grad is not None
    np.testing.assert_allclose(steps["dw"], weight.grad.numpy())
    assert steps["b0"] == pytest.approx(np.log(4 * 3 / 4))


def test_steps_in_place_are_the_lectures_gradient_descent():
    sgd_update_, rate, steps = solution(UNIT, "sgd_update_")["sgd_update_"], 1e-5, 4
    (x, y), model, losses = two_layer_network.random_data(), two_layer_network.sequential(), []
    for _ in range(steps + 1):
        loss = F.mse_loss(model(x), y, reduction="sum")
        losses.append(loss.item())
        loss.backward()
        sgd_update_(model.parameters(), rate)
    expected = two_layer_network.losses_of_descent(two_layer_network.MODULE, np.array([rate]), steps)[:, 0]
    np.testing.assert_allclose(losses, expected)


def test_training_and_evaluation_measure_what_the_lectures_loop_does():
    train_one_epoch = solution(UNIT, "train_one_epoch")["train_one_epoch"]
    evaluate = drive.an_evaluate("batch by batch")  # one that the test of exercise 7.6 must accept
    X, y, X_val, y_val = training_loop.digit_split()
    measured = []
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model, order = training_loop.network_with_modes(), torch.Generator().manual_seed(1)
        opt = torch.optim.SGD(model.parameters(), lr=training_loop.RATE)
        for _ in range(EPOCHS):
            batches = [(X[i], y[i]) for i in torch.randperm(len(X), generator=order).split(training_loop.BATCH)]
            loss = train_one_epoch(model, batches, F.cross_entropy, opt)
            measured.append(
                (loss, *evaluate(model, zip(X_val.split(300), y_val.split(300), strict=True), F.cross_entropy))
            )
    lecture = training_loop.run()
    expected = [values[:EPOCHS] for values in (lecture.train_loss, lecture.val_loss, lecture.accuracy)]
    np.testing.assert_allclose(np.transpose(measured), expected, rtol=1e-4)


def test_fit_reaches_the_accuracy_of_the_lecture_on_sorted_digits(monkeypatch):
    """With batches that are all full: there the lecture, too, lets every sample count the same."""
    monkeypatch.setattr(training_loop, "BATCH", 50)
    fit = solution(UNIT, "fit")["fit"]
    X, y, X_val, y_val = (torch.tensor(values) for values in training_loop.digits())
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10)).double()
    rows = torch.argsort(y, stable=True)
    fit(model, X[rows], y[rows], EPOCHS, 0.1, training_loop.BATCH, 0)
    with torch.no_grad():
        share = (model.eval()(X_val).argmax(dim=1) == y_val).double().mean().item()
    assert len(rows) % training_loop.BATCH == 0
    assert share == pytest.approx(training_loop.accuracy.__wrapped__(0.1, epochs=EPOCHS))  # past its cache


@pytest.mark.parametrize("seed", SEEDS)
def test_the_chosen_images_are_nearer_to_all_others_than_a_choice_at_random(seed):
    choose, rng = solution(UNIT, "choose_to_label")["choose_to_label"], np.random.default_rng(seed)
    pool = next(drive.pools_of_digits(rng, 1))
    chosen = choose(pool.X, 30, seed)
    assert chosen.shape == (30,) and drive.are_rows(chosen, 400)
    to_nearest = lambda rows: cdist(pool.X, pool.X[rows]).min(axis=1).mean()
    assert to_nearest(chosen) < min(to_nearest(rng.choice(400, 30, replace=False)) for _ in range(100))


@pytest.mark.parametrize("seed", SEEDS)
def test_fit_is_the_training_that_the_picture_draws(seed):
    generator = torch.Generator().manual_seed(seed)
    X, y = normal(generator, 11, 3), torch.arange(11) % 3
    lecture = nn.Sequential(nn.Linear(3, 5), nn.Tanh(), nn.Linear(5, 3))
    model = with_parameters_of(lecture, nn.Sequential(nn.Linear(3, 5), nn.Tanh(), nn.Linear(5, 3)))
    losses = solution(UNIT, "fit")["fit"](model, X, y, 4, 0.2, 4, seed)
    assert losses == pytest.approx(answers._sgd_with_momentum(lecture, X, y, 4, 0.2, 4, seed), rel=1e-5)


@pytest.mark.parametrize("method", [checkpoints.MOMENTUM, checkpoints.ADAM])
def test_a_checkpoint_resumes_the_lectures_training_as_the_lectures_own_does(method, tmp_path):
    both, path, cut = solution(UNIT, "checkpoint"), str(tmp_path / "checkpoint.pt"), 20
    first, second = checkpoints.Training(method), checkpoints.Training(method, seed=7)
    losses = first.steps(cut)
    both["save_checkpoint"](path, first.model, first.optimizer, first.generator, cut)
    assert both["load_checkpoint"](path, second.model, second.optimizer, second.generator) == cut
    losses += second.steps(checkpoints.STEPS - cut)
    np.testing.assert_array_equal(losses, checkpoints.uninterrupted(method))
    np.testing.assert_array_equal(losses, checkpoints.resumed(method, cut, model=True, optimizer=True, generator=True))
