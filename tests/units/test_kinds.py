"""Exercises ask for more than transcription: how many points of a unit are for which kind, and code with a fault."""

from __future__ import annotations

import ast
import re

import pytest
from support.exercises import read
from support.units import ROOT, UNITS, master_cells

from autograder.authoring.visible_checks import modules_of_checks
from autograder.notebooks.kinds import KINDS

# Of the 50 points of a unit, those for writing a function at most, and how many other kinds there are at least.
MOST_TO_WRITE, OTHER_KINDS = 25, 4


def points_by_kind(unit: str) -> dict[str, float]:
    points = dict.fromkeys(KINDS, 0.0)
    for exercise in read(unit)[0].exercises:
        points[exercise.kind] += exercise.points
    return points


@pytest.mark.parametrize("unit", UNITS)
def test_at_most_half_of_the_points_are_for_a_function_whose_formula_is_given(unit):
    points = points_by_kind(unit)
    print(f"\n{unit}: {', '.join(f'{KINDS[kind]} {points[kind]:g}' for kind in KINDS)}", end="")
    assert points["write"] <= MOST_TO_WRITE
    assert sum(points[kind] > 0 for kind in KINDS if kind != "write") >= OTHER_KINDS


def test_all_assignments_say_in_the_same_words_how_they_work():
    titles = {unit: "".join(master_cells(unit)[0]["source"]) for unit in UNITS}
    ways = {
        unit: text[text.index("How it works:") : text.index("| exercise | kind |")] for unit, text in titles.items()
    }
    assert len(set(ways.values())) == 1, {unit: way for unit, way in ways.items() if way != ways[UNITS[0]]}


def in_tasks() -> list[tuple[str, str]]:
    """Return (unit, source) of every function `faulty_...` that a task shows."""
    found = []
    for unit in UNITS:
        for text in ("".join(cell["source"]) for cell in master_cells(unit) if cell["cell_type"] == "markdown"):
            blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
            found += [(unit, block) for block in blocks if "def faulty_" in block]
    return found


@pytest.mark.parametrize(("unit", "shown"), in_tasks())
def test_the_faulty_code_that_a_task_shows_is_the_code_that_runs(unit, shown):
    assignment, _ = read(unit)
    (module,) = modules_of_checks(assignment.setup).values()
    source = (ROOT / "course_utils" / "checks" / f"{module}.py").read_text(encoding="utf-8")
    there = {node.name: node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)}
    for function in ast.parse(shown).body:
        assert isinstance(function, ast.FunctionDef)
        runs = there[function.name]
        assert ast.get_docstring(runs)
        assert [*map(ast.unparse, function.body)] == [*map(ast.unparse, runs.body[1:])]
        assert ast.unparse(function.args) == ast.unparse(runs.args)
