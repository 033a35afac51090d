"""Drivers of unit 10: regularization, tuning, the practical recipe."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from course_utils import check

Array = np.ndarray
Tensor = torch.Tensor
Build = Callable[..., nn.Module]  # the student's build_and_train


@check.driver
def dropout_with_seed(
    dropout: Callable[..., Any], x: Array, p_drop: float, seed: int, train: bool = True
) -> tuple[Any, Any, Array]:
    """`dropout` with a generator of a given seed.

    x: of any shape. Returns y, the mask, and x afterwards.
    """
    y, mask = dropout(x, p_drop, np.random.default_rng(seed), train=train)
    return y, mask, x


@check.driver
def masks_of_one_generator(dropout: Callable[..., Any], times: int, length: int, p_drop: float, seed: int) -> Array:
    """The masks of many calls of `dropout` with one generator.

    Returns them as rows, (times, length).
    """
    rng = np.random.default_rng(seed)
    return np.stack([dropout(np.ones(length), p_drop, rng)[1] for _ in range(times)])


@check.driver
def two_passes_of_my_dropout(
    module_class: Callable[..., nn.Module], x: Tensor, p: float, upstream: Tensor, seed: int, training: bool
) -> tuple[Tensor, ...]:
    """`MyDropout` inside a Sequential, two forward passes and one backward pass.

    x: (n, c, ...); upstream: the gradient of the first output, of the same shape; seed: of torch's generator. Returns
    both outputs, the gradient of x, and x afterwards.
    """
    model = nn.Sequential(nn.Identity(), module_class(p)).train(training)
    x, gradient = x.clone().requires_grad_(), torch.zeros_like(x)
    with _seeded(seed):
        y, second = model(x), model(x)
    if y.requires_grad:
        (gradient,) = torch.autograd.grad(y, x, upstream)
    return y.detach(), second.detach(), gradient, x.detach()


@check.driver
def share_dropped_by_default(module_class: Callable[..., nn.Module], seed: int) -> float:
    """The share of 4000 channels that `MyDropout()` drops."""
    with _seeded(seed):
        y = module_class()(torch.ones(40, 100))
    return (y == 0).double().mean().item()


def faulty_mc_dropout(model: nn.Module, x: torch.Tensor, T: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Return mean and standard deviation of T passes, by the code of exercise 10.4, which has a fault; x: (n, d)."""
    was_training = model.training
    model.eval()
    for module in model.modules():
        if isinstance(module, nn.Dropout):
            module.train()
    with torch.no_grad():
        outputs = torch.stack([model(x) for _ in range(T)])
    model.train(was_training)
    return outputs.mean(dim=0), outputs.std(dim=0)


def faulty_network_after_mc_dropout(layers: list[str], frozen: list[int]) -> dict[str, Any]:
    """Return for `faulty_mc_dropout` what `network_after` returns."""
    return network_after(faulty_mc_dropout, layers, frozen)


def network_after(mc_dropout: Callable[..., Any], layers: list[str], frozen: list[int]) -> dict[str, Any]:
    """Return what `mc_dropout` leaves behind of a network.

    layers: "linear", "batch norm", "relu" or "dropout" each; frozen: the numbers, from 0, of those in evaluation mode,
    while the others and the network are in training mode. Returns the mode of the network and of its layers, and the
    sum of all numbers in its state, by name. Raises ValueError where there is no such network.
    """
    kinds = {
        "linear": lambda: nn.Linear(3, 3),
        "batch norm": lambda: nn.BatchNorm1d(3),
        "relu": nn.ReLU,
        "dropout": nn.Dropout,
    }
    if not layers or not set(layers) <= set(kinds) or not set(frozen) <= set(range(len(layers))):
        raise ValueError(f"layers are some of {', '.join(kinds)}, and frozen holds numbers of layers, from 0")
    with _seeded(0):
        model = nn.Sequential(*(kinds[layer]() for layer in layers)).train()
        for number in frozen:
            model[number].eval()
        mc_dropout(model, torch.rand(4, 3), 2)
    return {
        "training modes": [model.training, *(layer.training for layer in model)],
        "sum of the state": sum(float(value.sum()) for value in model.state_dict().values()),
    }


@check.driver
def network_after_mc_dropout(mc_dropout: Callable[..., Any], layers: list[str], frozen: list[int]) -> dict[str, Any]:
    """`mc_dropout`, and the network afterwards.

    Arguments and result are those of `network_after`.
    """
    return network_after(mc_dropout, layers, frozen)


@check.driver
def mc_dropout_of_a_network(
    mc_dropout: Callable[..., Any],
    weight: Tensor,
    bias: Tensor,
    offset: Tensor,
    variance: Tensor,
    p: float,
    x: Tensor,
    T: int,
    seed: int,
    in_training: Sequence[int] = (),
) -> tuple[Any, ...]:
    """`mc_dropout` of BatchNorm1d, Dropout, ReLU, Linear.

    weight: (k, d) and bias: (k,) of Linear; offset, variance: (d,), the running statistics of BatchNorm1d, whose eps is
    0; x: (n, d); in_training: the numbers of the modules that are in training mode. Returns mean and standard
    deviation, the mode of each module afterwards, the running statistics then, and whether the mean has a graph.
    """
    k, d = weight.shape
    norm, linear = nn.BatchNorm1d(d, eps=0.0), nn.Linear(d, k)
    model = nn.Sequential(norm, nn.Sequential(nn.Dropout(p), nn.ReLU()), linear).to(x.dtype)
    with torch.no_grad():
        norm.load_state_dict({"running_mean": offset, "running_var": variance}, strict=False)
        linear.load_state_dict({"weight": weight, "bias": bias})
    for number, module in enumerate(model.modules()):
        module.training = number in in_training
    with _seeded(seed):
        mean, std = mc_dropout(model, x, T)
    modes = [module.training for module in model.modules()]
    return mean, std, modes, norm.running_mean, norm.running_var, bool(mean.requires_grad)


@check.driver
def an_early_stopping(variant: str) -> Callable[[int, float], Any]:
    """an `early_stopping`

    variant: "counts" is right; "one too late" and "the one before" are wrong. Returns a class, which takes patience and
    min_delta.
    """

    class Stopper:
        best, best_epoch, state = float("inf"), None, None
        epoch, bad, last = 0, 0, float("inf")

        def __init__(self, patience: int, min_delta: float) -> None:
            self.patience, self.min_delta = patience, min_delta

        def step(self, loss: float, state: dict[str, Tensor]) -> bool:
            if loss < (self.last if variant == "the one before" else self.best) - self.min_delta:
                self.best, self.best_epoch, self.bad = loss, self.epoch, 0
                self.state = {name: value.clone() for name, value in state.items()}
            else:
                self.bad += 1
            self.epoch, self.last = self.epoch + 1, loss
            return self.bad >= self.patience + (variant == "one too late")

    return Stopper


@check.driver
def split_with_seed(
    split_indices: Callable[..., Any], group: Array, seed: int, fractions: tuple[float, float, float] | None = None
) -> Any:
    """`split_indices` with a generator of a given seed."""
    rng = np.random.default_rng(seed)
    return split_indices(group, rng, fractions) if fractions else split_indices(group, rng)


@check.driver
def draws_with_seed(sample_log_uniform: Callable[..., Any], n: int, lo: int, hi: int, seed: int) -> Any:
    """`sample_log_uniform` with a generator of a given seed."""
    return sample_log_uniform(n, lo, hi, np.random.default_rng(seed))


@check.driver
def draws_of_one_generator(
    sample_log_uniform: Callable[..., Any], times: int, n: int, lo: int, hi: int, seed: int
) -> Array:
    """`sample_log_uniform`, many times with one generator.

    Returns the numbers of each time as a row, (times, n).
    """
    rng = np.random.default_rng(seed)
    return np.stack([sample_log_uniform(n, lo, hi, rng) for _ in range(times)])


@check.driver
def trials_of_a_search(
    search: Callable[..., Any], lo: float, hi: float, rounds: int, trials: int, place: float, steepness: float = 1.0
) -> tuple[Any, Array]:
    """`next_window_search` for one best value.

    The loss is the distance from `place` in powers of 10, `steepness` times that above it. Returns what was found, and
    the values that were tried, the smallest first.
    """
    tried: list[float] = []

    def loss(value: float) -> float:
        tried.append(float(value))
        distance = float(np.log10(value / place))
        return steepness * distance if distance > 0 else -distance

    return search(loss, lo, hi, rounds, trials), np.sort(tried)


@check.driver
def trained_network(
    build: Build,
    Xtr: Tensor,
    ytr: Tensor,
    Xva: Tensor,
    yva: Tensor,
    seed: int,
    X: Tensor,
    calls_before: int = 1,
    another: bool = False,
) -> dict[str, Any]:
    """The network of `build_and_train`.

    Xtr, ytr, Xva, yva: as in the task; X: (m, 64), images that are none of these; calls_before: a number for what was
    drawn before; another: whether two networks for every eleventh training image exchange their states. Returns, by
    name, the number of parameters, the logits (m, 10) of X, those for 25 images at a time, those with the parameters
    that gradients have moved set to 0, and with them shuffled, and what the network rests on. Raises
    TypeError where no network comes back.
    """
    with _gradients() as first:
        model = _built(build, Xtr, ytr, Xva, yva, seed, calls_before)
    trained: list[Tensor] = [parameter for parameter in model.parameters() if _has_moved(parameter, first)]
    with torch.no_grad():
        logits, in_parts = model(X), torch.cat([model(part) for part in X.flip(0).split(25)]).flip(0)
    rests_on = {
        "parameters that gradients have moved": bool(trained),
        "a gradient with respect to each of them": _have_gradients(model, trained, X),
        "training images that it keeps": _keeps_images(model, Xtr),
    }
    found = {
        "number of parameters": sum(parameter.numel() for parameter in model.parameters()),
        "logits": logits,
        "logits of 25 images at a time": in_parts,
        "rests on": rests_on,
        "logits with its parameters set to 0": _logits_with(model, trained, X, torch.zeros_like),
        "logits with its parameters shuffled": _logits_with(model, trained, X, _shuffled),
    }
    if another:
        other, one = _with_one_state(build, Xtr[::11], ytr[::11], Xva, yva, seed, X)
        rests_on["its state, where that is another network's"] = torch.allclose(one, other, rtol=1e-3, atol=1e-3)
        found["logits of a network for 100 images"] = other.flip(1)  # its classes are numbered from 9 to 0
    return found


@check.driver
def state_of_another_network(
    build: Build, Xtr: Tensor, ytr: Tensor, Xva: Tensor, yva: Tensor, seed: int, X: Tensor
) -> tuple[Tensor, Tensor]:
    """Two networks of `build_and_train`, the second for classes that are numbered from 9 to 0.

    Xtr, ytr, Xva, yva: as in the task; X: (m, 64). Returns the logits (m, 10) of X by the second network, and by the
    first with the `state_dict()` of the second. Raises TypeError where no network comes back.
    """
    return _with_one_state(build, Xtr, ytr, Xva, yva, seed, X)


def _with_one_state(
    build: Build, Xtr: Tensor, ytr: Tensor, Xva: Tensor, yva: Tensor, seed: int, X: Tensor
) -> tuple[Tensor, Tensor]:
    one, other = (_built(build, Xtr, y, Xva, y_va, seed, 1) for y, y_va in ((ytr, yva), (9 - ytr, 9 - yva)))
    one.load_state_dict(other.state_dict())
    with torch.no_grad():
        return other(X), one(X)


def _built(build: Build, Xtr: Tensor, ytr: Tensor, Xva: Tensor, yva: Tensor, seed: int, calls_before: int) -> nn.Module:
    """Return the network in evaluation mode; all generators have drawn other numbers before for other calls_before."""
    with torch.random.fork_rng():
        for set_seed in (torch.manual_seed, np.random.seed, random.seed):
            set_seed(calls_before)
        model = build(Xtr, ytr, Xva, yva, seed)
    if not isinstance(model, nn.Module):
        raise TypeError(f"it returned {type(model).__name__}; expected an nn.Module")
    return model.eval()


@contextlib.contextmanager
def _gradients() -> Iterator[list[tuple[Tensor, Tensor]]]:
    """Note every tensor for which a gradient is taken, with its value at the first time."""
    first: dict[int, tuple[Tensor, Tensor]] = {}

    def noting(function: Callable[..., Any]) -> Callable[..., Any]:
        def noted(*args: Any, **kwargs: Any) -> Any:
            for leaf in _leaves([*args, *kwargs.values()]):
                first.setdefault(id(leaf), (leaf, leaf.detach().clone()))
            return function(*args, **kwargs)

        return noted

    before = torch.autograd.backward, torch.autograd.grad
    torch.autograd.backward, torch.autograd.grad = map(noting, before)
    found: list[tuple[Tensor, Tensor]] = []
    try:
        yield found
    finally:
        torch.autograd.backward, torch.autograd.grad = before
        found += first.values()


def _leaves(outputs: list[Any]) -> Iterator[Tensor]:
    """Yield the tensors that a gradient of the outputs may be taken for."""
    tensors = [t for each in outputs for t in (each if isinstance(each, (list, tuple)) else [each])]
    waiting = [t.grad_fn for t in tensors if isinstance(t, Tensor) and t.grad_fn is not None]
    seen = set(waiting)
    for node in waiting:  # which grows meanwhile
        if (leaf := getattr(node, "variable", None)) is not None:
            yield leaf
        following = [before for before, _ in node.next_functions if before is not None and before not in seen]
        seen.update(following)
        waiting += following


def _has_moved(parameter: Tensor, first: list[tuple[Tensor, Tensor]]) -> bool:
    """Say whether gradients were taken for a tensor of this shape, and its numbers were others then."""
    return any(
        value.shape == parameter.shape and not torch.allclose(value, parameter, rtol=1e-5, atol=1e-7)
        for _, value in first
    )


def _have_gradients(model: nn.Module, parameters: Sequence[Tensor], X: Tensor) -> bool:
    """Say whether the logits of X have a gradient with respect to each of these parameters, and there are some."""
    with torch.enable_grad():
        logits = model(X)
    if not (parameters and logits.requires_grad):
        return False
    weights = torch.linspace(-1.0, 1.0, logits.numel()).view_as(logits)
    found = torch.autograd.grad((weights * logits).sum(), parameters, allow_unused=True)
    return all(gradient is not None and bool(gradient.any()) for gradient in found)


def _keeps_images(model: nn.Module, images: Tensor) -> bool:
    """Say whether ten of the images (n, 64) stand, up to a factor and a shift, in rows or columns of the state."""
    rows = [
        side.float().reshape(-1, 64)
        for value in model.state_dict().values()
        for side in (value, value.mT if value.dim() == 2 else value)
        if value.numel() > 0 and value.numel() % 64 == 0
    ]
    if not rows:
        return False
    one, other = (F.normalize(each - each.mean(dim=1, keepdim=True), dim=1) for each in (images, torch.cat(rows)))
    return int((one @ other.T).amax(dim=1).gt(0.999).sum()) >= 10


def _shuffled(values: Tensor) -> Tensor:
    return values.flatten()[torch.randperm(values.numel())].view_as(values)


def _logits_with(
    model: nn.Module, parameters: Sequence[Tensor], X: Tensor, change: Callable[[Tensor], Tensor]
) -> Tensor:
    """Return the logits of X while `change` has changed the parameters."""
    kept = [parameter.detach().clone() for parameter in parameters]
    with torch.no_grad(), _seeded(0):
        for parameter, value in zip(parameters, kept, strict=True):
            parameter.copy_(change(value))
        logits = model(X)
        for parameter, value in zip(parameters, kept, strict=True):
            parameter.copy_(value)
    return logits


@contextlib.contextmanager
def _seeded(seed: int) -> Iterator[None]:
    """Set the seed of torch's generator for a while."""
    before = torch.get_rng_state()
    torch.default_generator.manual_seed(seed)  # as torch.manual_seed does, which takes long at its first call
    try:
        yield
    finally:
        torch.set_rng_state(before)
