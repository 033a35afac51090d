"""A class run that waits for work, for a process that may not fork itself.

    python -m autograder.engine.service ROOT ASSIGNMENT FOLDER LEVEL

nbgrader's own process has threads in JupyterLab, and so does not fork well. This one reads one student's name per line,
grades, and answers with the result as a line of JSON. The graded notebook is then in FOLDER/STUDENT/ASSIGNMENT.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import IO, Any, NoReturn

from autograder.engine.isolation import chosen_level, level_of
from autograder.engine.results import Result, from_dict
from autograder.errors import CourseError
from autograder.paths import ONE_THREAD
from autograder.sentences import last_line
from autograder.startup import skip_iri_grammars

# After how long without work the process ends by itself.
IDLE_SECONDS = 600.0


class Service:
    """Holds the process that grades `assignment` of the course `root`; graded notebooks go to `folder`."""

    def __init__(self, root: Path, assignment: str, folder: Path) -> None:
        """Start the process and wait until it is ready. It grades at the isolation level that COURSE_SANDBOX names.

        Raises CourseError where it cannot grade, with its reason.
        """
        level = chosen_level()
        self._errors = tempfile.TemporaryFile("w+", errors="replace")  # noqa: SIM115 - for the life of the process
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__, str(root), assignment, str(folder), level],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env=os.environ | dict.fromkeys(ONE_THREAD, "1"),
            text=True,
        )
        assert self._process.stdin and self._process.stdout  # as they are pipes
        self._requests, self._replies = self._process.stdin, self._process.stdout
        self._reply()

    @property
    def is_alive(self) -> bool:
        """Whether the process still waits for work."""
        return self._process.poll() is None

    def grade(self, student: str) -> Result:
        """Grade the submission of `student` and return the result. Raises CourseError where the process has ended."""
        with contextlib.suppress(OSError):  # it has ended, as the reply says
            self._requests.write(json.dumps(student) + "\n")
            self._requests.flush()
        return from_dict(self._reply())

    def close(self) -> None:
        """End the process, and with it the sandbox."""
        with contextlib.suppress(OSError):
            self._requests.close()
        self._process.wait()
        self._replies.close()
        self._errors.close()

    def _reply(self) -> dict[str, Any]:
        line = self._replies.readline()
        if not line:
            self._fail()
        reply = json.loads(line)
        if "error" in reply:
            self.close()
            raise CourseError(reply["error"])
        return reply

    def _fail(self) -> NoReturn:
        """Raise CourseError with what the process wrote last."""
        status = self._process.wait()
        self._errors.seek(0)
        reason = last_line(self._errors.read(), f"it wrote nothing; exit status {status}")
        self.close()
        raise CourseError(f"the process that grades has ended ({reason[:200]}); `autograder doctor` may say why.")


def main(root: Path, assignment: str, folder: Path, level: str) -> None:
    """Serve on stdin and stdout until stdin ends, or no request has come for a long time."""
    skip_iri_grammars()
    replies = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what is printed on the way is not a reply
    try:
        _serve(root, assignment, folder, level, replies)
    except CourseError as error:
        _send(replies, {"error": str(error)})


def _serve(root: Path, assignment: str, folder: Path, level_name: str, replies: IO[str]) -> None:
    from autograder.engine.class_run import ClassRun
    from autograder.engine.fingerprint import new_task, shared_digest
    from autograder.engine.grade_one import load_unit
    from autograder.engine.seeds import course_secret, submission_seed

    level, unit = level_of(level_name), load_unit(root, assignment, folder)
    shared, secret = shared_digest(unit, level), course_secret(root)
    sample = [path for name in unit.files for path in sorted(root.glob(f"submitted/*/{assignment}/{name}"))]
    with ClassRun(unit, level, 1, sample) as run:
        _send(replies, {})
        while select.select([sys.stdin], [], [], IDLE_SECONDS)[0] and (line := sys.stdin.readline()):
            student = json.loads(line)
            task = new_task(unit, student, partial(submission_seed, secret, student, assignment), shared)
            _send(replies, next(run.results([task])).to_dict())


def _send(replies: IO[str], message: dict[str, Any]) -> None:
    replies.write(json.dumps(message) + "\n")
    replies.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), sys.argv[4])
