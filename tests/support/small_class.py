"""A class that hands in the assignment of `tiny_course`, for tests of what becomes of grades."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from support.tiny_course import NAME, command, master

RIGHT, WRONG = "def double(x):\n    return 2 * x", "def double(x):\n    return x"


def answered(source: str, notebook: NotebookNode | None = None, name: str = "double") -> NotebookNode:
    """Return the tiny assignment, or `notebook`, with `source` as the answer `name`."""
    notebook = notebook or master()
    cell = next(cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == name)
    cell.source = source
    return notebook


def hand_in(
    root: Path, student: str, work: str | bytes | NotebookNode = RIGHT, when: str = "2026-09-01 12:00:00"
) -> Path:
    """Put a submission into the course `root`: the answer's source, a whole notebook, or any bytes; `when` in UTC."""
    folder = root / "submitted" / student / NAME
    folder.mkdir(parents=True, exist_ok=True)
    if isinstance(work, str):
        work = answered(work)
    content = work if isinstance(work, bytes) else nbformat.writes(work).encode()
    (folder / f"{NAME}.ipynb").write_bytes(content)
    (folder / "timestamp.txt").write_text(f"{when}.000000 UTC")
    return folder


def grade(root: Path, *options: str) -> str:
    """Run `autograder grade` and return what it printed."""
    done = command(root, "grade", NAME, *options)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
    return done.stdout


def results(root: Path) -> dict[str, dict]:
    """Return the results by student."""
    return {path.stem: json.loads(path.read_text()) for path in (root / ".results" / NAME).glob("*.json")}
