"""Look for leaks in a release: solutions, hidden tests, and other differences from its master."""

from __future__ import annotations

import json
from pathlib import Path

from nbformat import NotebookNode

from autograder.notebooks.explanations import explanation_of
from autograder.notebooks.format import read_notebook
from autograder.notebooks.regions import ALL_MARKS, HIDDEN_TESTS, SOLUTION, cut, student_view, telling

# The kinds of file that students may get with a notebook. Code is not one of them.
DATA_KINDS = (".csv", ".json", ".npy", ".npz", ".png", ".svg", ".txt")

# Files of a release that are generated, and not in the folder of the master.
GENERATED = ("hints.json",)


def leaks(source_notebook: Path, release_folder: Path) -> list[str]:
    """Return one sentence for each thing in `release_folder` that reveals what `source_notebook` hides.

    Looked for in the bytes of every file: nbgrader's delimiters, lines of solutions, lines of hidden tests; and, except
    in what is generated, lines of explanations, which are shown when an answer passes. Also files that do not belong
    there or that no cell names, pictures of solutions, and metadata of jupytext, whose text copy of a master contains
    the solutions.
    """
    source = read_notebook(source_notebook)
    explained = _explained(source)
    secrets, seen = _secrets(source), "\n".join(student_view(cell) for cell in source.cells)
    found = list(_attachments(source))
    for path in sorted(release_folder.rglob("*")):
        if path.is_file():
            name = path.relative_to(release_folder)
            found += _unexpected(name, source_notebook, seen)
            hidden = secrets if str(name) in GENERATED else secrets | explained
            found += [f"{name} contains {what}." for what in _revealed(path.read_bytes(), hidden)]
    released = release_folder / source_notebook.name
    if not released.is_file():
        return [*found, f"there is no {released.name}."]
    return found + _jupytext(read_notebook(released))


def stub_differences(source: NotebookNode, release: NotebookNode) -> list[str]:
    """Return one sentence for each difference between master and release outside solutions and hidden tests."""
    if len(source.cells) != len(release.cells):
        return [f"the master has {len(source.cells)} cells and the release {len(release.cells)}."]
    found = []
    for master, released in zip(source.cells, release.cells, strict=True):
        if (master.get("id"), master.cell_type) != (released.get("id"), released.cell_type):
            found.append(f"the cell {master.get('id')} is {released.get('id')} ({released.cell_type}) in the release.")
        elif student_view(master) != released.source:
            found.append(f"the cell {master.get('id')} differs from its master outside the marked regions.")
    return found


def _secrets(source: NotebookNode) -> dict[str, str]:
    """Return {line that students must not see: what it is}."""
    visible = "\n".join(student_view(cell) for cell in source.cells)
    secrets = {}
    for cell in source.cells:
        name = cell.get("id", "?")
        for marks, kind in ((SOLUTION, "solution"), (HIDDEN_TESTS, "hidden test")):
            for line in telling(cut(cell.source, marks).removed, visible):
                secrets.setdefault(line, f"a line of a {kind} of the cell {name}: {line}")
    return secrets


def _explained(source: NotebookNode) -> dict[str, str]:
    """Return {line of an explanation: what it is}."""
    visible = "\n".join(student_view(cell) for cell in source.cells)
    return {
        line: f"a line of the explanation in the cell {cell.get('id', '?')}: {line}"
        for cell in source.cells
        for line in telling(explanation_of([cell]).split("\n"), visible)
    }


def _revealed(content: bytes, secrets: dict[str, str]) -> list[str]:
    found = [f"the delimiter {mark}" for marks in ALL_MARKS for mark in marks if mark.encode() in content]
    return found + [what for line, what in secrets.items() if any(form in content for form in _forms(line))]


def _forms(line: str) -> set[bytes]:
    """Return the ways in which a file can contain `line`: plain, and as part of a JSON string."""
    return {text.encode() for text in (line, json.dumps(line)[1:-1], json.dumps(line, ensure_ascii=False)[1:-1])}


def _attachments(source: NotebookNode) -> list[str]:
    """Find pictures that are attached to a cell and shown by its solution alone: nbgrader cuts the text, not those."""
    return [
        f"the cell {cell.get('id')} has the picture {name} attached, which only its solution shows and nbgrader would "
        "release; put it into the solution's text as a data URI."
        for cell in source.cells
        for name in cell.get("attachments", {})
        if f"attachment:{name}" not in student_view(cell)
    ]


def _unexpected(name: Path, source_notebook: Path, seen: str) -> list[str]:
    if str(name) in (source_notebook.name, *GENERATED):
        return []
    if name.suffix not in DATA_KINDS:
        return [f"{name} is not a file for students; they get the notebook and {', '.join(DATA_KINDS)} only."]
    if not (source_notebook.parent / name).is_file():
        return [f"{name} is not in the folder of the master."]
    if name.name not in seen:
        return [f"{name} would go to students, and nothing that they see names it; name it in the task, or move it."]
    return []


def _jupytext(notebook: NotebookNode) -> list[str]:
    kept = [notebook.metadata, *(cell.metadata for cell in notebook.cells)]
    return ["the notebook has metadata of jupytext."] if any("jupytext" in metadata for metadata in kept) else []
