"""Students' code without what could name them: without comments, docstrings and names of their own choice.

Code is parsed and never run. What cannot be parsed has no form here.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Callable, Collection, Sequence

from IPython.core.inputtransformer2 import TransformerManager

from autograder.export.class_data import Student

LONGEST = 50_000
"""Characters of an answer that is still looked at."""
OWN = "v"
"""What stands for each name that a student chose."""
_LAYOUT = {tokenize.NEWLINE, tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}


def bare(source: str) -> str | None:
    """Return `source` without comments and docstrings, laid out anew; None where it cannot be parsed."""
    return _changed(source, lambda tree: tree)


def tokens(source: str, given: Collection[str]) -> list[str]:
    """Return the tokens of `source`, in which all names that it defines are one, but for those of `given`.

    Comments, docstrings, annotations, imports and layout are left out. Empty where `source` cannot be parsed.
    """
    text = _changed(source, lambda tree: _Nameless(_chosen(tree) - set(given)).visit(tree)) or ""
    return [token.string for token in tokenize.generate_tokens(io.StringIO(text).readline) if token.type not in _LAYOUT]


def _changed(source: str, change: Callable[[ast.Module], ast.Module]) -> str | None:
    if len(source) > LONGEST:
        return None
    try:
        tree = ast.parse(TransformerManager().transform_cell(source))
        _drop_texts(tree)
        return ast.unparse(change(tree))
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # null bytes are a ValueError, depth one of the last
        return None


def _drop_texts(tree: ast.Module) -> None:
    for node in ast.walk(tree):
        for field in ("body", "orelse", "finalbody"):
            block = getattr(node, field, None)
            if isinstance(block, list) and block:
                kept = [statement for statement in block if not _is_text(statement)]
                setattr(node, field, kept if kept or node is tree else [ast.Pass()])


def _is_text(statement: ast.stmt) -> bool:
    """Say whether a statement is nothing but a string: a docstring, or a comment in another dress."""
    return isinstance(statement, ast.Expr) and isinstance(getattr(statement.value, "value", None), str)


def _chosen(tree: ast.Module) -> set[str]:
    """Return the names, and names of attributes, that the code itself gives a meaning."""
    found = set()
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()) | ast.arg(arg=name):
                found.add(name)
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.ExceptHandler(name=str(name)):
                found.add(name)
            case ast.alias(name=name, asname=alias):
                found.add(alias or name)
    return found


class _Nameless(ast.NodeTransformer):
    """Puts OWN in the place of `names`, and takes imports and annotations away."""

    def __init__(self, names: set[str]) -> None:
        self._names = names

    def generic_visit(self, node: ast.AST) -> ast.AST:
        for field in ("id", "attr", "arg", "name"):
            if getattr(node, field, None) in self._names:
                setattr(node, field, OWN)
        for field in ("annotation", "returns"):
            if getattr(node, field, None) is not None and not isinstance(node, ast.AnnAssign):
                setattr(node, field, None)
        super().generic_visit(node)
        if getattr(node, "body", None) == [] and not isinstance(node, ast.Module):  # the imports were all of it
            node.body = [ast.Pass()]
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | None:
        if node.value is None:
            return None
        return self.generic_visit(ast.copy_location(ast.Assign([node.target], node.value), node))

    def visit_Import(self, node: ast.Import) -> None:
        return None

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        return None


SHOWN = 2


SHORTEST_NAME = 3
"""Letters of a name that is looked for; shorter ones stand in any code."""


SOMEBODY = "somebody"


class Examples:
    """Picks examples from a class; `students` are all whose names must not be read in them."""

    def __init__(self, students: Sequence[Student]) -> None:
        words = {word for student in students for word in (student.name, *student.full_name.split())}
        names = sorted((re.escape(word) for word in words if len(word) >= SHORTEST_NAME), key=len, reverse=True)
        # A name within a word, as `ash` in `flash`, names nobody; between underscores it does.
        self._names = re.compile(rf"(?<![^\W_])(?:{'|'.join(names)})(?![^\W_])", re.IGNORECASE) if names else None

    def of(self, students: Sequence[Student], exercise: str) -> list[str]:
        """Return at most SHOWN different answers, without comments, docstrings and names of students."""
        found: dict[str, None] = {}
        for student in students:
            code = bare(student.answers.get(exercise, ""))
            if code:
                found.setdefault(self.nameless(code))
            if len(found) == SHOWN:
                break
        return list(found)

    def nameless(self, text: str) -> str:
        """Return `text` without names of students."""
        return self._names.sub(SOMEBODY, text) if self._names else text
