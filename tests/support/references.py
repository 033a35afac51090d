"""Solutions and helpers of lectures against libraries, on inputs that nobody chose: constants, tiny and huge numbers.

What is drawn are the inputs that break exact comparisons of computed floats, overflow, or divide by 0.
"""

from __future__ import annotations

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from autograder.engine.in_process import namespace
from support.exercises import exercise_of, read

a_few = settings(max_examples=60, deadline=None, derandomize=True)
sizes = st.integers(1, 6)
numbers = st.floats(-1e3, 1e3)
scores = st.floats(-1000, 1000)


def solution(unit: str, exercise: str) -> dict[str, Any]:
    """Return the names that the solution of an exercise defines, with those of the setup cell."""
    assignment, _ = read(unit)
    return namespace(assignment.setup, exercise_of(unit, exercise).answer)
