"""Folds of the digits data that exercises of two units train on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import torch
from sklearn.datasets import load_digits

# Of the 1,797 images of digits, a fold tests with 500 and validates with 197; 1,100 are left to train with.
TEST, VALIDATION = 500, 197


class Fold(NamedTuple):
    """Images (n, 64) float32 in [0, 1], classes (n,) int64, for training (sorted by class), validation and test."""

    Xtr: torch.Tensor
    ytr: torch.Tensor
    Xva: torch.Tensor
    yva: torch.Tensor
    Xte: torch.Tensor
    yte: torch.Tensor


def digit_folds(rng: np.random.Generator, folds: int = 3) -> Iterator[Fold]:
    """Yield random splits of scikit-learn's digits whose test sets do not overlap.

    folds: how many, at most 3.
    One call mirrors or rotates all images alike and renumbers the classes, as `rng` decides: a network learns them just
    as well, and code that knows the digits by heart gains nothing. The training images are sorted by class.
    """
    X, y = load_digits(return_X_y=True)
    images = np.rot90(X.reshape(-1, 8, 8), int(rng.integers(4)), axes=(1, 2))
    images = images[:, :, ::-1] if rng.integers(2) else images
    X, y = np.ascontiguousarray(images.reshape(-1, 64) / 16, dtype=np.float32), rng.permutation(10)[y]
    order = rng.permutation(len(y))
    for fold in range(folds):
        test = np.arange(fold * TEST, (fold + 1) * TEST)
        rest = np.delete(order, test)
        train = rest[VALIDATION:]
        parts = train[np.argsort(y[train], kind="stable")], rest[:VALIDATION], order[test]
        yield Fold(*(torch.from_numpy(values[part]) for part in parts for values in (X, y)))
