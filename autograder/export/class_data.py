"""Data of a class in one assignment, read from results, gradebook, graded notebooks and catalogue."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

from autograder.engine import results
from autograder.engine.errors import UnreadableSubmission
from autograder.engine.results import Result
from autograder.engine.submission import read_submission
from autograder.errors import CourseError
from autograder.export.grades import FIELDS, NOT_GRADED, grade_rows
from autograder.gradebook.nbgrader_course import Course
from autograder.gradebook.rows import AssignmentRow, StudentRow, SubmissionRow
from autograder.notebooks.assignment import Exercise, answer_cells, grade_id, read_assignment
from autograder.notebooks.catalogue import Catalogue, load_if_there
from autograder.notebooks.nbgrader_master import notebooks_of
from autograder.paths import catalogue_path, require_assignment


@dataclass(frozen=True)
class Student:
    """One student of the class.

    row: as `--format csv` writes it. result: of the engine; None if nothing was graded. answers: {exercise: source},
    without those left as they were released. place: of the submission in formgrader, relative to its address; empty if
    it has none. lms_id: the student's id in the learning management system; empty if the gradebook has none.
    """

    name: str
    row: dict[str, Any]
    result: Result | None
    answers: dict[str, str]
    place: str
    lms_id: str

    @property
    def full_name(self) -> str:
        """First and last name if the gradebook has one, else the name that nbgrader knows."""
        return " ".join(filter(None, (self.row["first_name"], self.row["last_name"]))) or self.name


@dataclass(frozen=True)
class GradedStudent(Student):
    """A student whose submission has a score."""

    result: Result


@dataclass(frozen=True)
class Class:
    """A class in one assignment. `max_score`: the points of the whole assignment."""

    assignment: str
    exercises: tuple[Exercise, ...]
    catalogue: Catalogue
    students: tuple[Student, ...]
    max_score: float

    @property
    def graded(self) -> list[GradedStudent]:
        """The students whose submissions have a score."""
        return [student for student in self.students if isinstance(student, GradedStudent)]


def read_class(root: Path, assignment: str) -> Class:
    """Return the class of `assignment` in the course `root`.

    Raises CourseError if there is no such assignment, or if the gradebook does not know what was graded.
    """
    require_assignment(root, assignment)
    masters = {path.stem: read_assignment(path) for path in notebooks_of(root, assignment)}
    exercises = tuple(
        exercise if len(masters) == 1 else replace(exercise, name=f"{name}/{exercise.name}")
        for name, master in masters.items()
        for exercise in master.checked
    )
    students = tuple(_students(root, assignment))
    catalogue = load_if_there(catalogue_path(root, assignment))
    return Class(assignment, exercises, catalogue, students, sum(master.points for master in masters.values()))


def only_one(assignments: Sequence[str]) -> str:
    """Return the one assignment of `assignments`. Raises CourseError if there are none, or several."""
    if len(assignments) != 1:
        raise CourseError("this format takes one assignment; name it, as in `autograder export NN_topic --format ...`.")
    return assignments[0]


def _students(root: Path, assignment: str) -> list[Student]:
    with Course(root).gradebook() as gradebook:
        if assignment not in [row.name for row in cast(list[AssignmentRow], gradebook.assignments)]:
            if any((root / results.FOLDER / assignment).glob("*.json")):
                advice = f"run `autograder grade {assignment} --resume`"
                raise CourseError(f"the gradebook does not know {assignment}, of which there are results; {advice}.")
            return [_ungraded(assignment, name) for name in _submitters(root, assignment)]
        submissions = cast(AssignmentRow, gradebook.find_assignment(assignment)).submissions
        places = {row.student_id: _place(row) for row in submissions}
        ids = {student.id: student.lms_user_id or "" for student in cast(list[StudentRow], gradebook.students)}
        rows = {row["student_id"]: row for row in grade_rows(root, gradebook, [assignment])}
    return [
        _student(root, name, row, results.load(root, assignment, name), places.get(name, ""), ids.get(name, ""))
        for name, row in rows.items()
    ]


def _student(root: Path, name: str, row: dict[str, Any], result: Result | None, place: str, lms_id: str) -> Student:
    if result and result.is_graded:
        return GradedStudent(name, row, result, _answers(root, result), place, lms_id)
    return Student(name, row, result, {}, place, lms_id)


def _submitters(root: Path, assignment: str) -> list[str]:
    return sorted(path.parent.name for path in root.glob(f"submitted/*/{assignment}") if path.is_dir())


def _ungraded(assignment: str, name: str) -> Student:
    """Return a student with the row that `--format csv` would write if the gradebook knew the assignment."""
    known = {"assignment": assignment, "student_id": name, "status": NOT_GRADED}
    return Student(name, dict.fromkeys(FIELDS, "") | known, None, {}, "", "")


def _place(submission: SubmissionRow) -> str:
    """Return the place of a submission in formgrader, which names it by the id of its notebook."""
    return next((f"submissions/{notebook.id}" for notebook in submission.notebooks), "")


def _answers(root: Path, result: Result) -> dict[str, str]:
    folder, found = root / "autograded" / result.student / result.assignment, dict[str, str]()
    masters = notebooks_of(root, result.assignment)
    for master in masters:
        prefix = f"{master.stem}/" if len(masters) > 1 else ""
        with contextlib.suppress(UnreadableSubmission):
            cells = answer_cells(read_submission(folder / master.name))
            found |= {f"{prefix}{grade_id(cell)}": cell.source for cell in cells}
    return {name: source for name, source in found.items() if name not in result.unanswered}
