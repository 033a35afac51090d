"""A master notebook as data: its setup cell, its exercises, and their check cells."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from nbformat import NotebookNode

from autograder.notebooks.code import imported_names, names_read, parsed_cell
from autograder.notebooks.format import read_notebook
from autograder.notebooks.kinds import WRITE, kind_of
from autograder.notebooks.regions import HIDDEN_TESTS, SOLUTION, STUB, cut, student_view

SETUP = "setup"  # the grade_id of the locked cell that runs before all answers

# The package whose checks talk to the engine: what asks nothing of it is a plain check.
CHECKERS = "course_utils"

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
    """A cell that tests an answer. `source` is the instructor's, with the hidden tests.

    is_plain: it asks nothing of `course_utils.check`, as nbgrader's own checks do. released: the source as students
    have it, where the course has other delimiters than this one.
    """

    grade_id: str
    points: float
    source: str
    is_plain: bool = False
    released: str | None = None

    @property
    def visible_source(self) -> str:
        """The source without the hidden tests, as a student sees it."""
        return cut(self.source, HIDDEN_TESTS).kept if self.released is None else self.released


@dataclass(frozen=True)
class Exercise:
    """An answer cell and its check cells.

    `answer` is the instructor's own source, `title` the heading of the task above it, and `kind` what it asks for, one
    of `kinds.KINDS`. A check without an answer above it is an exercise of its own, whose `answer` is empty. released:
    the answer cell as students get it, where the course has other delimiters or stubs than this one.
    """

    name: str
    title: str
    answer: str
    checks: tuple[CheckCell, ...]
    kind: str = WRITE
    released: str | None = None

    @property
    def points(self) -> float:
        """The sum of the points of its checks."""
        return sum(check.points for check in self.checks)

    @property
    def stub(self) -> str:
        """The answer cell as the release has it."""
        return cut(self.answer, SOLUTION, STUB).kept if self.released is None else self.released

    @property
    def defining(self) -> str:
        """The source that shows what the student defines: the stub, or of a stub that defines nothing, the answer."""
        return self.stub if any(defined_names(parsed_cell(self.stub))) else self.answer

    @property
    def names(self) -> tuple[str, ...]:
        """The names that the student defines, in the order of the stub."""
        return tuple(defined_names(parsed_cell(self.defining)))


@dataclass(frozen=True)
class ByHand:
    """What a person reads and gives points for: answer and graded cell in one, or a task. `stub`: as released.

    is_task: the answer is in cells below it, so that nobody but a person can say whether there is one.
    """

    grade_id: str
    points: float
    stub: str
    is_task: bool = False


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

    @property
    def checked(self) -> tuple[Exercise, ...]:
        """The exercises that have checks."""
        return tuple(exercise for exercise in self.exercises if exercise.checks)

    def exercise_of(self, check: str) -> str:
        """Return the name of the exercise that the check `check` belongs to; of any other name, what the name says."""
        found = (exercise.name for exercise in self.exercises for cell in exercise.checks if cell.grade_id == check)
        return next(found, exercise_of(check))


def read_assignment(path: Path) -> Assignment:
    """Read the master notebook at `path`. Raises CourseError if it is not a notebook."""
    return assignment_of(read_notebook(path))


def assignment_of(notebook: NotebookNode, released: NotebookNode | None = None) -> Assignment:
    """Return what a master notebook asks, cell order kept.

    released: the notebook as students get it, for a course that has other delimiters and stubs than this one.
    The master is taken to be valid (`autograder.authoring.validate`, or nbgrader's own rules).
    """
    as_released = {grade_id(cell): cell.source for cell in released.cells} if released else {}
    belongs, checker = _exercises_of_checks(notebook), checker_names(notebook)
    checks: dict[str, list[CheckCell]] = {}
    for cell in (cell for cell in graded_cells(notebook) if not is_by_hand(cell)):
        name, is_plain = grade_id(cell), checker.isdisjoint(names_read(parsed_cell(cell.source)))
        made = CheckCell(name, points_of(cell), cell.source, is_plain, as_released.get(name))
        checks.setdefault(belongs[name], []).append(made)
    exercises = tuple(
        Exercise(name, heading, source, tuple(checks.get(name, ())), kind, as_released.get(name) if source else None)
        for name, heading, source, kind in _answers(notebook, belongs)
    )
    setup = next((cell.source for cell in notebook.cells if grade_id(cell) == SETUP and checker), "")
    by_hand = tuple(
        ByHand(name, points_of(cell), as_released.get(name, student_view(cell)), _is(cell, "task"))
        for cell in notebook.cells
        if is_by_hand(cell) and (name := grade_id(cell))
    )
    return Assignment(setup, exercises, by_hand)


def checker_names(notebook: NotebookNode) -> frozenset[str]:
    """Return the names by which the cells of a master know modules of `course_utils`, or what they take from it."""
    cells = (cell for cell in notebook.cells if cell.cell_type == "code" and not _is(cell, "solution"))
    found = (pair for cell in cells if CHECKERS in cell.source for pair in imported_names(parsed_cell(cell.source)))
    return frozenset(name for name, module in found if module.partition(".")[0] == CHECKERS)


def points_of(cell: NotebookNode) -> float:
    """Return the points of a cell; 0 where its metadata names none."""
    points = cell.metadata.nbgrader.get("points")
    return points if isinstance(points, (int, float)) else 0


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
    return [cell for cell in notebook.cells if _is(cell, "solution")]


def graded_cells(notebook: NotebookNode) -> list[NotebookNode]:
    """Return the cells that give points, in order."""
    return [cell for cell in notebook.cells if _is(cell, "grade") or _is(cell, "task")]


def is_by_hand(cell: NotebookNode) -> bool:
    """Say whether a person gives the points of a cell: an answer that is graded itself, a task, or any graded text."""
    return _is(cell, "task") or (_is(cell, "grade") and (_is(cell, "solution") or cell.cell_type != "code"))


def _is(cell: NotebookNode, kind: str) -> bool:
    """Say whether nbgrader's metadata calls a cell by this kind: "grade", "solution", "task" or "locked"."""
    return bool(cell.metadata.get("nbgrader", {}).get(kind))


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


def _exercises_of_checks(notebook: NotebookNode) -> dict[str, str]:
    """Return the exercise of each check: the one that its name says, else the answer above it, else one of its own."""
    answers = {grade_id(cell) for cell in answer_cells(notebook) if not is_by_hand(cell)}
    found: dict[str, str] = {}
    above = ""
    for cell in notebook.cells:
        name = grade_id(cell)
        if name in answers:
            above = name
        elif _is(cell, "grade") and not is_by_hand(cell):
            found[name] = said if (said := exercise_of(name)) in answers else above or name
    return found


def _answers(notebook: NotebookNode, belongs: dict[str, str]) -> Iterator[tuple[str, str, str, str]]:
    """Yield (name, heading above, source, kind) of every answer cell, and of every check that has none."""
    heading, kind = "", WRITE
    for cell in notebook.cells:
        name = grade_id(cell)
        if cell.cell_type == "markdown" and (found := _HEADING.search(cell.source)):
            heading, kind = found[1], kind_of(cell.metadata)
        elif _is(cell, "solution") and not is_by_hand(cell):
            yield name, heading, cell.source, kind
        elif belongs.get(name) == name:
            yield name, heading, "", kind
