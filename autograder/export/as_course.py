"""The whole course as CSV (`--format course`): one row per student, whose total may leave out the lowest scores."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from autograder.errors import CourseError
from autograder.export.as_csv import read_rows
from autograder.export.csv_file import write_csv
from autograder.export.grades import NOTHING

BEFORE = ("student_id", "last_name", "first_name", "email", "section")
AFTER = ("total", "max_total", "dropped", "open")


def export(root: Path, to: Path, assignments: Sequence[str], drop_lowest: int = 0) -> tuple[int, int]:
    """Write one row per student, with the scores after penalties; return (rows, rows with a total).

    drop_lowest: so many assignments of each student, those with the lowest share of their points, count neither in
    `total` nor in `max_total`. An assignment that was not handed in counts 0 there; one that waits for a grade makes
    the total empty, and `open` names it. Raises CourseError if an assignment is unknown, or if nothing would be left;
    OSError if `to` cannot be written.
    """
    by_student: dict[str, dict[str, dict[str, Any]]] = {}
    for row in read_rows(root, assignments):
        by_student.setdefault(row["student_id"], {})[row["assignment"]] = row
    names = list(dict.fromkeys(name for rows in by_student.values() for name in rows))
    if drop_lowest and drop_lowest >= len(names):
        raise CourseError(f"--drop-lowest {drop_lowest} leaves nothing of {len(names)} assignments; drop fewer.")
    rows = [_row(rows, drop_lowest) for rows in by_student.values()]
    write_csv(to, [*BEFORE, *names, *AFTER], rows)
    return len(rows), sum(row["total"] != "" for row in rows)


def _row(rows: dict[str, dict[str, Any]], drop_lowest: int) -> dict[str, Any]:
    """Return the row of one student, from {assignment: row of `--format csv`}."""
    anyone = next(iter(rows.values()))
    waiting = [name for name, row in rows.items() if row["score"] == "" and row["status"] != NOTHING]
    row = {name: anyone[name] for name in BEFORE} | {name: about["score"] for name, about in rows.items()}
    row |= {"total": "", "max_total": "", "dropped": "", "open": " ".join(waiting)}
    if not waiting:
        lowest = sorted(rows, key=lambda name: _share(rows[name]))[:drop_lowest]
        kept = [about for name, about in rows.items() if name not in lowest]
        row["total"] = round(sum(float(about["score"] or 0) for about in kept), 9)
        row["max_total"] = sum(about["max_score"] for about in kept)
        row["dropped"] = " ".join(sorted(lowest))
    return row


def _share(row: dict[str, Any]) -> Fraction:
    """Return the share of its points that an assignment got; 1 if it has no points."""
    maximum = Fraction(row["max_score"])
    return Fraction(row["score"] or 0) / maximum if maximum else Fraction(1)
