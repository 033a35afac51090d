"""Code without side effects: calling what it defines leaves the process as it was, as far as its text tells.

Checks of such code need no copy of the worker, and copies are what costs most in a light submission. This is not a
security boundary: what calls leave behind in a worker harms only the student whose worker it is.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from functools import cache

# Libraries that may be imported, whole or only that module of them; any other may do anything.
LIBRARIES = frozenset(
    [
        "__future__",
        "collections",
        "course_utils",
        "datetime",
        "decimal",
        "fractions",
        "functools",
        "importlib.util",
        "itertools",
        "math",
        "numpy",
        "operator",
        "pandas",
        "re",
        "scipy",
        "sklearn",
        "statistics",
        "string",
        "torch",
        "typing",
    ]
)

# Names that libraries have, also where another cell has imported them.
USUAL_NAMES = frozenset(["np", "torch", "math", "F", "nn", "check", "scipy", "pd", "re", "itertools", "functools"])

# Attributes and imported names that change something for all: `np.random.seed`, `torch.set_default_dtype`.
GLOBAL_CHANGES = re.compile(
    r"__|^seed|set(_|err|buf|flags|attr)|delattr|environ|manual_|use_|register|enable|disable|share"
)

# Built-in functions that may do anything, or read and write names as text.
REFUSED_BUILTINS = frozenset(
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

# Statements that change what outlives a call. A class does, because its attributes are shared.
REFUSED_STATEMENTS = (ast.Global, ast.Nonlocal, ast.ClassDef, ast.Delete)

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)

# Characters of all cells that are looked at. A whole assignment has about 30,000; more counts as having side effects.
MAX_SOURCE = 100_000


def have_no_side_effects(sources: Sequence[str], setup: str = "") -> bool:
    """Say whether calling what these cells define leaves the process as it was; False if there is too much to read.

    setup: the course's own cell before all answers, which is trusted where it stands unchanged among `sources`.
    """
    students = [source for source in sources if source != setup]
    return sum(map(len, students)) <= MAX_SOURCE and all(map(has_no_side_effects, students))


@cache
def has_no_side_effects(source: str) -> bool:
    """Say whether calling what a cell defines leaves the process as it was; False where its text does not tell."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # magics, or not Python at all
        return False
    tree.body = [statement for statement in tree.body if not _ends_the_cell(statement)]
    return all(map(_is_harmless, ast.walk(tree))) and _changed_in_calls(tree) <= _local_names(tree) | USUAL_NAMES


def _ends_the_cell(statement: ast.stmt) -> bool:
    """Say whether a statement is `if ...:` that ends in `raise`: where its cell ran to the end, nothing in it ran."""
    return isinstance(statement, ast.If) and isinstance(statement.body[-1], ast.Raise) and not statement.orelse


def _is_harmless(node: ast.AST) -> bool:
    """Say whether a node, looked at alone, changes nothing that outlives a call."""
    if isinstance(node, ast.Import):
        return all(map(_is_library, (alias.name for alias in node.names)))
    if isinstance(node, ast.ImportFrom):
        names = (alias.name for alias in node.names)
        return _is_library(node.module or "") and not any(map(GLOBAL_CHANGES.search, names))
    if isinstance(node, ast.Attribute):
        return isinstance(node.ctx, ast.Load) and not GLOBAL_CHANGES.search(node.attr)
    if isinstance(node, ast.Name):
        return node.id not in REFUSED_BUILTINS and "__" not in node.id
    return not isinstance(node, REFUSED_STATEMENTS)


def _is_library(module: str) -> bool:
    return module in LIBRARIES or module.split(".")[0] in LIBRARIES


def _changed_in_calls(tree: ast.Module) -> set[str]:
    """Return the names of what functions write into, or call a method of, because a method may write into it."""
    return {name for node in _in_functions(tree) if (name := _changed(node))}


def _local_names(tree: ast.Module) -> set[str]:
    """Return the names that belong to one call (arguments, and what functions assign) and those of imports."""
    inside = {node.id for node in _in_functions(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    arguments = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    imports = (node for node in ast.walk(tree) if isinstance(node, (ast.Import, ast.ImportFrom)))
    return inside | arguments | {alias.asname or alias.name.split(".")[0] for node in imports for alias in node.names}


def _in_functions(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield each node that is a function, or in one, once."""
    waiting: list[tuple[ast.AST, bool]] = [(tree, False)]
    for node, is_inside in waiting:
        is_inside = is_inside or isinstance(node, FUNCTIONS)
        if is_inside:
            yield node
        waiting += ((child, is_inside) for child in ast.iter_child_nodes(node))


def _changed(node: ast.AST) -> str:
    """Return the name of what a node may write into; empty where it writes into nothing."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return _root(node.func)
    if isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load):
        return _root(node)
    return ""


def _root(node: ast.AST) -> str:
    """Return the name that an expression begins with: `x` of `x[0].y`; empty where it begins otherwise."""
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""
