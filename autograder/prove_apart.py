"""The proof of the tests through the engine that grades: the same walls, the same judge, the same check cells."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.answers import Answer, Catalogue, group, submission
from autograder.engine import results
from autograder.engine.run import ClassRun, Task, Unit
from autograder.engine.sandbox import Limits, best_rung
from autograder.errors import CourseError
from autograder.exercises import Assignment, exercise_of
from autograder.prove import SOLUTION, Result, Said

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
