"""Read the settings of a course, all of which are in its `nbgrader_config.py`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from autograder.paths import CONFIG

if TYPE_CHECKING:  # importing traitlets takes a while, and `--help` needs none of it
    from traitlets.config import Config


def nbgrader_config(root: Path) -> Config:
    """Return the traitlets `Config` that `nbgrader_config.py` in `root` describes."""
    from traitlets.config import PyFileConfigLoader

    return PyFileConfigLoader(CONFIG, path=str(root)).load_config()


def gradebook_url(root: Path) -> str:
    """Return the address of the gradebook of the course in `root`, as SQLAlchemy reads it."""
    return nbgrader_config(root).CourseDirectory.get("db_url", f"sqlite:///{root / 'gradebook.db'}")
