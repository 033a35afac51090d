"""Drivers of unit 07: training networks in PyTorch."""

from __future__ import annotations

import copy
import itertools
import math
import pathlib
import tempfile
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from course_utils import check
from course_utils.data.digit_folds import digit_folds

Model = Callable[..., nn.Module]  # a class of the student's

# Parameters of LeNet, each weight before its bias.
LENET = [(6, 3, 5, 5), (6,), (16, 6, 5, 5), (16,), (120, 400), (120,), (84, 120), (84,), (10, 84), (10,)]


def one_path_through_lenet() -> list[torch.Tensor]:
    """Return parameters of LeNet that carry one number of an image through it, of the shapes `LENET`.

    One weight of each layer is 1, the last bias is 0, -1, ..., -9, and all others are 0. With them the first logit is
    the largest number in `image[0, 6:10, 6:10]`, or 0 if that is negative.
    """
    parameters = [torch.zeros(shape) for shape in LENET]
    parameters[0][0, 0, 2, 2] = parameters[2][0, 0, 2, 2] = 1.0
    for weight in parameters[4::2]:
        weight[0, 0] = 1.0
    parameters[-1] -= torch.arange(10.0)
    return parameters


@check.driver
def logistic_regression_with(
    model_class: Model, weight: torch.Tensor, bias: torch.Tensor, x: torch.Tensor, upstream: torch.Tensor
) -> tuple[Any, ...]:
    """`LogisticRegression` with given parameters (sizes, logits, gradients of weight and bias).

    weight: (d,); bias: (1,); x: (n, d); upstream: (n,), the gradient of the logits. Returns the sizes of the
    parameters, the logits, and the gradients of weight and bias.
    """
    d = len(weight)
    model, other = model_class(d).to(x.dtype), model_class(d).to(x.dtype)
    sizes = sorted(parameter.numel() for parameter in model.parameters())
    if sizes != [1, d]:
        return sizes, None, None, None
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_((weight if parameter.numel() == d else bias).reshape(parameter.shape))
        for parameter in other.parameters():
            parameter.fill_(7.0)
    logits = model(x)
    grads = {}
    if logits.requires_grad and logits.shape == upstream.shape:
        logits.backward(upstream)
        grads = {p.numel(): p.grad.reshape(-1) for p in model.parameters() if p.grad is not None}
    return sizes, logits.detach(), grads.get(d, torch.zeros_like(weight)), grads.get(1, torch.zeros_like(bias))


@check.driver
def count_of_parameters(model_class: Model, *arguments: Any) -> int:
    """Number of parameters of your model."""
    return sum(parameter.numel() for parameter in model_class(*arguments).parameters())


@check.driver
def mlp_with(
    model_class: Model, sizes: list[int], parameters: list[torch.Tensor], x: torch.Tensor, upstream: torch.Tensor
) -> tuple[Any, ...]:
    """`MLP` with given weights and biases.

    x: (n, n_0); upstream: (n, n_L), the gradient of the logits. Returns the shapes of the parameters, whether the
    weights of each layer differ at the start, the logits, the gradients, and the length of `state_dict()`.
    """
    model = model_class(list(sizes)).to(x.dtype)
    shapes = [list(parameter.shape) for parameter in model.parameters()]
    if shapes != [list(parameter.shape) for parameter in parameters]:
        return shapes, None, None, None, None
    differ = [bool(parameter.std() > 0) for parameter in model.parameters() if parameter.dim() == 2]
    _set(model, parameters)
    logits = model(x)
    if logits.requires_grad and logits.shape == upstream.shape:
        logits.backward(upstream)
    grads = [torch.zeros_like(p) if p.grad is None else p.grad for p in model.parameters()]
    return shapes, differ, logits.detach(), grads, len(model.state_dict())


@check.driver
def lenet_with(model_class: Model, parameters: list[torch.Tensor], images: torch.Tensor) -> tuple[Any, Any]:
    """`LeNet` with given parameters.

    images: (N, 3, 32, 32). Returns the shapes of the parameters, and the logits.
    """
    model = model_class().to(images.dtype)
    shapes = [list(parameter.shape) for parameter in model.parameters()]
    if shapes != [list(parameter.shape) for parameter in parameters]:
        return shapes, None
    _set(model, parameters)
    with torch.no_grad():
        return shapes, model(images)


@check.driver
def shape_of_lenets_output(model_class: Model, images: torch.Tensor) -> list[int]:
    """`LeNet` on images of another size.

    images: (N, 3, side, side). Returns the shape of the output; an empty list where it raises an error.
    """
    model = model_class().to(images.dtype)
    try:
        return list(model(images).shape)
    except Exception:  # whatever it raises
        return []


@check.driver
def multiplications_in(
    multiplications: Callable[..., dict[str, int]], layers: list[list[Any] | int], shape: list[int]
) -> dict[str, Any]:
    """`LeNet_multiplications` on a model made for the check.

    layers: each a class of torch.nn and its arguments, ["Linear", [3, 4]], or the number of a layer that is there
    already; shape: of the images. Returns the multiplications, and the number of hooks left, by name.
    """
    parts: list[nn.Module] = []
    for layer in layers:
        parts.append(parts[layer] if isinstance(layer, int) else getattr(nn, layer[0])(*layer[1]))
    model = nn.Sequential(*parts)
    counts = multiplications(model, torch.ones(shape))
    return {"multiplications": counts, "hooks left": sum(len(module._forward_hooks) for module in model.modules())}


@check.driver
def multiplications_in_lenet(multiplications: Callable[..., dict[str, int]], model_class: Model, N: int) -> list[int]:
    """`LeNet_multiplications` on your `LeNet`.

    N: number of images. Returns the multiplications of all layers, the smallest first.
    """
    return sorted(multiplications(model_class(), torch.ones(N, 3, 32, 32)).values())


@check.driver
def steps_of_sgd_update(
    update: Callable[..., None],
    values: list[torch.Tensor],
    slopes: list[list[torch.Tensor]],
    used: list[list[int]],
    lr: float,
) -> tuple[Any, ...]:
    """Steps of `sgd_update_` on the loss sum(w^2 / 2 + slope w).

    values: the parameters w, tensors of any shape (...,); slopes: one per step and parameter; used: for each step, the
    numbers of the parameters that the loss depends on. Returns the numbers in the memory of the parameters after each
    step, the parameters, the largest gradients left, and whether autograd records after each step.
    """
    params = [nn.Parameter(value.clone()) for value in values]
    same_memory = [parameter.detach() for parameter in params]
    seen, records = [], []
    with torch.enable_grad():
        for step in range(len(used)):
            terms = [(params[i].square() / 2 + slopes[step][i] * params[i]).sum() for i in used[step]]
            torch.stack(terms).sum().backward()
            update(iter(params), lr)
            records.append(torch.is_grad_enabled())
            torch.set_grad_enabled(True)
            seen.append([memory.clone() for memory in same_memory])
    left = [0.0 if parameter.grad is None else parameter.grad.abs().max().item() for parameter in params]
    return seen, [parameter.detach() for parameter in params], left, records


def faulty_train_one_epoch(
    model: nn.Module, loader: Iterable, loss_fn: Callable, opt: torch.optim.Optimizer, skip_above: float = math.inf
) -> float:
    """Train as the code of exercise 7.5, which has a fault; arguments and result are those of `train_one_epoch`."""
    model.train()
    total, samples = 0.0, 0
    for inputs, targets in loader:
        loss = loss_fn(model(inputs), targets)
        loss.backward()
        if loss.item() > skip_above:
            continue
        opt.step()
        opt.zero_grad()
        total += loss.item() * len(inputs)
        samples += len(inputs)
    return total / samples


def faulty_epoch_of_one_weight(targets: list[list[float]], lr: float, skip_above: float) -> dict[str, Any]:
    """Return for `faulty_train_one_epoch` what `epoch_of_one_weight` returns: mean loss, weights and modes."""
    return _epoch_of_one_weight(faulty_train_one_epoch, targets, lr, skip_above)


@check.driver
def epoch_of_one_weight(
    train: Callable[..., Any], targets: list[list[float]], lr: float, skip_above: float
) -> dict[str, Any]:
    """`train_one_epoch` (one weight w).

    The model starts at w = 0, in evaluation mode, and its output is w for every sample. targets: one list of numbers
    per batch; the loss is the mean of (w - t)^2. Returns the mean loss, w after each batch, and whether each ran in
    training mode, by name.
    """
    return _epoch_of_one_weight(train, targets, lr, skip_above)


@check.driver
def epoch_of_training(
    train: Callable[..., Any],
    parameters: list[torch.Tensor],
    sizes: list[int],
    inputs: torch.Tensor,
    targets: torch.Tensor,
    loss: str,
    optimizer: str,
    settings: dict[str, Any],
    p: float,
    mode: bool,
    seed: int,
    stale: float,
    skip_above: float,
) -> tuple[Any, ...]:
    """`train_one_epoch` on Linear, BatchNorm1d, Tanh, Dropout, Linear.

    parameters: of the model; inputs: (n, 3) and targets: (n,) or (n, 2), in batches of `sizes`; loss, optimizer: their
    names in torch, as "mse_loss" and "SGD"; stale: what every gradient is before; skip_above: a loss. Returns the mean
    loss, the number of batches that batch norm has counted, and the state of the model.
    """
    layers = nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Tanh(), nn.Dropout(p), nn.Linear(4, 2)
    model = nn.Sequential(*layers).double().train(mode)
    _set(model, parameters)
    for parameter in model.parameters():
        parameter.grad = torch.full_like(parameter, stale)
    opt = getattr(torch.optim, optimizer)(model.parameters(), **settings)
    loader = zip(inputs.split(sizes), targets.split(sizes), strict=True)
    before = torch.get_rng_state()
    torch.default_generator.manual_seed(seed)  # as torch.manual_seed does, which takes long at its first call
    mean = _detached(train(model, loader, getattr(F, loss), opt, skip_above))
    torch.set_rng_state(before)
    state = _state_of(model)
    return mean, state.pop("1.num_batches_tracked"), state


@check.driver
def an_evaluate(variant: str) -> Callable[[nn.Module, Iterable, Callable], tuple[float, float]]:
    """an `evaluate`

    variant: "batch by batch" is right; "mean of means" and "any mode" are wrong. Returns a function of a model, a
    loader and a loss function that returns loss and accuracy.
    """

    def evaluate(model: nn.Module, loader: Iterable, loss_fn: Callable) -> tuple[float, float]:
        was_training = model.training
        model.train(was_training and variant == "any mode")
        sizes, losses, right = [], [], 0
        with torch.no_grad():
            for inputs, targets in loader:
                logits = model(inputs)
                sizes.append(len(targets))
                losses.append(loss_fn(logits, targets).item())
                right += (logits.argmax(dim=1) == targets).sum().item()
        model.train(was_training)
        if variant == "mean of means":
            return sum(losses) / len(losses), right / sum(sizes)
        return sum(size * loss for size, loss in zip(sizes, losses, strict=True)) / sum(sizes), right / sum(sizes)

    return evaluate


@check.driver
def fit_from_zero(
    fit: Callable[..., Any], X: torch.Tensor, y: torch.Tensor, epochs: int, lr: float, batch_size: int, seed: int
) -> dict[str, Any]:
    """`fit` (linear model, from 0).

    The model has two classes and no bias. X: (n, 1); y: (n,). Returns the losses, the weights (2,), the sizes of the
    batches, and the samples of each epoch in their order (epochs, n), by name.
    """
    batches, model = [], nn.Linear(1, 2, bias=False)
    nn.init.zeros_(model.weight)
    model.register_forward_pre_hook(lambda _, inputs: batches.append(inputs[0].detach().flatten()))
    losses = fit(model, X, y, epochs, lr, batch_size, seed)
    samples = torch.cat([X[:0, 0], *batches]).tolist()
    return {
        "losses": losses,
        "weights": model.weight.detach()[:, 0],
        "sizes of the batches": [len(batch) for batch in batches],
        "samples of each epoch": [samples[i : i + len(X)] for i in range(0, len(samples), len(X))],
    }


@check.driver
def watched_fit(
    fit: Callable[..., Any],
    parameters: list[torch.Tensor],
    X: torch.Tensor,
    y: torch.Tensor,
    epochs: int,
    lr: float,
    batch_size: int,
    seed: int,
    mode: bool,
    global_seed: int,
) -> tuple[Any, ...]:
    """`fit` on Linear, BatchNorm1d, Tanh, Linear.

    parameters: of the model; X: (n, 3); y: (n,); global_seed: of torch's global generator. Returns the losses, the
    number of batches that batch norm has counted, the state of the model, the samples and the sizes of the batches, and
    numbers drawn next.
    """
    batches = []

    class Watched(nn.Sequential):
        def forward(self, input: torch.Tensor) -> torch.Tensor:
            batches.append(input.detach().clone())
            return super().forward(input)

    layers = nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Tanh(), nn.Linear(4, 3)
    model = Watched(*layers).to(X.dtype).train(mode)
    _set(model, parameters)
    before = torch.get_rng_state()
    torch.default_generator.manual_seed(global_seed)  # as torch.manual_seed does, which takes long at its first call
    losses = fit(model, X, y, epochs, lr, batch_size, seed)
    drawn = torch.rand(4)
    torch.set_rng_state(before)
    state = _state_of(model)
    tracked = state.pop("1.num_batches_tracked")
    return losses, tracked, state, torch.cat([X[:0], *batches]), [len(batch) for batch in batches], drawn


@check.driver
def fit_on_digits(
    fit: Callable[..., Any],
    parameters: list[torch.Tensor],
    X: torch.Tensor,
    y: torch.Tensor,
    epochs: int,
    lr: float,
    batch_size: int,
    seed: int,
    X_test: torch.Tensor,
) -> tuple[Any, torch.Tensor]:
    """`fit` on the digits, with 64 hidden units.

    parameters: of the model; X: (n, 64), y: (n,), X_test: (m, 64). Returns the losses, and the
    logits (m, 10) of X_test.
    """
    model = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
    _set(model, parameters)
    losses = fit(model, X, y, epochs, lr, batch_size, seed)
    model.eval()
    with torch.no_grad():
        return losses, model(X_test)


def faulty_save_checkpoint(
    path: str, model: nn.Module, opt: torch.optim.Optimizer, generator: torch.Generator, epoch: int
) -> None:
    """Save as the code of exercise 7.9, which has a fault; arguments are those of `save_checkpoint`."""
    weights = {name: value.detach() for name, value in model.named_parameters()}
    states = {"model": weights, "opt": opt.state_dict(), "generator": generator.get_state()}
    torch.save(states | {"epoch": epoch}, path)


def faulty_load_checkpoint(path: str, model: nn.Module, opt: torch.optim.Optimizer, generator: torch.Generator) -> int:
    """Load as the code of exercise 7.9, which has a fault; arguments and result are those of `load_checkpoint`."""
    saved = torch.load(path, weights_only=True)
    model.load_state_dict(saved["model"], strict=False)
    opt.load_state_dict(saved["opt"])
    generator.set_state(saved["generator"])
    return saved["epoch"]


def faulty_outputs_after_loading(layers: list[str], steps: int, training: bool) -> torch.Tensor:
    """Return for the faulty functions the outputs (6, 3) that `outputs_after_loading` returns."""
    return _outputs_after_loading(faulty_save_checkpoint, faulty_load_checkpoint, layers, steps, training)


@check.driver
def outputs_after_loading(
    save: Callable[..., None], load: Callable[..., int], layers: list[str], steps: int, training: bool
) -> torch.Tensor:
    """`save_checkpoint` and `load_checkpoint`, after some steps.

    layers: words from "linear", "tanh", "relu" and "batch norm"; steps: how many come before saving. Returns the
    outputs (6, 3) of a new model that has loaded the file, in training mode where `training` is True.
    """
    return _outputs_after_loading(save, load, layers, steps, training)


@check.driver
def resumed_steps(
    save: Callable[..., None], load: Callable[..., int], before: int, after: int, lr: float
) -> dict[str, Any]:
    """`save_checkpoint` and `load_checkpoint` (one weight w).

    The loss is w, from w = 0, by SGD with momentum 1/2; each step draws a number from a generator, too. After `before`
    steps it is saved as epoch 7, and a new model takes `after` more. Returns whether the file can be read with
    weights_only, the epoch, w after loading and in the end, whether the generator goes on as before, and w after
    loading the file with 1 added to its numbers, by name.
    """

    def made(start: float, seed: int) -> tuple[nn.Module, torch.optim.Optimizer, torch.Generator]:
        model = nn.Linear(1, 1, bias=False)
        nn.init.constant_(model.weight, start)
        return model, torch.optim.SGD(model.parameters(), lr=lr, momentum=0.5), torch.Generator().manual_seed(seed)

    def steps(count: int, model: nn.Module, opt: torch.optim.Optimizer, generator: torch.Generator) -> None:
        for _ in range(count):
            torch.rand(1, generator=generator)
            opt.zero_grad()
            model(torch.ones(1)).sum().backward()
            opt.step()

    with tempfile.TemporaryDirectory() as folder:
        path = str(pathlib.Path(folder) / "checkpoint.pt")
        save(path, *made(-1.0, 1), 1)  # what follows replaces it
        first = made(0.0, 2)
        steps(before, *first)
        _saved_before_another(save, path, *first, 7)
        numbers = torch.rand(4, generator=first[2])
        readable = _is_readable(path)
        second, third = made(100.0, 3), made(100.0, 4)
        epoch = load(path, *second)
        if readable:
            _change(path, third[2].get_state())
            load(path, *third)
    loaded = next(second[0].parameters()).item()
    same = torch.equal(_next_numbers(second[2]), numbers)
    steps(after, *second)
    end = next(second[0].parameters()).item()
    return {
        "read with weights_only": readable,
        "epoch": epoch,
        "w after loading": loaded,
        "the generator goes on": same,
        "w from a file with 1 added": next(third[0].parameters()).item(),
        "w in the end": end,
    }


@check.driver
def interrupted_training(
    save: Callable[..., None],
    load: Callable[..., int],
    parameters: list[torch.Tensor],
    fresh: list[torch.Tensor],
    X: torch.Tensor,
    Y: torch.Tensor,
    stop: int,
    more: int,
    epoch: int,
    optimizer: str,
    settings: dict[str, Any],
    other_lr: float,
    p: float,
    is_global: bool,
    seed: int,
) -> tuple[Any, ...]:
    """`save_checkpoint` and `load_checkpoint` in an interrupted training.

    X: (n, 3) and Y: (n, 2), of which each step draws half; the checkpoint is saved after `stop` steps, and a new model
    takes `more`. fresh, other_lr: its parameters and learning rate; optimizer: its name in torch, as
    "SGD"; p: of dropout; is_global: whether the generator is torch's own. Returns whether the file can be read with
    weights_only, the epoch, the state after loading, the numbers that the generator draws then, the state in the end,
    epoch and first weight of an older checkpoint of another path, and first weight and next numbers after loading the
    file with 1 added to its numbers and the state of a generator with the seed 5.
    """

    def made(values: list[torch.Tensor], lr: float, seed: int) -> tuple[Any, Any, torch.Generator]:
        layers = nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Tanh(), nn.Dropout(p), nn.Linear(4, 2)
        model = nn.Sequential(*layers).double()
        _set(model, values)
        opt = getattr(torch.optim, optimizer)(model.parameters(), **(settings | {"lr": lr}))
        generator = torch.default_generator if is_global else torch.Generator()
        return model, opt, generator.manual_seed(seed)

    def steps(count: int, model: nn.Module, opt: torch.optim.Optimizer, generator: torch.Generator) -> None:
        for _ in range(count):
            rows = torch.randperm(len(X), generator=generator)[: len(X) // 2]
            opt.zero_grad()
            F.mse_loss(model(X[rows]), Y[rows]).backward()
            opt.step()

    before = torch.get_rng_state()
    with tempfile.TemporaryDirectory() as folder:
        path, moved, older = (str(pathlib.Path(folder) / name) for name in ("a.pt", "b.pt", "older.pt"))
        for other in (older, path):
            save(other, *made(fresh, other_lr, 1), epoch - 1)
        first = made(parameters, settings["lr"], seed)
        steps(stop, *first)
        _saved_before_another(save, path, *first, epoch)
        steps(more, *first)  # what is saved must not follow
        pathlib.Path(path).rename(moved)
        readable = _is_readable(moved)
        second = made([2 * value for value in fresh], other_lr, seed + 1)
        loaded = load(moved, *second)
        after, drawn = _state_of(second[0]), _next_numbers(second[2])
        steps(more, *second)
        third = made(parameters, other_lr, seed + 2)
        of_older = load(older, *third)
        older_weight = next(third[0].parameters()).detach().clone()
        fourth = made(parameters, other_lr, seed + 3)
        if readable:
            _change(moved, torch.Generator().manual_seed(5).get_state())
            load(moved, *fourth)
        changed = next(fourth[0].parameters()).detach(), _next_numbers(fourth[2])
    torch.set_rng_state(before)
    return readable, loaded, after, drawn, _state_of(second[0]), of_older, older_weight, *changed


class Pool(NamedTuple):
    """Images (n, 64) float64 to choose from and their classes (n,) int64; the same of other images, to test with."""

    X: np.ndarray
    y: np.ndarray
    X_new: np.ndarray
    y_new: np.ndarray


def pools_of_digits(rng: np.random.Generator, pools: int, images: int = 400) -> Iterator[Pool]:
    """Yield so many pools of so many images of digits, each with 500 others to test with.

    All images are mirrored or turned alike, each is moved a little, and the classes are renumbered. Three pools after
    one another have different images to test with.
    """
    folds = itertools.chain.from_iterable(digit_folds(rng, distorted=True) for _ in range(-(-pools // 3)))
    for fold in itertools.islice(folds, pools):
        rows = rng.choice(len(fold.Xtr), images, replace=False)
        X, y, X_new, y_new = (part.numpy() for part in (fold.Xtr, fold.ytr, fold.Xte, fold.yte))
        yield Pool(X[rows].astype(np.float64), y[rows], X_new.astype(np.float64), y_new)


def are_rows(chosen: np.ndarray, n: int) -> bool:
    """Say whether all of `chosen`, (k,), are numbers of rows of an array of length n, none of them twice."""
    return bool(np.all((chosen >= 0) & (chosen < n))) and len(np.unique(chosen)) == len(chosen)


def accuracy_with_labels(pool: Pool, chosen: np.ndarray, seed: int = 0) -> float:
    """Return the accuracy, from 0 to 1, of a network that is trained on the images `chosen` (k,) and their labels.

    It has one hidden layer of 64 ReLU units and makes 100 steps of Adam on all k images.
    """
    X, y, X_new, y_new = (torch.from_numpy(part) for part in (pool.X[chosen], pool.y[chosen], pool.X_new, pool.y_new))
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        model = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    for _ in range(100):
        optimizer.zero_grad()
        F.cross_entropy(model(X.float()), y).backward()
        optimizer.step()
    with torch.no_grad():
        return (model(X_new.float()).argmax(dim=1) == y_new).double().mean().item()


def _epoch_of_one_weight(
    train: Callable[..., Any], targets: list[list[float]], lr: float, skip_above: float
) -> dict[str, Any]:
    weights, modes = [], []

    class OneWeight(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.w = nn.Parameter(torch.zeros((), dtype=torch.float64))

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            weights.append(self.w.item())
            modes.append(self.training)
            return self.w * x

    model = OneWeight().eval()
    tensors = [torch.as_tensor(batch, dtype=torch.float64) for batch in targets]
    batches = [(torch.ones_like(target), target) for target in tensors]
    mean = train(model, batches, F.mse_loss, torch.optim.SGD(model.parameters(), lr=lr), skip_above)
    return {"mean loss": _detached(mean), "w after each batch": [*weights[1:], model.w.item()], "training mode": modes}


def network_after_steps(
    layers: list[str], steps: int, seed: int
) -> tuple[nn.Module, torch.optim.Optimizer, torch.Generator, torch.Tensor]:
    """Return a network of layers with three inputs, its optimizer, a generator and the inputs (6, 3), after `steps`.

    layers: words from "linear", "tanh", "relu" and "batch norm"; seed: of the parameters.
    """
    made = {
        "linear": lambda: nn.Linear(3, 3),
        "tanh": nn.Tanh,
        "relu": nn.ReLU,
        "batch norm": lambda: nn.BatchNorm1d(3),
    }
    model, generator = nn.Sequential(*[made[layer]() for layer in layers]).double(), torch.Generator().manual_seed(seed)
    for layer in model:
        if isinstance(layer, nn.Linear):
            for parameter in layer.parameters():
                nn.init.normal_(parameter, generator=generator)
    opt = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.5)
    X = torch.arange(18.0, dtype=torch.float64).reshape(6, 3).cos() + 1
    for _ in range(steps):
        opt.zero_grad()
        model(X).square().mean().backward()
        opt.step()
    return model, opt, generator, X


def _outputs_after_loading(
    save: Callable[..., None], load: Callable[..., int], layers: list[str], steps: int, training: bool
) -> torch.Tensor:
    with tempfile.TemporaryDirectory() as folder:
        path = str(pathlib.Path(folder) / "checkpoint.pt")
        *saved, X = network_after_steps(layers, steps, 0)
        save(path, *saved, steps)
        model, *others, _ = network_after_steps(layers, 0, 1)
        load(path, model, *others)
    with torch.no_grad():
        return model.train(training)(X)


def _set(model: nn.Module, values: list[torch.Tensor]) -> None:
    """Give the parameters of a model, in their order, these values."""
    with torch.no_grad():
        for parameter, value in zip(model.parameters(), values, strict=True):
            parameter.copy_(value)


def _state_of(model: nn.Module) -> dict[str, torch.Tensor]:
    return {name: value.clone() for name, value in model.state_dict().items()}


def _detached(value: Any) -> Any:
    return value.detach() if isinstance(value, torch.Tensor) else value


def _is_readable(path: str) -> bool:
    try:
        torch.load(path, weights_only=True)
    except Exception:
        return False
    return True


def _saved_before_another(
    save: Callable[..., None], path: str, model: nn.Module, opt: Any, generator: torch.Generator, epoch: int
) -> None:
    """Save a checkpoint, then another in its place, and put the first file back: what is kept in memory is wrong."""
    save(path, model, opt, generator, epoch)
    file = pathlib.Path(path)
    if not file.is_file():
        return
    content = file.read_bytes()
    other = copy.deepcopy(model)
    _set(other, [value.detach() + 1 for value in model.parameters()])
    save(path, other, type(opt)(other.parameters(), lr=1.0), torch.Generator(), epoch + 1)
    file.write_bytes(content)


def _change(path: str, state: torch.Tensor) -> None:
    """Add 1 to the floating-point numbers of a file, and replace states of generators: what is loaded must follow."""

    def changed(content: Any) -> Any:
        if isinstance(content, torch.Tensor):
            is_state = content.dtype == state.dtype and content.shape == state.shape
            return state if is_state else content + 1 if content.is_floating_point() else content
        if isinstance(content, dict):
            return {name: changed(value) for name, value in content.items()}
        if isinstance(content, (list, tuple)):
            return type(content)(changed(value) for value in content)
        return content + 1 if isinstance(content, float) else content

    torch.save(changed(torch.load(path, weights_only=True)), path)


def _next_numbers(generator: torch.Generator) -> torch.Tensor:
    """Return the numbers that a generator draws next, and leave it as it is."""
    return torch.rand(4, generator=generator.clone_state())
