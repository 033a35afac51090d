"""`nbgrader release_feedback` for a class in which somebody did not hand in through the exchange."""

from __future__ import annotations

import glob
from pathlib import Path
from typing import cast

from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange.default import ExchangeReleaseFeedback

from autograder.engine.submission import TIMESTAMP

# What `nbgrader submit` adds to a submission. The student's copy of the secret is the key to the page in the exchange.
SECRET = "submission_secret.txt"


class ReleaseFeedback(ExchangeReleaseFeedback):
    """Puts the pages into the exchange, except those that nobody could fetch, and names these.

    A submission that came by mail, by an upload or by hand has no secret. nbgrader's own command ends in an error
    there, and nobody behind it in the order of the folders gets a page.
    """

    def copy_files(self) -> None:
        """Release the pages; those of submissions without a secret stay where they are, and a warning names them."""
        course = cast(CourseDirectory, self.coursedir)
        pages = sorted(map(Path, glob.glob(f"{self.src_path}/*.html")))  # noqa: PTH207 - an absolute pattern of nbgrader's
        without = [page for page in pages if not all((page.parent / name).is_file() for name in (TIMESTAMP, SECRET))]
        excluded = [name for name in course.student_id_exclude.split(",") if name]
        course.student_id_exclude = ",".join([*excluded, *(_student(page) for page in without)])
        try:
            super().copy_files()
        finally:
            course.student_id_exclude = ",".join(excluded)
        for page in without:
            if _student(page) not in excluded:
                self.log.warning(
                    f"{_student(page)} did not hand in through the exchange and cannot fetch feedback from it; send "
                    f"{page} instead."
                )


def _student(page: Path) -> str:
    """Return the student of a page, which is feedback/STUDENT/ASSIGNMENT/NOTEBOOK.html."""
    return page.parents[1].name
