"""Errors of a classifier against its threshold (PYTORCH-INTRO, "Thresholding the Logistic Sigmoid Function")."""

from __future__ import annotations

import numpy as np


def errors_at(p: np.ndarray, y: np.ndarray, thresholds: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Count false alarms (y = 0, p >= threshold) and misses (y = 1, p < threshold) per threshold.

    p, y: probabilities and labels, (n,). thresholds: (k,). Returns two arrays of counts, (k,) int64.
    """
    positive = p >= thresholds[:, None]
    return (positive & (y == 0)).sum(axis=1), (~positive & (y == 1)).sum(axis=1)
