"""A master notebook as data: its setup cell, its exercises, and their check cells."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from nbformat import NotebookNode

from autograder.notebooks.format import read_notebook
from autograder.notebooks.kinds import WRITE, kind_of
from autograder.notebooks.regions import HIDDEN_TESTS, SOLUTION, STUB, cut, student_view

SETUP = "setup"  # the grade_id of the locked cell that runs before all answers

_CHECK_NAME = re.compile(r"(.+)_check(?:_\d+)?")
_HEADING = re.compile(r"^### (.+)$", re.MULTILINE)


class Graded(Protocol):
    """A cell that gives points."""

    @property
    def grade_id(self) -> str:
        """The name that nbgrader knows the cell by."""
        ...

    @property
    def points(self) -> float:
        """The most points that it gives."""
        ...


@dataclass(frozen=True)
class CheckCell:
    """A cell that tests an answer. `source` is the instructor's, with the hidden tests."""

    grade_id: str
    points: float
    source: str

    @property
    def visible_source(self) -> str:
        """The source without the hidden tests, as a student sees it."""
        return cut(self.source, HIDDEN_TESTS).kept


@dataclass(frozen=True)
class Exercise:
    """An answer cell and its check cells.

    `answer` is the instructor's own source, `title` the heading of the task above it, and `kind` what it asks for, one
    of `kinds.KINDS`.
    """

    name: str
    title: str
    answer: str
    checks: tuple[CheckCell, ...]
    kind: str = WRITE

    @property
    def points(self) -> float:
        """The sum of the points of its checks."""
        return sum(check.points for check in self.checks)

    @property
    def stub(self) -> str:
        """The answer cell as the release has it."""
        return cut(self.answer, SOLUTION, STUB).kept

    @property
    def names(self) -> tuple[str, ...]:
        """The names that the student defines, in the order of the stub."""
        return tuple(defined_names(ast.parse(self.stub)))


@dataclass(frozen=True)
class ByHand:
    """An answer that a person reads and gives points for: answer and graded cell in one. `stub`: as released."""

    grade_id: str
    points: float
    stub: str


@dataclass(frozen=True)
class Assignment:
    """What a master notebook asks. `setup` is the source of the locked cell that runs before all answers."""

    setup: str
    exercises: tuple[Exercise, ...]
    by_hand: tuple[ByHand, ...] = ()

    @property
    def graded(self) -> tuple[Graded, ...]:
        """All cells that give points."""
        return (*(check for exercise in self.exercises for check in exercise.checks), *self.by_hand)

    @property
    def points(self) -> float:
        """The points of the whole assignment."""
        return float(sum(cell.points for cell in self.graded))


def read_assignment(path: Path) -> Assignment:
    """Read the master notebook at `path`. Raises CourseError if it is not a notebook."""
    return assignment_of(read_notebook(path))


def assignment_of(notebook: NotebookNode) -> Assignment:
    """Return what a master notebook asks, cell order kept.

    The master is taken to be valid (`autograder.authoring.validate`).
    """
    checks: dict[str, list[CheckCell]] = {}
    for cell in (cell for cell in graded_cells(notebook) if not is_by_hand(cell)):
        name, points = grade_id(cell), cell.metadata.nbgrader.get("points")
        points = points if isinstance(points, (int, float)) else 0
        checks.setdefault(exercise_of(name), []).append(CheckCell(name, points, cell.source))
    exercises = tuple(
        Exercise(name, heading, source, tuple(checks.get(name, ())), kind)
        for name, heading, source, kind in _answers(notebook)
    )
    setup = next((cell.source for cell in notebook.cells if grade_id(cell) == SETUP), "")
    read = [cell for cell in notebook.cells if is_by_hand(cell)]
    by_hand = tuple(ByHand(grade_id(cell), cell.metadata.nbgrader.points, student_view(cell)) for cell in read)
    return Assignment(setup, exercises, by_hand)


def grade_id(cell: NotebookNode) -> str:
    """Return the name that nbgrader knows a cell by; an empty string for a cell that nbgrader does not know."""
    return cell.metadata.get("nbgrader", {}).get("grade_id") or ""


def cells_of(notebook: NotebookNode, exercise: str) -> list[NotebookNode]:
    """Return the cells of an exercise, in order: its task, answer and checks, and what follows up to the next task."""
    places = [
        i for i, cell in enumerate(notebook.cells) if cell.cell_type == "markdown" and _HEADING.search(cell.source)
    ]
    answer = next((i for i, cell in enumerate(notebook.cells) if grade_id(cell) == exercise), None)
    if answer is None:
        return []
    first = max((place for place in places if place < answer), default=answer)
    last = min((place for place in places if place > answer), default=len(notebook.cells))
    return list(notebook.cells[first:last])


def answer_cells(notebook: NotebookNode) -> list[NotebookNode]:
    """Return the cells that students write in, in order."""
    return [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("solution")]


def graded_cells(notebook: NotebookNode) -> list[NotebookNode]:
    """Return the cells that give points, in order."""
    return [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade")]


def is_by_hand(cell: NotebookNode) -> bool:
    """Say whether a cell is an answer that a person is to read."""
    about = cell.metadata.get("nbgrader", {})
    return bool(about.get("grade") and about.get("solution"))


def exercise_of(check_name: str) -> str:
    """Return the exercise that a check cell of this name belongs to; any other name is returned as it is."""
    match = _CHECK_NAME.fullmatch(check_name)
    return match[1] if match else check_name


def defined_names(tree: ast.Module) -> Iterator[str]:
    """Yield the names that a cell's own statements define: functions, classes and values, no imports."""
    for statement in tree.body:
        if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
            yield statement.name
        elif isinstance(statement, (ast.Assign, ast.AnnAssign)):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            yield from (name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name))


def drivers(tree: ast.AST) -> list[ast.FunctionDef]:
    """Return the functions of a check cell that run in the student's process (`@check.driver`)."""
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and _is_driver(node)]


def _is_driver(function: ast.FunctionDef) -> bool:
    return any(ast.unparse(decorator) == "check.driver" for decorator in function.decorator_list)


def _answers(notebook: NotebookNode) -> Iterator[tuple[str, str, str, str]]:
    """Yield (name, heading above, source, kind) of every answer cell."""
    heading, kind = "", WRITE
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and (found := _HEADING.search(cell.source)):
            heading, kind = found[1], kind_of(cell.metadata)
        elif cell.metadata.get("nbgrader", {}).get("solution") and not is_by_hand(cell):
            yield cell.metadata.nbgrader.grade_id, heading, cell.source, kind
