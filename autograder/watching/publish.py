"""Pages and receipts in the exchange's feedback folder, where `nbgrader fetch_feedback` and the Assignment List look.

nbgrader names a page by a hash of the submission's secret, and nobody can list the folder: so only who has the secret,
which is the student and the instructor, finds a page. A receipt is a JSON file of the same name. One more file,
`watching.json`, tells everybody that somebody is grading.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

from nbgrader.utils import notebook_hash

from autograder.feedback.release import SECRET
from autograder.feedback.write import READABLE
from autograder.watching.arrivals import MOST_SECRET, read_file
from course_utils.student.submit import HEARTBEAT

# How often the file is written by which students see that a watcher is there.
HEARTBEAT_SECONDS = 5.0

# The mode of the folder, as nbgrader makes it: others can open a file whose name they know.
FOLDER_MODE = 0o711


class Feedback:
    """The feedback folder of a course in the exchange."""

    def __init__(self, exchange: Path, course: str) -> None:
        self._course, self.folder = exchange / course, exchange / course / "feedback"
        self._last_beat = -HEARTBEAT_SECONDS

    def publish(self, submission: Path, notebook: str, receipt: dict[str, Any], page: str | None = None) -> None:
        """Write the receipt of a submission, and its page before it. notebook: its name, without its ending.

        A submission without a secret did not come through nbgrader; nobody could find what belongs to it.
        Raises OSError where the folder cannot be written.
        """
        secret = read_file(submission, SECRET, MOST_SECRET)
        if not secret:
            return
        self._prepare()
        name = notebook_hash(secret=secret, notebook_id=notebook)
        if page is not None:
            self._replace(f"{name}.html", page.encode("utf-8", "replace"))
        self._replace(f"{name}.json", json.dumps(receipt).encode())

    def beat(self, assignments: list[str], waiting: int) -> None:
        """Say now and then that somebody grades. Raises OSError where the folder cannot be written."""
        if time.monotonic() - self._last_beat < HEARTBEAT_SECONDS:
            return
        self._prepare()
        about = {"time": time.time(), "every": HEARTBEAT_SECONDS, "assignments": assignments, "waiting": waiting}
        self._replace(HEARTBEAT, json.dumps(about).encode())
        self._last_beat = time.monotonic()

    def say_goodbye(self) -> None:
        """Remove the sign that somebody grades."""
        (self.folder / HEARTBEAT).unlink(missing_ok=True)

    def _prepare(self) -> None:
        if not self.folder.is_dir() and self._course.is_dir():
            self.folder.mkdir(exist_ok=True)
            self.folder.chmod(FOLDER_MODE)

    def _replace(self, name: str, content: bytes) -> None:
        draft = self.folder / f"{name}.{os.getpid()}"
        try:
            draft.write_bytes(content)
            draft.chmod(READABLE)
            draft.replace(self.folder / name)
        finally:
            draft.unlink(missing_ok=True)
