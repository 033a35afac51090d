"""Where gradient descent lands: many starts on a wavy curve and on a convex one (CS7150-L1, "Open problems")."""

from __future__ import annotations

from functools import cache

import numpy as np
from matplotlib.ticker import MaxNLocator

from course_utils.drawing.pictures import BLUE, GREEN, GREY, ORANGE, VERMILION, Picture, finish, new_figure

REACH, STARTS, STEPS = 7.0, 500, 300
SHOWN = 40  # steps of the one path that is drawn
GRID = np.linspace(-10, 10, 801)


def height(x: np.ndarray, convex: bool) -> np.ndarray:
    """Return sin(3x) + 0.1 x^2, or 0.1 x^2 alone, which is convex."""
    return 0.1 * x**2 + (0 if convex else np.sin(3 * x))


def slope(x: np.ndarray, convex: bool) -> np.ndarray:
    """Return the derivative of `height`."""
    return 0.2 * x + (0 if convex else 3 * np.cos(3 * x))


@cache
def minima(convex: bool) -> np.ndarray:
    """Return the places of all local minima, ascending: where the slope goes from below 0 to above, bisected."""
    grid = np.linspace(-16, 16, 6401) + 1e-4
    values = slope(grid, convex)
    low = grid[:-1][(values[:-1] < 0) & (values[1:] > 0)]
    high = low + (grid[1] - grid[0])
    for _ in range(50):
        middle = (low + high) / 2
        low, high = np.where(slope(middle, convex) < 0, [middle, high], [low, middle])
    return low


@cache
def descend(seed: int, learning_rate: float, noise: float, convex: bool) -> np.ndarray:
    """Return the paths, (STEPS + 1, STARTS), of gradient descent from random starts between -REACH and REACH.

    noise: standard deviation of what is added to each slope, as random batches do.
    """
    rng = np.random.default_rng(seed)
    x = rng.uniform(-REACH, REACH, size=STARTS)
    paths = [x]
    for _ in range(STEPS):
        x = x - learning_rate * (slope(x, convex) + noise * rng.normal(size=STARTS))
        paths.append(x)
    return np.array(paths)


def landed(x: np.ndarray, convex: bool) -> np.ndarray:
    """Return how many of x lie nearest to each of the `minima`."""
    places = minima(convex)
    nearest = np.abs(x[:, None] - places).argmin(axis=1)
    return np.bincount(nearest, minlength=len(places))


def draw_landings(seed: int, learning_rate: float, noise: float, convex: bool) -> Picture:
    """Draw one path of gradient descent on the curve, and in which minima 500 of them end."""
    paths = descend(seed, round(learning_rate, 6), noise, convex)
    places, counts = minima(convex), landed(paths[-1], convex)
    best = int(height(places, convex).argmin())
    figure, (top, bottom) = new_figure(2, 1, size=(7.2, 4.6), sharex=True, height_ratios=[3, 2])
    top.plot(GRID, height(GRID, convex), color=GREY)
    one = paths[: SHOWN + 1, 0]
    top.plot(one, height(one, convex), "o-", color=ORANGE, ms=3, lw=0.8, label="one path, its first 40 steps")
    top.plot(one[0], height(one[:1], convex), "o", color=VERMILION, label="its start")
    top.plot(places[best], height(places[best], convex), "*", color=GREEN, ms=13, label="global minimum")
    top.set(xlabel="x", ylabel="height", xlim=(-10, 10), ylim=(-1.6, 11), title="convex" if convex else "not convex")
    top.set(yticks=[0, 5, 10], xticks=[-8, -4, 0, 4, 8])
    top.legend(loc="upper center", fontsize=8)
    bottom.bar(places, counts, width=0.5, color=[GREEN if i == best else BLUE for i in range(len(places))])
    bottom.set(xlabel="place of the minimum", ylabel=f"of {STARTS} starts", title="where they landed", ylim=(0, None))
    bottom.yaxis.set_major_locator(MaxNLocator(3))
    used = int(np.count_nonzero(counts))
    return finish(
        figure,
        f"Seed {seed}, learning rate {learning_rate:.3g}, noise {noise:g}: the start at x = {one[0]:z.2f} comes to "
        f"{paths[-1, 0]:z.2f}. {STARTS} starts end near {used} minim{'a' if used > 1 else 'um'}, "
        f"{counts[best] / STARTS:.0%} of them at the global one, x = {places[best]:z.2f}.",
    )
