"""Pictures of small models: a line, a neuron, a network; and a classifier of digits.

Sources: HPML-L3, "Linear Regression", "Artificial Neuron", "Neural Networks"; CS7643-BACKPROP, "Components of a
classifier". Samples are rows, as in torch: `X: (n, d)`, `weight: (d,)`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from sklearn.linear_model import LogisticRegression

from course_utils.drawing.activations import ACTIVATIONS
from course_utils.drawing.digits import all_digits
from course_utils.drawing.moving import in_browser, moving
from course_utils.drawing.pictures import BLACK, BLUE, GREY, ORANGE, SKY, VERMILION, Picture, finish, new_figure

INPUTS = np.array([1.0, -0.5])  # the two features of the neuron's sample, (2,)
STARTS, FIT_STEPS = 5, 150  # of the fit of a network
OUTLIER = (1.5, -2.5)  # the first position of the movable point of the regression


def near_a_line(outlier_x: float, outlier_y: float) -> tuple[np.ndarray, np.ndarray]:
    """Return x and y, (13,) each, of 12 points near y = 0.8 x + 0.5 and of the movable point, which is the last."""
    x = np.linspace(-2.3, 2.3, 12)
    y = 0.8 * x + 0.5 + 0.3 * np.random.default_rng(4).normal(size=12)
    return np.append(x, outlier_x), np.append(y, outlier_y)


def least_squares_line(x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Return (weight, bias) of the line with the smallest sum of squared residuals; x, y: (n,)."""
    weight, bias = np.linalg.lstsq(np.column_stack([x, np.ones_like(x)]), y)[0]
    return float(weight), float(bias)


def least_absolute_line(x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Return (weight, bias) of a line with the smallest sum of absolute residuals; x, y: (n,), no two x equal.

    One such line goes through two of the points (the problem is a linear program), so all pairs are tried.
    """
    i, j = np.triu_indices(len(x), 1)
    weights = (y[j] - y[i]) / (x[j] - x[i])
    biases = y[i] - weights * x[i]
    best = np.abs(y - weights[:, None] * x - biases[:, None]).sum(axis=1).argmin()
    return float(weights[best]), float(biases[best])


def _fixed_points() -> dict[str, np.ndarray]:
    x, y = near_a_line(*OUTLIER)
    return {"x": x[:-1], "y": y[:-1]}


@in_browser("models.js", "line", _fixed_points)
def draw_line(weight: float, bias: float, outlier: tuple[float, float]) -> Picture:
    """Draw the line weight * x + bias through 13 points, its residuals, and the outlier's share of two losses."""
    x, y = near_a_line(*outlier)
    residuals = y - weight * x - bias
    losses = {"L1": np.abs(residuals), "L2": residuals**2}
    figure, (left, right) = new_figure(1, 2, size=(8.4, 4.0), width_ratios=[5, 3])
    pairs = np.stack([np.column_stack([x, y]), np.column_stack([x, weight * x + bias])], axis=1)
    left.add_collection(LineCollection(list(pairs), colors=VERMILION, lw=1.2, gid=moving("residuals")))
    left.plot(x[:-1], y[:-1], "o", color=BLUE, ms=5)
    left.plot(*outlier, "D", color=ORANGE, mec=BLACK, ms=9, gid=moving("outlier"))
    ends = np.array([-9.0, 9.0])
    for (w, b), dash, name in ((least_absolute_line(x, y), ":", "L1"), (least_squares_line(x, y), "--", "L2")):
        look = {"color": GREY, "ls": dash, "lw": 1.5, "label": f"best in {name}: w = {w:z.2f}"}
        left.plot(ends, w * ends + b, **look, gid=moving(f"best in {name}"))
    left.axline((0, bias), slope=weight, color=BLACK, label=f"yours: w = {weight:z.1f}")
    left.set(xlim=(-3.2, 3.2), ylim=(-4.2, 4.2), xlabel="x", ylabel="y", title="vertical distances to the line")
    left.set(xticks=range(-3, 4), yticks=range(-4, 5, 2))
    left.legend(loc="upper left", fontsize=8)
    _shares(right, losses)
    return finish(
        figure,
        f"13 points and the line y = {weight:z.1f} x + {bias:z.1f}. L1 loss (sum) {losses['L1'].sum():.2f}, L2 loss "
        f"(sum) {losses['L2'].sum():.2f}; the movable point contributes {_share(losses['L1']):.0%} of L1 and "
        f"{_share(losses['L2']):.0%} of L2. The best line has slope {least_absolute_line(x, y)[0]:z.2f} in L1 and "
        f"{least_squares_line(x, y)[0]:z.2f} in L2.",
    )


def draw_neuron(weight_1: float, weight_2: float, bias: float, activation: str) -> Picture:
    """Draw an artificial neuron with its numbers, and its z on the graph of the activation function.

    activation: a key of `ACTIVATIONS`, such as "sigmoid".
    """
    z = float(INPUTS @ [weight_1, weight_2] + bias)
    function = ACTIVATIONS[activation].function
    a = float(function(np.array(z)))
    figure, (left, right) = new_figure(1, 2, size=(8.4, 3.4), width_ratios=[5, 3])
    left.set(xlim=(-0.7, 4.2), ylim=(-1.6, 1.6), xticks=[], yticks=[], xlabel="inputs to output", ylabel="units")
    label = {"facecolor": "#FFFFFF", "edgecolor": "none", "pad": 1.5}
    wires = ((1.0, weight_1, f"x₁ = {INPUTS[0]:g}"), (0.0, weight_2, f"x₂ = {INPUTS[1]:g}"), (-1.0, bias, "1"))
    for (height, weight, text), name in zip(wires, ("w₁", "w₂", "b"), strict=True):
        _wire(left, (0, height), (2, 0), weight)
        left.text(0.95, 0.53 * height, f"{name} = {weight:z.1f}", ha="center", va="center", fontsize=9, bbox=label)
        _unit(left, (0, height), text, SKY)
    _wire(left, (2, 0), (3.7, 0), 1.0)
    _unit(left, (2, 0), f"z = {z:z.2f}", "#FFFFFF")
    _unit(left, (3.7, 0), f"a = {a:z.2f}", ORANGE)
    left.set_title("z = w₁x₁ + w₂x₂ + b,  a = A(z)")
    grid = np.linspace(-5, 5, 201)
    right.plot(grid, function(grid), color=BLUE)
    right.plot(z, a, "o", color=ORANGE, mec=BLACK, ms=9)
    right.set(xlabel="z", ylabel="a", title=activation, xlim=(-5, 5), xticks=[-4, 0, 4])
    right.locator_params(axis="y", nbins=4)
    return finish(
        figure,
        f"A neuron with inputs {INPUTS[0]:g} and {INPUTS[1]:g}, weights {weight_1:z.1f} and {weight_2:z.1f} and bias "
        f"{bias:z.1f}: z = {z:z.2f}, and the activation {activation} makes it a = {a:z.2f}.",
    )


def forward_and_jacobian(theta: np.ndarray, sizes: Sequence[int], x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the outputs of a tanh network, (n,), and their derivatives with respect to its parameters, (n, p).

    theta: (p,), of each layer the weights (fan_in, fan_out) and then the biases. sizes: inputs, hidden ..., 1. x: (n,).
    """
    layers, A, start = [], [x[:, None]], 0
    for fan_in, fan_out in pairwise(sizes):
        W = theta[start : start + fan_in * fan_out].reshape(fan_in, fan_out)
        start += fan_in * fan_out + fan_out
        Z = A[-1] @ W + theta[start - fan_out : start]
        layers.append(W)
        A.append(np.tanh(Z) if len(layers) < len(sizes) - 1 else Z)
    D, columns = np.ones((len(x), 1)), []  # D: d output / d Z of the layer, (n, fan_out)
    for W, before in zip(reversed(layers), reversed(A[:-1]), strict=True):
        columns = [(before[:, :, None] * D[:, None, :]).reshape(len(x), -1), D, *columns]
        D = (D @ W.T) * (1 - before**2)
    return A[-1][:, 0], np.concatenate(columns, axis=1)


def least_squares_network(sizes: Sequence[int], x: np.ndarray, target: np.ndarray, seed: int) -> np.ndarray:
    """Fit all weights and biases of a tanh network by Levenberg-Marquardt; return its outputs, (n,).

    The step interpolates between Gauss-Newton (damping 0) and a short step of gradient descent (large damping). x,
    target: (n,). seed: of the initial parameters.
    """
    rng = np.random.default_rng(seed)
    layers = [(rng.normal(size=i * o) * 1.5 / np.sqrt(i), rng.normal(size=o)) for i, o in pairwise(sizes)]
    theta, damping = np.concatenate([part for layer in layers for part in layer]), 1.0
    output, jacobian = forward_and_jacobian(theta, sizes, x)
    for _ in range(FIT_STEPS):
        inner = jacobian @ jacobian.T + damping * np.eye(len(x))  # (n, n), also where there are more parameters
        moved = theta + jacobian.T @ np.linalg.solve(inner, target - output)
        new_output, new_jacobian = forward_and_jacobian(moved, sizes, x)
        if np.sum((target - new_output) ** 2) < np.sum((target - output) ** 2):
            theta, output, jacobian, damping = moved, new_output, new_jacobian, damping / 3
        else:
            damping *= 2
    return output


@cache
def network_fit(hidden_layers: int, width: int, first_seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return inputs x, targets, and the outputs of the best of STARTS fitted tanh networks, each (80,)."""
    x = np.linspace(-2, 2, 80)
    target = np.sin(3 * np.sin(2 * x))
    sizes = [1] + [width] * hidden_layers + [1]
    seeds = range(first_seed, first_seed + STARTS)
    outputs = [least_squares_network(sizes, x, target, seed) for seed in seeds]
    return x, target, min(outputs, key=lambda output: float(np.sum((output - target) ** 2)))


def network_error(hidden_layers: int, width: int, first_seed: int = 0) -> float:
    """Return the root mean squared error of `network_fit`."""
    _, target, output = network_fit(hidden_layers, width, first_seed)
    return float(np.sqrt(np.mean((output - target) ** 2)))


def network_parameters(hidden_layers: int, width: int) -> int:
    """Return the number of weights and biases of a network with one input and one output."""
    return sum((fan_in + 1) * fan_out for fan_in, fan_out in pairwise([1] + [width] * hidden_layers + [1]))


def draw_network(hidden_layers: int, width: int) -> Picture:
    """Draw a fully connected network with one input and one output, and its fit to a target function."""
    x, target, output = network_fit(hidden_layers, width)
    error, parameters = network_error(hidden_layers, width), network_parameters(hidden_layers, width)
    sizes = [1] + [width] * hidden_layers + [1]
    figure, (left, right) = new_figure(1, 2, size=(8.4, 3.6))
    places = [[(i, j - (size - 1) / 2) for j in range(size)] for i, size in enumerate(sizes)]
    wires = [(one, other) for here, after in pairwise(places) for one in here for other in after]
    left.add_collection(LineCollection(wires, colors=GREY, lw=0.7))
    for layer, colour in zip(places, [SKY] + ["#FFFFFF"] * hidden_layers + [ORANGE], strict=True):
        left.plot(*np.transpose(layer), "o", color=colour, mec=BLACK, ms=13)
    left.set(xlim=(-0.5, len(sizes) - 0.5), ylim=(-4.5, 4.5), xticks=range(len(sizes)), yticks=[], ylabel="units")
    left.set(xlabel="layer", title=f"{parameters} weights and biases")
    right.plot(x, target, color=GREY, lw=5, alpha=0.5, label="target")
    right.plot(x, output, color=BLUE, label="network")
    right.set(xlabel="x", ylabel="output", ylim=(-1.6, 2.2), title=f"root mean squared error {error:.1g}")
    right.set(xticks=[-2, 0, 2], yticks=[-1, 0, 1])
    right.legend(loc="upper left", fontsize=8)
    return finish(
        figure,
        f"A network. Hidden layers: {hidden_layers}, units in each: {width}, weights and biases: "
        f"{parameters}. All of them are fitted; the best of {STARTS} starts follows a wavy function with root mean "
        f"squared error {error:.1g}.",
    )


@cache
def digit_classifier() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return pixels X, (1797, 64) in [0, 1], labels, (1797,), and weight, (10, 64), and bias, (10,), of a classifier.

    The classifier is fitted to the first 1000 images.
    """
    X, labels = all_digits()
    model = LogisticRegression(C=0.1, max_iter=200).fit(X[:1000], labels[:1000])
    return X, labels, model.coef_, model.intercept_


def _share(losses: np.ndarray) -> float:
    """Return the share of the last loss in the sum."""
    return float(losses[-1] / losses.sum())


def _shares(axes: Axes, losses: dict[str, np.ndarray]) -> None:
    for i, values in enumerate(losses.values()):
        axes.bar(i, 1 - _share(values), color=BLUE, width=0.6)
        axes.bar(i, _share(values), bottom=1 - _share(values), color=ORANGE, edgecolor=BLACK, width=0.6)
    axes.set_xticks(range(2), [f"{name}: {values.sum():.2f}" for name, values in losses.items()])
    axes.set(
        ylim=(0, 1),
        yticks=[0, 0.5, 1],
        xlabel="loss (sum)",
        ylabel="share of the loss",
        title="orange: the movable point",
    )


def _wire(axes: Axes, start: tuple[float, float], end: tuple[float, float], weight: float) -> None:
    """Draw a connection: red for a negative weight, and thicker for a larger one."""
    colour = VERMILION if weight < 0 else BLUE
    axes.plot(*np.transpose([start, end]), color=colour, lw=0.6 + 1.4 * abs(weight), zorder=1)


def _unit(axes: Axes, place: tuple[float, float], text: str, colour: str) -> None:
    box = {"boxstyle": "round,pad=0.5", "facecolor": colour, "edgecolor": BLACK}
    axes.text(*place, text, ha="center", va="center", bbox=box, fontsize=10)
