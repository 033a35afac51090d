"""Directions: what the pictures of several units compute about vectors of the plane and about principal axes."""

from __future__ import annotations

import numpy as np


def unit_vector(angle: float) -> np.ndarray:
    """Return the vector of length 1, (2,), at `angle` degrees counter-clockwise from the first axis."""
    return np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))])


def angle_of(g: np.ndarray) -> float:
    """Return the angle of the line along g, (2,), in degrees from 0 to below 180."""
    return float(np.degrees(np.arctan2(g[1], g[0])) % 180)


def principal_directions(X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the right singular vectors of X, (n, d), as columns, (d, r), and its singular values, (r,); r = min(n, d).

    Where the rows of X are centred samples, these are their principal directions. The largest entry of each vector is
    made positive, so that pictures are the same on every machine.
    """
    _, values, Vt = np.linalg.svd(X, full_matrices=False)
    largest = Vt[np.arange(len(Vt)), np.abs(Vt).argmax(axis=1)]
    return Vt.T * np.sign(largest), values
