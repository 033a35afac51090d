"""Derivatives of activations, and products of many of them, drawn.

HPML-L3, "Vanishing and Exploding Gradients" and "Preventing vanishing gradients"; CIS5190-L15, "Historical Activation
Functions" to "Activation Functions".
"""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import numpy as np
import torch
from matplotlib.axes import Axes
from torch.nn import functional as F

from course_utils.drawing.activations import ACTIVATIONS, LEAK
from course_utils.drawing.guarded_call import guarded_call
from course_utils.drawing.pictures import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    VERMILION,
    Picture,
    finish,
    new_figure,
)
from course_utils.drawing.threads import one_thread
from course_utils.drawing.yours import YOURS, Function, clipped, compared, finish_with
from course_utils.init_normalization.input_scaling import standardized_digits

PRELU = "PReLU"
NEWER = {"ELU": F.elu, "SiLU": F.silu, "GELU": F.gelu}
NAMES = (PRELU, *ACTIVATIONS, *NEWER)

# Name: activation, standard deviation of a weight of (fan_out, fan_in), colour.
NETWORKS = {
    "sigmoid, Xavier": (torch.sigmoid, lambda fan_in, fan_out: np.sqrt(2 / (fan_in + fan_out)), VERMILION),
    "tanh, Xavier": (torch.tanh, lambda fan_in, fan_out: np.sqrt(2 / (fan_in + fan_out)), GREEN),
    "ReLU, He": (torch.relu, lambda fan_in, fan_out: np.sqrt(2 / fan_in), BLUE),
    "ReLU, σ = 0.01": (torch.relu, lambda fan_in, fan_out: 0.01, PURPLE),
}

WIDTH, BATCH = 64, 128

# What the exercise calls the activations that it asks for; a ReLU is a leaky one that leaks nothing.
KINDS = {"tanh": "tanh", "ReLU": "leaky_relu", "leaky ReLU": "leaky_relu", PRELU: "leaky_relu", "SiLU": "silu"}


def value_and_slope(name: str, z: np.ndarray, slope: float) -> tuple[np.ndarray, np.ndarray]:
    """Return an activation, `name` of NAMES, and its derivative at z, any shape; `slope` is that of PReLU for z < 0."""
    if name == PRELU:
        return np.where(z > 0, z, slope * z), np.where(z > 0, 1.0, slope)
    if name in ACTIVATIONS:
        return ACTIVATIONS[name].function(z), ACTIVATIONS[name].derivative(z)
    at = torch.tensor(z, requires_grad=True)
    value = NEWER[name](at)
    (derivative,) = torch.autograd.grad(value.sum(), at)
    return value.detach().numpy(), derivative.numpy()


def draw_slopes(name: str, z: float, slope: float, yours: Function | None = None) -> Picture:
    """Draw an activation of NAMES with its tangent at z, and its derivative; the others are grey.

    yours: the student's `activation`.
    """
    grid = np.linspace(-5, 5, 201)
    value, derivative = (float(part) for part in value_and_slope(name, np.array(z), slope))
    figure, (left, right) = new_figure(1, 2, size=(9, 3.7))
    for other in NAMES:
        strong = other == name
        for panel, heights in zip((left, right), value_and_slope(other, grid, slope), strict=True):
            panel.plot(grid, heights, color=BLUE if strong else GREY, lw=2 if strong else 0.6, zorder=2 + strong)
    left.axline((z, value), slope=derivative, color=VERMILION, lw=1.2, ls="--", zorder=4)
    left.plot(z, value, "o", color=ORANGE, mec=BLACK, ms=8, zorder=5)
    right.plot(z, derivative, "o", color=ORANGE, mec=BLACK, ms=8, zorder=5)
    left.set(xlim=(-5, 5), ylim=(-2.2, 4), xticks=[-4, 0, 4], yticks=[-2, 0, 2, 4], xlabel="z", ylabel="φ(z)")
    left.set_title(f"{name}: φ({z:z.1f}) = {value:z.3f}")
    right.set(xlim=(-5, 5), ylim=(-0.6, 1.6), xticks=[-4, 0, 4], yticks=[-0.5, 0, 0.25, 1, 1.5], xlabel="z")
    right.set(ylabel="φ′(z)", title=f"slope {derivative:z.3f}")
    steepest = np.abs(value_and_slope(name, grid, slope)[1]).max()
    said = "" if yours is None else _draw_yours((left, right), name, slope, yours)
    return finish_with(
        figure,
        f"The activation {name} at z = {z:z.1f}: value {value:z.3f}, slope {derivative:z.3f}. From -5 to 5 the "
        f"slope is at most {steepest:.2f}.",
        said,
    )


def _draw_yours(panels: tuple[Axes, Axes], name: str, slope: float, yours: Function) -> str:
    """Draw value and derivative of the student's `activation` for a name of NAMES, and say how they compare."""
    if name not in KINDS:
        return f"Yours is not asked for {name}, only for {', '.join(KINDS)}."
    grid = np.linspace(-5, 5, 200)  # without 0, where a ReLU has no derivative
    reference = value_and_slope(name, grid, slope)
    alpha = {PRELU: slope, "ReLU": 0.0}.get(name, LEAK)
    own = guarded_call(yours, KINDS[name], grid, alpha=alpha, like=reference)
    if own.problem is None:
        for panel, heights in zip(panels, own.value, strict=True):
            panel.plot(grid, clipped(heights), **YOURS)
        panels[0].legend(loc="upper left", fontsize=8)
    return compared(own, reference)


# --- a chain with one neuron per layer --------------------------------------------------------------------------------


def chain(name: str, weight: float, layers: int, steepest: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return z_1 ... z_r and the factors phi'(z_t) w of a gradient, each (r,), in h_t = phi(w h_(t-1) + b).

    name: an activation of `activations.ACTIVATIONS`.
    steepest: a bias keeps every z at 0, where the sigmoid and tanh are steepest (a ReLU: just above 0); if not, the
    bias is 0 and h_0 is 0.5.
    """
    z, h = np.zeros(layers), 0.5
    for t in range(layers):
        z[t] = np.nextafter(0, 1) if steepest else weight * h
        h = float(ACTIVATIONS[name].function(z[t]))
    return z, ACTIVATIONS[name].derivative(z) * weight


def draw_product(layers: int, weight: float, activation: str, steepest: bool) -> Picture:
    """Draw the slopes along a chain of neurons, and the product of its factors, layer by layer.

    activation: a name of `activations.ACTIVATIONS`.
    """
    z, factors = chain(activation, weight, layers, steepest)
    product = np.cumprod(np.append(1.0, factors))
    figure, (left, right) = new_figure(1, 2, size=(9, 3.7))
    grid = np.linspace(-9, 9, 181)
    left.plot(grid, ACTIVATIONS[activation].derivative(grid), color=BLACK, lw=1.2)
    left.plot(np.clip(z, -9, 9), factors / weight, "o", color=BLUE, ms=6, alpha=0.6)
    left.set(xlim=(-9.3, 9.3), ylim=(-0.05, 1.1), xlabel="z of each layer", ylabel="φ′(z)", xticks=[-8, 0, 8])
    left.set(yticks=[0, 0.25, 1], title=f"last factor φ′(z) w = {factors[-1]:.3g}")
    depths = np.arange(layers + 1)
    right.plot(depths, -depths * np.log10(4), color=GREY, lw=1, ls="--", label="0.25ʳ")
    right.plot(depths, np.log10(np.maximum(product, 1e-300)), "o-", color=BLUE, ms=4, lw=1, label="this chain")
    right.axhline(0, color=BLACK, lw=0.8)
    right.set(xlim=(-0.5, 30.5), ylim=(-20, 20), xlabel="layers back, r", ylabel="∂hᵣ/∂h₀", xticks=[0, 10, 20, 30])
    right.set_yticks([-18, -12, -6, 0, 6, 12, 18], ["10⁻¹⁸", "10⁻¹²", "10⁻⁶", "1", "10⁶", "10¹²", "10¹⁸"])
    right.set_title(f"product of {layers}: {product[-1]:.1e}")
    right.legend(loc="upper left", fontsize=8)
    return finish(
        figure,
        f"A chain of {layers} {activation} neurons with weight {weight:g}, {'every z at 0' if steepest else 'bias 0'}: "
        f"the last factor is {factors[-1]:.3g}, the product of all {product[-1]:.1e}; 0.25^{layers} is "
        f"{0.25**layers:.1e}.",
    )


# --- gradients of a network, layer by layer --------------------------------------------------------------------------


@cache
@one_thread()
def gradient_norms(network: str, depth: int) -> np.ndarray:
    """Return the norms of the gradients of the `depth` weights of a new network on 128 digits, (depth,), float64.

    network: a name of NETWORKS. It has WIDTH units in each hidden layer, no bias, and cross entropy as its loss.
    """
    activation, std, _ = NETWORKS[network]
    rng = np.random.default_rng(0)
    sizes = [64] + [WIDTH] * (depth - 1) + [10]
    weights = [
        torch.tensor(rng.normal(size=(fan_out, fan_in)) * std(fan_in, fan_out), requires_grad=True)
        for fan_in, fan_out in pairwise(sizes)
    ]
    X, labels = standardized_digits()
    H = torch.tensor(X[:BATCH])
    for weight in weights[:-1]:
        H = activation(H @ weight.T)
    F.cross_entropy(H @ weights[-1].T, torch.tensor(labels[:BATCH])).backward()
    return np.array([float(weight.grad.norm()) for weight in weights if weight.grad is not None])


def draw_gradients(network: str, depth: int) -> Picture:
    """Draw the norm of the gradient of every weight in four networks of the same depth; `network` is highlighted."""
    figure, axes = new_figure(size=(7.2, 4))
    for name in NETWORKS:
        _one_network(axes, name, depth, strong=name == network)
    norms = gradient_norms(network, depth)
    ratio = norms[0] / norms[-1]
    axes.set(xlim=(0.5, 20.5), ylim=(-26, 2), xlabel="layer (1 is at the input)", ylabel="‖∂L/∂W‖")
    axes.set_yticks([-24, -18, -12, -6, 0], ["10⁻²⁴", "10⁻¹⁸", "10⁻¹²", "10⁻⁶", "1"])
    axes.set(xticks=[1, 5, 10, 15, 20], title=f"{network}: first / last = {ratio:.1e}")
    axes.legend(loc="lower right", fontsize=8)
    return finish(
        figure,
        f"Norms of the gradients of {depth} weights before the first step. {network}: {norms[0]:.1e} in layer 1, "
        f"{norms[-1]:.1e} in layer {depth}, ratio {ratio:.1e}.",
    )


def _one_network(axes: Axes, name: str, depth: int, strong: bool) -> None:
    heights = np.log10(np.maximum(gradient_norms(name, depth), 1e-300))
    colour, width = NETWORKS[name][2], 2.5 if strong else 1
    axes.plot(range(1, depth + 1), heights, "o-", color=colour, lw=width, ms=6 if strong else 3, label=name)
