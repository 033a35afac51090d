"""Names for the cells of a notebook: unique, readable, and kept once given."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Sequence
from typing import TypeGuard

from nbformat import NotebookNode

MACHINE_MADE = re.compile(r"[0-9a-f]{8}|[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
VALID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
HEADING = re.compile(r"^#{1,6}\s+(.+)$", re.MULTILINE)
FENCED = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)


def name_cells(cells: Sequence[NotebookNode]) -> None:
    """Give every cell a unique and readable `id`, in place.

    A readable id stays. An id that a program made up, or that is used a second time, is replaced by the cell's
    `grade_id` of nbgrader, or else by the nearest heading above it and a number.
    """
    taken: set[str] = set()
    unnamed = []
    for cell in cells:
        name = cell.get("id")
        if not is_readable(name) or name in taken:
            unnamed.append(cell)
        else:
            taken.add(name)
    for cell, heading in zip(cells, _headings(cells), strict=True):
        if any(cell is other for other in unnamed):
            cell["id"] = _new_name(cell, heading, taken)
            taken.add(cell["id"])


def is_readable(name: object) -> TypeGuard[str]:
    """Say whether `name` is a valid cell id that a person could have chosen."""
    return isinstance(name, str) and bool(VALID.fullmatch(name)) and not MACHINE_MADE.fullmatch(name)


def _headings(cells: Sequence[NotebookNode]) -> list[str]:
    """Return, for each cell, the nearest heading: in the cell itself or above it."""
    headings, current = [], "cell"
    for cell in cells:
        if cell.cell_type == "markdown":
            current = next(reversed(HEADING.findall(FENCED.sub("", cell.source))), current)
        headings.append(current)
    return headings


def _new_name(cell: NotebookNode, heading: str, taken: set[str]) -> str:
    grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
    if grade_id:
        stem = re.sub(r"[^a-zA-Z0-9]+", "-", grade_id).strip("-")[:56] or "cell"
        candidates = itertools.chain([stem], (f"{stem}-{number}" for number in itertools.count(2)))
    else:
        candidates = (f"{_slug(heading)}-{number}" for number in itertools.count(1))
    return next(name for name in candidates if name not in taken)


def _slug(text: str) -> str:
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", ascii_text).strip("-")[:40].strip("-") or "cell"
