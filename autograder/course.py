"""Where the course is on the disk, and how its files are replaced."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from autograder.errors import CourseError

CONFIG = "nbgrader_config.py"
"""The file that marks the root of a course."""

ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
"""Set to 1, they keep the libraries below numpy from starting threads."""


def find_root(start: Path | None = None) -> Path:
    """Return the nearest folder, from `start` (the current folder) upwards, that holds `nbgrader_config.py`.

    Raises CourseError where there is none.
    """
    start = Path.cwd() if start is None else start
    for folder in (start, *start.parents):
        if (folder / CONFIG).is_file():
            return folder
    raise CourseError(f"there is no {CONFIG} in {start} or above it; run this command inside the course.")


def replace_text(path: Path, text: str) -> None:
    """Write `text` to `path` in UTF-8 so that a reader finds the old file or the new one, never half of one."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_text(text, encoding="utf-8", newline="\n")
        if path.exists():
            shutil.copymode(path, draft)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def shown(path: Path, root: Path) -> str:
    """Return `path` as a reader at the root of the course would type it."""
    path, root = path.resolve(), root.resolve()
    return str(path.relative_to(root)) if path.is_relative_to(root) else str(path)
