"""Which code of an instructor may handle a student's data in the judge, which runs as the instructor.

A plain check that is split is given what the student's code returned. If it evaluates a text as code, opens a file by a
name, or reads an attribute by a name, the student chooses which. Such a check runs beside the student's code, in the
sandbox. Decided by the text alone, and by lists of what is allowed where a list of what is not could never be complete.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from functools import cache

from autograder.notebooks.code import imported_names

# Libraries whose functions take plain data for plain data; what else they do, `_REFUSED_ATTRIBUTES` names.
LIBRARIES = frozenset(
    [
        "bisect",
        "cmath",
        "collections",
        "copy",
        "datetime",
        "decimal",
        "fractions",
        "functools",
        "heapq",
        "itertools",
        "math",
        "numpy",
        "operator",
        "pandas",
        "random",
        "re",
        "scipy",
        "sklearn",
        "statistics",
        "string",
        "textwrap",
        "torch",
        "typing",
        "unicodedata",
        "warnings",
    ]
)

# Built-in functions that take a text for code, for a file or for a name.
_REFUSED_NAMES = frozenset(
    [
        "breakpoint",
        "compile",
        "delattr",
        "eval",
        "exec",
        "getattr",
        "globals",
        "hasattr",
        "input",
        "locals",
        "open",
        "setattr",
        "vars",
    ]
)

# Attributes and imported names of libraries that do the same: `np.load`, `frame.query`, `pd.read_csv`, `to_pickle`.
_REFUSED_ATTRIBUTES = re.compile(
    r"^_|attrgetter|methodcaller|ctypes|distutils|eval|exec|query|load|save|read|write|open|file|memmap|pickle|system|"
    r"compile|import|script|hub|f2py|weave|inline|lib$|test|^to_|from(string|txt)|datasource|utils|jit|io$|store|fetch|"
    r"hints",
    re.IGNORECASE,
)

# Of these, some are what plain checks use most, and take no names of anything.
_ALLOWED_ATTRIBUTES = frozenset(["testing", "assert_frame_equal", "to_numpy", "to_list", "to_dict", "tolist"])


@cache
def why_not_trusted(source: str) -> str:
    """Return why a check may not handle a student's data in the judge, as a clause; empty where it may."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return "SyntaxError: it is not plain Python"
    return next((f"it uses {name}, which could do in the judge what a student chooses" for name in _refused(tree)), "")


def is_trusted(statement: ast.stmt) -> bool:
    """Say whether a statement of the instructor's may be run in the judge for checks to use."""
    return not any(_refused(statement))


def _refused(tree: ast.AST) -> Iterable[str]:
    """Yield what a program uses that is not allowed."""
    for _, module in imported_names(tree):
        if module.split(".")[0] not in LIBRARIES or any(map(_is_refused, module.split(".")[1:])):
            yield module
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and (node.id in _REFUSED_NAMES or node.id.startswith("__")):
            yield node.id
        elif isinstance(node, ast.Attribute) and _is_refused(node.attr):
            yield node.attr
        elif isinstance(node, ast.ImportFrom):
            yield from (
                alias.name for alias in node.names if alias.name == "*" or _is_refused(alias.name) or node.level
            )


def _is_refused(attribute: str) -> bool:
    return attribute not in _ALLOWED_ATTRIBUTES and bool(_REFUSED_ATTRIBUTES.search(attribute))
