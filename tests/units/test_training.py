"""What unit 07 computes and draws, compared with torch run line by line, scikit-learn, numpy and the definitions."""

import io
import itertools
import re

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import confusion_matrix
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from course_utils.drawing import progress_bar
from course_utils.drawing.threads import one_thread
from course_utils.training import (
    checkpoints,
    curve_fit,
    decision_boundary,
    lenet_shapes,
    train_and_eval,
    training_loop,
    two_layer_network,
)
from course_utils.training.lenet_shapes import COLUMN, FLAT, FLATTEN, VIEW
from course_utils.training.two_layer_network import MODULE, RAW

NUMBER = r"(-?\d+(?:\.\d+)?(?:e[-+]\d+)?)"


def numbers(pattern: str, text: str) -> list[float]:
    """Return the numbers that `text` has where `pattern` has NUMBER."""
    found = re.search(pattern.replace("NUMBER", NUMBER), text)
    assert found, f"{pattern!r} is not in {text!r}"
    return [float(number) for number in found.groups()]


@pytest.fixture
def untouched():
    """Assert that a test does not change the state of torch's global generator."""
    torch.manual_seed(123)
    before = torch.get_rng_state()
    yield
    assert torch.equal(before, torch.get_rng_state())


# --- shapes ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("size", "batch"), [(28, 4), (28, 25), (32, 1), (35, 7), (36, 5), (52, 4), (64, 24), (64, 25)])
@pytest.mark.parametrize("rows", [VIEW, FLATTEN])
def test_the_traced_shapes_are_those_of_numbers_in_motion(size, batch, rows):
    traced, error = lenet_shapes.trace(size, batch, rows)
    seen: list[tuple[int, ...]] = [(batch, 3, size, size)]
    x = torch.zeros(batch, 3, size, size)
    try:
        for stage in lenet_shapes.LeNet(rows).stages():
            x = stage(x)
            seen.append(tuple(x.shape))
    except RuntimeError:
        assert error
    else:
        assert not error
    assert traced == seen


def test_lenet_is_the_sequence_of_its_layers_and_has_62006_parameters():
    torch.manual_seed(0)
    net, x = lenet_shapes.LeNet(), torch.randn(2, 3, 32, 32)
    pool, relu = nn.MaxPool2d(2), nn.ReLU()
    same = nn.Sequential(
        net.conv1, relu, pool, net.conv2, relu, pool, nn.Flatten(), net.fc1, relu, net.fc2, relu, net.fc3
    )
    assert torch.equal(net(x), same(x))
    assert sum(parameter.numel() for parameter in net.parameters()) == 62_006


def test_the_lenet_picture_counts_rows_and_states_where_it_stops():
    assert "25 images in, 169 rows out" in lenet_shapes.draw_lenet(64, 25, VIEW).description
    assert "4 images in, 4 rows out" in lenet_shapes.draw_lenet(32, 4, FLATTEN).description
    assert re.search(r"to rows \(25, 2704\)\. Stops: .*2704.*400", lenet_shapes.draw_lenet(64, 25, FLATTEN).description)


@pytest.mark.filterwarnings("ignore:Using a target size")
@pytest.mark.parametrize("n", [2, 5])
@pytest.mark.parametrize(("outputs", "targets"), list(itertools.product((COLUMN, FLAT), repeat=2)))
def test_the_broadcast_picture_has_the_loss_of_torch(n, outputs, targets):
    given, wanted = (
        torch.tensor(v)[:, None] if kind == COLUMN else torch.tensor(v)
        for v, kind in zip(lenet_shapes.pairs(n), (outputs, targets), strict=True)
    )
    description = lenet_shapes.draw_broadcast(n, outputs, targets).description
    count, loss = numbers(r": NUMBER numbers of shape .* with mean NUMBER\. Sample", description)
    assert count == (n if outputs == targets else n * n)
    assert np.isclose(loss, F.mse_loss(given, wanted).item(), atol=6e-5)


# --- two layers on random data ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "rate"), [(RAW, 1e-6), (RAW, 3e-7), (MODULE, 1e-4), (MODULE, 1e-3)])
def test_following_the_small_matrix_is_gradient_descent_on_the_weights(kind, rate):
    (x, y), losses = two_layer_network.random_data(), []
    w1, b1, w2, b2 = (tensor.clone().requires_grad_() for tensor in two_layer_network.start(kind))
    trained = [w1, w2] if kind == RAW else [w1, b1, w2, b2]
    for _ in range(12):
        loss = ((x @ w1 + b1).relu() @ w2 + b2 - y).square().sum()
        losses.append(loss.item())
        for parameter, gradient in zip(trained, torch.autograd.grad(loss, trained), strict=True):
            parameter.data = parameter.data - rate * gradient
    ours = two_layer_network.losses_of_descent(kind, np.array([rate / 2, rate]), steps=11)
    assert ours.shape == (12, 2)
    assert np.allclose(ours[:, 1], losses, rtol=1e-9)


def test_the_sequential_model_starts_where_the_descent_starts_and_as_torch_does(untouched):
    (x, y), model = two_layer_network.random_data(), two_layer_network.sequential()
    loss = nn.MSELoss(reduction="sum")(model(x), y)
    assert np.isclose(loss.item(), two_layer_network.losses_of_descent(MODULE, np.array([1e-4]), steps=0)[0, 0])
    for layer, fan_in in ((model[0], 1000), (model[2], 100)):
        assert isinstance(layer, nn.Linear)
        assert layer.weight.abs().max() <= fan_in**-0.5
        assert np.isclose(layer.weight.var().item() * 3 * fan_in, 1, rtol=0.1)


def test_the_two_layer_picture_states_losses_and_the_end_of_numbers():
    description = two_layer_network.draw_two_layers(1e-5, 1e-4, 100).description
    (since,) = numbers(r"raw tensors .* not finite since step NUMBER at step 100", description)
    losses = two_layer_network.losses_of_descent(RAW, np.array([1e-5]), steps=int(since))[:, 0]
    assert np.isfinite(losses[:-1]).all() and not np.isfinite(losses[-1])
    first, now = numbers(r"Sequential .* loss NUMBER at the start, loss NUMBER at step 100", description)
    exact = two_layer_network.sweep(MODULE)[:, 4]
    assert np.allclose([first, now], exact[[0, 100]], rtol=0.05)


# --- a curve ---------------------------------------------------------------------------------------------------------


def test_a_fit_is_gradient_descent_by_hand(untouched):
    x, y = (tensor.double().numpy() for tensor in curve_fit.noisy_parabola())
    W1, b1, W2, b2 = (p.detach().double().numpy() for p in curve_fit.one_hidden_layer(7).parameters())
    losses = []
    for _ in range(30):
        h = np.maximum(x @ W1.T + b1, 0)
        error = h @ W2.T + b2 - y
        losses.append(np.mean(error**2))
        d_out = 2 * error / len(x)
        d_z = (d_out @ W2) * (h > 0)
        W2, b2 = W2 - 0.2 * d_out.T @ h, b2 - 0.2 * d_out.sum(axis=0)
        W1, b1 = W1 - 0.2 * d_z.T @ x, b1 - 0.2 * d_z.sum(axis=0)
    predictions, ours = curve_fit.fit(7, 0.2)
    assert predictions.shape == (41, 100) and ours.shape == (201,)
    assert np.allclose(ours[:30], losses, rtol=1e-3)
    assert np.allclose(np.mean((predictions - y.T) ** 2, axis=1), ours[::5], rtol=1e-4)


def test_the_straight_line_and_the_noise_are_what_they_are_called():
    x, y = (tensor.double().numpy() for tensor in curve_fit.noisy_parabola())
    line, loss = curve_fit.straight_line()
    assert np.allclose(line, LinearRegression().fit(x, y).predict(x).ravel(), atol=1e-6)
    assert np.isclose(loss, np.mean((line - y.ravel()) ** 2))
    noise = y - x**2
    assert noise.min() >= 0 and noise.max() < 0.2
    assert np.isclose(noise.var(), curve_fit.NOISE_FLOOR, rtol=0.15)


def test_the_fit_picture_states_the_losses():
    description = curve_fit.draw_fit(10, 0.2, 50).description
    shown = numbers(r"error NUMBER at the start, NUMBER at step 50, NUMBER at step 200", description)
    assert np.allclose(shown, curve_fit.fit(10, 0.2)[1][[0, 50, 200]], atol=6e-5)
    assert shown[0] > shown[1] > shown[2]


# --- the loop with removable parts -----------------------------------------------------------------------------------


RUN_PARTS = [name for name in training_loop.PARTS if name != "weighted"]


@one_thread()
def plain_loop(epochs: int, **parts: bool) -> dict[str, list[float]]:
    """Train as `run` does, with an update by hand; a part that is False is left out."""
    parts = dict.fromkeys(training_loop.PARTS, True) | parts
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model, seen = (
            training_loop.network_with_modes(),
            {"train_loss": [], "batch_mean": [], "val_loss": [], "accuracy": []},
        )
        X, y, X_val, y_val = training_loop.digit_split()
        order = torch.Generator().manual_seed(1)
        for _ in range(epochs):
            model.training or not parts["train"] or model.train()
            batches = torch.randperm(392, generator=order).split(64)
            losses = []
            for rows in batches:
                loss = nn.CrossEntropyLoss()(model(X[rows]), y[rows])
                gradients = torch.autograd.grad(loss, list(model.parameters()))
                for parameter, gradient in zip(model.parameters(), gradients, strict=True):
                    keep = 0 if parts["zero_grad"] or parameter.grad is None else parameter.grad
                    parameter.grad = gradient + keep
                    parameter.data -= 0.1 * parameter.grad * parts["step"]
                losses.append(loss.item())
            seen["train_loss"].append(np.average(losses, weights=[len(rows) for rows in batches]))
            seen["batch_mean"].append(sum(losses) / 7)
            model.train(model.training and not parts["evaluate"])
            logits = model(X_val).detach()
            seen["val_loss"].append(F.nll_loss(logits.log_softmax(1), y_val).item())
            seen["accuracy"].append(np.mean(logits.numpy().argmax(axis=1) == y_val.numpy()))
    return seen


@pytest.mark.parametrize("missing", [None, *RUN_PARTS])
def test_a_run_is_the_loop_written_out(missing, untouched):
    parts = {missing: False} if missing else {}
    ours, theirs = training_loop.run(**parts), plain_loop(4, **parts)
    for name, values in theirs.items():
        assert np.allclose(getattr(ours, name)[:4], values, rtol=1e-4), name


def test_what_each_part_is_for():
    full = training_loop.run()
    without = {name: training_loop.run(**{name: False}) for name in RUN_PARTS}
    assert full.accuracy[-1] > 0.9
    for name in ("zero_grad", "step", "train", "evaluate"):
        assert without[name].accuracy[-1] < full.accuracy[-1] - 0.05, name
    for name in ("train_loss", "val_loss"):
        assert np.array_equal(getattr(without["no_grad"], name), getattr(full, name))
    assert full.kept == 0 and without["no_grad"].kept > 797 * 64
    assert not np.allclose(full.batch_mean, full.train_loss, atol=0.05)


def test_without_steps_nothing_is_learned():
    losses = training_loop.run(step=False).train_loss
    assert np.ptp(losses) < 0.1 and losses.min() > 2.3


def test_the_loop_picture_names_what_is_left_out_and_the_listing_has_all_parts():
    assert {name for _, name in training_loop.CODE if name} == set(training_loop.PARTS)
    parts = dict.fromkeys(training_loop.PARTS, True) | {"step": False, "no_grad": False}
    picture = training_loop.draw_loop(**parts)
    assert "without: optimizer.step(), with torch.no_grad()." in picture.description
    shown = numbers(r"validation loss NUMBER, validation accuracy NUMBER%; with", picture.description)
    run = training_loop.run(step=False, no_grad=False)
    assert np.allclose(shown, [run.val_loss[-1], 100 * run.accuracy[-1]], atol=0.06)
    shown = " ".join(text.get_text() for text in picture.figure.axes[0].texts)
    assert all(line.strip() in shown for line, _ in training_loop.CODE)


def test_the_loop_picture_reports_the_mean_that_is_asked_for():
    parts, full = dict.fromkeys(training_loop.PARTS, True), training_loop.run()
    for weighted, losses in ((True, full.train_loss), (False, full.batch_mean)):
        description = training_loop.draw_loop(**(parts | {"weighted": weighted})).description
        assert numbers(r"is reported as NUMBER,", description) == [round(losses[-1], 3)]


def test_sorted_digits_need_shuffling(untouched):
    assert training_loop.accuracy(0.1) > 0.95
    assert training_loop.accuracy(0.1, shuffle=False) < 0.2
    assert training_loop.accuracy(0.001) < 0.8 < training_loop.accuracy(0.01)


# --- modes -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("layers", train_and_eval.LAYERS)
def test_in_eval_mode_an_output_is_always_the_same_and_nothing_moves(layers, untouched):
    found, means = train_and_eval.outputs(layers, False, 7)
    assert np.ptp(found) == 0 and not means.any()
    assert (np.ptp(train_and_eval.outputs(layers, True, 7)[0]) > 0.5) == (layers != train_and_eval.LAYERS[0])


def test_in_train_mode_batch_norm_is_that_of_the_batch():
    model, rng = train_and_eval.tanh_network(train_and_eval.NORM), np.random.default_rng(0)
    W1, b1, *_, W2, b2 = (parameter.detach().numpy() for parameter in model.parameters())
    running, outputs, means = 0.0, [], []
    for _ in range(20):
        batch = np.concatenate([[[0.5, -1.0, 1.5, 0.2]], rng.normal(size=(3, 4))])
        z = batch @ W1.T + b1
        normal = (z[0] - z.mean(axis=0)) / np.sqrt(z.var(axis=0) + 1e-5)
        outputs.append((np.tanh(normal) @ W2.T + b2)[0])
        running = 0.9 * running + 0.1 * z[:, 0].mean()
        means.append(running)
    found, moved = train_and_eval.outputs(train_and_eval.NORM, True, 3)
    assert np.allclose(found, outputs) and np.allclose(moved, means)


def test_a_dropped_output_is_one_of_those_that_masks_can_make():
    model = train_and_eval.tanh_network(train_and_eval.DROPOUT).eval()
    with torch.no_grad():
        h = model[1](model[0](torch.tensor([[0.5, -1.0, 1.5, 0.2]], dtype=torch.float64)))[0].numpy()
    last = model[-1]
    assert isinstance(last, nn.Linear)
    w, b = last.weight.detach().numpy()[0], last.bias.item()
    possible = np.array(
        [np.dot(mask, 2 * h * w) + b for mask in itertools.product((0, 1), repeat=train_and_eval.WIDTH)]
    )
    for value in train_and_eval.outputs(train_and_eval.DROPOUT, True, 1)[0]:
        assert np.abs(possible - value).min() < 1e-9


def test_the_mode_picture_states_the_range():
    found, means = train_and_eval.outputs(train_and_eval.BOTH, True, 5)
    shown = numbers(
        r"from NUMBER to NUMBER\. .* to NUMBER\.$", train_and_eval.draw_modes(train_and_eval.BOTH, True, 5).description
    )
    assert np.allclose(shown, [found.min(), found.max(), means[-1]], atol=6e-4)


# --- boundary and threshold ------------------------------------------------------------------------------------------


def test_training_leads_to_the_weights_of_scikit_learn():
    (X, y), (places, losses) = decision_boundary.tumours(), decision_boundary.fitted()
    authority = LogisticRegression(C=np.inf, tol=1e-8).fit(X.numpy(), y.numpy())
    assert places.shape == (21, 3) and losses.shape == (21,)
    assert np.isclose(losses[0], np.log(2), atol=1e-6)
    least = F.binary_cross_entropy(torch.tensor(authority.predict_proba(X.numpy())[:, 1]).double(), y.double()).item()
    assert least <= losses[-1] < 1.03 * least
    assert np.allclose(places[-1], [*authority.coef_[0], authority.intercept_[0]], atol=0.2)


@pytest.mark.parametrize(("epoch", "threshold"), [(20, 0.05), (20, 0.5), (3, 0.7), (1, 0.3)])
def test_the_boundary_picture_counts_errors_and_draws_the_line_where_the_probability_is_the_threshold(epoch, threshold):
    (X, y), (w1, w2, b) = decision_boundary.tumours(), decision_boundary.fitted()[0][epoch]
    picture = decision_boundary.draw_boundary(epoch, threshold)
    p = torch.sigmoid(X.double() @ torch.tensor([w1, w2]) + b)
    _, alarms, misses, _ = confusion_matrix(y, p >= threshold).ravel()
    assert numbers(r"are NUMBER false alarms and NUMBER misses", picture.description) == [alarms, misses]
    line = next(line for line in picture.figure.axes[0].lines if line.get_label() == f"p = {threshold:.2f}")
    assert np.allclose(torch.sigmoid(torch.tensor(np.asarray(line.get_xydata()) @ [w1, w2] + b)), threshold)


# --- checkpoints -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", [checkpoints.MOMENTUM, checkpoints.ADAM])
def test_a_run_goes_on_bit_for_bit_only_when_all_is_restored(method, untouched):
    whole = checkpoints.uninterrupted(method)
    same = {
        kept: int(np.sum(checkpoints.resumed(method, 15, *kept) == whole))
        for kept in itertools.product((True, False), repeat=3)
    }
    assert same.pop((True, True, True)) == 60
    assert same.pop((True, False, True)) == 16
    assert set(same.values()) == {15}


def test_a_run_is_that_of_a_plain_loop():
    X, y, *_ = training_loop.digit_split()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = nn.Sequential(nn.Linear(64, 16), nn.ReLU(), nn.Linear(16, 10))
    velocity, losses = [torch.zeros_like(p) for p in model.parameters()], []
    generator = torch.Generator().manual_seed(0)
    for _ in range(10):
        rows = torch.randint(392, (32,), generator=generator)
        loss = F.cross_entropy(model(X[rows]), y[rows])
        losses.append(loss.item())
        gradients = torch.autograd.grad(loss, list(model.parameters()))
        for p, v, g in zip(model.parameters(), velocity, gradients, strict=True):
            v.mul_(0.9).add_(g)
            p.data -= 0.05 * v
    assert np.allclose(checkpoints.uninterrupted(checkpoints.MOMENTUM)[:10], losses, rtol=1e-5)


def test_a_checkpoint_is_plain_data_and_a_copy():
    training, file = checkpoints.Training(checkpoints.ADAM), io.BytesIO()
    training.steps(3)
    training.save(file)
    first = training.model[0]
    assert isinstance(first, nn.Linear)
    weight = first.weight.detach().clone()
    training.steps(1)
    file.seek(0)
    kept = torch.load(file, weights_only=True)
    assert set(kept) == {"model", "optimizer", "generator"}
    assert torch.equal(kept["model"]["0.weight"], weight) and not torch.equal(weight, first.weight)
    assert kept["optimizer"]["state"][0]["step"] == 3


def test_the_checkpoint_picture_states_how_many_losses_are_the_same():
    description = checkpoints.draw_resume(checkpoints.ADAM, 20, True, False, True).description
    assert "restored: model, generator. 21 of 60 losses" in description
    assert "60 of 60 losses" in checkpoints.draw_resume(checkpoints.ADAM, 20, True, True, True).description
    assert "restored: nothing" in checkpoints.draw_resume(checkpoints.ADAM, 20, False, False, False).description


# --- progress --------------------------------------------------------------------------------------------------------


class Handle:
    def __init__(self):
        self.shown = []

    def update(self, bar):
        self.shown.append(repr(bar))


def test_a_bar_passes_all_items_on_and_replaces_one_output(monkeypatch, capsys):
    handle = Handle()
    monkeypatch.setattr(progress_bar, "display", lambda bar, display_id: handle)
    loader = DataLoader(TensorDataset(torch.arange(10)), batch_size=4)
    batches = [batch.tolist() for (batch,) in progress_bar.with_bar(loader, "epoch 1")]
    assert batches == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
    assert [shown.split()[-1] for shown in handle.shown] == ["1/3", "2/3", "3/3"]
    assert handle.shown[-1] == f"epoch 1 {'█' * 20} 3/3"
    assert capsys.readouterr() == ("", "")


def test_a_bar_outside_jupyter_leaves_stderr_empty(capsys):
    assert list(progress_bar.with_bar(range(3), "work")) == [0, 1, 2]
    assert list(progress_bar.with_bar([], "nothing")) == []
    assert capsys.readouterr().err == ""
