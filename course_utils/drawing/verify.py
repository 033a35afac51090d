"""Formulas held against an independent authority, in lines that read the same on every machine.

    agree(A_plus @ b, scipy.linalg.lstsq(A, b)[0], "x* = A^+ b", by="scipy lstsq")

prints `holds: x* = A^+ b  (scipy lstsq, largest difference below 1e-10)`, or raises and says where the two part.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike


class Disagreement(AssertionError):
    """A formula and its authority give different numbers."""


def agree(ours: ArrayLike, authority: ArrayLike, formula: str, by: str, atol: float = 1e-10) -> None:
    """Say that `formula` holds, where `ours` and the `authority` are the same numbers up to `atol`.

    ours, authority: numbers, arrays or tensors of the same shape, () included; nothing is broadcast.
    formula, by: what is claimed, and who else computed it.
    atol: the largest absolute difference allowed. It is what the printed line shows: the difference itself is
        rounding noise, and differs from one machine to the next.
    Raises Disagreement with received, expected and the index of the largest difference.
    """
    ours, authority = _array(ours), _array(authority)
    if ours.shape != authority.shape:
        raise Disagreement(f"{formula}: received shape {ours.shape}, expected {authority.shape} ({by}).")
    close = np.isclose(ours, authority, rtol=0, atol=atol)
    if not close.all():
        with np.errstate(invalid="ignore"):
            difference = np.where(close, 0, np.nan_to_num(np.abs(ours - authority), nan=np.inf))
        where = np.unravel_index(np.argmax(difference), ours.shape)
        place = f" at index {tuple(map(int, where))}" if where else ""
        raise Disagreement(
            f"{formula}: received {ours[where]:.6g}, expected {authority[where]:.6g} ({by}){place}; "
            f"{np.count_nonzero(~close)} of {close.size} numbers differ by more than {atol:.0e}."
        )
    print(f"holds: {formula}  ({by}, largest difference below {atol:.0e})")


def aligned(ours: ArrayLike, like: ArrayLike) -> np.ndarray:
    """Give each column of `ours`, (m, k), the sign that brings it nearest to the same column of `like`, (m, k).

    Singular vectors and eigenvectors have no sign of their own: u and -u are both right.
    """
    ours = _array(ours)
    return ours * np.where((ours * _array(like)).sum(axis=0) < 0, -1.0, 1.0)


def rounded(values: ArrayLike, digits: int = 3) -> np.ndarray | float:
    """Round for printing, without the -0.0 that comes and goes from machine to machine."""
    result = np.round(_array(values), digits) + 0.0
    return result if result.ndim else float(result)


def _array(values: ArrayLike) -> np.ndarray:
    if hasattr(values, "detach"):  # a tensor may still carry its graph
        values = values.detach()
    return np.asarray(values, dtype=np.float64)
