"""Pictures of the lectures' running example, a two-layer ReLU network on random data, for many learning rates.

Sources: HPML-L3, "Autograd Example" and "NN Example"; CS7643-BACKPROP, "PyTorch: Tensors". N, D_in, H, D_out =
64, 1000, 100, 10, and the loss is the *sum* of squares. Samples are rows.

The gradient of w1 is x^T times a matrix of shape (64, 100). So w1 = w1(start) + x^T A and x w1 = x w1(start) +
(x x^T) A throughout the descent, and it is enough to update A, (64, 100), which is ten times less work.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import torch
from matplotlib.axes import Axes
from torch import nn

from course_utils.drawing.pictures import (
    BLACK,
    BLUE,
    GREY,
    ORANGE,
    VERMILION,
    Picture,
    finish,
    new_figure,
    power_of_ten,
)

N, D_IN, H, D_OUT = 64, 1000, 100, 10
STEPS = 500
RAW, MODULE = "raw tensors", "nn.Sequential"
EXPONENTS = {RAW: np.linspace(-7, -5, 9), MODULE: np.linspace(-5, -3, 9)}  # log10 of the learning rates
HIGHEST_EXPONENT = 12  # log10 of the largest loss that is drawn


@cache
def random_data() -> tuple[torch.Tensor, torch.Tensor]:
    """Return x, (64, 1000), and y, (64, 10), float64, drawn from N(0, 1)."""
    generator = torch.Generator().manual_seed(0)
    draw = lambda *shape: torch.randn(shape, generator=generator, dtype=torch.float64)
    return draw(N, D_IN), draw(N, D_OUT)


def start(kind: str) -> tuple[torch.Tensor, ...]:
    """Return the initial w1, (1000, 100), b1, (100,), w2, (100, 10), and b2, (10,), float64.

    kind: RAW, weights from N(0, 1) and zero biases, or MODULE, the initialization of nn.Linear.
    """
    generator = torch.Generator().manual_seed(1)
    if kind == RAW:
        shapes = (D_IN, H), (H, D_OUT)
        w1, w2 = (torch.randn(shape, generator=generator, dtype=torch.float64) for shape in shapes)
        return w1, torch.zeros(H, dtype=torch.float64), w2, torch.zeros(D_OUT, dtype=torch.float64)
    parts = []
    for fan_in, fan_out in ((D_IN, H), (H, D_OUT)):
        for shape in ((fan_in, fan_out), (fan_out,)):
            uniform = torch.rand(shape, generator=generator, dtype=torch.float64)
            parts.append((2 * uniform - 1) / fan_in**0.5)  # the default of nn.Linear
    return tuple(parts)


def sequential() -> nn.Sequential:
    """Return the network as the slide writes it, float64, with the weights of `start(MODULE)`."""
    with torch.random.fork_rng(devices=[]):  # the weights are replaced, so the global generator keeps its state
        model = nn.Sequential(nn.Linear(D_IN, H), nn.ReLU(), nn.Linear(H, D_OUT)).double()
    w1, b1, w2, b2 = start(MODULE)
    model.load_state_dict({"0.weight": w1.T, "0.bias": b1, "2.weight": w2.T, "2.bias": b2})
    return model


def losses_of_descent(kind: str, rates: np.ndarray, steps: int = STEPS) -> np.ndarray:
    """Return the loss before each step and after the last, (steps + 1, k); nan or inf after an overflow.

    kind: RAW or MODULE. rates: the learning rates, (k,).
    """
    x, y = (tensor.numpy() for tensor in random_data())
    w1, b1, w2, b2 = (tensor.numpy() for tensor in start(kind))
    biased = float(kind == MODULE)
    K, first = x @ x.T + biased, x @ w1 + b1  # a bias is the weight of one more feature that is always 1
    A = np.zeros((len(rates), N, H))
    W2, B2 = np.tile(w2, (len(rates), 1, 1)), np.tile(b2, (len(rates), 1, 1))
    a, losses = np.asarray(rates)[:, None, None], []
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(steps + 1):
            z = first + K @ A
            h = np.maximum(z, 0)
            error = h @ W2 + B2 - y
            losses.append((error**2).sum(axis=(1, 2)))
            d_out = 2 * error
            d_z = (d_out @ W2.transpose(0, 2, 1)) * (z > 0)
            A, W2 = A - a * d_z, W2 - a * (h.transpose(0, 2, 1) @ d_out)
            B2 = B2 - biased * a * d_out.sum(axis=1, keepdims=True)
    return np.array(losses)


@cache
def sweep(kind: str) -> np.ndarray:
    """Return the losses of all learning rates of EXPONENTS, (501, 9).

    kind: RAW or MODULE.
    """
    return losses_of_descent(kind, 10.0 ** EXPONENTS[kind])


def draw_two_layers(raw: float, module: float, step: int) -> Picture:
    """Draw the loss over the steps, with raw tensors on the left and with nn.Sequential on the right.

    raw, module: the learning rates; the nearest of EXPONENTS is drawn. step: 0 to 500.
    """
    figure, panels = new_figure(1, 2, size=(9.2, 3.8), sharey=True)
    sentences = [
        _one(axes, kind, rate, step) for axes, kind, rate in zip(panels, (RAW, MODULE), (raw, module), strict=True)
    ]
    panels[0].set_ylabel("loss: sum of squares")
    panels[1].set_ylabel("loss")
    return finish(figure, f"Two layers on random data, 500 steps. {' '.join(sentences)}")


def _one(axes: Axes, kind: str, rate: float, step: int) -> str:
    k = int(np.abs(EXPONENTS[kind] - np.log10(rate)).argmin())
    losses, steps = sweep(kind), np.arange(STEPS + 1)
    label = f"other rates, {10 ** EXPONENTS[kind][0]:.0e} to {10 ** EXPONENTS[kind][-1]:.0e}"
    for run in range(losses.shape[1]):
        if run != k:
            alive = _finite(losses[:, run])
            axes.plot(steps[:alive], _height(losses[:alive, run]), color=GREY, lw=0.7, alpha=0.7, label=label)
            label = None  # one entry of the legend for all
    alive = _finite(losses[:, k])
    curve = _height(losses[:alive, k])
    axes.plot(steps[:alive], curve, color=BLUE)
    name = f"{10 ** EXPONENTS[kind][k]:.1e}"
    if step < alive:
        axes.plot(step, curve[step], "o", color=ORANGE, mec=BLACK, ms=8)
        now = f"loss {losses[step, k]:.2g}"
    else:
        axes.plot(alive, HIGHEST_EXPONENT, "X", color=VERMILION, mec=BLACK, ms=11)
        now = f"not finite since step {alive}"
    axes.set(xlabel="step", xlim=(-10, STEPS + 10), ylim=(-13, 14))
    axes.set_yticks(range(-12, 13, 6), [power_of_ten(exponent) for exponent in range(-12, 13, 6)])
    axes.set_title(f"{kind}, learning rate {name}\nstep {step}: {now}")
    axes.legend(loc="lower left", fontsize=8)
    return f"With {kind} at learning rate {name}: loss {losses[0, k]:.2g} at the start, {now} at step {step}."


def _height(losses: np.ndarray) -> np.ndarray:
    """Return log10 of the losses, (k,), within the bounds of the picture."""
    return np.clip(np.log10(np.maximum(losses, 1e-31)), -31, HIGHEST_EXPONENT)


def _finite(losses: np.ndarray) -> int:
    """Return the number of losses before the first that is not finite."""
    broken = ~np.isfinite(losses)
    return int(broken.argmax()) if broken.any() else len(losses)
