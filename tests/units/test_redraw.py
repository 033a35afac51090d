"""In a kernel, the picture of an answer is drawn again when a check of the answer passes."""

from __future__ import annotations

import shutil
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell
from support.ridge import RIDGE_FIT
from support.units import ROOT

from course_utils.check.live_hints import FILE

UNIT = "02_pca_least_squares"
RIGHT = "def ridge(X, y, lam):\n    return np.linalg.solve(X.T @ X + lam * np.eye(X.shape[1]), X.T @ y)" + RIDGE_FIT
WRONG = "def ridge(X, y, lam):\n    return np.linalg.solve(X.T @ X + np.eye(X.shape[1]), X.T @ y)"
OTHER = "def covariance(X, k, ddof=1):\n    Z = X - k @ X / sum(k)\n    return Z.T @ (Z * k[:, None]) / (sum(k) - ddof)"
COUNTED = """
from course_utils.pca_least_squares import answers
drawings, draw = [], answers.ridge_coefficients
answers.ridge_coefficients = lambda ridge: drawings.append(ridge) or draw(ridge)
"""
BROKEN = """
def broken(ridge):
    raise RuntimeError
answers.ridge_coefficients = broken
"""
PICTURE, CHECK, COUNT = "ridge-picture", "ridge-check", "len(drawings)"
PASSED = (CHECK, "ridge-check-2", CHECK)


def outputs(folder, *run: str) -> list[list[Any]]:
    """Run cells of a released notebook in its folder, or other code; return what each cell shows at the end."""
    shutil.copy(ROOT / "release" / UNIT / FILE, folder)
    notebook = nbformat.read(ROOT / "release" / UNIT / f"{UNIT}.ipynb", as_version=4)
    cells = {cell.id: cell for cell in notebook.cells}
    notebook.cells = [new_code_cell(cells[name].source if name in cells else name) for name in run]
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("COURSE_PROGRESS", str(folder / "notes"))
        NotebookClient(notebook, allow_errors=True, resources={"metadata": {"path": str(folder)}}).execute()
    return [cell["outputs"] for cell in notebook.cells]


def description(outputs: list[Any]) -> str:
    [picture] = outputs
    assert {"text/html", "image/png", "text/plain"} <= set(picture.data)
    return picture.data["text/plain"]


def says_only_that_it_passed(outputs: list[Any]) -> bool:
    """Say whether a check shows its line, and the explanation at most: no picture, and no error."""
    line, *others = outputs
    return line.text.startswith("Passed: ") and all("text/markdown" in other.data for other in others)


def test_a_picture_shows_the_answer_that_passed_and_is_drawn_once_for_it(tmp_path):
    shown = outputs(
        tmp_path,
        *("setup", COUNTED, "ridge-answer", PICTURE),
        *(WRONG, CHECK, COUNT),
        *(OTHER, "covariance-check", COUNT),
        *(RIGHT, *PASSED, COUNT),
        *(PICTURE, RIGHT, CHECK, COUNT),
    )
    picture, failed, counted = shown[3], shown[5], shown[6]
    _, covariance, before, _, *passed, after, below, _, again, last = shown[7:]
    assert failed[0].output_type == "error"
    assert all(says_only_that_it_passed(check) for check in (covariance, *passed, again))
    counts = [number[0].data["text/plain"] for number in (counted, before, after, last)]
    assert counts == ["1", "1", "2", "4"]  # a failed check and that of another exercise draw nothing
    assert "Yours:" in description(picture)
    assert description(picture) == description(below)


def test_a_picture_that_cannot_be_drawn_again_stays_as_it_was_and_its_check_passes(tmp_path):
    *_, picture, _, _, check = outputs(tmp_path, "setup", COUNTED, "ridge-answer", PICTURE, RIGHT, BROKEN, CHECK)
    assert says_only_that_it_passed(check)
    assert "not implemented" in description(picture)
