"""Gradients by central differences: the authority for every gradient that a student works out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from course_utils.check import plain

# Near the best step for central differences in double precision, the cube root of 2.2e-16.
STEP = 1e-5


def central_differences(
    function: Callable[[np.ndarray], Any], at: np.ndarray, upstream: Any = None, step: float = STEP
) -> np.ndarray:
    """Return the gradient of `sum(upstream * function(x))` at `x = at`, float64 of the shape of `at`.

        at = np.array([3.0, 4.0])
        check.central_differences(np.linalg.norm, at)  # at / 5, up to about 1e-10

    function: is given a new float64 array of the shape of `at` each time; returns a number, an array or a tensor.
    at: a float64 array of any shape.
    step: how far each entry is moved both ways.
    upstream: an array of the shape of the function's value; it may be left out where the value is a number.
    Raises TypeError where `at` is not a float64 array or where `upstream` is missing: in single precision central
    differences are off by more than most mistakes are.
    """
    if not plain.is_numpy(at) or at.dtype != np.float64:
        raise TypeError("central differences need a float64 numpy array to start from")

    def total(x: np.ndarray) -> float:
        value = plain.as_numpy(function(x))
        if upstream is None and value.ndim:
            raise TypeError("the function returns an array: pass the upstream gradient")
        return float(np.sum(value if upstream is None else plain.as_numpy(upstream) * value))

    gradient = np.empty_like(at)
    for index in np.ndindex(*at.shape):
        up, down = at.copy(), at.copy()
        up[index] += step
        down[index] -= step
        gradient[index] = (total(up) - total(down)) / (up[index] - down[index])
    return gradient
