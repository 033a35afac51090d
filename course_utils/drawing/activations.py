"""Activation functions, their derivatives and their cost, drawn (HPML-L3, "Neuron's Activation Functions")."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from matplotlib.axes import Axes

from course_utils.drawing.pictures import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    SKY,
    VERMILION,
    Picture,
    finish,
    new_figure,
)

LEAK = 0.1


def sigmoid(z: np.ndarray) -> np.ndarray:
    """Return 1 / (1 + e^-z) for z of any shape; only e^-|z| is computed, which cannot overflow."""
    small = np.exp(-np.abs(z))
    return np.where(z >= 0, 1.0, small) / (1 + small)


@dataclass(frozen=True)
class Activation:
    """An activation function and its derivative, both elementwise, and torch's version, which is timed."""

    function: Callable[[np.ndarray], np.ndarray]
    derivative: Callable[[np.ndarray], np.ndarray]
    in_torch: Callable[[torch.Tensor], torch.Tensor]


# By name. At the kink, z = 0, the derivatives are those of torch: 0 for ReLU, LEAK for leaky ReLU.
ACTIVATIONS = {
    "sigmoid": Activation(sigmoid, lambda z: sigmoid(z) * sigmoid(-z), torch.sigmoid),
    "tanh": Activation(np.tanh, lambda z: 1 - np.tanh(z) ** 2, torch.tanh),
    "ReLU": Activation(lambda z: np.maximum(z, 0), lambda z: np.where(z > 0, 1.0, 0.0), torch.relu),
    "leaky ReLU": Activation(
        lambda z: np.where(z > 0, z, LEAK * z),
        lambda z: np.where(z > 0, 1.0, LEAK),
        lambda z: torch.nn.functional.leaky_relu(z, LEAK),
    ),
    "step": Activation(
        lambda z: np.where(z > 0, 1.0, 0.0), np.zeros_like, lambda z: torch.heaviside(z, torch.tensor(1.0))
    ),
}

LAYER = "linear layer"
# What `measure` returned once, on one thread: milliseconds for 10^6 float32 numbers.
MEASURED = {"sigmoid": 0.41, "tanh": 2.54, "ReLU": 0.19, "leaky ReLU": 0.15, "step": 0.78, LAYER: 20.1}


@cache
def measure(side: int = 1000, repeats: int = 7) -> dict[str, float]:
    """Measure the median milliseconds for side x side float32 numbers: each activation, and a linear layer."""
    z, weight = torch.linspace(-5, 5, side**2).reshape(side, side), torch.ones(side, side)
    jobs = {name: activation.in_torch for name, activation in ACTIVATIONS.items()} | {LAYER: lambda X: X @ weight.T}
    medians = {}
    for name, job in jobs.items():
        seconds = []
        for _ in range(repeats):
            begin = time.perf_counter()
            job(z)
            seconds.append(time.perf_counter() - begin)
        medians[name] = 1000 * float(np.median(seconds))
    return medians


def draw_activation(name: str, z: float, layers: int, here: bool) -> Picture:
    """Draw an activation with its tangent at z, its derivative and the factor after `layers`, and what it costs.

    name: one of ACTIVATIONS. here: measure on this machine; otherwise MEASURED is drawn.
    """
    activation = ACTIVATIONS[name]
    value, slope = (float(part(np.array(z))) for part in (activation.function, activation.derivative))
    figure, (left, middle, right) = new_figure(1, 3, size=(9.6, 3.2), width_ratios=[4, 4, 3])
    grid = np.linspace(-5, 5, 201)
    for (other, style), colour in zip(ACTIVATIONS.items(), (BLUE, GREEN, BLACK, SKY, PURPLE), strict=True):
        look = {"color": colour, "lw": 2.5 if other == name else 0.8, "zorder": 2 + (other == name)}
        for panel, part in ((left, style.function), (middle, style.derivative)):
            panel.plot(grid, part(grid), label=other, **look)
    left.legend(loc="upper left", fontsize=7)
    left.axline((z, value), slope=slope, color=VERMILION, lw=1.2, ls="--", zorder=4)
    left.plot(z, value, "o", color=ORANGE, mec=BLACK, ms=8, zorder=5)
    middle.plot(z, slope, "o", color=ORANGE, mec=BLACK, ms=8, zorder=5)
    left.set(xlabel="z", ylabel="A(z)", title=f"{name}: A({z:z.1f}) = {value:z.3f}", ylim=(-1.5, 3))
    middle.set(xlabel="z", ylabel="dA/dz", title=f"slope {slope:.3f};  {slope:.3f}^{layers} = {slope**layers:.1e}")
    middle.set_ylim(-0.05, 1.1)
    for panel in (left, middle):
        panel.set_xticks([-4, 0, 4])
    left.set_yticks([-1, 0, 1, 2, 3])
    middle.set_yticks([0, 0.5, 1])
    times = measure() if here else MEASURED
    _stopwatch(right, times, name)
    return finish(
        figure,
        f"The activation {name} at z = {z:z.1f}: value {value:z.3f}, slope {slope:.3f}. {layers} such slopes "
        f"multiplied are {slope**layers:.1e}. For a million numbers it took {times[name]:.2f} ms, the ReLU "
        f"{times['ReLU']:.2f} ms, and the linear layer before it {times[LAYER]:.1f} ms.",
    )


def _stopwatch(axes: Axes, times: dict[str, float], name: str) -> None:
    for place, (key, milliseconds) in enumerate(times.items()):  # dots: a bar has no begin on a logarithmic axis
        axes.plot(np.log10(milliseconds), place, "o", color=BLUE if key == name else GREY, ms=8)
        axes.text(np.log10(milliseconds) + 0.25, place, f"{milliseconds:.2g}", va="center", fontsize=8)
    axes.set_yticks(range(len(times)), list(times))
    axes.set_ylim(len(times) - 0.5, -0.5)
    axes.set_xticks(range(-2, 3), ["0.01", "0.1", "1", "10", "100"])
    axes.set(xlabel="ms for 10⁶ numbers", ylabel="forward pass", title="a stopwatch", xlim=(-2, 2.5))
