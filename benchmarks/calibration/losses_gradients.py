"""Measure how often exercise 4.10 would fail a right answer, and pass one that does too little.

    python benchmarks/calibration/losses_gradients.py [--draws 200] [NAME ...]

A check asks for 40% of what can be learnt on one draw of the data, or for 80% or 97% on three draws. The solution, each
answer of the catalogue that stays within the budget (all of them, or the NAMEs) and plain gradient descent on
standardized features with several learning rates are trained on `--draws` draws, as the checks do it. Printed are, for
each: the smallest, mean and largest share, its standard deviation, and how many draws are below 40%, 80% and 97%. A
right answer is to fail less than once in 10,000 gradings.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from typing import Any

import catalogue
import numpy as np

from course_utils.checks import losses_gradients as drive

UNIT, EXERCISE = "04_losses_gradients", "fit_logistic"
BOUNDS = (0.4, 0.8, 0.97)


def plain_descent(rate: float) -> Callable[..., Any]:
    """Return gradient descent with one rate on standardized features, which takes what `fit_logistic` takes."""

    def fit(gradient: Callable[..., Any], mean: np.ndarray, std: np.ndarray, budget: int) -> tuple[np.ndarray, float]:
        v, c = np.zeros_like(mean), 0.0
        for _ in range(budget):
            dw, db = gradient(v / std, c - (v / std) @ mean)
            v, c = v - rate * (dw - mean * db) / std, c - rate * db
        return v / std, float(c - (v / std) @ mean)

    return fit


def fits() -> dict[str, Callable[..., Any]]:
    """Return the solution, the right and wrong answers of the catalogue, and plain descents, by name."""
    known = catalogue.answers(UNIT, EXERCISE)
    found = {name: catalogue.names_of(answer.source)[EXERCISE] for name, answer in known.items()}
    return found | {f"rate {rate:g}": plain_descent(rate) for rate in (0.1, 0.5, 1, 2, 3, 4, 5)}


def shares(fit: Callable[..., Any], draws: int) -> np.ndarray:
    """Return the share that is learnt on each draw, (draws,)."""
    found = []
    for seed in range(draws):
        data = drive.clinic(np.random.default_rng([seed, 4]))
        found.append(drive.share_learnt(*drive.fitted(fit, data.X, data.y), data))
    return np.array(found)


def lines(chosen: dict[str, Callable[..., Any]], draws: int) -> Iterator[str]:
    """Yield the table, one line per answer."""
    yield f"{'answer':40} smallest   mean    std largest  below {', '.join(f'{bound:.0%}' for bound in BOUNDS)}"
    for name, fit in chosen.items():
        try:
            found = shares(fit, draws)
        except RuntimeError as error:
            yield f"{name:40} {error}"
            continue
        below = ", ".join(str(np.count_nonzero(found < bound)) for bound in BOUNDS)
        yield f"{name:40} {found.min():8.4f} {found.mean():6.4f} {found.std():.4f} {found.max():7.4f}  {below}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--draws", type=int, default=200)
    given = parser.parse_args()
    everything = fits()
    np.seterr(all="ignore")  # wrong answers overflow
    for line in lines({name: everything[name] for name in given.names or everything}, given.draws):
        print(line, flush=True)
