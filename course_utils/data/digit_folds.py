"""Folds of the digits data that exercises of two units train on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import torch
from sklearn.datasets import load_digits

# Of the 1,797 images of digits, a fold tests with 500 and validates with 197; 1,100 are left to train with.
TEST, VALIDATION = 500, 197

# How far an image is moved, in pixels; the least brightness; the standard deviation of the noise. The calibration
# of the exercise on folds measures that a network reaches the same accuracy as on the images themselves.
REACH, DARK, NOISE = 0.1, 0.9, 0.02


class Fold(NamedTuple):
    """Images (n, 64) float32 in [0, 1], classes (n,) int64, for training (sorted by class), validation and test."""

    Xtr: torch.Tensor
    ytr: torch.Tensor
    Xva: torch.Tensor
    yva: torch.Tensor
    Xte: torch.Tensor
    yte: torch.Tensor


def digit_folds(rng: np.random.Generator, folds: int = 3, distorted: bool = False) -> Iterator[Fold]:
    """Yield random splits of scikit-learn's digits whose test sets do not overlap.

    folds: how many, at most 3. distorted: each image is moved, darkened and made noisy by numbers of its own, so none
    is one of scikit-learn's.
    One call mirrors or rotates all images alike and renumbers the classes, as `rng` decides: a network learns them just
    as well, and code that knows the digits by heart gains nothing. The training images are sorted by class.
    """
    X, y = load_digits(return_X_y=True)
    images = np.rot90(X.reshape(-1, 8, 8), int(rng.integers(4)), axes=(1, 2))
    images = images[:, :, ::-1] if rng.integers(2) else images
    images = _distorted(images / 16, rng) if distorted else images / 16
    X, y = np.ascontiguousarray(images.reshape(-1, 64), dtype=np.float32), rng.permutation(10)[y]
    order = rng.permutation(len(y))
    for fold in range(folds):
        test = np.arange(fold * TEST, (fold + 1) * TEST)
        rest = np.delete(order, test)
        train = rest[VALIDATION:]
        parts = train[np.argsort(y[train], kind="stable")], rest[:VALIDATION], order[test]
        yield Fold(*(torch.from_numpy(values[part]) for part in parts for values in (X, y)))


def _distorted(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return images (n, 8, 8) in [0, 1], each moved by up to REACH pixels, at least DARK as bright, with noise."""
    for axis in (1, 2):
        images = _moved(images, rng.uniform(-REACH, REACH, len(images)), axis)
    images = images * rng.uniform(DARK, 1.0, (len(images), 1, 1)) + rng.normal(0.0, NOISE, images.shape)
    return images.clip(0.0, 1.0)


def _moved(images: np.ndarray, shares: np.ndarray, axis: int) -> np.ndarray:
    """Return images (n, 8, 8), each moved along an axis by a share (n,) of a pixel, -1 to 1, interpolated linearly."""
    shares = shares[:, None, None]
    padded = np.pad(images, [(0, 0), *((1, 1) if axis == other else (0, 0) for other in (1, 2))])
    before, after = np.take(padded, range(8), axis), np.take(padded, range(2, 10), axis)
    return (1 - np.abs(shares)) * images + np.where(shares > 0, before, after) * np.abs(shares)
