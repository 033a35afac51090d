"""Drivers of unit 05: backprop by hand."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import torch

from course_utils import check


def faulty_act_backward(dout: np.ndarray, z: np.ndarray, kind: str) -> np.ndarray:
    """Return the gradient of an activation, with the fault of exercise 5.6.

    dout, z: float64 arrays of one shape; kind: "relu", "sigmoid" or "tanh". Returns a float64 array of that shape.
    Raises ValueError for another kind.
    """
    if kind == "relu":
        return np.maximum(dout, 0.0) * (z > 0)
    if kind == "sigmoid":
        a = 1 / (1 + np.exp(-z))
        return dout * a * (1 - a)
    if kind == "tanh":
        return dout * (1 - np.tanh(z) ** 2)
    raise ValueError(f"no activation is called {kind!r}")


@check.driver
def an_unbroadcast(variant: str) -> Callable[[np.ndarray, tuple[int, ...]], np.ndarray]:
    """an `unbroadcast`

    variant: "one by one" is right; "mean" and "axis 0" are wrong. Returns a function of g, float64 of any shape, and
    of a shape.
    """

    def unbroadcast(g: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
        if variant == "axis 0":
            return g.sum(axis=0)
        add_up = np.mean if variant == "mean" else np.sum
        while g.ndim > len(shape):
            g = add_up(g, axis=0)
        for axis, size in enumerate(shape):
            if g.shape[axis] != size:
                g = add_up(g, axis=axis, keepdims=True)
        return g

    return unbroadcast


def two_spirals(
    rng: np.random.Generator, points: int = 400, fresh: int = 2000
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Draw points of two spirals that wind around each other, turned and perhaps mirrored at random.

    points, fresh: how many points there are to train with, and to measure with.
    Returns (X, Y, fresh, labels): X and fresh are float64 (points, 2) and (fresh, 2), coordinates between about -2 and
    2; Y and labels are float64 (points, 1) and (fresh, 1), 0 or 1.
    """
    turned, mirrored = turned_and_mirrored(rng)
    Y = rng.integers(2, size=(points + fresh, 1)).astype(float)
    X = spiral(np.sqrt(rng.uniform(0.03, 1.0, size=Y.shape)), Y, turned, mirrored)
    X += 0.06 * rng.normal(size=X.shape)
    return X[:points], Y[:points], X[points:], Y[points:]


def turned_and_mirrored(rng: np.random.Generator) -> tuple[float, float]:
    """Draw how far the spirals are turned, an angle, and whether they are mirrored: -1 where they are, else 1.

    It is the first thing that `two_spirals` draws from `rng`.
    """
    return float(rng.uniform(0, 2 * np.pi)), float(rng.choice([-1.0, 1.0]))


def spiral(along: np.ndarray, arm: np.ndarray | float, turned: float = 0.0, mirrored: float = 1.0) -> np.ndarray:
    """Return the points of a spiral of 1.75 turns.

    along: float64 (n, 1), from 0 in the middle to 1 at the end. arm: 0 and 1 are the two spirals, 1/2 is halfway
    between. turned: an angle; mirrored: -1 or 1. Returns float64 (n, 2).
    """
    angle = mirrored * (2 * np.pi * 1.75 * along + np.pi * arm) + turned
    return 2 * along * np.concatenate([np.cos(angle), np.sin(angle)], axis=1)


def is_network(params: object) -> bool:
    """Say whether `params` has the form of exercise 5.7 for points of the plane.

    params: a dict of "W1" (n1, 2), "b1" (n1,), ..., "WL" (1, n), "bL" (1,), all of them finite float64 arrays.
    """
    if not isinstance(params, dict) or not params:
        return False
    layers = range(1, len(params) // 2 + 1)
    if set(params) != {f"{kind}{layer}" for layer in layers for kind in "Wb"}:
        return False
    if not all(
        isinstance(value, np.ndarray) and value.dtype == np.float64 and value.ndim and np.isfinite(value).all()
        for value in params.values()
    ):
        return False
    widths = [2, *(len(params[f"W{layer}"]) for layer in layers)]
    fits = all(
        params[f"W{layer}"].shape == (after, before) and params[f"b{layer}"].shape == (after,)
        for layer, (before, after) in enumerate(pairwise(widths), start=1)
    )
    return fits and widths[-1] == 1


def share_right(params: dict[str, np.ndarray], X: np.ndarray, Y: np.ndarray) -> float:
    """Return the share of points that a network gets right.

    params: as in `is_network`. X: float64 (m, 2); Y: float64 (m, 1), labels 0 or 1.
    """
    A = torch.tensor(X)
    layers = len(params) // 2
    for layer in range(1, layers + 1):
        weight, bias = torch.tensor(params[f"W{layer}"]), torch.tensor(params[f"b{layer}"])
        A = torch.nn.functional.linear(A if layer == 1 else torch.relu(A), weight, bias)
    return float(np.mean((A.numpy() > 0) == (Y == 1)))
