"""Measure how often the capstone would fail a right answer, and pass one that trains too little.

    python benchmarks/calibration/regularization_tuning.py [--gradings 30] [--jobs 2] [NAME ...]

A grading trains on three secret folds and asks for a mean test accuracy of 95% and, on three others, of 97%. Each
answer of the catalogue that returns a network (all of them, or the NAMEs) is trained on the folds of `--gradings`
seeds, as the checks do it. Printed are, for each: CPU seconds per training; smallest accuracy of a single fold;
smallest, mean and standard deviation of the mean of three; and how often that would be below 95% and below 97%, by the
normal distribution with that mean and standard deviation. A right answer is to fail less than once in 10,000 gradings.
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
from scipy.stats import norm

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from autograder.authoring.prove import read_unit  # noqa: E402 - the root of the course comes first
from autograder.engine.in_process import namespace  # noqa: E402
from course_utils.data.digit_folds import digit_folds  # noqa: E402

UNIT, EXERCISE = "10_regularization_tuning", "build_and_train"
BOUNDS = (0.95, 0.97)


def answers() -> dict[str, tuple[str, str]]:
    """Return (kind, source) of the solution and of each answer of the catalogue, by name."""
    assignment, catalogue = read_unit(UNIT, ROOT)
    solution = next(exercise.answer for exercise in assignment.exercises if exercise.name == EXERCISE)
    listed = {a.name: (a.kind, a.source) for a in catalogue.answers if a.exercise == EXERCISE}
    return {"solution": ("right", f"{assignment.setup}\n{solution}")} | {
        name: (kind, f"{assignment.setup}\n{source}") for name, (kind, source) in listed.items()
    }


def accuracies(source: str, seed: int) -> tuple[list[float], float]:
    """Return the test accuracy on the three folds of one grading, and the CPU seconds of a training."""
    torch.set_num_threads(1)
    names = namespace("", source)  # the setup is part of it
    rng = np.random.default_rng([seed, 10])
    found, started = [], time.process_time()
    for fold in digit_folds(rng, distorted=True):
        model = names[EXERCISE](*fold[:4], int(rng.integers(10_000))).eval()
        with torch.no_grad():
            found.append((model(fold.Xte).argmax(dim=1) == fold.yte).double().mean().item())
    return found, (time.process_time() - started) / 3


def lines(chosen: dict[str, tuple[str, str]], gradings: int, jobs: int) -> Iterator[str]:
    """Yield the table, one line per answer."""
    yield f"{'answer':32} kind    CPU s  fold min   min   mean  std of mean   below 95%  below 97%"
    with ProcessPoolExecutor(jobs) as pool:
        for name, (kind, source) in chosen.items():
            measured = pool.map(accuracies, [source] * gradings, range(gradings))
            folds, seconds = (np.array(part) for part in zip(*measured, strict=True))
            means = folds.mean(axis=1)
            spread = means.std(ddof=1)
            below = "  ".join(f"{norm.cdf(bound, means.mean(), spread):9.1e}" for bound in BOUNDS)
            yield (
                f"{name:32} {kind:6} {seconds.mean():6.2f}  {folds.min():8.4f} {means.min():.4f} {means.mean():.4f} "
                f"{spread:8.4f}    {below}"
            )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="answers of the catalogue, or `solution`")
    parser.add_argument("--gradings", type=int, default=30)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    known = {name: about for name, about in answers().items() if name != "logits_returned"}
    for line in lines({n: known[n] for n in options.names or known}, options.gradings, options.jobs):
        print(line, flush=True)


if __name__ == "__main__":
    main()
