"""Handwritten digits: scikit-learn's 1,797 images of 8 x 8 pixels, loaded once per process for every unit.

Source: Alpaydin and Kaynak, "Optical Recognition of Handwritten Digits" (1998), as `sklearn.datasets.load_digits` has
them.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from sklearn.datasets import load_digits

PIXELS, CLASSES = 64, 10
TRAIN = 1000  # images of `digits` to train with; the other 797 validate


@cache
def all_digits() -> tuple[np.ndarray, np.ndarray]:
    """Return all images as rows of pixels between 0 and 1, (1797, 64) float64, and their labels, (1797,) int64.

    All callers share the two arrays: do not write into them.
    """
    X, labels = map(np.asarray, load_digits(return_X_y=True))
    return X / 16, labels


@cache
def digits() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Split the images at random, always alike.

    Returns pixels, (1000, 64), and labels, (1000,), to train with; pixels, (797, 64), and labels, (797,), to validate.
    """
    X, labels = all_digits()
    order = np.random.default_rng(0).permutation(len(labels))
    X, labels = X[order], labels[order]
    return X[:TRAIN], labels[:TRAIN], X[TRAIN:], labels[TRAIN:]
