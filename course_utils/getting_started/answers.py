"""Draw the answers to assignment 00 (CS7150-L1, "DL and vision" and "Open Problems").

The references are those of scipy, torch and numpy.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
import torch
from scipy.spatial.distance import cdist
from sklearn.linear_model import LogisticRegression
from torch.nn import functional as F

from course_utils.drawing.digits import all_digits
from course_utils.drawing.pictures import BLUE, GREEN, ORANGE, VERMILION, Picture, finish, new_figure
from course_utils.exercises.guarded_call import guarded_call
from course_utils.exercises.reference_style import REFERENCE_STYLE, titled

Function = Callable[..., object]

# Number of digits per class in the rows, and in the columns, of the table of distances.
PER_CLASS = (4, 3)

# The layers, as (kernel, stride, padding), whose output sizes are drawn; the last is AlexNet's first layer.
LAYERS = {
    "k = 3, s = 1, p = 1": (3, 1, 1),
    "k = 5, s = 1, p = 0": (5, 1, 0),
    "k = 2, s = 2, p = 0": (2, 2, 0),
    "k = 11, s = 4, p = 0": (11, 4, 0),
}

INPUTS = np.arange(11, 41)

# The eps by which digits are changed; one of them is drawn at STEPS[SHOWN].
STEPS = np.linspace(0.0, 0.3, 13)
SHOWN = 8


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


def output_sizes(conv_out_size: Function) -> Picture:
    """Draw the size of the output of four layers against the size of their input, from 11 to 40 pixels."""
    references = [[_size_by_torch(n, *layer) for n in INPUTS.tolist()] for layer in LAYERS.values()]
    attempts = [
        [guarded_call(conv_out_size, n, *layer, like=np.array(0)) for n in INPUTS.tolist()] for layer in LAYERS.values()
    ]
    problem = next((failed for line in attempts for _, failed in line if failed), None)
    yours = None if problem else [[float(size) for size, _ in line] for line in attempts]

    figure, axes = new_figure(size=(6.8, 4.2))
    for i, (name, colour) in enumerate(zip(LAYERS, (BLUE, GREEN, ORANGE, VERMILION), strict=True)):
        axes.plot(INPUTS, references[i], label="reference" if i == 0 else None, **REFERENCE_STYLE)
        if yours is not None:
            axes.plot(INPUTS, yours[i], color=colour, linewidth=1, marker="o", markersize=3, label=f"yours, {name}")
    axes.set(xlabel="input size n (pixels)", ylabel="output size (pixels)")
    axes.set_title(titled("Output size of a layer", problem))
    axes.legend(loc="upper left")
    return finish(
        figure,
        f"Output size against input size for four layers: {'; '.join(LAYERS)}. "
        f"Reference: {_sizes_in_words(references)} {problem if yours is None else 'Yours: ' + _sizes_in_words(yours)}",
    )


def fooled_classifier(fgsm: Function) -> Picture:
    """Draw the accuracy of a linear classifier of digits against eps, and one digit at the eps of STEPS[SHOWN]."""
    x, y, grad = _digits_and_gradient()
    references = [np.clip(x + eps * np.sign(grad), 0.0, 1.0) for eps in STEPS]
    attempts = [
        guarded_call(fgsm, torch.tensor(x), torch.tensor(grad), float(eps), like=torch.tensor(x)) for eps in STEPS
    ]
    problem = next((failed for _, failed in attempts if failed), None)
    yours = None if problem else [images.detach().numpy() for images, _ in attempts]
    drawn = references if yours is None else yours

    figure, (curve, *images) = new_figure(1, 3, size=(9.0, 3.6), width_ratios=(2, 1, 1))
    curve.plot(STEPS, [_accuracy(batch, y) for batch in references], label="reference", **REFERENCE_STYLE)
    if yours is not None:
        curve.plot(STEPS, [_accuracy(batch, y) for batch in yours], color=BLUE, marker="o", markersize=4, label="yours")
    curve.set(xlabel="eps", ylabel="accuracy", ylim=(-0.03, 1.03), title=f"{len(y)} new digits")
    curve.legend()
    images[1].set_xlabel("reference" if yours is None else "yours")
    for panel, batch, eps in zip(images, (x, drawn[SHOWN]), (0.0, STEPS[SHOWN]), strict=True):
        panel.imshow(batch[0].reshape(8, 8), cmap="gray_r", vmin=0, vmax=1)
        panel.set(title=f"eps = {eps:.2g}: predicted {_classes(batch[:1])[0]}", xticks=[], yticks=[])
        panel.grid(False)
    figure.suptitle(titled("Adversarial digits for a linear classifier", problem), fontsize="medium")
    return finish(
        figure,
        f"Accuracy of a linear classifier on {len(y)} digits, with a change of eps in each pixel. "
        f"Reference: {_accuracies_in_words(references, y)} "
        f"{problem if yours is None else 'Yours: ' + _accuracies_in_words(yours, y)}",
    )


def _sorted_digits() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return (X, Y, x_classes, y_classes): pixels from 0 to 1, (40, 64) and (30, 64), sorted by class."""
    pixels, classes = all_digits()
    rows, columns = PER_CLASS
    by_class = [np.flatnonzero(classes == c) for c in range(10)]
    x_places = np.concatenate([places[:rows] for places in by_class])
    y_places = np.concatenate([places[rows : rows + columns] for places in by_class])
    return pixels[x_places], pixels[y_places], classes[x_places], classes[y_places]


def _size_by_torch(n: int, k: int, s: int, p: int) -> int:
    return F.conv1d(torch.zeros(1, 1, n), torch.zeros(1, 1, k), stride=s, padding=p).shape[2]


@cache
def _classifier() -> tuple[np.ndarray, np.ndarray]:
    """Return (W, b), (10, 64) and (10,), of a logistic regression on the first 1,200 digits."""
    pixels, classes = all_digits()
    model = LogisticRegression(max_iter=200).fit(pixels[:1200], classes[:1200])
    return model.coef_, model.intercept_


def _digits_and_gradient() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return (x, y, grad): the digits after the first 1,200, (n, 64), their classes, (n,), and dloss/dx, (n, 64)."""
    pixels, classes = all_digits()
    x, y = torch.tensor(pixels[1200:], requires_grad=True), torch.tensor(classes[1200:])
    W, b = (torch.tensor(part) for part in _classifier())
    (grad,) = torch.autograd.grad(F.cross_entropy(x @ W.T + b, y, reduction="sum"), x)
    return x.detach().numpy(), y.numpy(), grad.numpy()


def _classes(x: np.ndarray) -> np.ndarray:
    W, b = _classifier()
    return np.argmax(x @ W.T + b, axis=1)


def _accuracy(x: np.ndarray, y: np.ndarray) -> float:
    return float(np.mean(_classes(x) == y))


def _distances_in_words(table: np.ndarray, x_classes: np.ndarray, y_classes: np.ndarray) -> str:
    same = x_classes[:, None] == y_classes
    nearest = np.count_nonzero(y_classes[np.argmin(table, axis=1)] == x_classes)
    return (
        f"the mean is {np.mean(table[same]):.2f} within a class and {np.mean(table[~same]):.2f} between classes; "
        f"for {nearest} of {len(table)} digits the nearest has the same class."
    )


def _sizes_in_words(sizes: Sequence[Sequence[float]]) -> str:
    shown = ("; ".join(f"{line[int(np.argmax(n == INPUTS))]:g}" for line in sizes) for n in (12, 32))
    return "12 pixels become {}, and 32 pixels become {}.".format(*shown)


def _accuracies_in_words(batches: list[np.ndarray], y: np.ndarray) -> str:
    shown = ", ".join(f"{_accuracy(batches[i], y):.3f} at {STEPS[i]:.2g}" for i in (0, 4, SHOWN))
    return f"the accuracy is {shown}."
