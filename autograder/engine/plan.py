"""What is run of a submission, and in which order.

Answers come from the submission, by id; every other cell that nbgrader knows comes from the master, in the master's
order. The student's own cells stay behind the cell that they stand behind in the submission.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from nbformat import NotebookNode

from autograder.notebooks.assignment import grade_id

Kind = Literal["text", "students", "answer", "locked", "check", "picture"]
PICTURE = "picture"
"""The tag of an instructor's cell that only draws: it is not run in grading, and keeps what the student saw."""


@dataclass
class Plan:
    """The cells in the order in which they run, what each is, and what was found on the way."""

    cells: list[NotebookNode] = field(default_factory=list)
    kinds: list[Kind] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def add(self, cell: NotebookNode, kind: Kind) -> None:
        """Append a cell without its outputs, which only a picture keeps."""
        cell = NotebookNode(cell, metadata=NotebookNode(cell.metadata))
        cell.source = _writable(cell.source)
        if cell.cell_type == "code" and kind != "picture":
            cell.outputs, cell.execution_count = [], None
        self.cells.append(cell)
        self.kinds.append(kind if cell.cell_type == "code" else "text")


def plan(master: NotebookNode, submitted: NotebookNode) -> Plan:
    """Say what is run of `submitted`, an assignment whose master is `master`. Neither is changed.

    An answer that stands several times counts as its last copy; one that is missing is unanswered; what is not a code
    cell any more is one again. Each is a remark.
    """
    known = {grade_id(cell) for cell in master.cells if grade_id(cell)}
    theirs, extras = _sort(submitted, known)
    made = Plan()
    for cell in extras.get(None, ()):
        made.add(cell, _extra_kind(cell))
    for cell in master.cells:
        name = grade_id(cell)
        if name is None:
            continue
        about = cell.metadata.nbgrader
        kind: Kind = "answer" if about.solution else "check" if about.grade else "locked"
        copies = theirs.get(name, [])
        made.add(_answer(cell, copies, made) if kind == "answer" else cell, kind)
        if not copies and kind != "answer":
            made.remarks.append(f"the cell {name} was deleted, and was put back.")
        for extra in extras.get(name, ()):
            made.add(extra, _extra_kind(extra))
    return made


def _sort(submitted: NotebookNode, known: set[str]) -> tuple[dict[str, list[NotebookNode]], dict]:
    """Return the copies of each known cell, and the student's own cells by the known cell before them."""
    theirs: dict[str, list[NotebookNode]] = {}
    extras: dict[str | None, list[NotebookNode]] = {}
    anchor = None
    for cell in submitted.cells:
        name = _name(cell)
        if name in known:
            theirs.setdefault(name, []).append(cell)
            anchor = name
        else:
            extras.setdefault(anchor, []).append(cell)
    return theirs, extras


def _name(cell: NotebookNode) -> str | None:
    about = cell.get("metadata", {}).get("nbgrader", {})
    name = about.get("grade_id") if isinstance(about, dict) else None
    return name if isinstance(name, str) else None


def _answer(cell: NotebookNode, copies: list[NotebookNode], made: Plan) -> NotebookNode:
    name, answer = grade_id(cell), NotebookNode(cell)
    if not copies:
        made.remarks.append(f"the answer cell {name} is missing.")
    if len(copies) > 1:
        made.remarks.append(f"the answer cell {name} stands {len(copies)} times; the last copy counts.")
    if copies and copies[-1].cell_type != cell.cell_type:
        made.remarks.append(f"the answer cell {name} was a {copies[-1].cell_type} cell; it is {cell.cell_type} again.")
    answer.source = copies[-1].source if copies else ""
    if copies and cell.cell_type != "code" and "attachments" in copies[-1]:  # pictures pasted into a text
        answer.attachments = copies[-1].attachments
    return answer


def _writable(source: str) -> str:
    """Return the source with a mark in the place of what is no character (half of a pair), which no file can hold."""
    return source.encode("utf-8", "replace").decode("utf-8")


def _extra_kind(cell: NotebookNode) -> Kind:
    if cell.cell_type != "code":
        return "text"
    return "picture" if PICTURE in cell.get("metadata", {}).get("tags", []) else "students"
