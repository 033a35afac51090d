"""Figures of a class: who got what, which exercises separate, which mistakes were made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from autograder.export.class_data import Class, Student
from autograder.notebooks.assignment import Exercise

SEPARATES, HARDLY = 0.3, 0.1
"""Item-rest correlations from which on an exercise separates well, and below which it hardly does."""
MANY = 20
"""Students below which a correlation is mostly chance."""


@dataclass(frozen=True)
class ExerciseFigures:
    """What the graded students got in one exercise.

    full, part, none, unanswered: how many of them; the unanswered are among `none`. mean: share of the points, 0 to 1.
    separation: correlation of the points here with those in all other exercises, -1 to 1; None where one of the two is
    the same for all.
    """

    exercise: Exercise
    full: int
    part: int
    none: int
    unanswered: int
    mean: float
    separation: float | None

    @property
    def remark(self) -> str:
        """What an instructor should know of it, in a sentence; empty where there is nothing to say."""
        count = self.full + self.part + self.none
        if self.full == count:
            return "Everybody solves it."
        if self.none == count:
            return "Nobody gets a point: is the task clear, and its test right?"
        if self.full == 0:
            return "Nobody solves all of it."
        if self.separation is None:
            return ""
        if self.separation < 0:
            return "Those who are good elsewhere fail here: look at the task and its test."
        return "It hardly separates." if self.separation < HARDLY else ""


@dataclass(frozen=True)
class MistakeFigures:
    """A mistake, or what no usual mistake explains (`mistake` empty), and who made it."""

    exercise: Exercise
    mistake: str
    hint: str
    students: tuple[Student, ...]

    @property
    def title(self) -> str:
        """The mistake in words."""
        return self.mistake.replace("_", " ")

    @property
    def told(self) -> str:
        """The line that most of them were told."""
        messages = [student.result.exercises[self.exercise.name]["message"] for student in self.students]
        return Counter(message.partition("\n")[0] for message in messages).most_common(1)[0][0]


def scores(graded: Sequence[Student]) -> np.ndarray:
    """Return (n,) what the checks gave each of the graded students, in points."""
    return np.array([student.result.score for student in graded], dtype=float)


def by_exercise(about: Class) -> list[ExerciseFigures]:
    """Return the figures of each exercise; none where nobody was graded."""
    return [_figures(exercise, about.graded) for exercise in about.exercises] if about.graded else []


def _figures(exercise: Exercise, graded: Sequence[Student]) -> ExerciseFigures:
    maximum = float(exercise.points)
    got = np.array([points(student, exercise.name) for student in graded])
    full, none = int((got >= maximum).sum()), int(((got <= 0) & (got < maximum)).sum())
    unanswered = sum(exercise.name in student.result.unanswered for student in graded)
    mean = float(got.mean() / maximum) if maximum else 1.0
    separation = correlation(got, scores(graded) - got)
    return ExerciseFigures(exercise, full, len(got) - full - none, none, unanswered, mean, separation)


def points(student: Student, exercise: str) -> float:
    """Return what a graded student got in an exercise; 0 where the result does not know it."""
    return student.result.exercises.get(exercise, {}).get("score", 0.0)


def correlation(some: np.ndarray, others: np.ndarray) -> float | None:
    """Return Pearson's correlation of two (n,) arrays; None where one of them is constant."""
    if len(some) < 3 or np.ptp(some) == 0 or np.ptp(others) == 0:
        return None
    return float(np.corrcoef(some, others)[0, 1])


def mistakes(about: Class) -> list[MistakeFigures]:
    """Return which mistakes were made, and what no usual mistake explains, the most frequent first."""
    made: dict[tuple[str, str], list[Student]] = {}
    for student in about.graded:
        for exercise, its in student.result.exercises.items():
            if its["score"] < its["max_score"] and exercise not in student.result.unanswered:
                made.setdefault((exercise, its.get("mistake") or ""), []).append(student)
    figures = [
        MistakeFigures(exercise, mistake, _hint(about, exercise.name, mistake), tuple(students))
        for exercise in about.exercises
        for (name, mistake), students in made.items()
        if name == exercise.name
    ]
    return sorted(figures, key=lambda found: -len(found.students))


def _hint(about: Class, exercise: str, mistake: str) -> str:
    """Return the hints of a mistake; two of them where it may be one or the other."""
    names = mistake.split(" or ")
    return " ".join(answer.hint for answer in about.catalogue.wrong(exercise) if answer.name in names)
