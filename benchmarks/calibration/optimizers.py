"""Measure what the answers to `designed_lr` reach, against the three goals of the exercise.

    python benchmarks/calibration/optimizers.py [--seeds 20] [NAME ...]

A schedule is measured by the mean loss of 10,000 runs after 200 updates; the goals are in GOALS. Each answer of the
catalogue (all of them, or the NAMEs) is measured with the noise of `--seeds` seeds. Printed are, for each: the mean,
its standard deviation over the seeds, and how many standard deviations the goals are away. A right answer is to be at
least four below the last goal.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from autograder.authoring.prove import read_unit  # noqa: E402 - the root of the course comes first
from autograder.engine.in_process import namespace  # noqa: E402
from course_utils.checks import optimizers as drive  # noqa: E402

UNIT, EXERCISE = "08_optimizers", "designed_lr"
GOALS = (0.5, 0.095, 0.085)


def main() -> None:
    """Print one line per answer."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="answers of the catalogue, or `solution`")
    parser.add_argument("--seeds", type=int, default=20)
    chosen = parser.parse_args()
    assignment, catalogue = read_unit(UNIT, ROOT)
    solution = next(exercise.answer for exercise in assignment.exercises if exercise.name == EXERCISE)
    answers = [("right", "solution", solution)]
    answers += [(a.kind, a.name, a.source) for a in catalogue.answers if a.exercise == EXERCISE]
    print(f"{'answer':28} kind        mean  deviation  goals {GOALS} in deviations")
    for kind, name, source in answers:
        if chosen.names and name not in chosen.names:
            continue
        rates = drive.rates_of_a_schedule(namespace(assignment.setup, source)[EXERCISE])
        reached = np.array([drive.losses_of_a_schedule(rates, seed)[-1] for seed in range(chosen.seeds)])
        if np.isinf(reached).any():
            print(f"{name:28} {kind:8} diverges with {np.isinf(reached).sum()} of {chosen.seeds} seeds")
            continue
        spread = reached.std(ddof=1)
        away = "  ".join(f"{(goal - reached.mean()) / spread:8.1f}" for goal in GOALS)
        print(f"{name:28} {kind:8} {reached.mean():8.4f}   {spread:8.4f}  {away}")


if __name__ == "__main__":
    main()
