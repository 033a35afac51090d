"""A course as nbgrader's own guide makes one: stock settings, plain asserts, several notebooks in an assignment."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from support.tiny_course import nbgrader_metadata

NAME = "ps1"
STOCK_CONFIG = 'c = get_config()\nc.CourseDirectory.course_id = "plain"\n'


@dataclass(frozen=True)
class Shape:
    """One exercise: the master's answer, a usual wrong one, and the checks with their points."""

    name: str
    answer: str
    wrong: str
    checks: tuple[tuple[str, float], ...]
    is_split: bool = True


def cells(shape: Shape) -> list[NotebookNode]:
    answer = new_code_cell(shape.answer, metadata=nbgrader_metadata(shape.name, solution=True))
    graded = [
        new_code_cell(
            source, metadata=nbgrader_metadata(f"test-{shape.name}_{n}", grade=True, locked=True, points=points)
        )
        for n, (source, points) in enumerate(shape.checks)
    ]
    return [new_markdown_cell(f"## {shape.name}"), answer, *graded]


def notebook(*content: NotebookNode, minor: int = 5) -> NotebookNode:
    """Return a notebook of these cells, of format 4.`minor`; below 4.5 cells have no ids."""
    made = new_notebook(cells=list(content), metadata={"kernelspec": KERNEL})
    made.nbformat_minor = minor
    for cell in made.cells if minor < 5 else ():
        cell.pop("id", None)
    return made


KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def by_hand(name: str, source: str, points: float = 2) -> NotebookNode:
    return new_markdown_cell(source, metadata=nbgrader_metadata(name, solution=True, grade=True, points=points))


def task(name: str, source: str, points: float = 3) -> NotebookNode:
    return new_markdown_cell(source, metadata=nbgrader_metadata(name, task=True, locked=True, points=points))


def write_course(root: Path, notebooks: dict[str, NotebookNode], config: str = STOCK_CONFIG) -> Path:
    """Write a course folder with one assignment; return `root`."""
    folder = root / "source" / NAME
    folder.mkdir(parents=True)
    (root / "nbgrader_config.py").write_text(config)
    for name, made in notebooks.items():
        (folder / f"{name}.ipynb").write_text(nbformat.writes(made))
    return root


def hand_in(root: Path, student: str, notebooks: dict[str, NotebookNode]) -> None:
    folder = root / "submitted" / student / NAME
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "timestamp.txt").write_text("2026-09-01 12:00:00.000000 UTC")
    for name, made in notebooks.items():
        (folder / f"{name}.ipynb").write_text(nbformat.writes(made))


def released(root: Path) -> dict[str, NotebookNode]:
    return {path.stem: nbformat.read(path, as_version=4) for path in (root / "release" / NAME).glob("*.ipynb")}


def command(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-m", "autograder.cli", *arguments]
    return subprocess.run(words, cwd=root, capture_output=True, text=True, timeout=300, check=False)


def results(root: Path) -> dict[str, dict]:
    return {path.stem: json.loads(path.read_text()) for path in (root / ".results" / NAME).glob("*.json")}
