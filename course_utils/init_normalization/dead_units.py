"""Dead hidden units, and hidden units that stay equal, drawn: a small network on handwritten digits.

CIS5190-L15, "Weight Initialization"; HPML-L3, "Weight Initialization" and "Preventing vanishing gradients".
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from matplotlib.axes import Axes
from torch.nn import functional as F

from course_utils.drawing.activations import ACTIVATIONS
from course_utils.drawing.digits import all_digits
from course_utils.drawing.pictures import BLACK, BLUE, GREY, ORANGE, VERMILION, Picture, finish, new_figure
from course_utils.drawing.threads import one_thread

ZERO, CONSTANT, RANDOM = "all zero", "all 0.05", "random"
STARTS = (ZERO, CONSTANT, RANDOM)
IMAGES, DEAD_HIDDEN, DEAD_STEPS = 300, 64, 60
HIDDEN, STEPS, RATE = 16, 200, 0.5


@dataclass(frozen=True)
class Network:
    """Weights and biases of logits = phi(X W1^T + b1) W2^T + b2.

    X: (n, 64), W1: (hidden, 64), b1: (hidden,), W2: (10, hidden), b2: (10,).
    """

    W1: np.ndarray
    b1: np.ndarray
    W2: np.ndarray
    b2: np.ndarray


@cache
def first_digits() -> tuple[np.ndarray, np.ndarray]:
    """Return the first IMAGES handwritten digits, (300, 64) from 0 to 1, and their labels, (300,)."""
    X, labels = all_digits()
    return X[:IMAGES], labels[:IMAGES]


def random_network(hidden: int, bias: float = 0.0) -> Network:
    """Return a network whose weights are uniform on +-1 / sqrt(fan_in), as PyTorch's nn.Linear draws them."""
    rng = np.random.default_rng(0)
    W1, W2 = rng.uniform(-1, 1, size=(hidden, 64)) / 8, rng.uniform(-1, 1, size=(10, hidden)) / np.sqrt(hidden)
    return Network(W1, np.full(hidden, float(bias)), W2, np.zeros(10))


def constant_network(hidden: int, value: float) -> Network:
    """Return a network whose weights are all `value`; its biases are 0."""
    return Network(np.full((hidden, 64), value), np.zeros(hidden), np.full((10, hidden), value), np.zeros(10))


def step(network: Network, activation: str, learning_rate: float) -> tuple[Network, np.ndarray, float]:
    """Return the network after one step of gradient descent on the digits; and, before it, z and the accuracy.

    activation: a name of `activations.ACTIVATIONS`. z: (300, hidden), the input of the activation.
    """
    X, labels = (torch.from_numpy(part) for part in first_digits())
    parameters = [torch.tensor(part, requires_grad=True) for part in vars(network).values()]
    W1, b1, W2, b2 = parameters
    z = X @ W1.T + b1
    logits = ACTIVATIONS[activation].in_torch(z) @ W2.T + b2
    gradients = torch.autograd.grad(F.cross_entropy(logits, labels), parameters)
    updated = [(p - learning_rate * g).detach().numpy() for p, g in zip(parameters, gradients, strict=True)]
    accuracy = float((logits.argmax(dim=1) == labels).double().mean())
    return Network(*updated), z.detach().numpy(), accuracy


# --- dead units ------------------------------------------------------------------------------------------------------


def is_dead(z: np.ndarray) -> np.ndarray:
    """Return, for each column of z, (n, hidden), whether it is positive for no sample: (hidden,), bool."""
    return np.all(z <= 0, axis=0)


@cache
@one_thread()
def lives(learning_rate: float, bias: float, activation: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Train DEAD_HIDDEN units for DEAD_STEPS; return the share of dead units and the accuracy, (61,) each, and z.

    z: (300, 64), of the last step. activation: a name of `activations.ACTIVATIONS`.
    """
    network, dead, accuracies, z = random_network(DEAD_HIDDEN, bias), [], [], np.empty(0)
    for _ in range(DEAD_STEPS + 1):
        network, z, accuracy = step(network, activation, learning_rate)
        dead.append(is_dead(z).mean())
        accuracies.append(accuracy)
    return np.array(dead), np.array(accuracies), z


def draw_dead(learning_rate: float, bias: float, activation: str) -> Picture:
    """Draw which hidden units are active for which image after training, and the share of dead units, step by step."""
    dead, accuracy, z = lives(learning_rate, bias, activation)
    figure, (left, right) = new_figure(1, 2, size=(9, 3.8))
    order = np.argsort(-(z > 0).mean(axis=0), kind="stable")
    left.imshow(z[:100, order] > 0, cmap="Blues", vmin=0, vmax=1.3, aspect="auto", interpolation="nearest")
    left.set(xlabel="hidden unit, most active first", ylabel="image", title=f"active (blue) after {DEAD_STEPS} steps")
    left.set(xticks=[0, 20, 40, 60], yticks=[0, 50, 99])
    left.grid(visible=False)
    right.plot(dead, color=VERMILION, label="dead units")
    right.plot(accuracy, color=BLUE, label="accuracy")
    right.set(ylim=(-0.03, 1.03), xlabel="step", ylabel="share", xticks=[0, 20, 40, 60], yticks=[0, 0.5, 1])
    right.set_title(f"{dead[-1]:.1%} dead, accuracy {accuracy[-1]:.1%}")
    right.legend(loc="center right", fontsize=8)
    return finish(
        figure,
        f"64 hidden {activation} units on 300 digits, learning rate {learning_rate:.3g}, first bias {bias:g}. At the "
        f"start {dead[0]:.1%} are active for no image, after {DEAD_STEPS} steps {dead[-1]:.1%}; "
        f"accuracy {accuracy[-1]:.1%}.",
    )


# --- symmetry --------------------------------------------------------------------------------------------------------


@cache
@one_thread()
def training_run(start: str, activation: str) -> tuple[np.ndarray, np.ndarray]:
    """Return W1 at every step, (201, 16, 64), and the accuracy, (201,), of a network from `start`, one of STARTS."""
    network = random_network(HIDDEN) if start == RANDOM else constant_network(HIDDEN, 0.05 * (start == CONSTANT))
    weights, accuracies = [], []
    for _ in range(STEPS + 1):
        weights.append(network.W1)
        network, _, accuracy = step(network, activation, RATE)
        accuracies.append(accuracy)
    return np.array(weights), np.array(accuracies)


def rank(W: np.ndarray) -> int:
    """Return how many singular values of W, (m, n), are above 1e-8 of the largest; 0 for a matrix of zeros."""
    values = np.linalg.svd(W, compute_uv=False)
    return int(np.sum(values > 1e-8 * values[0]))


def draw_symmetry(start: str, activation: str, step: int) -> Picture:
    """Draw the weights of 16 hidden units as images after `step` steps, and the accuracy from the three STARTS."""
    weights, accuracy = training_run(start, activation)
    W, r = weights[step], rank(weights[step])
    figure, (left, right) = new_figure(1, 2, size=(9, 4), width_ratios=[4, 5])
    _tiles(left, W)
    left.set_title(f"weights of {HIDDEN} units: rank {r}")
    for name, style in zip(STARTS, (":", "--", "-"), strict=True):
        strong = name == start
        right.plot(
            training_run(name, activation)[1],
            style,
            color=BLUE if strong else GREY,
            lw=2 if strong else 1.2,
            label=name,
        )
    right.plot(step, accuracy[step], "o", color=ORANGE, mec=BLACK, ms=8)
    right.set(xlabel="step", ylabel="accuracy", ylim=(0, 1.03), xticks=[0, 100, 200], yticks=[0, 0.5, 1])
    right.set_title(f"step {step}: accuracy {accuracy[step]:.1%}")
    right.legend(loc="center right", fontsize=8)
    apart = np.abs(W - W[0]).max()
    alike = "all equal" if apart < 1e-9 else f"different by up to {apart:.2f}"
    return finish(
        figure,
        f"Start {start}, {activation}, step {step}: the weights of the {HIDDEN} hidden units are {alike}, a matrix of "
        f"rank {r}; accuracy {accuracy[step]:.1%}.",
    )


def _tiles(axes: Axes, W: np.ndarray) -> None:
    """Draw the rows of W, (16, 64), as 4 x 4 images of 8 x 8 pixels with a gap between them."""
    tiles = np.pad(W.reshape(4, 4, 8, 8), ((0, 0), (0, 0), (0, 1), (0, 1)), constant_values=0.0)
    reach = max(float(np.abs(W).max()), 1e-6)
    sheet = tiles.transpose(0, 2, 1, 3).reshape(36, 36)[:-1, :-1]
    axes.imshow(sheet, cmap="PuOr", vmin=-reach, vmax=reach, interpolation="nearest")
    for edge in (8, 17, 26):
        axes.axhline(edge, color=BLACK, lw=1)
        axes.axvline(edge, color=BLACK, lw=1)
    axes.set(xlabel="one tile per unit", ylabel="8 × 8 weights per tile", xticks=[], yticks=[])
    axes.grid(visible=False)
