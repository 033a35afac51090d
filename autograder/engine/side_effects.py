"""Code that leaves nothing behind when it has been called, as far as its text tells.

The checks of such code need no copy of the worker, and copies are what costs most in a light submission. It is no
matter of safety: what calls leave behind in a worker harms nobody but the student whose worker it is.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache

LIBRARIES = frozenset(
    [
        "__future__",
        "collections",
        "course_utils",
        "functools",
        "itertools",
        "math",
        "numpy",
        "operator",
        "scipy",
        "sklearn",
        "statistics",
        "torch",
        "typing",
    ]
)
"""What may be imported; everything else may do anything."""
USUAL_NAMES = frozenset(["np", "torch", "math", "F", "nn", "check", "scipy", "itertools", "functools"])
"""What libraries are called, also where another cell has imported them."""
RESTLESS = re.compile(r"__|^seed|set(_|err|buf|flags|attr)|delattr|environ|manual_|use_|register|enable|disable|share")
"""Attributes and imported names by which something is changed for all: `np.random.seed`, `torch.set_default_dtype`."""
BUILTINS = frozenset(
    [
        "breakpoint",
        "compile",
        "delattr",
        "eval",
        "exec",
        "exit",
        "globals",
        "input",
        "locals",
        "open",
        "quit",
        "setattr",
        "vars",
    ]
)
UNUSUAL = (ast.Global, ast.Nonlocal, ast.ClassDef, ast.Delete)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


@cache
def is_calm(source: str) -> bool:
    """Say whether calling what a cell defines leaves the process as it was; where that cannot be told, it does not."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # magics, or no Python at all
        return False
    return all(map(_is_calm, ast.walk(tree))) and _changed_in_calls(tree) <= _of_calls(tree) | USUAL_NAMES


def _is_calm(node: ast.AST) -> bool:
    if isinstance(node, ast.Import):
        return all(alias.name.split(".")[0] in LIBRARIES for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        names = (alias.name for alias in node.names)
        return (node.module or "").split(".")[0] in LIBRARIES and not any(map(RESTLESS.search, names))
    if isinstance(node, ast.Attribute):
        return isinstance(node.ctx, ast.Load) and not RESTLESS.search(node.attr)
    if isinstance(node, ast.Name):
        return node.id not in BUILTINS and "__" not in node.id
    return not isinstance(node, UNUSUAL)


def _changed_in_calls(tree: ast.Module) -> set[str]:
    """Return the names of what functions write into, or call a method of, which may write into it."""
    return {name for node in _in_functions(tree) if (name := _changed(node))}


def _of_calls(tree: ast.Module) -> set[str]:
    """Return the names that belong to one call: arguments, and what functions assign; and names of libraries."""
    inside = {node.id for node in _in_functions(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    arguments = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    imports = (node for node in ast.walk(tree) if isinstance(node, (ast.Import, ast.ImportFrom)))
    return inside | arguments | {alias.asname or alias.name.split(".")[0] for node in imports for alias in node.names}


def _in_functions(tree: ast.Module) -> Iterator[ast.AST]:
    for function in (node for node in ast.walk(tree) if isinstance(node, FUNCTIONS)):
        yield from ast.walk(function)


def _changed(node: ast.AST) -> str:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return _root(node.func)
    if isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load):
        return _root(node)
    return ""


def _root(node: ast.AST) -> str:
    """Return the name that an expression begins with: `x` of `x[0].y`; nothing where it begins otherwise."""
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""
