"""Measure how far answers to exercise 3.9, a model of the next symbol, are from its three goals.

    python benchmarks/calibration/probability.py [--gradings 20] [--jobs 2] [NAME ...]

The solution and each answer of the catalogue whose tables hold probabilities (all of them, or the NAMEs) count in the
texts of `--gradings` seeds, as the checks do it: four, eight and twelve. Printed are, for each: CPU seconds per text;
for each goal the smallest, mean and standard deviation of the mean of bits saved, and how often the goal would be
missed, by the normal distribution with these. A right answer is to miss 0.51 less than once in 1,000 gradings.

Measured with 8 gradings: the mean of bits saved over twelve texts, and its standard deviation.

answer                                mean    std
solution                             0.591  0.013
strength_chosen_on_held_out_symbols  0.596  0.012
shares_by_the_number_of_surprises    0.565  0.016
a_tenth_added_to_every_triple        0.421  0.014
all_three_models_alike               0.385  0.005
one_symbol_of_the_shorter_context    0.315  0.024
bigram_with_a_tenth                  0.057  0.006
one_added_to_every_triple            0.051  0.006
bigram_of_the_lecture                0      0
frequencies_of_symbols              -0.597  0.009

The other wrong answers lose infinitely many bits, give no probabilities, or lose more than two bits.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping

import catalogue
import numpy as np
from scipy.stats import norm

from course_utils.checks import probability as drive

UNIT, EXERCISE = "03_probability", "next_symbol"
GOALS = {4: 0.25, 8: 0.46, 12: 0.51}  # how many texts, and how many bits are to be saved on average


def savings(source: str, seed: int) -> tuple[list[float], float]:
    """Return the mean of bits saved for each goal, -inf where a table holds no probabilities, and CPU s per text."""
    next_symbol = catalogue.names_of(source)[EXERCISE]
    rng, means, seconds = np.random.default_rng([seed, 3]), [], 0.0
    for count in GOALS:
        saved = []
        for text, new in drive.texts(rng, count):
            started = time.process_time()
            P = next_symbol(text)
            seconds += time.process_time() - started
            saved.append(drive.bits_saved(P, text, new) if np.allclose(P.sum(axis=2), 1) else -np.inf)
        means.append(float(np.mean(saved)))
    return means, seconds / sum(GOALS)


def lines(chosen: Mapping[str, catalogue.Answer], gradings: int, jobs: int) -> Iterator[str]:
    """Yield the table, one line per answer."""
    heads = "   ".join(f"{count:2} texts, {goal:.2f}: min, mean, std, missed" for count, goal in GOALS.items())
    yield f"{'answer':50} kind    CPU s  {heads}"
    for name, kind, found in catalogue.measured(savings, chosen, gradings, jobs):
        means, seconds = zip(*found, strict=True)
        parts = []
        for column, goal in zip(np.array(means).T, GOALS.values(), strict=True):
            if np.isinf(column).any():
                parts.append(f"{'infinite':>33}")
                continue
            spread = max(column.std(ddof=1), 1e-12)
            missed = norm.cdf(goal, column.mean(), spread)
            parts.append(f"{column.min():7.3f} {column.mean():7.3f} {spread:7.4f} {missed:9.1e}")
        yield f"{name:50} {kind:6} {np.mean(seconds):6.3f}  {'   '.join(parts)}"


if __name__ == "__main__":
    catalogue.table(__doc__, catalogue.answers(UNIT, EXERCISE), lines, gradings=20, jobs=2)
