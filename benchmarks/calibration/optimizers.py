"""Measure what the answers to `designed_lr` reach, against the three goals of the exercise.

    python benchmarks/calibration/optimizers.py [--seeds 20] [NAME ...]

A schedule is measured by the mean loss of 10,000 runs after 200 updates; the goals are in GOALS. Each answer of the
catalogue (all of them, or the NAMEs) is measured with the noise of `--seeds` seeds. Printed are, for each: the mean,
its standard deviation over the seeds, and how many standard deviations the goals are away. A right answer is to be at
least four below the last goal.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import catalogue
import numpy as np

from course_utils.checks import optimizers as drive

UNIT, EXERCISE = "08_optimizers", "designed_lr"
GOALS = (0.5, 0.095, 0.085)


def lines(chosen: Mapping[str, catalogue.Answer], seeds: int) -> Iterator[str]:
    """Yield the table, one line per answer."""
    yield f"{'answer':28} kind        mean  deviation  goals {GOALS} in deviations"
    for name, (kind, source) in chosen.items():
        rates = drive.rates_of_a_schedule(catalogue.names_of(source)[EXERCISE])
        reached = np.array([drive.losses_of_a_schedule(rates, seed)[-1] for seed in range(seeds)])
        if np.isinf(reached).any():
            yield f"{name:28} {kind:8} diverges with {np.isinf(reached).sum()} of {seeds} seeds"
            continue
        spread = reached.std(ddof=1)
        away = "  ".join(f"{(goal - reached.mean()) / spread:8.1f}" for goal in GOALS)
        yield f"{name:28} {kind:8} {reached.mean():8.4f}   {spread:8.4f}  {away}"


if __name__ == "__main__":
    catalogue.table(__doc__, catalogue.answers(UNIT, EXERCISE, shortcuts=True), lines, seeds=20)
