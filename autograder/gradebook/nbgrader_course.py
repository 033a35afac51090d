"""nbgrader's own API, in one place: a course folder as nbgrader sees it.

Nothing here copies, grades or exports by itself; each step is nbgrader's, with the settings of `nbgrader_config.py`.
"""

from __future__ import annotations

import contextlib
import logging
import os
import warnings
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.apps.api import NbGraderAPI
from nbgrader.auth import Authenticator
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange import ExchangeFactory
from traitlets.config import Config, PyFileConfigLoader

from autograder.errors import CourseError
from autograder.notebooks.assignment import exercise_of


class Course:
    """A course folder: `source/`, `release/`, `submitted/`, `autograded/`, `feedback/`, gradebook, all under `root`."""

    def __init__(self, root: Path, stock: bool = False) -> None:
        """Read the settings of the course.

        stock: grade as nbgrader does by itself, in the student's own kernel, whatever the settings put in its place.
        Raises CourseError where `root` holds no `nbgrader_config.py`.
        """
        self.root = root.resolve()
        if not (self.root / "nbgrader_config.py").is_file():
            raise CourseError(f"{root} is no course: it has no nbgrader_config.py; start from the root of the course.")
        self.config = self._read_config()
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
        """`nbgrader generate_assignment`: write `release/` from `source/`."""
        self._run("generate", self._api.generate_assignment(assignment))

    def release(self, assignment: str) -> None:
        """`nbgrader release_assignment`: put the release into the exchange."""
        self._run("release", self._api.release_assignment(assignment))

    def fetch(self, assignment: str, student: str, folder: Path) -> None:
        """`nbgrader fetch_assignment` as `student` would type it in `folder`."""
        self._as_student("FetchAssignment", assignment, student, folder)

    def submit(self, assignment: str, student: str, folder: Path) -> None:
        """`nbgrader submit` as `student` would type it in `folder`."""
        self._as_student("Submit", assignment, student, folder)

    def collect(self, assignment: str) -> None:
        """`nbgrader collect`: fetch what students submitted into `submitted/`."""
        self._run("collect", self._api.collect(assignment))

    def autograde(self, assignment: str, student: str) -> str | None:
        """`nbgrader autograde` one submission. Return None, or the end of nbgrader's log where it was not graded."""
        with _quiet():
            result = self._api.autograde(assignment, student)
        return None if result["success"] else _last_line(result)

    def generate_feedback(self, assignment: str, student: str) -> None:
        """`nbgrader generate_feedback` for one student."""
        self._run("generate_feedback", self._api.generate_feedback(assignment, student))

    @contextlib.contextmanager
    def gradebook(self) -> Iterator[Gradebook]:
        """Open the gradebook and close it afterwards."""
        with Gradebook(self.config.CourseDirectory.db_url, self.config.CourseDirectory.course_id) as gradebook:
            yield gradebook

    def set_due_date(self, assignment: str, due: datetime) -> None:
        """Set when an assignment is due; `due` is in UTC, without a time zone, as nbgrader keeps it."""
        with self.gradebook() as gradebook:
            gradebook.update_or_create_assignment(assignment, duedate=due)

    def scores(self, assignment: str, student: str) -> dict[str, tuple[float, float]] | None:
        """Return (score, maximum) by exercise; None where the gradebook has no submission of the student."""
        scores: dict[str, tuple[float, float]] = {}
        with self.gradebook() as gradebook:
            try:
                submission = gradebook.find_submission(assignment, student)
            except MissingEntry:
                return None
            for grade in (grade for notebook in submission.notebooks for grade in notebook.grades):
                exercise = exercise_of(grade.name)
                score, maximum = scores.get(exercise, (0.0, 0.0))
                scores[exercise] = (score + grade.score, maximum + grade.max_score)
        return scores

    def seconds_late(self, assignment: str, student: str) -> float:
        """Return by how many seconds a collected submission missed the due date; 0 where it did not."""
        with self.gradebook() as gradebook:
            return gradebook.find_submission(assignment, student).total_seconds_late

    def _as_student(self, action: str, assignment: str, student: str, folder: Path) -> None:
        config = Config(self.config)
        config.CourseDirectory.update({"assignment_id": assignment, "student_id": student})
        config.Exchange.update({"assignment_dir": str(folder), "cache": str(folder / ".nbgrader_cache")})
        with _quiet():
            app = getattr(ExchangeFactory(config=config), action)(
                coursedir=CourseDirectory(config=config), authenticator=Authenticator(config=config), config=config
            )
            app.assignment_dir, app.cache = str(folder), str(folder / ".nbgrader_cache")
            app.start()

    def _read_config(self) -> Config:
        with _inside(self.root):
            config = PyFileConfigLoader("nbgrader_config.py", path=str(self.root)).load_config()
        config.CourseDirectory.root = str(self.root)
        config.CourseDirectory.setdefault("db_url", f"sqlite:///{self.root / 'gradebook.db'}")
        return config

    def _run(self, step: str, result: dict[str, Any]) -> None:
        if not result["success"]:
            raise CourseError(f"nbgrader could not {step.replace('_', ' ')}: {_last_line(result)}")


@contextlib.contextmanager
def _inside(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep nbgrader's log and its libraries' warnings off the screen; what went wrong stands in its results."""
    logger = logging.getLogger("traitlets")
    before = logger.propagate, logger.handlers[:]
    logger.propagate, logger.handlers[:] = False, [logging.NullHandler()]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.propagate, logger.handlers[:] = before


def _last_line(result: dict[str, Any]) -> str:
    lines = (result.get("log") or result.get("error") or "no reason given").strip().splitlines()
    return lines[-1].split("] ", 1)[-1]
