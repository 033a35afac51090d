"""Drivers of unit 09: activations, initialization, normalization."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from torch import nn

from course_utils import check

ACTIVATIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {"tanh": np.tanh, "relu": lambda z: np.maximum(z, 0.0)}


def faulty_bn_forward(
    x: np.ndarray,
    gamma: np.ndarray,
    beta: np.ndarray,
    running_mean: np.ndarray,
    running_var: np.ndarray,
    train: bool,
    momentum: float,
    eps: float,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return y and the running statistics: the code of exercise 9.6, which has a fault.

    x: float64 (n, d); gamma, beta, running_mean, running_var: float64 (d,). Returns arrays (n, d), (d,) and (d,).
    """
    if train:
        n = len(x)
        mean = x.sum(axis=0) / n
        var = np.maximum((x**2).sum(axis=0) / n - mean**2, 0.0)
        running_mean = (1 - momentum) * running_mean + momentum * mean
        running_var = (1 - momentum) * running_var + momentum * var * n / (n - 1)
    else:
        mean, var = running_mean, running_var
    y = gamma * (x - mean) / np.sqrt(var + eps) + beta
    return y, running_mean, running_var


@check.driver
def prelu_both_ways(
    prelu: Callable[..., nn.Module],
    n: int,
    init: float,
    slopes: torch.Tensor | None,
    x: torch.Tensor,
    upstream: torch.Tensor,
) -> tuple[Any, ...]:
    """Forward and backward pass of `PReLU`.

    slopes: (n,), which replace the first ones, or None; x, upstream: of one shape and dtype. Returns the parameters at
    the start, the output, the gradients of x and of each parameter, and x afterwards.
    """
    module = prelu(n, init).to(x.dtype)
    parameters = list(module.parameters())
    start = [parameter.detach().clone() for parameter in parameters]
    if slopes is not None:
        with torch.no_grad():
            parameters[0].copy_(slopes)
    x = x.clone().requires_grad_()
    y = module(x)
    gradients = torch.autograd.grad(y, [x, *parameters], upstream, allow_unused=True)
    return start, y.detach(), list(gradients), x.detach()


@check.driver
def prelu_by_default(prelu: Callable[..., nn.Module]) -> list[torch.Tensor]:
    """The parameters of `PReLU()`.

    Each is (num_parameters,).
    """
    return [parameter.detach() for parameter in prelu().parameters()]


@check.driver
def layers_of_one_generator(
    init_layer: Callable[..., Any], schemes: list[str], fan_in: int, fan_out: int, seed: int, state: int
) -> tuple[Any, np.ndarray, bool]:
    """`init_layer`, once per scheme.

    seed: of the generator that all layers share; state: the seed of NumPy's global random numbers. Returns the layers,
    four global random numbers of NumPy drawn afterwards, (4,), and whether the global generator of torch is as it was.
    """
    np.random.seed(state)
    of_torch = torch.get_rng_state()
    rng = np.random.default_rng(seed)
    layers = [init_layer(scheme, fan_in, fan_out, rng) for scheme in schemes]
    return layers, np.random.random(4), torch.equal(torch.get_rng_state(), of_torch)


@check.driver
def many_layers(
    init_layer: Callable[..., Any], scheme: str, fan_in: int, fan_out: int, number: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """`init_layer`, many times with one `rng`.

    Returns the weights (number, fan_out, fan_in) and the biases (number, fan_out).
    """
    rng = np.random.default_rng(seed)
    weights, biases = zip(*(init_layer(scheme, fan_in, fan_out, rng) for _ in range(number)), strict=True)
    return np.stack(weights), np.stack(biases)


@check.driver
def stats_with(forward_stats: Callable[..., Any], X: np.ndarray, Ws: list[np.ndarray], act: str) -> Any:
    """`forward_stats`.

    X: (n, d); Ws: the weights; act: "tanh" or "relu".
    """
    return forward_stats(X, Ws, ACTIVATIONS[act])


def relu_layers(seed: int, depth: int = 20, width: int = 200) -> tuple[np.ndarray, list[np.ndarray]]:
    """Return a batch X, (300, width), and the weights of layers, each (width, width), for exercise 9.4.

    X is standard normal; the weights are normal with mean 0 and Xavier's variance, 2 / (width + width).
    """
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(300, width))
    return X, [rng.normal(0.0, width**-0.5, size=(width, width)) for _ in range(depth)]


@check.driver
def off_by_with(forward_stats_off_by: Callable[..., Any], seed: int, depth: int, width: int) -> Any:
    """`forward_stats_off_by` of a batch and layers from `relu_layers`.

    Returns what it returns, one number.
    """
    return forward_stats_off_by(*relu_layers(seed, depth, width))


@check.driver
def a_standardizer(variant: str) -> type:
    """A standardizer.

    variant: "right", "variance" or "all at once". Returns a class with fit(X), transform(X) and inverse(Z) for float64
    arrays of shape (n, d).
    """

    class Standardizer:
        def fit(self, X: np.ndarray) -> None:
            axis = None if variant == "all at once" else 0
            is_constant = X.max(axis=axis) == X.min(axis=axis)
            self.mean = X.mean(axis=axis)
            self.scale = np.where(is_constant, 1.0, X.var(axis=axis) if variant == "variance" else X.std(axis=axis))

        def transform(self, X: np.ndarray) -> np.ndarray:
            return (X - self.mean) / self.scale

        def inverse(self, Z: np.ndarray) -> np.ndarray:
            return self.mean + self.scale * Z

    return Standardizer


def two_rings(seed: int, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the data of exercise 9.8: X, (n, 2), of mean square about 1, and y, int64 (n,), 0 inside and 1 outside."""
    rng = np.random.default_rng(seed)
    y = np.arange(n) % 2
    angle, radius = rng.uniform(0.0, 2 * np.pi, size=n), 1 + y + rng.normal(0.0, 0.1, size=n)
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)]), y


def has_widths(layers: Any, widths: list[int]) -> bool:
    """Say whether `layers` are pairs (W, b) of finite float64 arrays, (outputs, inputs) and (outputs,)."""
    try:
        shapes = [(W.shape, b.shape) for W, b in layers]
        numbers = np.concatenate([part.ravel() for pair in layers for part in pair])
    except (TypeError, ValueError, AttributeError):
        return False
    asked = [((outputs, inputs), (outputs,)) for inputs, outputs in pairwise(widths)]
    return shapes == asked and numbers.dtype == np.float64 and bool(np.all(np.isfinite(numbers)))


def measured_at_start(layers: list[tuple[np.ndarray, np.ndarray]], X: np.ndarray) -> dict[str, float]:
    """Return the share of dead hidden units, and the smallest and the largest standard deviation of a hidden layer.

    layers: pairs (W, b), arrays (outputs, inputs) and (outputs,); X: (n, inputs). The names are "dead", "smallest std"
    and "largest std".
    """
    H, stds, dead = X, [], []
    for W, b in layers[:-1]:
        H = np.maximum(H @ W.T + b, 0.0)
        stds.append(float(H.std()))
        dead.extend(H.max(axis=0) == 0)
    return {"dead": float(np.mean(dead)), "smallest std": min(stds), "largest std": max(stds)}


def accuracy_after_training(
    layers: list[tuple[np.ndarray, np.ndarray]],
    X: np.ndarray,
    y: np.ndarray,
    X_new: np.ndarray,
    y_new: np.ndarray,
    updates: int = 100,
    learning_rate: float = 0.02,
) -> float:
    """Return the share of new samples that the network classifies correctly after gradient descent on all of X.

    layers: pairs (W, b), arrays (outputs, inputs) and (outputs,); X, X_new: (n, inputs); y, y_new: int64 (n,).
    """
    parameters = [torch.tensor(part, requires_grad=True) for pair in layers for part in pair]

    def logits(X: np.ndarray) -> torch.Tensor:
        H = torch.from_numpy(X)
        for i in range(0, len(parameters), 2):
            H = nn.functional.linear(torch.relu(H) if i else H, parameters[i], parameters[i + 1])
        return H

    optimizer = torch.optim.SGD(parameters, lr=learning_rate)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # several threads wait for each other longer than such small products take
    for _ in range(updates):
        optimizer.zero_grad()
        nn.functional.cross_entropy(logits(X), torch.from_numpy(y)).backward()
        optimizer.step()
    torch.set_num_threads(threads)
    with torch.no_grad():
        return float((logits(X_new).argmax(dim=1) == torch.from_numpy(y_new)).double().mean())


@check.driver
def start_with(deep_start: Callable[..., Any], widths: list[int], X: np.ndarray, seed: int) -> Any:
    """`deep_start` with a generator of a given seed.

    X: (n, widths[0]). Returns the layers.
    """
    return deep_start(widths, X, np.random.default_rng(seed))
