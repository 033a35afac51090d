"""Find what is not for students in any files: nbgrader's delimiters, and passages of solutions, tests and answers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from autograder.notebooks.catalogue import load_if_there
from autograder.notebooks.format import read_notebook
from autograder.notebooks.regions import ALL_MARKS, HIDDEN_TESTS, SOLUTION, cut, student_view
from autograder.paths import catalogue_path

# How many consecutive lines of a solution or a hidden test, and of an answer of the catalogue, cannot be a coincidence.
# An answer needs more of them: some repeat what a lecture shows.
PASSAGE, OF_AN_ANSWER = 4, 8


def revealed(root: Path, files: Mapping[str, bytes]) -> Iterator[str]:
    """Yield one sentence for each secret of the course `root` that stands in `files`: {path: content}."""
    secrets = _secrets(root)
    for name, content in files.items():
        yield from (f"{name} contains the delimiter {mark}." for mark in marks() if mark.encode() in content)
        for passage in _passages(_lines(name, content)):
            if passage in secrets:
                yield f"{name} contains {secrets[passage]}."


def marks() -> list[str]:
    """Return nbgrader's delimiters of what is not for students."""
    return [mark for pair in ALL_MARKS for mark in pair]


def _secrets(root: Path) -> dict[str, str]:
    """Return {passage that no file may contain: where it is from}."""
    secrets: dict[str, str] = {}
    for master in sorted(root.glob("source/*/*.ipynb")):
        notebook = read_notebook(master)
        shown = "\n".join(_stripped("\n".join(student_view(cell) for cell in notebook.cells)))
        for cell in notebook.cells:
            for kept_back, kind in ((SOLUTION, "solution"), (HIDDEN_TESTS, "hidden test")):
                for passage in _windows(_stripped("\n".join(cut(cell.source, kept_back).removed)), PASSAGE):
                    if passage not in shown:
                        where = f"of the cell {cell.get('id')} of source/{master.parent.name}"
                        secrets.setdefault(passage, f"a passage of a {kind} {where}")
        for answer in load_if_there(catalogue_path(root, master.stem)).answers:
            for passage in _windows(_stripped(answer.source), OF_AN_ANSWER):
                if passage not in shown:
                    secrets.setdefault(passage, f"a passage of the answer {answer.name} of answers/{master.stem}.py")
    return secrets


def _passages(lines: list[str]) -> Iterator[str]:
    yield from _windows(lines, PASSAGE)
    yield from _windows(lines, OF_AN_ANSWER)


def _windows(lines: list[str], length: int) -> Iterator[str]:
    for start in range(len(lines) - length + 1):
        yield "\n".join(lines[start : start + length])


def _lines(name: str, content: bytes) -> list[str]:
    """Return the lines of a file, without indentation and empty lines; of JSON, those of the strings in it."""
    text = content.decode("utf-8", errors="replace")
    if not name.endswith((".ipynb", ".json")):
        return _stripped(text)
    try:
        return _stripped("\n".join(_strings(json.loads(text))))
    except ValueError:
        return _stripped(text)


def _strings(value: object) -> Iterator[str]:
    """Yield all text of a JSON value; a list of lines, as notebooks keep them, is one text."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list) and value and all(isinstance(part, str) for part in value):
        yield "".join(value)
    elif isinstance(value, (dict, list)):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _strings(part)


def _stripped(text: str) -> list[str]:
    return [line for whole in text.splitlines() if (line := whole.strip())]
