"""`autograder gradebook`: where the course has its gradebook."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.exc import ArgumentError

from autograder.errors import CourseError
from autograder.files import replace_text
from autograder.settings import gradebook_url, nbgrader_config, require_address

# The file with the address, in the root of the course and in git; without it the gradebook is gradebook.db there.
FILE = "gradebook.url"
SQLITE = "sqlite"  # the word for: in the course folder again


def place(root: Path, address: str | None = None) -> list[str]:
    """Return lines that say where the gradebook of the course `root` is, after moving there if `address` is given.

    address: postgresql://USER@HOST/NAME, sqlite:///FILE, or "sqlite" for gradebook.db in the course folder.
    Raises CourseError, and changes nothing, where it is no address of a gradebook or has a password in it, and the
    database's own error where nothing answers there.
    """
    before = gradebook_url(root)
    if address == SQLITE:
        (root / FILE).unlink(missing_ok=True)
    elif address:
        require_address(address)
        _require_answer(address)
        replace_text(root / FILE, address + "\n")
    now = nbgrader_config(root).CourseDirectory.db_url
    lines = [f"the gradebook: {now}"]
    if now != before:
        lines.append(
            f"before: {before}; it stays as it is. `autograder grade ASSIGNMENT --resume` writes what was graded into "
            "the new one; grades given by hand stay in the old one only."
        )
    return lines


def _require_answer(address: str) -> None:
    try:
        engine = create_engine(address)
    except ArgumentError:
        raise CourseError(f"{address} is not an address; write postgresql://USER@HOST/NAME.") from None
    try:
        engine.connect().close()
    finally:
        engine.dispose()
