"""Write a CSV file that a spreadsheet opens without running anything in it."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from autograder.files import replace_text

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a formula begins with in the usual spreadsheets."""


def write_csv(path: Path, fields: Sequence[str], lines: Sequence[dict[str, Any]]) -> None:
    """Write `lines` under the headings `fields`. Text that a spreadsheet would run as a formula is made harmless."""
    text = io.StringIO()
    writer = csv.DictWriter(text, fields, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _harmless(value) for name, value in line.items()} for line in lines)
    replace_text(path, text.getvalue())


def _harmless(value: Any) -> Any:
    """Put an apostrophe before text that begins like a formula: students choose their names, and code its errors."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
