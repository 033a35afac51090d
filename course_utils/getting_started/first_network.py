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

from course_utils.drawing.digits import digits
from course_utils.drawing.pictures import BLUE, GREEN, GREY, ORANGE, SKY, VERMILION, Picture, finish, new_figure
from course_utils.drawing.threads import one_thread

HIDDEN, STEPS, RATE = 16, 200, 0.01


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


def draw_hidden(image: int, silenced: int) -> Picture:
    """Draw a new digit, its 16 hidden activations, and the probabilities of the classes.

    image: index among the 797 digits that the network was not trained on. silenced: number of hidden units, counted
    from the first, that are set to 0.
    """
    _, _, X, labels = digits()
    model = digit_classifier(HIDDEN)
    with torch.no_grad():
        hidden = model[:2](torch.tensor(X, dtype=torch.float32))
        hidden[:, :silenced] = 0.0
        probabilities = model[2](hidden).softmax(dim=1).numpy()
    correct = float(np.mean(probabilities.argmax(axis=1) == labels))
    figure, (left, middle, right) = new_figure(1, 3, size=(9, 3.0), width_ratios=[2, 3, 3])
    left.imshow(X[image].reshape(8, 8), cmap="Greys")
    left.set(title=f"a {labels[image]}", xlabel="64 pixels", ylabel="input", xticks=[], yticks=[])
    left.grid(visible=False)
    middle.bar(range(HIDDEN), hidden[image].numpy(), color=BLUE)
    middle.axvspan(-0.5, silenced - 0.5, color=GREY, alpha=0.3)
    middle.set(title="hidden representation", xlabel="hidden unit", ylabel="activation", xlim=(-0.5, HIDDEN - 0.5))
    middle.set(ylim=(0, 9), xticks=[0, 5, 10, 15], yticks=[0, 4, 8])
    _class_bars(right, probabilities[image], int(labels[image]))
    active = int((hidden[image] > 0).sum())
    return finish(
        figure,
        f"Image {image}, a {labels[image]}: {active} of {HIDDEN} hidden units are active, {silenced} are set to 0. The "
        f"network predicts {probabilities[image].argmax()} with probability {probabilities[image].max():.2f}. With "
        f"these units set to 0 it is right on {correct:.0%} of the 797 new digits.",
    )


def _class_bars(axes: Axes, probabilities: np.ndarray, label: int) -> None:
    """Draw the probabilities of the ten classes, (10,): the label in green, a wrong prediction in orange."""
    colours = [SKY] * 10
    colours[int(probabilities.argmax())] = ORANGE
    colours[label] = GREEN
    axes.bar(range(10), probabilities, color=colours)
    axes.set(xlabel="class", ylabel="probability", ylim=(0, 1), xticks=range(10), yticks=[0, 0.5, 1])
    axes.set_title(f"predicts {probabilities.argmax()}: {'right' if probabilities.argmax() == label else 'wrong'}")
