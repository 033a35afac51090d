"""Sections of the class: `sections.csv` in the root of the course, with the columns student_id and section.

nbgrader's table of students has no column for a section, and a column of our own would not survive its migrations.
`autograder roster` writes the file.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path

from autograder.errors import CourseError

FILE = "sections.csv"
COLUMNS = ("student_id", "section")


def read_sections(root: Path) -> dict[str, str]:
    """Return {student: section}; empty without the file. Raises CourseError if the file has other columns."""
    path = root / FILE
    if not path.is_file():
        return {}
    try:
        rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    except (UnicodeDecodeError, csv.Error) as error:
        raise CourseError(f"{FILE} cannot be read ({error}); save it as CSV in UTF-8.") from None
    if rows and not set(COLUMNS) <= rows[0].keys():
        raise CourseError(f"{FILE} must have the columns {' and '.join(COLUMNS)}; write it with `autograder roster`.")
    return {row["student_id"]: row["section"] for row in rows if row["student_id"] and row["section"]}


def sections_text(sections: Mapping[str, str]) -> str:
    """Return the content of the file, sorted by student."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([COLUMNS, *sorted(sections.items())])
    return text.getvalue()
