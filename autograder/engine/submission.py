"""Submissions on the disk: read leniently, and written back as autograded ones."""

from __future__ import annotations

import contextlib
import fnmatch
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import nbformat
import numpy as np
from nbformat import NotebookNode

from autograder.engine.errors import Refused, UnreadableSubmission
from autograder.engine.opening import MAX_ENTRIES, entries_in, links_in, open_regular
from autograder.engine.outputs import as_node, notebook_of
from autograder.engine.plan import PICTURE
from autograder.engine.results import Status
from autograder.engine.worker.codec import is_list
from autograder.notebooks.cell_ids import VALID
from autograder.notebooks.sanitize import attachments
from course_utils.check import plain

MAX_BYTES = 100 << 20

# Bytes of a picture cell's submitted outputs; larger ones are dropped.
MAX_KEPT_OUTPUTS = 2 << 20

# Of the files next to a notebook that its code may read: half of the scratch that the code has.
MAX_FILES, MAX_FILES_BYTES = 500, 32 << 20

# Links next to a notebook that are told by name.
MAX_LINKS_TOLD = 5

TIMESTAMP = "timestamp.txt"

# Bytes of a timestamp; what nbgrader writes is shorter.
MAX_TIMESTAMP = 100

# What nbgrader's metadata may say of a cell.
CELL_KINDS = ("grade", "solution", "locked", "task")

# A part of a notebook that has been read as JSON, and may hold anything.
Raw = dict[str, Any]


def read_submission(path: Path) -> NotebookNode:
    """Read the notebook at `path` as well as it can be read.

    path: in a folder STUDENT/ASSIGNMENT of `submitted/` or another folder of the course.
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
    try:
        return notebook_of([_cell(cell) for cell in _cells(content, path) if plain.is_dict(cell)])
    except (ValueError, TypeError, RecursionError) as error:  # whatever else a part of it may be, or how deeply nested
        sentence = f"a part of {path.name} is not what a notebook holds ({type(error).__name__})."
        raise UnreadableSubmission(Status.MALFORMED, sentence) from None


def _bytes(path: Path) -> bytes:
    try:
        with open_regular(path, above(path.parent)) as file:
            size = os.fstat(file.fileno()).st_size
            if size > MAX_BYTES:
                sentence = f"{path.name} has {size >> 20} MB, more than {MAX_BYTES >> 20}."
                raise UnreadableSubmission(Status.MALFORMED, sentence)
            return file.read(MAX_BYTES)
    except (FileNotFoundError, NotADirectoryError):
        raise UnreadableSubmission(Status.MISSING, _missing(path)) from None
    except Refused as error:
        sentence = f"{error}, and it was not opened: hand in the notebook itself."
        raise UnreadableSubmission(Status.MALFORMED, sentence) from None
    except PermissionError:
        sentence = f"the file permissions of {path.name} do not let it be read."
        raise UnreadableSubmission(Status.MALFORMED, sentence) from None


def above(folder: Path) -> Path:
    """Return the course's own folder above `folder`, which is STUDENT/ASSIGNMENT in it, as in `submitted/`."""
    return folder.absolute().parents[1]


def _missing(path: Path) -> str:
    others = sorted(ascii(other.name)[1:-1] for other in path.parent.glob("*.ipynb"))
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
    if about := _about(metadata.get("nbgrader")):
        kept["nbgrader"] = about
    cell: Raw = {"cell_type": kind, "metadata": kept, "source": _text(raw.get("source"))}
    if isinstance(raw.get("id"), str):
        cell["id"] = raw["id"]
    if kind == "code":
        cell |= {"execution_count": None, "outputs": _picture(raw) if PICTURE in tags else []}
    elif pasted := attachments(raw.get("attachments")):
        cell["attachments"] = pasted
    return as_node(cell)


def _about(metadata: object) -> Raw:
    """Return what nbgrader says of a cell, as far as it is of the right kind; empty where the cell has no name."""
    about = _dict(metadata)
    if not isinstance(about.get("grade_id"), str):
        return {}
    return {"grade_id": about["grade_id"]} | {kind: about[kind] for kind in CELL_KINDS if type(about.get(kind)) is bool}


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


def files_alongside(submitted: Path | None, source: Path, ignore: list[str]) -> tuple[dict[str, np.ndarray], list[str]]:
    """Return the files that students' code may read, by name, as uint8 (bytes,), and remarks on those that it may not.

    submitted, source: the folders of submission, if there is one, and master. If both have a file of one name, the
    master's is taken, as nbgrader does. ignore: patterns of names that are left out, as are notebooks and links.
    """
    masters = dict(_others(source, source, ignore, sys.maxsize))
    folders = {parent for name in masters for parent in Path(name).parents}
    students, remarks = _students_files(submitted, ignore) if submitted else ([], [])
    found = masters | {
        name: opened
        for name, opened in students
        if name not in masters and Path(name) not in folders and not masters.keys() & set(map(str, Path(name).parents))
    }
    found.pop(TIMESTAMP, None)
    files, left_out = _contents(found)
    if left_out is not None:
        most = f"{MAX_FILES} files or {MAX_FILES_BYTES >> 20} MB"
        remarks.append(f"next to the notebook are more than {most}; code found no {left_out!a} and none after it.")
    return files, remarks


# What `open_regular` takes: the path of a file, and the trusted folder above it.
_ToOpen = tuple[Path, Path]


def _contents(found: dict[str, _ToOpen]) -> tuple[dict[str, np.ndarray], str | None]:
    """Return the bytes of files by name, in order, and the first that has no room among them; None where all have."""
    files: dict[str, np.ndarray] = {}
    room = MAX_FILES_BYTES
    for name, opened in sorted(found.items()):
        with contextlib.suppress(OSError, Refused), open_regular(*opened) as file:
            size = os.fstat(file.fileno()).st_size
            if len(files) == MAX_FILES or size > room:
                return files, name
            files[name] = np.frombuffer(file.read(size), dtype=np.uint8)
            room -= size
    return files, None


def _students_files(submitted: Path, ignore: list[str]) -> tuple[list[tuple[str, _ToOpen]], list[str]]:
    """Return the files of a submission that are not notebooks, as `_others` does, and remarks on what is no such file.

    Of a submission that cannot be listed there are none.
    """
    try:
        links = links_in(submitted.absolute(), above(submitted))
    except Refused as error:
        return [], [f"{error}; code found no file of the student's next to the notebook."]
    except OSError:  # the notebook cannot be read either, and that is said
        return [], []
    told = [link for link in links if not _is_ignored(Path(link), ignore)]
    files = list(_others(submitted, above(submitted), ignore, MAX_ENTRIES))
    if not told:
        return files, []
    more = f" and {len(told) - MAX_LINKS_TOLD} more" if len(told) > MAX_LINKS_TOLD else ""
    names = ", ".join(ascii(link) for link in told[:MAX_LINKS_TOLD]) + more
    how = "are not followed, so code found no"
    return files, [f"links next to the notebook {how} {names}; hand in the files themselves."]


def _is_ignored(path: Path, ignore: list[str]) -> bool:
    """Say whether a pattern fits the name of a file, or of a folder that it is in."""
    return any(fnmatch.fnmatchcase(part, pattern) for part in path.parts for pattern in ignore)


def timestamp(folder: Path) -> str:
    """Return when the submission in `folder` was handed in, as nbgrader wrote it; empty if that is not known."""
    try:
        with open_regular(folder.absolute() / TIMESTAMP, above(folder)) as file:
            return file.read(MAX_TIMESTAMP).decode().strip()
    except (OSError, ValueError, Refused):
        return ""


def write_autograded(
    notebooks: dict[str, NotebookNode], source: Path, submitted: Path, target: Path, ignore: list[str]
) -> None:
    """Write graded notebooks, and the other files of submission and master, to the folder `target`.

    notebooks: by the names of their files, without ".ipynb". source, submitted: the folders of master and submission.
    ignore: patterns of names that are not copied. A reader finds the old folder or the new one.
    """
    draft, old = (target.with_name(f".{target.name}.{word}") for word in ("draft", "old"))
    for folder in (draft, old):
        shutil.rmtree(folder, ignore_errors=True)
    draft.mkdir(parents=True)
    for name, opened in _others(source, source, ignore, sys.maxsize):
        with contextlib.suppress(OSError, Refused), open_regular(*opened) as file:
            _put(draft / name, file.read())
    own = dict(_students_files(submitted, ignore)[0])
    own.pop(TIMESTAMP, None)
    for name, content in _contents(own)[0].items():
        _put(draft / name, content.tobytes())
    if when := timestamp(submitted):
        _put(draft / TIMESTAMP, when.encode())
    for name, notebook in notebooks.items():
        text: str = nbformat.v4.writes(_with_ids(notebook))  # pyright: ignore[reportUnknownMemberType] # has no types
        (draft / f"{name}.ipynb").write_text(text + "\n", encoding="utf-8", errors="replace")  # halves of surrogates
    for file in draft.rglob("*"):
        if file.is_file():
            file.chmod(0o444)  # as nbgrader leaves them
    if target.exists():
        target.rename(old)
    draft.rename(target)
    shutil.rmtree(old, ignore_errors=True)


def _put(path: Path, content: bytes) -> None:
    """Write a file, unless there is one, or a part of its path has the name of a file."""
    with contextlib.suppress(FileExistsError, NotADirectoryError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:
            file.write(content)


def _others(folder: Path, trusted: Path, ignore: list[str], most: int) -> Iterator[tuple[str, _ToOpen]]:
    """Yield the files that are not notebooks: (name in the folder, what `open_regular` takes), in order.

    Links are left out, and so are names that are not text. A folder that is a link or behind one, or that holds more
    than `most` files and folders, has no files.
    """
    folder, trusted = folder.absolute(), trusted.absolute()
    try:
        entries = entries_in(folder, trusted, most)
    except (OSError, Refused):
        return
    for entry in entries:
        name = str(entry.path)
        is_file = not entry.is_link and not entry.is_folder and not _is_ignored(entry.path, [*ignore, "*.ipynb"])
        if is_file and name == name.encode("utf-8", "replace").decode():
            yield name, (folder / entry.path, trusted)


def _with_ids(notebook: NotebookNode) -> NotebookNode:
    """Give each cell an id that is valid and no other cell's."""
    taken: set[str] = set()
    for number, cell in enumerate(notebook.cells):
        name: object = cell.get("id")
        if not isinstance(name, str) or not VALID.fullmatch(name) or name in taken:
            cell["id"] = f"graded-{number}"
        taken.add(cell["id"])
    return notebook
