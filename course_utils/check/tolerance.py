"""How close is equal, by dtype."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from course_utils.check import plain


class Tolerance(NamedTuple):
    """`received` equals `expected` where |received - expected| <= atol + rtol * |expected|."""

    rtol: float
    atol: float

    def accepts(self, received: np.ndarray, expected: np.ndarray) -> np.ndarray:
        """Return, as booleans, which entries of `received` and `expected`, of one shape, are equal."""
        with np.errstate(invalid="ignore"):
            close = np.abs(received - expected) <= self.atol + self.rtol * np.abs(expected)
        return np.where(np.isfinite(expected), close, received == expected)


# rtol by dtype: room for another order of the same operations, far below any mistake.
_RTOL = {"float64": 1e-7, "complex128": 1e-7, "float32": 1e-4, "complex64": 1e-4, "float16": 1e-2, "bfloat16": 2e-2}


def tolerance_for(expected: Any) -> Tolerance:
    """Return the tolerance for values of the dtype of `expected`, of any shape: exact for integers and booleans.

    The absolute part is a hundredth of `rtol` of the largest expected number, so that it follows the scale of the data.
    """
    numbers = plain.as_numpy(expected)
    name = plain.dtype_name(expected) if plain.is_array(expected) else str(numbers.dtype)
    rtol = _RTOL.get(name, 0.0)
    finite = np.abs(numbers[np.isfinite(numbers)]) if rtol else np.zeros(0)
    return Tolerance(rtol, rtol * 1e-2 * float(np.max(finite, initial=0.0)) or rtol * 1e-5)
