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
        if kind == "students":  # a piece of an answer has its id, which one cell may have
            cell.metadata.pop("nbgrader", None)
        if cell.get("id") in {other.get("id") for other in self.cells}:  # a copy that was made outside JupyterLab
            cell.id = f"copy-{len(self.cells)}"
        cell.source = _writable(cell.source)
        if cell.cell_type == "code" and kind != "picture":
            cell.outputs, cell.execution_count = [], None
        self.cells.append(cell)
        self.kinds.append(kind if cell.cell_type == "code" else "text")


def plan(master: NotebookNode, submitted: NotebookNode) -> Plan:
    """Return what runs of `submitted`, an assignment whose master is `master`. Neither is changed.

    The pieces of an answer, which are cells with one id, run in their order and count together; a missing answer is
    unanswered; an answer that became another kind of cell is put back to its own. Each is a remark.
    """
    kinds: dict[str, Kind] = {name: _kind(cell) for cell in master.cells if (name := grade_id(cell))}
    pieces: dict[str, list[NotebookNode]] = {name: [] for name in kinds}
    for cell in submitted.cells:
        if (name := _name(cell)) in kinds:
            pieces[name].append(cell)
    answers = {
        cell.metadata.nbgrader.grade_id: cell for cell in master.cells if kinds.get(grade_id(cell) or "") == "answer"
    }
    main = {name: _main(cell, pieces[name]) for name, cell in answers.items()}
    own_cells = _own_cells(submitted, kinds, main)
    planned = Plan()
    for cell in own_cells.get(None, []):
        planned.add(cell, _own_kind(cell))
    for cell in master.cells:
        name = grade_id(cell)
        if not name:
            continue
        planned.add(_answer(cell, pieces[name], main[name], planned) if name in answers else cell, kinds[name])
        if not pieces[name] and name not in answers:
            planned.remarks.append(f"the cell {name} was deleted, and was put back.")
        for own in own_cells.get(name, []):
            planned.add(own, _own_kind(own))
    return planned


def _kind(cell: NotebookNode) -> Kind:
    """Return the kind of a cell that the master knows."""
    about = cell.metadata.nbgrader
    is_check = about.get("grade") and cell.cell_type == "code"
    return "answer" if about.get("solution") else "check" if is_check else "locked"


def _main(answer: NotebookNode, pieces: list[NotebookNode]) -> NotebookNode | None:
    """Return the piece that stands in the place of an answer: the last one of its kind that holds anything."""
    ranked = sorted(pieces, key=lambda piece: (bool(piece.source.strip()), piece.cell_type == answer.cell_type))
    return ranked[-1] if ranked else None


def _own_cells(
    submitted: NotebookNode, kinds: dict[str, Kind], main: dict[str, NotebookNode | None]
) -> dict[str | None, list[NotebookNode]]:
    """Return the student's own cells by the known cell that they follow.

    Pieces of an answer in code are among them, except the one that stands in its place.
    """
    own_cells: dict[str | None, list[NotebookNode]] = {}
    anchor = None
    for cell in submitted.cells:
        name = _name(cell)
        if name not in kinds:
            own_cells.setdefault(anchor, []).append(cell)
        elif name in main and cell is not main[name] and cell.cell_type == "code":
            own_cells.setdefault(anchor, []).extend([cell] if cell.source.strip() else [])
        else:
            anchor = name
    return own_cells


def _name(cell: NotebookNode) -> str | None:
    """Return the grade_id of a submitted cell, whose metadata may hold anything."""
    about = cell.metadata.get("nbgrader")
    name = about.get("grade_id") if plain.is_dict(about) else None
    return name if isinstance(name, str) else None


def _answer(cell: NotebookNode, pieces: list[NotebookNode], main: NotebookNode | None, planned: Plan) -> NotebookNode:
    """Return the master's answer cell with the student's text; what was put right becomes a remark.

    main: the piece that stands here; the others run before it. Of an answer in words all pieces stand here.
    """
    name, answer = grade_id(cell), NotebookNode(cell)
    if main is None:
        planned.remarks.append(f"the answer cell {name} is missing.")
        answer.source = ""
        return answer
    if len(pieces) > 1:
        planned.remarks.append(f"the answer cell {name} occurs {len(pieces)} times; its pieces count together.")
    if main.cell_type != cell.cell_type:
        change = f"was a {main.cell_type} cell; it is {cell.cell_type} again."
        planned.remarks.append(f"the answer cell {name} {change}")
    answer.source = main.source
    if cell.cell_type != "code":
        answer.source = "\n\n".join(dict.fromkeys(piece.source for piece in pieces if piece.source.strip()))
        for piece in pieces:  # pictures pasted into a text
            if "attachments" in piece:
                answer.attachments = answer.get("attachments", {}) | piece.attachments
    return answer


def _writable(source: str) -> str:
    """Return the source with "?" instead of each half of a surrogate pair, which no file can hold."""
    return source.encode("utf-8", "replace").decode("utf-8")


def _own_kind(cell: NotebookNode) -> Kind:
    """Return the kind of a cell that the master does not know."""
    if cell.cell_type != "code":
        return "text"
    return "picture" if PICTURE in cell.metadata.get("tags", []) else "students"
