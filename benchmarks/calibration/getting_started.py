"""Measure how often exercise 0.7, a budget of weights, would fail a right answer, and pass a wrong one.

    python benchmarks/calibration/getting_started.py [--gradings 12] [--jobs 2] [NAME ...]

The solution and each answer of the catalogue (all of them, or the NAMEs) prune six networks for each of `--gradings`
seeds, as the checks do it. Printed are, for each: CPU seconds per network; the standard deviation of the accuracy from
network to network; smallest, mean and standard deviation of the mean of six; and how often each of the three goals
would be missed, by normal distributions with these means, where the standard deviation of the first, a mean of three
networks, is larger by sqrt(2). "-" is an answer that no check measures: weights of other shapes, or too many of them.
A right answer is to miss 92% less than once in 1,000 gradings.

Measured with 6 gradings: the mean of six, its standard deviation, and how often a goal is missed.

answer                                            CPU s   mean    std   below 65%  below 80%  below 92%
solution                                           0.01  0.946  0.0034      0%         0%      6e-15
rows_from_least_squares_in_rounds                  0.16  0.951  0.0023      0%         0%      3e-41
trained_on_to_the_old_logits                       0.20  0.950  0.0021      0%         0%      2e-44
by_what_reaches_the_output_then_normal_equations   0.00  0.948  0.0018      0%         0%      8e-58
the_mean_in_the_biases                             0.00  0.888  0.0088      0%         0%       100%
by_the_size_of_the_products                        0.00  0.779  0.0370    0.7%        71%       100%
by_the_deviation_with_the_old_biases               0.00  0.734  0.0518     13%        90%       100%
by_the_size_of_the_weights                         0.00  0.536  0.0490     95%       100%       100%
the_same_share_of_each_layer                       0.00  0.432  0.0437    100%       100%       100%
the_largest_with_their_signs                       0.00  0.343  0.0646    100%       100%       100%
a_random_quarter                                   0.00  0.218  0.0121    100%       100%       100%
the_least_important_kept                           0.00  0.102  0.0024    100%       100%       100%
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
