"""Audit a student kit: nothing of the instructors' side may be in it."""

from __future__ import annotations

import ast
import json
import re
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from autograder.authoring.leaks import leaks
from autograder.notebooks.catalogue import load_if_there
from autograder.notebooks.format import read_notebook
from autograder.notebooks.regions import ALL_MARKS, HIDDEN_TESTS, SOLUTION, cut, student_view
from autograder.paths import catalogue_path, master_path

RELEASE = "release"

# What may be at the top of a kit.
TOP = frozenset(
    (
        *("notebooks", RELEASE, "course_utils", "nbgrader_config.py", "environment.yml", "requirements.lock"),
        *("pyproject.toml", "LICENSE", "README.md", "Makefile", ".gitignore", ".gitattributes"),
        "jupyter",
    )
)

# The packages and folders that nothing in a kit may import.
INSTRUCTORS = ("autograder", "answers", "source")

# How many consecutive lines of a solution or a hidden test, and of an answer of the catalogue, cannot be a coincidence.
# An answer needs more of them: some repeat what a lecture shows.
PASSAGE, OF_AN_ANSWER = 4, 8
A_HOME = re.compile(rb"(?:/home|/Users|C:\\+Users\\+)[/\\]*[A-Za-z][\w.-]*")


def problems(root: Path, kit: Mapping[str, bytes]) -> list[str]:
    """Return one sentence for each thing in the `kit` of the course `root` that is not for students.

    kit: {path of a file: content}. Checked are the places of files; every release against its master (`leaks`);
    nbgrader's delimiters, and passages of solutions, hidden tests and catalogues, in every file; imports; and paths of
    the computer on which the kit was made.
    """
    found = [f"{name} does not belong into a kit." for name in kit if is_out_of_place(name)]
    found += _leaks_of_releases(root, kit)
    secrets = _secrets(root)
    for name, content in kit.items():
        found += [f"{name} contains the delimiter {mark}." for mark in marks() if mark.encode() in content]
        passages = _passages(_lines(name, content))
        found += [f"{name} contains {secrets[passage]}." for passage in passages if passage in secrets]
        found += [f"{name} imports {module}, which students do not have." for module in _imports(name, content)]
        found += [f"{name} names a folder of this computer: {path}." for path in _paths(root, content)]
    return list(dict.fromkeys(found))


def marks() -> list[str]:
    """Return nbgrader's delimiters of what is not for students."""
    return [mark for pair in ALL_MARKS for mark in pair]


def is_out_of_place(name: str) -> bool:
    """Return whether a file of this path does not belong into a kit."""
    path = PurePosixPath(name)
    return path.is_absolute() or ".." in path.parts or path.parts[0] not in TOP


def _leaks_of_releases(root: Path, kit: Mapping[str, bytes]) -> Iterator[str]:
    """Yield what `leaks` finds in each release. It reads the kit's bytes, not the files of the course."""
    names = sorted({parts[1] for name in kit if (parts := PurePosixPath(name).parts)[0] == RELEASE and len(parts) > 1})
    with tempfile.TemporaryDirectory() as scratch:
        for name in names:
            master = master_path(root, name)
            if not master.is_file():
                yield f"{RELEASE}/{name} has no master in source/ to compare it with."
                continue
            for path, content in kit.items():
                if path.startswith(f"{RELEASE}/{name}/"):
                    copy = Path(scratch, path)
                    copy.parent.mkdir(parents=True, exist_ok=True)
                    copy.write_bytes(content)
            yield from (f"{RELEASE}/{name}: {sentence}" for sentence in leaks(master, Path(scratch, RELEASE, name)))


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


def _imports(name: str, content: bytes) -> Iterator[str]:
    if not name.endswith(".py"):
        return
    for node in ast.walk(ast.parse(content)):
        modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            modules = [node.module]
        yield from (module for module in modules if module.split(".")[0] in INSTRUCTORS)


def _paths(root: Path, content: bytes) -> Iterator[str]:
    for folder in {str(root.resolve()), str(Path.home())} - {"/", "/root"}:
        if folder.encode() in content:
            yield folder
    yield from (match.decode() for match in A_HOME.findall(content))
