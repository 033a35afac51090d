"""`autograder demo`: take a demo class through the whole cycle, on real notebooks and through nbgrader's exchange.

The demo has a course folder of its own, so it never touches the gradebook of a real class. It runs again when anything
it depends on has changed; otherwise its table is only printed again.
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
from autograder.export import export
from autograder.gradebook.nbgrader_course import Course
from autograder.grading.table import Line, class_table
from autograder.notebooks.catalogue import Catalogue, load
from autograder.operations.demo_class import CLASS, DemoStudent
from autograder.paths import assignments, catalogue_path, require_assignment, shown
from autograder.report import ReportOptions, report
from autograder.sentences import counted

# The file in the demo's folder with the table, and the digest of what it depends on.
RESULTS = "results.json"

# Environment variables that would lead to a real course's gradebook and exchange.
REAL_COURSE = ("COURSE_DB_URL", "COURSE_EXCHANGE")
DEPENDS_ON = ("source", "answers", "release", "autograder", "course_utils", "nbgrader_config.py", "requirements.lock")


@dataclass
class Row:
    """The outcome of one student's submission of one assignment. scores: {exercise: (score, maximum)}."""

    assignment: str
    student: str
    story: str
    status: str
    scores: dict[str, tuple[float, float]] = field(default_factory=dict)
    reason: str = ""

    @property
    def total(self) -> float:
        """The points of all exercises."""
        return sum(score for score, _ in self.scores.values())


def demo(root: Path, folder: Path, console: Console, fresh: bool = False, only: Sequence[str] = ()) -> list[Row]:
    """Run the demo class of the course `root` in `folder`, print its table, and return its rows.

    fresh: run again even if nothing has changed. only: the assignments that the class takes; empty for all.
    Raises CourseError if `root` is not a course, if an assignment is unknown, or if `folder` exists and is not an
    earlier demo.
    """
    for name in only:
        require_assignment(root, name)
    names = list(only or assignments(root))
    folder = folder.resolve()
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _alone(folder, console):
        rows = _rows(root, folder, console, fresh, names)
    for assignment in sorted({row.assignment for row in rows}):
        console.print(_table(assignment, [row for row in rows if row.assignment == assignment], console))
    for sentence in _remarks(rows):
        console.print(sentence, highlight=False, soft_wrap=True)
    where = shown(folder, root)
    console.print(
        f"Submissions, feedback, reports and gradebook are in {where}/, grades in {where}/grades.csv.", soft_wrap=True
    )
    return rows


def _rows(root: Path, folder: Path, console: Console, fresh: bool, names: Sequence[str]) -> list[Row]:
    key = _key(root, names)
    _refuse_another_folder(folder)
    rows = None if fresh else _kept(folder, key)
    if rows is not None:
        console.print("Nothing has changed since the last run; `autograder demo --fresh` runs it again.")
        return rows
    _make_course(root, folder, names)
    rows = _run(folder, console)
    _keep(folder, key, rows)
    return rows


def _remarks(rows: Sequence[Row]) -> Iterator[str]:
    """Yield a sentence for each student whose submissions had a problem: the first one, and in how many it was so."""
    problems: dict[tuple[str, bool], list[Row]] = {}
    for row in (row for row in rows if row.reason):
        problems.setdefault((row.student, bool(row.scores)), []).append(row)
    for (student, is_graded), found in problems.items():
        verb = "was graded, but" if is_graded else "was not graded:"
        others = f" (and {counted(len(found) - 1, 'more assignment')} like this)" if len(found) > 1 else ""
        yield f"{student} {verb} {found[0].reason}{others}"


@contextlib.contextmanager
def _alone(folder: Path, console: Console) -> Iterator[None]:
    """Wait until no other run of the demo in `folder` is under way."""
    with folder.with_name(f".{folder.name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            console.print("Another run of the demo is under way; waiting for it.")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _run(folder: Path, console: Console) -> list[Row]:
    for variable in REAL_COURSE:
        os.environ.pop(variable, None)
    course = Course(folder)
    rows: list[Row] = []
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
    """Take one assignment from source to report; yield (step, row of a student who has feedback, or None)."""
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
    report(course.root, assignment, ReportOptions())
    yield "reported", None


def _grade(course: Course, assignment: str) -> dict[str, Result]:
    """Run `autograder grade`, in a process of its own, and return the results by student."""
    command = [sys.executable, "-m", "autograder.cli", "grade", assignment]
    done = subprocess.run(command, cwd=course.root, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise CourseError(done.stderr.strip().removeprefix("error: ") or "`autograder grade` failed without a message.")
    return {student.name: _result(course, assignment, student.name) for student in CLASS}


def _result(course: Course, assignment: str, student: str) -> Result:
    result = load_result(course.root, assignment, student)
    if result is None:
        raise CourseError(f"`autograder grade {assignment}` wrote no result of {student}; run the demo with --fresh.")
    return result


def _hand_in(course: Course, assignment: str, student: DemoStudent, catalogue: Catalogue) -> None:
    desk = course.root / "students" / student.name
    desk.mkdir(parents=True, exist_ok=True)
    course.fetch(assignment, student.name, desk)
    student.work(desk / assignment / f"{assignment}.ipynb", catalogue)
    course.submit(assignment, student.name, desk)


def _row(course: Course, student: DemoStudent, result: Result) -> Row:
    late = result.is_graded and course.seconds_late(result.assignment, student.name)
    scores = course.scores(result.assignment, student.name) if result.is_graded else None
    status = f"{result.status}, late" if late else result.status
    return Row(result.assignment, student.name, student.story, status, scores or {}, result.reason)


def _refuse_another_folder(folder: Path) -> None:
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


def _table(assignment: str, rows: list[Row], console: Console) -> Table:
    lines = [Line((row.student, row.story, row.status), row.scores) for row in rows]
    return class_table(assignment, ("student", "what they did", "status"), lines, console)
