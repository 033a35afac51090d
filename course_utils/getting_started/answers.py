"""Draw the answers to assignment 00 (CS7150-L1, "DL and vision"). The references are those of scipy and torch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps

import numpy as np
import torch
from scipy.spatial.distance import cdist
from torch.nn import functional as F

from course_utils.drawing.digits import all_digits
from course_utils.drawing.guarded_call import guarded_call
from course_utils.drawing.pictures import BLUE, GREY, Picture, finish, new_figure
from course_utils.exercises.reference_style import REFERENCE_STYLE, titled
from course_utils.getting_started.convolution_sizes import ALEXNET

Function = Callable[..., object]

# Number of digits per class in the rows, and in the columns, of the table of distances.
PER_CLASS = (4, 3)


def distances_of_digits(pairwise_sq_dists: Function) -> Picture:
    """Draw the squared distances between 40 digits and 30 others, each sorted by class, as a table of colours."""
    X, Y, x_classes, y_classes = _sorted_digits()
    reference = cdist(X, Y, "sqeuclidean")
    result, problem = guarded_call(pairwise_sq_dists, torch.tensor(X), torch.tensor(Y), like=torch.tensor(reference))
    yours = None if problem else result.detach().numpy()

    figure, panels = new_figure(1, 2, size=(8.6, 4.8), sharey=True, width_ratios=(4, 5))
    tables = (reference, np.full_like(reference, np.nan) if yours is None else yours)
    for panel, table, title in zip(panels, tables, ("reference", "yours"), strict=True):
        image = panel.imshow(table, cmap="viridis", vmin=0, vmax=reference.max(), aspect="auto")
        panel.set(title="no answer to draw" if title == "yours" and problem else title, xlabel="class of y")
        panel.set_xticks(np.flatnonzero(np.diff(y_classes, prepend=-1)) + 1, range(10))
        panel.set_yticks(np.flatnonzero(np.diff(x_classes, prepend=-1)) + 1.5, range(10))
        panel.grid(False)
    panels[0].set_ylabel("class of x")
    figure.colorbar(image, ax=panels[1], label="squared distance")
    figure.suptitle(titled("Digits of one class are close together", problem), fontsize="medium")
    return finish(
        figure,
        f"Squared distances between 40 digits and 30 others. "
        f"Reference: {_distances_in_words(reference, x_classes, y_classes)} "
        f"{problem if yours is None else 'Yours: ' + _distances_in_words(yours, x_classes, y_classes)}",
    )


def receptive_fields(layers_as_one: Function) -> Picture:
    """Draw the receptive field of one output, and the stride, after each layer of AlexNet."""
    names, width = [name for name, *_ in ALEXNET], 227
    stacks = [[layer for _, *layer in ALEXNET[:last]] for last in range(1, len(ALEXNET) + 1)]
    reference = np.array([_window_and_stride(stack) for stack in stacks])

    @wraps(layers_as_one)
    def after_each_layer() -> np.ndarray:
        found = [layers_as_one(width, [tuple(layer) for layer in stack]) for stack in stacks]
        return np.array([[float(one[name]) for name in ("window", "stride")] for one in found])  # pyright: ignore[reportIndexIssue]

    yours, problem = guarded_call(after_each_layer, like=reference)

    figure, panels = new_figure(1, 2, size=(9.0, 4.0))
    for i, (panel, what) in enumerate(zip(panels, ("receptive field", "stride"), strict=True)):
        panel.plot(reference[:, i], label="reference", **REFERENCE_STYLE)
        if yours is not None:
            panel.plot(yours[:, i], color=BLUE, linewidth=1, marker="o", markersize=4, label="yours")
        panel.set(ylabel="pixels of the image", title=what)
        panel.set_xticks(range(len(names)), names, rotation=60, ha="right", fontsize=8)
    panels[0].axhline(width, color=GREY, linestyle=":", label="width of the image")
    panels[0].legend(loc="lower right")
    figure.suptitle(titled("What one output sees after each layer of AlexNet", problem), fontsize="medium")
    return finish(
        figure,
        f"Receptive field and stride after each layer of AlexNet, for an image {width} pixels wide. "
        f"Reference: {_fields_in_words(reference)} {problem if yours is None else 'Yours: ' + _fields_in_words(yours)}",
    )


def _sorted_digits() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return (X, Y, x_classes, y_classes): pixels from 0 to 1, (40, 64) and (30, 64), sorted by class."""
    pixels, classes = all_digits()
    rows, columns = PER_CLASS
    by_class = [np.flatnonzero(classes == c) for c in range(10)]
    x_places = np.concatenate([places[:rows] for places in by_class])
    y_places = np.concatenate([places[rows : rows + columns] for places in by_class])
    return pixels[x_places], pixels[y_places], classes[x_places], classes[y_places]


def _window_and_stride(stack: Sequence[Sequence[int]], length: int = 600) -> tuple[float, float]:
    """Return how many pixels an output depends on, and how many pixels further the next one begins.

    stack: (window, stride, padding) of each layer. length: of the row of pixels, so long that no end is near.
    """
    row = torch.ones(1, 1, length, dtype=torch.float64, requires_grad=True)
    outputs = row
    for window, stride, _ in stack:
        outputs = F.conv1d(outputs, torch.ones(1, 1, window, dtype=torch.float64), stride=stride)
    slopes = [torch.autograd.grad(outputs[0, 0, i], row, retain_graph=True)[0][0, 0] for i in (0, 1)]
    first, second = (np.flatnonzero(slope.numpy()) for slope in slopes)
    return float(first[-1] - first[0] + 1), float(second[0] - first[0])


def _distances_in_words(table: np.ndarray, x_classes: np.ndarray, y_classes: np.ndarray) -> str:
    same = x_classes[:, None] == y_classes
    nearest = np.count_nonzero(y_classes[np.argmin(table, axis=1)] == x_classes)
    return (
        f"the mean is {np.mean(table[same]):.2f} within a class and {np.mean(table[~same]):.2f} between classes; "
        f"for {nearest} of {len(table)} digits the nearest has the same class."
    )


def _fields_in_words(found: np.ndarray) -> str:
    fields, strides = (", ".join(f"{value:g}" for value in found[:, i]) for i in (0, 1))
    return f"one output sees {fields} pixels; two neighbours are {strides} pixels apart."
