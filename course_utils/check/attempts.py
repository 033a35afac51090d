"""Counting attempts: how often a student has made the same mistake in different answers.

A check that runs again on an unchanged answer is no new attempt. Comments and blank lines change no answer.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence


class Attempts:
    """The answers that have run in a notebook, and how often each mistake was made in them."""

    def __init__(self) -> None:
        self._code_by_name: dict[str, str] = {}
        self._made: dict[tuple[str, ...], set[frozenset[str]]] = {}

    def ran(self, source: str) -> None:
        """Note a cell that has run: the names that it defines at its top level are now its own."""
        code = _parsed(source)
        for statement in code.body if code else ():
            for name in _defined(statement):
                self._code_by_name[name] = ast.dump(statement)

    def count(self, exercise: str, mistakes: Sequence[str], check: str) -> int:
        """Count an attempt at an exercise; return how many different ones, with this one, made the same mistakes.

        mistakes: the names of the mistakes that the answer may have made; none is a mistake of its own.
        check: the source of the check cell, by which `answer` finds the answer.
        """
        made = self._made.setdefault((exercise, *mistakes), set())
        made.add(self.answer(check))
        return len(made)

    def answer(self, check: str) -> frozenset[str]:
        """Return the code of the names in a check cell that other cells have defined. check: the source of the cell."""
        code = _parsed(check)
        names = [node.id for node in ast.walk(code) if isinstance(node, ast.Name)] if code else []
        return frozenset(self._code_by_name[name] for name in names if name in self._code_by_name)


def _parsed(source: str) -> ast.Module | None:
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError):  # a magic of IPython's, or what is no Python at all
        return None


def _defined(statement: ast.stmt) -> set[str]:
    """Return the names that a statement defines outside of functions and classes."""
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return {statement.name}
    return {node.id for node in ast.walk(statement) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
