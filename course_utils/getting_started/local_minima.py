"""Local minima: where gradient descent ends on a non-convex and on a convex curve (CS7150-L1, "Open problems")."""

from __future__ import annotations

from functools import cache

import numpy as np
from matplotlib.ticker import MaxNLocator

from course_utils.drawing.pictures import BLUE, GREEN, GREY, ORANGE, VERMILION, Picture, finish, new_figure

REACH, STARTS, STEPS = 7.0, 500, 300
SHOWN = 40  # number of steps of the drawn path
GRID = np.linspace(-10, 10, 801)


def height(x: np.ndarray, convex: bool) -> np.ndarray:
    """Return sin(3x) + 0.1 x^2 at x, of any shape; with `convex` only 0.1 x^2. The result has the shape of x."""
    return 0.1 * x**2 + (0 if convex else np.sin(3 * x))


def slope(x: np.ndarray, convex: bool) -> np.ndarray:
    """Return the derivative of `height` at x, of any shape; the result has the shape of x."""
    return 0.2 * x + (0 if convex else 3 * np.cos(3 * x))


@cache
def minima(convex: bool) -> np.ndarray:
    """Return all local minima between -16 and 16, (k,), in ascending order, by bisection of the slope."""
    grid = np.linspace(-16, 16, 6401) + 1e-4
    values = slope(grid, convex)
    low = grid[:-1][(values[:-1] < 0) & (values[1:] > 0)]
    high = low + (grid[1] - grid[0])
    for _ in range(50):
        middle = (low + high) / 2
        low, high = np.where(slope(middle, convex) < 0, [middle, high], [low, middle])
    return low


@cache
def descent_paths(seed: int, learning_rate: float, noise: float, convex: bool) -> np.ndarray:
    """Return the paths, (STEPS + 1, STARTS), of gradient descent from random starts between -REACH and REACH.

    noise: standard deviation of the noise in each slope, which stands for random batches.
    """
    rng = np.random.default_rng(seed)
    x = rng.uniform(-REACH, REACH, size=STARTS)
    paths = [x]
    for _ in range(STEPS):
        x = x - learning_rate * (slope(x, convex) + noise * rng.normal(size=STARTS))
        paths.append(x)
    return np.array(paths)


def arrivals(x: np.ndarray, convex: bool) -> np.ndarray:
    """Return for each of the k `minima` the number of points x, (n,), to which it is the nearest: (k,)."""
    places = minima(convex)
    nearest = np.abs(x[:, None] - places).argmin(axis=1)
    return np.bincount(nearest, minlength=len(places))


def draw_landings(seed: int, learning_rate: float, noise: float, convex: bool) -> Picture:
    """Draw one path of gradient descent on the curve, and the minima in which 500 of them end."""
    paths = descent_paths(seed, round(learning_rate, 6), noise, convex)
    places, counts = minima(convex), arrivals(paths[-1], convex)
    best = int(height(places, convex).argmin())
    figure, (top, bottom) = new_figure(2, 1, size=(7.2, 4.6), sharex=True, height_ratios=[3, 2])
    top.plot(GRID, height(GRID, convex), color=GREY)
    one = paths[: SHOWN + 1, 0]
    top.plot(one, height(one, convex), "o-", color=ORANGE, ms=3, lw=0.8, label="one path, its first 40 steps")
    top.plot(one[0], height(one[:1], convex), "o", color=VERMILION, label="its start")
    top.plot(places[best], height(places[best], convex), "*", color=GREEN, ms=13, label="global minimum")
    top.set(xlabel="x", ylabel="height", xlim=(-10, 10), ylim=(-1.6, 11), title="convex" if convex else "non-convex")
    top.set(yticks=[0, 5, 10], xticks=[-8, -4, 0, 4, 8])
    top.legend(loc="upper center", fontsize=8)
    bottom.bar(places, counts, width=0.5, color=[GREEN if i == best else BLUE for i in range(len(places))])
    bottom.set(xlabel="position of the minimum", ylabel=f"of {STARTS} starts", title="where they end", ylim=(0, None))
    bottom.yaxis.set_major_locator(MaxNLocator(3))
    used = int(np.count_nonzero(counts))
    return finish(
        figure,
        f"Seed {seed}, learning rate {learning_rate:.3g}, noise {noise:g}: the path from x = {one[0]:z.2f} ends at "
        f"{paths[-1, 0]:z.2f}. {STARTS} starts end near {used} minim{'a' if used > 1 else 'um'}, "
        f"{counts[best] / STARTS:.0%} of them at the global one, x = {places[best]:z.2f}.",
    )
