"""Measure how often exercise 7.7, a budget of labels, would fail a right answer, and pass a wrong one.

    python benchmarks/calibration/labels.py [--gradings 12] [--jobs 2] [NAME ...]

A grading asks for a mean accuracy of 76% over three sets of images, and of 79% and 81% over six others each. The
solution and each answer of the catalogue that returns row numbers (all of them, or the NAMEs) choose from six sets for
each of `--gradings` seeds. Printed are, for each: CPU seconds per choice; the standard deviation of the accuracy from
set to set; smallest, mean and standard deviation of the mean of six; and how often each of the three bounds would be
missed, by normal distributions with these means, where the standard deviation of a mean of three is the larger one by
sqrt(2). A right answer is to miss 81% less than once in 500 gradings; a choice at random is to reach 79% less than
once in 100.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping

import catalogue
import numpy as np
import torch
from scipy.stats import norm

from course_utils.checks import training as drive

UNIT, EXERCISE = "07_training", "choose_to_label"
ONE, MEANS = 0.76, (0.79, 0.81)


def accuracies(source: str, seed: int) -> tuple[list[float], float]:
    """Return the accuracies on the six sets of one grading, nan where no rows are chosen, and CPU s per choice."""
    torch.set_num_threads(1)
    choose_to_label = catalogue.names_of(source)[EXERCISE]
    found, seconds = [], 0.0
    for number, pool in enumerate(drive.pools_of_digits(np.random.default_rng([seed, 7]), 6)):
        started = time.process_time()
        chosen = choose_to_label(pool.X, 30, 10 * seed + number)
        seconds += time.process_time() - started
        is_choice = chosen.shape == (30,) and drive.are_rows(chosen, len(pool.X))
        found.append(drive.accuracy_with_labels(pool, chosen) if is_choice else np.nan)
    return found, seconds / 6


def lines(chosen: Mapping[str, catalogue.Answer], gradings: int, jobs: int) -> Iterator[str]:
    """Yield the table, one line per answer."""
    yield f"{'answer':36} kind    CPU s  std of one   mean of 6: min   mean    std    below 76%  below 79%  below 81%"
    for name, kind, measured in catalogue.measured(accuracies, chosen, gradings, jobs):
        shares, seconds = (np.array(part) for part in zip(*measured, strict=True))
        means, spread = shares.mean(axis=1), shares.mean(axis=1).std(ddof=1)
        missed = norm.cdf(ONE, means.mean(), spread * 2**0.5), *norm.cdf(MEANS, means.mean(), spread)
        yield (
            f"{name:36} {kind:6} {seconds.mean():6.2f} {shares.std(axis=1, ddof=1).mean():11.3f} "
            f"{means.min():16.3f} {means.mean():6.3f} {spread:6.4f}  {'  '.join(f'{part:9.1e}' for part in missed)}"
        )


if __name__ == "__main__":
    catalogue.table(__doc__, catalogue.answers(UNIT, EXERCISE), lines, gradings=12, jobs=2)
