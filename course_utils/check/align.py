"""Comparing what is determined only up to signs.

An alignment takes (received, expected), two arrays of one shape, and returns the received array in that one of its
equally correct forms that is nearest to the expected one.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Alignment = Callable[[np.ndarray, np.ndarray], np.ndarray]


def as_it_is(received: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Return `received` itself, whatever `expected` is, both of any one shape: nothing is free."""
    return received


def signs(axis: int) -> Alignment:
    """Return the alignment that chooses the sign of each row (`axis=0`) or each column (`axis=1`) of a matrix.

    It chooses one sign for the whole of a vector. Arrays have shape (m, n) or (n,), of any dtype with a sign.
    """

    def aligned(received: np.ndarray, expected: np.ndarray) -> np.ndarray:
        over = None if received.ndim == 1 else 1 - axis
        products = np.sum(received * expected, axis=over, keepdims=True)
        return np.where(products < 0, -received, received)

    return aligned
