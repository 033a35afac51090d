"""Gradient accumulation: the loop of the slide, a loop that works, and the large batch that it replaces.

Source: HPML-L3, "Effective Mini-batch". The network is small, in float64, and the same for all three.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

import numpy as np
import torch
from torch import nn

from course_utils.drawing.digit_network import HIDDEN, SHAPES
from course_utils.drawing.digits import CLASSES, PIXELS
from course_utils.drawing.pictures import BLACK, BLUE, GREY, ORANGE, SKY, VERMILION, Picture, finish, new_figure

Batch = tuple[torch.Tensor, torch.Tensor]
BATCHES, SIZE, LAST = 12, 4, 2  # batches of SIZE samples; the last one has LAST


@cache
def batches() -> list[Batch]:
    """Return 12 batches of X, (4, 3), and y, (4, 1), the last of 2 samples."""
    rng = np.random.default_rng(5)
    X = rng.normal(size=((BATCHES - 1) * SIZE + LAST, 3))
    y = np.tanh(X @ [1.0, -2.0, 0.5])[:, None] + 0.3 * rng.normal(size=(len(X), 1))
    return list(zip(torch.tensor(X).split(SIZE), torch.tensor(y).split(SIZE), strict=True))


def network(batch_norm: bool) -> nn.Sequential:
    """Return a 3-4-1 network with fixed parameters; its batch norm, if any, uses the statistics of the batch."""
    norm = [nn.BatchNorm1d(4, track_running_stats=False, dtype=torch.float64)] if batch_norm else []
    model = nn.Sequential(nn.Linear(3, 4, dtype=torch.float64), *norm, nn.Tanh(), nn.Linear(4, 1, dtype=torch.float64))
    rng = np.random.default_rng(1)
    for layer in (layer for layer in model if isinstance(layer, nn.Linear)):
        layer.weight.data = torch.tensor(rng.normal(size=tuple(layer.weight.shape)) / 2)
        nn.init.zeros_(layer.bias)
    return model


mean_loss = nn.functional.mse_loss


def slide_loop(model: nn.Module, optimizer: torch.optim.Optimizer, data: Iterable[Batch], k: int) -> Iterator[int]:
    """Run the second loop of the slide as it is printed; yield, after each batch, the number of calls of step so far.

    data: batches of inputs, (n, 3), and targets, (n, 1). k: batches per update.
    """
    count = steps = 0
    for inputs, targets in data:
        if count == 0:
            optimizer.step()
            optimizer.zero_grad()
            count, steps = k, steps + 1
        loss = mean_loss(model(inputs), targets) / k
        loss.backward()
        count += 1
        yield steps


def right_loop(model: nn.Module, optimizer: torch.optim.Optimizer, data: list[Batch], k: int) -> Iterator[int]:
    """Update after each group of k batches, the last group included, whatever their sizes; yield as `slide_loop`.

    data: batches of inputs, (n, 3), and targets, (n, 1).
    """
    steps = 0
    for i in range(0, len(data), k):
        group = data[i : i + k]
        samples = sum(len(inputs) for inputs, _ in group)
        optimizer.zero_grad()
        for j, (inputs, targets) in enumerate(group, start=1):
            loss = mean_loss(model(inputs), targets) * len(inputs) / samples
            loss.backward()  # adds to the gradients that are there
            if j == len(group):
                optimizer.step()
                steps += 1
            yield steps


def big_batches(data: list[Batch], k: int) -> list[Batch]:
    """Join each k batches of inputs, (n, 3), and targets, (n, 1), into one; the last group may be smaller."""
    groups = [data[i : i + k] for i in range(0, len(data), k)]
    return [(torch.cat([x for x, _ in group]), torch.cat([y for _, y in group])) for group in groups]


SLIDE, RIGHT, BIG = "loop as printed", "working loop", "big batch"
RATE = 0.3


@cache
def compare(k: int, batch_norm: bool) -> dict[str, tuple[np.ndarray, np.ndarray, int]]:
    """Return for SLIDE, RIGHT and BIG the batches seen, the loss on all data, both (points,), and the calls of step."""
    (X, y), results = big_batches(batches(), BATCHES)[0], {}
    loops = {SLIDE: (slide_loop, 1), RIGHT: (right_loop, 1), BIG: (right_loop, k)}
    for name, (loop, together) in loops.items():
        model = network(batch_norm)
        optimizer = torch.optim.SGD(model.parameters(), lr=RATE)
        measure = lambda model=model: mean_loss(model(X), y).item()
        losses, calls = [measure()], []
        for call in loop(model, optimizer, big_batches(batches(), together), k // together):
            losses.append(measure())
            calls.append(call)
        seen = np.minimum(together * np.arange(len(losses)), BATCHES)
        results[name] = seen, np.array(losses), calls[-1]
    return results


def draw_accumulation(k: int, batch_norm: bool) -> Picture:
    """Draw the loss of three loops over the same 12 batches, and the memory that an update needs."""
    results = compare(k, batch_norm)
    figure, (left, right) = new_figure(1, 2, size=(9.4, 3.6), width_ratios=[5, 4])
    looks = ((VERMILION, 3, "-"), (BLUE, 2, "-"), (ORANGE, 2, "--"))
    for (name, (seen, losses, steps)), (colour, width, style) in zip(results.items(), looks, strict=True):
        left.step(seen, losses, style, where="post", color=colour, lw=width, label=f"{name}: {steps} × step()")
        left.plot(seen[-1], losses[-1], "o", color=colour, ms=5)
    left.set(xlabel="batches seen", ylabel="loss on all data", xlim=(0, 12.3), xticks=[0, 4, 8, 12], ylim=(0, 1))
    left.set_title(f"{k} batches per update" + (", with batch norm" if batch_norm else ""))
    left.legend(loc="upper right", fontsize=8)
    bytes_kept = {"one batch": memory(50), RIGHT: memory(50), BIG: memory(50 * k)}
    fixed = [model_bytes / 1000 for model_bytes, _ in bytes_kept.values()]
    moving = [activations / 1000 for _, activations in bytes_kept.values()]
    right.barh(range(3), fixed, color=GREY, height=0.6, label="weights, gradients, velocity")
    right.barh(range(3), moving, left=fixed, color=SKY, height=0.6, label="activations")
    for i, total in enumerate(np.add(fixed, moving)):
        right.text(total, i, f" {total:.0f}", va="center", fontsize=9, color=BLACK)
    right.set(yticks=range(3), yticklabels=bytes_kept, ylabel="update from", xlabel="kilobytes, float32", xlim=(0, 420))
    right.set(ylim=(3.6, -0.6), title="digits network, batches of 50")
    right.legend(loc="lower right", fontsize=8)
    summary = "; ".join(
        f"{name} {losses[-1]:.4f} after {steps} calls of step()" for name, (_, losses, steps) in results.items()
    )
    return finish(
        figure,
        f"12 batches, {k} per update{', with batch norm' if batch_norm else ''}. Loss at the end: {summary} of step(). "
        f"Memory: {fixed[1] + moving[1]:.0f} kB with accumulation, {fixed[2] + moving[2]:.0f} kB with the big batch.",
    )


def memory(size: int) -> tuple[int, int]:
    """Return bytes in float32 that an update of the digits network needs from batches of `size` samples.

    First those that do not depend on the batch (weights, gradients, a velocity), then those that the forward pass keeps
    for the backward pass: inputs, hidden layer, logits. Batches are processed one after the other, so their number
    costs no memory.
    """
    parameters = sum(rows * columns for rows, columns in SHAPES)
    return 4 * 3 * parameters, 4 * size * (PIXELS + HIDDEN + CLASSES)
