"""Principal component analysis (CS7150-L1, "Principal Component Analysis").

Samples are rows: `X: (n, d)` holds n samples with d features each. Directions are columns: `V: (d, k)`.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from sklearn.datasets import load_digits

from course_utils.drawing.geometry import angle_of, principal_directions, unit_vector
from course_utils.drawing.moving import in_browser, moving
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

# The directions of the plane in steps of one degree; 180 is the same as 0.
ANGLES = np.arange(0.0, 181.0)

# One colour per class; two classes may share one, since each image is drawn as its numeral.
COLOURS_OF_DIGITS = (BLUE, VERMILION, GREEN, PURPLE, BLACK, ORANGE, SKY, GREY, BLUE, VERMILION)


@cache
def flat_cloud() -> np.ndarray:
    """Return 60 samples in the plane, (60, 2): largest variance at 30 degrees, mean far from 0 at 110 degrees."""
    tilt = np.radians(30)
    turn = np.array([[np.cos(tilt), -np.sin(tilt)], [np.sin(tilt), np.cos(tilt)]])
    spread = np.random.default_rng(2).normal(size=(2, 60)).T * [1.6, 0.6]
    return spread @ turn.T + 4 * unit_vector(110)


@cache
def round_cloud() -> np.ndarray:
    """Return 120 centred samples in R^3, (120, 3), with different variances along three orthogonal directions."""
    turn = np.array([[2.0, -1, -2], [0, 2, -5], [1, 2, 4]]) / np.sqrt([5, 9, 45])
    spread = np.random.default_rng(4).normal(size=(3, 120)).T * [0.9, 0.5, 0.2]
    return centred(spread @ turn.T)


@cache
def digits() -> tuple[np.ndarray, np.ndarray]:
    """Return scikit-learn's digits: one image per row, (1797, 64), with grey levels 0 to 16, and labels, (1797,)."""
    images, labels = map(np.asarray, load_digits(return_X_y=True))
    return images, labels


def centred(X: np.ndarray) -> np.ndarray:
    """Return X, (n, d), minus the mean of each column: (n, d)."""
    return X - X.mean(axis=0)


def variance_along(X: np.ndarray, g: np.ndarray) -> float:
    """Return ||X g||^2 / (n - 1) for a unit vector g, (d,): the variance along g if X, (n, d), is centred."""
    return float(np.sum((X @ g) ** 2) / (len(X) - 1))


def total_variance(X: np.ndarray) -> float:
    """Return the total variance of centred X, (n, d): the trace of its covariance matrix."""
    return float(np.sum(X**2) / (len(X) - 1))


def greedy(X: np.ndarray, rounds: int) -> tuple[np.ndarray, np.ndarray]:
    """Find principal directions as on the slide: repeatedly find the direction of largest variance and remove it.

    X: centred samples, (n, d). Returns the directions, (d, rounds), and the rest of X without them, (n, d).
    """
    found = np.empty((X.shape[1], 0))
    for _ in range(rounds):
        g = principal_directions(X)[0][:, :1]
        found, X = np.hstack([found, g]), X - (X @ g) @ g.T
    return found, X


@cache
def digit_directions() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the mean, (64,), principal directions, (64, 64), and singular values, (64,), of the digits."""
    X, _ = digits()
    return X.mean(axis=0), *principal_directions(centred(X))


@in_browser("pca.js", "direction", lambda: {"X": flat_cloud(), "mean": flat_cloud().mean(axis=0)})
def draw_direction(angle: float, subtract_mean: bool) -> Picture:
    """Draw samples and their projections on the line along g, at `angle` degrees, and the variance for every g."""
    X = centred(flat_cloud()) if subtract_mean else flat_cloud()
    curve = [variance_along(X, unit_vector(a)) for a in ANGLES]
    best = angle_of(principal_directions(X)[0][:, 0])
    figure, (left, right) = new_figure(1, 2, size=(9, 4.4))
    _shadows(left, X, unit_vector(angle))
    right.plot(ANGLES, curve, color=BLACK)
    right.axvline(best, 0, 0.75, color=GREEN, ls="--", label=f"V₁ of this matrix: {best:.0f} degrees")
    here = variance_along(X, unit_vector(angle))
    right.plot(angle % 180, here, "o", color=BLUE, ms=9, label=f"g: {angle:.0f} degrees", gid=moving("variance"))
    right.set(
        xlabel="angle of g (degrees)", ylabel="‖Xg‖² / (n − 1)", xticks=range(0, 181, 45), ylim=(0, max(curve) / 0.75)
    )
    right.set_title("variance of the shadows" if subtract_mean else "not centred: measured from 0")
    right.legend(loc="upper center")
    return finish(figure, _variance_in_words(X, angle, best, subtract_mean))


def draw_greedy(round_number: int) -> Picture:
    """Draw a cloud in R^3 after the removal of `round_number` - 1 directions, and the next direction; rounds 1 to 3."""
    X = round_cloud()
    total, left_over = total_variance(X), greedy(X, round_number - 1)[1]
    found, _ = greedy(X, round_number)
    shares = [variance_along(X, g) for g in found.T]
    figure, (left, right) = new_figure(1, 2, size=(8.8, 4.4), width_ratios=[3, 2])
    space = in_space(left, reach=2)
    if round_number > 1:
        shade_span(space, left_over.T, reach=2)
    space.scatter(*left_over.T, color=BLUE, s=10)
    space.plot(*np.column_stack([-2 * found[:, -1], 2 * found[:, -1]]), color=VERMILION)
    space.set_title(
        ("round 1: the whole cloud", "round 2: a plane is left", "round 3: a line is left")[round_number - 1]
    )
    right.bar(range(1, round_number + 1), shares, color=VERMILION, width=0.5, label="found")
    ideal = principal_directions(X)[1] ** 2 / (len(X) - 1)
    right.bar([1, 2, 3], ideal, width=0.5, fill=False, edgecolor=BLACK, lw=1, label="σᵢ² / (n − 1)")
    right.set(
        xlabel="round i",
        ylabel="variance",
        xticks=[1, 2, 3],
        yticks=[0, 0.4, 0.8],
        title=f"{sum(shares) / total:.0%} of the variance so far",
    )
    right.legend(loc="upper right")
    return finish(
        figure,
        f"Round {round_number} of the greedy search in R^3: the direction of largest variance in the rest has "
        f"{shares[-1]:.2f} of the total {total:.2f}. The directions so far explain "
        f"{sum(shares) / total:.1%} of the variance.",
    )


def draw_digit_map(digit: str, axes_shown: str) -> Picture:
    """Draw 600 digits in the plane of two principal components.

    digit: the class that is highlighted, "0" to "9", or "all". axes_shown: the two components, "1 and 2" or "3 and 4".
    """
    X, labels = digits()
    mean, V, values = digit_directions()
    first = int(axes_shown[0]) - 1
    Z = (X - mean) @ V[:, first : first + 2]
    share = (values[first : first + 2] ** 2).sum() / (values**2).sum()
    figure, axes = new_figure(size=(6.8, 5.2))
    for label in range(10):
        _class_of_digits(axes, Z[:600][labels[:600] == label], label, digit)
    axes.set(xlabel=f"component {first + 1}", ylabel=f"component {first + 2}", xlim=(-36, 36), ylim=(-36, 36))
    axes.set_title(f"64 pixels in two numbers: {share:.1%} of the variance")
    return finish(
        figure,
        f"Handwritten digits in the plane of principal components {axes_shown}, which keeps {share:.1%} of the "
        f"variance; each image is drawn as its label. {_nearest_class(Z, labels, digit)}",
    )


def draw_reconstruction(components: int, image: int) -> Picture:
    """Draw a digit, its reconstruction from the first principal components, and the share of variance they keep."""
    X, labels = digits()
    mean, V, values = digit_directions()
    kept = np.cumsum(values**2) / (values**2).sum()
    x, k = X[image], components
    rebuilt = mean + V[:, :k] @ (V[:, :k].T @ (x - mean))
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
        f"An image of a {labels[image]}, and its reconstruction from {k} of 64 principal components, which keep "
        f"{kept[k - 1]:.1%} of the variance of all digits. The error of this image is {error:z.2f} of 16 grey levels "
        f"(root mean square).",
    )


def _shadows(axes: Axes, X: np.ndarray, g: np.ndarray) -> None:
    """Draw samples X, (n, 2), the line along g, (2,), through the origin, and the projection of each sample on it."""
    feet = np.outer(X @ g, g)
    axes.plot(*np.stack([-9 * g, 9 * g], axis=1), color=BLUE, lw=1, gid=moving("line"))
    pairs = list(np.stack([X, feet], axis=1))
    axes.add_collection(LineCollection(pairs, colors=GREY, lw=0.5, gid=moving("drops")))
    axes.plot(*X.T, "o", color=SKY, ms=4)
    axes.plot(*feet.T, "o", color=BLUE, ms=3, gid=moving("shadows"))
    axes.plot(0, 0, "+", color=BLACK, ms=12)
    axes.set(xlim=(-5, 5), ylim=(-3, 7), aspect="equal", xlabel="feature 1", ylabel="feature 2")
    axes.set_title("samples (light), shadows on the line of g (dark)")


def _variance_in_words(X: np.ndarray, angle: float, best: float, subtract_mean: bool) -> str:
    here, there = variance_along(X, unit_vector(angle)), variance_along(X, unit_vector(best))
    if subtract_mean:
        return (
            f"Centred samples and their shadows on a line at {angle:.0f} degrees: variance {here:.2f}. Over all angles "
            f"the largest, {there:.2f}, is at {best:.0f} degrees, the direction of V_1."
        )
    return (
        f"Samples that are not centred, and their shadows on a line at {angle:.0f} degrees: "
        f"||X g||^2 / (n - 1) is {here:.2f}. The largest, {there:.2f}, is at {best:.0f} degrees: "
        f"the direction of the mean ({angle_of(X.mean(axis=0)):.0f} degrees), not that of the largest spread."
    )


def _class_of_digits(axes: Axes, Z: np.ndarray, label: int, digit: str) -> None:
    """Draw the images of one class at Z, (n, 2), as small numerals, and one large numeral at their mean."""
    highlighted = digit in ("all", str(label))
    colour = COLOURS_OF_DIGITS[label] if highlighted else GREY
    axes.scatter(*Z.T, marker=f"${label}$", s=34, color=colour, alpha=0.7 if highlighted else 0.25, lw=0)
    if highlighted:
        badge = {"boxstyle": "circle", "facecolor": "white", "edgecolor": colour}
        x, y = Z.mean(axis=0)
        axes.text(x, y, str(label), color=colour, fontsize=14, ha="center", va="center", bbox=badge)


def _nearest_class(Z: np.ndarray, labels: np.ndarray, digit: str) -> str:
    """Say which two class means are closest to each other, or which one is closest to that of `digit`."""
    means = np.stack([Z[labels == label].mean(axis=0) for label in range(10)])
    apart = np.linalg.norm(means[:, None] - means, axis=2) + np.diag(np.full(10, np.inf))
    if digit == "all":
        one, other = np.unravel_index(apart.argmin(), apart.shape)
        return f"The class means closest to each other are those of {one} and {other}, {apart.min():.1f} apart."
    other = apart[int(digit)].argmin()
    return f"The class mean closest to that of {digit} is that of {other}, {apart[int(digit)].min():.1f} away."


def _image(axes: Axes, pixels: np.ndarray, title: str) -> None:
    axes.imshow(pixels.reshape(8, 8), cmap="gray_r", vmin=0, vmax=16)
    axes.set(title=title, xlabel="column of pixels", ylabel="row of pixels", xticks=[0, 7], yticks=[0, 7])
    axes.grid(visible=False)
