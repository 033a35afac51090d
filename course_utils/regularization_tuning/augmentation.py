"""Data augmentation of digits, drawn: shifts, rotations, noise and flips, and the class that a network then predicts.

Sources: CIS5190-L15, "Data Augmentation". An image is (8, 8), grey levels between 0 and 1; the first axis counts rows
downwards, the second columns to the right.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from matplotlib.axes import Axes
from scipy import ndimage
from scipy.special import softmax

from course_utils.drawing import digit_network
from course_utils.drawing.digits import digits
from course_utils.drawing.pictures import BLACK, BLUE, GREEN, GREY, VERMILION, Picture, finish, new_figure
from course_utils.regularization_tuning.dropout import trained_digits

# New digits that a slider chooses from, and those on which the accuracy is measured.
SHOWN, TESTED = 30, 200

# Images, learning rate, epochs and batch size of the networks that are trained on shifted images.
FEW, RATE, EPOCHS, BATCH = 500, 0.5, 150, 50

REACHES, FARTHEST = (0, 1, 2), 2  # largest shifts in training; largest shift that is tested


def rotated(images: np.ndarray, angle: float) -> np.ndarray:
    """Rotate images, (..., 8, 8), about their centre by `angle` degrees, counter-clockwise; new pixels are 0."""
    return np.clip(ndimage.rotate(images, angle, axes=(-1, -2), reshape=False, order=1), 0, 1)


def shifted(images: np.ndarray, down: int, right: int) -> np.ndarray:
    """Shift images, (..., 8, 8), by whole pixels; new pixels are 0."""
    return ndimage.shift(images, (0,) * (images.ndim - 2) + (down, right), order=0)


def changed(
    images: np.ndarray, angle: float, down: int, right: int, brightness: float, noise: float, flip: bool
) -> np.ndarray:
    """Return images, (n, 8, 8), flipped, rotated, shifted, multiplied by `brightness`, with noise, in this order."""
    if flip:
        images = images[..., ::-1]
    images = shifted(rotated(images, angle), down, right) * brightness
    return images + noise * np.random.default_rng(0).normal(size=images.shape)


def confidence(images: np.ndarray) -> np.ndarray:
    """Return the class probabilities, (n, 10), of images, (n, 8, 8), by the network of `dropout` with p = 0.2."""
    W1, b1, W2, b2 = trained_digits()["0.2"]
    return softmax(np.maximum(images.reshape(len(images), 64) @ W1 + b1, 0) @ W2 + b2, axis=1)


@cache
def new_images() -> tuple[np.ndarray, np.ndarray]:
    """Return 797 digits that the network has not seen, (797, 8, 8), and their labels, (797,)."""
    *_, X, labels = digits()
    return X.reshape(-1, 8, 8), labels


def draw_augmentation(
    image: int, angle: float, down: int, right: int, brightness: float, noise: float, flip: bool
) -> Picture:
    """Draw a digit, the digit changed, and the class probabilities; the accuracy is that on 200 digits changed alike.

    image: which of the new digits, below SHOWN.
    """
    images, labels = new_images()
    settings = (angle, down, right, brightness, noise, flip)
    after = changed(images[[image]], *settings)
    p, y = confidence(after)[0], int(labels[image])
    accuracy = np.mean(confidence(changed(images[:TESTED], *settings)).argmax(axis=1) == labels[:TESTED])
    figure, (first, second, bars) = new_figure(1, 3, size=(9, 3.1), width_ratios=[3, 3, 5])
    _image(first, images[image], f"the image, a {y}")
    _image(second, after[0], "changed")
    bars.bar(range(10), p, color=[GREEN if j == y else VERMILION if j == p.argmax() else GREY for j in range(10)])
    bars.set(xlabel="class", ylabel="probability", xticks=range(10), ylim=(0, 1.05), yticks=[0, 0.5, 1])
    bars.set_title(f"classified as {p.argmax()}; accuracy {accuracy:.0%}")
    return finish(
        figure,
        f"A {y} rotated by {angle:.0f} degrees, shifted {down} down and {right} to the right, brightness "
        f"{brightness:.1f}, noise {noise:.2f}, {'mirrored' if flip else 'not mirrored'}: classified as {p.argmax()} "
        f"with probability {p.max():.2f}; class {y} has {p[y]:.2f}. Accuracy on {TESTED} digits changed alike: "
        f"{accuracy:.1%}.",
    )


@cache
def trained_on_shifts(reach: int) -> np.ndarray:
    """Return the parameters, (1, 2410), of a tanh network trained on 500 digits, each shifted anew in every epoch.

    The shifts down and to the right are whole numbers from -reach to reach.
    """
    X, labels, *_ = digits()
    images, labels = X[:FEW].reshape(-1, 8, 8), labels[:FEW]
    moves = [(down, right) for down in range(-reach, reach + 1) for right in range(-reach, reach + 1)]
    copies = np.stack([shifted(images, *move) for move in moves]).reshape(len(moves), FEW, 64)
    w, rng = digit_network.initial()[None], np.random.default_rng(0)
    for _ in range(EPOCHS):
        now = copies[rng.integers(len(moves), size=FEW), np.arange(FEW)]
        for batch in digit_network.minibatches(FEW, BATCH, rng):
            w = w - RATE * digit_network.gradient(w, now[batch], labels[batch])
    return w


@cache
def accuracy_on_shifts(reach: int) -> np.ndarray:
    """Return the accuracy of `trained_on_shifts` on 797 new digits shifted down by 0, 1 and 2 pixels, (3,)."""
    images, labels = new_images()
    moved = [shifted(images, down, 0).reshape(-1, 64) for down in range(FARTHEST + 1)]
    return np.array([digit_network.loss_and_accuracy(trained_on_shifts(reach), X, labels)[1][0] for X in moved])


def draw_shift_training(reach: int, down: int) -> Picture:
    """Draw one training image in all its shifts, and the accuracy of three networks on digits shifted by `down`."""
    image = digits()[0][3].reshape(8, 8)
    figure, (left, right) = new_figure(1, 2, size=(8.6, 3.6), width_ratios=[2, 3])
    moves = range(-reach, reach + 1)
    tiles = [[np.pad(shifted(image, i, j), 1, constant_values=0.5) for j in moves] for i in moves]
    left.imshow(np.block(tiles), cmap="gray_r", vmin=0, vmax=1)
    left.set(
        xticks=[],
        yticks=[],
        xlabel="shifted to the right",
        ylabel="shifted down",
        title=f"one image, {len(moves) ** 2} shifts",
    )
    left.grid(visible=False)
    accuracies = {}
    for other, colour in zip(REACHES, (VERMILION, GREEN, BLUE), strict=True):
        curve = accuracy_on_shifts(other)
        accuracies[other] = curve[down]
        right.plot(
            range(FARTHEST + 1), curve, color=colour, lw=3 if other == reach else 1.2, label=f"trained with ±{other}"
        )
        right.plot(down, curve[down], "o", color=colour, mec=BLACK, ms=9 if other == reach else 5)
    right.set(
        xlabel="new digits shifted down by (pixels)", ylabel="accuracy", ylim=(0, 1.02), xticks=range(FARTHEST + 1)
    )
    right.set(yticks=[0, 0.5, 1], title=f"±{reach}: accuracy {accuracies[reach]:.1%} on digits shifted by {down}")
    right.legend(loc="lower left", fontsize=8)
    values = ", ".join(f"{value:.1%} with shifts up to {other}" for other, value in accuracies.items())
    return finish(
        figure,
        f"One of {FEW} training images in {len(moves) ** 2} shifts (up to {reach}). Accuracy on 797 new digits shifted "
        f"down by {down}: {values}.",
    )


def _image(axes: Axes, pixels: np.ndarray, title: str) -> None:
    axes.imshow(pixels, cmap="gray_r", vmin=0, vmax=1)
    axes.set(title=title, xlabel="column of pixels", ylabel="row of pixels", xticks=[0, 7], yticks=[0, 7])
    axes.grid(visible=False)
