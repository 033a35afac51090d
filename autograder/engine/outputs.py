"""What a cell has shown, as outputs that a notebook can hold."""

from __future__ import annotations

import json
from typing import Any

import nbformat
from nbformat import NotebookNode

MAX_OUTPUTS = 2_000
"""Outputs of one cell."""


def valid_outputs(outputs: Any) -> tuple[list[NotebookNode], int]:
    """Return the outputs of a cell and their bytes; an error where they are none that a notebook can hold."""
    if outputs == []:
        return [], 0
    try:
        written = json.dumps(outputs[:MAX_OUTPUTS], ensure_ascii=False, allow_nan=False).encode("utf-8", "replace")
        made = [nbformat.from_dict(output) for output in json.loads(written)]
        cell = NotebookNode(cell_type="code", id="shown", metadata={}, source="", execution_count=None, outputs=made)
        nbformat.validate(notebook_of([cell]))
    except Exception:
        return [error_output("Lost", "What this cell showed could not be read.")], 0
    return made, len(written)


def notebook_of(cells: list[NotebookNode]) -> NotebookNode:
    """Return a notebook of these cells."""
    return NotebookNode(cells=cells, metadata=NotebookNode(), nbformat=4, nbformat_minor=5)


def error_output(name: str, message: str) -> NotebookNode:
    """Return what a cell shows that ended in an error of this name."""
    return NotebookNode(output_type="error", ename=name, evalue=message, traceback=message.splitlines())
