"""Outputs of cells, as a notebook can hold them."""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple, cast

import nbformat
import numpy as np
from nbformat import NotebookNode

from autograder.engine.worker.cell_outputs import MAX_DISPLAYS, MAX_OUTPUTS
from autograder.engine.worker.codec import is_list
from course_utils.check import plain

# Parts of JSON that the outputs of a cell may have: each takes up to a hundred times the memory of its bytes. A worker
# sends no more, for a part takes two characters of a display or stands around one.
MAX_PARTS = MAX_DISPLAYS // 2 + 10 * MAX_OUTPUTS

# A string in JSON, also one that never ends. Nothing is tried twice, so its time is linear.
_STRING = re.compile(rb'"(?:[^"\\]++|\\.?)*+(?:"|\Z)', re.DOTALL)

# What is shown instead of an output that no notebook can hold.
UNREADABLE = "What this cell showed here could not be read."


class Outputs(NamedTuple):
    """The outputs of a cell. displays: by display_id, those that a later cell may change."""

    shown: list[NotebookNode]
    displays: dict[str, list[NotebookNode]]


def read_outputs(sent: object) -> Outputs:
    """Return the outputs that a worker sent as bytes of JSON, with an error instead of what no notebook can hold."""
    found = _parsed(sent)
    if not is_list(found):
        return Outputs([_unreadable()], {})
    displays: dict[str, list[NotebookNode]] = {}
    names = [output.pop("display_id", None) if plain.is_dict(output) else None for output in found]
    shown = _valid(found[: MAX_OUTPUTS + 2])
    for name, output in zip(names, shown, strict=False):
        if isinstance(name, str) and "data" in output:
            displays.setdefault(name, []).append(output)
    return Outputs(shown, displays)


def read_updates(sent: object) -> Outputs:
    """Return what a cell has changed in displays of earlier cells: by display_id one output."""
    found = _parsed(sent)
    news = found if plain.is_dict(found) else {}
    outputs = [{"output_type": "display_data"} | new if plain.is_dict(new) else None for new in news.values()]
    made = zip(news, _valid(outputs), strict=True)
    return Outputs([], {name: [new] for name, new in made if new.output_type == "display_data"})


def size_of(sent: object) -> int:
    """Return the bytes of what a worker sent as outputs, before anything is made of them."""
    return sent.nbytes if isinstance(sent, np.ndarray) else 0


def _parsed(sent: object) -> object:
    """Return what JSON says, without halves of surrogate pairs, which no file can hold; None where it is no JSON."""
    text = sent.tobytes() if isinstance(sent, np.ndarray) else b""
    if _parts(text) > MAX_PARTS:
        return None
    try:
        written = json.dumps(json.loads(text), ensure_ascii=False, allow_nan=False)
        return json.loads(written.encode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None


def _parts(text: bytes) -> int:
    """Return how many parts JSON has at most, without making them."""
    bare = _STRING.sub(b"", text)
    return sum(map(bare.count, (b"[", b"{", b",")))


def _valid(outputs: list[Any]) -> list[NotebookNode]:
    """Return outputs as nodes of a notebook, with an error instead of each that no notebook can hold."""
    nodes = _nodes(outputs)
    return nodes if nodes is not None else [node for output in outputs for node in _nodes([output]) or [_unreadable()]]


def _nodes(outputs: list[Any]) -> list[NotebookNode] | None:
    """Return outputs as nodes of a notebook; None where no notebook can hold them."""
    try:
        made = [as_node(output) for output in outputs]
        cell = NotebookNode(cell_type="code", id="shown", metadata={}, source="", execution_count=None, outputs=made)
        if made:
            nbformat.validate(notebook_of([cell]))
    except Exception:  # outputs are what the worker says they are
        return None
    return made


def _unreadable() -> NotebookNode:
    return error_output("Lost", UNREADABLE)


def as_node(content: dict[str, Any]) -> NotebookNode:
    """Return a part of a notebook as nbformat's node. (Its function has no types, and takes lists, too.)"""
    return cast(NotebookNode, nbformat.from_dict(content))  # pyright: ignore[reportUnknownMemberType]


def notebook_of(cells: list[NotebookNode]) -> NotebookNode:
    """Return a notebook of these cells."""
    return NotebookNode(cells=cells, metadata=NotebookNode(), nbformat=4, nbformat_minor=5)


def error_output(name: str, message: str) -> NotebookNode:
    """Return the output of a cell that ended in an error called `name`."""
    return NotebookNode(output_type="error", ename=name, evalue=message, traceback=message.splitlines())
