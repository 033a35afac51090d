"""A class run in a process of its own, which grades what it is sent, several submissions at a time.

    python -m autograder.watching.lane ROOT ASSIGNMENT FOLDER LEVEL

It reads lines of JSON, [student, folder of the submission], grades each at once, and answers with the result as a line
of JSON when it is there. The graded notebook is then in FOLDER/STUDENT/ASSIGNMENT. It ends when its input does, and
with it its judges and its sandbox: so it does not outlive a watcher that is killed. A new master gets a new lane.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO, Any

from autograder.engine.isolation import IsolationLevel
from autograder.engine.results import Result, from_dict
from autograder.engine.service import how_it_ended, ready_run, send, serve_on_stdio
from autograder.errors import CourseError
from autograder.paths import ONE_THREAD

CHUNK = 1 << 16

# How long the process sleeps where nothing comes; it then looks for judges that hang.
IDLE_SECONDS = 30.0
BUSY_SECONDS = 5.0


class LaneEnded(CourseError):
    """The process of a lane has ended. The text says why."""


class Lane:
    """The process that grades `assignment`, and what it is grading.

    version: what it has read when it started; with another one, another process is needed.
    """

    def __init__(self, root: Path, assignment: str, folder: Path, level: IsolationLevel, version: object) -> None:
        """Start the process; it takes work at once, and begins when it is ready."""
        self.assignment, self.folder, self.version = assignment, folder, version
        self.is_ready = False
        self._unread = b""
        self._errors = tempfile.TemporaryFile("w+", errors="replace")  # noqa: SIM115 - for the life of the process
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__, str(root), assignment, str(folder), level],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env=os.environ | dict.fromkeys(ONE_THREAD, "1"),
            start_new_session=True,  # Ctrl-C is for the watcher, which decides
        )
        assert self._process.stdin and self._process.stdout  # as they are pipes
        self._requests, self._replies = self._process.stdin, self._process.stdout
        os.set_blocking(self._replies.fileno(), False)

    @property
    def pid(self) -> int:
        """The id of the process."""
        return self._process.pid

    @property
    def descriptor(self) -> int:
        """The file descriptor that can be read when `results` has something."""
        return self._replies.fileno()

    def grade(self, student: str, submission: Path) -> None:
        """Send a submission of a student, of whom the lane grades no other one meanwhile."""
        with contextlib.suppress(OSError):  # it has ended, as `results` says
            self._requests.write(json.dumps([student, str(submission)]).encode() + b"\n")
            self._requests.flush()

    def results(self) -> list[Result]:
        """Return the results that have come. Raises LaneEnded where the process has ended, or cannot grade."""
        with contextlib.suppress(BlockingIOError):
            while chunk := os.read(self.descriptor, CHUNK):
                self._unread += chunk
            self._fail()
        *lines, self._unread = self._unread.split(b"\n")
        replies: list[dict[str, Any]] = [json.loads(line) for line in lines]
        for reply in replies:
            if "error" in reply:
                raise LaneEnded(reply["error"])
        self.is_ready = self.is_ready or bool(replies)
        return [from_dict(reply["result"]) for reply in replies if "result" in reply]

    def close(self) -> None:
        """End the process, with all that it is grading."""
        with contextlib.suppress(OSError):
            self._requests.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(5)
        self._process.kill()
        self._process.wait()
        self._replies.close()
        self._errors.close()

    def _fail(self) -> None:
        for line in self._unread.split(b"\n"):
            with contextlib.suppress(ValueError, TypeError):
                if error := json.loads(line).get("error"):
                    raise LaneEnded(error)
        reason = how_it_ended(self._process, self._errors)
        raise LaneEnded(f"the process that grades {self.assignment} has ended ({reason}).")


def main(root: Path, assignment: str, folder: Path, level: str) -> None:
    """Serve on stdin and stdout until stdin ends."""

    def serve(replies: IO[str]) -> None:
        unread, running = b"", 0
        with ready_run(root, assignment, folder, level) as (run, task):
            send(replies, {})
            os.set_blocking(0, False)
            while True:
                for result in run.wait(BUSY_SECONDS if running else IDLE_SECONDS, [0]):
                    running -= 1
                    send(replies, {"result": result.to_dict()})
                with contextlib.suppress(BlockingIOError):
                    chunk = os.read(0, CHUNK)
                    if not chunk:
                        return
                    unread += chunk
                *lines, unread = unread.split(b"\n")
                for line in lines:
                    student, submission = json.loads(line)
                    run.start(task(student, Path(submission)))
                    running += 1

    serve_on_stdio(serve)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), sys.argv[4])
