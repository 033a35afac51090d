"""All that `nbgrader_config.py` names: grading by the engine, the export with a status, the page of feedback.

`nbgrader_config.py` puts `GradeApart` before nbgrader's own steps, which read scores and comments off the notebook that
it returns and write them into the gradebook.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode, read
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import compute_checksum

from autograder.engine import results
from autograder.engine.service import Service
from autograder.errors import CourseError
from autograder.export.grades import CsvWithStatus
from autograder.feedback.write import FeedbackExporter
from autograder.notebooks.assignment import grade_id
from autograder.paths import master_path

__all__ = ["CsvWithStatus", "FeedbackExporter", "GradeApart"]

SANDBOX = "COURSE_SANDBOX"
"""The environment variable that asks for a rung of the sandbox, as `autograder grade --sandbox` does."""


class GradeApart(NbGraderPreprocessor):
    """Take the graded notebook in the place of the submitted one.

    Raises NbGraderException, with the sentence of the result, where the submission was not graded.
    """

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        about, root = resources["nbgrader"], Path(CourseDirectory(parent=self).root)
        try:
            made = _bench(root, about["assignment"]).grade(about["student"])
        except CourseError as error:
            raise NbGraderException(str(error)) from None
        return made, resources


class _Bench:
    """The service for one assignment, as its master and settings were, and the folder that its notebooks come in."""

    def __init__(self, root: Path, assignment: str, key: tuple) -> None:
        self.key, self._root, self._assignment = key, root, assignment
        self._folder = Path(tempfile.mkdtemp(prefix="graded-"))
        try:
            self._service = Service(root, assignment, self._folder, os.environ.get(SANDBOX, ""))
        except CourseError:
            shutil.rmtree(self._folder)
            raise

    @property
    def is_alive(self) -> bool:
        return self._service.is_alive

    def grade(self, student: str) -> NotebookNode:
        """Grade a submission, keep its result, and return its notebook."""
        result = self._service.grade(student)
        results.save(self._root, result)
        if not result.is_graded:
            raise CourseError(f"{student} was not graded: {result.reason}")
        folder = self._folder / student / self._assignment
        notebook = read(folder / f"{self._assignment}.ipynb", as_version=4)
        shutil.rmtree(folder)
        for cell in notebook.cells:
            if grade_id(cell) in result.unanswered:
                cell.metadata.nbgrader.checksum = compute_checksum(cell)  # what nbgrader knows no response by
        return notebook

    def close(self) -> None:
        self._service.close()
        shutil.rmtree(self._folder, ignore_errors=True)


_benches: list[_Bench] = []  # at most one: a class is graded assignment by assignment


def _bench(root: Path, assignment: str) -> _Bench:
    master = master_path(root, assignment)
    key = (root, assignment, os.environ.get(SANDBOX), master.stat().st_mtime_ns if master.is_file() else 0)
    if not (_benches and _benches[0].key == key and _benches[0].is_alive):
        _clear()
        _benches.append(_Bench(root, assignment, key))
    return _benches[0]


@atexit.register
def _clear() -> None:
    while _benches:
        _benches.pop().close()
