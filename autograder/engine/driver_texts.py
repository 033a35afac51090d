"""Texts of the drivers in `course_utils.checks`: the judge sends a text, and the worker never asks its own module.

So what the student's code does to that module, in the student's process, changes nothing.
"""

from __future__ import annotations

import ast
import functools
import inspect
from collections.abc import Iterator
from types import FunctionType, ModuleType

from autograder.notebooks.assignment import drivers
from course_utils.check.calls import DRIVER_MARK

# The package whose modules hold drivers.
PACKAGE = "course_utils.checks"


def is_module_of_checks(value: object) -> bool:
    """Say whether `value` is a module of `course_utils.checks`."""
    return isinstance(value, ModuleType) and value.__name__.startswith(f"{PACKAGE}.")


def drivers_of(module: ModuleType) -> dict[str, FunctionType]:
    """Return the drivers of a module of checks, by name."""
    return {name: value for name, value in vars(module).items() if getattr(value, DRIVER_MARK, False)}


@functools.cache
def driver_texts(module: ModuleType) -> dict[str, str]:
    """Return, for each driver of a module of checks, its text with the imports, constants and helpers that it needs.

    Read once in a process and all that are forked from it later.
    """
    tree = ast.parse(inspect.getsource(module))
    bound = {name: statement for statement in tree.body for name in _bound_names(statement)}
    return {driver.name: _with_what_it_needs(driver, tree, bound) for driver in drivers(tree)}


def _with_what_it_needs(driver: ast.stmt, tree: ast.Module, bound: dict[str, ast.stmt]) -> str:
    needed: list[ast.stmt] = [driver]
    for statement in needed:  # which grows meanwhile
        _remove_mark(statement)
        for name in sorted(_read_names(statement) & bound.keys()):
            if bound[name] not in needed:
                needed.append(bound[name])
    kept = [statement for statement in tree.body if statement in needed or _is_future(statement)]
    return ast.unparse(ast.Module(kept, type_ignores=[]))


def _remove_mark(statement: ast.stmt) -> None:
    if isinstance(statement, ast.FunctionDef):
        marked = drivers(statement)
        statement.decorator_list = [] if statement in marked else statement.decorator_list


def _bound_names(statement: ast.stmt) -> Iterator[str]:
    """Yield the names that a statement of a module binds: of imports, functions, classes and constants."""
    if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
        yield statement.name
    elif isinstance(statement, (ast.Import, ast.ImportFrom)):
        yield from (alias.asname or alias.name.split(".")[0] for alias in statement.names)
    else:
        names = (node for node in ast.walk(statement) if isinstance(node, ast.Name))
        yield from (name.id for name in names if isinstance(name.ctx, ast.Store))


def _read_names(node: ast.AST) -> set[str]:
    return {name.id for name in ast.walk(node) if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Load)}


def _is_future(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.ImportFrom) and statement.module == "__future__"
