"""All that `nbgrader_config.py` names: collecting, grading by the engine, penalties, formgrader, export, feedback.

`nbgrader_config.py` puts `GradeApart` before nbgrader's own steps, which read scores and comments off the notebook that
it returns and write them into the gradebook.
"""

from __future__ import annotations

import atexit
import copy
import os
import shutil
import tempfile
from pathlib import Path
from typing import cast

from nbconvert.exporters.exporter import ResourcesDict
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode, read
from nbgrader.api import Gradebook
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import compute_checksum

from autograder.engine import results
from autograder.engine.isolation import VARIABLE
from autograder.engine.opening import links_in
from autograder.engine.service import Service
from autograder.errors import CourseError
from autograder.export.as_csv import CsvWithStatus
from autograder.feedback.release import ReleaseFeedback
from autograder.feedback.write import FeedbackExporter
from autograder.gradebook.collect import Collect
from autograder.gradebook.lateness import LatePolicy, settle
from autograder.gradebook.rows import NotebookRow
from autograder.notebooks.assignment import grade_id
from autograder.notebooks.explanations import without_explanation
from autograder.notebooks.format import METADATA
from autograder.notebooks.nbgrader_master import notebooks_of
from autograder.notebooks.sanitize import sanitize

__all__ = [
    "Collect",
    "CsvWithStatus",
    "FeedbackExporter",
    "GradeApart",
    "LatePolicy",
    "LeaveOpen",
    "LeaveOutExplanations",
    "ReleaseFeedback",
    "Sanitize",
]


class GradeApart(NbGraderPreprocessor):
    """Return the graded notebook instead of the submitted one.

    Raises NbGraderException, with the sentence of the result, if the submission was not graded.
    """

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        """Return (graded notebook, `resources`). `resources["nbgrader"]` names the assignment and the student.

        Raises NbGraderException, which nbgrader shows, if the submission cannot be graded.
        """
        about, root = resources["nbgrader"], Path(CourseDirectory(parent=self).root)
        try:
            graded = _grader_of(root, about["assignment"]).grade(about["student"], about["notebook"])
            settle(root, [about["assignment"]])  # nbgrader has made the row by now, which has no extension
        except CourseError as error:
            raise NbGraderException(str(error)) from None
        self._remove_what_links_led_to(root, about["assignment"], about["student"])
        return graded, resources

    def _remove_what_links_led_to(self, root: Path, assignment: str, student: str) -> None:
        """Remove from `autograded/` the copies that nbgrader has made of what links next to the notebook lead to."""
        for name in links_in(root / "submitted" / student / assignment, root / "submitted"):
            copy = root / "autograded" / student / assignment / name
            if copy.is_file():
                copy.unlink()


class LeaveOpen(NbGraderPreprocessor):
    """Leave the points that no check could give to a person, after nbgrader has read them off the notebook."""

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        """Return (`nb`, `resources`). `resources["nbgrader"]` names assignment, notebook, student and gradebook."""
        about = resources["nbgrader"]
        result = results.load(Path(CourseDirectory(parent=self).root), about["assignment"], about["student"])
        if result and result.waiting:
            with Gradebook(about["db_url"]) as gradebook:
                row = gradebook.find_submission_notebook(about["notebook"], about["assignment"], about["student"])
                for grade in cast(NotebookRow, row).grades:
                    if {grade.cell.name, f"{about['notebook']}/{grade.cell.name}"} & {*result.waiting}:
                        grade.auto_score, grade.needs_manual_grade = None, True
                gradebook.db.commit()
        return nb, resources


class LeaveOutExplanations(NbGraderPreprocessor):
    """Leave the explanations of the exercises out of a release: they tell the solution."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: ResourcesDict, index: int
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Return (`cell`, changed in place, `resources`)."""
        if cell.cell_type == "markdown":
            cell.source = without_explanation(cell.source)
        return cell, resources


class Sanitize(Preprocessor):
    """Reduce a graded notebook, for formgrader, to what can only be read, whoever graded it and when.

    nbconvert's own kind of step: it takes all settings of an exporter, of which nbgrader's kind would warn.
    """

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        """Return (`nb`, changed in place, `resources`)."""
        sanitize(nb)
        nb.metadata = NotebookNode(copy.deepcopy(METADATA))
        return nb, resources


class _Grader:
    """Grades submissions of one assignment, with a process that stays ready for the next student.

    version: what the process has read when it started; with another one, another process is needed.
    """

    def __init__(self, root: Path, assignment: str, version: tuple[object, ...]) -> None:
        self.version, self._root, self._assignment = version, root, assignment
        self._folder = Path(tempfile.mkdtemp(prefix="graded-"))
        try:
            self._service = Service(root, assignment, self._folder)
        except CourseError:
            shutil.rmtree(self._folder)
            raise

    @property
    def is_alive(self) -> bool:
        return self._service.is_alive

    def grade(self, student: str, notebook_name: str) -> NotebookNode:
        """Grade a submission, keep its result, and return that one of its notebooks."""
        result = self._service.grade(student)
        results.save(self._root, result)
        if not result.is_graded:
            raise CourseError(f"{student} was not graded: {result.reason}")
        folder = self._folder / student / self._assignment
        if not (path := folder / f"{notebook_name}.ipynb").is_file():
            raise CourseError(f"{student} was graded without {path.name}, which cannot be read.")
        notebook = read(path, as_version=4)
        shutil.rmtree(folder)
        for cell in notebook.cells:
            if {grade_id(cell), f"{notebook_name}/{grade_id(cell)}"} & {*result.unanswered}:
                cell.metadata.nbgrader.checksum = compute_checksum(cell)  # the sign of "no response" in nbgrader
        return notebook

    def close(self) -> None:
        self._service.close()
        shutil.rmtree(self._folder, ignore_errors=True)


# nbgrader makes a new preprocessor per submission, so the process is kept here. One is enough: nbgrader grades a class
# assignment by assignment.
_grader: _Grader | None = None


def _grader_of(root: Path, assignment: str) -> _Grader:
    global _grader
    changed = tuple(master.stat().st_mtime_ns for master in notebooks_of(root, assignment) if master.is_file())
    version = (root, assignment, os.environ.get(VARIABLE), changed)
    if _grader is None or _grader.version != version or not _grader.is_alive:
        _close_grader()
        _grader = _Grader(root, assignment, version)
    return _grader


@atexit.register
def _close_grader() -> None:
    global _grader
    if _grader is not None:
        _grader.close()
        _grader = None
