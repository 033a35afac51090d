"""Statistics of a class: scores, how well exercises separate, which mistakes were made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from autograder.export.class_data import Class, GradedStudent
from autograder.notebooks.assignment import Exercise

# Item-rest correlations: an exercise separates well from SEPARATES on, and hardly below HARDLY.
SEPARATES, HARDLY = 0.3, 0.1

# With fewer students than this, a correlation is mostly chance.
MANY = 20


@dataclass(frozen=True)
class ExerciseFigures:
    """Points of the graded students in one exercise.

    full, part, none, unanswered: numbers of students; `none` includes the unanswered. mean: share of the points, 0 to
    1. separation: correlation with the points in all other exercises, -1 to 1; None if one of the two is constant.
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
        """What an instructor should know about the exercise, in one sentence; often empty."""
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
            return "Students who are good in the other exercises fail here: look at the task and its test."
        return "It hardly separates." if self.separation < HARDLY else ""


@dataclass(frozen=True)
class MistakeFigures:
    """Students who lost points in an exercise in the same way.

    names: the mistake of the catalogue, or several that give the same replies; empty if the catalogue has none.
    """

    exercise: Exercise
    names: tuple[str, ...]
    hint: str
    students: tuple[GradedStudent, ...]

    @property
    def title(self) -> str:
        """The mistake in words."""
        return " or ".join(self.names).replace("_", " ")

    @property
    def message(self) -> str:
        """The first line of the message that most of the students got."""
        messages = [student.result.exercises[self.exercise.name].message for student in self.students]
        return Counter(message.partition("\n")[0] for message in messages).most_common(1)[0][0]


def scores(graded: Sequence[GradedStudent]) -> np.ndarray:
    """Return (n,) float64: the points that the checks gave to each of the n graded students."""
    return np.array([student.result.score for student in graded], dtype=float)


def by_exercise(about: Class) -> list[ExerciseFigures]:
    """Return the figures of each exercise that was graded for anybody."""
    graded = [(exercise, _graded_in(about, exercise.name)) for exercise in about.exercises]
    return [_figures(exercise, students) for exercise, students in graded if students]


def _graded_in(about: Class, exercise: str) -> list[GradedStudent]:
    return [student for student in about.graded if exercise not in student.result.not_graded]


def _figures(exercise: Exercise, graded: Sequence[GradedStudent]) -> ExerciseFigures:
    maximum = float(exercise.points)
    got = np.array([points(student, exercise.name) for student in graded])
    full, none = int((got >= maximum).sum()), int(((got <= 0) & (got < maximum)).sum())
    unanswered = sum(exercise.name in student.result.unanswered for student in graded)
    mean = float(got.mean() / maximum) if maximum else 1.0
    separation = correlation(got, scores(graded) - got)
    return ExerciseFigures(exercise, full, len(got) - full - none, none, unanswered, mean, separation)


def beside(about: Class) -> dict[str, int]:
    """Return in how many submissions each check ran beside the student's code, by its name."""
    names = (name for student in about.graded for name, check in student.result.checks.items() if check.is_beside)
    return dict(sorted(Counter(names).items()))


def loud(about: Class) -> dict[str, list[str]]:
    """Return the students, by check, who passed it and wrote to stderr, for which stock nbgrader gives no points."""
    found: dict[str, list[str]] = {}
    for student in about.graded:
        for name, check in student.result.checks.items():
            if check.stderr_mattered:
                found.setdefault(name, []).append(student.name)
    return dict(sorted(found.items()))


def points(student: GradedStudent, exercise: str) -> float:
    """Return the points of a graded student in an exercise; 0 if the result does not know the exercise."""
    found = student.result.exercises.get(exercise)
    return found.score if found else 0.0


def correlation(x: np.ndarray, y: np.ndarray) -> float | None:
    """Return Pearson's correlation of x, (n,) float, and y, (n,) float; None if one is constant or n is below 3."""
    if len(x) < 3 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return None
    return float(np.corrcoef(x, y)[0, 1])


def mistakes(about: Class) -> list[MistakeFigures]:
    """Return the mistakes that were made, and lost points that no mistake explains, the most frequent first."""
    groups: dict[tuple[str, tuple[str, ...]], list[GradedStudent]] = {}
    for student in about.graded:
        for exercise, found in student.result.exercises.items():
            if found.score < found.max_score and exercise not in student.result.unanswered:
                groups.setdefault((exercise, tuple(found.mistakes)), []).append(student)
    figures = [
        MistakeFigures(exercise, names, _hint(about, exercise.name, names), tuple(students))
        for exercise in about.exercises
        for (name, names), students in groups.items()
        if name == exercise.name
    ]
    return sorted(figures, key=lambda figure: -len(figure.students))


def _hint(about: Class, exercise: str, names: Sequence[str]) -> str:
    """Return the hint of a mistake; all hints if it may be one of several."""
    return " ".join(answer.hint for answer in about.catalogue.wrong(exercise) if answer.name in names)
