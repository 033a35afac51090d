"""Empties the checks, doubles them, gives them more points and other marks."""

import copy


def tamper(notebook):
    for cell in list(notebook.cells):
        about = cell.metadata.get("nbgrader", {})
        if about.get("grade"):
            cell.source = "pass"
            about.update(points=100, locked=False, solution=True, grade=False)
            notebook.cells.append(copy.deepcopy(cell))
        if about.get("grade_id") == "total":
            cell.source = "def total(X):\n    return 0"


SCORES = {"total": 0}
