"""How many places a window has: the size of a convolution's output (CS7150-L1, "DL and vision").

Krizhevsky, Sutskever, Hinton, "ImageNet Classification with Deep Convolutional Neural Networks" (2012), Figure 2;
LeCun, Bottou, Bengio, Haffner, "Gradient-Based Learning Applied to Document Recognition" (1998).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.collections import PatchCollection
from matplotlib.patches import Rectangle

from course_utils.drawing.pictures import BLACK, BLUE, GREY, ORANGE, VERMILION, Picture, finish, new_figure

LENET = (("convolution 5", 5, 1, 0), ("pool 2", 2, 2, 0), ("convolution 5", 5, 1, 0), ("pool 2", 2, 2, 0))
"""Layers of LeNet on an image of 32 x 32: name, window, stride, padding."""

ALEXNET = (
    ("convolution 11", 11, 4, 0), ("pool 3", 3, 2, 0), ("convolution 5", 5, 1, 2), ("pool 3", 3, 2, 0),
    ("convolution 3", 3, 1, 1), ("convolution 3", 3, 1, 1), ("convolution 3", 3, 1, 1), ("pool 3", 3, 2, 0),
)  # fmt: skip
"""Layers of AlexNet on an image of 227 x 227."""

CAPTION = {"input": 150_528, "layer 1": 253_440, "layer 2": 186_624, "layer 3": 64_896, "layer 4": 64_896,
           "layer 5": 43_264}  # fmt: skip
"""Numbers of the caption of AlexNet's Figure 2; layers 6 to 8 have 4096, 4096 and 1000 neurons."""


def exact_places(n: int, window: int, stride: int = 1, padding: int = 0) -> float:
    """Return (n + 2 padding - window) / stride + 1, which need not be a whole number."""
    return (n + 2 * padding - window) / stride + 1


def places(n: int, window: int, stride: int = 1, padding: int = 0) -> int:
    """Return how many places the window has: the above, rounded down. Raises ValueError where it does not fit once."""
    if window > n + 2 * padding:
        raise ValueError(f"a window of {window} does not fit into {n} + 2 * {padding}")
    return int(np.floor(exact_places(n, window, stride, padding)))


def sizes_through(n: int, layers: Sequence[tuple[str, int, int, int]]) -> list[int]:
    """Return the side of the picture before the first layer and after each."""
    sides = [n]
    for _, window, stride, padding in layers:
        sides.append(places(sides[-1], window, stride, padding))
    return sides


def draw_places(n: int, window: int, stride: int, padding: int) -> Picture:
    """Draw a row of pixels with its padding, and each place of the window below it."""
    count, exact = places(n, window, stride, padding), exact_places(n, window, stride, padding)
    unused = n + 2 * padding - window - stride * (count - 1)
    figure, axes = new_figure(size=(8.6, 3.2))
    row = [(0, n, BLUE), (-padding, padding, GREY), (n, padding, GREY), (n + padding - unused, unused, VERMILION)]
    patches = [Rectangle((start, 0), width, 1.5) for start, width, _ in row]
    depth = -(-window // stride) + 1  # windows lie in so many lines that none hides another
    patches += [Rectangle((i * stride - padding, -2 - i % depth), window, 0.7) for i in range(count)]
    colours = [colour for _, _, colour in row] + [ORANGE] * count
    axes.add_collection(PatchCollection(patches, facecolors=colours, edgecolors=BLACK, linewidths=0.3))
    axes.set(
        xlim=(-6, n + 6), ylim=(-2.3 - depth, 2), yticks=[], xlabel="pixel of one row", ylabel="places of the window"
    )
    axes.grid(visible=False)
    axes.set_title(f"({n} + 2·{padding} − {window}) / {stride} + 1 = {exact:g}: the window fits {count} times")
    return finish(
        figure,
        f"A row of {n} pixels with a padding of {padding}, a window of {window} and a stride of {stride}: "
        f"{exact:g} is rounded down to {count} places, and the last {unused} of the pixels are never seen.",
    )
