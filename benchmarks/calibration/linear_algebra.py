"""Measure how far answers to exercise 1.6, a norm on a budget of products, are from its three goals.

    python benchmarks/calibration/linear_algebra.py [--gradings 40] [--jobs 2] [NAME ...]

The solution and each answer of the catalogue (all of them, or the NAMEs) estimate the norms of the matrices of
`--gradings` seeds, as the checks do it: six, twenty and twenty. Printed are, for each: CPU seconds per matrix; for each
goal the smallest, median and largest mean error, and in how many gradings it is missed; or what an answer raises. A
right answer is never to miss one in 1,000 gradings (`--gradings 1000 NAME`).
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping

import catalogue
import numpy as np

from course_utils.checks import linear_algebra as drive

UNIT, EXERCISE = "01_linear_algebra", "spectral_norm"
PRODUCTS, GOALS = 20, {6: 0.05, 20: 0.0025, -20: 1e-4}  # how many matrices, and the most that their mean error may be


def errors(source: str, seed: int) -> tuple[list[float], float] | str:
    """Return the mean error for each goal and the CPU seconds per matrix, or what the answer raises."""
    np.seterr(all="ignore")  # a wrong answer divides by 0
    spectral_norm = catalogue.names_of(source)[EXERCISE]
    rng, found, seconds = np.random.default_rng([seed, 1]), [], 0.0
    for count in map(abs, GOALS):
        pairs = list(drive.matrices_with_norms(rng, count))
        started = time.process_time()
        try:
            norms = [drive.norm_by_products(spectral_norm, A, PRODUCTS) for A, _ in pairs]
        except (RuntimeError, ValueError, np.linalg.LinAlgError) as error:
            return f"{type(error).__name__}: {error}"
        seconds += time.process_time() - started
        found.append(drive.mean_error(norms, [norm for _, norm in pairs]))
    return found, seconds / sum(map(abs, GOALS))


def lines(chosen: Mapping[str, catalogue.Answer], gradings: int, jobs: int) -> Iterator[str]:
    """Yield the table, one line per answer."""
    heads = "   ".join(f"{abs(count)}, at most {goal:.2%}: min, median, max; missed" for count, goal in GOALS.items())
    yield f"{'answer':34} kind    CPU s  {heads}"
    for name, kind, found in catalogue.measured(errors, chosen, gradings, jobs):
        if raised := next((one for one in found if isinstance(one, str)), None):
            yield f"{name:34} {kind:6} {raised}"
            continue
        means, seconds = zip(*found, strict=True)
        parts = [
            f"{column.min():9.4%} {np.median(column):9.4%} {column.max():9.4%} {np.mean(~(column <= goal)):7.1%}"
            for column, goal in zip(np.array(means).T, GOALS.values(), strict=True)
        ]
        yield f"{name:34} {kind:6} {np.mean(seconds):6.3f}  {'   '.join(parts)}"


if __name__ == "__main__":
    catalogue.table(__doc__, catalogue.answers(UNIT, EXERCISE), lines, gradings=40, jobs=2)
