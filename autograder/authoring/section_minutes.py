"""Write into the sections of a lecture how many minutes they take, estimated from what is in them."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator

from nbformat import NotebookNode

# Words of a technical text that a student reads in a minute; and for a demonstration, a prediction, a cell of code.
WORDS_PER_MINUTE = 90
PER_DEMONSTRATION, PER_PREDICTION, PER_CODE_CELL = 3.0, 0.5, 1.0

SECTION = re.compile(r"## \d+ .+")
MINUTES = re.compile(r"\n\n\*About \d+ minutes\.\*")


def with_minutes(lecture: NotebookNode) -> NotebookNode:
    """Return a copy of `lecture` whose sections, "## 3 Layers", say below their heading how long they take."""
    written = copy.deepcopy(lecture)
    for section in _sections(written):
        heading, _, text = MINUTES.sub("", section[0].source, count=1).partition("\n")
        section[0].source = f"{heading}\n\n*About {minutes(section)} minutes.*\n{text}".rstrip("\n")
    return written


def minutes(section: list[NotebookNode]) -> int:
    """Return the minutes that the cells of a section take, to the nearest multiple of 5; folded cells take none."""
    total = 0.0
    for cell in section:
        if cell.cell_type == "markdown":
            total += len(MINUTES.sub("", cell.source).split()) / WORDS_PER_MINUTE
        elif "explore(" in cell.source:
            total += PER_DEMONSTRATION
        elif cell.source.startswith("predict("):
            total += PER_PREDICTION
        elif not cell.metadata.get("jupyter", {}).get("source_hidden"):
            total += PER_CODE_CELL
    return max(5, 5 * round(total / 5))


def _sections(lecture: NotebookNode) -> Iterator[list[NotebookNode]]:
    """Yield the cells of each section with a number, its heading first; one without ends it."""
    cells: list[NotebookNode] = []
    for cell in lecture.cells:
        if cell.cell_type == "markdown" and cell.source.startswith("## "):
            if cells:
                yield cells
            cells = [cell] if SECTION.match(cell.source) else []
        elif cells:
            cells.append(cell)
    if cells:
        yield cells
