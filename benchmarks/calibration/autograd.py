"""Measure how far answers to exercise 6.8, a backward pass on a memory budget, are from its limits.

    python benchmarks/calibration/autograd.py [--chains 8] [NAME ...]

The checks ask for at most 2 n calls of `forward`, and for at most 24 vectors in memory for n = 64 layers; for other n,
from 50 to 250, for at most 2 sqrt(n) + 4 and sqrt(2 n) + 4. The solution and each answer of the catalogue (all of them,
or the NAMEs) walk back through `--chains` random chains, whose lengths are spread over this range. Printed are, for
each: the most calls per layer; the vectors for 64 layers; by how many vectors it stays below each of the two other
limits at least and at most, which is negative where it exceeds them; and CPU seconds for 250 layers.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping

import catalogue
import numpy as np

from course_utils.checks import autograd as drive

UNIT, EXERCISE = "06_autograd", "chain_gradient"
WIDTH = 20_000


def costs(source: str, n: int) -> tuple[int, int, float]:
    """Return the calls of `forward`, the vectors in memory, and the CPU seconds, for a chain of n layers."""
    chain_gradient = catalogue.names_of(source)[EXERCISE]
    chain = drive.random_chain(np.random.default_rng(n), n, WIDTH)
    started = time.process_time()
    found = drive.gradient_and_costs(chain_gradient, *chain)
    return found["calls of forward"], found["vectors in memory"], time.process_time() - started


def lines(chosen: Mapping[str, catalogue.Answer], chains: int) -> Iterator[str]:
    """Yield the table, one line per answer."""
    lengths = np.linspace(50, 250, chains).round().astype(int)
    yield f"{'answer':40} kind   calls per layer  n = 64  below 2 sqrt(n) + 4  below sqrt(2 n) + 4   CPU s"
    for name, (kind, source) in chosen.items():
        calls, vectors, seconds = np.array([costs(source, int(n)) for n in lengths]).T
        left = [limit - vectors for limit in (2 * np.sqrt(lengths) + 4, np.sqrt(2 * lengths) + 4)]
        spans = "  ".join(f"{part.min():8.1f} to {part.max():5.1f}  " for part in left)
        yield (
            f"{name:40} {kind:6} {np.max(calls / lengths):15.2f} {costs(source, 64)[1]:7} {spans} {seconds[-1]:6.2f}"
        )


if __name__ == "__main__":
    catalogue.table(__doc__, catalogue.answers(UNIT, EXERCISE), lines, chains=8)
