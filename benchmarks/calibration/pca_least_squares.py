"""Measure how often the exercise on ridge regression would fail a right answer, and pass a wrong one.

    python benchmarks/calibration/pca_least_squares.py [--gradings 40] [--jobs 2] [NAME ...]

The solution and each answer of the catalogue whose `ridge` is right (all, or the NAMEs) are fitted to the 10, 20 and
40 data sets of `--gradings` seeds, as the checks do it. Printed are, for each: CPU seconds per grading, and the
smallest, mean and largest of the geometric mean of its ratios for each check; and how often a check would reject it, by
drawing 20,000 times a measured ratio for each of its levels of noise. A right answer is to be rejected at most twice
in 1,000 gradings.

Measured on 20 seeds: mean of the ratios, with the smallest and the largest, and the share rejected.

answer                             CPU s   10, at most 1.5            20, at most 1.3            40, at most 1.2
solution                            0.53   1.07 (1.02-1.21)  0.00%    1.04 (1.01-1.12)  0.00%    1.06 (1.02-1.14)  0.10%
augmented_rows_and_leave_one_out    0.26   1.05 (1.01-1.13)  0.00%    1.04 (1.01-1.10)  0.00%    1.06 (1.02-1.10)  0.00%
dual_form_and_ten_shuffled_folds    0.50   1.06 (1.02-1.16)  0.00%    1.04 (1.03-1.08)  0.00%    1.06 (1.03-1.09)  0.00%
evidence_in_the_singular_basis      0.06   1.04 (1.01-1.13)  0.00%    1.03 (1.01-1.11)  0.00%    1.03 (1.02-1.07)  0.00%
explicit_inverse_and_random_splits  0.58   1.06 (1.01-1.20)  0.00%    1.05 (1.02-1.13)  0.00%    1.07 (1.04-1.11)  0.10%
cholesky_in_torch                   0.24   1.07 (1.01-1.24)  0.00%    1.05 (1.03-1.13)  0.00%    1.07 (1.03-1.14)  0.18%
candidates_too_close_together       0.13   1.78 (1.34-2.07)   89%     1.73 (1.42-2.06)  100%     1.68 (1.41-1.82)  100%
one_lam_for_all_data                0.02   1.96 (1.50-2.36)   96%     1.90 (1.57-2.24)  100%     1.84 (1.53-2.03)  100%
lam_by_the_training_error           0.06   2.26 (1.39-3.44)   94%     2.12 (1.42-3.34)  100%     2.04 (1.70-2.43)  100%
features_in_their_own_units         0.18   2.45 (1.81-3.20)  100%     2.37 (1.81-2.99)  100%     2.33 (2.01-2.61)  100%
fit_without_a_penalty               0.03   3.21 (1.67-9.45)   97%     2.56 (1.42-4.99)  100%     2.58 (2.00-3.89)  100%
intercept_in_the_penalty            0.13   2.73 (1.13-6.96)   84%     2.80 (1.60-7.24)  100%     2.77 (1.77-4.60)  100%

The other wrong answers, with an intercept or units that are wrong, have means above 3 in every grading.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping

import catalogue
import numpy as np
from sklearn.linear_model import ridge_regression

from course_utils.checks import pca_least_squares as drive

UNIT, EXERCISE = "02_pca_least_squares", "ridge"
BOUNDS = {10: 1.5, 20: 1.3, 40: 1.2}


def answers() -> dict[str, catalogue.Answer]:
    """Return the solution and each answer of the catalogue whose `ridge` is right, by name."""
    A, b = np.array([[3.0, 1.0], [4.0, 2.0], [0.0, 1.0]]), np.array([1.0, 2.0, 3.0])
    x = ridge_regression(A, b, 0.5)
    known = catalogue.answers(UNIT, EXERCISE)
    return {name: a for name, a in known.items() if np.allclose(catalogue.names_of(a.source)["ridge"](A, b, 0.5), x)}


def ratios_of(source: str, seed: int) -> tuple[list[np.ndarray], float]:
    """Return the logarithms of the ratios, one array for each check, and the CPU seconds of all fits."""
    fit, rng = catalogue.names_of(source)["ridge_fit"], np.random.default_rng([seed, 2])
    found, seconds = [], 0.0
    for count in BOUNDS:
        ratios = []
        for table in drive.noisy_tables(rng, count):
            started = time.process_time()
            w = fit(*table[:2])
            seconds += time.process_time() - started
            ratios.append(drive.times_the_best(w, *table))
        found.append(np.log(ratios))
    return found, seconds


def lines(chosen: Mapping[str, catalogue.Answer], gradings: int, jobs: int) -> Iterator[str]:
    """Yield the table, one line per answer."""
    heads = "   ".join(f"mean of {count}: min, mean, max; rejected" for count in BOUNDS)
    yield f"{'answer':38} kind   CPU s  {heads}"
    for name, kind, measured in catalogue.measured(ratios_of, chosen, gradings, jobs):
        found, seconds = zip(*measured, strict=True)
        parts = []
        for logs, (count, bound) in zip(map(np.stack, zip(*found, strict=True)), BOUNDS.items(), strict=True):
            means = np.exp(logs.mean(axis=1))
            drawn = np.random.default_rng(0).integers(gradings, size=(20_000, count))
            missed = np.mean(np.exp(logs[drawn, np.arange(count)].mean(axis=1)) > bound)
            parts.append(f"{means.min():8.2f} {means.mean():8.2f} {means.max():8.2f} {missed:8.2%}  ")
        yield f"{name:38} {kind:5} {np.mean(seconds):6.2f}  {''.join(parts)}"


if __name__ == "__main__":
    catalogue.table(__doc__, answers(), lines, gradings=40, jobs=2)
