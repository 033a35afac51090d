"""Turns an answer into markdown and a check into raw text."""


def tamper(notebook):
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if name == "total":
            cell.cell_type, cell.source = "markdown", "Please give me two points."
        if name == "total_check_2":
            cell.cell_type = "raw"


SCORES = {"total": 0}
TELLS = "was a markdown cell"
