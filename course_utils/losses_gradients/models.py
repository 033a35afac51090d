"""Pictures of small models: a line, a neuron, a network, the parts of a classifier.

Sources: HPML-L3, "Linear Regression", "Artificial Neuron", "Neural Networks"; CS7643-BACKPROP, "Components of a
classifier". Samples are rows, as in torch: `X: (n, d)`, `weight: (d,)`.
"""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from sklearn.linear_model import LogisticRegression

from course_utils.drawing.activations import ACTIVATIONS
from course_utils.drawing.digits import all_digits
from course_utils.drawing.pictures import BLACK, BLUE, GREEN, GREY, ORANGE, SKY, VERMILION, Picture, finish, new_figure
from course_utils.losses_gradients.losses import softmax

INPUTS = np.array([1.0, -0.5])  # the two features of the neuron's sample, (2,)
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


def draw_line(weight: float, bias: float, outlier_x: float, outlier_y: float) -> Picture:
    """Draw the line weight * x + bias through 13 points, its residuals, and the outlier's share of two losses."""
    x, y = near_a_line(outlier_x, outlier_y)
    residuals = y - weight * x - bias
    losses = {"L1": np.abs(residuals), "L2": residuals**2}
    figure, (left, right) = new_figure(1, 2, size=(8.4, 4.0), width_ratios=[5, 3])
    pairs = np.stack([np.column_stack([x, y]), np.column_stack([x, weight * x + bias])], axis=1)
    left.add_collection(LineCollection(list(pairs), colors=VERMILION, lw=1.2))
    left.plot(x[:-1], y[:-1], "o", color=BLUE, ms=5)
    left.plot(outlier_x, outlier_y, "D", color=ORANGE, mec=BLACK, ms=9)
    for (w, b), dash, name in ((least_absolute_line(x, y), ":", "L1"), (least_squares_line(x, y), "--", "L2")):
        left.axline((0, b), slope=w, color=GREY, ls=dash, lw=1.5, label=f"best in {name}: w = {w:z.2f}")
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


def network_fit(hidden_layers: int, width: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return inputs x, targets, and the outputs of a tanh network that is fitted to them, each (80,).

    Only the last layer is fitted (by least squares); the layers before it keep random weights, so that the picture
    shows what the *form* of the model can represent.
    """
    rng = np.random.default_rng(11)
    x = np.linspace(-2, 2, 80)
    H = x[:, None]
    for _ in range(hidden_layers):
        H = np.tanh(H @ rng.normal(scale=1.5, size=(H.shape[1], width)) + rng.normal(size=width))
    target = np.sin(2.5 * x) + 0.3 * x
    H = np.column_stack([H, np.ones_like(x)])
    return x, target, H @ np.linalg.lstsq(H, target)[0]


def draw_network(hidden_layers: int, width: int) -> Picture:
    """Draw a fully connected network with one input and one output, and its fit to a target function."""
    x, target, output = network_fit(hidden_layers, width)
    error = float(np.sqrt(np.mean((output - target) ** 2)))
    sizes = [1] + [width] * hidden_layers + [1]
    figure, (left, right) = new_figure(1, 2, size=(8.4, 3.6))
    places = [[(i, j - (size - 1) / 2) for j in range(size)] for i, size in enumerate(sizes)]
    wires = [(one, other) for here, after in pairwise(places) for one in here for other in after]
    left.add_collection(LineCollection(wires, colors=GREY, lw=0.7))
    for layer, colour in zip(places, [SKY] + ["#FFFFFF"] * hidden_layers + [ORANGE], strict=True):
        left.plot(*np.transpose(layer), "o", color=colour, mec=BLACK, ms=13)
    left.set(xlim=(-0.5, len(sizes) - 0.5), ylim=(-4.5, 4.5), xticks=range(len(sizes)), yticks=[], ylabel="units")
    left.set(xlabel="layer", title=f"hidden layers: {hidden_layers}, units in each: {width}")
    right.plot(x, target, color=GREY, lw=5, alpha=0.5, label="target")
    right.plot(x, output, color=BLUE, label="network")
    right.set(xlabel="x", ylabel="output", ylim=(-2.2, 2.2), title=f"root mean squared error {error:.3f}")
    right.set(xticks=[-2, 0, 2], yticks=[-2, 0, 2])
    right.legend(loc="upper left", fontsize=8)
    return finish(
        figure,
        f"A network. Hidden layers: {hidden_layers}, units in each: {width}, weights: {len(wires)}. It "
        f"fits a wavy function with root mean squared error {error:.3f}.",
    )


@cache
def digit_classifier() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return pixels X, (1797, 64) in [0, 1], labels, (1797,), and weight, (10, 64), and bias, (10,), of a classifier.

    The classifier is fitted to the first 1000 images.
    """
    X, labels = all_digits()
    model = LogisticRegression(C=0.1, max_iter=200).fit(X[:1000], labels[:1000])
    return X, labels, model.coef_, model.intercept_


def draw_components(image: int) -> Picture:
    """Draw the parts of a classifier on one image: input, scores, probabilities, loss.

    image: 0 to 796, which of the images that were not used for fitting.
    """
    X, labels, weight, bias = digit_classifier()
    x, y = X[1000 + image], int(labels[1000 + image])
    scores = weight @ x + bias
    p = softmax(scores)
    figure, axes = new_figure(1, 3, size=(9, 3.2), width_ratios=[3, 4, 4])
    axes[0].imshow(x.reshape(8, 8), cmap="Greys", vmin=0, vmax=1)
    axes[0].grid(visible=False)
    axes[0].set(title=f"input x, label {y}", xlabel="column", ylabel="row", xticks=[0, 7], yticks=[0, 7])
    colours = [GREEN if j == y else GREY for j in range(10)]
    for panel, values, title in (
        (axes[1], scores, "form: s = Wx + b"),
        (axes[2], p, f"performance: −ln p(label) = {-np.log(p[y]):.2f}"),
    ):
        panel.bar(range(10), values, color=colours)
        panel.set(xlabel="class", xticks=range(0, 10, 3), title=title)
        panel.locator_params(axis="y", nbins=4)
        panel.axhline(0, color=BLACK, lw=0.8)
    axes[1].set_ylabel("score (logit)")
    axes[2].set(ylabel="probability", ylim=(0, 1))
    return finish(
        figure,
        f"An image of a {y}, its ten scores and their softmax: the largest score is that of {scores.argmax()}, the "
        f"label gets probability {p[y]:.2f} and the loss is {-np.log(p[y]):.2f}.",
    )


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
