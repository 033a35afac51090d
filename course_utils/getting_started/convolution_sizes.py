"""Output size of convolution and pooling layers (CS7150-L1, "DL and vision").

Krizhevsky, Sutskever, Hinton, "ImageNet Classification with Deep Convolutional Neural Networks" (2012), Figure 2;
LeCun, Bottou, Bengio, Haffner, "Gradient-Based Learning Applied to Document Recognition" (1998).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.collections import PatchCollection
from matplotlib.patches import Rectangle

from course_utils.drawing.pictures import BLACK, BLUE, GREY, ORANGE, VERMILION, Picture, finish, new_figure

# Layers of LeNet for an image of 32 x 32: name, window, stride, padding.
LENET = (("convolution 5", 5, 1, 0), ("pool 2", 2, 2, 0), ("convolution 5", 5, 1, 0), ("pool 2", 2, 2, 0))

# Layers of AlexNet for an image of 227 x 227.
ALEXNET = (
    ("convolution 11", 11, 4, 0), ("pool 3", 3, 2, 0), ("convolution 5", 5, 1, 2), ("pool 3", 3, 2, 0),
    ("convolution 3", 3, 1, 1), ("convolution 3", 3, 1, 1), ("convolution 3", 3, 1, 1), ("pool 3", 3, 2, 0),
)  # fmt: skip

# Numbers in the caption of AlexNet's Figure 2; layers 6 to 8 have 4096, 4096 and 1000 neurons.
CAPTION = {"input": 150_528, "layer 1": 253_440, "layer 2": 186_624, "layer 3": 64_896, "layer 4": 64_896,
           "layer 5": 43_264}  # fmt: skip


def exact_places(n: int, window: int, stride: int = 1, padding: int = 0) -> float:
    """Return (n + 2 padding - window) / stride + 1, which need not be a whole number."""
    return (n + 2 * padding - window) / stride + 1


def places(n: int, window: int, stride: int = 1, padding: int = 0) -> int:
    """Return the number of positions of the window: `exact_places`, rounded down.

    Raises ValueError if the window is larger than the padded input.
    """
    if window > n + 2 * padding:
        raise ValueError(f"a window of {window} does not fit into {n} + 2 * {padding}")
    return int(np.floor(exact_places(n, window, stride, padding)))


def sizes_through(n: int, layers: Sequence[tuple[str, int, int, int]]) -> list[int]:
    """Return the side of the image before the first layer and after each layer.

    n: side of the input. layers: (name, window, stride, padding) of each. Raises ValueError if a window does not fit.
    """
    sides = [n]
    for _, window, stride, padding in layers:
        sides.append(places(sides[-1], window, stride, padding))
    return sides


def draw_places(n: int, window: int, stride: int, padding: int) -> Picture:
    """Draw a row of pixels with its padding, and each position of the window below it.

    Raises ValueError if the window is larger than the padded row.
    """
    count, exact = places(n, window, stride, padding), exact_places(n, window, stride, padding)
    unused = n + 2 * padding - window - stride * (count - 1)
    figure, axes = new_figure(size=(8.6, 3.2))
    row = [(0, n, BLUE), (-padding, padding, GREY), (n, padding, GREY), (n + padding - unused, unused, VERMILION)]
    patches = [Rectangle((start, 0), width, 1.5) for start, width, _ in row]
    depth = -(-window // stride) + 1  # enough lines that no window hides another
    patches += [Rectangle((i * stride - padding, -2 - i % depth), window, 0.7) for i in range(count)]
    colours = [colour for _, _, colour in row] + [ORANGE] * count
    axes.add_collection(PatchCollection(patches, facecolors=colours, edgecolors=BLACK, linewidths=0.3))
    axes.set(
        xlim=(-6, n + 6), ylim=(-2.3 - depth, 2), yticks=[], xlabel="pixel of one row", ylabel="positions of the window"
    )
    axes.grid(visible=False)
    axes.set_title(f"({n} + 2·{padding} − {window}) / {stride} + 1 = {exact:g}: the window fits {count} times")
    return finish(
        figure,
        f"A row of {n} pixels with a padding of {padding}, a window of {window} and a stride of {stride}: "
        f"{exact:g} is rounded down to {count} positions. Pixels at the end that the window never covers: {unused}.",
    )
