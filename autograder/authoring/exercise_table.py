"""Write the points of checks into the titles of a master's exercises, and its titles into the table at its top."""

from __future__ import annotations

import copy
import re
from collections.abc import Sequence

from nbformat import NotebookNode

from autograder.notebooks.assignment import assignment_of, cells_of
from autograder.notebooks.kinds import KINDS
from autograder.notebooks.title import Title, read_title

HEADER = "| exercise | kind | difficulty | minutes | points |\n| --- | --- | --- | --- | --- |\n"
TABLE = re.compile(r"\| exercise \|.*\n\| ---.*\n(?:\|.*\n)*\|.*")


def with_table(master: NotebookNode) -> NotebookNode:
    """Return a copy of `master` whose titles have the points of their checks, and whose table has these titles.

    An exercise whose title has another form stays as it is; a first cell without such a table, too.
    """
    written = copy.deepcopy(master)
    titles: list[Title] = []
    kinds: list[str] = []
    for exercise in assignment_of(written).exercises:
        if title := read_title(exercise.title):
            titles.append(title._replace(points=exercise.points))
            task, *_ = cells_of(written, exercise.name)
            task.source = task.source.replace(f"### {exercise.title}", f"### {titles[-1]}", 1)
            kinds.append(KINDS.get(exercise.kind, exercise.kind))
    if titles:
        first = written.cells[0]
        first.source = TABLE.sub(lambda _: _table(titles, kinds), first.source, count=1)
    return written


def _table(titles: Sequence[Title], kinds: Sequence[str]) -> str:
    dots = lambda difficulty: "●" * difficulty + "○" * (5 - difficulty)
    lines = [
        f"| {title.name} | {kind} | {dots(title.difficulty)} | {title.minutes} | {title.points:g} |"
        for title, kind in zip(titles, kinds, strict=True)
    ]
    minutes, points = sum(title.minutes for title in titles), sum(title.points for title in titles)
    return HEADER + "\n".join([*lines, f"| together | | | {minutes} | {points:g} |"])
