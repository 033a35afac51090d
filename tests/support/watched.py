"""A course of one small assignment that a watcher grades, and what its students and its instructor see of it."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.utils import notebook_hash

from autograder.authoring.release import generate
from autograder.gradebook.nbgrader_course import Course
from support.small_class import RIGHT, answered
from support.tiny_course import NAME, enrol, make_course, released

# Long enough for a machine that does a lot else.
PATIENCE = 400.0


def watched_course(root: Path, *students: str, policy: str = "", notebook: NotebookNode | None = None) -> Path:
    """Make a course whose assignment, or `notebook`, is in its exchange. policy: lines for nbgrader_config.py."""
    make_course(root, notebook)
    set_policy(root, policy)
    generate(root)
    Course(root).release(NAME)
    for student in students:
        enrol(root, student)
    return root


def set_policy(root: Path, policy: str) -> None:
    """Replace the policy at the end of nbgrader_config.py."""
    path = root / "nbgrader_config.py"
    text = path.read_text().partition("\n# Policy of the test.\n")[0]
    path.write_text(f"{text}\n# Policy of the test.\n{policy}\n")


def submit(root: Path, student: str, source: str = RIGHT) -> Path:
    """Hand in an answer through the exchange; return the student's own copy, which has the secret."""
    desk = root / "desks" / student
    (desk / NAME).mkdir(parents=True, exist_ok=True)
    nbformat.write(answered(source, released(root)), desk / NAME / f"{NAME}.ipynb")
    Course(root).submit(NAME, student, desk)
    return max((desk / ".nbgrader_cache" / "deep-learning").iterdir())


def inbound(root: Path) -> Path:
    return root / "exchange" / "deep-learning" / "inbound"


def found_with(copy: Path, ending: str) -> Path:
    """Return where the student of a submission looks for its page (".html") or receipt (".json")."""
    name = notebook_hash(secret=(copy / "submission_secret.txt").read_text(), notebook_id=NAME)
    return copy_root(copy) / "exchange" / "deep-learning" / "feedback" / f"{name}{ending}"


def copy_root(copy: Path) -> Path:
    return copy.parents[4]


def receipt_of(copy: Path) -> dict:
    """Return what the student of a submission is told; empty if nothing yet."""
    try:
        return json.loads(found_with(copy, ".json").read_text())
    except FileNotFoundError:
        return {}


def told(copy: Path, state: str = "graded") -> str:
    """Wait until a submission has come to `state`, and return what its student reads."""
    wait_for(lambda: receipt_of(copy).get("state") == state, f"{state}, and not {receipt_of(copy)}")
    return receipt_of(copy)["text"]


def wait_for(is_so: Callable[[], object], what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < end, f"it never came to be: {what}"
        time.sleep(0.1)


def attempts(root: Path, student: str = "*") -> list[dict]:
    """Return the attempts on the disk, in the order of arrival."""
    found = [json.loads(path.read_text()) for path in root.glob(f".attempts/{NAME}/{student}/*/attempt.json")]
    return sorted(found, key=lambda attempt: attempt["number"])


def score(root: Path, student: str) -> tuple[float, float] | None:
    """Return (score, maximum) of a student in the gradebook; None if it has no submission."""
    scores = Course(root).scores(NAME, student)
    return scores["double"] if scores else None


def start(root: Path, *words: str) -> subprocess.Popen:
    """Start a watcher; what it says is added to watch.log."""
    with (root / "watch.log").open("a") as log:
        command = [sys.executable, "-m", "autograder.cli", "watch", *words]
        return subprocess.Popen(command, cwd=root, stdout=log, stderr=log)


def log(root: Path) -> str:
    return (root / "watch.log").read_text()


def says(root: Path, words: str) -> None:
    """Wait until the watcher has said `words`."""
    wait_for(lambda: words in log(root), f"{words!r} in:\n{log(root)}")


@contextlib.contextmanager
def watching(root: Path, *words: str, status: int = 0) -> Iterator[subprocess.Popen]:
    """Have a watcher at work, and end it as Ctrl-C does; it must end with `status`."""
    process = start(root, *words)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(120)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise
    assert process.returncode == status, log(root)


def finish(root: Path) -> None:
    """Let a watcher do all that is left, and end."""
    process = start(root, "--until-idle")
    assert process.wait(PATIENCE) == 0, log(root)
