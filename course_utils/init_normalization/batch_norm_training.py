"""Networks with and without batch normalization: learning rates, shifting inputs, train and eval mode, drawn.

CIS5190-L15 and HPML-L3, "Batch Normalization". The data are handwritten digits: 1000 to train on, 797 to test.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from course_utils.drawing.digits import all_digits
from course_utils.drawing.pictures import BLACK, BLUE, GREEN, GREY, ORANGE, SKY, VERMILION, Picture, finish, new_figure
from course_utils.drawing.threads import one_thread

WITHOUT, BEFORE, AFTER = "no batch norm", "before the activation", "after the activation"
PLACES = {WITHOUT: VERMILION, BEFORE: BLUE, AFTER: GREEN}  # where batch norm is, and its colour

RATES = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
SHUFFLED, SORTED = "shuffled", "sorted by label"
HIDDEN, WIDTH, STEPS, BATCH = 3, 32, 100, 50
SIZES = (2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128)


@cache
def digit_tensors() -> tuple[torch.Tensor, torch.Tensor]:
    """Return handwritten digits, (1797, 64) float64 from 0 to 1, and labels, (1797,) int64."""
    X, labels = all_digits()
    return torch.tensor(X), torch.tensor(labels)


def network(place: str, seed: int = 0) -> nn.Sequential:
    """Return HIDDEN ReLU layers of WIDTH units with He's weights and batch norm at a place, one of PLACES; float64."""
    generator = torch.Generator().manual_seed(seed)
    modules: list[nn.Module] = []
    for fan_in in [64] + [WIDTH] * (HIDDEN - 1):
        modules.append(nn.Linear(fan_in, WIDTH))
        modules += {WITHOUT: [nn.ReLU()], BEFORE: [_norm(), nn.ReLU()], AFTER: [nn.ReLU(), _norm()]}[place]
    model = nn.Sequential(*modules, nn.Linear(WIDTH, 10)).double()
    for module in model:
        if isinstance(module, nn.Linear):
            nn.init.kaiming_normal_(module.weight, generator=generator)
            nn.init.zeros_(module.bias)
    return model


def _norm() -> nn.Module:
    return nn.BatchNorm1d(WIDTH)


@one_thread()
def train(
    model: nn.Sequential, learning_rate: float, watch: Callable[[nn.Sequential], Any] = lambda model: None
) -> list[Any]:
    """Take STEPS of SGD on batches of BATCH random digits; return `watch(model)` before each step and at the end."""
    X, labels = digit_tensors()
    generator, seen = torch.Generator().manual_seed(1), []
    for _ in range(STEPS):
        seen.append(watch(model))
        i = torch.randint(1000, (BATCH,), generator=generator)
        loss = F.cross_entropy(model(X[i]), labels[i])
        gradients = torch.autograd.grad(loss, list(model.parameters()))
        with torch.no_grad():
            for parameter, gradient in zip(model.parameters(), gradients, strict=True):
                parameter -= learning_rate * gradient
    return [*seen, watch(model)]


@one_thread()
def accuracy(model: nn.Sequential) -> float:
    """Return the accuracy in eval mode on the 797 test digits; the model stays in eval mode."""
    X, labels = digit_tensors()
    with torch.no_grad():
        return float((model.eval()(X[1000:]).argmax(dim=1) == labels[1000:]).double().mean())


@cache
def tolerance(place: str) -> np.ndarray:
    """Return the test accuracy after training with each of RATES, (8,), with batch norm at one of PLACES."""
    found = []
    for rate in RATES:
        model = network(place)
        train(model, rate)
        found.append(accuracy(model))
    return np.array(found)


def draw_rates(learning_rate: str, place: str) -> Picture:
    """Draw the test accuracy after 100 steps against the learning rate, without batch norm and with it at either place.

    learning_rate: one of RATES as text, such as "0.1". place: one of PLACES, highlighted.
    """
    k = [f"{rate:g}" for rate in RATES].index(learning_rate)
    figure, axes = new_figure(size=(7, 3.9))
    for name, colour in PLACES.items():
        strong = name == place
        axes.plot(tolerance(name), "o-", color=colour, lw=2.5 if strong else 1, ms=5 if strong else 3, label=name)
    axes.plot(k, tolerance(place)[k], "o", color=ORANGE, mec=BLACK, ms=10)
    axes.set(ylim=(0, 1.03), xlabel="learning rate", ylabel="test accuracy", yticks=[0.1, 0.5, 0.9])
    axes.set_xticks(range(len(RATES)), [f"{rate:g}" for rate in RATES])
    axes.set_title(f"learning rate {learning_rate}, {place}: {tolerance(place)[k]:.0%}")
    axes.legend(loc="lower center", fontsize=8)
    others = ", ".join(f"{name} {tolerance(name)[k]:.0%}" for name in PLACES if name != place)
    return finish(
        figure,
        f"Test accuracy on digits after 100 steps with learning rate {learning_rate}. {place.capitalize()}: "
        f"{tolerance(place)[k]:.0%}; for comparison, {others}.",
    )


# --- inputs that shift -----------------------------------------------------------------------------------------------

PROBE = 200  # training digits on which the shift of the inputs is measured


@cache
def shifts(place: str) -> np.ndarray:
    """Return the inputs of the third layer for PROBE digits before each step at learning rate 0.3: (101, 200, 32).

    place: one of PLACES. In training mode, as the layer itself sees it; the running statistics are left as they are.
    """
    X, _ = digit_tensors()
    model = network(place)
    below = model[: 4 if place == WITHOUT else 6]  # two layers

    def watch(model: nn.Sequential) -> np.ndarray:
        kept = {name: buffer.clone() for name, buffer in model.named_buffers()}
        with torch.no_grad():
            entering = below(X[:PROBE]).numpy()
            for name, buffer in model.named_buffers():
                buffer.copy_(kept[name])
        return entering

    return np.array(train(model, 0.3, watch))


def draw_shift(place: str, unit: int, step: int) -> Picture:
    """Draw the distribution of one input of the third layer at the start and at `step`; its mean and std step by step.

    place: one of PLACES; unit: 0 to 31.
    """
    h = shifts(place)[:, :, unit]
    means, deviations = h.mean(axis=1), h.std(axis=1)
    figure, (left, right) = new_figure(1, 2, size=(9, 3.6))
    edges = np.linspace(-3, 5, 41)
    for now, colour, alpha, label in ((0, GREY, 0.6, "step 0"), (step, BLUE, 0.5, f"step {step}")):
        counts, _ = np.histogram(np.clip(h[now], -3, 5), bins=edges)
        left.stairs(counts / PROBE, edges, fill=True, color=colour, alpha=alpha, label=label)
    left.set(xlabel="input of layer 3", ylabel="share of images", ylim=(0, 1.02), xticks=[-2, 0, 2, 4])
    left.set(yticks=[0, 0.5, 1], title=f"unit {unit}, {place}")
    left.legend(loc="upper right", fontsize=8)
    steps = np.arange(STEPS + 1)
    right.fill_between(steps, means - deviations, means + deviations, color=SKY, alpha=0.5, lw=0, label="± std")
    right.plot(steps, means, color=BLUE, label="mean")
    right.plot(step, means[step], "o", color=ORANGE, mec=BLACK, ms=8)
    right.set(
        ylim=(-3, 5), xlabel="training step", ylabel="input of layer 3", xticks=[0, 50, 100], yticks=[-2, 0, 2, 4]
    )
    right.set_title(f"mean {means[step]:z.2f}, std {deviations[step]:.2f}")
    right.legend(loc="upper right", fontsize=8)
    return finish(
        figure,
        f"Input {unit} of the third layer, {place}: mean {means[0]:z.2f} and standard deviation {deviations[0]:.2f} at "
        f"the start, {means[step]:z.2f} and {deviations[step]:.2f} at step {step}.",
    )


# --- train mode and eval mode at test time ---------------------------------------------------------------------------


@cache
def trained_network() -> nn.Sequential:
    """Return a network with batch norm before the activation after STEPS at learning rate 0.1, in eval mode."""
    model = network(BEFORE)
    train(model, 0.1)
    return model.eval()


@cache
@one_thread()
def in_train_mode(batch: int, order: str) -> float:
    """Return the test accuracy when each batch of `batch` test digits is normalized by its own statistics.

    order: SHUFFLED or SORTED. Digits after the last full batch are not counted. The network itself does not change.
    """
    X, labels = (part[1000:] for part in digit_tensors())
    shuffled = torch.randperm(len(X), generator=torch.Generator().manual_seed(0))
    places = torch.argsort(labels, stable=True) if order == SORTED else shuffled
    places = places[: len(places) // batch * batch]
    H, model = X[places].reshape(-1, batch, 64), trained_network()
    with torch.no_grad():
        for module in model:
            if isinstance(module, nn.BatchNorm1d):
                var, mean = torch.var_mean(H, dim=1, correction=0, keepdim=True)
                H = (H - mean) / (var + module.eps).sqrt() * module.weight + module.bias
            else:
                H = module(H)
    return float((H.argmax(dim=2).flatten() == labels[places]).double().mean())


def draw_modes(batch: int, order: str) -> Picture:
    """Draw the test accuracy in train mode against the size of a test batch, and that in eval mode.

    order: SHUFFLED or SORTED, highlighted.
    """
    in_train, in_eval = in_train_mode(batch, order), accuracy(trained_network())
    figure, axes = new_figure(size=(7, 3.8))
    for name, colour in ((SHUFFLED, BLUE), (SORTED, VERMILION)):
        heights = [in_train_mode(size, name) for size in SIZES]
        axes.plot(np.log2(SIZES), heights, color=colour, lw=2 if name == order else 1, label=f"train mode, {name}")
    axes.axhline(in_eval, color=GREEN, ls="--", label="eval mode, any batch")
    axes.plot(np.log2(batch), in_train, "o", color=ORANGE, mec=BLACK, ms=10)
    axes.set_xticks(range(1, 8), ["2", "4", "8", "16", "32", "64", "128"])
    axes.set(ylim=(0, 1.03), xlabel="test digits per batch", ylabel="test accuracy", yticks=[0.1, 0.5, 0.9])
    axes.set_title(f"batches of {batch}, {order}: accuracy {in_train:.0%}")
    axes.legend(loc="center right", fontsize=8)
    return finish(
        figure,
        f"Accuracy of one trained network on 797 test digits: {in_eval:.1%} in eval mode, {in_train:.1%} in train "
        f"mode with batches of {batch}, {order}.",
    )
