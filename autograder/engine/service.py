"""A class run that waits for work, for a process that may not fork itself.

    python -m autograder.engine.service ROOT ASSIGNMENT FOLDER SANDBOX

nbgrader's own process has threads in JupyterLab, and so does not fork well. This one reads a student's name a line,
grades, and answers with a line of JSON, the result. The graded notebook is then in FOLDER/STUDENT/ASSIGNMENT.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from autograder.engine.results import Result
from autograder.errors import CourseError
from autograder.paths import ONE_THREAD, catalogue_path, master_path

IDLE_SECONDS = 600.0
"""After how long without work the process ends by itself."""


class Service:
    """Holds the process that grades `assignment` of the course `root`; graded notebooks go to `folder`."""

    def __init__(self, root: Path, assignment: str, folder: Path, sandbox: str = "") -> None:
        """Start the process and wait until it is warm. `sandbox` empty: the strongest that holds here.

        Raises CourseError where it cannot grade, with its reason.
        """
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__, str(root), assignment, str(folder), sandbox],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | dict.fromkeys(ONE_THREAD, "1"),
            text=True,
        )
        self._reply()

    @property
    def is_alive(self) -> bool:
        """Whether the process still waits for work."""
        return self._process.poll() is None

    def grade(self, student: str) -> Result:
        """Grade the submission of `student` and return the result. Raises CourseError where the process has ended."""
        with contextlib.suppress(OSError):
            self._process.stdin.write(json.dumps(student) + "\n")
            self._process.stdin.flush()
        return Result(**self._reply())

    def close(self) -> None:
        """End the process, and with it the sandbox."""
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()

    def _reply(self) -> dict[str, Any]:
        line = self._process.stdout.readline()
        if not line:
            raise CourseError("the process that grades has ended without a word; `autograder grade` may say why.")
        reply = json.loads(line)
        if "error" in reply:
            raise CourseError(reply["error"])
        return reply


def main(root: Path, assignment: str, folder: Path, sandbox: str) -> None:
    """Serve on stdin and stdout until stdin ends, or nothing has been asked for a long time."""
    replies = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what is printed on the way is no reply
    try:
        _serve(root, assignment, folder, sandbox, replies)
    except CourseError as error:
        _tell(replies, {"error": str(error)})


def _serve(root: Path, assignment: str, folder: Path, sandbox: str, replies: IO[str]) -> None:
    from autograder.engine.class_run import ClassRun
    from autograder.engine.fingerprint import digest_of_all, new_task
    from autograder.engine.grade_one import Unit
    from autograder.engine.sandbox import best_rung
    from autograder.engine.seeds import course_secret, submission_seed
    from autograder.notebooks.catalogue import load_if_there
    from autograder.notebooks.format import read_notebook
    from autograder.settings import nbgrader_config

    rung = sandbox or best_rung()
    master = read_notebook(master_path(root, assignment))
    catalogue = load_if_there(catalogue_path(root, assignment))
    ignore = list(nbgrader_config(root).CourseDirectory.get("ignore", []))
    unit = Unit(root, assignment, master, ignore, folder, catalogue)
    of_all, secret = digest_of_all(unit, rung), course_secret(root)
    sample = sorted(root.glob(f"submitted/*/{assignment}/{assignment}.ipynb"))
    with ClassRun(unit, rung, 1, sample=sample) as run:
        _tell(replies, {})
        while select.select([sys.stdin], [], [], IDLE_SECONDS)[0] and (line := sys.stdin.readline()):
            student = json.loads(line)
            task = new_task(unit, student, submission_seed(secret, student, assignment), of_all)
            _tell(replies, asdict(next(result for result in run.results([task]) if result is not None)))


def _tell(replies: IO[str], message: dict) -> None:
    replies.write(json.dumps(message) + "\n")
    replies.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), sys.argv[4])
