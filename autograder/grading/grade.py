"""`autograder grade`: a class run with a progress bar, results, gradebook, and a table at the end."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from autograder.engine import results
from autograder.engine.class_run import ClassRun
from autograder.engine.fingerprint import digest_of_all, new_task
from autograder.engine.grade_one import Task as Work
from autograder.engine.grade_one import Unit
from autograder.engine.results import Result
from autograder.engine.sandbox import best_rung
from autograder.engine.seeds import course_secret, submission_seed
from autograder.errors import CourseError
from autograder.files import replace_text
from autograder.gradebook.writer import Writer
from autograder.grading.slurm import Cluster, SlurmRun
from autograder.grading.table import Line, class_table
from autograder.notebooks.catalogue import load_if_there
from autograder.notebooks.format import read_notebook
from autograder.paths import catalogue_path, master_path, require_assignment

BATCH_SECONDS = 2.0
"""How often the gradebook is written while the class is graded."""


@dataclass(frozen=True)
class Options:
    """What the command line asks for. `students` empty: all. `seed` None: each submission's own. `jobs`: at a time.

    cluster: where to grade; None: on this machine.
    """

    jobs: int
    students: Sequence[str] = ()
    sandbox: str | None = None
    seed: int | None = None
    json: Path | None = None
    resume: bool = False
    regrade: bool = False
    dry_run: bool = False
    cluster: Cluster | None = None


def grade(root: Path, assignment: str, options: Options, console: Console) -> list[Result]:
    """Grade the submissions of `assignment` in the course `root`, print the class and return its results.

    Results go to `.results/`, graded notebooks to `autograded/`, scores to the gradebook.
    Raises CourseError where the assignment or a student is unknown, nothing was submitted, or no sandbox can be built.
    """
    require_assignment(root, assignment)
    rung = options.sandbox or best_rung()
    students = _students(root, assignment, options)
    writer = Writer(root, assignment)
    master = read_notebook(master_path(root, assignment))
    pages = None if options.dry_run else root / "autograded"
    ignore = list(writer.config.CourseDirectory.get("ignore", []))
    unit = Unit(root, assignment, master, ignore, pages, load_if_there(catalogue_path(root, assignment)))
    if not options.dry_run:
        writer.prepare(root, unit.assignment)
    before = {student: results.load(root, assignment, student) for student in students}
    work = _work(root, unit, students, rung, options)
    kept = [before[task.student] for task in work if options.resume and _fits(root, before[task.student], task)]
    todo = [task for task in work if task.student not in {result.student for result in kept}]
    started = time.monotonic()
    fresh = _run(unit, rung, todo, kept, writer, options, console)
    seconds = time.monotonic() - started
    made = sorted([*kept, *fresh], key=lambda result: result.student)
    _tell(console, assignment, made, before, options)
    console.print(_summary(fresh, kept, seconds, rung, options), highlight=False)
    if options.json:
        replace_text(options.json, json.dumps([asdict(result) for result in made], indent=1) + "\n")
    return made


def _students(root: Path, assignment: str, options: Options) -> list[str]:
    folder = root / "submitted"
    found = sorted(path.parent.name for path in folder.glob(f"*/{assignment}") if path.is_dir())
    if not found:
        raise CourseError(f"there is no submission of {assignment} in {folder}; collect them first.")
    for student in options.students:
        if student not in found:
            raise CourseError(f"{student} has no folder {folder / student / assignment}; check the name.")
    chosen = list(dict.fromkeys(options.students)) or found
    if options.regrade:
        chosen = [student for student in chosen if results.load(root, assignment, student)]
        if not chosen:
            raise CourseError(f"nothing of {assignment} has been graded yet; grade it without --regrade.")
    return chosen


def _work(root: Path, unit: Unit, students: Sequence[str], rung: str, options: Options) -> list[Work]:
    secret = b"" if options.seed is not None else course_secret(root)
    of_all, work = digest_of_all(unit, rung), []
    for student in students:
        seed = submission_seed(secret, student, unit.name) if options.seed is None else options.seed
        work.append(new_task(unit, student, seed, of_all))
    return work


def _fits(root: Path, result: Result | None, task: Work) -> bool:
    """Say whether an earlier result is of this very submission and all that it wrote is there."""
    if result is None or result.digest != task.digest or result.status == results.ERROR:
        return False
    page = root / "autograded" / task.student / result.assignment / f"{result.assignment}.ipynb"
    return page.is_file() or not result.is_graded


def _run(
    unit: Unit,
    rung: str,
    todo: Sequence[Work],
    kept: Sequence[Result],
    writer: Writer,
    options: Options,
    console: Console,
) -> list[Result]:
    """Grade `todo`; write each result as it comes, and the gradebook now and then and in the end, whatever ended it."""
    made: list[Result] = []
    unwritten, written = list(kept), time.monotonic()
    try:
        if todo:
            with _progress(console) as progress:
                task = progress.add_task(unit.name, total=len(todo))
                with _class_run(unit, rung, todo, options, _teller(progress, task, unit.name)) as run:
                    for result in run.results(todo):
                        if result is not None:
                            made.append(result)
                            unwritten.append(result)
                            if not options.dry_run:
                                results.save(unit.root, result)
                        if not options.dry_run and time.monotonic() - written > BATCH_SECONDS:
                            writer.write(unwritten)
                            unwritten, written = [], time.monotonic()
                        progress.update(task, completed=len(made), refresh=True)
    finally:
        if not options.dry_run:
            writer.write(unwritten)
    return made


def _class_run(
    unit: Unit, rung: str, todo: Sequence[Work], options: Options, tell: Callable[[str], None]
) -> ClassRun | SlurmRun:
    """Return what grades `todo`: this machine, or a cluster, whose tasks `tell` is told of."""
    if options.cluster:
        return SlurmRun(unit, rung, options.cluster, options.resume, tell)
    return ClassRun(unit, rung, options.jobs, sample=[work.folder / f"{unit.name}.ipynb" for work in todo])


def _teller(progress: Progress, task: TaskID, name: str) -> Callable[[str], None]:
    """Return what shows a line beside the bar; where there is no bar, a line each time that it changes."""
    last = ""

    def tell(line: str) -> None:
        nonlocal last
        if line != last and progress.disable:
            progress.console.print(line, highlight=False, markup=False, soft_wrap=True)
        last = line
        progress.update(task, description=f"{name}  {line}", refresh=True)

    return tell


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(f"{task.completed / task.elapsed:.1f}/s" if task.elapsed else "")


def _progress(console: Console) -> Progress:
    """Return a bar without a thread of its own, for a process with threads does not fork well."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), _Rate(), TimeRemainingColumn())
    return Progress(*columns, console=console, auto_refresh=False, transient=True, disable=not console.is_terminal)


def _tell(
    console: Console, assignment: str, made: Sequence[Result], before: dict[str, Result | None], options: Options
) -> None:
    lines = [Line((result.student, result.status), _scores(result)) for result in made]
    console.print(class_table(assignment, ("student", "status"), lines))
    for result in (result for result in made if result.reason):
        verb = "was graded, but" if result.is_graded else "was not graded:"
        console.print(f"{result.student} {verb} {_lower(result.reason)}", highlight=False, markup=False)
    changed = [line for result in made if (old := before[result.student]) for line in results.moved(old, result)]
    if changed:
        console.print("Scores would move:" if options.dry_run else "Scores that moved:")
    elif any(before.values()) and (options.regrade or options.dry_run):
        console.print("No score would move." if options.dry_run else "No score moved.")
    for line in changed:
        console.print(f"  {line}", highlight=False, markup=False, soft_wrap=True)


def _lower(sentence: str) -> str:
    """Return `sentence` to go on after a colon; what begins like a name stays as it is."""
    return sentence[:1].lower() + sentence[1:] if sentence[1:2].islower() else sentence


def _scores(result: Result) -> dict[str, tuple[float, float]]:
    return {name: (about["score"], about["max_score"]) for name, about in result.exercises.items()}


def _summary(fresh: Sequence[Result], kept: Sequence[Result], seconds: float, rung: str, options: Options) -> str:
    parts = [f"{len(fresh)} submissions in {seconds:.1f} s (sandbox: {rung})"]
    if kept:
        parts.append(f"{len(kept)} kept from an earlier run")
    without = sum(not result.is_graded for result in (*fresh, *kept))
    if without:
        parts.append(f"{without} without a grade, which is not a 0")
    waiting = sum(bool(result.waiting) for result in (*fresh, *kept))
    if waiting:
        parts.append(f"{waiting} with answers that wait for manual grading")
    if options.dry_run:
        parts.append("nothing was written")
    return "; ".join(parts) + "."
