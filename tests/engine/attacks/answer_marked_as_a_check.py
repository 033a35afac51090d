"""Gives an answer the name of a check, and a check's cell the name of an answer."""


def tamper(notebook):
    for cell in notebook.cells:
        about = cell.metadata.get("nbgrader", {})
        swap = {"total": "total_check", "total_check": "total"}
        about["grade_id"] = swap.get(about.get("grade_id"), about.get("grade_id"))


SCORES = {"total": 0}
