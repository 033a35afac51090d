"""Write the points of checks into the titles of a master's exercises, and its titles into the table at its top."""

from __future__ import annotations

import copy
import re

from nbformat import NotebookNode

from autograder.notebooks.assignment import assignment_of, cells_of
from autograder.sentences import counted

TITLE = re.compile(
    r"^### (?P<title>\d+\.\d+ .+) "
    r"\((?P<points>[\d.]+) points?, (?P<minutes>\d+) minutes, difficulty (?P<difficulty>[1-5])/5\)$",
    re.MULTILINE,
)
HEADER = "| exercise | difficulty | minutes | points |\n| --- | --- | --- | --- |\n"
TABLE = re.compile(re.escape(HEADER) + r"(?:\|.*\n)*\|.*")


def with_table(master: NotebookNode) -> NotebookNode:
    """Return a copy of `master` whose titles have the points of their checks, and whose table has these titles.

    An exercise whose title has another form stays as it is; a first cell without such a table, too.
    """
    written = copy.deepcopy(master)
    rows = []
    for exercise in assignment_of(written).exercises:
        task, *_ = cells_of(written, exercise.name)
        if title := TITLE.search(task.source):
            task.source = task.source.replace(title[0], _with_points(title, exercise.points), 1)
            rows += TITLE.finditer(task.source)
    if rows and written.cells:
        first = written.cells[0]
        first.source = TABLE.sub(lambda _: _table(rows), first.source, count=1)
    return written


def _with_points(title: re.Match[str], points: float) -> str:
    about = f"({counted(points, 'point')}, {title['minutes']} minutes, difficulty {title['difficulty']}/5)"
    return f"### {title['title']} {about}"


def _table(titles: list[re.Match[str]]) -> str:
    lines = [
        f"| {title['title']} | {_dots(int(title['difficulty']))} | {title['minutes']} | {title['points']} |"
        for title in titles
    ]
    minutes, points = (f"{sum(float(title[what]) for title in titles):g}" for what in ("minutes", "points"))
    return HEADER + "\n".join([*lines, f"| together | | {minutes} | {points} |"])


def _dots(difficulty: int) -> str:
    return "●" * difficulty + "○" * (5 - difficulty)
