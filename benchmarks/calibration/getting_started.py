"""Measure how often exercise 0.7, a budget of weights, would fail a right answer, and pass a wrong one.

    python benchmarks/calibration/getting_started.py [--gradings 12] [--jobs 2] [NAME ...]

The solution and each answer of the catalogue (all of them, or the NAMEs) prune six networks for each of `--gradings`
seeds, as the checks do it. Printed are, for each: CPU seconds per network; the standard deviation of the accuracy from
network to network; smallest, mean and standard deviation of the mean of six; and how often each of the three goals
would be missed, by normal distributions with these means, where the standard deviation of the first, a mean of three
networks, is larger by sqrt(2). "-" is an answer that no check measures: weights of other shapes, or too many of them.
A right answer is to miss 92% less than once in 1,000 gradings.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping

import catalogue
import numpy as np
import torch
from scipy.stats import norm

from course_utils.checks import getting_started as drive

UNIT, EXERCISE = "00_getting_started", "prune_weights"
NETWORKS, BUDGET, GOALS = 6, 592, (0.65, 0.80, 0.92)


def accuracies(source: str, seed: int) -> tuple[list[float], float]:
    """Return the accuracies of the six networks of one grading, nan where none counts, and CPU seconds per network."""
    torch.set_num_threads(1)
    prune_weights = catalogue.names_of(source)[EXERCISE]
    found, seconds = [], 0.0
    for case in drive.trained_networks(np.random.default_rng([seed, 0]), NETWORKS):
        started = time.process_time()
        pruned = prune_weights(case.network, case.X, BUDGET)
        seconds += time.process_time() - started
        counts = all(part.dtype == float for part in pruned) and drive.weights_left(pruned) <= BUDGET
        found.append(drive.accuracy_of(pruned, case.X_new, case.y_new) if counts else np.nan)
    return found, seconds / NETWORKS


def lines(chosen: Mapping[str, catalogue.Answer], gradings: int, jobs: int) -> Iterator[str]:
    """Yield the table, one line per answer."""
    yield f"{'answer':44} kind    CPU s  std of one   mean of 6: min   mean    std    below 65%  below 80%  below 92%"
    for name, kind, found in catalogue.measured(accuracies, chosen, gradings, jobs):
        shares, seconds = (np.array(part) for part in zip(*found, strict=True))
        if np.isnan(shares).any():
            yield f"{name:44} {kind:6} {seconds.mean():6.2f}  -"
            continue
        means = shares.mean(axis=1)
        spread = means.std(ddof=1) * np.array([2**0.5, 1.0, 1.0])
        missed = "  ".join(f"{share:9.1e}" for share in norm.cdf(GOALS, means.mean(), spread))
        yield (
            f"{name:44} {kind:6} {seconds.mean():6.2f} {shares.std(axis=1, ddof=1).mean():11.3f} "
            f"{means.min():16.3f} {means.mean():6.3f} {spread[1]:6.4f}  {missed}"
        )


if __name__ == "__main__":
    catalogue.table(__doc__, catalogue.answers(UNIT, EXERCISE), lines, gradings=12, jobs=2)
