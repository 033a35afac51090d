"""A course of one small assignment, for the tests of the commands."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.gradebook.nbgrader_course import Course
from autograder.notebooks.format import normalize, to_text

REPOSITORY = Path(__file__).parents[2]
NAME = "01_tiny"


def nbgrader_metadata(grade_id: str, **kind: object) -> dict:
    usual = {"grade": False, "solution": False, "locked": False, "task": False, "schema_version": 3}
    return {"nbgrader": usual | {"grade_id": grade_id} | kind}


def answer(grade_id: str, source: str) -> NotebookNode:
    """A cell for a student to fill in."""
    return new_code_cell(source, metadata=nbgrader_metadata(grade_id, solution=True))


def check(grade_id: str, source: str, points: int = 1) -> NotebookNode:
    """A cell that gives points."""
    return new_code_cell(source, metadata=nbgrader_metadata(grade_id, grade=True, locked=True, points=points))


DOUBLE = '''\
def double(x):
    """Return 2 x."""
    ### BEGIN SOLUTION
    twice_of_it = x + x
    return twice_of_it
    ### END SOLUTION'''

DOUBLE_CHECK = """\
from course_utils import check

assert double(2) == 4
### BEGIN HIDDEN TESTS
if double(-3) != -6:
    raise check.Failed("double gives the wrong number for a negative one.")
"élan"; secret_argument = "quote\\\\"
### END HIDDEN TESTS"""


def master() -> NotebookNode:
    """A master with one exercise."""
    return new_notebook(
        cells=[
            new_markdown_cell("# Tiny\n\n### Exercise 1. Double (easy)"),
            answer("double", DOUBLE),
            check("double_check", DOUBLE_CHECK),
        ]
    )


def write(path: Path, notebook: NotebookNode) -> Path:
    """Write `notebook` in the committed form, without outputs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(to_text(normalize(notebook, keep_outputs=False)), encoding="utf-8")
    return path


def make_course(root: Path, notebook: NotebookNode | None = None) -> Path:
    """Make a course in `root` with the settings of this repository; return `root`."""
    root.mkdir(exist_ok=True)
    shutil.copy(REPOSITORY / "nbgrader_config.py", root)
    write(root / "source" / NAME / f"{NAME}.ipynb", notebook or master())
    return root


def enrol(root: Path, student: str, **about: str) -> None:
    """Add a student to the gradebook. about: first_name, last_name, email, lms_user_id."""
    columns: dict[str, Any] = dict(about)
    with Course(root).gradebook() as gradebook:
        gradebook.update_or_create_student(student, **columns)


def released(root: Path) -> NotebookNode:
    """Read the release of the course in `root`."""
    return nbformat.read(root / "release" / NAME / f"{NAME}.ipynb", as_version=4)


def command(root: Path, *arguments: str, module: str = "autograder.cli") -> subprocess.CompletedProcess:
    """Run a command line in `root` and return what it wrote and how it ended."""
    words = [sys.executable, "-m", module, *arguments]
    return subprocess.run(words, cwd=root, capture_output=True, text=True, timeout=120, check=False)
