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

    def take(self, folder: Path, target: Path) -> str:
        """Copy one submission of the inbound folder to `target`; return why it is not taken, or "" if it was."""
        self.inbound_path = str(folder.parent)
        try:
            if why := self._why_not(folder):
                return why
            with tempfile.TemporaryDirectory(prefix=".taken-", dir=target.parent) as scratch:
                copy = Path(scratch) / "submission"
                copy_folder(folder, copy, folder.parent)
                super().do_copy(str(copy), str(target))
        except Refused as error:
            return str(error)
        return ""

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
            why = self._why_not(folder)
        except (Refused, OSError) as error:
            why = str(error)
        return not why or self._tell(folder, why)

    def _why_not(self, folder: Path) -> str:
        """Return why a submission must not be taken, or ""."""
        links = links_in(folder, folder.parent)
        if links:
            return f"{folder.name}/{links[0]} is a link"
        size, most = self.get_size(folder), 1000 * self._course.max_dir_size
        return "" if size <= most else f"it has {size:,} bytes, more than {most:,}"

    def _tell(self, folder: Path, why: str) -> bool:
        student, assignment = folder.name.rsplit("+", 3)[0], self._course.assignment_id
        self.log.error(
            f"{student}'s submission of {assignment} was not collected: {why}. Only files of the submission itself are "
            f"taken; ask {student} to hand in again with `nbgrader submit`."
        )
        return False
