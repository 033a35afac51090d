"""The proof of the tests: right answers get full marks and wrong ones lose some, whatever the seed."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from rich.console import Console
from rich.progress import Progress

from autograder.authoring.proof import SOLUTION, Result
from autograder.authoring.proof_report import in_all, misjudged, misnamed, table, told
from autograder.authoring.validate import contract_violations
from autograder.engine import results
from autograder.engine.class_run import ClassRun
from autograder.engine.grade_one import Task, Unit
from autograder.engine.in_process import Said, run_checks
from autograder.engine.sandbox import Limits, best_rung
from autograder.errors import CourseError
from autograder.notebooks.assignment import Assignment, Exercise, assignment_of, exercise_of
from autograder.notebooks.catalogue import Answer, Catalogue, group, load, submission
from autograder.notebooks.format import read_notebook
from autograder.paths import catalogue_path, master_path

SEEDS = range(1, 11)
FEW_SEEDS = range(1, 4)
"""The seeds of the command where it is not asked for more."""


def prove(
    unit: str, seeds: Sequence[int] = SEEDS, root: Path = Path(), catalogue: Path | None = None
) -> Iterator[Result]:
    """Run the checks of a unit on its solutions and on every answer of its catalogue, once a seed.

    unit: the name of the assignment, `02_pca_least_squares`. root: the folder of the course.
    catalogue: the file of answers; without it the unit's own.
    Raises CourseError where master or catalogue is missing or unreadable, or breaks its contract.
    """
    assignment, answers = read_unit(unit, root, catalogue)
    for exercise in assignment.exercises:
        yield from prove_exercise(assignment, exercise, answers, seeds)


def read_unit(unit: str, root: Path = Path(), catalogue: Path | None = None) -> tuple[Assignment, Catalogue]:
    """Read the master of a unit and its catalogue of answers. Raises CourseError as `prove` does."""
    notebook = read_notebook(master_path(root, unit))
    violations = contract_violations(notebook)
    if violations:
        raise CourseError(f"{unit} breaks the contract of exercises: {violations[0]}")
    assignment = assignment_of(notebook)
    known = [exercise.name for exercise in assignment.exercises]
    return assignment, load(catalogue or catalogue_path(root, unit), known)


def prove_exercise(
    assignment: Assignment, exercise: Exercise, answers: Catalogue, seeds: Sequence[int] = SEEDS
) -> Iterator[Result]:
    """Run the checks of one exercise on its solution and on its answers, once a seed."""
    solution = Answer(exercise.name, SOLUTION, "right", "", exercise.answer)
    for answer in (solution, *answers.right(exercise.name), *answers.wrong(exercise.name)):
        for seed in seeds:
            yield Result(answer, seed, run_checks(assignment.setup, answer.source, exercise, seed))


def prove_command(
    units: Sequence[str],
    root: Path = Path(),
    catalogue: Path | None = None,
    seeds: Sequence[int] = FEW_SEEDS,
    sentences: bool = False,
    console: Console | None = None,
) -> bool:
    """Print, by exercise, how many right answers were accepted and wrong ones rejected; say whether all held.

    The answers are graded as submissions are, by the engine. Below the table stands a line for each answer that was
    judged otherwise, with the seed that shows it.
    sentences: print, too, what a student would read for each wrong answer.
    Raises CourseError as `prove` does.
    """
    console = console or Console()
    proved: list[Result] = []
    for unit in units:
        results = _through_the_engine(unit, seeds, root, catalogue, console)
        proved += results
        console.print(table(unit, results))
        for line in (*(told(results) if sentences else ()), *misjudged(results), *misnamed(results)):
            console.print(line, markup=False, highlight=False)
    if len(units) > 1:
        console.print(in_all(proved), markup=False, highlight=False)
    return all(result.held for result in proved)


def _through_the_engine(
    unit: str, seeds: Sequence[int], root: Path, catalogue: Path | None, console: Console
) -> list[Result]:
    """Return the results in the order of the unit, with a progress bar on the way."""
    assignment, answers = read_unit(unit, root, catalogue)
    order = [exercise.name for exercise in assignment.exercises]
    places = {(answer.exercise, answer.name): place for place, answer in enumerate(answers.answers)}
    results: list[Result] = []
    with Progress(console=console, auto_refresh=False, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(unit, total=len(seeds) * (len(places) + len(order)))
        master = read_notebook(master_path(root, unit))
        for result in prove_apart(root, unit, master, assignment, answers, seeds):
            results += [result] if result else []
            progress.update(task, completed=len(results), refresh=True)
    place = lambda result: (
        order.index(result.answer.exercise),
        places.get((result.answer.exercise, result.answer.name), -1),
        result.seed,
    )
    return sorted(results, key=place)


LIMITS = Limits(call_seconds=10.0, cell_seconds=20.0)
"""A catalogue has answers that never end; nobody's grade hangs on waiting for them."""


def prove_apart(
    root: Path, unit: str, master: NotebookNode, asked: Assignment, answers: Catalogue, seeds: Sequence[int]
) -> Iterator[Result | None]:
    """Grade solutions and catalogue as submissions, answers to different exercises together; yield in any order.

    Yields None where nothing new has come for a while. Raises CourseError where the unit cannot be graded here.
    """
    groups = _groups(asked, answers)
    with tempfile.TemporaryDirectory(prefix="prove-") as scratch:
        for name, answered in groups.items():
            folder = Path(scratch) / name
            folder.mkdir()
            sources = {exercise: answer.source for exercise, answer in answered.items()}
            nbformat.write(submission(master, sources), folder / f"{unit}.ipynb")
        tasks = [Task(name, Path(scratch) / name, seed, "") for seed in seeds for name in groups]
        asked_of = Unit(root, unit, master, catalogue=answers)
        sample = [task.folder / f"{unit}.ipynb" for task in tasks]
        with ClassRun(asked_of, _rung(), len(os.sched_getaffinity(0)), LIMITS, sample) as run:
            for graded in run.results(tasks):
                if graded is None:
                    yield None
                    continue
                if not graded.is_graded:
                    raise CourseError(f"{unit} could not be proved: {graded.reason}")
                for answer in groups[graded.student].values():
                    about = graded.exercises[answer.exercise]
                    said = _said(graded, answer.exercise)
                    yield Result(answer, graded.seed, said, about["mistake"] or "", about["unnamed"])


def _groups(asked: Assignment, answers: Catalogue) -> dict[str, dict[str, Answer]]:
    """Return who answers what, by the name of a submission."""
    solutions = {e.name: Answer(e.name, SOLUTION, "right", "", e.answer) for e in asked.exercises}
    groups = {f"answers-{number:02}": answered for number, answered in enumerate(group(answers))}
    return {"solutions": solutions} | groups


def _said(graded: results.Result, exercise: str) -> dict[str, Said]:
    checks = {name: about for name, about in graded.checks.items() if exercise_of(name) == exercise}
    return {name: Said(about["message"], not about["broke"]) for name, about in checks.items() if about["message"]}


def _rung() -> str:
    """Return the strongest rung that holds; without one none, as all that runs here is the instructor's own."""
    try:
        return best_rung()
    except CourseError:
        return "none"
