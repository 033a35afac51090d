"""`autograder report`: one page for the instructor on how the class did."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from autograder.errors import CourseError
from autograder.export.class_data import read_class
from autograder.files import replace_text
from autograder.gradebook.lateness import settle
from autograder.report.page import page

FOLDER = "reports"


@dataclass(frozen=True)
class ReportOptions:
    """Options of the command line. output: of the page; None: in `reports/`. lab: the address of JupyterLab."""

    output: Path | None = None
    lab: str = "http://localhost:8888"


def report(root: Path, assignment: str, options: ReportOptions) -> Path:
    """Write the report on the class of `assignment` in the course `root`; return its path.

    Raises CourseError if the assignment is unknown or `options.lab` is not an address; OSError if the file cannot be
    written.
    """
    if not options.lab.startswith(("http://", "https://")):
        raise CourseError(f"{options.lab} is not an address of JupyterLab; it must begin with http:// or https://.")
    settle(root, [assignment])
    about = read_class(root, assignment)
    path = options.output or root / FOLDER / f"{assignment}.html"
    if not options.output:
        path.parent.mkdir(exist_ok=True)
    replace_text(path, page(about, f"{options.lab.rstrip('/')}/formgrader"))
    return path
