"""Rules for what students see of the checks: short cells, and modules of drivers that know nothing of the grader."""

from __future__ import annotations

import ast
import importlib.util
from collections.abc import Iterator
from pathlib import Path

from autograder.engine.driver_texts import PACKAGE
from autograder.notebooks.assignment import CheckCell, drivers
from course_utils.check.ruled_out import is_of_a_lecture
from course_utils.check.uses import imports_in

# Lines of code, without comments and rules, of what a student sees of a check.
MOST_LINES = 12

# What starts a process, by its function or module.
STARTS_A_PROCESS = frozenset(["fork", "forkpty", "multiprocessing", "subprocess", "concurrent"])

_NAMES = (ast.Attribute, ast.Name)


def too_long(cell: CheckCell) -> Iterator[str]:
    """Yield a sentence where students see more of a check than a person verifies by hand."""
    lines = lines_of_code(cell.visible_source)
    if lines > MOST_LINES:
        yield (
            f"students see {lines} lines of it, and {MOST_LINES} are the most; move drivers to a module of {PACKAGE} "
            "and references between the marks of hidden tests."
        )


def lines_of_code(source: str) -> int:
    """Return how many lines of a cell are neither blank nor comments, nor say what is ruled out."""
    rules = [node for node in ast.parse(source).body if ast.unparse(node).startswith("check.rules_out(")]
    ruled_out = {line for node in rules for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)}
    lines = enumerate(map(str.strip, source.splitlines()), start=1)
    return sum(bool(line) and line[0] != "#" and number not in ruled_out for number, line in lines)


def modules_of_checks(setup: str) -> dict[str, str]:
    """Return the modules of `course_utils.checks` that a setup cell imports, by the name that it gives them."""
    return {
        alias.asname or alias.name: alias.name
        for node in ast.walk(ast.parse(setup))
        if isinstance(node, ast.ImportFrom) and node.module == PACKAGE
        for alias in node.names
    }


def rules_for_modules(setup: str) -> Iterator[str]:
    """Yield one sentence for each rule that a setup cell breaks, or a module of drivers that it imports."""
    for use in imports_in(setup):
        if is_of_a_lecture(use.what):
            yield (
                f"the setup cell imports {use.what}, which is not there when answers are graded; what graded cells "
                f"need goes to {PACKAGE} or course_utils.data."
            )
    for name in modules_of_checks(setup).values():
        found = importlib.util.find_spec(f"{PACKAGE}.{name}")
        if found is None or found.origin is None:
            yield f"the setup cell imports {PACKAGE}.{name}, and there is no such module."
            continue
        tree = ast.parse(Path(found.origin).read_text(encoding="utf-8"))
        if any(module.split(".")[0] == "autograder" for module in _imported(tree)):
            yield f"{PACKAGE}.{name} imports autograder, which students do not have; a driver runs beside their code."
        if word := next(iter(_words(tree) & STARTS_A_PROCESS), None):
            yield (
                f"{PACKAGE}.{name} starts a process ({word}); `autograder prove` runs drivers in its own process, and "
                "a copy of it would go on with the proof. Show what is to be shown without one."
            )
        for driver in drivers(tree):
            if not ast.get_docstring(driver):
                yield f"the driver {name}.{driver.name} has no docstring; messages quote its first line."


def _words(tree: ast.AST) -> set[str]:
    """Return the last part of each name that a module uses or imports."""
    nodes = list(ast.walk(tree))
    found = {node.attr if isinstance(node, ast.Attribute) else node.id for node in nodes if isinstance(node, _NAMES)}
    return found | {name.split(".")[0] for name in _imported(tree)}


def _imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
