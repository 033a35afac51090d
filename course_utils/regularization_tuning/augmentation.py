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
from course_utils.drawing.pictures import BLACK, GREEN, GREY, VERMILION, Picture, finish, new_figure
from course_utils.regularization_tuning.dropout import trained_digits

# New digits that a slider chooses from, and those on which the accuracy is measured.
SHOWN, TESTED = 30, 200

RATE, BATCH = 0.5, 50


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


# --- how strong? -----------------------------------------------------------------------------------------------------

HANDWRITING, SHIFTS = "slant, wobble and noise", "shifts"
STRENGTHS = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0)
FEW_SIZES, COPIES, FEW_UPDATES, SETS = (100, 500), 3000, 1000, 4


def distorted(images: np.ndarray, kind: str, strength: float, rng: np.random.Generator) -> np.ndarray:
    """Return images, (n, 8, 8), each distorted at random; 0 is not at all.

    kind: HANDWRITING slants an image, bends it smoothly and adds noise; SHIFTS moves it by a fraction of a pixel or
    more.
    """
    n, (rows, columns) = len(images), np.indices((8, 8)).astype(float)
    slant, wobble = rng.normal(size=(n, 1, 1)), ndimage.gaussian_filter(rng.normal(size=(n, 2, 8, 8)), (0, 0, 2, 2))
    moves, noise = rng.normal(size=(n, 2, 1, 1)), rng.normal(size=images.shape)
    if kind == SHIFTS:
        by = 0.3 * strength * np.broadcast_to(moves, (n, 2, 8, 8))
    else:
        by = 0.5 * strength * wobble / wobble.std()
        by[:, 1] += 0.15 * strength * slant * (rows - 3.5)
    pixels = [
        ndimage.map_coordinates(image, (rows + i, columns + j), order=3)
        for image, (i, j) in zip(images, by, strict=True)
    ]
    return np.clip(pixels, 0, 1) + (0.2 * strength * noise if kind == HANDWRITING else 0)


@cache
def accuracy_by_strength(kind: str, size: int, first: int = 0) -> np.ndarray:
    """Return the accuracy on the 797 new digits, as they are, for SETS training sets and all STRENGTHS, (SETS, 7).

    kind: HANDWRITING or SHIFTS. size: the number of training images, of which COPIES distorted copies are made in all.
    The networks of a set see the same images in the same order, in FEW_UPDATES updates whose learning rate falls to 0.
    """
    X, labels, X_new, labels_new = digits()
    found = []
    for seed in range(first, first + SETS):
        rng = np.random.default_rng(seed)
        rows = np.resize(rng.permutation(len(X))[:size], COPIES)  # each image equally often
        images = X[rows].reshape(-1, 8, 8)
        copies = np.stack([distorted(images, kind, s, np.random.default_rng(seed)) for s in STRENGTHS])
        copies, w = (
            copies.reshape(len(STRENGTHS), COPIES, 64),
            np.tile(digit_network.initial(seed), (len(STRENGTHS), 1)),
        )
        for t in range(FEW_UPDATES):
            batch = rng.integers(COPIES, size=BATCH)
            rate = RATE * (1 + np.cos(np.pi * t / FEW_UPDATES)) / 2
            w = w - rate * digit_network.gradient(w, copies[:, batch], labels[rows[batch]])
        found.append(digit_network.loss_and_accuracy(w, X_new, labels_new)[1])
    return np.array(found)


def draw_strength(kind: str, strength: float, images_seen: str) -> Picture:
    """Draw distorted copies of digits, and the accuracy on new digits, as they are, against the strength in training.

    kind: HANDWRITING or SHIFTS. images_seen: the number of training images, one of FEW_SIZES.
    """
    size, k = int(images_seen), int(np.abs(np.array(STRENGTHS) - strength).argmin())
    X, labels, *_ = digits()
    originals = np.stack([X[labels == label][0] for label in (2, 3, 4, 8)]).reshape(-1, 8, 8)
    rng = np.random.default_rng(1)
    tiles = [originals, *(distorted(originals, kind, strength, rng) for _ in range(4))]  # a column per image
    figure, (left, right) = new_figure(1, 2, size=(8.8, 3.7), width_ratios=[2, 3])
    _image(
        left,
        np.block([[np.pad(tile, 1, constant_values=0.5) for tile in row] for row in tiles]),
        "four digits, each with four copies",
    )
    left.set(xticks=[], yticks=[], xlabel="four training images", ylabel="copies (first row: as it is)")
    for other, colour in ((HANDWRITING, GREEN), (SHIFTS, VERMILION)):
        runs = accuracy_by_strength(other, size)
        right.fill_between(STRENGTHS, runs.min(axis=0), runs.max(axis=0), color=colour, alpha=0.15)
        right.plot(STRENGTHS, runs.mean(axis=0), ".-", color=colour, lw=2.5 if other == kind else 1, label=other)
    mean = accuracy_by_strength(kind, size).mean(axis=0)
    right.axhline(mean[0], color=GREY, lw=1, ls=":", label="without augmentation")
    right.plot(STRENGTHS[k], mean[k], "o", color=GREEN if kind == HANDWRITING else VERMILION, mec=BLACK, ms=9)
    right.set(xlabel="strength of the augmentation", ylabel="accuracy on unchanged new digits", ylim=(0.55, 1))
    right.set_title(f"strength {STRENGTHS[k]:g}: {mean[k]:.1%}, without {mean[0]:.1%}")
    right.legend(loc="lower left", fontsize=8)
    return finish(
        figure,
        f"Accuracy on {len(digits()[3])} new digits, which are not changed, after training on {size} images with "
        f"{kind} of strength {STRENGTHS[k]:g}: {mean[k]:.1%}, the mean of {SETS} training sets; without augmentation "
        f"{mean[0]:.1%}. The best of the strengths is {STRENGTHS[int(mean.argmax())]:g}, with {mean.max():.1%}.",
    )


# --- digits that do not lie in the middle ----------------------------------------------------------------------------

SIZES, STARTS, UPDATES = (100, 200, 500, 1000), 3, 1500
MOVES = [(down, right) for down in (-1, 0, 1) for right in (-1, 0, 1)]


def placed(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return images, (n, 8, 8), each shifted once by up to one pixel: digits as a careless scanner crops them."""
    copies = np.stack([shifted(images, *move) for move in MOVES])
    return copies[rng.integers(len(MOVES), size=len(images)), np.arange(len(images))]


@cache
def accuracy_on_placed(size: int, augment: bool, seed: int = 0) -> np.ndarray:
    """Return the accuracy on 797 new digits, `placed` like the training digits, for STARTS initial weights, (STARTS,).

    augment: each time that a training image is used it is shifted by up to one pixel; the new digits never are. All
    networks make UPDATES updates, whose learning rate falls to 0.
    """
    X, labels, X_new, labels_new = digits()
    rng = np.random.default_rng(seed)
    chosen = rng.permutation(len(X))[:size]
    train, new = placed(X[chosen].reshape(-1, 8, 8), rng), placed(X_new.reshape(-1, 8, 8), rng)
    copies = np.stack([shifted(train, *move) for move in (MOVES if augment else [(0, 0)])]).reshape(-1, size, 64)
    w = np.stack([digit_network.initial(start) for start in range(STARTS)])
    for t in range(UPDATES):
        batch = rng.integers(size, size=BATCH)
        rate = RATE * (1 + np.cos(np.pi * t / UPDATES)) / 2
        X_batch = copies[rng.integers(len(copies), size=BATCH), batch]
        w = w - rate * digit_network.gradient(w, X_batch, labels[chosen][batch])
    return digit_network.loss_and_accuracy(w, new.reshape(-1, 64), labels_new)[1]


def draw_augmentation_helps(images_seen: str, image: int) -> Picture:
    """Draw a digit out of the middle with its shifts, and the accuracy on new digits with and without augmentation.

    images_seen: the number of training images, one of SIZES. image: which of the training images to show.
    """
    size = int(images_seen)
    original = placed(digits()[0][:SHOWN].reshape(-1, 8, 8), np.random.default_rng(0))[image]
    tiles = [[np.pad(shifted(original, i, j), 1, constant_values=0.5) for j in (-1, 0, 1)] for i in (-1, 0, 1)]
    figure, (left, right) = new_figure(1, 2, size=(8.6, 3.6), width_ratios=[2, 3])
    _image(left, np.block(tiles), "a training image and its shifts")
    left.set(xticks=[], yticks=[], xlabel="shifted to the right", ylabel="shifted down")
    means = {}
    for augment, colour, name in ((False, VERMILION, "without augmentation"), (True, GREEN, "with augmentation")):
        runs = np.array([accuracy_on_placed(n, augment) for n in SIZES])  # (4, STARTS)
        means[augment] = dict(zip(SIZES, runs.mean(axis=1), strict=True))
        right.fill_between(SIZES, runs.min(axis=1), runs.max(axis=1), color=colour, alpha=0.2)
        right.semilogx(SIZES, runs.mean(axis=1), ".-", color=colour, label=name)
        right.plot(size, means[augment][size], "o", color=colour, mec=BLACK, ms=9)
    right.set_xticks(SIZES, [str(n) for n in SIZES])
    right.minorticks_off()
    right.set(xlabel="training images", ylabel="accuracy on new digits", ylim=(0.3, 1), yticks=[0.4, 0.6, 0.8, 1])
    gain = 100 * (means[True][size] - means[False][size])
    right.set_title(f"{size} images: {gain:+.0f} points with augmentation")
    right.legend(loc="lower right", fontsize=8)
    return finish(
        figure,
        f"Digits that lie up to one pixel off the middle. Accuracy on 797 new ones, which are not changed, after "
        f"training on {size} images: {means[False][size]:.1%} without augmentation, {means[True][size]:.1%} with "
        f"it, the mean of {STARTS} networks each.",
    )


def _image(axes: Axes, pixels: np.ndarray, title: str) -> None:
    axes.imshow(pixels, cmap="gray_r", vmin=0, vmax=1)
    axes.set(title=title, xlabel="column of pixels", ylabel="row of pixels", xticks=[0, 7], yticks=[0, 7])
    axes.grid(visible=False)
