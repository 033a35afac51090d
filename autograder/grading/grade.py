"""`autograder grade`: a class run with a progress bar, results, gradebook, and a table at the end."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.progress import Task as Bar
from rich.text import Text

from autograder.engine import results
from autograder.engine.class_run import ClassRun
from autograder.engine.fingerprint import new_task, shared_digest
from autograder.engine.grade_one import Task, Unit, load_unit
from autograder.engine.isolation import IsolationLevel, chosen_level
from autograder.engine.results import Result, Status
from autograder.engine.seeds import course_secret, submission_seed
from autograder.engine.shell_limits import lower_limits
from autograder.errors import CourseError
from autograder.files import replace_text
from autograder.gradebook.class_list import late_submissions, missing_students
from autograder.gradebook.lateness import Lateness
from autograder.gradebook.writer import Writer
from autograder.grading.slurm import Cluster, SlurmRun
from autograder.grading.table import Line, class_table, remark_lines
from autograder.paths import require_assignment
from autograder.sentences import counted
from autograder.settings import limits

# How often the gradebook is written while the class is graded.
BATCH_SECONDS = 2.0


@dataclass(frozen=True)
class GradeOptions:
    """What the command line asks for. `students` empty: all. `seed` None: each submission's own. `jobs`: at a time.

    sandbox: "bubblewrap", "landlock" or "none"; None: as COURSE_SANDBOX says, else the strongest.
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


def grade(root: Path, assignment: str, options: GradeOptions, console: Console) -> list[Result]:
    """Grade the submissions of `assignment` in the course `root`, print the class and return its results.

    Results go to `.results/`, graded notebooks to `autograded/`, scores to the gradebook.
    Raises CourseError where the assignment or a student is unknown, nothing was submitted, or no sandbox can be built.
    """
    require_assignment(root, assignment)

    def tell(sentence: str) -> None:
        console.print(sentence, highlight=False, markup=False, soft_wrap=True)

    level = chosen_level(options.sandbox, tell)
    for lower in lower_limits(limits(root)):
        tell(f"The shell limits students' code further: {lower}.")
    students = _students(root, assignment, options.students)
    before, unreadable = results.load_class(root, assignment, students)
    for sentence in unreadable.values():
        tell(sentence)
    if options.regrade:
        students = _graded_before(assignment, [*before, *unreadable])
    unit = load_unit(root, assignment, None if options.dry_run else root / "autograded")
    tasks = _tasks(root, unit, students, level, options.seed)
    kept = [result for task in tasks if options.resume and (result := _kept(unit, before, task))]
    names = {result.student for result in kept}
    started = time.monotonic()
    with _records(unit, kept, options) as records:
        fresh = _run(unit, level, [task for task in tasks if task.student not in names], records, options, console)
    seconds = time.monotonic() - started
    made = sorted([*kept, *fresh], key=lambda result: result.student)
    late = {} if options.dry_run else late_submissions(root, assignment, {r.student: r.submitted for r in made})
    for sentence in (*_not_graded(assignment, made), *_beside(assignment, made)):
        tell(sentence)
    _print_class(console, assignment, made, {name: _lateness(*about) for name, about in late.items()})
    if not (options.students or options.dry_run or options.regrade):
        for line in missing_students(root, assignment, _students(root, assignment, ())):
            tell(line)
    _print_changes(console, made, before, options)
    console.print(_summary(fresh, kept, seconds, level, options), highlight=False)
    if options.json:
        replace_text(options.json, results.to_json(made), private=True)  # with the seeds
    return made


def _students(root: Path, assignment: str, wanted: Sequence[str]) -> list[str]:
    """Return those who handed in `assignment`, or those `wanted`."""
    folder = root / "submitted"
    found = sorted(path.parent.name for path in folder.glob(f"*/{assignment}") if path.is_dir())
    if not found:
        raise CourseError(f"there is no submission of {assignment} in {folder}; collect them first.")
    for student in wanted:
        if student not in found:
            raise CourseError(f"{student} has no folder {folder / student / assignment}; check the name.")
    return list(dict.fromkeys(wanted)) or found


def _graded_before(assignment: str, students: Sequence[str]) -> list[str]:
    if not students:
        raise CourseError(f"nothing of {assignment} has been graded yet; grade it without --regrade.")
    return sorted(students)


def _tasks(root: Path, unit: Unit, students: Sequence[str], level: IsolationLevel, seed: int | None) -> list[Task]:
    shared, secret = shared_digest(unit, level), course_secret(root) if seed is None else b""

    def seed_of(student: str, handed_in: bytes) -> int:
        return submission_seed(secret, student, unit.name, handed_in) if seed is None else seed

    return [new_task(unit, student, partial(seed_of, student), shared) for student in students]


def _kept(unit: Unit, before: dict[str, Result], task: Task) -> Result | None:
    """Return an earlier result if it is of this very submission, and all that it wrote is there."""
    result = before.get(task.student)
    if result is None or result.digest != task.digest or result.status == Status.ERROR or result.not_graded:
        return None
    folder = unit.root / "autograded" / task.student / unit.name
    has_pages = any((folder / name).is_file() for name in unit.files)
    return result if has_pages or not result.is_graded else None


class _Records:
    """Writes each result as it comes, and the gradebook now and then."""

    def __init__(self, root: Path, writer: Writer, kept: Sequence[Result]) -> None:
        self._root, self._writer = root, writer
        self._unwritten, self._written_at = list(kept), time.monotonic()

    def add(self, result: Result) -> None:
        results.save(self._root, result)
        self._unwritten.append(result)

    def write_now_and_then(self) -> None:
        if time.monotonic() - self._written_at > BATCH_SECONDS:
            self.write()

    def write(self) -> None:
        self._writer.write(self._unwritten)
        self._unwritten, self._written_at = [], time.monotonic()


@contextmanager
def _records(unit: Unit, kept: Sequence[Result], options: GradeOptions) -> Iterator[_Records | None]:
    """Open the records of a run, which are written whatever ends it; a dry run has none."""
    writer = Writer(unit.root, unit.name)
    if options.dry_run:
        yield None
        return
    writer.prepare(unit.root, {master.name: master.assignment for master in unit.masters if not master.refused})
    records = _Records(unit.root, writer, kept)
    try:
        yield records
    finally:
        records.write()


def _run(
    unit: Unit,
    level: IsolationLevel,
    todo: Sequence[Task],
    records: _Records | None,
    options: GradeOptions,
    console: Console,
) -> list[Result]:
    """Grade `todo` under a progress bar and return the results."""
    made: list[Result] = []
    if not todo:
        return made
    with _progress(console) as progress:
        bar = progress.add_task(unit.name, total=len(todo))

        def keep_up() -> None:
            if records:
                records.write_now_and_then()
            progress.update(bar, completed=len(made), refresh=True)

        with _class_run(unit, level, todo, options, _teller(progress, bar, unit.name)) as run:
            for result in run.results(todo, keep_up):
                made.append(result)
                if records:
                    records.add(result)
                keep_up()
    return made


def _class_run(
    unit: Unit, level: IsolationLevel, todo: Sequence[Task], options: GradeOptions, tell: Callable[[str], None]
) -> ClassRun | SlurmRun:
    """Return what grades `todo`: this machine or a cluster. `tell` shows a line about the cluster's tasks."""
    if options.cluster:
        return SlurmRun(unit, level, options.cluster, options.resume, tell)
    return ClassRun(unit, level, options.jobs, [task.folder / name for name in unit.files for task in todo])


def _teller(progress: Progress, bar: TaskID, name: str) -> Callable[[str], None]:
    """Return what shows a line alongside the bar; without a bar, it prints the line each time that it changes."""
    last = ""

    def tell(line: str) -> None:
        nonlocal last
        if line != last and progress.disable:
            progress.console.print(line, highlight=False, markup=False, soft_wrap=True)
        last = line
        progress.update(bar, description=f"{name}  {line}", refresh=True)

    return tell


class _Rate(ProgressColumn):
    def render(self, task: Bar) -> Text:
        return Text(f"{task.completed / task.elapsed:.1f}/s" if task.elapsed else "")


def _progress(console: Console) -> Progress:
    """Return a bar without a thread of its own, for a process with threads does not fork well."""
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeRemainingColumn(),
    )
    return Progress(*columns, console=console, auto_refresh=False, transient=True, disable=not console.is_terminal)


def _print_class(console: Console, assignment: str, made: Sequence[Result], late: dict[str, str]) -> None:
    """Print the table. late: words for a column about lateness, which is there if anybody is late."""
    headings = ("student", "status", "late") if any(late.values()) else ("student", "status")
    lines = []
    for result in made:
        status = f"{result.status}{' *' * bool(result.remarks)}"
        words = (result.student, status, late.get(result.student, ""))
        lines.append(Line(words[: len(headings)], _scores(result)))
    console.print(class_table(assignment, headings, lines, console))
    remarks = remark_lines((result.student, result.remarks) for result in made)
    for line in ["* with a remark:", *remarks] if remarks else ():
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    for result in (result for result in made if result.reason):
        verb = "was graded, but" if result.is_graded else "was not graded:"
        console.print(f"{result.student} {verb} {_lower(result.reason)}", highlight=False, markup=False)


def _lateness(late: Lateness, penalty: float) -> str:
    """Return "3 h 5 min, -5": how late, and the points that it cost."""
    return f"{late}, -{penalty:g}" if penalty else str(late)


def _not_graded(assignment: str, made: Sequence[Result]) -> list[str]:
    """Return one sentence per reason why exercises were not graded, with how many submissions and what to do."""
    sentences: list[str] = []
    reasons: dict[str, list[str]] = {}  # the exercises, by why
    for exercise, why in dict.fromkeys(pair for result in made for pair in result.not_graded.items()):
        reasons.setdefault(why, []).append(exercise)
    for why, exercises in reasons.items():
        number = sum(exercises[0] in result.not_graded for result in made)
        named, verb = ", ".join(f"`{name}`" for name in exercises), "is" if len(exercises) == 1 else "are"
        sentences.append(
            f"{named} {verb} not graded in {counted(number, 'submission')}: the master itself {why}. "
            f"{'Its' if len(exercises) == 1 else 'Their'} points are open and not 0. Fix the master, or what is "
            f"installed, and run `autograder grade {assignment} --resume`; or give the points by hand in formgrader."
        )
    return sentences


def _beside(assignment: str, made: Sequence[Result]) -> list[str]:
    """Return one sentence on the checks that ran beside the students' code; none where there are none."""
    checks = {name for result in made for name, about in result.checks.items() if about.is_beside}
    if not checks:
        return []
    return [
        f"{counted(len(checks), 'check')} ran beside the students' code, which could have made up the verdict, as "
        f"under nbgrader; `autograder doctor {assignment}` says which, and why."
    ]


def _print_changes(console: Console, made: Sequence[Result], before: dict[str, Result], options: GradeOptions) -> None:
    """Print which scores differ from those of earlier results."""
    pairs = [(before[result.student], result) for result in made if result.student in before]
    changes = [line for old, new in pairs for line in results.score_changes(old, new)]
    if changes:
        console.print("Scores would move:" if options.dry_run else "Scores that moved:")
    elif before and (options.regrade or options.dry_run):
        console.print("No score would move." if options.dry_run else "No score moved.")
    for line in changes:
        console.print(f"  {line}", highlight=False, markup=False, soft_wrap=True)


def _lower(sentence: str) -> str:
    """Return `sentence` to go on after a colon; what begins like a name stays as it is."""
    return sentence[:1].lower() + sentence[1:] if sentence[1:2].islower() else sentence


def _scores(result: Result) -> dict[str, tuple[float, float]]:
    return {name: (about.score, about.max_score) for name, about in result.exercises.items()}


def _summary(fresh: Sequence[Result], kept: Sequence[Result], seconds: float, level: str, options: GradeOptions) -> str:
    parts = [f"{counted(len(fresh), 'submission')} in {seconds:.1f} s (sandbox: {level})"]
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
