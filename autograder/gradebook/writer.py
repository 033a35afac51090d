"""nbgrader's gradebook, with one writer: the parent of a class run.

What is written comes from results and is set, not added, so writing the same result twice changes nothing.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from nbgrader.api import (
    Assignment,
    Comment,
    Grade,
    Gradebook,
    MissingEntry,
    Notebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.preprocessors import AssignLatePenalties
from nbgrader.utils import parse_utc
from traitlets.config import Config

from autograder.authoring.release import record
from autograder.engine.results import MALFORMED, MISSING, Result
from autograder.errors import CourseError
from autograder.gradebook.database import patient
from autograder.notebooks.assignment import Assignment as Asked
from autograder.settings import gradebook_url, nbgrader_config


class Writer:
    """Writes results of one assignment into the gradebook of the course in `root`."""

    def __init__(self, root: Path, assignment: str) -> None:
        self.config, self._assignment = nbgrader_config(root), assignment
        course = self.config.CourseDirectory
        self._url = gradebook_url(root)
        self._course = course.get("course_id", "default_course")

    def prepare(self, root: Path, asked: Asked) -> None:
        """See to it that the gradebook knows the assignment.

        Raises CourseError where the gradebook knows other checks than the master has.
        """
        parts = [*asked.by_hand, *(check for exercise in asked.exercises for check in exercise.checks)]
        wanted = {part.grade_id: float(part.points) for part in parts}
        known = self._known()
        if known is None:
            record(root, self._assignment)
            known = self._known()
        if known != wanted:
            raise CourseError(
                f"the gradebook knows other checks or points than source/{self._assignment} has; "
                f"run `autograder generate {self._assignment}`."
            )

    @patient
    def write(self, results: Sequence[Result]) -> None:
        """Write `results` in one transaction. Grades given by hand stay.

        What was not graded gets no row. Where it takes the place of a submission that was, the earlier one's points are
        taken back, and every part of it asks for a look.
        """
        graded = [result for result in results if result.is_graded]
        unreadable = [result.student for result in results if result.status in (MALFORMED, MISSING)]
        if not graded and not unreadable:
            return
        with self._open() as gradebook, gradebook.db.no_autoflush:
            assignment = gradebook.find_assignment(self._assignment)
            _take_back(gradebook, assignment, unreadable)
            rows = _rows(gradebook, assignment, graded)
            for result in graded:
                is_new = _set_timestamp(rows[result.student], result.submitted)
                for notebook in rows[result.student].notebooks:
                    _fill(notebook, result, is_new)
            gradebook.db.flush()
            self._set_penalties(gradebook, rows.values())
            gradebook.db.commit()

    def _set_penalties(self, gradebook: Gradebook, submissions: Iterable[SubmittedAssignment]) -> None:
        """Ask the course's plugin what being late costs, as nbgrader does."""
        late = AssignLatePenalties(config=Config(self.config))
        late.init_plugin()
        for submission in submissions:
            for notebook in submission.notebooks:
                _set_penalty(gradebook, late, submission, notebook)

    @patient
    def _known(self) -> dict[str, float] | None:
        with self._open() as gradebook:
            try:
                notebook = gradebook.find_notebook(self._assignment, self._assignment)
            except MissingEntry:
                return None
            return {cell.name: float(cell.max_score) for cell in notebook.grade_cells}

    @contextlib.contextmanager
    def _open(self) -> Iterator[Gradebook]:
        with Gradebook(self._url, self._course) as gradebook:
            yield gradebook


def _rows(gradebook: Gradebook, assignment: Assignment, results: Sequence[Result]) -> dict[str, SubmittedAssignment]:
    """Return the row of each student's submission, made with all that hangs on it where there is none yet.

    As `Gradebook.update_or_create_submission` does, which commits three times a student.
    """
    names = [result.student for result in results]
    students = {student.id: student for student in gradebook.db.query(Student).filter(Student.id.in_(names))}
    known = gradebook.db.query(SubmittedAssignment).filter_by(assignment_id=assignment.id)
    rows = {row.student_id: row for row in known.filter(SubmittedAssignment.student_id.in_(names))}
    for result in results:
        student = students.get(result.student)
        if student is None:
            student = students[result.student] = Student(id=result.student)
            gradebook.db.add(student)
        if result.student not in rows:
            rows[result.student] = SubmittedAssignment(assignment=assignment, student=student)
            for notebook in assignment.notebooks:
                _empty(rows[result.student], notebook)
            gradebook.db.add(rows[result.student])
    return rows


def _set_timestamp(row: SubmittedAssignment, submitted: str) -> bool:
    """Set when a submission was handed in; say whether that is another time than the row had."""
    before = row.timestamp
    if submitted:
        with contextlib.suppress(ValueError, OverflowError):  # a timestamp that is none is no reason not to grade
            row.timestamp = parse_utc(submitted)
    return row.timestamp != before


def _take_back(gradebook: Gradebook, assignment: Assignment, students: Sequence[str]) -> None:
    """Take back what the engine gave to earlier submissions of `students`."""
    rows = gradebook.db.query(SubmittedAssignment).filter_by(assignment_id=assignment.id)
    for row in rows.filter(SubmittedAssignment.student_id.in_(students)):
        for notebook in row.notebooks:
            notebook.late_submission_penalty = None
            for grade in notebook.grades:
                grade.auto_score, grade.needs_manual_grade = None, True


def _empty(submission: SubmittedAssignment, notebook: Notebook) -> None:
    made = SubmittedNotebook(notebook=notebook, assignment=submission)
    for cell in (*notebook.grade_cells, *notebook.task_cells):
        made.grades.append(Grade(cell=cell))
    for cell in (*notebook.solution_cells, *notebook.task_cells):
        made.comments.append(Comment(cell=cell))


def _fill(notebook: SubmittedNotebook, result: Result, is_new: bool) -> None:
    """Fill in a notebook's grades and comments. `is_new`: another submission than the one that was graded before."""
    for grade in notebook.grades:
        name, by_hand, before = grade.cell.name, grade.manual_score is not None, bool(grade.needs_manual_grade)
        if name in result.checks:
            changed = grade.auto_score != result.checks[name]["score"]
            grade.auto_score = result.checks[name]["score"]
            # A grade given by hand wins over ours, and is to be looked at again when ours has changed.
            grade.needs_manual_grade = by_hand and (changed or before)
        elif name in result.waiting:
            grade.auto_score, grade.needs_manual_grade = None, before or is_new or not by_hand
        elif name in result.unanswered:
            grade.auto_score, grade.needs_manual_grade = 0.0, by_hand and (before or is_new)
    for comment in notebook.comments:
        comment.auto_comment = "No response." if comment.cell.name in result.unanswered else None


def _set_penalty(
    gradebook: Gradebook, late: AssignLatePenalties, submission: SubmittedAssignment, notebook: SubmittedNotebook
) -> None:
    notebook.late_submission_penalty = None
    if submission.timestamp is None or submission.total_seconds_late <= 0:
        return
    gradebook.db.refresh(notebook)
    score = notebook.score
    asked = late.plugin_inst.late_submission_penalty(submission.student.id, score, submission.total_seconds_late)
    if asked is not None:
        notebook.late_submission_penalty = min(max(asked, 0), score)
