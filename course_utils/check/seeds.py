"""Where the inputs of the checks come from.

For a student the seed is fixed, so that a check says the same thing twice. In grading it is a secret number, told to
the process through the environment, so that an answer written for the known inputs does not pass.
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
    """Return the seed in force: that of the environment in grading, else the fixed one of the students."""
    return int(os.environ.get(SEED_VARIABLE, STUDENT_SEED))


def rng(stream: str = "") -> np.random.Generator:
    """Return a fresh numpy generator for a check's inputs; the same one every time it is asked for.

    stream: any text. Two streams of one seed are independent of each other.
    """
    return np.random.default_rng([seed(), zlib.crc32(stream.encode())])


def generator(stream: str = "") -> torch.Generator:
    """Return a fresh torch generator on the CPU for a check's inputs; as `rng` does for numpy."""
    import torch

    return torch.Generator().manual_seed(int(rng(stream).integers(2**63)))
