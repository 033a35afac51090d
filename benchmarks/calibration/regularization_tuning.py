"""Measure how often the capstone would fail a right answer, and pass one that trains too little.

    python benchmarks/calibration/regularization_tuning.py [--gradings 30] [--jobs 2] [NAME ...]

A grading trains on three secret folds and asks for a mean test accuracy of 95% and, on three others, of 97%. Each
answer of the catalogue that returns a network (all of them, or the NAMEs) is trained on the folds of `--gradings`
seeds, as the checks do it. Printed are, for each: CPU seconds per training; smallest accuracy of a single fold;
smallest, mean and standard deviation of the mean of three; and how often that would be below 95% and below 97%, by the
normal distribution with that mean and standard deviation. A right answer is to fail less than once in 10,000 gradings.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping

import catalogue
import numpy as np
import torch
from scipy.stats import norm

from course_utils.data.digit_folds import digit_folds

UNIT, EXERCISE = "10_regularization_tuning", "build_and_train"
BOUNDS = (0.95, 0.97)


def accuracies(source: str, seed: int) -> tuple[list[float], float]:
    """Return the test accuracy on the three folds of one grading, and the CPU seconds of a training."""
    torch.set_num_threads(1)
    names = catalogue.names_of(source)
    rng = np.random.default_rng([seed, 10])
    found, started = [], time.process_time()
    for fold in digit_folds(rng, distorted=True):
        model = names[EXERCISE](*fold[:4], int(rng.integers(10_000))).eval()
        with torch.no_grad():
            found.append((model(fold.Xte).argmax(dim=1) == fold.yte).double().mean().item())
    return found, (time.process_time() - started) / 3


def lines(chosen: Mapping[str, catalogue.Answer], gradings: int, jobs: int) -> Iterator[str]:
    """Yield the table, one line per answer."""
    yield f"{'answer':32} kind    CPU s  fold min   min   mean  std of mean   below 95%  below 97%"
    for name, kind, measured in catalogue.measured(accuracies, chosen, gradings, jobs):
        folds, seconds = (np.array(part) for part in zip(*measured, strict=True))
        means = folds.mean(axis=1)
        spread = means.std(ddof=1)
        below = "  ".join(f"{norm.cdf(bound, means.mean(), spread):9.1e}" for bound in BOUNDS)
        yield (
            f"{name:32} {kind:6} {seconds.mean():6.2f}  {folds.min():8.4f} {means.min():.4f} {means.mean():.4f} "
            f"{spread:8.4f}    {below}"
        )


if __name__ == "__main__":
    known = catalogue.answers(UNIT, EXERCISE, shortcuts=True)
    del known["logits_returned"]
    catalogue.table(__doc__, known, lines, gradings=30, jobs=2)
