"""How fast momentum converges in a bowl: its best learning rate, its best momentum, and the updates that it needs.

On a quadratic with curvature c, momentum is the linear recurrence w_(t+1) = (1 + mu - alpha c) w_t - mu w_(t-1). The
larger root of r^2 - (1 + mu - alpha c) r + mu tells what share of the error an update keeps.

Source: Polyak, "Some methods of speeding up the convergence of iteration methods" (1964).
"""

from __future__ import annotations

from functools import cache

import numpy as np
import scipy.signal

from course_utils.drawing.pictures import BLACK, BLUE, GREY, ORANGE, VERMILION, Picture, finish, new_figure
from course_utils.optimizers.update_rules import settled_after

DONE = 1e-6
KAPPAS = np.geomspace(3, 10_000, 15)
MUS = np.linspace(0, 0.99, 67)


def best_rate(kappa: float, mu: float) -> float:
    """Return the learning rate that converges fastest for this mu where the curvatures are 1 to kappa."""
    return 2 * (1 + mu) / (1 + kappa)


def best_momentum(kappa: float) -> float:
    """Return the mu that converges fastest where the curvatures are 1 to kappa, each mu with its `best_rate`."""
    return ((np.sqrt(kappa) - 1) / (np.sqrt(kappa) + 1)) ** 2


def kept(curvature: float, learning_rate: float, mu: float) -> float:
    """Return the share of the error that an update keeps in the long run: the larger root of the recurrence."""
    return float(np.abs(np.roots([1, learning_rate * curvature - 1 - mu, mu])).max())


@cache
def updates_needed(kappa: float, mu: float, learning_rate: float | None = None) -> int:
    """Return after how many updates the loss of the valley stays below DONE, with momentum mu, at most 0.99.

    learning_rate: `best_rate` by default. The start, (-8, 8 / sqrt(kappa)), has as much loss in one direction as in the
    other. A linear recurrence is a filter, here applied to a single impulse.
    """
    alpha = best_rate(kappa, mu) if learning_rate is None else learning_rate
    watched = 5000 + int(6 * kappa)
    loss, impulse = np.zeros(watched), np.eye(1, watched)[0]
    for start, curvature in ((-8.0, 1.0), (8 / np.sqrt(kappa), kappa)):
        w = np.asarray(scipy.signal.lfilter([start, -mu * start], [1, alpha * curvature - 1 - mu, mu], impulse))
        loss += curvature * w**2 / 2
    return int(settled_after(loss, DONE))


def draw_momentum_rates(kappa: float, mu: float) -> Picture:
    """Draw the updates needed against mu for one condition number, and against the condition number."""
    best = best_momentum(kappa)
    figure, (left, right) = new_figure(1, 2, size=(8.5, 3.3))
    left.semilogy(MUS, [updates_needed(kappa, m) for m in MUS], color=BLUE, lw=1.5)
    left.axvline(best, color=VERMILION, ls="--", label=f"best μ by the formula: {best:.2f}")
    left.plot(mu, updates_needed(kappa, mu), "o", color=ORANGE, mec=BLACK, ms=9, label=f"μ = {mu:.2f}")
    left.set(xlabel="momentum μ", ylabel="updates", xlim=(0, 1), xticks=[0, 0.5, 1], ylim=(5, 100_000))
    left.set_title(f"κ = {kappa:.0f}, each μ with its best α")
    curves = (
        ("gradient descent", np.zeros(len(KAPPAS)), BLACK, "-"),
        (f"μ = {mu:.2f}", np.full(len(KAPPAS), mu), ORANGE, "-"),
        ("best μ for each κ", np.array([best_momentum(k) for k in KAPPAS]), BLUE, "-"),
    )
    for name, mus, colour, style in curves:
        counts = [updates_needed(k, m) for k, m in zip(KAPPAS, mus, strict=True)]
        right.loglog(KAPPAS, counts, ".", ls=style, color=colour, label=name)
    for power, place in ((1.0, (1500, 2500)), (0.5, (1500, 130))):
        right.loglog(KAPPAS[6:], 2 * KAPPAS[6:] ** power, color=GREY, lw=1, ls=":")
        right.text(*place, "slope κ" if power == 1 else "slope √κ", fontsize=8, color=GREY, va="top")
    right.axvline(kappa, color=GREY, lw=1)
    right.set(xlabel="condition number κ", ylabel="updates", xlim=(3, 1e4), ylim=(5, 100_000))
    right.set_title("each method with its best α")
    for axes in (left, right):
        axes.set_yticks([10, 100, 1000, 10_000], ["10", "100", "1000", "10,000"])
        axes.minorticks_off()
        axes.legend(loc="upper left", fontsize=8)
    right.set_xticks([10, 100, 1000, 10_000], ["10", "100", "1000", "10,000"])
    return finish(
        figure,
        f"Updates until the loss stays below 1e-6 in a valley with condition number {kappa:.0f}, each method with its "
        f"best learning rate: gradient descent {updates_needed(kappa, 0.0)}, momentum with mu = {mu:.2f} "
        f"{updates_needed(kappa, mu)}, with the best mu, {best:.2f}, {updates_needed(kappa, best)}.",
    )
