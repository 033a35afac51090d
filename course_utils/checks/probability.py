"""Drivers of unit 03: probability and information."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from course_utils import check


def faulty_posterior(prior: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Return the posterior of each class for each outcome, with the fault of exercise 3.5.

    prior: float64 array (nx,); counts: float64 array (nx, ny). Returns a float64 array (nx, ny).
    """
    joint = prior[:, None] * counts
    joint = joint / joint.sum(axis=1, keepdims=True)
    evidence = joint.sum(axis=0)
    return np.divide(joint, evidence, out=np.zeros_like(joint), where=evidence > 0)


@check.driver
def three_entropies(variant: str) -> Callable[[np.ndarray, np.ndarray, float], tuple[float, float, float]]:
    """an `entropies`

    variant: "right"; "nats" and "exchanged" are wrong. Returns a function of p and q, float64 (k,), and the base.
    """

    def entropies(p: np.ndarray, q: np.ndarray, base: float) -> tuple[float, float, float]:
        if variant == "exchanged":
            p, q = q, p
        p, q = p[p > 0], q[p > 0]
        unit = 1.0 if variant == "nats" else np.log(base)
        H = -float(np.sum(p * np.log(p))) / unit
        if not q.all():
            return H, np.inf, np.inf
        return H, -float(np.sum(p * np.log(q))) / unit, float(np.sum(p * np.log(p / q))) / unit

    return entropies


def independent_dice(seed: int, k: int = 8, n: int = 200, tables: int = 400) -> np.ndarray:
    """Roll two independent dice with k sides n times, and count; repeat it for each table.

    Returns float64 (tables, k, k); entry [t, i, j] says how often in table t the first die showed i and the second j.
    """
    rolls = np.random.default_rng(seed).multinomial(n, np.full(k * k, 1 / k**2), size=tables)
    return rolls.reshape(tables, k, k).astype(float)
