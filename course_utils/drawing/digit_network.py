"""A small network on handwritten digits, trained many times at once: learning rates, schedules, batch sizes.

The network is 64-32-10 with tanh. Its parameters are one vector, so that an update rule can change them entry by entry,
and runs are rows of one array, so that ten learning rates cost little more than one.

Sources: CIS5190-L15, "Learning Rate"; HPML-L3, "SGD with Mini-batch".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from course_utils.drawing.digits import CLASSES, PIXELS, TRAIN, digits

HIDDEN = 32
SHAPES = ((PIXELS, HIDDEN), (1, HIDDEN), (HIDDEN, CLASSES), (1, CLASSES))  # weights: (fan_in, fan_out); rows: samples
BATCH = 50

# (gradient, w, state, learning_rate, t, **settings) -> (w, state). gradient takes w, (runs, 2410), and returns the same
# shape; learning_rate is (runs, 1); t = 1, 2, ... counts updates. The first state is (0.0, 0.0).
UpdateRule = Callable[..., tuple[np.ndarray, Any]]


def initial(seed: int = 0) -> np.ndarray:
    """Return the parameters as one vector, (2410,): weights with variance 1 / fan_in, biases 0."""
    rng = np.random.default_rng(seed)
    parts = [rng.normal(size=shape) / np.sqrt(shape[0]) if shape[0] > 1 else np.zeros(shape) for shape in SHAPES]
    return np.concatenate([part.ravel() for part in parts])


def unpack(w: np.ndarray) -> list[np.ndarray]:
    """Cut w, (runs, 2410), into W1 (runs, 64, 32), b1 (runs, 1, 32), W2 (runs, 32, 10) and b2 (runs, 1, 10)."""
    ends = np.cumsum([np.prod(shape) for shape in SHAPES])[:-1]
    return [part.reshape(len(w), *shape) for part, shape in zip(np.split(w, ends, axis=1), SHAPES, strict=True)]


def log_probabilities(w: np.ndarray, X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return log softmax of the logits, (runs, n, 10), and the hidden layer, (runs, n, 32).

    w: (runs, 2410); X: (n, 64).
    """
    W1, b1, W2, b2 = unpack(w)
    H = np.tanh(X @ W1 + b1)
    logits = H @ W2 + b2
    logits -= logits.max(axis=-1, keepdims=True)
    return logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True)), H


def loss_and_accuracy(w: np.ndarray, X: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean cross entropy and the accuracy of each run, both (runs,).

    w: (runs, 2410); X: (n, 64); labels: (n,) int.
    """
    log_p, _ = log_probabilities(w, X)
    right = log_p.argmax(axis=-1) == labels
    return -log_p[:, np.arange(len(labels)), labels].mean(axis=1), right.mean(axis=1)


def gradient(w: np.ndarray, X: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return the gradient of the mean cross entropy with respect to the parameters of each run, (runs, 2410).

    w: (runs, 2410); X: (n, 64), or (runs, n, 64) where runs see different images; labels: (n,) int.
    """
    log_p, H = log_probabilities(w, X)
    d_logits = (np.exp(log_p) - np.eye(CLASSES)[labels]) / len(labels)
    d_hidden = (d_logits @ unpack(w)[2].transpose(0, 2, 1)) * (1 - H**2)
    parts = [
        np.swapaxes(X, -1, -2) @ d_hidden,
        d_hidden.sum(axis=1),
        H.transpose(0, 2, 1) @ d_logits,
        d_logits.sum(axis=1),
    ]
    return np.concatenate([part.reshape(len(w), -1) for part in parts], axis=1)


def minibatches(n: int, k: int, rng: np.random.Generator) -> list[np.ndarray]:
    """Cut a permutation of 0, ..., n - 1 into batches of k, (k,) int each; the last one may be smaller."""
    order = rng.permutation(n)
    return [order[i : i + k] for i in range(0, n, k)]


@dataclass(frozen=True)
class History:
    """Measurements before the first epoch and after each.

    train_loss, validation_loss, accuracy (on the validation set), rates (of the epoch's first update): (epochs + 1,
    runs). updates: the number of updates until then, (epochs + 1,).
    """

    train_loss: np.ndarray
    validation_loss: np.ndarray
    accuracy: np.ndarray
    rates: np.ndarray
    updates: np.ndarray


def train(
    rule: UpdateRule,
    rate_at: Callable[[int, Sequence[np.ndarray]], np.ndarray],
    epochs: int,
    batch_at: Callable[[int], int] = lambda epoch: BATCH,
    wrong: float = 0.0,
    seed: int = 0,
    **settings: float,
) -> History:
    """Train runs that differ only in their learning rate.

    rate_at(t, validation_losses): the rates, (runs,), of update t = 1, 2, ..., given the validation losses, (runs,)
        each, before the first epoch and after each so far.
    batch_at(epoch): the batch size in that epoch, from 0. wrong: the share of training labels that are drawn anew.
    settings: of the rule, such as mu.
    """
    X, labels, X_new, labels_new = digits()
    rng = np.random.default_rng(seed)
    labels = np.where(rng.random(TRAIN) < wrong, rng.integers(CLASSES, size=TRAIN), labels)
    runs = len(rate_at(1, [np.full(1, np.inf)]))
    w, state, t = np.tile(initial(seed), (runs, 1)), (0.0, 0.0), 0
    rows, losses = [], []
    for epoch in range(epochs + 1):
        loss_new, accuracy = loss_and_accuracy(w, X_new, labels_new)
        losses.append(loss_new)
        rates = rate_at(t + 1, losses)
        rows.append((loss_and_accuracy(w, X, labels)[0], loss_new, accuracy, rates, t))
        for batch in minibatches(TRAIN, batch_at(epoch), rng) if epoch < epochs else ():
            t += 1
            rate = rate_at(t, losses)[:, None]
            w, state = rule(lambda w, b=batch: gradient(w, X[b], labels[b]), w, state, rate, t, **settings)
    return History(*(np.array(column) for column in zip(*rows, strict=True)))
