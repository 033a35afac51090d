"""Submissions on the disk: read leniently, and written back as autograded ones."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import nbformat
import numpy as np
from nbformat import NotebookNode

from autograder.engine.errors import UnreadableSubmission
from autograder.engine.outputs import as_node, notebook_of
from autograder.engine.plan import PICTURE
from autograder.engine.results import Status
from autograder.engine.worker.codec import is_list
from autograder.notebooks.cell_ids import VALID
from course_utils.check import plain

MAX_BYTES = 100 << 20

# Bytes of a picture cell's submitted outputs; larger ones are dropped.
MAX_KEPT_OUTPUTS = 2 << 20

# Of the files next to a notebook that its code may read: half of the scratch that the code has.
MAX_FILES, MAX_FILES_BYTES = 500, 32 << 20

TIMESTAMP = "timestamp.txt"

# A part of a notebook that has been read as JSON, and may hold anything.
Raw = dict[str, Any]


def read_submission(path: Path) -> NotebookNode:
    """Read the notebook at `path` as well as it can be read.

    A byte-order mark, an old format, odd cells and outputs of any size are tolerated. Outputs are dropped, except those
    of picture cells. Raises UnreadableSubmission where there is no notebook, or nothing that can be read as one.
    """
    data = _bytes(path)
    if not data.strip():
        raise UnreadableSubmission(Status.MALFORMED, f"{path.name} is empty.")
    try:
        content = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise UnreadableSubmission(Status.MALFORMED, f"{path.name} is not JSON ({_first_line(error)}).") from None
    cells = _cells(content, path)
    return notebook_of([_cell(cell) for cell in cells if plain.is_dict(cell)])


def _bytes(path: Path) -> bytes:
    try:
        about = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        raise UnreadableSubmission(Status.MISSING, _missing(path)) from None
    if not stat.S_ISREG(about.st_mode):
        sentence = f"{path.name} is not a file of its own but a link, a folder or a device."
        raise UnreadableSubmission(Status.MALFORMED, sentence)
    if about.st_size > MAX_BYTES:
        sentence = f"{path.name} has {about.st_size >> 20} MB, more than {MAX_BYTES >> 20}."
        raise UnreadableSubmission(Status.MALFORMED, sentence)
    return path.read_bytes()


def _missing(path: Path) -> str:
    others = sorted(other.name for other in path.parent.glob("*.ipynb"))
    return f"there is no {path.name} in the submission" + (f"; there is {', '.join(others)}." if others else ".")


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0][:120] if str(error) else type(error).__name__


def _cells(content: object, path: Path) -> list[Any]:
    """Return the cells of a notebook of any format, read as JSON."""
    number = content.get("nbformat") if plain.is_dict(content) else None
    if not plain.is_dict(content) or type(number) is not int or number < 1:
        raise UnreadableSubmission(Status.MALFORMED, f"{path.name} is JSON but not a notebook.")
    if number > 4:
        sentence = f"{path.name} is in notebook format {number}, which is not known here."
        raise UnreadableSubmission(Status.MALFORMED, sentence)
    cells = content.get("cells") if number == 4 else _converted(content, number, path)
    if not is_list(cells):
        raise UnreadableSubmission(Status.MALFORMED, f"{path.name} is a notebook without cells.")
    return cells


def _converted(content: Raw, number: int, path: Path) -> Any:
    """Return the cells of a notebook in an older format, `number`."""
    try:
        convert = cast("Callable[[NotebookNode, int], NotebookNode]", nbformat.convert)  # which has no types
        return convert(as_node(content), 4).cells
    except Exception as error:  # whatever a broken old notebook does to the converter
        why = type(error).__name__
        sentence = f"{path.name} is in notebook format {number} and cannot be brought into format 4 ({why})."
        raise UnreadableSubmission(Status.MALFORMED, sentence) from None


def _cell(raw: Raw) -> NotebookNode:
    """Return a valid cell that keeps what grading looks at: kind, source, nbgrader's metadata, tags and attachments.

    Every part may be missing or of any type, because students' tools and students themselves write these files.
    """
    kind = raw["cell_type"] if raw.get("cell_type") in ("code", "markdown") else "raw"
    metadata = _dict(raw.get("metadata"))
    tags = [tag for tag in _list(metadata.get("tags")) if isinstance(tag, str)]
    kept: Raw = {"tags": tags} if tags else {}
    if plain.is_dict(metadata.get("nbgrader")):
        kept["nbgrader"] = metadata["nbgrader"]
    cell: Raw = {"cell_type": kind, "metadata": kept, "source": _text(raw.get("source"))}
    if isinstance(raw.get("id"), str):
        cell["id"] = raw["id"]
    if kind == "code":
        cell |= {"execution_count": None, "outputs": _picture(raw) if PICTURE in tags else []}
    elif plain.is_dict(raw.get("attachments")):
        cell["attachments"] = raw["attachments"]
    return as_node(cell)


def _dict(value: object) -> Raw:
    return value if plain.is_dict(value) else {}


def _list(value: object) -> list[Any]:
    return value if is_list(value) else []


def _text(source: object) -> str:
    """Return the source of a cell, which may be in lines."""
    if is_list(source):
        return "".join(line for line in source if isinstance(line, str))
    return source if isinstance(source, str) else ""


def _picture(raw: Raw) -> list[Any]:
    """Return the outputs of a picture cell as long as they are valid and not too large."""
    outputs = _list(raw.get("outputs"))
    if len(json.dumps(outputs)) > MAX_KEPT_OUTPUTS:
        return []
    cell: Raw = {"cell_type": "code", "metadata": {}, "source": "", "execution_count": None, "outputs": outputs}
    notebook: Raw = {"cells": [cell | {"id": "picture"}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    try:
        nbformat.validate(notebook)
    except Exception:  # outputs are what the file says; what is not an output is not shown
        return []
    return outputs


def files_alongside(submitted: Path, source: Path, ignore: list[str]) -> tuple[dict[str, np.ndarray], list[str]]:
    """Return the files that students' code may read, by name, as uint8 (bytes,), and remarks on those that it may not.

    submitted, source: the folders of submission and master. If both have a file of one name, the master's is taken, as
    nbgrader does. ignore: patterns of names that are left out, as are notebooks and links.
    """
    masters = dict(_others(source, ignore))
    folders = {parent for name in masters for parent in Path(name).parents}
    found = masters | {
        name: file
        for name, file in _others(submitted, ignore)
        if name not in masters and Path(name) not in folders and not masters.keys() & set(map(str, Path(name).parents))
    }
    found.pop(TIMESTAMP, None)
    files: dict[str, np.ndarray] = {}
    size = 0
    for name, file in sorted(found.items()):
        with contextlib.suppress(OSError):
            size += file.stat().st_size
            if len(files) == MAX_FILES or size > MAX_FILES_BYTES:
                most = f"{MAX_FILES} files or {MAX_FILES_BYTES >> 20} MB"
                return files, [f"next to the notebook are more than {most}; code found no {name!a} and none after it."]
            files[name] = np.frombuffer(file.read_bytes(), dtype=np.uint8)
    return files, []


def timestamp(folder: Path) -> str:
    """Return when the submission in `folder` was handed in, as nbgrader wrote it; empty if that is not known."""
    path = folder / TIMESTAMP
    try:
        return path.read_text(encoding="utf-8")[:100].strip() if not path.is_symlink() else ""
    except (OSError, ValueError):
        return ""


def write_autograded(notebook: NotebookNode, source: Path, submitted: Path, target: Path, ignore: list[str]) -> None:
    """Write the graded notebook, and the other files of submission and master, to the folder `target`.

    source, submitted: the folders of master and submission. ignore: patterns of names that are not copied.
    A reader finds the old folder or the new one.
    """
    draft, old = (target.with_name(f".{target.name}.{word}") for word in ("draft", "old"))
    for folder in (draft, old):
        shutil.rmtree(folder, ignore_errors=True)
    draft.mkdir(parents=True)
    for folder in (source, submitted):
        _copy_others(folder, draft, ignore)
    path = draft / f"{target.name}.ipynb"
    text: str = nbformat.v4.writes(_with_ids(notebook))  # pyright: ignore[reportUnknownMemberType] # has no types
    path.write_text(text + "\n", encoding="utf-8")
    for file in draft.rglob("*"):
        if file.is_file():
            file.chmod(0o444)  # as nbgrader leaves them
    if target.exists():
        target.rename(old)
    draft.rename(target)
    shutil.rmtree(old, ignore_errors=True)


def _copy_others(folder: Path, draft: Path, ignore: list[str]) -> None:
    """Copy the files that are not notebooks and that the draft does not have yet."""
    for name, file in _others(folder, ignore):
        copy = draft / name
        if not copy.exists():
            with contextlib.suppress(FileExistsError, NotADirectoryError):  # a file has the name of a folder
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, copy)


def _others(folder: Path, ignore: list[str]) -> Iterator[tuple[str, Path]]:
    """Yield the files that are not notebooks: (name in the folder, file).

    Links are left out, because they could lead to anything of the instructor's, and so are names that are not text.
    """
    from nbgrader.utils import find_all_files  # pyright: ignore[reportMissingTypeStubs] # it has none

    for path in find_all_files(str(folder), [*ignore, "*.ipynb"]):
        name = os.path.relpath(path, folder)
        if stat.S_ISREG(os.lstat(path).st_mode) and name == name.encode("utf-8", "replace").decode():
            yield name, Path(path)


def _with_ids(notebook: NotebookNode) -> NotebookNode:
    """Give each cell an id that is valid and no other cell's."""
    taken: set[str] = set()
    for number, cell in enumerate(notebook.cells):
        name = cell.get("id")
        if not isinstance(name, str) or not VALID.fullmatch(name) or name in taken:
            cell["id"] = f"graded-{number}"
        taken.add(cell["id"])
    return notebook
