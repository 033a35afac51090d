"""Hands an answer in twice; the last copy counts, and it is the wrong one."""

import copy


def tamper(notebook):
    right = next(cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == "total")
    wrong = copy.deepcopy(right)
    wrong.source = "def total(X):\n    return 0"
    notebook.cells.append(wrong)


SCORES = {"total": 0}
TELLS = "occurs 2 times"
