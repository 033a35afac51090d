"""A small network on handwritten digits, trained many times at once: learning rates, schedules, batch sizes.

The network is 64-32-10 with tanh; its parameters lie in one vector, so that a rule of `optimizers` can update it, and
runs lie beside one another, so that ten learning rates cost little more than one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from sklearn.datasets import load_digits

from course_utils.optimizers.update_rules import Rule

INPUTS, HIDDEN, CLASSES = 64, 32, 10
SHAPES = ((INPUTS, HIDDEN), (1, HIDDEN), (HIDDEN, CLASSES), (1, CLASSES))
"""Weights are (fan_in, fan_out), samples are rows."""

TRAIN, BATCH = 1000, 50


@cache
def digits() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return pixels between 0 and 1, (1000, 64), and labels, (1000,), to train with; the same of 797 to validate."""
    data = load_digits()
    order = np.random.default_rng(0).permutation(len(data.target))
    X, labels = data.data[order] / 16, data.target[order]
    return X[:TRAIN], labels[:TRAIN], X[TRAIN:], labels[TRAIN:]


def initial(seed: int = 0) -> np.ndarray:
    """Return the parameters as one vector, (2410,): weights with variance 1 / fan_in, biases 0."""
    rng = np.random.default_rng(seed)
    parts = [rng.normal(size=shape) / np.sqrt(shape[0]) if shape[0] > 1 else np.zeros(shape) for shape in SHAPES]
    return np.concatenate([part.ravel() for part in parts])


def unpack(w: np.ndarray) -> list[np.ndarray]:
    """Cut w, (runs, 2410), into W1, b1, W2, b2 with one leading axis for the runs."""
    ends = np.cumsum([np.prod(shape) for shape in SHAPES])[:-1]
    return [part.reshape(len(w), *shape) for part, shape in zip(np.split(w, ends, axis=1), SHAPES, strict=True)]


def log_probabilities(w: np.ndarray, X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return log softmax of the logits, (runs, n, 10), and the hidden layer, (runs, n, 32)."""
    W1, b1, W2, b2 = unpack(w)
    H = np.tanh(X @ W1 + b1)
    logits = H @ W2 + b2
    logits -= logits.max(axis=-1, keepdims=True)
    return logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True)), H


def loss_and_accuracy(w: np.ndarray, X: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean cross entropy and the share of right answers of each run, both (runs,)."""
    log_p, _ = log_probabilities(w, X)
    right = log_p.argmax(axis=-1) == labels
    return -log_p[:, np.arange(len(labels)), labels].mean(axis=1), right.mean(axis=1)


def gradient(w: np.ndarray, X: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return the gradient of the mean cross entropy in the parameters of each run, (runs, 2410)."""
    log_p, H = log_probabilities(w, X)
    d_logits = (np.exp(log_p) - np.eye(CLASSES)[labels]) / len(labels)
    d_hidden = (d_logits @ unpack(w)[2].transpose(0, 2, 1)) * (1 - H**2)
    parts = [X.T @ d_hidden, d_hidden.sum(axis=1), H.transpose(0, 2, 1) @ d_logits, d_logits.sum(axis=1)]
    return np.concatenate([part.reshape(len(w), -1) for part in parts], axis=1)


def minibatches(n: int, k: int, rng: np.random.Generator) -> list[np.ndarray]:
    """Return a permutation of 0, ..., n - 1 cut into batches of k; the last one may be smaller."""
    order = rng.permutation(n)
    return [order[i : i + k] for i in range(0, n, k)]


@dataclass(frozen=True)
class History:
    """What was measured before the first epoch and after each, all (epochs + 1, runs), and the updates until then."""

    train_loss: np.ndarray
    validation_loss: np.ndarray
    accuracy: np.ndarray
    rates: np.ndarray
    updates: np.ndarray


def train(
    rule: Rule,
    rate_at: Callable[[int, Sequence[np.ndarray]], np.ndarray],
    epochs: int,
    batch_at: Callable[[int], int] = lambda epoch: BATCH,
    wrong: float = 0.0,
    seed: int = 0,
    **settings: float,
) -> History:
    """Train runs that differ in their learning rate only.

    rate_at(t, validation_losses): the rates, (runs,), of update t = 1, 2, ..., given the validation losses, (runs,)
        each, before the first epoch and after each so far.
    batch_at(epoch): the batch size in that epoch, from 0. wrong: the share of training labels that are drawn anew.
    settings: of the rule. `rates` of the history are those of the epoch's first update.
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
