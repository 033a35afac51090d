"""Supervised and unsupervised learning; hand-crafted and learned features (HPML-L3, "Machine Learning").

Samples are rows, as in scikit-learn.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import numpy as np
from matplotlib.colors import to_rgb
from sklearn.cluster import KMeans
from sklearn.datasets import make_blobs
from sklearn.linear_model import LogisticRegression

from course_utils.drawing.digits import digits
from course_utils.drawing.pictures import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PALETTE,
    PURPLE,
    VERMILION,
    Picture,
    finish,
    new_figure,
)
from course_utils.getting_started.first_network import accuracy, build, fit

CENTRES = np.array([[-2.0, -1.0], [2.0, -1.0], [0.0, 2.0]])
COLOURS = (BLUE, VERMILION, GREEN, ORANGE, PURPLE, PALETTE[2])
COUNTS = (20, 50, 100, 200, 500, 1000)
HAND_CRAFTED, PIXELS, NETWORK = "16 hand-crafted features, linear", "64 pixels, linear", "64 pixels, network"


@cache
def blobs(spread: float) -> tuple[np.ndarray, np.ndarray]:
    """Return 150 points of the plane around three centres, (150, 2), and their labels 0, 1, 2, (150,)."""
    X, labels, *_ = make_blobs(150, centers=CENTRES, cluster_std=spread, random_state=0)
    return np.asarray(X), np.asarray(labels)


@cache
def groups(spread: float, k: int) -> np.ndarray:
    """Return the k-means cluster of each point, (150,); the k clusters are sorted by the angle of their centres."""
    X, _ = blobs(spread)
    # The type that pyright infers for n_init is that of its default, a string.
    model = KMeans(k, n_init=4, random_state=0).fit(X)  # pyright: ignore[reportArgumentType]
    order = np.argsort(np.arctan2(*model.cluster_centers_.T[::-1]))
    return np.argsort(order)[model.labels_]


@cache
def boundary(spread: float) -> tuple[float, np.ndarray]:
    """Return the accuracy of a linear classifier on its training points, and its classes on a grid, (60, 60)."""
    X, labels = blobs(spread)
    model = LogisticRegression().fit(X, labels)
    first, second = np.meshgrid(np.linspace(-6, 6, 60), np.linspace(-5, 6, 60))
    return model.score(X, labels), model.predict(np.column_stack([first.ravel(), second.ravel()])).reshape(60, 60)


def draw_two_kinds(spread: float, k: int) -> Picture:
    """Draw one data set twice: with its labels and a classifier, and without labels, in k clusters found by k-means."""
    X, labels = blobs(spread)
    right_share, regions = boundary(spread)
    found = groups(spread, k)
    figure, (left, right) = new_figure(1, 2, size=(8.4, 3.7), sharex=True, sharey=True)
    painted = np.array([to_rgb(colour) for colour in COLOURS[:3]])[regions]
    left.imshow(painted, extent=(-6, 6, -5, 6), origin="lower", alpha=0.2, aspect="auto")
    left.scatter(*X.T, c=[COLOURS[i] for i in labels], s=14)
    right.scatter(*X.T, c=[COLOURS[i] for i in found], s=14)
    left.set(title=f"supervised: {right_share:.0%} right", xlabel="x₁", ylabel="x₂", xlim=(-6, 6), ylim=(-5, 6))
    left.set(xticks=[-4, 0, 4], yticks=[-4, 0, 4])
    right.set(title=f"unsupervised: {k} clusters", xlabel="x₁", ylabel="x₂")
    sizes = np.bincount(found, minlength=k)
    return finish(
        figure,
        f"150 points with a spread of {spread:g}. With labels a linear classifier is right on {right_share:.0%} of "
        f"them. Without labels k-means finds {k} clusters of {', '.join(map(str, sizes))} points.",
    )


def hand_crafted(X: np.ndarray) -> np.ndarray:
    """Return the mean of each row and of each column of the images X, (n, 64): 16 features, (n, 16)."""
    images = X.reshape(-1, 8, 8)
    return np.hstack([images.mean(axis=2), images.mean(axis=1)])


@cache
def learning_curves(draw: int = 0) -> Mapping[str, np.ndarray]:
    """Return the accuracy on 797 new digits, (6,), of each method after training on COUNTS images.

    The keys are HAND_CRAFTED, PIXELS and NETWORK. draw: which images come first, and the seed of the network; 0 keeps
    the order of `digits`.
    """
    X, labels, X_new, labels_new = digits()
    if draw:
        order = np.random.default_rng(draw).permutation(len(X))
        X, labels = X[order], labels[order]
    curves: dict[str, list[float]] = {HAND_CRAFTED: [], PIXELS: [], NETWORK: []}
    for n in COUNTS:
        for method, features in ((HAND_CRAFTED, hand_crafted), (PIXELS, np.asarray)):
            model = LogisticRegression(C=100, max_iter=2000, tol=1e-3).fit(features(X[:n]), labels[:n])
            curves[method].append(model.score(features(X_new), labels_new))
        network = build(64, 64, 10, seed=draw)
        fit(network, X[:n], labels[:n], steps=120)
        curves[NETWORK].append(accuracy(network, X_new, labels_new))
    return {method: np.array(values) for method, values in curves.items()}


def draw_learning_curves(images: str) -> Picture:
    """Draw the accuracy of the three methods against the number of training images.

    images: the number that is marked, one of COUNTS as text.
    """
    curves, at = learning_curves(), COUNTS.index(int(images))
    figure, axes = new_figure(size=(6.8, 3.8))
    for (method, values), colour in zip(curves.items(), (GREY, BLUE, VERMILION), strict=True):
        axes.plot(COUNTS, values, "o-", color=colour, ms=4, label=method)
        axes.plot(COUNTS[at], values[at], "o", color=colour, ms=10)
    axes.set_xscale("log")
    axes.minorticks_off()
    axes.set(xticks=COUNTS, xlabel="training images", ylabel="accuracy on 797 new digits", ylim=(0.5, 1))
    axes.set_xticklabels(map(str, COUNTS))
    axes.set_title(f"{images} training images")
    axes.legend(loc="lower right")
    scores = ", ".join(f"{method} {values[at]:.2f}" for method, values in curves.items())
    return finish(figure, f"Accuracy on 797 new digits after training on {images} images: {scores}.")
