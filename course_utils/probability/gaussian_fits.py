"""One Gaussian fitted to a mixture of two, by either direction of the KL divergence (unit 03, section 4.4).

Source: CS7150-L1, "Entropy"; Bishop, "Pattern Recognition and Machine Learning" (2006), section 10.1.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from scipy.optimize import minimize

from course_utils.drawing.pictures import BLACK, BLUE, GREY, VERMILION, Picture, finish, new_figure

FORWARD, REVERSE = "KL(p‖q)", "KL(q‖p)"
COLOURS = {FORWARD: BLUE, REVERSE: VERMILION}
PLACES = np.linspace(-36, 36, 721)  # of the integrals, which are sums over this grid
MEANS, DEVIATIONS = np.linspace(-6, 6, 61), np.geomspace(0.6, 5, 80)


def log_mixture(gap: float, weight: float) -> np.ndarray:
    """Return log p at PLACES, (721,), of weight N(-gap/2, 1) + (1 - weight) N(gap/2, 1), 0 < weight < 1."""
    left, right = log_gaussian(-gap / 2, 1.0), log_gaussian(gap / 2, 1.0)
    return np.logaddexp(np.log(weight) + left, np.log1p(-weight) + right)


def log_gaussian(mean: float | np.ndarray, deviation: float | np.ndarray) -> np.ndarray:
    """Return log q of N(mean, deviation^2) at PLACES, (..., 721); mean and deviation broadcast to (...)."""
    mean, deviation = np.broadcast_arrays(mean, deviation)
    z = (PLACES - mean[..., None]) / deviation[..., None]
    return -0.5 * z**2 - np.log(deviation * np.sqrt(2 * np.pi))[..., None]


def divergence(direction: str, log_p: np.ndarray, log_q: np.ndarray) -> np.ndarray:
    """Return a divergence of p and q in nats.

    direction: FORWARD, KL(p || q), or REVERSE, KL(q || p).
    log_p: (721,) at PLACES. log_q: (..., 721). Returns (...).
    """
    weight = np.exp(log_p if direction == FORWARD else log_q)
    over = log_p - log_q if direction == FORWARD else log_q - log_p
    return np.sum(weight * over, axis=-1) * (PLACES[1] - PLACES[0])


@cache
def by_mean(direction: str, gap: float, weight: float) -> tuple[np.ndarray, np.ndarray]:
    """Return, per mean of q in MEANS, the smallest divergence over all DEVIATIONS and that deviation, (61,) each."""
    log_p = log_mixture(gap, weight)
    found = np.array([divergence(direction, log_p, log_gaussian(mean, DEVIATIONS)) for mean in MEANS])
    return found.min(axis=1), DEVIATIONS[found.argmin(axis=1)]


@cache
def best_fit(direction: str, gap: float, weight: float) -> tuple[float, float, float]:
    """Return mean, standard deviation and divergence in nats of the Gaussian q that is closest to the mixture p."""
    log_p = log_mixture(gap, weight)
    smallest, deviations = by_mean(direction, gap, weight)
    i = smallest.argmin()

    def cost(parameters: np.ndarray) -> float:
        return float(divergence(direction, log_p, log_gaussian(parameters[0], np.exp(parameters[1]))))

    found = minimize(cost, (MEANS[i], np.log(deviations[i])))
    return float(found.x[0]), float(np.exp(found.x[1])), float(found.fun)


def draw_fits(gap: float, weight: float) -> Picture:
    """Draw a mixture p of two Gaussians `gap` apart, the closest Gaussian q by either divergence, and why it is there.

    weight: that of the left component, between 0 and 1.
    """
    shown = np.abs(PLACES) <= 9
    figure, (left, right) = new_figure(1, 2, size=(9, 3.8))
    left.fill_between(PLACES[shown], np.exp(log_mixture(gap, weight)[shown]), color=GREY, alpha=0.5, label="p")
    told = []
    for direction, colour in COLOURS.items():
        mean, deviation, least = best_fit(direction, gap, weight)
        q = np.exp(log_gaussian(mean, deviation))
        left.plot(PLACES[shown], q[shown], color=colour, label=f"q, smallest {direction}")
        right.plot(MEANS, by_mean(direction, gap, weight)[0], color=colour, label=direction)
        right.plot(mean, least, "*", color=colour, mec=BLACK, ms=14)
        told.append(f"{direction.replace('‖', '||')} is {least:.3f} nats, smallest at {mean:z.2f} ± {deviation:.2f}")
    left.set(title="p and the closest Gaussians", xlabel="x", ylabel="density", xlim=(-9, 9), ylim=(0, 0.5))
    left.set(xticks=[-8, -4, 0, 4, 8], yticks=[0, 0.2, 0.4])
    right.set(title="each mean at its best deviation", xlabel="mean of q", ylabel="divergence (nats)")
    right.set(xlim=(-6, 6), ylim=(-0.05, 2.5), xticks=[-6, -3, 0, 3, 6], yticks=[0, 1, 2])
    left.legend(loc="upper right", fontsize=8)
    right.legend(loc="upper center", fontsize=8)
    return finish(
        figure,
        f"One Gaussian q for a mixture p of N({-gap / 2:z.2f}, 1) with weight {weight:.2f} and N({gap / 2:.2f}, 1) "
        f"with weight {1 - weight:.2f}; mean ± standard deviation of q: {'; '.join(told)}.",
    )
