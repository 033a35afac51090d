"""Pictures of a two-layer network with backprop by hand (HPML-L3, "Neural Network Definition" to "Parameter Updates").

Samples are rows: `X: (m, 2)`, `Y: (m, 1)`; the hidden layer is a ReLU, the output a sigmoid.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from sklearn.datasets import make_circles, make_moons

from course_utils.drawing.pictures import BLACK, BLUE, GREEN, GREY, ORANGE, VERMILION, Picture, finish, new_figure

Parameters = Mapping[str, np.ndarray]

MOONS, CIRCLES = "moons", "circles"
HIDDEN, STEPS, EVERY = 16, 600, 20
GRID = np.stack(np.meshgrid(np.linspace(-2.2, 3.2, 55), np.linspace(-2, 2.2, 45))).reshape(2, -1).T


@cache
def points(name: str) -> tuple[np.ndarray, np.ndarray]:
    """Return 300 samples, (300, 2) float64, and their labels 0 and 1, (300, 1) float64.

    name: MOONS or CIRCLES.
    """
    if name == MOONS:
        X, y = make_moons(300, noise=0.15, random_state=0)
    else:
        X, y = make_circles(300, noise=0.08, factor=0.5, random_state=0)
    return np.asarray(X), np.asarray(y, dtype=float)[:, None]


def initial(seed: int = 0) -> dict[str, np.ndarray]:
    """Return the initial parameters of a 2-16-1 network: N(0, 2 / fan_in) weights and zero biases.

    Shapes: "W1" (16, 2), "b1" (16,), "W2" (1, 16), "b2" (1,); float64.
    """
    rng = np.random.default_rng(seed)
    return {
        "W1": rng.normal(size=(HIDDEN, 2)) * np.sqrt(2 / 2), "b1": np.zeros(HIDDEN),
        "W2": rng.normal(size=(1, HIDDEN)) * np.sqrt(2 / HIDDEN), "b2": np.zeros(1),
    }  # fmt: skip


def logits(parameters: Parameters, X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the output before the sigmoid, (m, 1), and the hidden layer A1, (m, 16).

    X: (m, 2). parameters: as `initial` returns them.
    """
    A1 = np.maximum(X @ parameters["W1"].T + parameters["b1"], 0)
    return A1 @ parameters["W2"].T + parameters["b2"], A1


def probabilities(Z: np.ndarray) -> np.ndarray:
    """Return the sigmoid of Z, in the shape of Z, computed with tanh, which does not overflow."""
    return (1 + np.tanh(Z / 2)) / 2


def cost(Z: np.ndarray, Y: np.ndarray) -> float:
    """Return the mean cross entropy of logits Z, (m, 1), and labels Y, (m, 1)."""
    return float(np.mean(np.logaddexp(0, Z) - Y * Z))


def gradients(parameters: Parameters, X: np.ndarray, Y: np.ndarray) -> tuple[dict[str, np.ndarray], float]:
    """Return dJ/d(parameter) by name, computed by hand, and the cost J.

    X: (m, 2), Y: (m, 1). Each gradient has the shape of its parameter.
    """
    Z2, A1 = logits(parameters, X)
    dZ2 = (probabilities(Z2) - Y) / len(Y)
    dZ1 = (dZ2 @ parameters["W2"]) * (A1 > 0)
    found = {"W1": dZ1.T @ X, "b1": dZ1.sum(axis=0), "W2": dZ2.T @ A1, "b2": dZ2.sum(axis=0)}
    return found, cost(Z2, Y)


@cache
def train_network(name: str, learning_rate: float) -> tuple[list[dict[str, np.ndarray]], np.ndarray]:
    """Train for 600 steps of gradient descent on all samples.

    name: MOONS or CIRCLES. Returns the parameters at every 20th step, the start included, and the cost at each step,
    (601,).
    """
    X, Y = points(name)
    parameters, kept, costs = initial(), [], []
    for step in range(STEPS + 1):
        if step % EVERY == 0:
            kept.append(dict(parameters))
        slopes, J = gradients(parameters, X, Y)
        costs.append(J)
        parameters = {key: parameters[key] - learning_rate * slopes[key] for key in parameters}
    return kept, np.array(costs)


def draw_training(data: str, learning_rate: float, step: int) -> Picture:
    """Draw the boundary after `step` steps (0 to 600), the cost so far, and the training loop with its numbers.

    data: MOONS or CIRCLES.
    """
    X, Y = points(data)
    kept, costs = train_network(data, learning_rate)
    parameters = kept[step // EVERY]
    slopes, J = gradients(parameters, X, Y)
    accuracy = np.mean((logits(parameters, X)[0] > 0) == (Y > 0.5))
    figure, (left, middle, right) = new_figure(1, 3, size=(9.9, 3.7), width_ratios=[5, 4, 4])
    surface = probabilities(logits(parameters, GRID)[0]).reshape(45, 55)
    extent = (*GRID[[0, -1], 0], *GRID[[0, -1], 1])
    left.imshow(surface, cmap="RdBu", vmin=-0.7, vmax=1.7, origin="lower", extent=extent, aspect="auto")
    if surface.min() < 0.5 < surface.max():
        left.contour(surface, [0.5], colors=BLACK, linewidths=1.5, extent=extent)
    for label, colour, marker in ((0, VERMILION, "o"), (1, BLUE, "s")):
        left.plot(*X[Y[:, 0] == label].T, marker, color=colour, ms=3)
    left.set(
        xlabel="feature 1",
        ylabel="feature 2",
        xticks=[-2, 0, 2],
        yticks=[-2, 0, 2],
        title=f"step {step}: {accuracy:.1%} correct",
    )
    middle.plot(costs, color=GREY, lw=1)
    middle.plot(costs[: step + 1], color=BLACK)
    middle.plot(step, costs[step], "o", color=VERMILION)
    middle.set(ylim=(0, 1.5), xlabel="step", ylabel="J", xticks=[0, 300, 600], yticks=[0, 0.5, 1], title=f"J = {J:.3f}")
    _loop(right, slopes, J, learning_rate)
    return finish(
        figure,
        f"A 2-16-1 network on {data} after {step} steps with learning rate {learning_rate:.3g}: cost {J:.3f}, "
        f"{accuracy:.1%} of 300 samples classified correctly.",
    )


def draw_network(hidden: int, layer: int, samples: int) -> Picture:
    """Draw the neurons of a fully connected network 3-hidden-4-1; the weights of `layer` (1 to 3) are highlighted."""
    sizes = (3, hidden, 4, 1)
    figure, axes = new_figure(size=(8.6, 4.0))
    columns = [np.stack([np.full(n, 1.0 * i), (n - 1) / 2 - np.arange(n)], axis=1) for i, n in enumerate(sizes)]
    for i in range(3):
        wires = [(a, b) for a in columns[i] for b in columns[i + 1]]
        bright = i + 1 == layer
        axes.add_collection(LineCollection(wires, colors=ORANGE if bright else GREY, lw=2 if bright else 0.6, zorder=1))
    for i, column in enumerate(columns):
        look = {0: ("white", "s"), 3: (BLUE, "D")}.get(i, (GREEN, "o"))
        axes.scatter(*column.T, s=260, color=look[0], marker=look[1], edgecolors=BLACK, zorder=2)
        name = ("input, A$^{[0]}$ = X", "layer 1: ReLU", "layer 2: ReLU", "layer 3: sigmoid")[i]
        axes.text(i, 4.0, name, ha="center", weight="bold" if i == layer else None)
    n, before = sizes[layer], sizes[layer - 1]
    shapes = f"W {n, before}, b {(n,)}, Z and A {samples, n}"
    axes.set(xlim=(-0.5, 3.5), ylim=(-4, 4.7), xticks=[], yticks=[], ylabel="neurons")
    axes.spines[:].set_visible(False)
    axes.set(xlabel=f"layer {layer}: {shapes}", title=f"{n * before} weights and {n} biases in layer {layer}")
    axes.grid(visible=False)
    return finish(
        figure,
        f"A network with 3 inputs, {hidden} and 4 hidden neurons and 1 output; every neuron receives all outputs of "
        f"the previous layer. Layer {layer} has {n * before} weights. For {samples} samples its shapes are {shapes}.",
    )


def _loop(axes: Axes, slopes: Parameters, J: float, learning_rate: float) -> None:
    """Draw the training loop: forward, cost, backward, update, and back to forward."""
    norms = [np.linalg.norm(slopes[key]) for key in ("W1", "W2")]
    steps = [
        "forward: Z, A of each layer",
        f"cost: J = {J:.3f}",
        f"backward: ‖∂J/∂W$^{{[2]}}$‖ = {norms[1]:.2g}\n‖∂J/∂W$^{{[1]}}$‖ = {norms[0]:.2g}",
        f"update: W ← W − {learning_rate:.3g} ∂J/∂W",
    ]
    for place, (text, colour) in enumerate(zip(steps, (BLUE, BLACK, VERMILION, GREEN), strict=True)):
        box = {"boxstyle": "round", "fc": "white", "ec": colour}
        axes.text(0.46, 3 - place, text, ha="center", va="center", fontsize=9, bbox=box).set_in_layout(False)
    axes.scatter([0.46] * 3, [2.5, 1.5, 0.42], marker="v", color=GREY, s=40)
    axes.plot([0.46, 0.46, 1.0, 1.0, 0.94], [-0.3, -0.6, -0.6, 3, 3], color=GREY, lw=1.2)
    axes.scatter(0.96, 3, marker="<", color=GREY, s=40)
    axes.set(xlim=(-0.1, 1.05), ylim=(-0.8, 3.5), xticks=[], yticks=[], title="one step of training")
    axes.set(xlabel="repeat until J is small enough", ylabel="training")
    axes.yaxis.label.set_visible(False)
    axes.spines[:].set_visible(False)
    axes.grid(visible=False)
