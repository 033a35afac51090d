"""Students' code without what could identify them: comments, docstrings, and names that they chose.

Code is parsed and never run.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Callable, Collection, Sequence

from IPython.core.inputtransformer2 import TransformerManager

from autograder.export.class_data import Student

LONGEST = 50_000  # characters; a longer answer is left out
FEW_MAGICS = 20  # lines of a cell that IPython's own transformation is asked for
OWN = "v"  # replaces each name that a student chose
SHOWN = 2  # examples per mistake
SHORTEST_NAME = 3  # letters; a shorter name of a student may be part of any code
SOMEBODY = "somebody"  # replaces the name of a student

# A cell magic, a magic, a command of the shell, and a question, each in its line; and what one gives to a name.
_MAGIC = re.compile(r"^([^\S\n]*)(?:[%!?][^\n]*|[\w.%]+\?{1,2}[^\S\n]*)$", re.MULTILINE)
_ASSIGNED = re.compile(r"^([^\S\n]*\w[\w, ]*=[^\S\n]*)[%!][^\n]*$", re.MULTILINE)

_LAYOUT = {tokenize.NEWLINE, tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}


def without_comments(source: str) -> str | None:
    """Return `source` without comments and docstrings, in a standard layout; None if it cannot be parsed."""
    return _changed(source, lambda tree: tree)


def tokens(source: str, given: Collection[str]) -> list[str]:
    """Return the tokens of `source`, in which OWN replaces each name that it defines, except those in `given`.

    Comments, docstrings, annotations, imports and layout are left out. Empty if `source` cannot be parsed.
    """
    text = _changed(source, lambda tree: _Nameless(_chosen(tree) - set(given)).visit(tree)) or ""
    try:
        found = list(tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, SyntaxError):  # what the parser takes, in a form that the tokenizer does not
        return []
    return [token.string for token in found if token.type not in _LAYOUT]


def _changed(source: str, change: Callable[[ast.Module], ast.Module]) -> str | None:
    if len(source) > LONGEST:
        return None
    try:
        tree = _parsed(source)
        _drop_texts(tree)
        return ast.unparse(change(tree))
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # null bytes: ValueError; deep nesting: the last two
        return None


def _parsed(source: str) -> ast.Module:
    """Parse a cell. A few lines that only a notebook knows become calls, many become `pass` or None.

    IPython's transformation takes a pass over the whole cell for each such line, and gives up after 500.
    """
    try:
        return ast.parse(source)
    except SyntaxError:
        if len(_MAGIC.findall(source)) + len(_ASSIGNED.findall(source)) <= FEW_MAGICS:
            return ast.parse(TransformerManager().transform_cell(source))
        return ast.parse(_MAGIC.sub(lambda line: f"{line[1]}pass", _ASSIGNED.sub(r"\1None", source)))


def _drop_texts(tree: ast.Module) -> None:
    for node in ast.walk(tree):
        for field in ("body", "orelse", "finalbody"):
            block = getattr(node, field, None)
            if isinstance(block, list) and block:
                kept = [statement for statement in block if not _is_text(statement)]
                setattr(node, field, kept if kept or node is tree else [ast.Pass()])


def _is_text(statement: ast.stmt) -> bool:
    """Return whether a statement is only a string: a docstring, or one used as a comment."""
    return isinstance(statement, ast.Expr) and isinstance(getattr(statement.value, "value", None), str)


def _chosen(tree: ast.Module) -> set[str]:
    """Return the names, and names of attributes, that the code itself defines."""
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
    """Replaces `names` by OWN, and removes imports and annotations."""

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
        if getattr(node, "body", None) == [] and not isinstance(node, ast.Module):  # there were only imports
            setattr(node, "body", [ast.Pass()])  # noqa: B010 - not every kind of node has a body
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | None:
        if node.value is None:
            return None
        return self.generic_visit(ast.copy_location(ast.Assign([node.target], node.value), node))

    def visit_Import(self, node: ast.Import) -> None:
        return None

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        return None


class Examples:
    """Picks examples from a class; `students` are all whose names must not be read in them."""

    def __init__(self, students: Sequence[Student]) -> None:
        words = {word for student in students for word in (student.name, *student.full_name.split())}
        names = sorted((re.escape(word) for word in words if len(word) >= SHORTEST_NAME), key=len, reverse=True)
        # A name inside a word, as `ash` in `flash`, identifies nobody; between underscores it does.
        self._names = re.compile(rf"(?<![^\W_])(?:{'|'.join(names)})(?![^\W_])", re.IGNORECASE) if names else None

    def of(self, students: Sequence[Student], exercise: str) -> list[str]:
        """Return at most SHOWN different answers, without comments, docstrings and names of students."""
        found: dict[str, None] = {}
        for student in students:
            code = without_comments(student.answers.get(exercise, ""))
            if code:
                found.setdefault(self.nameless(code))
            if len(found) == SHOWN:
                break
        return list(found)

    def nameless(self, text: str) -> str:
        """Return `text` without names of students."""
        return self._names.sub(SOMEBODY, text) if self._names else text
