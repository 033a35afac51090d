"""The update rules of gradient descent and its relatives, and the paths that they take on surfaces over the plane.

A rule is `rule(gradient, w, state, learning_rate, t) -> (w, state)`. It works entry by entry, so that `w`, (..., d),
may hold many runs at once, and `learning_rate` may differ from run to run, (..., 1). `gradient` takes w and returns the
same shape. `state` is a pair: a velocity (or mean of gradients) and a sum (or mean) of squared gradients, each 0.0 or
(..., d). t counts updates from 1.

Sources: CIS5190-L15, "Gradient Descent" to "Adaptive Learning Rates"; Kingma and Ba, "Adam: A Method for Stochastic
Optimization" (2015), for the bias correction.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import ArrayLike

from course_utils.drawing.pictures import BLACK, BLUE, GREEN, ORANGE, PURPLE, VERMILION

Gradient = Callable[[np.ndarray], np.ndarray]
Points = TypeVar("Points", np.ndarray, torch.Tensor)  # in the lecture torch differentiates the same functions
Rate = float | np.ndarray
State = tuple[np.ndarray | float, np.ndarray | float]
Rule = Callable[..., tuple[np.ndarray, State]]

FAR = 100.0  # a run that would go farther than this from 0 in any coordinate has diverged, and stays where it was


def gradient_descent(
    gradient: Gradient, w: np.ndarray, state: State, learning_rate: Rate, t: int
) -> tuple[np.ndarray, State]:
    """Return w - alpha g for w, (..., d), and the state unchanged."""
    return w - learning_rate * gradient(w), state


def momentum(
    gradient: Gradient, w: np.ndarray, state: State, learning_rate: Rate, t: int, mu: float = 0.9
) -> tuple[np.ndarray, State]:
    """Update w, (..., d), by the lecture's "accelerated gradient descent": rho = mu rho - alpha g, w = w + rho."""
    rho = mu * state[0] - learning_rate * gradient(w)
    return w + rho, (rho, 0.0)


def torch_momentum(
    gradient: Gradient, w: np.ndarray, state: State, learning_rate: Rate, t: int, mu: float = 0.9
) -> tuple[np.ndarray, State]:
    """Update w, (..., d), in the convention of `torch.optim.SGD`: v = mu v + g, w = w - alpha v."""
    v = mu * state[0] + gradient(w)
    return w - learning_rate * v, (v, 0.0)


def nesterov(
    gradient: Gradient, w: np.ndarray, state: State, learning_rate: Rate, t: int, mu: float = 0.9
) -> tuple[np.ndarray, State]:
    """Update w, (..., d), by the lecture's Nesterov momentum, with the gradient at the lookahead point w + mu rho."""
    rho = mu * state[0] - learning_rate * gradient(w + mu * state[0])
    return w + rho, (rho, 0.0)


def adagrad(
    gradient: Gradient, w: np.ndarray, state: State, learning_rate: Rate, t: int, eps: float = 1e-10
) -> tuple[np.ndarray, State]:
    """Update w, (..., d), by AdaGrad: G = G + g^2, w = w - alpha g / (sqrt(G) + eps)."""
    g = gradient(w)
    G = state[1] + g**2
    return w - learning_rate * g / (np.sqrt(G) + eps), (0.0, G)


def rmsprop(
    gradient: Gradient,
    w: np.ndarray,
    state: State,
    learning_rate: Rate,
    t: int,
    decay: float = 0.99,
    eps: float = 1e-8,
) -> tuple[np.ndarray, State]:
    """Update w, (..., d), by RMSProp: G = decay G + (1 - decay) g^2, w = w - alpha g / (sqrt(G) + eps)."""
    g = gradient(w)
    G = decay * state[1] + (1 - decay) * g**2
    return w - learning_rate * g / (np.sqrt(G) + eps), (0.0, G)


def adam(
    gradient: Gradient,
    w: np.ndarray,
    state: State,
    learning_rate: Rate,
    t: int,
    beta_1: float = 0.9,
    beta_2: float = 0.999,
    eps: float = 1e-8,
) -> tuple[np.ndarray, State]:
    """Update w, (..., d), by Adam with both bias corrections, as in the paper and in torch."""
    g = gradient(w)
    mean, square = beta_1 * state[0] + (1 - beta_1) * g, beta_2 * state[1] + (1 - beta_2) * g**2
    unbiased, root = mean / (1 - beta_1**t), np.sqrt(square / (1 - beta_2**t))
    return w - learning_rate * unbiased / (root + eps), (mean, square)


GD, MOMENTUM, NESTEROV = "gradient descent", "momentum", "Nesterov"
ADAGRAD, RMSPROP, ADAM = "AdaGrad", "RMSProp", "Adam"
RULES: dict[str, Rule] = {
    GD: gradient_descent,
    MOMENTUM: momentum,
    NESTEROV: nesterov,
    ADAGRAD: adagrad,
    RMSPROP: rmsprop,
    ADAM: adam,
}
COLOURS = dict(zip(RULES, (BLACK, BLUE, GREEN, ORANGE, PURPLE, VERMILION), strict=True))


def run(
    rule: Rule,
    gradient: Gradient,
    start: ArrayLike,
    learning_rate: Rate | Callable[[int], Rate],
    steps: int,
    **settings: float,
) -> np.ndarray:
    """Return the iterates of `rule`, (steps + 1, ..., d), from `start`, (..., d).

    gradient: takes points, (..., d), and returns the same shape.
    learning_rate: a number, an array that broadcasts with `start`, or a function of t = 1, 2, ...
    settings: of the rule, such as mu. A run that would leave the box of half-width FAR stays where it was.
    """
    rate_at = learning_rate if callable(learning_rate) else lambda t: learning_rate
    w, state = np.asarray(start, dtype=float), (0.0, 0.0)
    nearby = lambda w: gradient(np.clip(w, -FAR, FAR))  # a velocity may still grow where the run is held
    shape = np.broadcast_shapes(w.shape, np.shape(rate_at(1)))
    path = [np.broadcast_to(w, shape)]
    for t in range(1, steps + 1):
        after, state = rule(nearby, path[-1], state, rate_at(t), t, **settings)
        inside = (np.abs(after) < FAR).all(axis=-1, keepdims=True)
        path.append(np.where(inside, after, path[-1]))
    return np.array(path)


def steps_until(values: np.ndarray, bound: float) -> np.ndarray:
    """Return per run the first index at which `values`, (steps + 1, ...), is below `bound`, (...) int; -1: never."""
    below = values < bound
    return np.where(below.any(axis=0), below.argmax(axis=0), -1)


def settled_after(values: np.ndarray, bound: float) -> np.ndarray:
    """Return per run the index from which `values`, (steps + 1, ...), stays below `bound`, (...) int; -1: never.

    This is the measure of convergence. The first index below the bound (`steps_until`) rewards a run that jumps about.
    """
    above = ~(values < bound)  # a run that has overflowed is not below
    since = np.where(above.any(axis=0), len(values) - above[::-1].argmax(axis=0), 0)
    return np.where(since < len(values), since, -1)


# --- surfaces --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Surface:
    """A function of w = (w_1, w_2) with its gradient, and the window to draw.

    value: (..., 2) -> (...); gradient: (..., 2) -> (..., 2). window: left, right, bottom, top. levels: of the contours.
    shown: the values to draw, on a logarithmic axis where both are positive. goal: the minimum, or None. rates: one per
    method.
    """

    value: Callable[[np.ndarray], np.ndarray]
    gradient: Gradient
    window: tuple[float, float, float, float]
    levels: tuple[float, ...]
    shown: tuple[float, float]
    goal: tuple[float, float] | None
    rates: dict[str, float]


WINDOW = (-4.5, 4.5, -2.5, 2.5)


def valley(kappa: float) -> tuple[Callable[[np.ndarray], np.ndarray], Gradient]:
    """Return f = (w_1^2 + kappa w_2^2) / 2, (..., 2) -> (...), and its gradient, (..., 2) -> (..., 2).

    The eigenvalues of the Hessian are 1 and kappa.
    """
    curvature = np.array([1.0, kappa])
    return lambda w: (w**2 @ curvature) / 2, lambda w: w * curvature


def saddle_value(w: Points) -> Points:
    """Return w_1^2 - w_2^2, (...), for w, (..., 2)."""
    return w[..., 0] ** 2 - w[..., 1] ** 2


def saddle_gradient(w: np.ndarray) -> np.ndarray:
    """Return the gradient of w_1^2 - w_2^2 at w, (..., 2), of the same shape."""
    return w * np.array([2.0, -2.0])


def _beale_residuals(w: Points) -> tuple[Points, Points, Points]:
    x, y = w[..., 0], w[..., 1]
    return 1.5 - x + x * y, 2.25 - x + x * y**2, 2.625 - x + x * y**3


def beale_value(w: Points) -> Points:
    """Return Beale's function (1958), (...), at w, (..., 2); its only minimum, 0, is at (3, 0.5)."""
    r1, r2, r3 = _beale_residuals(w)
    return r1**2 + r2**2 + r3**2


def beale_gradient(w: np.ndarray) -> np.ndarray:
    """Return the gradient of Beale's function at w, (..., 2), of the same shape."""
    x, y = w[..., 0], w[..., 1]
    r1, r2, r3 = _beale_residuals(w)
    by_x = 2 * (r1 * (y - 1) + r2 * (y**2 - 1) + r3 * (y**3 - 1))
    by_y = 2 * x * (r1 + 2 * r2 * y + 3 * r3 * y**2)
    return np.stack([by_x, by_y], axis=-1)


@cache
def surfaces() -> dict[str, Surface]:
    """Return the surfaces of the race by name: "Beale's function", "saddle" and "valley"."""
    value, gradient = valley(20.0)
    return {
        "Beale's function": Surface(
            beale_value,
            beale_gradient,
            WINDOW,
            (3, 30, 300, 1e4),
            (1e-5, 1e5),
            (3.0, 0.5),
            dict(zip(RULES, (1e-3, 1e-3, 1e-3, 0.4, 0.02, 0.1), strict=True)),
        ),
        "saddle": Surface(
            saddle_value,
            saddle_gradient,
            WINDOW,
            (-4, -2, -0.7, -0.1, 0.1, 0.7, 2, 4, 8, 16),
            (-20, 20),
            None,
            dict(zip(RULES, (0.02, 0.02, 0.02, 0.1, 0.01, 0.03), strict=True)),
        ),
        "valley": Surface(
            value,
            gradient,
            WINDOW,
            (0.1, 0.5, 2, 5, 10, 20, 40),
            (1e-5, 1e5),
            (0.0, 0.0),
            dict(zip(RULES, (0.02, 0.02, 0.02, 0.4, 0.02, 0.1), strict=True)),
        ),
    }
