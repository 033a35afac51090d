"""The proof of the tests: right answers get full marks and wrong ones lose some, whatever the seed."""

from __future__ import annotations

import contextlib
import io
import linecache
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from autograder.answers import Answer, Catalogue, load
from autograder.contract import contract_violations
from autograder.errors import CourseError
from autograder.exercises import Assignment, Exercise, assignment_of
from autograder.notebooks import read_notebook
from course_utils.check import SEED_VARIABLE, Failed

SEEDS = range(1, 11)
FEW_SEEDS = range(1, 4)
"""The seeds of the command where it is not asked for more."""
SOLUTION = "solution"
"""The name of the instructor's own answer in the results."""


class Said(NamedTuple):
    """What a check cell said where it did not hold. `is_verdict`: it said so itself, it did not break."""

    sentence: str
    is_verdict: bool


@dataclass(frozen=True)
class Result:
    """What the checks said of one answer under one seed, by check cell; a check that held is left out.

    mistake: the one of the catalogue that it was taken for; empty where that was not asked, or it is none of them;
    unnamed: then why.
    """

    answer: Answer
    seed: int
    said: dict[str, Said]
    mistake: str = ""
    unnamed: str = ""

    @property
    def is_named(self) -> bool:
        """Whether its own name was given, perhaps beside a second one."""
        return self.answer.name in self.mistake.split(" or ")

    @property
    def held(self) -> bool:
        """Whether the checks judged as the catalogue says, in sentences made for students."""
        as_listed = bool(self.said) == (self.answer.kind == "wrong")
        return as_listed and all(said.is_verdict for said in self.said.values())


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
    notebook = read_notebook(root / "source" / unit / f"{unit}.ipynb")
    violations = contract_violations(notebook)
    if violations:
        raise CourseError(f"{unit} breaks the contract of exercises: {violations[0]}")
    assignment = assignment_of(notebook)
    known = [exercise.name for exercise in assignment.exercises]
    return assignment, load(catalogue or root / "answers" / f"{unit}.py", known)


def prove_exercise(
    assignment: Assignment, exercise: Exercise, answers: Catalogue, seeds: Sequence[int] = SEEDS
) -> Iterator[Result]:
    """Run the checks of one exercise on its solution and on its answers, once a seed."""
    solution = Answer(exercise.name, SOLUTION, "right", "", exercise.answer)
    for answer in (solution, *answers.right(exercise.name), *answers.wrong(exercise.name)):
        for seed in seeds:
            yield Result(answer, seed, run_checks(assignment.setup, answer.source, exercise, seed))


def run_checks(setup: str, answer: str, exercise: Exercise, seed: int) -> dict[str, Said]:
    """Run an answer and the exercise's checks, hidden tests included, in this process, under `seed`.

    Returns what was said by each check cell that did not hold. Every check starts from a fresh run of setup and answer,
    so none depends on what another has left behind.
    """
    said = {}
    with _seed_in_force(seed), contextlib.redirect_stdout(io.StringIO()):
        for cell in exercise.checks:
            names: dict[str, object] = {"__name__": "__main__"}
            try:
                _run_cell(setup, "setup", names)
                _run_cell(answer, exercise.name, names)
            except (Exception, SystemExit) as error:
                said[cell.grade_id] = Said(f"the answer cell raised {type(error).__name__}: {error}", True)
                continue
            try:
                _run_cell(cell.source, cell.grade_id, names)
            except Failed as failed:
                said[cell.grade_id] = Said(str(failed), True)
            except (Exception, SystemExit) as error:
                said[cell.grade_id] = Said(f"the check itself raised {type(error).__name__}: {error}", False)
    return said


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
        console.print(_table(unit, results))
        for line in (*(told(results) if sentences else ()), *misjudged(results), *misnamed(results)):
            console.print(line, markup=False, highlight=False)
    if len(units) > 1:
        console.print(_in_all(proved), markup=False, highlight=False)
    return all(result.held for result in proved)


def _through_the_engine(
    unit: str, seeds: Sequence[int], root: Path, catalogue: Path | None, console: Console
) -> list[Result]:
    """Return the results in the order of the unit, with a progress bar on the way."""
    from autograder.prove_apart import prove_apart

    assignment, answers = read_unit(unit, root, catalogue)
    order = [exercise.name for exercise in assignment.exercises]
    places = {(answer.exercise, answer.name): place for place, answer in enumerate(answers.answers)}
    results: list[Result] = []
    with Progress(console=console, auto_refresh=False, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(unit, total=len(seeds) * (len(places) + len(order)))
        master = read_notebook(root / "source" / unit / f"{unit}.ipynb")
        for result in prove_apart(root, unit, master, assignment, answers, seeds):
            results += [result] if result else []
            progress.update(task, completed=len(results), refresh=True)
    place = lambda result: (
        order.index(result.answer.exercise),
        places.get((result.answer.exercise, result.answer.name), -1),
        result.seed,
    )
    return sorted(results, key=place)


def misjudged(results: Iterable[Result]) -> Iterator[str]:
    """Tell of each answer that was judged otherwise than the catalogue says, with the first seed that shows it."""
    for result in _first_of_each_answer(result for result in results if not result.held):
        answer = result.answer
        what = "rejected" if result.said else "accepted"
        if any(not said.is_verdict for said in result.said.values()):
            what = "too much for a check"
        yield (
            f"{answer.exercise}: the {answer.kind} answer {answer.name} was {what} under seed {result.seed}."
            f"{_indented(result)}"
        )


def misnamed(results: Sequence[Result]) -> Iterator[str]:
    """Tell of each wrong answer that was called by no name, or by another's, under all seeds, and why."""
    named = {result.answer for result in results if result.is_named}
    wrong = (result for result in results if result.answer.kind == "wrong" and result.answer not in named)
    for result in _first_of_each_answer(wrong):
        why = result.unnamed or ("the catalogue was not asked to its end" if result.said else "it was accepted")
        how = f"is called {result.mistake}" if result.mistake else f"has no name: {why}"
        yield f"{result.answer.exercise}: {result.answer.name} {how}."


def told(results: Iterable[Result]) -> Iterator[str]:
    """Tell what a student would read for each wrong answer under the first seed, with the catalogue's hint."""
    for result in _first_of_each_answer(result for result in results if result.answer.kind == "wrong"):
        answer = result.answer
        yield f"{answer.exercise}: {answer.name}\n  hint: {answer.hint}{_indented(result)}"


def _first_of_each_answer(results: Iterable[Result]) -> list[Result]:
    first: dict[Answer, Result] = {}
    for result in results:
        first.setdefault(result.answer, result)
    return list(first.values())


def _indented(result: Result) -> str:
    lines = [f"{check}: {said.sentence}" for check, said in result.said.items()]
    return "".join("\n  " + line.replace("\n", "\n  ") for line in lines)


def _table(unit: str, results: Sequence[Result]) -> Table:
    table = Table("exercise", "right accepted", "wrong rejected", "wrong named", title=unit)
    for exercise in dict.fromkeys(result.answer.exercise for result in results):
        table.add_row(exercise, *_counted([result for result in results if result.answer.exercise == exercise]))
    table.add_section()
    table.add_row("together", *_counted(results))
    return table


def _in_all(results: Sequence[Result]) -> str:
    accepted, rejected, named = _counted(results)
    others = {result.answer for result in results if result.mistake and not result.is_named}
    return (
        f"All units: right answers accepted {accepted}, wrong ones rejected {rejected}, mistakes named {named}, "
        f"called by another's name {len(others)}."
    )


def _counted(results: Sequence[Result]) -> tuple[str, str, str]:
    """Return how many right answers were accepted, wrong ones rejected, and wrong ones named, each as "a/b".

    Judged as the catalogue says under every seed; called by their name under one seed at least.
    """
    answers = dict.fromkeys(result.answer for result in results)
    failed = {result.answer for result in results if not result.held}
    right, wrong = ([answer for answer in answers if answer.kind == kind] for kind in ("right", "wrong"))
    named = {result.answer for result in results if result.is_named}
    counts = (sum(answer not in failed for answer in right), sum(answer not in failed for answer in wrong))
    return f"{counts[0]}/{len(right)}", f"{counts[1]}/{len(wrong)}", f"{len(named & set(wrong))}/{len(wrong)}"


def _run_cell(source: str, title: str, names: dict[str, object]) -> None:
    """Run a cell in `names`; its lines are kept, so that a trace can show them."""
    filename = f"<cell {title}>"
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    exec(compile(source, filename, "exec"), names)


@contextlib.contextmanager
def _seed_in_force(seed: int) -> Iterator[None]:
    before = os.environ.get(SEED_VARIABLE)
    os.environ[SEED_VARIABLE] = str(seed)
    try:
        yield
    finally:
        if before is None:
            del os.environ[SEED_VARIABLE]
        else:
            os.environ[SEED_VARIABLE] = before
