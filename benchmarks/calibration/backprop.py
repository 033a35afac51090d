"""Measure how often the exercise on two spirals would fail a right answer, and pass a wrong one.

    python benchmarks/calibration/backprop.py [--trainings 60] [--jobs 2] [NAME ...]

The solution and each answer of the catalogue (all of them, or the NAMEs) are trained on `--trainings` pairs of spirals,
as the hidden checks do it. Printed are, for each: CPU seconds per training; smallest, mean and standard deviation of
the share of fresh points that come out right; and how often a share would miss 85%, and how often the mean of three
would miss 90% and 95%, by drawing three of the measured shares 100,000 times. A right answer is to miss 95% less than
once in 1,000 gradings.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import torch

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from autograder.authoring.prove import read_unit  # noqa: E402 - the root of the course comes first
from autograder.engine.in_process import namespace  # noqa: E402
from course_utils.checks import backprop as drive  # noqa: E402

UNIT, EXERCISE = "05_backprop", "train_mlp"
ONE, MEANS = 0.85, (0.90, 0.95)


def answers() -> dict[str, tuple[str, str]]:
    """Return (kind, source) of the solution and of each answer of the catalogue that may be given, by name."""
    assignment, catalogue = read_unit(UNIT, ROOT)
    solution = next(exercise.answer for exercise in assignment.exercises if exercise.name == EXERCISE)
    listed = {a.name: (a.kind, a.source) for a in catalogue.answers if a.exercise == EXERCISE and a.kind != "shortcut"}
    return {"solution": ("right", f"{assignment.setup}\n{solution}")} | {
        name: (kind, f"{assignment.setup}\n{source}") for name, (kind, source) in listed.items()
    }


def trained(source: str, seed: int) -> tuple[float, float]:
    """Return the share of fresh points that come out right, 0 where there is no network, and the CPU seconds."""
    torch.set_num_threads(1)
    X, Y, fresh, labels = drive.two_spirals(np.random.default_rng([seed, 5]))
    started = time.process_time()
    params = namespace("", source)[EXERCISE](X, Y, seed)  # the setup is part of it
    seconds = time.process_time() - started
    return drive.share_right(params, fresh, labels) if drive.is_network(params) else 0.0, seconds


def lines(chosen: dict[str, tuple[str, str]], trainings: int, jobs: int) -> Iterator[str]:
    """Yield the table, one line per answer."""
    yield f"{'answer':30} kind    CPU s  share: min   mean    std  below 85%  mean of 3 below 90%  below 95%"
    with ProcessPoolExecutor(jobs) as pool:
        for name, (kind, source) in chosen.items():
            measured = pool.map(trained, [source] * trainings, range(trainings))
            shares, seconds = np.array(list(measured)).T
            means = np.random.default_rng(0).choice(shares, size=(100_000, 3)).mean(axis=1)
            missed = [np.mean(means < least) for least in MEANS]
            yield (
                f"{name:30} {kind:6} {seconds.mean():6.2f} "
                f"{shares.min():10.3f} {shares.mean():6.3f} {shares.std():6.3f} "
                f"{np.mean(shares < ONE):9.1%} {missed[0]:20.1%} {missed[1]:10.1%}"
            )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="answers of the catalogue, or `solution`")
    parser.add_argument("--trainings", type=int, default=60)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    known = answers()
    for line in lines({n: known[n] for n in options.names or known}, options.trainings, options.jobs):
        print(line, flush=True)


if __name__ == "__main__":
    main()
