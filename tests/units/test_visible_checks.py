"""No check shows the answer: what students see of a check shares no three statements with one, and earns no points."""

from __future__ import annotations

import ast
import copy
import importlib
import inspect
from collections.abc import Iterator

import pytest
from support.exercises import exercise_of, read
from support.units import UNITS, exercise_names

from autograder.authoring.visible_checks import (
    lines_of_code,
    modules_of_checks,
    rules_for_modules,
)
from autograder.engine.in_process import run_checks
from autograder.notebooks.assignment import Assignment, CheckCell, Exercise
from course_utils.check.seeds import STUDENT_SEED

IN_A_ROW = 3

every_exercise = pytest.mark.parametrize(
    ("unit", "exercise"),
    [pytest.param(unit, name, id=f"{unit}-{name}") for unit in UNITS for name in exercise_names(unit)],
)


class WithoutNames(ast.NodeTransformer):
    """Gives all variables, arguments and functions the same name, and a library's function its last name alone."""

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return ast.Name("_", node.ctx)

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        is_dotted_name = all(part.isidentifier() for part in ast.unparse(node).split("."))
        return ast.Attribute(ast.Name("_") if is_dotted_name else self.visit(node.value), node.attr, node.ctx)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        return ast.arg("_")


def rows_of_statements(source: str) -> set[tuple[str, ...]]:
    """Return what three statements in a row say, of every depth in the order of the lines, whatever the names are.

    Of a loop, a condition or a function, that is its first line.
    """
    texts = [_first_line(node) for node in _statements(ast.parse(source)) if not _says_nothing(node)]
    return {tuple(texts[i : i + IN_A_ROW]) for i in range(len(texts) - IN_A_ROW + 1)}


def _statements(block: ast.AST) -> Iterator[ast.stmt]:
    for node in ast.iter_child_nodes(block):
        if isinstance(node, ast.stmt):
            yield node
        yield from _statements(node)


def _says_nothing(node: ast.stmt) -> bool:
    is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return is_text or isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom))


def _first_line(node: ast.stmt) -> str:
    return ast.unparse(WithoutNames().visit(copy.deepcopy(node))).splitlines()[0]


def functions_that_students_see(assignment: Assignment, exercise: Exercise) -> Iterator[ast.FunctionDef]:
    """Yield the functions of the visible checks of an exercise, and of the modules of drivers that its unit imports."""
    modules = [f"course_utils.checks.{name}" for name in modules_of_checks(assignment.setup).values()]
    sources = [check.visible_source for check in exercise.checks]
    sources += [inspect.getsource(importlib.import_module(module)) for module in modules]
    for source in sources:
        yield from (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef))


def pasted(function: ast.FunctionDef, names: tuple[str, ...]) -> str:
    """Return a cell that defines a function under each name that an exercise asks for."""
    function.decorator_list = []
    texts = []
    for name in names:
        function.name = name
        texts.append(ast.unparse(function))
    return "from __future__ import annotations\n\n\n" + "\n\n\n".join(texts)


def shared_rows(unit: str, exercise: str) -> list[tuple[str, ...]]:
    """Return the statements in a row that students see in a check, and that a right answer has."""
    asked, answers = exercise_of(unit, exercise), read(unit)[1]
    shown = set().union(*(rows_of_statements(check.visible_source) for check in asked.checks))
    right = [asked.answer, *(answer.source for answer in answers.right(exercise))]
    return [row for source in right for row in rows_of_statements(source) & shown]


def functions_that_earn(assignment: Assignment, asked: Exercise) -> Iterator[str]:
    """Yield the functions that students see and that get points where they are handed in as the answer."""
    for function in functions_that_students_see(assignment, asked):
        name = function.name
        failed = run_checks(assignment.setup, pasted(function, asked.names), asked, STUDENT_SEED)
        if len(failed) < len(asked.checks):
            yield name


@every_exercise
def test_a_visible_check_shares_no_three_statements_with_an_answer(unit, exercise):
    assert shared_rows(unit, exercise) == []


@every_exercise
def test_what_students_see_of_the_checks_earns_no_points_as_an_answer(unit, exercise):
    assert list(functions_that_earn(read(unit)[0], exercise_of(unit, exercise))) == []


@pytest.mark.parametrize("unit", UNITS)
def test_the_modules_of_drivers_keep_their_rules(unit):
    assert list(rules_for_modules(read(unit)[0].setup)) == []


@pytest.mark.parametrize("rule", ['check.rules_out("f", "@")', 'check.rules_out(\n    ["f", "g"],\n    "@",\n)'])
def test_what_is_ruled_out_is_no_line_of_a_check_on_however_many_lines_it_stands(rule):
    assert lines_of_code(f"# A comment.\n{rule}\n\nfor x in (1, 2):\n    check.call(f, x).equals(x)\n") == 2


def test_a_check_that_copies_its_answer_under_other_names_is_seen():
    answer = "def f(x):\n    a = x + 1\n    b = a @ a\n    return b.sum()"
    copied = "def g(data):\n    'Doc.'\n    if True:\n        u = data + 1\n        v = u @ u\n        return v.sum()"
    assert rows_of_statements(answer) & rows_of_statements(copied)
    assert not rows_of_statements(answer) & rows_of_statements(copied.replace("u @ u", "u * u"))


def test_a_visible_check_whose_helper_is_the_answer_earns_points_and_is_seen():
    helper = "def doubled(x):\n    return 2 * x\n\n\ncheck.call(twice, 3).equals(doubled(3))"
    cells = CheckCell("twice_check", 1, helper), CheckCell("twice_check_2", 1, "# Hidden.\ncheck.runs(twice, 1)")
    asked = Exercise("twice", "", "def twice(x):\n    return x + x", cells)
    assert list(functions_that_earn(Assignment("from course_utils import check", (asked,)), asked)) == ["doubled"]
