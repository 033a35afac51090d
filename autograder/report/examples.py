"""Examples of answers that show what was done and not who did it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from autograder.report.code import bare
from autograder.report.facts import Student

SHOWN = 2
SHORTEST_NAME = 3
"""Letters of a name that is looked for; shorter ones stand in any code."""
SOMEBODY = "somebody"


class Examples:
    """Picks examples from a class; `students` are all whose names must not be read in them."""

    def __init__(self, students: Sequence[Student]) -> None:
        words = {word for student in students for word in (student.name, *student.full_name.split())}
        names = sorted((re.escape(word) for word in words if len(word) >= SHORTEST_NAME), key=len, reverse=True)
        # A name within a word, as `ash` in `flash`, names nobody; between underscores it does.
        self._names = re.compile(rf"(?<![^\W_])(?:{'|'.join(names)})(?![^\W_])", re.IGNORECASE) if names else None

    def of(self, students: Sequence[Student], exercise: str) -> list[str]:
        """Return at most SHOWN different answers, without comments, docstrings and names of students."""
        found: dict[str, None] = {}
        for student in students:
            code = bare(student.answers.get(exercise, ""))
            if code:
                found.setdefault(self.nameless(code))
            if len(found) == SHOWN:
                break
        return list(found)

    def nameless(self, text: str) -> str:
        """Return `text` without names of students."""
        return self._names.sub(SOMEBODY, text) if self._names else text
