"""Locate the course on the disk, and its files by the name of the unit."""

from __future__ import annotations

from pathlib import Path

from autograder.errors import CourseError

# The file that marks the root of a course.
CONFIG = "nbgrader_config.py"

# The folder of what is kept of a course before something replaces it.
BACKUPS = "backups"

# Environment variables that, set to 1, keep the libraries below numpy from starting threads.
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def find_root(start: Path | None = None) -> Path:
    """Return the nearest folder with an `nbgrader_config.py`: `start` (default: the current folder) or one above it.

    Raises CourseError if there is none.
    """
    start = Path.cwd() if start is None else start
    for folder in (start, *start.parents):
        if (folder / CONFIG).is_file():
            return folder
    raise CourseError(f"there is no {CONFIG} in {start} or above it; run this command inside the course.")


def shown(path: Path, root: Path) -> str:
    """Return `path` as one would type it at the root of the course."""
    path, root = path.resolve(), root.resolve()
    return str(path.relative_to(root)) if path.is_relative_to(root) else str(path)


def assignments(root: Path) -> list[str]:
    """Return the sorted names of the assignments, which are the folders of source/.

    Raises CourseError if source/ is missing or empty.
    """
    source = root / "source"
    if not source.is_dir():
        raise CourseError(f"there is no folder source/ in {root}; the masters of the assignments belong there.")
    names = sorted(folder.name for folder in source.iterdir() if folder.is_dir() and folder.name[0] != ".")
    if not names:
        raise CourseError(f"there is no assignment in {source}; put a master into source/NAME/NAME.ipynb.")
    return names


def require_assignment(root: Path, name: str) -> None:
    """Raise CourseError, with the names of all assignments, unless `name` is one of the folders of source/."""
    known = assignments(root)
    if name not in known:
        raise CourseError(f"there is no assignment {name} in source/; there are {', '.join(known)}.")


def master_path(root: Path, name: str) -> Path:
    """Return the path of the master notebook of the assignment `name`."""
    return root / "source" / name / f"{name}.ipynb"


def catalogue_path(root: Path, name: str) -> Path:
    """Return the path of the catalogue of answers to the assignment `name`."""
    return root / "answers" / f"{name}.py"
