"""The title of an exercise: its number and name, and for students its points, minutes and difficulty."""

from __future__ import annotations

import re
from typing import NamedTuple

from autograder.sentences import counted

EXAMPLE = "2.4 PCA from data (7 points, 15 minutes, difficulty 3/5)"
_FORM = re.compile(
    r"(?P<name>\d+\.\d+ .+) "
    r"\((?P<points>\d+(?:\.\d+)?) points?, (?P<minutes>\d+) minutes, difficulty (?P<difficulty>[1-5])/5\)"
)


class Title(NamedTuple):
    """A title in parts. `name`: with the number in front, as in "2.4 PCA from data"; `difficulty`: 1 to 5."""

    name: str
    points: float
    minutes: int
    difficulty: int

    def __str__(self) -> str:
        points = counted(int(self.points) if self.points == int(self.points) else self.points, "point")
        return f"{self.name} ({points}, {self.minutes} minutes, difficulty {self.difficulty}/5)"


def read_title(heading: str) -> Title | None:
    """Return the parts of a heading, given without its marks; None where it has another form than EXAMPLE."""
    found = _FORM.fullmatch(heading)
    if not found:
        return None
    return Title(found["name"], float(found["points"]), int(found["minutes"]), int(found["difficulty"]))
