"""Three hundred digits, a fifth of them with a wrong label: a problem on which a network overfits within seconds.

The network is that of `digit_network`, 64-32-10 with tanh. Runs that differ in learning rate and regularizer are rows
of one array, so that a hundred of them train in a second or two. Source: CIS5190-L15, "Regularization".
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import ArrayLike

from course_utils.drawing.digit_network import SHAPES, gradient, initial, loss_and_accuracy, minibatches, unpack
from course_utils.drawing.digits import CLASSES, digits

TRAIN, VALIDATION, BATCH = 300, 400, 50
NOISE = 0.2  # share of the training labels that are drawn anew
L2, L1 = "L2: λ‖W‖²", "L1: λ|W|"


@dataclass(frozen=True)
class Split:
    """Pixels between 0 and 1, (n, 64), and labels, (n,), of the three parts; only `labels` of `train` are noisy."""

    X: np.ndarray
    labels: np.ndarray
    X_validation: np.ndarray
    labels_validation: np.ndarray
    X_test: np.ndarray
    labels_test: np.ndarray


@dataclass(frozen=True)
class History:
    """Measurements before the first epoch and after each, (epochs + 1, runs), and the parameters w, (runs, 2410)."""

    train_loss: np.ndarray
    validation_loss: np.ndarray
    accuracy: np.ndarray
    w: np.ndarray


@cache
def split() -> Split:
    """Return 300 digits to train with, 400 to validate and 1097 to test."""
    X, labels, X_more, labels_more = digits()
    X, labels = np.concatenate([X, X_more]), np.concatenate([labels, labels_more])
    rng = np.random.default_rng(10)
    noisy = labels[:TRAIN].copy()
    wrong = rng.permutation(TRAIN)[: round(NOISE * TRAIN)]
    noisy[wrong] = (noisy[wrong] + rng.integers(1, CLASSES, len(wrong))) % CLASSES
    ends = (TRAIN, TRAIN + VALIDATION)
    return Split(X[: ends[0]], noisy, X[ends[0] : ends[1]], labels[ends[0] : ends[1]], X[ends[1] :], labels[ends[1] :])


def is_weight() -> np.ndarray:
    """Return for each parameter, (2410,) bool, whether it is a weight; biases are not regularized."""
    return np.concatenate([np.full(np.prod(shape), shape[0] > 1) for shape in SHAPES])


def shrink(w: np.ndarray, amount: np.ndarray, penalty: str) -> np.ndarray:
    """Return argmin over u of ||u - w||^2 / 2 + amount R(u), with R(u) = ||u||^2 or |u|; biases stay as they are.

    w: (runs, 2410). amount: (runs, 1), learning rate times lambda. penalty: L2 or L1. A step of gradient descent
    on the loss and then this step on the regularizer is proximal gradient descent, as ISTA is for the lasso; it can set
    a weight to exactly 0.
    """
    if penalty == L2:
        smaller = w / (1 + 2 * amount)
    else:
        smaller = np.sign(w) * np.maximum(np.abs(w) - amount, 0)
    return np.where(is_weight(), smaller, w)


def train(
    rates: ArrayLike,
    strengths: ArrayLike,
    epochs: int,
    penalty: str = L2,
    seed: int = 0,
    batch: int = BATCH,
    measure: bool = True,
) -> History:
    """Train by stochastic gradient descent, one run per pair of learning rate and lambda.

    rates, strengths: the learning rates and the lambdas, (runs,) each. penalty: L2 or L1. Without `measure` the history
    has the last epoch only. A run that diverges keeps finite, large losses.
    """
    s = split()
    rates, strengths = (np.asarray(values, dtype=float)[:, None] for values in (rates, strengths))
    rng = np.random.default_rng(seed)
    w, rows = np.tile(initial(seed), (len(rates), 1)), []
    for epoch in range(epochs + 1):
        if measure or epoch == epochs:
            validation_loss, accuracy = loss_and_accuracy(w, s.X_validation, s.labels_validation)
            rows.append((loss_and_accuracy(w, s.X, s.labels)[0], validation_loss, accuracy))
        for b in minibatches(TRAIN, batch, rng) if epoch < epochs else ():
            w = shrink(w - rates * gradient(w, s.X[b], s.labels[b]), rates * strengths, penalty)
    train_loss, validation_loss, accuracy = (np.array(column) for column in zip(*rows, strict=True))
    return History(train_loss, validation_loss, accuracy, w)


def first_layer(w: np.ndarray) -> np.ndarray:
    """Return the weights of each hidden unit as images, (runs, 32, 8, 8), from the parameters w, (runs, 2410)."""
    return unpack(w)[0].transpose(0, 2, 1).reshape(len(w), -1, 8, 8)
