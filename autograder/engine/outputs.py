"""Outputs of cells, as a notebook can hold them."""

from __future__ import annotations

import json
from typing import Any, cast

import nbformat
from nbformat import NotebookNode

from autograder.engine.worker.codec import is_list

# Outputs of one cell.
MAX_OUTPUTS = 2_000


def valid_outputs(outputs: object) -> tuple[list[NotebookNode], int]:
    """Return the outputs of a cell and their bytes; an error output instead where a notebook cannot hold them."""
    if outputs == []:
        return [], 0
    try:
        kept = outputs[:MAX_OUTPUTS] if is_list(outputs) else outputs
        written = json.dumps(kept, ensure_ascii=False, allow_nan=False).encode("utf-8", "replace")
        made = [as_node(output) for output in json.loads(written)]
        cell = NotebookNode(cell_type="code", id="shown", metadata={}, source="", execution_count=None, outputs=made)
        nbformat.validate(notebook_of([cell]))
    except Exception:  # outputs are what the worker says they are
        return [error_output("Lost", "What this cell showed could not be read.")], 0
    return made, len(written)


def as_node(content: dict[str, Any]) -> NotebookNode:
    """Return a part of a notebook as nbformat's node. (Its function has no types, and takes lists, too.)"""
    return cast(NotebookNode, nbformat.from_dict(content))  # pyright: ignore[reportUnknownMemberType]


def notebook_of(cells: list[NotebookNode]) -> NotebookNode:
    """Return a notebook of these cells."""
    return NotebookNode(cells=cells, metadata=NotebookNode(), nbformat=4, nbformat_minor=5)


def error_output(name: str, message: str) -> NotebookNode:
    """Return the output of a cell that ended in an error called `name`."""
    return NotebookNode(output_type="error", ename=name, evalue=message, traceback=message.splitlines())
