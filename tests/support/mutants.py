"""Mutants of the solutions: one change each, for the question whether the checks of an exercise would see it.

An argument that is ignored, a constant that is another one, a comparison that is less or more strict, a case that is
left out. The changes are made in the syntax tree of the solution; `mutants` yields the changed sources.
"""

from __future__ import annotations

import ast
import copy
import math
from collections.abc import Iterator
from typing import Any, NamedTuple, cast

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
RECORDER = "_received"  # the list in which an instrumented solution notes its arguments
MOST_VALUES = 4  # of one argument, each of which a mutant takes for granted

# Functions whose numbers are the student's own choice, by how their names end.
FREE = ("_counterexample", "_guess")

STRICTNESS = {ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Lt: ast.LtE, ast.LtE: ast.Lt}


class Mutant(NamedTuple):
    """A changed solution. what: the change, as a key by which it can be listed. source: the whole answer cell."""

    what: str
    source: str


def mutants(source: str, received: dict[tuple[str, str], list[Any]]) -> Iterator[Mutant]:
    """Yield the mutants of an answer cell.

    received: by function and parameter, the plain values that the checks have handed in (`instrumented`).
    """
    tree = ast.parse(source)
    for function in (node for node in ast.walk(tree) if isinstance(node, FUNCTIONS)):
        for name, default in _defaults(function):
            yield _ignoring(tree, function, name, ast.unparse(default))
        for name in _parameters(function):
            for value in received.get((function.name, name), [])[:MOST_VALUES]:
                yield _ignoring(tree, function, name, _literal(value))
    yield from _of_constants(tree)
    yield from _of_conditions(tree)


def instrumented(source: str) -> str:
    """Return the answer cell with a line at the head of each function that notes the arguments it receives."""
    tree = ast.parse(source)
    for function in (node for node in ast.walk(tree) if isinstance(node, FUNCTIONS)):
        notes = [f"{RECORDER}.append(({function.name!r}, {name!r}, {name}))" for name in _parameters(function)]
        _insert(function, "\n".join(notes))
    return ast.unparse(ast.fix_missing_locations(tree))


def plain_values(recorded: list[tuple[str, str, Any]]) -> dict[tuple[str, str], list[Any]]:
    """Return, by function and parameter, the different numbers and words among what was noted, in order."""
    found: dict[tuple[str, str], list[Any]] = {}
    for function, name, value in recorded:
        if value is None or type(value) in (bool, int, float, str):
            values = found.setdefault((function, name), [])
            if not any(type(value) is type(other) and value == other for other in values):
                values.append(value)
    return found


def _parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    asked = function.args
    return [argument.arg for argument in (*asked.posonlyargs, *asked.args, *asked.kwonlyargs)]


def _defaults(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[tuple[str, ast.expr]]:
    asked = function.args
    positional = [*asked.posonlyargs, *asked.args]
    yield from zip((a.arg for a in positional[len(positional) - len(asked.defaults) :]), asked.defaults, strict=True)
    yield from ((a.arg, d) for a, d in zip(asked.kwonlyargs, asked.kw_defaults, strict=True) if d is not None)


def _literal(value: Any) -> str:
    return f"float({str(value)!r})" if isinstance(value, float) and not math.isfinite(value) else repr(value)


def _insert(function: ast.AST, lines: str) -> None:
    """Put lines at the head of a function, below its docstring."""
    body = function.body  # pyright: ignore[reportAttributeAccessIssue] - a function has one
    first = body[0] if body else None
    has_docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    place = int(has_docstring)
    body[place:place] = ast.parse(lines).body


def _changed(tree: ast.Module, node: ast.AST, change: Any) -> str:
    """Return the source in which `change` was applied to the copy of `node`."""
    place = next(i for i, other in enumerate(ast.walk(tree)) if other is node)
    changed = copy.deepcopy(tree)
    change(next(other for i, other in enumerate(ast.walk(changed)) if i == place))
    return ast.unparse(ast.fix_missing_locations(changed))


def _ignoring(tree: ast.Module, function: Any, name: str, value: str) -> Mutant:
    line = f"{name} = {value}"
    return Mutant(f"{function.name}: {line}", _changed(tree, function, lambda node: _insert(node, line)))


def _of_constants(tree: ast.Module) -> Iterator[Mutant]:
    """Yield the mutants in which a number of the solution is another one; docstrings and annotations have none.

    A counterexample and a guess stay as they are: others would do as well.
    """
    for function in (node for node in tree.body if isinstance(node, (*FUNCTIONS, ast.ClassDef))):
        if function.name.endswith(FREE):
            continue
        for node, line in _numbers(function):
            for other in _others(cast(float, node.value)):
                source = _changed(tree, node, lambda found, other=other: setattr(found, "value", other))
                yield Mutant(f"{line}: {node.value!r} is {other!r}", source)


def _numbers(tree: ast.AST) -> Iterator[tuple[ast.Constant, str]]:
    """Yield the numbers of a function or class, defaults included, each with the source of its line."""
    for statement in (node for node in ast.walk(tree) if isinstance(node, ast.stmt)):
        for part in _own_parts(statement):
            for node in ast.walk(part):
                if isinstance(node, ast.Constant) and type(node.value) in (int, float):
                    yield node, ast.unparse(part)


def _own_parts(statement: ast.stmt) -> list[ast.AST]:
    """Return what a statement computes itself, without the statements in its body, the annotations and messages."""
    if isinstance(statement, FUNCTIONS):
        return [default for _, default in _defaults(statement)]
    if isinstance(statement, (ast.ClassDef, ast.Raise)):
        return []
    if hasattr(statement, "body"):
        heads = (getattr(statement, name, None) for name in ("test", "iter"))
        return [head for head in heads if head is not None]
    return [statement]


def _others(value: float) -> list[float]:
    if isinstance(value, int):
        return [value + 1]
    return [100 * value, value / 100] if 0 < abs(value) < 1e-3 else [1.5 * value + 0.5 * (value == 0)]


def _of_conditions(tree: ast.Module) -> Iterator[Mutant]:
    """Yield the mutants whose comparisons are less or more strict, or for which one branch is always taken."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and type(node.ops[0]) in STRICTNESS:
            other = STRICTNESS[type(node.ops[0])]
            source = _changed(tree, node, lambda found, other=other: setattr(found, "ops", [other(), *found.ops[1:]]))
            yield Mutant(f"{ast.unparse(node)}: {other.__name__}", source)
        if isinstance(node, (ast.If, ast.IfExp)):
            for truth in (True, False):
                source = _changed(tree, node, lambda found, truth=truth: setattr(found, "test", ast.Constant(truth)))
                yield Mutant(f"if {ast.unparse(node.test)}: always {truth}", source)
        if isinstance(node, ast.While):
            source = _changed(tree, node, _once)
            yield Mutant(f"while {ast.unparse(node.test)}: at most once", source)


def _once(node: ast.While) -> None:
    node.body.append(ast.Break())
