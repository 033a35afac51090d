"""Drivers of unit 07: training networks in PyTorch."""

from __future__ import annotations

import pathlib
import tempfile
from collections.abc import Callable
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F

from course_utils import check

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
    """`LogisticRegression` with a given weight and bias.

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


@check.driver
def epoch_of_one_weight(train: Callable[..., Any], targets: list[torch.Tensor], lr: float) -> dict[str, Any]:
    """`train_one_epoch` (one weight w).

    The model starts at w = 0, in evaluation mode, and its output is w for every sample. targets: (n_b,) of each batch;
    the loss is the mean of (w - t)^2. Returns the mean loss, w after each batch, and whether each ran in training mode,
    by name.
    """
    weights, modes = [], []

    class OneWeight(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.w = nn.Parameter(torch.zeros(()))

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            weights.append(self.w.item())
            modes.append(self.training)
            return self.w * x

    model = OneWeight().eval()
    batches = [(torch.ones_like(target), target) for target in targets]
    mean = train(model, batches, F.mse_loss, torch.optim.SGD(model.parameters(), lr=lr))
    return {"mean loss": _detached(mean), "w after each batch": [*weights[1:], model.w.item()], "training mode": modes}


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
) -> tuple[Any, ...]:
    """`train_one_epoch` on Linear, BatchNorm1d, Tanh, Dropout, Linear.

    parameters: of the model; inputs: (n, 3) and targets: (n,) or (n, 2), in batches of `sizes`; loss, optimizer: their
    names in torch, as "mse_loss" and "SGD"; stale: what every gradient is before. Returns the mean loss, the number of
    batches that batch norm has counted, and the state of the model.
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
    mean = _detached(train(model, loader, getattr(F, loss), opt))
    torch.set_rng_state(before)
    state = _state_of(model)
    return mean, state.pop("1.num_batches_tracked"), state


@check.driver
def evaluation_of_given_logits(
    evaluate: Callable[..., Any], logits: list[torch.Tensor], targets: list[torch.Tensor]
) -> dict[str, Any]:
    """`evaluate` (given logits).

    The model is in training mode and returns its inputs. logits: (n_b, k) and targets: (n_b,) of each batch; the loss
    is the mean of the first logit. Returns loss, accuracy, whether any batch ran in training mode, whether autograd
    recorded it, and whether the model is in training mode afterwards, by name.
    """
    model = _watched_identity()
    loss, accuracy = _pair(evaluate(model, zip(logits, targets, strict=True), lambda z, y: z[:, 0].mean()))
    return {"loss": loss, "accuracy": accuracy} | model.seen()


@check.driver
def evaluation(
    evaluate: Callable[..., Any],
    state: dict[str, torch.Tensor],
    sizes: list[int],
    inputs: torch.Tensor,
    targets: torch.Tensor,
    loss: str,
    shift: torch.Tensor,
    mode: bool,
    records: bool,
    seed: int,
) -> tuple[Any, ...]:
    """`evaluate` on a network with batch norm and dropout.

    inputs: (n, 3) and targets: (n,), in batches of `sizes`; loss: its name in torch, as "cross_entropy"; shift: (k,),
    what the logits gain while autograd records. Returns loss, accuracy, the state of the model afterwards, and its
    output then.
    """
    model = _network(state, shift).train(mode)
    before = torch.get_rng_state()
    with torch.set_grad_enabled(records):
        found = _pair(evaluate(model, zip(inputs.split(sizes), targets.split(sizes), strict=True), getattr(F, loss)))
        after = _state_of(model)
        torch.default_generator.manual_seed(seed)  # as torch.manual_seed does, which takes long at its first call
        again = model(inputs).detach()
    torch.set_rng_state(before)
    return (*found, after, again)


@check.driver
def prediction_of_given_logits(predict: Callable[..., Any], logits: torch.Tensor) -> dict[str, Any]:
    """`predict` (given logits).

    The model is in training mode and returns its inputs. logits: (n, k). Returns the classes, whether the model ran in
    training mode, whether autograd recorded it, and whether it is in training mode afterwards, by name.
    """
    model = _watched_identity()
    return {"classes": predict(model, logits)} | model.seen()


@check.driver
def prediction(
    predict: Callable[..., Any],
    state: dict[str, torch.Tensor],
    x: torch.Tensor,
    shift: torch.Tensor,
    mode: bool,
    seed: int,
) -> tuple[Any, ...]:
    """`predict` on a network with batch norm and dropout.

    x: (n, 3); shift: (k,), what the logits gain while autograd records. Returns the classes, the state of the model
    afterwards, its output then, and whether autograd records.
    """
    model = _network(state, shift).train(mode)
    with torch.enable_grad():
        classes = predict(model, x)
        records = torch.is_grad_enabled()
    after = _state_of(model)
    before = torch.get_rng_state()
    torch.default_generator.manual_seed(seed)  # as torch.manual_seed does, which takes long at its first call
    again = model(x.repeat(2, 1)).detach()
    torch.set_rng_state(before)
    return classes, after, again, records


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


@check.driver
def resumed_steps(save: Callable[..., None], load: Callable[..., int], before: int, after: int) -> dict[str, Any]:
    """`save_checkpoint` and `load_checkpoint` (one weight w).

    The loss is w, from w = 0, by SGD with learning rate 1 and momentum 1/2; after `before` steps it is saved as epoch
    7, and a new model takes `after` more. Returns whether the file can be read with weights_only, the epoch, and w
    after loading and in the end, by name.
    """

    def made(start: float) -> tuple[nn.Module, torch.optim.Optimizer]:
        model = nn.Linear(1, 1, bias=False)
        nn.init.constant_(model.weight, start)
        return model, torch.optim.SGD(model.parameters(), lr=1.0, momentum=0.5)

    def step(model: nn.Module, opt: torch.optim.Optimizer) -> None:
        opt.zero_grad()
        model(torch.ones(1)).sum().backward()
        opt.step()

    with tempfile.TemporaryDirectory() as folder:
        path = str(pathlib.Path(folder) / "checkpoint.pt")
        model, opt = made(0.0)
        for _ in range(before):
            step(model, opt)
        save(path, model, opt, 7)
        step(model, opt)  # what is saved must not follow
        readable = _is_readable(path)
        model, opt = made(100.0)
        epoch = load(path, model, opt)
    loaded = next(model.parameters()).item()
    for _ in range(after):
        step(model, opt)
    end = next(model.parameters()).item()
    return {"read with weights_only": readable, "epoch": epoch, "w after loading": loaded, "w in the end": end}


@check.driver
def interrupted_training(
    save: Callable[..., None],
    load: Callable[..., int],
    parameters: list[torch.Tensor],
    fresh: list[torch.Tensor],
    batches: list[torch.Tensor],
    targets: list[torch.Tensor],
    stop: int,
    epoch: int,
    optimizer: str,
    settings: dict[str, Any],
    other_lr: float,
    twice: bool,
) -> tuple[Any, ...]:
    """`save_checkpoint` and `load_checkpoint` in an interrupted training.

    batches: (n, 3) and targets: (n, 2) of each step; the checkpoint is written after `stop` of them, and once before
    all if `twice`. fresh, other_lr: parameters and learning rate of the new model; optimizer: its name in torch, as
    "SGD". Returns whether the file can be read with weights_only, the epoch, and the states after loading and in the
    end.
    """

    def made(values: list[torch.Tensor], lr: float) -> tuple[nn.Module, torch.optim.Optimizer]:
        model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Tanh(), nn.Linear(4, 2)).double()
        _set(model, values)
        return model, getattr(torch.optim, optimizer)(model.parameters(), **(settings | {"lr": lr}))

    def steps(model: nn.Module, opt: torch.optim.Optimizer, first: int, last: int) -> None:
        for x, y in zip(batches[first:last], targets[first:last], strict=True):
            opt.zero_grad()
            F.mse_loss(model(x), y).backward()
            opt.step()

    with tempfile.TemporaryDirectory() as folder:
        path, elsewhere = pathlib.Path(folder) / "a.pt", pathlib.Path(folder) / "b.pt"
        model, opt = made(parameters, settings["lr"])
        if twice:
            save(str(path), model, opt, epoch - 1)
        steps(model, opt, 0, stop)
        save(str(path), model, opt, epoch)
        steps(model, opt, stop, len(batches))  # what is saved must not follow
        path.rename(elsewhere)
        readable = _is_readable(str(elsewhere))
        model, opt = made(fresh, other_lr)
        loaded = load(str(elsewhere), model, opt)
    before = _state_of(model)
    steps(model, opt, stop, len(batches))
    return readable, loaded, before, _state_of(model)


def _set(model: nn.Module, values: list[torch.Tensor]) -> None:
    """Give the parameters of a model, in their order, these values."""
    with torch.no_grad():
        for parameter, value in zip(model.parameters(), values, strict=True):
            parameter.copy_(value)


def _state_of(model: nn.Module) -> dict[str, torch.Tensor]:
    return {name: value.clone() for name, value in model.state_dict().items()}


def _detached(value: Any) -> Any:
    return value.detach() if isinstance(value, torch.Tensor) else value


def _pair(found: Any) -> tuple[Any, Any]:
    """Return loss and accuracy without their graphs; what is no pair as the loss."""
    values = [_detached(value) for value in found]
    return (values[0], values[1]) if len(values) == 2 else (values, None)


def _watched_identity() -> Any:
    """Return a model in training mode that returns its inputs, and notes its mode and whether autograd records."""

    class Identity(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.modes: list[bool] = []
            self.records: list[bool] = []

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            self.modes.append(self.training)
            self.records.append(torch.is_grad_enabled())
            return x

        def seen(self) -> dict[str, bool]:
            return {
                "training mode": any(self.modes),
                "autograd records": any(self.records),
                "training mode afterwards": self.training,
            }

    return Identity()


def _network(state: dict[str, torch.Tensor], shift: torch.Tensor) -> nn.Module:
    """Return a network with batch norm and dropout, whose logits show whether autograd records."""

    class Shift(nn.Module):
        def forward(self, z: torch.Tensor) -> torch.Tensor:
            return z + shift * torch.is_grad_enabled()

    layers = nn.Linear(3, 5), nn.BatchNorm1d(5), nn.Tanh(), nn.Dropout(0.5), nn.Linear(5, len(shift))
    model = nn.Sequential(*layers, Shift()).double()
    model.load_state_dict(state)
    return model


def _is_readable(path: str) -> bool:
    try:
        torch.load(path, weights_only=True)
    except Exception:
        return False
    return True
