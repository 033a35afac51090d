"""Verify the tests: right answers get full marks, wrong ones lose some and shortcuts all, whatever the seed."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import nbformat
from joblib import cpu_count
from rich.console import Console
from rich.progress import Progress

from autograder.authoring.masters import read_master
from autograder.authoring.proof import SOLUTION, Result
from autograder.authoring.proof_report import in_all, messages, misjudged, misnamed, table
from autograder.engine import results
from autograder.engine.class_run import ClassRun
from autograder.engine.grade_one import Master, Task, Unit
from autograder.engine.in_process import Outcome, run_checks
from autograder.engine.isolation import IsolationLevel, level_asked_for, strongest_level
from autograder.errors import CourseError
from autograder.notebooks.assignment import Assignment, Exercise, assignment_of, exercise_of
from autograder.notebooks.catalogue import Answer, Catalogue, group, load, submission
from autograder.notebooks.format import read_notebook
from autograder.paths import catalogue_path, master_path
from autograder.settings import limits

# The seeds of the command where it is not asked for more.
FEW_SEEDS = range(1, 4)


def read_unit(
    unit: str, root: Path = Path(), catalogue: Path | None = None, only: Collection[str] = ()
) -> tuple[Assignment, Catalogue]:
    """Read the master of a unit and its catalogue of answers.

    catalogue: the file of answers; without it the unit's own. only: the names of the exercises to keep; empty: all.
    Raises CourseError where master or catalogue is missing or unreadable, the master breaks the rules of exercises, or
    there is no exercise of a name.
    """
    assignment = assignment_of(read_master(root, unit, only))
    known = [exercise.name for exercise in assignment.exercises]
    for name in only:
        if name not in known:
            raise CourseError(f"{unit} has no exercise {name}; it has {', '.join(known)}.")
    answers = load(catalogue or catalogue_path(root, unit), known)
    if not only:
        return assignment, answers
    kept = tuple(exercise for exercise in assignment.exercises if exercise.name in only)
    chosen = tuple(answer for answer in answers.answers if answer.exercise in only)
    return replace(assignment, exercises=kept), Catalogue(chosen)


def prove_exercise(
    assignment: Assignment, exercise: Exercise, answers: Catalogue, seeds: Sequence[int]
) -> Iterator[Result]:
    """Run the checks of one exercise, in this process, on its solution and on its answers, once per seed."""
    solution = Answer(exercise.name, SOLUTION, "right", "", exercise.answer)
    own = (answer for answer in answers.answers if answer.exercise == exercise.name)
    for answer in (solution, *own):
        for seed in seeds:
            outcomes = run_checks(assignment.setup, answer.source, exercise, seed)
            yield Result(answer, seed, outcomes, len(exercise.checks))


def prove_command(
    units: Sequence[str],
    root: Path = Path(),
    catalogue: Path | None = None,
    seeds: Sequence[int] = FEW_SEEDS,
    sentences: bool = False,
    console: Console | None = None,
    only: Collection[str] = (),
) -> bool:
    """Print, by exercise, how many right answers were accepted, and others rejected; say whether all were.

    The answers are graded as submissions are, by the engine. Below the table stands a line for each answer that was
    judged otherwise, with the seed that shows it.
    sentences: print, too, what a student would read for each wrong answer. only: these exercises; empty: all.
    Raises CourseError as `read_unit` does, and where a unit cannot be graded here.
    """
    console, level = console or Console(), _level()
    proved: list[Result] = []
    for unit in units:
        assignment, answers = read_unit(unit, root, catalogue, only)
        found = _through_the_engine(unit, level, seeds, root, assignment, answers, console)
        proved += found
        console.print(table(unit, found))
        for line in (*(messages(found) if sentences else ()), *misjudged(found), *misnamed(found)):
            console.print(line, markup=False, highlight=False)
    if len(units) > 1:
        console.print(in_all(proved), markup=False, highlight=False)
    return all(result.is_as_listed for result in proved)


def _through_the_engine(
    unit: str,
    level: IsolationLevel,
    seeds: Sequence[int],
    root: Path,
    assignment: Assignment,
    answers: Catalogue,
    console: Console,
) -> list[Result]:
    """Return the results in the order of the unit, with a progress bar on the way."""
    order = [exercise.name for exercise in assignment.exercises]
    places = {(answer.exercise, answer.name): place for place, answer in enumerate(answers.answers)}
    found: list[Result] = []
    with Progress(console=console, auto_refresh=False, transient=True, disable=not console.is_terminal) as progress:
        bar = progress.add_task(unit, total=len(seeds) * (len(places) + len(order)))
        show = lambda: progress.update(bar, completed=len(found), refresh=True)
        for result in _graded_by_the_engine(root, unit, level, assignment, answers, seeds, show):
            found.append(result)
            show()
    place = lambda result: (
        order.index(result.answer.exercise),
        places.get((result.answer.exercise, result.answer.name), -1),
        result.seed,
    )
    return sorted(found, key=place)


def _graded_by_the_engine(
    root: Path,
    unit: str,
    level: IsolationLevel,
    assignment: Assignment,
    answers: Catalogue,
    seeds: Sequence[int],
    on_wait: Callable[[], None],
) -> Iterator[Result]:
    """Grade solutions and catalogue as submissions, answers to different exercises together; yield in any order.

    `on_wait` is called each time that nothing new has come for a while. Raises CourseError where the unit cannot be
    graded here.
    """
    allowed = limits(root)
    of_a_call = allowed.prove_cpu_seconds
    allowed = replace(allowed, call_cpu_seconds=of_a_call, cell_cpu_seconds=2 * of_a_call)
    master = Master(unit, read_notebook(master_path(root, unit)))
    asked = Unit(root, unit, [master], catalogue=answers, limits=allowed)
    groups = _groups(assignment, answers)
    with tempfile.TemporaryDirectory(prefix="prove-") as scratch:
        for name, answered in groups.items():
            folder = Path(scratch) / name
            folder.mkdir()
            sources = {exercise: answer.source for exercise, answer in answered.items()}
            nbformat.write(submission(master.notebook, sources), folder / f"{unit}.ipynb")
        tasks = [Task(name, Path(scratch) / name, seed, "") for seed in seeds for name in groups]
        sample = [task.folder / f"{unit}.ipynb" for task in tasks]
        with ClassRun(asked, level, cpu_count(), sample) as run:
            for why in master.not_graded.values():
                raise CourseError(f"{unit} could not be proved: the master itself {why}; fix it, or what is installed.")
            for graded in run.results(tasks, on_wait):
                if not graded.is_graded:
                    raise CourseError(f"{unit} could not be proved: {graded.reason}")
                for answer in groups[graded.student].values():
                    about, outcomes = graded.exercises[answer.exercise], _outcomes(graded, answer.exercise)
                    checks = _checks_of(graded, answer.exercise)
                    yield Result(answer, graded.seed, outcomes, len(checks), about.mistakes, about.why_unnamed)


def _groups(asked: Assignment, answers: Catalogue) -> dict[str, dict[str, Answer]]:
    """Return who answers what, by the name of a submission."""
    solutions = {e.name: Answer(e.name, SOLUTION, "right", "", e.answer) for e in asked.exercises}
    groups = {f"answers-{number:02}": answered for number, answered in enumerate(group(answers))}
    return {"solutions": solutions} | groups


def _checks_of(graded: results.Result, exercise: str) -> dict[str, results.CheckResult]:
    return {name: about for name, about in graded.checks.items() if exercise_of(name) == exercise}


def _outcomes(graded: results.Result, exercise: str) -> dict[str, Outcome]:
    own = _checks_of(graded, exercise).items()
    return {name: Outcome(about.message, not about.check_crashed) for name, about in own if about.message}


def _level() -> IsolationLevel:
    """Return the isolation level that is asked for or the strongest; where no sandbox can be built, none.

    All that runs here is the instructor's own.
    """
    asked_for = level_asked_for()
    try:
        return asked_for or strongest_level()
    except CourseError:
        return IsolationLevel.NONE
