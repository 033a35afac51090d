"""Measure how often the exercise on a whole training would fail a right answer, and pass a wrong one.

    python benchmarks/calibration/training.py [--gradings 40] [--jobs 2] [NAME ...]

A grading trains twice on the digits, in random order and sorted by class, and asks for a mean test accuracy of 94% and
a mean loss below 0.15 in the last epoch. The solution and each answer of the catalogue (all of them, or the NAMEs) are
trained as the hidden check does it, for `--gradings` seeds. Printed are, for each: CPU seconds per training; smallest,
mean and standard deviation of the mean accuracy; largest, mean and standard deviation of the mean last loss; and how
often either bound would be missed, by the normal distribution with that mean and standard deviation. A right answer is
to fail less than once in 10,000 gradings. Wrong answers that train well are caught by the other half of the check,
which replays the training on the batches that the model has seen.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping

import catalogue
import numpy as np
import torch
from scipy.stats import norm
from torch import nn

from course_utils.data.digit_folds import digit_folds

UNIT, EXERCISE = "07_training", "fit"
ACCURACY, LOSS = 0.94, 0.15
SHAPES = ((64, 64), 64, (10, 64), 10)


def trained(source: str, seed: int) -> tuple[list[float], list[float], float]:
    """Return test accuracies and last losses of the two trainings of a grading, and the CPU seconds of one."""
    torch.set_num_threads(1)
    names = catalogue.names_of(source)
    rng = np.random.default_rng([seed, 7])
    accuracies, losses, started = [], [], time.process_time()
    for fold, is_sorted in zip(digit_folds(rng, folds=2), (False, True), strict=True):
        X, y = torch.cat([fold.Xtr, fold.Xva]), torch.cat([fold.ytr, fold.yva])
        order = y.argsort(stable=True) if is_sorted else torch.from_numpy(rng.permutation(len(y)))
        model = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
        with torch.no_grad():
            for parameter, shape in zip(model.parameters(), SHAPES, strict=True):
                parameter.copy_(torch.from_numpy(rng.uniform(-0.125, 0.125, shape)))
        losses.append(names[EXERCISE](model, X[order], y[order], 20, 0.1, 64, int(rng.integers(2**30)))[-1])
        with torch.no_grad():
            accuracies.append((model.eval()(fold.Xte).argmax(dim=1) == fold.yte).double().mean().item())
    return accuracies, losses, (time.process_time() - started) / 2


def lines(chosen: Mapping[str, catalogue.Answer], gradings: int, jobs: int) -> Iterator[str]:
    """Yield the table, one line per answer."""
    yield f"{'answer':30} kind    CPU s  accuracy: min  mean   std   loss: max   mean    std   below 94%  above 0.15"
    for name, kind, measured in catalogue.measured(trained, chosen, gradings, jobs):
        accuracies, losses, seconds = (np.array(part) for part in zip(*measured, strict=True))
        accuracies, losses = accuracies.mean(axis=1), losses.mean(axis=1)
        low, high = (values.std(ddof=1) for values in (accuracies, losses))
        yield (
            f"{name:30} {kind:6} {seconds.mean():6.2f} {accuracies.min():14.4f} {accuracies.mean():.4f} {low:.4f} "
            f"{losses.max():10.4f} {losses.mean():.4f} {high:.4f} "
            f"{norm.cdf(ACCURACY, accuracies.mean(), low):11.1e} {norm.sf(LOSS, losses.mean(), high):11.1e}"
        )


if __name__ == "__main__":
    catalogue.table(__doc__, catalogue.answers(UNIT, EXERCISE, shortcuts=True), lines, gradings=40, jobs=2)
