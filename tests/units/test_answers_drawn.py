"""The pictures in the assignments: with the solution, with untouched stubs, and with every mistake of the catalogue."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from autograder.notebooks.assignment import assignment_of, grade_id
from autograder.notebooks.catalogue import load
from autograder.notebooks.format import read_notebook
from course_utils.drawing.pictures import Picture

ROOT = Path(__file__).parents[2]
UNITS = sorted(path.name for path in (ROOT / "source").iterdir() if path.is_dir())
MASTERS = {unit: read_notebook(ROOT / "source" / unit / f"{unit}.ipynb") for unit in UNITS}
ASSIGNMENTS = {unit: assignment_of(master) for unit, master in MASTERS.items()}
CELLS = {
    (unit, cell.id): cell.source
    for unit, master in MASTERS.items()
    for cell in master.cells
    if cell.cell_type == "code" and grade_id(cell) is None
}

every_picture = pytest.mark.parametrize(("unit", "cell"), CELLS, ids=lambda name: name)


def mistakes():
    """Yield a parameter for every wrong answer that a picture can be given."""
    for (unit, cell), source in CELLS.items():
        used = {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}
        for exercise in ASSIGNMENTS[unit].exercises:
            if used & set(exercise.names):
                for mistake in load(ROOT / "answers" / f"{unit}.py").wrong(exercise.name):
                    yield pytest.param(unit, cell, mistake, id=f"{cell}-{mistake.name}")


def drawn(unit: str, cell: str, answers: list[str]) -> Picture:
    """Run setup, answers and the picture's cell; return what the cell shows."""
    names = {}
    for source in (ASSIGNMENTS[unit].setup, *answers):
        exec(source, names)
    *before, last = ast.parse(CELLS[unit, cell]).body
    exec(compile(ast.Module(before, []), cell, "exec"), names)
    return eval(compile(ast.Expression(last.value), cell, "eval"), names)


def titles(picture: Picture) -> str:
    return " ".join([picture.figure.get_suptitle(), *(axes.get_title() for axes in picture.figure.axes)])


@every_picture
def test_the_solution_lies_on_the_reference(unit, cell):
    """The description gives the numbers of the reference, then the same numbers for the student's own."""
    picture = drawn(unit, cell, [exercise.answer for exercise in ASSIGNMENTS[unit].exercises])
    reference, own = (re.findall(r"[\d.]*\d", part) for part in picture.description.split("Yours"))
    assert own
    assert reference[-len(own) :] == own
    assert "only the reference" not in titles(picture)
    assert picture.png()


@every_picture
def test_without_an_answer_the_reference_stands_alone_and_says_so(unit, cell):
    picture = drawn(unit, cell, [exercise.stub for exercise in ASSIGNMENTS[unit].exercises])
    assert "only the reference" in titles(picture)
    assert "is not implemented yet" in picture.description
    assert "Yours" not in picture.description
    assert picture.png()


@pytest.mark.parametrize(("unit", "cell", "mistake"), list(mistakes()))
def test_every_mistake_can_be_drawn(unit, cell, mistake):
    picture = drawn(unit, cell, [mistake.source])
    assert ("only the reference" in titles(picture)) == ("Yours" not in picture.description)
    assert picture.png()
