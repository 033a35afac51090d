"""Write a CSV file that a spreadsheet can open without running anything in it."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from autograder.files import replace_text

# How a formula begins in the usual spreadsheets.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_csv(
    path: Path, fields: Sequence[str], rows: Sequence[dict[str, Any]], identifiers: Collection[str] = ()
) -> None:
    """Write `rows` under the headings `fields`. Text that a spreadsheet would run as a formula is escaped.

    identifiers: columns by whose very characters another program finds a student; they are written as they are.
    Raises OSError if `path` cannot be written.
    """
    text = io.StringIO()
    writer = csv.DictWriter(text, fields, lineterminator="\n")
    writer.writeheader()
    writer.writerows(
        {name: value if name in identifiers else _escaped(value) for name, value in row.items()} for row in rows
    )
    replace_text(path, text.getvalue())


def _escaped(value: Any) -> Any:
    """Put an apostrophe before text that begins like a formula: students choose their names, and code its errors."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
