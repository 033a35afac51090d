"""The claims of lecture 07, each computed anew from the functions that draw its pictures; a test names its cell."""

import io

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from course_utils.training import (
    checkpoints,
    curve_fit,
    decision_boundary,
    lenet_shapes,
    train_and_eval,
    training_loop,
    two_layer_network,
)


def test_curve_see_two_units_are_enough_and_one_is_not():
    one, two = curve_fit.least_loss(1), curve_fit.least_loss(2)
    assert round(one, 3) == 0.060 and round(two, 4) == 0.0042
    assert two < curve_fit.fit(10, 0.2)[1][-1] < one


def test_curve_see_a_trained_network_with_two_units_can_get_there():
    (x, y), losses = curve_fit.noisy_parabola(), []
    for seed in range(4):
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            model = nn.Sequential(nn.Linear(1, 2), nn.ReLU(), nn.Linear(2, 1))
        optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
        for _ in range(1000):
            optimizer.zero_grad()
            loss = nn.functional.mse_loss(model(x), y)
            loss.backward()
            optimizer.step()
        losses.append(loss.item())
    assert min(losses) == pytest.approx(curve_fit.least_loss(2), rel=0.05)
    assert max(losses) > 10 * min(losses)  # and another start gets stuck


@pytest.mark.parametrize(("hidden", "alive_at_first"), [(1, True), (2, False)])
def test_curve_see_with_one_and_two_units_the_run_ends_with_dead_units(hidden, alive_at_first):
    predictions, losses = curve_fit.fit(hidden, 0.2)
    assert round(losses[-1], 3) == 0.093 and np.ptp(predictions[-1]) == 0  # a constant
    assert (np.ptp(predictions[0]) > 0) == alive_at_first


def test_curve_see_how_the_loss_of_ten_units_falls():
    losses = curve_fit.fit(10, 0.2)[1]
    assert [round(float(losses[step]), digits) for step, digits in ((0, 2), (5, 3), (200, 3))] == [0.47, 0.077, 0.005]
    assert np.ptp(curve_fit.fit(30, 0.63)[0][-1]) < 1e-4


# --- shapes -----------------------------------------------------------------------------------------------------------


def answers(size: int, batch: int, rows: str) -> int | str:
    """Return how many answers LeNet gives for a batch of images, or the message of the error that stops it."""
    try:
        with torch.no_grad():
            return len(lenet_shapes.LeNet(rows)(torch.zeros(batch, 3, size, size)))
    except RuntimeError as error:
        return str(error)


def test_lenet_see_how_many_numbers_leave_the_maps():
    shapes, _ = lenet_shapes.trace(64, 25, lenet_shapes.VIEW)
    assert [shape[2] for shape in shapes[:5]] == [64, 60, 30, 26, 13]
    assert np.prod(shapes[4]) == 25 * 16 * 13**2 == 67_600 == 169 * 400 and 24 * 16 * 13**2 == 64_896
    assert 64_896 % 400 != 0
    images = np.repeat(np.arange(25), 16 * 13**2).reshape(169, 400)  # of which image each number is
    assert {len(np.unique(row)) for row in images} == {1, 2}


def test_lenet_see_and_erratum_view_a_wrong_size_becomes_a_wrong_number_of_samples():
    assert answers(64, 25, lenet_shapes.VIEW) == 169 and "64896" in str(answers(64, 24, lenet_shapes.VIEW))
    message = str(answers(64, 25, lenet_shapes.FLATTEN))
    assert "2704" in message and "400" in message
    for size in (28, *range(31, 38), 64):
        _, error = lenet_shapes.trace(size, 25, lenet_shapes.FLATTEN)
        assert (error == "") == (size in (32, 33, 34, 35))


@pytest.mark.parametrize(("batch", "size"), [(25, 64), (4, 52), (1, 72), (25, 36)])
def test_erratum_view_minus_1_means_as_many_rows_as_it_takes_and_flatten_keeps_the_batch(batch, size):
    side = ((size - 4) // 2 - 4) // 2
    assert answers(size, batch, lenet_shapes.VIEW) == batch * 16 * side**2 / 400 != batch
    assert isinstance(answers(size, batch, lenet_shapes.FLATTEN), str)
    assert answers(32, batch, lenet_shapes.VIEW) == answers(32, batch, lenet_shapes.FLATTEN) == batch


def test_broadcast_see_the_loss_of_all_pairs():
    outputs, targets = (torch.tensor(values) for values in lenet_shapes.pairs(4))
    one_way, other_way = (
        (a - b).pow(2).mean().item() for a, b in ((outputs[:, None], targets), (outputs, targets[:, None]))
    )
    assert round(one_way, 3) == round(other_way, 3) == 0.226
    assert round(F.mse_loss(outputs, targets).item(), 3) == 0.006


def test_broadcast_see_the_best_a_network_can_do_is_to_answer_the_mean():
    X = torch.randn(40, 3, generator=torch.Generator().manual_seed(0))
    y = X @ torch.tensor([1.0, -2.0, 0.5]) + 3
    torch.manual_seed(0)
    model, losses = nn.Linear(3, 1), []
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(200):
        optimizer.zero_grad()
        loss = (model(X) - y).pow(2).mean()  # (40, 1) minus (40,)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert torch.allclose(model(X), y.mean().expand(40, 1), atol=1e-3)
    assert losses[-1] == pytest.approx(y.var(correction=0).item(), rel=1e-3)  # it falls and stops early
    assert losses[-1] < losses[0] / 2 and F.mse_loss(X @ torch.tensor([1.0, -2.0, 0.5]) + 3, y) == 0


# --- the loop ---------------------------------------------------------------------------------------------------------


def test_erratum_zero_grad_the_gradient_is_none_afterwards():
    layer, unused = nn.Linear(2, 1), nn.Parameter(torch.zeros(1))
    optimizer = torch.optim.SGD([*layer.parameters(), unused], lr=0.1)
    layer(torch.ones(1, 2)).sum().backward()
    assert layer.weight.grad is not None
    optimizer.zero_grad()
    assert layer.weight.grad is None and unused.grad is None
    with pytest.raises(AttributeError):
        _ = unused.grad.data  # pyright: ignore[reportAttributeAccessIssue, reportOptionalMemberAccess]


def test_erratum_zero_grad_only_an_update_through_data_hides_a_mistake():
    def gradient_after(update):
        w = torch.tensor(3.0, requires_grad=True)
        doubled = w * 1
        loss = doubled**2  # backward needs the value of doubled
        update(doubled)
        return torch.autograd.grad(loss, w)[0].item()

    def openly(tensor):
        with torch.no_grad():
            tensor.add_(10.0)

    assert gradient_after(lambda tensor: None) == 6
    assert gradient_after(lambda tensor: tensor.data.add_(10.0)) == 26  # wrong, and nobody says so
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        gradient_after(openly)


def final_losses(kind: str) -> dict[str, np.ndarray]:
    """Return the losses of each learning rate of the picture, by the rate as text."""
    rates, losses = 10 ** two_layer_network.EXPONENTS[kind], two_layer_network.sweep(kind)
    return {f"{rate:.0e}": losses[:, k] for k, rate in enumerate(rates)}


def test_two_layer_see_the_losses_at_the_start_and_what_the_rates_do():
    raw, module = final_losses(two_layer_network.RAW), final_losses(two_layer_network.MODULE)
    assert round(raw["1e-06"][0] / 1e6) == 36 and round(module["1e-04"][0], -1) == 700
    assert round(np.log10(raw["1e-06"][-1])) == -7
    assert np.isfinite(raw["1e-05"][:6]).all() and not np.isfinite(raw["1e-05"][6:]).any()
    small = module["1e-03"]
    assert small[400] < 1e-28 and small[400:].max() < 1e-28 and small[300] > small[400]


def test_two_layer_see_why_the_raw_start_is_so_large():
    (x, y), (w1, _, w2, _) = two_layer_network.random_data(), two_layer_network.start(two_layer_network.RAW)
    loss = ((x @ w1).clamp(min=0) @ w2 - y).pow(2).sum().item()
    expected = 64 * 10 * (100 * 1000 / 2)  # outputs, each a sum of a hundred products with half of 1000 squares
    assert loss == pytest.approx(expected, rel=0.3) and round(loss / 1e6) == 36


def test_erratum_checked_random_data_are_learned_by_heart():
    x, y = two_layer_network.random_data()
    w1, _, w2, _ = (tensor.clone() for tensor in two_layer_network.start(two_layer_network.RAW))
    K, first, A = x @ x.T, x @ w1, torch.zeros(64, 100).double()
    losses = []
    for _ in range(500):  # w1 = its start + x^T A
        z = first + K @ A
        error = z.clamp(min=0) @ w2 - y
        losses.append(error.pow(2).sum().item())
        A, w2 = A - 1e-6 * (2 * error @ w2.T) * (z > 0), w2 - 1e-6 * z.clamp(min=0).T @ (2 * error)
    w1 = w1 + x.T @ A
    assert losses[0] > 1e7 and losses[-1] < 1e-3
    for seed in range(5, 10):
        generator = torch.Generator().manual_seed(seed)
        x_new, y_new = (torch.randn(64, size, generator=generator, dtype=torch.float64) for size in (1000, 10))
        loss_new = ((x_new @ w1).clamp(min=0) @ w2 - y_new).pow(2).sum().item()
        assert loss_new > 1e7 and y_new.pow(2).sum().item() < 750
        if seed == 5:
            assert round(loss_new / 1e6) == 15 and round(y_new.pow(2).sum().item()) == 629


def test_anatomy_see_the_full_loop():
    full = training_loop.run()
    lower = full.val_loss < full.train_loss
    assert round(100 * full.accuracy[-1]) == 94 and full.kept == 0
    assert lower[4:].all() and not lower[1:4].any()  # from epoch 5 on


def test_anatomy_see_the_loop_without_zero_grad_and_without_step():
    full, heaped, still = training_loop.run(), training_loop.run(zero_grad=False), training_loop.run(step=False)
    assert (heaped.accuracy[:3] > full.accuracy[:3]).all() and round(100 * heaped.accuracy[-1]) == 61
    assert heaped.val_loss[-5:].mean() > 2 * heaped.val_loss[3:8].mean()
    for losses in (still.train_loss, still.val_loss):
        assert losses == pytest.approx(2.4, abs=0.08) and losses.min() > np.log(10)


def test_anatomy_see_the_loop_without_the_modes():
    full, no_train, no_eval = training_loop.run(), training_loop.run(train=False), training_loop.run(evaluate=False)
    assert no_train.train_loss[0] == full.train_loss[0] and no_train.val_loss[0] == full.val_loss[0]
    assert no_train.train_loss[1] != full.train_loss[1]
    assert (round(100 * no_train.accuracy[-1]), round(100 * no_eval.accuracy[-1])) == (84, 79)
    assert no_eval.train_loss == pytest.approx(full.train_loss, abs=0.15)  # trained in the same way


def test_anatomy_see_the_loop_without_no_grad_and_with_the_means_of_batches():
    full, graph = training_loop.run(), training_loop.run(no_grad=False)
    for name in ("train_loss", "val_loss", "accuracy"):
        assert np.array_equal(getattr(full, name), getattr(graph, name))
    assert graph.kept == 144_674
    off = np.abs(full.batch_mean - full.train_loss)
    assert off.max() == pytest.approx(0.15, abs=0.005) and training_loop.TRAIN % training_loop.BATCH == 8


@pytest.mark.parametrize("rate", [0.01, 0.1])
def test_anatomy_see_no_zero_grad_is_a_momentum_of_1(rate):
    def end(momentum, is_cleared):
        w = torch.tensor([1.0, -2.0], dtype=torch.float64, requires_grad=True)
        optimizer = torch.optim.SGD([w], lr=rate, momentum=momentum)
        for _ in range(20):
            if is_cleared:
                optimizer.zero_grad()
            (w**2 * torch.tensor([0.5, 1.5])).sum().backward()
            optimizer.step()
        return w.detach()

    assert torch.allclose(end(0.0, is_cleared=False), end(1.0, is_cleared=True))


LINES = ("zero", "forward", "backward", "step")


def learned(order: tuple[str, ...]) -> torch.Tensor:
    """Return the weight after three steps on random data, with the lines of the loop in this order."""
    X, y = torch.randn(20, 4, generator=torch.Generator().manual_seed(0)), torch.arange(20) % 3
    weight = nn.Parameter(torch.zeros(3, 4))
    optimizer = torch.optim.SGD([weight], lr=0.1)
    for _ in range(3):
        for line in order:
            if line == "forward":
                loss = F.cross_entropy(X @ weight.T, y)
            elif line == "backward":
                loss.backward()
            else:
                {"zero": optimizer.zero_grad, "step": optimizer.step}[line]()
    return weight.detach()


def test_erratum_skeleton_loop_where_zero_grad_may_stand():
    usual = learned(LINES)
    assert usual.any()
    for place in range(4):
        order = ["forward", "backward", "step"]
        order.insert(place, "zero")
        between = order.index("backward") < place < order.index("step") + 1
        weight = learned(tuple(order))
        assert not weight.any() if between else torch.equal(weight, usual)


# --- the trained network ----------------------------------------------------------------------------------------------


def test_modes_see_which_outputs_change():
    found = lambda layers, training, companions=7: train_and_eval.outputs(layers, training, companions)[0]
    linear, dropout, norm, both = train_and_eval.LAYERS
    assert np.ptp(found(linear, True)) == 0
    assert (round(found(dropout, True).min(), 1), round(found(dropout, True).max(), 1)) == (-1.8, 4.9)
    assert len(np.unique(found(dropout, True))) > 15
    assert [round(np.ptp(found(norm, True, companions)), 1) for companions in (1, 31)] == [3.8, 0.7]
    assert all(np.ptp(found(layers, False)) < 1e-12 for layers in train_and_eval.LAYERS)
    for layers in (norm, both):
        moved = train_and_eval.outputs(layers, True, 7)[1]
        assert (np.diff(moved) != 0).all() and not train_and_eval.outputs(layers, False, 7)[1].any()


def test_modes_see_looking_at_data_in_train_mode_changes_what_a_network_answers():
    model, sample = train_and_eval.tanh_network(train_and_eval.NORM), torch.ones(1, 4).double()
    with torch.no_grad():
        before = model.eval()(sample)
        model.train()(torch.randn(16, 4, generator=torch.Generator().manual_seed(0)).double())
        assert not torch.equal(model.eval()(sample), before)


def test_erratum_label_a_model_returns_a_row_of_log_probabilities_with_a_graph():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(10, 5), nn.ReLU(), nn.Dropout(0.5), nn.Linear(5, 2), nn.LogSoftmax(dim=1))
    output = model(torch.randn(4, 10))
    assert output.shape == (4, 2) and output.requires_grad and torch.allclose(output.exp().sum(dim=1), torch.ones(4))
    assert model.training  # in whatever mode it happens to be
    model.eval()
    with torch.no_grad():
        labels = model(torch.randn(4, 10)).argmax(dim=1)
    assert labels.shape == (4,) and labels.dtype == torch.int64 and not labels.requires_grad


def probabilities_after(epoch: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the probabilities of the tumours after an epoch, their labels, and the weight w, (2,)."""
    X, y = (tensor.numpy().astype(float) for tensor in decision_boundary.tumours())
    *w, b = decision_boundary.fitted()[0][epoch]
    return 1 / (1 + np.exp(-(X @ w + b))), y, np.array(w)


def test_boundary_see_the_errors_at_two_thresholds():
    p, y, _ = probabilities_after(20)
    errors = {tau: (int(np.sum((p >= tau) & (y == 0))), int(np.sum((p < tau) & (y == 1)))) for tau in (0.5, 0.05)}
    assert errors == {0.5: (23, 38), 0.05: (178, 7)}


def test_boundary_see_the_line_stays_parallel_and_training_turns_and_sharpens_it():
    picture = decision_boundary.draw_boundary(20, 0.05)
    half, low = (line for line in picture.figure.axes[0].lines if str(line.get_label()).startswith("p = "))
    gap = np.asarray(half.get_ydata()) - np.asarray(low.get_ydata())
    assert np.ptp(gap) < 1e-9 and gap[0] > 0.5
    share, angle, shift = [], [], []
    for epoch in (1, 5, 20):
        p, _, w = probabilities_after(epoch)
        share.append(round(100 * np.mean((p > 0.25) & (p < 0.75))))
        angle.append(np.degrees(np.arctan2(*w[::-1])))
        shift.append(np.log(0.5 / 0.5) - np.log(0.05 / 0.95) / np.linalg.norm(w))  # from 0.5 to 0.05
    assert (share[0], share[-1]) == (34, 18) and shift == sorted(shift, reverse=True)
    assert 5 < angle[0] - angle[-1] < 12


@pytest.mark.parametrize("method", [checkpoints.MOMENTUM, checkpoints.ADAM])
def test_checkpoint_see_how_many_losses_are_the_same(method):
    whole = checkpoints.uninterrupted(method)
    same = lambda **left_out: int(
        np.sum(
            whole
            == checkpoints.resumed(method, 20, **({"model": True, "optimizer": True, "generator": True} | left_out))
        )
    )
    assert (same(), same(optimizer=False), same(generator=False), same(model=False)) == (60, 21, 20, 20)
    for cut in (5, 35, 50):
        broken = checkpoints.resumed(method, cut, True, False, True)
        assert np.array_equal(whole[: cut + 1], broken[: cut + 1]) and whole[cut + 1] != broken[cut + 1]
    almost = checkpoints.resumed(method, 20, True, False, True)
    assert almost[-10:].mean() < 0.7 * almost[:5].mean()  # it goes on falling
    lost = checkpoints.resumed(method, 20, False, True, True)
    assert lost[20] > lost[19] + 0.2 and lost[20] > np.log(10)


# --- three questions --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [0, 1, 2, 3])
def test_questions_three_mistakes_that_leave_the_loss_where_it_was(seed):
    X, y, *_ = training_loop.digit_split()

    def losses(skip=(), other=False, is_cleared_late=False, lr=1.0):
        torch.manual_seed(seed)
        model, copy = (nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10)) for _ in range(2))
        optimizer, found = torch.optim.SGD((copy if other else model).parameters(), lr=lr), []
        for _ in range(10):
            optimizer.zero_grad()
            loss = F.cross_entropy(model(X), y)
            loss.backward()
            if is_cleared_late:
                optimizer.zero_grad()
            if "step" not in skip:
                optimizer.step()
            found.append(round(loss.item(), 2))
        return set(found)

    (guess,) = losses(skip=("step",))
    assert {guess} == losses(other=True) == losses(is_cleared_late=True) == losses(lr=1e-6)
    assert len(losses()) > 5 and round(np.log(10), 2) == 2.3 and abs(guess - 2.3) < 0.05


def test_questions_in_train_mode_batch_norm_needs_company():
    X, y, X_val, y_val = training_loop.digit_split()
    images, new = X.reshape(-1, 1, 8, 8), X_val.reshape(-1, 1, 8, 8)
    torch.manual_seed(0)
    model = nn.Sequential(
        *(nn.Conv2d(1, 16, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(2), nn.BatchNorm2d(16)), nn.Flatten(), nn.Linear(64, 10)
    )
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(10):
        for i in torch.randperm(len(y)).split(64):
            optimizer.zero_grad()
            F.cross_entropy(model(images[i]), y[i]).backward()
            optimizer.step()
    right = lambda size: (torch.cat([model(batch).argmax(dim=1) for batch in new.split(size)]) == y_val).double().mean()
    with torch.no_grad():
        fair, alone = right(64), right(1)
        assert fair > 0.9 and alone < fair - 0.05
        model.eval()
        assert right(64) == right(1) > 0.9
    with pytest.raises(ValueError, match="more than 1 value per channel"):
        nn.BatchNorm1d(3).train()(torch.ones(1, 3))


def first_step_of(training: checkpoints.Training) -> torch.Tensor:
    """Return by how much the next step moves the weights of the first layer."""
    weight = next(training.model.parameters())
    before = weight.detach().clone()
    training.steps(1)
    return weight.detach() - before


def resumed_with_the_model_alone(training: checkpoints.Training, method: str) -> checkpoints.Training:
    file, other = io.BytesIO(), checkpoints.Training(method, seed=7)
    training.save(file)
    file.seek(0)
    other.load(file, optimizer=False)
    return other


def test_questions_plain_sgd_loses_nothing_and_momentum_takes_shorter_steps():
    training = checkpoints.Training(checkpoints.MOMENTUM)
    training.steps(20)
    resumed = resumed_with_the_model_alone(training, checkpoints.MOMENTUM)
    assert first_step_of(resumed).norm() < 0.6 * first_step_of(training).norm()
    for one in (training, resumed):
        one.optimizer = torch.optim.SGD(one.model.parameters(), lr=0.05)
    resumed.model.load_state_dict(training.model.state_dict())
    resumed.generator.set_state(training.generator.get_state())
    assert resumed.steps(5) == training.steps(5)


def test_questions_without_its_count_the_first_step_of_adam_is_alpha_in_every_coordinate():
    training = checkpoints.Training(checkpoints.ADAM)
    training.steps(20)
    resumed = resumed_with_the_model_alone(training, checkpoints.ADAM)
    moved = first_step_of(resumed).abs()
    moved = moved[moved > 0]  # pixels that are always blank have no gradient
    assert moved.median().item() == pytest.approx(0.01, rel=1e-3) and (moved > 0.0099).double().mean() > 0.97
    assert first_step_of(training).abs().mean() < 0.8 * moved.mean()
