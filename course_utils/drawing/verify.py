"""Compare a formula with an independent authority, and print lines that read the same on every machine.

    agree(A_plus @ b, scipy.linalg.lstsq(A, b)[0], "x* = A^+ b", by="scipy lstsq")

prints `holds: x* = A^+ b  (scipy lstsq, largest difference below 1e-10)`, or raises and says where the two differ.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from course_utils.check import align, plain

if TYPE_CHECKING:
    import torch

    Numbers = ArrayLike | torch.Tensor


class Disagreement(AssertionError):
    """A formula and its authority give different numbers."""


def agree(ours: Numbers, authority: Numbers, formula: str, by: str, atol: float = 1e-10) -> None:
    """Print that `formula` holds, where `ours` and the `authority` are the same numbers up to `atol`.

    ours, authority: numbers, arrays or tensors of the same shape, () included; nothing is broadcast.
    formula, by: the claim, and what else computed it.
    atol: the largest absolute difference allowed. The printed line shows it: the difference itself is rounding noise
        and differs from one machine to the next.
    Raises Disagreement with received, expected and the index of the largest difference.
    """
    received, expected = _array(ours), _array(authority)
    if received.shape != expected.shape:
        raise Disagreement(f"{formula}: received shape {received.shape}, expected {expected.shape} ({by}).")
    close = np.isclose(received, expected, rtol=0, atol=atol)
    if not close.all():
        with np.errstate(invalid="ignore"):
            difference = np.where(close, 0, np.nan_to_num(np.abs(received - expected), nan=np.inf))
        where = np.unravel_index(np.argmax(difference), received.shape)
        place = f" at index {tuple(map(int, where))}" if where else ""
        raise Disagreement(
            f"{formula}: received {received[where]:.6g}, expected {expected[where]:.6g} ({by}){place}; "
            f"{np.count_nonzero(~close)} of {close.size} numbers differ by more than {atol:.0e}."
        )
    print(f"holds: {formula}  ({by}, largest difference below {atol:.0e})")


def aligned(ours: Numbers, like: Numbers) -> np.ndarray:
    """Return `ours`, (m, k), with each column of the sign that brings it nearest to the same column of `like`, (m, k).

    Singular vectors and eigenvectors have no sign of their own: u and -u are both correct.
    """
    return align.signs(1)(_array(ours), _array(like))


def rounded(values: Numbers, digits: int = 3) -> np.ndarray | float:
    """Round `values`, of any shape, for printing, without the -0.0 that appears on one machine and not on another."""
    result = np.round(_array(values), digits) + 0.0
    return result if result.ndim else float(result)


def _array(values: Numbers) -> np.ndarray:
    return np.asarray(values.detach() if plain.is_tensor(values) else values, dtype=np.float64)
