"""Measure how often the exercise on two spirals would fail a right answer, and pass a wrong one.

    python benchmarks/calibration/backprop.py [--gradings 60] [--jobs 2] [NAME ...]

The solution and each answer of the catalogue (all of them, or the NAMEs) are trained on `--gradings` pairs of spirals,
as the hidden checks do it. Printed are, for each: CPU seconds per training; smallest, mean and standard deviation of
the share of fresh points that come out right; and how often a share would miss 85%, and how often the mean of three
would miss 90% and 95%, by drawing three of the measured shares 100,000 times. A right answer is to miss 95% less than
once in 1,000 gradings.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping

import catalogue
import numpy as np
import torch

from course_utils.checks import backprop as drive

UNIT, EXERCISE = "05_backprop", "train_mlp"
ONE, MEANS = 0.85, (0.90, 0.95)


def trained(source: str, seed: int) -> tuple[float, float]:
    """Return the share of fresh points that come out right, 0 where there is no network, and the CPU seconds."""
    torch.set_num_threads(1)
    X, Y, fresh, labels = drive.two_spirals(np.random.default_rng([seed, 5]))
    started = time.process_time()
    params = catalogue.names_of(source)[EXERCISE](X, Y, seed)
    seconds = time.process_time() - started
    return drive.share_right(params, fresh, labels) if drive.is_network(params) else 0.0, seconds


def lines(chosen: Mapping[str, catalogue.Answer], gradings: int, jobs: int) -> Iterator[str]:
    """Yield the table, one line per answer."""
    yield f"{'answer':30} kind    CPU s  share: min   mean    std  below 85%  mean of 3 below 90%  below 95%"
    for name, kind, measured in catalogue.measured(trained, chosen, gradings, jobs):
        shares, seconds = np.array(measured).T
        means = np.random.default_rng(0).choice(shares, size=(100_000, 3)).mean(axis=1)
        missed = [np.mean(means < least) for least in MEANS]
        yield (
            f"{name:30} {kind:6} {seconds.mean():6.2f} "
            f"{shares.min():10.3f} {shares.mean():6.3f} {shares.std():6.3f} "
            f"{np.mean(shares < ONE):9.1%} {missed[0]:20.1%} {missed[1]:10.1%}"
        )


if __name__ == "__main__":
    catalogue.table(__doc__, catalogue.answers(UNIT, EXERCISE), lines, gradings=60, jobs=2)
