"""Measure the margin of the bounds on random weights in the assignment, and how far the usual mistakes are beyond them.

    python benchmarks/calibration/init_normalization.py [--seeds 200]

The hidden test of `init_layer` takes a weight whose standard deviation is within 2% of the right one and whose mean is
within 2% of it from 0. For families of distributions that are all right this prints the largest deviation seen over the
seeds, schemes and sizes, in per cent, and the bound in standard errors: sqrt((kurtosis - 1) / 4n) of the deviation and
sqrt(1 / n) of the mean. For the mistakes it prints the least deviation seen, the smallest over the seeds.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

import numpy as np

BOUND = 0.02
SIZES = ((400, 200), (100, 900), (300, 400))  # (fan_in, fan_out) in the hidden check, and in the visible one

Draw = Callable[[np.random.Generator, int], np.ndarray]

# By name: kurtosis, and a function that draws n numbers of mean 0 and variance 1.
RIGHT: dict[str, tuple[float, Draw]] = {
    "normal": (3.0, lambda rng, n: rng.normal(size=n)),
    "uniform": (1.8, lambda rng, n: rng.uniform(-np.sqrt(3), np.sqrt(3), size=n)),
    "two values": (1.0, lambda rng, n: rng.choice([-1.0, 1.0], size=n)),
    "Laplace": (6.0, lambda rng, n: rng.laplace(scale=np.sqrt(0.5), size=n)),
}


def cut_at_two(rng: np.random.Generator, n: int) -> np.ndarray:
    """Draw n standard normal numbers, those beyond 2 anew."""
    z = rng.normal(size=n)
    while (far := np.abs(z) > 2).any():
        z[far] = rng.normal(size=far.sum())
    return z


WRONG: dict[str, Draw] = {
    "half of the variance": lambda rng, n: rng.normal(size=n) * np.sqrt(0.5),
    "normal, cut at 2": cut_at_two,
    "uniform on (-std, std)": lambda rng, n: rng.uniform(-1, 1, size=n),
    "uniform from 0, right std": lambda rng, n: rng.uniform(0, np.sqrt(12), size=n),
}


def deviations(draw: Draw, seeds: int) -> np.ndarray:
    """Return |std - 1| and |mean| for every size and seed, (sizes * seeds, 2)."""
    found = []
    for fan_in, fan_out in SIZES:
        for seed in range(seeds):
            z = draw(np.random.default_rng(seed), fan_in * fan_out)
            found.append((abs(z.std() - 1), abs(z.mean())))
    return np.array(found)


def main() -> None:
    """Print the two tables."""
    parser = argparse.ArgumentParser(description="Measure the margin of the bounds on random weights.")
    parser.add_argument("--seeds", type=int, default=200)
    seeds = parser.parse_args().seeds
    n = min(fan_in * fan_out for fan_in, fan_out in SIZES)
    print(f"right, {seeds} seeds   largest |std - 1|   bound in s.e.   largest |mean|   bound in s.e.")
    for name, (kurtosis, draw) in RIGHT.items():
        std, mean = deviations(draw, seeds).max(axis=0)
        of_std = BOUND / np.sqrt((kurtosis - 1) / (4 * n)) if kurtosis > 1 else np.inf
        print(f"{name:18} {std:17.2%} {of_std:15.1f} {mean:16.2%} {BOUND * np.sqrt(n):15.1f}")
    print(f"\nwrong, {seeds} seeds             least |std - 1|   least |mean|")
    for name, draw in WRONG.items():
        std, mean = deviations(draw, seeds).min(axis=0)
        print(f"{name:26} {std:17.2%} {mean:14.2%}")


if __name__ == "__main__":
    main()
