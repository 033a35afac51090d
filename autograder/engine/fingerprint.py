"""What the score of a submission depends on, as a digest: `--resume` keeps a result while it stays the same."""

from __future__ import annotations

import contextlib
import hashlib
import stat
from pathlib import Path

import numpy as np

from autograder.engine.grade_one import Task, Unit
from autograder.engine.submission import TIMESTAMP, files_beside

PACKAGES = Path(__file__).resolve().parents[2]


def new_task(unit: Unit, student: str, seed: int, of_all: bytes) -> Task:
    """Return the task to grade what `student` handed in; `of_all`: what `digest_of_all` returns."""
    folder = unit.root / "submitted" / student / unit.name
    files, _ = files_beside(folder, unit.source, unit.ignore)
    return Task(student, folder, seed, digest(folder, unit.name, files, of_all + str(seed).encode()))


def digest_of_all(unit: Unit, rung: str) -> bytes:
    """Return a digest of what the scores of all submissions depend on: master, checker, engine and sandbox."""
    made = hashlib.sha256(rung.encode())
    files = sorted([*(PACKAGES / "course_utils").rglob("*.py"), *(PACKAGES / "autograder" / "engine").glob("*.py")])
    for path in [unit.source / f"{unit.name}.ipynb", *files]:
        made.update(path.name.encode() + b"\0" + path.read_bytes())
    return made.digest()


def digest(folder: Path, assignment: str, files: dict[str, np.ndarray], of_all: bytes) -> str:
    """Return a digest of what the score of the submission in `folder` depends on.

    files: as of `files_beside`. of_all: what all submissions share.
    """
    made = hashlib.sha256(of_all)
    for name, content in files.items():
        made.update(f"{name}\0{len(content)}\0".encode() + content.tobytes())
    for name in (f"{assignment}.ipynb", TIMESTAMP):
        made.update(f"\0{name}\0".encode())
        path = folder / name
        with contextlib.suppress(OSError):
            if stat.S_ISREG(path.lstat().st_mode):
                with path.open("rb") as file:
                    made.update(hashlib.file_digest(file, "sha256").digest())
    return made.hexdigest()
