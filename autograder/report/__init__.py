"""`autograder report`: how the class did, as one page for the instructor, and as CSV."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import CourseError
from autograder.export.canvas import write_canvas
from autograder.export.class_data import Class, read_class
from autograder.export.table import attempts, write_table
from autograder.files import replace_text
from autograder.gradebook.nbgrader_course import Course
from autograder.report.page import page

FOLDER = "reports"


@dataclass(frozen=True)
class Options:
    """What the command line asks for. output: of the page; None: `reports/`. csv, canvas: tables. lab: its address."""

    output: Path | None = None
    csv: Path | None = None
    canvas: Path | None = None
    lab: str = "http://localhost:8888"


def report(root: Path, assignment: str, options: Options) -> Iterator[Path]:
    """Write the report of the class of `assignment` in the course `root`; yield each file that was written.

    Raises CourseError where the assignment is unknown, or `options.lab` is no address; OSError where a file cannot be
    written.
    """
    if not options.lab.startswith(("http://", "https://")):
        raise CourseError(f"{options.lab} is no address of JupyterLab; give one that begins with http:// or https://.")
    about = read_class(root, assignment)
    yield _write_page(root, about, options)
    if options.csv:
        write_table(options.csv, about, attempts(Course(root).config, about))
        yield options.csv
    if options.canvas:
        write_canvas(options.canvas, about)
        yield options.canvas


def _write_page(root: Path, about: Class, options: Options) -> Path:
    path = options.output or root / FOLDER / f"{about.assignment}.html"
    if not options.output:
        path.parent.mkdir(exist_ok=True)
    replace_text(path, page(about, f"{options.lab.rstrip('/')}/formgrader"))
    return path
