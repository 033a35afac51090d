"""In a notebook: a check cell means Python's built-ins, whatever the student's variables are called.

A check cell runs among the student's names. After `sum = 0`, or `from numpy import *`, a check that adds up would end
in an error that has nothing to do with the answer. In grading, checks run apart from these names, and drivers see the
built-ins first.
"""

from __future__ import annotations

import ast
import builtins
from typing import Any

from course_utils.student.kernel import shell_of_this_kernel


def attach() -> None:
    """Have the kernel of this process read check cells so; do nothing in grading or without a kernel."""
    shell = shell_of_this_kernel()
    if shell is not None:
        shell.ast_transformers.append(_OfChecks(shell))


class _OfChecks(ast.NodeTransformer):
    """Rewrites the names of built-ins that are taken: `sum` becomes `__import__("builtins").sum`."""

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._taken: frozenset[str] = frozenset()

    def visit(self, node: ast.AST) -> Any:
        if isinstance(node, ast.Module):
            self._taken = self._shadowed(node) if _asks_check(node) else frozenset()
        return super().visit(node) if self._taken else node

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if node.id not in self._taken:
            return node
        imported = ast.parse(f'__import__("builtins").{node.id}', mode="eval").body
        return ast.fix_missing_locations(ast.copy_location(imported, node))

    def _shadowed(self, cell: ast.Module) -> frozenset[str]:
        """Return the built-ins that the cell reads and the student's names hide; not what the cell itself binds."""
        names = [node for node in ast.walk(cell) if isinstance(node, ast.Name)]
        read = {name.id for name in names if isinstance(name.ctx, ast.Load)}
        bound = {name.id for name in names if not isinstance(name.ctx, ast.Load)}
        bound |= {node.arg for node in ast.walk(cell) if isinstance(node, ast.arg)}
        taken = {name for name in read - bound if hasattr(builtins, name) and name in self._shell.user_ns}
        return frozenset(name for name in taken if self._shell.user_ns[name] is not getattr(builtins, name))


def _asks_check(cell: ast.Module) -> bool:
    """Say whether a cell uses `check.something`, as every check cell does."""
    attributes = (node.value for node in ast.walk(cell) if isinstance(node, ast.Attribute))
    return any(isinstance(value, ast.Name) and value.id == "check" for value in attributes)
