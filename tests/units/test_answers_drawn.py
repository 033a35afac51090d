"""The pictures in the assignments: with the solution, with untouched stubs, and with every mistake of the catalogue."""

from __future__ import annotations

import ast
import re
from functools import cache
from typing import Any

import pytest
from pytest import Subtests
from support.units import ROOT, UNITS, master_cells

from autograder.engine.in_process import run_cell
from autograder.notebooks.assignment import Assignment, Exercise, read_assignment
from autograder.notebooks.catalogue import Answer, load
from autograder.paths import catalogue_path, master_path
from course_utils.drawing.pictures import Picture

CELLS = {
    (unit, cell["id"]): "".join(cell["source"])
    for unit in UNITS
    for cell in master_cells(unit)
    if cell["cell_type"] == "code" and not cell["metadata"].get("nbgrader")
}

every_picture = pytest.mark.parametrize(("unit", "cell"), CELLS, ids=lambda name: name)


@cache
def assignment_of(unit: str) -> Assignment:
    return read_assignment(master_path(ROOT, unit))


def exercises_of(unit: str, cell: str) -> list[Exercise]:
    """Return the exercises whose answers a picture draws."""
    used = {node.id for node in ast.walk(ast.parse(CELLS[unit, cell])) if isinstance(node, ast.Name)}
    return [exercise for exercise in assignment_of(unit).exercises if used & set(exercise.names)]


def mistakes(unit: str, cell: str) -> list[Answer]:
    """Return every wrong answer that a picture can be given."""
    catalogue = load(catalogue_path(ROOT, unit))
    return [mistake for exercise in exercises_of(unit, cell) for mistake in catalogue.wrong(exercise.name)]


def drawn(unit: str, cell: str, answers: list[str]) -> Picture:
    """Run setup, answers and the picture's cell; return what the cell shows."""
    names: dict[str, Any] = {}
    for source in (assignment_of(unit).setup, *answers):
        run_cell(source, "answer", names)
    *before, last = ast.parse(CELLS[unit, cell]).body
    assert isinstance(last, ast.Expr)
    exec(compile(ast.Module(before, []), cell, "exec"), names)
    return eval(compile(ast.Expression(last.value), cell, "eval"), names)


def titles(picture: Picture) -> str:
    return " ".join([picture.figure.get_suptitle(), *(axes.get_title() for axes in picture.figure.axes)])


@every_picture
def test_the_solution_lies_on_the_reference(unit, cell):
    """The description gives the numbers of the reference, then the same numbers for the student's own.

    In an experiment the reference is something to be better than, and has other numbers.
    """
    picture = drawn(unit, cell, [exercise.answer for exercise in assignment_of(unit).exercises])
    reference, own = (re.findall(r"[\d.]*\d", part) for part in picture.description.split("Yours"))
    assert own
    is_experiment = any(exercise.kind == "experiment" for exercise in exercises_of(unit, cell))
    assert is_experiment or reference[-len(own) :] == own
    assert "only the reference" not in titles(picture)
    assert picture.png()


@every_picture
def test_without_an_answer_the_reference_stands_alone_and_says_so(unit, cell):
    picture = drawn(unit, cell, [exercise.stub for exercise in assignment_of(unit).exercises])
    assert "only the reference" in titles(picture)
    assert "is not implemented yet" in picture.description
    assert "Yours" not in picture.description
    assert picture.png()


@every_picture
def test_every_mistake_can_be_drawn(unit, cell, subtests: Subtests):
    for mistake in mistakes(unit, cell):
        with subtests.test(mistake.name):
            picture = drawn(unit, cell, [mistake.source])
            assert ("only the reference" in titles(picture)) == ("Yours" not in picture.description)
            assert picture.png()
