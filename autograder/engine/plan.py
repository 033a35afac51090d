"""Plan which cells of a submission run, and in which order.

Answers come from the submission, by id; every other cell that nbgrader knows comes from the master, in the master's
order. The student's own cells stay behind the cell that they follow in the submission.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from nbformat import NotebookNode

from autograder.notebooks.assignment import grade_id
from course_utils.check import plain

Kind = Literal["text", "students", "answer", "locked", "check", "picture"]

# The tag of an instructor's cell that only draws: grading does not run it, and keeps what the student saw.
PICTURE = "picture"


@dataclass
class Plan:
    """The cells in the order in which they run, the kind of each, and remarks on what was put right."""

    cells: list[NotebookNode] = field(default_factory=list[NotebookNode])
    kinds: list[Kind] = field(default_factory=list[Kind])
    remarks: list[str] = field(default_factory=list[str])

    def add(self, cell: NotebookNode, kind: Kind) -> None:
        """Append a cell of this kind, without its outputs unless it is a picture."""
        cell = NotebookNode(cell, metadata=NotebookNode(cell.metadata))
        cell.source = _writable(cell.source)
        if cell.cell_type == "code" and kind != "picture":
            cell.outputs, cell.execution_count = [], None
        self.cells.append(cell)
        self.kinds.append(kind if cell.cell_type == "code" else "text")


def plan(master: NotebookNode, submitted: NotebookNode) -> Plan:
    """Return what runs of `submitted`, an assignment whose master is `master`. Neither is changed.

    Of several copies of an answer the last one counts; a missing one is unanswered; an answer that became another kind
    of cell is put back to its own. Each is a remark.
    """
    known = {name for cell in master.cells if (name := grade_id(cell))}
    copies_of, own_cells = _sort(submitted, known)
    planned = Plan()
    for cell in own_cells.get(None, []):
        planned.add(cell, _own_kind(cell))
    for cell in master.cells:
        name = grade_id(cell)
        if not name:
            continue
        about = cell.metadata.nbgrader
        kind: Kind = "answer" if about.solution else "check" if about.grade else "locked"
        copies = copies_of.get(name, [])
        planned.add(_answer(cell, copies, planned) if kind == "answer" else cell, kind)
        if not copies and kind != "answer":
            planned.remarks.append(f"the cell {name} was deleted, and was put back.")
        for own in own_cells.get(name, []):
            planned.add(own, _own_kind(own))
    return planned


def _sort(
    submitted: NotebookNode, known: set[str]
) -> tuple[dict[str, list[NotebookNode]], dict[str | None, list[NotebookNode]]]:
    """Return the copies of each known cell, and the student's own cells by the known cell that they follow."""
    copies_of: dict[str, list[NotebookNode]] = {}
    own_cells: dict[str | None, list[NotebookNode]] = {}
    anchor = None
    for cell in submitted.cells:
        name = _name(cell)
        if name in known:
            copies_of.setdefault(name, []).append(cell)
            anchor = name
        else:
            own_cells.setdefault(anchor, []).append(cell)
    return copies_of, own_cells


def _name(cell: NotebookNode) -> str | None:
    """Return the grade_id of a submitted cell, whose metadata may hold anything."""
    about = cell.metadata.get("nbgrader")
    name = about.get("grade_id") if plain.is_dict(about) else None
    return name if isinstance(name, str) else None


def _answer(cell: NotebookNode, copies: list[NotebookNode], planned: Plan) -> NotebookNode:
    """Return the master's answer cell with the text of the last copy; what was put right becomes a remark."""
    name, answer = grade_id(cell), NotebookNode(cell)
    if not copies:
        planned.remarks.append(f"the answer cell {name} is missing.")
    if len(copies) > 1:
        planned.remarks.append(f"the answer cell {name} occurs {len(copies)} times; the last copy counts.")
    if copies and copies[-1].cell_type != cell.cell_type:
        change = f"was a {copies[-1].cell_type} cell; it is {cell.cell_type} again."
        planned.remarks.append(f"the answer cell {name} {change}")
    answer.source = copies[-1].source if copies else ""
    if copies and cell.cell_type != "code" and "attachments" in copies[-1]:  # pictures pasted into a text
        answer.attachments = copies[-1].attachments
    return answer


def _writable(source: str) -> str:
    """Return the source with "?" instead of each half of a surrogate pair, which no file can hold."""
    return source.encode("utf-8", "replace").decode("utf-8")


def _own_kind(cell: NotebookNode) -> Kind:
    """Return the kind of a cell that the master does not know."""
    if cell.cell_type != "code":
        return "text"
    return "picture" if PICTURE in cell.metadata.get("tags", []) else "students"
