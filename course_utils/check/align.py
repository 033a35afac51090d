"""Comparing what is determined only up to signs or an order.

An alignment takes (received, expected), two arrays of one shape, and returns the received array in that one of its
equally right forms that is nearest to the expected one.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Aligned = Callable[[np.ndarray, np.ndarray], np.ndarray]


def as_it_is(received: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Nothing is free: the received array itself."""
    return received


def signs(axis: int) -> Aligned:
    """The sign of each row (`axis=0`) or each column (`axis=1`) is free; of a vector, the sign of the whole."""

    def aligned(received: np.ndarray, expected: np.ndarray) -> np.ndarray:
        over = None if received.ndim == 1 else 1 - axis
        products = np.sum(received * expected, axis=over, keepdims=True)
        return np.where(products < 0, -received, received)

    return aligned


def permutation(axis: int) -> Aligned:
    """The order of the rows (`axis=0`) or columns (`axis=1`) is free."""

    def aligned(received: np.ndarray, expected: np.ndarray) -> np.ndarray:
        from scipy.optimize import linear_sum_assignment

        got = np.moveaxis(received, axis, 0).reshape(received.shape[axis], -1)
        want = np.moveaxis(expected, axis, 0).reshape(expected.shape[axis], -1)
        distance = np.abs(want[:, None, :] - got[None, :, :]).sum(axis=2)
        _, order = linear_sum_assignment(distance)
        return np.take(received, order, axis=axis)

    return aligned
