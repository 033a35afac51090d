"""Drivers of unit 08: optimizers, mini-batches and gradient accumulation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from course_utils import check

# Of exercise 8.7: the budget of a run, how many runs there are, and where one has diverged.
UPDATES, RUNS, FAR_OUT = 200, 10_000, 1e3


def faulty_adam_step(
    w: np.ndarray,
    g: np.ndarray,
    state: tuple | None,
    lr: float,
    wd: float = 0.0,
    b1: float = 0.9,
    b2: float = 0.999,
    eps: float = 1e-8,
) -> tuple[np.ndarray, tuple]:
    """Return (w, state) after a step, by the faulty code of exercise 8.5: w, g float64, state None or (m, v, t)."""
    if state is None:
        state = np.zeros_like(w), np.zeros_like(w), 0
    m, v, t = state
    t = t + 1
    m = b1 * m + (1 - b1) * g
    v = b2 * v + (1 - b2) * g**2
    m_hat = m / (1 - b1**t)
    v_hat = v / (1 - b2**t)
    direction = m_hat + wd * w
    return w - lr * direction / (np.sqrt(v_hat) + eps), (m, v, t)


def first_faulty_adam_step(w: np.ndarray, g: np.ndarray, lr: float, wd: float) -> np.ndarray:
    """Return the weights after the first step of `faulty_adam_step`; w, g float64 of one shape."""
    return faulty_adam_step(w, g, None, lr, wd)[0]


@check.driver
def first_adam_step(adam_step: Callable[..., Any], w: np.ndarray, g: np.ndarray, lr: float, wd: float) -> Any:
    """the first step of `adam_step`

    w, g: float64 of one shape. Returns the weights after it.
    """
    return adam_step(w, g, None, lr, wd=wd)[0]


@check.driver
def a_minibatches(variant: str) -> Callable[..., list[tuple[np.ndarray, np.ndarray]]]:
    """a `minibatches`

    variant: "permutation" is right; "whole batches" and "file" are wrong. Returns a function of X (n, d), y (n,), k and
    rng.
    """

    def minibatches(X: np.ndarray, y: np.ndarray, k: int, rng: np.random.Generator) -> list[tuple[Any, Any]]:
        n = len(y)
        order = np.arange(n) if variant == "file" else rng.permutation(n)
        used = n - n % k if variant == "whole batches" else n
        return [(X[order[i : i + k]], y[order[i : i + k]]) for i in range(0, used, k)]

    return minibatches


@check.driver
def rates_of_a_schedule(designed_lr: Callable[[int], Any]) -> np.ndarray:
    """`designed_lr`, update after update

    Returns the learning rates, float64 (UPDATES,).
    """
    return np.array([float(designed_lr(t)) for t in range(UPDATES)])


def losses_of_a_schedule(rates: Sequence[float] | np.ndarray, seed: int) -> np.ndarray:
    """Return the mean loss of RUNS runs before the first update and after each, float64 (len(rates) + 1,).

    The loss is u^2 / 2 + u^4 / 4 + v^2 / 40, from (4, 20), and the gradients are noisy. It is infinite from the update
    on in which a run diverges.
    rates: the learning rate of each update. seed: of the noise.
    """
    rng = np.random.default_rng(seed)
    u, v = np.full(RUNS, 4.0), np.full(RUNS, 20.0)
    losses = np.full(len(rates) + 1, np.inf)
    losses[0] = 82.0
    for t, rate in enumerate(rates, start=1):
        noise = rng.normal(size=(2, RUNS))
        u, v = u - rate * (u + u**3 + 0.1 * noise[0]), v - rate * (v / 20 + noise[1])
        if max(np.abs(u).max(), np.abs(v).max()) > FAR_OUT:
            break
        losses[t] = np.mean(u**2 / 2 + u**4 / 4 + v**2 / 40)
    return losses


def outcome_of(losses: np.ndarray) -> str:
    """Say how runs end with these losses, (n,), which `losses_of_a_schedule` returned."""
    if np.isfinite(losses[-1]):
        return f"the mean of f is {losses[-1]:.3g} in the end"
    return f"the runs diverge at update {np.argmax(np.isinf(losses)) - 1}"


@check.driver
def accumulation_with_one_weight(train: Callable[..., Any], targets: list[torch.Tensor], k: int) -> dict[str, Any]:
    """`train_accumulate` (one weight w).

    The model starts at w = 0, and its output is w for every sample; the loss is the mean of (w - t)^2, and the
    optimizer is SGD with lr = 1/2. targets: (n_b,) of each batch. Returns the number of steps, w at each batch and in
    the end, the samples per forward pass, and the largest number of samples that waited for their backward pass, by
    name.
    """
    weights: list[float] = []

    class OneWeight(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.w = nn.Parameter(torch.zeros(()))

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            weights.append(self.w.item())
            return self.w * x

    model = OneWeight()
    batches = ((torch.ones_like(target), target) for target in targets)
    steps, sizes, waiting = _watched(train, model, torch.optim.SGD(model.parameters(), lr=0.5), F.mse_loss, batches, k)
    return {
        "steps": steps,
        "w at each batch, and in the end": [*weights, model.w.item()],
        "samples per forward pass": sizes,
        "samples that wait for their backward pass": waiting,
    }


@check.driver
def accumulation(
    train: Callable[..., Any],
    parameters: list[torch.Tensor],
    sizes: list[int],
    inputs: torch.Tensor,
    targets: torch.Tensor,
    k: int,
    loss: str,
    momentum: float,
    normalized: bool,
    stale: float,
) -> tuple[Any, ...]:
    """`train_accumulate` on a small network.

    parameters: of Linear, BatchNorm1d if `normalized`, Tanh, Linear; inputs: (n, 3) and targets: (n,) or (n, 2), in
    batches of `sizes`; loss: its name in torch, as "mse_loss"; stale: what every gradient is before; lr is 0.3. Returns
    the number of steps, by how much the parameters changed, the samples per forward pass, and the largest number of
    samples that waited for their backward pass.
    """
    middle = [nn.BatchNorm1d(4)] if normalized else []
    model = nn.Sequential(nn.Linear(3, 4), *middle, nn.Tanh(), nn.Linear(4, 2)).double()
    with torch.no_grad():
        for parameter, value in zip(model.parameters(), parameters, strict=True):
            parameter.copy_(value)
            parameter.grad = torch.full_like(value, stale)
    opt = torch.optim.SGD(model.parameters(), lr=0.3, momentum=momentum)
    batches = zip(inputs.split(sizes), targets.split(sizes), strict=True)
    steps, seen, waiting = _watched(train, model, opt, getattr(F, loss), batches, k)
    changed = zip(model.named_parameters(), parameters, strict=True)
    return steps, {name: parameter.detach() - value for (name, parameter), value in changed}, seen, waiting


def _watched(
    train: Callable[..., Any],
    model: nn.Module,
    opt: torch.optim.Optimizer,
    loss: Callable[..., Any],
    batches: Any,
    k: int,
) -> tuple[Any, list[int], int]:
    """Train, and return what comes back, the samples per forward pass, and how many waited for their backward pass.

    That is the largest number of samples that had been through the model while their graph was still kept: memory.
    """
    sizes: list[int] = []
    now = most = 0

    class Waits(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, outputs: torch.Tensor) -> torch.Tensor:
            nonlocal now, most
            now += len(outputs)
            most = max(most, now)
            return outputs.clone()

        @staticmethod
        def backward(ctx: Any, upstream: torch.Tensor) -> torch.Tensor:  # pyright: ignore[reportIncompatibleMethodOverride]
            nonlocal now
            now -= len(upstream)
            return upstream

    def hook(module: nn.Module, inputs: tuple[torch.Tensor], outputs: torch.Tensor) -> torch.Tensor:
        sizes.append(len(outputs))
        return Waits.apply(outputs) if outputs.requires_grad else outputs

    model.register_forward_hook(hook)
    return train(model, opt, loss, batches, k), sizes, most
