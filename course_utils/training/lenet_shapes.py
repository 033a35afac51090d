"""Pictures of shapes: images in LeNet, and a loss of outputs and targets of different shapes.

Sources: CS7150-L1, "PyTorch: Model"; HPML-L3, "PyTorch Loss Function". The shapes come from torch itself, run on meta
tensors, which have a shape but no numbers, so that nothing is computed.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from torch import nn
from torch.nn import functional as F

from course_utils.drawing.pictures import BLACK, BLUE, ORANGE, SKY, VERMILION, Picture, finish, new_figure

Stage = Callable[[torch.Tensor], torch.Tensor]

VIEW, FLATTEN = "x.view(-1, 400)", "x.flatten(1)"
COLUMN, FLAT = "(n, 1)", "(n,)"
STAGES = ("input", "conv1, ReLU", "pool", "conv2, ReLU", "pool", "to rows", "fc1, ReLU", "fc2, ReLU", "fc3")


class LeNet(nn.Module):
    """The network of the slide: images (N, 3, 32, 32) to logits (N, 10).

    rows: VIEW or FLATTEN, how the feature maps of an image become one row.
    """

    def __init__(self, rows: str = FLATTEN) -> None:
        super().__init__()
        self.rows = rows
        self.conv1 = nn.Conv2d(3, 6, 5)
        self.pool = nn.MaxPool2d(2, 2)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(16 * 5 * 5, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, 10)

    def stages(self) -> list[Stage]:
        """Return the functions from each of the STAGES to the next, in order."""
        to_rows: Stage = (lambda x: x.view(-1, 400)) if self.rows == VIEW else (lambda x: x.flatten(1))
        layers = (self.conv1, self.conv2, self.fc1, self.fc2)
        with_relu: list[Stage] = [lambda x, layer=layer: F.relu(layer(x)) for layer in layers]
        return [with_relu[0], self.pool, with_relu[1], self.pool, to_rows, *with_relu[2:], self.fc3]

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the logits, (N, 10), of the images x, (N, 3, 32, 32)."""
        for stage in self.stages():
            x = stage(x)
        return x


@cache
def trace(size: int, batch: int, rows: str) -> tuple[list[tuple[int, ...]], str]:
    """Return the shapes at the STAGES for images (batch, 3, size, size), and the error that stopped LeNet, or "".

    rows: VIEW or FLATTEN.
    """
    with torch.device("meta"):
        model, x = LeNet(rows), torch.empty(batch, 3, size, size)
    shapes = [tuple(x.shape)]
    for stage in model.stages():
        try:
            x = stage(x)
        except RuntimeError as error:
            return shapes, str(error).splitlines()[0].rstrip(".")
        shapes.append(tuple(x.shape))
    return shapes, ""


def draw_lenet(size: int, batch: int, rows: str) -> Picture:
    """Draw the shape after each stage of LeNet for `batch` images of `size` x `size` pixels.

    rows: VIEW or FLATTEN.
    """
    shapes, error = trace(size, batch, rows)
    figure, axes = new_figure(size=(9.4, 3.4))
    for place, name in enumerate(STAGES):
        if place < len(shapes):
            wrong = shapes[place][0] != batch
            _stage(axes, place, shapes[place], VERMILION if wrong else SKY if len(shapes[place]) == 4 else BLUE)
        elif place == len(shapes):
            axes.plot(place, 0.5, "x", color=VERMILION, ms=16, mew=4)
            axes.text(place, 0.12, "RuntimeError", ha="center", color=VERMILION, fontsize=9)
        axes.text(place, -0.32, name.replace(", ", ",\n"), ha="center", va="center", fontsize=9)
    kind = rows.removeprefix("x.")
    ends = f"stops: {error}" if error else f"{batch} images in, {shapes[-1][0]} rows out"
    axes.set_title(f"{batch} images of {size} × {size}, {kind}: " + ("stops" if error else ends))
    axes.set(xlim=(-0.6, 8.6), ylim=(-0.5, 1.4), xticks=[], yticks=[], xlabel="from images to logits")
    axes.set_ylabel("shape after the stage")
    axes.grid(visible=False)
    steps = ", ".join(f"{name} {shape}" for name, shape in zip(STAGES, map(_shape, shapes), strict=False))
    return finish(figure, f"LeNet on {batch} images of {size} x {size} with {kind}: {steps}. {ends.capitalize()}.")


def _shape(shape: tuple[int, ...]) -> str:
    return str(tuple(shape))


def _stage(axes: Axes, place: int, shape: tuple[int, ...], color: str) -> None:
    """Draw feature maps as squares whose side grows with that of the map, and rows of numbers as a bar."""
    if len(shape) == 4:
        side = 0.12 + 0.55 * shape[2] / 64
        layers = {3: 3, 6: 4, 16: 6}[shape[1]]
        for k in reversed(range(layers)):
            corner = (place - side / 2 + 0.03 * k, 0.5 - side / 2 + 0.05 * k)
            axes.add_patch(Rectangle(corner, 0.9 * side, side, facecolor=color, edgecolor=BLACK, lw=0.7))
    else:
        height = 0.15 + 0.75 * np.log10(shape[1]) / np.log10(3000)
        axes.add_patch(
            Rectangle((place - 0.1, 0.5 - height / 2), 0.2, height, facecolor=color, edgecolor=BLACK, lw=0.7)
        )
    text = "\n".join(["(" + ", ".join(map(str, shape[:2])) + ",", ", ".join(map(str, shape[2:])) + ")"])
    axes.text(place, 1.2, text if len(shape) == 4 else _shape(shape), ha="center", va="center", fontsize=9)


@cache
def pairs(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Return n outputs and n targets close to them, each (n,) float64."""
    targets = np.linspace(1.0, 2.0, n)
    return targets + 0.1 * np.cos(np.arange(n)), targets


def draw_broadcast(n: int, outputs: str, targets: str) -> Picture:
    """Draw all squared differences of `outputs - targets`; their mean is the loss.

    outputs, targets: COLUMN or FLAT, the shapes of the two.
    """
    values = [v[:, None] if shape == COLUMN else v for v, shape in zip(pairs(n), (outputs, targets), strict=True)]
    difference = values[0] - values[1]
    result, loss = difference.shape, np.mean(difference**2)
    intended = np.mean((pairs(n)[0] - pairs(n)[1]) ** 2)
    grid = difference**2 if difference.ndim == 2 else difference[None] ** 2
    figure, axes = new_figure(size=(6.6, 3.8))
    axes.imshow(grid, cmap="YlOrBr", vmin=0, vmax=1.2, aspect="equal")
    for i, j in np.ndindex(grid.shape):
        meant = i == j or 1 in grid.shape
        color, weight = (BLUE, "bold") if meant else (BLACK, "normal")
        axes.text(j, i, f"{grid[i, j]:.2f}", ha="center", va="center", fontsize=9, color=color, weight=weight)
        if meant:
            axes.add_patch(Rectangle((j - 0.5, i - 0.5), 1, 1, fill=False, edgecolor=ORANGE, lw=2))
    axes.set(xticks=range(grid.shape[1]), yticks=range(grid.shape[0]), xlabel="second axis", ylabel="first axis")
    axes.grid(visible=False)
    axes.set_title(f"{_named(outputs, n)} − {_named(targets, n)} is {_shape(result)}: loss {loss:.3f}")
    return finish(
        figure,
        f"Squares of outputs minus targets, shapes {_named(outputs, n)} and {_named(targets, n)}: "
        f"{grid.size} numbers of shape {_shape(result)} with mean {loss:.4f}. Sample by sample there are {n} "
        f"numbers, with mean {intended:.4f}.",
    )


def _named(shape: str, n: int) -> str:
    return shape.replace("n", str(n))
