"""What a new master changes in the gradebook: points of checks, and who was graded by the earlier one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook, MissingEntry

from autograder.settings import nbgrader_config


@dataclass(frozen=True)
class Recorded:
    """What the gradebook knows of an assignment.

    notebooks: points by notebook, then by the grade_id of checks and tasks. graded: the number of submissions.
    """

    notebooks: dict[str, dict[str, float]] = field(default_factory=dict[str, dict[str, float]])
    graded: int = 0

    @property
    def points(self) -> dict[str, float]:
        """Points by grade_id; in an assignment of several notebooks, by NOTEBOOK/grade_id."""
        is_one = len(self.notebooks) == 1
        pairs = ((name, cell, value) for name, cells in self.notebooks.items() for cell, value in cells.items())
        return {cell if is_one else f"{name}/{cell}": value for name, cell, value in pairs}


def recorded(root: Path, name: str) -> Recorded:
    """Return what the gradebook of the course `root` knows of the assignment `name`; nothing where it is new.

    Raises the database's own error where the gradebook cannot be read.
    """
    course = nbgrader_config(root).CourseDirectory
    with Gradebook(course.db_url, course.get("course_id", "default_course")) as gradebook:
        try:
            assignment: Any = gradebook.find_assignment(name)
        except MissingEntry:
            return Recorded()
        notebooks = {
            str(notebook.name): {
                str(cell.name): float(cell.max_score) for cell in (*notebook.grade_cells, *notebook.task_cells)
            }
            for notebook in assignment.notebooks
        }
        return Recorded(notebooks, int(assignment.num_submissions))


def changes(name: str, before: Recorded, after: Recorded) -> Iterator[str]:
    """Yield what an instructor is told of the points that `name` had and now has; nothing where they are the same."""
    if not before.points or before.points == after.points:
        return
    moved = [
        f"{cell} {_shown(before.points.get(cell))} -> {_shown(after.points.get(cell))}"
        for cell in dict.fromkeys((*before.points, *after.points))
        if before.points.get(cell) != after.points.get(cell)
    ]
    together = f"{sum(before.points.values()):g} -> {sum(after.points.values()):g}"
    yield f"{name}: points changed ({', '.join(moved)}); together {together}."
    if before.graded:
        yield (
            f"{name}: submissions graded with the earlier points: {before.graded}; `autograder grade {name} --regrade "
            "--dry-run` says whose score would change, and without --dry-run it changes."
        )


def _shown(points: float | None) -> str:
    return "none" if points is None else f"{points:g}"
