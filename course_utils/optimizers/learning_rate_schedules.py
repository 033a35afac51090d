"""Learning rates that change: decay schedules, reduce on plateau, cycles.

Sources: HPML-L3, "Learning rate schedule" and "Cyclical Learning Rate"; Smith, "Cyclical Learning Rates for Training
Neural Networks" (2017), for the cycles; CIS5190-L15, "Learning Rate", for reducing on a plateau.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

Real = float | np.ndarray

INVERSE, EXPONENTIAL, POLYNOMIAL, MULTI_STEP, COSINE, PLATEAU = (
    "inverse", "exponential", "polynomial", "multi-step", "cosine", "reduce on plateau",
)  # fmt: skip
TRIANGULAR, TRIANGULAR2, EXP_RANGE = "triangular", "triangular2", "exp_range"


def inverse(t: Real, initial: float, gamma: Real) -> Real:
    """Return initial / (1 + gamma t); t and gamma: scalars or arrays of one shape, which is that of the result."""
    return initial / (1 + gamma * t)


def exponential(t: Real, initial: float, gamma: Real) -> Real:
    """Return initial e^(-gamma t); t and gamma: scalars or arrays of one shape, which is that of the result."""
    return initial * np.exp(-gamma * t)


def polynomial(t: Real, initial: float, most: float, power: Real) -> Real:
    """Return initial (1 - t / most)^power; t and power: scalars or arrays of one shape, which is that of the result.

    Past `most` the rate stays 0; the printed formula would rise again, or be the root of a negative number.
    """
    return initial * (1 - np.minimum(t, most) / most) ** power


def multi_step(t: Real, initial: float, milestones: Sequence[float], gamma: Real) -> Real:
    """Multiply by gamma < 1 at each milestone, as torch does; the new rate applies from the milestone on.

    t and gamma: scalars or arrays of one shape, which is that of the result.
    """
    return initial * gamma ** np.searchsorted(milestones, t, side="right")


def cosine(t: Real, initial: float, most: float) -> Real:
    """Return initial (1 + cos(pi t / most)) / 2, and 0 past `most`; t: a scalar or an array, of the result's shape."""
    return initial * (1 + np.cos(np.pi * np.minimum(t, most) / most)) / 2


class ReduceOnPlateau:
    """Multiply a run's rate by its `factor` when its loss has not improved for more than `patience` epochs.

    initial, factor: (runs,). The rule is that of `torch.optim.lr_scheduler.ReduceLROnPlateau` with its defaults: better
    means below 0.9999 of the best.
    """

    def __init__(self, initial: np.ndarray, factor: np.ndarray, patience: int) -> None:
        self.rates = np.array(initial, dtype=float)
        self.factor, self.patience = factor, patience
        self.best = np.full(len(self.rates), np.inf)
        self.waiting = np.zeros(len(self.rates), dtype=int)

    def step(self, losses: np.ndarray) -> np.ndarray:
        """Take the losses after an epoch, (runs,), and return the rates for the next, (runs,)."""
        better = losses < self.best * (1 - 1e-4)
        self.best = np.where(better, losses, self.best)
        self.waiting = np.where(better, 0, self.waiting + 1)
        reduce = self.waiting > self.patience
        self.rates = np.where(reduce, self.rates * self.factor, self.rates)
        self.waiting[reduce] = 0
        return self.rates


def cyclical(t: Real, base: float, most: float, step_size: int, mode: str, gamma: float = 1.0) -> Real:
    """Return the rate after t iterations: `base` at 0, `most` at step_size, `base` again at 2 step_size.

    t: a scalar or an array of any shape, which is the shape of the result.
    mode: TRIANGULAR; TRIANGULAR2, which halves the amplitude with each cycle; EXP_RANGE, amplitude times gamma^t.
    """
    cycle = np.floor(1 + t / (2 * step_size))
    height = np.maximum(0, 1 - np.abs(t / step_size - 2 * cycle + 1))
    scale = {TRIANGULAR: 1.0, TRIANGULAR2: 0.5 ** (cycle - 1), EXP_RANGE: gamma**t}[mode]
    return base + (most - base) * height * scale
