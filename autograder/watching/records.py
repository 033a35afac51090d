"""The attempt that counts, where the rest of the course looks for it: files, result and gradebook.

So `autograder grade`, the exports and formgrader go on from the same submission: the course folder always has the
attempt that counts, be it the last or the best.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import cast

from nbgrader.api import Gradebook, MissingEntry

from autograder.engine import results
from autograder.engine.results import Result
from autograder.gradebook.database import retry
from autograder.gradebook.nbgrader_course import Course
from autograder.gradebook.rows import AssignmentRow, StudentRow
from autograder.gradebook.writer import Writer
from autograder.notebooks.assignment import read_assignment
from autograder.paths import master_path
from autograder.watching.attempts import Attempt


def count(root: Path, attempt: Attempt) -> None:
    """Put an attempt into `submitted/`, `autograded/` and `.results/`, in place of the one that counted before.

    May be repeated. Raises OSError where a folder cannot be written, and ValueError where its result cannot be read.
    """
    result, assignment = attempt.result(), attempt.assignment
    _replace(attempt.submission, root / "submitted" / attempt.student / assignment)
    graded = root / "autograded" / attempt.student / assignment
    if (attempt.folder / "autograded").is_dir():
        _replace(attempt.folder / "autograded", graded)
    else:
        shutil.rmtree(graded, ignore_errors=True)
    results.save(root, result)


def _replace(source: Path, target: Path) -> None:
    """Copy a folder to `target`; a reader finds the old one or the new one, or for a moment none."""
    draft, old = (target.with_name(f".{target.name}.{word}") for word in ("new", "old"))
    for folder in (draft, old):
        shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(source, draft)
    if target.exists():
        target.rename(old)
    draft.rename(target)
    shutil.rmtree(old, ignore_errors=True)


class GradebookWriter:
    """Writes results into the gradebook; for one thread."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._writers: dict[str, tuple[object, Writer]] = {}

    def write(self, assignment: str, version: object, made: Sequence[Result]) -> None:
        """Write results of an assignment; may be repeated. version: of master and deadlines, which are looked at anew.

        Raises CourseError if the gradebook has other checks than the master, and an error of the database.
        """
        known, writer = self._writers.get(assignment, (None, None))
        if writer is None or known != version:
            writer = Writer(self._root, assignment)
            writer.prepare(self._root, {assignment: read_assignment(master_path(self._root, assignment))})
            self._writers[assignment] = version, writer
        writer.write(made)


@retry
def enrolled(root: Path) -> set[str]:
    """Return the students of the gradebook. Raises an error of the database."""
    with Course(root).gradebook() as gradebook:
        return {student.id for student in cast(list[StudentRow], gradebook.students)}


@retry
def due_dates(root: Path, assignments: Sequence[str]) -> dict[str, datetime | None]:
    """Return the due dates in the gradebook, in UTC and without a zone. Raises an error of the database."""
    found: dict[str, datetime | None] = {}
    config = Course(root).config.CourseDirectory
    with Gradebook(config.db_url, config.course_id) as gradebook:
        for name in assignments:
            try:
                found[name] = cast(AssignmentRow, gradebook.find_assignment(name)).duedate
            except MissingEntry:
                found[name] = None
    return found
