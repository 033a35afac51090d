"""Muon: an update whose singular values are nearly equal, and the iteration that makes it.

Source: Jordan et al., "Muon: An optimizer for hidden layers in neural networks" (2024).
"""

from __future__ import annotations

from functools import cache

import numpy as np
import torch

from course_utils.drawing import digit_network
from course_utils.drawing.digits import digits
from course_utils.drawing.pictures import (
    BLACK,
    BLUE,
    GREY,
    ORANGE,
    VERMILION,
    Picture,
    finish,
    new_figure,
    powers_of_ten,
)

COEFFICIENTS = (3.4445, -4.775, 2.0315)  # the default of torch.optim.Muon
MU, UPDATES, RATE = 0.95, 40, 0.02
LAYERS = {"hidden layer, 32 × 64": 0, "output layer, 10 × 32": 2}


@cache
def velocity(layer: str) -> np.ndarray:
    """Return the velocity of the weights of a layer, one of LAYERS, (fan_out, fan_in), after 40 updates of momentum."""
    X, labels, _, _ = digits()
    rng, w, v = np.random.default_rng(0), digit_network.initial()[None], np.zeros(1)
    for _ in range(UPDATES):
        batch = rng.permutation(len(X))[: digit_network.BATCH]
        v = MU * v + digit_network.gradient(w, X[batch], labels[batch])
        w = w - RATE * v
    return digit_network.unpack(v)[LAYERS[layer]][0].T.copy()


def newton_schulz(singular_values: np.ndarray, steps: int) -> np.ndarray:
    """Return what `steps` of Muon's iteration make of `singular_values`, (n,), at most 1.

    A step adds odd powers of the matrix, X <- a X + b (X X^T) X + c (X X^T)^2 X. That leaves its singular vectors as
    they are and takes each singular value s to a s + b s^3 + c s^5.
    """
    a, b, c = COEFFICIENTS
    for _ in range(steps):
        singular_values = a * singular_values + b * singular_values**3 + c * singular_values**5
    return singular_values


def update_of_muon(velocity: np.ndarray, steps: int) -> np.ndarray:
    """Return the update (m, n) that `torch.optim.Muon` makes of `velocity` (m, n), m <= n, with learning rate 1."""
    w = torch.zeros(velocity.shape, requires_grad=True)
    w.grad = torch.tensor(velocity, dtype=w.dtype)
    torch.optim.Muon([w], lr=1.0, weight_decay=0.0, momentum=0.0, nesterov=False, ns_steps=steps).step()
    return -w.detach().double().numpy()


def draw_orthogonal_update(layer: str, steps: int) -> Picture:
    """Draw the singular values of a velocity before and after Muon's iteration, and the iteration as a function.

    layer: one of LAYERS. steps: of the iteration; Muon makes 5.
    """
    M = velocity(layer)
    U, before, Vt = np.linalg.svd(M / np.linalg.norm(M), full_matrices=False)
    update = update_of_muon(M, steps)
    after = np.linalg.svd(update, compute_uv=False)
    figure, (left, right) = new_figure(1, 2, size=(8.5, 3.3))
    places, grid = np.arange(1, len(before) + 1), np.geomspace(1e-5, 1, 400)
    left.semilogy(places, before, "o", color=VERMILION, ms=5, label="velocity / Frobenius norm")
    left.semilogy(places, after, "o", color=BLUE, ms=5, label=f"Muon's update, {steps} steps")
    left.set(xlabel="number of the singular value", ylabel="singular value", xlim=(0, len(before) + 1))
    left.set_title(layer)
    left.legend(loc="lower left", fontsize=8)
    right.loglog(grid, newton_schulz(grid, steps), color=ORANGE, lw=1.5, label="the polynomial, iterated")
    right.plot(before, np.diag(U.T @ update @ Vt.T), "o", color=BLUE, mec=BLACK, ms=5, label="this matrix, by torch")
    right.set(xlabel="singular value before", ylabel="singular value after", xlim=(1e-5, 1.5))
    right.set_title(f"{steps} steps of the iteration")
    right.legend(loc="lower right", fontsize=8)
    powers_of_ten(right.xaxis, (-5, -4, -3, -2, -1, 0))
    for axes in (left, right):
        axes.axhline(1, color=GREY, ls="--", lw=1)
        axes.set_ylim(1e-4, 5)
        powers_of_ten(axes.yaxis, (-4, -3, -2, -1, 0))
    return finish(
        figure,
        f"{layer.replace('×', 'by')}: singular values of the velocity, divided by its Frobenius norm, from "
        f"{before[0]:.2f} to {before[-1]:.1g}; after {steps} steps of Muon's iteration from {after.max():.1f} to "
        f"{after.min():.1g}.",
    )
