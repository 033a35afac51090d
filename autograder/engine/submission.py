"""A submission as it lies on the disk: read leniently, and written back as an autograded one."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
from nbformat import NotebookNode

from autograder.engine.plan import PICTURE
from autograder.engine.results import MALFORMED, MISSING
from autograder.notebooks.cell_ids import VALID

MAX_BYTES = 100 << 20
MAX_KEPT_OUTPUTS = 2 << 20
"""Bytes of a picture cell's submitted outputs; larger ones are dropped."""
MAX_FILES, MAX_FILES_BYTES = 500, 32 << 20
"""Of the files beside a notebook that its code may read: half of the scratch that the code has."""
TIMESTAMP = "timestamp.txt"


class Unreadable(Exception):
    """A submission that cannot be graded. The text is a sentence for instructor and student."""

    def __init__(self, status: str, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


def read_submission(path: Path) -> NotebookNode:
    """Read the notebook at `path` as well as it can be read.

    A byte-order mark, an old format, odd cells and outputs of any size are no obstacle. Outputs are dropped, but those
    of picture cells. Raises Unreadable where there is no notebook, or nothing that can be read as one.
    """
    data = _bytes(path)
    if not data.strip():
        raise Unreadable(MALFORMED, f"{path.name} is empty.")
    try:
        content = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Unreadable(MALFORMED, f"{path.name} is not JSON ({_first_line(error)}).") from None
    number = content.get("nbformat") if isinstance(content, dict) else None
    if type(number) is not int or number < 1:
        raise Unreadable(MALFORMED, f"{path.name} is JSON but not a notebook.")
    if number > 4:
        raise Unreadable(MALFORMED, f"{path.name} is in notebook format {number}, which is not known here.")
    cells = content.get("cells") if number == 4 else _converted(content, path)
    if not isinstance(cells, list):
        raise Unreadable(MALFORMED, f"{path.name} is a notebook without cells.")
    made = [_cell(cell) for cell in cells if isinstance(cell, dict)]
    return NotebookNode(cells=made, metadata=NotebookNode(), nbformat=4, nbformat_minor=5)


def _bytes(path: Path) -> bytes:
    try:
        about = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        raise Unreadable(MISSING, _not_there(path)) from None
    if not stat.S_ISREG(about.st_mode):
        raise Unreadable(MALFORMED, f"{path.name} is not a file of its own but a link, a folder or a device.")
    if about.st_size > MAX_BYTES:
        raise Unreadable(MALFORMED, f"{path.name} has {about.st_size >> 20} MB, more than {MAX_BYTES >> 20}.")
    return path.read_bytes()


def _not_there(path: Path) -> str:
    others = sorted(other.name for other in path.parent.glob("*.ipynb"))
    return f"there is no {path.name} in the submission" + (f"; there is {', '.join(others)}." if others else ".")


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0][:120] if str(error) else type(error).__name__


def _converted(content: dict, path: Path) -> Any:
    """Return the cells of a notebook of an older format."""
    try:
        return nbformat.convert(nbformat.from_dict(content), 4).cells
    except Exception as error:  # whatever a broken old notebook does to the converter
        number, why = content["nbformat"], type(error).__name__
        sentence = f"{path.name} is in notebook format {number} and cannot be brought into format 4 ({why})."
        raise Unreadable(MALFORMED, sentence) from None


def _cell(raw: dict) -> NotebookNode:
    """Return a valid cell that keeps what grading looks at: kind, source, nbgrader's metadata, tags and attachments."""
    kind = raw.get("cell_type") if raw.get("cell_type") in ("code", "markdown") else "raw"
    metadata = raw.get("metadata") if isinstance(raw.get("metadata"), dict) else {}
    kept = {"nbgrader": metadata["nbgrader"]} if isinstance(metadata.get("nbgrader"), dict) else {}
    tags = metadata.get("tags")
    tags = [tag for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else []
    cell = {"cell_type": kind, "metadata": kept | ({"tags": tags} if tags else {}), "source": _text(raw.get("source"))}
    if isinstance(raw.get("id"), str):
        cell["id"] = raw["id"]
    if kind == "code":
        cell |= {"execution_count": None, "outputs": _picture(raw) if PICTURE in tags else []}
    elif isinstance(raw.get("attachments"), dict):
        cell["attachments"] = raw["attachments"]
    return nbformat.from_dict(cell)


def _text(source: Any) -> str:
    if isinstance(source, list):
        return "".join(line for line in source if isinstance(line, str))
    return source if isinstance(source, str) else ""


def _picture(raw: dict) -> list:
    """Return the outputs of a picture cell as long as they are valid and not too large."""
    outputs = raw.get("outputs")
    if not isinstance(outputs, list) or len(json.dumps(outputs)) > MAX_KEPT_OUTPUTS:
        return []
    cell = {"cell_type": "code", "metadata": {}, "source": "", "execution_count": None, "outputs": outputs}
    notebook = {"cells": [cell | {"id": "picture"}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    try:
        nbformat.validate(notebook)
    except Exception:  # outputs are what the file says; what is no output is not shown
        return []
    return outputs


def files_beside(submitted: Path, source: Path, ignore: list[str]) -> tuple[dict[str, np.ndarray], list[str]]:
    """Return the bytes of the files that students' code may read, by name, and remarks on those that it may not.

    submitted, source: the folders of submission and master; of two files of one name the master's is taken, as nbgrader
    does. ignore: patterns of names that are left out, as are notebooks and links.
    """
    masters = dict(_others(source, ignore))
    folders = {parent for name in masters for parent in Path(name).parents}
    found = masters | {
        name: file
        for name, file in _others(submitted, ignore)
        if name not in masters and Path(name) not in folders and not masters.keys() & set(map(str, Path(name).parents))
    }
    found.pop(TIMESTAMP, None)
    files, size = {}, 0
    for name, file in sorted(found.items()):
        with contextlib.suppress(OSError):
            size += file.stat().st_size
            if len(files) == MAX_FILES or size > MAX_FILES_BYTES:
                most = f"{MAX_FILES} files or {MAX_FILES_BYTES >> 20} MB"
                return files, [f"beside the notebook are more than {most}; code found no {name!a} and none after it."]
            files[name] = np.frombuffer(file.read_bytes(), dtype=np.uint8)
    return files, []


def timestamp(folder: Path) -> str:
    """Return when the submission in `folder` was handed in, as nbgrader wrote it; empty where it is not known."""
    path = folder / TIMESTAMP
    try:
        return path.read_text(encoding="utf-8")[:100].strip() if not path.is_symlink() else ""
    except (OSError, ValueError):
        return ""


def write_autograded(notebook: NotebookNode, source: Path, submitted: Path, target: Path, ignore: list[str]) -> None:
    """Put the graded notebook, and the other files of submission and master, into the folder `target`.

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
    path.write_text(nbformat.v4.writes(_with_ids(notebook)) + "\n", encoding="utf-8")
    for file in draft.rglob("*"):
        if file.is_file():
            file.chmod(0o444)  # as nbgrader leaves them
    if target.exists():
        target.rename(old)
    draft.rename(target)
    shutil.rmtree(old, ignore_errors=True)


def _copy_others(folder: Path, draft: Path, ignore: list[str]) -> None:
    """Copy what is no notebook and not there yet."""
    for name, file in _others(folder, ignore):
        copy = draft / name
        if not copy.exists():
            with contextlib.suppress(FileExistsError, NotADirectoryError):  # a file has the name of a folder
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, copy)


def _others(folder: Path, ignore: list[str]) -> Iterator[tuple[str, Path]]:
    """Yield what is no notebook: (name in the folder, file).

    Links are left out, as they could lead to anything of the instructor's, and names that are no text.
    """
    from nbgrader.utils import find_all_files

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
