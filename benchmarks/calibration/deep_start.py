"""Measure how far right and wrong answers to exercise 9.8, a start for 30 layers, are from its limits.

    python benchmarks/calibration/deep_start.py [--seeds 5] [NAME ...]

The checks ask for at most 10% of dead units and standard deviations from 0.1 to 10 at the start, and for 95% accuracy
after training, on average over three depths and widths. Printed are, for the solution and each answer of the catalogue
that returns layers of the right shapes, over all seeds: the largest share of dead units, the smallest and the largest
standard deviation, and the smallest and the largest of the averages.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import catalogue
import numpy as np
import torch

from course_utils.checks import init_normalization as drive

UNIT, EXERCISE = "09_init_normalization", "deep_start"
SIZES = ((30, 16), (20, 12), (40, 24))  # hidden layers, and the units of each


def measured(source: str, seed: int) -> tuple[float, float, float, float]:
    """Return, over SIZES, the largest dead share, the extreme standard deviations, and the mean accuracy."""
    deep_start = catalogue.names_of(source)[EXERCISE]
    starts, accuracies = [], []
    for k, (depth, width) in enumerate(SIZES):
        X, y = drive.two_rings(1000 * seed + k, 200)
        X_new, y_new = drive.two_rings(1000 * seed + k + 500, 400)
        widths = [2, *depth * [width], 2]
        layers = deep_start(widths, X, np.random.default_rng([seed, k]))
        if not drive.has_widths(layers, widths):
            return np.nan, np.nan, np.nan, np.nan
        starts.append(drive.measured_at_start(layers, X_new))
        accuracies.append(drive.accuracy_after_training(layers, X, y, X_new, y_new))
    dead, low, high = (
        f(start[name] for start in starts) for f, name in ((max, "dead"), (min, "smallest std"), (max, "largest std"))
    )
    return dead, low, high, float(np.mean(accuracies))


def lines(chosen: Mapping[str, catalogue.Answer], seeds: int) -> Iterator[str]:
    """Yield the table, one line per answer."""
    torch.set_num_threads(1)
    yield f"{seeds} seeds{'':36} dead    standard deviations   mean accuracy"
    for name, (kind, source) in chosen.items():
        dead, low, high, accuracy = np.array([measured(source, seed) for seed in range(seeds)]).T
        yield (
            f"{kind:9}{name:36} {dead.max():5.0%}   {low.min():8.2g} to {high.max():6.2g}   "
            f"{accuracy.min():6.1%} to {accuracy.max():6.1%}"
        )


if __name__ == "__main__":
    catalogue.table(__doc__, catalogue.answers(UNIT, EXERCISE, shortcuts=True), lines, seeds=5)
