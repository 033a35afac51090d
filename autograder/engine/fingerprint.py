"""What the score of a submission depends on, as a digest: `--resume` keeps a result while it stays the same.

Of the code, that is what grading runs: the engine, the checker, and the modules that cells of the master and answers of
the catalogue import, with all that these import in turn. Picture cells are not run in grading.
"""

from __future__ import annotations

import ast
import contextlib
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from autograder.engine.errors import Refused
from autograder.engine.grade_one import Task, Unit
from autograder.engine.isolation import IsolationLevel
from autograder.engine.opening import open_regular
from autograder.engine.preload import CHECKER, graded_code
from autograder.engine.results import versions
from autograder.engine.submission import MAX_BYTES, above, files_alongside, timestamp
from autograder.notebooks.code import parsed_cell
from autograder.notebooks.format import to_text
from autograder.paths import catalogue_path

# The folder that holds both packages, in a checkout and where they are installed.
CODE = Path(__file__).resolve().parents[2]
PACKAGES = ("autograder", "course_utils")
ENGINE = CODE / "autograder" / "engine"


def new_task(
    unit: Unit, student: str, seed_of: Callable[[bytes], int], shared: bytes, folder: Path | None = None
) -> Task:
    """Return the task to grade what `student` handed in.

    seed_of: returns the seed of a submission, given the digest of what the student's code sees of it: the notebook and
    the files next to it, without the time of submission. shared: what `shared_digest` returns. folder: where it is;
    None: in `submitted/`.
    """
    folder = folder or unit.root / "submitted" / student / unit.name
    files, remarks = files_alongside(folder, unit.source, unit.ignore)
    seed = seed_of(handed_in := _handed_in(folder, unit.files, files))
    made = hashlib.sha256(shared + "\0".join([str(seed), timestamp(folder), *remarks]).encode() + handed_in)
    return Task(student, folder, seed, made.hexdigest())


def shared_digest(unit: Unit, level: IsolationLevel) -> bytes:
    """Return a digest of what the scores and mistakes of all submissions depend on.

    That is master, catalogue, settings, sandbox, versions of Python and its libraries, and the code that grading runs.
    """
    made = hashlib.sha256(f"{level}\0{sorted(unit.ignore)}\0{asdict(unit.limits)}\0{versions()}".encode())
    made.update(f"{unit.stderr_costs}".encode())
    for master in unit.masters:  # as the settings of the course make it: with its headers, delimiters and stubs
        made.update(f"\0{master.name}\0{to_text(master.notebook)}\0{sorted(master.stubs.items())}".encode())
    data = [catalogue_path(unit.root, unit.name)]
    for path in (*data, *code_that_grades(unit)):
        content = path.read_bytes() if path.is_file() else b""  # a course need not have a catalogue
        made.update(f"\0{path.name}\0{len(content)}\0".encode() + content)
    return made.digest()


def code_that_grades(unit: Unit) -> list[Path]:
    """Return the files of both packages on which the grading of a unit depends, in order."""
    trees = [parsed_cell(cell.source) for cell in graded_code([master.notebook for master in unit.masters])]
    for answer in unit.catalogue.answers:
        is_tried = answer.kind != "shortcut"  # grading compares a submission with right and wrong answers
        if is_tried and any(package in answer.source for package in PACKAGES):
            with contextlib.suppress(SyntaxError):  # which may be the mistake
                trees.append(ast.parse(answer.source))
    imported = {name for tree in trees for name in _imported(tree)}
    return sorted(_with_imports({*ENGINE.rglob("*.py"), *_files_of({*imported, CHECKER})}))


def code_imported_by(sources: Iterable[str]) -> list[Path]:
    """Return the files of both packages that programs import, and that these import in turn, in order.

    What is not Python imports nothing.
    """
    imported: set[str] = set()
    for source in sources:
        with contextlib.suppress(SyntaxError):
            imported.update(_imported(ast.parse(source)))
    return sorted(_with_imports(set(_files_of(imported))))


def _with_imports(files: set[Path]) -> set[Path]:
    """Return `files` and all files that they import in turn."""
    found: set[Path] = set()
    waiting = list(files)
    while waiting:
        file = waiting.pop()
        if file not in found:
            found.add(file)
            waiting += _files_of(_imported(ast.parse(file.read_bytes())))
    return found


def _imported(tree: ast.AST) -> Iterator[str]:
    """Yield the names of what a program imports, wherever in it; some are of modules, some of what is in them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _files_of(modules: Iterable[str]) -> Iterator[Path]:
    """Yield the files that importing `modules` runs, as far as they belong to these packages."""
    for module in modules:
        parts = module.split(".")
        if parts[0] in PACKAGES:
            for end in range(1, len(parts) + 1):
                place = CODE.joinpath(*parts[:end])
                yield from (file for file in (place.with_suffix(".py"), place / "__init__.py") if file.is_file())


def _handed_in(folder: Path, notebooks: Sequence[str], files: dict[str, np.ndarray[Any, Any]]) -> bytes:
    """Return a digest of the notebooks in `folder`, by the names of their files, and of what their code may read.

    files: as of `files_alongside`, {name: (size,) uint8}.
    """
    made = hashlib.sha256()
    for name, content in files.items():
        made.update(f"{name}\0{len(content)}\0".encode() + content.tobytes())
    for name in notebooks:
        with contextlib.suppress(OSError, Refused), open_regular(folder.absolute() / name, above(folder)) as file:
            size = os.fstat(file.fileno()).st_size
            made.update(f"\0{size}\0".encode())
            if size <= MAX_BYTES:  # a larger one is not graded
                made.update(hashlib.file_digest(file, "sha256").digest())
    return made.digest()
