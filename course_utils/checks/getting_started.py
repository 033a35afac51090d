"""Drivers of unit 00: memory of tensors, a stack of layers, an adversarial step, budgets of parameters and weights."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from course_utils import check
from course_utils.data.digit_folds import digit_folds

# The convolutions and poolings of AlexNet, as (window, stride, padding), for an image of 227 x 227.
ALEXNET = ((11, 4, 0), (3, 2, 0), (5, 1, 2), (3, 2, 0), (3, 1, 1), (3, 1, 1), (3, 1, 1), (3, 2, 0))

Copy = Callable[[np.ndarray], torch.Tensor]
Step = Callable[..., torch.Tensor]


def faulty_to_torch_copy(a: np.ndarray) -> torch.Tensor:
    """Return an array of any shape, with whole or real numbers, as a float32 tensor, with the fault of exercise 0.3."""
    # torch takes no negative strides, so the numbers are laid out afresh, one after the other, as float32.
    laid_out = np.asarray(a, dtype=np.float32, order="C")
    return torch.from_numpy(laid_out)


@check.driver
def tensor_after_an_edit(to_torch_copy: Copy, a: np.ndarray) -> torch.Tensor:
    """what the tensor of `to_torch_copy(a)` holds when all numbers of a have been overwritten

    a: array of any shape, which is copied first, so that it lies in one piece of memory.
    """
    a = a.copy()
    tensor = to_torch_copy(a)
    a[...] = np.where(np.abs(a) < 3, 5, 0)
    return tensor


def faulty_tensor_after_an_edit(a: np.ndarray) -> torch.Tensor:
    """Return what the faulty code's tensor holds when all numbers of a copy of a, of any shape, are overwritten."""
    return tensor_after_an_edit(faulty_to_torch_copy, a)


@check.driver
def an_fgsm(variant: str) -> Step:
    """an `fgsm`

    variant: "formula" is right; "minus" and "no range" are wrong. Returns a function of x and grad, tensors of one
    shape and dtype, and of the numbers eps, lo and hi.
    """

    def fgsm(x: torch.Tensor, grad: torch.Tensor, eps: float, lo: float = 0.0, hi: float = 1.0) -> torch.Tensor:
        step = (-eps if variant == "minus" else eps) * torch.sign(grad)
        return x + step if variant == "no range" else torch.clamp(x + step, lo, hi)

    return fgsm


@check.driver
def off_by_times_the_guess(
    off_by: Callable[[int, int, int, int], float], guess: Callable[[], float], *network: int
) -> float:
    """what `count_fc_params_off_by` returns, times your guess

    network: inputs, outputs, depth and budget.
    """
    return off_by(*network) * guess()


@check.driver
def slice_of_an_edited_tensor(make_tensors: Callable[[], dict[str, torch.Tensor]]) -> torch.Tensor:
    """`"slice"` after 100 has been added to `"t3"` in place

    Returns a tensor of any shape.
    """
    tensors = make_tensors()
    tensors["t3"].add_(100)
    return tensors["slice"]


class Trained(NamedTuple):
    """A network (W1, b1, W2, b2) in float64, the images (n, 64) that it learned from, and 500 others with classes."""

    network: tuple[np.ndarray, ...]
    X: np.ndarray
    X_new: np.ndarray
    y_new: np.ndarray


def trained_networks(rng: np.random.Generator, count: int) -> Iterator[Trained]:
    """Yield so many networks with 64 inputs, 32 ReLU units and 10 outputs, trained on 1,100 images of digits.

    The images of each are mirrored or turned alike, each is moved a little, and the classes are renumbered.
    """
    for seed in rng.integers(2**31, size=count).tolist():
        yield _trained(seed)


@lru_cache(maxsize=16)
def _trained(seed: int) -> Trained:
    (fold,) = digit_folds(np.random.default_rng(seed), folds=1, distorted=True)
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        model = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-2)
    for _ in range(60):
        optimizer.zero_grad()
        F.cross_entropy(model(fold.Xtr), fold.ytr).backward()
        optimizer.step()
    network = tuple(parameter.detach().double().numpy() for parameter in model.parameters())
    return Trained(network, fold.Xtr.double().numpy(), fold.Xte.double().numpy(), fold.yte.numpy())


def weights_left(network: Sequence[np.ndarray]) -> int:
    """Return how many weights of a network (W1, b1, W2, b2) are not 0."""
    return int(np.count_nonzero(network[0]) + np.count_nonzero(network[2]))


def accuracy_of(network: Sequence[np.ndarray], X: np.ndarray, y: np.ndarray) -> float:
    """Return the share of the images X (n, d) whose largest logit is that of the class; y (n,).

    network: W1 (h, d), b1 (h,), W2 (k, h), b2 (k,).
    """
    W1, b1, W2, b2 = network
    logits = np.maximum(X @ W1.T + b1, 0) @ W2.T + b2
    return float(np.mean(logits.argmax(axis=1) == y))
