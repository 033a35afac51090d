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
from collections.abc import Callable, Generator
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NoReturn

from autograder.engine.isolation import chosen_level, level_of
from autograder.engine.results import Result, from_dict
from autograder.errors import CourseError
from autograder.paths import ONE_THREAD
from autograder.sentences import last_line
from autograder.startup import skip_iri_grammars

if TYPE_CHECKING:  # they take a second to import
    from autograder.engine.class_run import ClassRun
    from autograder.engine.grade_one import Task

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
        reason = how_it_ended(self._process, self._errors)
        self.close()
        raise CourseError(f"the process that grades has ended ({reason}); `autograder doctor` may say why.")


def how_it_ended(process: subprocess.Popen[Any], errors: IO[str]) -> str:
    """Return a clause on why a process that grades has ended: the last line that it wrote into `errors`."""
    status = process.wait()
    errors.seek(0)
    return last_line(errors.read(), f"it wrote nothing; exit status {status}")[:200]


def serve_on_stdio(serve: Callable[[IO[str]], None]) -> None:
    """Call `serve` with where its replies go. What is printed on the way is no reply; a CourseError is the last one."""
    skip_iri_grammars()
    replies = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    try:
        serve(replies)
    except CourseError as error:
        send(replies, {"error": str(error)})


def send(replies: IO[str], message: dict[str, Any]) -> None:
    """Write a reply, a line of JSON."""
    replies.write(json.dumps(message) + "\n")
    replies.flush()


@contextlib.contextmanager
def ready_run(
    root: Path, assignment: str, folder: Path, level_name: str
) -> Generator[tuple[ClassRun, Callable[..., Task]]]:
    """Start a class run, and yield it and what makes its tasks, of a student and, if it is not the usual one, a folder.

    Raises CourseError where it cannot start.
    """
    from autograder.engine.class_run import ClassRun
    from autograder.engine.fingerprint import new_task, shared_digest
    from autograder.engine.grade_one import load_unit
    from autograder.engine.seeds import course_secret, submission_seed

    level, unit = level_of(level_name), load_unit(root, assignment, folder)
    shared, secret = shared_digest(unit, level), course_secret(root)
    sample = [path for name in unit.files for path in sorted(root.glob(f"submitted/*/{assignment}/{name}"))]

    def task(student: str, submission: Path | None = None) -> Task:
        return new_task(unit, student, partial(submission_seed, secret, student, assignment), shared, submission)

    with ClassRun(unit, level, 1, sample) as run:
        yield run, task


def main(root: Path, assignment: str, folder: Path, level: str) -> None:
    """Serve on stdin and stdout until stdin ends, or no request has come for a long time."""

    def serve(replies: IO[str]) -> None:
        with ready_run(root, assignment, folder, level) as (run, task):
            send(replies, {})
            while select.select([sys.stdin], [], [], IDLE_SECONDS)[0] and (line := sys.stdin.readline()):
                send(replies, next(run.results([task(json.loads(line))])).to_dict())

    serve_on_stdio(serve)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), sys.argv[4])
