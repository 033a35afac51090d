"""Deletes all checks and the setup; they are put back."""


def tamper(notebook):
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "total":
            cell.source = "def total(X):\n    return 0"
    notebook.cells = [c for c in notebook.cells if not c.metadata.get("nbgrader", {}).get("locked")]


SCORES = {"total": 0}
TELLS = "total_check was deleted, and was put back"
