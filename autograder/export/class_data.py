"""All that is known of a class in one assignment, read from results, gradebook, graded notebooks and catalogue."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.engine import results
from autograder.engine.results import Result
from autograder.engine.submission import Unreadable, read_submission
from autograder.errors import CourseError
from autograder.export.grades import FIELDS, NOT_GRADED, grade_lines
from autograder.gradebook.nbgrader_course import Course
from autograder.notebooks.assignment import Exercise, answer_cells, grade_id, read_assignment
from autograder.notebooks.catalogue import Catalogue, load_if_there
from autograder.paths import catalogue_path, master_path, require_assignment


@dataclass(frozen=True)
class Student:
    """One student of the class.

    line: as `autograder export` writes it. result: of the engine; None where nothing was tried. answers: source by
    exercise, without those left as they were released. place: of the submission in formgrader, below its address;
    empty where it has none. lms_id: the student's id in the learning management system, where the gradebook has it.
    """

    name: str
    line: dict[str, Any]
    result: Result | None
    answers: dict[str, str]
    place: str
    lms_id: str

    @property
    def full_name(self) -> str:
        """First and last name, where the gradebook has one; the name that nbgrader knows otherwise."""
        return " ".join(filter(None, (self.line["first_name"], self.line["last_name"]))) or self.name


@dataclass(frozen=True)
class Class:
    """A class in one assignment. `max_score`: the points of the whole assignment."""

    assignment: str
    exercises: tuple[Exercise, ...]
    catalogue: Catalogue
    students: tuple[Student, ...]
    max_score: float

    @property
    def graded(self) -> list[Student]:
        """Those who have a result with a score."""
        return [student for student in self.students if student.result and student.result.is_graded]


def read_class(root: Path, assignment: str) -> Class:
    """Return the class of `assignment` in the course `root`.

    Raises CourseError where there is no such assignment, or the gradebook does not know what was graded.
    """
    require_assignment(root, assignment)
    asked = read_assignment(master_path(root, assignment))
    points = sum(part.points for part in (*asked.exercises, *asked.by_hand))
    students = tuple(_students(root, assignment))
    catalogue = load_if_there(catalogue_path(root, assignment))
    return Class(assignment, asked.exercises, catalogue, students, float(points))


def _students(root: Path, assignment: str) -> list[Student]:
    with Course(root).gradebook() as gradebook:
        if assignment not in [known.name for known in gradebook.assignments]:
            if any((root / results.FOLDER / assignment).glob("*.json")):
                again = f"run `autograder grade {assignment} --resume`"
                raise CourseError(f"the gradebook does not know {assignment}, of which there are results; {again}.")
            return [
                Student(name, _no_line(assignment, name), None, {}, "", "") for name in _handed_in(root, assignment)
            ]
        places = {row.student_id: _place(row) for row in gradebook.find_assignment(assignment).submissions}
        ids = {student.id: student.lms_user_id or "" for student in gradebook.students}
        lines = {line["student_id"]: line for line in grade_lines(root, gradebook, [assignment])}
    return [
        Student(name, line, result, _answers(root, result), places.get(name, ""), ids.get(name, ""))
        for name, line in lines.items()
        for result in [results.load(root, assignment, name)]
    ]


def _handed_in(root: Path, assignment: str) -> list[str]:
    return sorted(path.parent.name for path in root.glob(f"submitted/*/{assignment}") if path.is_dir())


def _no_line(assignment: str, student: str) -> dict[str, Any]:
    """Return what `autograder export` would write of a submission, did the gradebook know the assignment."""
    known = {"assignment": assignment, "student_id": student, "status": NOT_GRADED}
    return dict.fromkeys(FIELDS, "") | known


def _place(row: Any) -> str:
    """Return where formgrader shows a submission: it goes by the id of the submitted notebook."""
    return next((f"submissions/{notebook.id}" for notebook in row.notebooks), "")


def _answers(root: Path, result: Result | None) -> dict[str, str]:
    if result is None or not result.is_graded:
        return {}
    path = root / "autograded" / result.student / result.assignment / f"{result.assignment}.ipynb"
    with contextlib.suppress(Unreadable):
        cells = answer_cells(read_submission(path))
        return {grade_id(cell): cell.source for cell in cells if grade_id(cell) not in result.unanswered}
    return {}
