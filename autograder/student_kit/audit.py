"""The proof that a student kit holds nothing of the instructors' side."""

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
TOP = frozenset(
    (
        *("notebooks", RELEASE, "course_utils", "nbgrader_config.py", "environment.yml", "requirements.lock"),
        *("pyproject.toml", "LICENSE", "README.md", "Makefile", ".gitignore", ".gitattributes"),
    )
)
"""What may stand at the top of a kit."""
INSTRUCTORS = ("autograder", "answers", "source")
"""The packages and folders that nothing in a kit may import."""
PASSAGE, OF_AN_ANSWER = 4, 8
"""So many lines in a row of a solution or a hidden test, and of an answer of the catalogue, are no accident.

Of an answer it takes more: some say what a lecture shows, as students do.
"""
A_HOME = re.compile(rb"(?:/home|/Users|C:\\+Users\\+)[/\\]*[A-Za-z][\w.-]*")


def troubles(root: Path, kit: Mapping[str, bytes]) -> list[str]:
    """Return a sentence for each thing in the `kit` of the course `root` that is not for students.

    Looked at: where files stand; every release against its master (`leaks`); nbgrader's marks, and whole passages of
    solutions, hidden tests and catalogues, in every file; imports of course_utils; paths of whoever made the kit.
    """
    found = [f"{name} has no place in a kit." for name in kit if is_out_of_place(name)]
    found += _leaks_of_releases(root, kit)
    secrets = _secrets(root)
    for name, content in kit.items():
        found += [f"{name} holds the mark {mark}." for mark in marks() if mark.encode() in content]
        found += [
            f"{name} holds {secrets[passage]}." for passage in _passages(_lines(name, content)) if passage in secrets
        ]
        found += [f"{name} imports {module}, which students do not have." for module in _imports(name, content)]
        found += [f"{name} names a folder of this computer: {path}." for path in _paths(root, content)]
    return list(dict.fromkeys(found))


def marks() -> list[str]:
    """Return the words by which nbgrader knows what is not for students."""
    return [mark for pair in ALL_MARKS for mark in pair]


def is_out_of_place(name: str) -> bool:
    """Say whether a kit has no file of this path."""
    path = PurePosixPath(name)
    return path.is_absolute() or ".." in path.parts or path.parts[0] not in TOP


def _leaks_of_releases(root: Path, kit: Mapping[str, bytes]) -> Iterator[str]:
    """Yield what `leaks` says of each release; it is asked about the kit's bytes, not about what lies on the disk."""
    names = sorted({parts[1] for name in kit if (parts := PurePosixPath(name).parts)[0] == RELEASE and len(parts) > 1})
    with tempfile.TemporaryDirectory() as scratch:
        for name in names:
            master = master_path(root, name)
            if not master.is_file():
                yield f"{RELEASE}/{name} has no master in source/, so nobody can say what it gives away."
                continue
            for path, content in kit.items():
                if path.startswith(f"{RELEASE}/{name}/"):
                    copy = Path(scratch, path)
                    copy.parent.mkdir(parents=True, exist_ok=True)
                    copy.write_bytes(content)
            yield from (f"{RELEASE}/{name}: {sentence}" for sentence in leaks(master, Path(scratch, RELEASE, name)))


def _secrets(root: Path) -> dict[str, str]:
    """Return the passages that no file may hold, each with where it is from."""
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
    """Return the lines of a file, of a notebook its cells' and their outputs', without indentation and empty lines."""
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
