"""nbgrader's own API in one place: a course folder as nbgrader sees it.

Each step is nbgrader's own, with the settings of `nbgrader_config.py`.
"""

from __future__ import annotations

import contextlib
import logging
import warnings
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.apps.api import NbGraderAPI
from nbgrader.auth import Authenticator
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange import ExchangeFactory
from traitlets.config import Config

from autograder.errors import CourseError
from autograder.gradebook.rows import SubmissionRow
from autograder.notebooks.assignment import exercise_of
from autograder.sentences import last_line
from autograder.settings import nbgrader_config


class Course:
    """A course folder: `source/`, `release/`, `submitted/`, `autograded/`, `feedback/`, gradebook, all under `root`."""

    def __init__(self, root: Path, stock: bool = False) -> None:
        """Read the settings of the course.

        stock: grade as nbgrader does by itself, in the student's own kernel, whatever the settings say.
        Raises CourseError if `root` has no `nbgrader_config.py`.
        """
        self.root = root.resolve()
        self.config = nbgrader_config(self.root)
        if stock:
            self.config.Autograde = Config()
        with _quiet():
            self._api = NbGraderAPI(
                CourseDirectory(config=self.config),
                Authenticator(config=self.config),
                ExchangeFactory(config=self.config),
                config=self.config,
            )

    def assignments(self) -> list[str]:
        """Return the names of the assignments that have a folder in `source/`, in order."""
        return sorted(path.name for path in (self.root / "source").iterdir() if path.is_dir())

    def generate(self, assignment: str) -> None:
        """Write `release/` from `source/` (`nbgrader generate_assignment`). Raises CourseError if it fails."""
        self._run("generate", self._api.generate_assignment(assignment))

    def release(self, assignment: str) -> None:
        """Put the release into the exchange (`nbgrader release_assignment`). Raises CourseError if it fails."""
        self._run("release", self._api.release_assignment(assignment))

    def fetch(self, assignment: str, student: str, folder: Path) -> None:
        """Run `nbgrader fetch_assignment` as `student` in `folder`."""
        self._as_student("FetchAssignment", assignment, student, folder)

    def submit(self, assignment: str, student: str, folder: Path) -> None:
        """Run `nbgrader submit` as `student` in `folder`."""
        self._as_student("Submit", assignment, student, folder)

    def collect(self, assignment: str) -> None:
        """Copy submissions from the exchange into `submitted/` (`nbgrader collect`). Raises CourseError if it fails."""
        self._run("collect", self._api.collect(assignment))

    def autograde(self, assignment: str, student: str) -> str | None:
        """Grade one submission (`nbgrader autograde`); return None, or the last line of the log if that failed."""
        with _quiet():
            result = self._api.autograde(assignment, student)
        return None if result["success"] else _last_of_log(result)

    def generate_feedback(self, assignment: str, student: str) -> None:
        """Write the feedback page of one student (`nbgrader generate_feedback`). Raises CourseError if it fails."""
        self._run("generate_feedback", self._api.generate_feedback(assignment, student))

    @contextlib.contextmanager
    def gradebook(self) -> Iterator[Gradebook]:
        """Open the gradebook and close it afterwards."""
        with Gradebook(self.config.CourseDirectory.db_url, self.config.CourseDirectory.course_id) as gradebook:
            yield gradebook

    def set_due_date(self, assignment: str, due: datetime) -> None:
        """Set the due date of an assignment; `due` is in UTC, without a time zone, as nbgrader keeps it."""
        columns: dict[str, Any] = {"duedate": due}
        with self.gradebook() as gradebook:
            gradebook.update_or_create_assignment(assignment, **columns)

    def scores(self, assignment: str, student: str) -> dict[str, tuple[float, float]] | None:
        """Return {exercise: (score, maximum)}; None if the gradebook has no submission of the student."""
        scores: dict[str, tuple[float, float]] = {}
        with self.gradebook() as gradebook:
            try:
                submission = cast(SubmissionRow, gradebook.find_submission(assignment, student))
            except MissingEntry:
                return None
            for grade in (grade for notebook in submission.notebooks for grade in notebook.grades):
                exercise = exercise_of(grade.name)
                score, maximum = scores.get(exercise, (0.0, 0.0))
                scores[exercise] = (score + grade.score, maximum + grade.max_score)
        return scores

    def seconds_late(self, assignment: str, student: str) -> float:
        """Return by how many seconds a collected submission missed the due date; 0 if it did not."""
        with self.gradebook() as gradebook:
            return cast(SubmissionRow, gradebook.find_submission(assignment, student)).total_seconds_late

    def _as_student(self, action: str, assignment: str, student: str, folder: Path) -> None:
        config = Config(self.config)
        config.CourseDirectory.update({"assignment_id": assignment, "student_id": student})
        config.CourseSubmit.anyway = True  # nobody is there to answer a question
        config.Exchange.update({"assignment_dir": str(folder), "cache": str(folder / ".nbgrader_cache")})
        with _quiet():
            app = getattr(ExchangeFactory(config=config), action)(
                coursedir=CourseDirectory(config=config), authenticator=Authenticator(config=config), config=config
            )
            app.assignment_dir, app.cache = str(folder), str(folder / ".nbgrader_cache")
            app.start()

    def _run(self, step: str, result: dict[str, Any] | None) -> None:
        if not result or not result["success"]:
            raise CourseError(f"nbgrader could not {step.replace('_', ' ')}: {_last_of_log(result or {})}")


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep nbgrader's log and its libraries' warnings off the screen; its results say what went wrong."""
    logger = logging.getLogger("traitlets")
    before = logger.propagate, logger.handlers[:]
    logger.propagate, logger.handlers[:] = False, [logging.NullHandler()]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.propagate, logger.handlers[:] = before


def _last_of_log(result: dict[str, Any]) -> str:
    return last_line(result.get("log") or result.get("error") or "").split("] ", 1)[-1]
