"""A small network for handwritten digits: its hidden representation and its number of parameters.

Sources: CS7150-L1, "What is Deep Learning" and "A few more terminologies". Samples are rows, as in torch.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import pairwise

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.ticker import MaxNLocator
from torch import nn
from torch.nn import functional as F

from course_utils.drawing.digits import all_digits, digits
from course_utils.drawing.pictures import BLUE, GREEN, GREY, ORANGE, SKY, VERMILION, Picture, finish, new_figure
from course_utils.drawing.threads import one_thread

STEPS, RATE = 200, 0.01
WIDTHS = ("16", "64")  # hidden units of the networks that are silenced
MOST, CHOICES = 8, 60  # units that are silenced at most; random choices of them


def build(*sizes: int, seed: int = 0) -> nn.Sequential:
    """Return fully connected layers of these sizes with a ReLU between them; sizes: inputs, hidden ..., outputs."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        layers: list[nn.Module] = []
        for fan_in, fan_out in pairwise(sizes):
            layers += [nn.Linear(fan_in, fan_out), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def fit(model: nn.Module, X: np.ndarray, labels: np.ndarray, steps: int = STEPS) -> list[float]:
    """Train `model` with Adam on X, (n, 64), and labels, (n,), as one batch; return the accuracy before each step."""
    images, targets = torch.tensor(X, dtype=torch.float32), torch.tensor(labels)
    optimizer = torch.optim.Adam(model.parameters(), lr=RATE)
    accuracies = []
    with one_thread():
        for _ in range(steps):
            logits = model(images)
            accuracies.append(float((logits.argmax(dim=1) == targets).float().mean()))
            optimizer.zero_grad()
            F.cross_entropy(logits, targets).backward()
            optimizer.step()
    return accuracies


def accuracy(model: nn.Module, X: np.ndarray, labels: np.ndarray) -> float:
    """Return the share of the images X, (n, 64), whose largest logit is that of the label; labels (n,)."""
    with torch.no_grad():
        chosen = model(torch.tensor(X, dtype=torch.float32)).argmax(dim=1)
    return float(np.mean(chosen.numpy() == labels))


@cache
def digit_classifier(*hidden: int) -> nn.Sequential:
    """Return a network with layers 64, *hidden, 10, trained on the 1000 digits of `digits()` and frozen."""
    X, labels, _, _ = digits()
    model = build(64, *hidden, 10)
    fit(model, X, labels)
    model.requires_grad_(False)
    return model


def parameters_of(sizes: Sequence[int]) -> int:
    """Return the number of weights and biases of fully connected layers; sizes: inputs, hidden ..., outputs."""
    return sum((fan_in + 1) * fan_out for fan_in, fan_out in pairwise(sizes))


def draw_layers(hidden_layers: int, width: int, inputs: int) -> Picture:
    """Draw a fully connected network with its weights as lines, and the number of parameters per layer."""
    sizes = [inputs, *[width] * hidden_layers, 3]
    figure, (left, right) = new_figure(1, 2, size=(8.6, 3.6), width_ratios=[3, 2])
    places = [np.column_stack([np.full(n, i), np.arange(n) - (n - 1) / 2]) for i, n in enumerate(sizes)]
    lines = [(a, b) for one, other in pairwise(places) for a in one for b in other]
    left.add_collection(LineCollection(lines, colors=GREY, linewidths=0.5))
    colours = [GREEN] + [BLUE] * hidden_layers + [VERMILION]
    for place, colour in zip(places, colours, strict=True):
        left.scatter(*place.T, color=colour, s=45, zorder=3)
    names = ["inputs", *[f"hidden {i + 1}" for i in range(hidden_layers)], "outputs"]
    left.set(xticks=range(len(sizes)), yticks=[], xlabel="layer", ylabel="neurons", ylim=(-4.4, 4.4))
    left.set_xticklabels(names, fontsize=8)
    left.set_title(f"{hidden_layers} hidden layer{'s' * (hidden_layers != 1)}: {'-'.join(map(str, sizes))}")
    counts = [parameters_of(pair) for pair in pairwise(sizes)]
    right.bar(range(1, len(sizes)), counts, color=SKY, width=0.6)
    right.set(xticks=range(1, len(sizes)), xlabel="layer that computes", ylabel="weights and biases")
    right.yaxis.set_major_locator(MaxNLocator(4))
    right.set_title(f"{sum(counts)} parameters")
    return finish(
        figure,
        f"A network of layers {'-'.join(map(str, sizes))}, every neuron connected to all of the layer before: "
        f"{len(lines)} weights and {sum(sizes[1:])} biases, {sum(counts)} parameters in total.",
    )


def living_units(model: nn.Sequential) -> np.ndarray:
    """Return the hidden units that are active for at least one of the 1,797 images, (n_living,); others are dead."""
    with torch.no_grad():
        hidden = model[:2](torch.tensor(all_digits()[0], dtype=torch.float32))  # (1797, hidden)
    return np.flatnonzero((hidden > 0).any(dim=0).numpy())


def silenced_accuracies(model: nn.Sequential, choices: np.ndarray) -> np.ndarray:
    """Return the accuracy on the new digits, per class, with some hidden units set to 0.

    choices: (k, m) int, the m units of each of k choices. Returns (k, 10), the accuracy per class.
    """
    _, _, X, labels = digits()
    with torch.no_grad():
        hidden = model[:2](torch.tensor(X, dtype=torch.float32))  # (797, hidden)
        masks = torch.ones(len(choices), 1, hidden.shape[1])
        masks[torch.arange(len(choices))[:, None], 0, torch.tensor(choices)] = 0.0
        correct = model[2](hidden * masks).argmax(dim=2).numpy() == labels  # (k, 797)
    return np.stack([correct[:, labels == digit].mean(axis=1) for digit in range(10)], axis=1)


@cache
def silencing_orders(model: nn.Sequential) -> np.ndarray:
    """Return CHOICES random orders of the living units, (CHOICES, living units)."""
    living = living_units(model)
    return np.random.default_rng(0).permuted(np.tile(living, (CHOICES, 1)), axis=1)


@cache
def silencing_curve(hidden: int) -> np.ndarray:
    """Return the accuracy per class with 0 to MOST living units set to 0, (MOST + 1, CHOICES, 10)."""
    model = digit_classifier(hidden)
    orders = silencing_orders(model)
    return np.stack([silenced_accuracies(model, orders[:, :count]) for count in range(MOST + 1)])


def draw_hidden(image: int, hidden_units: str, silenced: int) -> Picture:
    """Draw a new digit, its hidden activations, the class probabilities, and what silencing costs.

    image: index among the 797 digits that the network was not trained on. hidden_units: one of WIDTHS. silenced: 0 to
    MOST, how many living units are set to 0, in a random order.
    """
    _, _, X, labels = digits()
    width = int(hidden_units)
    model = digit_classifier(width)
    orders = silencing_orders(model)
    living, off = np.sort(orders[0]), orders[0, :silenced]
    with torch.no_grad():
        hidden = model[:2](torch.tensor(X[image], dtype=torch.float32))
        hidden[off] = 0.0
        probabilities = model[2](hidden).softmax(dim=0).numpy()
    accuracy_of = silencing_curve(width).mean(axis=2)  # (MOST + 1, CHOICES): every class counts alike
    figure, (left, middle, right, cost) = new_figure(1, 4, size=(10, 3.0), width_ratios=[2, 4, 3, 3])
    left.imshow(X[image].reshape(8, 8), cmap="Greys")
    left.set(title=f"a {labels[image]}", xlabel="64 pixels", ylabel="input", xticks=[], yticks=[])
    left.grid(visible=False)
    middle.bar(range(width), hidden.numpy(), color=BLUE)
    for units, colour, name in ((np.setdiff1d(range(width), living), GREY, "dead"), (off, VERMILION, "set to 0")):
        middle.plot(units, np.full(len(units), 0.25), "x", color=colour, ms=5, label=f"{name}: {len(units)}")
    middle.set(title="hidden representation", xlabel="hidden unit", ylabel="activation", ylim=(0, 11))
    middle.set(xlim=(-1, width), xticks=[0, width // 2, width - 1], yticks=[0, 4, 8])
    middle.legend(loc="upper right", fontsize=8, ncol=2)
    _class_bars(right, probabilities, int(labels[image]))
    _silencing_cost(cost, accuracy_of, silenced)
    mean, worst, best = (f(accuracy_of[silenced]) for f in (np.mean, np.min, np.max))
    return finish(
        figure,
        f"Image {image}, a {labels[image]}: {int((hidden > 0).sum())} of {width} hidden units are active, "
        f"{width - len(living)} are dead; living units set to 0: {silenced}. The network predicts "
        f"{probabilities.argmax()} with probability {probabilities.max():.2f}. Over {CHOICES} random choices of "
        f"as many living units the accuracy on new digits is {mean:.0%} on average, {worst:.0%} to {best:.0%}.",
    )


def _silencing_cost(axes: Axes, accuracies: np.ndarray, silenced: int) -> None:
    """Draw the mean and the range of the accuracies, (MOST + 1, CHOICES), against the number of silenced units."""
    counts, mean = np.arange(MOST + 1), accuracies.mean(axis=1)
    axes.fill_between(counts, accuracies.min(axis=1), accuracies.max(axis=1), color=SKY, alpha=0.4, label="range")
    axes.plot(counts, mean, color=BLUE, label="mean")
    axes.plot(silenced, mean[silenced], "o", color=VERMILION)
    axes.set(xlabel="living units set to 0", ylabel="accuracy", ylim=(0, 1.05), xticks=[0, 4, 8], yticks=[0, 0.5, 1])
    axes.set_title(f"new digits: {mean[silenced]:.0%}")
    axes.legend(loc="lower left", fontsize=8)


def _class_bars(axes: Axes, probabilities: np.ndarray, label: int) -> None:
    """Draw the probabilities of the ten classes, (10,): the label in green, a wrong prediction in orange."""
    colours = [SKY] * 10
    colours[int(probabilities.argmax())] = ORANGE
    colours[label] = GREEN
    axes.bar(range(10), probabilities, color=colours)
    axes.set(xlabel="class", ylabel="probability", ylim=(0, 1), xticks=range(10), yticks=[0, 0.5, 1])
    axes.set_title(f"predicts {probabilities.argmax()}: {'right' if probabilities.argmax() == label else 'wrong'}")
