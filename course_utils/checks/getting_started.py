"""Drivers of unit 00: memory of tensors, a stack of layers, an adversarial step, widths within a budget."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch

from course_utils import check

# The convolutions and poolings of AlexNet, as (window, stride, padding), for an image of 227 x 227.
ALEXNET = ((11, 4, 0), (3, 2, 0), (5, 1, 2), (3, 2, 0), (3, 1, 1), (3, 1, 1), (3, 1, 1), (3, 2, 0))

Copy = Callable[[np.ndarray], torch.Tensor]
Step = Callable[..., torch.Tensor]


def faulty_to_torch_copy(a: np.ndarray) -> torch.Tensor:
    """Return an array of any shape, with whole or real numbers, as a float32 tensor, with the fault of exercise 0.4."""
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
