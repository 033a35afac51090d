"""The code of cells as syntax trees, also where IPython understands more than Python does."""

from __future__ import annotations

import ast
from collections.abc import Iterator

# How a line for IPython begins: a magic, a command of the shell, a question.
_NOT_PYTHON = ("%", "!", "?")


def parsed_cell(source: str) -> ast.Module:
    """Parse a cell; lines for IPython are left out. What is not Python even then has no statements."""
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError):
        lines = [] if source.startswith("%%") else source.splitlines()
    try:
        return ast.parse("\n".join(line for line in lines if not line.lstrip().startswith(_NOT_PYTHON)))
    except (SyntaxError, ValueError):
        return ast.Module([], [])


def imported_names(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Yield (name, module) for each name that import statements bind, wherever they are."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.asname or alias.name.partition(".")[0], alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from ((alias.asname or alias.name, node.module) for alias in node.names)


def names_read(tree: ast.AST) -> set[str]:
    """Return all names that a program reads."""
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
