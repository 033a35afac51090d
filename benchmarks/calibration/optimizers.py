"""Measure how far right and wrong answers to `minibatches` deviate from the expected counts.

    python benchmarks/calibration/optimizers.py [--seeds 200]

The hidden check draws 900 epochs of 6 samples and counts how often each of the 15 pairs is the first batch of 2. Each
count may be 45 off its mean of 60; its standard error is 7.5. Nothing else in the unit rests on chance. The
script prints the smallest and the largest deviation over the seeds, for each answer.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

from autograder.authoring.prove import read_unit
from autograder.engine.in_process import namespace

SAMPLES, BATCH, EPOCHS, ALLOWED = 6, 2, 900, 45
PAIRS = list(combinations(range(SAMPLES), BATCH))


def deviation(minibatches: Callable[..., Any], seed: int) -> float:
    """Return how far the count of the most extreme pair is from its mean."""
    rng = np.random.default_rng(seed)
    drawn = [tuple(sorted(next(iter(minibatches(SAMPLES, BATCH, rng))))) for _ in range(EPOCHS)]
    counts = np.array([drawn.count(pair) for pair in PAIRS])
    return float(np.abs(counts - EPOCHS / len(PAIRS)).max())


def main() -> None:
    """Print one line per answer."""
    parser = argparse.ArgumentParser(description="Measure the deviations of `minibatches`.")
    parser.add_argument("--seeds", type=int, default=200)
    seeds = range(parser.parse_args().seeds)
    root = Path(__file__).parents[2]
    assignment, answers = read_unit("08_optimizers", root)
    solution = next(exercise.answer for exercise in assignment.exercises if exercise.name == "minibatches")
    right = [("solution", solution), *((answer.name, answer.source) for answer in answers.right("minibatches"))]
    wrong = [(answer.name, answer.source) for answer in answers.wrong("minibatches")]
    for kind, sources in (("right", right), ("wrong", wrong)):
        for name, source in sources:
            names = namespace(assignment.setup, source)
            found = [deviation(names["minibatches"], seed) for seed in seeds]
            print(f"{kind}  {name:32} from {min(found):6.1f} to {max(found):6.1f}, allowed {ALLOWED}")


if __name__ == "__main__":
    main()
