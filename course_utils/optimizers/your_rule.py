"""The path of a student's own update rule: the step functions that the exercises ask for, by their names.

Sources: those of `update_rules`, CIS5190-L15, "Gradient Descent" to "Adaptive Learning Rates".
"""

from __future__ import annotations

from typing import Any

import numpy as np

from course_utils import check
from course_utils.drawing.guarded_call import GuardedCall, guarded_call
from course_utils.drawing.yours import Function
from course_utils.optimizers.update_rules import ADAGRAD, ADAM, FAR, GD, MOMENTUM, RMSPROP, Surface

Step = tuple[str, Any]

# Name: which of `update_rules.RULES` it is, and one call of it, which returns the new w and the new state.
STEPS: dict[str, Step] = {
    "sgd_step": (GD, lambda step, w, g, state, rate: (step(w, g, rate), None)),
    "momentum_step": (MOMENTUM, lambda step, w, g, state, rate: step(w, g, state, rate, 0.9, "lecture")),
    "adagrad_step": (ADAGRAD, lambda step, w, g, state, rate: step(w, g, state, rate)),
    "rmsprop_step": (RMSPROP, lambda step, w, g, state, rate: step(w, g, state, rate, 0.99)),
    "adam_step": (ADAM, lambda step, w, g, state, rate: step(w, g, state, rate)),
}


def method_of(step: Function) -> str | None:
    """Return which of `update_rules.RULES` a student's function is, by its name; None if it has none of STEPS."""
    method, _ = STEPS.get(getattr(step, "__name__", ""), (None, None))
    return method


def your_path(step: Function, surface: Surface, start: tuple[float, float], updates: int) -> GuardedCall:
    """Return the path of a student's function, one of STEPS, from `start`: (updates + 1, 2).

    It has the learning rate of its method on that surface. As in `update_rules.run`, an update that would leave the box
    of half-width FAR is left out.
    """
    method, taken = STEPS[step.__name__]

    def path() -> np.ndarray:
        places, state = [np.array(start, dtype=float)], None
        for t in range(1, updates + 1):
            w = places[-1]
            result = taken(step, w.copy(), surface.gradient(w), state, surface.rates[method])
            new, kept = check.Received(result, f"`{step.__name__}` in update {t}").unpack("the new w", "the new state")
            after, state = new.has_shape(*w.shape, like=w).value, kept.value
            places.append(w if np.abs(after).max() >= FAR else after.copy())
        return np.array(places)

    path.__doc__ = f"`{step.__name__}`"
    return guarded_call(check.driver(path))
