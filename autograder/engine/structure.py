"""Which of several mistakes an answer is written like: the last word where all of them behave alike."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from functools import cache

# By how much one candidate must be ahead of every other, on a scale where 1 is "all its marks and no other's".
AHEAD = 0.2


def written_most_like(source: str, candidates: Sequence[str]) -> list[int]:
    """Return the places of the one or two candidates whose marks `source` has; none where more than two come near.

    A mark of a candidate is a pair of neighbours in its syntax tree that not all other candidates have.
    """
    found, marks = fragments(source), [fragments(candidate) for candidate in candidates]
    shared: frozenset[str] = marks[0].intersection(*marks)
    every: frozenset[str] = marks[0].union(*marks)
    scores = [_share(found, own - shared) - _share(found, every - own) for own in marks]
    best, *others = sorted(range(len(scores)), key=lambda place: -scores[place])
    near = [other for other in others if scores[best] - scores[other] < AHEAD]
    return [best, *near] if len(near) < 2 else []


def share_of_marks(source: str, mistake: str, right: Sequence[str]) -> float:
    """Return which share of what tells a mistake from all right answers is in `source`; 1 where nothing does."""
    marks = fragments(mistake).difference(*map(fragments, right))
    return _share(fragments(source), marks) if marks else 1.0


def _share(found: frozenset[str], marks: frozenset[str]) -> float:
    return len(found & marks) / len(marks) if marks else 0.0


@cache
def fragments(source: str) -> frozenset[str]:
    """Return the pairs of neighbours in the syntax tree of a source; names of variables do not count.

    Names of parameters do: the exercise gives them.
    """
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return frozenset()
    given = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    return frozenset(
        f"{_label(node, given)} > {_label(child, given)}"
        for node in ast.walk(tree)
        for child in ast.iter_child_nodes(node)
        if not isinstance(child, ast.expr_context)
    )


def _label(node: ast.AST, given: set[str]) -> str:
    match node:
        case ast.Name():
            return node.id if node.id in given else "name"
        case ast.Attribute():
            return f".{node.attr}"
        case ast.Constant():
            return repr(node.value) if isinstance(node.value, (int, float)) else "text"
        case ast.BinOp() | ast.UnaryOp() | ast.AugAssign() | ast.BoolOp():
            return type(node.op).__name__
        case ast.Compare():
            return type(node.ops[0]).__name__
        case ast.keyword():
            return f"{node.arg}="
        case _:
            return type(node).__name__
