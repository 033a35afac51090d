"""Where the inputs of the checks come from.

For a student the seed is fixed, so that a check says the same thing twice. In grading it is a secret number, which the
process finds in its environment, so that an answer written for the known inputs does not pass.
"""

from __future__ import annotations

import os
import zlib
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import torch

SEED_VARIABLE = "COURSE_CHECK_SEED"
STUDENT_SEED = 20260901


def seed() -> int:
    """Return the seed in force: that of the environment in grading, otherwise the fixed one of the students.

        torch.manual_seed(check.seed())

    In grading all checks of one exercise have the same, and other exercises another.
    """
    return int(os.environ.get(SEED_VARIABLE, STUDENT_SEED))


def rng(stream: str = "") -> np.random.Generator:
    """Return a new numpy generator for the inputs of a check; every call with one `stream` returns the same numbers.

        X = check.rng().normal(size=(10, 3))
        noise = check.rng("noise").normal(size=10)

    stream: any text. Two streams of one seed are independent of each other.
    """
    return np.random.default_rng([seed(), zlib.crc32(stream.encode())])


def generator(stream: str = "") -> torch.Generator:
    """Return a new torch generator on the CPU for the inputs of a check, as `rng` does for numpy.

        X = torch.randn(8, 3, generator=check.generator())

    stream: any text. Two streams of one seed are independent of each other.
    """
    import torch

    return torch.Generator().manual_seed(int(rng(stream).integers(2**63)))
