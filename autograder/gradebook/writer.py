"""nbgrader's gradebook, with one writer: the process that runs the class.

What is written comes from results and is set, not added, so writing the same result twice changes nothing.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import cast

from nbgrader.api import (
    Assignment,
    Comment,
    Grade,
    Gradebook,
    Notebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.utils import parse_utc

from autograder.authoring.points import recorded
from autograder.authoring.release import record
from autograder.deadlines.course_file import read_deadlines
from autograder.engine.results import Result, Status
from autograder.errors import CourseError
from autograder.gradebook.database import retry
from autograder.gradebook.lateness import set_dates, set_penalties, settle
from autograder.gradebook.rows import AssignmentRow, NotebookRow, SubmissionRow
from autograder.notebooks import assignment as masters
from autograder.settings import gradebook_url, nbgrader_config


class Writer:
    """Writes results of one assignment into the gradebook of the course in `root`."""

    def __init__(self, root: Path, assignment: str) -> None:
        self.config, self._root, self._assignment = nbgrader_config(root), root, assignment
        course = self.config.CourseDirectory
        self._url = gradebook_url(root)
        self._course = course.get("course_id", "default_course")

    def prepare(self, root: Path, notebooks: Mapping[str, masters.Assignment]) -> None:
        """Add the assignment to the gradebook if it is not there, and bring all its deadlines there up to date.

        notebooks: what each of its masters asks, by the name of the notebook; those that are graded.
        Raises CourseError if the checks in the gradebook are not those of the master, or `deadlines.toml` is invalid.
        """
        wanted = {
            name: {cell.grade_id: float(cell.points) for cell in assignment.graded}
            for name, assignment in notebooks.items()
        }
        known = self._known()
        if not known:
            record(root, self._assignment)
            known = self._known()
        if any(known.get(name) != points for name, points in wanted.items()):
            raise CourseError(
                f"the gradebook knows other checks or points than source/{self._assignment} has; "
                f"run `autograder generate {self._assignment}`."
            )
        settle(root, [self._assignment])

    @retry
    def write(self, results: Sequence[Result]) -> None:
        """Write `results` in one transaction. Grades given by hand stay.

        What was not graded gets no row. If an earlier submission of the student was graded, its points are taken back,
        and every part of it is marked as one that a person must look at.
        """
        graded = [result for result in results if result.is_graded]
        unreadable = [result.student for result in results if result.status in (Status.MALFORMED, Status.MISSING)]
        if not graded and not unreadable:
            return
        with self._open() as gradebook, gradebook.db.no_autoflush:
            assignment = gradebook.find_assignment(self._assignment)
            _take_back(gradebook, assignment, unreadable)
            rows = _rows(gradebook, assignment, graded)
            for result in graded:
                is_new = _set_timestamp(rows[result.student], result.submitted)
                for notebook in rows[result.student].notebooks:
                    _fill_in(notebook, result, is_new)
            gradebook.db.flush()
            set_dates(read_deadlines(self._root), cast(AssignmentRow, assignment), rows.values())
            gradebook.db.flush()
            set_penalties(gradebook, self.config, self._assignment, rows.values())
            gradebook.db.commit()

    @retry
    def _known(self) -> dict[str, dict[str, float]]:
        return recorded(self._root, self._assignment).notebooks

    @contextlib.contextmanager
    def _open(self) -> Iterator[Gradebook]:
        with Gradebook(self._url, self._course) as gradebook:
            yield gradebook


def _rows(gradebook: Gradebook, assignment: Assignment, results: Sequence[Result]) -> dict[str, SubmissionRow]:
    """Return the row of each student's submission. Missing rows are added, with a grade and a comment per cell.

    `Gradebook.update_or_create_submission` does the same, but commits three times per student.
    """
    names = [result.student for result in results]
    students = {str(student.id): student for student in gradebook.db.query(Student).filter(Student.id.in_(names))}
    known = gradebook.db.query(SubmittedAssignment).filter_by(assignment_id=assignment.id)
    rows = {str(row.student_id): row for row in known.filter(SubmittedAssignment.student_id.in_(names))}
    for name in names:
        if name not in students:
            students[name] = Student(id=name)
            gradebook.db.add(students[name])
        if name not in rows:
            rows[name] = SubmittedAssignment(assignment=assignment, student=students[name])
            for notebook in assignment.notebooks:
                _add_notebook(rows[name], notebook)
            gradebook.db.add(rows[name])
    return cast(dict[str, SubmissionRow], rows)


def _add_notebook(submission: SubmittedAssignment, notebook: Notebook) -> None:
    added = SubmittedNotebook(notebook=notebook, assignment=submission)
    for cell in (*notebook.grade_cells, *notebook.task_cells):
        added.grades.append(Grade(cell=cell))
    for cell in (*notebook.solution_cells, *notebook.task_cells):
        added.comments.append(Comment(cell=cell))


def _set_timestamp(row: SubmissionRow, submitted: str) -> bool:
    """Set the time of a submission; return whether the row had another one."""
    before = row.timestamp
    if submitted:
        with contextlib.suppress(ValueError, OverflowError):  # an invalid timestamp is no reason not to grade
            row.timestamp = parse_utc(submitted)
    return row.timestamp != before


def _take_back(gradebook: Gradebook, assignment: Assignment, students: Sequence[str]) -> None:
    """Take back the points that the engine gave to earlier submissions of `students`."""
    known = gradebook.db.query(SubmittedAssignment).filter_by(assignment_id=assignment.id)
    rows = known.filter(SubmittedAssignment.student_id.in_(students))
    for row in cast(list[SubmissionRow], rows.all()):
        for notebook in row.notebooks:
            notebook.late_submission_penalty = None
            for grade in notebook.grades:
                grade.auto_score, grade.needs_manual_grade = None, True


def _fill_in(notebook: NotebookRow, result: Result, is_new: bool) -> None:
    """Set a notebook's grades and comments. `is_new`: it is another submission than the one graded before."""
    prefix = f"{notebook.name}/" if any(name.startswith(f"{notebook.name}/") for name in _names(result)) else ""
    for grade in notebook.grades:
        name, by_hand = f"{prefix}{grade.cell.name}", grade.manual_score is not None
        before = bool(grade.needs_manual_grade)
        if name in result.checks:
            score = result.checks[name].score
            changed = grade.auto_score != score
            grade.auto_score = score
            # A manual grade outranks the check's, and a person must look at it again when the check's has changed.
            grade.needs_manual_grade = by_hand and (changed or before)
        elif name in result.waiting:
            grade.auto_score, grade.needs_manual_grade = None, before or is_new or not by_hand
        elif name in result.unanswered:
            grade.auto_score, grade.needs_manual_grade = 0.0, by_hand and (before or is_new)
    for comment in notebook.comments:
        name = f"{prefix}{comment.cell.name}"
        comment.auto_comment = "No response." if name in result.unanswered else None


def _names(result: Result) -> Iterator[str]:
    """Yield the names of all that a result says something of."""
    yield from (*result.checks, *result.waiting, *result.unanswered)
