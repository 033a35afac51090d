"""`nbgrader collect` without links: they lead to files that the instructor may read and the student may not."""

from __future__ import annotations

import shutil
import tempfile
from logging import Logger
from pathlib import Path
from typing import Any, cast

from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange.default import ExchangeCollect

from autograder.engine.errors import Refused
from autograder.engine.opening import copy_folder, links_in


class Collect(ExchangeCollect):
    """Collects submissions as nbgrader does. One that cannot be taken is named, and the others are collected."""

    def copy_files(self) -> None:
        """Copy the submissions that hold no links; the log has a sentence on each of the others."""
        self.src_records = [record for record in self.src_records if self._is_taken(record)]
        super().copy_files()

    def do_copy(self, src: str, dest: str, log: Logger | None = None) -> None:
        """Copy the submission `src` to `dest`, by way of a copy that was made without following a link."""
        try:
            with tempfile.TemporaryDirectory() as folder:
                copy = Path(folder) / "submission"
                copy_folder(Path(src), copy, Path(self.inbound_path))
                super().do_copy(str(copy), dest, log)
        except (Refused, OSError) as error:  # it has changed since it was looked at
            shutil.rmtree(dest, ignore_errors=True)
            self._tell(Path(src), str(error))

    @property
    def _course(self) -> CourseDirectory:
        return cast(CourseDirectory, self.coursedir)

    def _is_taken(self, record: dict[str, Any]) -> bool:
        folder = Path(self.inbound_path) / record["filename"]
        try:
            links = links_in(folder, folder.parent)
            size, most = self.get_size(folder), 1000 * self._course.max_dir_size
        except (Refused, OSError) as error:
            return self._tell(folder, str(error))
        if links:
            return self._tell(folder, f"{folder.name}/{links[0]} is a link")
        return size <= most or self._tell(folder, f"it has {size:,} bytes, more than {most:,}")

    def _tell(self, folder: Path, why: str) -> bool:
        student, assignment = folder.name.rsplit("+", 3)[0], self._course.assignment_id
        self.log.error(
            f"{student}'s submission of {assignment} was not collected: {why}. Only files of the submission itself are "
            f"taken; ask {student} to hand in again with `nbgrader submit`."
        )
        return False
