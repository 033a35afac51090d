"""`autograder demo`: a class goes through the whole cycle, on real notebooks, through nbgrader's real exchange.

The demo is a course folder of its own, `demo/`, so that it never touches the gradebook of a real class. It is made anew
when anything it depends on has changed, and only shown again when nothing has.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from autograder.authoring.release import generate
from autograder.engine.results import Result
from autograder.engine.results import load as load_result
from autograder.errors import CourseError
from autograder.export.grades import export
from autograder.gradebook.nbgrader_course import Course
from autograder.grading.table import Line, class_table
from autograder.notebooks.catalogue import Catalogue, load
from autograder.operations.demo_class import CLASS, Student
from autograder.paths import assignments, catalogue_path, require_assignment
from autograder.report import Options, report

FOLDER = "demo"
RESULTS = "results.json"
REAL_COURSE = ("COURSE_DB_URL", "COURSE_EXCHANGE")
DEPENDS_ON = ("source", "answers", "release", "autograder", "course_utils", "nbgrader_config.py", "requirements.lock")


@dataclass
class Row:
    """What became of one student's submission of one assignment."""

    assignment: str
    student: str
    story: str
    status: str
    scores: dict[str, tuple[float, float]] = field(default_factory=dict)
    reason: str = ""

    @property
    def total(self) -> float:
        return sum(score for score, _ in self.scores.values())


def demo(root: Path, console: Console, fresh: bool = False, only: Sequence[str] = ()) -> list[Row]:
    """Run the demo class in `root/demo`, print its table, and return its rows.

    fresh: run again even where nothing has changed. only: the assignments that the class takes; all without it.
    Raises CourseError where `root` is no course, an assignment is unknown, or `root/demo` is something else than an
    earlier demo.
    """
    for name in only:
        require_assignment(root, name)
    known = assignments(root)
    with _alone(root, console):
        rows = _rows(root, console, fresh, list(only or known))
    for assignment in sorted({row.assignment for row in rows}):
        console.print(_table(assignment, [row for row in rows if row.assignment == assignment]))
    for row in (row for row in rows if row.reason):
        verb = "was graded, but" if row.scores else "was not graded:"
        console.print(f"{row.student} {verb} {row.reason}", highlight=False, soft_wrap=True)
    console.print(
        f"Submissions, feedback, reports and gradebook are in {FOLDER}/, grades in {FOLDER}/grades.csv.",
        soft_wrap=True,
    )
    return rows


def _rows(root: Path, console: Console, fresh: bool, names: Sequence[str]) -> list[Row]:
    folder, key = root / FOLDER, _key(root, names)
    _refuse_a_strangers_folder(folder)
    rows = None if fresh else _kept(folder, key)
    if rows is not None:
        console.print("Nothing has changed since the last run; `autograder demo --fresh` runs it again.")
        return rows
    _make_course(root, folder, names)
    rows = _run(folder, console)
    _keep(folder, key, rows)
    return rows


@contextlib.contextmanager
def _alone(root: Path, console: Console) -> Iterator[None]:
    """Wait until no other run of the demo is under way in `root`."""
    with (root / f".{FOLDER}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            console.print("Another run of the demo is under way; waiting for it.")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _run(folder: Path, console: Console) -> list[Row]:
    for variable in REAL_COURSE:  # a real course's gradebook and exchange are not for the demo
        os.environ.pop(variable, None)
    course, rows = Course(folder), []
    columns = (TextColumn("{task.description:<44}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        for assignment in course.assignments():
            catalogue = load(catalogue_path(folder, assignment))
            task = progress.add_task(assignment, total=2 * len(CLASS) + 4)
            for step, row in _cycle(course, assignment, catalogue):
                progress.update(task, advance=1, description=f"{assignment}: {step}")
                rows += [row] if row else []
    export(folder, folder / "grades.csv")
    return rows


def _cycle(course: Course, assignment: str, catalogue: Catalogue) -> Iterator[tuple[str, Row | None]]:
    """Take one assignment from source to report; yield after each step, with a row once a student is graded."""
    generate(course.root, [assignment])
    course.release(assignment)
    yield "released", None
    for student in sorted(CLASS, key=lambda student: student.late):
        if student.late:
            course.set_due_date(assignment, datetime.now(UTC).replace(tzinfo=None))
        _hand_in(course, assignment, student, catalogue)
        yield f"{student.name} submits", None
    course.collect(assignment)
    yield "collected", None
    results = _grade(course, assignment)
    yield "graded", None
    for student in CLASS:
        result = results[student.name]
        if result.is_graded:
            course.generate_feedback(assignment, student.name)
        yield f"feedback for {student.name}", _row(course, student, result)
    for _ in report(course.root, assignment, Options()):
        yield "reported", None


def _grade(course: Course, assignment: str) -> dict[str, Result]:
    """Run `autograder grade`, in a process of its own, and return the results by student."""
    command = [sys.executable, "-m", "autograder.cli", "grade", assignment]
    done = subprocess.run(command, cwd=course.root, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise CourseError(done.stderr.strip().removeprefix("error: ") or "`autograder grade` ended without a word.")
    return {student.name: load_result(course.root, assignment, student.name) for student in CLASS}


def _hand_in(course: Course, assignment: str, student: Student, catalogue: Catalogue) -> None:
    desk = course.root / "students" / student.name
    desk.mkdir(parents=True, exist_ok=True)
    course.fetch(assignment, student.name, desk)
    student.work(desk / assignment / f"{assignment}.ipynb", catalogue)
    course.submit(assignment, student.name, desk)


def _row(course: Course, student: Student, result: Result) -> Row:
    late = result.is_graded and course.seconds_late(result.assignment, student.name)
    scores = course.scores(result.assignment, student.name) if result.is_graded else {}
    status = f"{result.status}, late" if late else result.status
    return Row(result.assignment, student.name, student.story, status, scores, result.reason)


def _refuse_a_strangers_folder(folder: Path) -> None:
    if folder.exists() and not (folder / RESULTS).is_file():
        raise CourseError(f"{folder} exists and was not made by the demo; move it away, then run the demo again.")


def _make_course(root: Path, folder: Path, names: Sequence[str]) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    (folder / RESULTS).write_text("{}", encoding="utf-8")
    shutil.copy(root / "nbgrader_config.py", folder)
    for name in names:
        shutil.copytree(root / "source" / name, folder / "source" / name)
        (folder / "answers").mkdir(exist_ok=True)
        shutil.copy(catalogue_path(root, name), folder / "answers")
        if (root / "release" / name).is_dir():  # the hints in it are slow to make
            shutil.copytree(root / "release" / name, folder / "release" / name)


def _key(root: Path, names: Sequence[str]) -> str:
    """Return a digest of all that the demo depends on."""
    digest = hashlib.sha256(" ".join([sys.version, *names]).encode())
    for name in DEPENDS_ON:
        path = root / name
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in (file for file in files if file.suffix in {".py", ".ipynb", ".json", ".lock"} and file.is_file()):
            digest.update(str(file.relative_to(root)).encode() + file.read_bytes())
    return digest.hexdigest()


def _kept(folder: Path, key: str) -> list[Row] | None:
    path = folder / RESULTS
    kept = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return [Row(**row) for row in kept["rows"]] if kept.get("key") == key else None


def _keep(folder: Path, key: str, rows: list[Row]) -> None:
    text = json.dumps({"key": key, "rows": [asdict(row) for row in rows]}, indent=1)
    (folder / RESULTS).write_text(text, encoding="utf-8")


def _table(assignment: str, rows: list[Row]) -> Table:
    lines = [Line((row.student, row.story, row.status), row.scores) for row in rows]
    return class_table(assignment, ("student", "what they did", "status"), lines)
