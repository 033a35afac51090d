"""What the formats for learning management systems share: who has a score, and a file that their importers read."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from autograder.export.class_data import Class, Student
from autograder.files import replace_text


def scored(about: Class) -> Iterator[tuple[Student, str]]:
    """Yield (student, score) of each student who has a score, the score as a decimal number with a point.

    Importers take an empty score in different ways: as a 0 in a new column (Moodle), as a grade to clear (Moodle,
    Canvas), or not at all. So students without one have no line.
    """
    for student in about.students:
        if student.row["score"] != "":
            yield student, f"{float(student.row['score']):.10g}"


def write_import(path: Path, fields: Sequence[str], rows: Sequence[Mapping[str, str]], quoted: bool = False) -> None:
    """Write `rows` under the headings `fields`, every value as it is.

    Nothing is escaped: an importer looks students up by these very characters, and shows the file to nobody. So a row
    has ids and scores, and no name that a student chose. quoted: put every value between quotation marks.
    Raises OSError if `path` cannot be written.
    """
    text = io.StringIO()
    style = csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL
    writer = csv.DictWriter(text, fields, lineterminator="\n", quoting=style)
    writer.writeheader()
    writer.writerows(rows)
    replace_text(path, text.getvalue())
