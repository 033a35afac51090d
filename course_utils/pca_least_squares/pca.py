"""Principal component analysis, drawn (CS7150-L1, "Principal Component Analysis").

Samples are columns, as in the lecture: `X: (m, n)` holds n samples with m features each.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from sklearn.datasets import load_digits

from course_utils.drawing.pictures import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    SKY,
    VERMILION,
    Picture,
    finish,
    in_space,
    new_figure,
)
from course_utils.pca_least_squares.subspaces import shade_span

ANGLES = np.arange(0.0, 181.0)
"""Every direction of the plane, a degree apart; 180 is 0 again."""

COLOURS_OF_DIGITS = (BLUE, VERMILION, GREEN, PURPLE, BLACK, ORANGE, SKY, GREY, BLUE, VERMILION)
"""A colour for each class; two classes may share one, since each image is drawn as its numeral."""


@cache
def flat_cloud() -> np.ndarray:
    """Return 60 samples in the plane, (2, 60): spread most along 30 degrees, their mean far away along 110 degrees."""
    tilt = np.radians(30)
    turn = np.array([[np.cos(tilt), -np.sin(tilt)], [np.sin(tilt), np.cos(tilt)]])
    spread = np.random.default_rng(2).normal(size=(2, 60)) * [[1.6], [0.6]]
    return turn @ spread + 4 * towards(110)[:, None]


@cache
def round_cloud() -> np.ndarray:
    """Return 120 centred samples in R^3, (3, 120), with another spread along each of three orthogonal directions."""
    turn = np.array([[2.0, -1, -2], [0, 2, -5], [1, 2, 4]]) / np.sqrt([5, 9, 45])
    spread = np.random.default_rng(4).normal(size=(3, 120)) * [[0.9], [0.5], [0.2]]
    return centred(turn @ spread)


@cache
def digits() -> tuple[np.ndarray, np.ndarray]:
    """Return scikit-learn's handwritten digits: images as columns, (64, 1797), grey levels 0 to 16; labels, (1797,)."""
    images, labels = load_digits(return_X_y=True)
    return images.T, labels


def centred(X: np.ndarray) -> np.ndarray:
    """Return X, (m, n), less the mean of its columns."""
    return X - X.mean(axis=1, keepdims=True)


def towards(angle: float) -> np.ndarray:
    """Return the unit vector g, (2,), at `angle` degrees."""
    return np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))])


def angle_of(g: np.ndarray) -> float:
    """Return the angle of the line along g, (2,), in degrees from 0 to below 180."""
    return float(np.degrees(np.arctan2(g[1], g[0])) % 180)


def variance_along(X: np.ndarray, g: np.ndarray) -> float:
    """Return ||g^T X||^2 / (n - 1) for a unit vector g, (m,): the variance along g, where X, (m, n), is centred."""
    return float(np.sum((g @ X) ** 2) / (X.shape[1] - 1))


def total_variance(X: np.ndarray) -> float:
    """Return the variance of centred X, (m, n), over all directions: the trace of its covariance matrix."""
    return float(np.sum(X**2) / (X.shape[1] - 1))


def directions(X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return left singular vectors of X, (m, n), and its singular values: (m, r) and (r,), r = min(m, n).

    The largest entry of each vector is made positive, so that pictures are the same on every machine.
    """
    U, values, _ = np.linalg.svd(X, full_matrices=False)
    largest = U[np.abs(U).argmax(axis=0), np.arange(U.shape[1])]
    return U * np.sign(largest), values


def greedy(X: np.ndarray, rounds: int) -> tuple[np.ndarray, np.ndarray]:
    """Follow the slide's procedure: find the direction of largest variance, take it out, begin again.

    X: centred samples, (m, n). Returns the directions found, (m, rounds), and what is left of X, (m, n).
    """
    found = np.empty((len(X), 0))
    for _ in range(rounds):
        g = directions(X)[0][:, :1]
        found, X = np.hstack([found, g]), X - g @ (g.T @ X)
    return found, X


@cache
def digit_directions() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return mean, (64, 1), principal directions, (64, 64), and singular values, (64,), of the digits."""
    X, _ = digits()
    return X.mean(axis=1, keepdims=True), *directions(centred(X))


def draw_direction(angle: float, subtract_mean: bool) -> Picture:
    """Draw samples and their shadows on the line along g, at `angle` degrees; beside it the variance for every g."""
    X = centred(flat_cloud()) if subtract_mean else flat_cloud()
    curve = [variance_along(X, towards(a)) for a in ANGLES]
    best = angle_of(directions(X)[0][:, 0])
    figure, (left, right) = new_figure(1, 2, size=(9, 4.4))
    _shadows(left, X, towards(angle))
    right.plot(ANGLES, curve, color=BLACK)
    right.axvline(best, 0, 0.75, color=GREEN, ls="--", label=f"U₁ of this matrix: {best:.0f} degrees")
    right.plot(angle, variance_along(X, towards(angle)), "o", color=BLUE, ms=9, label=f"g: {angle:.0f} degrees")
    right.set(
        xlabel="angle of g (degrees)", ylabel="‖gᵀX‖² / (n − 1)", xticks=range(0, 181, 45), ylim=(0, max(curve) / 0.75)
    )
    right.set_title("variance of the shadows" if subtract_mean else "not centred: measured from 0")
    right.legend(loc="upper center")
    return finish(figure, _what_g_catches(X, angle, best, subtract_mean))


def draw_greedy(round_number: int) -> Picture:
    """Draw what is left of a cloud in R^3 when `round_number` - 1 directions are taken out, and the next direction."""
    X = round_cloud()
    total, left_over = total_variance(X), greedy(X, round_number - 1)[1]
    found, _ = greedy(X, round_number)
    shares = [variance_along(X, g) for g in found.T]
    figure, (left, right) = new_figure(1, 2, size=(8.8, 4.4), width_ratios=[3, 2])
    space = in_space(left, reach=2)
    if round_number > 1:
        shade_span(space, left_over, reach=2)
    space.scatter(*left_over, color=BLUE, s=10)
    space.plot(*np.column_stack([-2 * found[:, -1], 2 * found[:, -1]]), color=VERMILION)
    space.set_title(
        ("round 1: the whole cloud", "round 2: a plane is left", "round 3: a line is left")[round_number - 1]
    )
    right.bar(range(1, round_number + 1), shares, color=VERMILION, width=0.5, label="taken")
    ideal = directions(X)[1] ** 2 / (X.shape[1] - 1)
    right.bar([1, 2, 3], ideal, width=0.5, fill=False, edgecolor=BLACK, lw=1, label="σᵢ² / (n − 1)")
    right.set(
        xlabel="round i",
        ylabel="variance",
        xticks=[1, 2, 3],
        yticks=[0, 0.4, 0.8],
        title=f"{sum(shares) / total:.0%} taken so far",
    )
    right.legend(loc="upper right")
    return finish(
        figure,
        f"Round {round_number} of the greedy search in R^3: the direction of largest variance in what is left takes "
        f"{shares[-1]:.2f} of {total:.2f}. After it {sum(shares) / total:.1%} of the variance is explained.",
    )


def draw_digit_map(digit: str, axes_shown: str) -> Picture:
    """Draw 600 digits at their first principal components; `digit` is the class that stands out, or "all".

    axes_shown: "1 and 2" or "3 and 4", the numbers of the two components.
    """
    X, labels = digits()
    mean, U, values = digit_directions()
    first = int(axes_shown[0]) - 1
    Z = U[:, first : first + 2].T @ (X - mean)
    share = (values[first : first + 2] ** 2).sum() / (values**2).sum()
    figure, axes = new_figure(size=(6.8, 5.2))
    for label in range(10):
        _class_of_digits(axes, Z[:, :600][:, labels[:600] == label], label, digit)
    axes.set(xlabel=f"component {first + 1}", ylabel=f"component {first + 2}", xlim=(-36, 36), ylim=(-36, 36))
    axes.set_title(f"64 pixels in two numbers, with {share:.1%} of the variance")
    return finish(
        figure,
        f"Handwritten digits in the plane of principal components {axes_shown}, which keeps {share:.1%} of the "
        f"variance; each image is drawn as its label. {_nearest_class(Z, labels, digit)}",
    )


def draw_reconstruction(components: int, image: int) -> Picture:
    """Draw a digit, what is left of it in the first principal components, and the share of variance they keep."""
    X, labels = digits()
    mean, U, values = digit_directions()
    kept = np.cumsum(values**2) / (values**2).sum()
    x, k = X[:, [image]], components
    rebuilt = mean + U[:, :k] @ (U[:, :k].T @ (x - mean))
    error = np.sqrt(np.mean((x - rebuilt) ** 2))
    figure, (left, middle, right) = new_figure(1, 3, size=(9, 3.4), width_ratios=[1, 1, 1.5])
    _image(left, x, f"the image, a {labels[image]}")
    _image(middle, rebuilt, f"from {k} of 64 numbers")
    right.plot(range(65), [0, *kept], color=BLACK)
    right.plot(k, kept[k - 1], "o", color=BLUE, ms=9)
    right.set(xlabel="number of components k", ylabel="share of variance", ylim=(0, 1.05), xticks=range(0, 65, 16))
    right.set_title(f"k = {k} keeps {kept[k - 1]:.1%}")
    return finish(
        figure,
        f"An image of a {labels[image]}, and the same image from {k} of 64 principal components, which keep "
        f"{kept[k - 1]:.1%} of the variance of all digits. This image is off by {error:z.2f} grey levels of 16 "
        f"(root mean square).",
    )


def _shadows(axes: Axes, X: np.ndarray, g: np.ndarray) -> None:
    """Draw samples X, (2, n), the line along g through the origin, and where each sample falls on it."""
    feet = np.outer(g, g @ X)
    axes.plot(*np.stack([-9 * g, 9 * g], axis=1), color=BLUE, lw=1)
    axes.add_collection(LineCollection(np.stack([X.T, feet.T], axis=1), colors=GREY, lw=0.5))
    axes.plot(*X, "o", color=SKY, ms=4)
    axes.plot(*feet, "o", color=BLUE, ms=3)
    axes.plot(0, 0, "+", color=BLACK, ms=12)
    axes.set(xlim=(-5, 5), ylim=(-3, 7), aspect="equal", xlabel="feature 1", ylabel="feature 2")
    axes.set_title("samples (light), shadows on the line of g (dark)")


def _what_g_catches(X: np.ndarray, angle: float, best: float, subtract_mean: bool) -> str:
    here, there = variance_along(X, towards(angle)), variance_along(X, towards(best))
    if subtract_mean:
        return (
            f"Centred samples and their shadows on a line at {angle:.0f} degrees: variance {here:.2f}. Over all angles "
            f"the largest, {there:.2f}, is at {best:.0f} degrees, the direction of U_1."
        )
    return (
        f"Samples that are not centred, and their shadows on a line at {angle:.0f} degrees: "
        f"||g^T X||^2 / (n - 1) is {here:.2f}. The largest, {there:.2f}, is at {best:.0f} degrees: "
        f"that is where the mean lies ({angle_of(X.mean(axis=1)):.0f} degrees), not where the samples spread."
    )


def _class_of_digits(axes: Axes, Z: np.ndarray, label: int, digit: str) -> None:
    """Draw the images of one class at Z, (2, n), as small numerals, and the numeral large at their mean."""
    stands_out = digit in ("all", str(label))
    colour = COLOURS_OF_DIGITS[label] if stands_out else GREY
    axes.scatter(*Z, marker=f"${label}$", s=34, color=colour, alpha=0.7 if stands_out else 0.25, lw=0)
    if stands_out:
        badge = {"boxstyle": "circle", "facecolor": "white", "edgecolor": colour}
        axes.text(*Z.mean(axis=1), str(label), color=colour, fontsize=14, ha="center", va="center", bbox=badge)


def _nearest_class(Z: np.ndarray, labels: np.ndarray, digit: str) -> str:
    """Say which two class means lie nearest to each other, or which one to that of `digit`."""
    means = np.stack([Z[:, labels == label].mean(axis=1) for label in range(10)])
    apart = np.linalg.norm(means[:, None] - means, axis=2) + np.diag(np.full(10, np.inf))
    if digit == "all":
        one, other = np.unravel_index(apart.argmin(), apart.shape)
        return (
            f"The class means that lie nearest to each other are those of {one} and {other}, {apart.min():.1f} apart."
        )
    other = apart[int(digit)].argmin()
    return f"The class mean nearest to that of {digit} is that of {other}, {apart[int(digit)].min():.1f} away."


def _image(axes: Axes, pixels: np.ndarray, title: str) -> None:
    axes.imshow(pixels.reshape(8, 8), cmap="gray_r", vmin=0, vmax=16)
    axes.set(title=title, xlabel="column of pixels", ylabel="row of pixels", xticks=[0, 7], yticks=[0, 7])
    axes.grid(visible=False)
